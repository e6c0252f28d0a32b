use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Way;
use crate::history::{Event, Row};

/// What the learner answered in walkthroughs: of each question the last answer. Rows may come twice, in
/// any order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Walked {
    scenarios: BTreeMap<String, BTreeMap<String, Last>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct Last {
    at_ms: i64,
    right: bool,
}

/// How far a learner is with a scenario: right answers and all, of each way through it; None before the
/// first answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// What was predicted while it was told.
    pub seen: Option<(usize, usize)>,
    /// The gaps.
    pub gaps: Option<(usize, usize)>,
    /// The recount.
    pub recount: Option<(usize, usize)>,
}

impl Walked {
    /// Takes up a row, if it is about a walkthrough.
    pub fn apply(&mut self, row: &Row) {
        let Event::Prediction(prediction) = &row.event else {
            return;
        };
        let last = Last {
            at_ms: row.at_ms,
            right: prediction.right,
        };
        let scenario = self
            .scenarios
            .entry(prediction.scenario.clone())
            .or_default();
        let kept = scenario
            .entry(prediction.prediction.clone())
            .or_insert(last);
        *kept = (*kept).max(last);
    }

    /// How far the learner is with this scenario.
    pub fn standing(&self, scenario: &str) -> Standing {
        let mut standing = Standing::default();
        for (id, last) in self.scenarios.get(scenario).into_iter().flatten() {
            let score = match Way::of_question(id) {
                Way::Told => &mut standing.seen,
                Way::Gaps => &mut standing.gaps,
                Way::Recount => &mut standing.recount,
            };
            let (right, all) = score.get_or_insert((0, 0));
            *right += usize::from(last.right);
            *all += 1;
        }
        standing
    }

    /// The scenario answered in last.
    pub fn last(&self) -> Option<&str> {
        let at = |answers: &BTreeMap<String, Last>| answers.values().map(|last| last.at_ms).max();
        let last = self.scenarios.iter().max_by_key(|(_, answers)| at(answers));
        last.map(|(id, _)| &**id)
    }
}

impl Standing {
    /// The way to go next: the story as it is told, then its gaps, and once most of them were filled
    /// rightly the recount.
    pub fn next(&self, gaps: usize) -> Way {
        match (self.seen, self.gaps, self.recount) {
            (None, None, None) => Way::Told,
            (_, _, Some(_)) => Way::Recount,
            (_, Some((right, _)), None) if right * 5 >= gaps * 4 => Way::Recount,
            _ => Way::Gaps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Prediction;

    fn row(at_ms: i64, id: &str, right: bool) -> Row {
        Row {
            id: format!("{at_ms}").as_str().into(),
            at_ms,
            device: "d".into(),
            session: "s".into(),
            event: Event::Prediction(Prediction {
                scenario: "rc-create".into(),
                prediction: id.into(),
                lesson: "k14".into(),
                chosen: "x".into(),
                right,
                duration_ms: 1,
            }),
        }
    }

    fn walked(rows: &[Row]) -> Standing {
        let mut walked = Walked::default();
        rows.iter().for_each(|row| walked.apply(row));
        let forwards = walked.standing("rc-create");
        let mut walked = Walked::default();
        rows.iter().rev().for_each(|row| walked.apply(row));
        rows.iter().for_each(|row| walked.apply(row));
        assert_eq!(walked.standing("rc-create"), forwards);
        forwards
    }

    #[test]
    fn first_it_is_told_then_with_gaps_and_once_they_are_filled_recounted() {
        assert_eq!(walked(&[]).next(5), Way::Told);
        let mut rows = vec![row(1, "who-creates-pods", false)];
        assert_eq!(walked(&rows).next(5), Way::Gaps);
        rows.extend((2..6).map(|at| row(at, &format!("gap:{at}"), at != 2)));
        assert_eq!(walked(&rows).gaps, Some((3, 4)));
        assert_eq!(walked(&rows).next(5), Way::Gaps);
        rows.push(row(9, "gap:2", true));
        assert_eq!(walked(&rows).gaps, Some((4, 4)));
        assert_eq!(walked(&rows).next(5), Way::Recount);
        rows.push(row(10, "recount:1", false));
        assert_eq!(walked(&rows).recount, Some((0, 1)));
        assert_eq!(walked(&rows).next(5), Way::Recount);
    }
}
