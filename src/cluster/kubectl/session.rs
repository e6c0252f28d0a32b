use std::{rc::Rc, time::Duration};

use super::{
    CommandOutput, Files,
    command::Invocation,
    failure::Failure,
    manifest::{self, Manifest},
    watching::Follow,
};
use crate::cluster::{
    Timestamp,
    api::{Resource, Status, Str},
    machinery::{Answer, Decision, ListOptions, Reply, Request, TimerId, Turn, User, WatchEvent},
    moment::Moment,
};

/// A command at work: what it was told so far.
///
/// A command is written as one function from its first request to its last line of output. When it must
/// wait, it stops; when what it waits for has come, it is run again from its start, and everything it
/// heard before is told to it again. So it needs no states of its own, and a copy of it goes on as the
/// original would.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) invocation: Rc<Invocation>,
    pub(super) files: Files,
    pub(super) started: Moment,
    heard: Vec<Heard>,
    /// How much of what it did has truly been done, and must not be done again.
    done: usize,
    /// The watch it has open.
    pub(super) open: Option<(Resource, u32)>,
    /// Ends its waiting.
    deadline: Option<TimerId>,
    /// It only prints what a watch brings, until the end of the run.
    pub(super) follow: Option<Follow>,
    /// What its files hold.
    manifests: Option<Manifests>,
    /// How far it is with what its files hold.
    progress: Progress,
}

/// What files hold, each object or why it is none.
pub(super) type Manifests = Rc<Vec<Result<Manifest, Failure>>>;

/// A command that does the same with many objects, one after the other, need not go through those it has
/// done with again.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// How many it is done with, how many of these well, and what it says of the others.
    with: usize,
    well: usize,
    failures: Vec<Failure>,
    /// The session as it was then.
    next: usize,
    acts: usize,
    now: Option<Moment>,
    stdout: String,
    stderr: String,
}

/// Something a command was told, and when.
#[derive(Clone, Debug)]
struct Heard {
    at: Moment,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Answer(Rc<Answer>),
    Watch(Box<WatchEvent>),
    TimedOut,
}

impl Running {
    pub(super) fn new(invocation: Invocation, files: Files, started: Moment) -> Running {
        Running {
            invocation: Rc::new(invocation),
            files,
            started,
            heard: Vec::new(),
            done: 0,
            open: None,
            deadline: None,
            follow: None,
            manifests: None,
            progress: Progress::default(),
        }
    }

    pub(super) fn hear_answer(&mut self, at: Moment, answer: Answer) {
        let what = What::Answer(Rc::new(answer));
        self.heard.push(Heard { at, what });
    }

    pub(super) fn hear_event(&mut self, at: Moment, event: WatchEvent) {
        let what = What::Watch(Box::new(event));
        self.heard.push(Heard { at, what });
    }

    pub(super) fn hear_time_out(&mut self, at: Moment) {
        self.deadline = None;
        let what = What::TimedOut;
        self.heard.push(Heard { at, what });
    }

    /// The command has ended: it waits for nothing more.
    pub(super) fn end(&mut self, turn: &mut Turn<'_>) {
        if let Some((resource, connection)) = self.open.take() {
            turn.hang_up(resource, connection);
        }
        if let Some(timer) = self.deadline.take() {
            turn.cancel(timer);
        }
    }
}

/// Why a command's function returned early.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Stop {
    /// It waits.
    Waits,
    /// It has waited as long as it was told to.
    TimedOut,
    /// It failed.
    Fails(Failure),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Stop {
        Stop::Fails(status.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Fails(failure)
    }
}

/// What a command's function returns.
pub(super) type Told<T = ()> = Result<T, Stop>;

/// One run through a command's function.
pub(super) struct Session<'s, 't> {
    running: &'s mut Running,
    turn: &'s mut Turn<'t>,
    /// Which command it is, for what is sent in its name.
    index: u32,
    /// The next watch's number.
    connections: &'s mut Vec<u32>,
    next: usize,
    acts: usize,
    now: Moment,
    timed_out: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// `apimachinery/pkg/util/wait/error.go`, ErrWaitTimeout.
pub(super) const TIMED_OUT: &str = "timed out waiting for the condition";

impl<'s, 't> Session<'s, 't> {
    pub(super) fn new(
        running: &'s mut Running,
        turn: &'s mut Turn<'t>,
        index: u32,
        connections: &'s mut Vec<u32>,
    ) -> Self {
        let now = running.started;
        Session {
            running,
            turn,
            index,
            connections,
            next: 0,
            acts: 0,
            now,
            timed_out: false,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    pub(super) fn invocation(&self) -> Rc<Invocation> {
        self.running.invocation.clone()
    }

    pub(super) fn files(&self) -> Files {
        self.running.files.clone()
    }

    /// What the files named hold; they are read once.
    pub(super) fn manifests(
        &mut self,
        names: &[String],
        place: (&Str, bool),
    ) -> Result<Manifests, Failure> {
        if let Some(known) = &self.running.manifests {
            return Ok(known.clone());
        }
        let found = Rc::new(manifest::read(names, &self.running.files, place)?);
        self.running.manifests = Some(found.clone());
        Ok(found)
    }

    /// Does something with each object, and goes on with the next when that is over. How many times it
    /// went well, and what was wrong the other times.
    pub(super) fn each<'m>(
        &mut self,
        manifests: &'m Manifests,
        mut act: impl FnMut(&mut Self, &'m Manifest) -> Told<Result<(), Failure>>,
    ) -> Told<(usize, Vec<Failure>)> {
        let progress = &self.running.progress;
        if let Some(now) = progress.now {
            (self.next, self.acts, self.now) = (progress.next, progress.acts, now);
            self.stdout.clone_from(&progress.stdout);
            self.stderr.clone_from(&progress.stderr);
        }
        for manifest in manifests.iter().skip(progress.with) {
            let done = match manifest {
                Ok(manifest) => act(self, manifest)?,
                Err(failure) => Err(failure.clone()),
            };
            let progress = &mut self.running.progress;
            progress.with += 1;
            match done {
                Ok(()) => progress.well += 1,
                Err(failure) => progress.failures.push(failure),
            }
            (progress.next, progress.acts) = (self.next, self.acts);
            progress.now = Some(self.now);
            progress.stdout.clone_from(&self.stdout);
            progress.stderr.clone_from(&self.stderr);
        }
        let progress = &self.running.progress;
        Ok((progress.well, progress.failures.clone()))
    }

    /// Who asks.
    pub(super) fn user(&self) -> User {
        self.running.invocation.user()
    }

    /// The time of what was heard last.
    pub(super) fn now(&self) -> Timestamp {
        self.now.timestamp()
    }

    /// Prints a line for the user.
    pub(super) fn say(&mut self, line: impl AsRef<str>) {
        self.stdout.push_str(line.as_ref());
        self.stdout.push('\n');
    }

    /// Prints a line of complaint.
    pub(super) fn complain(&mut self, line: impl AsRef<str>) {
        self.stderr.push_str(line.as_ref());
        self.stderr.push('\n');
    }

    /// `Warning: …`, each text once.
    pub(super) fn warn(&mut self, text: &str) {
        let line = format!("Warning: {text}\n");
        if !self.stderr.contains(&line) {
            self.stderr.push_str(&line);
        }
    }

    /// Does something the first time the function comes by.
    fn once(&mut self, act: impl FnOnce(&mut Self)) {
        if self.acts == self.running.done {
            act(self);
            self.running.done += 1;
        }
        self.acts += 1;
    }

    fn heard(&mut self) -> Told<What> {
        let heard = self.running.heard.get(self.next).ok_or(Stop::Waits)?;
        self.next += 1;
        self.now = heard.at;
        let what = heard.what.clone();
        if let What::TimedOut = what {
            self.timed_out = true;
            return Err(Stop::TimedOut);
        }
        Ok(what)
    }

    /// From here on the command waits so many microseconds at most; for ever, if it is none.
    pub(super) fn deadline(&mut self, micros: Option<i64>) {
        let Some(micros) = micros.filter(|micros| *micros != 0) else {
            return;
        };
        let wait = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
        self.once(|session| {
            let command = session.index;
            let timer = session.turn.timer(wait, super::Timer { command });
            session.running.deadline = Some(timer);
        });
    }

    /// There is nothing to wait for but the deadline.
    pub(super) fn waits(&mut self) -> Stop {
        self.heard().err().unwrap_or(Stop::Waits)
    }

    /// Sends a request and waits for the answer; a refusal ends the command.
    pub(super) fn ask(&mut self, request: Request) -> Told<Reply> {
        Ok(self.try_ask(request)?.map_err(Failure::from)?)
    }

    /// Sends a request and waits for the answer.
    pub(super) fn try_ask(&mut self, request: Request) -> Told<Result<Reply, Status>> {
        self.once(|session| {
            let ticket = super::Ticket {
                command: session.index,
            };
            session.turn.request(request, ticket);
        });
        let What::Answer(answer) = self.heard()? else {
            return Err(Stop::Waits);
        };
        for warning in &answer.warnings {
            self.warn(warning);
        }
        Ok(answer.result.clone())
    }

    /// Opens a watch of what changes after a revision.
    pub(super) fn watch(
        &mut self,
        resource: Resource,
        namespace: &Str,
        options: ListOptions,
        after: u64,
    ) {
        let user = self.user();
        self.once(|session| {
            let connection = u32::try_from(session.connections.len()).unwrap_or(u32::MAX);
            session.connections.push(session.index);
            session.running.open = Some((resource, connection));
            session.turn.watch_in(
                &user,
                (resource, namespace),
                options,
                Some(after),
                connection,
            );
        });
    }

    /// Waits for the next change the open watch brings.
    pub(super) fn event(&mut self) -> Told<WatchEvent> {
        if self.timed_out {
            return Err(Stop::TimedOut);
        }
        match self.heard()? {
            What::Watch(event) => Ok(*event),
            _ => Err(Stop::Waits),
        }
    }

    /// Ends the open watch.
    pub(super) fn hang_up(&mut self) {
        self.once(|session| {
            if let Some((resource, connection)) = session.running.open.take() {
                session.turn.hang_up(resource, connection);
            }
        });
    }

    /// Tells the trace what kubectl worked out.
    pub(super) fn decide(&mut self, make: impl FnOnce() -> Decision) {
        self.once(|session| {
            session.turn.decide(make);
        });
    }

    /// From here on the command only prints what its watch brings.
    pub(super) fn follow(&mut self, follow: Follow) {
        self.running.follow = Some(follow);
    }

    /// Hands over what was printed.
    pub(super) fn print_to(self, output: &mut CommandOutput) {
        output.stdout = self.stdout;
        output.stderr = self.stderr;
    }
}
