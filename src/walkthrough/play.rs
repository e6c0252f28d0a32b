use std::{ops::Range, rc::Rc};

use super::{Act, Scenario, Unmet, When, prediction::Asked};
use crate::cluster::{
    Cluster, CommandOutput, FaultError, Files, Moment,
    trace::{Step, StepId, StepKind},
};

/// A state is kept at least every so many steps, so that any step is near one.
const BETWEEN_SNAPSHOTS: usize = 12;

/// A story that does not end by itself ends after half an hour of the trace's clock.
const LONGEST: Moment = Moment::from_millis(30 * 60 * 1000);

/// Something done besides what the scenario does.
#[derive(Clone, PartialEq, Debug)]
pub struct Variation {
    /// As soon as this step has happened; 0: at the start.
    pub at: StepId,
    /// What.
    pub act: Act,
}

/// Something a story meant to do and could not.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum PlayError {
    /// A fault that could not be.
    #[error("cannot play the fault: {0}")]
    Fault(#[from] FaultError),
    /// A script entry whose moment never came.
    #[error("entry {0} of the script waits for a step that never happens")]
    NeverReached(usize),
    /// A variation after a step that never happened.
    #[error("there is no step {0}: the run has {1}")]
    NoStep(u32, usize),
}

/// A scenario as it went with one seed, from its start to its end; any moment of it can be visited.
#[derive(Clone, Debug)]
pub struct Run {
    plot: Plot,
    snapshots: Vec<Stage>,
    end: Stage,
    errors: Vec<PlayError>,
}

/// What is to be done.
#[derive(Clone, Debug)]
struct Plot {
    scenario: Rc<Scenario>,
    files: Files,
    variations: Vec<Variation>,
}

/// A cluster, and how far the script has come.
#[derive(Clone, Debug)]
struct Stage {
    cluster: Cluster,
    /// The next entry of the script.
    entry: usize,
    /// Steps before this one do not count for the entry.
    seen: usize,
    /// How many variations were done.
    varied: usize,
}

impl Run {
    /// Plays a scenario to its end.
    pub fn new(scenario: &Rc<Scenario>, seed: u64, routine: bool) -> Run {
        let variations = Vec::new();
        Run::varied(scenario, (seed, routine), variations, None)
    }

    /// Plays a scenario to its end, with more done to it.
    pub fn with(
        scenario: &Rc<Scenario>,
        (seed, routine): (u64, bool),
        variations: Vec<Variation>,
        until: Option<Moment>,
    ) -> Run {
        Run::varied(scenario, (seed, routine), variations, until)
    }

    fn varied(
        scenario: &Rc<Scenario>,
        (seed, routine): (u64, bool),
        mut variations: Vec<Variation>,
        until: Option<Moment>,
    ) -> Run {
        variations.sort_by_key(|variation| variation.at);
        let stage = Stage {
            cluster: Cluster::new(&scenario.cluster(seed, routine)),
            entry: 0,
            seen: 0,
            varied: 0,
        };
        let mut run = Run {
            plot: Plot {
                scenario: scenario.clone(),
                files: scenario.files(),
                variations,
            },
            snapshots: vec![stage.clone()],
            end: stage,
            errors: Vec::new(),
        };
        run.play_on(until);
        run
    }

    /// Goes on from the last snapshot to the end.
    fn play_on(&mut self, until: Option<Moment>) {
        let Some(mut stage) = self.snapshots.last().cloned() else {
            return;
        };
        let until = until.or(self.plot.scenario.until()).unwrap_or(LONGEST);
        let mut kept = stage.cluster.steps().len();
        loop {
            match self.plot.proceed(&mut stage, until) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.errors.push(error),
            }
            let steps = stage.cluster.steps().len();
            if steps >= kept + BETWEEN_SNAPSHOTS {
                kept = steps;
                self.snapshots.push(stage.clone());
            }
        }
        if stage.entry < self.plot.scenario.script.len() {
            self.errors.push(PlayError::NeverReached(stage.entry + 1));
        }
        if let Some(variation) = self.plot.variations.get(stage.varied) {
            let steps = stage.cluster.steps().len();
            self.errors.push(PlayError::NoStep(variation.at.0, steps));
        }
        self.end = stage;
    }

    /// The scenario played.
    pub fn scenario(&self) -> &Scenario {
        &self.plot.scenario
    }

    /// All that happened.
    pub fn steps(&self) -> &[Rc<Step>] {
        self.end.cluster.steps()
    }

    /// What each command printed.
    pub fn outputs(&self) -> &[CommandOutput] {
        self.end.cluster.outputs()
    }

    /// The cluster at the end.
    pub fn end(&self) -> &Cluster {
        &self.end.cluster
    }

    /// What the story meant to do and could not.
    pub fn errors(&self) -> &[PlayError] {
        &self.errors
    }

    /// What should hold at the end and does not.
    pub fn unmet(&self) -> Vec<Unmet> {
        let expects = self.plot.scenario.expects.iter();
        expects
            .filter_map(|expect| expect.check(&self.end.cluster).err())
            .collect()
    }

    /// The cluster as it was when this step had just happened; at the start for 0.
    pub fn at(&self, step: StepId) -> Cluster {
        self.stage_at(step).cluster
    }

    /// The cluster as it was at this moment.
    pub fn at_moment(&self, moment: Moment) -> Cluster {
        let after = self
            .snapshots
            .partition_point(|stage| stage.cluster.now() <= moment);
        let Some(mut stage) = self.snapshots.get(after.saturating_sub(1)).cloned() else {
            return self.end.cluster.clone();
        };
        while stage.cluster.now() < moment && self.plot.replay(&mut stage, moment) {}
        stage.cluster
    }

    fn stage_at(&self, step: StepId) -> Stage {
        let wanted = (step.0 as usize).min(self.steps().len());
        let after = self
            .snapshots
            .partition_point(|stage| stage.cluster.steps().len() <= wanted);
        let Some(mut stage) = self.snapshots.get(after.saturating_sub(1)).cloned() else {
            return self.end.clone();
        };
        let until = self.end.cluster.now();
        while stage.cluster.steps().len() < wanted && self.plot.replay(&mut stage, until) {}
        stage
    }

    /// The same story up to this step, then with this done to it.
    pub fn branch(&self, at: StepId, act: Act) -> Run {
        let mut plot = self.plot.clone();
        plot.variations.retain(|variation| variation.at <= at);
        plot.variations.push(Variation { at, act });
        let after = self
            .snapshots
            .partition_point(|stage| stage.cluster.steps().len() < at.0 as usize);
        let mut run = Run {
            snapshots: self.snapshots[..after.max(1).min(self.snapshots.len())].to_vec(),
            end: self.end.clone(),
            errors: Vec::new(),
            plot,
        };
        run.play_on(None);
        run
    }

    /// The step each chapter begins with; None for one that never comes.
    pub fn chapters(&self) -> Vec<Option<StepId>> {
        let mut from = 0;
        let steps = self.steps();
        let chapters = self.plot.scenario.chapters.iter();
        chapters
            .map(|chapter| {
                let found = steps[from..]
                    .iter()
                    .position(|step| chapter.when.matches(step))?;
                from += found + 1;
                Some(steps[from - 1].id)
            })
            .collect()
    }

    /// The steps of the chapters that only set the scene, or look on: nobody is asked to recount them.
    pub(super) fn folded(&self) -> Vec<Range<StepId>> {
        let starts = self.chapters();
        let chapters = self.plot.scenario.chapters.iter().enumerate();
        let folded = chapters.filter(|(_, chapter)| !chapter.recount);
        folded
            .filter_map(|(at, _)| {
                let next = starts[at + 1..].iter().flatten().next();
                Some(starts[at]?..next.copied().unwrap_or(StepId(u32::MAX)))
            })
            .collect()
    }

    /// The last step that is shown before anything is recounted; 0 if it is told from the start.
    pub fn set_up(&self) -> StepId {
        match self.folded().first() {
            Some(part) if Some(part.start) == self.chapters().into_iter().flatten().next() => {
                let steps = u32::try_from(self.steps().len()).unwrap_or(u32::MAX);
                StepId(part.end.0.saturating_sub(1).min(steps))
            }
            _ => StepId::NONE,
        }
    }

    /// What was done to the cluster up to this step: command lines, and faults after a `#`, in order.
    pub fn acts_before(&self, step: StepId) -> Vec<String> {
        let Some(until) = self.steps().iter().find(|one| one.id == step) else {
            return Vec::new();
        };
        let commands = self.outputs().iter();
        let commands = commands.map(|output| (output.started, output.line.to_string()));
        let faults = self.steps().iter().filter(|one| one.id < step);
        let faults = faults.filter(|one| one.kind == StepKind::Fault);
        let faults = faults.map(|fault| (fault.at, format!("# {}", fault.message)));
        let mut acts: Vec<(Moment, String)> = commands.chain(faults).collect();
        acts.retain(|(at, _)| *at <= until.at);
        acts.sort_by_key(|(at, _)| *at);
        acts.into_iter().map(|(_, act)| act).collect()
    }

    /// What is asked before which step; a prediction whose step never comes is left out.
    pub fn predictions(&self) -> Vec<Asked> {
        let predictions = self.plot.scenario.predictions.iter();
        predictions
            .filter_map(|prediction| prediction.ask(self.steps()))
            .collect()
    }
}

impl Plot {
    /// As [`Plot::proceed`], for what was done before: its errors are known.
    fn replay(&self, stage: &mut Stage, until: Moment) -> bool {
        self.proceed(stage, until).unwrap_or(true)
    }

    /// Lets one thing happen or be done. False if the story is over.
    fn proceed(&self, stage: &mut Stage, until: Moment) -> Result<bool, PlayError> {
        if let Some(act) = self.due(stage) {
            perform(&mut stage.cluster, &act, &self.files)?;
            return Ok(true);
        }
        if stage.cluster.now() >= until {
            return Ok(false);
        }
        let next = stage.cluster.next_at();
        let script_at = match self.scenario.script.get(stage.entry) {
            Some(entry) => match entry.when {
                When::At(moment) => Some(moment),
                When::After(_) => None,
            },
            None => None,
        };
        if script_at.is_none() && stage.cluster.is_settled() {
            return Ok(false);
        }
        match script_at {
            Some(moment) if moment <= until && next.is_none_or(|next| next > moment) => {
                stage.cluster.run_until(moment);
                Ok(true)
            }
            _ if next.is_none_or(|next| next > until) => {
                stage.cluster.run_until(until);
                Ok(true)
            }
            _ => Ok(stage.cluster.advance()),
        }
    }

    /// What is to be done now, if anything; it counts as done.
    fn due(&self, stage: &mut Stage) -> Option<Act> {
        let steps = stage.cluster.steps();
        if let Some(variation) = self.variations.get(stage.varied)
            && steps.len() >= variation.at.0 as usize
        {
            stage.varied += 1;
            return Some(variation.act.clone());
        }
        let entry = self.scenario.script.get(stage.entry)?;
        let now = stage.cluster.now();
        let due = match &entry.when {
            When::At(moment) => *moment <= now,
            When::After(matcher) => steps[stage.seen.min(steps.len())..]
                .iter()
                .any(|step| step.done <= now && matcher.matches(step)),
        };
        if !due {
            return None;
        }
        stage.entry += 1;
        stage.seen = steps.len();
        Some(entry.act.clone())
    }
}

fn perform(cluster: &mut Cluster, act: &Act, files: &Files) -> Result<(), PlayError> {
    match act {
        Act::Command(line) => cluster.command(line, files),
        Act::Fault(fault) => cluster.fault(fault)?,
    }
    Ok(())
}
