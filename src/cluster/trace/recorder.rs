use std::rc::Rc;

use super::{Step, StepId, StepKind};
use crate::cluster::moment::Moment;

/// Numbers the steps, and keeps or counts them.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    keep: Keep,
    /// Whether heartbeats and what changes nothing are numbered too.
    routine: bool,
    /// The moment the trace calls 0.
    origin: Moment,
    last: u32,
}

#[derive(Clone, Debug)]
enum Keep {
    /// Nothing is numbered: the cluster is still being set up.
    Nothing,
    /// For measuring: only how many of each kind.
    Counts([u64; StepKind::ALL.len()]),
    Steps(Vec<Rc<Step>>),
}

/// A step in the trace, or the visible step in whose name a hidden one happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mark {
    /// What later steps name as their cause.
    pub(crate) step: StepId,
    /// Whether the step itself stands in the trace.
    own: bool,
}

impl Recorder {
    pub(crate) fn silent() -> Recorder {
        Recorder {
            keep: Keep::Nothing,
            routine: false,
            origin: Moment::ZERO,
            last: 0,
        }
    }

    /// From here on steps are kept, and `origin` is 0 on their clock.
    pub(crate) fn keep_steps(&mut self, origin: Moment, routine: bool) {
        self.keep = Keep::Steps(Vec::new());
        self.origin = origin;
        self.routine = routine;
    }

    /// From here on steps are counted.
    pub(crate) fn count_steps(&mut self, origin: Moment) {
        self.keep = Keep::Counts([0; StepKind::ALL.len()]);
        self.origin = origin;
    }

    /// A moment on the trace's clock.
    pub(crate) fn on_clock(&self, moment: Moment) -> Moment {
        Moment::ZERO + moment.since(self.origin)
    }

    pub(crate) fn steps(&self) -> &[Rc<Step>] {
        match &self.keep {
            Keep::Steps(steps) => steps,
            _ => &[],
        }
    }

    /// How many steps of this kind were counted or kept.
    pub(crate) fn count(&self, kind: StepKind) -> u64 {
        match &self.keep {
            Keep::Nothing => 0,
            Keep::Counts(counts) => counts[kind as usize],
            Keep::Steps(steps) => steps.iter().filter(|step| step.kind == kind).count() as u64,
        }
    }

    /// Whether a step's details will be looked at.
    pub(crate) fn keeps_steps(&self) -> bool {
        matches!(self.keep, Keep::Steps(_))
    }

    /// Records what `make` describes, at this moment, for this cause. A routine step is hidden, and
    /// stands for its cause.
    pub(crate) fn record(
        &mut self,
        (at, done): (Moment, Moment),
        (cause, routine): (StepId, bool),
        kind: StepKind,
        make: impl FnOnce() -> Step,
    ) -> Mark {
        let hidden = Mark {
            step: cause,
            own: false,
        };
        if routine && !self.routine {
            return hidden;
        }
        let (at, done) = (self.on_clock(at), self.on_clock(done));
        match &mut self.keep {
            Keep::Nothing => return hidden,
            Keep::Counts(counts) => counts[kind as usize] += 1,
            Keep::Steps(steps) => {
                let id = StepId(self.last + 1);
                steps.push(Rc::new(Step {
                    id,
                    at,
                    done,
                    kind,
                    cause,
                    ..make()
                }));
            }
        }
        self.last += 1;
        Mark {
            step: StepId(self.last),
            own: true,
        }
    }

    /// Completes a step whose outcome has become known.
    pub(crate) fn amend(&mut self, mark: Mark, done: Moment, change: impl FnOnce(&mut Step)) {
        let done = self.on_clock(done);
        if let (true, Keep::Steps(steps)) = (mark.own, &mut self.keep)
            && let Some(step) = steps.get_mut(mark.step.0 as usize - 1)
        {
            let step = Rc::make_mut(step);
            step.done = done;
            change(step);
        }
    }
}
