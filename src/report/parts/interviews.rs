//! Mock interviews: how they went over time, and how far the learner's certainty can be trusted.

use crate::{
    progress::{Held, Preset},
    report::{
        Part, Subject,
        chart::{Bar, Chart, Trend, Value},
        subject::{between, percent},
        table::Table,
    },
};

/// So many are named.
const NAMED: usize = 10;
/// Fewer answers than this say too little of a certainty.
const LEAST_CERTAIN: usize = 10;
/// Someone who says "certain" should be right this often.
const CERTAIN: f64 = 0.9;

pub(super) fn interviews(subject: &Subject<'_>) -> Part {
    let mut part = Part::new("interviews", subject.text("report.interviews"));
    let held: Vec<&Held> = subject.overview.interviews.iter().collect();
    let [.., last] = held.as_slice() else {
        return part.says(subject.text("report.interviews-none"));
    };
    let scored = |held: &Held| held.by_rule.value().zip(held.by_rule.interval());
    if let Some((score, interval)) = scored(last) {
        part = part.says(subject.fill(
            "report.interviews-say",
            &[
                ("count", &held.len()),
                ("share", &percent(score)),
                ("interval", &between(interval)),
                ("n", &last.by_rule.of),
            ],
        ));
        let first = held.iter().find_map(|held| scored(held));
        if let Some((_, (low, high))) = first.filter(|_| held.len() > 1) {
            part = part.says(subject.text(if interval.0 > high {
                "report.interviews-better"
            } else if interval.1 < low {
                "report.interviews-worse"
            } else {
                "report.interviews-chance"
            }));
        }
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(
        2,
        [
            text("report.day"),
            text("report.kind"),
            text("report.score"),
            text("report.interval"),
            text("report.questions"),
            text("report.own-mark"),
            text("report.time"),
        ],
    );
    let dash = || "–".to_owned();
    for held in held.iter().rev().take(NAMED) {
        table.row([
            held.day.to_string(),
            text(preset(held.preset)),
            held.by_rule.value().map_or_else(dash, percent),
            held.by_rule.interval().map_or_else(dash, between),
            held.questions.to_string(),
            held.by_learner.value().map_or_else(dash, percent),
            subject.span(std::time::Duration::from_millis(held.spent_ms)),
        ]);
    }
    part.chart = Some(Chart::Trend(Trend {
        values: held
            .iter()
            .map(|held| Value {
                name: held.day.to_string(),
                share: scored(held),
            })
            .collect(),
        aim: None,
    }));
    part.table = Some(table);
    part
}

fn preset(preset: Preset) -> &'static str {
    match preset {
        Preset::Quick => "report.quick",
        Preset::Mock => "report.mock",
        Preset::Full => "report.full",
        Preset::Wrong => "report.wrong",
        Preset::Custom => "report.custom",
    }
}

/// How often the learner was right at each certainty.
pub(super) fn certainty(subject: &Subject<'_>) -> Option<Part> {
    let confidence = &subject.overview.confidence;
    let brier = confidence.brier?;
    let mut part = Part::new("certainty", subject.text("report.certainty"));
    let certain = confidence.by_certainty[2];
    let told = certain.value().zip(certain.interval());
    if let Some((share, (_, high))) = told {
        part = part.says(subject.fill(
            "report.certain-says",
            &[
                ("share", &percent(share)),
                ("n", &certain.of),
                ("brier", &format_args!("{brier:.2}")),
            ],
        ));
        part = part.says(subject.text(if certain.of < LEAST_CERTAIN {
            "report.certain-few"
        } else if high < CERTAIN {
            "report.certain-too-often"
        } else {
            "report.certain-right"
        }));
    } else {
        part = part.says(subject.text("report.certain-never"));
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.certainty"),
            text("report.right"),
            text("report.interval"),
            text("report.answers"),
        ],
    );
    let mut bars = Vec::new();
    let names = ["report.guess", "report.think", "report.certain"];
    for (name, share) in names.into_iter().zip(confidence.by_certainty) {
        let Some((value, interval)) = share.value().zip(share.interval()) else {
            continue;
        };
        table.row([
            text(name),
            percent(value),
            between(interval),
            share.of.to_string(),
        ]);
        bars.push(Bar {
            name: text(name),
            share: value,
            figure: format!("{} · {}", percent(value), share.of),
            mark: None,
        });
    }
    part.chart = Some(Chart::Bars(bars));
    part.table = Some(table);
    Some(part)
}

/// What was answered wrong with certainty, the latest first.
pub(super) fn confidently_wrong(subject: &Subject<'_>) -> Option<Part> {
    let wrong = &subject.overview.confidently_wrong;
    if subject.overview.confidence.by_certainty[2].of == 0 {
        return None;
    }
    let mut part = Part::new(
        "confidently-wrong",
        subject.text("report.confidently-wrong"),
    );
    if wrong.is_empty() {
        return Some(part.says(subject.text("report.confidently-wrong-none")));
    }
    part = part.says(subject.fill("report.confidently-wrong-says", &[("n", &wrong.len())]));
    part.wide = !subject.share;
    let text = |name| subject.text(name);
    let latest = wrong.iter().take(NAMED);
    part.table = Some(if subject.share {
        let head = [
            text("report.day"),
            text("report.field"),
            text("report.lesson"),
        ];
        let mut table = Table::new(3, head);
        for on in latest {
            table.row([
                on.day.to_string(),
                subject.field(&on.what.domain),
                subject.lesson(&on.what.lesson),
            ]);
        }
        table
    } else {
        let head = [
            text("report.day"),
            text("report.question"),
            text("report.your-answer"),
            text("report.lesson"),
        ];
        let mut table = Table::new(4, head);
        for on in latest {
            table.row([
                on.day.to_string(),
                subject.question(&on.what).unwrap_or_default(),
                subject.given(&on.what).unwrap_or_else(|| "–".to_owned()),
                subject.lesson(&on.what.lesson),
            ]);
        }
        table
    });
    Some(part)
}
