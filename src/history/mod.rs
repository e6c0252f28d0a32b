//! What a learner did, as append-only rows. Look first at [`Row`]: when and where it happened, and
//! the [`Event`] itself. Nothing that can be computed from these rows is stored as truth. This room
//! knows neither how rows are kept nor what follows from them.
//!
//! The JSON form of a row (`podlings log export`) is described in `docs/history-format.md`.

mod event;
mod interview;
mod json;
mod numbered;

pub use event::{CardAction, Event, Mode, Prediction, Rating, Review, Way};
pub use interview::{
    Answer, Attempt, Blueprint, Break, BreakKind, Certainty, Confirmed, Difficulty, End, FollowUp,
    Format, Given, Kind, Preset, SelfMark,
};
pub use json::{LineError, from_json_line, to_json_line};

use crate::ids::{DeviceId, RowId, SessionId};
use serde::{Deserialize, Serialize};

/// One thing the learner did. State is the replay of rows in the order of (`at_ms`, `id`).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// Unique across devices; later rows of one device sort after earlier ones.
    pub id: RowId,
    /// Milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// The installation it was made on.
    pub device: DeviceId,
    /// The sitting it belongs to.
    pub session: SessionId,
    /// What was done.
    #[serde(flatten)]
    pub event: Event,
}
