//! Where the learner stands, computed from the library and the history and never stored. Look first
//! at [`Agenda`]: what there is to study and what comes next, then at [`Overview`]: all there is to say
//! of it. This room draws nothing and keeps nothing.

mod agenda;
mod calibration;
mod drill;
mod habit;
mod held;
mod mastery;
mod moves;
mod overview;
mod plan;
mod readiness;
mod record;
mod retention;
mod share;

pub use crate::history::{Answer, Given, Preset};
pub use agenda::{Agenda, Filter, LessonProgress, Sources};
pub use calibration::{Bin, Confidence, confidently_wrong, of_learner, of_memory};
pub use drill::Drill;
pub use habit::{Done, Habit, Streak};
pub use held::{Held, held};
pub use mastery::{Mastery, Standing};
pub use moves::Moves;
pub use overview::{Aim, Cards, Overview};
pub use plan::{Plan, Time, plan};
pub use readiness::{Field, LEAST_TESTS, Readiness, weighed_candidates};
pub use record::{On, Record};
pub use retention::{Retention, weekly};
pub use share::Share;

#[cfg(test)]
mod fixture;
