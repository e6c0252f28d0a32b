use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};
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
    lesson_index: Index<LessonId>,
    card_index: Index<CardId>,
    cards_by_lesson: FxHashMap<LessonId, Vec<u32>>,
}

/// Where each id stands in each language.
type Index<Id> = FxHashMap<Id, [Option<u32>; 2]>;

/// Pairs of places that share an id and a language: the first, which is found by it, and another.
#[derive(Default)]
pub(super) struct Clashes {
    pub(super) lessons: Vec<(u32, u32)>,
    pub(super) cards: Vec<(u32, u32)>,
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
        Self::with_clashes(modules, lessons, cards).0
    }

    /// [`Library::new`], and the lessons and cards that are not found by their ids.
    pub(super) fn with_clashes(
        modules: Vec<Module>,
        lessons: Vec<Lesson>,
        cards: Vec<Card>,
    ) -> (Self, Clashes) {
        let mut clashes = Clashes::default();
        let mut lesson_index = Index::default();
        for (at, lesson) in (0..).zip(&lessons) {
            let place =
                &mut lesson_index.entry(lesson.id.clone()).or_default()[lesson.lang as usize];
            match place {
                Some(first) => clashes.lessons.push((*first, at)),
                None => *place = Some(at),
            }
        }
        let mut card_index = Index::with_capacity_and_hasher(cards.len(), FxBuildHasher);
        let mut cards_by_lesson: FxHashMap<LessonId, Vec<u32>> = FxHashMap::default();
        for (at, card) in (0..).zip(&cards) {
            let place = &mut card_index.entry(card.id.clone()).or_default()[card.lang as usize];
            match place {
                Some(first) => clashes.cards.push((*first, at)),
                None => {
                    *place = Some(at);
                    match cards_by_lesson.get_mut(&card.lesson) {
                        Some(cards) => cards.push(at),
                        None => {
                            cards_by_lesson.insert(card.lesson.clone(), vec![at]);
                        }
                    }
                }
            }
        }
        let library = Self {
            modules,
            lessons,
            cards,
            lesson_index,
            card_index,
            cards_by_lesson,
        };
        (library, clashes)
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
