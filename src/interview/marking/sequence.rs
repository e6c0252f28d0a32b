//! Which of two things an answer says comes first. Mostly the one it names first; but not in "before B it
//! does A" or "B 在 A 之后".

use super::normal::{Normal, Token};

const BEFORE: &[&str] = &["before", "之前", "以前"];
const AFTER: &[&str] = &["after", "following", "之后", "以后"];

/// Whether what stands at these tokens comes before what stands at those.
pub(super) fn comes_first(answer: &Normal, first: &[usize], then: &[usize]) -> bool {
    let (Some(&first_from), Some(&first_to)) = (first.first(), first.last()) else {
        return false;
    };
    let (Some(&then_from), Some(&then_to)) = (then.first(), then.last()) else {
        return false;
    };
    let tokens = &answer.tokens;
    if first_from <= then_from {
        !is_turned(tokens, (first_from, first_to), (then_from, then_to))
    } else {
        is_turned(tokens, (then_from, then_to), (first_from, first_to))
    }
}

/// Whether what is named first comes second.
fn is_turned(tokens: &[Token], one: (usize, usize), other: (usize, usize)) -> bool {
    // "one after other", "before one, other"
    let between = &tokens[(one.1 + 1).min(other.0)..other.0];
    let is_english = |words: &[&str], token: &Token| words.contains(&token.text.as_str());
    let before_one = tokens[..one.0].iter().rev().take_while(|t| !t.is_end());
    let mut before_one = before_one.take(3);
    if between
        .iter()
        .rev()
        .take_while(|token| !token.is_end())
        .take(3)
        .any(|token| is_english(AFTER, token))
        || before_one.any(|token| is_english(BEFORE, token))
    {
        return true;
    }
    // "在 one 之前，other", "one 在 other 之后"
    follows(tokens, one.1, BEFORE) || (follows(tokens, other.1, AFTER) && holds(between, "在"))
}

/// Whether one of these words follows the token here at once.
fn follows(tokens: &[Token], at: usize, words: &[&str]) -> bool {
    let rest: String = tokens[(at + 1).min(tokens.len())..]
        .iter()
        .take_while(|token| !token.is_end())
        .take(2)
        .map(|token| token.text.as_str())
        .collect();
    words
        .iter()
        .any(|word| rest.starts_with(word) && !word.is_ascii())
}

fn holds(tokens: &[Token], character: &str) -> bool {
    tokens.iter().any(|token| token.text == character)
}
