//! What is worked out beside the app, however long it takes. The app asks, goes on, and is told; who
//! leaves before that misses nothing, and what comes too late is not listened to.

use std::{sync::Arc, time::Duration};

use crate::{
    history::Row,
    ids::{Lang, Now, RowId},
    memory::{self, Brake, Course, Memory, Optimised, Outset, Settings},
    notes::Library,
    progress::{Agenda, Aim, Filter, Overview, Record, Sources},
};

/// When something was asked for, on the clock that never jumps: what it is told by from what was
/// asked before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked(Duration);

impl Asked {
    pub(super) fn at(now: &Now) -> Asked {
        Asked(now.mono)
    }
}

/// Whether something was asked for and is still to be told. One question at a time: what changed
/// meanwhile is asked once the answer is there.
#[derive(Default, Debug)]
pub(super) struct Inquiry {
    asked: Option<Asked>,
    is_up_to_date: bool,
}

impl Inquiry {
    /// Asks, if there is something to ask.
    pub(super) fn ask(&mut self, now: &Now) -> Option<Asked> {
        if self.is_up_to_date || self.asked.is_some() {
            return None;
        }
        self.is_up_to_date = true;
        self.asked = Some(Asked::at(now));
        self.asked
    }

    /// Something changed that the answer rests on.
    pub(super) fn ask_anew(&mut self) {
        self.is_up_to_date = false;
    }

    /// Whether this was asked for.
    pub(super) fn is_answered(&mut self, asked: Asked) -> bool {
        let is_answered = self.asked == Some(asked);
        if is_answered {
            self.asked = None;
        }
        is_answered
    }
}

/// Something to be worked out.
#[derive(Clone, Debug)]
pub enum Task {
    /// Where the learner stands.
    Overlook(Asked, Ground),
    /// What other choices of the learner would cost.
    Weigh(Asked, Ground),
    /// Whether other parameters would fit the learner better.
    Train(Memory, Brake),
}

impl PartialEq for Task {
    fn eq(&self, other: &Task) -> bool {
        match (self, other) {
            (Task::Overlook(one, _), Task::Overlook(other, _))
            | (Task::Weigh(one, _), Task::Weigh(other, _)) => one == other,
            (Task::Train(_, one), Task::Train(_, other)) => one == other,
            _ => false,
        }
    }
}

/// All that bears on where the learner stands, as it was when it was asked for.
#[derive(Clone, Debug)]
pub struct Ground {
    pub(super) library: Arc<Library>,
    pub(super) memory: Memory,
    pub(super) lang: Lang,
    pub(super) sources: Sources,
    pub(super) settings: Settings,
    pub(super) aim: Aim,
    pub(super) now: Now,
}

/// What came of a task.
#[derive(Debug)]
pub enum Finding {
    /// Where the learner stands.
    Overlooked(Asked, Box<Overlooked>),
    /// What other choices would cost.
    Weighed(Asked, Costs),
    /// Other parameters, better or not; none where there is too little to train on.
    Trained(Brake, Option<Optimised>),
}

/// Where the learner stands.
#[derive(Debug)]
pub struct Overlooked {
    pub(super) overview: Overview,
    pub(super) aim: Aim,
    /// The row that brought the parameters in force, if they are not the usual ones.
    pub(super) trained: Option<RowId>,
}

/// What each choice would bring in the next four weeks: reviews, and time a day.
#[derive(Clone, Default, Debug)]
pub struct Costs {
    /// By the retention aimed at, in hundredths.
    pub(super) retention: Vec<(u32, Cost)>,
    /// By new cards a day.
    pub(super) new: Vec<(u32, Cost)>,
    /// By reviews a day.
    pub(super) reviews: Vec<(u32, Cost)>,
}

/// What a choice would bring.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cost {
    /// Reviews in the time looked at.
    pub(super) reviews: u32,
    /// The mean time of a day.
    pub(super) time: Duration,
    /// The share of all cards recalled, in the mean of its second half.
    pub(super) recalled: f32,
}

/// Days looked ahead when choices are weighed: reviews need some weeks to come.
const AHEAD: u32 = 60;

/// Days in which retentions are told apart: in fewer, whole intervals hide what they cost.
const YEAR: u32 = 365;

impl Task {
    /// Works it out; `rows` are those that are not about single cards.
    pub(super) fn work_out(self, rows: &[Row]) -> Finding {
        match self {
            Task::Overlook(asked, ground) => {
                Finding::Overlooked(asked, Box::new(ground.overlooked(rows)))
            }
            Task::Weigh(asked, ground) => Finding::Weighed(asked, ground.costs()),
            Task::Train(memory, brake) => {
                let trained = memory::optimise(&memory, &brake).ok();
                Finding::Trained(brake, trained)
            }
        }
    }

    /// Whether it needs to know what is not about single cards.
    pub(super) fn needs_rows(&self) -> bool {
        matches!(self, Task::Overlook(..))
    }
}

impl Ground {
    fn agenda(&self) -> Agenda<'_> {
        Agenda {
            library: &self.library,
            memory: &self.memory,
            lang: self.lang,
            sources: self.sources,
        }
    }

    fn overlooked(self, rows: &[Row]) -> Overlooked {
        let record = Record::of(rows, &self.now, &self.settings);
        let today = self.settings.study_day(&self.now);
        Overlooked {
            overview: Overview::of(&self.agenda(), record, &self.settings, &self.aim, today),
            trained: in_force(rows),
            aim: self.aim,
        }
    }

    fn costs(&self) -> Costs {
        let mut candidates = self.agenda().candidates(&Filter::All);
        // Whoever goes on takes up the next lesson when the last one holds nothing new.
        candidates.iter_mut().for_each(|one| one.new_allowed = true);
        let today = self.settings.study_day(&self.now);
        let outset = Outset::of(&candidates, &self.memory, today);
        let cost = |settings: Settings, days: u32| {
            let course = Course::usual(&settings, today, days);
            let (played, recalled) = outset.play_and_watch(&course);
            Cost {
                reviews: played.reviews.iter().sum(),
                time: played.mean_time_of_first(AHEAD),
                recalled: recalled.unwrap_or(0.0),
            }
        };
        let present = &self.settings;
        let hundredths = (present.desired_retention * 100.0).round() as u32;
        Costs {
            retention: around([80, 85, 90, 93, 95, 97], hundredths, |one| Settings {
                desired_retention: one as f32 / 100.0,
                reviews_per_day: u32::MAX,
                ..present.clone()
            })
            .map(|(one, settings)| (one, cost(settings, YEAR)))
            .collect(),
            new: around([5, 10, 20, 30, 40], present.new_per_day, |one| Settings {
                new_per_day: one,
                reviews_per_day: u32::MAX,
                ..present.clone()
            })
            .map(|(one, settings)| (one, cost(settings, AHEAD)))
            .collect(),
            reviews: around([50, 100, 200, 400], present.reviews_per_day, |one| {
                Settings {
                    reviews_per_day: one,
                    ..present.clone()
                }
            })
            .map(|(one, settings)| (one, cost(settings, AHEAD)))
            .collect(),
        }
    }
}

/// These choices and the present one among them, in order, each with the settings it makes.
fn around(
    usual: impl IntoIterator<Item = u32>,
    present: u32,
    settings: impl Fn(u32) -> Settings,
) -> impl Iterator<Item = (u32, Settings)> {
    let mut all: Vec<u32> = usual.into_iter().chain([present]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(move |one| (one, settings(one)))
}

/// The row that brought the parameters in force.
fn in_force(rows: &[Row]) -> Option<RowId> {
    use crate::history::Event;
    let mut taken_back = Vec::new();
    for row in rows.iter().rev() {
        match &row.event {
            Event::Undo { row: target } if !taken_back.contains(&&row.id) => {
                taken_back.push(target);
            }
            Event::Parameters { .. } if !taken_back.contains(&&row.id) => {
                return Some(row.id.clone());
            }
            _ => {}
        }
    }
    None
}
