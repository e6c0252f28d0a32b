use std::{rc::Rc, time::Duration};

use crate::cluster::{Moment, trace::Step};

/// How long a step is shown before the next one, at speed 1. The cluster's own clock would not do: three
/// milliseconds pass between a request and its answer, and five minutes before an eviction.
#[derive(Clone, Debug)]
pub struct Pace {
    /// When each step begins to be shown.
    begins: Vec<Duration>,
}

const SHORTEST: Duration = Duration::from_millis(450);
const LONGEST: Duration = Duration::from_millis(2_000);

impl Pace {
    /// The pace of these steps.
    pub fn new(steps: &[Rc<Step>]) -> Pace {
        let mut begins = Vec::with_capacity(steps.len());
        let mut at = Duration::ZERO;
        let mut before = Moment::ZERO;
        for step in steps {
            at += shown_for(step.at.since(before));
            before = step.at;
            begins.push(at);
        }
        Pace { begins }
    }

    /// How many steps have begun after playing for so long.
    pub fn steps_after(&self, played: Duration) -> usize {
        self.begins.partition_point(|begins| *begins <= played)
    }

    /// After how long this many steps have begun.
    pub fn until(&self, steps: usize) -> Duration {
        match steps.checked_sub(1) {
            None => Duration::ZERO,
            Some(last) => self
                .begins
                .get(last)
                .or(self.begins.last())
                .copied()
                .unwrap_or_default(),
        }
    }

    /// How long all of it takes.
    pub fn whole(&self) -> Duration {
        self.begins.last().copied().unwrap_or_default() + SHORTEST
    }
}

/// The longer the cluster waits, the longer the wait is shown, but it grows with the logarithm.
fn shown_for(wait: Duration) -> Duration {
    let doublings = (wait.as_millis() + 1).ilog2();
    (SHORTEST + Duration::from_millis(80) * doublings).min(LONGEST)
}
