//! What podlings promises, tested from the outside.

mod app;
mod cli;
mod durability;
mod history;
mod layers;
mod learner;
mod locale;
mod program;
mod pty;
mod store;
mod terminal;
