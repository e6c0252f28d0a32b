//! What the tests of this room share.

use std::time::Duration;

use chrono::DateTime;

use crate::{
    history::{
        Answer, Attempt, Blueprint, Certainty, Difficulty, End, Event, Format, Given, Kind, Mode,
        Prediction, Preset, Rating, Review, Row,
    },
    ids::{
        AttemptId, CardId, DeviceId, Lang, LessonId, Now, ParametersId, QuestionId, RowId,
        SessionId, StudyDay,
    },
    memory::Settings,
};

pub(super) fn at(wall: &str) -> Now {
    Now {
        wall: DateTime::parse_from_rfc3339(wall).expect("a moment"),
        mono: Duration::ZERO,
    }
}

/// The n-th day of the tests: 24 November 2026 is day 0.
pub(super) fn day(n: i64) -> StudyDay {
    Settings::default()
        .study_day(&at("2026-11-24T10:00:00+08:00"))
        .plus(n)
}

pub(super) fn row(id: &str, wall: &str, event: Event) -> Row {
    Row {
        id: RowId::new(id),
        at_ms: at(wall).wall.timestamp_millis(),
        device: DeviceId::new("desk"),
        session: SessionId::new("sitting"),
        event,
    }
}

pub(super) fn undo(row: &str) -> Event {
    Event::Undo {
        row: RowId::new(row),
    }
}

pub(super) fn prediction(prediction: &str, right: bool) -> Event {
    Event::Prediction(Prediction {
        scenario: "rc-create".to_owned(),
        prediction: prediction.to_owned(),
        lesson: LessonId::new("k14"),
        chosen: "kubelet".to_owned(),
        right,
        duration_ms: 3000,
    })
}

pub(super) fn review(card: &str, rating: Rating, mode: Mode, on: i64) -> Event {
    Event::Review(Review {
        card: CardId::new(card),
        rating,
        mode,
        day: day(on),
        duration_ms: 6000,
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

/// Rows of one event a second.
pub(super) fn rows(events: impl IntoIterator<Item = Event>) -> Vec<Row> {
    let start = at("2026-11-24T10:00:00+08:00").wall.timestamp_millis();
    (0..)
        .zip(events)
        .map(|(n, event)| Row {
            id: RowId::new(format!("{n:06}")),
            at_ms: start + n * 1000,
            device: DeviceId::new("desk"),
            session: SessionId::new("sitting"),
            event,
        })
        .collect()
}

/// A choice about d01.
pub(super) fn answer(question: &str, certainty: Option<Certainty>, credit: f64) -> Answer {
    Answer {
        attempt: AttemptId::new("attempt"),
        number: 1,
        question: QuestionId::new(question),
        asked: Kind::Choice,
        lesson: LessonId::new("d01"),
        domain: "docker".to_owned(),
        difficulty: Difficulty::Recall,
        given: Given::Nothing,
        follow_up: None,
        certainty,
        flagged: false,
        duration_ms: 20_000,
        credit,
        right: credit >= 1.0,
        confirmed: None,
        cards: Vec::new(),
        shown: Vec::new(),
        stood: serde_json::Value::Null,
    }
}

pub(super) fn attempt(name: &str) -> Attempt {
    Attempt {
        attempt: AttemptId::new(name),
        blueprint: Blueprint {
            preset: Preset::Quick,
            profile: None,
            domains: Vec::new(),
            count: 10,
            minutes: 10,
            easiest: Difficulty::Recall,
            hardest: Difficulty::Diagnose,
            format: Format::Exam,
        },
        seed: 1,
        lang: Lang::Zh,
        marking: 1,
        started_ms: 0,
        spent_ms: 400_000,
        end: End::Submitted,
        questions: 10,
        breaks: Vec::new(),
    }
}
