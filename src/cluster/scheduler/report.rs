//! What a learner sees of a scheduling cycle: the table of nodes × plugins, as a step of the trace.

use serde_json::Value;

use super::{
    algorithm::{Algorithm, Fit, Scores},
    cache::Slot,
    framework::Rejection,
    pod_info::PodInfo,
};
use crate::cluster::trace::Change;

/// Of how many nodes, at most, the table tells each: those that were rejected and those that were scored.
const ROWS: usize = 20;

impl Algorithm {
    /// The rows of the nodes that were rejected, and of those that were scored, the best first.
    pub(super) fn table(
        &self,
        info: &PodInfo,
        rejected: &[(Slot, Rejection)],
        fit: Option<&Fit>,
    ) -> (Vec<Change>, usize) {
        let mut rows = Vec::new();
        let mut left_out = rejected.len().saturating_sub(ROWS);
        for (slot, rejection) in rejected.iter().take(ROWS) {
            let node = self.name_of(*slot);
            let reasons = rejection.reasons(&info.requests).join(", ");
            let why = format!("{}: {reasons}", rejection.plugin());
            rows.push(row(format!("nodes[{node}].filter"), why.into()));
        }
        if let Some(fit) = fit {
            left_out += self.feasible_rows(fit, &mut rows);
        }
        (rows, left_out)
    }

    fn feasible_rows(&self, fit: &Fit, rows: &mut Vec<Change>) -> usize {
        let Some(scores) = &fit.scores else {
            rows.push(row(format!("nodes[{}].filter", fit.node), "passed".into()));
            return 0;
        };
        let mut places: Vec<usize> = (0..fit.feasible.len()).collect();
        let chosen = |place: &usize| fit.feasible.get(*place) != Some(&fit.slot);
        places.sort_by_key(|place| {
            let total = scores.totals.get(*place).copied().unwrap_or(0);
            (chosen(place), -total, *place)
        });
        for place in places.iter().take(ROWS) {
            if let Some(slot) = fit.feasible.get(*place) {
                score_rows(&self.name_of(*slot), *place, scores, rows);
            }
        }
        places.len().saturating_sub(ROWS)
    }

    /// One sentence on what was decided.
    pub(super) fn sentence(fit: &Fit, left_out: usize) -> String {
        let node = &fit.node;
        let sentence = match &fit.scores {
            None if fit.rejected.is_empty() => format!("{node} is the only node, and it will do."),
            None => format!("{node} is the only node that will do; it need not be scored."),
            Some(scores) => {
                let most = scores.totals.iter().copied().max().unwrap_or(0);
                let equals = scores.totals.iter().filter(|total| **total == most).count();
                let feasible = fit.feasible.len();
                match equals {
                    1 => format!(
                        "{node} has the highest score, {most}, of {feasible} feasible nodes."
                    ),
                    _ => format!(
                        "{node} was drawn from {equals} nodes with the highest score, {most}, of {feasible} feasible nodes."
                    ),
                }
            }
        };
        sentence + &left_out_note(left_out)
    }
}

/// Says that the table is not whole.
pub(super) fn left_out_note(left_out: usize) -> String {
    match left_out {
        0 => String::new(),
        1 => " 1 node is left out of the table.".to_owned(),
        more => format!(" {more} nodes are left out of the table."),
    }
}

fn score_rows(node: &str, place: usize, scores: &Scores, rows: &mut Vec<Change>) {
    for (plugin, column) in &scores.by_plugin {
        let path = format!("nodes[{node}].scores.{plugin}");
        rows.push(row(path, column.get(place).into()));
    }
    let total = scores.totals.get(place).copied().unwrap_or(0);
    rows.push(row(format!("nodes[{node}].total"), total.into()));
}

fn row(path: String, after: Value) -> Change {
    Change {
        path,
        before: Value::Null,
        after,
    }
}
