use std::{
    fmt,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    error::StoreError,
    open::Store,
    row::{self, Decoder},
    schema,
};

/// Something `podlings doctor` should mention.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Finding {
    /// SQLite finds the file broken.
    Broken {
        /// What SQLite says.
        detail: String,
    },
    /// A row of history cannot be read.
    Unreadable {
        /// Which one and why.
        detail: String,
    },
    /// There is no backup yet.
    NoBackup,
    /// A backup could not be restored.
    BadBackup {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Others than the owner may read or write the file.
    OpenToOthers {
        /// The file's permission bits.
        mode: u32,
    },
}

impl Finding {
    /// Whether the history itself is damaged.
    pub fn is_damage(&self) -> bool {
        matches!(self, Finding::Broken { .. } | Finding::Unreadable { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Broken { detail } => write!(f, "the file is damaged: {detail}"),
            Finding::Unreadable { detail } => f.write_str(detail),
            Finding::NoBackup => f.write_str("there is no backup yet"),
            Finding::BadBackup { path, detail } => {
                write!(f, "a backup is of no use: {detail} ({})", path.display())
            }
            Finding::OpenToOthers { mode } => {
                write!(f, "others may read the file: its mode is {mode:o}, not 600")
            }
        }
    }
}

impl Store {
    /// Looks at every page and every row of the file, and at its backups. Takes seconds on a large
    /// file.
    ///
    /// # Errors
    /// [`StoreError`] if looking itself fails; damage is a finding, not an error.
    pub fn check(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings: Vec<Finding> = integrity(&self.connection)
            .unwrap_or_else(|error| vec![error.to_string()])
            .into_iter()
            .map(|detail| Finding::Broken { detail })
            .collect();
        match self.unreadable() {
            Ok(details) => findings.extend(
                details
                    .into_iter()
                    .map(|detail| Finding::Unreadable { detail }),
            ),
            Err(error) if findings.is_empty() => findings.push(Finding::Broken {
                detail: error.to_string(),
            }),
            Err(_) => {}
        }
        let backups = self.backups().list()?;
        if backups.is_empty() {
            findings.push(Finding::NoBackup);
        }
        for backup in backups {
            if let Err(error) = verify(&backup.path) {
                findings.push(Finding::BadBackup {
                    path: backup.path,
                    detail: error.problem.to_string(),
                });
            }
        }
        let mode = std::fs::metadata(&self.path)
            .map_err(|error| StoreError::io(&self.path, error))?
            .permissions()
            .mode()
            & 0o777;
        if mode & 0o077 != 0 {
            findings.push(Finding::OpenToOthers { mode });
        }
        Ok(findings)
    }

    fn unreadable(&self) -> rusqlite::Result<Vec<String>> {
        unreadable(&self.connection)
    }
}

fn unreadable(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare(&format!("SELECT {} FROM history", row::COLUMNS))?;
    let mut found = select.query([])?;
    let mut decoder = Decoder::default();
    let mut details = Vec::new();
    while let Some(columns) = found.next()? {
        details.extend(decoder.decode(columns).err());
    }
    Ok(details)
}

/// What SQLite finds wrong with the file: nothing if it is sound.
fn integrity(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare("PRAGMA integrity_check")?
        .query_map([], |row| row.get::<_, String>(0))?
        .filter(|line| line.as_ref().map_or(true, |line| line != "ok"))
        .collect()
}

/// Makes sure that a file could take the place of the history: sound, ours, not newer, and every
/// row readable.
pub(super) fn verify(path: &Path) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::sqlite(path, error);
    let known = schema::STEPS.len() as i64;
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(sqlite)?;
    if schema::format(&connection, path, known)? == schema::Format::Empty {
        return Err(StoreError::damaged(path, "there is no history in it"));
    }
    let mut problems = integrity(&connection).map_err(sqlite)?;
    problems.extend(unreadable(&connection).map_err(sqlite)?);
    match problems.into_iter().next() {
        Some(problem) => Err(StoreError::damaged(path, problem)),
        None => Ok(()),
    }
}
