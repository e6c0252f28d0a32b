use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
    rc::Rc,
    time::Duration,
};

use super::{
    Failure, Setup,
    arguments::WalkArguments,
    setup::Desk,
    study::{Line, Stop, ended, read},
    walk::{place, wrapped},
};
use crate::{
    cluster::trace::StepId,
    history::{Event, Prediction},
    ids::Lang,
    tui::text::safe,
    walkthrough::{Asked, Run, Scenario, Way, story_in_parts},
};

/// `podlings walk SCENARIO --plain`: the story, and a question before its key steps that a line answers.
pub(super) fn line_by_line(setup: Setup, chosen: &WalkArguments) -> Result<ExitCode, Failure> {
    let (scenario, chapter) = place(chosen.scenario.as_deref().unwrap_or_default())?;
    let way = match (chosen.gaps, chosen.recount) {
        (true, _) => Way::Gaps,
        (_, true) => Way::Recount,
        _ => Way::Told,
    };
    let desk = Desk::with_course(setup)?;
    desk.back_up();
    let mut walk = LineWalk {
        desk,
        scenario,
        chapter,
        way,
        out: io::stdout(),
        right: 0,
        answered: 0,
    };
    let result = walk.run(io::stdin().lock());
    walk.desk.close();
    ended(result)
}

struct LineWalk<W> {
    desk: Desk,
    scenario: Rc<Scenario>,
    /// The chapter it begins with, by its place; None for the whole story.
    chapter: Option<usize>,
    way: Way,
    out: W,
    right: usize,
    answered: usize,
}

/// What came of a question.
#[derive(PartialEq, Eq)]
enum Heard {
    Done,
    /// No more lines will come.
    Silence,
    Quit,
}

impl<W: Write> LineWalk<W> {
    fn run(&mut self, mut input: impl BufRead) -> Result<(), Stop> {
        let run = Run::new(&self.scenario, self.scenario.seed(), false);
        let mut asks = match self.way {
            Way::Told if self.desk.choices.predictions == Some(false) => Vec::new(),
            way => run.asked_on(way),
        };
        asks.sort_by_key(|asked| asked.before);
        let chapters = run.chapters();
        let start = self.chapter.and_then(|at| *chapters.get(at)?);
        asks.retain(|asked| start.is_none_or(|start| start <= asked.before));
        // A link is told before it happens, and all that leads to it; a gap stands where it happens.
        let tells_first = self.way != Way::Recount;
        let begins = asks.iter().map(|asked| match tells_first {
            true => asked.before,
            false => StepId(asked.before.0 + 1),
        });
        let set_up = Some(run.set_up()).filter(|last| !tells_first && *last > StepId::NONE);
        let scene_ends = set_up.map(|last| StepId(last.0 + 1));
        let first = start.or(scene_ends);
        let begins: Vec<StepId> = first.into_iter().chain(begins).collect();
        let mut parts = story_in_parts(&run, self.desk.lang, self.desk.locale(), &begins);
        if first.is_some() {
            let before = parts.remove(0);
            // What is there when a recount begins is told; what is before a chosen chapter is not.
            if start.is_none() {
                self.tell(&before)?;
            }
        }
        let mut listens = true;
        for (at, part) in parts.iter().enumerate() {
            if tells_first {
                self.tell(part)?;
            }
            if let Some(asked) = asks.get(at)
                && listens
            {
                match self.ask(asked, &mut input)? {
                    Heard::Done => {}
                    Heard::Silence => listens = false,
                    Heard::Quit => return self.finish(),
                }
            }
            if !tells_first {
                self.tell(part)?;
            }
        }
        if listens && start.is_none() {
            self.conclude()?;
        }
        self.finish()
    }

    /// Whoever listened to the end has gone this way.
    fn conclude(&mut self) -> Result<(), Stop> {
        self.keep(Event::Walked {
            scenario: self.scenario.id.clone(),
            way: self.way,
        })
    }

    /// Says what was kept, once it is.
    fn keep(&mut self, event: Event) -> Result<(), Stop> {
        let now = self.desk.clock.now();
        let kept = self.desk.keep(vec![event], Vec::new(), now);
        for row in kept.map_err(Stop::Failure)? {
            writeln!(self.out, "saved {}", row.id)?;
        }
        Ok(())
    }

    fn tell(&mut self, part: &str) -> Result<(), Stop> {
        self.out.write_all(wrapped(part).as_bytes())?;
        self.out.flush()?;
        Ok(())
    }

    /// Asks until a line answers or passes.
    fn ask(&mut self, asked: &Asked, input: &mut impl BufRead) -> Result<Heard, Stop> {
        let lang = self.desk.lang;
        let title = match self.way {
            Way::Told => "walk.predict",
            Way::Gaps => "walk.fill",
            Way::Recount => "walk.tell",
        };
        let prompt = safe(asked.prompt.text(lang));
        writeln!(self.out, "\n── {}\n{prompt}", self.desk.text(title))?;
        for option in 0..asked.options.len() {
            let text = safe(asked.option(option, lang));
            writeln!(self.out, "  {}  {text}", option + 1)?;
        }
        let help = self.desk.fill("plain.pick", &[("n", &asked.options.len())]);
        let asked_at = self.desk.clock.now().mono;
        loop {
            writeln!(self.out, "{help}")?;
            self.out.flush()?;
            let mut line = String::new();
            match input.read_line(&mut line) {
                Ok(0) => {
                    writeln!(self.out)?;
                    return Ok(Heard::Silence);
                }
                // A line that is no UTF-8 is no answer either.
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    "?".clone_into(&mut line)
                }
                Err(error) => return Err(Stop::Output(error)),
            }
            let text = match read(&line) {
                Line::Quit => return Ok(Heard::Quit),
                Line::Other(text) => text,
                Line::Undo => continue,
            };
            if text.is_empty() {
                writeln!(self.out)?;
                return Ok(Heard::Done);
            }
            let number: Option<usize> = text.parse().ok();
            let option = number.and_then(|number| number.checked_sub(1));
            if let Some(option) = option.filter(|option| *option < asked.options.len()) {
                let now = self.desk.clock.now();
                self.answer(asked, option, now.mono.saturating_sub(asked_at))?;
                return Ok(Heard::Done);
            }
        }
    }

    /// Keeps an answer, and only then says what was right.
    fn answer(&mut self, asked: &Asked, option: usize, taken: Duration) -> Result<(), Stop> {
        let lang = self.desk.lang;
        let right = option == asked.answer;
        let event = Event::Prediction(Prediction {
            scenario: self.scenario.id.clone(),
            prediction: asked.id.clone(),
            lesson: self.scenario.lesson.clone(),
            chosen: asked.option(option, Lang::En).to_owned(),
            right,
            duration_ms: u32::try_from(taken.as_millis()).unwrap_or(u32::MAX),
        });
        self.keep(event)?;
        self.answered += 1;
        self.right += usize::from(right);
        if right {
            writeln!(self.out, "{}", self.desk.text("walk.right"))?;
        } else {
            let answer = safe(asked.option(asked.answer, lang));
            let line = self.desk.fill("walk.wrong", &[("answer", &answer)]);
            writeln!(self.out, "{line}")?;
            if let Some(note) = asked.note(option, lang) {
                writeln!(self.out, "{}", safe(note))?;
            }
        }
        writeln!(self.out, "{}\n", safe(asked.why.text(lang)))?;
        self.out.flush()?;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Stop> {
        if self.answered > 0 {
            let name = match self.way {
                Way::Told => "walk.end-score",
                Way::Gaps => "walk.end-filled",
                Way::Recount => "walk.end-recounted",
            };
            let line = self
                .desk
                .fill(name, &[("k", &self.right), ("n", &self.answered)]);
            writeln!(self.out, "\n{line}")?;
        }
        self.out.flush()?;
        Ok(())
    }
}
