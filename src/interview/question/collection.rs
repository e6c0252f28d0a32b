use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use ignore::WalkBuilder;
use include_dir::{Dir, include_dir};
use rustc_hash::FxHashMap;

use super::{
    Question,
    reading::{self, Problem},
    written::File,
};
use crate::{
    history::Kind,
    ids::{Lang, QuestionId},
    notes::{Code, Diagnostic, Severity, disk},
    walkthrough::{Scenario, built_in, is_scenario},
};

static CONTENT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/content/questions");

/// The only format of question files there is.
const FORMAT: u32 = 1;

/// A question file, already read.
#[derive(Clone, PartialEq, Debug)]
pub struct QuestionFile {
    /// How the file was named.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// All questions there are, in the order of their files. Two never share an id.
#[derive(Clone, Default, Debug)]
pub struct Questions {
    all: Vec<Arc<Question>>,
    places: Vec<Place>,
    index: FxHashMap<QuestionId, usize>,
}

/// Where a question stands.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Place {
    pub(crate) file: Arc<str>,
    pub(crate) line: u32,
}

impl Place {
    pub(crate) fn error(&self, code: Code, message: String, help: &str) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            file: self.file.clone(),
            line: self.line,
            column: 0,
            message,
            help: help.to_owned(),
        }
    }
}

impl Questions {
    /// Those within the program.
    pub fn built_in() -> Questions {
        Questions::read(&built_in_files()).0
    }

    /// The built-in ones, then those in these files, and what is wrong with any.
    pub fn with_built_in(files: &[QuestionFile]) -> (Questions, Vec<Diagnostic>) {
        Questions::read(&[built_in_files().as_slice(), files].concat())
    }

    /// The questions in these files, and what is wrong with them. One that cannot be asked is left out.
    pub fn read(files: &[QuestionFile]) -> (Questions, Vec<Diagnostic>) {
        let mut questions = Questions::default();
        let mut found = Vec::new();
        for file in files {
            questions.read_file(file, &mut found);
        }
        (questions, found)
    }

    fn read_file(&mut self, file: &QuestionFile, found: &mut Vec<Diagnostic>) {
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        let whole = |line| Place {
            file: file.name.as_str().into(),
            line,
        };
        let read: File = match toml::from_str(text) {
            Ok(read) => read,
            Err(error) => {
                let line = error.span().map_or(0, |span| line_of(text, span.start));
                let message = error.message().trim().replace('\n', " ");
                found.push(whole(line).error(Code::Question, message, SEE));
                return;
            }
        };
        if read.format != FORMAT {
            let message = format!("format is {}; this podlings reads {FORMAT}", read.format);
            found.push(whole(0).error(Code::Question, message, SEE));
            return;
        }
        for written in read.questions {
            let place = whole(line_of(text, written.id.span().start));
            let id = written.id.get_ref().clone();
            let (question, problems) = reading::read(written, scenario);
            found.extend(problems.into_iter().map(|problem| match problem {
                Problem::Untranslated(what) => place.error(
                    Code::MissingTranslation,
                    format!("question \"{id}\": {what}"),
                    "Write { zh = \"…\", en = \"…\" }, or one text where both say the same.",
                ),
                Problem::Wrong(what, help) => {
                    place.error(Code::Question, format!("question \"{id}\": {what}"), help)
                }
            }));
            let Some(question) = question else { continue };
            if let Some(&first) = self.index.get(&question.id) {
                let Place { file, line } = &self.places[first];
                found.push(place.error(
                    Code::DuplicateId,
                    format!("another question has the id \"{id}\" ({file}:{line})"),
                    "Give it an id of its own; the first is used.",
                ));
                continue;
            }
            self.add(Arc::new(question), place);
        }
    }

    /// Adds those of `other` whose ids are not taken.
    pub fn extend(&mut self, other: Questions) {
        for (question, place) in other.all.into_iter().zip(other.places) {
            if !self.index.contains_key(&question.id) {
                self.add(question, place);
            }
        }
    }

    fn add(&mut self, question: Arc<Question>, place: Place) {
        self.index.insert(question.id.clone(), self.all.len());
        self.all.push(question);
        self.places.push(place);
    }

    /// All of them, in order.
    pub fn all(&self) -> &[Arc<Question>] {
        &self.all
    }

    /// The question of this id.
    pub fn get(&self, id: &QuestionId) -> Option<&Arc<Question>> {
        self.index.get(id).map(|at| &self.all[*at])
    }

    /// Each question, and where it stands.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&Arc<Question>, &Place)> {
        self.all.iter().zip(&self.places)
    }

    /// How many there are of each kind.
    pub fn by_kind(&self) -> BTreeMap<Kind, usize> {
        self.counted(|question| question.kind())
    }

    /// How many there are in each domain.
    pub fn by_domain(&self) -> BTreeMap<&str, usize> {
        self.counted(|question| question.domain.as_str())
    }

    /// How many there are of each difficulty, by its number.
    pub fn by_difficulty(&self) -> BTreeMap<u8, usize> {
        self.counted(|question| question.difficulty.into())
    }

    /// How many there are in each language.
    pub fn by_lang(&self) -> BTreeMap<Lang, usize> {
        let mut counts = BTreeMap::new();
        for lang in self.all.iter().flat_map(|question| question.languages()) {
            *counts.entry(lang).or_default() += 1;
        }
        counts
    }

    fn counted<'q, K: Ord>(&'q self, by: impl Fn(&'q Question) -> K) -> BTreeMap<K, usize> {
        let mut counts = BTreeMap::new();
        for question in &self.all {
            *counts.entry(by(question)).or_default() += 1;
        }
        counts
    }
}

const SEE: &str = "The format is described in docs/question-format.md.";

/// The built-in scenario of this id; read once.
pub(super) fn scenario(id: &str) -> Option<Rc<Scenario>> {
    thread_local! {
        static SCENARIOS: Vec<Rc<Scenario>> = built_in();
    }
    SCENARIOS.with(|all| all.iter().find(|one| one.id == id).cloned())
}

/// The question files within the program.
pub(crate) fn built_in_files() -> Vec<QuestionFile> {
    let mut files: Vec<QuestionFile> = CONTENT
        .files()
        .filter(|file| is_toml(file.path()))
        .filter_map(|file| {
            Some(QuestionFile {
                name: format!("content/questions/{}", file.path().display()),
                text: file.contents_utf8()?.to_owned(),
            })
        })
        .collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// The question files under these paths, in order: TOML with a `[[question]]`; and what is wrong with a
/// file of TOML that was named itself and cannot be read.
pub fn question_files(paths: &[PathBuf]) -> (Vec<QuestionFile>, Vec<Diagnostic>) {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let walk = WalkBuilder::new(path)
            .follow_links(true)
            .require_git(false)
            .sort_by_file_name(Ord::cmp)
            .build();
        let files = walk.flatten().map(ignore::DirEntry::into_path);
        for file in files.filter(|file| is_toml(file) && !is_scenario(file) && file.is_file()) {
            if !found.contains(&file) {
                found.push(file);
            }
        }
    }
    let (mut files, mut diagnostics) = (Vec::new(), Vec::new());
    for path in found {
        match disk::read_source(&path) {
            Ok(source) if holds_questions(&source.text) => files.push(QuestionFile {
                name: source.name.to_string(),
                text: source.text.to_string(),
            }),
            Ok(_) => {}
            Err(diagnostic) if paths.contains(&path) => diagnostics.push(diagnostic),
            Err(_) => {}
        }
    }
    (files, diagnostics)
}

/// Whether a text of TOML is a question file.
pub fn holds_questions(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start().starts_with("[[question]]"))
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

fn line_of(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().iter().take(at);
    u32::try_from(before.filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
}
