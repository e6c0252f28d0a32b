//! Where the learner stands, computed from the library and the history and never stored. Look first
//! at [`Agenda`]: what there is to study and what comes next. This room draws nothing and keeps
//! nothing.

mod agenda;
mod moves;

pub use agenda::{Agenda, Filter, LessonProgress, Sources};
pub use moves::Moves;
