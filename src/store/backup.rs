//! Copies of the file in `backups/` beside it, each a sound database of its own.

use std::{
    fs::{self, DirBuilder, File},
    os::unix::{ffi::OsStrExt, fs::DirBuilderExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;

/// How many backups are kept of each reason.
const KEPT: usize = 5;

/// What the name of an unfinished copy begins with.
const COPYING: &str = ".copying-";

const TIME: &str = "%Y%m%dT%H%M%SZ";

/// Why a backup was made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum BackupReason {
    /// Once a day.
    Daily,
    /// The file was about to be brought to a later format.
    BeforeMigration {
        /// The format it had.
        from: i64,
    },
}

/// A copy of the file as it once was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    /// The copy.
    pub path: PathBuf,
    /// When it was made: milliseconds since 1970, UTC; whole seconds.
    pub at_ms: i64,
    /// Why it was made.
    pub reason: BackupReason,
}

/// The backups of one file. Works without the file being open, also from another thread.
#[derive(Clone, Debug)]
pub struct Backups {
    database: PathBuf,
    folder: PathBuf,
    stem: String,
}

impl Backups {
    /// The backups of this file, whether or not it exists.
    pub fn of(database: &Path) -> Self {
        let database = fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
        Self {
            folder: database.with_file_name("backups"),
            stem: database
                .file_stem()
                .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
            database,
        }
    }

    /// All there are, the latest last.
    ///
    /// # Errors
    /// [`StoreError`] if the folder cannot be read. That there is none is no error.
    pub fn list(&self) -> Result<Vec<Backup>, StoreError> {
        let failed = |error| StoreError::io(&self.folder, error);
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut backups = Vec::new();
        for entry in entries {
            backups.extend(self.recognise(entry.map_err(failed)?.path()));
        }
        backups.sort_by(|a, b| (a.at_ms, &a.path).cmp(&(b.at_ms, &b.path)));
        Ok(backups)
    }

    /// The latest there is.
    pub(super) fn latest(&self) -> Option<PathBuf> {
        Some(self.list().ok()?.pop()?.path)
    }

    /// Makes the backup of the UTC day of `at_ms`, unless it is there already, and removes daily
    /// backups beyond the latest five. Reads the whole file; other copies may write meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; the backups made before are still there.
    pub fn daily(&self, at_ms: i64) -> Result<Option<Backup>, StoreError> {
        let day = |at_ms| time(at_ms).date_naive();
        let done = self
            .list()?
            .into_iter()
            .any(|backup| backup.reason == BackupReason::Daily && day(backup.at_ms) == day(at_ms));
        if done {
            return Ok(None);
        }
        self.make(BackupReason::Daily, at_ms).map(Some)
    }

    pub(super) fn make(&self, reason: BackupReason, at_ms: i64) -> Result<Backup, StoreError> {
        let failed = |error| StoreError::io(&self.folder, error);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(failed)?;
        let suffix = match reason {
            BackupReason::Daily => String::new(),
            BackupReason::BeforeMigration { from } => format!("-format{from}"),
        };
        let name = format!("{}-{}{suffix}.db", self.stem, file_time(at_ms));
        let path = self.folder.join(name);
        self.remove_unfinished(at_ms);
        let copy = copy_whole(&self.database, &self.folder)?;
        copy.persist(&path)
            .map_err(|error| StoreError::io(&path, error.error))?;
        sync_folder(&self.folder)?;
        self.remove_old(reason)?;
        Ok(Backup {
            at_ms: time(at_ms).timestamp() * 1_000,
            path,
            reason,
        })
    }

    fn remove_old(&self, reason: BackupReason) -> Result<(), StoreError> {
        let mut same = self.list()?;
        same.retain(|backup| {
            std::mem::discriminant(&backup.reason) == std::mem::discriminant(&reason)
        });
        let surplus = same.len().saturating_sub(KEPT);
        for backup in &same[..surplus] {
            fs::remove_file(&backup.path).map_err(|error| StoreError::io(&backup.path, error))?;
        }
        Ok(())
    }

    /// Copies that were under way when the program was killed. One that is younger than a day may
    /// be in the making; one that cannot be removed now can be the next time.
    fn remove_unfinished(&self, at_ms: i64) {
        let Some(day_ago) = at_ms
            .checked_sub(86_400_000)
            .and_then(|ms| u64::try_from(ms).ok())
            .map(|ms| SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
        else {
            return;
        };
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let unfinished = entry.file_name().as_bytes().starts_with(COPYING.as_bytes());
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            if unfinished && changed.is_ok_and(|changed| changed < day_ago) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn recognise(&self, path: PathBuf) -> Option<Backup> {
        let name = path.file_name()?.to_str()?;
        let rest = name
            .strip_prefix(&self.stem)?
            .strip_prefix('-')?
            .strip_suffix(".db")?;
        let (stamp, reason) = match rest.split_once("-format") {
            Some((stamp, from)) => {
                let from = from.parse().ok()?;
                (stamp, BackupReason::BeforeMigration { from })
            }
            None => (rest, BackupReason::Daily),
        };
        let at = NaiveDateTime::parse_from_str(stamp, TIME).ok()?;
        Some(Backup {
            path,
            at_ms: at.and_utc().timestamp_millis(),
            reason,
        })
    }
}

/// A time as the names of files show it. One that no calendar holds becomes 1970.
pub(super) fn file_time(at_ms: i64) -> String {
    time(at_ms).format(TIME).to_string()
}

fn time(at_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

/// One file in `folder` with all that `database` and its write-ahead log hold, on the disk, and gone
/// again unless it is given a name.
pub(super) fn copy_whole(
    database: &Path,
    folder: &Path,
) -> Result<tempfile::NamedTempFile, StoreError> {
    let failed = |error| StoreError::io(folder, error);
    let copy = tempfile::Builder::new()
        .prefix(COPYING)
        .tempfile_in(folder)
        .map_err(failed)?;
    let source = Connection::open_with_flags(
        database,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| StoreError::sqlite(database, error))?;
    source
        .busy_timeout(super::open::PATIENCE)
        .and_then(|()| {
            source.execute(
                "VACUUM INTO CAST(?1 AS TEXT)",
                [copy.path().as_os_str().as_bytes()],
            )
        })
        .map_err(|error| StoreError::sqlite(database, error))?;
    copy.as_file().sync_all().map_err(failed)?;
    Ok(copy)
}

/// Makes names given in a folder survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreError::io(folder, error))
}
