use std::cell::Cell;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::tui::{
    keymap::Action,
    shared::Shared,
    text::{safe, skip_columns, wrap_line},
    widgets::{lines_from, popup},
};

/// A text over the map: what a command printed, or what differs between two branches.
pub(super) struct Page {
    title: String,
    lines: Vec<(String, Style)>,
    /// Whether lines keep their columns, as a terminal's do.
    is_output: bool,
    top: usize,
    left: usize,
    last: Cell<usize>,
}

impl Page {
    /// What a terminal showed.
    pub(super) fn output(title: String, text: &str, shared: &Shared) -> Page {
        let style = shared.theme.text.into();
        Page {
            title,
            lines: text
                .lines()
                .map(|line| (safe(line).into_owned(), style))
                .collect(),
            is_output: true,
            top: 0,
            left: 0,
            last: Cell::new(0),
        }
    }

    /// Sentences.
    pub(super) fn text(title: String, lines: Vec<(String, Style)>) -> Page {
        Page {
            title,
            lines,
            is_output: false,
            top: 0,
            left: 0,
            last: Cell::new(0),
        }
    }

    pub(super) fn act(&mut self, action: Action) {
        let last = self.last.get();
        let top = self.top.min(last);
        self.top = match action {
            Action::Up => top.saturating_sub(1),
            Action::Down => top + 1,
            Action::PageUp => top.saturating_sub(10),
            Action::PageDown => top + 10,
            Action::Top => 0,
            Action::Bottom => last,
            _ => top,
        }
        .min(last);
        self.left = match action {
            Action::StepForward if self.is_output => (self.left + 16).min(200),
            Action::StepBack => self.left.saturating_sub(16),
            _ => self.left,
        };
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let width = area.width.saturating_sub(6).min(120);
        let room = usize::from(width.saturating_sub(4));
        let lines: Vec<Line<'static>> = if self.is_output {
            let cut = |line: &str| skip_columns(line, self.left).to_owned();
            self.lines
                .iter()
                .map(|(line, style)| Line::from(Span::styled(cut(line), *style)))
                .collect()
        } else {
            self.lines
                .iter()
                .flat_map(|(line, style)| wrap_line(&Line::styled(line.clone(), *style), room))
                .collect()
        };
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let inner = popup(
            area,
            (width, height.saturating_add(2)),
            &self.title,
            shared.signs.ascii,
            frame.buffer_mut(),
            &shared.theme,
        );
        self.last
            .set(lines.len().saturating_sub(usize::from(inner.height)));
        let top = self.top.min(self.last.get());
        let buffer = frame.buffer_mut();
        lines_from(top, &lines, inner, inner.right() + 1, buffer, shared);
    }
}
