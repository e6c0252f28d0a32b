use std::{
    io,
    path::{Path, PathBuf},
};

use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

use super::backup::Backups;

/// What went wrong with which file. Displayed as `WHAT (WHERE)`; [`StoreError::help`] says what to
/// do.
#[derive(Debug, Error)]
#[error("{problem} ({})", path.display())]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can go wrong with the file that holds the history.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// A later podlings wrote it. It was left untouched.
    #[error("written by a newer podlings: file format {found}, this one knows {known}")]
    Newer {
        /// The format of the file.
        found: i64,
        /// The latest format this program knows.
        known: i64,
    },
    /// A database, but of another program. It was left untouched.
    #[error("this is the database of another program")]
    Foreign,
    /// Not a database, or a broken one. It was left as it is.
    #[error("the file is damaged: {detail}")]
    Damaged {
        /// What SQLite, or the row that does not read, says.
        detail: String,
        /// The latest backup there is.
        backup: Option<PathBuf>,
    },
    /// The file, its folder or the disk may not be written to.
    #[error("read-only: nothing can be saved")]
    ReadOnly,
    /// No space is left.
    #[error("the disk is full: not saved")]
    Full,
    /// Another copy of the program held the file for longer than one waits.
    #[error("another podlings keeps the file locked")]
    Busy,
    /// The file is of an older format, and cannot be brought up to date while others use it.
    #[error("an older podlings has the file open, so its format cannot be brought up to date")]
    OlderCopyOpen,
    /// The file cannot be replaced while others use it.
    #[error("another podlings has the file open")]
    InUse,
    /// Since it was opened the file was removed or replaced: what is saved now would be lost.
    #[error("the file was removed or replaced while in use: not saved")]
    Gone,
    /// Another sitting goes on with the interview, or has ended it.
    #[error("this interview goes on in another podlings, or is over there: not saved")]
    NotHeld,
    /// A value that neither the file nor JSON can hold, such as a number that is not one.
    #[error("cannot be saved: {0}")]
    Unstorable(String),
    /// The system refused.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// SQLite refused.
    #[error("{0}")]
    Sqlite(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let problem = match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => Problem::ReadOnly,
            StorageFull | QuotaExceeded => Problem::Full,
            _ => Problem::Io(error),
        };
        Self::new(path, problem)
    }

    pub(super) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::new(
            path,
            Problem::Damaged {
                detail: detail.into(),
                backup: Backups::of(path).latest(),
            },
        )
    }

    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let problem = match error.sqlite_error() {
            Some(cause) => match (cause.code, cause.extended_code) {
                (ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt, _) => {
                    return Self::damaged(path, error.to_string());
                }
                (ErrorCode::ReadOnly, ffi::SQLITE_READONLY_DBMOVED) => Problem::Gone,
                (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Problem::ReadOnly,
                // The file beside the log needs room as well, before anything is written.
                (ErrorCode::DiskFull, _)
                | (ErrorCode::SystemIoFailure, ffi::SQLITE_IOERR_SHMSIZE) => Problem::Full,
                (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Problem::Busy,
                _ => Problem::Sqlite(error.into()),
            },
            None => Problem::Sqlite(error.into()),
        };
        Self::new(path, problem)
    }

    /// Whether the file must not be touched by this program.
    pub(super) fn forbids(&self) -> bool {
        matches!(self.problem, Problem::Newer { .. } | Problem::Foreign)
    }

    /// What the learner can do about it, in one line of English.
    pub fn help(&self) -> String {
        match &self.problem {
            Problem::Newer { .. } => {
                "update podlings; the file was not touched".to_owned()
            }
            Problem::Foreign => {
                "choose another folder with --data-dir; the file was not touched".to_owned()
            }
            Problem::Damaged { backup, .. } => match backup {
                Some(backup) => format!(
                    "the file was left as it is; to put the latest backup in its place: podlings doctor --restore '{}'",
                    backup.display()
                ),
                None => "the file was left as it is; with a backup at hand: podlings doctor --restore BACKUP".to_owned(),
            },
            Problem::ReadOnly => {
                "make the file and its folder writable, or choose another folder with --data-dir".to_owned()
            }
            Problem::Full => "free some space and try again; what was saved before is kept".to_owned(),
            Problem::Busy => "try again, or close the other podlings".to_owned(),
            Problem::OlderCopyOpen | Problem::InUse => "close the other podlings and try again".to_owned(),
            Problem::Gone => {
                "put the file back and try again, or start podlings anew".to_owned()
            }
            Problem::NotHeld => "go on there; `podlings interview history` lists what is over".to_owned(),
            Problem::Unstorable(_) => "this is a fault of podlings: please report it".to_owned(),
            Problem::Io(_) | Problem::Sqlite(_) => {
                "check the path and the disk; podlings doctor looks at the file itself".to_owned()
            }
        }
    }
}
