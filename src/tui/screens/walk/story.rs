use std::{collections::BTreeSet, rc::Rc};

use crate::{
    cluster::{
        Cluster,
        trace::{Step, StepId},
    },
    tui::widgets::Scene,
    walkthrough::{Asked, BranchId, Player, Run, Scenario, Way},
};

/// A story and what the learner did in it: what is found again when it is opened again.
#[derive(Clone)]
pub(in crate::tui) struct Story {
    pub(super) player: Player,
    /// What was answered in this round.
    pub(super) answers: Vec<Answer>,
    /// Chapters whose text was shown: the play does not wait for it again.
    pub(super) told: BTreeSet<usize>,
    /// Commands given, the last one last.
    pub(super) commands: Vec<String>,
    pub(super) way: Way,
    /// Whether it is kept that the way was gone to its end.
    pub(super) is_kept: bool,
}

/// One question that was answered.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) asked: Asked,
    /// Which option; None if it was passed over.
    pub(super) chosen: Option<usize>,
}

impl Answer {
    pub(super) fn is_right(&self) -> bool {
        self.chosen == Some(self.asked.answer)
    }
}

impl Story {
    pub(super) fn new(scenario: &Rc<Scenario>) -> Story {
        let run = Run::new(scenario, scenario.seed(), false);
        Story::on(Rc::new(run), Way::Told)
    }

    /// A story on one of the ways through it.
    pub(super) fn on(run: Rc<Run>, way: Way) -> Story {
        Story {
            way,
            player: Player::of(run),
            answers: Vec::new(),
            told: BTreeSet::from([0]),
            commands: Vec::new(),
            is_kept: false,
        }
    }

    /// A file may have been edited since.
    pub(super) fn is_of(&self, scenario: &Scenario) -> bool {
        self.player.run().scenario() == scenario
    }

    /// The chapter one is in, counted from 1, and how many there are.
    pub(in crate::tui) fn chapter(&self) -> Option<(usize, usize)> {
        let chapters = self.player.run().scenario().chapters.len();
        self.player.chapter().map(|at| (at + 1, chapters))
    }

    pub(super) fn was_asked(&self, id: &str) -> bool {
        self.answers.iter().any(|answer| answer.asked.id == id)
    }
}

/// What is read from the story at the cursor, kept until the cursor moves.
pub(super) struct Seen {
    pub(super) cursor: usize,
    pub(super) cluster: Cluster,
    pub(super) scene: Scene,
    branch: BranchId,
    way: Way,
    /// The step each chapter begins with.
    pub(super) chapters: Vec<Option<StepId>>,
    pub(super) asks: Vec<Asked>,
}

impl Seen {
    pub(super) fn of(player: &Player, way: Way) -> Seen {
        let (cluster, cursor) = (player.cluster(), player.cursor());
        Seen {
            scene: Scene::new(&cluster, player.run().steps(), cursor),
            cursor,
            cluster,
            branch: player.active(),
            way,
            chapters: player.run().chapters(),
            asks: asked(player, way),
        }
    }

    /// Whether anything changed.
    pub(super) fn follow(&mut self, player: &Player) -> bool {
        if player.active() != self.branch {
            *self = Seen::of(player, self.way);
            return true;
        }
        let cursor = player.cursor();
        if cursor == self.cursor {
            return false;
        }
        self.cursor = cursor;
        self.cluster = player.cluster();
        self.scene = Scene::new(&self.cluster, player.run().steps(), cursor);
        true
    }

    /// The chapter the cursor stands in, by its place.
    pub(super) fn chapter(&self) -> Option<usize> {
        let begun = |start: &Option<StepId>| start.is_some_and(|at| at.0 as usize <= self.cursor);
        self.chapters.iter().rposition(begun)
    }

    /// The chapter that begins with the step just shown.
    pub(super) fn beginning(&self) -> Option<usize> {
        let at = StepId(u32::try_from(self.cursor).ok()?);
        (self.cursor > 0)
            .then(|| self.chapters.iter().position(|start| *start == Some(at)))
            .flatten()
    }
}

/// What is asked where the player is. Gaps and links are counted from the start of the story as it was
/// written: a branch has others, and nothing may be kept of them under the same ids.
fn asked(player: &Player, way: Way) -> Vec<Asked> {
    match way {
        Way::Gaps | Way::Recount if player.active() != BranchId(0) => Vec::new(),
        _ => player.run().asked_on(way),
    }
}

/// What a command printed with this step, if it ended then.
pub(super) fn printed<'a>(
    cluster: &'a Cluster,
    step: &Step,
    next: Option<&Rc<Step>>,
) -> Option<&'a crate::cluster::CommandOutput> {
    let until = next.map_or(crate::cluster::Moment::from_millis(u64::MAX), |next| {
        next.at
    });
    let mut outputs = cluster.outputs().iter().rev();
    outputs.find(|output| {
        output
            .ended
            .is_some_and(|ended| step.at <= ended && ended < until)
    })
}
