//! `podlings notes`: what was found, and what is wrong with it.

mod check;
mod list;

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

pub(super) use self::{check::check, list::list};
use super::{Failure, Setup};
use crate::{
    interview::{Questions, question_files},
    notes::{Diagnostic, Glossary, Library, disk},
    tui::text::safe,
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

/// Each glossary under these paths, or the built-in one.
fn glossaries(paths: &[PathBuf]) -> (Vec<Glossary>, Vec<Diagnostic>) {
    if paths.is_empty() {
        return (vec![Glossary::built_in().clone()], Vec::new());
    }
    let (mut glossaries, mut diagnostics) = (Vec::new(), Vec::new());
    for path in toml_below(paths).iter().filter(|path| is_glossary(path)) {
        match disk::read_source(path) {
            Ok(source) => {
                let (glossary, found) = Glossary::read(&source);
                glossaries.push(glossary);
                diagnostics.extend(found);
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    (glossaries, diagnostics)
}

fn is_glossary(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == Glossary::FILE)
}

/// The TOML files below these paths, each once and in order.
fn toml_below(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = paths
        .iter()
        .flat_map(|path| ignore::WalkBuilder::new(path).build().flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| is_toml_file(path))
        .collect();
    files.sort();
    files.dedup();
    files
}

fn is_toml_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
        && path.is_file()
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

pub(in crate::cli) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(impossible)?;
    text.push('\n');
    Ok(text)
}

pub(in crate::cli) fn impossible(error: serde_json::Error) -> Failure {
    Failure::new(
        format!("cannot write JSON: {error} (podlings)"),
        "Please report this.",
    )
}
