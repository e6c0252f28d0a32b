//! FSRS-6 with its default parameters, written from the published formulas: the figures of a report
//! are held to it, not to the crate the program uses.

use podlings::history::{Rating, Review};

const W: [f64; 21] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
    0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
];

/// The probability of recall so many days after.
pub(super) fn recall(stability: f64, days: i64) -> f64 {
    let factor = 0.9f64.powf(-1.0 / W[20]) - 1.0;
    (1.0 + factor * days as f64 / stability).powf(-W[20])
}

/// Stability and difficulty.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) stability: f64,
    difficulty: f64,
}

/// What a card's grades leave, practice left out.
pub(super) fn state<'a>(reviews: impl Iterator<Item = &'a Review>) -> Option<State> {
    let mut state: Option<(State, podlings::ids::StudyDay)> = None;
    for review in reviews.filter(|review| review.mode.schedules()) {
        let after = match state {
            None => first(review.rating),
            Some((before, last)) => next(before, review.rating, review.day.days_since(last)),
        };
        state = Some((after, review.day));
    }
    state.map(|(state, _)| state)
}

fn grade(rating: Rating) -> f64 {
    f64::from(u8::from(rating))
}

fn first_difficulty(grade: f64) -> f64 {
    W[4] - (W[5] * (grade - 1.0)).exp() + 1.0
}

fn first(rating: Rating) -> State {
    let grade = grade(rating);
    State {
        stability: W[grade as usize - 1],
        difficulty: first_difficulty(grade).clamp(1.0, 10.0),
    }
}

fn next(before: State, rating: Rating, days: i64) -> State {
    let (s, d, g) = (before.stability, before.difficulty, grade(rating));
    let r = recall(s, days);
    let stability = if days == 0 {
        let change = (W[17] * (g - 3.0 + W[18])).exp() * s.powf(-W[19]);
        s * if g >= 2.0 { change.max(1.0) } else { change }
    } else if g == 1.0 {
        let failed =
            W[11] * d.powf(-W[12]) * ((s + 1.0).powf(W[13]) - 1.0) * (W[14] * (1.0 - r)).exp();
        failed.min(s / (W[17] * W[18]).exp())
    } else {
        let hard = if g == 2.0 { W[15] } else { 1.0 };
        let easy = if g == 4.0 { W[16] } else { 1.0 };
        let gain = W[8].exp() * (11.0 - d) * s.powf(-W[9]) * ((W[10] * (1.0 - r)).exp() - 1.0);
        s * (1.0 + gain * hard * easy)
    };
    let moved = d + (10.0 - d) * (-W[6] * (g - 3.0)) / 9.0;
    let reverted = W[7] * (first_difficulty(4.0) - moved) + moved;
    State {
        stability: stability.clamp(0.001, 36_500.0),
        difficulty: reverted.clamp(1.0, 10.0),
    }
}
