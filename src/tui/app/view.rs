//! The picture of the app at a moment.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    super::{
        keymap::{Action, Place},
        widgets::{Hint, Page, SMALLEST, clear_area, lay_ground, recede, too_small},
    },
    App, Notice,
};
use crate::ids::Now;

impl App {
    pub(super) fn hints(&self) -> Vec<(Action, Hint)> {
        if let Some(overlay) = self.overlays.last() {
            return overlay.hints(&self.shared);
        }
        let places = self.places();
        let Some(screen) = self.screens.last() else {
            return Vec::new();
        };
        // Where a text is typed, the key for help is part of it.
        let is_typed =
            |place: &Place| matches!(place, Place::Typing | Place::Writing | Place::Glossary);
        let help = (!places.iter().any(is_typed)).then_some(Action::Help);
        screen
            .hints(&self.shared, self.size)
            .into_iter()
            .chain(help)
            .filter_map(|action| Some((action, self.shared.hint(&places, action)?)))
            .collect()
    }

    /// Draws the app as it is.
    pub fn view(&self, frame: &mut Frame, now: Now) {
        self.draw(frame, now);
        lay_ground(frame.buffer_mut(), &self.shared.theme);
    }

    fn draw(&self, frame: &mut Frame, now: Now) {
        let area = frame.area();
        let (width, height) = SMALLEST;
        if area.width < width || area.height < height {
            let message = self
                .shared
                .fill("app.too-small", &[("width", &width), ("height", &height)]);
            too_small(area, frame.buffer_mut(), &message);
            return;
        }
        let Some(screen) = self.screens.last() else {
            return;
        };
        let hints: Vec<_> = self.hints().into_iter().map(|(_, hint)| hint).collect();
        let (title, state) = screen.heading(&self.shared, self.size.0, &now);
        let page = Page {
            title,
            state,
            hints: &hints,
        };
        let body = page.draw(area, frame.buffer_mut(), &self.shared.theme);
        screen.draw(body, frame, &self.shared, &now);
        if let Some(notice) = &self.notice {
            self.draw_notice(notice, body, frame);
        }
        for overlay in &self.overlays {
            recede(body, frame.buffer_mut(), &self.shared.theme);
            overlay.draw(body, frame, &self.shared);
        }
    }

    fn draw_notice(&self, notice: &Notice, body: Rect, frame: &mut Frame) {
        let theme = &self.shared.theme;
        let (sign, text, style) = match notice {
            Notice::Done(text) => (self.shared.signs.done, text, theme.good),
            Notice::Problem(text) => (self.shared.signs.problem, text, theme.bad),
        };
        let line = Line::from(vec![
            Span::styled(format!("{sign} "), style),
            Span::styled(crate::tui::text::safe(text).into_owned(), style),
        ]);
        let at = Rect {
            x: body.x + 1,
            y: body.bottom().saturating_sub(1),
            width: body.width.saturating_sub(2),
            height: 1,
        };
        clear_area(
            frame.buffer_mut(),
            Rect {
                x: body.x,
                width: body.width,
                ..at
            },
        );
        frame.buffer_mut().set_line(at.x, at.y, &line, at.width);
    }
}
