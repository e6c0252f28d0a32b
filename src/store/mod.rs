//! One SQLite file that keeps what the learner did, and with it the little that is kept besides:
//! settings, the text last seen of each card, and caches that may be thrown away. Look first at
//! [`Store`]. History is append-only and durable when [`Store::append`] returns; several copies of
//! the program may have the file open at once. This room knows neither what rows of history mean
//! nor what time it is.
//!
//! Beside `progress.db` stand `progress.db.lock` (who has it open), `backups/`, and after a restore
//! the file that was replaced.

mod append;
mod attempt;
mod backup;
mod cache;
mod check;
mod error;
mod exchange;
mod lock;
mod open;
mod restore;
mod row;
mod schema;
mod seen;
mod setting;
mod stamp;
#[cfg(test)]
mod tests;

pub use append::{Cursor, Rows};
pub use attempt::UnderWay;
pub use backup::{Backup, BackupReason, Backups};
pub use cache::Cache;
pub use check::Finding;
pub use error::{Problem, StoreError};
pub use exchange::{BadLine, ExportError, ImportError, Imported};
pub use open::Store;
pub use restore::{Restored, restore};
pub use setting::Setting;
