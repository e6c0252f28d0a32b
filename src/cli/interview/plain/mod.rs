//! `podlings interview --plain`: a question, a line that answers it, the next.

mod answering;
mod conclusion;
mod offer;

use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
};

use self::offer::{Offer, resumed};
use super::{blueprint, preset_name, questions, telling::Telling};
use crate::{
    cli::{
        Failure, Setup,
        arguments::InterviewArguments,
        setup::{Desk, store_failure},
        written,
    },
    history::{Event, Format, Row},
    interview::{
        Draw, Effect, Input, Kind, Paper, Record, Session, Stage, Stock, Warning, answered_wrong,
        mark_all, seed_of,
    },
    notes::Course,
};

/// Runs a whole interview over standard input and output.
pub(super) fn line_by_line(
    setup: Setup,
    arguments: &InterviewArguments,
) -> Result<ExitCode, Failure> {
    let questions = questions(&setup);
    let blueprint = blueprint(arguments, &questions)?;
    let feeds_memory = setup.config.interview.study_wrong.unwrap_or(true);
    let mut desk = Desk::open(setup)?;
    desk.back_up();
    desk.report_moved_cards()?;
    let lines = lines();
    let mut out = io::stdout();
    let session = match resumed(&mut desk, &lines, &mut out).or_else(ended)? {
        Offer::Resumed(session) => *session,
        Offer::Left => return Ok(ExitCode::SUCCESS),
        Offer::Begin => {
            let records = desk.edge.interviews().map_err(store_failure)?;
            let stock = Stock {
                questions: &questions,
                library: &desk.library,
                course: &Course::built_in(),
                wrong: &answered_wrong(&records),
                lang: desk.lang,
            };
            let now = desk.clock.now();
            let seed = arguments.seed.unwrap_or_else(|| seed_of(&now));
            let draw = Draw::new(&blueprint, &stock, seed);
            if draw.questions.is_empty() {
                return Err(Failure::new(
                    "there is no question for this interview (questions)",
                    "Ask for other domains or another preset; `podlings notes list --format json` counts the questions there are.",
                ));
            }
            let attempt = desk.edge.new_attempt().map_err(store_failure)?;
            let mut paper = Paper::new(attempt, (blueprint, seed), draw, desk.lang, &now);
            paper.feeds_memory = feeds_memory;
            let session = Session::new(paper, &now);
            desk.edge
                .begin_interview(session.paper(), &session.progress(&now))
                .map_err(store_failure)?;
            session
        }
    };
    let mut interview = LineInterview {
        desk,
        session,
        lines,
        out,
        over: None,
    };
    let result = interview.run(feeds_memory);
    interview.desk.close();
    match result {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(stop) => ended(stop).map(|_| ExitCode::SUCCESS),
    }
}

/// Why it ended before its end.
enum Stop {
    Output(io::Error),
    Failure(Failure),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

/// A reader that has seen enough ends it quietly.
fn ended(stop: Stop) -> Result<Offer, Failure> {
    match stop {
        Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Offer::Left),
        Stop::Output(error) => Err(written::failed(error)),
        Stop::Failure(failure) => Err(failure),
    }
}

/// Lines of standard input as they come, so that the clock can end what waits for one.
fn lines() -> Receiver<String> {
    let (post, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut bytes = Vec::new();
        while input
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|read| read > 0)
        {
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end_matches(['\n', '\r']).to_owned();
            if post.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
    lines
}

/// Writes down an interview that is over; when this returns it is on the disk and in memory.
fn finished(desk: &mut Desk, session: &Session, events: &[Event]) -> Result<Vec<Row>, Failure> {
    let now = desk.clock.now();
    let rows = desk
        .edge
        .finish_interview(&session.paper().attempt, events, now)
        .map_err(store_failure)?;
    for row in &rows {
        desk.memory.apply(row);
    }
    Ok(rows)
}

fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

struct LineInterview<W> {
    desk: Desk,
    session: Session,
    lines: Receiver<String>,
    out: W,
    /// What history says of it once it is over.
    over: Option<Record>,
}

impl<W: Write> LineInterview<W> {
    fn run(&mut self, feeds_memory: bool) -> Result<(), Stop> {
        self.introduce()?;
        let mut shown = None;
        while self.session.end().is_none() {
            let place = self.place();
            if shown != place {
                self.show()?;
                shown = place;
            }
            if place.is_some_and(|(_, stage)| stage == Stage::Told) && !self.is_to_confirm() {
                self.done()?;
                continue;
            }
            self.out.flush()?;
            match self.next_line()? {
                Some(line) => {
                    // A question turned to anew, or not understood, is shown again where that helps.
                    if self.obey(&line)? {
                        return Ok(());
                    }
                }
                None if self.session.end().is_some() => {}
                None => self.give(Input::Submit)?,
            }
        }
        if let Some(record) = self.over.take() {
            self.conclude(record, feeds_memory)?;
        }
        Ok(())
    }

    fn introduce(&mut self) -> Result<(), Stop> {
        let paper = self.session.paper().clone();
        let format = match paper.blueprint.format {
            Format::Exam => "interview.exam",
            Format::Practice => "interview.practice",
        };
        let line = self.desk.fill(
            "interview.begins",
            &[
                ("preset", &preset_name(&self.desk, paper.blueprint.preset)),
                ("format", &self.desk.text(format)),
                ("n", &paper.items.len()),
                ("time", &clock(paper.limit_ms / 1000)),
                ("seed", &paper.seed),
            ],
        );
        writeln!(self.out, "{line}")?;
        let wanted = paper.blueprint.count as usize;
        if paper.items.len() < wanted {
            let line = self.desk.fill(
                "interview.fewer",
                &[("n", &paper.items.len()), ("wanted", &wanted)],
            );
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Which question is on, and how far it has come.
    fn place(&self) -> Option<(usize, Stage)> {
        let sheet = self.session.sheet()?;
        Some((self.session.at(), sheet.stage))
    }

    fn is_to_confirm(&self) -> bool {
        let kind = self.session.item().map(|item| item.question.kind());
        kind == Some(Kind::Short)
            && self
                .session
                .sheet()
                .is_some_and(|sheet| sheet.stage == Stage::Told && sheet.confirmed.is_none())
    }

    /// Waits for a line, and lets the clock do what it does meanwhile. None when there is none to come,
    /// or the time is over.
    fn next_line(&mut self) -> Result<Option<String>, Stop> {
        loop {
            let now = self.desk.clock.now();
            let wake = self.session.next_wake(&now);
            let line = match wake {
                Some(wake) => self
                    .lines
                    .recv_timeout(wake.saturating_sub(now.mono).max(AT_LEAST)),
                None => self
                    .lines
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
            };
            match line {
                Ok(line) => return Ok(Some(line)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {
                    self.give(Input::Tick)?;
                    if self.session.end().is_some() {
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn telling(&self) -> Telling<'_> {
        Telling {
            desk: &self.desk,
            lang: self.session.paper().lang,
        }
    }

    /// Shows what is on, as far as it has come.
    fn show(&mut self) -> Result<(), Stop> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Ok(());
        };
        let place = (self.session.at() + 1, self.session.paper().items.len());
        let telling = self.telling();
        let text = match sheet.stage {
            Stage::Open | Stage::Speaking { .. } => telling.question(item, place),
            Stage::Shown => telling.to_mark(&item.question),
            Stage::FollowUp => match &sheet.follow_up {
                Some(follow_up) => telling.follow_up(&item.question, follow_up, place),
                None => String::new(),
            },
            Stage::Locked => format!(
                "{}{}\n",
                telling.question(item, place),
                self.desk.text("interview.stands")
            ),
            Stage::Told => {
                let follow_up = sheet.follow_up.as_ref();
                let mut text = telling.feedback(item, (&sheet.given, follow_up));
                if self.is_to_confirm() {
                    let marked = mark_all(&item.question, &sheet.given, follow_up);
                    text.push_str(&telling.to_confirm(&item.question, &marked));
                }
                text
            }
        };
        write!(self.out, "{text}")?;
        Ok(())
    }

    fn tell_time(&mut self, name: &str) -> Result<(), Stop> {
        let left = self.session.clock().left(self.desk.clock.now().mono);
        let line = self.desk.fill(name, &[("left", &clock(left.as_secs()))]);
        writeln!(self.out, "{line}")?;
        Ok(())
    }

    fn give(&mut self, input: Input) -> Result<(), Stop> {
        let now = self.desk.clock.now();
        for effect in self.session.update(input, &now) {
            match effect {
                Effect::Keep => {
                    let progress = self.session.progress(&now);
                    self.desk
                        .edge
                        .keep_interview(&self.session.paper().attempt, &progress)
                        .map_err(|error| Stop::Failure(store_failure(error)))?;
                }
                Effect::Warn(warning) => self.tell_time(match warning {
                    Warning::Quarter => "interview.quarter-left",
                    Warning::Tenth => "interview.tenth-left",
                })?,
                Effect::Finish(events) => {
                    let rows = finished(&mut self.desk, &self.session, &events);
                    self.over = Record::all(&rows.map_err(Stop::Failure)?).pop();
                }
            }
        }
        Ok(())
    }
}

/// A clock that stands still (`--now`) must not keep the machine busy.
const AT_LEAST: std::time::Duration = std::time::Duration::from_millis(20);
