//! All figures as one table, a figure a row, for spreadsheets. It begins with a byte order mark:
//! without one Excel reads a file as the code page of the machine, and Chinese comes out wrong;
//! LibreOffice, Numbers and Google Sheets take it as what it is. Lines end as RFC 4180 has it.

use std::fmt::Write;

use super::{Subject, escape::cell};
use crate::{ids::StudyDay, progress::Share};

const HEAD: &str = "\u{feff}part,item,day,figure,value,low,high,of\r\n";

pub(super) fn csv(subject: &Subject<'_>) -> String {
    let mut rows = Rows(HEAD.to_owned());
    let today = subject.overview.today;
    readiness(&mut rows, subject);
    known(&mut rows, subject);
    recall(&mut rows, subject);
    interviews(&mut rows, subject);
    for (day, done) in &subject.overview.habit.days {
        let day = Some(*day);
        let item = Item("habit", "", day);
        rows.number(&item, "grades", done.cards.into());
        rows.number(&item, "predictions", done.predictions.into());
        rows.number(&item, "answers", done.answers.into());
        rows.number(&item, "minutes", done.time.as_secs_f64() / 60.0);
    }
    let ahead = &subject.overview.ahead;
    for at in 0..ahead.time.len() {
        let item = Item("forecast", "", Some(today.plus(at as i64)));
        rows.number(&item, "reviews", ahead.reviews[at].into());
        rows.number(&item, "new", ahead.new[at].into());
        rows.number(&item, "minutes", ahead.time[at].as_secs_f64() / 60.0);
    }
    rows.0
}

fn readiness(rows: &mut Rows, subject: &Subject<'_>) {
    let overview = subject.overview;
    if let Some(readiness) = &overview.readiness {
        let day = Some(readiness.on);
        let item = Item("readiness", subject.profile, day);
        let figure = Figure {
            value: Some(readiness.expected),
            interval: readiness.interval,
            of: Some(readiness.tests),
        };
        rows.row(&item, "expected", &figure);
        rows.share(&item, "interviews", readiness.interviews);
        for field in &readiness.fields {
            let name = subject.field(&field.domain);
            let item = Item("readiness", &name, day);
            rows.number(&item, "weight", field.weight);
            rows.number(&item, "expected", field.expected());
            rows.number(&item, "gap", field.gap());
        }
    }
    if let Some(plan) = &overview.plan {
        let item = Item("plan", subject.profile, subject.aim.interview);
        rows.number(&item, "new_a_day", plan.new_per_day.into());
        rows.number(&item, "retention", plan.retention.into());
        rows.number(&item, "minutes_a_day", plan.time.as_secs_f64() / 60.0);
        rows.number(&item, "expected", plan.expected);
        rows.number(&item, "by_settings", plan.usual);
    }
}

fn known(rows: &mut Rows, subject: &Subject<'_>) {
    let overview = subject.overview;
    let today = Some(overview.today);
    let cards = overview.cards;
    let counts = [
        ("all", cards.all),
        ("new", cards.new),
        ("young", cards.young),
        ("mature", cards.mature),
        ("left_out", cards.left_out),
    ];
    for (figure, count) in counts {
        rows.number(&Item("cards", "", today), figure, count as f64);
    }
    let domains = overview.standing.domains.iter();
    let fields = domains.map(|(domain, mastery)| ("fields", subject.field(domain), mastery));
    let lessons = overview.standing.lessons.iter();
    let lessons = lessons
        .filter(|(lesson, _)| subject.tells_of(lesson))
        .map(|(lesson, mastery)| ("lessons", subject.lesson(lesson), mastery));
    for (part, name, mastery) in fields.chain(lessons) {
        let item = Item(part, &name, today);
        rows.share(&item, "recall", mastery.cards);
        rows.number(&item, "met", mastery.met as f64);
        rows.share(&item, "predictions", mastery.predictions);
        rows.share(&item, "interviews", mastery.interviews);
    }
    for (card, times) in &overview.leeches {
        if let Some(front) = subject.front(card) {
            rows.number(&Item("leeches", &front, today), "times", (*times).into());
        }
    }
}

fn recall(rows: &mut Rows, subject: &Subject<'_>) {
    let overview = subject.overview;
    let today = Some(overview.today);
    let retention = &overview.retention;
    let item = Item("retention", "", today);
    rows.share(&item, "all", retention.all);
    rows.share(&item, "young", retention.young);
    rows.share(&item, "mature", retention.mature);
    if let Some(desired) = retention.desired() {
        rows.number(&item, "desired", desired);
    }
    let weeks = overview.weeks.len() as i64;
    for (week, retention) in (1..).zip(&overview.weeks) {
        let last = overview.today.plus(7 * (week - weeks));
        rows.share(&Item("retention", "", Some(last)), "week", retention.all);
    }
    if let Some(evaluation) = overview.evaluation {
        let item = Item("calibration", "", today);
        rows.number(&item, "log_loss", evaluation.log_loss.into());
        rows.number(&item, "rmse", evaluation.rmse.into());
    }
    for bin in &overview.calibration {
        let foretold = format!("{:.4}", bin.foretold);
        rows.share(
            &Item("calibration", &foretold, today),
            "recalled",
            bin.recalled,
        );
    }
}

fn interviews(rows: &mut Rows, subject: &Subject<'_>) {
    let overview = subject.overview;
    for held in &overview.interviews {
        let item = Item("interviews", held.preset.code(), Some(held.day));
        rows.share(&item, "by_rule", held.by_rule);
        rows.share(&item, "by_learner", held.by_learner);
        rows.number(&item, "minutes", held.spent_ms as f64 / 60_000.0);
    }
    let names = ["guess", "think", "certain"];
    for (name, share) in names.into_iter().zip(overview.confidence.by_certainty) {
        rows.share(
            &Item("certainty", name, Some(overview.today)),
            "right",
            share,
        );
    }
    for on in &overview.confidently_wrong {
        let lesson = subject.lesson(&on.what.lesson);
        let question = subject.question(&on.what).unwrap_or(lesson);
        let item = Item("confidently_wrong", &question, Some(on.day));
        rows.text(
            &item,
            "answer",
            &subject.given(&on.what).unwrap_or_default(),
        );
    }
}

/// What a row is about: its part, which of it, and the day.
struct Item<'a>(&'static str, &'a str, Option<StudyDay>);

#[derive(Default)]
struct Figure {
    value: Option<f64>,
    interval: Option<(f64, f64)>,
    of: Option<usize>,
}

struct Rows(String);

impl Rows {
    fn row(&mut self, item: &Item<'_>, name: &str, figure: &Figure) {
        let number = |number: Option<f64>| number.map(rounded).unwrap_or_default();
        let (low, high) = figure.interval.unzip();
        self.write(item, name, &number(figure.value));
        let of = figure.of.map(|of| of.to_string()).unwrap_or_default();
        let _ = write!(self.0, ",{},{},{of}\r\n", number(low), number(high));
    }

    fn number(&mut self, item: &Item<'_>, name: &str, value: f64) {
        let figure = Figure {
            value: Some(value),
            ..Figure::default()
        };
        self.row(item, name, &figure);
    }

    fn share(&mut self, item: &Item<'_>, name: &str, share: Share) {
        let figure = Figure {
            value: share.value(),
            interval: share.interval(),
            of: Some(share.of),
        };
        self.row(item, name, &figure);
    }

    fn text(&mut self, item: &Item<'_>, name: &str, text: &str) {
        self.write(item, name, &cell(text));
        self.0.push_str(",,,\r\n");
    }

    fn write(&mut self, Item(part, item, day): &Item<'_>, name: &str, value: &str) {
        let day = day.map(|day| day.to_string()).unwrap_or_default();
        let _ = write!(self.0, "{part},{},{day},{name},{value}", cell(item));
    }
}

/// At most four digits, none that say nothing.
fn rounded(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
