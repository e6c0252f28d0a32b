//! Interviews that were held, each with what it came to.

use std::collections::HashMap;

use super::{On, Share, calibration::credit};
use crate::{
    history::{Answer, Attempt, Preset},
    ids::{AttemptId, StudyDay},
};

/// An interview that was held.
#[derive(Clone, PartialEq, Debug)]
pub struct Held {
    /// What its answers name it by.
    pub attempt: AttemptId,
    /// The study day.
    pub day: StudyDay,
    /// Which of those that are offered.
    pub preset: Preset,
    /// How long its clock ran, milliseconds.
    pub spent_ms: u64,
    /// How many questions it asked.
    pub questions: u32,
    /// What the answers marked by rule are worth.
    pub by_rule: Share,
    /// What the answers marked by the learner are worth: another measure, kept apart.
    pub by_learner: Share,
}

/// Each of these interviews with its answers, in order.
pub fn held(attempts: &[On<Attempt>], answers: &[On<Answer>]) -> Vec<Held> {
    let mut worth: HashMap<&AttemptId, (Share, Share)> = HashMap::new();
    for On { what, .. } in answers {
        let (by_rule, by_learner) = worth.entry(&what.attempt).or_default();
        if what.asked.is_self_marked() {
            by_learner.add(credit(what));
        } else {
            by_rule.add(credit(what));
        }
    }
    attempts
        .iter()
        .map(|On { day, what }| {
            let (by_rule, by_learner) = worth.get(&what.attempt).copied().unwrap_or_default();
            Held {
                attempt: what.attempt.clone(),
                day: *day,
                preset: what.blueprint.preset,
                spent_ms: what.spent_ms,
                questions: what.questions,
                by_rule,
                by_learner,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{Kind, SelfMark},
        progress::fixture::{answer, attempt, day},
    };

    #[test]
    fn what_the_learner_marks_stands_apart() {
        let on = |what| On { day: day(0), what };
        let mut own = answer("q3", None, SelfMark::Partly.credit());
        own.asked = Kind::Aloud;
        let answers = [
            on(answer("q1", None, 1.0)),
            on(answer("q2", None, 0.0)),
            on(own),
        ];
        let attempts = [On {
            day: day(0),
            what: attempt("attempt"),
        }];
        let held = held(&attempts, &answers);
        assert_eq!(held.len(), 1);
        assert_eq!((held[0].by_rule.credit, held[0].by_rule.of), (1.0, 2));
        assert_eq!((held[0].by_learner.credit, held[0].by_learner.of), (0.5, 1));
    }
}
