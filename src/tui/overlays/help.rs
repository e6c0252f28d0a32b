use std::cell::Cell;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::tui::{
    app::Step,
    keymap::{Action, Place},
    shared::Shared,
    text::{width, wrap_line},
    widgets::popup,
};

/// Columns the keys take.
const KEYS: usize = 19;

/// The keys that work here, from the live key table.
pub(in crate::tui) struct Help {
    places: Vec<Place>,
    scroll: usize,
    last: Cell<usize>,
}

impl Help {
    pub(super) fn new(places: Vec<Place>) -> Help {
        Help {
            places,
            scroll: 0,
            last: Cell::new(0),
        }
    }

    pub(super) fn act(&mut self, action: Action, _shared: &Shared) -> Vec<Step> {
        match action {
            Action::Up => self.scroll = self.scroll.saturating_sub(1),
            Action::Down => self.scroll = (self.scroll + 1).min(self.last.get()),
            Action::PageUp | Action::Top => self.scroll = 0,
            Action::PageDown | Action::Bottom => self.scroll = self.last.get(),
            _ => return vec![Step::Back],
        }
        Vec::new()
    }

    fn lines(&self, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            let nearer = &self.places[..at];
            let entries: Vec<(String, String)> = shared
                .keymap
                .of(*place)
                .filter_map(|(action, _)| {
                    let keys = shared.keymap.keys(nearer, *place, action);
                    let label = shared.text(&format!("help.{}", action.name()));
                    (!keys.is_empty()).then_some((keys.join("  "), label))
                })
                .collect();
            if entries.is_empty() {
                continue;
            }
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            let title = shared.text(&format!("place.{}", place.name()));
            lines.push(Line::styled(title, Style::from(theme.heading)));
            for (keys, label) in entries {
                let pad = KEYS.saturating_sub(width(&keys));
                let label = Line::styled(label, theme.text);
                let wrapped = wrap_line(&label, columns.saturating_sub(KEYS + 2));
                for (row, part) in wrapped.into_iter().enumerate() {
                    let mut spans = match row {
                        0 => vec![
                            Span::raw("  "),
                            Span::styled(keys.clone(), theme.key),
                            Span::raw(" ".repeat(pad)),
                        ],
                        _ => vec![Span::raw(" ".repeat(KEYS + 2))],
                    };
                    spans.extend(part.spans);
                    lines.push(Line::from(spans));
                }
            }
        }
        lines
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let width = area.width.saturating_sub(8).min(76);
        let lines = self.lines(usize::from(width.saturating_sub(4)), shared);
        let height = (lines.len() as u16 + 2).min(area.height.saturating_sub(2));
        let inner = popup(
            area,
            (width, height),
            &shared.text("help.title"),
            shared.signs.ascii,
            frame.buffer_mut(),
            &shared.theme,
        );
        self.last
            .set(lines.len().saturating_sub(usize::from(inner.height)));
        let scroll = self.scroll.min(self.last.get());
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
            frame.buffer_mut().set_line(inner.x, y, line, inner.width);
        }
    }
}
