//! What the tests of this room share: a learner at a desk.

use std::time::Duration;

use chrono::DateTime;

use super::{Candidate, Memory, Plan, Session, Settings};
use crate::{
    history::{
        Answer, CardAction, Difficulty, Event, Given, Kind as AskedAs, Mode, Rating, Review, Row,
    },
    ids::{
        AttemptId, CardId, DeviceId, LessonId, Now, ParametersId, QuestionId, RowId, SessionId,
        StudyDay,
    },
};

/// Ten in the morning of the n-th day of the tests.
pub(super) fn now(day: i64) -> Now {
    let first = DateTime::parse_from_rfc3339("2026-11-24T10:00:00+08:00").expect("a moment");
    Now {
        wall: first + chrono::TimeDelta::days(day),
        mono: Duration::ZERO,
    }
}

pub(super) fn day(n: i64) -> StudyDay {
    Settings::default().study_day(&now(n))
}

pub(super) fn row(id: u64, at_ms: i64, event: Event) -> Row {
    Row {
        id: RowId::new(format!("{id:06}")),
        at_ms,
        device: DeviceId::new("desk"),
        session: SessionId::new("sitting"),
        event,
    }
}

pub(super) fn review(card: &str, rating: Rating, mode: Mode, on: i64) -> Event {
    Event::Review(Review {
        card: CardId::new(card),
        rating,
        mode,
        day: day(on),
        duration_ms: 4000,
        elapsed_days: 0,
        stability_before: None,
        difficulty_before: None,
        stability_after: None,
        difficulty_after: None,
        predicted_recall: None,
        desired_retention: 0.9,
        parameters: ParametersId::default(),
    })
}

pub(super) fn action(card: &str, action: CardAction) -> Event {
    Event::Card {
        card: CardId::new(card),
        action,
    }
}

/// A question that tests these cards was answered wrong.
pub(super) fn missed(cards: &[&str]) -> Event {
    Event::Answer(Box::new(Answer {
        attempt: AttemptId::new("attempt"),
        number: 1,
        question: QuestionId::new("question"),
        asked: AskedAs::Choice,
        lesson: LessonId::new("a"),
        domain: "docker".to_owned(),
        difficulty: Difficulty::Recall,
        given: Given::Nothing,
        follow_up: None,
        certainty: None,
        flagged: false,
        duration_ms: 1000,
        credit: 0.0,
        right: false,
        confirmed: None,
        cards: cards.iter().map(|card| CardId::new(*card)).collect(),
        shown: Vec::new(),
        stood: serde_json::Value::Null,
    }))
}

pub(super) fn undo(id: u64) -> Event {
    Event::Undo {
        row: RowId::new(format!("{id:06}")),
    }
}

pub(super) fn link(from: &str, to: &str) -> Event {
    Event::Link {
        from: CardId::new(from),
        to: CardId::new(to),
    }
}

/// Rows of one event a second.
pub(super) fn rows(events: impl IntoIterator<Item = Event>) -> Vec<Row> {
    (0..)
        .zip(events)
        .map(|(n, event)| row(n, n as i64 * 1000, event))
        .collect()
}

/// `lesson.card`, or `lesson.card/group` for a card with siblings.
pub(super) fn candidate(text: &str) -> Candidate {
    let (card, group) = text.split_once('/').unwrap_or((text, ""));
    Candidate {
        card: CardId::new(card),
        lesson: LessonId::new(card.split('.').next().unwrap_or(card)),
        siblings: group.parse().ok(),
        new_allowed: true,
    }
}

pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    text.split_whitespace().map(candidate).collect()
}

/// A session and what stands around it in the program: a store that keeps rows, and a clock.
pub(super) struct Desk {
    pub(super) candidates: Vec<Candidate>,
    pub(super) memory: Memory,
    pub(super) settings: Settings,
    pub(super) now: Now,
    pub(super) rows: Vec<Row>,
    pub(super) session: Session,
}

impl Desk {
    pub(super) fn new(plan: Plan, cards: &str) -> Self {
        let candidates = candidates(cards);
        let memory = Memory::default();
        let settings = Settings::default();
        Self {
            session: Session::new(plan, &candidates, &memory, &settings, &now(0)),
            candidates,
            memory,
            settings,
            now: now(0),
            rows: Vec::new(),
        }
    }

    /// Sits down again, on that day.
    pub(super) fn begin(&mut self, plan: Plan, on: i64) {
        self.now.wall = now(on).wall;
        self.session = Session::new(
            plan,
            &self.candidates,
            &self.memory,
            &self.settings,
            &self.now,
        );
    }

    /// The card asked now.
    pub(super) fn card(&self) -> Option<CardId> {
        self.session.current().map(|prompt| prompt.card.clone())
    }

    /// The name of the card asked now, or `-`.
    pub(super) fn asked(&self) -> String {
        self.card().map_or("-".to_owned(), |card| card.to_string())
    }

    /// Thinks for four seconds and grades; says which card came next.
    pub(super) fn grade(&mut self, rating: Rating) -> String {
        self.now.mono += Duration::from_secs(4);
        self.session.reveal();
        let event = self.session.grade(rating, &self.memory, &self.now);
        self.save(event.expect("a card is asked and its answer shown"));
        self.asked()
    }

    pub(super) fn act(&mut self, action: CardAction) -> String {
        let event = self.session.act(action).expect("a card is asked");
        self.save(event);
        self.asked()
    }

    pub(super) fn undo(&mut self) -> String {
        let event = self.session.undo().expect("something was done");
        self.save(event);
        self.asked()
    }

    pub(super) fn save(&mut self, event: Event) {
        let row = self.keep(event);
        self.session.saved(&row, &self.memory, &self.now);
    }

    /// What happens outside the session: kept, but not told to it.
    pub(super) fn keep(&mut self, event: Event) -> Row {
        self.now.wall += chrono::TimeDelta::seconds(5);
        let row = row(self.rows.len() as u64, self.now.unix_ms(), event);
        self.memory.apply(&row);
        self.rows.push(row.clone());
        row
    }
}
