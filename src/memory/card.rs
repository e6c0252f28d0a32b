use serde::{Deserialize, Serialize};

use super::{
    Settings,
    interval::{luck, whole_days},
    log::{Grade, Happening, Mark},
    model::{Grading, Model, Strength},
    snapshot::{day_number, optional_day_number},
};
use crate::{
    history::Rating,
    ids::{CardId, StudyDay},
};

/// What is known about the learner and one card.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct CardMemory {
    /// How well it is remembered and when it comes back; none while it is new.
    pub schedule: Option<Schedule>,
    /// Grades that moved the schedule.
    pub reps: u32,
    /// How often it was forgotten after having been recalled.
    pub lapses: u32,
    /// Left out until told otherwise.
    pub suspended: bool,
    /// Left out until this day.
    #[serde(with = "optional_day_number")]
    pub buried_until: Option<StudyDay>,
    /// Marked for a later look.
    pub flagged: bool,
    /// The learner said they know it: left out.
    pub known: bool,
    /// The learner said it is no card: left out.
    pub not_a_card: bool,
    /// A question that tests it was answered wrong in an interview and it was not graded since: it
    /// is due now, or the first of the new ones.
    pub called: bool,
}

/// How well a card is remembered and when it comes back.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    /// After the last grade.
    pub strength: Strength,
    /// The study day of the last grade.
    #[serde(with = "day_number")]
    pub last: StudyDay,
    /// The study day it comes back on: that of the last grade if that was Again.
    #[serde(with = "day_number")]
    pub due: StudyDay,
    /// Whether the last grade was Again.
    pub relearning: bool,
}

/// Where a card stands in its schedule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// Never graded.
    New,
    /// Recalled last time.
    Review,
    /// Not recalled last time.
    Relearning,
}

impl CardMemory {
    /// A card never met.
    pub const NEW: CardMemory = CardMemory {
        schedule: None,
        reps: 0,
        lapses: 0,
        suspended: false,
        buried_until: None,
        flagged: false,
        known: false,
        not_a_card: false,
        called: false,
    };

    /// Where it stands in its schedule.
    pub fn phase(&self) -> Phase {
        match self.schedule {
            None => Phase::New,
            Some(schedule) if schedule.relearning => Phase::Relearning,
            Some(_) => Phase::Review,
        }
    }

    /// The study day it comes back on; none while it is new. One that was called for is due at once:
    /// since the day it was last graded on.
    pub fn due(&self) -> Option<StudyDay> {
        self.schedule.map(|schedule| match self.called {
            true => schedule.last,
            false => schedule.due,
        })
    }

    /// Whether it has come due by this day and may be asked.
    pub fn is_due(&self, day: StudyDay) -> bool {
        !self.is_left_out(day) && self.due().is_some_and(|due| due <= day)
    }

    /// Whether the learner keeps it out of study on this day.
    pub fn is_left_out(&self, day: StudyDay) -> bool {
        self.suspended
            || self.known
            || self.not_a_card
            || self.buried_until.is_some_and(|until| day < until)
    }

    /// Whether it was graded on this day. A traveller may have graded it on a later one already.
    pub fn seen_on(&self, day: StudyDay) -> bool {
        self.schedule.is_some_and(|schedule| schedule.last >= day)
    }

    /// Forgotten so often that it should be rewritten rather than repeated.
    pub fn is_leech(&self, settings: &Settings) -> bool {
        settings.leech_lapses > 0 && self.lapses >= settings.leech_lapses
    }

    /// Study days since the last grade; 0 for a new card, or when the calendar went back.
    pub(super) fn elapsed(&self, day: StudyDay) -> u32 {
        self.schedule
            .map_or(0, |schedule| days_between(schedule.last, day))
    }

    /// What each rating on this day would lead to, from Again to Easy. `name` is the id the card
    /// has now.
    pub(super) fn next(
        &self,
        model: &Model,
        name: &CardId,
        day: StudyDay,
        retention: f32,
    ) -> [Schedule; 4] {
        let standing = Standing {
            strength: self.schedule.map(|schedule| schedule.strength),
            elapsed: self.elapsed(day),
            reps: self.reps,
        };
        upcoming(model, name, standing, day, retention)
    }

    /// Takes a grade that comes after all others of this card.
    pub(super) fn grade(&mut self, model: &Model, grade: &Grade, name: &CardId) {
        let next = self.next(model, name, grade.day, grade.retention);
        if grade.rating == Rating::Again && self.phase() == Phase::Review {
            self.lapses += 1;
        }
        self.reps += 1;
        self.called = false;
        self.schedule = Some(next[grade.rating as usize - 1]);
    }

    /// Takes what was decided about the card.
    pub(super) fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Suspended(is) => self.suspended = is,
            Mark::BuriedUntil(day) => self.buried_until = Some(day),
            Mark::Flagged(is) => self.flagged = is,
            Mark::Known(is) => self.known = is,
            Mark::NotACard(is) => self.not_a_card = is,
            Mark::Called => self.called = true,
            Mark::Reset => {
                self.schedule = None;
                self.reps = 0;
                self.lapses = 0;
            }
        }
    }

    /// A card's memory from all that happened to it, in order: the same as taking the happenings one
    /// by one, but the model is asked once for all grades before the last.
    pub(super) fn replay<'a>(
        happenings: impl Iterator<Item = Happening<'a>>,
        model: &Model,
    ) -> CardMemory {
        let mut card = CardMemory::NEW;
        let mut gradings: Vec<Grading> = Vec::new();
        let mut last: Option<(&Grade, &CardId)> = None;
        for happening in happenings {
            match happening {
                Happening::Graded(grade, name) => {
                    let passed_before = last.is_some_and(|(last, _)| last.rating.passed());
                    if grade.rating == Rating::Again && passed_before {
                        card.lapses += 1;
                    }
                    card.reps += 1;
                    card.called = false;
                    gradings.push(Grading {
                        rating: grade.rating,
                        elapsed: last.map_or(0, |(last, _)| days_between(last.day, grade.day)),
                    });
                    last = Some((grade, name));
                }
                Happening::Marked(mark) => {
                    if mark == Mark::Reset {
                        gradings.clear();
                        last = None;
                    }
                    card.mark(mark);
                }
            }
        }
        if let (Some((grade, name)), [before @ .., grading]) = (last, &gradings[..]) {
            let next = upcoming(
                model,
                name,
                Standing {
                    strength: model.replay(before),
                    elapsed: grading.elapsed,
                    reps: card.reps - 1,
                },
                grade.day,
                grade.retention,
            );
            card.schedule = Some(next[grade.rating as usize - 1]);
        }
        card
    }
}

/// What a card brings into a grade.
struct Standing {
    strength: Option<Strength>,
    elapsed: u32,
    reps: u32,
}

/// What each rating leads to, from Again to Easy.
fn upcoming(
    model: &Model,
    name: &CardId,
    standing: Standing,
    day: StudyDay,
    retention: f32,
) -> [Schedule; 4] {
    let outlooks = model.outlooks(standing.strength, standing.elapsed, retention);
    let [_, hard, good, easy] = outlooks.map(|outlook| outlook.days);
    let [hard, good, easy] = whole_days([hard, good, easy], luck(name, standing.reps));
    // A card that was not recalled stays due on the day it was failed.
    let days = [0, hard, good, easy];
    std::array::from_fn(|rating| Schedule {
        strength: outlooks[rating].strength,
        last: day,
        due: day.plus(days[rating].into()),
        relearning: rating == 0,
    })
}

fn days_between(earlier: StudyDay, later: StudyDay) -> u32 {
    u32::try_from(later.days_since(earlier)).unwrap_or(0)
}
