use std::{rc::Rc, time::Duration};

use super::{Act, Difference, Pace, Run, compare};
use crate::cluster::{
    Cluster, FaultError, Moment,
    trace::{Step, StepId},
};

/// Goes through a run and its branches with one cursor: how many steps have happened so far.
#[derive(Clone, Debug)]
pub struct Player {
    branches: Vec<Branch>,
    active: BranchId,
    cursor: usize,
    speed: Speed,
    /// How long has been played, at speed 1; None while paused.
    playing: Option<Duration>,
}

/// One of a player's branches, by its place; 0 is the story as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct BranchId(pub usize);

/// A story, and where it left the one it comes from.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Where it comes from, at which step, and by what; None for the first.
    pub from: Option<(BranchId, StepId, Act)>,
    /// The story.
    pub run: Rc<Run>,
    pace: Pace,
}

/// How fast a story is played.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[allow(missing_docs)] // each says how fast
pub enum Speed {
    Quarter,
    Half,
    #[default]
    Normal,
    Double,
    Fourfold,
    Eightfold,
}

impl Speed {
    /// All of them, slowest first.
    pub const ALL: [Speed; 6] = [
        Speed::Quarter,
        Speed::Half,
        Speed::Normal,
        Speed::Double,
        Speed::Fourfold,
        Speed::Eightfold,
    ];

    /// How many times as fast as usual.
    pub fn factor(self) -> f64 {
        match self {
            Speed::Quarter => 0.25,
            Speed::Half => 0.5,
            Speed::Normal => 1.0,
            Speed::Double => 2.0,
            Speed::Fourfold => 4.0,
            Speed::Eightfold => 8.0,
        }
    }

    /// The next faster one; the fastest stays.
    pub fn faster(self) -> Speed {
        Speed::ALL
            .into_iter()
            .find(|one| *one > self)
            .unwrap_or(self)
    }

    /// The next slower one; the slowest stays.
    pub fn slower(self) -> Speed {
        Speed::ALL
            .into_iter()
            .rfind(|one| *one < self)
            .unwrap_or(self)
    }
}

impl Player {
    /// A player at the start of this run, paused.
    pub fn new(run: Run) -> Player {
        Player::of(Rc::new(run))
    }

    /// A player at the start of a run that others play too.
    pub fn of(run: Rc<Run>) -> Player {
        Player {
            branches: vec![Branch::new(None, run)],
            active: BranchId(0),
            cursor: 0,
            speed: Speed::default(),
            playing: None,
        }
    }

    fn branch_of(&self, id: BranchId) -> &Branch {
        // The first branch is never taken away.
        self.branches.get(id.0).unwrap_or(&self.branches[0])
    }

    /// The run that is played.
    pub fn run(&self) -> &Run {
        &self.branch_of(self.active).run
    }

    /// All branches, the story as it was written first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The branch that is played.
    pub fn active(&self) -> BranchId {
        self.active
    }

    /// How many steps have happened.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The step that happened last.
    pub fn step(&self) -> Option<&Rc<Step>> {
        self.run().steps().get(self.cursor.checked_sub(1)?)
    }

    /// The cluster as it is at the cursor.
    pub fn cluster(&self) -> Cluster {
        let step = u32::try_from(self.cursor).unwrap_or(u32::MAX);
        self.run().at(StepId(step))
    }

    /// The moment of the trace's clock.
    pub fn now(&self) -> Moment {
        self.step().map_or(Moment::ZERO, |step| step.at)
    }

    /// Goes to where this many steps have happened.
    pub fn seek(&mut self, steps: usize) {
        self.cursor = steps.min(self.run().steps().len());
        if self.playing.is_some() {
            self.playing = Some(self.branch_of(self.active).pace.until(self.cursor));
        }
    }

    /// One step forward.
    pub fn forward(&mut self) {
        self.seek(self.cursor + 1);
    }

    /// One step back.
    pub fn back(&mut self) {
        self.seek(self.cursor.saturating_sub(1));
    }

    /// To the last step that had begun at this moment.
    pub fn seek_moment(&mut self, moment: Moment) {
        let steps = self.run().steps();
        let begun = steps.partition_point(|step| step.at <= moment);
        self.seek(begun);
    }

    /// To the first step of the next chapter, if there is one.
    pub fn next_chapter(&mut self) {
        let mut starts = self.run().chapters().into_iter().flatten();
        if let Some(start) = starts.find(|start| start.0 as usize > self.cursor) {
            self.seek(start.0 as usize);
        }
    }

    /// To the first step of this chapter, or of the one before if that is where it stands.
    pub fn previous_chapter(&mut self) {
        let starts = self.run().chapters();
        let mut before = starts.into_iter().flatten();
        let start = before.rfind(|start| (start.0 as usize) < self.cursor);
        self.seek(start.map_or(0, |start| start.0 as usize));
    }

    /// The chapter the cursor stands in, by its place; None before the first.
    pub fn chapter(&self) -> Option<usize> {
        let starts = self.run().chapters();
        starts
            .iter()
            .rposition(|start| start.is_some_and(|start| start.0 as usize <= self.cursor))
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Starts or stops playing. At the end it starts anew.
    pub fn toggle(&mut self) {
        if self.playing.take().is_some() {
            return;
        }
        if self.cursor >= self.run().steps().len() {
            self.cursor = 0;
        }
        self.playing = Some(self.branch_of(self.active).pace.until(self.cursor));
    }

    /// How fast it plays.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Changes how fast it plays.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// Lets time pass while it plays; at the end it stops.
    pub fn pass(&mut self, time: Duration) {
        let Some(played) = &mut self.playing else {
            return;
        };
        *played += time.mul_f64(self.speed.factor());
        let played = *played;
        let branch = self.branch_of(self.active);
        let (cursor, whole) = (branch.pace.steps_after(played), branch.pace.whole());
        self.cursor = cursor;
        if played >= whole {
            self.playing = None;
        }
    }

    /// After how long the next step begins, or the end is reached; None while paused.
    pub fn next_in(&self) -> Option<Duration> {
        let played = self.playing?;
        let branch = self.branch_of(self.active);
        let next = if self.cursor < branch.run.steps().len() {
            branch.pace.until(self.cursor + 1)
        } else {
            branch.pace.whole()
        };
        Some(next.saturating_sub(played).div_f64(self.speed.factor()))
    }

    /// Does this at the cursor: the story branches, and the branch is what is played.
    ///
    /// # Errors
    /// A fault that cannot be, as one of a Pod that is not there: nothing branches then.
    pub fn vary(&mut self, act: Act) -> Result<BranchId, FaultError> {
        if let Act::Fault(fault) = &act {
            self.cluster().fault(fault)?;
        }
        let at = StepId(u32::try_from(self.cursor).unwrap_or(u32::MAX));
        let run = self.run().branch(at, act.clone());
        let id = BranchId(self.branches.len());
        let from = Some((self.active, at, act));
        self.branches.push(Branch::new(from, Rc::new(run)));
        self.active = id;
        Ok(id)
    }

    /// Plays another branch. Where this one left it, if it did; else at the same moment.
    pub fn switch(&mut self, to: BranchId) {
        if to.0 >= self.branches.len() || to == self.active {
            return;
        }
        let (now, left) = (self.now(), self.left_at(to));
        self.active = to;
        self.playing = None;
        match left {
            Some(step) => self.seek(step.0 as usize),
            None if self.cursor > 0 => self.seek_moment(now),
            None => {}
        }
    }

    /// The step at which the branch that is played left another, by itself or by the one it comes from.
    fn left_at(&self, other: BranchId) -> Option<StepId> {
        let mut branch = self.branch_of(self.active);
        while let Some((from, step, _)) = &branch.from {
            if *from == other {
                return Some(*step);
            }
            branch = self.branch_of(*from);
        }
        None
    }

    /// The branches that come from this one, by whatever way, and itself.
    pub fn family(&self, of: BranchId) -> Vec<BranchId> {
        let mut family = vec![of];
        for (at, branch) in self.branches.iter().enumerate() {
            if let Some((from, ..)) = &branch.from
                && family.contains(from)
            {
                family.push(BranchId(at));
            }
        }
        family
    }

    /// Takes a branch away with those that come from it; the story as it was written stays. If it is
    /// played, what it left is played on.
    pub fn remove(&mut self, branch: BranchId) {
        if branch.0 == 0 || branch.0 >= self.branches.len() {
            return;
        }
        let family = self.family(branch);
        if family.contains(&self.active) {
            let parent = self.branch_of(branch).from.as_ref();
            let parent = parent.map_or(BranchId(0), |(from, ..)| *from);
            self.switch(parent);
        }
        let after = |id: BranchId| BranchId(id.0 - family.iter().filter(|one| **one < id).count());
        self.active = after(self.active);
        let mut at = 0;
        self.branches.retain(|_| {
            at += 1;
            !family.contains(&BranchId(at - 1))
        });
        for branch in &mut self.branches {
            if let Some((from, ..)) = &mut branch.from {
                *from = after(*from);
            }
        }
    }

    /// What differs between this branch and another, at the moment of the cursor.
    pub fn compare(&self, with: BranchId) -> Vec<Difference> {
        let now = self.now();
        let other = self.branch_of(with).run.at_moment(now);
        compare(&self.run().at_moment(now), &other)
    }
}

impl Branch {
    fn new(from: Option<(BranchId, StepId, Act)>, run: Rc<Run>) -> Branch {
        Branch {
            from,
            pace: Pace::new(run.steps()),
            run,
        }
    }
}
