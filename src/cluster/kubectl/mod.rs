//! kubectl: a client of the API server like any other, run by the learner. It reads a command line and
//! the files it names, asks the API server, and prints what the real one prints. Look first at
//! [`Kubectl`], then at `session.rs`, which says how a command waits. It must not know any object but
//! those that answers and watches brought.
//!
//! After `staging/src/k8s.io/kubectl` and `cli-runtime`; the columns after
//! `pkg/printers/internalversion/printers.go`, which in a real cluster the API server fills in.

mod age;
mod command;
mod commands;
mod describe;
mod duration;
mod failure;
mod flags;
mod known;
mod lookup;
mod manifest;
mod merge;
mod print;
mod resolve;
mod session;
mod tabwriter;
mod targets;
#[cfg(test)]
mod tests;
mod watching;
mod words;
mod yaml;

use std::{collections::BTreeMap, rc::Rc};

pub use self::known::{KnownCommand, KnownFlag, Words, known_commands};
use self::{
    command::Invocation,
    failure::Failure,
    session::{Running, Session, Stop},
};
use super::{
    api::{Object, Str},
    machinery::{Answer, Turn, WatchEvent},
    moment::Moment,
    traffic::Ending,
};

/// Which command an answer is for.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    command: u32,
}

/// What kubectl wakes itself for: a command has waited as long as it was told to.
#[derive(Clone, Debug)]
pub(crate) struct Timer {
    command: u32,
}

/// The files a command may name with `-f`.
pub type Files = Rc<BTreeMap<String, String>>;

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

/// An object as `kubectl get -o yaml` prints it.
pub fn yaml(object: &Object) -> String {
    yaml::write(&object.to_json())
}

/// All commands given, and what came of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kubectl {
    outputs: Vec<CommandOutput>,
    /// The commands that have not ended, by their place among the outputs.
    running: BTreeMap<u32, Running>,
    /// Which command opened which watch.
    connections: Vec<u32>,
}

impl Kubectl {
    /// A command is given.
    pub(crate) fn run(&mut self, command: Command, turn: &mut Turn<'_>) {
        let index = u32::try_from(self.outputs.len()).unwrap_or(u32::MAX);
        let started = turn.shared.recorder.on_clock(turn.now());
        let mut output = CommandOutput {
            line: command.line.clone(),
            started,
            ended: None,
            stdout: String::new(),
            stderr: String::new(),
            exit: 0,
        };
        let invocation = words::split(&command.line).and_then(|words| Invocation::parse(&words));
        match invocation {
            Ok(invocation) => {
                let running = Running::new(invocation, command.files, turn.now());
                self.running.insert(index, running);
                self.outputs.push(output);
                self.resume(index, turn);
            }
            Err(Failure::Help(text)) => {
                output.stdout = text;
                output.ended = Some(started);
                self.outputs.push(output);
            }
            Err(failure) => {
                output.stderr = failure.text();
                output.exit = 1;
                output.ended = Some(started);
                self.outputs.push(output);
            }
        }
    }

    /// A command of another program is given: it is listed among the others. Its place in the list.
    pub(crate) fn note(&mut self, line: &str, turn: &Turn<'_>) -> u32 {
        let index = u32::try_from(self.outputs.len()).unwrap_or(u32::MAX);
        self.outputs.push(CommandOutput {
            line: line.into(),
            started: turn.shared.recorder.on_clock(turn.now()),
            ended: None,
            stdout: String::new(),
            stderr: String::new(),
            exit: 0,
        });
        index
    }

    /// Such a command has ended.
    pub(crate) fn close(&mut self, ending: Ending, turn: &Turn<'_>) {
        if let Some(output) = self.outputs.get_mut(ending.command as usize) {
            output.stdout = ending.stdout;
            output.stderr = ending.stderr;
            output.exit = ending.exit;
            output.ended = Some(turn.shared.recorder.on_clock(turn.now()));
        }
    }

    /// An answer came.
    pub(crate) fn answer(&mut self, ticket: Ticket, answer: Answer, turn: &mut Turn<'_>) {
        if let Some(running) = self.running.get_mut(&ticket.command) {
            running.hear_answer(turn.now(), answer);
            self.resume(ticket.command, turn);
        }
    }

    /// A watch brought something.
    pub(crate) fn hear(&mut self, connection: u32, event: WatchEvent, turn: &mut Turn<'_>) {
        let Some(&index) = self.connections.get(connection as usize) else {
            return;
        };
        let Some(running) = self.running.get_mut(&index) else {
            return;
        };
        if running.open.is_none_or(|(_, open)| open != connection) {
            return;
        }
        let Some(follow) = &mut running.follow else {
            running.hear_event(turn.now(), event);
            self.resume(index, turn);
            return;
        };
        let printed = follow.print(&event, turn.now().timestamp());
        let output = self.outputs.get_mut(index as usize);
        match (printed, output) {
            (Some(text), Some(output)) => output.stdout.push_str(&text),
            (None, Some(output)) => {
                output.ended = Some(turn.shared.recorder.on_clock(turn.now()));
                self.running.remove(&index);
            }
            (_, None) => {}
        }
    }

    /// A timer fired.
    pub(crate) fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        if let Some(running) = self.running.get_mut(&timer.command) {
            running.hear_time_out(turn.now());
            self.resume(timer.command, turn);
        }
    }

    /// Goes on with a command, as far as what it has heard goes.
    fn resume(&mut self, index: u32, turn: &mut Turn<'_>) {
        let now = turn.shared.recorder.on_clock(turn.now());
        let (Some(running), Some(output)) = (
            self.running.get_mut(&index),
            self.outputs.get_mut(index as usize),
        ) else {
            return;
        };
        let mut session = Session::new(running, turn, index, &mut self.connections);
        let invocation = session.invocation();
        let end = match (invocation.command.run)(&mut session, &invocation) {
            Ok(()) => Some(0),
            Err(Stop::Waits) => None,
            Err(Stop::TimedOut) => {
                session
                    .stderr
                    .push_str(&Failure::error(session::TIMED_OUT).text());
                Some(1)
            }
            Err(Stop::Fails(failure)) => {
                session.stderr.push_str(&failure.text());
                Some(1)
            }
        };
        session.print_to(output);
        if let Some(exit) = end
            && running.follow.is_none()
        {
            running.end(turn);
            output.exit = exit;
            output.ended = Some(now);
            self.running.remove(&index);
        }
    }

    /// What each command printed so far, in the order they were given.
    pub(crate) fn outputs(&self) -> &[CommandOutput] {
        &self.outputs
    }
}
