use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Row;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct LineOut<'a> {
    v: u32,
    #[serde(flatten)]
    row: &'a Row,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Why a line of JSON Lines is not a row of history.
#[derive(Debug, Error)]
pub enum LineError {
    /// Not JSON, or a key is missing or of the wrong type.
    #[error("{0}")]
    Malformed(#[from] serde_json::Error),
    /// Written by a later podlings.
    #[error("format version {0}; this podlings reads version {VERSION}")]
    Version(u32),
}

/// One row as one line of JSON, without the line end.
pub fn to_json_line(row: &Row) -> String {
    serde_json::to_string(&LineOut { v: VERSION, row })
        .expect("a row has only string keys and finite depth")
}

/// Reads one line of JSON Lines.
///
/// # Errors
/// [`LineError`] says what is wrong with the line.
pub fn from_json_line(line: &str) -> Result<Row, LineError> {
    let Version { v } = serde_json::from_str(line)?;
    if v != VERSION {
        return Err(LineError::Version(v));
    }
    Ok(serde_json::from_str(line)?)
}
