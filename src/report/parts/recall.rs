//! How much is recalled, and whether that was foretold.

use crate::{
    progress::{Bin, LEAST_TESTS},
    report::{
        Part, Subject,
        chart::{Chart, Dot, Trend, Value},
        subject::{between, percent},
        table::Table,
    },
};

/// Of ten bins one half is expected to lie outside of its interval by chance; so many are none.
const OFF: usize = 3;

pub(super) fn retention(subject: &Subject<'_>) -> Part {
    let overview = subject.overview;
    let mut part = Part::new("retention", subject.text("report.retention"));
    let retention = &overview.retention;
    let (Some(value), Some(interval), Some(desired)) = (
        retention.all.value(),
        retention.all.interval(),
        retention.desired(),
    ) else {
        return part.says(subject.text("report.retention-none"));
    };
    let (low, high) = interval;
    let conclusion = if retention.all.of < LEAST_TESTS {
        "report.retention-few"
    } else if high < desired {
        "report.retention-less"
    } else if low > desired {
        "report.retention-more"
    } else {
        "report.retention-right"
    };
    part = part.says(subject.fill(
        "report.retention-says",
        &[
            ("share", &percent(value)),
            ("n", &retention.all.of),
            ("interval", &between(interval)),
            ("desired", &percent(desired)),
        ],
    ));
    part = part.says(subject.text(conclusion));
    let text = |name| subject.text(name);
    let mut table = Table::new(
        1,
        [
            text("report.week-to"),
            text("report.recalled"),
            text("report.interval"),
            text("report.tests"),
        ],
    );
    let weeks = overview.weeks.len() as i64;
    let mut values = Vec::new();
    for (week, retention) in (1..).zip(&overview.weeks) {
        let last = overview.today.plus(7 * (week - weeks)).to_string();
        let share = retention.all.value().zip(retention.all.interval());
        if let Some((share, interval)) = share {
            table.row([
                last.clone(),
                percent(share),
                between(interval),
                retention.all.of.to_string(),
            ]);
        }
        values.push(Value { name: last, share });
    }
    if table.rows.is_empty() {
        return part;
    }
    let first = values.iter().position(|value| value.share.is_some());
    part.chart = Some(Chart::Trend(Trend {
        values: values.split_off(first.unwrap_or(0)),
        aim: Some(desired),
    }));
    part.table = Some(table);
    part
}

/// Whether the memory model foretold what happened.
pub(super) fn calibration(subject: &Subject<'_>) -> Option<Part> {
    let overview = subject.overview;
    let evaluation = overview.evaluation?;
    let mut part = Part::new("calibration", subject.text("report.calibration"));
    let came_true = |bin: &&Bin| {
        let interval = bin.recalled.interval();
        interval.is_some_and(|(low, high)| (low..=high).contains(&bin.foretold))
    };
    let bins = overview.calibration.len();
    let right = overview.calibration.iter().filter(came_true).count();
    let conclusion = if evaluation.recalls < LEAST_TESTS {
        "report.calibration-few"
    } else if right + OFF <= bins {
        "report.calibration-off"
    } else {
        "report.calibration-right"
    };
    part = part.says(subject.fill(
        conclusion,
        &[
            ("n", &evaluation.recalls),
            ("bins", &bins),
            ("right", &right),
            ("rmse", &format_args!("{:.3}", evaluation.rmse)),
            ("loss", &format_args!("{:.3}", evaluation.log_loss)),
        ],
    ));
    if overview.calibration.is_empty() {
        return Some(part);
    }
    let text = |name| subject.text(name);
    let mut table = Table::new(
        0,
        [
            text("report.foretold"),
            text("report.recalled"),
            text("report.tests"),
        ],
    );
    let mut dots = Vec::new();
    for bin in &overview.calibration {
        let Some((happened, interval)) = bin.recalled.value().zip(bin.recalled.interval()) else {
            continue;
        };
        table.row([
            percent(bin.foretold),
            percent(happened),
            bin.recalled.of.to_string(),
        ]);
        dots.push(Dot {
            foretold: bin.foretold,
            happened,
            interval,
        });
    }
    part.chart = Some(Chart::Curve(dots));
    part.table = Some(table);
    Some(part)
}
