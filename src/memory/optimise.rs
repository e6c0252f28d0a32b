//! Parameters fitted to this learner. They are taken only where they would have foretold the last
//! fifth of the history better than the ones in force, having been trained without it.

use std::collections::HashMap;

use super::{
    Evaluation, Memory,
    log::{CardNumber, Place},
    model::{Brake, Grading, Histories, Model},
    recalls::gradings,
};
use crate::{history::Event, ids::StudyDay};

/// Fewer tests of memory than this say too little.
const LEAST: usize = 400;
/// So many must have come since the last parameters.
const LEAST_NEW: usize = 100;
/// The share of the history, by time, that judges: the last fifth.
const JUDGES: usize = 5;

/// What training came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Optimised {
    /// The trained parameters.
    pub values: Vec<f32>,
    /// How well those in force foretold the last fifth.
    pub before: Evaluation,
    /// How well the trained ones would have.
    pub after: Evaluation,
}

impl Optimised {
    /// Whether they are to be taken.
    pub fn is_better(&self) -> bool {
        self.after.log_loss < self.before.log_loss
    }

    /// The row that brings them into force.
    pub fn event(self) -> Event {
        Event::Parameters {
            algorithm: "fsrs-6".to_owned(),
            values: self.values,
        }
    }
}

/// Why there is nothing to train on yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// So many more tests of memory are needed.
    For(usize),
    /// Training found nothing, or was stopped.
    Failed,
}

/// Trains parameters on all that counts, unless the brake is pulled. The same history gives the same
/// parameters.
///
/// # Errors
/// [`Waiting`]: what is missing.
pub fn optimise(memory: &Memory, brake: &Brake) -> Result<Optimised, Waiting> {
    let all = histories(memory);
    let fresh = all.len() - all.before(memory.trained_on());
    let missing = (LEAST.saturating_sub(all.len())).max(LEAST_NEW.saturating_sub(fresh));
    if missing > 0 {
        return Err(Waiting::For(missing));
    }
    let at = all.len() - all.len() / JUDGES;
    let (train, judge) = all.histories.split_at(at);
    let values = train.train(brake).ok_or(Waiting::Failed)?;
    let model = Model::new(&values).ok_or(Waiting::Failed)?;
    let before = memory
        .model
        .evaluate(judge.clone())
        .ok_or(Waiting::Failed)?;
    let after = model.evaluate(judge).ok_or(Waiting::Failed)?;
    Ok(Optimised {
        values,
        before,
        after,
    })
}

impl Memory {
    /// How well the parameters in force foretell all that happened; none before there is a test of
    /// memory.
    pub fn evaluate(&self) -> Option<Evaluation> {
        self.model.evaluate(histories(self).histories)
    }

    /// The last study day before the parameters in force were set; none for the default ones.
    fn trained_on(&self) -> Option<StudyDay> {
        self.log.day_of_parameters()
    }
}

/// Every test of memory with what led to it, by time.
struct Tests {
    histories: Histories,
    days: Vec<StudyDay>,
}

impl Tests {
    fn len(&self) -> usize {
        self.histories.len()
    }

    /// How many were made up to this day.
    fn before(&self, day: Option<StudyDay>) -> usize {
        day.map_or(0, |day| self.days.partition_point(|one| *one <= day))
    }
}

fn histories(memory: &Memory) -> Tests {
    let stories: Vec<Story> = (0..memory.log.cards() as CardNumber)
        .map(|card| gradings(memory.log.placed_story(card)).into_iter().unzip())
        .collect();
    // When, of which card, and how many gradings led to it and are it.
    let mut found: Vec<((StudyDay, Place), usize, usize)> = Vec::new();
    for (card, (when, gradings)) in stories.iter().enumerate() {
        let tests = (1..gradings.len()).filter(|at| gradings[*at].elapsed > 0);
        found.extend(tests.map(|at| (when[at], card, at + 1)));
    }
    found.sort_unstable_by_key(|(when, ..)| *when);
    let mut tests = Tests {
        histories: Histories::default(),
        days: Vec::with_capacity(found.len()),
    };
    // Numbers in the log depend on which rows arrived first, and training on the numbers.
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    for ((day, _), card, len) in found {
        let next = numbers.len() as u32;
        let number = *numbers.entry(card).or_insert(next);
        tests.histories.push(number, &stories[card].1[..len]);
        tests.days.push(day);
    }
    tests
}

/// The gradings of one card, and when each was made.
type Story = (Vec<(StudyDay, Place)>, Vec<Grading>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Mode, Rating, Row},
        memory::{
            fixture::{review, rows},
            simulation::Luck,
        },
    };

    /// A learner who forgets faster than the default parameters say: cards of one lesson, graded
    /// whenever they are due by them.
    fn forgetful(cards: usize, days: i64) -> Vec<Event> {
        let mut events = Vec::new();
        let mut luck = Luck::new(7);
        for card in 0..cards {
            let (mut on, mut stability) = ((card % 10) as i64, 0.8_f32);
            let name = format!("a.{card}");
            events.push((on, review(&name, Rating::Good, Mode::Learn, on)));
            let mut gap = 2;
            while on + gap < days {
                on += gap;
                let recall = 0.9_f32.powf(gap as f32 / stability);
                let passed = luck.next() < recall;
                let rating = if passed { Rating::Good } else { Rating::Again };
                events.push((on, review(&name, rating, Mode::Review, on)));
                stability = if passed { stability * 1.7 } else { 0.5 };
                gap = if passed { (gap * 2).min(60) } else { 1 };
            }
        }
        events.sort_by_key(|(on, _)| *on);
        events.into_iter().map(|(_, event)| event).collect()
    }

    fn trained(memory: &Memory) -> Result<Optimised, Waiting> {
        optimise(memory, &Brake::default())
    }

    #[test]
    fn whoever_pulls_the_brake_ends_the_training() {
        let memory = Memory::replay(rows(forgetful(120, 90)));
        let brake = Brake::default();
        brake.clone().pull();
        assert_eq!(optimise(&memory, &brake), Err(Waiting::Failed));
    }

    #[test]
    fn too_short_a_history_is_not_trained_on() {
        let memory = Memory::replay(rows(forgetful(20, 40)));
        let tests = memory.recalls().len();
        assert_eq!(trained(&memory), Err(Waiting::For(LEAST - tests)));
        assert_eq!(trained(&Memory::default()), Err(Waiting::For(LEAST)));
    }

    #[test]
    fn parameters_are_fitted_to_the_learner_and_always_the_same() {
        let rows = rows(forgetful(120, 90));
        let memory = Memory::replay(&rows);
        let optimised = trained(&memory).expect("enough");
        assert!(optimised.is_better(), "{optimised:?}");
        assert_eq!(trained(&memory).as_ref(), Ok(&optimised));
        assert_eq!(optimised.before.recalls, memory.recalls().len() / JUDGES);

        let mut after = memory.clone();
        let at = rows.last().map_or(0, |row| row.at_ms) + 1000;
        after.apply(&crate::memory::fixture::row(999_999, at, optimised.event()));
        assert_eq!(
            trained(&after),
            Err(Waiting::For(LEAST_NEW)),
            "nothing has happened since"
        );
        let (old, new) = (memory.evaluate(), after.evaluate());
        assert!(new.expect("tests").log_loss < old.expect("tests").log_loss);
    }

    #[test]
    fn the_order_in_which_rows_arrive_changes_no_figure() {
        let rows = rows(forgetful(120, 90));
        let memory = Memory::replay(&rows);
        let (recalls, evaluation) = (memory.recalls(), memory.evaluate());
        let backwards = Memory::replay(rows.iter().rev());
        let mut luck = Luck::new(3);
        let mut mixed: Vec<(f32, &Row)> = rows.iter().map(|row| (luck.next(), row)).collect();
        mixed.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mixed = Memory::replay(mixed.into_iter().map(|(_, row)| row));
        for other in [&backwards, &mixed] {
            assert_eq!(other.recalls(), recalls);
            assert_eq!(other.evaluate(), evaluation);
        }
        assert_eq!(trained(&backwards), trained(&memory));
    }

    #[test]
    fn the_recalls_and_the_crate_agree_on_the_surprise() {
        let memory = Memory::replay(rows(forgetful(40, 60)));
        let recalls = memory.recalls();
        assert_eq!(
            memory.evaluate().map(|all| all.recalls),
            Some(recalls.len())
        );
        // The crate weighs recalls by how recent they are: from 0.25 for the first, with the cube of
        // the place, to 1 for the last (fsrs 6.6.2, dataset.rs, recency_weighted_fsrs_items).
        let last = (recalls.len() - 1) as f32;
        let weight = |at: usize| 0.25 + 0.75 * (at as f32 / last).powi(3);
        let surprise = |recall: &crate::memory::Recall<'_>| {
            let p = if recall.passed() {
                recall.predicted
            } else {
                1.0 - recall.predicted
            };
            -p.ln()
        };
        let sum: f32 = recalls
            .iter()
            .enumerate()
            .map(|(at, recall)| weight(at) * surprise(recall))
            .sum();
        let weights: f32 = (0..recalls.len()).map(weight).sum();
        let log_loss = memory.evaluate().expect("tests").log_loss;
        assert!(
            (sum / weights - log_loss).abs() < 0.002,
            "{} {log_loss}",
            sum / weights
        );
    }
}
