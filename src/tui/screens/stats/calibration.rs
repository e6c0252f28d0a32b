use ratatui::text::Line;

use super::{
    Known,
    set::{Sheet, bar, names_width, percent, said, told},
};
use crate::tui::{
    shared::Shared,
    widgets::{Form, Plot, Series},
};

/// Whether the memory model was right, and whether the learner was.
pub(super) fn sheet(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Sheet {
    Sheet::of(
        columns,
        |columns| model(known, columns, spare, shared),
        |columns| learner(known, columns, shared),
    )
}

fn model(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let Some(part) = known.part("calibration") else {
        let mut lines = vec![Line::styled(
            shared.text("report.calibration"),
            theme.heading,
        )];
        let none = shared.text("report.retention-none");
        lines.extend(said(&none, columns, theme.text.into()));
        return lines;
    };
    let mut lines = told(part, columns, shared);
    lines.push(Line::default());
    lines.extend(curve(known, columns, spare, shared));
    let trained = if known.overlooked.trained.is_some() {
        "stats.trained"
    } else {
        "stats.untrained"
    };
    lines.extend(said(&shared.text(trained), columns, theme.muted.into()));
    lines
}

fn curve(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let dots: Vec<(f64, f64)> = known
        .overlooked
        .overview
        .calibration
        .iter()
        .filter_map(|bin| Some((bin.foretold, bin.recalled.value()?)))
        .collect();
    let lowest = dots.iter().map(|dot| dot.0.min(dot.1)).fold(0.9, f64::min);
    let from = (lowest * 10.0).floor() / 10.0;
    let series = [
        Series {
            points: vec![(from, from), (1.0, 1.0)],
            form: Form::Dashes,
            style: theme.muted.into(),
        },
        Series {
            points: dots.clone(),
            form: Form::Line,
            style: theme.accent.into(),
        },
        Series {
            points: dots,
            form: Form::Dots,
            style: theme.accent.into(),
        },
    ];
    let plot = Plot {
        across: (from, 1.0),
        up: (from, 1.0),
        series: &series,
        ends: [
            percent(from),
            format!("{} 100%", shared.text("report.foretold")),
        ],
        height: 9 + spare,
        ascii: shared.signs.ascii,
        muted: theme.muted.into(),
    };
    plot.lines(columns.min(64))
}

fn learner(known: &Known, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let Some(part) = known.part("certainty") else {
        let mut lines = vec![Line::styled(shared.text("report.certainty"), theme.heading)];
        let none = shared.text("stats.certainty-none");
        lines.extend(said(&none, columns, theme.text.into()));
        return lines;
    };
    let mut lines = told(part, columns, shared);
    lines.push(Line::default());
    let names = ["report.guess", "report.think", "report.certain"].map(|name| shared.text(name));
    let shares = known.overlooked.overview.confidence.by_certainty;
    let wide = names_width(names.iter().map(String::as_str), columns);
    for (name, share) in names.iter().zip(shares) {
        if let Some(value) = share.value() {
            let right = shared.fill("stats.of-answers", &[("n", &share.of)]);
            let figure = format!("{:>4}  {right}", percent(value));
            lines.push(bar(name, value, &figure, (wide, columns), shared));
        }
    }
    lines
}
