//! What podlings promises, tested from the outside.

mod app;
mod cli;
mod cluster;
mod coverage;
mod durability;
mod golden;
mod history;
mod interview;
mod layers;
mod learner;
mod locale;
mod look;
mod marking;
mod notes;
mod program;
mod pty;
mod readme;
mod report;
mod store;
mod terminal;
mod walk;
mod walk_around;
mod walk_lines;
mod walk_print;
mod walk_ways;
mod year;
