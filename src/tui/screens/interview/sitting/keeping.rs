//! What the session wants kept, and what time does to it.

use std::time::Duration;

use super::{
    super::{clock, results::Outcome},
    Sitting,
};
use crate::{
    history::{Event, Row},
    ids::Now,
    interview::{Effect as Done, Input, Record, Warning},
    tui::{
        app::{Notice, Step},
        effect::{Effect, Keeping},
        screens::Screen,
        shared::Shared,
    },
};

impl Sitting {
    /// Hands an input to the session; what it wants done becomes steps.
    pub(super) fn give(&mut self, input: Input, shared: &Shared, now: &Now) -> Vec<Step> {
        let mut steps = Vec::new();
        for done in self.session.update(input, now) {
            steps.push(match done {
                Done::Keep => self.keep(now),
                Done::Warn(warning) => {
                    let left = self.session.clock().left(now.mono);
                    let name = match warning {
                        Warning::Quarter => "interview.quarter-left",
                        Warning::Tenth => "interview.tenth-left",
                    };
                    let text = shared.fill(name, &[("left", &clock(left))]);
                    Step::Say(Notice::Done(text))
                }
                Done::Finish(events) => {
                    self.unsaved = Some(events.clone());
                    self.finish(events)
                }
            });
        }
        self.follow();
        steps
    }

    fn keep(&self, now: &Now) -> Step {
        let attempt = self.session.paper().attempt.clone();
        let progress = self.session.progress(now);
        Step::Run(Effect::Interview(Keeping::Progress(attempt, progress)))
    }

    pub(super) fn finish(&self, events: Vec<Event>) -> Step {
        let attempt = self.session.paper().attempt.clone();
        Step::Run(Effect::Interview(Keeping::Finish(attempt, events)))
    }

    /// Rows were kept: when they are this interview's, it is over, and what came of it is shown.
    pub(in crate::tui::screens) fn saved(&mut self, rows: &[Row]) -> Vec<Step> {
        let own = &self.session.paper().attempt;
        let record = Record::all(rows)
            .into_iter()
            .find(|record| record.attempt.attempt == *own);
        let Some(record) = record else {
            return Vec::new();
        };
        self.unsaved = None;
        let feeds_memory = self.session.paper().feeds_memory;
        let outcome = Outcome::new(record, self.earlier.clone(), feeds_memory);
        vec![
            Step::Back,
            Step::Open(Box::new(Screen::Outcome(Box::new(outcome)))),
        ]
    }

    /// The screen is left: what is there is kept, to go on with it another time.
    pub(in crate::tui::screens) fn left(&mut self, now: &Now) -> Option<Effect> {
        let effects = self.session.update(Input::Leave, now);
        let attempt = self.session.paper().attempt.clone();
        effects.into_iter().find_map(|done| match done {
            Done::Keep => Some(Effect::Interview(Keeping::Progress(
                attempt.clone(),
                self.session.progress(now),
            ))),
            Done::Finish(events) => {
                Some(Effect::Interview(Keeping::Finish(attempt.clone(), events)))
            }
            Done::Warn(_) => None,
        })
    }

    /// The clock is drawn anew each second.
    pub(in crate::tui::screens) fn next_wake(&self, now: &Now) -> Option<Duration> {
        let clock = self.session.clock();
        let second = clock.runs().then(|| {
            let counted = clock.counted(now.mono);
            now.mono + Duration::from_secs(counted.as_secs() + 1).saturating_sub(counted)
        });
        let own = self.session.next_wake(now);
        second.into_iter().chain(own).min()
    }

    pub(in crate::tui::screens) fn woken(&mut self, shared: &Shared, now: &Now) -> Vec<Step> {
        if self.unsaved.is_some() {
            return Vec::new();
        }
        self.give(Input::Tick, shared, now)
    }
}
