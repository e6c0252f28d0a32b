use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
};

use super::{Failure, Setup, arguments::StudyArguments, setup::Desk, written};
use crate::{
    history::{Event, Rating, Row},
    ids::{CardId, Now},
    memory::{LeftOut, Plan, Return, Session, Stage},
    notes::{Seen, blocks},
    progress::Filter,
    tui::text::plain,
};

/// What the options ask for: which session, over which cards.
pub(super) fn chosen(arguments: &StudyArguments, desk: &Desk) -> Result<(Plan, Filter), Failure> {
    let filter = match (&arguments.lesson, &arguments.tag) {
        (Some(name), _) => Filter::Lesson(desk.find_lesson(name)?),
        (None, Some(tag)) => Filter::Tag(tag.trim_start_matches('#').to_owned()),
        (None, None) => Filter::All,
    };
    let plan = if arguments.due {
        Plan::Due
    } else if arguments.new {
        Plan::New
    } else if arguments.cram {
        Plan::Cram
    } else if let Some(minutes) = arguments.minutes {
        Plan::Minutes(minutes)
    } else if filter == Filter::All {
        Plan::Today
    } else {
        Plan::All
    };
    Ok((plan, filter))
}

/// `podlings study --plain`: a card, a line reveals it, a line grades it.
pub(super) fn line_by_line(setup: Setup, arguments: &StudyArguments) -> Result<ExitCode, Failure> {
    let mut desk = Desk::open(setup)?;
    desk.back_up();
    desk.report_moved_cards()?;
    let (plan, filter) = chosen(arguments, &desk)?;
    let candidates = desk.agenda().candidates(&filter);
    let now = desk.clock.now();
    let session = Session::new(plan, &candidates, &desk.memory, &desk.settings, &now);
    let mut study = LineStudy {
        desk,
        session,
        out: io::stdout(),
    };
    let result = study.run(io::stdin().lock());
    study.desk.close();
    ended(result)
}

/// How the program ends with a session. A reader that has seen enough ends it quietly.
pub(super) fn ended(result: Result<(), Stop>) -> Result<ExitCode, Failure> {
    match result {
        Err(Stop::Output(error)) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(written::failed(error))
        }
        Err(Stop::Failure(failure)) => Err(failure),
        Ok(()) | Err(Stop::Output(_)) => Ok(ExitCode::SUCCESS),
    }
}

struct LineStudy<W> {
    desk: Desk,
    session: Session,
    out: W,
}

/// Why a session ended before its end.
pub(super) enum Stop {
    Output(io::Error),
    Failure(Failure),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

/// What a line on standard input asks for.
#[derive(PartialEq, Eq)]
pub(super) enum Line {
    Quit,
    Undo,
    Other(String),
}

impl<W: Write> LineStudy<W> {
    fn run(&mut self, mut input: impl BufRead) -> Result<(), Stop> {
        if self.session.current().is_none() {
            writeln!(self.out, "{}", self.desk.text("plain.nothing"))?;
            return self.say_what_waits();
        }
        if !self.session.plan().schedules() {
            writeln!(self.out, "{}\n", self.desk.text("plain.cram"))?;
        }
        while let Some(prompt) = self.session.current() {
            let (card, stage) = (prompt.card.clone(), prompt.stage);
            match stage {
                Stage::Question => self.show_question(&card)?,
                Stage::Answer => self.show_answer(&card)?,
            }
            self.out.flush()?;
            let mut line = String::new();
            match input.read_line(&mut line) {
                Ok(0) => break,
                // A line that is no UTF-8 is no command either.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
                Err(error) => return Err(Stop::Output(error)),
            }
            match read(&line) {
                Line::Quit => break,
                Line::Undo => self.undo()?,
                Line::Other(_) if stage == Stage::Question => self.session.reveal(),
                Line::Other(text) => self.grade(&card, &text)?,
            }
        }
        self.finish()
    }

    fn show_question(&mut self, card: &CardId) -> Result<(), Stop> {
        let counts = self.session.counts();
        let total = counts.left() + counts.done;
        let number = counts.done + 1;
        let Some(found) = self.desk.library.card(card, self.desk.lang) else {
            return Ok(());
        };
        let title = self
            .desk
            .library
            .lesson(&found.lesson, self.desk.lang)
            .map_or(found.lesson.as_str(), |lesson| &lesson.title);
        let title = crate::tui::text::safe(title);
        let front = plain(&blocks(&found.front), None, self.desk.labels());
        writeln!(self.out, "[{number}/{total}] {card} {title}\n{front}")?;
        writeln!(self.out, "{}", self.desk.text("plain.reveal"))?;
        Ok(())
    }

    fn show_answer(&mut self, card: &CardId) -> Result<(), Stop> {
        let Some(found) = self.desk.library.card(card, self.desk.lang) else {
            return Ok(());
        };
        let back = plain(&blocks(&found.back), None, self.desk.labels());
        writeln!(self.out, "{back}")?;
        self.ask_for_grade()
    }

    fn ask_for_grade(&mut self) -> Result<(), Stop> {
        let now = self.desk.clock.now();
        let Some(choices) = self.session.choices(&self.desk.memory, &now) else {
            return Ok(());
        };
        let buttons: Vec<String> = choices
            .iter()
            .map(|choice| {
                let (name, back) = (
                    match choice.rating {
                        Rating::Again => "action.again",
                        Rating::Hard => "action.hard",
                        Rating::Good => "action.good",
                        Rating::Easy => "action.easy",
                    },
                    match choice.back {
                        Return::ThisSession => self.desk.text("study.soon").to_owned(),
                        Return::In { days, .. } => self.desk.fill("time.days", &[("n", &days)]),
                        Return::Unmoved => self.desk.text("study.unchanged").to_owned(),
                    },
                );
                format!("{} {} ({back})", choice.rating as u8, self.desk.text(name))
            })
            .collect();
        writeln!(self.out, "{}", buttons.join("  "))?;
        Ok(())
    }

    fn grade(&mut self, card: &CardId, text: &str) -> Result<(), Stop> {
        let rating = text
            .parse()
            .ok()
            .and_then(|number: u8| Rating::try_from(number).ok());
        let Some(rating) = rating else {
            writeln!(self.out, "{}", self.desk.text("plain.grade-help"))?;
            return Ok(());
        };
        let now = self.desk.clock.now();
        let Some(event) = self.session.grade(rating, &self.desk.memory, &now) else {
            return Ok(());
        };
        let seen = self.desk.library.card(card, self.desk.lang).map(Seen::of);
        self.keep(event, seen, now)
    }

    fn undo(&mut self) -> Result<(), Stop> {
        match self.session.undo() {
            Some(event) => self.keep(event, None, self.desk.clock.now()),
            None => Ok(writeln!(
                self.out,
                "{}",
                self.desk.text("study.nothing-to-undo")
            )?),
        }
    }

    /// Keeps an event, and only then says so and moves on.
    fn keep(&mut self, event: Event, seen: Option<Seen>, now: Now) -> Result<(), Stop> {
        let rows: Vec<Row> = self
            .desk
            .keep(vec![event], seen.into_iter().collect(), now)
            .map_err(Stop::Failure)?;
        for row in &rows {
            writeln!(self.out, "saved {}", row.id)?;
            self.session.saved(row, &self.desk.memory, &now);
        }
        self.out.flush()?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Stop> {
        let summary = self.session.summary(&self.desk.memory);
        let recalled = summary.grades() - summary.ratings[0];
        let line = self.desk.fill(
            "summary.recalled",
            &[("k", &recalled), ("n", &summary.grades())],
        );
        writeln!(self.out, "{line}")?;
        for card in &summary.leeches {
            let times = self.desk.memory.card(card).lapses;
            let line = self
                .desk
                .fill("plain.leech", &[("card", card), ("n", &times)]);
            writeln!(self.out, "{line}")?;
        }
        self.say_what_waits()
    }

    /// Names what the day's limits, or the minutes, left out of this session.
    fn say_what_waits(&mut self) -> Result<(), Stop> {
        let LeftOut { due, new, .. } = self.session.left_out();
        if due + new > 0 {
            let line = self
                .desk
                .fill("plain.skipped", &[("due", &due), ("new", &new)]);
            writeln!(self.out, "{line}")?;
        }
        self.out.flush()?;
        Ok(())
    }
}

pub(super) fn read(line: &str) -> Line {
    // An input method may type full-width letters and digits.
    let folded: String = line
        .trim()
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect();
    match folded.to_ascii_lowercase().as_str() {
        "q" => Line::Quit,
        "u" => Line::Undo,
        _ => Line::Other(folded),
    }
}
