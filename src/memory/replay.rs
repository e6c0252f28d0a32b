use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    card::{CardMemory, Schedule},
    log::{CardNumber, Change, Grade, Log, Mark},
    model::Model,
    settings::Settings,
};
use crate::{
    history::{Mode, Row},
    ids::{CardId, LessonId, ParametersId, RowId, StudyDay},
};

/// How many of the last grades tell the learner's pace.
const PACE_GRADES: usize = 200;
/// The pace of someone not known yet.
const FIRST_PACE: Duration = Duration::from_secs(12);

/// All that follows from a learner's history: the replay of its rows in the order of
/// (`at_ms`, `id`), under the parameters in force now.
///
/// Rows may come one by one, in any order, and twice: what follows is always the same as from a
/// replay of them all. No setting is input; each grade brings the retention it aimed at.
#[derive(Clone, Default, Debug)]
pub struct Memory {
    pub(super) log: Log,
    /// By number in the log.
    pub(super) cards: Vec<CardMemory>,
    pub(super) days: Days,
    pub(super) read: BTreeMap<LessonId, BTreeSet<u32>>,
    pub(super) parameters: ParametersId,
    pub(super) model: Model,
}

/// What was done on one study day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Activity {
    /// New cards learned.
    pub learned: u32,
    /// Grades of cards that were due or ahead of time.
    pub reviewed: u32,
    /// Grades of cards that had been failed the same day.
    pub relearned: u32,
    /// Grades that did not move the schedule.
    pub crammed: u32,
    /// Time spent on all of them, milliseconds.
    pub spent_ms: u64,
}

impl Activity {
    /// All grades of the day.
    pub fn grades(&self) -> u32 {
        self.learned + self.reviewed + self.relearned + self.crammed
    }

    fn of(grade: &Grade) -> Self {
        let mut activity = Self {
            spent_ms: grade.duration_ms.into(),
            ..Self::default()
        };
        match grade.mode {
            Mode::Learn => activity.learned = 1,
            Mode::Review => activity.reviewed = 1,
            Mode::Relearn => activity.relearned = 1,
            Mode::Cram => activity.crammed = 1,
            Mode::Manual => activity.spent_ms = 0,
        }
        activity
    }
}

impl Memory {
    /// What follows from these rows.
    pub fn replay<R: Borrow<Row>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut memory = Self::default();
        memory.extend(rows);
        memory
    }

    /// Takes in many rows at once.
    pub fn extend<R: Borrow<Row>>(&mut self, rows: impl IntoIterator<Item = R>) {
        self.log.add_all(rows);
        self.replay_all();
    }

    /// Takes in one row. In the order of time this costs no more than the row itself, otherwise a
    /// replay.
    pub fn apply(&mut self, row: &Row) {
        let change = self.log.add(row);
        self.cards.resize(self.log.cards(), CardMemory::NEW);
        match change {
            Change::Nothing => {}
            Change::Graded(card, grade) => {
                add(&mut self.days, &grade);
                if grade.mode.schedules() {
                    self.cards[card as usize].grade(&self.model, &grade, self.log.name(card));
                }
            }
            Change::Ungraded(card, grade) => {
                subtract(&mut self.days, &grade);
                self.replay_card(card);
            }
            Change::Marked(card, mark) => self.cards[card as usize].mark(mark),
            Change::Unmarked(card) => self.replay_card(card),
            Change::Linked(from, to) => {
                self.replay_card(from);
                self.replay_card(to);
            }
            Change::Read(lesson, section) => {
                self.read.entry(lesson).or_default().insert(section);
            }
            Change::Called(cards) => {
                for card in cards {
                    self.cards[card as usize].mark(Mark::Called);
                }
            }
            Change::Everything => self.replay_all(),
        }
    }

    /// What is known about a card; [`CardMemory::NEW`] if nothing is.
    pub fn card(&self, card: &CardId) -> &CardMemory {
        self.log
            .find(card)
            .map_or(&CardMemory::NEW, |number| &self.cards[number as usize])
    }

    /// Every card something is known about, in no order that means anything.
    pub fn cards(&self) -> impl Iterator<Item = (&CardId, &CardMemory)> {
        self.cards
            .iter()
            .zip(0..)
            .filter(|(_, number)| self.log.has_story(*number))
            .map(|(card, number)| (self.log.name(number), card))
    }

    /// Whether anything happened to a card that counts and belongs to it now.
    pub fn has_story(&self, card: &CardId) -> bool {
        self.log
            .find(card)
            .is_some_and(|number| self.log.has_story(number))
    }

    /// Along which edits progress moved, in order: the row that says so, and from which card to
    /// which.
    pub fn links(&self) -> impl Iterator<Item = (&RowId, &CardId, &CardId)> {
        self.log.links()
    }

    /// The probability that a card would be recalled on a day; none while it is new.
    pub fn retrievability(&self, card: &CardId, day: StudyDay) -> Option<f32> {
        self.recall(self.card(card), day)
    }

    /// What was done on a day.
    pub fn activity(&self, day: StudyDay) -> Activity {
        self.days.get(&day).copied().unwrap_or_default()
    }

    /// What was done on each day on which something was, earliest first.
    pub fn activities(&self) -> impl DoubleEndedIterator<Item = (StudyDay, Activity)> {
        self.days.iter().map(|(day, activity)| (*day, *activity))
    }

    /// The sections of a lesson that have been on screen, counted from 0.
    pub fn sections_read(&self, lesson: &LessonId) -> impl Iterator<Item = u32> {
        self.read.get(lesson).into_iter().flatten().copied()
    }

    /// The lessons of which something has been read.
    pub fn lessons_started(&self) -> impl Iterator<Item = &LessonId> {
        self.read.keys()
    }

    /// The parameters in force.
    pub fn parameters(&self) -> &ParametersId {
        &self.parameters
    }

    /// How long the learner takes for a card: the median of the last 200 grades, 12 seconds before
    /// there are any.
    pub fn pace(&self) -> Duration {
        let mut times: Vec<u32> = self
            .log
            .grades()
            .rev()
            .filter(|grade| grade.mode != Mode::Manual && grade.duration_ms > 0)
            .take(PACE_GRADES)
            .map(|grade| grade.duration_ms)
            .collect();
        if times.is_empty() {
            return FIRST_PACE;
        }
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        Duration::from_millis((*median).into())
    }

    /// What each rating on this day would lead to, from Again to Easy.
    pub(super) fn next(&self, card: &CardId, day: StudyDay, settings: &Settings) -> [Schedule; 4] {
        self.card(card)
            .next(&self.model, card, day, settings.retention())
    }

    pub(super) fn recall(&self, card: &CardMemory, day: StudyDay) -> Option<f32> {
        let schedule = card.schedule?;
        Some(
            self.model
                .recall(schedule.strength, card.elapsed(day) as f32),
        )
    }

    /// A memory that was put away and is taken up again.
    pub(super) fn from_parts(
        log: Log,
        cards: Vec<CardMemory>,
        days: Days,
        read: BTreeMap<LessonId, BTreeSet<u32>>,
        parameters: ParametersId,
    ) -> Self {
        let (model, _) = model_of(&log);
        Self {
            log,
            cards,
            days,
            read,
            parameters,
            model,
        }
    }

    fn replay_all(&mut self) {
        (self.model, self.parameters) = model_of(&self.log);
        self.days.clear();
        for grade in self.log.grades() {
            add(&mut self.days, grade);
        }
        self.read.clear();
        for (lesson, section) in self.log.reads() {
            if let Some(sections) = self.read.get_mut(lesson) {
                sections.insert(section);
            } else {
                self.read.insert(lesson.clone(), BTreeSet::from([section]));
            }
        }
        self.cards = (0..self.log.cards() as CardNumber)
            .map(|card| CardMemory::replay(self.log.story(card), &self.model))
            .collect();
    }

    fn replay_card(&mut self, card: CardNumber) {
        self.cards[card as usize] = CardMemory::replay(self.log.story(card), &self.model);
    }
}

fn model_of(log: &Log) -> (Model, ParametersId) {
    match log.parameters() {
        Some((row, values)) => (
            Model::new(values).unwrap_or_default(),
            ParametersId::new(row.as_str()),
        ),
        None => (Model::default(), ParametersId::default()),
    }
}

type Days = BTreeMap<StudyDay, Activity>;

/// Nothing is written down for a grade that is no activity.
fn add(days: &mut Days, grade: &Grade) {
    let more = Activity::of(grade);
    if more != Activity::default() {
        let day = days.entry(grade.day).or_default();
        day.learned += more.learned;
        day.reviewed += more.reviewed;
        day.relearned += more.relearned;
        day.crammed += more.crammed;
        day.spent_ms += more.spent_ms;
    }
}

/// The reverse of [`add`]: a day on which nothing is left goes. A snapshot may hold any number.
fn subtract(days: &mut Days, grade: &Grade) {
    let less = Activity::of(grade);
    if let Some(day) = days.get_mut(&grade.day) {
        day.learned = day.learned.saturating_sub(less.learned);
        day.reviewed = day.reviewed.saturating_sub(less.reviewed);
        day.relearned = day.relearned.saturating_sub(less.relearned);
        day.crammed = day.crammed.saturating_sub(less.crammed);
        day.spent_ms = day.spent_ms.saturating_sub(less.spent_ms);
        if *day == Activity::default() {
            days.remove(&grade.day);
        }
    }
}
