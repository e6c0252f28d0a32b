//! One sits an interview: what keys, clicks and time do to it.

mod answering;
mod keeping;

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use ratatui::{
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::Position,
};

use super::{overview, sheet_area};
use crate::{
    history::{Event, Given},
    ids::{Now, PointId},
    interview::{Input, Kind, Record, Session, Stage, mark_all},
    tui::{
        app::Step,
        keymap::{Action, Place},
        screens::body,
        shared::Shared,
        widgets::{Editor, scrolled},
    },
};

/// An interview on screen.
pub(in crate::tui) struct Sitting {
    pub(super) session: Session,
    /// The interviews that were over before it.
    earlier: Arc<Vec<Record>>,
    pub(super) editor: Editor,
    /// Whether keys go into the text.
    pub(super) is_writing: bool,
    pub(super) mode: Mode,
    /// The option, item, pair or point that keys act on.
    pub(super) at: usize,
    /// The points ticked, where found ones are being confirmed.
    pub(super) ticked: Vec<PointId>,
    /// Which question is on, and how far it has come, as keys were last read.
    place: Option<(usize, Stage)>,
    /// What could not be written down at the end: tried again by the next key.
    unsaved: Option<Vec<Event>>,
    pub(super) scroll: u16,
    /// How far the text can be scrolled, and its lines on screen, as it was last drawn.
    pub(super) drawn: Cell<(u16, u16)>,
    /// Which line of the screen is about which option, as it was last drawn: the first line, and
    /// from there on.
    pub(super) rows: RefCell<(u16, Vec<Option<usize>>)>,
    /// Where the text to be typed stands, as it was last drawn.
    pub(super) editor_width: Cell<u16>,
}

/// What is on screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// The question.
    Asked,
    /// How sure one is of the answer.
    Sure,
    /// All questions, one of them chosen.
    Overview(usize),
}

impl Sitting {
    pub(in crate::tui) fn new(session: Session, earlier: Arc<Vec<Record>>) -> Sitting {
        let mut sitting = Sitting {
            session,
            earlier,
            editor: Editor::default(),
            is_writing: false,
            mode: Mode::Asked,
            at: 0,
            ticked: Vec::new(),
            place: None,
            unsaved: None,
            scroll: 0,
            drawn: Cell::default(),
            rows: RefCell::default(),
            editor_width: Cell::new(0),
        };
        sitting.follow();
        sitting
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        Some(self.session.item()?.question.kind())
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        Some(self.session.sheet()?.stage)
    }

    /// Whether the answer, or that to the follow-up question, is typed.
    pub(super) fn is_typed(&self) -> bool {
        matches!(
            (self.kind(), self.stage()),
            (_, Some(Stage::FollowUp)) | (Some(Kind::Cloze | Kind::Short), Some(Stage::Open))
        )
    }

    /// Found points that the learner is to confirm.
    pub(super) fn is_to_confirm(&self) -> bool {
        self.kind() == Some(Kind::Short) && self.stage() == Some(Stage::Told)
    }

    fn writes(&self) -> bool {
        self.is_writing && self.mode == Mode::Asked && !self.session.is_paused()
    }

    pub(in crate::tui::screens) fn places(&self) -> Vec<Place> {
        match self.mode {
            Mode::Sure => vec![Place::Sure],
            Mode::Overview(_) => vec![Place::Overview, Place::List],
            Mode::Asked if self.writes() => vec![Place::Writing],
            Mode::Asked => vec![Place::Sit, Place::List],
        }
    }

    pub(in crate::tui::screens) fn hints(&self) -> Vec<Action> {
        match self.mode {
            _ if self.session.is_paused() => vec![Action::Pause, Action::Quit],
            Mode::Sure => vec![Action::GoOn, Action::Cancel],
            Mode::Overview(_) => vec![Action::Open, Action::HandIn, Action::Flag, Action::Close],
            Mode::Asked if self.writes() => vec![
                Action::Finish,
                Action::NewLine,
                Action::NextQuestion,
                Action::Flag,
                Action::Overview,
                Action::Pause,
                Action::Cancel,
            ],
            Mode::Asked => {
                let mut hints = vec![Action::Finish];
                match self.kind() {
                    Some(Kind::Order | Kind::Match) => hints.push(Action::Later),
                    _ if self.is_typed() => hints.push(Action::Type),
                    _ => hints.push(Action::Choose),
                }
                hints.extend([
                    Action::NextQuestion,
                    Action::Flag,
                    Action::Overview,
                    Action::Pause,
                    Action::Quit,
                ]);
                hints
            }
        }
    }

    pub(in crate::tui::screens) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        if let Some(events) = &self.unsaved {
            return vec![self.finish(events.clone())];
        }
        if self.session.is_paused() {
            return match action {
                Action::Pause | Action::Finish | Action::Choose | Action::Open => {
                    self.give(Input::Resume, shared, now)
                }
                _ => Vec::new(),
            };
        }
        match self.mode {
            Mode::Sure => self.answer_sure(action, shared, now),
            Mode::Overview(at) => self.look_over(at, action, shared, size, now),
            Mode::Asked => self.obey(action, shared, now),
        }
    }

    fn obey(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        match action {
            Action::Finish => return self.done(shared, now),
            Action::Choose | Action::Open => return self.choose(self.at, shared, now),
            Action::First
            | Action::Second
            | Action::Third
            | Action::Fourth
            | Action::Fifth
            | Action::Sixth => {
                let place = digit(action);
                if place < self.choices() {
                    self.at = place;
                    return self.choose(place, shared, now);
                }
            }
            Action::Up if self.choices() > 0 => self.at = self.at.saturating_sub(1),
            Action::Down if self.choices() > 0 => {
                self.at = (self.at + 1).min(self.choices().saturating_sub(1));
            }
            Action::Earlier | Action::Later => return self.shift(action, shared, now),
            Action::Flag => return self.give(Input::Flag, shared, now),
            Action::NextQuestion => return self.turn(1, shared, now),
            Action::PreviousQuestion => return self.turn(-1, shared, now),
            Action::Overview | Action::HandIn => {
                self.mode = Mode::Overview(self.session.at());
            }
            Action::Pause => return self.give(Input::Pause, shared, now),
            Action::Type if self.is_typed() => self.is_writing = true,
            Action::NewLine => {
                self.editor.new_line();
                return self.give(Input::Type(self.editor.text().to_owned()), shared, now);
            }
            Action::Cancel => self.is_writing = false,
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::Top
            | Action::Bottom => self.scroll(action),
            _ => {}
        }
        Vec::new()
    }

    fn scroll(&mut self, action: Action) {
        self.scroll = scrolled(self.scroll, action, self.drawn.get());
    }

    fn turn(&mut self, by: isize, shared: &Shared, now: &Now) -> Vec<Step> {
        match self.session.at().checked_add_signed(by) {
            Some(at) if at < self.session.sheets().len() => self.give(Input::Turn(at), shared, now),
            Some(at) => {
                self.mode = Mode::Overview(at.saturating_sub(1));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn look_over(
        &mut self,
        at: usize,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        match action {
            Action::Open | Action::Finish => {
                self.mode = Mode::Asked;
                return self.give(Input::Turn(at), shared, now);
            }
            Action::HandIn => return self.give(Input::Submit, shared, now),
            Action::Flag => {
                let mut steps = self.give(Input::Turn(at), shared, now);
                steps.extend(self.give(Input::Flag, shared, now));
                return steps;
            }
            Action::Close | Action::Overview => self.mode = Mode::Asked,
            _ => {
                let columns = overview::columns(sheet_area(body(size)));
                let count = self.session.sheets().len();
                self.mode = Mode::Overview(overview::moved(at, action, count, columns));
            }
        }
        Vec::new()
    }

    /// Keys while an answer is typed; `None` leaves the key to the key table.
    pub(in crate::tui::screens) fn typed(
        &mut self,
        key: KeyEvent,
        shared: &Shared,
        now: &Now,
    ) -> Option<Vec<Step>> {
        if !self.writes() || self.unsaved.is_some() {
            return None;
        }
        let is_command = |key: &KeyEvent| {
            matches!(key.code, KeyCode::F(_))
                || key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
        };
        if shared.keymap.action(&[Place::Writing], key).is_some() || is_command(&key) {
            return None;
        }
        self.editor.set_columns(self.editor_width.get());
        if !self.editor.key(key) {
            return Some(Vec::new());
        }
        Some(self.give(Input::Type(self.editor.text().to_owned()), shared, now))
    }

    pub(in crate::tui::screens) fn paste(
        &mut self,
        text: &str,
        shared: &Shared,
        now: &Now,
    ) -> Vec<Step> {
        if !self.writes() {
            return Vec::new();
        }
        self.editor.paste(text);
        self.give(Input::Type(self.editor.text().to_owned()), shared, now)
    }

    pub(in crate::tui::screens) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        if self.session.is_paused() {
            return self.give(Input::Resume, shared, now);
        }
        match self.mode {
            Mode::Overview(_) => {
                let count = self.session.sheets().len();
                match overview::question_at(at, sheet_area(body(size)), count) {
                    Some(place) => {
                        self.mode = Mode::Asked;
                        self.give(Input::Turn(place), shared, now)
                    }
                    None => Vec::new(),
                }
            }
            Mode::Sure => Vec::new(),
            Mode::Asked => {
                let row = {
                    let (first, rows) = &*self.rows.borrow();
                    let row = at.y.checked_sub(*first);
                    row.and_then(|row| rows.get(usize::from(row)).copied().flatten())
                };
                match row {
                    Some(place) if place == self.at && self.kind() == Some(Kind::Match) => {
                        self.shift(Action::Later, shared, now)
                    }
                    Some(place) => {
                        self.at = place;
                        self.choose(place, shared, now)
                    }
                    None => Vec::new(),
                }
            }
        }
    }

    /// Another question, or another stage of it, is on screen: keys begin anew.
    fn follow(&mut self) {
        let place = self.stage().map(|stage| (self.session.at(), stage));
        if place == self.place {
            return;
        }
        self.place = place;
        self.at = 0;
        self.scroll = 0;
        self.is_writing = self.is_typed();
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return;
        };
        let text = match (sheet.stage, &sheet.follow_up, &sheet.given) {
            (Stage::FollowUp, Some(follow_up), _) => follow_up.text.as_str(),
            (_, _, Given::Text(text)) => text,
            _ => "",
        };
        self.editor = Editor::of(text);
        let follow_up = sheet.follow_up.as_ref();
        self.ticked = match &sheet.confirmed {
            Some(points) => points.clone(),
            None => mark_all(&item.question, &sheet.given, follow_up).met(),
        };
    }
}

fn digit(action: Action) -> usize {
    match action {
        Action::First => 0,
        Action::Second => 1,
        Action::Third => 2,
        Action::Fourth => 3,
        Action::Fifth => 4,
        _ => 5,
    }
}
