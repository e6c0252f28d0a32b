//! One file becomes lessons and cards. What depends on other files (equal ids, the course's order)
//! is not decided here, so that a file's result can be kept.

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Card, CardKind, Code, Diagnostic, Lesson, Origin, Section, Severity, SourceFile,
    cards::{self, Finds, Form, Found, Syntax},
    front_matter::{self, CardSyntax, FrontMatter},
    identity,
    lesson::Place,
    markdown::{Outline, Piece, PieceKind, is_han},
    source::{Lines, Text, split_name},
    split::{self, Cut},
};
use crate::ids::{CardId, Lang, LessonId};

/// What one file holds. Ids may be equal to those of other files.
#[derive(Clone, Debug)]
pub(super) struct FileNotes {
    pub(super) name: Arc<str>,
    pub(super) origin: Origin,
    pub(super) lessons: Vec<FileLesson>,
    pub(super) cards: Vec<FileCard>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FileLesson {
    pub(super) lesson: Lesson,
    /// Whether its id was given and not made from its title.
    pub(super) id_given: bool,
}

#[derive(Clone, Debug)]
pub(super) struct FileCard {
    pub(super) card: Card,
    /// Which of the file's lessons it belongs to.
    pub(super) lesson: u32,
}

/// Reads one file. `paired` says that another file has the same name in the other language
/// (`k09.zh.md`, `k09.en.md`): the two are one lesson.
pub(super) fn parse(file: &SourceFile, paired: bool) -> FileNotes {
    let text = file.normal_text();
    let (front, faults, body) = front_matter::read(&text);
    let lines = Lines::of(&text);
    let outline = Outline::of(&text, body);
    let (stem, named_lang) = split_name(&file.name);
    let lang = front
        .lang
        .or(named_lang)
        .unwrap_or_else(|| lang_of(&text[body..]));
    let syntax = syntax_of(&front, &text, &outline);
    let finds = cards::find(&text, &outline, syntax);
    let mut parser = Parser {
        file,
        text: &text,
        lines: &lines,
        lang,
        diagnostics: Vec::new(),
    };
    parser.front_matter(&faults);
    parser.fences(&outline.pieces);
    parser.doubts(&finds);
    let given = front.id.clone().or_else(|| paired.then(|| stem.to_owned()));
    let cuts = match &given {
        Some(_) => whole(&text, &outline, body),
        None => split::cut(&text, &outline, body),
    };
    let place = |range: Range<usize>| Place {
        text: Text::Read(text.clone()),
        body: body as u32,
        range: range.start as u32..range.end as u32,
        syntax,
    };
    let tags = LessonTags::of(&front, &finds, &outline);
    let mut lessons = Vec::with_capacity(cuts.len());
    let mut cards = Vec::with_capacity(finds.cards.len());
    let mut remaining = finds.cards.iter().peekable();
    for (at, cut) in cuts.iter().enumerate() {
        let parts = split::parts(&text, &outline, &finds, cut.range.clone());
        let whole_title = front.title.as_deref().filter(|_| given.is_some());
        let title = whole_title
            .or(cut.title)
            .or(front.title.as_deref())
            .unwrap_or(stem);
        let id = given.clone().unwrap_or_else(|| slug(title));
        let lesson = Lesson {
            id: LessonId::new(id),
            lang,
            origin: file.origin,
            title: title.into(),
            module: module_of(&file.name),
            requires: front
                .requires
                .iter()
                .map(|id| LessonId::new(&**id))
                .collect(),
            domain: front.domain.as_str().into(),
            minutes: front.minutes,
            checked: boxed(&front.checked),
            sources: boxed(&front.sources),
            tags: tags.within(&cut.range),
            file: file.name.clone(),
            line: lines.line(cut.start),
            sections: sections(&parts, cut, title, &lines),
            trail: cut.trail.iter().map(|title| Box::from(*title)).collect(),
            place: place(cut.range.clone()),
        };
        while let Some(found) = remaining.next_if(|card| card.span.start < cut.range.end) {
            let hidden = parts
                .iter()
                .any(|part| !part.shown && part.range.contains(&found.span.start));
            let line = lines.line(found.span.start);
            let section = if hidden { 0 } else { lesson.section_at(line) };
            for card in parser.cards(found, &lesson, section) {
                cards.push(FileCard {
                    card,
                    lesson: at as u32,
                });
            }
        }
        lessons.push(FileLesson {
            lesson,
            id_given: given.is_some(),
        });
    }
    let diagnostics = parser.diagnostics;
    FileNotes {
        name: file.name.clone(),
        origin: file.origin,
        lessons,
        cards,
        diagnostics,
    }
}

/// Which cards a file is read for: what plain notes imply unless it says `cards = "explicit"`,
/// Obsidian's where it asks for them.
pub(super) fn syntax_of(front: &FrontMatter, text: &str, outline: &Outline) -> Syntax {
    Syntax {
        plain: front.cards != Some(CardSyntax::Explicit),
        obsidian: front.cards == Some(CardSyntax::Obsidian)
            || front.tags.iter().any(|tag| tag == "flashcards")
            || cards::opts_into_obsidian(text, outline),
    }
}

/// The whole file as one lesson, headed by its first heading.
fn whole<'a>(text: &str, outline: &'a Outline, body: usize) -> Vec<Cut<'a>> {
    let Some(first) = outline.pieces.first() else {
        return Vec::new();
    };
    let title = outline.pieces.iter().find_map(|piece| match &piece.kind {
        PieceKind::Heading { title, .. } => Some(title.trim()),
        _ => None,
    });
    vec![Cut {
        title,
        start: first.range.start,
        range: body..text.len(),
        trail: Vec::new(),
    }]
}

/// The lesson's own heading belongs to what stands before the next one.
fn sections(
    parts: &[split::Part<'_>],
    cut: &Cut<'_>,
    title: &str,
    lines: &Lines,
) -> Box<[Section]> {
    let own = parts
        .iter()
        .find(|part| part.range.contains(&cut.start))
        .and_then(|part| part.head);
    let first = Section {
        title: title.into(),
        level: own.map_or(1, |(level, _)| level),
        line: lines.line(cut.start),
    };
    let rest = parts
        .iter()
        .filter(|part| part.shown && part.range.start > cut.start)
        .filter_map(|part| {
            let (level, title) = part.head?;
            Some(Section {
                title: title.into(),
                level,
                line: lines.line(part.range.start),
            })
        });
    std::iter::once(first).chain(rest).collect()
}

/// The learner's files are modules: a lesson's two languages are one.
fn module_of(name: &str) -> Arc<str> {
    let (stem, _) = split_name(name);
    let folder = name.rfind(['/', '\\']).map_or(0, |at| at + 1);
    format!("{}{stem}", &name[..folder]).into()
}

fn boxed(texts: &[String]) -> Box<[Box<str>]> {
    texts.iter().map(|text| Box::from(text.as_str())).collect()
}

/// A title as an id: lower case, and a dash for whatever is neither letter nor digit.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in identity::folded(title).chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '.') {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches(['-', '.']).len());
    if slug.is_empty() {
        slug.push_str("lesson");
    }
    slug
}

/// The language a text is in: Chinese when one letter in five or more is a Chinese character.
fn lang_of(text: &str) -> Lang {
    const ENOUGH: usize = 20_000;
    let (mut han, mut letters) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()).take(ENOUGH) {
        letters += 1;
        han += usize::from(is_han(c));
    }
    if han * 5 >= letters.max(1) {
        Lang::Zh
    } else {
        Lang::En
    }
}

/// Tags of the whole file, and those that stand on lines of their own.
struct LessonTags {
    all: Vec<Arc<str>>,
    lines: Vec<(usize, Vec<Arc<str>>)>,
}

impl LessonTags {
    /// Tags before any text belong to the whole file.
    fn of(front: &FrontMatter, finds: &Finds, outline: &Outline) -> Self {
        let mut all: Vec<Arc<str>> = front.tags.iter().map(|tag| tag.as_str().into()).collect();
        let mut lines = Vec::new();
        let tag_line = |piece: &Piece| {
            finds
                .tag_lines
                .iter()
                .any(|line| line.at == piece.range.start)
        };
        let first_text = outline
            .pieces
            .iter()
            .find(|piece| {
                !matches!(piece.kind, PieceKind::Heading { .. } | PieceKind::Html)
                    && !tag_line(piece)
            })
            .map_or(usize::MAX, |piece| piece.range.start);
        for line in &finds.tag_lines {
            let tags = line.tags.iter().map(|tag| Arc::from(tag.as_str()));
            if line.at < first_text {
                all.extend(tags);
            } else {
                lines.push((line.at, tags.collect()));
            }
        }
        Self { all, lines }
    }

    fn within(&self, range: &Range<usize>) -> Box<[Arc<str>]> {
        let own = self.lines.iter().filter(|(at, _)| range.contains(at));
        let mut tags: Vec<Arc<str>> = self.all.clone();
        tags.extend(own.flat_map(|(_, tags)| tags.iter().cloned()));
        let mut seen = std::collections::HashSet::new();
        tags.retain(|tag| seen.insert(tag.clone()));
        tags.into()
    }
}

struct Parser<'a> {
    file: &'a SourceFile,
    text: &'a str,
    lines: &'a Lines,
    lang: Lang,
    diagnostics: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn say(&mut self, severity: Severity, code: Code, at: usize, message: &str, help: &str) {
        self.diagnostics.push(Diagnostic {
            severity,
            code,
            file: self.file.name.clone(),
            line: self.lines.line(at),
            column: self.lines.column(self.text, at),
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }

    fn front_matter(&mut self, faults: &[front_matter::Fault]) {
        for fault in faults {
            let (severity, help) = if fault.whole {
                (
                    Severity::Error,
                    "mend the TOML between the `+++` lines; none of it was used",
                )
            } else {
                (Severity::Warning, "mend the key; the rest was used")
            };
            let mut at = fault.at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            let message = format!("front matter: {}", fault.message);
            self.say(severity, Code::FrontMatter, at, &message, help);
        }
    }

    fn fences(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match &piece.kind {
                PieceKind::Code(code) if !code.closed => self.say(
                    Severity::Warning,
                    Code::UnclosedFence,
                    piece.range.start,
                    "a fence that is never closed: all that follows is read as code",
                    "close it with a line of the same marks",
                ),
                PieceKind::List(items) => {
                    for item in items {
                        self.fences(&item.pieces);
                    }
                }
                _ => {}
            }
        }
    }

    fn doubts(&mut self, finds: &Finds) {
        for doubt in &finds.doubts {
            self.say(
                Severity::Warning,
                doubt.code,
                doubt.at,
                doubt.message,
                doubt.help,
            );
        }
    }

    fn cards(&self, found: &Found, lesson: &Lesson, section: u32) -> Vec<Card> {
        let (kind, question) = match &found.form {
            Form::Pair { question, .. } => ("basic", question),
            Form::Term { term, .. } => ("term", term),
            Form::Cloze { sentence, .. } => ("cloze", sentence),
        };
        let id = match &found.id {
            Some(written) => written.clone(),
            None => identity::hashed(kind, question),
        };
        let tags = self.tags(found, lesson);
        let line = self.lines.line(found.span.start);
        let card = |id: &str, kind, front: &str, back: &str, siblings| Card {
            id: CardId::new(id),
            lang: self.lang,
            kind,
            front: front.into(),
            back: back.into(),
            lesson: lesson.id.clone(),
            section,
            tags: tags.clone(),
            siblings,
            file: self.file.name.clone(),
            line,
            id_written: found.id.is_some(),
        };
        match &found.form {
            Form::Term { term, meaning } => vec![card(&id, CardKind::Term, term, meaning, None)],
            Form::Pair {
                question,
                answer,
                both_ways,
            } => {
                let both = *both_ways || tags.iter().any(|tag| &**tag == "reversed");
                let group = both.then(|| identity::siblings(&id));
                let mut cards = vec![card(&id, CardKind::Basic, question, answer, group)];
                if both {
                    let id = format!("{id}.reversed");
                    cards.push(card(&id, CardKind::Reversed, answer, question, group));
                }
                cards
            }
            Form::Cloze { holes, .. } => {
                let single = holes.len() == 1;
                let group = (!single).then(|| identity::siblings(&id));
                let cards = holes.iter().map(|hole| {
                    let id = match single {
                        true => id.clone(),
                        false => format!("{id}.{}", hole.number),
                    };
                    card(&id, CardKind::Cloze, &hole.front, &hole.back, group)
                });
                cards.collect()
            }
        }
    }

    fn tags(&self, found: &Found, lesson: &Lesson) -> Box<[Arc<str>]> {
        if found.tags.is_empty() {
            return lesson.tags.clone();
        }
        let mut tags = lesson.tags.to_vec();
        for tag in &found.tags {
            if !tags.iter().any(|known| **known == **tag) {
                tags.push(tag.as_str().into());
            }
        }
        tags.into()
    }
}
