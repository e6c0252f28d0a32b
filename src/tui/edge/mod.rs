//! The edge of the app: effects become writes to the database and reads of files, and what comes of
//! them goes back as messages. The app and `study --plain` share it.

mod beside;
mod interviews;

pub use interviews::Sittings;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
};

use chrono::NaiveDate;
use thiserror::Error;

use super::{
    app::Msg,
    effect::{Choice, Effect},
    theme::ThemeName,
    wake::Bell,
};
use crate::{
    history::{Event, Row},
    ids::{CardId, Lang, LessonId, Now, SessionId},
    memory::Memory,
    notes::{
        Library, Relink, Seen, Severity,
        disk::{self, Stamp},
        relink,
    },
    progress::Sources,
    store::{Cache, Cursor, Setting, Store, StoreError},
    walkthrough::Walked,
};

/// What went wrong at the edge, as the learner is told it.
#[derive(Debug, Error)]
pub enum EdgeError {
    /// What was done could not be kept.
    #[error("{0}; {help}", help = .0.help())]
    Store(#[from] StoreError),
    /// The editor could not be opened, or failed.
    #[error("the editor: {problem}; set $EDITOR to the one you use")]
    Editor {
        /// What it said.
        problem: String,
    },
}

/// What changed outside the app.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// Notes, where their files changed.
    pub library: Option<Loaded>,
    /// Rows that other copies of the program wrote.
    pub rows: Vec<Row>,
    /// How many things are wrong in the learner's notes, where they were read anew and any are.
    pub problems: Option<usize>,
    /// The state of the files, where a worker read them.
    pub(super) stamp: Option<Stamp>,
}

/// Notes as they are now.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The course and the learner's notes.
    pub library: Arc<Library>,
    /// Cards that were edited since they were last seen.
    pub relinks: Vec<Relink>,
}

/// Where the learner's notes are.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Where what was read of them is kept for the next time.
    pub cache: Option<PathBuf>,
}

/// What the learner chose in the app at some time.
#[derive(Debug, Default)]
pub struct Choices {
    /// The language.
    pub lang: Option<Lang>,
    /// The theme.
    pub theme: Option<ThemeName>,
    /// Where cards come from.
    pub sources: Option<Sources>,
    /// How far lessons were read.
    pub places: HashMap<LessonId, u32>,
    /// Whether a walkthrough asks before its key steps.
    pub predictions: Option<bool>,
    /// The day of the interview.
    pub interview: Option<NaiveDate>,
    /// What the interview weighs, by the name the course gives it.
    pub profile: Option<String>,
    /// The minutes there are in a day.
    pub minutes: Option<u32>,
    /// The retention to aim at, in hundredths.
    pub retention: Option<u32>,
    /// New cards a day.
    pub new_per_day: Option<u32>,
    /// Reviews a day.
    pub reviews_per_day: Option<u32>,
}

impl Notes {
    /// The learner's notes before the built-in course, and how many things are wrong in them.
    pub fn load(&self) -> (Library, usize) {
        let (library, problems, _) = self.load_stamped();
        (library, problems)
    }

    fn load_stamped(&self) -> (Library, usize, Stamp) {
        let on_disk = disk::load(&self.paths, self.cache.as_deref());
        let stamp = on_disk.stamp();
        let (library, diagnostics) = on_disk.with_course();
        let errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error);
        (library, errors.count(), stamp)
    }
}

/// Effects become writes and reads here.
pub struct Edge {
    store: Store,
    session: SessionId,
    /// How far into history the app has come.
    upto: Cursor,
    /// Whether rows came since the cache of memory was written.
    cache_is_old: bool,
    /// What was answered in walkthroughs, so far into history.
    walked: Walked,
    notes: Notes,
    /// The notes as they were when they were read last.
    stamp: Option<Stamp>,
    worker: Option<Worker>,
    backed_up: bool,
}

/// How a thread that reads notes tells the app.
struct Worker {
    post: Sender<Msg>,
    bell: Bell,
    /// Set while it reads.
    busy: Arc<AtomicBool>,
}

impl Edge {
    /// The edge over a database and the learner's notes, and what the history in it says.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn new(store: Store, notes: Notes) -> Result<(Edge, Memory), StoreError> {
        let Remembered {
            memory,
            walked,
            upto,
            cache_is_old,
        } = remembered(&store)?;
        let session = store.new_session()?;
        let edge = Edge {
            store,
            session,
            upto,
            cache_is_old,
            walked,
            notes,
            stamp: None,
            worker: None,
            backed_up: false,
        };
        Ok((edge, memory))
    }

    /// Notes are read by a thread that posts here and rings the bell.
    pub(super) fn work_with(&mut self, post: Sender<Msg>, bell: Bell) {
        self.worker = Some(Worker {
            post,
            bell,
            busy: Arc::default(),
        });
    }

    /// What was answered in walkthroughs.
    pub fn walked(&self) -> Walked {
        self.walked.clone()
    }

    /// What the learner chose at some time.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn choices(&self) -> Result<Choices, StoreError> {
        let theme: Option<String> = self.store.setting(Setting::Theme)?;
        Ok(Choices {
            lang: self.store.setting(Setting::Language)?,
            theme: theme.and_then(|name| name.parse().ok()),
            sources: self.store.setting(Setting::Sources)?,
            places: self.store.setting(Setting::Places)?.unwrap_or_default(),
            predictions: self.store.setting(Setting::Predictions)?,
            interview: self.store.setting(Setting::ExamDay)?.flatten(),
            profile: self.store.setting(Setting::Profile)?,
            minutes: self.store.setting(Setting::Minutes)?,
            retention: self.store.setting(Setting::Retention)?,
            new_per_day: self.store.setting(Setting::NewPerDay)?,
            reviews_per_day: self.store.setting(Setting::ReviewsPerDay)?,
        })
    }

    /// All that was ever done, in the order in which it counts.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn rows(&self) -> Result<Vec<Row>, StoreError> {
        Ok(self.store.rows()?.rows)
    }

    /// Reads the learner's notes now, and finds the cards that were edited.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn load_notes(&mut self) -> Result<Loaded, StoreError> {
        let seen = self.store.seen()?;
        let (loaded, _, stamp) = load(&self.notes, &seen);
        self.stamp = Some(stamp);
        Ok(loaded)
    }

    /// Carries out an effect that needs no terminal; says what came of it.
    pub fn carry_out(&mut self, effect: Effect, now: Now) -> Option<Msg> {
        match effect {
            Effect::Save { events, seen } => Some(Msg::Saved(self.save(&events, &seen, now))),
            Effect::Remember(choice) => self
                .remember(choice)
                .err()
                .map(|error| Msg::Forgotten(error.into())),
            Effect::LoadInterviews => Some(Msg::Sittings(self.sittings().map(Box::new))),
            Effect::Interview(keeping) => self.keep_of_interview(keeping, now),
            Effect::WorkOut(task) => self.work_out(*task, now),
            Effect::Stop(brake) => {
                brake.pull();
                Some(Msg::Stopped(brake))
            }
            Effect::Refresh => Some(Msg::Refreshed(self.refresh().map_err(EdgeError::from))),
            Effect::Edit { .. } | Effect::SuspendProgram | Effect::Redraw => None,
        }
    }

    fn save(&mut self, events: &[Event], seen: &[Seen], now: Now) -> Result<Vec<Row>, EdgeError> {
        let seen: Vec<(CardId, String)> = seen
            .iter()
            .filter_map(|seen| Some((seen.card.clone(), serde_json::to_string(seen).ok()?)))
            .collect();
        let rows = self
            .store
            .append_with_seen(&self.session, now.unix_ms(), events, &seen)?;
        self.cache_is_old |= !rows.is_empty();
        Ok(rows)
    }

    fn remember(&mut self, choice: Choice) -> Result<(), StoreError> {
        match choice {
            Choice::Lang(lang) => self.store.set_setting(Setting::Language, &lang),
            Choice::Theme(name) => self.store.set_setting(Setting::Theme, &name.to_string()),
            Choice::Sources(sources) => self.store.set_setting(Setting::Sources, &sources),
            Choice::Interview(day) => self.store.set_setting(Setting::ExamDay, &day),
            Choice::Profile(name) => self.store.set_setting(Setting::Profile, &name),
            Choice::Minutes(minutes) => self.store.set_setting(Setting::Minutes, &minutes),
            Choice::Retention(one) => self.store.set_setting(Setting::Retention, &one),
            Choice::NewPerDay(cards) => self.store.set_setting(Setting::NewPerDay, &cards),
            Choice::ReviewsPerDay(cards) => self.store.set_setting(Setting::ReviewsPerDay, &cards),
            Choice::Predictions(on) => self.store.set_setting(Setting::Predictions, &on),
            Choice::Place(lesson, line) => {
                let mut places: HashMap<LessonId, u32> =
                    self.store.setting(Setting::Places)?.unwrap_or_default();
                places.insert(lesson, line);
                self.store.set_setting(Setting::Places, &places)
            }
        }
    }

    /// Rows that other copies wrote are there at once. Notes are read by the worker, where there is
    /// one; their message follows.
    fn refresh(&mut self) -> Result<Refreshed, StoreError> {
        let mut refreshed = Refreshed::default();
        if self.store.changed()? {
            let since = self.store.rows_after(self.upto)?;
            self.upto = since.upto;
            since.rows.iter().for_each(|row| self.walked.apply(row));
            refreshed.rows = since.rows;
            refreshed.rows.retain(|row| row.session != self.session);
            self.cache_is_old |= !refreshed.rows.is_empty();
        }
        if self.notes.paths.is_empty() {
            return Ok(refreshed);
        }
        let seen = self.store.seen()?;
        match &self.worker {
            None => {
                if self.stamp != Some(disk::stamp(&self.notes.paths)) {
                    let (loaded, problems, stamp) = load(&self.notes, &seen);
                    self.stamp = Some(stamp);
                    refreshed.library = Some(loaded);
                    refreshed.problems = (problems > 0).then_some(problems);
                }
            }
            Some(worker) => worker.read(self.notes.clone(), self.stamp, seen),
        }
        Ok(refreshed)
    }

    /// The notes that the worker read are on screen now.
    pub(super) fn has_read(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    /// A backup of nothing would stand in the way of the day's first real one.
    fn has_no_history(&self) -> bool {
        self.upto == Cursor::START
    }

    /// Makes the day's backup, if there is none yet.
    ///
    /// # Errors
    /// [`StoreError`]; nothing else depends on it.
    pub fn back_up(&self, now: Now) -> Result<(), StoreError> {
        if self.has_no_history() {
            return Ok(());
        }
        self.store.backups().daily(now.unix_ms()).map(|_| ())
    }

    /// What may be done once the learner sees something: the day's backup.
    pub(super) fn after_frame(&mut self, now: Now) {
        if self.backed_up || self.has_no_history() {
            return;
        }
        self.backed_up = true;
        let backups = self.store.backups();
        thread::spawn(move || {
            // A backup that cannot be made today is made tomorrow; `doctor` says if there is none.
            let _ = backups.daily(now.unix_ms());
        });
    }

    /// Keeps what was computed, so that the next start need not compute it again.
    ///
    /// # Errors
    /// [`StoreError`]; no history is lost by it.
    pub fn close(mut self, memory: &Memory) -> Result<(), StoreError> {
        if !self.cache_is_old {
            return Ok(());
        }
        let since = self.store.rows_after(self.upto)?;
        let mut memory = memory.clone();
        for row in &since.rows {
            memory.apply(row);
            self.walked.apply(row);
        }
        if let Ok(walked) = serde_json::to_vec(&self.walked) {
            self.store.put_cache(Cache::Walked, since.upto, &walked)?;
        }
        self.store
            .put_cache(Cache::Memory, since.upto, &memory.to_snapshot())
    }
}

impl Worker {
    /// Reads notes beside the app, if they changed since `stamp`.
    fn read(&self, notes: Notes, stamp: Option<Stamp>, seen: Vec<(CardId, String)>) {
        if self.busy.swap(true, Ordering::SeqCst) {
            return;
        }
        let (post, busy) = (self.post.clone(), self.busy.clone());
        let Ok(mut bell) = self.bell.another() else {
            return;
        };
        thread::spawn(move || {
            if stamp != Some(disk::stamp(&notes.paths)) {
                let (loaded, problems, stamp) = load(&notes, &seen);
                let refreshed = Refreshed {
                    library: Some(loaded),
                    rows: Vec::new(),
                    problems: (problems > 0).then_some(problems),
                    stamp: Some(stamp),
                };
                // The app may have ended meanwhile.
                let _ = post.send(Msg::Refreshed(Ok(refreshed)));
                bell.ring();
            }
            busy.store(false, Ordering::SeqCst);
        });
    }
}

fn load(notes: &Notes, seen: &[(CardId, String)]) -> (Loaded, usize, Stamp) {
    let (library, problems, stamp) = notes.load_stamped();
    let seen: Vec<Seen> = seen
        .iter()
        .filter_map(|(_, text)| serde_json::from_str(text).ok())
        .collect();
    let loaded = Loaded {
        relinks: relink(&seen, &library),
        library: Arc::new(library),
    };
    (loaded, problems, stamp)
}

/// Memory from its cache and the rows since, or from all rows; how far that goes, and whether the
/// cache should be written anew.
fn remembered(store: &Store) -> Result<Remembered, StoreError> {
    if let (Some((upto, bytes)), Some((walked_upto, walked))) =
        (store.cached(Cache::Memory)?, store.cached(Cache::Walked)?)
        && upto == walked_upto
        && let (Ok(mut memory), Ok(mut walked)) = (
            Memory::from_snapshot(&bytes),
            serde_json::from_slice::<Walked>(&walked),
        )
    {
        let since = store.rows_after(upto)?;
        for row in &since.rows {
            memory.apply(row);
            walked.apply(row);
        }
        return Ok(Remembered {
            memory,
            walked,
            upto: since.upto,
            cache_is_old: !since.rows.is_empty(),
        });
    }
    let all = store.rows()?;
    let mut walked = Walked::default();
    all.rows.iter().for_each(|row| walked.apply(row));
    Ok(Remembered {
        memory: Memory::replay(&all.rows),
        walked,
        upto: all.upto,
        cache_is_old: !all.rows.is_empty(),
    })
}

/// What history says, as far as it was read.
struct Remembered {
    memory: Memory,
    walked: Walked,
    upto: Cursor,
    /// Whether it is more than was kept.
    cache_is_old: bool,
}
