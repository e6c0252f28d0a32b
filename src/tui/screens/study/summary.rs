use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::column;
use crate::{
    ids::{CardId, Now},
    memory::{Evaluation, Session, Summary},
    notes::plain,
    tui::{
        shared::{Shared, Training},
        text::{autospace, safe, truncate, width, wrap_line},
    },
};

/// Columns of a full bar.
const BAR: usize = 24;

/// How the session went, what comes back when, and one suggestion.
pub(super) fn draw(session: &Session, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
    let column = column(area);
    let lines = lines(session, usize::from(column.width), shared, now);
    let air = column.height.saturating_sub(lines.len() as u16) / 3;
    let buffer = frame.buffer_mut();
    for (y, line) in (column.y + air..column.bottom()).zip(&lines) {
        buffer.set_line(column.x, y, line, column.width);
    }
}

fn lines(session: &Session, width: usize, shared: &Shared, now: &Now) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let summary = session.summary(&shared.memory);
    let mut lines = Vec::new();
    if summary.grades() == 0 {
        lines.push(Line::styled(
            shared.text("summary.nothing"),
            Style::from(theme.title),
        ));
        lines.push(Line::default());
        lines.push(Line::styled(
            shared.text("summary.nothing-help"),
            theme.muted,
        ));
        return lines;
    }
    lines.push(Line::styled(
        shared.fill(
            "summary.graded",
            &[
                ("n", &summary.grades()),
                ("minutes", &minutes(summary.time.as_secs(), shared)),
            ],
        ),
        theme.title,
    ));
    lines.push(Line::default());
    let recalled = summary.grades() - summary.ratings[0];
    let share = recalled as f64 / summary.grades() as f64;
    let [filled, rest] = shared.signs.filled(share, BAR);
    lines.push(Line::from(vec![
        Span::styled(filled, theme.good),
        Span::styled(rest, theme.border),
        Span::raw("  "),
        Span::styled(
            shared.fill(
                "summary.recalled",
                &[("k", &recalled), ("n", &summary.grades())],
            ),
            theme.text,
        ),
    ]));
    lines.push(Line::default());
    lines.extend(coming_back(&summary, shared, now));
    lines.extend(hard_cards(&summary.hardest, width, shared));
    lines.extend(fitted(width, shared));
    lines.push(Line::styled(suggestion(session, shared), theme.muted));
    lines
}

/// What comes back when: the nearest days, each with its number of cards and a bar to compare them.
fn coming_back(summary: &Summary, shared: &Shared, now: &Now) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let today = shared.today(now);
    let days: Vec<(String, usize)> = summary
        .coming_back
        .iter()
        .filter(|(day, _)| **day > today)
        .take(4)
        .map(|(day, count)| (after(day.days_since(today), shared), *count))
        .collect();
    let Some(most) = days.iter().map(|(_, count)| *count).max() else {
        return Vec::new();
    };
    let when_width = days.iter().map(|(when, _)| width(when)).max().unwrap_or(0);
    let count_width = most.to_string().len();
    let mut lines = vec![Line::styled(shared.text("summary.next"), theme.heading)];
    for (when, count) in days {
        let pad = " ".repeat(when_width - width(&when));
        let count_text = format!("{count:>count_width$}");
        let bar = (count * BAR).div_ceil(most);
        lines.push(Line::from(vec![
            Span::styled(format!("{pad}{when}  "), theme.text),
            Span::styled(
                shared.fill("summary.cards", &[("n", &count_text)]),
                theme.text,
            ),
            Span::raw("  "),
            Span::styled(shared.signs.bar[0].repeat(bar), theme.accent),
        ]));
    }
    lines.push(Line::default());
    lines
}

fn after(days: i64, shared: &Shared) -> String {
    match days {
        1 => shared.text("time.tomorrow"),
        _ => shared.fill("summary.after", &[("when", &shared.days(days))]),
    }
}

fn hard_cards(hardest: &[(CardId, usize)], width: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let mut lines = Vec::new();
    for (card, _) in hardest.iter().take(3) {
        let Some(card) = shared.library.card(card, shared.lang) else {
            continue;
        };
        if lines.is_empty() {
            lines.push(Line::styled(shared.text("summary.hardest"), theme.heading));
        }
        let question = plain(&card.front).replace('\n', " ");
        let question = autospace(&safe(&question)).into_owned();
        lines.push(Line::styled(
            truncate(&question, width, shared.glyphs.ellipsis).into_owned(),
            theme.text,
        ));
    }
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines
}

/// What became of fitting the schedule to the learner, where there was enough to fit it to.
fn fitted(width: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let told = |name: &str, before: &Evaluation, after: &Evaluation| {
        let of = |one: &Evaluation| format!("{:.3}", one.log_loss);
        let places: [(&str, &dyn std::fmt::Display); 3] = [
            ("before", &of(before)),
            ("after", &of(after)),
            ("n", &after.recalls),
        ];
        shared.fill(name, &places)
    };
    let (text, style): (String, Style) = match &shared.training {
        Training::None => return Vec::new(),
        Training::Running(_) => (shared.text("summary.training"), theme.muted.into()),
        Training::Stopped => (shared.text("summary.training-stopped"), theme.muted.into()),
        Training::Refused { before, after } => (
            told("summary.training-refused", before, after),
            theme.muted.into(),
        ),
        Training::Taken { before, after, .. } => {
            (told("summary.trained", before, after), theme.good.into())
        }
    };
    let mut lines = wrap_line(&Line::styled(text, style), width);
    lines.push(Line::default());
    lines
}

fn suggestion(session: &Session, shared: &Shared) -> String {
    let left_out = session.left_out();
    let left_over = left_out.due + left_out.new;
    if left_over > 0 {
        return shared.fill("summary.skipped", &[("n", &left_over)]);
    }
    match shared.agenda().next_lesson() {
        Some(lesson) => {
            let title = autospace(&safe(&lesson.title)).into_owned();
            shared.fill("summary.read-next", &[("title", &title)])
        }
        None => shared.text("summary.rest"),
    }
}

fn minutes(seconds: u64, shared: &Shared) -> String {
    if seconds < 90 {
        shared.fill("time.seconds", &[("n", &seconds)])
    } else {
        shared.fill("time.minutes", &[("n", &((seconds + 30) / 60))])
    }
}
