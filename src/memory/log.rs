//! Which rows of history count, and for which card. Nothing here knows what follows from them.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{model::Model, settings::within_retention, snapshot::day_number};
use crate::{
    history::{CardAction, Event, Mode, Rating, Row},
    ids::{CardId, LessonId, RowId, StudyDay},
};

/// A card's place in [`Log::names`].
pub(super) type CardNumber = u32;
/// Where something stands in the order of (`at_ms`, `id`). Unlike a [`CardNumber`] it does not depend
/// on the order in which rows arrived.
pub(super) type Place = u32;

/// The part of history that memory follows from, in the order of (`at_ms`, `id`).
#[derive(Clone, Default, Debug)]
pub(super) struct Log {
    entries: Vec<Entry>,
    names: Vec<CardId>,
    numbers: HashMap<CardId, CardNumber>,
    /// For each entry whether it counts.
    counts: Vec<bool>,
    /// For each card the entries that are its own now.
    tracks: Vec<Vec<u32>>,
    /// The links that count.
    links: Vec<u32>,
    /// What the undos that count take back, also rows not seen yet.
    taken_back: HashSet<RowId>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    at_ms: i64,
    id: RowId,
    what: What,
}

/// An event without what is never input. Unlike [`Event`] it can be read from formats that do not
/// describe themselves.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
enum What {
    Grade(CardNumber, Grade),
    Mark(CardNumber, Mark),
    Link {
        from: CardNumber,
        to: CardNumber,
    },
    Undo(RowId),
    Parameters(Vec<f32>),
    Read(LessonId, u32),
    /// A question that tests these cards was answered wrong in an interview.
    Call(Vec<CardNumber>),
}

/// A card was graded.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Grade {
    pub(super) rating: Rating,
    pub(super) mode: Mode,
    #[serde(with = "day_number")]
    pub(super) day: StudyDay,
    pub(super) duration_ms: u32,
    /// What the schedule aimed at.
    pub(super) retention: f32,
}

/// Something was decided about a card.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) enum Mark {
    Suspended(bool),
    BuriedUntil(#[serde(with = "day_number")] StudyDay),
    Flagged(bool),
    Known(bool),
    NotACard(bool),
    Reset,
    /// It is to come up: a question that tests it was answered wrong.
    Called,
}

impl From<CardAction> for Mark {
    fn from(action: CardAction) -> Self {
        match action {
            CardAction::Suspend => Mark::Suspended(true),
            CardAction::Unsuspend => Mark::Suspended(false),
            CardAction::Bury { until } => Mark::BuriedUntil(until),
            CardAction::Flag => Mark::Flagged(true),
            CardAction::Unflag => Mark::Flagged(false),
            CardAction::Known => Mark::Known(true),
            CardAction::Unknown => Mark::Known(false),
            CardAction::Reset => Mark::Reset,
            CardAction::NotACard => Mark::NotACard(true),
            CardAction::ACard => Mark::NotACard(false),
        }
    }
}

/// One step in a card's story.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happening<'a> {
    /// A grade that moves the schedule, and the id the card had then: the interval promised on the
    /// button depends on it and outlives an edit.
    Graded(&'a Grade, &'a CardId),
    /// A decision.
    Marked(Mark),
}

/// What a new row changed.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Change {
    /// Nothing: seen before, of no effect, or taken back already.
    Nothing,
    /// A card was graded, after everything else that happened to it.
    Graded(CardNumber, Grade),
    /// A grade no longer counts.
    Ungraded(CardNumber, Grade),
    /// A decision about a card, after everything else that happened to it.
    Marked(CardNumber, Mark),
    /// A decision about a card no longer counts.
    Unmarked(CardNumber),
    /// One card's story went over to another.
    Linked(CardNumber, CardNumber),
    /// A section was read.
    Read(LessonId, u32),
    /// These cards are to come up, after everything else that happened to them.
    Called(Vec<CardNumber>),
    /// Any state may have changed.
    Everything,
}

impl Log {
    /// A log of these rows in any order; rows seen twice count once.
    pub(super) fn add_all<R: std::borrow::Borrow<Row>>(
        &mut self,
        rows: impl IntoIterator<Item = R>,
    ) {
        for row in rows {
            let row = row.borrow();
            if let Some(what) = self.what(&row.event) {
                self.entries.push(Entry {
                    at_ms: row.at_ms,
                    id: row.id.clone(),
                    what,
                });
            }
        }
        if !self.entries.is_sorted_by(|a, b| a.key() < b.key()) {
            self.entries.sort_by(|a, b| a.key().cmp(&b.key()));
            self.entries.dedup_by(|a, b| a.key() == b.key());
        }
        self.index();
    }

    /// Adds one row and says what follows.
    pub(super) fn add(&mut self, row: &Row) -> Change {
        let Some(what) = self.what(&row.event) else {
            return Change::Nothing;
        };
        let entry = Entry {
            at_ms: row.at_ms,
            id: row.id.clone(),
            what,
        };
        match self.entries.last() {
            Some(last) if entry.key() <= last.key() => {
                match self
                    .entries
                    .binary_search_by(|known| known.key().cmp(&entry.key()))
                {
                    Ok(_) => Change::Nothing,
                    Err(at) => {
                        self.entries.insert(at, entry);
                        self.index();
                        Change::Everything
                    }
                }
            }
            _ => self.append(entry),
        }
    }

    fn append(&mut self, entry: Entry) -> Change {
        // What is taken back before it arrives (two devices, two clocks) counts for nothing. Only
        // later rows take back an undo.
        let counts = matches!(entry.what, What::Undo(_)) || !self.taken_back.contains(&entry.id);
        let at = self.entries.len() as u32;
        self.entries.push(entry);
        self.counts.push(counts);
        if !counts {
            return Change::Nothing;
        }
        match &self.entries[at as usize].what {
            What::Grade(card, grade) => {
                self.tracks[*card as usize].push(at);
                Change::Graded(*card, *grade)
            }
            What::Mark(card, mark) => {
                self.tracks[*card as usize].push(at);
                Change::Marked(*card, *mark)
            }
            What::Read(lesson, section) => Change::Read(lesson.clone(), *section),
            What::Call(cards) => {
                let cards = cards.clone();
                for card in &cards {
                    self.tracks[*card as usize].push(at);
                }
                Change::Called(cards)
            }
            What::Parameters(_) => Change::Everything,
            What::Link { from, to } => {
                let (from, to) = (*from, *to);
                self.links.push(at);
                move_track(&mut self.tracks, from, to);
                Change::Linked(from, to)
            }
            What::Undo(row) => {
                let row = row.clone();
                self.undo(row)
            }
        }
    }

    fn undo(&mut self, row: RowId) -> Change {
        // What is taken back is most often among the last rows.
        let target = self.entries.iter().rposition(|entry| entry.id == row);
        self.taken_back.insert(row);
        let Some(target) = target.filter(|&target| self.counts[target]) else {
            return Change::Nothing;
        };
        match self.entries[target].what {
            What::Grade(card, grade) => {
                let owner = self.disown(target as u32, card);
                Change::Ungraded(owner, grade)
            }
            What::Mark(card, _) => Change::Unmarked(self.disown(target as u32, card)),
            What::Link { .. }
            | What::Undo(_)
            | What::Parameters(_)
            | What::Read(..)
            | What::Call(_) => {
                self.index();
                Change::Everything
            }
        }
    }

    /// Takes an entry made under this card from the card it belongs to now.
    fn disown(&mut self, entry: u32, card: CardNumber) -> CardNumber {
        let after = self.links.partition_point(|&link| link < entry);
        let owner = self.links[after..].iter().fold(card, |owner, &link| {
            match self.entries[link as usize].what {
                What::Link { from, to } if from == owner => to,
                _ => owner,
            }
        });
        self.counts[entry as usize] = false;
        self.tracks[owner as usize].retain(|&own| own != entry);
        owner
    }

    /// Finds out anew which entries count and whose they are.
    fn index(&mut self) {
        self.counts = vec![true; self.entries.len()];
        self.taken_back.clear();
        for (at, entry) in self.entries.iter().enumerate().rev() {
            if let What::Undo(row) = &entry.what {
                if self.taken_back.contains(&entry.id) {
                    self.counts[at] = false;
                } else {
                    self.taken_back.insert(row.clone());
                }
            }
        }
        self.tracks = vec![Vec::new(); self.names.len()];
        self.links.clear();
        for (at, entry) in self.entries.iter().enumerate() {
            let is_undo = matches!(entry.what, What::Undo(_));
            if !is_undo && !self.taken_back.is_empty() && self.taken_back.contains(&entry.id) {
                self.counts[at] = false;
                continue;
            }
            match &entry.what {
                What::Grade(card, _) | What::Mark(card, _) => {
                    self.tracks[*card as usize].push(at as u32);
                }
                What::Call(cards) => {
                    for card in cards {
                        self.tracks[*card as usize].push(at as u32);
                    }
                }
                What::Link { from, to } => {
                    self.links.push(at as u32);
                    move_track(&mut self.tracks, *from, *to);
                }
                What::Undo(_) | What::Parameters(_) | What::Read(..) => {}
            }
        }
    }

    fn what(&mut self, event: &Event) -> Option<What> {
        Some(match event {
            Event::Review(review) => What::Grade(
                self.number(&review.card),
                Grade {
                    rating: review.rating,
                    mode: review.mode,
                    day: review.day,
                    duration_ms: review.duration_ms,
                    retention: within_retention(review.desired_retention),
                },
            ),
            Event::Undo { row } => What::Undo(row.clone()),
            Event::Card { card, action } => What::Mark(self.number(card), Mark::from(*action)),
            Event::Link { from, to } if from == to => return None,
            Event::Link { from, to } => What::Link {
                from: self.number(from),
                to: self.number(to),
            },
            Event::Parameters { algorithm, values } => {
                if algorithm != "fsrs-6" || Model::new(values).is_none() {
                    return None;
                }
                What::Parameters(values.clone())
            }
            Event::Read { lesson, section } => What::Read(lesson.clone(), *section),
            Event::Answer(answer) if !answer.cards.is_empty() => {
                let mut cards: Vec<CardNumber> = Vec::new();
                for card in &answer.cards {
                    let card = self.number(card);
                    if !cards.contains(&card) {
                        cards.push(card);
                    }
                }
                What::Call(cards)
            }
            // A guess at what a cluster does says nothing of how long a card will be remembered.
            Event::Prediction(_) | Event::Walked { .. } | Event::Attempt(_) | Event::Answer(_) => {
                return None;
            }
        })
    }

    fn number(&mut self, card: &CardId) -> CardNumber {
        if let Some(number) = self.numbers.get(card) {
            return *number;
        }
        let number = self.names.len() as CardNumber;
        self.names.push(card.clone());
        self.numbers.insert(card.clone(), number);
        self.tracks.push(Vec::new());
        number
    }

    /// A log from what [`Log::parts`] gave; none if it does not fit together.
    pub(super) fn from_parts(names: Vec<CardId>, entries: Vec<Entry>) -> Option<Self> {
        let known = |card: &CardNumber| (*card as usize) < names.len();
        let fits = entries.iter().all(|entry| match &entry.what {
            What::Grade(card, _) | What::Mark(card, _) => known(card),
            What::Link { from, to } => known(from) && known(to),
            What::Parameters(values) => Model::new(values).is_some(),
            What::Call(cards) => cards.iter().all(known),
            What::Undo(_) | What::Read(..) => true,
        });
        if !fits || !entries.is_sorted_by(|a, b| a.key() < b.key()) {
            return None;
        }
        let numbers: HashMap<_, _> = names.iter().cloned().zip(0..).collect();
        if numbers.len() != names.len() {
            return None;
        }
        let mut log = Self {
            entries,
            names,
            numbers,
            ..Self::default()
        };
        log.index();
        Some(log)
    }

    /// What a log is made of.
    pub(super) fn parts(&self) -> (&[CardId], &[Entry]) {
        (&self.names, &self.entries)
    }

    /// How many cards have been named.
    pub(super) fn cards(&self) -> usize {
        self.names.len()
    }

    pub(super) fn find(&self, card: &CardId) -> Option<CardNumber> {
        self.numbers.get(card).copied()
    }

    pub(super) fn name(&self, card: CardNumber) -> &CardId {
        &self.names[card as usize]
    }

    /// What happened to a card and moves its state, in order.
    pub(super) fn story(&self, card: CardNumber) -> impl Iterator<Item = Happening<'_>> {
        self.placed_story(card).map(|(_, happening)| happening)
    }

    /// The same, each with its place in the order of all that happened to any card.
    pub(super) fn placed_story(
        &self,
        card: CardNumber,
    ) -> impl Iterator<Item = (Place, Happening<'_>)> {
        self.tracks[card as usize].iter().filter_map(|&at| {
            let happening = match &self.entries[at as usize].what {
                What::Grade(card, grade) if grade.mode.schedules() => {
                    Happening::Graded(grade, self.name(*card))
                }
                What::Mark(_, mark) => Happening::Marked(*mark),
                What::Call(_) => Happening::Marked(Mark::Called),
                _ => return None,
            };
            Some((at, happening))
        })
    }

    /// Whether anything that counts happened to a card.
    pub(super) fn has_story(&self, card: CardNumber) -> bool {
        !self.tracks[card as usize].is_empty()
    }

    /// The links that count, in order: their rows, and from which card to which.
    pub(super) fn links(&self) -> impl Iterator<Item = (&RowId, &CardId, &CardId)> {
        self.links.iter().filter_map(|&at| {
            let entry = &self.entries[at as usize];
            match entry.what {
                What::Link { from, to } => Some((&entry.id, self.name(from), self.name(to))),
                _ => None,
            }
        })
    }

    /// Every grade that counts, in order.
    pub(super) fn grades(&self) -> impl DoubleEndedIterator<Item = &Grade> {
        self.counting().filter_map(|entry| match &entry.what {
            What::Grade(_, grade) => Some(grade),
            _ => None,
        })
    }

    /// Every section read, as often as it was.
    pub(super) fn reads(&self) -> impl Iterator<Item = (&LessonId, u32)> {
        self.counting().filter_map(|entry| match &entry.what {
            What::Read(lesson, section) => Some((lesson, *section)),
            _ => None,
        })
    }

    /// The parameters in force and the row that set them.
    pub(super) fn parameters(&self) -> Option<(&RowId, &[f32])> {
        self.counting().rev().find_map(|entry| match &entry.what {
            What::Parameters(values) => Some((&entry.id, &values[..])),
            _ => None,
        })
    }

    /// The study day of the last grade before the parameters in force were set; none for the default
    /// ones.
    pub(super) fn day_of_parameters(&self) -> Option<StudyDay> {
        let mut counting = self.counting().rev();
        counting.find(|entry| matches!(entry.what, What::Parameters(_)))?;
        counting.find_map(|entry| match &entry.what {
            What::Grade(_, grade) => Some(grade.day),
            _ => None,
        })
    }

    fn counting(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries
            .iter()
            .zip(&self.counts)
            .filter_map(|(entry, counts)| counts.then_some(entry))
    }
}

impl Entry {
    fn key(&self) -> (i64, &RowId) {
        (self.at_ms, &self.id)
    }
}

fn move_track(tracks: &mut [Vec<u32>], from: CardNumber, to: CardNumber) {
    let moved = std::mem::take(&mut tracks[from as usize]);
    let target = &mut tracks[to as usize];
    if target.is_empty() {
        *target = moved;
    } else {
        target.extend(moved);
        target.sort_unstable();
    }
}
