use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Card, Lesson, Origin, identity::folded};
use crate::ids::{CardId, Lang, LessonId};

/// Everything there is to read and recall: the learner's own notes first, then the course in the
/// order its lessons build on each other.
#[derive(Clone, Default, Debug)]
pub struct Library {
    modules: Vec<Module>,
    lessons: Vec<Lesson>,
    cards: Vec<Card>,
    lesson_index: HashMap<LessonId, [Option<u32>; 2]>,
    card_index: HashMap<CardId, [Option<u32>; 2]>,
    cards_by_lesson: HashMap<LessonId, Vec<u32>>,
}

/// A group of lessons: a part of the course, or one file of the learner's.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Module {
    /// What lessons name it by.
    pub id: Arc<str>,
    /// Who wrote it.
    pub origin: Origin,
    /// Its title in Chinese.
    pub title_zh: Box<str>,
    /// Its title in English.
    pub title_en: Box<str>,
}

impl Module {
    /// Its title in a language.
    pub fn title(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.title_zh,
            Lang::En => &self.title_en,
        }
    }
}

impl Library {
    /// Joins modules, lessons and cards that are already in order. Where two cards or lessons of one
    /// language share an id, the first is found by that id.
    pub fn new(modules: Vec<Module>, lessons: Vec<Lesson>, cards: Vec<Card>) -> Self {
        let mut lesson_index: HashMap<LessonId, [Option<u32>; 2]> = HashMap::new();
        for (at, lesson) in lessons.iter().enumerate() {
            lesson_index.entry(lesson.id.clone()).or_default()[lesson.lang as usize]
                .get_or_insert(at as u32);
        }
        let mut card_index: HashMap<CardId, [Option<u32>; 2]> = HashMap::with_capacity(cards.len());
        let mut cards_by_lesson: HashMap<LessonId, Vec<u32>> = HashMap::new();
        for (at, card) in cards.iter().enumerate() {
            let languages = card_index.entry(card.id.clone()).or_default();
            if languages[card.lang as usize].is_none() {
                languages[card.lang as usize] = Some(at as u32);
                cards_by_lesson
                    .entry(card.lesson.clone())
                    .or_default()
                    .push(at as u32);
            }
        }
        Self {
            modules,
            lessons,
            cards,
            lesson_index,
            card_index,
            cards_by_lesson,
        }
    }

    /// The groups of lessons, in order.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// Every lesson in every language it has, in order.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// Every card in every language it has, in order.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// A lesson in the language asked for, else in the one it has.
    pub fn lesson(&self, id: &LessonId, lang: Lang) -> Option<&Lesson> {
        let at = in_language(self.lesson_index.get(id)?, lang)?;
        Some(&self.lessons[at])
    }

    /// A card in the language asked for, else in the one it has.
    pub fn card(&self, id: &CardId, lang: Lang) -> Option<&Card> {
        let at = in_language(self.card_index.get(id)?, lang)?;
        Some(&self.cards[at])
    }

    /// The lesson a person names: by its id, or by its title in either language, in any case and
    /// width. Where there is none, the ids of those whose id or title holds what was said.
    ///
    /// # Errors
    /// The ids of lessons that come near.
    pub fn find_lesson(&self, name: &str) -> Result<&LessonId, Vec<&LessonId>> {
        if let Some((id, _)) = self.lesson_index.get_key_value(name) {
            return Ok(id);
        }
        let wanted = folded(name.trim());
        let named = |lesson: &&Lesson| {
            folded(&lesson.title) == wanted || folded(lesson.id.as_str()) == wanted
        };
        if let Some(lesson) = self.lessons.iter().find(named) {
            return Ok(&lesson.id);
        }
        let mut near: Vec<&LessonId> = self
            .lessons
            .iter()
            .filter(|lesson| {
                !wanted.is_empty()
                    && (folded(&lesson.title).contains(&wanted)
                        || folded(lesson.id.as_str()).contains(&wanted))
            })
            .map(|lesson| &lesson.id)
            .collect();
        near.dedup();
        Err(near)
    }

    /// Each lesson once, in order, in the language asked for where it has that.
    pub fn lessons_in(&self, lang: Lang) -> impl Iterator<Item = &Lesson> {
        self.lessons
            .iter()
            .enumerate()
            .filter_map(move |(at, lesson)| {
                let found = in_language(self.lesson_index.get(&lesson.id)?, lang)?;
                (found == at).then_some(lesson)
            })
    }

    /// Each card once, in order, in the language asked for where it has that.
    pub fn cards_in(&self, lang: Lang) -> impl Iterator<Item = &Card> {
        self.cards.iter().enumerate().filter_map(move |(at, card)| {
            let found = in_language(self.card_index.get(&card.id)?, lang)?;
            (found == at).then_some(card)
        })
    }

    /// A lesson's cards, each once, in order, in the language asked for where they have that.
    pub fn cards_of(&self, lesson: &LessonId, lang: Lang) -> impl Iterator<Item = &Card> {
        self.cards_by_lesson
            .get(lesson)
            .into_iter()
            .flatten()
            .filter_map(move |&at| {
                let card = &self.cards[at as usize];
                let found = in_language(self.card_index.get(&card.id)?, lang)?;
                (found == at as usize).then_some(card)
            })
    }
}

fn in_language(languages: &[Option<u32>; 2], lang: Lang) -> Option<usize> {
    languages[lang as usize]
        .or(languages[lang.other() as usize])
        .map(|at| at as usize)
}
