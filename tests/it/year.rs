//! A year of study by learners made up by chance, always the same: rows as the program would have
//! kept them, and what may be asked of the rows without the program.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta};
use podlings::{
    history::{
        Answer, Attempt, Blueprint, Certainty, Difficulty, End, Event, Format, Given, Kind, Mode,
        Prediction, Preset, Rating, Review, Row, to_json_line,
    },
    ids::{AttemptId, CardId, Lang, LessonId, ParametersId, QuestionId, RowId, StudyDay},
};
use serde_json::json;

/// The day it is when the year is over.
pub(crate) const NOW: &str = "2026-11-24T21:00:00+08:00";

/// How a learner studies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// Six days a week, a few new cards each.
    Steady,
    /// Three weeks of zeal, then five of nothing.
    Lapsing,
    /// Nothing until the last month, then all of it, and practice on top.
    Cramming,
}

/// A card and the lesson and field it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) card: CardId,
    pub(crate) lesson: LessonId,
    pub(crate) domain: String,
}

/// Everything a learner did.
pub(crate) struct Year {
    pub(crate) rows: Vec<Row>,
}

impl Year {
    /// A year up to today with these cards, in the order they are met.
    pub(crate) fn of(style: Style, cards: &[Known]) -> Year {
        let mut writer = Writer::new(style as u64 + 1);
        let mut learner = Learned::default();
        let mut fresh = cards.iter();
        for day in -364..=0 {
            let new = match style {
                Style::Steady if day % 7 != 0 => 2,
                Style::Lapsing if (day + 364) % 56 < 21 => 5,
                Style::Cramming if day > -28 => 14,
                _ => continue,
            };
            writer.sit_down(day);
            for (card, gap) in learner.due(day) {
                learner.review(&mut writer, card, gap, day);
            }
            for known in fresh.by_ref().take(new) {
                learner.learn(&mut writer, known, day);
            }
            if style == Style::Cramming {
                learner.cram(&mut writer, day);
            }
            if style == Style::Steady || day % 10 == 0 {
                writer.predict(day);
            }
            if day % 36 == 0 {
                writer.interview(cards, 364 + day);
            }
        }
        Year { rows: writer.rows }
    }

    /// As `log import` reads it.
    pub(crate) fn log(&self) -> String {
        self.rows
            .iter()
            .map(|row| to_json_line(row) + "\n")
            .collect()
    }

    pub(crate) fn reviews(&self) -> impl Iterator<Item = &Review> {
        self.rows.iter().filter_map(|row| match &row.event {
            Event::Review(review) => Some(review),
            _ => None,
        })
    }

    pub(crate) fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.rows.iter().filter_map(|row| match &row.event {
            Event::Answer(answer) => Some(&**answer),
            _ => None,
        })
    }

    /// Every grade that tests memory: the card was graded on an earlier day, and practice is left
    /// out.
    pub(crate) fn tests(&self) -> Vec<&Review> {
        let mut last: BTreeMap<&CardId, StudyDay> = BTreeMap::new();
        let mut tests = Vec::new();
        for review in self.reviews().filter(|review| review.mode.schedules()) {
            let before = last.insert(&review.card, review.day);
            if before.is_some_and(|before| before < review.day) {
                tests.push(review);
            }
        }
        tests
    }

    /// The days on which something was done.
    pub(crate) fn days(&self) -> BTreeSet<NaiveDate> {
        let offset = TimeDelta::hours(8);
        self.rows
            .iter()
            .map(|row| {
                let utc = DateTime::from_timestamp_millis(row.at_ms).expect("a moment");
                (utc + offset).date_naive()
            })
            .collect()
    }

    /// Milliseconds that all of it took.
    pub(crate) fn spent(&self) -> u64 {
        let of = |row: &Row| match &row.event {
            Event::Review(review) => u64::from(review.duration_ms),
            Event::Prediction(prediction) => u64::from(prediction.duration_ms),
            Event::Answer(answer) => answer.duration_ms,
            _ => 0,
        };
        self.rows.iter().map(of).sum()
    }
}

/// The n-th day from today.
pub(crate) fn date(n: i64) -> NaiveDate {
    let today = DateTime::parse_from_rfc3339(NOW).expect("a moment");
    today.date_naive() + TimeDelta::days(n)
}

/// What this learner truly remembers: an exponential that only the test knows.
#[derive(Default)]
struct Learned {
    /// By card: how long it lasts, days; when it was last seen; when it comes again.
    cards: BTreeMap<CardId, (f64, i64, i64)>,
}

impl Learned {
    fn due(&self, day: i64) -> Vec<(CardId, i64)> {
        let due = self.cards.iter().filter(|(_, (_, _, due))| *due <= day);
        due.map(|(card, (_, last, _))| (card.clone(), day - last))
            .collect()
    }

    fn learn(&mut self, writer: &mut Writer, known: &Known, day: i64) {
        writer.review(&known.card, Rating::Good, Mode::Learn, day);
        self.cards.insert(known.card.clone(), (18.0, day, day + 2));
    }

    fn review(&mut self, writer: &mut Writer, card: CardId, gap: i64, day: i64) {
        let (lasts, ..) = self.cards[&card];
        let recalled = writer.chance() < (-(gap as f64) / lasts).exp();
        if recalled {
            let rating = match writer.chance() {
                chance if chance < 0.1 => Rating::Hard,
                chance if chance > 0.93 => Rating::Easy,
                _ => Rating::Good,
            };
            writer.review(&card, rating, Mode::Review, day);
            let lasts = lasts * 2.2;
            let next = ((lasts / 9.0) as i64).max(2);
            self.cards.insert(card, (lasts, day, day + next));
        } else {
            writer.review(&card, Rating::Again, Mode::Review, day);
            writer.review(&card, Rating::Good, Mode::Relearn, day);
            self.cards.insert(card, (9.0, day, day + 1));
        }
    }

    fn cram(&mut self, writer: &mut Writer, day: i64) {
        let some: Vec<CardId> = self.cards.keys().take(5).cloned().collect();
        for card in some {
            writer.review(&card, Rating::Good, Mode::Cram, day);
        }
    }
}

/// Writes rows, a few seconds apart.
struct Writer {
    rows: Vec<Row>,
    at_ms: i64,
    state: u64,
}

impl Writer {
    fn new(seed: u64) -> Writer {
        Writer {
            rows: Vec::new(),
            at_ms: 0,
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        }
    }

    /// A number from 0 up to 1 (xorshift64).
    fn chance(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nine in the morning of a day, at +08:00.
    fn sit_down(&mut self, day: i64) {
        let one = date(day).and_hms_opt(1, 0, 0).expect("a time");
        self.at_ms = one.and_utc().timestamp_millis();
    }

    fn write(&mut self, event: Event) {
        self.at_ms += 7_000;
        self.rows.push(Row {
            id: RowId::new(format!("{:08}", self.rows.len())),
            at_ms: self.at_ms,
            device: "desk".into(),
            session: "sitting".into(),
            event,
        });
    }

    fn review(&mut self, card: &CardId, rating: Rating, mode: Mode, day: i64) {
        let duration_ms = 3_000 + (self.chance() * 9_000.0) as u32;
        self.write(Event::Review(Review {
            card: card.clone(),
            rating,
            mode,
            day: StudyDay::new(date(day)),
            duration_ms,
            elapsed_days: 0,
            stability_before: None,
            difficulty_before: None,
            stability_after: None,
            difficulty_after: None,
            predicted_recall: None,
            desired_retention: 0.9,
            parameters: ParametersId::default(),
        }));
    }

    fn predict(&mut self, day: i64) {
        let right = self.chance() < 0.6;
        self.write(Event::Prediction(Prediction {
            scenario: "rc-create".to_owned(),
            prediction: format!("p{}", day.rem_euclid(3)),
            lesson: LessonId::new("k14"),
            chosen: "kubelet".to_owned(),
            right,
            duration_ms: 4_000,
        }));
    }

    /// An interview of ten questions, the last of them marked by the learner; better with the days.
    fn interview(&mut self, cards: &[Known], days: i64) {
        let attempt = AttemptId::new(format!("attempt-{days}"));
        self.write(Event::Attempt(Box::new(Attempt {
            attempt: attempt.clone(),
            blueprint: Blueprint {
                preset: Preset::Quick,
                profile: None,
                domains: Vec::new(),
                count: 10,
                minutes: 10,
                easiest: Difficulty::Recall,
                hardest: Difficulty::Diagnose,
                format: Format::Exam,
            },
            seed: 7,
            lang: Lang::Zh,
            marking: 1,
            started_ms: self.at_ms,
            spent_ms: 420_000,
            end: End::Submitted,
            questions: 10,
            breaks: Vec::new(),
        })));
        for number in 1..=10 {
            let known = &cards[(number as usize * 13 + days as usize) % cards.len()];
            let right = self.chance() < 0.4 + days as f64 / 900.0;
            let certainty = Certainty::ALL[(self.chance() * 3.0) as usize];
            let chosen = usize::from(!right);
            self.write(Event::Answer(Box::new(Answer {
                attempt: attempt.clone(),
                number,
                question: QuestionId::new(format!("q{}", (i64::from(number) + days / 36) % 14)),
                asked: if number == 10 {
                    Kind::Aloud
                } else {
                    Kind::Choice
                },
                lesson: known.lesson.clone(),
                domain: known.domain.clone(),
                difficulty: Difficulty::Explain,
                given: Given::Options(vec![chosen]),
                follow_up: None,
                certainty: Some(certainty),
                flagged: false,
                duration_ms: 30_000,
                credit: f64::from(u8::from(right)),
                right,
                confirmed: None,
                cards: vec![known.card.clone()],
                shown: vec![0, 1],
                stood: json!({
                    "prompt": {"zh": "谁把 Pod 绑定到节点？", "en": "Who binds a Pod to a node?"},
                    "options": [
                        {"text": {"zh": "scheduler", "en": "the scheduler"}, "right": true},
                        {"text": {"zh": "kubelet 自己", "en": "the kubelet itself"}, "right": false},
                    ],
                }),
            })));
        }
    }
}
