use super::{Asked, Run, recall};
use crate::history::Way;

impl Way {
    /// The way a question belongs to, by its id in history.
    pub fn of_question(id: &str) -> Way {
        match id.split_once(':') {
            Some(("gap", _)) => Way::Gaps,
            Some(("recount", _)) => Way::Recount,
            _ => Way::Told,
        }
    }
}

impl Run {
    /// What is asked on this way.
    pub fn asked_on(&self, way: Way) -> Vec<Asked> {
        let seed = self.scenario().seed();
        match way {
            Way::Told => self.predictions(),
            Way::Gaps => self.gaps(seed),
            Way::Recount => self.recount(seed),
        }
    }

    /// The key steps of the run, each with a gap to be filled: its questions have the ids `gap:1` and
    /// up. The seed decides what is left out and how options are laid.
    pub fn gaps(&self, seed: u64) -> Vec<Asked> {
        recall::gaps(self, seed)
    }

    /// The key steps of the run in order, each to be told before it is shown: the ids are `recount:1`
    /// and up.
    pub fn recount(&self, seed: u64) -> Vec<Asked> {
        recall::recount(self, seed)
    }
}
