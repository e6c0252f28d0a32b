//! Notes on disk: which files there are, what they hold, and whether any changed. Look first at
//! [`load`]. The only place in this room that touches files; what is read is decided elsewhere.

mod cache;
mod walk;

use std::{
    fs, io,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::UNIX_EPOCH,
};

use self::walk::Entry;
pub use self::walk::Stamp;
use super::{
    Code, Course, Diagnostic, Library, Origin, Severity, SourceFile,
    assemble::{Pairs, assemble},
    cores::on_all_cores,
    course::{self, built_in_files},
    parse::{FileNotes, parse},
    source::Text,
};

/// A larger file is no notes.
const LARGEST: u64 = 32 << 20;
/// How much of a file must be free of NUL bytes for it to be text.
const LOOKED_AT: usize = 8 << 10;

/// Files of notes as they are on disk.
#[derive(Debug)]
pub struct OnDisk {
    notes: Vec<FileNotes>,
    course: Option<Course>,
    diagnostics: Vec<Diagnostic>,
    stamp: Stamp,
    cache: Option<PathBuf>,
}

/// Reads the files named and those below the folders named: `.md` and `.markdown`, but for those
/// that `.gitignore` leaves out; any file that is named itself. A folder with a `course.toml` is a
/// course. What cannot be read is told in a diagnostic, and the rest loads.
///
/// With a cache file, what was read of a file is kept there and used again for as long as the file
/// has the same size and time.
pub fn load(paths: &[PathBuf], cache: Option<&Path>) -> OnDisk {
    let (found, kept) = thread::scope(|scope| {
        let kept = cache.map(|cache| scope.spawn(|| cache::Bytes::read(cache)));
        let found = walk::walk(paths);
        let kept = kept.map(|kept| kept.join().unwrap_or_else(|panic| resume_unwind(panic)));
        (found, kept.flatten())
    });
    let mut diagnostics = found.diagnostics;
    let pairs = Pairs::of(found.entries.iter().map(|entry| &*entry.name));
    let known = kept.as_ref().map(cache::Bytes::known).unwrap_or_default();
    let read = on_all_cores(&found.entries, |entry| {
        let paired = pairs.contains(&entry.name);
        match known.of(entry, paired) {
            Some(notes) => (Ok(notes), false),
            None => (read_file(entry).map(|file| parse(&file, paired)), true),
        }
    });
    let hits = read.iter().filter(|(_, fresh)| !fresh).count();
    let changed = known.len() > hits
        || read
            .iter()
            .any(|(result, fresh)| *fresh && result.as_ref().is_ok_and(cache::is_kept));
    let mut parsed: Vec<Option<FileNotes>> = Vec::with_capacity(read.len());
    for (result, _) in read {
        parsed.push(match result {
            Ok(notes) => Some(notes),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                None
            }
        });
    }
    if let Some(path) = cache.filter(|_| changed) {
        let files = found.entries.iter().zip(&parsed);
        let files =
            files.filter_map(|(entry, notes)| Some(((entry.size, entry.time), notes.as_ref()?)));
        // Without a cache the next start is slower, and no worse.
        let _ = cache::write(path, files, &pairs);
    }
    OnDisk {
        notes: parsed.into_iter().flatten().collect(),
        course: found.course,
        diagnostics,
        stamp: found.stamp,
        cache: cache.map(Path::to_owned),
    }
}

/// The built-in course alone. With a cache file, what was read of the course is kept beside it.
pub fn course(cache: Option<&Path>) -> Library {
    assemble(built_in(cache), Some(&Course::built_in())).0
}

fn built_in(cache: Option<&Path>) -> Vec<FileNotes> {
    let cache = cache.map(|cache| cache.with_file_name("course"));
    let kept = cache.as_deref().and_then(cache::Bytes::read);
    // The course is within the program, and the cache is of this very program: it holds still.
    if let Some(mut notes) = kept.and_then(|kept| kept.all(Origin::Course)) {
        leave_text_in_program(&mut notes);
        return notes;
    }
    let files = built_in_files();
    let pairs = Pairs::of(files.iter().map(|file| &*file.name));
    let mut notes = on_all_cores(&files, |file| parse(file, pairs.contains(&file.name)));
    leave_text_in_program(&mut notes);
    if let Some(path) = cache {
        let files = notes.iter().map(|notes| ((0, 0), notes));
        // Without a cache the next start is slower, and no worse.
        let _ = cache::write(&path, files, &pairs);
    }
    notes
}

fn leave_text_in_program(notes: &mut [FileNotes]) {
    let contents = course::contents();
    for file in notes {
        let at = contents.binary_search_by(|(name, _)| (**name).cmp(&file.name));
        let text = at.map(|at| Text::BuiltIn(contents[at].1));
        for found in &mut file.lessons {
            found.lesson.place.text = text.clone().unwrap_or_default();
        }
    }
}

/// What [`load`] would find now, by names, sizes and times alone.
pub fn stamp(paths: &[PathBuf]) -> Stamp {
    walk::walk(paths).stamp
}

impl OnDisk {
    /// By which a later look tells whether anything changed.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// These files alone.
    pub fn alone(self) -> (Library, Vec<Diagnostic>) {
        let (library, found) = assemble(self.notes, self.course.as_ref());
        (library, joined(self.diagnostics, found))
    }

    /// These files before the built-in course.
    pub fn with_course(self) -> (Library, Vec<Diagnostic>) {
        let mut notes = self.notes;
        notes.extend(built_in(self.cache.as_deref()));
        let (library, found) = assemble(notes, Some(&Course::built_in()));
        (library, joined(self.diagnostics, found))
    }
}

fn joined(mut one: Vec<Diagnostic>, other: Vec<Diagnostic>) -> Vec<Diagnostic> {
    one.extend(other);
    one.sort_by(|one, other| {
        (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column))
    });
    one
}

/// The text of one file.
pub fn read_source(path: &Path) -> Result<SourceFile, Diagnostic> {
    read_file(&Entry::named(path))
}

fn read_file(entry: &Entry) -> Result<SourceFile, Diagnostic> {
    let wrong = |code, message: String, help: &str| Diagnostic {
        severity: Severity::Error,
        code,
        file: entry.name.clone(),
        line: 0,
        column: 0,
        message,
        help: help.to_owned(),
    };
    if entry.size > LARGEST {
        let message = format!(
            "{} MB: too large to be notes (the limit is {} MB)",
            entry.size >> 20,
            LARGEST >> 20
        );
        return Err(wrong(Code::TooLarge, message, "split it, or leave it out"));
    }
    // A pipe or a device may never end, and opening one may never return.
    if !entry.regular {
        return Err(wrong(
            Code::Unreadable,
            "this is no regular file".to_owned(),
            "save the notes in a file and name that",
        ));
    }
    let bytes = fs::read(&entry.path).map_err(|error| unreadable(&entry.name, &error))?;
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(wrong(
            Code::Encoding,
            "the file is UTF-16, not UTF-8".to_owned(),
            "save it as UTF-8",
        ));
    }
    if head.contains(&0) {
        return Err(wrong(
            Code::Binary,
            "the file is not text".to_owned(),
            "leave it out, or save it as text",
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(entry.name.clone(), entry.origin, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..valid]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            let mut diagnostic = wrong(
                Code::Encoding,
                "the file is not UTF-8 from here on".to_owned(),
                "save it as UTF-8 (older Chinese notes are often GBK)",
            );
            diagnostic.line = u32::try_from(line).unwrap_or(u32::MAX);
            Err(diagnostic)
        }
    }
}

fn unreadable(name: &Arc<str>, error: &io::Error) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::Unreadable,
        file: name.clone(),
        line: 0,
        column: 0,
        message: format!("cannot be read: {error}"),
        help: "check the path and its permissions".to_owned(),
    }
}

/// Size and time of a file, in nanoseconds since 1970; 0 where the system does not say.
fn size_and_time(metadata: &fs::Metadata) -> (u64, u64) {
    let time = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|time| u64::try_from(time.as_nanos()).ok())
        .unwrap_or(0);
    (metadata.len(), time)
}

fn origin_in(course: bool) -> Origin {
    if course { Origin::Course } else { Origin::Own }
}

/// The files [`load`] would read.
pub fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let entries = walk::walk(paths).entries;
    entries.into_iter().map(|entry| entry.path).collect()
}
