//! What an author should know of a whole library: lessons that one language lacks, orders that go in
//! a circle, and what a lesson of the course must have.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Card, Code, Diagnostic, Lesson, Library, Origin, Severity};
use crate::ids::{CardId, Lang, LessonId};

/// Cards a lesson of the course must have at least.
const CARDS: usize = 8;

/// Looks at a whole library. What is wrong in single files, and ids that clash, are told where
/// files are read.
pub fn lint(library: &Library) -> Vec<Diagnostic> {
    let mut lint = Lint {
        library,
        cards: HashMap::new(),
        diagnostics: Vec::new(),
    };
    for card in library.cards() {
        lint.cards
            .entry((&card.lesson, card.lang))
            .or_default()
            .push(card);
    }
    lint.languages();
    lint.requirements();
    lint.course_rules();
    lint.diagnostics
}

struct Lint<'a> {
    library: &'a Library,
    cards: HashMap<(&'a LessonId, Lang), Vec<&'a Card>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Lint<'a> {
    fn say(&mut self, lesson: &Lesson, line: u32, code: Code, message: String, help: &str) {
        self.diagnostics.push(Diagnostic {
            // The course is ours to mend; the learner's notes are theirs to leave as they are.
            severity: match lesson.origin {
                Origin::Course => Severity::Error,
                Origin::Own => Severity::Warning,
            },
            code,
            file: lesson.file.clone(),
            line,
            column: 0,
            message,
            help: help.to_owned(),
        });
    }

    fn cards_of(&self, lesson: &'a Lesson) -> &[&'a Card] {
        self.cards
            .get(&(&lesson.id, lesson.lang))
            .map_or(&[], Vec::as_slice)
    }

    /// Lessons, sections and cards that one language has and the other lacks.
    fn languages(&mut self) {
        let mut pairs: BTreeMap<&LessonId, [Option<&'a Lesson>; 2]> = BTreeMap::new();
        for lesson in self.library.lessons() {
            pairs.entry(&lesson.id).or_default()[lesson.lang as usize].get_or_insert(lesson);
        }
        for languages in pairs.into_values() {
            match languages {
                [Some(zh), Some(en)] => {
                    self.sections(zh, en);
                    self.missing_cards(zh, en);
                    self.missing_cards(en, zh);
                }
                [Some(one), None] | [None, Some(one)] if one.origin == Origin::Course => {
                    let other = one.lang.other();
                    let message = format!("lesson `{}` has no {other} text", one.id);
                    let help = format!("add its file in the other language (`….{other}.md`)");
                    self.say(one, one.line, Code::MissingTranslation, message, &help);
                }
                _ => {}
            }
        }
    }

    fn sections(&mut self, zh: &Lesson, en: &Lesson) {
        let levels = |lesson: &Lesson| -> Vec<u8> {
            lesson
                .sections
                .iter()
                .map(|section| section.level)
                .collect()
        };
        let (zh_levels, en_levels) = (levels(zh), levels(en));
        if zh_levels == en_levels {
            return;
        }
        let same = zh_levels
            .iter()
            .zip(&en_levels)
            .take_while(|(one, other)| one == other)
            .count();
        let (longer, shorter) = if zh_levels.len() >= en_levels.len() {
            (zh, en)
        } else {
            (en, zh)
        };
        let section = &longer.sections[same.min(longer.sections.len() - 1)];
        let message = format!(
            "section `{}` has no counterpart in {}",
            section.title, shorter.lang
        );
        let help = format!(
            "both languages need the same sections in the same order; the other file is {}",
            shorter.file
        );
        self.say(
            longer,
            section.line,
            Code::MissingTranslation,
            message,
            &help,
        );
    }

    /// Cards of `one` that `other` lacks; only ids that are written can be the same in both.
    fn missing_cards(&mut self, one: &'a Lesson, other: &'a Lesson) {
        let there: HashSet<&CardId> = self.cards_of(other).iter().map(|card| &card.id).collect();
        let missing: Vec<(CardId, u32)> = self
            .cards_of(one)
            .iter()
            .filter(|card| card.id_written && !there.contains(&card.id))
            .map(|card| (card.id.clone(), card.line))
            .collect();
        for (id, line) in missing {
            let message = format!("card `{id}` has no {} text", other.lang);
            let help = format!("add it with the same id to {}", other.file);
            self.say(one, line, Code::MissingTranslation, message, &help);
        }
    }

    /// Lessons to take first that do not exist, or lead back to where they began.
    fn requirements(&mut self) {
        let known: BTreeSet<&LessonId> = self
            .library
            .lessons()
            .iter()
            .map(|lesson| &lesson.id)
            .collect();
        let requires: BTreeMap<&LessonId, &[LessonId]> = self
            .library
            .lessons()
            .iter()
            .map(|lesson| (&lesson.id, &*lesson.requires))
            .collect();
        let mut told: HashSet<&LessonId> = HashSet::new();
        for lesson in self.library.lessons() {
            for required in &lesson.requires {
                if !known.contains(required) {
                    let message = format!("requires `{required}`, which is no lesson");
                    let help = "name a lesson's id, or leave it out";
                    self.say(lesson, lesson.line, Code::Requires, message, help);
                }
            }
            if let Some(circle) = circle(&lesson.id, &requires)
                && circle.iter().all(|id| told.insert(id))
            {
                let circle: Vec<&str> = circle.iter().map(|id| id.as_str()).collect();
                let message = format!(
                    "these lessons require each other in a circle: {} → {}",
                    circle.join(" → "),
                    circle[0]
                );
                let help = "one of them must come first";
                self.say(lesson, lesson.line, Code::Requires, message, help);
            }
        }
    }

    fn course_rules(&mut self) {
        for lesson in self.library.lessons() {
            if lesson.origin != Origin::Course {
                continue;
            }
            let cards = self.cards_of(lesson);
            let unwritten: Vec<u32> = cards
                .iter()
                .filter(|card| !card.id_written)
                .map(|card| card.line)
                .collect();
            let rules = [
                (
                    lesson.domain.is_empty(),
                    "no domain",
                    "add domain = \"…\" to its front matter",
                ),
                (
                    lesson.minutes == 0,
                    "no minutes",
                    "add minutes = … to its front matter",
                ),
                (
                    lesson.checked.is_empty(),
                    "nothing it was checked against",
                    "add checked = [\"Docker 29\"] or the like to its front matter",
                ),
                (
                    !lesson
                        .sources
                        .iter()
                        .any(|source| source.starts_with("https://")),
                    "no official source",
                    "add sources = [\"https://…\"] to its front matter",
                ),
                (
                    cards.len() < CARDS,
                    "too few cards",
                    "a lesson of the course has at least eight",
                ),
            ];
            for (broken, what, help) in rules {
                if broken {
                    let message = format!("lesson `{}` has {what}", lesson.id);
                    self.say(lesson, lesson.line, Code::CourseRule, message, help);
                }
            }
            for line in unwritten {
                let message = "a card of the course without a written id".to_owned();
                let help = "add <!-- id: … --> on the line after it";
                self.say(lesson, line, Code::CourseRule, message, help);
            }
        }
    }
}

/// The lessons that lead from one back to itself, that one first.
fn circle<'a>(
    start: &'a LessonId,
    requires: &BTreeMap<&'a LessonId, &'a [LessonId]>,
) -> Option<Vec<&'a LessonId>> {
    let mut path = vec![start];
    let mut visited = HashSet::new();
    let mut pending: Vec<(usize, &LessonId)> = Vec::new();
    let next = |id: &LessonId| requires.get(id).copied().unwrap_or_default();
    pending.extend(next(start).iter().map(|id| (1, id)));
    while let Some((depth, id)) = pending.pop() {
        path.truncate(depth);
        if id == start {
            return Some(path);
        }
        if visited.insert(id) {
            path.push(id);
            pending.extend(next(id).iter().map(|id| (depth + 1, id)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notes::{SourceFile, read};

    fn codes(files: &[(&str, Origin, &str)]) -> Vec<(Severity, Code, u32)> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(name, origin, text)| SourceFile::new(*name, *origin, *text))
            .collect();
        lint(&read(&files, None).0)
            .into_iter()
            .map(|one| (one.severity, one.code, one.line))
            .collect()
    }

    #[test]
    fn notes_of_ones_own_may_be_as_they_like() {
        assert_eq!(
            codes(&[("a.md", Origin::Own, "# T\n\nprose\n\nQ: One?\nA: 1\n")]),
            []
        );
    }

    #[test]
    fn what_one_language_lacks_is_told_where_the_other_has_it() {
        let zh = "# 题\n\n## 一\n\n文\n\nQ: 甲？\nA: 1\n<!-- id: a -->\n\nQ: 乙？\nA: 2\n<!-- id: b -->\n";
        let en = "# T\n\ntext\n\nQ: A?\nA: 1\n<!-- id: a -->\n";
        let found = codes(&[("x.zh.md", Origin::Own, zh), ("x.en.md", Origin::Own, en)]);
        let missing = |line| (Severity::Warning, Code::MissingTranslation, line);
        assert_eq!(found, [missing(3), missing(11)]);
    }

    #[test]
    fn required_lessons_exist_and_do_not_go_in_a_circle() {
        let lesson = |id: &str, requires: &str| {
            format!("+++\nid = \"{id}\"\nrequires = [{requires}]\n+++\n\n# {id}\n\ntext\n")
        };
        let (a, b) = (lesson("a", "\"b\""), lesson("b", "\"a\", \"nowhere\""));
        let found = codes(&[("a.md", Origin::Own, &a), ("b.md", Origin::Own, &b)]);
        let wrong = found.iter().filter(|(_, code, _)| *code == Code::Requires);
        assert_eq!(
            wrong.count(),
            2,
            "one circle, told once, and one unknown: {found:?}"
        );
    }

    #[test]
    fn a_lesson_of_the_course_is_held_to_its_rules() {
        let text = "+++\nid = \"x\"\n+++\n\n# X\n\ntext\n\nQ: One?\nA: 1\n";
        let found = codes(&[("x.zh.md", Origin::Course, text)]);
        let errors = |wanted| {
            found
                .iter()
                .filter(|(severity, code, _)| *severity == Severity::Error && *code == wanted)
                .count()
        };
        assert_eq!(errors(Code::CourseRule), 6, "{found:?}");
        assert_eq!(errors(Code::MissingTranslation), 1, "{found:?}");
    }
}
