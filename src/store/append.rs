use rusqlite::{Transaction, TransactionBehavior, params};

use crate::{
    history::{Event, Row},
    ids::{CardId, SessionId},
};

use super::{
    error::{Problem, StoreError},
    open::Store,
    row::{self, Decoder},
    seen,
    stamp::Stamp,
};

/// A place in the order in which rows came into the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Cursor(pub(super) i64);

impl Cursor {
    /// Before the first row.
    pub const START: Cursor = Cursor(0);
}

/// Rows of history, and how far into the file they reach.
#[derive(Clone, PartialEq, Debug)]
pub struct Rows {
    /// In the order in which they count: (`at_ms`, `id`).
    pub rows: Vec<Row>,
    /// After the last of them to come into the file.
    pub upto: Cursor,
}

impl Store {
    /// Saves what was just done at `at_ms` (milliseconds since 1970, UTC), all of it or nothing.
    /// When this returns, the rows are on the disk. Their ids are greater than those of all rows
    /// made on this device before, whatever the clock says.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was saved and the call may be repeated.
    pub fn append(
        &mut self,
        session: &SessionId,
        at_ms: i64,
        events: &[Event],
    ) -> Result<Vec<Row>, StoreError> {
        self.append_with_seen(session, at_ms, events, &[])
    }

    /// [`Store::append`], and with the same certainty the text now seen of these cards.
    ///
    /// # Errors
    /// As for [`Store::append`].
    pub fn append_with_seen(
        &mut self,
        session: &SessionId,
        at_ms: i64,
        events: &[Event],
        seen: &[(CardId, String)],
    ) -> Result<Vec<Row>, StoreError> {
        if events.is_empty() && seen.is_empty() {
            return Ok(Vec::new());
        }
        self.still_there()?;
        let encoded = events
            .iter()
            .map(row::encode)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|what| StoreError::new(&self.path, Problem::Unstorable(what)))?;
        let device = self.device.clone();
        self.write(|transaction| {
            let mut stamp = last_stamp(transaction)?;
            let mut rows = Vec::with_capacity(events.len());
            let mut insert = transaction.prepare_cached(row::INSERT)?;
            for (event, (kind, body)) in events.iter().zip(&encoded) {
                stamp = stamp.next(at_ms);
                let id = stamp.row_id(&device);
                insert.execute(params![
                    id.as_str(),
                    at_ms,
                    device.as_str(),
                    session.as_str(),
                    kind,
                    body
                ])?;
                rows.push(Row {
                    id,
                    at_ms,
                    device: device.clone(),
                    session: session.clone(),
                    event: event.clone(),
                });
            }
            if !rows.is_empty() {
                set_last_stamp(transaction, stamp)?;
            }
            seen::remember(transaction, seen)?;
            Ok(rows)
        })
    }

    /// All of history.
    ///
    /// # Errors
    /// [`StoreError`]; [`Problem::Damaged`] names the first row that cannot be read.
    pub fn rows(&self) -> Result<Rows, StoreError> {
        self.rows_after(Cursor::START)
    }

    /// The rows that came into the file after `cursor`: those this copy appended, and those other
    /// copies did (told apart by their session).
    ///
    /// # Errors
    /// As for [`Store::rows`].
    pub fn rows_after(&self, cursor: Cursor) -> Result<Rows, StoreError> {
        let sqlite = |error| self.sqlite(error);
        let sql = format!(
            "SELECT {} FROM history WHERE seq > ?1 ORDER BY seq",
            row::COLUMNS
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(sqlite)?;
        let mut found = select.query([cursor.0]).map_err(sqlite)?;
        let mut decoder = Decoder::default();
        let (mut rows, mut upto) = (Vec::new(), cursor);
        while let Some(columns) = found.next().map_err(sqlite)? {
            let (seq, row) = decoder
                .decode(columns)
                .map_err(|detail| StoreError::damaged(&self.path, detail))?;
            upto = Cursor(seq);
            rows.push(row);
        }
        rows.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
        Ok(Rows { rows, upto })
    }

    /// Runs `change` with the right to write, and commits what it did unless it fails.
    pub(super) fn write<T>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = change(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })
            .map_err(|error| StoreError::sqlite(&self.path, error))
    }
}

pub(super) fn last_stamp(transaction: &Transaction<'_>) -> rusqlite::Result<Stamp> {
    transaction
        .prepare_cached("SELECT last_stamp FROM device")?
        .query_row([], |row| row.get(0).map(Stamp::from_number))
}

pub(super) fn set_last_stamp(transaction: &Transaction<'_>, stamp: Stamp) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE device SET last_stamp = ?1")?
        .execute([stamp.number()])?;
    Ok(())
}
