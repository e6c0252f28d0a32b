//! What was read of files, kept for the next start. A cache is used only by the very program that
//! wrote it, and only for files of the same name, size and time; anything else is read anew.

use std::{
    collections::HashMap,
    env, fs,
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{size_and_time, walk::Entry};
use crate::{
    ids::{CardId, Lang},
    notes::{
        Card, CardKind, Diagnostic, SiblingGroup,
        assemble::Pairs,
        parse::{FileCard, FileLesson, FileNotes},
    },
};

const MAGIC: &[u8; 8] = b"podnotes";

/// A cache file's bytes, if this program wrote them whole.
pub(super) struct Bytes(Vec<u8>);

/// What a cache holds, by the names of files.
#[derive(Default)]
pub(super) struct Known<'a> {
    files: HashMap<&'a str, KeptFile<'a>>,
}

/// One file, and what was read of it, not yet decoded.
#[derive(Serialize, Deserialize)]
struct KeptFile<'a> {
    name: &'a str,
    size: u64,
    time: u64,
    paired: bool,
    notes: &'a [u8],
}

/// What was read of one file.
#[derive(Deserialize)]
struct KeptNotes {
    text: Arc<str>,
    lessons: Vec<FileLesson>,
    cards: Vec<KeptCard>,
    diagnostics: Vec<Diagnostic>,
}

/// A card without what its file and lesson say already.
#[derive(Deserialize)]
struct KeptCard {
    id: CardId,
    lang: Lang,
    kind: CardKind,
    front: Box<str>,
    back: Box<str>,
    lesson: u32,
    section: u32,
    tags: Box<[Arc<str>]>,
    siblings: Option<SiblingGroup>,
    line: u32,
    id_written: bool,
}

#[derive(Serialize)]
struct NotesOut<'a> {
    text: &'a str,
    lessons: &'a [FileLesson],
    cards: Vec<CardOut<'a>>,
    diagnostics: &'a [Diagnostic],
}

#[derive(Serialize)]
struct CardOut<'a> {
    id: &'a CardId,
    lang: Lang,
    kind: CardKind,
    front: &'a str,
    back: &'a str,
    lesson: u32,
    section: u32,
    tags: &'a [Arc<str>],
    siblings: Option<SiblingGroup>,
    line: u32,
    id_written: bool,
}

impl Known<'_> {
    /// What is known of a file, if that holds still.
    pub(super) fn of(&self, entry: &Entry, paired: bool) -> Option<FileNotes> {
        let kept = self.files.get(&*entry.name)?;
        if (kept.size, kept.time, kept.paired) != (entry.size, entry.time, paired) {
            return None;
        }
        let kept: KeptNotes = postcard::from_bytes(kept.notes).ok()?;
        let mut lessons = kept.lessons;
        for found in &mut lessons {
            let lesson = &mut found.lesson;
            lesson.place.text = kept.text.clone();
            lesson.file = entry.name.clone();
            lesson.origin = entry.origin;
        }
        let cards = kept
            .cards
            .into_iter()
            .map(|card| {
                let lesson = lessons.get(card.lesson as usize)?;
                Some(FileCard {
                    card: Card {
                        id: card.id,
                        lang: card.lang,
                        kind: card.kind,
                        front: card.front,
                        back: card.back,
                        lesson: lesson.lesson.id.clone(),
                        section: card.section,
                        tags: card.tags,
                        siblings: card.siblings,
                        file: entry.name.clone(),
                        line: card.line,
                        id_written: card.id_written,
                    },
                    lesson: card.lesson,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(FileNotes {
            name: entry.name.clone(),
            origin: entry.origin,
            lessons,
            cards,
            diagnostics: kept.diagnostics,
        })
    }

    /// How many files it knows.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
}

impl Bytes {
    /// The bytes of a cache file; nothing where there is none, or none that this program wrote whole.
    pub(super) fn read(path: &Path) -> Option<Bytes> {
        let bytes = fs::read(path).ok()?;
        body(&bytes).is_some().then_some(Bytes(bytes))
    }

    /// What they hold.
    pub(super) fn known(&self) -> Known<'_> {
        let files: Vec<KeptFile<'_>> = body(&self.0)
            .and_then(|body| postcard::from_bytes(body).ok())
            .unwrap_or_default();
        Known {
            files: files.into_iter().map(|file| (file.name, file)).collect(),
        }
    }
}

fn body(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&program()[..])?;
    let (sum, body) = rest.split_first_chunk::<4>()?;
    (crc32fast::hash(body).to_le_bytes() == *sum).then_some(body)
}

/// A file without a lesson has no text to keep, and is read in no time.
pub(super) fn is_kept(notes: &FileNotes) -> bool {
    !notes.lessons.is_empty()
}

/// Writes the cache whole or not at all.
pub(super) fn write<'a>(
    path: &Path,
    files: impl Iterator<Item = (&'a Entry, &'a FileNotes)>,
    pairs: &Pairs,
) -> io::Result<()> {
    let mut kept = Vec::new();
    for (entry, notes) in files {
        let Some(first) = notes.lessons.first() else {
            continue;
        };
        let notes = postcard::to_stdvec(&NotesOut {
            text: &first.lesson.place.text,
            lessons: &notes.lessons,
            cards: notes.cards.iter().map(card_out).collect(),
            diagnostics: &notes.diagnostics,
        });
        kept.push((entry, notes.map_err(io::Error::other)?));
    }
    let files: Vec<KeptFile<'_>> = kept
        .iter()
        .map(|(entry, notes)| KeptFile {
            name: &entry.name,
            size: entry.size,
            time: entry.time,
            paired: pairs.contains(&entry.name),
            notes,
        })
        .collect();
    let body = postcard::to_stdvec(&files).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&program())?;
    file.write_all(&crc32fast::hash(&body).to_le_bytes())?;
    file.write_all(&body)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn card_out(found: &FileCard) -> CardOut<'_> {
    let card = &found.card;
    CardOut {
        id: &card.id,
        lang: card.lang,
        kind: card.kind,
        front: &card.front,
        back: &card.back,
        lesson: found.lesson,
        section: card.section,
        tags: &card.tags,
        siblings: card.siblings,
        line: card.line,
        id_written: card.id_written,
    }
}

/// Tells this program from any other: what it reads of a file may differ.
fn program() -> [u8; 16] {
    let (size, time) = env::current_exe()
        .and_then(fs::metadata)
        .map_or((0, 0), |found| size_and_time(&found));
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&size.to_le_bytes());
    bytes[8..].copy_from_slice(&time.to_le_bytes());
    bytes
}
