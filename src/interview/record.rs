use std::collections::{BTreeMap, HashSet};

use super::Question;
use crate::{
    history::{Answer, Attempt, Event, Row},
    ids::{AttemptId, QuestionId, RowId},
};

/// How many earlier interviews are held beside one that is over.
const EARLIER_SHOWN: usize = 5;

/// An interview that is over, as history tells of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// When it was over, milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// What it was.
    pub attempt: Attempt,
    /// Its answers in order, each with the row that holds it.
    pub answers: Vec<(RowId, Answer)>,
}

impl Record {
    /// The interviews that these rows tell of, earliest first. What was taken back does not count.
    pub fn all(rows: &[Row]) -> Vec<Record> {
        let taken_back: HashSet<&RowId> = rows
            .iter()
            .filter_map(|row| match &row.event {
                Event::Undo { row } => Some(row),
                _ => None,
            })
            .collect();
        let mut records: Vec<Record> = Vec::new();
        let mut places: BTreeMap<AttemptId, usize> = BTreeMap::new();
        let mut answers: Vec<(RowId, Answer)> = Vec::new();
        for row in rows.iter().filter(|row| !taken_back.contains(&row.id)) {
            match &row.event {
                Event::Attempt(attempt) => {
                    places.insert(attempt.attempt.clone(), records.len());
                    records.push(Record {
                        at_ms: row.at_ms,
                        attempt: (**attempt).clone(),
                        answers: Vec::new(),
                    });
                }
                Event::Answer(answer) => answers.push((row.id.clone(), (**answer).clone())),
                _ => {}
            }
        }
        for (id, answer) in answers {
            if let Some(place) = places.get(&answer.attempt) {
                records[*place].answers.push((id, answer));
            }
        }
        for record in &mut records {
            record.answers.sort_by_key(|(_, answer)| answer.number);
        }
        records
    }

    /// The question that was asked, as it stood; None if it does not read any more.
    pub fn question(&self, at: usize) -> Option<Question> {
        serde_json::from_value(self.answers.get(at)?.1.stood.clone()).ok()
    }

    /// The latest of `records` that were made from the same blueprint and were over before this one,
    /// the latest first: as many as are shown beside it.
    pub fn earlier<'a>(&'a self, records: &'a [Record]) -> impl Iterator<Item = &'a Record> {
        let earlier = records.iter().rev().filter(move |other| {
            other.attempt.blueprint == self.attempt.blueprint
                && other.attempt.attempt != self.attempt.attempt
                && other.at_ms <= self.at_ms
        });
        earlier.take(EARLIER_SHOWN)
    }
}

/// The questions that were answered wrong, or not at all, the last time they were asked; the one asked
/// last comes first.
pub fn answered_wrong(records: &[Record]) -> Vec<QuestionId> {
    let mut met = HashSet::new();
    let latest_first = records.iter().rev().flat_map(|record| &record.answers);
    latest_first
        .filter(|(_, answer)| met.insert(&answer.question))
        .filter(|(_, answer)| !answer.is_right())
        .map(|(_, answer)| answer.question.clone())
        .collect()
}
