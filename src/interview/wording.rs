//! Answers in words: what was given, and what would have been right.

use super::{Ask, Given, Question, SelfMark};
use crate::{
    ids::{Lang, PointId},
    locale::Locale,
    walkthrough::Titles,
};

/// The letter an option, or a right side, is named by: `A` for the first.
pub fn letter(at: usize) -> char {
    u8::try_from(at)
        .ok()
        .filter(|at| *at < 26)
        .map_or('?', |at| char::from(b'A' + at))
}

/// Whether this answers nothing.
pub fn answers_nothing(given: &Given) -> bool {
    match given {
        Given::Nothing => true,
        Given::Options(options) => options.is_empty(),
        Given::Text(text) => text.trim().is_empty(),
        Given::Order(items) => items.is_empty(),
        Given::Pairs(pairs) => pairs.iter().all(Option::is_none),
        // To have ticked none says that none was made.
        Given::Points(_) | Given::Own(_) => false,
    }
}

impl Question {
    /// What stands below it, in the order in which it is shown: options, items or right sides.
    pub fn offers(&self, shown: &[usize]) -> Vec<&Titles> {
        let all: Vec<&Titles> = match &self.ask {
            Ask::Choice(choice) | Ask::Multi(choice) => {
                choice.options.iter().map(|option| &option.text).collect()
            }
            Ask::Order(order) => order.items.iter().collect(),
            Ask::Match(asked) => asked.pairs.iter().map(|pair| &pair.right).collect(),
            Ask::Predict(predict) => predict.options.iter().collect(),
            Ask::Cloze(_) | Ask::Short(_) | Ask::Aloud(_) | Ask::Card(_) => Vec::new(),
        };
        shown
            .iter()
            .filter_map(|at| all.get(*at).copied())
            .collect()
    }

    /// What one of its points says.
    pub fn point(&self, id: &PointId) -> Option<&Titles> {
        self.points()
            .into_iter()
            .find_map(|(point, text)| (point == id).then_some(text))
    }

    /// Its points, in order, and what each says.
    pub fn points(&self) -> Vec<(&PointId, &Titles)> {
        match &self.ask {
            Ask::Short(short) => short
                .points
                .iter()
                .map(|point| (&point.id, &point.text))
                .collect(),
            Ask::Aloud(aloud) => aloud
                .points
                .iter()
                .map(|point| (&point.id, &point.text))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What an interviewer asks when this point was not made.
    pub fn follow_up(&self, id: &PointId) -> Option<&Titles> {
        let Ask::Short(short) = &self.ask else {
            return None;
        };
        let point = short.points.iter().find(|point| point.id == *id)?;
        point.follow_up.as_ref()
    }
}

/// What was given, in words; empty for nothing. Points are not told: they are lists of their own.
pub fn given_words(question: &Question, given: &Given, (lang, locale): (Lang, &Locale)) -> String {
    match (given, &question.ask) {
        (Given::Text(text), _) => text.clone(),
        (Given::Own(own), _) => own_words(*own, locale).to_owned(),
        (Given::Options(chosen), Ask::Choice(choice) | Ask::Multi(choice)) => {
            let options = choice.options.iter().map(|option| &option.text);
            named(options, chosen, lang).join(between(lang))
        }
        (Given::Options(chosen), Ask::Predict(predict)) => {
            named(predict.options.iter(), chosen, lang).join(between(lang))
        }
        (Given::Order(items), Ask::Order(order)) => {
            named(order.items.iter(), items, lang).join(" → ")
        }
        (Given::Pairs(pairs), Ask::Match(asked)) => {
            let right = |at: &Option<usize>| {
                let pair = at.and_then(|at| asked.pairs.get(at));
                pair.map_or("–", |pair| pair.right.text(lang))
            };
            let told = asked.pairs.iter().zip(pairs);
            let told = told.map(|(pair, at)| format!("{} = {}", pair.left.text(lang), right(at)));
            told.collect::<Vec<_>>().join(between(lang))
        }
        _ => String::new(),
    }
}

/// What would have been right, in words: the model answer where there is one.
pub fn right_words(question: &Question, lang: Lang) -> String {
    match &question.ask {
        Ask::Choice(choice) | Ask::Multi(choice) => {
            let right = choice.options.iter().filter(|option| option.right);
            let right: Vec<&str> = right.map(|option| option.text.text(lang)).collect();
            right.join(between(lang))
        }
        Ask::Cloze(cloze) => cloze.accept.first().cloned().unwrap_or_default(),
        Ask::Order(order) => {
            let items: Vec<&str> = order.items.iter().map(|item| item.text(lang)).collect();
            items.join(" → ")
        }
        Ask::Match(asked) => {
            let pairs = asked.pairs.iter();
            let told =
                pairs.map(|pair| format!("{} = {}", pair.left.text(lang), pair.right.text(lang)));
            told.collect::<Vec<_>>().join(between(lang))
        }
        Ask::Short(short) => short.answer.text(lang).to_owned(),
        Ask::Aloud(aloud) => aloud.answer.text(lang).to_owned(),
        Ask::Predict(predict) => {
            let answer = predict.options.get(predict.answer);
            answer.map_or("", |answer| answer.text(lang)).to_owned()
        }
        Ask::Card(card) => card.back.text(lang).to_owned(),
    }
}

/// The learner's own word on how well something was known.
pub fn own_words(own: SelfMark, locale: &Locale) -> &str {
    locale.text(match own {
        SelfMark::Missed => "interview.missed",
        SelfMark::Partly => "interview.partly",
        SelfMark::Knew => "interview.knew",
    })
}

fn between(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    }
}

fn named<'a>(all: impl Iterator<Item = &'a Titles>, chosen: &[usize], lang: Lang) -> Vec<&'a str> {
    let all: Vec<&Titles> = all.collect();
    let chosen = chosen.iter().filter_map(|at| all.get(*at));
    chosen.map(|one| one.text(lang)).collect()
}
