use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Something a notes author should know, with the place it is about.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing it is.
    pub code: Code,
    /// The file, as it was named.
    pub file: Arc<str>,
    /// Line, counted from 1; 0 when it is about the whole file.
    pub line: u32,
    /// Column in characters, counted from 1; 0 when it is about the whole line.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something could not be loaded or is ambiguous: `notes check` fails.
    Error,
    /// It loads, and probably not as meant.
    Warning,
}

/// The kind of a diagnostic. Each has one lasting text form, listed in `docs/notes-format.md`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The file or folder could not be read.
    Unreadable,
    /// The file is not text.
    Binary,
    /// The file is not UTF-8.
    Encoding,
    /// The file is too large to be notes.
    TooLarge,
    /// A folder was reached again through a link.
    Loop,
    /// Front matter does not parse, or a key has the wrong type.
    FrontMatter,
    /// A fence is never closed.
    UnclosedFence,
    /// Two cards, or two lessons, carry one id.
    DuplicateId,
    /// A question without an answer, or an answer without a question.
    IncompleteCard,
    /// A hole, bracket or brace that is never closed, or an empty one.
    BrokenCloze,
    /// A card, section or lesson that one language lacks.
    MissingTranslation,
    /// A lesson asks for one that does not exist, or for itself.
    Requires,
    /// A course lesson without what every course lesson must have.
    CourseRule,
    /// An id that cannot be written into the file.
    IdNotWritable,
    /// A scenario that does not parse, or does not go as it says.
    Scenario,
    /// A question of an interview that does not parse, or that something is wrong with.
    Question,
    /// A glossary that does not parse, or a term that something is wrong with.
    Glossary,
    /// A link to a walkthrough that does not exist.
    WalkLink,
}

impl Code {
    /// Whether nothing of the file or folder was read.
    pub fn is_unread(self) -> bool {
        matches!(
            self,
            Code::Unreadable | Code::Binary | Code::Encoding | Code::TooLarge
        )
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}
