//! Finds cards in an outline: those with a syntax of their own, and those plain notes imply. Look
//! first at [`find`]. Nothing here knows of ids that are computed, or of lessons.

mod cloze;
mod marked;
mod obsidian;
mod plain;
mod tags;

use std::ops::Range;

use super::{
    Code as Fault,
    markdown::{Code, Item, Outline, Paragraph, Piece, PieceKind},
    source::{lines_in, trimmed},
};

/// Which cards are looked for besides those with a syntax of their own.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize,
)]
pub(super) struct Syntax {
    /// Terms and question blocks, as plain notes have them.
    pub(super) plain: bool,
    /// Obsidian's.
    pub(super) obsidian: bool,
}

/// A card, or the cards of one sentence or pair.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) form: Form,
    /// From its first byte to its last, without the comment that holds its id.
    pub(super) span: Range<usize>,
    pub(super) tags: Vec<String>,
    /// The id written with it.
    pub(super) id: Option<String>,
    pub(super) place: Place,
    /// How the source reads in a lesson: marks taken out, lines kept.
    pub(super) edits: Vec<Edit>,
}

#[derive(Debug)]
pub(super) enum Form {
    Pair {
        question: String,
        answer: String,
        both_ways: bool,
    },
    /// From plain notes.
    Term { term: String, meaning: String },
    Cloze {
        /// The sentence with its holes marked, as it is written.
        sentence: String,
        holes: Vec<Asked>,
    },
}

/// One card of a cloze.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) number: u32,
    pub(super) front: String,
    pub(super) back: String,
}

/// Where a card stands, for whoever writes beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In running text that begins this many columns in.
    Text { indent: usize },
    /// In running text of plain notes: the text stays as it is when the lesson is shown.
    Plain { indent: usize },
    /// Inside a fence, where no comment can stand.
    Fence,
}

impl Found {
    /// Whether it has a syntax of its own, which is not shown in a lesson.
    pub(super) fn is_explicit(&self) -> bool {
        matches!(self.place, Place::Text { .. })
    }
}

/// A part of the source and what stands in its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

/// Something that looks like a card and is none, at a byte of the file.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) at: usize,
    pub(super) code: Fault,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
}

/// A paragraph that holds nothing but tags.
#[derive(Debug)]
pub(super) struct TagLine {
    pub(super) at: usize,
    pub(super) tags: Vec<String>,
}

/// What was found in a file, in its order.
#[derive(Debug, Default)]
pub(super) struct Finds {
    pub(super) cards: Vec<Found>,
    pub(super) tag_lines: Vec<TagLine>,
    pub(super) doubts: Vec<Doubt>,
}

/// Finds the cards of a file.
pub(super) fn find(text: &str, outline: &Outline, syntax: Syntax) -> Finds {
    let mut finder = Finder {
        text,
        syntax,
        finds: Finds::default(),
        awaiting: None,
    };
    finder.siblings(&outline.pieces, None);
    finder.finds
}

/// Whether a file asks for Obsidian's cards with its tag.
pub(super) fn opts_into_obsidian(text: &str, outline: &Outline) -> bool {
    fn within(text: &str, pieces: &[Piece]) -> bool {
        pieces.iter().any(|piece| match &piece.kind {
            PieceKind::Paragraph(paragraph) => {
                tags::mentions(text, &piece.range, &paragraph.opaque, "flashcards")
            }
            PieceKind::List(items) => items.iter().any(|item| within(text, &item.pieces)),
            _ => false,
        })
    }
    text.contains("#flashcards") && within(text, &outline.pieces)
}

struct Finder<'a> {
    text: &'a str,
    syntax: Syntax,
    finds: Finds,
    /// The card found last, while the comment with its id may still follow.
    awaiting: Option<usize>,
}

/// The list item whose blocks are being looked at.
#[derive(Clone, Copy)]
struct InItem {
    task: bool,
    /// The columns its text is moved in.
    indent: usize,
}

impl Finder<'_> {
    fn siblings(&mut self, pieces: &[Piece], item: Option<InItem>) {
        let indent = item.map_or(0, |item| item.indent);
        let mut open: Option<marked::Open> = None;
        let mut at = 0;
        while at < pieces.len() {
            let piece = &pieces[at];
            let mut next = at + 1;
            match &piece.kind {
                PieceKind::Heading { .. } | PieceKind::Rule => {
                    self.close(open.take(), indent);
                    self.awaiting = None;
                }
                PieceKind::Html => self.html(piece, &mut open, indent),
                PieceKind::Paragraph(paragraph) => {
                    let marked = self.marked(piece, paragraph, &mut open, indent);
                    if !marked {
                        let term = self.term(pieces, at, item);
                        let next_card = term.is_some() || self.is_braced(piece, paragraph);
                        if next_card && open.as_ref().is_some_and(marked::Open::is_answered) {
                            self.close(open.take(), indent);
                        }
                        match (&mut open, term) {
                            (Some(open), None) => {
                                open.end = trimmed(self.text, piece.range.clone()).end
                            }
                            (None, None) => next = self.unmarked(pieces, at, paragraph, indent),
                            (_, Some(term)) => {
                                self.close(open.take(), indent);
                                next = self.take_term(term, indent);
                            }
                        }
                    }
                }
                PieceKind::List(items) if open.is_none() || self.any_marked(items) => {
                    self.close(open.take(), indent);
                    self.awaiting = None;
                    self.items(items);
                }
                PieceKind::Code(code) if open.is_none() => {
                    self.awaiting = None;
                    self.question_blocks(piece, code);
                }
                PieceKind::Code(_) | PieceKind::List(_) | PieceKind::Other => {
                    self.awaiting = None;
                    if let Some(open) = &mut open {
                        open.end = trimmed(self.text, piece.range.clone()).end;
                    }
                }
            }
            at = next;
        }
        self.close(open, indent);
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            let start = self.text[..item.range.start]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            let content = item
                .pieces
                .first()
                .map_or(item.range.start, |piece| piece.range.start);
            let mut indent = self.text[start..content.max(start)].chars().count();
            if item.task {
                // The text of a task begins after its box, the item's own text before it.
                indent = indent.saturating_sub("[ ] ".len());
            }
            self.awaiting = None;
            self.siblings(
                &item.pieces,
                Some(InItem {
                    task: item.task,
                    indent,
                }),
            );
            self.awaiting = None;
        }
    }

    fn any_marked(&self, items: &[Item]) -> bool {
        items
            .iter()
            .flat_map(|item| &item.pieces)
            .any(|piece| match &piece.kind {
                PieceKind::Paragraph(paragraph) => {
                    lines_in(self.text, piece.range.clone()).any(|line| {
                        !is_within(&paragraph.opaque, line.start)
                            && matches!(
                                marked::marker(&self.text[line]),
                                Some((marked::Marker::Question { .. } | marked::Marker::Cloze, _))
                            )
                    })
                }
                PieceKind::List(items) => self.any_marked(items),
                _ => false,
            })
    }

    /// Running text outside any marked card. Returns the piece to go on with.
    fn unmarked(
        &mut self,
        pieces: &[Piece],
        at: usize,
        paragraph: &Paragraph,
        indent: usize,
    ) -> usize {
        let piece = &pieces[at];
        self.awaiting = None;
        if self.text[piece.range.clone()].contains("{{") && self.braced(piece, paragraph, indent) {
            return at + 1;
        }
        if let Some(tags) = tags::only(&self.text[piece.range.clone()]) {
            self.finds.tag_lines.push(TagLine {
                at: piece.range.start,
                tags,
            });
            return at + 1;
        }
        if self.syntax.obsidian {
            return self.obsidian(pieces, at, paragraph, indent);
        }
        at + 1
    }

    fn html(&mut self, piece: &Piece, open: &mut Option<marked::Open>, indent: usize) {
        let id = comments(self.text, piece.range.clone())
            .find_map(|comment| written_id(&self.text[comment]));
        match (id, open.take()) {
            (Some(id), Some(mut card)) => {
                card.id.get_or_insert(id);
                self.close(Some(card), indent);
                self.awaiting = None;
            }
            (None, Some(mut card)) => {
                card.end = trimmed(self.text, piece.range.clone()).end;
                *open = Some(card);
            }
            (Some(id), None) => self.give_id(id),
            (None, None) => self.awaiting = None,
        }
    }

    /// Gives the id to the card just before it, if that has none.
    fn give_id(&mut self, id: String) {
        if let Some(card) = self
            .awaiting
            .take()
            .and_then(|card| self.finds.cards.get_mut(card))
        {
            card.id.get_or_insert(id);
        }
    }

    fn push(&mut self, card: Found) {
        self.awaiting = (card.place != Place::Fence).then_some(self.finds.cards.len());
        self.finds.cards.push(card);
    }

    fn doubt(&mut self, at: usize, code: Fault, message: &'static str, help: &'static str) {
        self.finds.doubts.push(Doubt {
            at,
            code,
            message,
            help,
        });
    }

    /// A part of the source with some of it replaced, moved out of its list item.
    fn render(&self, range: Range<usize>, edits: &[Edit], indent: usize) -> String {
        let text = edited(self.text, range, edits);
        if indent == 0 || !text.contains('\n') {
            return text;
        }
        let mut lines = text.split('\n');
        let mut moved = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            moved.push('\n');
            moved.push_str(&line[blanks.min(indent)..]);
        }
        moved
    }
}

/// A part of `text` with the edits that lie within it made. Edits are in order.
pub(super) fn edited(text: &str, range: Range<usize>, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(range.len());
    let mut at = range.start;
    for edit in edits {
        if edit.range.start < at || edit.range.end > range.end {
            continue;
        }
        out.push_str(&text[at..edit.range.start]);
        out.push_str(&edit.with);
        at = edit.range.end;
    }
    out.push_str(&text[at..range.end]);
    out
}

/// The part that holds this byte. Parts are in order and apart.
fn part_at(parts: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let next = parts.partition_point(|part| part.end <= at);
    parts.get(next).filter(|part| part.start <= at)
}

/// Whether this byte lies within one of the parts, past its first.
fn is_within(parts: &[Range<usize>], at: usize) -> bool {
    part_at(parts, at).is_some_and(|part| part.start < at)
}

/// The closed HTML comments of a part of the source.
fn comments(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let start = at + text[at..range.end].find("<!--")?;
        let end = start + text[start..range.end].find("-->")? + "-->".len();
        at = end;
        Some(start..end)
    })
}

/// The id a comment holds: `x` of `<!-- id: x -->`.
fn written_id(comment: &str) -> Option<String> {
    let inner = comment.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let id = inner.strip_prefix("id:")?.trim();
    (!id.is_empty() && !id.contains(char::is_whitespace)).then(|| id.to_owned())
}
