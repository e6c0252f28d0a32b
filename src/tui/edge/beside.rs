//! What takes its time is worked out by a thread of its own, which has its own hold of the database.

use std::{path::Path, thread};

use super::{Edge, EdgeError};
use crate::{
    ids::Now,
    store::Store,
    tui::{
        app::Msg,
        task::{Finding, Task},
    },
};

impl Edge {
    /// Beside the app where there is a way to tell it, else at once.
    pub(super) fn work_out(&self, task: Task, now: Now) -> Option<Msg> {
        let path = self.store.path().to_owned();
        let Some((post, mut bell)) = self
            .worker
            .as_ref()
            .and_then(|worker| Some((worker.post.clone(), worker.bell.another().ok()?)))
        else {
            return Some(Msg::WorkedOut(worked_out(task, &path, now)));
        };
        thread::spawn(move || {
            let found = worked_out(task, &path, now);
            // The app may have ended meanwhile.
            let _ = post.send(Msg::WorkedOut(found));
            bell.ring();
        });
        None
    }
}

fn worked_out(task: Task, database: &Path, now: Now) -> Result<Finding, EdgeError> {
    let rows = if task.needs_rows() {
        Store::open(database, now.unix_ms())?.rows_beside_cards()?
    } else {
        Vec::new()
    };
    Ok(task.work_out(&rows))
}
