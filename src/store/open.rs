use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use rusqlite_migration::M;

use crate::ids::{DeviceId, SessionId};

use super::{
    backup::{BackupReason, Backups},
    error::{Problem, StoreError},
    lock::Lock,
    schema::{self, Format},
};

/// How long one waits for another copy that is writing.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How often to look again while another copy has the file to itself or an older one has it open.
const ATTEMPTS: u32 = 200;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// How long to wait before asking again for a file that another copy is writing to.
const BETWEEN_TRIES: Duration = Duration::from_micros(250);

/// The open file. Several may be open on one file at once, in one program or in many.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) device: DeviceId,
    pub(super) data_version: i64,
    identity: Option<(u64, u64)>,
    warnings: Vec<StoreError>,
    _lock: Lock,
}

/// SQLite's own default, and what every file made here has.
const PAGE: u64 = 4_096;

impl Store {
    /// Opens the file, and makes it, readable by its owner alone, when there is none. A file of an
    /// older format is copied to `backups/` and brought up to date. `at_ms` (milliseconds since
    /// 1970, UTC) dates that copy.
    ///
    /// # Errors
    /// [`StoreError`]; a file that is newer, foreign or damaged is left as it is.
    pub fn open(path: &Path, at_ms: i64) -> Result<Self, StoreError> {
        Self::open_with(path, at_ms, schema::STEPS)
    }

    pub(super) fn open_with(
        path: &Path,
        at_ms: i64,
        steps: &[M<'static>],
    ) -> Result<Self, StoreError> {
        let path = resolve(path)?;
        let known = steps.len() as i64;
        let mut warnings = Vec::new();
        for _ in 0..ATTEMPTS {
            let lock = Lock::shared(&path)?;
            if exists(&path)? {
                schema::probe(&path, known)?;
                must_be_whole_pages(&path)?;
                let connection = connect(&path)?;
                if schema::format(&connection, &path, known)? == Format::Ours(known) {
                    return Self::from_parts(connection, path, lock, warnings);
                }
            }
            drop(lock);
            match Lock::alone(&path)? {
                Some(_alone) => warnings.extend(prepare(&path, at_ms, steps)?),
                None => std::thread::sleep(BETWEEN_ATTEMPTS),
            }
        }
        Err(StoreError::new(&path, Problem::OlderCopyOpen))
    }

    fn from_parts(
        connection: Connection,
        path: PathBuf,
        lock: Lock,
        warnings: Vec<StoreError>,
    ) -> Result<Self, StoreError> {
        let sqlite = |error| StoreError::sqlite(&path, error);
        // From here on the last copy to close may move the write-ahead log into the file.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(sqlite)?;
        write_ahead(&connection).map_err(sqlite)?;
        let device: String = connection
            .query_row("SELECT id FROM device", [], |row| row.get(0))
            .map_err(sqlite)?;
        let mut store = Self {
            device: DeviceId::new(device),
            data_version: 0,
            identity: identity(&path),
            connection,
            path,
            warnings,
            _lock: lock,
        };
        store.changed()?;
        Ok(store)
    }

    /// What went wrong while opening without being in the way: a backup that could not be made.
    pub fn warnings(&self) -> &[StoreError] {
        &self.warnings
    }

    /// The file, with symbolic links resolved.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// This installation: the device of the rows made here.
    pub fn device(&self) -> &DeviceId {
        &self.device
    }

    /// The backups of this file.
    pub fn backups(&self) -> Backups {
        Backups::of(&self.path)
    }

    /// A name for a new sitting.
    ///
    /// # Errors
    /// [`StoreError`] if SQLite cannot be asked.
    pub fn new_session(&self) -> Result<SessionId, StoreError> {
        self.connection
            .query_row("SELECT lower(hex(randomblob(6)))", [], |row| {
                row.get::<_, String>(0)
            })
            .map(SessionId::new)
            .map_err(|error| self.sqlite(error))
    }

    /// Whether another copy has written since this was last asked, or since the file was opened.
    /// Costs microseconds.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn changed(&mut self) -> Result<bool, StoreError> {
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|error| self.sqlite(error))?;
        Ok(std::mem::replace(&mut self.data_version, version) != version)
    }

    /// Fails when the file is no longer where it was: rows saved then would be seen by nobody.
    pub(super) fn still_there(&self) -> Result<(), StoreError> {
        if identity(&self.path) == self.identity {
            Ok(())
        } else {
            Err(StoreError::new(&self.path, Problem::Gone))
        }
    }

    pub(super) fn sqlite(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

/// Follows symbolic links, so that all copies put their lock beside the same file; makes the folder.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |error| StoreError::io(path, error);
    if let Ok(resolved) = fs::canonicalize(path) {
        return Ok(resolved);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| StoreError::io(folder, error))?;
    let name = path
        .file_name()
        .ok_or_else(|| failed(io::ErrorKind::IsADirectory.into()))?;
    Ok(fs::canonicalize(folder).map_err(failed)?.join(name))
}

fn exists(path: &Path) -> Result<bool, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => Err(StoreError::io(path, io::ErrorKind::IsADirectory.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io(path, error)),
    }
}

/// SQLite reads a last page that is cut short, and a file without a whole first one, as if the rest
/// were zeros.
fn must_be_whole_pages(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(|error| StoreError::io(path, error))?;
    match metadata.len() % PAGE {
        0 => Ok(()),
        _ => Err(StoreError::damaged(
            path,
            "its length is not that of a database",
        )),
    }
}

/// The name of a file that SQLite, or the lock, keeps beside the database.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// SQLite's own waiting sleeps for up to a tenth of a second between tries, and misses every moment
/// in which a copy that writes without a pause lets go.
fn asks_again(tries: i32) -> bool {
    std::thread::sleep(BETWEEN_TRIES);
    BETWEEN_TRIES * u32::try_from(tries).unwrap_or(0) < PATIENCE
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(sqlite)?;
    // SQLite opens what it may not write to all the same; the learner should hear of it before the
    // first grade.
    if connection.is_readonly("main").map_err(sqlite)? {
        return Err(StoreError::new(path, Problem::ReadOnly));
    }
    connection.busy_handler(Some(asks_again)).map_err(sqlite)?;
    // Until the file is known to be ours, closing it must not move a log left behind into it.
    let log = fs::metadata(with_suffix(path, "-wal"));
    let left_behind = log.is_ok_and(|log| log.len() > 0);
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, left_behind)
        .map_err(sqlite)?;
    Ok(connection)
}

/// Write-ahead logging with a sync at each commit: a commit that returned survives a power cut.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "full")?;
    // On macOS a plain sync stops at the drive's own cache; elsewhere this does nothing.
    connection.pragma_update(None, "fullfsync", true)
}

/// Makes the file or brings it up to date. The caller is alone with it.
fn prepare(
    path: &Path,
    at_ms: i64,
    steps: &[M<'static>],
) -> Result<Option<StoreError>, StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let known = steps.len() as i64;
    let existed = exists(path)?;
    if !existed {
        create(path).map_err(|error| StoreError::io(path, error))?;
    }
    schema::probe(path, known)?;
    let mut connection = connect(path)?;
    let mut warning = None;
    match schema::format(&connection, path, known)? {
        Format::Ours(found) if found == known => return Ok(None),
        Format::Ours(found) => {
            let backups = Backups::of(path);
            warning = backups
                .make(BackupReason::BeforeMigration { from: found }, at_ms)
                .err();
        }
        // A power cut can leave a file without its content. To begin anew in it would hide the loss.
        Format::Empty if existed && Backups::of(path).latest().is_some() => {
            let detail = "it is empty, although there are backups of it";
            return Err(StoreError::damaged(path, detail));
        }
        Format::Empty => {}
    }
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(sqlite)?;
    write_ahead(&connection).map_err(sqlite)?;
    schema::migrate(&mut connection, path, steps)?;
    Ok(warning)
}

fn create(path: &Path) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
