//! What the model said of each recall, and how it went: what calibration and retention are computed
//! from.

use super::{
    Memory,
    log::{CardNumber, Grade, Happening, Mark, Place},
    model::{Grading, Strength},
};
use crate::{
    history::Rating,
    ids::{CardId, StudyDay},
};

/// A card that had been graded on an earlier day and was graded again: a test of memory. A second
/// grade of one day is none, nor is a first grade, practice, or a grade set by hand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Recall<'a> {
    /// The card, by the id it has now.
    pub card: &'a CardId,
    /// The study day.
    pub day: StudyDay,
    /// Study days since the grade before it; never 0.
    pub elapsed: u32,
    /// How it went.
    pub rating: Rating,
    /// The probability of recall by the parameters in force now.
    pub predicted: f32,
    /// How well it was remembered before.
    pub before: Strength,
    /// The retention its schedule aimed at.
    pub desired: f32,
}

impl Recall<'_> {
    /// A card whose stability has passed three weeks is mature, as Anki has it.
    pub const MATURE_DAYS: f32 = 21.0;

    /// Whether it was recalled.
    pub fn passed(&self) -> bool {
        self.rating.passed()
    }

    /// Whether the card was mature.
    pub fn is_mature(&self) -> bool {
        self.before.stability >= Self::MATURE_DAYS
    }
}

impl Memory {
    /// Every test of memory, in the order of days, and of time within a day.
    pub fn recalls(&self) -> Vec<Recall<'_>> {
        let mut recalls = Vec::new();
        for card in 0..self.log.cards() as CardNumber {
            recalls_of(self, card, &mut recalls);
        }
        recalls.sort_unstable_by_key(|(place, recall)| (recall.day, *place));
        recalls.into_iter().map(|(_, recall)| recall).collect()
    }
}

fn recalls_of<'a>(memory: &'a Memory, card: CardNumber, found: &mut Vec<(Place, Recall<'a>)>) {
    let mut before: Option<Strength> = None;
    for step in steps(memory.log.placed_story(card)) {
        let Step::Graded(place, grade, grading) = step else {
            before = None;
            continue;
        };
        if let Some(before) = before
            && grading.elapsed > 0
        {
            let recall = Recall {
                card: memory.log.name(card),
                day: grade.day,
                elapsed: grading.elapsed,
                rating: grading.rating,
                predicted: memory.model.recall(before, grading.elapsed as f32),
                before,
                desired: grade.retention,
            };
            found.push((place, recall));
        }
        before = Some(memory.model.after(before, grading));
    }
}

/// One step of a card's story that the model sees.
enum Step<'a> {
    Graded(Place, &'a Grade, Grading),
    /// It is new again.
    Reset,
}

fn steps<'a>(
    story: impl Iterator<Item = (Place, Happening<'a>)>,
) -> impl Iterator<Item = Step<'a>> {
    let mut last: Option<StudyDay> = None;
    story.filter_map(move |(place, happening)| match happening {
        Happening::Graded(grade, _) => {
            let elapsed = last.map_or(0, |last| {
                u32::try_from(grade.day.days_since(last)).unwrap_or(0)
            });
            last = Some(grade.day);
            let rating = grade.rating;
            Some(Step::Graded(place, grade, Grading { rating, elapsed }))
        }
        Happening::Marked(Mark::Reset) => {
            last = None;
            Some(Step::Reset)
        }
        Happening::Marked(_) => None,
    })
}

/// The gradings of one card since it was last reset, with the day and the place of each.
pub(super) fn gradings<'a>(
    story: impl Iterator<Item = (Place, Happening<'a>)>,
) -> Vec<((StudyDay, Place), Grading)> {
    let mut gradings: Vec<((StudyDay, Place), Grading)> = Vec::new();
    for step in steps(story) {
        match step {
            Step::Graded(place, grade, grading) => gradings.push(((grade.day, place), grading)),
            Step::Reset => gradings.clear(),
        }
    }
    gradings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Mode},
        memory::fixture::{action, day, review, rows, undo},
    };

    #[test]
    fn only_a_grade_on_a_later_day_tests_memory() {
        let memory = Memory::replay(rows([
            review("a.one", Rating::Good, Mode::Learn, 0),
            review("a.one", Rating::Again, Mode::Review, 3),
            review("a.one", Rating::Good, Mode::Relearn, 3),
            review("a.one", Rating::Good, Mode::Cram, 4),
            review("a.one", Rating::Good, Mode::Review, 5),
            review("a.two", Rating::Good, Mode::Learn, 4),
        ]));
        let recalls = memory.recalls();
        let seen: Vec<_> = recalls
            .iter()
            .map(|recall| (recall.day, recall.elapsed, recall.passed()))
            .collect();
        assert_eq!(seen, [(day(3), 3, false), (day(5), 2, true)]);
        // 2.3065 days of stability, looked at after 3 days.
        assert!((recalls[0].before.stability - 2.3065).abs() < 1e-4);
        assert!(recalls[0].predicted < 0.9 && recalls[0].predicted > 0.8);
        assert!(!recalls[0].is_mature());
    }

    #[test]
    fn what_is_taken_back_or_was_before_a_reset_tests_nothing() {
        let memory = Memory::replay(rows([
            review("a.one", Rating::Good, Mode::Learn, 0),
            review("a.one", Rating::Good, Mode::Review, 3),
            action("a.one", CardAction::Reset),
            review("a.one", Rating::Good, Mode::Learn, 9),
            review("a.one", Rating::Again, Mode::Review, 12),
            undo(4),
        ]));
        let days: Vec<_> = memory.recalls().iter().map(|recall| recall.day).collect();
        assert_eq!(days, [day(3)]);
        assert_eq!(
            gradings(memory.log.placed_story(0)).len(),
            1,
            "a reset card starts again"
        );
    }

    #[test]
    fn the_strength_before_the_last_grade_leads_to_the_one_after_it() {
        let memory = Memory::replay(rows([
            review("a.one", Rating::Good, Mode::Learn, 0),
            review("a.one", Rating::Hard, Mode::Review, 3),
            review("a.one", Rating::Good, Mode::Review, 9),
        ]));
        let recalls = memory.recalls();
        let last = recalls.last().expect("a recall");
        let after = memory.model.after(
            Some(last.before),
            Grading {
                rating: last.rating,
                elapsed: last.elapsed,
            },
        );
        let schedule = memory.card(last.card).schedule.expect("graded");
        assert_eq!(schedule.strength, after);
    }
}
