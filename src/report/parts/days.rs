//! What was done day by day, and what the next days bring.

use std::{collections::BTreeMap, time::Duration};

use chrono::Datelike;

use crate::{
    ids::StudyDay,
    progress::Done,
    report::{
        Part, Subject,
        chart::{Calendar, Chart, Column, Columns, shade},
        table::Table,
    },
};

/// A piece of a calendar: half a year.
const WEEKS: i64 = 26;

pub(super) fn habit(subject: &Subject<'_>) -> Part {
    let overview = subject.overview;
    let mut part = Part::new("habit", subject.text("report.habit"));
    part.wide = true;
    let days = &overview.habit.days;
    let Some(first) = days.keys().next() else {
        return part.says(subject.text("report.habit-none"));
    };
    let first = subject.aim.since.unwrap_or(*first);
    let time: Duration = days.values().map(|done| done.time).sum();
    part = part.says(subject.fill(
        "report.habit-says",
        &[
            ("days", &days.len()),
            ("n", &(overview.today.days_since(first) + 1).max(1)),
            ("time", &subject.span(time)),
            ("mean", &subject.span(time / days.len().max(1) as u32)),
            ("current", &overview.streak.current),
            ("longest", &overview.streak.longest),
        ],
    ));
    part.chart = Some(Chart::Calendar(calendars(subject)));
    part.table = Some(by_month(subject));
    part
}

/// The last year, or half of it where there is no more, in pieces of half a year.
pub(in crate::report) fn calendars(subject: &Subject<'_>) -> Vec<Calendar> {
    let overview = subject.overview;
    let today = overview.today;
    let monday = today.plus(-i64::from(today.date().weekday().num_days_from_monday()));
    let end = monday.plus(7);
    let first = overview.habit.days.keys().next().copied().unwrap_or(today);
    let halves = if end.days_since(first) > 7 * WEEKS {
        2
    } else {
        1
    };
    let usual = usual(overview.habit.days.values());
    let weekdays = ["weekday.1", "weekday.3", "weekday.5"].map(|day| subject.text(day));
    (0..halves)
        .rev()
        .map(|half| {
            let first = end.plus(-7 * WEEKS * (half + 1));
            let shown = (0..7 * WEEKS).map(|day| first.plus(day));
            Calendar {
                first,
                shades: shown
                    .take_while(|day| *day <= today)
                    .map(|day| shade(overview.habit.on(day).all(), usual))
                    .collect(),
                weekdays: weekdays.clone(),
            }
        })
        .collect()
}

/// What is much for this learner: nine days in ten hold less.
fn usual<'a>(days: impl Iterator<Item = &'a Done>) -> u32 {
    let mut all: Vec<u32> = days.map(Done::all).collect();
    all.sort_unstable();
    all.get(all.len().saturating_sub(1) * 9 / 10)
        .copied()
        .unwrap_or(0)
}

fn by_month(subject: &Subject<'_>) -> Table {
    let mut months: BTreeMap<(i32, u32), (usize, Done)> = BTreeMap::new();
    for (day, done) in &subject.overview.habit.days {
        let date = day.date();
        let (days, sum) = months.entry((date.year(), date.month())).or_default();
        *days += 1;
        sum.cards += done.cards;
        sum.predictions += done.predictions;
        sum.answers += done.answers;
        sum.time += done.time;
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.month"),
            text("report.days"),
            text("report.grades"),
            text("report.predictions"),
            text("report.answers"),
            text("report.time"),
        ],
    );
    let left_out = months.len().saturating_sub(12);
    for ((year, month), (days, sum)) in months.into_iter().skip(left_out) {
        table.row([
            format!("{year}-{month:02}"),
            days.to_string(),
            sum.cards.to_string(),
            sum.predictions.to_string(),
            sum.answers.to_string(),
            subject.span(sum.time),
        ]);
    }
    table
}

pub(super) fn forecast(subject: &Subject<'_>) -> Part {
    let overview = subject.overview;
    let ahead = &overview.ahead;
    let mut part = Part::new("forecast", subject.text("report.forecast"));
    let all = |numbers: &[u32]| numbers.iter().map(|one| u64::from(*one)).sum::<u64>();
    let (new, reviews) = (all(&ahead.new), all(&ahead.reviews));
    if new + reviews == 0 {
        return part.says(subject.text("report.forecast-none"));
    }
    let day = |at: usize| overview.today.plus(at as i64);
    let heaviest = (0..ahead.time.len()).max_by_key(|at| (ahead.time[*at], usize::MAX - at));
    let heaviest = heaviest.unwrap_or(0);
    let mean = ahead.mean_time();
    part = part.says(subject.fill(
        "report.forecast-says",
        &[
            ("n", &ahead.time.len()),
            ("reviews", &reviews),
            ("new", &new),
            ("mean", &subject.span(mean)),
            ("day", &subject.date(day(heaviest))),
            ("most", &subject.span(ahead.time[heaviest])),
        ],
    ));
    let have = (
        "have",
        &subject.span(subject.aim.a_day) as &dyn std::fmt::Display,
    );
    part = part.says(if mean > subject.aim.a_day {
        subject.fill("report.forecast-much", &[have])
    } else {
        subject.fill("report.forecast-fits", &[have])
    });
    part.chart = Some(Chart::Columns(Columns {
        columns: (0..ahead.time.len())
            .map(|at| Column {
                name: short(day(at)),
                lower: ahead.reviews[at],
                upper: ahead.new[at],
            })
            .collect(),
        names: vec![subject.text("report.reviews"), subject.text("report.new")],
        every: 7,
    }));
    part.table = Some(by_week(subject));
    part
}

fn by_week(subject: &Subject<'_>) -> Table {
    let (today, ahead) = (subject.overview.today, &subject.overview.ahead);
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.week-from"),
            text("report.reviews"),
            text("report.new"),
            text("report.time"),
        ],
    );
    for (week, time) in ahead.time.chunks(7).enumerate() {
        let days = 7 * week..7 * week + time.len();
        table.row([
            today.plus(7 * week as i64).to_string(),
            ahead.reviews[days.clone()].iter().sum::<u32>().to_string(),
            ahead.new[days].iter().sum::<u32>().to_string(),
            subject.span(time.iter().sum()),
        ]);
    }
    table
}

fn short(day: StudyDay) -> String {
    day.date().format("%m-%d").to_string()
}
