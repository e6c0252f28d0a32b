//! The app as a value: messages in, effects out, and a picture at any moment. Nothing here reads a
//! clock, a file or the database.

mod learned;
mod message;
mod moved;
mod view;

use std::{sync::Arc, time::Duration};

use ratatui::{
    crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind},
    layout::Position,
};

pub use self::message::{Msg, Opening};
pub(super) use self::message::{Notice, Step};
use super::{
    edge::{EdgeError, Refreshed},
    effect::{Choice, Effect},
    keymap::{Action, Place},
    overlays::Overlay,
    screens::{Home, Interviews, Lessons, Reader, Screen, Study, Walk, Walks},
    shared::{Shared, Training},
    task::Task,
    widgets::{Hint, SMALLEST, hint_at},
};
use crate::{
    history::{Event, Row},
    ids::Now,
    notes::Library,
};

/// The app.
pub struct App {
    shared: Shared,
    screens: Vec<Screen>,
    overlays: Vec<Overlay>,
    notice: Option<Notice>,
    size: (u16, u16),
    dirty: bool,
    leaving: bool,
    /// Progress that moved along with edited cards and may be moved back.
    moved: Vec<Row>,
}

impl App {
    /// The app over what all screens see, opened at a place.
    pub fn new(shared: Shared, opening: Opening, size: (u16, u16), now: Now) -> App {
        let mut screens = vec![Screen::Home(Home::new(&shared, &now))];
        match opening {
            Opening::Home => {}
            Opening::Lessons => screens.push(Screen::Lessons(Lessons::new(&shared, &now))),
            Opening::Lesson(id) => {
                screens.push(Screen::Lessons(Lessons::new(&shared, &now)));
                screens.push(Screen::Reader(Reader::new(id, &shared)));
            }
            Opening::Study(plan, filter) => {
                screens.push(Screen::Study(Box::new(Study::new(
                    plan, filter, &shared, &now,
                ))));
            }
            Opening::Interviews(custom, seed) => {
                let custom = custom.map(|custom| *custom);
                screens.push(Screen::Interviews(Box::new(Interviews::new(
                    custom, seed, &shared,
                ))));
            }
            Opening::Walks => screens.push(Screen::Walks(Walks::new(&shared))),
            Opening::Walk(scenario) => {
                screens.push(Screen::Walks(Walks::at(&scenario.id, &shared)));
                screens.push(Screen::Walk(Box::new(Walk::new(&scenario, &shared, &now))));
            }
            Opening::WalkAt(scenario, chapter) => {
                screens.push(Screen::Walks(Walks::at(&scenario.id, &shared)));
                let walk = Walk::at(&scenario, Some(chapter), &shared, &now);
                screens.push(Screen::Walk(Box::new(walk)));
            }
            Opening::Stats => screens.push(Screen::Stats(Box::default())),
        }
        App {
            shared,
            screens,
            overlays: Vec::new(),
            notice: None,
            size,
            dirty: true,
            leaving: false,
            moved: Vec::new(),
        }
    }

    /// What is to be done before the first frame.
    pub fn start(&mut self, now: Now) -> Vec<Effect> {
        let steps = self.top_mut_with(|screen, shared, size| screen.entered(shared, size, &now));
        let mut effects = self.take(steps, now);
        effects.push(Effect::Refresh);
        effects.extend(self.wanted(now));
        effects
    }

    /// What all screens see.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether the learner left.
    pub fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// Whether the picture changed since it was last drawn.
    pub fn needs_drawing(&self) -> bool {
        self.dirty
    }

    /// The picture was drawn.
    pub fn drawn(&mut self) {
        self.dirty = false;
    }

    /// When the app wants to be woken though nothing happens, on the clock that never jumps.
    pub fn next_wake(&self, now: Now) -> Option<Duration> {
        self.screens
            .last()
            .and_then(|screen| screen.next_wake(&self.shared, &now))
    }

    /// Takes in what happened; returns what is to be done outside.
    pub fn update(&mut self, msg: Msg, now: Now) -> Vec<Effect> {
        let mut effects = self.hear(msg, now);
        effects.extend(self.wanted(now));
        effects
    }

    /// What the top screen wants to be worked out.
    fn wanted(&mut self, now: Now) -> Option<Effect> {
        let task = self.top_mut_with(|screen, shared, _| screen.wanted(shared, &now))?;
        if let Task::Train(_, brake) = &task {
            self.shared.training = Training::Running(brake.clone());
        }
        Some(Effect::WorkOut(Box::new(task)))
    }

    fn hear(&mut self, msg: Msg, now: Now) -> Vec<Effect> {
        self.dirty |= match &msg {
            // These say themselves whether the picture changed.
            Msg::Wake | Msg::Refreshed(Ok(_)) => false,
            Msg::Mouse(mouse) => does_something(mouse.kind),
            _ => true,
        };
        match msg {
            Msg::Key(key) if self.is_too_small() => self.key_unseen(key, now),
            Msg::Mouse(_) | Msg::Paste(_) if self.is_too_small() => Vec::new(),
            Msg::Key(key) => {
                self.notice = None;
                self.key(key, now)
            }
            Msg::Mouse(mouse) => self.mouse(mouse, now),
            Msg::Paste(text) => {
                let steps = match self.overlays.last_mut() {
                    Some(overlay) => overlay.paste(&text, &self.shared),
                    None => {
                        self.top_mut_with(|screen, shared, _| screen.paste(&text, shared, &now))
                    }
                };
                self.take(steps, now)
            }
            Msg::Resize(width, height) => {
                self.size = (width, height);
                Vec::new()
            }
            Msg::Focus => vec![Effect::Refresh],
            Msg::Wake => {
                let (steps, changed) = match self.screens.last_mut() {
                    Some(screen) => screen.woken(&self.shared, &now),
                    None => (Vec::new(), false),
                };
                self.dirty |= changed;
                self.take(steps, now)
            }
            Msg::Saved(Ok(rows)) => {
                for row in &rows {
                    self.shared.memory.apply(row);
                    self.shared.walked.apply(row);
                }
                let links = rows
                    .iter()
                    .filter(|row| matches!(row.event, Event::Link { .. }));
                self.moved.extend(links.cloned());
                self.note_parameters(&rows);
                let steps = self
                    .top_mut_with(|screen, shared, size| screen.saved(&rows, shared, size, &now));
                if rows.iter().any(|row| concerns_all_screens(&row.event)) {
                    self.refresh_screens(now);
                }
                self.take(steps, now)
            }
            Msg::Saved(Err(error)) => {
                self.refresh_screens(now);
                self.problem(error)
            }
            Msg::Sittings(Ok(sittings)) => {
                if let Some(Screen::Interviews(interviews)) = self.screens.last_mut() {
                    interviews.loaded(*sittings, &self.shared);
                }
                Vec::new()
            }
            Msg::Forgotten(error) | Msg::Sittings(Err(error)) => self.problem(error),
            Msg::Refreshed(Ok(refreshed)) => self.refreshed(refreshed, now),
            Msg::Refreshed(Err(error)) => self.problem(error),
            Msg::WorkedOut(Ok(finding)) => self.worked_out(finding, now),
            Msg::WorkedOut(Err(error)) => self.problem(error),
            Msg::Stopped(brake) => {
                self.stopped(&brake);
                Vec::new()
            }
            Msg::Edited(Ok(())) => vec![Effect::Refresh],
            Msg::Edited(Err(error)) => self.problem(error),
            Msg::Resumed => vec![Effect::Refresh],
            Msg::CannotSuspend => {
                self.notice = Some(Notice::Problem(self.shared.text("notice.cannot-suspend")));
                Vec::new()
            }
            Msg::End => self.leave(now),
        }
    }

    fn problem(&mut self, error: EdgeError) -> Vec<Effect> {
        self.notice = Some(Notice::Problem(error.to_string()));
        Vec::new()
    }

    fn refreshed(&mut self, refreshed: Refreshed, now: Now) -> Vec<Effect> {
        let Refreshed {
            library,
            rows,
            problems,
            ..
        } = refreshed;
        for row in &rows {
            self.shared.memory.apply(row);
            self.shared.walked.apply(row);
        }
        let mut effects = Vec::new();
        if let Some(loaded) = library {
            self.shared.set_library(loaded.library);
            effects.extend(self.relink(loaded.relinks));
        } else if rows.is_empty() && problems.is_none() {
            return effects;
        }
        self.dirty = true;
        if let Some(count) = problems {
            self.notice = Some(Notice::Problem(
                self.shared.fill("notice.notes-problems", &[("n", &count)]),
            ));
        }
        // A session must learn of a card's new id before it misses the old one.
        if effects.is_empty() {
            self.refresh_screens(now);
        }
        effects
    }

    fn refresh_screens(&mut self, now: Now) {
        for screen in &mut self.screens {
            screen.refreshed(&self.shared, self.size, &now);
        }
    }

    /// Whether the terminal shows nothing but that it is too small.
    fn is_too_small(&self) -> bool {
        self.size.0 < SMALLEST.0 || self.size.1 < SMALLEST.1
    }

    /// A key where nothing can be seen: it grades, answers and moves nothing.
    fn key_unseen(&mut self, key: KeyEvent, now: Now) -> Vec<Effect> {
        match self.shared.keymap.action(&[Place::Global], key) {
            Some(action @ (Action::Leave | Action::SuspendProgram)) => self.act(action, now),
            _ => Vec::new(),
        }
    }

    fn key(&mut self, key: KeyEvent, now: Now) -> Vec<Effect> {
        if let Some(overlay) = self.overlays.last_mut() {
            let steps = overlay.key(key, &self.shared);
            return self.take(steps, now);
        }
        let typed = self.top_mut_with(|screen, shared, _| screen.typed(key, shared, &now));
        if let Some(steps) = typed {
            return self.take(steps, now);
        }
        let places = self.places();
        match self.shared.keymap.action(&places, key) {
            Some(action) => self.act(action, now),
            None => Vec::new(),
        }
    }

    /// The places keys are looked up in, the nearest first.
    fn places(&self) -> Vec<Place> {
        let mut places = self.screens.last().map(Screen::places).unwrap_or_default();
        places.push(Place::Global);
        places
    }

    fn act(&mut self, action: Action, now: Now) -> Vec<Effect> {
        let steps = match action {
            Action::Leave => return self.leave(now),
            Action::SuspendProgram => vec![Step::Run(Effect::SuspendProgram)],
            Action::Help => vec![Step::Overlay(Overlay::help(self.places()))],
            Action::Palette => vec![Step::Overlay(Overlay::palette(self.places(), &self.shared))],
            Action::Search => vec![Step::Overlay(Overlay::search())],
            Action::Language => {
                self.shared.lang = self.shared.lang.other();
                self.refresh_screens(now);
                vec![Step::Run(Effect::Remember(Choice::Lang(self.shared.lang)))]
            }
            Action::MoveBack => self.move_back(),
            Action::Theme => {
                self.shared.wear(self.shared.theme_name.next());
                let name = self.shared.theme_name;
                vec![
                    Step::Say(Notice::Done(self.shared.text(&format!("theme.{name}")))),
                    Step::Run(Effect::Remember(Choice::Theme(name))),
                ]
            }
            Action::Sources => {
                self.shared.sources = self.shared.sources.next();
                self.refresh_screens(now);
                vec![Step::Run(Effect::Remember(Choice::Sources(
                    self.shared.sources,
                )))]
            }
            Action::Quit if self.screens.len() == 1 => vec![Step::Quit],
            Action::Quit | Action::Back => vec![Step::Back],
            _ => self.top_mut_with(|screen, shared, size| screen.act(action, shared, size, &now)),
        };
        self.take(steps, now)
    }

    fn mouse(&mut self, mouse: MouseEvent, now: Now) -> Vec<Effect> {
        let action = match mouse.kind {
            MouseEventKind::ScrollUp => Action::Up,
            MouseEventKind::ScrollDown => Action::Down,
            MouseEventKind::Down(MouseButton::Left) => {
                self.notice = None;
                let steps = self.click(Position::new(mouse.column, mouse.row), now);
                return self.take(steps, now);
            }
            _ => return Vec::new(),
        };
        let mut steps = Vec::new();
        for _ in 0..self.wheel_lines() {
            steps.extend(match self.overlays.last_mut() {
                Some(overlay) => overlay.act(action, &self.shared),
                None => {
                    self.top_mut_with(|screen, shared, size| screen.act(action, shared, size, &now))
                }
            });
        }
        self.take(steps, now)
    }

    /// Lines the wheel moves at a time: a text by several, a choice by one.
    fn wheel_lines(&self) -> usize {
        let is_text = match (self.overlays.last(), self.screens.last()) {
            (Some(overlay), _) => overlay.is_text(),
            (None, screen) => matches!(
                screen,
                Some(Screen::Reader(_) | Screen::Study(_) | Screen::Outcome(_))
            ),
        };
        if is_text { 3 } else { 1 }
    }

    fn click(&mut self, at: Position, now: Now) -> Vec<Step> {
        if at.y + 1 == self.size.1 {
            let (actions, hints): (Vec<Action>, Vec<Hint>) = self.hints().into_iter().unzip();
            let Some(found) = hint_at(&hints, self.size.0, at.x) else {
                return Vec::new();
            };
            return match self.overlays.last_mut() {
                Some(overlay) => overlay.act(actions[found], &self.shared),
                None => vec![Step::Act(actions[found])],
            };
        }
        if let Some(overlay) = self.overlays.last_mut() {
            return overlay.click(at, &self.shared);
        }
        self.top_mut_with(|screen, shared, size| screen.click(at, shared, size, &now))
    }

    fn take(&mut self, steps: Vec<Step>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        for step in steps {
            match step {
                Step::Open(screen) => {
                    self.overlays.clear();
                    self.screens.push(*screen);
                    let steps = self
                        .top_mut_with(|screen, shared, size| screen.entered(shared, size, &now));
                    effects.extend(self.take(steps, now));
                }
                Step::Overlay(overlay) => self.overlays.push(overlay),
                Step::Back => effects.extend(self.back(now)),
                Step::Run(effect) => effects.push(effect),
                Step::Choose(choice) => {
                    self.shared.choose(&choice);
                    effects.push(Effect::Remember(choice));
                }
                Step::Say(notice) => self.notice = Some(notice),
                Step::Act(action) => effects.extend(self.act(action, now)),
                Step::Quit => effects.extend(self.leave(now)),
            }
        }
        effects
    }

    fn back(&mut self, now: Now) -> Vec<Effect> {
        if self.overlays.pop().is_some() || self.screens.len() == 1 {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if let Some(mut left) = self.screens.pop() {
            effects.extend(left.left(&mut self.shared, &now));
        }
        let steps = self.top_mut_with(|screen, shared, size| {
            screen.refreshed(shared, size, &now);
            screen.entered(shared, size, &now)
        });
        effects.extend(self.take(steps, now));
        effects
    }

    fn leave(&mut self, now: Now) -> Vec<Effect> {
        self.leaving = true;
        let mut effects = Vec::new();
        while let Some(mut screen) = self.screens.pop() {
            effects.extend(screen.left(&mut self.shared, &now));
        }
        effects
    }

    fn top_mut_with<T: Default>(
        &mut self,
        f: impl FnOnce(&mut Screen, &Shared, (u16, u16)) -> T,
    ) -> T {
        match self.screens.last_mut() {
            Some(screen) => f(screen, &self.shared, self.size),
            None => T::default(),
        }
    }

    /// The library the app shows now.
    pub fn library(&self) -> &Arc<Library> {
        &self.shared.library
    }
}

/// Whether a row changes what screens below the top one show, or which cards there are.
fn concerns_all_screens(event: &Event) -> bool {
    matches!(event, Event::Link { .. } | Event::Undo { .. })
}

/// Terminals report every move of the mouse; clicks and the wheel are all that is listened to.
fn does_something(kind: MouseEventKind) -> bool {
    matches!(
        kind,
        MouseEventKind::ScrollUp
            | MouseEventKind::ScrollDown
            | MouseEventKind::Down(MouseButton::Left)
    )
}
