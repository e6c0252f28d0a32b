//! What the learner typed against the right answer.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_normalization::UnicodeNormalization;

use super::{spacing::is_han, width::clusters};

/// From this likeness on, an answer says what it should.
const CLOSE: f32 = 0.85;
/// Words at least this alike are compared letter by letter.
const TYPO: f32 = 0.5;

/// A typed answer beside the right one.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// Both texts in one, in reading order; neighbours differ in kind.
    pub pieces: Vec<(Piece, String)>,
    /// How much they say the same, 0 to 1.
    pub likeness: f32,
}

impl Comparison {
    /// Whether the typed answer may count as right. The learner has the last word.
    pub fn is_close(&self) -> bool {
        self.likeness >= CLOSE
    }
}

/// What a stretch of a comparison is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// In both; written as in the right answer.
    Same,
    /// In the right answer only.
    Missing,
    /// In the typed answer only.
    Extra,
}

/// Compares what was typed with the right answer, by words and Chinese characters, and within words
/// that are nearly the same by letters. Upper and lower case, full and half width, spaces and
/// punctuation make no difference, unless the right answer is nothing but punctuation.
pub fn compare(typed: &str, right: &str) -> Comparison {
    let marks_count = !right.chars().any(char::is_alphanumeric);
    let typed = Words::of(typed, marks_count);
    let right = Words::of(right, marks_count);
    let mut comparison = Joined::default();
    for op in capture_diff_slices(Algorithm::Myers, &typed.keys, &right.keys) {
        let (old, new) = (op.old_range(), op.new_range());
        match op {
            DiffOp::Equal { .. } => {
                comparison.push(Piece::Same, right.text(new.clone()));
                comparison.same += 2.0 * right.weight(new);
            }
            DiffOp::Replace { .. } => comparison.replaced(&typed, old, &right, new),
            DiffOp::Delete { .. } => comparison.push(Piece::Extra, typed.text(old)),
            DiffOp::Insert { .. } => comparison.push(Piece::Missing, right.text(new)),
        }
    }
    let whole = typed.weight(0..typed.keys.len()) + right.weight(0..right.keys.len());
    Comparison {
        pieces: comparison.pieces,
        likeness: if whole == 0.0 {
            1.0
        } else {
            comparison.same / whole
        },
    }
}

#[derive(Default)]
struct Joined {
    pieces: Vec<(Piece, String)>,
    /// The weight of what is the same, counted in both texts.
    same: f32,
}

impl Joined {
    fn push(&mut self, piece: Piece, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some((last, joined)) if *last == piece => joined.push_str(text),
            _ => self.pieces.push((piece, text.to_owned())),
        }
    }

    /// Words in place of others, pair by pair.
    fn replaced(
        &mut self,
        typed: &Words<'_>,
        old: Range<usize>,
        right: &Words<'_>,
        new: Range<usize>,
    ) {
        let pairs = old.len().min(new.len());
        for (from, to) in old.clone().zip(new.clone()) {
            let letters = Letters::between(typed, from, right, to);
            if letters.likeness >= TYPO {
                self.same += letters.likeness
                    * (word_weight(&typed.keys[from]) + word_weight(&right.keys[to]));
                for (piece, text) in &letters.pieces {
                    self.push(*piece, text);
                }
            } else {
                self.push(Piece::Extra, typed.text(from..from + 1));
                self.push(Piece::Missing, right.text(to..to + 1));
            }
        }
        self.push(Piece::Extra, typed.text(old.start + pairs..old.end));
        self.push(Piece::Missing, right.text(new.start + pairs..new.end));
    }
}

/// Two words compared letter by letter.
struct Letters {
    pieces: Vec<(Piece, String)>,
    likeness: f32,
}

impl Letters {
    fn between(typed: &Words<'_>, from: usize, right: &Words<'_>, to: usize) -> Self {
        let (old, new) = (letters(typed.core(from)), letters(right.core(to)));
        let keys = |letters: &[&str]| letters.iter().map(|letter| key(letter)).collect::<Vec<_>>();
        let (before, after) = right.around(to);
        let mut joined = Joined::default();
        let mut same = 0;
        joined.push(Piece::Same, before);
        for op in capture_diff_slices(Algorithm::Myers, &keys(&old), &keys(&new)) {
            let (gone, come) = (old[op.old_range()].concat(), new[op.new_range()].concat());
            if let DiffOp::Equal { len, .. } = op {
                same += len;
                joined.push(Piece::Same, &come);
            } else {
                joined.push(Piece::Extra, &gone);
                joined.push(Piece::Missing, &come);
            }
        }
        joined.push(Piece::Same, after);
        Self {
            pieces: joined.pieces,
            likeness: 2.0 * same as f32 / (old.len() + new.len()).max(1) as f32,
        }
    }
}

fn letters(word: &str) -> Vec<&str> {
    clusters(word)
        .map(|cluster| &word[cluster.start..cluster.end])
        .collect()
}

/// A text cut into words.
struct Words<'a> {
    source: &'a str,
    /// What each word is compared by.
    keys: Vec<String>,
    /// Where each stands.
    cores: Vec<Range<usize>>,
}

impl<'a> Words<'a> {
    fn of(source: &'a str, marks_count: bool) -> Self {
        let mut words = Words {
            source,
            keys: Vec::new(),
            cores: Vec::new(),
        };
        let mut open = false;
        for cluster in clusters(source) {
            let text = &source[cluster.start..cluster.end];
            let key = key(text);
            let alone = key.chars().any(is_han);
            let counts =
                key.chars().any(char::is_alphanumeric) || marks_count && !text.trim().is_empty();
            if !counts {
                open = false;
            } else if open && !alone {
                if let (Some(last), Some(core)) = (words.keys.last_mut(), words.cores.last_mut()) {
                    last.push_str(&key);
                    core.end = cluster.end;
                }
            } else {
                words.keys.push(key);
                words.cores.push(cluster.start..cluster.end);
                open = !alone;
            }
        }
        words
    }

    /// The words as they were written, with what stands between them and after them.
    fn text(&self, words: Range<usize>) -> &'a str {
        if words.is_empty() {
            return "";
        }
        &self.source[self.start(words.start)..self.start(words.end)]
    }

    /// Where a word begins, with the marks before the first; behind the last one, the end.
    fn start(&self, word: usize) -> usize {
        match word {
            0 => 0,
            _ => self
                .cores
                .get(word)
                .map_or(self.source.len(), |core| core.start),
        }
    }

    /// A word without the marks around it.
    fn core(&self, word: usize) -> &'a str {
        &self.source[self.cores[word].clone()]
    }

    /// The marks before and after a word.
    fn around(&self, word: usize) -> (&'a str, &'a str) {
        let core = &self.cores[word];
        (
            &self.source[self.start(word)..core.start],
            &self.source[core.end..self.start(word + 1)],
        )
    }

    fn weight(&self, words: Range<usize>) -> f32 {
        self.keys[words].iter().map(|key| word_weight(key)).sum()
    }
}

/// A word says about as much as two Chinese characters.
fn word_weight(key: &str) -> f32 {
    if key.chars().any(is_han) { 1.0 } else { 2.0 }
}

fn key(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `-missing-`, `+extra+`, the rest bare.
    fn shown(typed: &str, right: &str) -> String {
        let pieces = compare(typed, right).pieces;
        let marked = pieces.iter().map(|(piece, text)| match piece {
            Piece::Same => text.clone(),
            Piece::Missing => format!("-{text}-"),
            Piece::Extra => format!("+{text}+"),
        });
        marked.collect()
    }

    #[test]
    fn case_width_spaces_and_punctuation_make_no_difference() {
        let right = "先发 SIGTERM，再发 SIGKILL。";
        let found = compare("先发ＳＩＧＴＥＲＭ 再发sigkill", right);
        assert_eq!(found.pieces, [(Piece::Same, right.to_owned())]);
        assert_eq!(found.likeness, 1.0);
    }

    #[test]
    fn what_was_left_out_and_what_was_added_is_shown() {
        assert_eq!(
            shown("主进程活着", "主进程是否还活着"),
            "主进程-是否还-活着"
        );
        assert_eq!(
            shown("the main process exits", "the process exits"),
            "the +main +process exits"
        );
        assert_eq!(shown("", "etcd"), "-etcd-");
        assert_eq!(shown("etcd", ""), "+etcd+");
    }

    #[test]
    fn a_slip_in_a_word_is_shown_in_the_word() {
        assert_eq!(shown("Kuberctl get", "kubectl, get"), "kube+r+ctl, get");
        assert!(compare("Kuberctl get pods", "kubectl get pods").is_close());
    }

    #[test]
    fn another_word_is_another_word() {
        assert_eq!(shown("docker rm", "docker stop"), "docker +rm+-stop-");
        assert!(!compare("docker rm", "docker stop").is_close());
    }

    #[test]
    fn an_answer_of_signs_is_compared_by_its_signs() {
        assert_eq!(compare("->", "->").likeness, 1.0);
        assert!(!compare("=>", "->").is_close());
        assert_eq!(compare("", "").likeness, 1.0);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_in_it(typed in "[a-c容器，。 ]{0,20}", right in "[a-c容器，。 ]{0,20}") {
            let found = compare(&typed, &right);
            let without = |gone: Piece| -> String {
                let kept = found.pieces.iter().filter(|(piece, _)| *piece != gone);
                kept.map(|(_, text)| text.as_str()).collect()
            };
            if right.chars().any(char::is_alphanumeric) {
                prop_assert_eq!(without(Piece::Extra), right);
                let said = |text: &str| text.replace(['，', '。', ' '], "");
                prop_assert_eq!(said(&without(Piece::Missing)), said(&typed));
            }
            prop_assert!((0.0..=1.0).contains(&found.likeness));
        }

        #[test]
        fn any_texts_compare(typed in any::<String>(), right in any::<String>()) {
            let itself = compare(&right, &right);
            prop_assert!(itself.likeness > 0.999);
            compare(&typed, &right);
        }
    }
}
