//! Who has the file open, as an advisory lock on a file beside it. SQLite's own locks cannot say:
//! a damaged file takes none, and a program that opens and closes a database by other means than
//! SQLite drops the locks SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread,
    time::Duration,
};

use super::{
    error::{Problem, StoreError},
    open::with_suffix,
};

const STEP: Duration = Duration::from_millis(5);
const STEPS: u32 = 1_000;

/// Held as long as the file is open; given up when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Open like others: waits while one copy is alone with the file.
    pub(super) fn shared(database: &Path) -> Result<Self, StoreError> {
        let file = lock_file(database)?;
        for _ in 0..STEPS {
            if taken(database, file.try_lock_shared())? {
                return Ok(Self { _file: file });
            }
            thread::sleep(STEP);
        }
        Err(StoreError::new(database, Problem::Busy))
    }

    /// Alone with the file, or `None` when others have it open.
    pub(super) fn alone(database: &Path) -> Result<Option<Self>, StoreError> {
        let file = lock_file(database)?;
        let taken = taken(database, file.try_lock())?;
        Ok(taken.then_some(Self { _file: file }))
    }
}

fn lock_file(database: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(with_suffix(database, ".lock"))
        .map_err(|error| StoreError::io(database, error))
}

fn taken(database: &Path, outcome: Result<(), TryLockError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        // Some network file systems have no such locks. SQLite keeps the file sound all the same.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(StoreError::io(database, error)),
    }
}
