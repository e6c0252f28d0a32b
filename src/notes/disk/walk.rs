use std::{
    collections::HashSet,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use ignore::WalkBuilder;

use super::{origin_in, size_and_time, unreadable};
use crate::notes::{Code, Course, Diagnostic, Origin, Severity};

/// Which files there are, and of what size and time: equal stamps mean nothing changed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stamp(u64);

/// A file that is to be read.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    /// As it was named, or found below a folder that was.
    pub(super) name: Arc<str>,
    pub(super) origin: Origin,
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) time: u64,
    /// Whether it is a file, and not a pipe or a device.
    pub(super) regular: bool,
    /// Device and number: the same file under any name.
    inode: (u64, u64),
}

impl Entry {
    pub(super) fn named(path: &Path) -> Entry {
        let found = fs::metadata(path).ok();
        let (size, time) = found.as_ref().map_or((0, 0), size_and_time);
        let regular = found.as_ref().is_none_or(fs::Metadata::is_file);
        Entry {
            inode: found.map_or((0, 0), |found| (found.dev(), found.ino())),
            name: path.to_string_lossy().into(),
            path: path.to_owned(),
            origin: Origin::Own,
            size,
            time,
            // What is not there is told when it is read.
            regular,
        }
    }
}

/// What was found at the paths named.
pub(super) struct Walked {
    pub(super) entries: Vec<Entry>,
    pub(super) course: Option<Course>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) stamp: Stamp,
}

pub(super) fn walk(paths: &[PathBuf]) -> Walked {
    let mut walked = Walked {
        entries: Vec::new(),
        course: None,
        diagnostics: Vec::new(),
        stamp: Stamp::default(),
    };
    let mut seen = HashSet::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => walked.folder(path),
            // Questions and scenarios are TOML; no notes are.
            Ok(found) if found.is_file() && is_toml(path) => {}
            Ok(_) => walked.entries.push(Entry::named(path)),
            Err(error) => {
                let name = path.to_string_lossy().into();
                walked.diagnostics.push(unreadable(&name, &error));
            }
        }
    }
    // A file named twice, or named beside its folder, is read once.
    walked.entries.retain(|entry| seen.insert(entry.inode));
    let mut hasher = DefaultHasher::new();
    for entry in &walked.entries {
        (&entry.path, entry.size, entry.time).hash(&mut hasher);
    }
    for diagnostic in &walked.diagnostics {
        (&diagnostic.file, &diagnostic.message).hash(&mut hasher);
    }
    walked.stamp = Stamp(hasher.finish());
    walked
}

impl Walked {
    fn folder(&mut self, folder: &Path) {
        let course = self.course_of(folder);
        let walk = WalkBuilder::new(folder)
            .follow_links(true)
            .require_git(false)
            .sort_by_file_name(Ord::cmp)
            .build();
        for found in walk {
            match found {
                Ok(entry) if is_notes(entry.path()) => {
                    let metadata = match entry.metadata() {
                        Ok(metadata) if metadata.is_file() => metadata,
                        _ => continue,
                    };
                    let (size, time) = size_and_time(&metadata);
                    self.entries.push(Entry {
                        name: entry.path().to_string_lossy().into(),
                        path: entry.into_path(),
                        origin: origin_in(course),
                        size,
                        time,
                        regular: true,
                        inode: (metadata.dev(), metadata.ino()),
                    });
                }
                Ok(_) => {}
                Err(error) => self.diagnostics.push(trouble(folder, &error)),
            }
        }
    }

    /// Whether the folder holds a course; its order is kept.
    fn course_of(&mut self, folder: &Path) -> bool {
        let path = folder.join("course.toml");
        let Ok(text) = fs::read_to_string(&path) else {
            return false;
        };
        match Course::parse(&text) {
            Ok(course) => {
                self.course = Some(course);
                true
            }
            Err(problem) => {
                self.diagnostics.push(Diagnostic {
                    severity: Severity::Error,
                    code: Code::CourseRule,
                    file: path.to_string_lossy().into(),
                    line: 0,
                    column: 0,
                    message: problem,
                    help: "mend course.toml; until then these are lessons without an order"
                        .to_owned(),
                });
                false
            }
        }
    }
}

fn is_notes(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("md") || extension.eq_ignore_ascii_case("markdown")
    })
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

fn trouble(folder: &Path, error: &ignore::Error) -> Diagnostic {
    let mut cause = error;
    let mut path = folder;
    loop {
        match cause {
            ignore::Error::WithPath { path: at, err } => {
                path = at;
                cause = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                cause = err;
            }
            _ => break,
        }
    }
    let (severity, code, file, message, help) = match cause {
        ignore::Error::Loop { ancestor, child } => (
            Severity::Warning,
            Code::Loop,
            child.as_path(),
            format!("a link back to a folder above it ({})", ancestor.display()),
            "remove the link; the folder itself was read",
        ),
        other => (
            Severity::Error,
            Code::Unreadable,
            path,
            match other.io_error() {
                // Its own words name the path, which is told already.
                Some(error) => format!("cannot be read: {}", bare(error)),
                None => format!("cannot be read: {other}"),
            },
            "check the path and its permissions",
        ),
    };
    Diagnostic {
        severity,
        code,
        file: file.to_string_lossy().into(),
        line: 0,
        column: 0,
        message,
        help: help.to_owned(),
    }
}

/// What the system said, without what was said around it.
fn bare(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.source());
    inner.map_or_else(|| error.to_string(), ToString::to_string)
}
