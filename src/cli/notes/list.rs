use std::{
    collections::BTreeMap,
    fmt::{Display, Write},
    path::PathBuf,
    process::ExitCode,
};

use serde::Serialize;

use super::{VERSION, glossaries, json, questions, read, shown};
use crate::{
    cli::{Failure, Setup, arguments::Format, written},
    ids::Lang,
    interview::{self, Questions},
    notes::{Diagnostic, Severity, plain},
    tui::text::safe,
};

#[derive(Serialize)]
struct Listed<'a> {
    version: u32,
    lessons: Vec<LessonRow<'a>>,
    cards: Vec<CardRow<'a>>,
    questions: QuestionCounts<'a>,
    glossary: GlossaryCounts,
}

#[derive(Serialize)]
struct LessonRow<'a> {
    id: &'a str,
    title: &'a str,
    lang: Lang,
    module: &'a str,
    file: &'a str,
    line: u32,
    sections: usize,
    cards: usize,
}

#[derive(Serialize)]
struct CardRow<'a> {
    id: &'a str,
    kind: crate::notes::CardKind,
    front: String,
    back: String,
    lesson: &'a str,
    tags: &'a [std::sync::Arc<str>],
    lang: Lang,
    file: &'a str,
    line: u32,
}

/// How many interview questions there are.
#[derive(Serialize)]
struct QuestionCounts<'a> {
    total: usize,
    by_kind: BTreeMap<interview::Kind, usize>,
    by_domain: BTreeMap<&'a str, usize>,
    by_difficulty: BTreeMap<u8, usize>,
    by_lang: BTreeMap<Lang, usize>,
}

/// How many terms there are.
#[derive(Serialize)]
struct GlossaryCounts {
    terms: usize,
}

impl QuestionCounts<'_> {
    fn of(questions: &Questions) -> QuestionCounts<'_> {
        QuestionCounts {
            total: questions.all().len(),
            by_kind: questions.by_kind(),
            by_domain: questions.by_domain(),
            by_difficulty: questions.by_difficulty(),
            by_lang: questions.by_lang(),
        }
    }
}

/// `podlings notes list`
pub(in crate::cli) fn list(
    setup: Setup,
    paths: &[PathBuf],
    format: Format,
) -> Result<ExitCode, Failure> {
    let (library, mut diagnostics) = read(&setup, paths);
    let (questions, found) = questions(&setup, paths);
    diagnostics.extend(found);
    let (glossaries, found) = glossaries(paths);
    diagnostics.extend(found);
    let terms = glossaries.iter().map(|one| one.terms().len()).sum();
    for diagnostic in &diagnostics {
        if diagnostic.severity == Severity::Error {
            eprintln!("podlings: {}", shown(diagnostic)?);
        }
    }
    let lang = setup.lang_asked();
    let wanted = |one: Lang| lang.is_none_or(|lang| lang == one);
    let mut counts: BTreeMap<(&str, Lang), usize> = BTreeMap::new();
    for card in library.cards() {
        *counts.entry((card.lesson.as_str(), card.lang)).or_default() += 1;
    }
    let lessons: Vec<LessonRow<'_>> = library
        .lessons()
        .iter()
        .filter(|lesson| wanted(lesson.lang))
        .map(|lesson| LessonRow {
            id: lesson.id.as_str(),
            title: &lesson.title,
            lang: lesson.lang,
            module: &lesson.module,
            file: &lesson.file,
            line: lesson.line,
            sections: lesson.sections.len(),
            cards: counts
                .get(&(lesson.id.as_str(), lesson.lang))
                .copied()
                .unwrap_or(0),
        })
        .collect();
    let cards: Vec<CardRow<'_>> = library
        .cards()
        .iter()
        .filter(|card| wanted(card.lang))
        .map(|card| CardRow {
            id: card.id.as_str(),
            kind: card.kind,
            front: plain(&card.front),
            back: plain(&card.back),
            lesson: card.lesson.as_str(),
            tags: &card.tags,
            lang: card.lang,
            file: &card.file,
            line: card.line,
        })
        .collect();
    let counts = QuestionCounts::of(&questions);
    let text = match format {
        Format::Json => json(&Listed {
            version: VERSION,
            lessons,
            cards,
            questions: counts,
            glossary: GlossaryCounts { terms },
        })?,
        Format::Text => as_text(&lessons, &cards, &counts, terms),
    };
    written::print(&text)?;
    // In a folder what cannot be read is left out; what was named itself was asked for.
    let named = |diagnostic: &Diagnostic| {
        let is_it = |path: &PathBuf| path.to_string_lossy() == *diagnostic.file;
        diagnostic.severity == Severity::Error
            && diagnostic.code.is_unread()
            && paths.iter().any(is_it)
    };
    Ok(ExitCode::from(u8::from(diagnostics.iter().any(named))))
}

fn as_text(
    lessons: &[LessonRow<'_>],
    cards: &[CardRow<'_>],
    questions: &QuestionCounts<'_>,
    terms: usize,
) -> String {
    let mut text = String::new();
    for lesson in lessons {
        let _ = writeln!(
            text,
            "{}  {}  ({}, {} sections, {} cards)  {}:{}",
            safe(lesson.id),
            safe(lesson.title),
            lesson.lang,
            lesson.sections,
            lesson.cards,
            safe(lesson.file),
            lesson.line
        );
        for card in cards {
            if card.lesson == lesson.id && card.lang == lesson.lang {
                let front = card.front.replace('\n', " ");
                let _ = writeln!(text, "    {}  {}", safe(card.id), safe(&front));
            }
        }
    }
    let _ = writeln!(
        text,
        "{} lessons, {} cards, {} questions, {terms} terms",
        lessons.len(),
        cards.len(),
        questions.total
    );
    if questions.total > 0 {
        let by_kind = questions.by_kind.iter();
        count(
            &mut text,
            "by kind",
            by_kind.map(|(kind, n)| (kind.code(), *n)),
        );
        let by_domain = questions.by_domain.iter();
        count(
            &mut text,
            "by domain",
            by_domain.map(|(domain, n)| (safe(domain), *n)),
        );
        count(&mut text, "by difficulty", questions.by_difficulty.clone());
        count(&mut text, "by language", questions.by_lang.clone());
    }
    text
}

/// A line of counts: `by kind        choice 74, cloze 31`.
fn count<K: Display>(text: &mut String, by: &str, counts: impl IntoIterator<Item = (K, usize)>) {
    let counts = counts.into_iter();
    let counts: Vec<String> = counts.map(|(what, n)| format!("{what} {n}")).collect();
    let _ = writeln!(text, "  {by:<14} {}", counts.join(", "));
}
