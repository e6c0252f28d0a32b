//! Which cards to ask, and in what order. Look first at [`Queue::new`]: cards are gathered, put in
//! the order of what waiting costs, limited, and mixed. Nothing here moves while a session runs.

mod gather;
mod mix;

use std::time::Duration;

use super::{Memory, Settings};
use crate::ids::{CardId, LessonId, Now, StudyDay};

/// A card that may be asked. The caller lists them in the order new cards are to come, and leaves out
/// what the session is not about (other lessons, other tags).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The card.
    pub card: CardId,
    /// The lesson it belongs to: topics are interleaved.
    pub lesson: LessonId,
    /// Cards of one group give each other away and are not asked on one day.
    pub siblings: Option<u64>,
    /// Whether it may be asked while it is new.
    pub new_allowed: bool,
}

/// What a session is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Plan {
    /// What is due, and new cards, both within what is left of the day's limits.
    Today,
    /// The due part of [`Plan::Today`].
    Due,
    /// The new part of [`Plan::Today`].
    New,
    /// Everything due and everything new, without limits: one lesson, one tag.
    All,
    /// What is due now or within so many days.
    Ahead {
        /// How many.
        days: u32,
    },
    /// What loses most recall by waiting, as much as fits into so many minutes; new cards, within the
    /// day's limit, if time remains.
    Minutes(u32),
    /// Every card, weakest first, siblings too. Does not move the schedule.
    Cram,
}

impl Plan {
    /// Whether grades move the schedule.
    pub fn schedules(self) -> bool {
        self != Plan::Cram
    }
}

/// Why a card is in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// It was failed today and has not been recalled since.
    Again,
    /// It is due, or asked ahead of time.
    Due,
    /// It has never been graded.
    New,
}

/// A card to be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queued {
    /// The card.
    pub card: CardId,
    /// Its lesson.
    pub lesson: LessonId,
    /// Its siblings.
    pub siblings: Option<u64>,
    /// Why it is asked.
    pub kind: Kind,
}

/// What a queue leaves for later.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LeftOut {
    /// Due cards beyond the day's limit, or the minutes.
    pub due: usize,
    /// New cards beyond the day's limit, or the minutes.
    pub new: usize,
    /// Cards that wait because a sibling is asked, or was, today.
    pub siblings: usize,
}

/// The cards of a session in the order they are asked.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Queue {
    /// The cards.
    pub cards: Vec<Queued>,
    /// What waits.
    pub left_out: LeftOut,
}

impl Queue {
    /// What to ask of these candidates on this day.
    pub fn new(
        plan: Plan,
        candidates: &[Candidate],
        memory: &Memory,
        settings: &Settings,
        day: StudyDay,
    ) -> Self {
        let pool = gather::Pool::gather(plan, candidates, memory, day);
        let limits = Limits::of(plan, memory, settings, day);
        let (due, new, left_out) = pool.within(limits);
        let mixed = match plan {
            // There is nothing to recall of a new card: it comes last.
            Plan::Cram => due.into_iter().chain(new).collect(),
            _ => mix::spread(due, new),
        };
        Self {
            cards: mix::interleave(mixed, |queued| &queued.lesson),
            left_out,
        }
    }

    /// How many cards of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        self.cards
            .iter()
            .filter(|queued| queued.kind == kind)
            .count()
    }
}

/// How many cards a queue may hold; cards failed today come in any case, unless time is short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Limits {
    due: usize,
    new: usize,
    total: usize,
}

impl Limits {
    fn of(plan: Plan, memory: &Memory, settings: &Settings, day: StudyDay) -> Self {
        let done = memory.activity(day);
        let due = settings.reviews_per_day.saturating_sub(done.reviewed) as usize;
        let new = settings.new_per_day.saturating_sub(done.learned) as usize;
        let none = usize::MAX;
        let (due, new, total) = match plan {
            Plan::Today => (due, new, none),
            Plan::Due => (due, 0, none),
            Plan::New => (0, new, none),
            Plan::All | Plan::Ahead { .. } | Plan::Cram => (none, none, none),
            Plan::Minutes(minutes) => (none, new, cards_within(minutes, memory.pace())),
        };
        Self { due, new, total }
    }
}

/// At least one: a session of none helps nobody.
fn cards_within(minutes: u32, pace: Duration) -> usize {
    let time = Duration::from_secs(u64::from(minutes) * 60);
    let cards = time.as_millis() / pace.as_millis().max(1);
    usize::try_from(cards).unwrap_or(usize::MAX).max(1)
}

/// What today holds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Today {
    /// Due cards.
    pub due: usize,
    /// New cards.
    pub new: usize,
    /// Cards failed today and not recalled since.
    pub again: usize,
    /// How long they will take at the learner's pace, rounded up to minutes.
    pub minutes: u64,
    /// What waits.
    pub left_out: LeftOut,
}

impl Today {
    /// What a session of [`Plan::Today`] would hold now.
    pub fn new(candidates: &[Candidate], memory: &Memory, settings: &Settings, now: &Now) -> Self {
        let day = settings.study_day(now);
        let queue = Queue::new(Plan::Today, candidates, memory, settings, day);
        let time = memory.pace() * u32::try_from(queue.cards.len()).unwrap_or(u32::MAX);
        Self {
            due: queue.count(Kind::Due),
            new: queue.count(Kind::New),
            again: queue.count(Kind::Again),
            minutes: time.as_secs().div_ceil(60),
            left_out: queue.left_out,
        }
    }
}

#[cfg(test)]
mod tests;
