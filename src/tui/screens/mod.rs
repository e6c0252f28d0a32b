//! The screens. Each is one variant of [`Screen`] and one file or folder that holds what it shows,
//! how keys change it, and how it is drawn.

mod glossary;
mod home;
mod interview;
mod lessons;
mod placement;
mod reader;
mod settings;
mod stats;
mod study;
mod walk;

use std::time::Duration;

use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
    text::Line,
};

pub(super) use self::{
    glossary::Terms,
    home::Home,
    interview::{Interviews, Outcome, Sitting},
    lessons::Lessons,
    placement::Placement,
    reader::Reader,
    settings::SettingsScreen,
    stats::Stats,
    study::Study,
    walk::{Story, Walk, Walks, furthest},
};
use super::{
    app::{Notice, Step},
    effect::{Choice, Effect},
    keymap::{Action, Place},
    shared::Shared,
    task::{Finding, Task},
};
use crate::{
    history::Row,
    ids::{LessonId, Now},
    notes::Origin,
    walkthrough::{built_in, lessons_walked},
};

/// What fills the terminal.
pub(super) enum Screen {
    Home(Home),
    Lessons(Lessons),
    Reader(Reader),
    Terms(Box<Terms>),
    Study(Box<Study>),
    Placement(Placement),
    Interviews(Box<Interviews>),
    Sitting(Box<Sitting>),
    Outcome(Box<Outcome>),
    Walks(Walks),
    Walk(Box<Walk>),
    Stats(Box<Stats>),
    Settings(Box<SettingsScreen>),
}

impl Screen {
    /// Where keys are looked up, the nearest first.
    pub(super) fn places(&self) -> Vec<Place> {
        match self {
            Screen::Home(home) => home.places(),
            Screen::Lessons(_) => vec![Place::Lessons, Place::List],
            Screen::Reader(_) => vec![Place::Reader, Place::List],
            Screen::Terms(_) => vec![Place::Glossary],
            Screen::Study(study) => study.places(),
            Screen::Placement(placement) => placement.places(),
            Screen::Interviews(_) => vec![Place::Interviews, Place::List],
            Screen::Sitting(sitting) => sitting.places(),
            Screen::Outcome(outcome) => outcome.places(),
            Screen::Walks(_) => vec![Place::List],
            Screen::Walk(walk) => walk.places(),
            Screen::Stats(_) => vec![Place::Stats, Place::List],
            Screen::Settings(_) => vec![Place::Settings, Place::List],
        }
    }

    /// What can be done now, most likely first.
    pub(super) fn hints(&self, shared: &Shared, size: (u16, u16)) -> Vec<Action> {
        match self {
            Screen::Home(home) => home.hints(),
            Screen::Lessons(lessons) => lessons.hints(shared),
            Screen::Reader(reader) => reader.hints(shared, size),
            Screen::Terms(terms) => terms.hints(),
            Screen::Study(study) => study.hints(shared),
            Screen::Placement(placement) => placement.hints(),
            Screen::Interviews(interviews) => interviews.hints(),
            Screen::Sitting(sitting) => sitting.hints(),
            Screen::Outcome(outcome) => outcome.hints(),
            Screen::Walks(_) => vec![Action::Open, Action::Back],
            Screen::Walk(walk) => walk.hints(shared, size),
            Screen::Stats(stats) => stats.hints(shared),
            Screen::Settings(settings) => settings.hints(shared),
        }
    }

    pub(super) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match self {
            Screen::Home(home) => home.act(action, shared, now),
            Screen::Lessons(lessons) => lessons.act(action, shared, size, now),
            Screen::Reader(reader) => reader.act(action, shared, size, now),
            Screen::Terms(terms) => terms.act(action, shared, size),
            Screen::Study(study) => study.act(action, shared, now),
            Screen::Placement(placement) => placement.act(action, shared),
            Screen::Interviews(interviews) => interviews.act(action, shared, now),
            Screen::Sitting(sitting) => sitting.act(action, shared, size, now),
            Screen::Outcome(outcome) => outcome.act(action, shared, now),
            Screen::Walks(walks) => walks.act(action, shared, now),
            Screen::Walk(walk) => {
                let mut steps = walk.act(action, shared, now);
                steps.extend(walk.conclude());
                steps
            }
            Screen::Stats(stats) => stats.act(action, shared, size, now),
            Screen::Settings(settings) => settings.act(action, shared, now),
        }
    }

    /// A key that is part of a text being typed; `None` where nothing is typed.
    pub(super) fn typed(&mut self, key: KeyEvent, shared: &Shared, now: &Now) -> Option<Vec<Step>> {
        match self {
            Screen::Terms(terms) => terms.typed(key, shared),
            Screen::Study(study) => study.typed(key, shared),
            Screen::Walk(walk) => walk.typed(key, shared, now),
            Screen::Sitting(sitting) => sitting.typed(key, shared, now),
            _ => None,
        }
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared, now: &Now) -> Vec<Step> {
        match self {
            Screen::Terms(terms) => terms.paste(text, shared),
            Screen::Study(study) => study.paste(text),
            Screen::Walk(walk) => walk.paste(text),
            Screen::Sitting(sitting) => return sitting.paste(text, shared, now),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match self {
            Screen::Home(home) => home.click(at, shared, size, now),
            Screen::Lessons(lessons) => lessons.click(at, shared, size, now),
            Screen::Reader(reader) => reader.click(at, shared, size, now),
            Screen::Terms(terms) => terms.click(at, shared, size),
            Screen::Study(study) => study.click(at, shared, size, now),
            Screen::Placement(placement) => placement.act(Action::Reveal, shared),
            Screen::Interviews(interviews) => interviews.click(at, shared, size, now),
            Screen::Sitting(sitting) => sitting.click(at, shared, size, now),
            Screen::Outcome(outcome) => outcome.click(at),
            Screen::Walks(walks) => walks.click(at, shared, size, now),
            Screen::Walk(walk) => {
                let mut steps = walk.click(at, shared, size, now);
                steps.extend(walk.conclude());
                steps
            }
            Screen::Stats(stats) => stats.click(at, shared, size, now),
            Screen::Settings(settings) => settings.click(at, size),
        }
    }

    /// The screen is on top now, for the first time or again.
    pub(super) fn entered(&mut self, shared: &Shared, size: (u16, u16), now: &Now) -> Vec<Step> {
        match self {
            Screen::Lessons(_) => vec![Step::Run(Effect::Refresh)],
            Screen::Interviews(_) => vec![Step::Run(Effect::LoadInterviews)],
            Screen::Sitting(sitting) => sitting.woken(shared, now),
            Screen::Reader(reader) => reader.entered(shared, size, now),
            Screen::Walks(walks) => {
                walks.refresh(shared);
                Vec::new()
            }
            Screen::Walk(walk) => {
                walk.entered(now);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The screen is left for good.
    pub(super) fn left(&mut self, shared: &mut Shared, now: &Now) -> Option<Effect> {
        match self {
            Screen::Reader(reader) => {
                let (lesson, line) = reader.place();
                shared.places.insert(lesson.clone(), line);
                Some(Effect::Remember(Choice::Place(lesson, line)))
            }
            Screen::Walk(walk) => {
                walk.left(shared);
                None
            }
            Screen::Sitting(sitting) => sitting.left(now),
            _ => None,
        }
    }

    /// Rows this screen asked to keep are kept.
    pub(super) fn saved(
        &mut self,
        rows: &[Row],
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match self {
            Screen::Study(study) => study.saved(rows, shared, now),
            Screen::Sitting(sitting) => sitting.saved(rows),
            Screen::Outcome(outcome) => {
                outcome.saved(rows);
                Vec::new()
            }
            other => {
                other.refreshed(shared, size, now);
                Vec::new()
            }
        }
    }

    /// The library, the history or the language changed.
    pub(super) fn refreshed(&mut self, shared: &Shared, _size: (u16, u16), now: &Now) {
        match self {
            Screen::Home(home) => home.refresh(shared, now),
            Screen::Lessons(lessons) => lessons.refresh(shared, now),
            Screen::Reader(reader) => reader.refresh(shared),
            Screen::Terms(terms) => terms.refresh(shared),
            Screen::Study(study) => study.refresh(shared, now),
            Screen::Placement(_) | Screen::Sitting(_) | Screen::Outcome(_) => {}
            Screen::Walks(walks) => walks.refresh(shared),
            Screen::Interviews(interviews) => interviews.refresh(shared),
            Screen::Walk(walk) => walk.refresh(shared),
            Screen::Stats(stats) => stats.refresh(),
            Screen::Settings(settings) => settings.refresh(),
        }
    }

    /// When this screen wants to be woken though nothing happens.
    pub(super) fn next_wake(&self, shared: &Shared, now: &Now) -> Option<Duration> {
        match self {
            Screen::Home(home) => Some(home.next_day_begins(shared, now)),
            Screen::Walk(walk) => walk.next_wake(now),
            Screen::Sitting(sitting) => sitting.next_wake(now),
            _ => None,
        }
    }

    /// Time has passed: what is to be done, and whether the picture changed.
    pub(super) fn woken(&mut self, shared: &Shared, now: &Now) -> (Vec<Step>, bool) {
        match self {
            Screen::Home(home) if home.day() != shared.today(now) => {
                home.refresh(shared, now);
                (Vec::new(), true)
            }
            Screen::Walk(walk) => {
                let changed = walk.woken(shared, now);
                (walk.conclude().into_iter().collect(), changed)
            }
            Screen::Sitting(sitting) => (sitting.woken(shared, now), true),
            _ => (Vec::new(), false),
        }
    }

    /// What is to be worked out beside the app before the screen can show all it should.
    pub(super) fn wanted(&mut self, shared: &Shared, now: &Now) -> Option<Task> {
        match self {
            Screen::Stats(stats) => stats.wanted(shared, now),
            Screen::Settings(settings) => settings.wanted(shared, now),
            Screen::Study(study) => study.wanted(shared),
            _ => None,
        }
    }

    /// Something was worked out; what this screen did not ask for is handed on.
    pub(super) fn worked_out(
        &mut self,
        finding: Finding,
        shared: &Shared,
        _now: &Now,
    ) -> Option<Finding> {
        match self {
            Screen::Stats(stats) => stats.worked_out(finding, shared),
            Screen::Settings(settings) => settings.worked_out(finding),
            _ => Some(finding),
        }
    }

    /// Where you are, and the state that matters.
    pub(super) fn heading(
        &self,
        shared: &Shared,
        width: u16,
        now: &Now,
    ) -> (Line<'static>, Line<'static>) {
        match self {
            Screen::Home(home) => home.heading(shared),
            Screen::Lessons(lessons) => lessons.heading(shared),
            Screen::Reader(reader) => reader.heading(shared),
            Screen::Terms(terms) => terms.heading(shared),
            Screen::Study(study) => study.heading(shared),
            Screen::Placement(placement) => placement.heading(shared),
            Screen::Interviews(interviews) => interviews.heading(shared),
            Screen::Sitting(sitting) => sitting.heading(shared, now),
            Screen::Outcome(outcome) => outcome.heading(shared),
            Screen::Walks(walks) => walks.heading(shared),
            Screen::Walk(walk) => walk.heading(shared, width),
            Screen::Stats(stats) => stats.heading(shared),
            Screen::Settings(settings) => settings.heading(shared),
        }
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
        match self {
            Screen::Home(home) => home.draw(area, frame, shared, now),
            Screen::Lessons(lessons) => lessons.draw(area, frame, shared),
            Screen::Reader(reader) => reader.draw(area, frame, shared),
            Screen::Terms(terms) => terms.draw(area, frame, shared),
            Screen::Study(study) => study.draw(area, frame, shared, now),
            Screen::Placement(placement) => placement.draw(area, frame, shared),
            Screen::Interviews(interviews) => interviews.draw(area, frame, shared, now),
            Screen::Sitting(sitting) => sitting.draw(area, frame, shared, now),
            Screen::Outcome(outcome) => outcome.draw(area, frame, shared, now),
            Screen::Walks(walks) => walks.draw(area, frame, shared),
            Screen::Walk(walk) => walk.draw(area, frame, shared, now),
            Screen::Stats(stats) => stats.draw(area, frame, shared),
            Screen::Settings(settings) => settings.draw(area, frame, shared, now),
        }
    }
}

/// What is left to a screen between the first and the last line of a terminal of this size.
fn body((width, height): (u16, u16)) -> Rect {
    Rect::new(0, 1, width, height.saturating_sub(2))
}

/// Whether a lesson has a file of the learner's own, to be edited.
fn is_own(lesson: &LessonId, shared: &Shared) -> bool {
    shared
        .library
        .lesson(lesson, shared.lang)
        .is_some_and(|lesson| lesson.origin == Origin::Own)
}

/// Opens a lesson's file in the learner's editor; the built-in course has none.
fn edit(lesson: &LessonId, file: &str, line: u32, shared: &Shared) -> Vec<Step> {
    if is_own(lesson, shared) {
        vec![Step::Run(Effect::Edit {
            file: file.to_owned(),
            line,
        })]
    } else {
        vec![Step::Say(Notice::Done(shared.text("notice.built-in")))]
    }
}

/// The walkthrough of a lesson: the one there is, or the list with the first of several chosen.
fn walk_of(lesson: &LessonId, shared: &Shared, now: &Now) -> Vec<Step> {
    let all = built_in();
    let mut its = all.iter().filter(|scenario| scenario.lesson == *lesson);
    let screen = match (its.next(), its.next()) {
        (Some(only), None) => Screen::Walk(Box::new(Walk::new(only, shared, now))),
        (Some(first), Some(_)) => Screen::Walks(Walks::at(&first.id, shared)),
        (None, _) => return vec![Step::Say(Notice::Done(shared.text("walk.no-scenario")))],
    };
    vec![Step::Open(Box::new(screen))]
}

/// Opens the glossary, the terms of a lesson first.
fn terms(lesson: Option<&LessonId>, shared: &Shared) -> Vec<Step> {
    let terms = Terms::new(lesson.cloned(), shared);
    vec![Step::Open(Box::new(Screen::Terms(Box::new(terms))))]
}

/// Whether a lesson has a walkthrough.
fn has_walk(lesson: &LessonId) -> bool {
    lessons_walked().contains(lesson)
}
