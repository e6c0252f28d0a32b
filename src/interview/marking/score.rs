use crate::history::Certainty;

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
