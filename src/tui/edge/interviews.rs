//! What an interview under way, or over, needs of the database.

use std::sync::Arc;

use super::{Edge, EdgeError};
use crate::{
    history::{Event, Row},
    ids::{AttemptId, Now},
    interview::{Paper, Progress, Questions, Record, question_files},
    store::{StoreError, UnderWay},
    tui::{app::Msg, effect::Keeping},
};

/// What there is to sit, and what was sat.
#[derive(Clone, Debug)]
pub struct Sittings {
    /// The questions there are: those of the course, and those beside the learner's notes.
    pub questions: Arc<Questions>,
    /// The interviews that are over, earliest first.
    pub records: Arc<Vec<Record>>,
    /// The interview under way that was begun last.
    pub under_way: Option<(Paper, Progress)>,
    /// A name for the next.
    pub attempt: AttemptId,
}

impl Edge {
    /// What there is to sit, and what was sat.
    pub(super) fn sittings(&self) -> Result<Sittings, EdgeError> {
        let files = question_files(&self.notes.paths).0;
        Ok(Sittings {
            questions: Arc::new(Questions::with_built_in(&files).0),
            records: Arc::new(self.interviews()?),
            under_way: self.interview_under_way()?,
            attempt: self.new_attempt()?,
        })
    }

    /// Keeps what is to be kept of an interview; the rows of one that is over come back.
    pub(super) fn keep_of_interview(&mut self, keeping: Keeping, now: Now) -> Option<Msg> {
        let kept = match keeping {
            Keeping::Begin(paper, progress) => self.begin_interview(&paper, &progress),
            Keeping::TakeOver(attempt, progress) => self.take_interview(&attempt, &progress),
            Keeping::Progress(attempt, progress) => self.keep_interview(&attempt, &progress),
            Keeping::Drop(attempt) => self.drop_interview(&attempt),
            Keeping::Finish(attempt, events) => {
                let rows = self.finish_interview(&attempt, &events, now);
                return Some(Msg::Saved(rows.map_err(EdgeError::from)));
            }
        };
        kept.err().map(|error| Msg::Forgotten(error.into()))
    }

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
