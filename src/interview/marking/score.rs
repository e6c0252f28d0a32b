use crate::history::Certainty;

/// How likely an answer is held to be right. These are the middles of where each certainty scores best
/// under [`certainty_score`]: below 2/3, to 4/5, above.
pub fn probability(certainty: Certainty) -> f64 {
    match certainty {
        Certainty::Guess => 1.0 / 3.0,
        Certainty::Think => 11.0 / 15.0,
        Certainty::Certain => 9.0 / 10.0,
    }
}

/// How many standard deviations hold 95 % of a normal distribution on both sides.
const Z: f64 = 1.96;

/// The interval in which the share lies that `credit` out of `count` shows, each from 0 to 1: Wilson's
/// score interval (J. Am. Stat. Assoc. 22, 1927). None if nothing was asked.
pub fn wilson(credit: f64, count: usize) -> Option<(f64, f64)> {
    if count == 0 {
        return None;
    }
    let n = count as f64;
    let share = (credit / n).clamp(0.0, 1.0);
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

/// What an answer scores when certainty counts: right 1, 2 or 3, wrong 0, −2 or −6.
pub fn certainty_score(right: bool, certainty: Certainty) -> i32 {
    match (right, certainty) {
        (true, Certainty::Guess) => 1,
        (true, Certainty::Think) => 2,
        (true, Certainty::Certain) => 3,
        (false, Certainty::Guess) => 0,
        (false, Certainty::Think) => -2,
        (false, Certainty::Certain) => -6,
    }
}

/// The mean squared difference between how likely answers were held to be right
/// ([`probability`]) and whether they were: 0 is best, 0.25 is what saying "half" earns each
/// time. None if there are none.
pub fn brier(answers: &[(Certainty, bool)]) -> Option<f64> {
    if answers.is_empty() {
        return None;
    }
    let error = |(certainty, right): &(Certainty, bool)| {
        let happened = if *right { 1.0 } else { 0.0 };
        (probability(*certainty) - happened).powi(2)
    };
    Some(answers.iter().map(error).sum::<f64>() / answers.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed apart from this program, with four digits.
    #[test]
    fn the_interval_is_wilsons() {
        for (credit, count, low, high) in [
            (7.0, 10, 0.3968, 0.8922),
            (0.0, 3, 0.0, 0.5615),
            (3.0, 3, 0.4385, 1.0),
            (15.0, 20, 0.5313, 0.8881),
            (50.0, 100, 0.4038, 0.5962),
            (2.5, 4, 0.2194, 0.9081),
        ] {
            let (from, to) = wilson(credit, count).unwrap();
            assert!(
                (from - low).abs() < 6e-5 && (to - high).abs() < 6e-5,
                "{from} {to}"
            );
        }
        assert_eq!(wilson(0.0, 0), None);
    }

    /// Saying how sure one is pays best when it is true: a guess below 2/3, certain above 4/5.
    #[test]
    fn the_best_certainty_is_the_honest_one() {
        for (chance, best) in [
            (0.5, Certainty::Guess),
            (0.7, Certainty::Think),
            (0.79, Certainty::Think),
            (0.85, Certainty::Certain),
        ] {
            let expected = |certainty| {
                chance * f64::from(certainty_score(true, certainty))
                    + (1.0 - chance) * f64::from(certainty_score(false, certainty))
            };
            for other in Certainty::ALL {
                assert!(expected(best) >= expected(other), "{chance} {other:?}");
            }
        }
    }

    #[test]
    fn briers_score_is_the_mean_squared_error() {
        assert_eq!(brier(&[]), None);
        let certain = brier(&[(Certainty::Certain, true), (Certainty::Certain, false)]).unwrap();
        assert!((certain - (0.01 + 0.81) / 2.0).abs() < 1e-12);
        let guess = brier(&[(Certainty::Guess, false)]).unwrap();
        assert!((guess - 1.0 / 9.0).abs() < 1e-12);
    }
}
