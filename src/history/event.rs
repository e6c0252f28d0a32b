use serde::{Deserialize, Serialize};

use super::numbered::numbered;
use super::{Answer, Attempt};
use crate::ids::{CardId, LessonId, ParametersId, RowId, StudyDay};

/// What a row of history says was done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event {
    /// A card was graded.
    Review(Review),
    /// An earlier row no longer counts.
    Undo {
        /// The row taken back.
        row: RowId,
    },
    /// Something was decided about a card itself.
    Card {
        /// The card.
        card: CardId,
        /// What was decided.
        #[serde(flatten)]
        action: CardAction,
    },
    /// A card was edited and is now known by another id: its history moves along.
    Link {
        /// The id the history was made under.
        from: CardId,
        /// The id the card has now.
        to: CardId,
    },
    /// From here on, reviews are scheduled with these parameters.
    Parameters {
        /// `fsrs-6`.
        algorithm: String,
        /// The algorithm's weights.
        values: Vec<f32>,
    },
    /// A section of a lesson was on screen. Reading is never counted as knowing.
    Read {
        /// The lesson.
        lesson: LessonId,
        /// Which of its sections, counted from 0.
        section: u32,
    },
    /// The learner said what comes next in a walkthrough, before it was shown.
    Prediction(Prediction),
    /// A walkthrough was gone through to its end.
    Walked {
        /// The scenario.
        scenario: String,
        /// How.
        way: Way,
    },
    /// A mock interview is over.
    Attempt(Box<Attempt>),
    /// One question of a mock interview that is over, and what was answered. Follows its interview's
    /// row.
    Answer(Box<Answer>),
}

/// One answer to one question of a scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Prediction {
    /// The scenario.
    pub scenario: String,
    /// Which of its questions.
    pub prediction: String,
    /// The lesson the scenario belongs to.
    pub lesson: LessonId,
    /// What was chosen, in English.
    pub chosen: String,
    /// Whether that is what happened.
    pub right: bool,
    /// From seeing the question to answering, milliseconds.
    pub duration_ms: u32,
}

/// A way to go through a walkthrough.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// It is told, with a question before a key step here and there.
    #[default]
    Told,
    /// It is told, but for its key facts: the learner puts them in.
    Gaps,
    /// The learner tells it.
    Recount,
}

impl Way {
    /// All of them, in the order in which they are gone.
    pub const ALL: [Way; 3] = [Way::Told, Way::Gaps, Way::Recount];
}

/// One grade of one card. The before and after values record what was shown; they are never input
/// to later scheduling.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Review {
    /// The card graded.
    pub card: CardId,
    /// How well it was recalled.
    pub rating: Rating,
    /// In what kind of study.
    pub mode: Mode,
    /// The study day, in the learner's zone at that moment.
    pub day: StudyDay,
    /// From seeing the question to grading, milliseconds.
    pub duration_ms: u32,
    /// Study days since the card's previous scheduled review; 0 for the first.
    pub elapsed_days: u32,
    /// Stability before, days; absent for a new card.
    pub stability_before: Option<f32>,
    /// Difficulty before, 1 to 10; absent for a new card.
    pub difficulty_before: Option<f32>,
    /// Stability after, days; equal to before where the grade does not train (cram).
    pub stability_after: Option<f32>,
    /// Difficulty after, 1 to 10.
    pub difficulty_after: Option<f32>,
    /// Probability of recall that the model predicted just before; absent for a new card.
    pub predicted_recall: Option<f32>,
    /// The retention the schedule aimed at.
    pub desired_retention: f32,
    /// The parameters in force.
    pub parameters: ParametersId,
}

/// How well a card was recalled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Rating {
    /// Not recalled.
    Again = 1,
    /// Recalled with effort: a pass.
    Hard = 2,
    /// Recalled.
    Good = 3,
    /// Recalled without thinking.
    Easy = 4,
}

impl Rating {
    /// All four, from worst to best.
    pub const ALL: [Rating; 4] = [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy];

    /// Whether the card was recalled.
    pub fn passed(self) -> bool {
        self != Rating::Again
    }
}

numbered!(Rating, "a rating", "1, 2, 3 or 4");

/// The kind of study a grade was given in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The first grade of a new card.
    Learn,
    /// A card that was due, or studied ahead of time.
    Review,
    /// A card that was failed and came back the same day.
    Relearn,
    /// Practice that neither moves the schedule nor trains nor counts in retention.
    Cram,
    /// Set by hand; neither trains nor counts in retention.
    Manual,
}

impl Mode {
    /// Whether a grade given in this mode moves the schedule.
    pub fn schedules(self) -> bool {
        matches!(self, Mode::Learn | Mode::Review | Mode::Relearn)
    }
}

/// What was decided about a card.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CardAction {
    /// Leave it out of study until told otherwise.
    Suspend,
    /// Study it again.
    Unsuspend,
    /// Leave it out until this day.
    Bury {
        /// The first day it may come again.
        until: StudyDay,
    },
    /// Mark it for a later look.
    Flag,
    /// Take the mark off.
    Unflag,
    /// The learner knows it: it is not offered as new.
    Known,
    /// "I know this" is taken back.
    Unknown,
    /// Forget its schedule; it is new again.
    Reset,
    /// What the reader took for a card is none.
    NotACard,
    /// It is a card after all.
    ACard,
}
