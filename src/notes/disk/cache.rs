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

/// What a cache holds, by the names of files.
#[derive(Default)]
pub(super) struct Known {
    files: HashMap<Arc<str>, KeptFile>,
}

/// One file as it was read.
#[derive(Deserialize)]
struct KeptFile {
    name: Arc<str>,
    size: u64,
    time: u64,
    paired: bool,
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
struct FileOut<'a> {
    name: &'a str,
    size: u64,
    time: u64,
    paired: bool,
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

impl Known {
    /// What is known of a file, if that holds still.
    pub(super) fn take(&mut self, entry: &Entry, paired: bool) -> Option<FileNotes> {
        let kept = self.files.get(&entry.name)?;
        if (kept.size, kept.time, kept.paired) != (entry.size, entry.time, paired) {
            return None;
        }
        let kept = self.files.remove(&entry.name)?;
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

    /// Whether it holds files that are gone or have changed.
    pub(super) fn has_more(&self) -> bool {
        !self.files.is_empty()
    }
}

/// What a cache file holds; nothing where there is none, or none that this program wrote whole.
pub(super) fn read(path: &Path) -> Known {
    let files = fs::read(path).ok().and_then(|bytes| decode(&bytes));
    Known {
        files: files
            .unwrap_or_default()
            .into_iter()
            .map(|file| (file.name.clone(), file))
            .collect(),
    }
}

fn decode(bytes: &[u8]) -> Option<Vec<KeptFile>> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&program()[..])?;
    let (sum, body) = rest.split_first_chunk::<4>()?;
    if crc32fast::hash(body).to_le_bytes() != *sum {
        return None;
    }
    postcard::from_bytes(body).ok()
}

/// Writes the cache whole or not at all.
pub(super) fn write<'a>(
    path: &Path,
    files: impl Iterator<Item = (&'a Entry, &'a FileNotes)>,
    pairs: &Pairs,
) -> io::Result<()> {
    let files: Vec<FileOut<'_>> = files
        .filter_map(|(entry, notes)| {
            // A file without a lesson has no text to keep and is read in no time.
            let text = &notes.lessons.first()?.lesson.place.text;
            Some(FileOut {
                name: &entry.name,
                size: entry.size,
                time: entry.time,
                paired: pairs.contains(&entry.name),
                text,
                lessons: &notes.lessons,
                cards: notes.cards.iter().map(card_out).collect(),
                diagnostics: &notes.diagnostics,
            })
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
