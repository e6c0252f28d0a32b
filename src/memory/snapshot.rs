//! Memory as bytes, so that it need not be replayed at each start.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    card::CardMemory,
    log::{Entry, Log},
    replay::{Activity, Memory},
};
use crate::ids::{CardId, LessonId, ParametersId, StudyDay};

/// Counts up whenever the bytes, or what follows from the same rows, change.
const VERSION: u32 = 2;

/// Why bytes are no snapshot of memory. The cure is the same for all: replay the rows.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Made by another podlings.
    #[error("snapshot version {0}; this podlings reads version {VERSION}")]
    Version(u32),
    /// Cut off or altered.
    #[error("the snapshot cannot be read: {0}")]
    Malformed(#[from] postcard::Error),
    /// Readable, but what it says does not fit together.
    #[error("the snapshot contradicts itself")]
    Inconsistent,
}

/// Something that two memories disagree about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// What is known about a card.
    Card(CardId),
    /// What was done on a day.
    Day(StudyDay),
    /// What has been read of a lesson.
    Lesson(LessonId),
    /// The parameters in force.
    Parameters,
}

#[derive(Serialize)]
struct Out<'a> {
    version: u32,
    names: &'a [CardId],
    entries: &'a [Entry],
    cards: &'a [CardMemory],
    days: Vec<(Day, &'a Activity)>,
    read: &'a BTreeMap<LessonId, BTreeSet<u32>>,
    parameters: &'a ParametersId,
}

#[derive(Deserialize)]
struct In {
    names: Vec<CardId>,
    entries: Vec<Entry>,
    cards: Vec<CardMemory>,
    days: Vec<(Day, Activity)>,
    read: BTreeMap<LessonId, BTreeSet<u32>>,
    parameters: ParametersId,
}

#[derive(Serialize, Deserialize)]
struct Day(#[serde(with = "day_number")] StudyDay);

impl Memory {
    /// Everything in memory as bytes. [`Memory::from_snapshot`] and the rows since make it whole
    /// again; rows it holds already do no harm.
    pub fn to_snapshot(&self) -> Vec<u8> {
        let (names, entries) = self.log.parts();
        postcard::to_stdvec(&Out {
            version: VERSION,
            names,
            entries,
            cards: &self.cards,
            days: self
                .days
                .iter()
                .map(|(day, activity)| (Day(*day), activity))
                .collect(),
            read: &self.read,
            parameters: &self.parameters,
        })
        .expect("every length is known and writing to memory does not fail")
    }

    /// Memory as it was when the snapshot was made.
    ///
    /// # Errors
    /// [`SnapshotError`] if these bytes are none, or another version's.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes)?;
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let found: In = postcard::from_bytes(rest)?;
        let log = Log::from_parts(found.names, found.entries).ok_or(SnapshotError::Inconsistent)?;
        if found.cards.len() != log.cards() {
            return Err(SnapshotError::Inconsistent);
        }
        Ok(Self::from_parts(
            log,
            found.cards,
            found
                .days
                .into_iter()
                .map(|(day, activity)| (day.0, activity))
                .collect(),
            found.read,
            found.parameters,
        ))
    }

    /// What this memory and another disagree about: nothing if they follow from the same rows.
    pub fn differences(&self, other: &Memory) -> Vec<Difference> {
        let mut found = Vec::new();
        let cards: BTreeSet<&CardId> = self
            .cards()
            .chain(other.cards())
            .map(|(id, _)| id)
            .collect();
        found.extend(
            cards
                .into_iter()
                .filter(|card| self.card(card) != other.card(card))
                .map(|card| Difference::Card(card.clone())),
        );
        found.extend(unequal(&self.days, &other.days).map(|day| Difference::Day(*day)));
        found.extend(
            unequal(&self.read, &other.read).map(|lesson| Difference::Lesson(lesson.clone())),
        );
        if self.parameters != other.parameters {
            found.push(Difference::Parameters);
        }
        found
    }
}

/// Two memories are equal if they know the same about every card, day and lesson.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        self.differences(other).is_empty()
    }
}

fn unequal<'a, K: Ord, V: PartialEq>(
    one: &'a BTreeMap<K, V>,
    other: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = &'a K> {
    let keys: BTreeSet<&K> = one.keys().chain(other.keys()).collect();
    keys.into_iter()
        .filter(|key| one.get(*key) != other.get(*key))
}

/// A day as the number of days since 1 January of year 1: as text, dates would be most of a snapshot.
pub(super) mod day_number {
    use chrono::{Datelike, NaiveDate};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::ids::StudyDay;

    pub(crate) fn serialize<S: Serializer>(day: &StudyDay, to: S) -> Result<S::Ok, S::Error> {
        day.date().num_days_from_ce().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StudyDay, D::Error> {
        let number = i32::deserialize(from)?;
        NaiveDate::from_num_days_from_ce_opt(number)
            .map(StudyDay::new)
            .ok_or_else(|| D::Error::custom("no day of the calendar"))
    }
}

/// [`day_number`], or none.
pub(super) mod optional_day_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Day;
    use crate::ids::StudyDay;

    pub(crate) fn serialize<S: Serializer>(
        day: &Option<StudyDay>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        day.map(Day).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<StudyDay>, D::Error> {
        Ok(Option::<Day>::deserialize(from)?.map(|day| day.0))
    }
}
