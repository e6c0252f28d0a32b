use serde::{Deserialize, Serialize};

use crate::{
    history::{Certainty, FollowUp, Given, Kind},
    ids::PointId,
    interview::answers_nothing,
};

/// One question of an interview under way: what was answered so far, and how far it has come.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// What was answered.
    pub given: Given,
    /// How far it has come.
    pub stage: Stage,
    /// How sure the learner is.
    pub certainty: Option<Certainty>,
    /// Marked for another look.
    pub flagged: bool,
    /// Whether it was on screen.
    pub seen: bool,
    /// How long it was, while the clock ran, milliseconds.
    pub spent_ms: u64,
    /// What the interviewer asked after it, and what was answered to that.
    pub follow_up: Option<FollowUp>,
    /// The points the learner says it makes; None before they said so.
    pub confirmed: Option<Vec<PointId>>,
}

/// How far a question has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It can be answered.
    #[default]
    Open,
    /// The answer is being said out loud, since the question had been on screen for so long.
    Speaking {
        /// Milliseconds.
        since_ms: u64,
    },
    /// What was to be said, or the card's back, is to be seen; the learner ticks, or says how well it
    /// was known.
    Shown,
    /// The answer stands; the follow-up question can be answered.
    FollowUp,
    /// The answer stands.
    Locked,
    /// The answer stands, and what it is worth was told (practice).
    Told,
}

/// What the overview shows of a question, besides its flag.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Standing {
    /// `·` It was not on screen yet.
    Unseen,
    /// `○` It was, and nothing was answered.
    Blank,
    /// `◐` Something is missing.
    Begun,
    /// `✓` It was answered.
    Answered,
}

impl Sheet {
    /// Whether the answer can still be changed.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Shown)
    }

    /// What the overview shows.
    pub fn standing(&self) -> Standing {
        if !self.seen {
            return Standing::Unseen;
        }
        let under_way = matches!(
            self.stage,
            Stage::Speaking { .. } | Stage::Shown | Stage::FollowUp
        );
        match &self.given {
            Given::Pairs(pairs) if pairs.contains(&None) => Standing::Begun,
            Given::Nothing if under_way => Standing::Begun,
            Given::Text(_) if self.stage == Stage::FollowUp => Standing::Begun,
            given if answers_nothing(given) => Standing::Blank,
            _ => Standing::Answered,
        }
    }

    /// Whether something was answered.
    pub fn is_answered(&self) -> bool {
        !answers_nothing(&self.given)
    }
}

/// Whether an answer of this form can answer a question of this kind.
pub(super) fn fits(kind: Kind, given: &Given) -> bool {
    matches!(
        (kind, given),
        (_, Given::Nothing)
            | (
                Kind::Choice | Kind::Multi | Kind::Predict,
                Given::Options(_)
            )
            | (Kind::Cloze | Kind::Short, Given::Text(_))
            | (Kind::Order, Given::Order(_))
            | (Kind::Match, Given::Pairs(_))
            | (Kind::Aloud, Given::Points(_))
            | (Kind::Card, Given::Own(_))
    )
}
