//! What happened, step by step, each with the step that caused it. Look first at [`Step`]. The trace is
//! the model's only voice: the walkthrough's pictures, questions and answers are all read from it.

mod changes;
mod recorder;
mod step;

pub use self::step::{Actor, Change, Step, StepId, StepKind};
pub(crate) use self::{
    changes::changes,
    recorder::{Mark, Recorder},
};
