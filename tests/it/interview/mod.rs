//! Interviews, from what is asked to what is written down.

mod lines;
mod over;
mod screen;
mod session;
mod sitting;
