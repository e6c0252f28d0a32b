//! Where progress goes when cards are edited, and when they come back.

use std::collections::HashSet;

use crate::{
    history::Event,
    ids::{CardId, Lang, RowId},
    memory::Memory,
    notes::{Library, Relink},
};

/// What follows for progress from the notes as they are now.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Moves {
    /// To be written down: progress that moves along, or goes back.
    pub events: Vec<Event>,
    /// Cards that are gone, each with those it could have become: only the learner knows.
    pub asks: Vec<(CardId, Vec<CardId>)>,
}

impl Moves {
    /// Edited cards take their progress along. A card that stands in the notes again after it seemed
    /// to be edited (the edit was taken back, or its file was not named for a while) has it back.
    pub fn of(relinks: Vec<Relink>, memory: &Memory, library: &Library) -> Moves {
        let mut moves = Moves::default();
        let settled = moves.bring_back(memory, library);
        for relink in relinks {
            let (Relink::Moved { from, .. } | Relink::Ask { from, .. }) = &relink;
            let went_before =
                || !memory.has_story(from) && memory.links().any(|(_, card, _)| card == from);
            if settled.contains(from) || went_before() {
                continue;
            }
            match relink {
                Relink::Moved { from, to } => moves.events.push(Event::Link { from, to }),
                Relink::Ask { from, candidates } => moves.asks.push((from, candidates)),
            }
        }
        moves
    }

    /// Gives cards that are back what is theirs. Returns those it was taken from.
    fn bring_back(&mut self, memory: &Memory, library: &Library) -> HashSet<CardId> {
        let is_here = |card: &CardId| library.card(card, Lang::Zh).is_some();
        let links: Vec<(&RowId, &CardId, &CardId)> = memory.links().collect();
        let mut taken_back: HashSet<&RowId> = HashSet::new();
        let mut settled = HashSet::new();
        for (at, (row, from, to)) in links.iter().enumerate() {
            // Where both stand in the notes, neither is an edit of the other.
            if is_here(from) && is_here(to) {
                taken_back.insert(row);
                continue;
            }
            let later = &links[at + 1..];
            let moved_again = later.iter().any(|(_, card, _)| card == from);
            if moved_again || memory.has_story(from) || !is_here(from) {
                continue;
            }
            let owner = later.iter().fold(
                *to,
                |owner, (_, card, next)| {
                    if *card == owner { next } else { owner }
                },
            );
            if is_here(owner) {
                taken_back.insert(row);
            } else if settled.insert(owner.clone()) {
                self.events.push(Event::Link {
                    from: owner.clone(),
                    to: (*from).clone(),
                });
            }
        }
        let undone = links.iter().filter(|(row, ..)| taken_back.contains(row));
        self.events.extend(undone.map(|(row, ..)| Event::Undo {
            row: (*row).clone(),
        }));
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Row},
        ids::{DeviceId, SessionId},
        notes::{Origin, Seen, SourceFile, read, relink},
    };

    const BEFORE: &str = "# L\n\nQ: What does etcd keep for the clustre?\nA: Every object.\n";
    const AFTER: &str = "# L\n\nQ: What does etcd keep for the cluster?\nA: Every object.\n";

    fn library(text: &str) -> Library {
        read(&[SourceFile::new("a.md", Origin::Own, text)], None).0
    }

    fn card(text: &str) -> CardId {
        library(text).cards()[0].id.clone()
    }

    /// A learner who flags cards, and opens now these notes, now those.
    #[derive(Default)]
    struct Learner {
        memory: Memory,
        seen: Vec<Seen>,
        rows: usize,
    }

    impl Learner {
        fn does(&mut self, event: Event) {
            self.rows += 1;
            self.memory.apply(&Row {
                id: RowId::new(format!("{:04}", self.rows)),
                at_ms: 0,
                device: DeviceId::new("d"),
                session: SessionId::new("s"),
                event,
            });
        }

        fn meets(&mut self, text: &str) {
            let library = library(text);
            let card = &library.cards()[0];
            self.seen.retain(|seen| seen.card != card.id);
            self.seen.push(Seen::of(card));
            self.does(Event::Card {
                card: card.id.clone(),
                action: CardAction::Flag,
            });
        }

        fn opens(&mut self, text: &str) -> usize {
            let library = library(text);
            let moves = Moves::of(relink(&self.seen, &library), &self.memory, &library);
            let events = moves.events.len();
            for event in moves.events {
                if let Event::Link { to, .. } = &event
                    && let Some(card) = library.card(to, Lang::En)
                {
                    self.seen.retain(|seen| seen.card != card.id);
                    self.seen.push(Seen::of(card));
                }
                self.does(event);
            }
            events
        }

        fn knows(&self, text: &str) -> bool {
            self.memory.has_story(&card(text))
        }
    }

    #[test]
    fn an_edit_that_is_taken_back_takes_progress_back() {
        let mut learner = Learner::default();
        learner.meets(BEFORE);
        for _ in 0..3 {
            assert_eq!(learner.opens(AFTER), 1);
            assert!(learner.knows(AFTER) && !learner.knows(BEFORE));
            assert_eq!(learner.opens(BEFORE), 1);
            assert!(learner.knows(BEFORE) && !learner.knows(AFTER));
            assert_eq!(learner.opens(BEFORE), 0);
        }
    }

    #[test]
    fn a_card_whose_file_was_not_named_for_a_while_has_its_progress_again() {
        let both = format!("{BEFORE}\nQ: What does etcd keep for the cluster?\nA: Every object.\n");
        let mut learner = Learner::default();
        learner.meets(BEFORE);
        learner.opens(AFTER);
        learner.opens(BEFORE);
        learner.opens(AFTER);
        learner.meets(AFTER);
        learner.opens(&both);
        assert!(learner.knows(BEFORE), "what was learned of it went astray");
        assert!(learner.knows(AFTER), "what was learned since went astray");
        assert_eq!(learner.opens(&both), 0);
    }

    #[test]
    fn what_was_taken_back_by_hand_stays_so() {
        let mut learner = Learner::default();
        learner.meets(BEFORE);
        learner.opens(AFTER);
        let link = learner.memory.links().next().map(|(row, ..)| row.clone());
        learner.does(Event::Undo {
            row: link.expect("a link"),
        });
        assert_eq!(learner.opens(AFTER), 0);
        assert!(learner.knows(BEFORE) && !learner.knows(AFTER));
    }
}
