//! The whole story as a line that can be clicked, with a mark where a chapter begins.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::Walk;
use crate::tui::{shared::Shared, text::width};

/// The shortest line that still says something.
const SHORTEST: u16 = 12;

impl Walk {
    /// Where one is, in words.
    fn position(&self, shared: &Shared) -> String {
        let chapters = self.seen.chapters.len();
        let chapter = self.seen.chapter().map_or(0, |at| at + 1);
        let mut parts = vec![shared.fill(
            "walk.at-step",
            &[("k", &self.seen.cursor), ("n", &self.steps().len())],
        )];
        if chapters > 0 {
            let places: [(&str, &dyn std::fmt::Display); 2] = [("k", &chapter), ("n", &chapters)];
            parts.insert(0, shared.fill("walk.at-chapter", &places));
        }
        let branches = self.story.player.branches().len();
        if branches > 1 {
            let at = self.story.player.active().0 + 1;
            parts.push(shared.fill("walk.at-branch", &[("k", &at), ("n", &branches)]));
        }
        parts.join("   ")
    }

    /// The line, without the words beside it.
    fn line(&self, area: Rect, shared: &Shared) -> Rect {
        // The words keep their place while numbers grow.
        let words =
            width(&self.position(shared)) + digits(self.steps().len()) - digits(self.seen.cursor);
        let words = u16::try_from(words).unwrap_or(u16::MAX);
        Rect {
            width: area.width.saturating_sub(words.saturating_add(3)),
            ..area
        }
    }

    /// The step at a column of the line.
    pub(super) fn step_at(&self, x: u16, area: Rect, shared: &Shared) -> Option<usize> {
        let line = self.line(area, shared);
        if line.width < SHORTEST || x >= line.right() {
            return None;
        }
        let last = usize::from(line.width) - 1;
        let at = usize::from(x.checked_sub(line.x)?);
        Some((at * self.steps().len()).div_ceil(last))
    }

    pub(super) fn draw_timeline(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        if area.height == 0 {
            return;
        }
        let theme = &shared.theme;
        let line = self.line(area, shared);
        let words = Line::styled(self.position(shared), theme.muted);
        let words_width = words.width() as u16;
        let x = area.right().saturating_sub(words_width).max(area.x);
        let buffer = frame.buffer_mut();
        buffer.set_line(x, area.y, &words, area.width.min(words_width));
        if line.width < SHORTEST {
            return;
        }
        let columns = usize::from(line.width);
        let steps = self.steps().len().max(1);
        let column = |step: usize| step * (columns - 1) / steps;
        let here = column(self.seen.cursor);
        let marks: Vec<usize> = self
            .seen
            .chapters
            .iter()
            .flatten()
            .map(|start| column(start.0 as usize))
            .collect();
        let [passed, passed_mark, now, mark, rest] = shared.signs.timeline;
        let mut spans: Vec<Span<'static>> = Vec::with_capacity(columns);
        for at in 0..columns {
            let is_mark = marks.contains(&at) || at == 0 || at + 1 == columns;
            let (sign, style): (_, Style) = match at.cmp(&here) {
                std::cmp::Ordering::Equal => (now, theme.accent.into()),
                std::cmp::Ordering::Less if is_mark => (passed_mark, theme.accent.into()),
                std::cmp::Ordering::Less => (passed, theme.accent.into()),
                std::cmp::Ordering::Greater if is_mark => (mark, theme.muted.into()),
                std::cmp::Ordering::Greater => (rest, theme.border.into()),
            };
            spans.push(Span::styled(sign, style));
        }
        buffer.set_line(line.x, line.y, &Line::from(spans), line.width);
    }
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}
