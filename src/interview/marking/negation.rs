//! Words that turn what follows into its opposite, and how far they reach.

use std::ops::Range;

use super::normal::{Normal, Token, TokenKind};

/// How many words or characters before a form a negation still reaches it.
const REACH: usize = 8;

/// Chinese words that negate, each with what it must not be part of.
const CHINESE: &[&str] = &["不", "没", "未", "无", "并非", "而非", "绝非", "勿", "别再"];

/// Words that hold one of these and negate nothing.
const NOT_NEGATING: &[&str] = &[
    "不同",
    "不仅",
    "不但",
    "不只",
    "不光",
    "不过",
    "不断",
    "不管",
    "不论",
    "不然",
    "不少",
    "不久",
    "不止",
    "不得不",
    "不能不",
    "不错",
    "无论",
    "无非",
    "无数",
    "未来",
    "没错",
    "差不多",
    "要不",
    "是不是",
    "能不能",
    "会不会",
    "要不要",
    "对不对",
    "有没有",
    "无不",
];

/// English words that negate.
const ENGLISH: &[&str] = &[
    "not", "no", "never", "none", "neither", "nor", "cannot", "without", "nothing", "nobody",
];

/// Pairs of English words that negate.
const PAIRS: &[(&str, &str)] = &[("instead", "of"), ("rather", "than")];

/// What may follow an English negation that then negates nothing.
const AFTER_NOT: &[&str] = &["only", "just", "merely", "matter"];

/// English words that end in `n't`.
const CONTRACTED: &[&str] = &[
    "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "cant", "couldnt", "wont",
    "wouldnt", "shouldnt", "hasnt", "havent", "hadnt", "neednt", "mustnt",
];

/// Words that stand between a thing and what is denied of it.
const LINKS: &[&str] = &[
    "does", "do", "did", "is", "are", "was", "were", "would", "will", "can", "could", "should",
    "也", "都", "并", "看", "是",
];

/// How many of them may stand in a row.
const MOST_LINKS: usize = 3;

/// Words at which the reach of a negation ends.
const TURNS: &[&str] = &[
    "但", "而", "却", "所以", "因此", "因为", "就", "才", "则", "还", "仍", "也", "时", "but",
    "because", "so", "since", "while", "whereas", "although", "though", "yet", "still", "instead",
    "rather", "only",
];

/// Whether a word is `doesn't` or one of its kind, apostrophe or not.
pub(super) fn is_contracted(word: &str) -> bool {
    CONTRACTED.contains(&word)
}

/// The negations of an answer.
#[derive(Debug)]
pub(super) struct Negations {
    /// Of each token: how many tokens long the negation is that begins there, or 0.
    lengths: Vec<usize>,
    /// Of each token: whether the reach of a negation before it ends there.
    turns: Vec<bool>,
}

impl Negations {
    pub(super) fn of(answer: &Normal) -> Negations {
        let tokens = &answer.tokens;
        let mut lengths = vec![0; tokens.len()];
        let mut turns = vec![false; tokens.len()];
        let mut at = 0;
        while at < tokens.len() {
            if let Some(length) = longest(NOT_NEGATING, tokens, at) {
                at += length;
                continue;
            }
            let length = negation(tokens, at);
            lengths[at] = length;
            turns[at] = length == 0 && turn(tokens, at) && !denies_reason(tokens, &lengths, at);
            at += length.max(1);
        }
        Negations { lengths, turns }
    }

    /// The tokens of the first negation that begins in this range.
    pub(super) fn within(&self, range: Range<usize>) -> Option<Range<usize>> {
        let at = range.into_iter().find(|at| self.lengths[*at] > 0)?;
        Some(at..at + self.lengths[at])
    }

    /// The tokens of the negation that reaches the token here from before it.
    pub(super) fn before(&self, answer: &Normal, at: usize) -> Option<Range<usize>> {
        let mut passed = 0;
        for start in (0..at).rev() {
            let token = &answer.tokens[start];
            if token.is_end() {
                return None;
            }
            let length = self.lengths[start];
            if length > 0 && start + length <= at {
                return Some(start..start + length);
            }
            if self.turns[start] {
                return None;
            }
            passed += 1;
            if passed > REACH {
                return None;
            }
        }
        None
    }
}

impl Negations {
    /// The tokens of a negation that follows the token here and denies it: `docker logs does not show`,
    /// `uncordon 也没有用`. Chinese that goes on without a break denies something else.
    pub(super) fn after(
        &self,
        answer: &Normal,
        (first, last): (usize, usize),
    ) -> Option<Range<usize>> {
        if answer.tokens[last].kind != TokenKind::Word {
            return None;
        }
        let rest = last + 1..answer.tokens.len();
        let links = rest.take(MOST_LINKS);
        let links = links.take_while(|at| longest(LINKS, &answer.tokens, *at).is_some());
        let links = links.count();
        let (at, linked) = (last + 1 + links, links > 0);
        let length = *self.lengths.get(at)?;
        let token = &answer.tokens[at];
        let denies = match token.kind {
            TokenKind::Word => {
                let is_verb = linked || is_contracted(&token.text) || token.text == "cannot";
                is_verb && is_subject(&answer.tokens, first)
            }
            _ => true,
        };
        (length > 0 && denies).then(|| at..at + length)
    }

    /// Whether a negation ends with the token here.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        (0..=at).rev().take(2).any(|start| {
            let length = self.lengths[start];
            length > 0 && start + length == at + 1
        })
    }
}

fn turn(tokens: &[Token], at: usize) -> bool {
    longest(TURNS, tokens, at).is_some()
}

/// In 不会因为 the reason is denied, and with it what follows from it.
fn denies_reason(tokens: &[Token], lengths: &[usize], at: usize) -> bool {
    stands("因为", tokens, at).is_some() && (1..=2).any(|back| at >= back && lengths[at - back] > 0)
}

/// Whether the clause begins with the token here, articles aside. In "Pods that fail the probe are not
/// counted" something else is denied than the probe.
fn is_subject(tokens: &[Token], at: usize) -> bool {
    const ASIDE: [&str; 7] = ["the", "a", "an", "and", "but", "so", "then"];
    let mut before = tokens[..at]
        .iter()
        .rev()
        .take_while(|token| !token.is_end());
    before.all(|token| ASIDE.contains(&token.text.as_str()))
}

fn negation(tokens: &[Token], at: usize) -> usize {
    if let Some(length) = longest(CHINESE, tokens, at) {
        return length;
    }
    let word = |at: usize| match tokens.get(at) {
        Some(token) if token.kind == TokenKind::Word => token.text.as_str(),
        _ => "",
    };
    let (here, next) = (word(at), word(at + 1));
    if here == "nothing" && ["but", "more"].contains(&next) {
        return 0;
    }
    if ENGLISH.contains(&here) || is_contracted(here) {
        return usize::from(!AFTER_NOT.contains(&next));
    }
    if PAIRS.contains(&(here, next)) { 2 } else { 0 }
}

/// How many tokens long the longest of these words is that stands here.
fn longest(words: &[&str], tokens: &[Token], at: usize) -> Option<usize> {
    let lengths = words.iter().filter_map(|word| stands(word, tokens, at));
    lengths.max()
}

fn stands(word: &str, tokens: &[Token], at: usize) -> Option<usize> {
    let first = tokens.get(at)?;
    if first.kind == TokenKind::Word {
        return (first.text == word).then_some(1);
    }
    let mut length = 0;
    for c in word.chars() {
        let token = tokens.get(at + length)?;
        if token.kind != TokenKind::Character || !token.text.starts_with(c) {
            return None;
        }
        length += 1;
    }
    Some(length)
}
