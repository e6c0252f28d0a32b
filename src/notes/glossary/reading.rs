//! A `glossary.toml` as it is written becomes a [`Glossary`], with all that is wrong with it.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use super::{Glossary, Term};
use crate::{
    ids::{Lang, LessonId, TermId},
    notes::{Code, Diagnostic, Severity, SourceFile, identity::folded, source::Lines},
};

/// The only format of `glossary.toml` there is.
const FORMAT: u32 = 1;
/// Columns a term, two blanks and its line may take: one row of a terminal of 80, with its margins.
const COLUMNS: usize = 76;
const SEE: &str = "See docs/notes-format.md, \"A glossary\".";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format_version: u32,
    #[serde(rename = "term", default)]
    terms: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    lesson: LessonId,
    #[serde(default)]
    zh: String,
    #[serde(default)]
    en: String,
    #[serde(default)]
    line: WrittenLine,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenLine {
    #[serde(default)]
    zh: String,
    #[serde(default)]
    en: String,
}

impl Glossary {
    /// What such a file is called.
    pub const FILE: &'static str = "glossary.toml";

    /// Reads a file, and says what is wrong with it. A term without a name in either language, or with
    /// the id of another, is left out.
    pub fn read(file: &SourceFile) -> (Glossary, Vec<Diagnostic>) {
        let text = file.normal_text();
        let lines = Lines::of(&text);
        let mut reading = Reading {
            glossary: Glossary {
                file: file.name.clone(),
                ..Glossary::default()
            },
            found: Vec::new(),
            known: HashMap::new(),
        };
        let read: File = match toml::from_str(&text) {
            Ok(read) => read,
            Err(error) => {
                let line = error.span().map_or(0, |span| lines.line(span.start));
                let message = error.message().trim().replace('\n', " ");
                reading.say(line, message, SEE);
                return (reading.glossary, reading.found);
            }
        };
        if read.format_version != FORMAT {
            let version = read.format_version;
            let message = format!("format_version is {version}; this podlings reads {FORMAT}");
            reading.say(0, message, SEE);
            return (reading.glossary, reading.found);
        }
        let terms: Vec<Term> = read
            .terms
            .into_iter()
            .filter_map(|written| {
                let line = lines.line(written.id.span().start);
                reading.term(written, line)
            })
            .collect();
        reading.glossary.terms = terms.into();
        (reading.glossary, reading.found)
    }

    /// Something about a place of this glossary's file.
    pub(super) fn problem(&self, line: u32, message: String, help: &str) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: Code::Glossary,
            file: self.file.clone(),
            line,
            column: 0,
            message,
            help: help.to_owned(),
        }
    }
}

struct Reading {
    glossary: Glossary,
    found: Vec<Diagnostic>,
    /// Every id and every name met so far, folded, and whose it is.
    known: HashMap<String, TermId>,
}

impl Reading {
    fn say(&mut self, line: u32, message: String, help: &str) {
        self.found.push(self.glossary.problem(line, message, help));
    }

    fn term(&mut self, written: Written, line: u32) -> Option<Term> {
        let id = TermId::new(written.id.into_inner());
        if id.as_str().trim().is_empty() {
            self.say(line, "a term without an id".to_owned(), SEE);
            return None;
        }
        if self.known.insert(format!("id {id}"), id.clone()).is_some() {
            let help = "Give each term an id of its own; the first is used.";
            self.say(line, format!("two terms are named `{id}`"), help);
            return None;
        }
        let mut names = [written.zh, written.en].map(|name| name.trim().to_owned());
        let mut meanings =
            [written.line.zh, written.line.en].map(|meaning| meaning.trim().to_owned());
        self.languages(&id, &mut names, "name", line);
        self.languages(&id, &mut meanings, "line", line);
        if names[0].is_empty() {
            return None;
        }
        let mut also: Vec<Box<str>> = Vec::new();
        for name in names.iter().map(String::as_str) {
            self.claim(&id, name, line);
        }
        for name in written.also.iter().map(|name| name.trim()) {
            if name.is_empty() || also.iter().any(|one| **one == *name) {
                let message = format!("term `{id}`: `also` holds an empty or repeated name");
                self.say(line, message, "Leave it out.");
                continue;
            }
            self.claim(&id, name, line);
            also.push(name.into());
        }
        for (lang, (name, meaning)) in Lang::ALL.into_iter().zip(names.iter().zip(&meanings)) {
            self.fits(&id, lang, name, meaning, line);
        }
        Some(Term {
            id,
            lesson: written.lesson,
            also: also.into(),
            names: names.map(String::into_boxed_str),
            meanings: meanings.map(String::into_boxed_str),
            line,
        })
    }

    /// A text that one language lacks is told; the other language's stands in for it.
    fn languages(&mut self, id: &TermId, texts: &mut [String; 2], what: &str, line: u32) {
        for lang in Lang::ALL {
            if texts[lang as usize].is_empty() {
                let language = match lang {
                    Lang::Zh => "Chinese",
                    Lang::En => "English",
                };
                let message = format!("term `{id}` has no {language} {what}");
                self.say(line, message, "Write it in both languages.");
                texts[lang as usize] = texts[lang.other() as usize].clone();
            }
        }
    }

    /// A name leads to one term only.
    fn claim(&mut self, id: &TermId, name: &str, line: u32) {
        let first = self.known.entry(folded(name)).or_insert_with(|| id.clone());
        if first != id {
            let message = format!("term `{id}`: `{name}` is term `{first}` already");
            let help = "Tell two meanings of a word apart in brackets: namespace (Linux).";
            self.say(line, message, help);
        }
    }

    fn fits(&mut self, id: &TermId, lang: Lang, name: &str, meaning: &str, line: u32) {
        if [name, meaning]
            .iter()
            .any(|text| text.contains(char::is_control))
        {
            let message =
                format!("term `{id}`: the {lang} text holds a line end or a control character");
            self.say(line, message, "Write it in one line.");
            return;
        }
        let columns = name.width() + 2 + meaning.width();
        if columns > COLUMNS {
            let message =
                format!("term `{id}`: the {lang} text takes {columns} columns of {COLUMNS}");
            let help =
                "Shorten it: a term, two blanks and its line fit one row of a terminal of 80.";
            self.say(line, message, help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::Origin;

    fn read(text: &str) -> (Glossary, Vec<(u32, String)>) {
        let (glossary, found) = Glossary::read(&SourceFile::new("g.toml", Origin::Own, text));
        let found = found.into_iter().map(|one| (one.line, one.message));
        (glossary, found.collect())
    }

    fn term(id: &str, rest: &str) -> String {
        format!("[[term]]\nid = \"{id}\"\nlesson = \"k01\"\n{rest}\n")
    }

    const POD: &str =
        "zh = \"容器组\"\nen = \"Pod\"\nline.zh = \"最小单位\"\nline.en = \"the smallest unit\"";

    fn told(terms: &[String]) -> Vec<(u32, String)> {
        read(&format!("format_version = 1\n{}", terms.concat())).1
    }

    #[test]
    fn a_term_has_both_languages_and_other_names() {
        let also = term("pod", &format!("{POD}\nalso = [\"pods\"]"));
        let (glossary, found) = read(&format!("\u{feff}format_version = 1\r\n{also}"));
        assert_eq!(found, []);
        let pod = glossary.term(&"pod".into()).expect("a term");
        assert_eq!(
            (pod.name(Lang::Zh), pod.meaning(Lang::En)),
            ("容器组", "the smallest unit")
        );
        assert_eq!((&*pod.also[0], pod.line), ("pods", 3));
    }

    #[test]
    fn what_does_not_parse_says_on_which_line() {
        assert_eq!(read("format_version = 2").1[0].0, 0);
        assert!(read("format_version = 2").1[0].1.contains("reads 1"));
        let (_, found) =
            read("format_version = 1\n[[term]]\nid = \"a\"\nlesson = \"k01\"\nzhh = \"甲\"\n");
        assert_eq!(found[0].0, 5, "{found:?}");
        assert!(found[0].1.contains("zhh"), "{found:?}");
        assert!(!read("[[term]]").1.is_empty());
    }

    #[test]
    fn a_language_that_is_missing_is_told_and_stood_in_for() {
        let half = term("a", "zh = \"甲\"\nline.zh = \"乙\"");
        let (glossary, found) = read(&format!("format_version = 1\n{half}"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found
                .iter()
                .all(|(line, said)| *line == 3 && said.contains("no English"))
        );
        assert_eq!(glossary.terms()[0].name(Lang::En), "甲");
        let (glossary, found) = read(&format!("format_version = 1\n{}", term("a", "")));
        assert_eq!((glossary.terms().len(), found.len()), (0, 4));
    }

    #[test]
    fn ids_and_names_belong_to_one_term() {
        let other = POD.replace("容器组", "豆荚").replace("Pod", "ＰＯＤ");
        let found = told(&[term("pod", POD), term("pod", ""), term("b", &other)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].1.contains("two terms are named `pod`"));
        assert!(found[1].1.contains("is term `pod` already"));
    }

    #[test]
    fn a_line_fits_a_terminal_with_its_term() {
        let long = |letters: usize| POD.replace("the smallest unit", &"x".repeat(letters));
        assert_eq!(told(&[term("pod", &long(71))]), []);
        let found = told(&[term("pod", &long(72))]);
        assert!(found[0].1.contains("77 columns of 76"), "{found:?}");
        let found = told(&[term("pod", &POD.replace("unit", "\\u001b[1m"))]);
        assert!(found[0].1.contains("control"), "{found:?}");
    }
}
