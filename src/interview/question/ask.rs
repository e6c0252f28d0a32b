use serde::{Deserialize, Serialize};

use crate::{history::Kind, ids::PointId, walkthrough::Titles};

/// How a question is asked, and what is right.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Ask {
    /// One option of several.
    Choice(Choice),
    /// Two or more options of several.
    Multi(Choice),
    /// The word or command that is missing.
    Cloze(Cloze),
    /// Things to be brought into order.
    Order(Order),
    /// Things to be paired.
    Match(Match),
    /// An answer in sentences, marked by the points it makes.
    Short(Short),
    /// An answer said out loud; the learner ticks the points made.
    Aloud(Aloud),
    /// What a run of the cluster model does next.
    Predict(Predict),
    /// A card; the learner says how well it was known.
    Card(CardFace),
}

impl Ask {
    /// The kind's name alone.
    pub fn kind(&self) -> Kind {
        match self {
            Ask::Choice(_) => Kind::Choice,
            Ask::Multi(_) => Kind::Multi,
            Ask::Cloze(_) => Kind::Cloze,
            Ask::Order(_) => Kind::Order,
            Ask::Match(_) => Kind::Match,
            Ask::Short(_) => Kind::Short,
            Ask::Aloud(_) => Kind::Aloud,
            Ask::Predict(_) => Kind::Predict,
            Ask::Card(_) => Kind::Card,
        }
    }
}

/// Options to choose from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// In the order of the file; a session shuffles them.
    pub options: Vec<Offer>,
}

/// One option.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Offer {
    /// What it says.
    pub text: Titles,
    /// Whether it is to be chosen.
    pub right: bool,
    /// Of a wrong one: why it is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Titles>,
}

/// A blank to be filled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cloze {
    /// What may stand there; the first is shown as the answer.
    pub accept: Vec<String>,
    /// How what was typed is compared with these.
    #[serde(default)]
    pub compare: Compare,
}

/// How what was typed into a blank is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// As words: case, width, punctuation and spaces do not count.
    #[default]
    Text,
    /// As a command: by its verb, its operands and its flags in any order and form.
    Command,
}

/// Things to be brought into order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// In the right order; a session shuffles them.
    pub items: Vec<Titles>,
}

/// Things to be paired.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Match {
    /// What belongs together; a session shuffles the right sides.
    pub pairs: Vec<Pair>,
}

/// Two things that belong together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pair {
    /// What is given.
    pub left: Titles,
    /// What is to be found for it.
    pub right: Titles,
}

/// An answer in sentences.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Short {
    /// A model answer.
    pub answer: Titles,
    /// What an answer should say.
    pub points: Vec<Point>,
}

/// Something an answer should say, and the forms of words by which it is found there.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// What it is named by within its question.
    pub id: PointId,
    /// How much it counts, 1 to 3.
    pub weight: u8,
    /// What it says.
    pub text: Titles,
    /// Any of these forms will do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// Each of these forms must be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// `A<B`: A must be said, and before B.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// None of these forms may be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// What an interviewer asks when it was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<Titles>,
}

/// An answer said out loud.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Aloud {
    /// The time there is to say it, in seconds.
    pub seconds: u32,
    /// A model answer.
    pub answer: Titles,
    /// What the learner ticks.
    pub points: Vec<SpokenPoint>,
}

/// Something an answer said out loud should say.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SpokenPoint {
    /// What it is named by within its question.
    pub id: PointId,
    /// How much it counts, 1 to 3.
    pub weight: u8,
    /// What it says.
    pub text: Titles,
}

/// A prediction of a scenario. Options and answer are there once the model was run
/// ([`super::Question::settle`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Predict {
    /// The scenario.
    pub scenario: String,
    /// Which of its predictions.
    pub prediction: String,
    /// What was done up to the moment that is asked about.
    #[serde(default)]
    pub scene: Scene,
    /// The options, in the order they are shown; empty before the model was run.
    #[serde(default)]
    pub options: Vec<Titles>,
    /// Which of them happens.
    #[serde(default)]
    pub answer: usize,
}

/// What a run of the model was given up to some moment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Scene {
    /// The scenario's title; None before the model was run.
    pub title: Option<Titles>,
    /// The files commands name, each with its name and text.
    pub files: Vec<(String, String)>,
    /// The command lines, and the faults after a `#`, in order.
    pub acts: Vec<String>,
}

/// The answer's side of a card.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CardFace {
    /// As Markdown.
    pub back: Titles,
}
