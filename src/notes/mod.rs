//! Markdown notes become a [`Library`]: lessons to read and cards to recall, each with a lasting
//! identity. Look first at [`Library`], then at [`read`], which makes one. This room knows nothing
//! of schedules, screens or databases; files are read in [`disk`] only.

mod assemble;
mod card;
mod cards;
mod cores;
mod course;
mod diagnostic;
pub mod disk;
mod document;
mod front_matter;
mod glossary;
mod identity;
mod lesson;
mod library;
mod lint;
mod markdown;
mod parse;
mod passage;
mod relink;
mod search;
mod source;
mod split;
mod write_ids;

pub use assemble::read;
pub use card::{Card, CardKind, SiblingGroup};
pub use course::{Course, Part, Profile, course};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use document::{Alert, Align, Block, BlockKind, Inline, ListItem};
pub use glossary::{Glossary, Term, TermsOf};
pub use lesson::{Lesson, Origin, Section};
pub use library::{Library, Module};
pub use lint::lint;
pub use markdown::{blocks, plain};
pub use relink::{Relink, Seen, relink};
pub use search::{Hit, HitKind, SearchIndex, fuzzy};
pub use source::SourceFile;
pub use write_ids::{Written, write_ids};
