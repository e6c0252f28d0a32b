//! What a card is known by when its notes say nothing: a hash of its kind and of its question,
//! taken so that changes of style do not matter.

use sha2::{Digest, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::SiblingGroup;

/// The form in which questions are compared: NFKC (full-width forms become ASCII), lower case,
/// typographic quotes and the marks 。 、 as their ASCII relatives, no white space beside Chinese
/// and Japanese characters, and a single blank for any other white space.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        fold_into(&mut folded, text.chars());
    } else {
        fold_into(&mut folded, text.nfkc());
    }
    folded
}

fn fold_into(folded: &mut String, text: impl Iterator<Item = char>) {
    let mut last = None;
    let mut blank = false;
    for c in text {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && !is_wide(c) && last.is_some_and(|last| !is_wide(last)) {
            folded.push(' ');
        }
        blank = false;
        last = Some(c);
        match c {
            '。' => folded.push('.'),
            '、' => folded.push(','),
            '“' | '”' | '「' | '」' | '『' | '』' => folded.push('"'),
            '‘' | '’' => folded.push('\''),
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            _ => folded.extend(c.to_lowercase()),
        }
    }
}

/// Characters that are written without blanks between them.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
        || matches!(c, '“' | '”' | '‘' | '’' | '…')
}

/// The id of a card that has none written: `h-` and the first twelve bytes of a SHA-256 over its
/// kind and its folded question, in hexadecimal.
pub(super) fn hashed(kind: &str, question: &str) -> String {
    digest(&[kind, &folded(question)])
}

/// The id of one of several cards with the same id, by something that tells them apart.
pub(super) fn apart(id: &str, by: &str) -> String {
    digest(&[id, by])
}

/// The group of the cards made from the sentence or pair with this id.
pub(super) fn siblings(id: &str) -> SiblingGroup {
    let hash = Sha256::digest(id.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    SiblingGroup(u64::from_be_bytes(first))
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut id = String::with_capacity(26);
    id.push_str("h-");
    for byte in &hash.finalize()[..12] {
        for half in [byte >> 4, byte & 15] {
            id.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_does_not_matter_and_words_do() {
        let same = [
            ("什么是 Docker 镜像？", "什么是docker镜像?"),
            ("a  b\nc", "A b C"),
            ("Ｐｏｄ，Service", "pod,service"),
            ("“x”。", "\"x\"."),
        ];
        for (one, other) in same {
            assert_eq!(folded(one), folded(other));
            assert_eq!(hashed("basic", one), hashed("basic", other));
        }
        assert_ne!(folded("ab"), folded("a b"));
        assert_ne!(hashed("basic", "a"), hashed("basic", "b"));
        assert_ne!(hashed("basic", "a"), hashed("term", "a"));
    }

    /// Ids stand in learners' histories: they may not change from one release to the next.
    #[test]
    fn ids_stay_what_they_are() {
        assert_eq!(
            hashed("basic", "What is a Pod?"),
            "h-e22f8e1b88fe1523bb74d362"
        );
    }
}
