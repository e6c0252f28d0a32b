//! Interviews, from what is asked to what is written down.

mod lines;
mod over;
mod session;
mod sitting;
