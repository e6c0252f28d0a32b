//! Someone who sits an interview: a paper of one question of each kind, a clock that moves only when
//! told, and what was kept, as it would stand on the disk.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use podlings::{
    history::{Answer, Attempt, Blueprint, Event, Format, Given, Preset, Row},
    ids::{AttemptId, Lang, Now, QuestionId},
    interview::{
        Draw, Effect, Input, Paper, Progress, QuestionFile, Questions, Record, Session, Stock,
    },
    notes::{Course, Library, course},
};

pub(crate) const QUESTIONS: &str = include_str!("questions.toml");

pub(crate) fn questions() -> Questions {
    let file = QuestionFile {
        name: "questions.toml".to_owned(),
        text: QUESTIONS.to_owned(),
    };
    let (questions, diagnostics) = Questions::read(&[file]);
    assert_eq!(diagnostics, []);
    questions
}

pub(crate) fn blueprint(format: Format) -> Blueprint {
    Blueprint {
        count: 8,
        minutes: 10,
        format,
        ..Blueprint::of(Preset::Custom)
    }
}

pub(crate) fn draw(blueprint: &Blueprint, seed: u64) -> Draw {
    draw_from(blueprint, &course(), &[], seed)
}

pub(crate) fn draw_from(
    blueprint: &Blueprint,
    library: &Library,
    wrong: &[QuestionId],
    seed: u64,
) -> Draw {
    let questions = questions();
    let stock = Stock {
        questions: &questions,
        library,
        course: &Course::built_in(),
        wrong,
        lang: Lang::En,
    };
    Draw::new(blueprint, &stock, seed)
}

pub(crate) struct Sitting {
    pub(crate) session: Session,
    pub(crate) now: Now,
    /// The paper and the progress as they were kept last.
    kept: (String, String),
    /// What was written down at the end.
    pub(crate) events: Vec<Event>,
    pub(crate) effects: Vec<Effect>,
}

impl Sitting {
    pub(crate) fn of(format: Format) -> Sitting {
        let now = Now {
            wall: DateTime::parse_from_rfc3339("2026-11-24T09:00:00+08:00").expect("a time"),
            mono: Duration::from_secs(1_000),
        };
        let blueprint = blueprint(format);
        let draw = draw(&blueprint, 7);
        assert_eq!(draw.questions.len(), 8);
        let paper = Paper::new(AttemptId::new("t1"), (blueprint, 7), draw, Lang::En, &now);
        let session = Session::new(paper, &now);
        let mut sitting = Sitting {
            session,
            now,
            kept: Default::default(),
            events: Vec::new(),
            effects: Vec::new(),
        };
        sitting.keep();
        sitting
    }

    fn keep(&mut self) {
        let paper: &Paper = self.session.paper();
        let progress = self.session.progress(&self.now);
        self.kept = (
            serde_json::to_string(paper).expect("JSON"),
            serde_json::to_string(&progress).expect("JSON"),
        );
    }

    pub(crate) fn does(&mut self, input: Input) -> &mut Self {
        self.effects = self.session.update(input, &self.now);
        for effect in self.effects.clone() {
            match effect {
                Effect::Keep => self.keep(),
                Effect::Finish(events) => self.events = events,
                Effect::Warn(_) => {}
            }
        }
        self
    }

    /// Time passes, and the program wakes whenever it asked to be woken.
    pub(crate) fn passes(&mut self, time: Duration) -> &mut Self {
        let until = self.now.mono + time;
        while let Some(wake) = self.session.next_wake(&self.now)
            && wake <= until
        {
            self.moves(wake.saturating_sub(self.now.mono));
            self.does(Input::Tick);
        }
        self.moves(until.saturating_sub(self.now.mono));
        self
    }

    fn moves(&mut self, time: Duration) {
        self.now.mono += time;
        self.now.wall += TimeDelta::from_std(time).expect("not too long");
    }

    pub(crate) fn seconds(&mut self, seconds: u64) -> &mut Self {
        self.passes(Duration::from_secs(seconds))
    }

    /// The program is killed, and started again later: only what was kept is left.
    pub(crate) fn is_killed_and_resumed(&mut self, later: Duration) -> &mut Self {
        let (paper, progress) = self.kept_now();
        self.now.wall += TimeDelta::from_std(later).expect("not too long");
        // A new process measures from its own start.
        self.now.mono = Duration::from_millis(50);
        self.session = Session::resume(paper, progress, &self.now);
        self.keep();
        self
    }

    pub(crate) fn kept_now(&self) -> (Paper, Progress) {
        (
            serde_json::from_str(&self.kept.0).expect("reads"),
            serde_json::from_str(&self.kept.1).expect("reads"),
        )
    }

    /// Turns to a question.
    pub(crate) fn turns_to(&mut self, id: &str) -> &mut Self {
        let at = self.place(id);
        self.does(Input::Turn(at))
    }

    pub(crate) fn place(&self, id: &str) -> usize {
        let mut items = self.session.paper().items.iter();
        items
            .position(|item| item.question.id.as_str() == id)
            .unwrap_or_else(|| panic!("{id} is not asked"))
    }

    /// Turns to a question and answers it at one stroke.
    pub(crate) fn answers(&mut self, id: &str, given: Given) -> &mut Self {
        self.turns_to(id).does(Input::Give(given))
    }

    pub(crate) fn attempt(&self) -> &Attempt {
        match self.events.first() {
            Some(Event::Attempt(attempt)) => attempt,
            other => panic!("no interview is over: {other:?}"),
        }
    }

    pub(crate) fn answer(&self, id: &str) -> &Answer {
        let answers = self.events.iter().filter_map(|event| match event {
            Event::Answer(answer) => Some(answer),
            _ => None,
        });
        let mut answers = answers.filter(|answer| answer.question.as_str() == id);
        answers
            .next()
            .unwrap_or_else(|| panic!("no answer to {id}"))
    }

    /// What history would say of it.
    pub(crate) fn record(&self) -> Record {
        Record::all(&rows(&self.events)).pop().expect("it is over")
    }
}

pub(crate) fn rows(events: &[Event]) -> Vec<Row> {
    let row = |(at, event): (usize, &Event)| Row {
        id: format!("{at:04}").as_str().into(),
        at_ms: 1_795_492_800_000,
        device: "d".into(),
        session: "s".into(),
        event: event.clone(),
    };
    events.iter().enumerate().map(row).collect()
}
