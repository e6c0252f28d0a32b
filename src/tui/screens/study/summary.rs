use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::column;
use crate::{
    ids::{CardId, Now},
    memory::Session,
    notes::plain,
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate},
    },
};

/// How the session went, what comes back when, and one suggestion.
pub(super) fn draw(session: &Session, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
    let column = column(area);
    let lines = lines(session, usize::from(column.width), shared, now);
    let buffer = frame.buffer_mut();
    for (y, line) in (column.y..column.bottom()).zip(&lines) {
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
    let [filled, rest] = shared.signs.filled(share, 24);
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
    let today = shared.today(now);
    let comes_back: Vec<String> = summary
        .coming_back
        .iter()
        .filter(|(day, _)| **day > today)
        .take(4)
        .map(|(day, count)| {
            shared.fill(
                "summary.comes-back",
                &[("when", &shared.days(day.days_since(today))), ("n", count)],
            )
        })
        .collect();
    if !comes_back.is_empty() {
        lines.push(Line::styled(shared.text("summary.next"), theme.heading));
        lines.extend(
            comes_back
                .into_iter()
                .map(|text| Line::styled(text, theme.text)),
        );
        lines.push(Line::default());
    }
    lines.extend(hard_cards(&summary.hardest, width, shared));
    lines.push(Line::styled(suggestion(session, shared), theme.muted));
    lines
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
