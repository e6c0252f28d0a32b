use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;

use super::{
    VERSION, glossaries, is_glossary, is_toml_file, json, questions, read, shown, toml_below,
};
use crate::{
    cli::{Failure, Setup, arguments::Format, written},
    interview::{self, holds_questions},
    notes::{Diagnostic, Library, Severity, disk, lint, write_ids},
    walkthrough::{built_in, is_scenario, lint_built_in, lint_links, lint_text},
};

#[derive(Serialize)]
struct Checked<'a> {
    version: u32,
    errors: usize,
    warnings: usize,
    diagnostics: &'a [Diagnostic],
}

/// `podlings notes check`
pub(in crate::cli) fn check(
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
    let (glossaries, found) = glossaries(paths);
    diagnostics.extend(found);
    diagnostics.extend(glossaries.iter().flat_map(|one| one.lint(&whole)));
    let terms: usize = glossaries.iter().map(|one| one.terms().len()).sum();
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
                "{} lessons, {} cards, {} questions, {scenarios} scenarios, {terms} terms: {errors} errors, {warnings} warnings",
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

/// Plays each scenario file under these paths, or the built-in ones: how many there are, and what does
/// not hold of them.
fn scenarios(paths: &[PathBuf], library: &Library) -> (usize, Vec<Diagnostic>) {
    if paths.is_empty() {
        return (built_in().len(), lint_built_in(library));
    }
    let mut count = 0;
    let mut found = Vec::new();
    for path in &toml_below(paths) {
        if !is_scenario(path) && (is_glossary(path) || !paths.contains(path)) {
            continue;
        }
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
