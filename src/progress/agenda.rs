use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CardId, Lang, LessonId, StudyDay},
    memory::{Candidate, CardMemory, Memory, Phase},
    notes::{Card, Lesson, Library, Origin, SiblingGroup},
};

/// Where cards may come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Sources {
    /// The learner's notes and the course.
    Both,
    /// The learner's notes alone.
    Own,
    /// The course alone.
    Course,
}

impl Sources {
    /// The choice after this one.
    pub fn next(self) -> Sources {
        match self {
            Sources::Both => Sources::Own,
            Sources::Own => Sources::Course,
            Sources::Course => Sources::Both,
        }
    }

    /// Whether cards of this origin are wanted.
    pub fn include(self, origin: Origin) -> bool {
        matches!(
            (self, origin),
            (Sources::Both, _) | (Sources::Own, Origin::Own) | (Sources::Course, Origin::Course)
        )
    }
}

/// Which cards a study session is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Filter {
    /// All there are.
    All,
    /// Those of one lesson.
    Lesson(LessonId),
    /// Those with one tag (their own or their lesson's), without `#`.
    Tag(String),
    /// These.
    Cards(Vec<CardId>),
}

/// What there is to study: the library seen through what the learner has done.
#[derive(Clone, Copy)]
pub struct Agenda<'a> {
    /// Everything there is to read and recall.
    pub library: &'a Library,
    /// What the learner did.
    pub memory: &'a Memory,
    /// The language to study in.
    pub lang: Lang,
    /// Where cards may come from.
    pub sources: Sources,
}

/// How far a lesson has come.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LessonProgress {
    /// Its sections.
    pub sections: usize,
    /// Sections that were on screen.
    pub read: usize,
    /// Its cards, those that are "not a card" left out.
    pub cards: usize,
    /// Cards that were graded at least once, or that the learner says they know.
    pub met: usize,
    /// Cards that were graded and are due.
    pub due: usize,
    /// Whether every card is said to be known.
    pub known: bool,
}

impl<'a> Agenda<'a> {
    /// The cards a session may draw from, in the order they would be new. A filter that names a
    /// lesson or a tag lets its cards be new whether the lesson was started or not.
    pub fn candidates(&self, filter: &Filter) -> Vec<Candidate> {
        let chosen = *filter != Filter::All;
        let open = if chosen {
            HashSet::new()
        } else {
            self.open_lessons()
        };
        let origins = self.origins();
        self.library
            .cards_in(self.lang)
            .filter(|card| match filter {
                Filter::All => origins
                    .get(&card.lesson)
                    .is_some_and(|origin| self.sources.include(*origin)),
                Filter::Lesson(lesson) => card.lesson == *lesson,
                Filter::Tag(tag) => self.has_tag(card, tag),
                Filter::Cards(cards) => cards.contains(&card.id),
            })
            .map(|card| Candidate {
                card: card.id.clone(),
                lesson: card.lesson.clone(),
                siblings: card.siblings.map(|group| group.0),
                new_allowed: chosen || open.contains(&card.lesson),
            })
            .collect()
    }

    /// Lessons whose cards may come as new: the learner's own notes, every course lesson that was
    /// started, and, where those hold nothing new, the next lesson of the course.
    fn open_lessons(&self) -> HashSet<LessonId> {
        let mut open = HashSet::new();
        let mut has_new = false;
        let mut next: Option<LessonId> = None;
        let fresh = self.lessons_with_fresh_cards();
        for lesson in self.lessons() {
            if lesson.origin == Origin::Own || self.is_started(lesson) {
                has_new |= fresh.contains(&lesson.id);
                open.insert(lesson.id.clone());
            } else if next.is_none() && fresh.contains(&lesson.id) {
                next = Some(lesson.id.clone());
            }
        }
        if !has_new {
            open.extend(next);
        }
        open
    }

    /// Lessons with a card that could come as new today. The other holes of a sentence that was met
    /// wait for another day and do not count.
    fn lessons_with_fresh_cards(&self) -> HashSet<LessonId> {
        let met = |card: &Card| self.memory.card(&card.id).phase() != Phase::New;
        let groups_met: HashSet<SiblingGroup> = self
            .library
            .cards_in(self.lang)
            .filter(|card| met(card))
            .filter_map(|card| card.siblings)
            .collect();
        self.library
            .cards_in(self.lang)
            .filter(|card| is_fresh(self.memory.card(&card.id)))
            .filter(|card| {
                card.siblings
                    .is_none_or(|group| !groups_met.contains(&group))
            })
            .map(|card| card.lesson.clone())
            .collect()
    }

    /// Each lesson of the wanted sources, in order.
    pub fn lessons(&self) -> impl Iterator<Item = &'a Lesson> + use<'a> {
        let sources = self.sources;
        self.library
            .lessons_in(self.lang)
            .filter(move |lesson| sources.include(lesson.origin))
    }

    /// Each field weighed by how many cards it has: what an interview on the learner's own notes asks.
    pub fn weights_by_cards(&self) -> BTreeMap<String, f64> {
        let mut weights = BTreeMap::new();
        for lesson in self.lessons() {
            let cards = self.library.cards_of(&lesson.id, self.lang).count();
            *weights.entry(lesson.domain.to_string()).or_default() += cards as f64;
        }
        weights
    }

    /// Whether a section was read or a card graded.
    pub fn is_started(&self, lesson: &Lesson) -> bool {
        self.memory.sections_read(&lesson.id).next().is_some()
            || self
                .library
                .cards_of(&lesson.id, self.lang)
                .any(|card| self.memory.card(&card.id).reps > 0)
    }

    /// The lesson to go on with: the first started and not read to its end, else the first that was
    /// not started and is not known.
    pub fn next_lesson(&self) -> Option<&'a Lesson> {
        let mut untouched = None;
        for lesson in self.lessons() {
            let read = self.memory.sections_read(&lesson.id).count();
            if read > 0 && read < lesson.sections.len() {
                return Some(lesson);
            }
            if read == 0 && untouched.is_none() && !self.progress(lesson, None).known {
                untouched = Some(lesson);
            }
        }
        untouched
    }

    /// How far a lesson has come; due cards are counted where a day is given.
    pub fn progress(&self, lesson: &Lesson, today: Option<StudyDay>) -> LessonProgress {
        let mut progress = LessonProgress {
            sections: lesson.sections.len(),
            read: self
                .memory
                .sections_read(&lesson.id)
                .count()
                .min(lesson.sections.len()),
            ..LessonProgress::default()
        };
        let mut known = 0;
        for card in self.library.cards_of(&lesson.id, self.lang) {
            let memory = self.memory.card(&card.id);
            if memory.not_a_card {
                continue;
            }
            progress.cards += 1;
            if memory.reps > 0 || memory.known {
                progress.met += 1;
            }
            known += usize::from(memory.known);
            if today.is_some_and(|today| memory.is_due(today)) {
                progress.due += 1;
            }
        }
        progress.known = progress.cards > 0 && known == progress.cards;
        progress
    }

    fn origins(&self) -> BTreeMap<LessonId, Origin> {
        self.library
            .lessons()
            .iter()
            .map(|lesson| (lesson.id.clone(), lesson.origin))
            .collect()
    }

    fn has_tag(&self, card: &Card, tag: &str) -> bool {
        let same = |one: &std::sync::Arc<str>| one.eq_ignore_ascii_case(tag);
        card.tags.iter().any(same)
            || self
                .library
                .lesson(&card.lesson, card.lang)
                .is_some_and(|lesson| lesson.tags.iter().any(same))
    }
}

/// Whether a card could still come as new.
fn is_fresh(card: &CardMemory) -> bool {
    card.phase() == Phase::New && !card.known && !card.suspended && !card.not_a_card
}
