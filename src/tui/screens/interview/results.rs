//! What came of an interview: one honest sentence, then confident and wrong, then the rest.

use std::{cell::Cell, sync::Arc};

use ratatui::layout::Position;

use crate::{
    history::{Event, Row},
    ids::{Now, PointId},
    interview::{Record, Results, mark_all},
    tui::{
        app::Step,
        effect::Effect,
        keymap::{Action, Place},
        screens::{Reader, Screen, has_walk, walk_of},
        shared::Shared,
        widgets::scrolled,
    },
};

/// What came of an interview.
pub(in crate::tui) struct Outcome {
    pub(super) record: Record,
    pub(super) results: Results,
    /// Interviews to compare it with.
    pub(super) records: Arc<Vec<Record>>,
    feeds_memory: bool,
    /// The answers in the order in which they are listed, and which of them is open.
    pub(super) listed: Vec<usize>,
    pub(super) selected: Option<usize>,
    pub(super) confirming: Option<Confirming>,
    pub(super) scroll: u16,
    pub(super) drawn: Cell<(u16, u16)>,
}

/// The points of a short answer, being confirmed.
pub(super) struct Confirming {
    /// Its place among the answers.
    pub(super) answer: usize,
    pub(super) ticked: Vec<PointId>,
    pub(super) at: usize,
}

impl Outcome {
    pub(in crate::tui) fn new(
        record: Record,
        records: Arc<Vec<Record>>,
        feeds_memory: bool,
    ) -> Outcome {
        let mut outcome = Outcome {
            results: Results::of(&record),
            record,
            records,
            feeds_memory,
            listed: Vec::new(),
            selected: None,
            confirming: None,
            scroll: 0,
            drawn: Cell::default(),
        };
        outcome.list();
        outcome
    }

    fn list(&mut self) {
        let results = &self.results;
        let mut listed: Vec<usize> = [
            &results.certain_and_wrong,
            &results.wrong,
            &results.partly,
            &results.blank,
        ]
        .into_iter()
        .flatten()
        .copied()
        .collect();
        let rest: Vec<usize> = (0..self.record.answers.len())
            .filter(|at| !listed.contains(at))
            .collect();
        listed.extend(rest);
        self.listed = listed;
    }

    pub(in crate::tui::screens) fn places(&self) -> Vec<Place> {
        match self.confirming {
            Some(_) => vec![Place::Confirming, Place::List],
            None => vec![Place::Outcome, Place::List],
        }
    }

    pub(in crate::tui::screens) fn hints(&self) -> Vec<Action> {
        if self.confirming.is_some() {
            return vec![Action::Accept, Action::Choose, Action::Cancel];
        }
        let mut hints = Vec::new();
        if !self.results.to_confirm.is_empty() {
            hints.push(Action::Accept);
        }
        hints.push(Action::NextQuestion);
        if let Some(lesson) = self.lesson() {
            hints.push(Action::LessonOf);
            if has_walk(lesson) {
                hints.push(Action::Walk);
            }
        }
        hints.push(Action::Back);
        hints
    }

    fn lesson(&self) -> Option<&crate::ids::LessonId> {
        let at = *self.listed.get(self.selected?)?;
        Some(&self.record.answers.get(at)?.1.lesson)
    }

    pub(in crate::tui::screens) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        now: &Now,
    ) -> Vec<Step> {
        if self.confirming.is_some() {
            return self.confirm(action);
        }
        match action {
            Action::Accept => self.ask_to_confirm(),
            Action::NextQuestion => self.select(1),
            Action::PreviousQuestion => self.select(-1),
            Action::LessonOf => {
                if let Some(lesson) = self.lesson()
                    && shared.library.lesson(lesson, shared.lang).is_some()
                {
                    let reader = Reader::new(lesson.clone(), shared);
                    return vec![Step::Open(Box::new(Screen::Reader(reader)))];
                }
            }
            Action::Walk => {
                if let Some(lesson) = self.lesson() {
                    return walk_of(lesson, shared, now);
                }
            }
            _ => self.scroll(action),
        }
        Vec::new()
    }

    fn select(&mut self, by: isize) {
        let last = self.listed.len().saturating_sub(1);
        self.selected = match self.selected {
            None => Some(0),
            Some(at) => Some(at.saturating_add_signed(by).min(last)),
        };
        // The view brings it on screen.
        self.scroll = u16::MAX;
    }

    fn scroll(&mut self, action: Action) {
        self.scroll = scrolled(self.scroll, action, self.drawn.get());
    }

    fn ask_to_confirm(&mut self) {
        let next = self.results.to_confirm.first().copied();
        self.confirming = next.and_then(|answer| {
            let question = self.record.question(answer)?;
            let given = &self.record.answers[answer].1;
            let marked = mark_all(&question, &given.given, given.follow_up.as_ref());
            Some(Confirming {
                answer,
                ticked: marked.met(),
                at: 0,
            })
        });
        self.scroll = 0;
    }

    fn confirm(&mut self, action: Action) -> Vec<Step> {
        let Some(confirming) = &mut self.confirming else {
            return Vec::new();
        };
        let Some(question) = self.record.question(confirming.answer) else {
            return Vec::new();
        };
        let points = question.points();
        let digit = match action {
            Action::First => Some(0),
            Action::Second => Some(1),
            Action::Third => Some(2),
            Action::Fourth => Some(3),
            Action::Fifth => Some(4),
            Action::Sixth => Some(5),
            Action::Choose | Action::Open => Some(confirming.at),
            _ => None,
        };
        if let Some((id, _)) = digit.and_then(|at| points.get(at)) {
            confirming.at = digit.unwrap_or(confirming.at);
            match confirming.ticked.iter().position(|one| one == *id) {
                Some(at) => {
                    confirming.ticked.remove(at);
                }
                None => confirming.ticked.push((*id).clone()),
            }
        }
        match action {
            Action::Up => confirming.at = confirming.at.saturating_sub(1),
            Action::Down => {
                confirming.at = (confirming.at + 1).min(points.len().saturating_sub(1));
            }
            Action::Cancel => self.confirming = None,
            Action::Accept => return self.save(),
            _ => {}
        }
        Vec::new()
    }

    /// The row of the answer no longer counts; one with the learner's word takes its place.
    fn save(&mut self) -> Vec<Step> {
        let Some(confirming) = &self.confirming else {
            return Vec::new();
        };
        let (row, answer) = &self.record.answers[confirming.answer];
        let Some(answer) = answer.with_points(&confirming.ticked, self.feeds_memory) else {
            return Vec::new();
        };
        let events = vec![
            Event::Undo { row: row.clone() },
            Event::Answer(Box::new(answer)),
        ];
        vec![Step::Run(Effect::Save {
            events,
            seen: Vec::new(),
        })]
    }

    /// Rows were kept: only now does what they say count.
    pub(in crate::tui::screens) fn saved(&mut self, rows: &[Row]) {
        for row in rows {
            let Event::Answer(answer) = &row.event else {
                continue;
            };
            let mut answers = self.record.answers.iter_mut();
            let own = answers
                .find(|(_, one)| one.attempt == answer.attempt && one.number == answer.number);
            if let Some(own) = own {
                *own = (row.id.clone(), (**answer).clone());
                self.results = Results::of(&self.record);
                self.list();
                self.confirming = None;
                if !self.results.to_confirm.is_empty() {
                    self.ask_to_confirm();
                }
            }
        }
    }

    pub(in crate::tui::screens) fn click(&mut self, _at: Position) -> Vec<Step> {
        Vec::new()
    }
}
