//! A study session: which card is asked now, what each button would do, and what to write down. Look
//! first at [`Session::grade`] and [`Session::saved`].
//!
//! A session never moves on its own. It hands out an [`Event`]; the caller writes it down as a row,
//! applies the row to [`Memory`], and hands the row to [`Session::saved`]; only then comes the next
//! card. If writing fails, nothing has moved.

mod choice;
mod deck;
mod stopwatch;
mod summary;

pub use choice::{Choice, Return};
pub use deck::Stage;
pub use summary::Summary;

use std::collections::HashMap;

use deck::{Deck, Item, Pile, Seen};

use super::{Candidate, Kind, LeftOut, Memory, Plan, Queue, Settings};
use crate::{
    history::{CardAction, Event, Rating, Review, Row},
    ids::{CardId, LessonId, Now, RowId},
};

/// A study session.
#[derive(Clone, Debug)]
pub struct Session {
    plan: Plan,
    settings: Settings,
    left_out: LeftOut,
    deck: Deck,
    /// What was done and not taken back, in order.
    steps: Vec<Step>,
    /// All cards of the groups the session asks a card of.
    groups: HashMap<u64, Vec<CardId>>,
}

/// One row written in this session.
#[derive(Clone, Debug)]
struct Step {
    row: RowId,
    item: Item,
    what: Did,
}

#[derive(Clone, Copy, Debug)]
enum Did {
    /// Graded: the card's turn was over.
    Graded {
        from: Pile,
        rating: Rating,
        duration_ms: u32,
    },
    /// Put aside: the card's turn was over.
    PutAside { from: Pile },
    /// Something about the card that left it where it was.
    Marked,
}

/// What is asked now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prompt<'a> {
    /// The card.
    pub card: &'a CardId,
    /// Its lesson.
    pub lesson: &'a LessonId,
    /// Why it is asked.
    pub kind: Kind,
    /// Whether its answer is to be seen.
    pub stage: Stage,
}

/// How far a session is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Due cards to come, with the one asked now.
    pub due: usize,
    /// New cards to come, with the one asked now.
    pub new: usize,
    /// Failed cards to come back, with the one asked now.
    pub again: usize,
    /// Cards that are done: recalled, or put aside.
    pub done: usize,
}

impl Counts {
    /// Cards to come, with the one asked now.
    pub fn left(&self) -> usize {
        self.due + self.new + self.again
    }
}

impl Session {
    /// A session of these candidates. The first card is asked at once.
    pub fn new(
        plan: Plan,
        candidates: &[Candidate],
        memory: &Memory,
        settings: &Settings,
        now: &Now,
    ) -> Self {
        let queue = Queue::new(plan, candidates, memory, settings, settings.study_day(now));
        let groups = if plan.schedules() {
            groups(&queue, candidates)
        } else {
            HashMap::new()
        };
        Self {
            plan,
            settings: settings.clone(),
            left_out: queue.left_out,
            deck: Deck::new(queue.cards, memory, now),
            steps: Vec::new(),
            groups,
        }
    }

    /// What the session is for.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// What the session leaves for later.
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// What is asked now; none when the session is over.
    pub fn current(&self) -> Option<Prompt<'_>> {
        self.deck.current().map(|asked| Prompt {
            card: &asked.item.queued.card,
            lesson: &asked.item.queued.lesson,
            kind: asked.kind(),
            stage: asked.stage,
        })
    }

    /// Shows the answer.
    pub fn reveal(&mut self) {
        if let Some(asked) = self.deck.current_mut() {
            asked.stage = Stage::Answer;
        }
    }

    /// Stops counting the time for the card asked now.
    pub fn pause(&mut self, now: &Now) {
        if let Some(asked) = self.deck.current_mut() {
            asked.stopwatch.stop(now.mono);
        }
    }

    /// Counts the time again.
    pub fn resume(&mut self, now: &Now) {
        if let Some(asked) = self.deck.current_mut() {
            asked.stopwatch.start(now.mono);
        }
    }

    /// How far the session is.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for kind in self.deck.kinds() {
            match kind {
                Kind::Due => counts.due += 1,
                Kind::New => counts.new += 1,
                Kind::Again => counts.again += 1,
            }
        }
        let done = |step: &&Step| match step.what {
            Did::Graded { rating, .. } => rating.passed(),
            Did::PutAside { .. } => true,
            Did::Marked => false,
        };
        counts.done = self.steps.iter().filter(done).count();
        counts
    }

    /// What each button would do to the card asked now, from Again to Easy.
    pub fn choices(&self, memory: &Memory, now: &Now) -> Option<[Choice; 4]> {
        let card = &self.deck.current()?.item.queued.card;
        let day = self.settings.study_day(now);
        Some(choice::choices(
            self.plan,
            card,
            memory,
            &self.settings,
            day,
        ))
    }

    /// What to write down for this grade of the card asked now; none while its answer is hidden.
    pub fn grade(&self, rating: Rating, memory: &Memory, now: &Now) -> Option<Event> {
        let asked = self.deck.current()?;
        if asked.stage == Stage::Question {
            return None;
        }
        Some(Event::Review(choice::review(
            self.plan,
            &asked.item.queued.card,
            rating,
            memory,
            &self.settings,
            self.settings.study_day(now),
            asked.stopwatch.milliseconds(now.mono),
        )))
    }

    /// What to write down for this decision about the card asked now.
    pub fn act(&self, action: CardAction) -> Option<Event> {
        Some(Event::Card {
            card: self.deck.current()?.item.queued.card.clone(),
            action,
        })
    }

    /// What to write down to take back what was done last in this session; none if nothing is left
    /// to take back.
    pub fn undo(&self) -> Option<Event> {
        self.steps.last().map(|step| Event::Undo {
            row: step.row.clone(),
        })
    }

    /// Moves on after a row has been written down and applied to `memory`: to the next card, or back
    /// to the one whose row was taken back. Rows that have nothing to do with the session do nothing.
    pub fn saved(&mut self, row: &Row, memory: &Memory, now: &Now) {
        match &row.event {
            Event::Review(review) => self.graded(row, review, memory, now),
            Event::Card { card, .. } => self.marked(row, card, memory, now),
            Event::Undo { row: taken_back } => self.undone(taken_back, memory, now),
            Event::Link { from, to } => self.rename(from, to, memory),
            Event::Parameters { .. }
            | Event::Read { .. }
            | Event::Prediction(_)
            | Event::Walked { .. }
            | Event::Attempt(_)
            | Event::Answer(_) => {}
        }
    }

    /// Looks at what happened outside this session (another copy of the program, another screen), and
    /// drops the cards it settled. Says which.
    pub fn refresh(&mut self, memory: &Memory, now: &Now) -> Vec<CardId> {
        let day = self.settings.study_day(now);
        let groups = &self.groups;
        let moves_schedule = self.plan.schedules();
        let sibling_met = |item: &Item| {
            item.queued
                .siblings
                .and_then(|group| groups.get(&group))
                .into_iter()
                .flatten()
                .any(|sibling| !item.is(sibling) && memory.card(sibling).seen_on(day))
        };
        let stays = |item: &Item| {
            let card = memory.card(&item.queued.card);
            if card.is_left_out(day) {
                return false;
            }
            !moves_schedule
                || item.seen == Seen::of(card) && (card.seen_on(day) || !sibling_met(item))
        };
        let mut dropped = Vec::new();
        self.deck.retain(
            |item| {
                let stays = stays(item);
                if !stays {
                    dropped.push(item.queued.card.clone());
                }
                stays
            },
            now,
        );
        dropped
    }

    /// Drops the cards that are no more, such as those deleted from the notes.
    pub fn retain(&mut self, exists: impl Fn(&CardId) -> bool, now: &Now) {
        self.deck.retain(|item| exists(&item.queued.card), now);
    }

    /// What came of the session so far.
    pub fn summary(&self, memory: &Memory) -> Summary {
        summary::of(&self.steps, memory, &self.settings)
    }

    fn graded(&mut self, row: &Row, review: &Review, memory: &Memory, now: &Now) {
        let Some(asked) = self
            .deck
            .current()
            .filter(|asked| asked.item.is(&review.card))
        else {
            return;
        };
        self.steps.push(Step {
            row: row.id.clone(),
            item: asked.item.clone(),
            what: Did::Graded {
                from: asked.from,
                rating: review.rating,
                duration_ms: review.duration_ms,
            },
        });
        self.deck.turn(!review.rating.passed(), memory, now);
    }

    fn marked(&mut self, row: &Row, card: &CardId, memory: &Memory, now: &Now) {
        let Some(asked) = self.deck.current_mut().filter(|asked| asked.item.is(card)) else {
            return;
        };
        let put_aside = memory.card(card).is_left_out(self.settings.study_day(now));
        let what = if put_aside {
            Did::PutAside { from: asked.from }
        } else {
            Did::Marked
        };
        self.steps.push(Step {
            row: row.id.clone(),
            item: asked.item.clone(),
            what,
        });
        if put_aside {
            self.deck.turn(false, memory, now);
        } else {
            // A reset card goes on as the new card it now is.
            asked.item.seen = Seen::of(memory.card(card));
        }
    }

    fn undone(&mut self, row: &RowId, memory: &Memory, now: &Now) {
        let Some(step) = self.steps.pop_if(|step| step.row == *row) else {
            return;
        };
        let item = step.item.seen_in(memory);
        match step.what {
            Did::Graded { from, .. } | Did::PutAside { from } => {
                self.deck.turn_back(item, from, now);
            }
            Did::Marked => {
                if let Some(asked) = self.deck.current_mut()
                    && asked.item.is(&item.queued.card)
                {
                    asked.item = item;
                }
            }
        }
    }

    /// An edited card goes on under its new id.
    fn rename(&mut self, from: &CardId, to: &CardId, memory: &Memory) {
        let steps = self.steps.iter_mut().map(|step| &mut step.item);
        for item in self.deck.items_mut().chain(steps) {
            if item.is(from) {
                item.queued.card = to.clone();
                item.seen = Seen::of(memory.card(to));
            }
        }
        for card in self.groups.values_mut().flatten() {
            if card == from {
                *card = to.clone();
            }
        }
    }
}

fn groups(queue: &Queue, candidates: &[Candidate]) -> HashMap<u64, Vec<CardId>> {
    let mut groups: HashMap<u64, Vec<CardId>> = queue
        .cards
        .iter()
        .filter_map(|queued| Some((queued.siblings?, Vec::new())))
        .collect();
    for candidate in candidates {
        if let Some(group) = candidate.siblings.and_then(|group| groups.get_mut(&group)) {
            group.push(candidate.card.clone());
        }
    }
    groups
}

#[cfg(test)]
mod tests;
