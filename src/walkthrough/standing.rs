use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Way;
use crate::history::{Event, Row};

/// What the learner did in walkthroughs: of each question the last answer, and which ways were gone to
/// their end. Rows may come twice, in any order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Walked {
    scenarios: BTreeMap<String, Done>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Done {
    answers: BTreeMap<String, Last>,
    /// When a way was last at its end.
    ended: BTreeMap<Way, i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct Last {
    at_ms: i64,
    right: bool,
}

/// How far a learner is with a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    told: Gone,
    gaps: Gone,
    recount: Gone,
}

/// How far a learner is with one way through a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gone {
    /// How many of its questions were answered rightly, of each the last answer.
    pub right: usize,
    /// How many were answered.
    pub answered: usize,
    /// Whether it was gone to its end.
    pub is_over: bool,
}

impl Walked {
    /// Takes up a row, if it is about a walkthrough.
    pub fn apply(&mut self, row: &Row) {
        match &row.event {
            Event::Prediction(prediction) => {
                let last = Last {
                    at_ms: row.at_ms,
                    right: prediction.right,
                };
                let done = self.done(&prediction.scenario);
                let kept = done.answers.entry(prediction.prediction.clone());
                let kept = kept.or_insert(last);
                *kept = (*kept).max(last);
            }
            Event::Walked { scenario, way } => {
                let ended = self.done(scenario).ended.entry(*way);
                let ended = ended.or_insert(row.at_ms);
                *ended = (*ended).max(row.at_ms);
            }
            _ => {}
        }
    }

    fn done(&mut self, scenario: &str) -> &mut Done {
        self.scenarios.entry(scenario.to_owned()).or_default()
    }

    /// How far the learner is with this scenario.
    pub fn standing(&self, scenario: &str) -> Standing {
        let mut standing = Standing::default();
        let Some(done) = self.scenarios.get(scenario) else {
            return standing;
        };
        for (id, last) in &done.answers {
            let gone = standing.way(Way::of_question(id));
            gone.right += usize::from(last.right);
            gone.answered += 1;
        }
        for way in done.ended.keys() {
            standing.way(*way).is_over = true;
        }
        standing
    }

    /// The scenario something was done in last.
    pub fn last(&self) -> Option<&str> {
        let last = self.scenarios.iter().max_by_key(|(_, done)| done.last());
        last.map(|(id, _)| &**id)
    }
}

impl Done {
    fn last(&self) -> Option<i64> {
        let answered = self.answers.values().map(|last| last.at_ms);
        answered.chain(self.ended.values().copied()).max()
    }
}

impl Standing {
    fn way(&mut self, way: Way) -> &mut Gone {
        match way {
            Way::Told => &mut self.told,
            Way::Gaps => &mut self.gaps,
            Way::Recount => &mut self.recount,
        }
    }

    /// How far the learner is on a way; None where nothing was done on it.
    pub fn on(mut self, way: Way) -> Option<Gone> {
        Some(*self.way(way)).filter(|gone| *gone != Gone::default())
    }

    /// Whether nothing was done yet.
    pub fn is_new(self) -> bool {
        self == Standing::default()
    }

    /// The way to go next: the story as it is told, to its end; then its gaps, of which there are so
    /// many; and once most of them were filled rightly the recount.
    pub fn next(self, gaps: usize) -> Way {
        match (self.on(Way::Gaps), self.on(Way::Recount)) {
            (_, Some(_)) => Way::Recount,
            (Some(filled), None) if filled.right * 5 >= gaps * 4 => Way::Recount,
            (Some(_), None) => Way::Gaps,
            (None, None) if self.told.is_over => Way::Gaps,
            (None, None) => Way::Told,
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

    fn ended(at_ms: i64, way: Way) -> Row {
        let scenario = "rc-create".to_owned();
        Row {
            event: Event::Walked { scenario, way },
            ..row(at_ms, "", true)
        }
    }

    fn score(standing: Standing, way: Way) -> Option<(usize, usize)> {
        standing.on(way).map(|gone| (gone.right, gone.answered))
    }

    #[test]
    fn first_it_is_told_then_with_gaps_and_once_they_are_filled_recounted() {
        assert_eq!(walked(&[]).next(5), Way::Told);
        let mut rows = vec![row(1, "who-creates-pods", false)];
        assert_eq!(walked(&rows).next(5), Way::Told);
        rows.push(ended(2, Way::Told));
        assert_eq!(walked(&rows).next(5), Way::Gaps);
        rows.extend((3..7).map(|at| row(at, &format!("gap:{at}"), at != 3)));
        assert_eq!(score(walked(&rows), Way::Gaps), Some((3, 4)));
        assert_eq!(walked(&rows).next(5), Way::Gaps);
        rows.push(row(9, "gap:3", true));
        assert_eq!(score(walked(&rows), Way::Gaps), Some((4, 4)));
        assert_eq!(walked(&rows).next(5), Way::Recount);
        rows.push(row(10, "recount:1", false));
        assert_eq!(score(walked(&rows), Way::Recount), Some((0, 1)));
        assert_eq!(walked(&rows).next(5), Way::Recount);
    }

    #[test]
    fn a_story_told_to_its_end_is_known_though_nothing_was_answered() {
        let standing = walked(&[ended(1, Way::Told)]);
        assert!(!standing.is_new() && standing.on(Way::Told).is_some_and(|gone| gone.is_over));
        assert_eq!(score(standing, Way::Told), Some((0, 0)));
        assert_eq!(standing.on(Way::Gaps), None);
        assert_eq!(standing.next(5), Way::Gaps);
        let mut walked = Walked::default();
        walked.apply(&ended(1, Way::Told));
        assert_eq!(walked.last(), Some("rc-create"));
    }
}
