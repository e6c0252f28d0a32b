//! The formats the file has had, oldest first, and how to tell that a file is ours.

use std::{os::unix::ffi::OsStrExt, path::Path};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::error::{Problem, StoreError};

/// The steps from an empty file to the present format; the number of steps taken is SQLite's
/// `user_version`. Steps are only ever added.
pub(super) const STEPS: &[M<'static>] = &[
    M::up(include_str!("schema/1.sql")),
    M::up(include_str!("schema/2.sql")),
];

/// `application_id` of our files: "podl".
const APPLICATION: i64 = 0x706f_646c;

/// What a file says of itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Format {
    /// Nothing is in it yet.
    Empty,
    /// Ours, after this many steps.
    Ours(i64),
}

/// Reads the format without writing.
pub(super) fn format(
    connection: &Connection,
    path: &Path,
    known: i64,
) -> Result<Format, StoreError> {
    let number = |pragma: &str| {
        connection
            .pragma_query_value(None, pragma, |value| value.get::<_, i64>(0))
            .map_err(|error| StoreError::sqlite(path, error))
    };
    let (application, found) = (number("application_id")?, number("user_version")?);
    if application == APPLICATION && found > known {
        return Err(StoreError::new(path, Problem::Newer { found, known }));
    }
    if application == APPLICATION && found > 0 {
        return Ok(Format::Ours(found));
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| StoreError::sqlite(path, error))?;
    match (application, found, tables) {
        (0, 0, 0) => Ok(Format::Empty),
        _ => Err(StoreError::new(path, Problem::Foreign)),
    }
}

/// Looks at the file without leaving a trace, not even the files SQLite puts beside a database
/// while it is open.
///
/// # Errors
/// [`Problem::Newer`] and [`Problem::Foreign`] only. What another copy has written but not yet moved
/// into the file itself is not seen here, so a sound file may look damaged while it is in use.
pub(super) fn probe(path: &Path, known: i64) -> Result<(), StoreError> {
    match open_immutable(path).and_then(|connection| format(&connection, path, known)) {
        Err(error) if error.forbids() => Err(error),
        _ => Ok(()),
    }
}

fn open_immutable(path: &Path) -> Result<Connection, StoreError> {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    Connection::open_with_flags(
        uri,
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| StoreError::sqlite(path, error))
}

/// Brings an empty or older file to the format `steps` lead to.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    steps: &[M<'static>],
) -> Result<(), StoreError> {
    use rusqlite_migration::Error;
    Migrations::from_slice(steps)
        .to_latest(connection)
        .map_err(|error| match error {
            Error::RusqliteError { err, .. } => StoreError::sqlite(path, err),
            other => StoreError::new(path, Problem::Sqlite(other.into())),
        })
}
