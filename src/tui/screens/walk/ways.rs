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
    history::Event,
    ids::Now,
    tui::{
        app::{Notice, Step},
        keymap::Action,
        shared::Shared,
        text::{Columns, width, wrap},
        theme::Token,
        widgets::{Told, popup},
    },
    walkthrough::{BranchId, Gone, Run, Standing, Way},
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
            let state = state(self.standing.on(way), way, shared);
            let title = Line::from(vec![
                Span::styled(format!("{sign} "), style),
                Span::styled(format!("{}  ", at + 1), Style::from(theme.key)),
                Span::styled(shared.text(title(way)), style),
                Span::styled(format!("  {state}"), Style::from(theme.muted)),
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
fn score(gone: Gone, way: Way, shared: &Shared) -> Option<String> {
    let name = match way {
        Way::Told => "walk.score-told",
        Way::Gaps => "walk.score-gaps",
        Way::Recount => "walk.score-recount",
    };
    let places: [(&str, &dyn std::fmt::Display); 2] = [("k", &gone.right), ("n", &gone.answered)];
    (gone.answered > 0).then(|| shared.fill(name, &places))
}

/// Whether a way was gone to its end, and what was right on it.
fn state(gone: Option<Gone>, way: Way, shared: &Shared) -> String {
    let Some(gone) = gone else {
        return String::new();
    };
    let over = shared.text(if gone.is_over {
        "walk.over"
    } else {
        "walk.begun"
    });
    match score(gone, way, shared) {
        Some(score) => format!("{over} {} {score}", shared.signs.dot),
        None => over,
    }
}

/// The sign of a way that is over, that was begun, that is still to be gone.
fn sign(gone: Option<Gone>, shared: &Shared) -> (&'static str, Token) {
    match gone {
        Some(gone) if gone.is_over => (shared.signs.done, shared.theme.good),
        Some(_) => (shared.signs.begun, shared.theme.warn),
        None => (shared.signs.blank, shared.theme.muted),
    }
}

/// The ways, each with its sign and how far the learner is on it.
pub(super) fn lines(standing: Standing, shared: &Shared) -> Vec<Line<'static>> {
    let titles = Way::ALL.map(|way| shared.text(title(way)));
    let column = titles.iter().map(|title| width(title)).max().unwrap_or(0);
    let ways = Way::ALL.into_iter().zip(titles);
    ways.map(|(way, title)| {
        let gone = standing.on(way);
        let (sign, token) = sign(gone, shared);
        let state = state(gone, way, shared);
        let pad = " ".repeat(column - width(&title) + 2);
        let mut line = Line::from(vec![
            Span::styled(format!("{sign} "), token),
            Span::styled(title, shared.theme.text),
        ]);
        if !state.is_empty() {
            line.spans
                .push(Span::styled(format!("{pad}{state}"), shared.theme.muted));
        }
        line
    })
    .collect()
}

/// The same in one line, by their signs only.
pub(super) fn in_one_line(standing: Standing, shared: &Shared) -> Line<'static> {
    let mut line = Line::default();
    for way in Way::ALL {
        let (sign, token) = sign(standing.on(way), shared);
        let title = shared.text(title(way));
        line.spans.push(Span::styled(format!("{sign} "), token));
        line.spans
            .push(Span::styled(format!("{title}   "), shared.theme.text));
    }
    line
}

/// How far the learner is, by the furthest way begun: its sign, and in words.
pub(in crate::tui) fn furthest(
    standing: Standing,
    shared: &Shared,
) -> Option<(Span<'static>, String)> {
    let mut ways = Way::ALL.into_iter().rev();
    ways.find_map(|way| {
        let gone = standing.on(way)?;
        let (sign, token) = sign(Some(gone), shared);
        let words = score(gone, way, shared).unwrap_or_else(|| shared.text("walk.over"));
        Some((Span::styled(sign, token), words))
    })
}

impl Walk {
    /// Which way is offered to somebody who opens the story; None where there is nothing to choose yet.
    pub(super) fn offered(run: &Run, shared: &Shared) -> Option<Ways> {
        let standing = shared.walked.standing(&run.scenario().id);
        let way = standing.next(run.asked_on(Way::Gaps).len());
        (!standing.is_new()).then(|| Ways::new(way, standing))
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
            // What only sets the scene is there when the telling begins.
            let set_up = self.story.player.run().set_up();
            self.seek(set_up.0 as usize, shared);
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

    /// Once a way was gone to its end, that is kept.
    pub(in crate::tui::screens) fn conclude(&mut self) -> Option<Step> {
        if self.story.is_kept || self.story.player.active() != BranchId(0) || !self.is_gone() {
            return None;
        }
        self.story.is_kept = true;
        Some(Walk::keep(Event::Walked {
            scenario: self.scenario.clone(),
            way: self.story.way,
        }))
    }

    /// Whether all that makes the way was there to be seen: who jumps to the end has not gone it.
    fn is_gone(&self) -> bool {
        let mut asks = self.seen.asks.iter();
        let mut chapters = (0..).zip(&self.seen.chapters);
        self.is_over()
            && match self.story.way {
                Way::Told => chapters.all(|(at, _)| self.story.told.contains(&at)),
                Way::Gaps | Way::Recount => asks.all(|asked| self.story.was_asked(&asked.id)),
            }
    }

    /// Whether it is being told from memory: nothing is shown before it was told.
    pub(super) fn is_recounting(&self) -> bool {
        self.story.way == Way::Recount && !self.is_over()
    }

    /// What of the cluster is shown while it is told from memory: what was told of. An empty map at first.
    pub(super) fn told_of(&self) -> Option<Told> {
        let links = self.story.answers.iter().map(|answer| answer.asked.before);
        let steps = links.filter_map(|link| self.steps().get((link.0 as usize).checked_sub(1)?));
        self.is_recounting()
            .then(|| Told::of(steps.map(|step| &**step)))
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
