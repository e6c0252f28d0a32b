use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::tui::theme::Theme;

/// The smallest terminal podlings draws in.
pub(in crate::tui) const SMALLEST: (u16, u16) = (60, 16);

/// What every screen shares: where you are and what matters in the first line, what you can do in
/// the last, and between them the body.
pub(in crate::tui) struct Page<'a> {
    /// Where you are.
    pub(in crate::tui) title: Line<'a>,
    /// The state that matters.
    pub(in crate::tui) state: Line<'a>,
    /// Keys and what they do, most likely first; the last is always there.
    pub(in crate::tui) hints: &'a [Hint],
}

impl Page<'_> {
    /// Draws the first and the last line; returns what lies between, with air above and below.
    pub(in crate::tui) fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Rect {
        let top = Rect { height: 1, ..area };
        let bottom = Rect {
            y: area.bottom().saturating_sub(1),
            height: 1,
            ..area
        };
        let inner = |rect: Rect| Rect {
            x: rect.x + 1,
            width: rect.width.saturating_sub(2),
            ..rect
        };
        self.draw_top(inner(top), buffer, theme);
        self.draw_hints(inner(bottom), buffer, theme);
        Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            ..area
        }
    }

    fn draw_top(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let state_width = (self.state.width() as u16).min(area.width / 2);
        let title_width = area.width.saturating_sub(state_width + 2);
        let title = self.title.clone().patch_style(theme.title);
        buffer.set_line(area.x, area.y, &title, title_width);
        let x = area.right().saturating_sub(state_width);
        let state = self.state.clone();
        let muted = Style::from(theme.muted);
        let state = Line::from(
            state
                .spans
                .into_iter()
                .map(|span| Span::styled(span.content, muted.patch(span.style)))
                .collect::<Vec<_>>(),
        );
        buffer.set_line(x, area.y, &state, state_width);
    }

    fn draw_hints(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        for (x, at) in placed(self.hints, area.width) {
            let Hint { key, label } = &self.hints[at];
            let line = Line::from(vec![
                Span::styled(key.clone(), theme.key),
                Span::raw(" "),
                Span::styled(label.clone(), theme.muted),
            ]);
            let room = area.width.saturating_sub(x);
            buffer.set_line(area.x + x, area.y, &line, room);
        }
    }
}

/// A key and what it does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::tui) struct Hint {
    pub(in crate::tui) key: String,
    pub(in crate::tui) label: String,
}

impl Hint {
    fn width(&self) -> u16 {
        (self.key.width() + 1 + self.label.width()) as u16
    }
}

/// Columns between two hints.
const GAP: u16 = 3;

/// The hints that fit side by side and the column of each: the last one always, of the others each
/// that fits beside those before it.
fn placed(hints: &[Hint], width: u16) -> Vec<(u16, usize)> {
    let Some((last, others)) = hints.split_last() else {
        return Vec::new();
    };
    let mut x = 0;
    let mut placed = Vec::new();
    for (at, hint) in others.iter().enumerate() {
        if x + hint.width() + GAP + last.width() > width {
            continue;
        }
        placed.push((x, at));
        x += hint.width() + GAP;
    }
    placed.push((x, hints.len() - 1));
    placed
}

/// The hint at a column of the last line.
pub(in crate::tui) fn hint_at(hints: &[Hint], width: u16, column: u16) -> Option<usize> {
    let column = column.checked_sub(1)?;
    placed(hints, width.saturating_sub(2))
        .into_iter()
        .find(|(x, at)| (*x..x + hints[*at].width()).contains(&column))
        .map(|(_, at)| at)
}

/// What is shown where nothing fits.
pub(in crate::tui) fn too_small(area: Rect, buffer: &mut Buffer, message: &str) {
    let width = (message.width() as u16).min(area.width);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + area.height / 2;
    if area.height > 0 {
        buffer.set_line(x, y, &Line::raw(message), width);
    }
}
