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
    widgets::{popup, scroll_handle},
};

/// The narrowest terminal that shows keys in two columns, where one is too long for it.
const TWO_FROM: u16 = 112;
const COLUMN: u16 = 50;
const GAP: u16 = 3;

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

    /// A block of lines for each place that has keys left.
    fn blocks(&self, columns: usize, shared: &Shared) -> Vec<Vec<Line<'static>>> {
        let theme = &shared.theme;
        let entries: Vec<(Place, Vec<(String, String)>)> = self
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| (*place, entries(*place, &self.places[..at], shared)))
            .filter(|(_, entries)| !entries.is_empty())
            .collect();
        let keys_width = entries
            .iter()
            .flat_map(|(_, entries)| entries)
            .map(|(keys, _)| width(keys))
            .max()
            .map_or(0, |keys| keys + 3);
        let mut blocks = Vec::new();
        for (place, entries) in entries {
            let title = shared.text(&format!("place.{}", place.name()));
            let mut lines = vec![Line::styled(title, Style::from(theme.heading))];
            for (keys, label) in entries {
                let pad = keys_width.saturating_sub(width(&keys));
                let label = Line::styled(label, theme.text);
                let wrapped = wrap_line(&label, columns.saturating_sub(keys_width + 2));
                for (row, part) in wrapped.into_iter().enumerate() {
                    let mut spans = match row {
                        0 => vec![
                            Span::raw("  "),
                            Span::styled(keys.clone(), theme.key),
                            Span::raw(" ".repeat(pad)),
                        ],
                        _ => vec![Span::raw(" ".repeat(keys_width + 2))],
                    };
                    spans.extend(part.spans);
                    lines.push(Line::from(spans));
                }
            }
            blocks.push(lines);
        }
        blocks
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let mut size = area.width.saturating_sub(8).min(76);
        let mut columns = vec![joined(
            self.blocks(usize::from(size.saturating_sub(4)), shared),
        )];
        if columns[0].len() > usize::from(area.height.saturating_sub(3)) && area.width >= TWO_FROM {
            size = area.width.saturating_sub(8).min(2 * COLUMN + GAP + 4);
            columns = halves(self.blocks(usize::from(COLUMN), shared));
        }
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        let inner = popup(
            area,
            (size, rows as u16 + 2),
            &shared.text("help.title"),
            shared.signs.ascii,
            frame.buffer_mut(),
            &shared.theme,
        );
        self.last
            .set(rows.saturating_sub(usize::from(inner.height)));
        let scroll = self.scroll.min(self.last.get());
        let buffer = frame.buffer_mut();
        let mut x = inner.x;
        for lines in &columns {
            let room = inner.right().saturating_sub(x);
            for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
                buffer.set_line(x, y, line, room);
            }
            x += COLUMN + GAP;
        }
        let edge = Rect {
            x: inner.right() + 1,
            width: 1,
            ..inner
        };
        let muted = shared.theme.muted.into();
        scroll_handle(edge, (scroll, rows), shared.signs.scroll[1], muted, buffer);
    }
}

/// The keys of a place that no nearer place takes, and what they do.
fn entries(place: Place, nearer: &[Place], shared: &Shared) -> Vec<(String, String)> {
    shared
        .keymap
        .of(place)
        .filter_map(|(action, _)| {
            let keys = shared.keymap.keys(nearer, place, action);
            let label = shared.text(&format!("help.{}", action.name()));
            (!keys.is_empty()).then_some((keys.join("  "), label))
        })
        .collect()
}

/// Blocks below each other, with air between.
fn joined(blocks: Vec<Vec<Line<'static>>>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for block in blocks {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(block);
    }
    lines
}

/// Blocks in two columns, parted where the longer one is shortest.
fn halves(mut blocks: Vec<Vec<Line<'static>>>) -> Vec<Vec<Line<'static>>> {
    let height = |blocks: &[Vec<_>]| blocks.iter().map(|block| block.len() + 1).sum::<usize>();
    let at = (1..=blocks.len())
        .min_by_key(|at| height(&blocks[..*at]).max(height(&blocks[*at..])))
        .unwrap_or(0);
    let second = blocks.split_off(at);
    vec![joined(blocks), joined(second)]
}
