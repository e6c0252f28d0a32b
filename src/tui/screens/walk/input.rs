use ratatui::{
    Frame,
    crossterm::event::{Event, KeyEvent},
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::tui::{shared::Shared, text::skip_columns};

/// A line to type in.
#[derive(Default)]
pub(super) struct Typed(Input);

impl Typed {
    pub(super) fn text(&self) -> &str {
        self.0.value()
    }

    pub(super) fn set(&mut self, text: String) {
        self.0 = Input::new(text);
    }

    pub(super) fn key(&mut self, key: KeyEvent) {
        self.0.handle_event(&Event::Key(key));
    }

    pub(super) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            self.0.handle(InputRequest::InsertChar(c));
        }
    }

    /// Draws it after a sign, with the terminal's own cursor, where an input method composes.
    pub(super) fn draw(&self, sign: &str, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let before = crate::tui::text::width(sign) as u16 + 1;
        let room = area.width.saturating_sub(before + 1);
        let hidden = self.0.visual_scroll(room.into());
        let shown = skip_columns(self.0.value(), hidden).to_owned();
        let line = Line::from(vec![
            Span::styled(format!("{sign} "), Style::from(theme.accent)),
            Span::styled(shown, theme.text),
        ]);
        frame
            .buffer_mut()
            .set_line(area.x, area.y, &line, area.width);
        let column = (self.0.visual_cursor().max(hidden) - hidden) as u16;
        frame.set_cursor_position(Position::new(area.x + before + column, area.y));
    }
}
