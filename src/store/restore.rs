use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    backup::{copy_whole, file_time, sync_folder},
    check::verify,
    error::{Problem, StoreError},
    lock::Lock,
    open::{resolve, with_suffix},
};

/// What a restore did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    /// Rows of history in the file now.
    pub rows: u64,
    /// Where the file that was replaced is kept; `None` if there was none.
    pub kept: Option<PathBuf>,
}

/// Puts a copy of `backup` in the place of the file at `path`. The file that was there is kept
/// beside it under a name with the date `at_ms` (milliseconds since 1970, UTC). The restored file
/// counts as another device, so that its rows cannot be mistaken for those made since the backup.
///
/// # Errors
/// [`StoreError`] if the backup is not sound, is from a newer podlings, or the file is open
/// elsewhere; then nothing was changed.
pub fn restore(path: &Path, backup: &Path, at_ms: i64) -> Result<Restored, StoreError> {
    let path = resolve(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let Some(_alone) = Lock::alone(&path)? else {
        return Err(StoreError::new(&path, Problem::InUse));
    };
    verify(backup)?;
    let copy = copy_whole(backup, folder)?;
    let rows = become_another_device(copy.path())
        .map_err(|error| StoreError::sqlite(copy.path(), error))?;
    copy.as_file()
        .sync_all()
        .map_err(|error| StoreError::io(copy.path(), error))?;
    let kept = set_aside(&path, at_ms)?;
    copy.persist(&path)
        .map_err(|error| StoreError::io(&path, error.error))?;
    sync_folder(folder)?;
    Ok(Restored { rows, kept })
}

fn become_another_device(copy: &Path) -> rusqlite::Result<u64> {
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute("UPDATE device SET id = lower(hex(randomblob(6)))", [])?;
    let rows: i64 = connection.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

/// Gives the file a second name, and moves what belongs to it there, so that at no moment there is
/// no file. The write-ahead log goes first: it must not be taken for that of the file put in place.
fn set_aside(path: &Path, at_ms: i64) -> Result<Option<PathBuf>, StoreError> {
    if !path
        .try_exists()
        .map_err(|error| StoreError::io(path, error))?
    {
        return Ok(None);
    }
    let kept = link_to_free_name(path, at_ms)?;
    for suffix in ["-wal", "-shm", "-journal"] {
        let from = with_suffix(path, suffix);
        match fs::rename(&from, with_suffix(&kept, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io(&from, error));
            }
            _ => {}
        }
    }
    Ok(Some(kept))
}

fn link_to_free_name(path: &Path, at_ms: i64) -> Result<PathBuf, StoreError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let at = file_time(at_ms);
    for number in 1.. {
        let name = match number {
            1 => format!("{stem}-replaced-{at}.db"),
            _ => format!("{stem}-replaced-{at}-{number}.db"),
        };
        let kept = path.with_file_name(name);
        match fs::hard_link(path, &kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // Some file systems know no second names; then there is a moment without a file.
            Err(_) => {
                fs::rename(path, &kept).map_err(|error| StoreError::io(&kept, error))?;
                return Ok(kept);
            }
        }
    }
    unreachable!("names do not run out")
}
