use std::time::Duration;

use chrono::Datelike;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    Known,
    set::{Sheet, told},
};
use crate::{
    ids::StudyDay,
    tui::{
        shared::Shared,
        widgets::{Columns, Heat, lines_of},
    },
};

/// What was done day by day, and what the next weeks bring.
pub(super) fn sheet(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Sheet {
    Sheet::of(
        columns,
        |columns| past(known, columns, shared),
        |columns| ahead(known, columns, spare, shared),
    )
}

fn past(known: &Known, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let Some(part) = known.part("habit") else {
        return Vec::new();
    };
    let mut lines = told(part, columns, shared);
    lines.push(Line::default());
    lines.extend(calendar(known, columns, shared));
    lines
}

fn calendar(known: &Known, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let locale = shared.locale();
    let overview = &known.overlooked.overview;
    let months = [
        "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8",
        "month.9", "month.10", "month.11", "month.12",
    ];
    let heat = Heat {
        today: overview.today.date(),
        reviews: &|day| overview.habit.on(StudyDay::new(day)).all(),
        months: months.map(|name| locale.text(name)),
        days: ["weekday.1", "weekday.3", "weekday.5"].map(|name| locale.text(name)),
        signs: shared.signs.heat,
    };
    let area = Rect::new(0, 0, columns as u16, Heat::HEIGHT);
    let mut buffer = Buffer::empty(area);
    heat.draw(area, &mut buffer, &shared.theme);
    lines_of(&buffer)
}

fn ahead(known: &Known, columns: usize, spare: u16, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let Some(part) = known.part("forecast") else {
        return Vec::new();
    };
    let mut lines = told(part, columns, shared);
    let overview = &known.overlooked.overview;
    let ahead = &overview.ahead;
    if ahead.reviews.iter().chain(&ahead.new).all(|one| *one == 0) {
        return lines;
    }
    let bars: Vec<(String, u32, u32)> = ahead
        .reviews
        .iter()
        .zip(&ahead.new)
        .enumerate()
        .map(|(at, (reviews, new))| {
            let date = overview.today.plus(at as i64).date();
            (format!("{}/{}", date.month(), date.day()), *reviews, *new)
        })
        .collect();
    let signs = shared.signs.column;
    let chart = Columns {
        bars: &bars,
        named: 7,
        height: 6 + spare,
        signs,
        fine: !shared.signs.ascii,
        styles: [theme.accent.into(), theme.warn.into(), theme.muted.into()],
    };
    lines.push(Line::default());
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", signs[0]), theme.accent),
        Span::styled(shared.text("report.reviews"), theme.muted),
        Span::styled(format!("   {} ", signs[1]), theme.warn),
        Span::styled(shared.text("report.new"), theme.muted),
    ]));
    lines.extend(chart.lines(columns));
    lines.push(Line::default());
    lines.extend(weeks(known, shared));
    lines
}

/// Minutes week by week.
fn weeks(known: &Known, shared: &Shared) -> Vec<Line<'static>> {
    let overview = &known.overlooked.overview;
    let ahead = &overview.ahead;
    ahead
        .time
        .chunks(7)
        .enumerate()
        .map(|(week, time)| {
            let days = 7 * week..7 * week + time.len();
            let date = overview.today.plus(7 * week as i64).date();
            let from = format!("{}/{}", date.month(), date.day());
            let minutes = time.iter().sum::<Duration>().as_secs().div_ceil(60);
            let text = shared.fill(
                "stats.week",
                &[
                    ("from", &format_args!("{from:>5}")),
                    ("reviews", &right(ahead.reviews[days.clone()].iter().sum())),
                    ("new", &right(ahead.new[days].iter().sum())),
                    (
                        "minutes",
                        &right(u32::try_from(minutes).unwrap_or(u32::MAX)),
                    ),
                ],
            );
            Line::styled(text, shared.theme.text)
        })
        .collect()
}

fn right(number: u32) -> String {
    format!("{number:>4}")
}
