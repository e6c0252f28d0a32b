use ratatui::{
    Frame,
    crossterm::event::{Event, KeyEvent},
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::{
    notes::plain,
    tui::{
        shared::Shared,
        text::{Piece, compare, safe, skip_columns, wrap_line},
    },
};

/// Texts less alike than this are unreadable woven into one: what was typed stands alone.
const ALIKE: f32 = 0.4;

/// An answer typed before it is shown.
#[derive(Default)]
pub(super) struct Typing {
    input: Input,
    closed: bool,
}

impl Typing {
    pub(super) fn is_open(&self) -> bool {
        !self.closed
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    pub(super) fn key(&mut self, key: KeyEvent) {
        self.input.handle_event(&Event::Key(key));
    }

    pub(super) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let prompt = shared.text("study.your-answer");
        let label = Line::styled(prompt, theme.muted);
        let x = area.x + label.width() as u16 + 1;
        let room = area.right().saturating_sub(x);
        let hidden = self
            .input
            .visual_scroll(usize::from(room).saturating_sub(1));
        let buffer = frame.buffer_mut();
        buffer.set_line(area.x, area.y, &label, area.width);
        let shown = skip_columns(self.input.value(), hidden);
        buffer.set_line(x, area.y, &Line::styled(shown, theme.text), room);
        let under = shared.signs.rule.repeat(room.into());
        buffer.set_line(x, area.y + 1, &Line::styled(under, theme.border), room);
        // The terminal's own cursor: an input method draws its composition there.
        let column = (self.input.visual_cursor().max(hidden) - hidden) as u16;
        frame.set_cursor_position(Position::new(x + column, area.y));
    }

    /// What was typed, held against the right answer.
    pub(super) fn compared(
        &self,
        right: &str,
        width: usize,
        shared: &Shared,
    ) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let right = plain(right);
        let comparison = compare(self.input.value(), &right);
        let is_close = comparison.is_close();
        let all_same = comparison
            .pieces
            .iter()
            .all(|(piece, _)| *piece == Piece::Same);
        let likeness = comparison.likeness;
        let spans: Vec<Span<'static>> = comparison
            .pieces
            .into_iter()
            .map(|(piece, text)| {
                let style = match piece {
                    Piece::Same => Style::from(theme.good),
                    Piece::Missing => Style::from(theme.muted).add_modifier(Modifier::UNDERLINED),
                    Piece::Extra => Style::from(theme.bad).add_modifier(Modifier::CROSSED_OUT),
                };
                Span::styled(safe(&text).into_owned(), style)
            })
            .collect();
        let verdict = if is_close {
            (shared.signs.done, "study.typed-right", theme.good)
        } else {
            (shared.signs.dot, "study.typed-compare", theme.muted)
        };
        let mut lines = vec![Line::styled(
            format!("{} {}", verdict.0, shared.text(verdict.1)),
            verdict.2,
        )];
        if all_same {
            return lines;
        }
        let shown = if likeness < ALIKE {
            Line::from(vec![
                Span::styled(
                    format!("{} ", shared.text("study.your-answer")),
                    theme.muted,
                ),
                Span::styled(safe(self.input.value()).into_owned(), theme.text),
            ])
        } else {
            Line::from(spans)
        };
        lines.extend(wrap_line(&shown, width));
        lines
    }
}
