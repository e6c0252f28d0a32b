//! Files become one library: equal ids are told apart, two languages of a lesson brought together,
//! and everything put in order.

use std::{collections::hash_map::Entry, sync::Arc};

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::{
    Card, Code, Course, Diagnostic, Lesson, Library, Module, Origin, Severity, SourceFile,
    cores::on_all_cores,
    identity,
    parse::{FileNotes, parse, slug},
    source::split_name,
};
use crate::ids::{CardId, Lang, LessonId};

/// Reads files that are already in memory: the learner's own come first, then the course in its
/// order. Says what an author should know of each file and of ids that clash.
pub fn read(files: &[SourceFile], course: Option<&Course>) -> (Library, Vec<Diagnostic>) {
    let pairs = Pairs::of(files.iter().map(|file| &*file.name));
    let notes = on_all_cores(files, |file| parse(file, pairs.contains(&file.name)));
    assemble(notes, course)
}

/// The files that have a partner of the same name in the other language (`k09.zh.md`,
/// `k09.en.md`).
pub(super) struct Pairs(FxHashSet<String>);

impl Pairs {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Pairs {
        let mut languages: FxHashMap<String, FxHashSet<Lang>> = FxHashMap::default();
        for name in names {
            if let (_, Some(lang)) = split_name(name) {
                languages.entry(bare(name)).or_default().insert(lang);
            }
        }
        languages.retain(|_, languages| languages.len() > 1);
        Pairs(languages.into_keys().collect())
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        split_name(name).1.is_some() && self.0.contains(&bare(name))
    }
}

/// A file's path without extension and language.
fn bare(name: &str) -> String {
    let folder = name.rfind(['/', '\\']).map_or(0, |at| at + 1);
    format!("{}{}", &name[..folder], split_name(name).0)
}

/// Joins what files hold.
pub(super) fn assemble(
    mut files: Vec<FileNotes>,
    course: Option<&Course>,
) -> (Library, Vec<Diagnostic>) {
    let mut diagnostics: Vec<Diagnostic> = files
        .iter_mut()
        .flat_map(|file| std::mem::take(&mut file.diagnostics))
        .collect();
    name_lessons(&mut files);
    tell_cards_apart(&mut files);

    let leading_own = files
        .iter()
        .take_while(|file| file.origin == Origin::Own)
        .map(|file| file.cards.len())
        .sum();
    let mut modules = own_modules(&files);
    let mut lessons = Vec::new();
    let mut cards = Vec::with_capacity(files.iter().map(|file| file.cards.len()).sum());
    for file in files {
        for found in file.cards {
            let mut card = found.card;
            card.lesson = file.lessons[found.lesson as usize].lesson.id.clone();
            cards.push(card);
        }
        lessons.extend(file.lessons.into_iter().map(|found| found.lesson));
    }
    order(&mut modules, &mut lessons, &mut cards, leading_own, course);
    let (library, clashes) = Library::with_clashes(modules, lessons, cards);
    diagnostics.extend(clashes.lessons.iter().map(|(first, second)| {
        let [first, second] = [first, second].map(|at| &library.lessons()[*at as usize]);
        let before = (&*first.file, first.line);
        clash(
            "lessons",
            second.id.as_str(),
            &second.file,
            second.line,
            before,
        )
    }));
    diagnostics.extend(clashes.cards.iter().map(|(first, second)| {
        let [first, second] = [first, second].map(|at| &library.cards()[*at as usize]);
        let before = (&*first.file, first.line);
        clash(
            "cards",
            second.id.as_str(),
            &second.file,
            second.line,
            before,
        )
    }));
    (library, diagnostics)
}

/// Gives each lesson without an id of its own one that no other lesson has: its title, else the
/// titles above it too, else a number.
fn name_lessons(files: &mut [FileNotes]) {
    let mut given: FxHashSet<LessonId> = FxHashSet::default();
    let mut made: FxHashMap<LessonId, usize> = FxHashMap::default();
    for found in files.iter().flat_map(|file| &file.lessons) {
        if found.id_given {
            given.insert(found.lesson.id.clone());
        } else {
            *made.entry(found.lesson.id.clone()).or_default() += 1;
        }
    }
    let mut taken = given.clone();
    // The number given last to each name: thousands of equal headings are not counted from one each.
    let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
    for found in files.iter_mut().flat_map(|file| &mut file.lessons) {
        if found.id_given {
            continue;
        }
        let id = &found.lesson.id;
        let mut name = id.to_string();
        if made[id] > 1 || given.contains(id) {
            let trail: Vec<String> = found.lesson.trail.iter().map(|title| slug(title)).collect();
            if trail.len() > 1 {
                name = trail.join("/");
            }
        }
        let mut id = LessonId::new(name.as_str());
        if !taken.insert(id.clone()) {
            let number = numbers.entry(name.clone()).or_insert(1);
            while !taken.insert(id.clone()) {
                *number += 1;
                id = LessonId::new(format!("{name}-{number}"));
            }
        }
        found.lesson.id = id;
    }
}

/// Cards whose ids were computed from the same question are told apart by their headings, and where
/// those are equal too, by a number.
fn tell_cards_apart(files: &mut [FileNotes]) {
    let mut clashing: FxHashSet<CardId> = FxHashSet::default();
    let mut first: FxHashMap<&CardId, (&LessonId, Lang)> = FxHashMap::with_capacity_and_hasher(
        files.iter().map(|file| file.cards.len()).sum(),
        FxBuildHasher,
    );
    for file in &*files {
        for found in file.cards.iter().filter(|found| !found.card.id_written) {
            let lesson = &file.lessons[found.lesson as usize].lesson.id;
            let card = &found.card;
            match first.entry(&card.id) {
                Entry::Vacant(free) => {
                    free.insert((lesson, card.lang));
                }
                // The other language of the same lesson is the same card.
                Entry::Occupied(known) if *known.get() != (lesson, card.lang.other()) => {
                    clashing.insert(card.id.clone());
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    let mut taken: FxHashSet<(CardId, Lang)> = FxHashSet::default();
    // The number given last among cards that nothing else tells apart, and the id it made.
    let mut numbered: FxHashMap<(CardId, Lang), (CardId, u32)> = FxHashMap::default();
    for file in files {
        for found in &mut file.cards {
            let card = &mut found.card;
            if card.id_written || !clashing.contains(&card.id) {
                continue;
            }
            let lesson = &file.lessons[found.lesson as usize].lesson;
            // Above the first heading the section is named like the file, which may be renamed.
            let headless = lesson.trail.is_empty() && card.section == 0;
            let section = lesson.sections.get(card.section as usize);
            let section = section.filter(|_| !headless);
            let trail: Vec<&str> = lesson
                .trail
                .iter()
                .map(|title| &**title)
                .chain(section.map(|section| &*section.title))
                .collect();
            let mut id = CardId::new(identity::apart(card.id.as_str(), &trail.join("\n")));
            if !taken.insert((id.clone(), card.lang)) {
                let (last, number) = numbered
                    .entry((id.clone(), card.lang))
                    .or_insert_with(|| (id.clone(), 1));
                while !taken.insert((last.clone(), card.lang)) {
                    *number += 1;
                    *last = CardId::new(identity::apart(last.as_str(), &number.to_string()));
                }
                id = last.clone();
            }
            card.id = id;
        }
    }
}

/// A module for each of the learner's files, or for the two languages of one; named by the heading
/// that stands over all of it, else like the file.
fn own_modules(files: &[FileNotes]) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    let mut places: FxHashMap<Arc<str>, usize> = FxHashMap::default();
    for file in files.iter().filter(|file| file.origin == Origin::Own) {
        let Some(first) = file.lessons.first() else {
            continue;
        };
        let id = first.lesson.module.clone();
        let title = common_heading(file).unwrap_or_else(|| split_name(&file.name).0.into());
        let at = *places.entry(id.clone()).or_insert_with(|| {
            modules.push(Module {
                id,
                origin: Origin::Own,
                title_zh: title.clone(),
                title_en: title.clone(),
            });
            modules.len() - 1
        });
        match first.lesson.lang {
            Lang::Zh => modules[at].title_zh = title,
            Lang::En => modules[at].title_en = title,
        }
    }
    modules
}

fn common_heading(file: &FileNotes) -> Option<Box<str>> {
    let mut trails = file.lessons.iter().map(|found| found.lesson.trail.first());
    let first = trails.next()??;
    trails
        .all(|other| other == Some(first))
        .then(|| first.clone())
}

/// The learner's own first as they were found; the course as `course.toml` has it, and what that
/// does not name last.
fn order(
    modules: &mut Vec<Module>,
    lessons: &mut [Lesson],
    cards: &mut [Card],
    leading_own: usize,
    course: Option<&Course>,
) {
    let Some(course) = course else { return };
    modules.extend(course.modules());
    let places = course.places();
    let rank = |id: &LessonId| places.get(id).map_or(usize::MAX, |(_, at)| *at);
    let mut course_lessons = FxHashSet::default();
    for lesson in lessons.iter_mut() {
        if lesson.origin == Origin::Course {
            course_lessons.insert(lesson.id.clone());
            if let Some((module, _)) = places.get(&lesson.id) {
                lesson.module = module.clone();
            }
        }
    }
    lessons.sort_by_key(|lesson| match lesson.origin {
        Origin::Own => (0, 0),
        Origin::Course => (1, rank(&lesson.id)),
    });
    // The learner's cards, which may be many, mostly stand first already.
    let mixed = lessons
        .iter()
        .any(|lesson| lesson.origin == Origin::Own && course_lessons.contains(&lesson.id));
    let first = if mixed { 0 } else { leading_own };
    cards[first..].sort_by_cached_key(|card| match course_lessons.contains(&card.lesson) {
        false => (0, 0),
        true => (1, rank(&card.lesson)),
    });
}

/// Two lessons or cards of one language with the same written id.
fn clash(what: &str, id: &str, file: &str, line: u32, before: (&str, u32)) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::DuplicateId,
        file: file.into(),
        line,
        column: 0,
        message: format!(
            "two {what} have the id `{id}`; the other is at {}:{}",
            before.0, before.1
        ),
        help: "give one of them another id; until then only the first is used".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn own(name: &str, text: &str) -> SourceFile {
        SourceFile::new(name, Origin::Own, text)
    }

    fn ids(library: &Library) -> Vec<&str> {
        library
            .cards()
            .iter()
            .map(|card| card.id.as_str())
            .collect()
    }

    #[test]
    fn two_languages_of_one_file_are_one_lesson_with_one_set_of_cards() {
        let files = [
            own(
                "a/pod.zh.md",
                "# 容器组\n\nQ: 容器组是什么？\nA: 最小单元。\n<!-- id: pod.what -->\n",
            ),
            own(
                "a/pod.en.md",
                "# Pods\n\nQ: What is a Pod?\nA: The smallest unit.\n<!-- id: pod.what -->\n",
            ),
        ];
        let (library, diagnostics) = read(&files, None);
        assert_eq!(diagnostics, []);
        assert_eq!(library.modules().len(), 1);
        assert_eq!(library.lessons_in(Lang::Zh).count(), 1);
        let card = library.cards_in(Lang::En).next().expect("a card");
        assert_eq!(&*card.front, "What is a Pod?");
        assert_eq!(library.cards_in(Lang::Zh).count(), 1);
    }

    /// One by one, counting from the first each time, this would take minutes.
    #[test]
    fn ten_thousand_equal_headings_and_questions_are_told_apart_quickly() {
        let text = "# Same\n\nQ: Same?\nA: yes\n\n".repeat(10_000);
        let (library, _) = read(&[own("a.md", &text)], None);
        let ids: HashSet<&CardId> = library.cards().iter().map(|card| &card.id).collect();
        let lessons: HashSet<&LessonId> = library.lessons().iter().map(|one| &one.id).collect();
        assert_eq!((ids.len(), lessons.len()), (10_000, 10_000));
        assert_eq!(library.lessons()[9_999].id.as_str(), "same-10000");
    }

    #[test]
    fn equal_questions_above_the_first_heading_are_not_told_apart_by_the_files_name() {
        let text = "Q: Same?\nA: 1\n\n# T\n\nQ: Same?\nA: 2\n";
        let ids = |name: &str| -> Vec<CardId> {
            let (library, _) = read(&[own(name, text)], None);
            library.cards().iter().map(|card| card.id.clone()).collect()
        };
        assert_eq!(ids("old.md"), ids("new/place.md"));
    }

    /// Progress hangs on them.
    #[test]
    fn the_ids_of_equal_questions_stay_what_they_are() {
        let (library, _) = read(&[own("a.md", &"Q: Same?\nA: yes\n\n".repeat(3))], None);
        let ids: Vec<&str> = library
            .cards()
            .iter()
            .map(|card| card.id.as_str())
            .collect();
        let second = identity::apart(ids[0], "2");
        assert_eq!(ids[1..], [&*second, &identity::apart(&second, "3")]);
    }

    #[test]
    fn a_file_may_be_renamed_and_its_cards_keep_their_ids() {
        let text = "# T\n\nQ: One?\nA: 1\n\n# U\n\nQ: One?\nA: 1\n\nQ: Two?\nA: 2\n";
        let (before, _) = read(&[own("old.md", text)], None);
        let (after, _) = read(&[own("new/place.md", text)], None);
        assert_eq!(ids(&before), ids(&after));
        let different: HashSet<&str> = ids(&before).into_iter().collect();
        assert_eq!(different.len(), 3, "equal questions are told apart");
    }

    #[test]
    fn equal_questions_under_equal_headings_are_told_apart_too() {
        let text = "# T\n\nQ: One?\nA: 1\n\nQ: One?\nA: 2\n";
        let (library, diagnostics) = read(&[own("a.md", text)], None);
        assert_eq!(diagnostics, []);
        assert_eq!(library.cards_in(Lang::En).count(), 2);
    }

    #[test]
    fn lessons_with_one_title_get_different_ids() {
        let text = "# A\n\n## Notes\n\ntext\n\n## More\n\ntext\n\n# B\n\n## Notes\n\ntext\n";
        let (library, _) = read(&[own("a.md", text), own("b.md", text)], None);
        let ids: Vec<&str> = library
            .lessons()
            .iter()
            .map(|one| one.id.as_str())
            .filter(|id| id.contains("notes"))
            .collect();
        assert_eq!(ids, ["a/notes", "b/notes", "a/notes-2", "b/notes-2"]);
    }

    #[test]
    fn the_same_written_id_twice_is_an_error_and_the_first_is_used() {
        let text = "Q: One?\nA: 1\n<!-- id: x -->\n\nQ: Two?\nA: 2\n<!-- id: x -->\n";
        let (library, diagnostics) = read(&[own("a.md", text)], None);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].code, Code::DuplicateId);
        assert_eq!(diagnostics[0].line, 5);
        let card = library.card(&CardId::new("x"), Lang::En).expect("a card");
        assert_eq!(&*card.front, "One?");
    }
}
