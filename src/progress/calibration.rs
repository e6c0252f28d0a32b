//! Whether what was foretold came true: of the memory model, and of the learner's own certainty.

use super::{On, Share};
use crate::{
    history::{Answer, Certainty},
    interview::brier,
    memory::Recall,
};

/// How many bins the model's predictions are put into.
const BINS: usize = 10;

/// What happened where the model foretold much the same.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bin {
    /// The mean of what was foretold.
    pub foretold: f64,
    /// What was recalled.
    pub recalled: Share,
}

/// The tests of memory by what the model foretold, in ten bins with equally many in each, so that
/// each rests on enough; empty bins left out.
pub fn of_memory(recalls: &[Recall<'_>]) -> Vec<Bin> {
    let mut sorted: Vec<(f32, bool)> = recalls
        .iter()
        .map(|recall| (recall.predicted, recall.passed()))
        .collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let size = sorted.len().div_ceil(BINS).max(1);
    sorted
        .chunks(size)
        .map(|bin| Bin {
            foretold: bin.iter().map(|one| f64::from(one.0)).sum::<f64>() / bin.len() as f64,
            recalled: bin.iter().map(|one| one.1).collect(),
        })
        .collect()
}

/// How the learner's certainty fared in interviews.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Confidence {
    /// For each certainty, from guess to certain: how often the answer was right.
    pub by_certainty: [Share; 3],
    /// Mean squared distance between certainty and outcome, 0 the best; none without an answer.
    pub brier: Option<f64>,
}

/// Of every answer that says how sure the learner was.
pub fn of_learner(answers: &[On<Answer>]) -> Confidence {
    let sure: Vec<(Certainty, bool)> = answers
        .iter()
        .filter_map(|on| Some((on.what.certainty?, is_right(&on.what))))
        .collect();
    let share = |certainty| {
        let these = sure.iter().filter(|(one, _)| *one == certainty);
        these.map(|(_, right)| *right).collect()
    };
    Confidence {
        by_certainty: Certainty::ALL.map(share),
        brier: brier(&sure),
    }
}

/// Answers that were certain and wrong, the latest first: what hurts most in an interview.
pub fn confidently_wrong(answers: &[On<Answer>]) -> Vec<&On<Answer>> {
    let mut wrong: Vec<&On<Answer>> = Vec::new();
    for on in answers.iter().rev() {
        let again = wrong
            .iter()
            .any(|one| one.what.question == on.what.question);
        if !again && on.what.certainty == Some(Certainty::Certain) && !is_right(&on.what) {
            wrong.push(on);
        }
    }
    wrong
}

/// Whether an answer was right, as the learner confirmed it.
pub(super) fn is_right(answer: &Answer) -> bool {
    let confirmed = answer.confirmed.as_ref().map(|confirmed| confirmed.right);
    confirmed.unwrap_or(answer.right)
}

/// What an answer is worth, as the learner confirmed it.
pub(super) fn credit(answer: &Answer) -> f64 {
    let confirmed = answer.confirmed.as_ref().map(|confirmed| confirmed.credit);
    confirmed.unwrap_or(answer.credit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Mode, Rating},
        memory::Memory,
        progress::fixture::{answer, day, review, rows},
    };

    #[test]
    fn bins_hold_equally_many_from_the_least_certain_up() {
        let mut events = Vec::new();
        for card in 0..40 {
            let name = format!("a.{card}");
            events.push(review(&name, Rating::Good, Mode::Learn, 0));
            let rating = if card % 4 == 0 {
                Rating::Again
            } else {
                Rating::Good
            };
            events.push(review(&name, rating, Mode::Review, 1 + card));
        }
        let memory = Memory::replay(rows(events));
        let bins = of_memory(&memory.recalls());
        assert_eq!(bins.len(), 10);
        assert!(bins.is_sorted_by(|one, other| one.foretold < other.foretold));
        assert!(bins.iter().all(|bin| bin.recalled.of == 4));
        let recalled: Share = bins.iter().map(|bin| bin.recalled).sum();
        assert_eq!((recalled.credit, recalled.of), (30.0, 40));
        assert_eq!(of_memory(&[]), []);
    }

    #[test]
    fn certainty_is_held_against_what_came_of_it() {
        let on = |what| On { day: day(0), what };
        let answers = [
            on(answer("q1", Some(Certainty::Certain), 0.0)),
            on(answer("q2", Some(Certainty::Certain), 1.0)),
            on(answer("q3", Some(Certainty::Guess), 1.0)),
            on(answer("q1", Some(Certainty::Certain), 0.0)),
            on(answer("q4", None, 0.0)),
        ];
        let learner = of_learner(&answers);
        let counts = learner.by_certainty.map(|share| (share.credit, share.of));
        assert_eq!(counts, [(1.0, 1), (0.0, 0), (1.0, 3)]);
        // (2 * 0.81 + 0.01 + 4/9) / 4
        assert!((learner.brier.expect("answers") - 0.518_611).abs() < 1e-5);
        let wrong: Vec<_> = confidently_wrong(&answers)
            .iter()
            .map(|on| on.what.question.to_string())
            .collect();
        assert_eq!(wrong, ["q1"], "each question once");
    }
}
