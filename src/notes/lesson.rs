use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Block,
    cards::{self, Syntax},
    markdown::{Outline, blocks_where},
    source::{Lines, Text},
    split,
};
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
    /// Its sections: what stands before its second heading (titled like the lesson), then one for
    /// each heading after that. Sections of nothing but cards are left out.
    pub sections: Box<[Section]>,
    /// The headings above it and its own, from the outermost in; none for text without a heading.
    pub trail: Box<[Box<str>]>,
    /// Where its Markdown stands.
    pub(super) place: Place,
}

/// A lesson's part of its file.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// The whole file: links may be defined anywhere in it.
    /// Not kept with each lesson: the lessons of a file share it.
    #[serde(skip)]
    pub(super) text: Text,
    /// The byte after the front matter.
    pub(super) body: u32,
    /// The bytes that are the lesson's.
    pub(super) range: Range<u32>,
    pub(super) syntax: Syntax,
}

impl Lesson {
    /// The lesson as it is read, parsed anew from its Markdown. Lines are the file's. Comments are
    /// left out, and so are sections that hold nothing but cards; a card among prose is shown as
    /// its question in bold and its answer, a cloze as its sentence.
    pub fn document(&self) -> Vec<Block> {
        let Place {
            text,
            body,
            range,
            syntax,
        } = &self.place;
        let text = &*text.get();
        let outline = Outline::of(text, *body as usize);
        let finds = cards::find(text, &outline, *syntax);
        let range = range.start as usize..range.end as usize;
        let lines = Lines::of(text);
        let hidden: Vec<Range<u32>> = split::parts(text, &outline, &finds, range.clone())
            .into_iter()
            .filter(|part| !part.shown)
            .map(|part| {
                lines.line(part.range.start)..lines.line(part.range.end.saturating_sub(1)) + 1
            })
            .collect();
        let mut edits: Vec<cards::Edit> = finds
            .cards
            .into_iter()
            .filter(|card| range.contains(&card.span.start))
            .flat_map(|card| card.edits)
            .collect();
        edits.sort_by_key(|edit| edit.range.start);
        let shown = cards::edited(text, 0..text.len(), &edits);
        let first = lines.line(range.start);
        let last = lines.line(range.end.saturating_sub(1).max(range.start));
        blocks_where(&shown, *body as usize, |line| {
            (first..=last).contains(&line) && !hidden.iter().any(|part| part.contains(&line))
        })
    }

    /// The section a line of the file belongs to, counted from 0.
    pub fn section_at(&self, line: u32) -> u32 {
        let after = self
            .sections
            .partition_point(|section| section.line <= line);
        after.saturating_sub(1) as u32
    }
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
