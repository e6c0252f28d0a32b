//! An interview under way, as a state machine: an [`Input`] and the moment it comes at lead to
//! [`Effect`]s. Look first at [`Session::update`].
//!
//! A session never moves on its own. Whoever drives it hands it a [`Input::Tick`] at
//! [`Session::next_wake`], keeps its [`Progress`] when it says [`Effect::Keep`], and writes its rows down
//! when it says [`Effect::Finish`].

mod progress;
mod sheet;
mod steps;

use std::{sync::Arc, time::Duration};

pub use self::{
    progress::Progress,
    sheet::{Sheet, Stage, Standing},
};
use super::{Clock, Item, Paper, Warning, paper_rows};
use crate::{
    history::{Break, BreakKind, Certainty, End, Event, Given},
    ids::{Now, PointId},
};

/// What is typed is kept when nothing was typed for so long.
const REST: Duration = Duration::from_secs(1);

/// The clock is kept this often.
const BETWEEN_CLOCKS: Duration = Duration::from_secs(5);

/// An interview under way.
#[derive(Clone, Debug)]
pub struct Session {
    paper: Arc<Paper>,
    at: usize,
    sheets: Vec<Sheet>,
    breaks: Vec<Break>,
    clock: Clock,
    state: State,
    warned: Option<Warning>,
    /// What the clock had counted when the time on the question was last brought up to it.
    accounted: Duration,
    /// When something was typed that is not kept yet.
    typed_at: Option<Duration>,
    kept_at: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Running,
    /// Since this moment of the measuring clock.
    Paused(Duration),
    Over(End),
}

/// Something that happens to an interview.
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    /// Time has passed.
    Tick,
    /// The answer to the question on screen is now this, with one stroke.
    Give(Given),
    /// The text of the answer on screen, or of the one to the follow-up question, is now this: it is
    /// being typed.
    Type(String),
    /// How sure the learner is of the answer on screen.
    Sure(Option<Certainty>),
    /// The question on screen is marked for another look, or no longer.
    Flag,
    /// Done with what is on screen: what follows depends on it.
    Done,
    /// Shows another question.
    Turn(usize),
    /// The points the learner says the answer on screen makes (practice, once it was told).
    Confirm(Vec<PointId>),
    /// Stops the clock.
    Pause,
    /// Lets it run again.
    Resume,
    /// Hands it in as it is.
    Submit,
    /// The program is being left: what is there is kept.
    Leave,
}

/// Something to be done outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// [`Session::progress`] is to be kept, durably.
    Keep,
    /// Little time is left.
    Warn(Warning),
    /// It is over: these rows are to be written down, and what was kept is to go, in one step.
    Finish(Vec<Event>),
}

impl Session {
    /// Begins; the clock runs.
    pub fn new(paper: Paper, now: &Now) -> Session {
        let progress = Progress {
            at: 0,
            sheets: vec![Sheet::default(); paper.items.len()],
            clock_ms: 0,
            breaks: Vec::new(),
            at_ms: now.unix_ms(),
        };
        Session::going_on(paper, progress, now)
    }

    /// Goes on with one that was interrupted, with the clock where it was last kept. The interruption
    /// is on record.
    pub fn resume(paper: Paper, mut progress: Progress, now: &Now) -> Session {
        let away = now.unix_ms().saturating_sub(progress.at_ms);
        progress.breaks.push(Break {
            why: BreakKind::Interruption,
            at_ms: progress.clock_ms,
            lasted_ms: u64::try_from(away).unwrap_or(0),
        });
        Session::going_on(paper, progress, now)
    }

    fn going_on(paper: Paper, progress: Progress, now: &Now) -> Session {
        let counted = Duration::from_millis(progress.clock_ms);
        let mut clock = Clock::new(paper.limit(), counted);
        clock.start(now.mono);
        let mut sheets = progress.sheets;
        // A file that was tampered with must not lead astray.
        sheets.resize_with(paper.items.len(), Sheet::default);
        let mut session = Session {
            at: progress.at.min(sheets.len().saturating_sub(1)),
            warned: clock.warning(now.mono),
            accounted: clock.counted(now.mono),
            paper: Arc::new(paper),
            sheets,
            breaks: progress.breaks,
            clock,
            state: State::Running,
            typed_at: None,
            kept_at: now.mono,
        };
        session.see();
        session
    }

    /// What is asked.
    pub fn paper(&self) -> &Arc<Paper> {
        &self.paper
    }

    /// Which question is on screen, counted from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The question on screen.
    pub fn item(&self) -> Option<&Item> {
        self.paper.items.get(self.at)
    }

    /// What was answered to the question on screen.
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheets.get(self.at)
    }

    /// What was answered to each.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether the clock was stopped by the learner.
    pub fn is_paused(&self) -> bool {
        matches!(self.state, State::Paused(_))
    }

    /// How it ended, if it did.
    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Over(end) => Some(end),
            State::Running | State::Paused(_) => None,
        }
    }

    /// How long the question on screen has been there, with the clock running.
    pub fn time_on_question(&self, now: &Now) -> Duration {
        let kept = self.sheet().map_or(0, |sheet| sheet.spent_ms);
        Duration::from_millis(kept) + self.unaccounted(now)
    }

    /// The time that is left for what is being said out loud.
    pub fn speaking_left(&self, now: &Now) -> Option<Duration> {
        let Stage::Speaking { since_ms } = self.sheet()?.stage else {
            return None;
        };
        let said = self.time_on_question(now) - Duration::from_millis(since_ms);
        Some(self.speaking_time()?.saturating_sub(said))
    }

    /// When something happens by itself: a warning, the end, what was typed is kept, the clock is kept.
    pub fn next_wake(&self, now: &Now) -> Option<Duration> {
        if self.end().is_some() {
            return None;
        }
        let rest = self.typed_at.map(|typed| typed + REST);
        let clock = self.clock.runs().then(|| self.kept_at + BETWEEN_CLOCKS);
        let speaking = self.speaking_left(now).map(|left| now.mono + left);
        let speaking = speaking.filter(|_| self.clock.runs());
        [rest, clock, speaking, self.clock.next_change(now.mono)]
            .into_iter()
            .flatten()
            .min()
    }

    /// What is to be kept of it.
    pub fn progress(&self, now: &Now) -> Progress {
        Progress {
            at: self.at,
            sheets: self.sheets.clone(),
            clock_ms: millis(self.clock.counted(now.mono)),
            breaks: self.breaks.clone(),
            at_ms: now.unix_ms(),
        }
    }

    /// Takes in what happens. What comes after the time is over changes nothing.
    pub fn update(&mut self, input: Input, now: &Now) -> Vec<Effect> {
        if self.end().is_some() {
            return Vec::new();
        }
        let mut effects = self.pass(now);
        if self.end().is_none() {
            let changed = self.take(input, now);
            if let State::Over(end) = self.state {
                effects.push(self.finish(end, now));
            } else if changed == Change::AtOnce {
                effects.push(Effect::Keep);
            }
        }
        if effects.contains(&Effect::Keep) {
            self.typed_at = None;
            self.kept_at = now.mono;
            effects.retain(|effect| *effect != Effect::Keep);
            effects.push(Effect::Keep);
        }
        effects
    }

    /// What time alone does.
    fn pass(&mut self, now: &Now) -> Vec<Effect> {
        self.account(now);
        let mut effects = Vec::new();
        if self.clock.left(now.mono).is_zero() {
            self.state = State::Over(End::Time);
            return vec![self.finish(End::Time, now)];
        }
        let warning = self.clock.warning(now.mono);
        if warning > self.warned {
            self.warned = warning;
            effects.extend(warning.map(Effect::Warn));
        }
        if self.speaking_left(now).is_some_and(|left| left.is_zero()) {
            self.stage(Stage::Shown);
            effects.push(Effect::Keep);
        }
        let rested = self.typed_at.is_some_and(|typed| now.mono >= typed + REST);
        let clock_is_old = self.clock.runs() && now.mono >= self.kept_at + BETWEEN_CLOCKS;
        if rested || clock_is_old {
            effects.push(Effect::Keep);
        }
        effects
    }

    /// Brings the time on the question up to the clock.
    fn account(&mut self, now: &Now) {
        let more = millis(self.unaccounted(now));
        self.accounted += Duration::from_millis(more);
        if let Some(sheet) = self.sheets.get_mut(self.at) {
            sheet.spent_ms += more;
        }
    }

    fn unaccounted(&self, now: &Now) -> Duration {
        self.clock.counted(now.mono).saturating_sub(self.accounted)
    }

    fn finish(&mut self, end: End, now: &Now) -> Effect {
        self.clock.stop(now.mono);
        let spent = self.clock.counted(now.mono);
        Effect::Finish(paper_rows(
            &self.paper,
            &self.sheets,
            &self.breaks,
            (end, spent),
        ))
    }
}

/// What an input did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change {
    Nothing,
    /// Something was typed: it is kept after a rest.
    AfterARest,
    AtOnce,
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
