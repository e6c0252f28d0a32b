use std::rc::Rc;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    Walk,
    panel::Text,
    ways::{furthest, in_one_line, lines},
};
use crate::{
    ids::Now,
    tui::{
        app::Step,
        keymap::Action,
        screens::{Screen, body},
        shared::Shared,
        text::{autospace, safe, truncate},
        widgets::first_shown,
    },
    walkthrough::{Run, Scenario, Standing, built_in},
};

/// The narrowest terminal that shows the chosen story beside the list.
const DETAILS_FROM: u16 = 100;
const MEASURE: u16 = 120;

/// The stories there are.
pub(in crate::tui) struct Walks {
    rows: Vec<Row>,
    selected: usize,
}

struct Row {
    scenario: Rc<Scenario>,
    steps: usize,
    standing: Standing,
}

impl Walks {
    pub(in crate::tui) fn new(shared: &Shared) -> Walks {
        let rows = built_in().into_iter().map(|scenario| Row {
            steps: Run::new(&scenario, scenario.seed(), false).steps().len(),
            standing: shared.walked.standing(&scenario.id),
            scenario,
        });
        Walks {
            rows: rows.collect(),
            selected: 0,
        }
    }

    /// With this one chosen, if it is among them.
    pub(in crate::tui) fn at(id: &str, shared: &Shared) -> Walks {
        let mut walks = Walks::new(shared);
        let found = walks.rows.iter().position(|row| row.scenario.id == id);
        walks.selected = found.unwrap_or(0);
        walks
    }

    /// More was answered since.
    pub(in crate::tui::screens) fn refresh(&mut self, shared: &Shared) {
        for row in &mut self.rows {
            row.standing = shared.walked.standing(&row.scenario.id);
        }
    }

    pub(in crate::tui::screens) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        now: &Now,
    ) -> Vec<Step> {
        let last = self.rows.len().saturating_sub(1);
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Top | Action::PageUp => self.selected = 0,
            Action::Bottom | Action::PageDown => self.selected = last,
            Action::Open => return self.open(shared, now),
            _ => {}
        }
        Vec::new()
    }

    fn open(&self, shared: &Shared, now: &Now) -> Vec<Step> {
        let row = self.rows.get(self.selected);
        row.map(|row| {
            let walk = Walk::new(&row.scenario, shared, now);
            Step::Open(Box::new(Screen::Walk(Box::new(walk))))
        })
        .into_iter()
        .collect()
    }

    pub(in crate::tui::screens) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let list = columns(body(size)).0;
        if !list.contains(at) {
            return Vec::new();
        }
        let row = self.first_shown(list.height) + usize::from(at.y - list.y);
        if row >= self.rows.len() {
            return Vec::new();
        }
        let again = row == self.selected;
        self.selected = row;
        if again {
            return self.open(shared, now);
        }
        Vec::new()
    }

    fn first_shown(&self, height: u16) -> usize {
        first_shown(self.selected, height, self.rows.len())
    }

    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        (
            Line::raw(shared.text("walk.title")),
            Line::raw(shared.fill("walk.count", &[("n", &self.rows.len())])),
        )
    }

    pub(in crate::tui::screens) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let (list, details) = columns(area);
        let theme = &shared.theme;
        let rows = self
            .rows
            .iter()
            .enumerate()
            .skip(self.first_shown(list.height));
        for (y, (at, row)) in (list.y..list.bottom()).zip(rows) {
            let steps = shared.fill("walk.steps", &[("n", &row.steps)]);
            let mut right =
                Line::styled(format!("{}  {steps:>9}", row.scenario.lesson), theme.muted);
            if let Some((sign, words)) = furthest(row.standing, shared) {
                let words = Span::styled(format!(" {words}   "), theme.text);
                right.spans.splice(0..0, [sign, words]);
            }
            let right_width = right.width() as u16;
            let room = list.width.saturating_sub(right_width + 4);
            let title = autospace(&safe(row.scenario.title.text(shared.lang))).into_owned();
            let title = truncate(&title, room.into(), shared.glyphs.ellipsis).into_owned();
            let (sign, style): (_, Style) = if at == self.selected {
                (shared.signs.selected, theme.selection.into())
            } else {
                (" ", theme.text.into())
            };
            let line = Line::from(Span::styled(format!("{sign} {title}"), style));
            let buffer = frame.buffer_mut();
            buffer.set_line(list.x, y, &line, list.width);
            buffer.set_line(list.right() - right_width, y, &right, right_width);
        }
        let Some(row) = self.rows.get(self.selected) else {
            return;
        };
        let mut text = Text::new(usize::from(details.width), shared);
        self.describe(row, area.width >= DETAILS_FROM, &mut text, shared);
        for (y, line) in (details.y..details.bottom()).zip(&text.lines) {
            frame
                .buffer_mut()
                .set_line(details.x, y, line, details.width);
        }
    }

    fn describe(&self, row: &Row, is_beside: bool, text: &mut Text<'_>, shared: &Shared) {
        let theme = &shared.theme;
        let scenario = &row.scenario;
        if is_beside {
            text.heading(autospace(&safe(scenario.title.text(shared.lang))).into_owned());
        }
        if let Some(lesson) = shared.library.lesson(&scenario.lesson, shared.lang) {
            text.say(&lesson.title, theme.muted);
        }
        text.heading(shared.text("walk.chapters"));
        let titles = scenario.chapters.iter();
        let titles: Vec<String> = (1..)
            .zip(titles)
            .map(|(at, chapter)| format!("{at}\u{a0}{}", chapter.title.text(shared.lang)))
            .collect();
        if is_beside {
            titles.iter().for_each(|title| text.say(title, theme.text));
        } else {
            text.say(&titles.join("  "), theme.text);
        }
        text.lines.push(Line::default());
        let asked = scenario.predictions.len();
        if asked > 0 {
            text.say(&shared.fill("walk.questions", &[("n", &asked)]), theme.text);
        }
        if is_beside {
            let ways = lines(row.standing, shared);
            ways.iter().for_each(|way| text.line(way));
        } else {
            text.line(&in_one_line(row.standing, shared));
        }
        text.lines.push(Line::default());
        text.say(&shared.text("walk.how"), theme.muted);
    }
}

/// The list and, beside or below it, what is chosen.
fn columns(area: Rect) -> (Rect, Rect) {
    let all = area.width.min(MEASURE);
    let x = area.x + (area.width - all) / 2 + 1;
    let width = all.saturating_sub(2);
    let y = area.y + 1;
    let height = area.height.saturating_sub(2);
    if area.width >= DETAILS_FROM {
        let list = Rect::new(x, y, width * 11 / 20, height);
        let left = list.right() + 3;
        let details = Rect::new(left, y, (x + width).saturating_sub(left), height);
        return (list, details);
    }
    let list = Rect::new(x, y, width, height.min(11));
    let below = list.bottom() + 1;
    let details = Rect::new(
        x + 2,
        below,
        width.saturating_sub(2),
        (y + height).saturating_sub(below),
    );
    (list, details)
}
