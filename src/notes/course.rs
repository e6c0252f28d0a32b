//! The built-in course: its order from `content/course.toml`, its lessons from `content/lessons/`,
//! all within the program.

use std::{collections::BTreeMap, sync::Arc};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::{Library, Module, Origin, SourceFile, read};
use crate::ids::LessonId;

static LESSONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/content/lessons");

/// The only format of `course.toml` there is.
const FORMAT: u32 = 1;

/// What `course.toml` says: which lessons there are and in what order.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    format_version: u32,
    /// The fields lessons and questions belong to.
    pub domains: Vec<String>,
    #[serde(rename = "module", default)]
    modules: Vec<CourseModule>,
    /// Where each lesson's topic lives on the cluster's diagram.
    #[serde(rename = "part", default)]
    pub parts: Vec<Part>,
    /// What an interview weighs.
    #[serde(rename = "profile", default)]
    pub profiles: Vec<Profile>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseModule {
    id: String,
    title: Titles,
    lessons: Vec<String>,
}

/// A part of the cluster's diagram and the lessons about it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is named by.
    pub id: String,
    /// The lessons whose topic lives there.
    pub lessons: Vec<LessonId>,
}

/// What an interview of one kind weighs.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is named by.
    pub id: String,
    /// Its title.
    pub title: Titles,
    /// The weight of each domain.
    pub weights: BTreeMap<String, f64>,
}

/// A title in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Titles {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Course {
    /// Reads the text of a `course.toml`.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn parse(text: &str) -> Result<Course, String> {
        let course: Course =
            toml::from_str(text).map_err(|error| error.message().replace('\n', " "))?;
        if course.format_version != FORMAT {
            return Err(format!(
                "format_version is {}; this podlings reads {FORMAT}",
                course.format_version
            ));
        }
        Ok(course)
    }

    /// The course within the program.
    pub fn built_in() -> Course {
        Course::parse(include_str!("../../content/course.toml"))
            .expect("content/course.toml is valid: a test reads it")
    }

    /// Its modules, in order.
    pub(super) fn modules(&self) -> impl Iterator<Item = Module> {
        self.modules.iter().map(|module| Module {
            id: module.id.as_str().into(),
            origin: Origin::Course,
            title_zh: module.title.zh.as_str().into(),
            title_en: module.title.en.as_str().into(),
        })
    }

    /// Where each lesson stands: its module, and its place among all lessons.
    pub(super) fn places(&self) -> BTreeMap<LessonId, (Arc<str>, usize)> {
        let lessons = self.modules.iter().flat_map(|module| {
            let id: Arc<str> = module.id.as_str().into();
            module
                .lessons
                .iter()
                .map(move |lesson| (LessonId::new(lesson.as_str()), id.clone()))
        });
        lessons
            .enumerate()
            .map(|(at, (lesson, module))| (lesson, (module, at)))
            .collect()
    }
}

/// The names of the course's lessons, in order, and what they hold.
pub(super) fn contents() -> Vec<(String, &'static [u8])> {
    let mut folders = vec![&LESSONS];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files().map(|file| {
            let name = format!("content/lessons/{}", file.path().display());
            (name, file.contents())
        }));
    }
    files.sort();
    files
}

/// The files of the built-in course.
pub(super) fn built_in_files() -> Vec<SourceFile> {
    contents()
        .into_iter()
        .filter_map(|(name, bytes)| {
            let text = str::from_utf8(bytes).ok()?;
            Some(SourceFile::new(name, Origin::Course, text))
        })
        .collect()
}

/// The built-in course alone.
pub fn course() -> Library {
    read(&built_in_files(), Some(&Course::built_in())).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_course_is_read_without_a_complaint_and_in_its_order() {
        let course = Course::built_in();
        let (library, diagnostics) = read(&built_in_files(), Some(&course));
        assert_eq!(diagnostics, []);
        let found: Vec<&str> = library
            .lessons_in(crate::ids::Lang::Zh)
            .map(|lesson| lesson.id.as_str())
            .collect();
        let listed: Vec<&str> = course
            .modules
            .iter()
            .flat_map(|module| module.lessons.iter().map(String::as_str))
            .collect();
        assert_eq!(found, listed);
        for lesson in library.lessons() {
            let known = course
                .domains
                .iter()
                .any(|domain| **domain == *lesson.domain);
            assert!(known, "{} names the domain `{}`", lesson.id, lesson.domain);
        }
        let mut placed: Vec<&str> = course
            .parts
            .iter()
            .flat_map(|part| part.lessons.iter().map(LessonId::as_str))
            .collect();
        placed.sort_unstable();
        let mut all = listed;
        all.sort_unstable();
        assert_eq!(placed, all, "each lesson stands in one part of the diagram");
        for profile in &course.profiles {
            for domain in profile.weights.keys() {
                assert!(course.domains.contains(domain), "{domain}");
            }
        }
    }

    #[test]
    fn a_course_of_another_format_is_refused() {
        assert!(Course::parse("format_version = 2\ndomains = []").is_err());
        assert!(Course::parse("format_version = 1\ndomains = []\nmodul = []").is_err());
    }
}
