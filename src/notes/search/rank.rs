//! How well a term fits a text. Exact beats sound beats fuzzy, and a title beats an answer, whatever
//! else is said for either.

use std::ops::Range;

use fuzzy_matcher::skim::SkimMatcherV2;

use super::{query::Term, sound::Readings};

const TITLE_EXACT: i32 = 1000;
/// The most for a title that begins with the term and goes on.
pub(super) const TITLE_BEGINS: i32 = TITLE_EXACT + 120;
const TITLE_SOUND: i32 = 700;
const BODY_EXACT: i32 = 500;
const BODY_SOUND: i32 = 420;
const TITLE_FUZZY: i32 = 200;

/// How many syllables may be left out between the initials typed.
const INITIALS_LEFT_OUT: usize = 2;

/// What `fuzzy-matcher` gives for a letter that fits where it should.
const FUZZY_LETTER: i32 = 20;

/// How well a term fits, and where.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) score: i32,
    /// Characters of the text, in ascending order.
    pub(super) positions: Vec<u32>,
}

impl Fit {
    fn run(score: i32, chars: Range<usize>) -> Self {
        Self {
            score,
            positions: chars.map(|at| at as u32).collect(),
        }
    }
}

pub(super) fn title_exact(title: &str, term: &Term) -> Option<Fit> {
    let at = title.find(&term.text)?;
    let start = title[..at].chars().count();
    let length = title.chars().count();
    let begins_word = !title[..at].ends_with(|c: char| c.is_alphanumeric());
    let mut score = TITLE_EXACT - ((length - term.length) as i32).min(80);
    if length == term.length {
        score += 150;
    }
    if start == 0 {
        score += 60;
    }
    if begins_word {
        score += 60;
    }
    Some(Fit::run(score, start..start + term.length))
}

pub(super) fn title_sound(title: &str, term: &Term, readings: &Readings) -> Option<Fit> {
    let found = readings.find(title, term.text.as_bytes())?;
    let spelled = (found.letters as i32).min(4) * 30;
    let begins = if found.start == 0 { 20 } else { 0 };
    let score = TITLE_SOUND + spelled + begins - (found.start as i32).min(20);
    Some(Fit::run(score, found.start..found.start + found.length))
}

pub(super) fn body_exact(body: &str, term: &Term) -> Option<Fit> {
    let at = body.find(&term.text)?;
    let start = body[..at].chars().count();
    let score = BODY_EXACT - (start as i32 / 8).min(40);
    Some(Fit::run(score, start..start + term.length))
}

/// Initials alone would find any answer; a sound in an answer must be spelled out.
pub(super) fn body_sound(body: &str, term: &Term, readings: &Readings) -> Option<Fit> {
    let found = readings.find(body, term.text.as_bytes())?;
    let chars = found.start..found.start + found.length;
    (found.letters > 1).then(|| Fit::run(BODY_SOUND, chars))
}

/// The letters of a term in their order but not side by side. Where they are scattered over more
/// than three times their number, they are there by chance; so are initials with more than two
/// left out between, for many syllables begin alike.
pub(super) fn title_fuzzy(
    title: &str,
    term: &Term,
    readings: &Readings,
    matcher: &SkimMatcherV2,
    room: &mut String,
) -> Option<Fit> {
    if term.length < 3 {
        return None;
    }
    let as_written = scored(title, term, term.length * 3, matcher);
    if as_written.is_some() || !term.spells || title.is_ascii() {
        return as_written;
    }
    room.clear();
    room.extend(readings.initials(title));
    scored(room, term, term.length + INITIALS_LEFT_OUT, matcher)
}

fn scored(text: &str, term: &Term, span: usize, matcher: &SkimMatcherV2) -> Option<Fit> {
    let near = near(text, &term.text, span)?;
    let before = text[..near.start].chars().count() as u32;
    let (score, positions) = matcher.fuzzy(&text[near], &term.text, true)?;
    let best = FUZZY_LETTER * term.length as i32;
    let score = (score as i32).clamp(0, best);
    (score * 5 >= best * 3).then(|| Fit {
        score: TITLE_FUZZY + score * 200 / best,
        positions: positions.into_iter().map(|at| before + at as u32).collect(),
    })
}

/// The first stretch of at most `span` characters that has the term's characters in their order,
/// with the character before it, which tells whether it begins a word.
fn near(text: &str, term: &str, span: usize) -> Option<Range<usize>> {
    let first = term.chars().next()?;
    let mut before = 0;
    for (at, c) in text.char_indices() {
        if c == first {
            let mut wanted = term.chars().peekable();
            for (offset, c) in text[at..].char_indices().take(span) {
                wanted.next_if_eq(&c);
                if wanted.peek().is_none() {
                    return Some(before..at + offset + c.len_utf8());
                }
            }
        }
        before = at;
    }
    None
}
