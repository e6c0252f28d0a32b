//! A form of words by which a point is found in an answer. How forms are written is described in
//! `docs/question-format.md`.

use super::{
    negation::Negations,
    normal::{Normal, Token, TokenKind},
};

/// How many words or characters may stand where a form has a space.
const GAP: usize = 6;

/// A Chinese word of so many characters may hold one more between them.
const LOOSE_FROM: usize = 3;

/// A Latin word of so many letters may be misspelt by one.
const SPELLING_FROM: usize = 5;

/// One or more words that stand one after the other.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Form {
    words: Vec<FormWord>,
}

/// A word of a form: any of its alternatives.
#[derive(Clone, PartialEq, Debug)]
struct FormWord {
    alternatives: Vec<Vec<Piece>>,
}

/// What stands together without a gap.
#[derive(Clone, PartialEq, Debug)]
enum Piece {
    Characters(Vec<String>),
    Word(String),
    /// A word with any ending.
    Stem(String),
    /// The end of `doesn't`.
    NotContracted,
}

/// Where a form was found.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Found {
    /// The tokens its words are, in order.
    pub(super) tokens: Vec<usize>,
}

/// What came of looking for a form.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sought {
    Found(Found),
    /// Its words are there, but these tokens negate them.
    Negated(Vec<usize>),
    Missing,
}

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// What is wrong with it, to be said of it.
    pub(crate) fn parse(text: &str) -> Result<Form, &'static str> {
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            let mut alternatives = Vec::new();
            for alternative in word.split('|') {
                let pieces = pieces(alternative);
                if pieces.is_empty() {
                    return Err("has a word without letters");
                }
                alternatives.push(pieces);
            }
            words.push(FormWord { alternatives });
        }
        if words.is_empty() {
            return Err("is empty");
        }
        Ok(Form { words })
    }

    /// Looks for it: the first place that is not negated, else what negates the first.
    pub(super) fn seek(&self, answer: &Normal, negations: &Negations) -> Sought {
        let clean = |from: usize, to: usize| negations.within(from..to).is_none();
        let unnegated = |at: usize| negations.before(answer, at).is_none();
        if let Some(found) = self.reach(answer, unnegated, clean) {
            return Sought::Found(found);
        }
        let Some(found) = self.reach(answer, |_| true, |_, _| true) else {
            return Sought::Missing;
        };
        let first = found.tokens.first().copied().unwrap_or(0);
        let gaps = found.tokens.windows(2);
        let mut negating: Vec<usize> = gaps
            .filter_map(|pair| negations.within(pair[0] + 1..pair[1]))
            .flatten()
            .collect();
        negating.extend(negations.before(answer, first).into_iter().flatten());
        negating.sort_unstable();
        Sought::Negated(negating)
    }

    /// The first way through all words: each word begins within the gap after the word before. `starts`
    /// says where a form may begin, `passes` over which tokens a gap may go.
    fn reach(
        &self,
        answer: &Normal,
        starts: impl Fn(usize) -> bool,
        passes: impl Fn(usize, usize) -> bool,
    ) -> Option<Found> {
        let tokens = &answer.tokens;
        // By the token a way has come to: the tokens of its words.
        let mut ways: Vec<Option<Vec<usize>>> = vec![None; tokens.len() + 1];
        for at in 0..tokens.len() {
            if starts(at) {
                for taken in self.words[0].taken(tokens, at) {
                    if inner_gaps(&taken).all(|(from, to)| passes(from, to)) {
                        keep(&mut ways, taken);
                    }
                }
            }
        }
        for word in &self.words[1..] {
            let mut next: Vec<Option<Vec<usize>>> = vec![None; tokens.len() + 1];
            for (end, way) in ways.iter().enumerate() {
                let Some(way) = way else { continue };
                for at in reachable(tokens, end) {
                    if !passes(end, at) {
                        continue;
                    }
                    for taken in word.taken(tokens, at) {
                        if inner_gaps(&taken).all(|(from, to)| passes(from, to)) {
                            keep(&mut next, [way.as_slice(), &taken].concat());
                        }
                    }
                }
            }
            ways = next;
        }
        let tokens = ways.into_iter().flatten().min()?;
        Some(Found { tokens })
    }
}

/// Of two ways to one place the shorter is kept.
fn keep(ways: &mut [Option<Vec<usize>>], way: Vec<usize>) {
    let Some(end) = way.last().map(|last| last + 1) else {
        return;
    };
    match &mut ways[end] {
        Some(kept) if kept.first() >= way.first() => {}
        place => *place = Some(way),
    }
}

/// Where the next word may begin: after at most [`GAP`] tokens, within the sentence.
fn reachable(tokens: &[Token], end: usize) -> impl Iterator<Item = usize> {
    let mut passed = 0;
    let within = tokens[end..].iter().take_while(move |token| {
        let reached = passed <= GAP && token.kind != TokenKind::Sentence;
        passed += usize::from(!token.is_end());
        reached
    });
    (end..).zip(within).map(|(at, _)| at)
}

/// The tokens that were left out between those taken.
fn inner_gaps(taken: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    taken
        .windows(2)
        .map(|pair| (pair[0] + 1, pair[1]))
        .filter(|(from, to)| from < to)
}

impl FormWord {
    /// The tokens each of its alternatives takes here.
    fn taken(&self, tokens: &[Token], at: usize) -> impl Iterator<Item = Vec<usize>> {
        self.alternatives
            .iter()
            .filter_map(move |pieces| take(pieces, tokens, at))
    }
}

fn take(pieces: &[Piece], tokens: &[Token], mut at: usize) -> Option<Vec<usize>> {
    let mut taken = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Characters(characters) => {
                let mut slack = usize::from(characters.len() >= LOOSE_FROM);
                for (number, character) in characters.iter().enumerate() {
                    let is_it = |at: usize| tokens.get(at).is_some_and(|t| t.text == *character);
                    let is_one = |at: usize| {
                        tokens
                            .get(at)
                            .is_some_and(|token| token.kind == TokenKind::Character)
                    };
                    if !is_it(at) && number > 0 && slack > 0 && is_one(at) {
                        slack -= 1;
                        at += 1;
                    }
                    if !is_it(at) {
                        return None;
                    }
                    taken.push(at);
                    at += 1;
                }
            }
            _ => {
                let token = tokens.get(at)?;
                if token.kind != TokenKind::Word || !piece.is_word(&token.text) {
                    return None;
                }
                taken.push(at);
                at += 1;
            }
        }
    }
    Some(taken)
}

impl Piece {
    fn is_word(&self, typed: &str) -> bool {
        match self {
            Piece::Characters(_) => false,
            Piece::Word(word) => {
                word == typed || singular(word) == singular(typed) || is_slip(word, typed)
            }
            Piece::Stem(stem) => {
                typed.starts_with(stem.as_str()) || {
                    let head: String = typed.chars().take(stem.chars().count()).collect();
                    is_slip(stem, &head)
                }
            }
            Piece::NotContracted => super::negation::is_contracted(typed),
        }
    }
}

/// Without the `s` of a plural.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if one.len() >= 3 && !one.ends_with('s') => one,
        _ => word,
    }
}

/// One letter wrong, missing, too many, or two that changed places; not the first letter.
fn is_slip(word: &str, typed: &str) -> bool {
    let letters = word.chars().count();
    letters >= SPELLING_FROM
        && word.chars().all(char::is_alphabetic)
        && word.chars().next() == typed.chars().next()
        && typed.chars().count().abs_diff(letters) <= 1
        && strsim::osa_distance(word, typed) == 1
}

/// The pieces of one word of a form.
fn pieces(word: &str) -> Vec<Piece> {
    if word.eq_ignore_ascii_case("n't") {
        return vec![Piece::NotContracted];
    }
    let is_stem = word.ends_with('*');
    let normal = Normal::of(word);
    let mut pieces: Vec<Piece> = Vec::new();
    for token in normal.tokens {
        match (token.kind, pieces.last_mut()) {
            (TokenKind::Character, Some(Piece::Characters(characters))) => {
                characters.push(token.text);
            }
            (TokenKind::Character, _) => pieces.push(Piece::Characters(vec![token.text])),
            (TokenKind::Word, _) => pieces.push(Piece::Word(token.text)),
            _ => {}
        }
    }
    if let Some(last) = pieces.last_mut()
        && is_stem
        && let Piece::Word(word) = last
    {
        *last = Piece::Stem(std::mem::take(word));
    }
    pieces
}
