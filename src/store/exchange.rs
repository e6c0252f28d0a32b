//! History out of the file and into it, as JSON Lines.

use std::{
    collections::HashMap,
    fmt,
    io::{self, BufRead, Write},
};

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};
use thiserror::Error;

use crate::{
    history::{LineError, Row, from_json_line, to_json_line},
    ids::{DeviceId, RowId},
};

use super::{
    append::{last_stamp, note_last_stamp},
    error::StoreError,
    open::Store,
    row::{self, Decoder},
    stamp::Stamp,
};

/// How many bad lines are described one by one.
const DESCRIBED: usize = 20;

/// How an import went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Imported {
    /// Rows that were new.
    pub added: u64,
    /// Rows that were there before, or stood twice among the lines.
    pub already: u64,
}

/// A line that cannot be imported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadLine {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Some lines are not rows of history, or contradict rows that are there.
    #[error("nothing was imported: {} bad lines", lines.len() + more)]
    BadLines {
        /// The first of them.
        lines: Vec<BadLine>,
        /// How many more there are.
        more: usize,
    },
    /// The lines could not be read.
    #[error("nothing was imported: {0}")]
    Read(#[source] io::Error),
    /// The rows could not be saved.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why not all of history was written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// History could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines could not be written.
    #[error("the export is incomplete: {0}")]
    Write(#[source] io::Error),
}

impl Store {
    /// Writes all of history as JSON Lines, in the order in which it counts. Returns how many rows.
    ///
    /// # Errors
    /// [`ExportError`]; what was written so far stays written.
    pub fn export(&self, mut out: impl Write) -> Result<u64, ExportError> {
        let rows = self.rows()?.rows;
        for row in &rows {
            writeln!(out, "{}", to_json_line(row)).map_err(ExportError::Write)?;
        }
        out.flush().map_err(ExportError::Write)?;
        Ok(rows.len() as u64)
    }

    /// Merges rows that [`Store::export`] wrote, here or on another device; a row that is there
    /// already is left alone. All or nothing. Empty lines, a byte order mark and CRLF are allowed.
    ///
    /// # Errors
    /// [`ImportError`]; then history is what it was.
    pub fn import(&mut self, lines: impl BufRead) -> Result<Imported, ImportError> {
        let mut bad = BadLines::default();
        let rows = parse(lines, &mut bad).map_err(ImportError::Read)?;
        self.still_there()?;
        let sqlite = |error| StoreError::sqlite(&self.path, error);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(sqlite)?;
        let imported = merge(&transaction, &rows, &self.device, &mut bad).map_err(sqlite)?;
        bad.none()?;
        transaction.commit().map_err(sqlite)?;
        Ok(imported)
    }
}

#[derive(Default)]
struct BadLines {
    lines: Vec<BadLine>,
}

impl BadLines {
    fn push(&mut self, line: u64, problem: impl Into<String>) {
        self.lines.push(BadLine {
            line,
            problem: problem.into(),
        });
    }

    fn none(mut self) -> Result<(), ImportError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.lines.sort_by_key(|bad| bad.line);
        let more = self.lines.len().saturating_sub(DESCRIBED);
        self.lines.truncate(DESCRIBED);
        Err(ImportError::BadLines {
            lines: self.lines,
            more,
        })
    }
}

fn parse(mut lines: impl BufRead, bad: &mut BadLines) -> io::Result<Vec<(u64, Row)>> {
    let mut rows = Vec::new();
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if lines.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let mut content = bytes.as_slice();
        if number == 1 {
            content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        }
        match read_line(content.trim_ascii()) {
            Ok(Some(row)) => rows.push((number, row)),
            Ok(None) => {}
            Err(problem) => bad.push(number, problem),
        }
    }
    Ok(rows)
}

fn read_line(content: &[u8]) -> Result<Option<Row>, String> {
    if content.is_empty() {
        return Ok(None);
    }
    let text = std::str::from_utf8(content).map_err(|_| "not UTF-8".to_owned())?;
    let row = from_json_line(text).map_err(describe)?;
    for (name, value) in [
        ("id", row.id.as_str()),
        ("device", row.device.as_str()),
        ("session", row.session.as_str()),
    ] {
        if value.is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    row::storable(&row.event)?;
    Ok(Some(row))
}

/// serde_json counts the lines of what it was given, which is always line 1.
fn describe(error: LineError) -> String {
    let text = error.to_string();
    let LineError::Malformed(cause) = error else {
        return text;
    };
    let place = format!(" at line {} column {}", cause.line(), cause.column());
    match text.strip_suffix(&place) {
        Some(what) if cause.column() > 0 => format!("{what} (column {})", cause.column()),
        Some(what) => what.to_owned(),
        None => text,
    }
}

fn merge(
    transaction: &Transaction<'_>,
    lines: &[(u64, Row)],
    own: &DeviceId,
    bad: &mut BadLines,
) -> rusqlite::Result<Imported> {
    let mut imported = Imported {
        added: 0,
        already: 0,
    };
    let mut stamp = last_stamp(transaction, own)?;
    let mut came_from: HashMap<&RowId, u64> = HashMap::new();
    for (number, row) in lines {
        if row::insert(transaction, row)? {
            imported.added += 1;
            came_from.insert(&row.id, *number);
            if let Some(theirs) = Stamp::of_row(&row.id, own) {
                stamp = stamp.max(theirs);
            }
        } else if present(transaction, &row.id)?.as_ref() == Some(row) {
            imported.already += 1;
        } else {
            let other = match came_from.get(&row.id) {
                Some(line) => format!("line {line}"),
                None => "the row that is already here".to_owned(),
            };
            bad.push(
                *number,
                format!("differs from {other} with the same id {}", row.id),
            );
        }
    }
    note_last_stamp(transaction, stamp)?;
    Ok(imported)
}

/// The row with this id, or `None` if there is none that can be read.
fn present(transaction: &Transaction<'_>, id: &RowId) -> rusqlite::Result<Option<Row>> {
    let sql = format!("SELECT {} FROM history WHERE id = ?1", row::COLUMNS);
    let found = transaction
        .prepare_cached(&sql)?
        .query_row([id.as_str()], |columns| {
            Ok(Decoder::default().decode(columns).ok())
        })
        .optional()?;
    Ok(found.flatten().map(|(_, row)| row))
}
