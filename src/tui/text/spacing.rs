//! Chinese and Latin text are set apart by a space where the author left none, and lines the author
//! broke are joined again. Both look only at the characters on the two sides.

use std::borrow::Cow;

/// The text with a space between each Chinese character and a Latin letter or digit beside it. For
/// running text, not for code.
pub fn autospace(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::new();
    let mut copied = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| sets_apart(before, c)) {
            if spaced.capacity() == 0 {
                spaced.reserve(text.len() + 16);
            }
            spaced.push_str(&text[copied..at]);
            spaced.push(' ');
            copied = at;
        }
        before = Some(c);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    spaced.push_str(&text[copied..]);
    Cow::Owned(spaced)
}

/// Whether a space belongs between these two neighbours: a Chinese character and a letter or digit
/// of an alphabet (CSS Text 4, `text-autospace: ideograph-alpha ideograph-numeric`).
pub(super) fn sets_apart(before: char, after: char) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    (is_han(before) && is_alphabetic_letter(after))
        || (is_alphabetic_letter(before) && is_han(after))
}

/// Whether a line end in the source between these two stands for a space: not where both are
/// Chinese characters or punctuation (CSS Text 3, segment break transformation).
pub(super) fn break_is_space(before: char, after: char) -> bool {
    let joins = is_wide_punctuation(before)
        || is_wide_punctuation(after)
        || is_wide_context(before) && is_wide_context(after);
    !joins
}

/// A character of the Chinese script (also 々 and 〇).
pub(super) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{3005}' | '\u{3007}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn is_alphabetic_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '\u{C0}'..='\u{52F}') && c.is_alphanumeric()
}

fn is_wide_context(c: char) -> bool {
    is_han(c)
        || is_wide_punctuation(c)
        || matches!(
            c,
            '\u{3040}'..='\u{30FF}' | '“' | '”' | '‘' | '’' | '—' | '…'
        )
}

fn is_wide_punctuation(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{301F}' | '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chinese_and_latin_are_set_apart() {
        for (text, spaced) in [
            ("用Docker跑3个容器", "用 Docker 跑 3 个容器"),
            ("用 Docker 跑", "用 Docker 跑"),
            ("PID1，跟着它活", "PID1，跟着它活"),
            ("“Pod”是最小单元", "“Pod”是最小单元"),
            ("等10秒，再发SIGKILL。", "等 10 秒，再发 SIGKILL。"),
            ("50%的请求", "50%的请求"),
            ("Größe是é", "Größe 是 é"),
            ("plain text 1", "plain text 1"),
        ] {
            assert_eq!(autospace(text), spaced);
        }
    }

    #[test]
    fn a_line_end_between_chinese_characters_is_nothing() {
        assert!(!break_is_space('器', '没'));
        assert!(!break_is_space('，', '没'));
        assert!(!break_is_space('。', 'D'));
        assert!(!break_is_space('”', '没'));
        assert!(break_is_space('r', 'D'));
        assert!(break_is_space('器', 'D'));
        assert!(break_is_space('.', 'D'));
    }

    proptest! {
        #[test]
        fn only_spaces_are_added_and_only_once(text in "[a-c1 容器，（%é]{0,30}") {
            let spaced = autospace(&text).into_owned();
            prop_assert_eq!(spaced.replace(' ', ""), text.replace(' ', ""));
            prop_assert!(spaced.len() >= text.len());
            let again = autospace(&spaced).into_owned();
            prop_assert_eq!(again, spaced);
        }
    }
}
