//! Finds lessons, sections, cards and terms by what a learner types: Chinese, English, pinyin, initials, or
//! letters in between. Look first at [`SearchIndex`].

mod fold;
mod query;
mod rank;
mod sound;

use std::collections::HashSet;

use fuzzy_matcher::skim::SkimMatcherV2;

use self::{
    fold::{Letters, Pairs, fold, shown},
    query::{Query, Term},
    rank::Fit,
    sound::Readings,
};
use super::{Glossary, Library};
use crate::ids::{CardId, Lang, LessonId, TermId};

/// What a hit in the language not asked for loses.
const OTHER_LANGUAGE: i32 = 150;
/// Titles found letter by letter in one search: so many that look alike need another query, and a
/// search must answer while it is typed.
const MOST_FUZZY: u32 = 8_000;
/// Characters of an answer shown before and after what was found.
const CONTEXT: usize = 24;

/// How well a text fits what was typed, letter by letter; nothing where it does not.
pub fn fuzzy(text: &str, typed: &str) -> Option<i64> {
    fuzzy_matcher::FuzzyMatcher::fuzzy_match(&SkimMatcherV2::default().ignore_case(), text, typed)
}

/// Everything that can be found in one [`Library`], ready to be searched. It holds folded titles and
/// small filters, about 200 bytes a card; the library keeps the texts.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    entries: Vec<Entry>,
    /// The folded titles, one after the other.
    titles: String,
    readings: Readings,
    glossary: Glossary,
}

/// A lesson, section, card or term that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// The language of the text it was found in.
    pub lang: Lang,
    /// Its title or question, in one line and without markup.
    pub title: String,
    /// Which characters of the title were asked for, counted from 0, ascending.
    pub title_matches: Vec<u32>,
    /// Where it stands: the module of a lesson, the lesson of a section or card; what a term means; or
    /// the part of a card's answer where it was found.
    pub context: String,
    /// Which characters of the context were asked for.
    pub context_matches: Vec<u32>,
    /// How well it fits; only for comparing hits of one search.
    pub score: i32,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum HitKind {
    /// A lesson, by its title.
    Lesson(LessonId),
    /// A section of a lesson.
    Section {
        /// The lesson.
        lesson: LessonId,
        /// Which of its sections, counted from 0.
        section: u32,
    },
    /// A card, by its question or answer.
    Card(CardId),
    /// A term, by one of its names or what it means.
    Term(TermId),
}

#[derive(Clone, Debug)]
struct Entry {
    subject: Subject,
    lang: Lang,
    /// Bytes of the folded titles.
    title: (u32, u32),
    /// The title's characters.
    letters: Letters,
    /// The same, and the first letters of its syllables.
    initials: Letters,
    /// How the title can be spelled.
    title_sounds: Pairs,
    /// The answer.
    body_letters: Letters,
    body: Pairs,
    /// How it can be spelled.
    body_sounds: Pairs,
}

/// Places in the library's lists.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Lesson(u32),
    Section(u32, u32),
    Card(u32),
    Term(u32),
    /// Another name of a term.
    Also(u32, u32),
}

impl Subject {
    /// Between equals, a lesson before its sections before terms before cards.
    fn bonus(self) -> i32 {
        match self {
            Subject::Lesson(_) => 40,
            Subject::Section(..) => 20,
            Subject::Card(_) => 0,
            Subject::Term(_) => 5,
            Subject::Also(..) => 0,
        }
    }
}

impl SearchIndex {
    /// Reads all titles, questions and answers of a library. To be made when the first search is.
    pub fn new(library: &Library) -> Self {
        let mut index = Self {
            entries: Vec::with_capacity(library.cards().len() + library.lessons().len() * 4),
            titles: String::new(),
            readings: Readings::new(),
            glossary: Glossary::default(),
        };
        for (at, lesson) in library.lessons().iter().enumerate() {
            let at = at as u32;
            index.add(Subject::Lesson(at), lesson.lang, &lesson.title, "");
            // The first section is what stands before the first heading, titled like the lesson.
            for (number, section) in lesson.sections.iter().enumerate().skip(1) {
                let subject = Subject::Section(at, number as u32);
                index.add(subject, lesson.lang, &section.title, "");
            }
        }
        for (at, card) in library.cards().iter().enumerate() {
            index.add(Subject::Card(at as u32), card.lang, &card.front, &card.back);
        }
        index
    }

    /// The same, and the terms of a glossary.
    pub fn with_terms(mut self, glossary: &Glossary) -> Self {
        self.glossary = glossary.clone();
        for (at, term) in (0..).zip(glossary.terms()) {
            for lang in Lang::ALL {
                self.add(Subject::Term(at), lang, term.name(lang), term.meaning(lang));
            }
            for (number, also) in (0..).zip(&term.also) {
                let lang = if also.is_ascii() { Lang::En } else { Lang::Zh };
                self.add(Subject::Also(at, number), lang, also, "");
            }
        }
        self
    }

    fn add(&mut self, subject: Subject, lang: Lang, title: &str, body: &str) {
        let start = self.titles.len();
        self.titles.extend(shown(title).map(fold));
        shown(body).for_each(|c| self.readings.learn(c));
        let folded = &self.titles[start..];
        folded.chars().for_each(|c| self.readings.learn(c));
        let initials = folded.chars().flat_map(|c| {
            let readings = self.readings.of(c).iter();
            readings.map(|reading| char::from(reading.as_bytes()[0]))
        });
        self.entries.push(Entry {
            subject,
            lang,
            title: (start as u32, self.titles.len() as u32),
            letters: Letters::of(folded.chars()),
            initials: Letters::of(initials.chain(folded.chars())),
            title_sounds: self.readings.pairs(folded.chars()),
            body_letters: Letters::of(shown(body).map(fold)),
            body: Pairs::of(shown(body).map(fold)),
            body_sounds: self.readings.pairs(shown(body).map(fold)),
        });
    }

    /// The best hits, best first, each lesson, section, card and term once. All words of the query must be
    /// found, in any order. `library` must be the one the index was made from: an older or newer one
    /// gives wrong hits, though no panic.
    pub fn search(&self, library: &Library, query: &str, lang: Lang, limit: usize) -> Vec<Hit> {
        let query = Query::new(query);
        let mut search = Search {
            index: self,
            library,
            matcher: SkimMatcherV2::default().respect_case(),
            fuzzy_left: MOST_FUZZY,
            body: String::new(),
            room: String::new(),
        };
        let mut hits = Vec::new();
        let mut seen = HashSet::new();
        // What is spelled as it was typed is shown before what only may be meant.
        for reach in [Reach::Exact, Reach::Fuzzy] {
            search.fuzzy_left = MOST_FUZZY;
            let mut found: Vec<(i32, u32)> = (0..self.entries.len() as u32)
                .filter_map(|at| Some((search.score(at, &query, lang, reach)?, at)))
                .collect();
            search.fuzzy_left = u32::MAX;
            found.sort_unstable_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
            for (score, at) in found {
                if hits.len() >= limit {
                    return hits;
                }
                let hit = search.hit(at, &query, reach, score);
                hits.extend(hit.filter(|hit| seen.insert(hit.kind.clone())));
            }
        }
        hits
    }

    /// What stands under a title: the answer of a card, what a term means.
    fn body_of<'a>(&'a self, library: &'a Library, entry: &Entry) -> Option<&'a str> {
        match entry.subject {
            Subject::Card(at) => Some(&library.cards().get(at as usize)?.back),
            Subject::Term(at) => {
                let term = self.glossary.terms().get(at as usize)?;
                Some(term.meaning(entry.lang))
            }
            Subject::Lesson(_) | Subject::Section(..) | Subject::Also(..) => None,
        }
    }

    fn title(&self, entry: &Entry) -> &str {
        &self.titles[entry.title.0 as usize..entry.title.1 as usize]
    }
}

/// How far a search goes.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// Exact text anywhere, sounds in titles.
    Exact,
    /// Sounds in answers and letters in between, too.
    Fuzzy,
}

/// One search under way.
struct Search<'a> {
    index: &'a SearchIndex,
    library: &'a Library,
    matcher: SkimMatcherV2,
    /// How many more titles may be found letter by letter.
    fuzzy_left: u32,
    /// The folded answer looked at.
    body: String,
    room: String,
}

impl Search<'_> {
    fn score(&mut self, at: u32, query: &Query, lang: Lang, reach: Reach) -> Option<i32> {
        let fits = |search: &mut Self, terms: &[Term]| {
            let mut sum = 0;
            for term in terms {
                sum += search.fit(at, term, reach)?.fit.score;
            }
            Some(sum / terms.len() as i32)
        };
        let best = query
            .readings
            .iter()
            .filter_map(|terms| fits(self, terms))
            .max()?;
        let entry = &self.index.entries[at as usize];
        let penalty = if entry.lang == lang {
            0
        } else {
            OTHER_LANGUAGE
        };
        // A term is often the very word that was asked for: the lesson that begins with it comes first.
        let best = match entry.subject {
            Subject::Term(_) | Subject::Also(..) => best.min(rank::TITLE_BEGINS),
            Subject::Lesson(_) | Subject::Section(..) | Subject::Card(_) => best,
        };
        Some(best + entry.subject.bonus() - penalty)
    }

    fn fit(&mut self, at: u32, term: &Term, reach: Reach) -> Option<Placed> {
        let index = self.index;
        let entry = &index.entries[at as usize];
        let title = index.title(entry);
        let may_be_written = entry.letters.hold(term.letters);
        if may_be_written && let Some(fit) = rank::title_exact(title, term) {
            return Some(Placed::title(fit));
        }
        if term.spells
            && entry.title_sounds.hold(&term.pairs)
            && let Some(fit) = rank::title_sound(title, term, &index.readings)
        {
            return Some(Placed::title(fit));
        }
        let may_be_in_body = !term.pairs.is_empty()
            && entry.body_letters.hold(term.letters)
            && entry.body.hold(&term.pairs);
        if may_be_in_body {
            self.read_body(entry);
            if let Some(fit) = rank::body_exact(&self.body, term) {
                return Some(Placed::body(fit));
            }
        }
        if reach == Reach::Exact {
            return None;
        }
        if term.spells && term.length > 3 && entry.body_sounds.hold(&term.pairs) {
            self.read_body(entry);
            if let Some(fit) = rank::body_sound(&self.body, term, &index.readings) {
                return Some(Placed::body(fit));
            }
        }
        let may_be_near = may_be_written || term.spells && entry.initials.hold(term.letters);
        if !may_be_near || self.fuzzy_left == 0 {
            return None;
        }
        let room = &mut self.room;
        let fit = rank::title_fuzzy(title, term, &index.readings, &self.matcher, room)?;
        self.fuzzy_left -= 1;
        Some(Placed::title(fit))
    }

    fn read_body(&mut self, entry: &Entry) {
        self.body.clear();
        if let Some(body) = self.index.body_of(self.library, entry) {
            self.body.extend(shown(body).map(fold));
        }
    }

    fn hit(&mut self, at: u32, query: &Query, reach: Reach, score: i32) -> Option<Hit> {
        let placed = |search: &mut Self, terms: &[Term]| -> Option<Vec<Placed>> {
            terms
                .iter()
                .map(|term| search.fit(at, term, reach))
                .collect()
        };
        let sum = |placed: &Vec<Placed>| placed.iter().map(|placed| placed.fit.score).sum::<i32>();
        let placed: Vec<Placed> = query
            .readings
            .iter()
            .filter_map(|terms| placed(self, terms))
            .max_by_key(sum)?;
        let entry = &self.index.entries[at as usize];
        let lessons = self.library.lessons();
        let (kind, title, place) = match entry.subject {
            Subject::Lesson(at) => {
                let lesson = lessons.get(at as usize)?;
                let mut modules = self.library.modules().iter();
                let module = modules.find(|module| module.id == lesson.module);
                let place = module.map_or("", |module| module.title(entry.lang));
                (HitKind::Lesson(lesson.id.clone()), &*lesson.title, place)
            }
            Subject::Section(at, section) => {
                let lesson = lessons.get(at as usize)?;
                let kind = HitKind::Section {
                    lesson: lesson.id.clone(),
                    section,
                };
                (
                    kind,
                    &*lesson.sections.get(section as usize)?.title,
                    &*lesson.title,
                )
            }
            Subject::Card(at) => {
                let card = self.library.cards().get(at as usize)?;
                let lesson = self.library.lesson(&card.lesson, entry.lang);
                let place = lesson.map_or("", |lesson| &lesson.title);
                (HitKind::Card(card.id.clone()), &*card.front, place)
            }
            Subject::Term(at) => {
                let term = self.index.glossary.terms().get(at as usize)?;
                let (name, meaning) = (term.name(entry.lang), term.meaning(entry.lang));
                (HitKind::Term(term.id.clone()), name, meaning)
            }
            Subject::Also(at, number) => {
                let term = self.index.glossary.terms().get(at as usize)?;
                let also = term.also.get(number as usize)?;
                (
                    HitKind::Term(term.id.clone()),
                    &**also,
                    term.name(entry.lang),
                )
            }
        };
        let (context, context_matches) = match in_order(&placed, Place::Body) {
            matches if matches.is_empty() => (place.to_owned(), matches),
            matches => excerpt(self.index.body_of(self.library, entry)?, matches),
        };
        Some(Hit {
            kind,
            lang: entry.lang,
            title: shown(title).collect(),
            title_matches: in_order(&placed, Place::Title),
            context,
            context_matches,
            score,
        })
    }
}

/// Where a term was found.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Title,
    Body,
}

struct Placed {
    place: Place,
    fit: Fit,
}

impl Placed {
    fn title(fit: Fit) -> Self {
        Self {
            place: Place::Title,
            fit,
        }
    }

    fn body(fit: Fit) -> Self {
        Self {
            place: Place::Body,
            fit,
        }
    }
}

fn in_order(placed: &[Placed], place: Place) -> Vec<u32> {
    let there = placed.iter().filter(|placed| placed.place == place);
    let mut positions: Vec<u32> = there
        .flat_map(|placed| placed.fit.positions.clone())
        .collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// The part of an answer around the first match, and the matches in it.
fn excerpt(body: &str, matches: Vec<u32>) -> (String, Vec<u32>) {
    let first = matches.first().map_or(0, |at| *at as usize);
    let start = first.saturating_sub(CONTEXT);
    let mut text = String::new();
    let mut shift = 0;
    if start > 0 {
        text.push('…');
        shift = 1;
    }
    let end = matches
        .iter()
        .map(|at| *at as usize + 1)
        .take_while(|end| *end <= first + CONTEXT * 2)
        .last()
        .unwrap_or(first)
        + CONTEXT;
    let mut chars = shown(body).skip(start);
    text.extend(chars.by_ref().take(end - start));
    if chars.next().is_some() {
        text.push('…');
    }
    let matches = matches
        .into_iter()
        .filter(|at| (*at as usize) < end)
        .map(|at| at - start as u32 + shift)
        .collect();
    (text, matches)
}

#[cfg(test)]
mod tests;
