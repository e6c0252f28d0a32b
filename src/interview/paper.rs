use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ask, Draw, Question, chance::Chance};
use crate::{
    history::Blueprint,
    ids::{AttemptId, Lang, Now},
};

/// What is asked in one interview: settled when it begins, and kept whole, so that a file edited
/// meanwhile changes nothing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Paper {
    /// The interview.
    pub attempt: AttemptId,
    /// What it was made from.
    pub blueprint: Blueprint,
    /// What decided.
    pub seed: u64,
    /// The language it is held in.
    pub lang: Lang,
    /// When it began, milliseconds since 1970, UTC.
    pub started_ms: i64,
    /// The time there is, milliseconds.
    pub limit_ms: u64,
    /// Whether cards of wrong answers come up for study.
    pub feeds_memory: bool,
    /// The questions, in order.
    pub items: Vec<Item>,
}

/// One question of a paper.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The question.
    pub question: Question,
    /// The order in which its options, items or right sides are shown; empty if it has none.
    pub shown: Vec<usize>,
}

impl Paper {
    /// A paper of these questions.
    pub fn new(
        attempt: AttemptId,
        (blueprint, seed): (Blueprint, u64),
        draw: Draw,
        lang: Lang,
        now: &Now,
    ) -> Paper {
        let limit = blueprint.limit(draw.questions.len());
        let items = draw.questions.into_iter().map(|question| Item {
            shown: shown(&question, seed),
            question,
        });
        Paper {
            attempt,
            seed,
            lang,
            started_ms: now.unix_ms(),
            limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
            feeds_memory: true,
            items: items.collect(),
            blueprint,
        }
    }

    /// The time there is.
    pub fn limit(&self) -> Duration {
        Duration::from_millis(self.limit_ms)
    }
}

fn shown(question: &Question, seed: u64) -> Vec<usize> {
    let mut chance = Chance::about(seed, question.id.as_str());
    match &question.ask {
        Ask::Choice(choice) | Ask::Multi(choice) => chance.order(choice.options.len()),
        Ask::Order(order) => chance.disorder(order.items.len()),
        Ask::Match(pairs) => chance.disorder(pairs.pairs.len()),
        // They stand by number or alphabet, which tells nothing.
        Ask::Predict(predict) => (0..predict.options.len()).collect(),
        Ask::Cloze(_) | Ask::Short(_) | Ask::Aloud(_) | Ask::Card(_) => Vec::new(),
    }
}
