use serde::{Deserialize, Serialize};

use crate::ids::PointId;

/// What was answered. Numbers stand for options, items and pairs in the order of the question, not as
/// they were shuffled.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// Nothing.
    #[default]
    Nothing,
    /// The options chosen (choice, multi, predict).
    Options(Vec<usize>),
    /// What was typed (cloze, short).
    Text(String),
    /// The items in the order they were brought into.
    Order(Vec<usize>),
    /// For each left side, the pair whose right side was put beside it.
    Pairs(Vec<Option<usize>>),
    /// The points ticked (aloud).
    Points(Vec<PointId>),
    /// How well it was known, in the learner's word (card).
    Own(SelfMark),
}

/// How well something was known, in the learner's word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SelfMark {
    /// Not.
    Missed,
    /// In part.
    Partly,
    /// Known.
    Knew,
}

impl SelfMark {
    /// All three, from worst to best.
    pub const ALL: [SelfMark; 3] = [SelfMark::Missed, SelfMark::Partly, SelfMark::Knew];

    /// What it is worth: 0, a half, 1.
    pub fn credit(self) -> f64 {
        match self {
            SelfMark::Missed => 0.0,
            SelfMark::Partly => 0.5,
            SelfMark::Knew => 1.0,
        }
    }
}

/// A follow-up question and what was answered to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FollowUp {
    /// The point it asked about.
    pub point: PointId,
    /// What was typed.
    pub text: String,
}
