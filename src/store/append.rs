use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use crate::{
    history::{Event, Row},
    ids::{CardId, DeviceId, RowId, SessionId},
};

use super::{
    error::{Problem, StoreError},
    open::Store,
    row::{self, Decoder},
    seen,
    stamp::Stamp,
};

/// Rows for which room is made before they are read: a decade of study.
const MOST_RESERVED: usize = 1_000_000;

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
        self.storable(events)?;
        let device = self.device.clone();
        self.write(|transaction| {
            let rows = write_down(transaction, &device, session, at_ms, events)?;
            seen::remember(transaction, seen)?;
            Ok(rows)
        })
    }

    /// The rows that tell of interviews, and those that take back an earlier one.
    ///
    /// # Errors
    /// As for [`Store::rows`].
    pub fn interviews(&self) -> Result<Vec<Row>, StoreError> {
        let kinds = "kind IN ('attempt', 'answer', 'undo')";
        Ok(self.rows_where(Cursor::START, kinds)?.rows)
    }

    /// The rows that are not about single cards or lessons: what was answered in walkthroughs and
    /// interviews, parameters, and what takes an earlier row back.
    ///
    /// # Errors
    /// As for [`Store::rows`].
    pub fn rows_beside_cards(&self) -> Result<Vec<Row>, StoreError> {
        let kinds = "kind IN ('prediction', 'attempt', 'answer', 'parameters', 'undo')";
        Ok(self.rows_where(Cursor::START, kinds)?.rows)
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
        self.rows_where(cursor, "true")
    }

    fn rows_where(&self, cursor: Cursor, condition: &str) -> Result<Rows, StoreError> {
        let sqlite = |error| self.sqlite(error);
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(seq) FROM history")
            .and_then(|mut select| select.query_row([], |row| row.get(0)))
            .map_err(sqlite)?;
        // No row is ever deleted, so their numbers have no gaps to speak of.
        let at_most = last.unwrap_or(0).saturating_sub(cursor.0).max(0);
        let mut rows = Vec::new();
        let mut upto = cursor;
        if at_most == 0 {
            return Ok(Rows { rows, upto });
        }
        // A damaged file may claim anything.
        rows.reserve(usize::try_from(at_most).unwrap_or(0).min(MOST_RESERVED));
        let sql = format!(
            "SELECT {} FROM history WHERE seq > ?1 AND {condition} ORDER BY seq",
            row::COLUMNS
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(sqlite)?;
        let mut found = select.query([cursor.0]).map_err(sqlite)?;
        let mut decoder = Decoder::default();
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

    pub(super) fn storable(&self, events: &[Event]) -> Result<(), StoreError> {
        events
            .iter()
            .try_for_each(row::storable)
            .map_err(|what| StoreError::new(&self.path, Problem::Unstorable(what)))
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

/// Appends what was just done, stamped above all that was done on this device before.
pub(super) fn write_down(
    transaction: &Transaction<'_>,
    device: &DeviceId,
    session: &SessionId,
    at_ms: i64,
    events: &[Event],
) -> rusqlite::Result<Vec<Row>> {
    let mut stamp = last_stamp(transaction, device)?;
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        stamp = stamp.next(at_ms);
        let row = Row {
            id: stamp.row_id(device),
            at_ms,
            device: device.clone(),
            session: session.clone(),
            event: event.clone(),
        };
        if !row::insert(transaction, &row)? {
            return Err(rusqlite::Error::StatementChangedRows(0));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The greatest stamp given on this device. Appending keeps no record of it, which would cost a
/// page in each commit: the row that came last tells, or else what the import wrote down.
pub(super) fn last_stamp(transaction: &Transaction<'_>, own: &DeviceId) -> rusqlite::Result<Stamp> {
    let noted = transaction
        .prepare_cached("SELECT last_stamp FROM device")?
        .query_row([], |row| row.get(0).map(Stamp::from_number))?;
    let last: Option<String> = transaction
        .prepare_cached("SELECT id FROM history ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let given = last.and_then(|id| Stamp::of_row(&RowId::new(id), own));
    Ok(given.max(Some(noted)).unwrap_or(noted))
}

/// Keeps the greatest stamp given on this device where rows that come by import do not hide it.
pub(super) fn note_last_stamp(transaction: &Transaction<'_>, stamp: Stamp) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE device SET last_stamp = ?1")?
        .execute([stamp.number()])?;
    Ok(())
}
