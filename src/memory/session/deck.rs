//! The order in which a session asks its cards. Nothing here knows of rows of history.

use std::collections::VecDeque;

use super::stopwatch::Stopwatch;
use crate::{
    ids::{CardId, Now, StudyDay},
    memory::{CardMemory, Kind, Memory, Queued},
};

/// A failed card comes back after so many others, or when no others are left.
const OTHERS_BETWEEN: usize = 5;

/// The cards of a session that are not done.
#[derive(Clone, Debug)]
pub(super) struct Deck {
    /// Not asked yet, in order.
    waiting: VecDeque<Item>,
    /// Failed, and to come back: the one failed first in front.
    failed: VecDeque<Failed>,
    current: Option<Asked>,
    /// How many cards have had their turn.
    turns: usize,
}

/// A card of the session.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Item {
    pub(super) queued: Queued,
    pub(super) seen: Seen,
}

/// What tells whether a card was graded elsewhere.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Seen {
    reps: u32,
    last: Option<StudyDay>,
}

impl Seen {
    pub(super) fn of(card: &CardMemory) -> Self {
        Self {
            reps: card.reps,
            last: card.schedule.map(|schedule| schedule.last),
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
struct Failed {
    item: Item,
    /// The turn it was failed in, counted from 1.
    turn: usize,
}

/// The card asked now.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) item: Item,
    pub(super) from: Pile,
    pub(super) stage: Stage,
    pub(super) stopwatch: Stopwatch,
}

/// Where a card came from when it was asked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Pile {
    Waiting,
    /// It had been failed in this turn.
    Failed(usize),
}

/// Whether the answer is to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// Only the question: think.
    Question,
    /// The answer too: grade.
    Answer,
}

impl Deck {
    /// Asks the first card at once.
    pub(super) fn new(cards: Vec<Queued>, memory: &Memory, now: &Now) -> Self {
        let waiting = cards
            .into_iter()
            .map(|queued| Item {
                seen: Seen::of(memory.card(&queued.card)),
                queued,
            })
            .collect();
        let mut deck = Self {
            waiting,
            failed: VecDeque::new(),
            current: None,
            turns: 0,
        };
        deck.draw(now);
        deck
    }

    pub(super) fn current(&self) -> Option<&Asked> {
        self.current.as_ref()
    }

    pub(super) fn current_mut(&mut self) -> Option<&mut Asked> {
        self.current.as_mut()
    }

    /// Why each card that is not done is asked, the current one too.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let waiting = self.waiting.iter().map(|item| item.queued.kind);
        let failed = self.failed.iter().map(|_| Kind::Again);
        waiting
            .chain(failed)
            .chain(self.current.iter().map(Asked::kind))
    }

    /// The current card's turn is over: it is done, or comes back. Asks the next.
    pub(super) fn turn(&mut self, comes_back: bool, memory: &Memory, now: &Now) {
        let Some(asked) = self.current.take() else {
            return;
        };
        self.turns += 1;
        if comes_back {
            self.failed.push_back(Failed {
                item: asked.item.seen_in(memory),
                turn: self.turns,
            });
        }
        self.draw(now);
    }

    /// The reverse of [`Deck::turn`]: this card, which came from that pile, is asked again.
    pub(super) fn turn_back(&mut self, item: Item, from: Pile, now: &Now) {
        self.turns = self.turns.saturating_sub(1);
        if let Some(asked) = self.current.take() {
            match asked.from {
                Pile::Waiting => self.waiting.push_front(asked.item),
                Pile::Failed(turn) => self.failed.push_front(Failed {
                    item: asked.item,
                    turn,
                }),
            }
        }
        let card = &item.queued.card;
        self.failed
            .retain(|failed| failed.item.queued.card != *card);
        self.current = Some(Asked::new(item, from, now));
    }

    /// Drops the cards that do not stay, and asks the next if the current one was among them.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(&Item) -> bool, now: &Now) {
        self.waiting.retain(&mut stays);
        self.failed.retain(|failed| stays(&failed.item));
        self.current = self.current.take().filter(|asked| stays(&asked.item));
        if self.current.is_none() {
            self.draw(now);
        }
    }

    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        let failed = self.failed.iter_mut().map(|failed| &mut failed.item);
        let current = self.current.iter_mut().map(|asked| &mut asked.item);
        self.waiting.iter_mut().chain(failed).chain(current)
    }

    fn draw(&mut self, now: &Now) {
        let rested = self
            .failed
            .front()
            .is_some_and(|failed| self.turns >= failed.turn + OTHERS_BETWEEN);
        let next = if rested {
            None
        } else {
            self.waiting.pop_front()
        };
        self.current = match next {
            Some(item) => Some(Asked::new(item, Pile::Waiting, now)),
            None => self
                .failed
                .pop_front()
                .map(|failed| Asked::new(failed.item, Pile::Failed(failed.turn), now)),
        };
    }
}

impl Item {
    pub(super) fn is(&self, card: &CardId) -> bool {
        self.queued.card == *card
    }

    /// The card as it stands in memory now.
    pub(super) fn seen_in(mut self, memory: &Memory) -> Self {
        self.seen = Seen::of(memory.card(&self.queued.card));
        self
    }
}

impl Asked {
    fn new(item: Item, from: Pile, now: &Now) -> Self {
        Self {
            item,
            from,
            stage: Stage::Question,
            stopwatch: Stopwatch::started(now.mono),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.from {
            Pile::Waiting => self.item.queued.kind,
            Pile::Failed(_) => Kind::Again,
        }
    }
}
