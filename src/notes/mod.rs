//! Markdown notes become a [`Library`]: lessons to read and cards to recall, each with a lasting
//! identity. Look first at [`Library`]. This room knows nothing of schedules, screens or databases, nor of files.

mod card;
mod diagnostic;
mod document;
mod lesson;
mod library;
mod search;

pub use card::{Card, CardKind, SiblingGroup};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use document::{Alert, Align, Block, BlockKind, Inline, ListItem};
pub use lesson::{Lesson, Origin, Section};
pub use library::{Library, Module};
pub use search::{Hit, HitKind, SearchIndex};
