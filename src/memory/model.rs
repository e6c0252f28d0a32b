use std::sync::{Arc, Mutex, PoisonError};

use fsrs::{CombinedProgressState, FSRS, FSRSItem, FSRSReview, current_retrievability};
use serde::{Deserialize, Serialize};

use crate::history::Rating;

/// How well a card is remembered, as FSRS sees it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Strength {
    /// Days until the probability of recall has fallen to 90 %.
    pub stability: f32,
    /// 1 (easy) to 10 (hard).
    pub difficulty: f32,
}

impl From<fsrs::MemoryState> for Strength {
    fn from(state: fsrs::MemoryState) -> Self {
        Self {
            stability: state.stability,
            difficulty: state.difficulty,
        }
    }
}

impl From<Strength> for fsrs::MemoryState {
    fn from(strength: Strength) -> Self {
        Self {
            stability: strength.stability,
            difficulty: strength.difficulty,
        }
    }
}

/// One grade as the model sees it: the rating, and the whole days since the grade before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grading {
    pub(super) rating: Rating,
    pub(super) elapsed: u32,
}

/// What the model says of one possible grade: the strength after it, and after how many days recall
/// will have fallen to the retention asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Outlook {
    pub(super) strength: Strength,
    pub(super) days: f32,
}

/// How well a model foretold what happened.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evaluation {
    /// Mean of the surprise, later recalls weighing more; 0 would be a prophet, 0.69 a coin.
    pub log_loss: f32,
    /// Root mean square of what was foretold less what happened, in bins of like cards.
    pub rmse: f32,
    /// How many recalls it rests on.
    pub recalls: usize,
}

/// What is trained on and evaluated: for each recall the card's history up to it, in the order of
/// time.
#[derive(Clone, Default, Debug)]
pub(super) struct Histories {
    items: Vec<FSRSItem>,
    cards: Vec<i64>,
}

impl Histories {
    /// Adds one recall: the last of these gradings.
    pub(super) fn push(&mut self, card: u32, gradings: &[Grading]) {
        let reviews = gradings
            .iter()
            .map(|grading| FSRSReview {
                rating: u8::from(grading.rating).into(),
                delta_t: grading.elapsed,
            })
            .collect();
        self.items.push(FSRSItem { reviews });
        self.cards.push(card.into());
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Those before this one, and the others.
    pub(super) fn split_at(&self, at: usize) -> (Histories, Histories) {
        let part = |range: std::ops::Range<usize>| Histories {
            items: self.items[range.clone()].to_vec(),
            cards: self.cards[range].to_vec(),
        };
        (part(0..at), part(at..self.len()))
    }

    /// Parameters that fit these histories, the same every time; none where training fails or is
    /// stopped.
    pub(super) fn train(self, brake: &Brake) -> Option<Vec<f32>> {
        fsrs::compute_parameters(fsrs::ComputeParametersInput {
            train_set: self.items,
            card_ids: Some(self.cards),
            progress: Some(brake.0.clone()),
            ..fsrs::ComputeParametersInput::default()
        })
        .ok()
    }
}

/// Stops a training that is under way: each of its clones stops the same one.
#[derive(Clone, Default, Debug)]
pub struct Brake(Arc<Mutex<CombinedProgressState>>);

impl Brake {
    /// Training ends as soon as it looks, with nothing.
    pub fn pull(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.want_abort = true;
    }
}

impl PartialEq for Brake {
    fn eq(&self, other: &Brake) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// FSRS-6 with one set of parameters. Only this file knows the `fsrs` crate.
#[derive(Clone, Debug)]
pub(super) struct Model {
    fsrs: FSRS,
    decay: f32,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            fsrs: FSRS::default(),
            decay: fsrs::FSRS6_DEFAULT_DECAY,
        }
    }
}

impl Model {
    /// FSRS-6 takes 21 finite parameters; anything else is none.
    pub(super) fn new(parameters: &[f32]) -> Option<Self> {
        let decay = *parameters.get(20)?;
        Some(Self {
            fsrs: FSRS::new(parameters).ok()?,
            // `fsrs` keeps its parameters private after clipping them; it clips the last to this
            // range (fsrs 6.6.2, parameter_clipper.rs).
            decay: decay.clamp(0.1, 0.8),
        })
    }

    /// The strength that a card's whole history leaves; none without a history.
    pub(super) fn replay(&self, history: &[Grading]) -> Option<Strength> {
        if history.is_empty() {
            return None;
        }
        let reviews = history
            .iter()
            .map(|grading| FSRSReview {
                rating: u8::from(grading.rating).into(),
                delta_t: grading.elapsed,
            })
            .collect();
        self.fsrs
            .memory_state(FSRSItem { reviews }, None)
            .ok()
            .map(Strength::from)
    }

    /// What each rating would lead to, from Again to Easy.
    pub(super) fn outlooks(
        &self,
        before: Option<Strength>,
        elapsed: u32,
        retention: f32,
    ) -> [Outlook; 4] {
        let states = self
            .fsrs
            .next_states(before.map(Into::into), retention, elapsed)
            // A strength that is not finite can only come from a damaged snapshot: start again.
            .or_else(|_| self.fsrs.next_states(None, retention, 0))
            .expect("a new card's strength is the clipped parameters themselves");
        [states.again, states.hard, states.good, states.easy].map(|state| Outlook {
            strength: state.memory.into(),
            days: state.interval,
        })
    }

    /// What one more grade leads to: the one of [`Model::outlooks`], without the other three.
    pub(super) fn outlook(
        &self,
        before: Option<Strength>,
        grading: Grading,
        retention: f32,
    ) -> Outlook {
        let strength = self.after(before, grading);
        let stability = Some(strength.stability);
        let rating = u8::from(grading.rating).into();
        Outlook {
            strength,
            days: self.fsrs.next_interval(stability, retention, rating),
        }
    }

    /// The strength after one more grade: it does not depend on the retention asked for, only the
    /// interval does.
    pub(super) fn after(&self, before: Option<Strength>, grading: Grading) -> Strength {
        let one = FSRSItem {
            reviews: vec![FSRSReview {
                rating: u8::from(grading.rating).into(),
                delta_t: grading.elapsed,
            }],
        };
        match self.fsrs.memory_state(one, before.map(Into::into)) {
            Ok(state) => state.into(),
            // As in `outlooks`: a strength that is not finite starts again.
            Err(_) => self.outlooks(None, 0, 0.9)[grading.rating as usize - 1].strength,
        }
    }

    /// How well these parameters would have foretold the last grade of each history, by the crate's
    /// own reckoning; the histories of one card follow each other. None without any.
    pub(super) fn evaluate(&self, histories: Histories) -> Option<Evaluation> {
        let recalls = histories.len();
        let evaluation = self
            .fsrs
            .evaluate_with_card_ids(histories.items, histories.cards, |_| true)
            .ok()?;
        Some(Evaluation {
            log_loss: evaluation.log_loss,
            // The crate sums its bins in the order of a hash map, so the last digits vary.
            rmse: (evaluation.rmse_bins * 1e4).round() / 1e4,
            recalls,
        })
    }

    /// The probability of recall `days` after the last grade.
    pub(super) fn recall(&self, strength: Strength, days: f32) -> f32 {
        current_retrievability(strength.into(), days, self.decay)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn history(ratings: &[u8], gaps: &[u32]) -> Vec<Grading> {
        ratings
            .iter()
            .zip(gaps)
            .map(|(&rating, &elapsed)| Grading {
                rating: Rating::try_from(rating).expect("1 to 4"),
                elapsed,
            })
            .collect()
    }

    #[test]
    fn a_new_card_starts_with_the_reference_stabilities() {
        let outlooks = Model::default().outlooks(None, 0, 0.9);
        assert_eq!(
            outlooks.map(|outlook| outlook.strength.stability),
            [0.2120, 1.2931, 2.3065, 8.2956]
        );
    }

    #[test]
    fn a_known_history_leaves_the_reference_strength() {
        let strength = Model::default()
            .replay(&history(&[1, 3, 3, 3, 3, 3], &[0, 0, 1, 3, 8, 21]))
            .expect("a history");
        assert!((strength.stability - 53.62691).abs() < 1e-3, "{strength:?}");
        assert!(
            (strength.difficulty - 6.3574867).abs() < 1e-5,
            "{strength:?}"
        );
    }

    #[test]
    fn good_six_times_when_due_gives_the_reference_intervals() {
        let model = Model::default();
        let mut strength = None;
        let mut elapsed = 0;
        let mut intervals = Vec::new();
        for _ in 0..6 {
            let good = model.outlooks(strength, elapsed, 0.9)[2];
            strength = Some(good.strength);
            elapsed = good.days.round() as u32;
            intervals.push(elapsed);
        }
        assert_eq!(intervals, [2, 11, 46, 163, 497, 1346]);
    }

    #[test]
    fn stepping_and_replaying_agree_to_the_bit() {
        let model = Model::default();
        let all = history(&[3, 1, 2, 4, 1, 3], &[0, 3, 0, 1, 40, 2]);
        let mut strength = None;
        for (at, grading) in all.iter().enumerate() {
            strength = Some(
                model.outlooks(strength, grading.elapsed, 0.85)[grading.rating as usize - 1]
                    .strength,
            );
            assert_eq!(strength, model.replay(&all[..=at]));
        }
    }

    #[test]
    fn recall_falls_to_nine_in_ten_at_the_stability() {
        let mut values = fsrs::DEFAULT_PARAMETERS;
        values[20] = 0.05; // below what fsrs allows
        for model in [
            Model::default(),
            Model::new(&values).expect("21 finite values"),
        ] {
            let good = model.outlooks(None, 0, 0.8)[2];
            let recall = |days| model.recall(good.strength, days);
            assert!((recall(good.strength.stability) - 0.9).abs() < 1e-4);
            assert!((recall(good.days) - 0.8).abs() < 1e-3);
        }
    }

    proptest! {
        #[test]
        fn any_finite_parameters_and_any_history_leave_numbers(
            values in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::ZERO, 21),
            gradings in prop::collection::vec((1u8..5, any::<u32>()), 1..20),
            retention in 0.7f32..0.99,
        ) {
            let model = Model::new(&values).expect("21 finite values");
            let mut strength = None;
            for (rating, elapsed) in gradings {
                let outlook = model.outlooks(strength, elapsed, retention)[usize::from(rating) - 1];
                let rating = Rating::try_from(rating).expect("1 to 4");
                let alone = model.outlook(strength, Grading { rating, elapsed }, retention);
                prop_assert_eq!(alone, outlook);
                prop_assert!(outlook.strength.stability.is_finite());
                prop_assert!((1.0..=10.0).contains(&outlook.strength.difficulty));
                prop_assert!(outlook.days > 0.0 && outlook.days.is_finite());
                let recall = model.recall(outlook.strength, elapsed as f32);
                prop_assert!((0.0..=1.0).contains(&recall));
                strength = Some(outlook.strength);
            }
        }
    }

    #[test]
    fn a_damaged_strength_starts_again() {
        let model = Model::default();
        let damaged = Strength {
            stability: f32::NAN,
            difficulty: 5.0,
        };
        assert_eq!(
            model.outlooks(Some(damaged), 9, 0.9),
            model.outlooks(None, 0, 0.9)
        );
        let good = |elapsed| Grading {
            rating: Rating::Good,
            elapsed,
        };
        assert_eq!(
            model.after(Some(damaged), good(9)),
            model.after(None, good(0))
        );
    }

    #[test]
    fn parameters_that_are_none_are_refused() {
        assert!(Model::new(&[]).is_none());
        assert!(Model::new(&[1.0; 20]).is_none());
        assert!(Model::new(&[f32::NAN; 21]).is_none());
        assert!(Model::new(&fsrs::DEFAULT_PARAMETERS).is_some());
    }
}
