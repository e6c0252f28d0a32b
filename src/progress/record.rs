//! What the rows say of walkthroughs and interviews, and on which study days. Memory follows the
//! cards; this follows the rest.

use std::{borrow::Borrow, collections::HashSet};

use crate::{
    history::{Answer, Attempt, Event, Prediction, Row},
    ids::{Now, StudyDay},
    memory::Settings,
};

/// Something that was done on a study day.
#[derive(Clone, PartialEq, Debug)]
pub struct On<T> {
    /// The study day, reckoned with the offset of today.
    pub day: StudyDay,
    /// What was done.
    pub what: T,
}

/// What was answered outside of study sessions, in the order of time; what was taken back left out.
#[derive(Clone, Default, Debug)]
pub struct Record {
    /// Guesses at what a cluster does next.
    pub predictions: Vec<On<Prediction>>,
    /// Interviews that are over.
    pub attempts: Vec<On<Attempt>>,
    /// What was answered in them.
    pub answers: Vec<On<Answer>>,
}

impl Record {
    /// What counts among these rows, which come in the order in which they count.
    pub fn of<R: Borrow<Row>>(rows: &[R], now: &Now, settings: &Settings) -> Record {
        let mut record = Record::default();
        let taken_back = taken_back(rows);
        for row in rows.iter().map(Borrow::borrow) {
            if taken_back.contains(row.id.as_str()) {
                continue;
            }
            let day = || day_of(row.at_ms, now, settings);
            match &row.event {
                Event::Prediction(what) => record.predictions.push(On {
                    day: day(),
                    what: what.clone(),
                }),
                Event::Attempt(what) => record.attempts.push(On {
                    day: day(),
                    what: (**what).clone(),
                }),
                Event::Answer(what) => record.answers.push(On {
                    day: day(),
                    what: (**what).clone(),
                }),
                _ => {}
            }
        }
        record
    }
}

/// The rows that an undo which itself stands takes back.
fn taken_back<R: Borrow<Row>>(rows: &[R]) -> HashSet<&str> {
    let mut taken_back = HashSet::new();
    for row in rows.iter().rev().map(Borrow::borrow) {
        if let Event::Undo { row: target } = &row.event
            && !taken_back.contains(row.id.as_str())
        {
            taken_back.insert(target.as_str());
        }
    }
    taken_back
}

fn day_of(at_ms: i64, now: &Now, settings: &Settings) -> StudyDay {
    settings.study_day(&Now {
        wall: now.wall_at(at_ms),
        mono: std::time::Duration::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::fixture::{at, prediction, row, undo};

    #[test]
    fn what_is_taken_back_does_not_count_and_the_night_belongs_to_the_day_before() {
        let rows = [
            row(
                "1",
                "2026-11-24T23:30:00+08:00",
                prediction("batches", true),
            ),
            row(
                "2",
                "2026-11-25T03:30:00+08:00",
                prediction("batches", false),
            ),
            row(
                "3",
                "2026-11-25T05:00:00+08:00",
                prediction("first-call", false),
            ),
            row("4", "2026-11-25T05:01:00+08:00", undo("3")),
        ];
        let record = Record::of(
            &rows,
            &at("2026-11-25T09:00:00+08:00"),
            &Settings::default(),
        );
        let seen: Vec<_> = record
            .predictions
            .iter()
            .map(|on| (on.day.to_string(), on.what.right))
            .collect();
        assert_eq!(
            seen,
            [
                ("2026-11-24".to_owned(), true),
                ("2026-11-24".to_owned(), false)
            ]
        );
    }
}
