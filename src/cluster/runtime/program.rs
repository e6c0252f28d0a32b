//! What a container's process does, worked out beforehand from its image, command and arguments.

use std::{cell::RefCell, rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use super::{
    ImageName,
    catalogue::{self, Does},
    script,
};
use crate::cluster::api::Str;

/// A process, from its start to its end.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Program {
    pub(super) acts: Vec<Act>,
    pub(super) code: i32,
    /// The code it ends with when it is told to stop; None: it does not heed TERM. A process that is
    /// number 1 of its namespace and sets no handler does not.
    pub(super) on_term: Option<i32>,
    /// The word that could not be run, if that is how it ends before it begins.
    pub(super) missing: Option<String>,
}

/// One thing a process does.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Act {
    /// Prints a line.
    Print(String),
    /// Does nothing visible for so long.
    Wait(Duration),
    /// Does these again and again.
    Again(Vec<Act>),
    /// Goes on until it is stopped.
    Serve,
}

/// A process that does nothing much still needs this long.
const LEAST: Duration = Duration::from_millis(15);
/// How many images' programs are remembered.
const REMEMBERED: usize = 64;
/// How many lines of a log are worked out at most.
const LINES: usize = 2_000;

impl Program {
    /// What a container of this image does with these. Most are given nothing of their own, and do the same.
    pub(super) fn shared(image: &Str, command: &[String], args: &[String]) -> Rc<Program> {
        thread_local! {
            static PLAIN: RefCell<FxHashMap<Str, Rc<Program>>> = RefCell::default();
        }
        if !command.is_empty() || !args.is_empty() {
            return Rc::new(Program::of(image, command, args));
        }
        PLAIN.with_borrow_mut(|plain| {
            if plain.len() >= REMEMBERED && !plain.contains_key(image) {
                plain.clear();
            }
            let known = plain.entry(image.clone());
            let program = known.or_insert_with(|| Rc::new(Program::of(image, command, args)));
            program.clone()
        })
    }

    fn of(image: &str, command: &[String], args: &[String]) -> Program {
        let does = ImageName::in_full(image)
            .ok()
            .and_then(|full| catalogue::known(&full.name))
            .map(|known| known.does);
        // An image's own entry point takes the arguments; it runs them if they begin with a program
        // that is no option, as the official images do.
        let words = if command.is_empty() {
            args.to_vec()
        } else {
            [command, args].concat()
        };
        let runs = !command.is_empty()
            || words
                .first()
                .is_some_and(|word| !word.starts_with('-') && script::is_program(word));
        if runs || (does == Some(Does::Reads) && !words.is_empty()) {
            return script::run(&words, does == Some(Does::Reads));
        }
        match does {
            Some(Does::Serves { lines, code }) => Program::serving(lines, code),
            Some(Does::Prints(lines)) => Program::ending(lines, 0),
            Some(Does::Reads) => Program::ending(&[], 0),
            // Whether the variable is given is not looked at yet: those who run databases give it.
            Some(Does::Needs { .. }) => Program::serving(&["ready for connections"], 0),
            None => Program::serving(&[], 143),
        }
    }

    pub(super) fn serving(lines: &[&str], code: i32) -> Program {
        let mut acts: Vec<Act> = lines
            .iter()
            .map(|line| Act::Print((*line).into()))
            .collect();
        acts.push(Act::Serve);
        Program {
            acts,
            code: 0,
            on_term: Some(code),
            missing: None,
        }
    }

    pub(super) fn ending(lines: &[&str], code: i32) -> Program {
        Program {
            acts: lines
                .iter()
                .map(|line| Act::Print((*line).into()))
                .collect(),
            code,
            on_term: None,
            missing: None,
        }
    }

    /// Whether it may be listening for connections: it goes on until it is stopped.
    pub(crate) fn serves(&self) -> bool {
        let serves = |act: &Act| matches!(act, Act::Serve | Act::Again(_));
        self.acts.iter().any(serves)
    }

    /// How long it runs; None: until it is stopped.
    pub(crate) fn length(&self) -> Option<Duration> {
        length(&self.acts).map(|length| length.max(LEAST))
    }

    /// The code it ends with of itself.
    pub(crate) fn code(&self) -> i32 {
        self.code
    }

    /// The code it ends with when it is told to; None: it has to be killed.
    pub(crate) fn on_term(&self) -> Option<i32> {
        self.on_term
    }

    /// The word that is no program, if it cannot be started.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// What it has printed when it has run for so long, each line with the time it was printed at.
    pub(crate) fn printed(&self, ran: Duration) -> Vec<(Duration, String)> {
        let mut lines = Vec::new();
        let mut at = Duration::ZERO;
        print(&self.acts, &mut at, ran, &mut lines);
        lines
    }
}

fn length(acts: &[Act]) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    for act in acts {
        match act {
            Act::Print(_) => {}
            Act::Wait(length) => sum += *length,
            Act::Again(_) | Act::Serve => return None,
        }
    }
    Some(sum)
}

/// False once time or room is up.
fn print(
    acts: &[Act],
    at: &mut Duration,
    ran: Duration,
    lines: &mut Vec<(Duration, String)>,
) -> bool {
    for act in acts {
        if *at > ran || lines.len() >= LINES {
            return false;
        }
        match act {
            Act::Print(line) => lines.push((*at, line.clone())),
            Act::Wait(length) => *at += *length,
            Act::Serve => return false,
            Act::Again(body) => loop {
                let before = *at;
                if !print(body, at, ran, lines) {
                    return false;
                }
                // A loop without a pause still takes time.
                if *at == before {
                    *at += Duration::from_millis(10);
                }
            },
        }
    }
    true
}
