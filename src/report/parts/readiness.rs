//! How ready the learner is, and how to be readier.

use crate::{
    progress::{LEAST_TESTS, Readiness},
    report::{
        Part, Subject,
        chart::{Chart, Gauge},
        subject::{between, percent},
        table::Table,
    },
};

pub(super) fn readiness(subject: &Subject<'_>) -> Part {
    let mut part = Part::new("readiness", subject.text("report.readiness"));
    part.wide = true;
    let Some(readiness) = &subject.overview.readiness else {
        return part.says(subject.text("report.readiness-none"));
    };
    part = part.says(expected(subject, readiness));
    if let Some(interval) = readiness.interviews.interval() {
        let value = readiness.interviews.value().unwrap_or_default();
        part = part.says(subject.fill(
            "report.readiness-interviews",
            &[
                ("share", &percent(value)),
                ("n", &readiness.interviews.of),
                ("interval", &between(interval)),
            ],
        ));
    }
    let gaps: Vec<String> = readiness
        .gaps()
        .map(|field| {
            let name = subject.field(&field.domain);
            let gap = percent(field.gap());
            subject.fill("report.gap", &[("field", &name), ("gap", &gap)])
        })
        .collect();
    if !gaps.is_empty() {
        let gaps = subject.list(gaps);
        part = part.says(subject.fill("report.gaps", &[("gaps", &gaps)]));
    }
    if !readiness.without_cards.is_empty() {
        let fields = readiness.without_cards.iter();
        let fields = subject.list(fields.map(|domain| subject.field(domain)));
        part = part.says(subject.fill("report.without-cards", &[("fields", &fields)]));
    }
    part = part.says(subject.fill(
        "report.rests-on",
        &[
            ("tests", &readiness.tests),
            ("answers", &readiness.interviews.of),
        ],
    ));
    part.chart = Some(Chart::Gauge(Gauge {
        value: readiness.expected,
        interval: readiness.interval,
        beside: readiness
            .interviews
            .value()
            .map(|share| (subject.text("report.in-interviews"), share)),
    }));
    part.table = Some(table(subject, readiness));
    part
}

fn expected(subject: &Subject<'_>, readiness: &Readiness) -> String {
    let when = match subject.aim.interview {
        Some(day) => subject.fill("report.readiness-day", &[("date", &subject.date(day))]),
        None => subject.text("report.readiness-today"),
    };
    let share = percent(readiness.expected);
    if readiness.fields.iter().all(|field| field.mastery.met == 0) {
        return subject.text("report.readiness-nothing");
    }
    match readiness.interval {
        Some(interval) => subject.fill(
            "report.readiness-says",
            &[
                ("when", &when),
                ("share", &share),
                ("interval", &between(interval)),
            ],
        ),
        None => subject.fill(
            "report.readiness-few",
            &[
                ("when", &when),
                ("share", &share),
                ("tests", &readiness.tests),
                ("least", &LEAST_TESTS),
            ],
        ),
    }
}

fn table(subject: &Subject<'_>, readiness: &Readiness) -> Table {
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.field"),
            text("report.weight"),
            text("report.on-the-day"),
            text("report.missing"),
        ],
    );
    for field in &readiness.fields {
        table.row([
            subject.field(&field.domain),
            percent(field.weight),
            percent(field.expected()),
            percent(field.gap()),
        ]);
    }
    table
}

pub(super) fn plan(subject: &Subject<'_>) -> Part {
    let part = Part::new("plan", subject.text("report.plan"));
    let Some(day) = subject.aim.interview else {
        return part.says(subject.text("report.plan-no-date"));
    };
    let left = day.days_since(subject.overview.today);
    let Some(plan) = &subject.overview.plan else {
        return part.says(subject.text(if left > 0 {
            "report.readiness-none"
        } else {
            "report.plan-over"
        }));
    };
    let mut part = part.says(subject.fill(
        if plan.is_better() {
            "report.plan-better"
        } else {
            "report.plan-usual"
        },
        &[
            ("date", &subject.date(day)),
            ("new", &plan.new_per_day),
            ("retention", &format_args!("{:.2}", plan.retention)),
            ("minutes", &subject.span(plan.time)),
            ("have", &subject.span(subject.aim.a_day)),
            ("share", &percent(plan.expected)),
            ("usual", &percent(plan.usual)),
        ],
    ));
    part = part.says(subject.text("report.plan-how"));
    let text = |name| subject.text(name);
    let mut table = Table::new(1, [text("report.plan-head"), String::new()]);
    table.row([text("report.days-left"), left.to_string()]);
    table.row([text("report.new-a-day"), plan.new_per_day.to_string()]);
    table.row([text("report.aimed"), format!("{:.2}", plan.retention)]);
    table.row([text("report.time-a-day"), subject.span(plan.time)]);
    table.row([text("report.on-the-day"), percent(plan.expected)]);
    table.row([text("report.by-settings"), percent(plan.usual)]);
    part.table = Some(table);
    part
}
