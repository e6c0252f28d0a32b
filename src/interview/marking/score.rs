use serde::{Deserialize, Serialize};

/// How sure the learner was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Certainty {
    /// A guess.
    Guess = 1,
    /// "I think so."
    Think = 2,
    /// Certain.
    Certain = 3,
}

impl Certainty {
    /// All three, from the least.
    pub const ALL: [Certainty; 3] = [Certainty::Guess, Certainty::Think, Certainty::Certain];
}

impl From<Certainty> for u8 {
    fn from(certainty: Certainty) -> u8 {
        certainty as u8
    }
}

impl TryFrom<u8> for Certainty {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Certainty::ALL
            .into_iter()
            .find(|certainty| *certainty as u8 == number)
            .ok_or_else(|| format!("a certainty is 1, 2 or 3, not {number}"))
    }
}

/// The interval in which the share lies that `credit` out of `count` shows, each from 0 to 1: Wilson's,
/// with z = 1.96. None if nothing was asked.
pub fn wilson(_credit: f64, _count: usize) -> Option<(f64, f64)> {
    None
}

/// What an answer scores when certainty counts: right 1, 2 or 3, wrong 0, −2 or −6.
pub fn certainty_score(_right: bool, _certainty: Certainty) -> i32 {
    0
}

/// The mean squared difference between how likely answers were held to be right and whether they were:
/// 0 is best, 0.25 is what "half" earns each time. None if there are none.
pub fn brier(_answers: &[(Certainty, bool)]) -> Option<f64> {
    None
}
