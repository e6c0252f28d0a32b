use std::{path::Path, sync::Arc};

use super::{Run, Scenario};
use crate::notes::{Code, Diagnostic, Severity};

/// Whether a file is a scenario by its place: TOML in a folder named `scenarios`.
pub fn is_scenario(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    folder.is_some_and(|folder| folder == "scenarios")
        && path
            .extension()
            .is_some_and(|extension| extension == "toml")
}

/// Reads and plays a scenario file, and says what does not hold.
pub fn lint_text(file: &str, text: &str) -> Vec<Diagnostic> {
    match Scenario::parse(text) {
        Ok(scenario) => lint(file, &Arc::new(scenario)),
        Err(error) => vec![diagnostic(
            file,
            error.line,
            error.message,
            "The format is described in docs/scenario-format.md.",
        )],
    }
}

/// Plays a scenario, and says what does not hold of it: a match that never happens, a prediction without
/// a choice, an expectation that fails.
pub fn lint(file: &str, scenario: &Arc<Scenario>) -> Vec<Diagnostic> {
    let run = Run::new(scenario, scenario.seed(), false);
    let mut found = Vec::new();
    let mut say = |message: String, help: &str| found.push(diagnostic(file, 0, message, help));
    for error in run.errors() {
        say(
            error.to_string(),
            "Play it with `podlings walk FILE --print`.",
        );
    }
    for (chapter, start) in scenario.chapters.iter().zip(run.chapters()) {
        if start.is_none() {
            say(
                format!("chapter \"{}\" never begins", chapter.id),
                "Its match must happen after the chapter before it.",
            );
        }
    }
    let asked = run.predictions();
    for prediction in &scenario.predictions {
        if !asked.iter().any(|one| one.id == prediction.id) {
            say(
                format!("prediction \"{}\" is never asked", prediction.id),
                "Its match must happen, and the run must offer two options or more.",
            );
        }
    }
    for unmet in run.unmet() {
        say(unmet.to_string(), "Mend the scenario, or what it expects.");
    }
    found
}

fn diagnostic(file: &str, line: u32, message: String, help: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::Scenario,
        file: file.into(),
        line,
        column: 0,
        message,
        help: help.to_owned(),
    }
}
