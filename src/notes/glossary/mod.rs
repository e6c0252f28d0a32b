//! The terms of a course, Chinese and English, a line each. Look first at [`Glossary`].

mod lint;
mod mention;
mod reading;

use std::sync::{Arc, LazyLock};

pub use self::mention::TermsOf;
use super::{Origin, SourceFile};
use crate::ids::{Lang, LessonId, TermId};

/// What a course's terms mean, in the order its lessons explain them.
#[derive(Clone, Default, Debug)]
pub struct Glossary {
    terms: Arc<[Term]>,
    file: Arc<str>,
}

/// A word of the trade, and what it means in a line.
#[derive(Clone, PartialEq, Debug)]
pub struct Term {
    /// The same in both languages.
    pub id: TermId,
    /// The lesson that explains it.
    pub lesson: LessonId,
    /// What else it is called, in either language, slips of the pen among it.
    pub also: Box<[Box<str>]>,
    names: [Box<str>; 2],
    meanings: [Box<str>; 2],
    /// Its line in the file, counted from 1.
    line: u32,
}

impl Term {
    /// What it is called. Where one word means two things, a bracket tells which: `namespace (Linux)`.
    pub fn name(&self, lang: Lang) -> &str {
        &self.names[lang as usize]
    }

    /// What it means, in a line without a full stop.
    pub fn meaning(&self, lang: Lang) -> &str {
        &self.meanings[lang as usize]
    }

    /// All it is called in the texts of a language: Chinese ones use English words too.
    fn words(&self, lang: Lang) -> impl Iterator<Item = &str> {
        let names = match lang {
            Lang::Zh => &self.names[..],
            Lang::En => &self.names[Lang::En as usize..],
        };
        names
            .iter()
            .map(|name| name.split(['(', '（']).next().unwrap_or(name).trim())
            .chain(self.also.iter().map(|also| &**also))
    }
}

impl Glossary {
    /// The one within the program.
    pub fn built_in() -> &'static Glossary {
        static BUILT_IN: LazyLock<Glossary> = LazyLock::new(|| Glossary::read(&built_in_file()).0);
        &BUILT_IN
    }

    /// The terms, in order.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term with this id.
    pub fn term(&self, id: &TermId) -> Option<&Term> {
        self.terms.iter().find(|term| term.id == *id)
    }
}

fn built_in_file() -> SourceFile {
    let text = include_str!("../../../content/glossary.toml");
    SourceFile::new("content/glossary.toml", Origin::Course, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::course;

    #[test]
    fn the_built_in_glossary_is_read_and_linted_without_a_complaint() {
        let (glossary, found) = Glossary::read(&built_in_file());
        assert_eq!(found, []);
        assert_eq!(glossary.lint(&course()), []);
        assert!(glossary.terms().len() >= 90, "{}", glossary.terms().len());
    }

    #[test]
    fn each_lesson_of_the_course_has_a_term() {
        let library = course();
        for lesson in library.lessons_in(Lang::En) {
            let its = |term: &&Term| term.lesson == lesson.id;
            assert!(
                Glossary::built_in().terms().iter().find(its).is_some(),
                "{}",
                lesson.id
            );
        }
    }
}
