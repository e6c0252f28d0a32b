//! Text as it is compared: without markup, case, or the difference between full and half width.

/// The characters of a Markdown text as a reader sees them in one line: without the signs of code
/// and bold text, each run of white space one space.
pub(super) fn shown(markdown: &str) -> impl Iterator<Item = char> + '_ {
    let mut chars = markdown.trim().chars().peekable();
    let mut after_space = true;
    std::iter::from_fn(move || {
        loop {
            let c = chars.next()?;
            if c == '`' || c == '*' && chars.next_if_eq(&'*').is_some() {
                continue;
            }
            let space = c.is_whitespace();
            if space && after_space {
                continue;
            }
            after_space = space;
            return Some(if space { ' ' } else { c });
        }
    })
}

/// A character as it is compared; always one, so that positions stay.
pub(super) fn fold(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\u{7F}' => c,
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).map_or(c, fold),
        '\u{4E00}'..='\u{9FFF}' => c,
        '\u{3000}' => ' ',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

/// A set of characters, as one bit for each letter and digit and a shared bit for others: what a set
/// does not hold is not in the text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Letters(u64);

impl Letters {
    pub(super) fn of(folded: impl IntoIterator<Item = char>) -> Self {
        Self(folded.into_iter().fold(0, |set, c| set | Self::bit(c)))
    }

    pub(super) fn hold(self, other: Letters) -> bool {
        self.0 & other.0 == other.0
    }

    fn bit(c: char) -> u64 {
        match c {
            ' ' => 0,
            'a'..='z' => 1 << (c as u32 - 'a' as u32),
            '0'..='9' => 1 << (26 + c as u32 - '0' as u32),
            _ => 1 << (36 + u32::from(c).wrapping_mul(0x9E37_79B1) % 28),
        }
    }
}

/// The pairs of neighbouring characters of a text, and its Chinese characters, as a Bloom filter of
/// one hash: what it does not hold is not in the text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Pairs([u64; 4]);

impl Pairs {
    pub(super) fn of(folded: impl IntoIterator<Item = char>) -> Self {
        let mut pairs = Self::default();
        let mut before = None;
        for c in folded {
            if u32::from(c) >= 0x3400 {
                pairs.add(u32::from(c));
            }
            if let Some(before) = before {
                pairs.add_pair(before, c);
            }
            before = Some(c);
        }
        pairs
    }

    pub(super) fn hold(&self, other: &Pairs) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(own, other)| own & other == *other)
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn add_pair(&mut self, before: char, after: char) {
        self.add(u32::from(before).wrapping_mul(31) ^ u32::from(after).rotate_left(13));
    }

    fn add(&mut self, key: u32) {
        let hash = key.wrapping_mul(0x9E37_79B1) >> 24;
        self.0[(hash >> 6) as usize] |= 1 << (hash & 63);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_is_not_shown() {
        let text: String = shown(" 用 `docker ps`\n  看 **Pod** * ").collect();
        assert_eq!(text, "用 docker ps 看 Pod *");
    }

    #[test]
    fn case_and_width_are_folded() {
        let folded: String = "ＤｏｃｋｅｒÉ容？".chars().map(fold).collect();
        assert_eq!(folded, "dockeré容?");
    }

    proptest! {
        #[test]
        fn filters_hold_every_part_of_a_text(text in "[a-z0-9容器状态 ]{1,20}", from in 0usize..20, length in 1usize..6) {
            let chars: Vec<char> = text.chars().collect();
            let from = from.min(chars.len() - 1);
            let part = &chars[from..(from + length).min(chars.len())];
            prop_assert!(Letters::of(chars.clone()).hold(Letters::of(part.to_vec())));
            prop_assert!(Pairs::of(chars.clone()).hold(&Pairs::of(part.to_vec())));
        }
    }
}
