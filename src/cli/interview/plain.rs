//! `podlings interview --plain`: a question, a line that answers it, the next.

use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
};

use super::{
    blueprint,
    line::{self, Line, Order},
    preset_name, questions, results,
    telling::Telling,
};
use crate::{
    cli::{
        Failure, Setup,
        arguments::InterviewArguments,
        setup::{Desk, store_failure},
        written,
    },
    history::{Answer, Event, Format, Row},
    ids::{PointId, RowId},
    interview::{
        Draw, Effect, Input, Kind, Paper, Record, Results, Session, Stage, Stock, Warning,
        answered_wrong, mark_all, seed_of,
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

/// What becomes of an interview that was interrupted.
enum Offer {
    Resumed(Box<Session>),
    /// There is none, or it is out of the way: a new one begins.
    Begin,
    /// The input ended: it stays as it is.
    Left,
}

fn resumed(desk: &mut Desk, lines: &Receiver<String>, out: &mut impl Write) -> Result<Offer, Stop> {
    let failed = |error| Stop::Failure(store_failure(error));
    let Some((paper, progress)) = desk.edge.interview_under_way().map_err(failed)? else {
        return Ok(Offer::Begin);
    };
    let answered = progress.sheets.iter().filter(|sheet| sheet.is_answered());
    let left = paper.limit_ms.saturating_sub(progress.clock_ms) / 1000;
    let offer = desk.fill(
        "interview.unfinished",
        &[
            ("preset", &preset_name(desk, paper.blueprint.preset)),
            ("k", &answered.count()),
            ("n", &paper.items.len()),
            ("left", &clock(left)),
        ],
    );
    loop {
        writeln!(out, "{offer}\n{}", desk.text("interview.line-resume"))?;
        out.flush()?;
        let Ok(line) = lines.recv() else {
            return Ok(Offer::Left);
        };
        let now = desk.clock.now();
        match line.trim().to_ascii_lowercase().as_str() {
            "" | "y" | "r" => {
                let session = Session::resume(paper, progress, &now);
                let attempt = session.paper().attempt.clone();
                desk.edge
                    .take_interview(&attempt, &session.progress(&now))
                    .map_err(failed)?;
                return Ok(Offer::Resumed(Box::new(session)));
            }
            "s" => {
                let mut session = Session::resume(paper, progress, &now);
                let attempt = session.paper().attempt.clone();
                desk.edge
                    .take_interview(&attempt, &session.progress(&now))
                    .map_err(failed)?;
                for effect in session.update(Input::Submit, &now) {
                    if let Effect::Finish(events) = effect {
                        finished(desk, &session, &events).map_err(Stop::Failure)?;
                    }
                }
                writeln!(out, "saved {attempt}")?;
                return Ok(Offer::Begin);
            }
            "d" => {
                desk.edge.drop_interview(&paper.attempt).map_err(failed)?;
                return Ok(Offer::Begin);
            }
            _ => {}
        }
    }
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

    /// Does what a line says; whether the interview is to be left.
    fn obey(&mut self, line: &str) -> Result<bool, Stop> {
        if self.session.is_paused() {
            self.give(Input::Resume)?;
            return Ok(false);
        }
        match Line::read(line) {
            Line::Order(Order::Quit) => {
                self.give(Input::Leave)?;
                writeln!(self.out, "{}", self.desk.text("interview.left"))?;
                return Ok(self.session.end().is_none());
            }
            Line::Order(order) => self.order(order)?,
            Line::Skip => self.skip()?,
            Line::Answer(text, certainty) => {
                if certainty.is_some() {
                    self.give(Input::Sure(certainty))?;
                }
                self.answer(&text)?;
            }
        }
        Ok(false)
    }

    fn order(&mut self, order: Order) -> Result<(), Stop> {
        match order {
            Order::Back => self.give(Input::Turn(self.session.at().saturating_sub(1))),
            Order::Go(at) => self.give(Input::Turn(at)),
            Order::Flag => self.give(Input::Flag),
            Order::Submit => self.give(Input::Submit),
            Order::Time => self.tell_time("interview.time-left"),
            Order::Pause => {
                self.give(Input::Pause)?;
                writeln!(self.out, "{}", self.desk.text("interview.line-paused"))?;
                Ok(())
            }
            Order::Quit => Ok(()),
        }
    }

    fn tell_time(&mut self, name: &str) -> Result<(), Stop> {
        let left = self.session.clock().left(self.desk.clock.now().mono);
        let line = self.desk.fill(name, &[("left", &clock(left.as_secs()))]);
        writeln!(self.out, "{line}")?;
        Ok(())
    }

    /// An empty line: what is pre-ticked is right, nothing more is said, or the question is left.
    fn skip(&mut self) -> Result<(), Stop> {
        match self.session.sheet().map(|sheet| sheet.stage) {
            Some(Stage::Told) => {
                let points = self.points_found();
                self.give(Input::Confirm(points))?;
                self.done()
            }
            Some(Stage::FollowUp) => self.done(),
            _ if self.session.at() + 1 == self.session.paper().items.len() => {
                self.give(Input::Submit)
            }
            _ => self.give(Input::Turn(self.session.at() + 1)),
        }
    }

    fn answer(&mut self, text: &str) -> Result<(), Stop> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Ok(());
        };
        match (sheet.stage, item.question.kind()) {
            (Stage::FollowUp, _) => {
                self.give(Input::Type(text.to_owned()))?;
                self.done()
            }
            (Stage::Told, _) => {
                let ids = item.question.points().into_iter().map(|(id, _)| id);
                match line::points(&ids.collect::<Vec<_>>(), text) {
                    Some(points) => {
                        self.give(Input::Confirm(points))?;
                        self.done()
                    }
                    None => self.not_understood(),
                }
            }
            (Stage::Locked, _) => self.done(),
            (Stage::Open, Kind::Aloud) => {
                self.give(Input::Done)?;
                self.give(Input::Done)
            }
            (Stage::Open, Kind::Card) | (Stage::Speaking { .. }, _) => self.give(Input::Done),
            (Stage::Open | Stage::Shown, _) => match line::answer(item, text) {
                Some(given) => {
                    self.give(Input::Give(given))?;
                    self.done()
                }
                None => self.not_understood(),
            },
        }
    }

    fn not_understood(&mut self) -> Result<(), Stop> {
        writeln!(self.out, "{}", self.desk.text("interview.not-understood"))?;
        Ok(())
    }

    /// Done with what is on; after the last question that is the end.
    fn done(&mut self) -> Result<(), Stop> {
        let before = self.place();
        self.give(Input::Done)?;
        let after = self.place();
        let stays = before.map(|(at, _)| at) == after.map(|(at, _)| at);
        let is_over =
            after == before || stays && after.is_some_and(|(_, stage)| stage == Stage::Locked);
        if is_over && self.session.end().is_none() {
            self.give(Input::Submit)?;
        }
        Ok(())
    }

    fn points_found(&self) -> Vec<PointId> {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return Vec::new();
        };
        let marked = mark_all(&item.question, &sheet.given, sheet.follow_up.as_ref());
        marked.met()
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

    /// Says what came of it, lets the learner confirm the points of an exam, and says it again if that
    /// changed anything.
    fn conclude(&mut self, mut record: Record, feeds_memory: bool) -> Result<(), Stop> {
        if record.attempt.end == crate::history::End::Time {
            writeln!(self.out, "{}", self.desk.text("interview.time-over"))?;
        }
        writeln!(self.out, "saved {}", record.attempt.attempt)?;
        let to_confirm = Results::of(&record).to_confirm;
        for at in to_confirm {
            if !self.confirm(&mut record, at, feeds_memory)? {
                break;
            }
        }
        let records = self.desk.edge.interviews();
        let records = records.map_err(|error| Stop::Failure(store_failure(error)))?;
        let text = results::told(&self.telling(), &record, &records);
        write!(self.out, "{text}")?;
        self.out.flush()?;
        Ok(())
    }

    /// Asks which points a short answer makes; whether there was a line to say so.
    fn confirm(
        &mut self,
        record: &mut Record,
        at: usize,
        feeds_memory: bool,
    ) -> Result<bool, Stop> {
        let Some(question) = record.question(at) else {
            return Ok(true);
        };
        let (row, answer) = record.answers[at].clone();
        let marked = mark_all(&question, &answer.given, answer.follow_up.as_ref());
        let place = (answer.number as usize, record.answers.len());
        let head = format!("[{}/{}] {} points\n", place.0, place.1, question.id);
        let text = self.telling().to_confirm(&question, &marked);
        write!(self.out, "{head}{text}")?;
        self.out.flush()?;
        let points = loop {
            let Ok(line) = self.lines.recv() else {
                return Ok(false);
            };
            if line.trim().is_empty() {
                break marked.met();
            }
            let ids = question.points().into_iter().map(|(id, _)| id);
            match line::points(&ids.collect::<Vec<_>>(), &line) {
                Some(points) => break points,
                None => self.not_understood()?,
            }
        };
        if let Some(confirmed) = answer.with_points(&points, feeds_memory) {
            record.answers[at] = self.replace(&row, confirmed)?;
        }
        Ok(true)
    }

    /// The row of an answer no longer counts; one with the learner's word takes its place.
    fn replace(&mut self, row: &RowId, answer: Answer) -> Result<(RowId, Answer), Stop> {
        let events = vec![
            Event::Undo { row: row.clone() },
            Event::Answer(Box::new(answer.clone())),
        ];
        let now = self.desk.clock.now();
        let rows = self.desk.keep(events, Vec::new(), now);
        let rows = rows.map_err(Stop::Failure)?;
        let id = rows
            .last()
            .map_or_else(|| row.clone(), |row| row.id.clone());
        Ok((id, answer))
    }
}

/// A clock that stands still (`--now`) must not keep the machine busy.
const AT_LEAST: std::time::Duration = std::time::Duration::from_millis(20);
