use std::{
    collections::BTreeMap,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;

use super::{Failure, Setup, arguments::Format, written};
use crate::{
    ids::Lang,
    interview::{self, Questions, holds_questions, question_files},
    notes::{Diagnostic, Library, Severity, disk, lint, plain, write_ids},
    tui::text::safe,
    walkthrough::{built_in, is_scenario, lint_built_in, lint_links, lint_text},
};

/// The version of both JSON forms.
const VERSION: u32 = 1;

/// These paths alone; or the built-in course and the learner's notes.
fn read(setup: &Setup, paths: &[PathBuf]) -> (Library, Vec<Diagnostic>) {
    if paths.is_empty() {
        disk::load(&setup.notes().paths, None).with_course()
    } else {
        disk::load(paths, None).alone()
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    version: u32,
    errors: usize,
    warnings: usize,
    diagnostics: &'a [Diagnostic],
}

/// `podlings notes check`
pub(super) fn check(
    setup: Setup,
    paths: &[PathBuf],
    format: Format,
    write: bool,
) -> Result<ExitCode, Failure> {
    let mut diagnostics = Vec::new();
    // A TOML file that is named itself holds questions, or is a scenario wherever it lies.
    let notes = paths.iter().filter(|path| !is_toml_file(path));
    let notes: Vec<PathBuf> = notes.cloned().collect();
    if write {
        let named = if paths.is_empty() {
            setup.notes().paths
        } else {
            notes.clone()
        };
        diagnostics.extend(write_all_ids(&named)?);
    }
    let (library, found) = match &notes[..] {
        [] if !paths.is_empty() => Default::default(),
        notes => read(&setup, notes),
    };
    diagnostics.extend(found);
    diagnostics.extend(lint(&library));
    diagnostics.extend(lint_links(&library));
    // Scenarios and questions may ask about the course, whatever was named.
    let (whole, _) = disk::load(&notes, None).with_course();
    let (scenarios, found) = scenarios(paths, &whole);
    diagnostics.extend(found);
    let (questions, found) = questions(&setup, paths);
    diagnostics.extend(found);
    diagnostics.extend(interview::lint(&questions, &whole));
    if paths.is_empty() {
        diagnostics.extend(interview::lint_blueprints(&questions, &whole));
    }
    diagnostics.sort_by(|one, other| {
        (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column))
    });
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let text = match format {
        Format::Json => json(&Checked {
            version: VERSION,
            errors,
            warnings,
            diagnostics: &diagnostics,
        })?,
        Format::Text => {
            let mut text = String::new();
            for diagnostic in &diagnostics {
                let _ = writeln!(text, "{}", shown(diagnostic)?);
            }
            let _ = writeln!(
                text,
                "{} lessons, {} cards, {} questions, {scenarios} scenarios: {errors} errors, {warnings} warnings",
                library.lessons().len(),
                library.cards().len(),
                questions.all().len()
            );
            text
        }
    };
    written::print(&text)?;
    Ok(ExitCode::from(u8::from(errors > 0)))
}

/// The questions under these paths; or the built-in ones and the learner's.
fn questions(setup: &Setup, paths: &[PathBuf]) -> (Questions, Vec<Diagnostic>) {
    let (files, mut diagnostics) = if paths.is_empty() {
        question_files(&setup.notes().paths)
    } else {
        question_files(paths)
    };
    let (questions, found) = if paths.is_empty() {
        Questions::with_built_in(&files)
    } else {
        Questions::read(&files)
    };
    diagnostics.extend(found);
    (questions, diagnostics)
}

fn is_toml_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
        && path.is_file()
}

/// Plays each scenario file under these paths, or the built-in ones: how many there are, and what does
/// not hold of them.
fn scenarios(paths: &[PathBuf], library: &Library) -> (usize, Vec<Diagnostic>) {
    if paths.is_empty() {
        return (built_in().len(), lint_built_in(library));
    }
    let mut files: Vec<PathBuf> = paths
        .iter()
        .flat_map(|path| ignore::WalkBuilder::new(path).build().flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| is_scenario(path) || paths.contains(path))
        .filter(|path| is_toml_file(path))
        .collect();
    files.sort();
    files.dedup();
    let mut count = 0;
    let mut found = Vec::new();
    for path in &files {
        match disk::read_source(path) {
            Ok(source) if !is_scenario(path) && holds_questions(&source.text) => {}
            Ok(source) => {
                count += 1;
                found.extend(lint_text(&source.name, &source.text, library));
            }
            // One that was named itself is told where questions are looked for.
            Err(diagnostic) if is_scenario(path) => found.push(diagnostic),
            Err(_) => {}
        }
    }
    (count, found)
}

/// `FILE:LINE:COLUMN: error[code]: message`, and what to do.
fn shown(diagnostic: &Diagnostic) -> Result<String, Failure> {
    let mut place = safe(&diagnostic.file).into_owned();
    for number in [diagnostic.line, diagnostic.column] {
        if number > 0 {
            let _ = write!(place, ":{number}");
        }
    }
    let code = serde_json::to_value(diagnostic.code).map_err(impossible)?;
    Ok(format!(
        "{place}: {}[{}]: {}\n  {}",
        diagnostic.severity,
        code.as_str().unwrap_or_default(),
        safe(&diagnostic.message),
        safe(&diagnostic.help)
    ))
}

/// Writes ids into each file that has cards without, and says how many.
fn write_all_ids(paths: &[PathBuf]) -> Result<Vec<Diagnostic>, Failure> {
    let mut diagnostics = Vec::new();
    for path in disk::files(paths) {
        let source = match disk::read_source(&path) {
            Ok(source) => source,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                continue;
            }
        };
        let written = write_ids(&source);
        diagnostics.extend(written.diagnostics);
        if written.added > 0 {
            replace(&path, &written.text).map_err(|error| {
                Failure::new(
                    format!("cannot write ids: {error} ({})", path.display()),
                    "The file is as it was; check its permissions.",
                )
            })?;
            eprintln!(
                "podlings: {} ids written ({})",
                written.added,
                path.display()
            );
        }
    }
    Ok(diagnostics)
}

/// Whole or not at all, with the permissions it had; through a link, the file it points to.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().sync_all()?;
    fs::set_permissions(file.path(), fs::metadata(&path)?.permissions())?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[derive(Serialize)]
struct Listed<'a> {
    version: u32,
    lessons: Vec<LessonRow<'a>>,
    cards: Vec<CardRow<'a>>,
    questions: QuestionCounts<'a>,
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
}

impl QuestionCounts<'_> {
    fn of(questions: &Questions) -> QuestionCounts<'_> {
        QuestionCounts {
            total: questions.all().len(),
            by_kind: questions.by_kind(),
            by_domain: questions.by_domain(),
            by_difficulty: questions.by_difficulty(),
        }
    }
}

/// `podlings notes list`
pub(super) fn list(setup: Setup, paths: &[PathBuf], format: Format) -> Result<ExitCode, Failure> {
    let (library, mut diagnostics) = read(&setup, paths);
    let (questions, found) = questions(&setup, paths);
    diagnostics.extend(found);
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
    let text = match format {
        Format::Json => json(&Listed {
            version: VERSION,
            lessons,
            cards,
            questions: QuestionCounts::of(&questions),
        })?,
        Format::Text => as_text(&lessons, &cards, questions.all().len()),
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

fn as_text(lessons: &[LessonRow<'_>], cards: &[CardRow<'_>], questions: usize) -> String {
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
        "{} lessons, {} cards, {questions} questions",
        lessons.len(),
        cards.len()
    );
    text
}

pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(impossible)?;
    text.push('\n');
    Ok(text)
}

pub(super) fn impossible(error: serde_json::Error) -> Failure {
    Failure::new(
        format!("cannot write JSON: {error} (podlings)"),
        "Please report this.",
    )
}
