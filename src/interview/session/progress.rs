use serde::{Deserialize, Serialize};

use super::Sheet;
use crate::history::Break;

/// How far an interview has come: what is kept while it is under way. With its paper it is all that
/// is needed to go on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// The question on screen.
    pub at: usize,
    /// One for each question.
    pub sheets: Vec<Sheet>,
    /// What the clock had counted, milliseconds.
    pub clock_ms: u64,
    /// When the clock stood still.
    pub breaks: Vec<Break>,
    /// When this was so by the clock on the wall, milliseconds since 1970, UTC.
    pub at_ms: i64,
}
