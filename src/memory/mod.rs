//! Spaced repetition: what the learner remembers, what is due, and how a study session goes. Look
//! first at [`Memory`], which follows from the rows of history, then at [`Session`], which asks cards
//! and says what to write down. This room knows cards only by their ids, is handed the time, and
//! neither reads nor writes anything.

mod card;
mod forecast;
mod interval;
mod log;
mod model;
mod optimise;
mod queue;
mod recalls;
mod replay;
mod session;
mod settings;
mod simulation;
mod snapshot;

pub use card::{CardMemory, Phase, Schedule};
pub use forecast::forecast;
pub use model::{Brake, Evaluation, Strength};
pub use optimise::{Optimised, Waiting, optimise};
pub use queue::{Candidate, Kind, LeftOut, Plan, Queue, Queued, Today};
pub use recalls::Recall;
pub use replay::{Activity, Memory};
pub use session::{Choice, Counts, Prompt, Return, Session, Stage, Summary};
pub use settings::Settings;
pub use simulation::{Course, Outset, Simulated, simulate};
pub use snapshot::{Difference, SnapshotError};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
