//! A form of words by which a point is found in an answer. How forms are written is described in
//! `docs/question-format.md`.

use super::{
    negation::Negations,
    normal::{Normal, Token, TokenKind},
};

/// How much may stand where a form has a space: six Latin words, or ten Chinese characters.
const GAP: usize = 30;
const OF_WORD: usize = 5;
const OF_CHARACTER: usize = 3;

/// A Chinese word of so many characters may hold one more between them.
const LOOSE_FROM: usize = 3;

/// A Latin word of so many letters may be misspelt by one.
const SPELLING_FROM: usize = 5;

/// One or more words that stand one after the other.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Form {
    words: Vec<FormWord>,
    /// What may not follow the last of them in its clause.
    barred_after: Alternatives,
    /// Whether they stand in one clause; else in one sentence.
    in_clause: bool,
}

/// A word of a form.
#[derive(Clone, PartialEq, Debug)]
struct FormWord {
    /// What may not stand between the word before it and this one; before the first: in its clause.
    barred: Alternatives,
    is: Alternatives,
}

/// Any of these.
#[derive(Clone, Default, PartialEq, Debug)]
struct Alternatives(Vec<Vec<Piece>>);

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
        let text = text.trim();
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        let mut words = Vec::new();
        let mut barred = Alternatives::default();
        for word in inner.unwrap_or(text).split_whitespace() {
            if let Some(not) = word.strip_prefix('!') {
                barred.0.extend(Alternatives::parse(not)?.0);
            } else {
                words.push(FormWord {
                    barred: std::mem::take(&mut barred),
                    is: Alternatives::parse(word)?,
                });
            }
        }
        if words.is_empty() {
            return Err("is empty");
        }
        Ok(Form {
            words,
            barred_after: barred,
            in_clause: inner.is_some(),
        })
    }

    /// Looks for it: the first place that is not negated, else what negates the first.
    pub(super) fn seek(&self, answer: &Normal, negations: &Negations) -> Sought {
        let search = Search {
            tokens: &answer.tokens,
            negations,
        };
        let clean = |way: &[usize]| search.negating(answer, way).is_empty();
        if let Some(tokens) = search.first(self, clean) {
            return Sought::Found(Found { tokens });
        }
        match search.first(self, |_| true) {
            Some(way) => Sought::Negated(search.negating(answer, &way)),
            None => Sought::Missing,
        }
    }
}

/// An answer that is searched for a form.
struct Search<'a> {
    tokens: &'a [Token],
    negations: &'a Negations,
}

impl Search<'_> {
    /// The tokens that negate what stands at these: before them, in their gaps or after them.
    fn negating(&self, answer: &Normal, way: &[usize]) -> Vec<usize> {
        let (Some(&first), Some(&last)) = (way.first(), way.last()) else {
            return Vec::new();
        };
        let before = self.negations.before(answer, first);
        let gaps = way.windows(2).map(|pair| pair[0] + 1..pair[1]);
        let within = gaps.filter_map(|gap| self.negations.within(answer, gap));
        let after = self.negations.after(answer, (first, last));
        before
            .into_iter()
            .chain(within)
            .chain(after)
            .flatten()
            .collect()
    }

    /// The first way through all words: each begins within the gap after the word before it.
    fn first(&self, form: &Form, clean: impl Fn(&[usize]) -> bool) -> Option<Vec<usize>> {
        let (first, rest) = form.words.split_first()?;
        // By the token a way has come to: the tokens of its words.
        let mut ways = self.no_ways();
        for at in self.beginnings(first) {
            for way in first.is.taken(self.tokens, at) {
                // What is said only afterwards may still negate it.
                if !rest.is_empty() || clean(&way) {
                    keep(&mut ways, way, &clean);
                }
            }
        }
        for (number, word) in (1..).zip(rest) {
            let is_last = number == rest.len();
            let mut next = self.no_ways();
            for (end, way) in ways.iter().enumerate() {
                let Some(way) = way else { continue };
                for at in self.reachable(end, form.in_clause) {
                    if word.barred.takes(self.tokens, at) {
                        break;
                    }
                    if self.is_apart(end, at) {
                        continue;
                    }
                    for taken in word.is.taken(self.tokens, at) {
                        let way = [way.as_slice(), &taken].concat();
                        if !is_last || clean(&way) {
                            keep(&mut next, way, &clean);
                        }
                    }
                }
            }
            ways = next;
        }
        let ended = |way: &Vec<usize>| {
            let rest = way.last().map_or(0, |last| last + 1)..self.tokens.len();
            let mut clause = rest.take_while(|at| !self.tokens[*at].is_end()).take(GAP);
            !clause.any(|at| form.barred_after.takes(self.tokens, at))
        };
        ways.into_iter().flatten().filter(ended).min()
    }

    /// Where a form may begin that begins with this word.
    fn beginnings(&self, word: &FormWord) -> impl Iterator<Item = usize> {
        let mut is_barred = false;
        (0..self.tokens.len()).filter(move |at| {
            is_barred =
                !self.tokens[*at].is_end() && (is_barred || word.barred.takes(self.tokens, *at));
            !is_barred
        })
    }

    /// Whether a negation begins here, in another clause than what ends before `end`: it denies what is
    /// said in its own.
    fn is_apart(&self, end: usize, at: usize) -> bool {
        self.negations.begins_at(at) && self.tokens[end..at].iter().any(Token::is_end)
    }

    fn no_ways(&self) -> Vec<Option<Vec<usize>>> {
        vec![None; self.tokens.len() + 1]
    }

    /// Where the next word may begin: after at most [`GAP`], within the sentence; after a negation within
    /// the clause.
    fn reachable(&self, end: usize, in_clause: bool) -> impl Iterator<Item = usize> {
        let negates = end > 0 && self.negations.ends_at(end - 1);
        let mut passed = 0;
        let mut is_over = false;
        (end..self.tokens.len()).take_while(move |at| {
            let token = &self.tokens[*at];
            let ends = match token.kind {
                TokenKind::Sentence => true,
                TokenKind::Clause => in_clause || negates,
                _ => is_over,
            };
            let reached = passed <= GAP && !ends;
            // What is denied ends where a "but" begins.
            is_over = negates && self.negations.turns_at(*at);
            passed += match token.kind {
                TokenKind::Word => OF_WORD,
                TokenKind::Character => OF_CHARACTER,
                TokenKind::Clause | TokenKind::Sentence => 0,
            };
            reached
        })
    }
}

/// Of two ways to one place the shorter is kept, but one that is negated only for want of another.
fn keep(ways: &mut [Option<Vec<usize>>], way: Vec<usize>, clean: impl Fn(&[usize]) -> bool) {
    let Some(end) = way.last().map(|last| last + 1) else {
        return;
    };
    match &mut ways[end] {
        Some(kept) if (clean(kept), kept.first()) >= (clean(&way), way.first()) => {}
        place => *place = Some(way),
    }
}

impl Alternatives {
    fn parse(word: &str) -> Result<Alternatives, &'static str> {
        let alternatives: Vec<Vec<Piece>> = word.split('|').map(pieces).collect();
        if alternatives.iter().any(Vec::is_empty) {
            return Err("has a word without letters");
        }
        Ok(Alternatives(alternatives))
    }

    /// The tokens each of them takes here.
    fn taken(&self, tokens: &[Token], at: usize) -> impl Iterator<Item = Vec<usize>> {
        let all = self.0.iter();
        all.filter_map(move |pieces| take(pieces, tokens, at))
    }

    /// Whether one of them stands here.
    fn takes(&self, tokens: &[Token], at: usize) -> bool {
        self.taken(tokens, at).next().is_some()
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
            // No slips here: `replac*` must not be found in `replicas`.
            Piece::Stem(stem) => typed.starts_with(stem.as_str()),
            Piece::NotContracted => super::negation::is_contracted(typed),
        }
    }
}

/// Without the `s` of a plural.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(one) if one.len() >= 2 && !one.ends_with('s') => one,
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
        && !is_ending(word, typed)
}

/// Whether they differ in the last letter only, as `replaces` and `replaced` do.
fn is_ending(word: &str, typed: &str) -> bool {
    let stem = |word: &str| {
        let mut letters = word.chars();
        letters.next_back().map(|_| letters.as_str().to_owned())
    };
    word.chars().count() == typed.chars().count() && stem(word) == stem(typed)
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
