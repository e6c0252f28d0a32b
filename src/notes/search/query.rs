use super::fold::{Letters, Pairs, fold};

/// Slips of the pen that learners' notes hold, with what is meant.
const ALIASES: [(&str, &str); 3] = [
    ("lable", "label"),
    ("kuberctl", "kubectl"),
    ("kubernetes proxy", "kubectl proxy"),
];
/// More terms than this narrow nothing down.
const MOST_TERMS: usize = 8;

/// What was asked for: the terms as typed, and the terms as meant where they differ. All terms of
/// one reading must be found.
pub(super) struct Query {
    pub(super) readings: Vec<Vec<Term>>,
}

/// One word of a query.
pub(super) struct Term {
    /// Folded.
    pub(super) text: String,
    /// In characters.
    pub(super) length: usize,
    pub(super) letters: Letters,
    pub(super) pairs: Pairs,
    /// Whether it can spell a sound: 2 to 32 ASCII letters or digits.
    pub(super) spells: bool,
}

impl Query {
    pub(super) fn new(typed: &str) -> Self {
        let typed: String = typed.chars().map(fold).collect();
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut meant = typed.clone();
        for (slip, right) in ALIASES {
            meant = meant.replace(slip, right);
        }
        let mut readings = vec![terms(&typed)];
        if meant != typed {
            readings.push(terms(&meant));
        }
        readings.retain(|terms| !terms.is_empty());
        Self { readings }
    }
}

fn terms(folded: &str) -> Vec<Term> {
    folded
        .split(' ')
        .filter(|term| !term.is_empty())
        .take(MOST_TERMS)
        .map(Term::new)
        .collect()
}

impl Term {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            length: text.chars().count(),
            letters: Letters::of(text.chars()),
            pairs: Pairs::of(text.chars()),
            spells: (2..=32).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        }
    }
}
