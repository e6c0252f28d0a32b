//! The terminal app. Look first at [`App`]: messages in, effects out, and a picture at any moment;
//! [`run`] is the loop around it. This room decides nothing about memory, notes or files: it shows
//! them and passes on what the learner wants.

mod app;
mod clock;
mod edge;
mod effect;
mod keymap;
mod lesson;
mod overlays;

mod runtime;
mod screens;
mod shared;
mod signs;
mod size;
mod task;
mod terminal;
pub mod text;
pub mod theme;
mod wake;
mod widgets;

pub use app::{App, Msg, Opening};
pub use clock::Clock;
pub use edge::{Choices, Edge, EdgeError, Loaded, Notes, Refreshed, Sittings};
pub use effect::{Choice, Effect, Keeping};
pub use keymap::{Action, Keymap, KeymapError, Place};
pub use lesson::lesson_page;
pub use runtime::{RunError, run};
pub use shared::{Fixed, Look, Shared, USUAL_PROFILE};
pub use signs::{MapSigns, Signs};
pub use size::terminal_size;
pub use task::{Asked, Cost, Costs, Finding, Ground, Overlooked, Task};
