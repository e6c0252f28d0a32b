//! Questions and the files they stand in. Look first at [`Question`]; the file format is in
//! `docs/question-format.md`.

mod ask;
mod collection;
mod predict;
mod reading;
#[cfg(test)]
mod tests;
mod written;

use serde::{Deserialize, Serialize};

pub use self::{
    ask::{
        Aloud, Ask, CardFace, Choice, Cloze, Compare, Match, Offer, Order, Pair, Point, Predict,
        Scene, Short, SpokenPoint,
    },
    collection::{QuestionFile, Questions, holds_questions, question_files},
    predict::{Runs, Unsettled},
};
use crate::{
    history::{Difficulty, Kind},
    ids::{CardId, Lang, LessonId, QuestionId},
    notes::Card,
    walkthrough::Titles,
};

/// A question, with all that is needed to ask it, to mark an answer and to explain it. It serialises
/// whole, so that a transcript holds it as it stood.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Question {
    /// What it is named by, in every file and transcript.
    pub id: QuestionId,
    /// The lesson it belongs to.
    pub lesson: LessonId,
    /// The field it belongs to, one of the course's domains.
    pub domain: String,
    /// What it takes to answer it.
    pub difficulty: Difficulty,
    /// What is asked, as Markdown.
    pub prompt: Titles,
    /// Shown afterwards: why the answer is what it is, as Markdown.
    pub why: Titles,
    /// Where that can be read, an address; empty for a card.
    pub source: String,
    /// The cards it tests.
    pub cards: Vec<CardId>,
    /// How it is asked and what is right.
    #[serde(flatten)]
    pub ask: Ask,
}

impl Question {
    /// How it is asked.
    pub fn kind(&self) -> Kind {
        self.ask.kind()
    }

    /// The languages it is asked in. What has one language only says the same in both.
    pub fn languages(&self) -> Vec<Lang> {
        let Titles { zh, en } = &self.prompt;
        let is_chinese = || zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        match zh == en {
            false => Lang::ALL.to_vec(),
            true if is_chinese() => vec![Lang::Zh],
            true => vec![Lang::En],
        }
    }

    /// Any card as a question the learner marks; its text is in the card's language in both.
    pub fn of_card(card: &Card, domain: &str) -> Question {
        let same = |text: &str| Titles {
            zh: text.to_owned(),
            en: text.to_owned(),
        };
        Question {
            id: QuestionId::new(format!("card:{}", card.id)),
            lesson: card.lesson.clone(),
            domain: domain.to_owned(),
            difficulty: Difficulty::Recall,
            prompt: same(&card.front),
            why: same(""),
            source: String::new(),
            cards: vec![card.id.clone()],
            ask: Ask::Card(CardFace {
                back: same(&card.back),
            }),
        }
    }
}
