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
        Card, CardKind, Diagnostic, Origin, SiblingGroup,
        assemble::Pairs,
        parse::{FileCard, FileLesson, FileNotes},
        source::Text,
    },
};

const MAGIC: &[u8; 8] = b"podnotes";
/// What stands before the content: [`MAGIC`], which program wrote it, and a sum of the content.
const HEAD: usize = 8 + 16 + 4;

/// A cache file's bytes, which this program wrote whole.
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
struct KeptNotes<'a> {
    /// None where it is within the program.
    text: Option<&'a str>,
    lessons: Vec<FileLesson>,
    #[serde(borrow)]
    cards: Vec<KeptCard<'a>>,
    diagnostics: Vec<Diagnostic>,
}

/// A card without what its file and lesson say already.
#[derive(Deserialize)]
struct KeptCard<'a> {
    id: &'a str,
    lang: Lang,
    kind: CardKind,
    #[serde(borrow)]
    front: Words<'a>,
    #[serde(borrow)]
    back: Words<'a>,
    lesson: u32,
    section: u32,
    tags: Box<[Arc<str>]>,
    siblings: Option<SiblingGroup>,
    line: u32,
    id_written: bool,
}

/// Part of a card: most are kept once, in the text of their file.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Words<'a> {
    /// A first byte and a length.
    InText(u32, u32),
    Apart(&'a str),
}

impl<'a> Words<'a> {
    fn of(words: &'a str, ahead: &mut Ahead<'_>) -> Words<'a> {
        match ahead.find(words) {
            Some(at) => Words::InText(at as u32, words.len() as u32),
            None => Words::Apart(words),
        }
    }

    fn read(self, text: &str) -> Option<Box<str>> {
        Some(match self {
            Words::InText(at, length) => text.get(at as usize..)?.get(..length as usize)?.into(),
            Words::Apart(words) => words.into(),
        })
    }
}

/// A text that is searched for the words of its cards in their order.
struct Ahead<'a> {
    text: &'a str,
    at: usize,
}

impl Ahead<'_> {
    /// How far ahead to look; words that are not there were altered.
    const FAR: usize = 4 << 10;

    fn find(&mut self, words: &str) -> Option<usize> {
        let end = self
            .text
            .ceil_char_boundary(self.at + words.len() + Self::FAR);
        let found = self.at + self.text[self.at..end].find(words)?;
        self.at = found;
        Some(found)
    }
}

#[derive(Serialize)]
struct NotesOut<'a> {
    text: Option<&'a str>,
    lessons: &'a [FileLesson],
    cards: Vec<CardOut<'a>>,
    diagnostics: &'a [Diagnostic],
}

#[derive(Serialize)]
struct CardOut<'a> {
    id: &'a str,
    lang: Lang,
    kind: CardKind,
    front: Words<'a>,
    back: Words<'a>,
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
        kept.read(entry.name.clone(), entry.origin)
    }

    /// How many files it knows.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }
}

impl KeptFile<'_> {
    fn read(&self, name: Arc<str>, origin: Origin) -> Option<FileNotes> {
        let kept: KeptNotes<'_> = postcard::from_bytes(self.notes).ok()?;
        let mut lessons = kept.lessons;
        let text = kept.text.unwrap_or_default();
        let shared = kept.text.map(Arc::from);
        for found in &mut lessons {
            let lesson = &mut found.lesson;
            if let Some(text) = &shared {
                lesson.place.text = Text::Read(Arc::clone(text));
            }
            lesson.file = name.clone();
            lesson.origin = origin;
        }
        let cards = kept
            .cards
            .into_iter()
            .map(|card| {
                let lesson = lessons.get(card.lesson as usize)?;
                Some(FileCard {
                    card: Card {
                        id: CardId::new(card.id),
                        lang: card.lang,
                        kind: card.kind,
                        front: card.front.read(text)?,
                        back: card.back.read(text)?,
                        lesson: lesson.lesson.id.clone(),
                        section: card.section,
                        tags: card.tags,
                        siblings: card.siblings,
                        file: name.clone(),
                        line: card.line,
                        id_written: card.id_written,
                    },
                    lesson: card.lesson,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(FileNotes {
            name,
            origin,
            lessons,
            cards,
            diagnostics: kept.diagnostics,
        })
    }
}

impl Bytes {
    /// The bytes of a cache file; nothing where there is none, or none that this program wrote whole.
    pub(super) fn read(path: &Path) -> Option<Bytes> {
        let bytes = fs::read(path).ok()?;
        let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&program()[..])?;
        let (sum, body) = rest.split_first_chunk::<4>()?;
        (crc32fast::hash(body).to_le_bytes() == *sum).then_some(Bytes(bytes))
    }

    /// What they hold.
    pub(super) fn known(&self) -> Known<'_> {
        let files = self.files().unwrap_or_default();
        Known {
            files: files.into_iter().map(|file| (file.name, file)).collect(),
        }
    }

    /// All that they hold, in the order it was written.
    pub(super) fn all(&self, origin: Origin) -> Option<Vec<FileNotes>> {
        let files = self.files()?;
        let read = |file: &KeptFile<'_>| file.read(file.name.into(), origin);
        files.iter().map(read).collect()
    }

    fn files(&self) -> Option<Vec<KeptFile<'_>>> {
        postcard::from_bytes(self.0.get(HEAD..)?).ok()
    }
}

/// A file without a lesson has no text to keep, and is read in no time.
pub(super) fn is_kept(notes: &FileNotes) -> bool {
    !notes.lessons.is_empty()
}

/// Writes the cache of files, each with its size and time, whole or not at all.
pub(super) fn write<'a>(
    path: &Path,
    files: impl Iterator<Item = ((u64, u64), &'a FileNotes)>,
    pairs: &Pairs,
) -> io::Result<()> {
    let mut kept = Vec::new();
    for (size_and_time, found) in files {
        let Some(first) = found.lessons.first() else {
            continue;
        };
        let text = match &first.lesson.place.text {
            Text::Read(text) => Some(&**text),
            Text::BuiltIn(_) => None,
        };
        let mut ahead = Ahead {
            text: text.unwrap_or_default(),
            at: 0,
        };
        let cards = found.cards.iter();
        let notes = postcard::to_stdvec(&NotesOut {
            text,
            lessons: &found.lessons,
            cards: cards.map(|card| card_out(card, &mut ahead)).collect(),
            diagnostics: &found.diagnostics,
        });
        kept.push((size_and_time, found, notes.map_err(io::Error::other)?));
    }
    let files: Vec<KeptFile<'_>> = kept
        .iter()
        .map(|((size, time), found, notes)| KeptFile {
            name: &found.name,
            size: *size,
            time: *time,
            paired: pairs.contains(&found.name),
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

fn card_out<'a>(found: &'a FileCard, ahead: &mut Ahead<'_>) -> CardOut<'a> {
    let card = &found.card;
    CardOut {
        id: card.id.as_str(),
        lang: card.lang,
        kind: card.kind,
        front: Words::of(&card.front, ahead),
        back: Words::of(&card.back, ahead),
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
