//! After the end: points to confirm, and what came of it.

use std::io::Write;

use super::{
    super::{line, results},
    LineInterview, Stop,
};
use crate::{
    cli::setup::store_failure,
    history::{Answer, End, Event},
    ids::RowId,
    interview::{Record, Results, mark_all},
};

impl<W: Write> LineInterview<W> {
    /// Says what came of it, lets the learner confirm the points of an exam, and says it again if that
    /// changed anything.
    pub(super) fn conclude(&mut self, mut record: Record, feeds_memory: bool) -> Result<(), Stop> {
        if record.attempt.end == End::Time {
            writeln!(self.out, "{}", self.desk.text("interview.time-over"))?;
        }
        writeln!(self.out, "saved {}", record.attempt.attempt)?;
        let to_confirm = Results::of(&record).to_confirm;
        for at in to_confirm {
            if !self.confirm(&mut record, at, feeds_memory)? {
                break;
            }
        }
        let records = self.desk.edge.interviews();
        let records = records.map_err(|error| Stop::Failure(store_failure(error)))?;
        let text = results::told(&self.telling(), &record, &records);
        write!(self.out, "{text}")?;
        self.out.flush()?;
        Ok(())
    }

    /// Asks which points a short answer makes; whether there was a line to say so.
    fn confirm(
        &mut self,
        record: &mut Record,
        at: usize,
        feeds_memory: bool,
    ) -> Result<bool, Stop> {
        let Some(question) = record.question(at) else {
            return Ok(true);
        };
        let (row, answer) = record.answers[at].clone();
        let marked = mark_all(&question, &answer.given, answer.follow_up.as_ref());
        let place = (answer.number as usize, record.answers.len());
        let head = format!("[{}/{}] {} points\n", place.0, place.1, question.id);
        let text = self.telling().to_confirm(&question, &marked);
        write!(self.out, "{head}{text}")?;
        self.out.flush()?;
        let points = loop {
            let Ok(line) = self.lines.recv() else {
                return Ok(false);
            };
            if line.trim().is_empty() {
                break marked.met();
            }
            let ids = question.points().into_iter().map(|(id, _)| id);
            match line::points(&ids.collect::<Vec<_>>(), &line) {
                Some(points) => break points,
                None => self.not_understood()?,
            }
        };
        if let Some(confirmed) = answer.with_points(&points, feeds_memory) {
            record.answers[at] = self.replace(&row, confirmed)?;
        }
        Ok(true)
    }

    /// The row of an answer no longer counts; one with the learner's word takes its place.
    fn replace(&mut self, row: &RowId, answer: Answer) -> Result<(RowId, Answer), Stop> {
        let events = vec![
            Event::Undo { row: row.clone() },
            Event::Answer(Box::new(answer.clone())),
        ];
        let now = self.desk.clock.now();
        let rows = self.desk.keep(events, Vec::new(), now);
        let rows = rows.map_err(Stop::Failure)?;
        let id = rows
            .last()
            .map_or_else(|| row.clone(), |row| row.id.clone());
        Ok((id, answer))
    }
}
