//! Every fact of the notes is taught, practised and asked, in both languages, where `coverage.toml` says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use podlings::{
    ids::{CardId, Lang, LessonId},
    notes::{Lesson, Library, course, plain},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    fact: Vec<Fact>,
    correction: Vec<Correction>,
}

#[derive(Deserialize)]
struct Fact {
    id: String,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct Correction {
    of: Vec<String>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct Place {
    says: String,
    lesson: String,
    section: Both<String>,
    terms: Both<Vec<String>>,
    cards: Vec<String>,
    questions: Vec<String>,
}

#[derive(Deserialize)]
struct Both<T> {
    zh: T,
    en: T,
}

impl<T> Both<T> {
    fn of(&self, lang: Lang) -> &T {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn coverage() -> Coverage {
    toml::from_str(include_str!("../coverage.toml")).expect("coverage.toml can be read")
}

#[test]
fn every_fact_has_its_row_and_every_correction_its_fact() {
    let Coverage { fact, correction } = coverage();
    let docker = (1..=16).map(|number| format!("D{number}"));
    let kubernetes = (1..=68).map(|number| format!("K{number}"));
    let wanted: Vec<String> = docker.chain(kubernetes).collect();
    let rows: Vec<String> = fact.iter().map(|fact| fact.id.clone()).collect();
    assert_eq!(rows, wanted);
    assert_eq!(correction.len(), 20);
    for of in correction.iter().flat_map(|row| &row.of) {
        assert!(wanted.contains(of), "{of} is no fact");
    }
}

#[test]
fn every_row_is_taught_practised_and_asked_in_both_languages() {
    let Coverage { fact, correction } = coverage();
    let library = course();
    let questions = questions();
    let mut wrong = Vec::new();
    let facts = fact.into_iter().map(|row| (row.id, row.place));
    let corrections = correction.into_iter().map(|row| {
        (
            format!("the correction of {}", row.of.join(", ")),
            row.place,
        )
    });
    for (name, place) in facts.chain(corrections) {
        for lang in Lang::ALL {
            for gap in gaps(&place, lang, &library, &questions) {
                wrong.push(format!("{name} ({lang:?}): {gap}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a row promises and the course does not hold.
fn gaps(
    place: &Place,
    lang: Lang,
    library: &Library,
    questions: &BTreeMap<String, BTreeSet<&'static str>>,
) -> Vec<String> {
    let mut gaps = Vec::new();
    if place.says.is_empty() || place.terms.of(lang).is_empty() {
        gaps.push("it says nothing".to_owned());
    }
    let lesson = LessonId::new(place.lesson.as_str());
    let title = place.section.of(lang);
    match library.lesson(&lesson, lang).filter(|it| it.lang == lang) {
        None => gaps.push(format!("there is no lesson {}", place.lesson)),
        Some(lesson) => match section(lesson, title) {
            None => gaps.push(format!("{} has no section \"{title}\"", place.lesson)),
            Some(text) => {
                let missing = place.terms.of(lang).iter();
                let missing = missing.filter(|term| !text.contains(&folded(term)));
                gaps.extend(missing.map(|term| format!("\"{title}\" does not say \"{term}\"")));
            }
        },
    }
    if place.cards.is_empty() || place.questions.is_empty() {
        gaps.push("no card practises it, or no question asks it".to_owned());
    }
    for card in &place.cards {
        if (library.card(&CardId::new(card.as_str()), lang)).is_none_or(|found| found.lang != lang)
        {
            gaps.push(format!("there is no card {card}"));
        }
    }
    for question in &place.questions {
        if !(questions.get(question)).is_some_and(|langs| langs.contains(lang.code())) {
            gaps.push(format!("there is no question {question}"));
        }
    }
    gaps
}

/// What stands under a heading, deeper headings included.
fn section(lesson: &Lesson, title: &str) -> Option<String> {
    let at = (lesson.sections.iter()).position(|section| &*section.title == title)?;
    let section = &lesson.sections[at];
    let next = lesson.sections[at + 1..]
        .iter()
        .find(|next| next.level <= section.level);
    let first = section.line as usize - 1;
    let lines = next.map_or(usize::MAX, |next| next.line as usize - 1) - first;
    let text = fs::read_to_string(root().join(&*lesson.file)).expect("the lesson's file");
    let text: Vec<&str> = text.lines().skip(first).take(lines).collect();
    Some(folded(&plain(&text.join("\n"))))
}

fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The built-in questions, those included that wait for the forms of their points, and the languages of
/// their prompts. What a prediction asks is its scenario's, which has both.
fn questions() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root().join("content/questions")).expect("the questions") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a file");
        let table: toml::Table = text.parse().expect("TOML");
        for question in table["question"].as_array().expect("questions") {
            let prompt = question.get("prompt").and_then(toml::Value::as_table);
            let langs = ["zh", "en"]
                .into_iter()
                .filter(|lang| prompt.is_none_or(|prompt| prompt.contains_key(*lang)));
            let id = question["id"].as_str().expect("an id").to_owned();
            found.insert(id, langs.collect());
        }
    }
    found
}
