//! Interviews under way: what must be known to go on with one after the program ends in its middle.

use rusqlite::params;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    append::write_down,
    error::{Problem, StoreError},
    open::Store,
};
use crate::{
    history::{Event, Row},
    ids::{AttemptId, SessionId},
};

/// An interview under way.
#[derive(Clone, PartialEq, Debug)]
pub struct UnderWay<P, Q> {
    /// The interview.
    pub attempt: AttemptId,
    /// What is asked.
    pub paper: P,
    /// How far it has come.
    pub progress: Q,
}

impl Store {
    /// A name for a new interview.
    ///
    /// # Errors
    /// [`StoreError`] if SQLite cannot be asked.
    pub fn new_attempt(&self) -> Result<AttemptId, StoreError> {
        self.connection
            .query_row("SELECT lower(hex(randomblob(4)))", [], |row| {
                row.get::<_, String>(0)
            })
            .map(AttemptId::new)
            .map_err(|error| self.sqlite(error))
    }

    /// Keeps an interview that begins.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not kept.
    pub fn begin_attempt(
        &mut self,
        holder: &SessionId,
        attempt: &AttemptId,
        paper: &impl Serialize,
        progress: &impl Serialize,
    ) -> Result<(), StoreError> {
        let (paper, progress) = (self.json(paper)?, self.json(progress)?);
        self.still_there()?;
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO attempt (id, holder, paper, progress) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![attempt.as_str(), holder.as_str(), paper, progress])
        })?;
        Ok(())
    }

    /// Takes over an interview that was under way in another sitting: only this one may write now.
    ///
    /// # Errors
    /// As for [`Store::keep_attempt`].
    pub fn take_attempt(
        &mut self,
        holder: &SessionId,
        attempt: &AttemptId,
        progress: &impl Serialize,
    ) -> Result<(), StoreError> {
        const TAKE: &str = "UPDATE attempt SET holder = ?2, progress = ?3 WHERE id = ?1";
        self.set_progress(TAKE, holder, attempt, progress)
    }

    /// Keeps how far an interview has come; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError`]; [`Problem::NotHeld`] if another sitting has taken it over or ended it.
    pub fn keep_attempt(
        &mut self,
        holder: &SessionId,
        attempt: &AttemptId,
        progress: &impl Serialize,
    ) -> Result<(), StoreError> {
        const KEEP: &str = "UPDATE attempt SET progress = ?3 WHERE id = ?1 AND holder = ?2";
        self.set_progress(KEEP, holder, attempt, progress)
    }

    fn set_progress(
        &mut self,
        update: &str,
        holder: &SessionId,
        attempt: &AttemptId,
        progress: &impl Serialize,
    ) -> Result<(), StoreError> {
        let progress = self.json(progress)?;
        self.still_there()?;
        let set = self.write(|transaction| {
            transaction.prepare_cached(update)?.execute(params![
                attempt.as_str(),
                holder.as_str(),
                progress
            ])
        })?;
        self.was_held(set)
    }

    /// Ends an interview: its rows are appended and what was kept of it goes, in one step. When this
    /// returns, the rows are on the disk.
    ///
    /// # Errors
    /// As for [`Store::keep_attempt`]; then nothing has changed.
    pub fn finish_attempt(
        &mut self,
        holder: &SessionId,
        at_ms: i64,
        attempt: &AttemptId,
        events: &[Event],
    ) -> Result<Vec<Row>, StoreError> {
        self.still_there()?;
        self.storable(events)?;
        let device = self.device.clone();
        let (gone, rows) = self.write(|transaction| {
            let gone = transaction
                .prepare_cached("DELETE FROM attempt WHERE id = ?1 AND holder = ?2")?
                .execute([attempt.as_str(), holder.as_str()])?;
            let events = if gone == 0 { &[] } else { events };
            let rows = write_down(transaction, &device, holder, at_ms, events)?;
            Ok((gone, rows))
        })?;
        self.was_held(gone)?;
        Ok(rows)
    }

    /// Forgets an interview that was under way: nothing of it is in history.
    ///
    /// # Errors
    /// [`StoreError`]; then it is still there.
    pub fn drop_attempt(&mut self, attempt: &AttemptId) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM attempt WHERE id = ?1", [attempt.as_str()])
        })?;
        Ok(())
    }

    /// The interviews under way that read as such, in the order of their names.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn attempts_under_way<P: DeserializeOwned, Q: DeserializeOwned>(
        &self,
    ) -> Result<Vec<UnderWay<P, Q>>, StoreError> {
        let sqlite = |error| self.sqlite(error);
        let mut select = self
            .connection
            .prepare_cached("SELECT id, paper, progress FROM attempt ORDER BY id")
            .map_err(sqlite)?;
        let found = select
            .query_map([], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                ))
            })
            .map_err(sqlite)?;
        let mut attempts = Vec::new();
        for row in found {
            let (id, paper, progress) = row.map_err(sqlite)?;
            let parts = (
                serde_json::from_str(&paper),
                serde_json::from_str(&progress),
            );
            if let (Ok(paper), Ok(progress)) = parts {
                attempts.push(UnderWay {
                    attempt: AttemptId::new(id),
                    paper,
                    progress,
                });
            }
        }
        Ok(attempts)
    }

    fn json(&self, value: &impl Serialize) -> Result<String, StoreError> {
        serde_json::to_string(value)
            .map_err(|error| StoreError::new(&self.path, Problem::Unstorable(error.to_string())))
    }

    fn was_held(&self, rows: usize) -> Result<(), StoreError> {
        match rows {
            0 => Err(StoreError::new(&self.path, Problem::NotHeld)),
            _ => Ok(()),
        }
    }
}
