//! What an interview under way, or over, needs of the database.

use super::Edge;
use crate::{
    history::{Event, Row},
    ids::{AttemptId, Now},
    interview::{Paper, Progress, Record},
    store::{StoreError, UnderWay},
};

impl Edge {
    /// A name for a new interview.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be asked.
    pub fn new_attempt(&self) -> Result<AttemptId, StoreError> {
        self.store.new_attempt()
    }

    /// The interviews that are over, earliest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn interviews(&self) -> Result<Vec<Record>, StoreError> {
        Ok(Record::all(&self.store.interviews()?))
    }

    /// The interview under way that was begun last.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot be read.
    pub fn interview_under_way(&self) -> Result<Option<(Paper, Progress)>, StoreError> {
        let under_way: Vec<UnderWay<Paper, Progress>> = self.store.attempts_under_way()?;
        let last = under_way.into_iter().max_by_key(|one| one.paper.started_ms);
        Ok(last.map(|one| (one.paper, one.progress)))
    }

    /// Keeps an interview that begins.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not kept.
    pub fn begin_interview(
        &mut self,
        paper: &Paper,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        self.store
            .begin_attempt(&self.session, &paper.attempt, paper, progress)
    }

    /// Takes over an interview that was interrupted.
    ///
    /// # Errors
    /// [`StoreError`]; then it is where it was.
    pub fn take_interview(
        &mut self,
        attempt: &AttemptId,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        self.store.take_attempt(&self.session, attempt, progress)
    }

    /// Keeps how far an interview has come.
    ///
    /// # Errors
    /// [`StoreError`]; then what was kept before is.
    pub fn keep_interview(
        &mut self,
        attempt: &AttemptId,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        self.store.keep_attempt(&self.session, attempt, progress)
    }

    /// Writes down an interview that is over.
    ///
    /// # Errors
    /// [`StoreError`]; then it is still under way.
    pub fn finish_interview(
        &mut self,
        attempt: &AttemptId,
        events: &[Event],
        now: Now,
    ) -> Result<Vec<Row>, StoreError> {
        let rows = self
            .store
            .finish_attempt(&self.session, now.unix_ms(), attempt, events)?;
        self.cache_is_old = true;
        Ok(rows)
    }

    /// Forgets an interview under way.
    ///
    /// # Errors
    /// [`StoreError`]; then it is still there.
    pub fn drop_interview(&mut self, attempt: &AttemptId) -> Result<(), StoreError> {
        self.store.drop_attempt(attempt)
    }
}
