//! kubectl: a client of the API server like any other, run by the learner. Look first at [`Kubectl`].

use std::{collections::BTreeMap, sync::Arc};

use super::{
    api::Str,
    machinery::{Answer, Turn, WatchEvent},
    moment::Moment,
};

/// What kubectl waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What kubectl wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {}

/// The files a command may name with `-f`.
pub type Files = Arc<BTreeMap<String, String>>;

/// A command line to run.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) line: Str,
    pub(crate) files: Files,
}

/// What a command printed.
#[derive(Clone, PartialEq, Debug)]
pub struct CommandOutput {
    /// The command line.
    pub line: Str,
    /// When it was given.
    pub started: Moment,
    /// When it ended; None: it still runs (`-w`).
    pub ended: Option<Moment>,
    /// What it printed for its user.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
    /// Its exit code.
    pub exit: u8,
}

/// All commands given, and what came of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kubectl {
    outputs: Vec<CommandOutput>,
}

impl Kubectl {
    /// A command is given.
    pub(crate) fn run(&mut self, _command: Command, _turn: &mut Turn<'_>) {}

    /// An answer came.
    pub(crate) fn answer(&mut self, ticket: Ticket, _answer: Answer, _turn: &mut Turn<'_>) {
        match ticket {}
    }

    /// A watch brought something.
    pub(crate) fn hear(&mut self, _connection: u32, _event: WatchEvent, _turn: &mut Turn<'_>) {}

    /// A timer fired.
    pub(crate) fn fire(&mut self, timer: Timer, _turn: &mut Turn<'_>) {
        match timer {}
    }

    /// What each command printed so far, in the order they were given.
    pub(crate) fn outputs(&self) -> &[CommandOutput] {
        &self.outputs
    }
}
