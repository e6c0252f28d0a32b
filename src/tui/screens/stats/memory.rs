use ratatui::text::Line;

use super::{
    Known,
    set::{Sheet, said, told},
};
use crate::{
    progress::Retention,
    tui::{
        shared::Shared,
        widgets::{Columns, Form, Plot, Series},
    },
};

/// Up to these days stabilities are put together, and beyond.
const STABILITIES: [f32; 5] = [7.0, 21.0, 90.0, 180.0, 365.0];

/// What was recalled week by week, and how firm the cards are.
pub(super) fn sheet(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Sheet {
    Sheet::of(
        columns,
        |columns| {
            let Some(part) = known.part("retention") else {
                return Vec::new();
            };
            let mut lines = told(part, columns, shared);
            lines.push(Line::default());
            lines.extend(over_time(known, columns, spare, shared));
            lines
        },
        |columns| {
            let Some(part) = known.part("cards") else {
                return Vec::new();
            };
            let mut lines = told(part, columns, shared);
            lines.push(Line::default());
            lines.extend(firmness(known, columns, spare, shared));
            lines
        },
    )
}

fn over_time(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let overview = &known.overlooked.overview;
    let weeks: Vec<(f64, f64)> = overview
        .weeks
        .iter()
        .enumerate()
        .filter_map(|(week, retention)| Some((week as f64, retention.all.value()?)))
        .collect();
    let (Some(first), Some(desired)) = (weeks.first(), overview.retention.desired()) else {
        return Vec::new();
    };
    let from = first.0;
    let last = (overview.weeks.len() - 1) as f64;
    let lowest = weeks.iter().map(|week| week.1).fold(desired, f64::min);
    let aims: Vec<(f64, f64)> = overview
        .weeks
        .iter()
        .enumerate()
        .filter_map(|(week, retention)| Some((week as f64, retention.desired()?)))
        .collect();
    let series = [
        Series {
            points: aims_across(&aims, from, last),
            form: Form::Dashes,
            style: theme.muted.into(),
        },
        Series {
            points: weeks.clone(),
            form: Form::Line,
            style: theme.accent.into(),
        },
        Series {
            points: weeks,
            form: Form::Dots,
            style: theme.accent.into(),
        },
    ];
    let back = overview.weeks.len() as i64 - 1 - from as i64;
    let plot = Plot {
        across: (from, last.max(from + 1.0)),
        up: ((lowest * 10.0).floor() / 10.0 - 0.1, 1.0),
        series: &series,
        ends: [
            overview.today.plus(-7 * back).to_string(),
            overview.today.to_string(),
        ],
        height: 9 + spare,
        ascii: shared.signs.ascii,
        muted: theme.muted.into(),
    };
    let mut lines = plot.lines(columns);
    let legend = legend(&overview.retention, shared);
    lines.extend(said(&legend, columns, theme.muted.into()));
    lines
}

/// What was aimed at, from the first week shown to the last.
fn aims_across(aims: &[(f64, f64)], from: f64, last: f64) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    if let (Some(first), Some(end)) = (aims.first(), aims.last()) {
        points.push((from, first.1));
        points.extend(aims);
        points.push((last.max(from + 1.0), end.1));
    }
    points
}

fn legend(retention: &Retention, shared: &Shared) -> String {
    let share = |share: Option<f64>| {
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.0}%", share * 100.0))
    };
    shared.fill(
        "stats.retention-legend",
        &[
            ("young", &share(retention.young.value())),
            ("mature", &share(retention.mature.value())),
        ],
    )
}

fn firmness(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let stabilities = &known.overlooked.overview.stabilities;
    if stabilities.is_empty() {
        return Vec::new();
    }
    let below = |days: f32| stabilities.partition_point(|one| *one < days);
    let mut counts = Vec::new();
    let mut from = 0;
    for days in STABILITIES {
        counts.push((format!("<{days}"), below(days) - from));
        from = below(days);
    }
    counts.push((
        format!("≥{}", STABILITIES[STABILITIES.len() - 1])
            .replace('≥', if shared.signs.ascii { ">=" } else { "≥" }),
        stabilities.len() - from,
    ));
    let bars: Vec<(String, u32, u32)> = counts
        .into_iter()
        .map(|(name, count)| (name, u32::try_from(count).unwrap_or(u32::MAX), 0))
        .collect();
    let signs = shared.signs.column;
    let chart = Columns {
        bars: &bars,
        named: 1,
        height: 7 + spare,
        signs,
        fine: !shared.signs.ascii,
        styles: [theme.accent.into(), theme.warn.into(), theme.muted.into()],
    };
    let mut lines = chart.lines(columns);
    lines.push(Line::styled(
        shared.text("report.stability-chart"),
        theme.muted,
    ));
    lines
}
