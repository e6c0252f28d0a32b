use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{Lang, LessonId};

/// One lesson in one language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// The same in both languages.
    pub id: LessonId,
    /// The language of its text.
    pub lang: Lang,
    /// Who wrote it.
    pub origin: Origin,
    /// Its title.
    pub title: Box<str>,
    /// The module it belongs to: the course's module id, or the file's name for the learner's notes.
    pub module: Arc<str>,
    /// The lessons to take before it.
    pub requires: Box<[LessonId]>,
    /// The field it belongs to (`docker`, `architecture`, …); empty for the learner's notes.
    pub domain: Box<str>,
    /// How long it takes to read, minutes; 0 when not said.
    pub minutes: u32,
    /// What its claims were checked against (`Docker 29`).
    pub checked: Box<[Box<str>]>,
    /// Where its claims can be read.
    pub sources: Box<[Box<str>]>,
    /// Tags without `#`.
    pub tags: Box<[Arc<str>]>,
    /// The file it stands in, as it was named.
    pub file: Arc<str>,
    /// Its first line in that file, counted from 1.
    pub line: u32,
    /// Its sections: what stands before the first heading (titled like the lesson), then one for
    /// each heading.
    pub sections: Box<[Section]>,
    /// Its Markdown, from its heading to the next lesson.
    pub(super) text: Arc<str>,
}

/// A part of a lesson under one heading.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The heading's text.
    pub title: Box<str>,
    /// The heading's level, 1 to 6.
    pub level: u8,
    /// The heading's line in the file, counted from 1.
    pub line: u32,
}

/// Who wrote a lesson.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Origin {
    /// The learner.
    Own,
    /// The built-in course.
    Course,
}
