//! The contents beside the text.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::Line,
};

use super::{Reader, has_read};
use crate::{
    ids::Now,
    notes::Lesson,
    tui::{
        app::Step,
        screens::body,
        shared::Shared,
        text::{Laid, autospace, safe, truncate},
    },
};

/// The narrowest terminal that shows the contents beside the text.
pub(super) const CONTENTS_FROM: u16 = 104;
pub(super) const CONTENTS_WIDTH: u16 = 26;
pub(super) const CONTENTS_GAP: u16 = 4;

impl Reader {
    /// A click on a line of the contents goes there; one on a link, to what it leads to.
    pub(in crate::tui::screens) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        if let Some(steps) = self.click_link(at, shared, size, now) {
            return steps;
        }
        let area = body(size);
        let text = self.text_area(area);
        let contents = contents_area(text);
        let Some(lesson) = self.lesson(shared) else {
            return Vec::new();
        };
        if !self.shows_contents(area.width) || !contents.contains(at) {
            return Vec::new();
        }
        let source = self
            .with_laid(text.width, shared, |laid| {
                self.line_below_top(laid, text.height)
            })
            .unwrap_or(0);
        let from = first_listed(lesson, current_section(lesson, source), contents.height);
        let Some(section) = lesson.sections.get(from + usize::from(at.y - contents.y)) else {
            return Vec::new();
        };
        let line = section.line;
        let row = self.with_laid(text.width, shared, |laid| {
            laid.lines
                .iter()
                .map(|line| line.place)
                .find(|place| place.source >= line)
        });
        if let Some(Some(place)) = row {
            self.top = place;
        }
        self.newly_read(shared, size)
    }

    /// The line of the file that decides which section one is in: a section that begins in the
    /// second row on screen is the one being read.
    pub(super) fn line_below_top(&self, laid: &Laid, height: u16) -> u32 {
        laid.lines
            .get(self.top_row(laid, height) + 1)
            .map_or(0, |line| line.place.source)
    }

    pub(super) fn draw_contents(
        &self,
        area: Rect,
        source: u32,
        frame: &mut Frame,
        shared: &Shared,
    ) {
        let Some(lesson) = self.lesson(shared) else {
            return;
        };
        let theme = &shared.theme;
        let current = current_section(lesson, source);
        let level = lesson.sections.iter().map(|section| section.level).min();
        let from = first_listed(lesson, current, area.height);
        for (y, (at, section)) in
            (area.y..area.bottom()).zip(lesson.sections.iter().enumerate().skip(from))
        {
            let indent = usize::from(section.level - level.unwrap_or(section.level)).min(3) * 2;
            let title = autospace(&safe(&section.title)).into_owned();
            let room = usize::from(area.width).saturating_sub(indent + 2);
            let title = truncate(&title, room, shared.glyphs.ellipsis).into_owned();
            let read = has_read(shared, lesson, at as u32);
            let (sign, style) = if at == current {
                (shared.signs.selected, Style::from(theme.accent))
            } else if read {
                (" ", theme.text.into())
            } else {
                (" ", theme.muted.into())
            };
            let text = format!("{sign} {}{title}", " ".repeat(indent));
            frame
                .buffer_mut()
                .set_line(area.x, y, &Line::styled(text, style), area.width);
        }
    }
}

pub(super) fn contents_area(text: Rect) -> Rect {
    Rect {
        x: text.right() + CONTENTS_GAP,
        width: CONTENTS_WIDTH,
        ..text
    }
}

/// The section that a line of the lesson's file belongs to.
fn current_section(lesson: &Lesson, line: u32) -> usize {
    lesson
        .sections
        .iter()
        .rposition(|section| section.line <= line)
        .unwrap_or(0)
}

/// The first section of contents too long for so many rows.
fn first_listed(lesson: &Lesson, current: usize, rows: u16) -> usize {
    let rows = usize::from(rows);
    current
        .saturating_sub(rows / 2)
        .min(lesson.sections.len().saturating_sub(rows))
}
