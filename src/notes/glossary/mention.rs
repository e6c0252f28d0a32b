//! Where lessons use a term.

use super::{Glossary, Term};
use crate::notes::{Block, BlockKind, Inline, Lesson, passage::text_of};

/// The terms of a glossary by what a lesson says of them, each once and in order.
#[derive(Default)]
pub struct TermsOf<'a> {
    /// It explains them.
    pub explained: Vec<&'a Term>,
    /// It uses them.
    pub used: Vec<&'a Term>,
    /// It does neither.
    pub others: Vec<&'a Term>,
}

impl Glossary {
    /// The terms, those of a lesson apart.
    pub fn of(&self, lesson: &Lesson) -> TermsOf<'_> {
        let text = lower(&text_of(&lesson.document()));
        let mut found = TermsOf::default();
        for term in self.terms() {
            if term.lesson == lesson.id {
                found.explained.push(term);
            } else if term.is_in(&text, lesson) {
                found.used.push(term);
            } else {
                found.others.push(term);
            }
        }
        found
    }
}

impl Term {
    /// The line of a lesson's file from which on it explains this term: the lesson's beginning where
    /// its title names the term, else the first block that stresses it, else the first text that has it; 0
    /// for the beginning.
    pub fn explained_at(&self, lesson: &Lesson) -> u32 {
        if self.is_in(&lower(&lesson.title), lesson) {
            return 0;
        }
        let document = lesson.document();
        let is_in = |text: &str| self.is_in(&lower(text), lesson);
        let stressed = |block: &&Block| match &block.kind {
            BlockKind::Heading { .. } => is_in(&text_of(std::slice::from_ref(block))),
            BlockKind::Paragraph(inlines) => inlines.iter().any(|inline| match inline {
                Inline::Strong(_) => is_in(&text_of(&[Block {
                    line: block.line,
                    kind: BlockKind::Paragraph(vec![inline.clone()]),
                }])),
                _ => false,
            }),
            _ => false,
        };
        let has = |block: &&Block| {
            !matches!(block.kind, BlockKind::Quote { .. } | BlockKind::Code { .. })
                && is_in(&text_of(std::slice::from_ref(block)))
        };
        let found = document.iter().find(stressed);
        let found = found.or_else(|| document.iter().find(has));
        found.map_or(0, |block| block.line)
    }

    /// Whether a text in lower case, of the language of a lesson, uses this term.
    pub(super) fn is_in(&self, text: &str, lesson: &Lesson) -> bool {
        self.words(lesson.lang)
            .any(|word| holds(text, &lower(word)))
    }
}

pub(super) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Whether a text has a word: between other letters a Latin word is none, but for the plural.
fn holds(text: &str, word: &str) -> bool {
    let is_latin = |c: char| c.is_ascii_alphanumeric();
    let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back()) else {
        return false;
    };
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = &text[at + word.len()..];
        if is_latin(last) {
            let plural = after.strip_prefix("es").or_else(|| after.strip_prefix('s'));
            after = plural
                .filter(|rest| !rest.starts_with(is_latin))
                .unwrap_or(after);
        }
        let goes_on = is_latin(first) && before.is_some_and(is_latin)
            || is_latin(last) && after.starts_with(is_latin);
        !goes_on
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::Lang,
        notes::{Origin, SourceFile, course, read},
    };

    #[test]
    fn a_word_is_none_within_another() {
        for (text, word, held) in [
            ("one pod runs", "pod", true),
            ("pods run", "pod", true),
            ("two podlings", "pod", false),
            ("a tripod", "pod", false),
            ("有 pod，没有 node", "pod", true),
            ("每个pod里", "pod", true),
            ("两台虚拟机器", "虚拟机", true),
            ("classes", "class", true),
            ("pods", "", false),
        ] {
            assert_eq!(holds(text, word), held, "{word} in {text}");
        }
    }

    #[test]
    fn a_term_is_explained_where_it_is_stressed_first() {
        let text = "# Parts\n\nThe taint comes later.\n\nA **taint** keeps Pods off.\n";
        let file = SourceFile::new("parts.md", Origin::Own, text);
        let (library, _) = read(&[file], None);
        let lesson = &library.lessons()[0];
        let glossary = Glossary::built_in();
        let at = |id: &str| {
            let term = glossary.term(&id.into()).expect("a term");
            term.explained_at(lesson)
        };
        assert_eq!(at("taint"), 5);
        assert_eq!(at("pod"), 5, "with its first mention");
        assert_eq!(at("etcd"), 0, "not at all");
    }

    #[test]
    fn a_lesson_explains_its_own_terms_and_uses_others() {
        let library = course();
        for lang in Lang::ALL {
            let lesson = library.lesson(&"k06".into(), lang).expect("a lesson");
            let of = Glossary::built_in().of(lesson);
            let ids = |terms: &[&Term]| -> Vec<String> {
                terms.iter().map(|term| term.id.to_string()).collect()
            };
            assert!(ids(&of.explained).contains(&"preemption".to_owned()));
            assert!(ids(&of.used).contains(&"taint".to_owned()));
            assert!(!ids(&of.used).contains(&"cgroup".to_owned()));
            let scheduler = Glossary::built_in().term(&"scheduler".into());
            assert_eq!(
                scheduler.expect("a term").explained_at(lesson),
                0,
                "its title"
            );
        }
    }
}
