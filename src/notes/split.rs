//! Where lessons begin and end in a file, and their sections.

use std::ops::Range;

use super::{
    cards::{Finds, Found},
    markdown::{Outline, Piece, PieceKind, comment_free},
};

/// A lesson's part of a file.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// Its heading's text, if it has one.
    pub(super) title: Option<&'a str>,
    /// Its heading's first byte, else its own.
    pub(super) start: usize,
    /// All that is read with it, headings above it that have no text of their own included.
    pub(super) range: Range<usize>,
    /// The headings above it and its own.
    pub(super) trail: Vec<&'a str>,
}

struct Head<'a> {
    level: u8,
    title: &'a str,
    start: usize,
}

/// Cuts a file into lessons: at each heading down to the deepest level at which headings under one
/// parent still have text, leaving out headings with no text before the next. Text before the
/// first heading is a lesson without a title.
pub(super) fn cut<'a>(text: &str, outline: &'a Outline, body: usize) -> Vec<Cut<'a>> {
    let heads: Vec<Head<'a>> = heads(&outline.pieces).collect();
    let depth = lesson_level(text, outline, &heads);
    let mut cuts: Vec<Cut<'a>> = Vec::new();
    let mut trail: Vec<(u8, &str)> = Vec::new();
    let mut bounds = heads.iter().filter(|head| head.level <= depth).peekable();
    let mut pieces = outline.pieces.iter().peekable();
    let mut from = body;
    let mut has_text_before = |until: usize| {
        let mut any = false;
        while let Some(piece) = pieces.next_if(|piece| piece.range.start < until) {
            any |= is_text(text, piece);
        }
        any
    };
    let first = bounds.peek().map_or(text.len(), |head| head.start);
    if has_text_before(first) {
        cuts.push(Cut {
            title: None,
            start: body,
            range: body..first,
            trail: Vec::new(),
        });
        from = first;
    }
    while let Some(head) = bounds.next() {
        trail.retain(|(level, _)| *level < head.level);
        trail.push((head.level, head.title));
        let end = bounds.peek().map_or(text.len(), |next| next.start);
        if has_text_before(end) {
            cuts.push(Cut {
                title: Some(head.title),
                start: head.start,
                range: from..end,
                trail: trail.iter().map(|(_, title)| *title).collect(),
            });
            from = end;
        }
    }
    if let Some(last) = cuts.last_mut() {
        last.range.end = text.len();
    }
    cuts
}

fn heads(pieces: &[Piece]) -> impl Iterator<Item = Head<'_>> {
    pieces.iter().filter_map(|piece| match &piece.kind {
        PieceKind::Heading { level, title } => Some(Head {
            level: *level,
            title: title.trim(),
            start: piece.range.start,
        }),
        _ => None,
    })
}

/// The deepest level at which two headings under one parent have text below them; where there is
/// none, the level of the first heading with text right below it.
fn lesson_level(text: &str, outline: &Outline, heads: &[Head<'_>]) -> u8 {
    let own = own_text(text, outline, heads.len());
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(heads.len());
    let mut open: Vec<usize> = Vec::new();
    let mut below = own.clone();
    for (at, head) in heads.iter().enumerate() {
        while open
            .last()
            .is_some_and(|last| heads[*last].level >= head.level)
        {
            open.pop();
        }
        parents.push(open.last().copied());
        open.push(at);
        if own[at] {
            for above in open.iter().rev() {
                below[*above] = true;
            }
        }
    }
    // Whether a parent (the file is the last one) has a child with text, at each level.
    let mut seen = vec![[false; 7]; heads.len() + 1];
    let mut deepest = None;
    for (at, head) in heads.iter().enumerate().filter(|(at, _)| below[*at]) {
        let level = usize::from(head.level).min(6);
        let seen = &mut seen[parents[at].unwrap_or(heads.len())][level];
        if *seen {
            deepest = deepest.max(Some(head.level));
        }
        *seen = true;
    }
    deepest.unwrap_or_else(|| {
        let first = heads.iter().zip(&own).find(|(_, own)| **own);
        first.map_or(6, |(head, _)| head.level)
    })
}

/// For each heading whether text stands between it and the next.
fn own_text(text: &str, outline: &Outline, heads: usize) -> Vec<bool> {
    let mut own = Vec::with_capacity(heads);
    for piece in &outline.pieces {
        if matches!(piece.kind, PieceKind::Heading { .. }) {
            own.push(false);
        } else if let Some(last) = own.last_mut() {
            *last |= is_text(text, piece);
        }
    }
    own
}

fn is_text(text: &str, piece: &Piece) -> bool {
    match &piece.kind {
        PieceKind::Heading { .. } | PieceKind::Rule => false,
        PieceKind::Html => !comment_free(&text[piece.range.clone()]).trim().is_empty(),
        _ => true,
    }
}

/// A heading of a lesson and what stands under it up to the next.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// The heading's level and text, if there is one.
    pub(super) head: Option<(u8, &'a str)>,
    pub(super) range: Range<usize>,
    /// Whether it is read: parts of nothing but cards are not, unless the lesson has no other.
    pub(super) shown: bool,
}

/// The parts of a lesson.
pub(super) fn parts<'a>(
    text: &str,
    outline: &'a Outline,
    finds: &Finds,
    range: Range<usize>,
) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut add = |head: Option<(u8, &'a str)>, start: usize, range: Range<usize>| {
        if head.is_some() || !text[range.clone()].trim().is_empty() {
            let below = content(text, start..range.end, &finds.cards);
            parts.push((
                Part {
                    head,
                    range,
                    shown: true,
                },
                below,
            ));
        }
    };
    let first = outline
        .pieces
        .partition_point(|piece| piece.range.start < range.start);
    let mut open = (None, range.start, range.start);
    for piece in outline.pieces[first..]
        .iter()
        .take_while(|piece| piece.range.start < range.end)
    {
        if let PieceKind::Heading { level, title } = &piece.kind {
            add(open.0, open.1, open.2..piece.range.start);
            open = (
                Some((*level, title.trim())),
                piece.range.end,
                piece.range.start,
            );
        }
    }
    add(open.0, open.1, open.2..range.end);
    if parts.iter().any(|(_, below)| *below == Content::Text) {
        let mut hidden_below: Option<u8> = None;
        for (part, below) in parts.iter_mut().rev() {
            let level = part.head.map_or(0, |(level, _)| level);
            part.shown = match below {
                Content::Text => true,
                Content::Cards => false,
                Content::Nothing => hidden_below.is_none_or(|below| below <= level),
            };
            hidden_below = (!part.shown).then_some(level);
        }
    }
    parts.into_iter().map(|(part, _)| part).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Cards,
    Text,
}

/// What a part of the source holds besides cards: lines of tags, rules and empty list marks are
/// nothing.
fn content(text: &str, range: Range<usize>, cards: &[Found]) -> Content {
    let first = cards.partition_point(|card| card.span.start < range.start);
    let mut at = range.start;
    let mut any = false;
    let is_blank = |gap: &str| {
        comment_free(gap).lines().all(|line| {
            line.split_whitespace().all(|word| {
                word.starts_with('#') || word.chars().all(|c| matches!(c, '-' | '*' | '+' | '_'))
            })
        })
    };
    for card in cards[first..]
        .iter()
        .take_while(|card| card.span.start < range.end)
        .filter(|card| card.is_explicit())
    {
        any = true;
        if card.span.start > at && !is_blank(&text[at..card.span.start]) {
            return Content::Text;
        }
        at = at.max(card.span.end.min(range.end));
    }
    if !is_blank(&text[at..range.end]) {
        Content::Text
    } else if any {
        Content::Cards
    } else {
        Content::Nothing
    }
}
