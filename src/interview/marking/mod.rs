//! How an answer is marked: by rule, the same each time. Look first at [`mark`].

mod score;

use serde::{Deserialize, Serialize};
use std::ops::Range;

pub use self::score::{brier, certainty_score, wilson};
use super::Question;
use crate::{
    history::{FollowUp, Given},
    ids::{Lang, PointId},
};

/// The version of the rules: it grows when the same answer may be marked otherwise.
pub const MARKING: u32 = 1;

/// What an answer is worth, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Marked {
    /// From 0 to 1.
    pub credit: f64,
    /// Why.
    pub verdict: Verdict,
    /// Of a short answer: each of its points, in order. Of one said out loud: as the learner ticked them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointMark>,
}

/// Why an answer is worth what it is. Numbers stand for options, items and pairs in the order of the
/// question, not as they were shuffled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing was answered, or not in a form that answers the question.
    Nothing,
    /// Options were chosen (choice, multi, predict).
    Options {
        /// Right ones that were chosen.
        hit: Vec<usize>,
        /// Right ones that were not.
        missed: Vec<usize>,
        /// Wrong ones that were chosen.
        wrong: Vec<usize>,
    },
    /// A blank was filled.
    Cloze {
        /// With which of the accepted forms; None: with none of them.
        accepted: Option<usize>,
    },
    /// Items were brought into an order.
    Order {
        /// How many of the pairs of items are in the right order.
        agreeing: usize,
        /// How many pairs there are.
        pairs: usize,
    },
    /// Items were paired.
    Match {
        /// Of each left side: whether its right side was found.
        right: Vec<bool>,
    },
    /// Points were found or ticked; see [`Marked::points`].
    Points,
    /// The learner's own word.
    Own,
}

/// How one point of an answer was marked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PointMark {
    /// The point.
    pub id: PointId,
    /// Whether the answer makes it.
    pub met: bool,
    /// Where: byte ranges of the answer as it was typed, in order, each on whole characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Range<usize>>,
    /// What kept it from being met though its words are there: a negation, or a form that must not be
    /// there; byte ranges as in `spans`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancelled_by: Vec<Range<usize>>,
}

/// Marks an answer. Never fails: what does not answer the question is worth nothing.
pub fn mark(_question: &Question, _given: &Given, _lang: Lang) -> Marked {
    Marked {
        credit: 0.0,
        verdict: Verdict::Nothing,
        points: Vec::new(),
    }
}

/// Marks the answer to a follow-up question: only the point that was asked about. None if the question
/// has no such point.
pub fn mark_follow_up(
    _question: &Question,
    _follow_up: &FollowUp,
    _lang: Lang,
) -> Option<PointMark> {
    None
}

/// Which point an interviewer asks about after this answer: a missed one that has a follow-up, of those
/// the one that weighs most; the seed decides ties.
pub fn next_follow_up(_question: &Question, _marked: &Marked, _seed: u64) -> Option<PointId> {
    None
}

impl Marked {
    /// Right, as far as certainty goes: full credit for one right answer, at least half for what is
    /// marked by parts.
    pub fn is_right(&self) -> bool {
        match self.verdict {
            Verdict::Points | Verdict::Own => self.credit >= 0.5,
            _ => self.credit >= 1.0,
        }
    }

    /// The same with one point marked anew, as a follow-up may.
    pub fn with(&self, _question: &Question, _point: PointMark) -> Marked {
        self.clone()
    }

    /// The same with the learner's word on which points were met.
    pub fn confirmed(&self, _question: &Question, _points: &[PointId]) -> Marked {
        self.clone()
    }
}
