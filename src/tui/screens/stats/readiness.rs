use ratatui::text::{Line, Span};

use super::{
    Known,
    set::{Sheet, bar, names_width, percent, said, told},
};
use crate::{
    progress::Mastery,
    tui::{shared::Shared, widgets::share_line},
};

/// How ready the learner is and how to be readier; beside it, field by field.
pub(super) fn sheet(known: &Known, columns: usize, shared: &Shared) -> Sheet {
    Sheet::of(
        columns,
        |columns| {
            let mut lines = ready(known, columns, shared);
            if let Some(plan) = known.part("plan") {
                lines.push(Line::default());
                lines.extend(told(plan, columns, shared));
            }
            lines
        },
        |columns| fields(known, columns, shared),
    )
}

fn ready(known: &Known, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let Some(part) = known.part("readiness") else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let says = part.says.iter();
    // The first sentence is what the page is for; the last says what it rests on.
    for (at, sentence) in says.enumerate() {
        let style = if at == 0 { theme.title } else { theme.text };
        lines.extend(said(sentence, columns, style.into()));
        if at == 0
            && let Some(readiness) = &known.overlooked.overview.readiness
        {
            let figure = format!(" {:>4}", percent(readiness.expected));
            let room = columns.min(56).saturating_sub(figure.len());
            let mut gauge = share_line(
                readiness.expected,
                readiness.interval,
                room,
                shared.signs.ascii,
                [theme.accent.into(), theme.text.into(), theme.border.into()],
            );
            gauge.push_span(Span::styled(figure, theme.accent));
            lines.push(gauge);
        }
    }
    lines
}

fn fields(known: &Known, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let Some(part) = known.part("fields") else {
        return Vec::new();
    };
    let mut lines = vec![Line::styled(part.heading.clone(), shared.theme.heading)];
    // The last sentence explains a report's chart; this one is drawn another way.
    let (_, says) = part.says.split_last().unwrap_or((&part.heading, &[]));
    for sentence in says {
        lines.extend(said(sentence, columns, shared.theme.text.into()));
    }
    let whole = &known.overlooked.overview.standing.whole;
    let met = shared.fill("stats.met", &[("met", &whole.met), ("n", &whole.cards.of)]);
    lines.extend(said(&met, columns, shared.theme.text.into()));
    lines.push(Line::default());
    let domains = &known.overlooked.overview.standing.domains;
    let rows: Vec<(String, &Mastery, f64)> = domains
        .iter()
        .filter_map(|(domain, mastery)| {
            Some((
                shared.locale().field(domain).to_owned(),
                mastery,
                mastery.cards.value()?,
            ))
        })
        .collect();
    let names = names_width(rows.iter().map(|row| row.0.as_str()), columns);
    for (name, mastery, share) in &rows {
        let met = format!("{}/{}", mastery.met, mastery.cards.of);
        let figure = format!("{:>4} {met:>8}", percent(*share));
        lines.push(bar(name, *share, &figure, (names, columns), shared));
    }
    lines
}
