//! What was asked in a mock interview, and what was answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::numbered::numbered;
use crate::ids::{AttemptId, CardId, Lang, LessonId, PointId, QuestionId};

/// A mock interview that is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// What its answers name it by.
    pub attempt: AttemptId,
    /// What it was made from.
    pub blueprint: Blueprint,
    /// Decided which questions, and in what order.
    pub seed: u64,
    /// The language it was held in.
    pub lang: Lang,
    /// The version of the rules it was marked by.
    pub marking: u32,
    /// When it began, milliseconds since 1970, UTC.
    pub started_ms: i64,
    /// How long its clock ran, milliseconds.
    pub spent_ms: u64,
    /// How it ended.
    pub end: End,
    /// How many questions it asked.
    pub questions: u32,
    /// When the clock stood still, in order.
    pub breaks: Vec<Break>,
}

/// What an interview is made from, but for the seed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Blueprint {
    /// Which of those that are offered.
    pub preset: Preset,
    /// What it weighs: a profile of the course, or where its cards come from.
    pub profile: Option<String>,
    /// Only questions of these domains; all if there are none.
    pub domains: Vec<String>,
    /// How many questions, if there are as many.
    pub count: u32,
    /// The time there is, minutes.
    pub minutes: u32,
    /// Questions as easy as this and harder.
    pub easiest: Difficulty,
    /// Questions as hard as this and easier.
    pub hardest: Difficulty,
    /// What is told when.
    pub format: Format,
}

/// The interviews that are offered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// 10 questions in 10 minutes.
    Quick,
    /// 20 in 30.
    Mock,
    /// 40 in 60.
    Full,
    /// What was answered wrong the last time it was asked.
    Wrong,
    /// As the learner chose.
    Custom,
}

impl Preset {
    /// As it is written in the history and in reports.
    pub fn code(self) -> &'static str {
        match self {
            Preset::Quick => "quick",
            Preset::Mock => "mock",
            Preset::Full => "full",
            Preset::Wrong => "wrong",
            Preset::Custom => "custom",
        }
    }
}

/// What is told when.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Nothing until the end.
    Exam,
    /// Each answer is explained at once.
    Practice,
}

/// How an interview ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The learner handed it in.
    Submitted,
    /// Its time was over.
    Time,
}

/// A time in which the clock stood still.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Break {
    /// Why.
    pub why: BreakKind,
    /// What the clock had counted, milliseconds.
    pub at_ms: u64,
    /// How long it lasted, milliseconds; 0 where the wall clock went back meanwhile.
    pub lasted_ms: u64,
}

/// Why the clock stood still.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BreakKind {
    /// The learner stopped it.
    Pause,
    /// The program ended: it was left, or killed.
    Interruption,
}

/// One question of an interview that is over, and what was answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The interview.
    pub attempt: AttemptId,
    /// Which of its questions, counted from 1.
    pub number: u32,
    /// The question.
    pub question: QuestionId,
    /// How it was asked.
    pub asked: Kind,
    /// The lesson it belongs to.
    pub lesson: LessonId,
    /// The field it belongs to; empty for the learner's own notes.
    pub domain: String,
    /// What it took to answer it.
    pub difficulty: Difficulty,
    /// What was answered.
    pub given: Given,
    /// The follow-up question that was asked, and what was answered to it.
    pub follow_up: Option<FollowUp>,
    /// How sure the learner was, if they said so.
    pub certainty: Option<Certainty>,
    /// Whether it was flagged.
    pub flagged: bool,
    /// How long it was on screen while the clock ran, milliseconds.
    pub duration_ms: u64,
    /// What the answer is worth by rule, 0 to 1.
    pub credit: f64,
    /// Whether that is right, as far as certainty goes.
    pub right: bool,
    /// What the learner made of it, where points were found and confirmed.
    pub confirmed: Option<Confirmed>,
    /// The cards that come up for study because of it.
    pub cards: Vec<CardId>,
    /// The order in which its options, items or right sides were shown; empty if it has none.
    pub shown: Vec<usize>,
    /// The question as it stood.
    pub stood: serde_json::Value,
}

/// What an answer is worth once the learner has confirmed or corrected its points.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Confirmed {
    /// The points it makes.
    pub points: Vec<PointId>,
    /// What it is worth, 0 to 1.
    pub credit: f64,
    /// Whether that is right.
    pub right: bool,
}

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

numbered!(Certainty, "a certainty", "1, 2 or 3");

/// What it takes to answer a question.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Difficulty {
    /// Knowing it.
    Recall = 1,
    /// Saying why.
    Explain = 2,
    /// Using it.
    Apply = 3,
    /// Finding what is wrong.
    Diagnose = 4,
}

impl Difficulty {
    /// All four, from the easiest.
    pub const ALL: [Difficulty; 4] = [
        Difficulty::Recall,
        Difficulty::Explain,
        Difficulty::Apply,
        Difficulty::Diagnose,
    ];
}

numbered!(Difficulty, "a difficulty", "1, 2, 3 or 4");

/// How a question is asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One option of several.
    Choice,
    /// Two or more options of several.
    Multi,
    /// The word or command that is missing.
    Cloze,
    /// Things to be brought into order.
    Order,
    /// Things to be paired.
    Match,
    /// An answer in sentences, marked by the points it makes.
    Short,
    /// An answer said out loud; the learner ticks the points made.
    Aloud,
    /// What a run of the cluster model does next.
    Predict,
    /// A card; the learner says how well it was known.
    Card,
}

impl Kind {
    /// As it is written in question files and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Choice => "choice",
            Kind::Multi => "multi",
            Kind::Cloze => "cloze",
            Kind::Order => "order",
            Kind::Match => "match",
            Kind::Short => "short",
            Kind::Aloud => "aloud",
            Kind::Predict => "predict",
            Kind::Card => "card",
        }
    }

    /// Whether the learner marks it: its score stands apart from those marked by rule.
    pub fn is_self_marked(self) -> bool {
        matches!(self, Kind::Aloud | Kind::Card)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
