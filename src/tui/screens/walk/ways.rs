//! The ways through a story: which is offered, and changing it.

use std::cell::Cell;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{Over, Walk, story::Story};
use crate::{
    ids::Now,
    tui::{
        app::{Notice, Step},
        keymap::Action,
        shared::Shared,
        text::{Columns, wrap},
        widgets::popup,
    },
    walkthrough::{Run, Standing, Way},
};

/// The widest the choice is set.
const MEASURE: u16 = 64;

/// The choice of a way.
pub(super) struct Ways {
    pub(super) at: usize,
    standing: Standing,
    /// Where it was last drawn: for clicks.
    drawn: Cell<Rect>,
}

impl Ways {
    pub(super) fn new(way: Way, standing: Standing) -> Ways {
        let at = Way::ALL.iter().position(|one| *one == way);
        Ways {
            at: at.unwrap_or(0),
            standing,
            drawn: Cell::default(),
        }
    }

    pub(super) fn chosen(&self) -> Way {
        Way::ALL.get(self.at).copied().unwrap_or_default()
    }

    fn lines(&self, columns: usize, shared: &Shared) -> Vec<(Line<'static>, usize)> {
        let theme = &shared.theme;
        let mut lines = Vec::new();
        for (at, way) in Way::ALL.into_iter().enumerate() {
            let (sign, style): (_, Style) = if at == self.at {
                (shared.signs.selected, theme.selection.into())
            } else {
                (" ", theme.text.into())
            };
            let score = score(self.standing, way, shared).unwrap_or_default();
            let title = Line::from(vec![
                Span::styled(format!("{sign} "), style),
                Span::styled(format!("{}  ", at + 1), Style::from(theme.key)),
                Span::styled(shared.text(title(way)), style),
                Span::styled(format!("  {score}"), Style::from(theme.muted)),
            ]);
            lines.push((title, at));
            let about = Span::styled(shared.text(about(way)), theme.muted);
            let about = wrap([&about], Columns::all(columns.saturating_sub(5)));
            lines.extend(about.into_iter().map(|mut line| {
                line.spans.insert(0, Span::raw("     "));
                (line, at)
            }));
        }
        lines
    }

    fn area(&self, area: Rect, shared: &Shared) -> (u16, u16) {
        let width = area.width.saturating_sub(4).min(MEASURE);
        let lines = self
            .lines(usize::from(width.saturating_sub(4)), shared)
            .len();
        (
            width,
            u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2),
        )
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let inner = popup(
            area,
            self.area(area, shared),
            &shared.text("walk.ways"),
            shared.signs.ascii,
            frame.buffer_mut(),
            &shared.theme,
        );
        self.drawn.set(inner);
        let lines = self.lines(inner.width.into(), shared);
        for (y, (line, _)) in (inner.y..inner.bottom()).zip(&lines) {
            frame.buffer_mut().set_line(inner.x, y, line, inner.width);
        }
    }

    /// The way at a place of the screen.
    pub(super) fn row_at(&self, at: Position, shared: &Shared) -> Option<usize> {
        let inner = self.drawn.get();
        if !inner.contains(at) {
            return None;
        }
        let lines = self.lines(inner.width.into(), shared);
        let row = lines.get(usize::from(at.y - inner.y));
        row.map(|(_, way)| *way)
    }
}

fn title(way: Way) -> &'static str {
    match way {
        Way::Told => "walk.way-told",
        Way::Gaps => "walk.way-gaps",
        Way::Recount => "walk.way-recount",
    }
}

fn about(way: Way) -> &'static str {
    match way {
        Way::Told => "walk.way-told-about",
        Way::Gaps => "walk.way-gaps-about",
        Way::Recount => "walk.way-recount-about",
    }
}

/// What was right of what was answered on a way, in words.
pub(super) fn score(standing: Standing, way: Way, shared: &Shared) -> Option<String> {
    let (name, (right, all)) = match way {
        Way::Told => ("walk.score-told", standing.seen?),
        Way::Gaps => ("walk.score-gaps", standing.gaps?),
        Way::Recount => ("walk.score-recount", standing.recount?),
    };
    let places: [(&str, &dyn std::fmt::Display); 2] = [("k", &right), ("n", &all)];
    Some(shared.fill(name, &places))
}

/// How far the learner is, by the furthest way gone.
pub(in crate::tui) fn last_score(standing: Standing, shared: &Shared) -> Option<String> {
    let mut ways = Way::ALL.into_iter().rev();
    ways.find_map(|way| score(standing, way, shared))
}

impl Walk {
    /// Which way is offered to somebody who opens the story; None where there is nothing to choose yet.
    pub(super) fn offered(run: &Run, shared: &Shared) -> Option<Ways> {
        let standing = shared.walked.standing(&run.scenario().id);
        let way = standing.next(run.asked_on(Way::Gaps).len());
        (way != Way::Told).then(|| Ways::new(way, standing))
    }

    pub(super) fn choose_way(&mut self) -> Over {
        let standing = self.standing;
        let way = match self.is_over() {
            true => self.next_way(),
            false => self.story.way,
        };
        Over::Ways(Ways::new(way, standing))
    }

    /// What comes after the way that is over.
    fn next_way(&self) -> Way {
        match self.story.way {
            Way::Told => Way::Gaps,
            Way::Gaps | Way::Recount => Way::Recount,
        }
    }

    /// Goes another way, from the start.
    pub(super) fn go(&mut self, way: Way, shared: &Shared, now: &Now) {
        self.over = None;
        let commands = std::mem::take(&mut self.story.commands);
        let run = self.story.player.branches()[0].run.clone();
        self.story = Story::on(run, way);
        self.story.commands = commands;
        self.start_anew(shared, now);
    }

    pub(super) fn start_anew(&mut self, shared: &Shared, now: &Now) {
        self.seen = super::Seen::of(&self.story.player, self.story.way);
        self.seek(0, shared);
        if self.story.way == Way::Recount {
            self.ask_on(now);
        }
    }

    /// The first question of a recount that was not answered.
    fn ask_on(&mut self, now: &Now) {
        let mut asks = self.seen.asks.iter();
        let open = asks.position(|asked| !self.story.was_asked(&asked.id));
        if let Some(open) = open {
            self.ask(open, false, now);
        }
    }

    /// A recount goes from link to link: what was told is shown, and the next is asked for.
    pub(super) fn tell_on(&mut self, shared: &Shared, now: &Now) {
        self.text_first = false;
        let told = self.story.answers.last().map(|answer| answer.asked.before);
        if let Some(step) = told {
            self.story.player.seek(step.0 as usize);
            self.moved(shared, now);
        }
        self.ask_on(now);
        if self.asking.is_none() {
            self.story.player.seek(usize::MAX);
            self.jumped(shared);
            self.text_first = true;
        }
    }

    /// Whether it is being told from memory: nothing is shown before it was told.
    pub(super) fn is_recounting(&self) -> bool {
        self.story.way == Way::Recount && !self.is_over()
    }

    /// Whether all is told.
    pub(super) fn is_over(&self) -> bool {
        match self.story.way {
            Way::Recount => {
                let mut asks = self.seen.asks.iter();
                asks.all(|asked| self.story.was_asked(&asked.id))
            }
            Way::Told | Way::Gaps => self.is_at_end(),
        }
    }

    /// What would show more than was told waits until the end.
    pub(super) fn holds_back(&self, action: Action, shared: &Shared) -> Option<Vec<Step>> {
        let shows = matches!(
            action,
            Action::StepBack
                | Action::NextChapter
                | Action::PreviousChapter
                | Action::Top
                | Action::Bottom
                | Action::Cause
                | Action::Jump
                | Action::Kubectl
                | Action::Faults
                | Action::Branches
                | Action::Inspect
        );
        (shows && self.is_recounting())
            .then(|| vec![Step::Say(Notice::Done(shared.text("walk.from-memory")))])
    }
}
