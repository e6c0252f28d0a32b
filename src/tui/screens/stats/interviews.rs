use ratatui::text::{Line, Span};

use super::{
    Known,
    set::{Sheet, percent, told},
};
use crate::tui::{shared::Shared, widgets::share_line};

/// So many are shown.
const SHOWN: usize = 12;

/// Interviews over time, each with where its score lies.
pub(super) fn sheet(known: &Known, columns: usize, shared: &Shared) -> Sheet {
    let Some(part) = known.part("interviews") else {
        return Sheet::default();
    };
    let theme = &shared.theme;
    let mut lines = told(part, columns.min(84), shared);
    let held = &known.overlooked.overview.interviews;
    if !held.is_empty() {
        lines.push(Line::default());
    }
    for held in &held[held.len().saturating_sub(SHOWN)..] {
        let day = held.day.to_string();
        let Some((score, interval)) = held.by_rule.value().zip(held.by_rule.interval()) else {
            lines.push(Line::styled(format!("{day}  –"), theme.muted));
            continue;
        };
        let (low, high) = interval;
        let asked = shared.fill("stats.of-questions", &[("n", &held.by_rule.of)]);
        let figure = format!(
            "  {:>4} ({}–{})  {asked}",
            percent(score),
            percent(low),
            percent(high)
        );
        let room = columns
            .min(84)
            .saturating_sub(day.len() + 2 + Line::raw(&*figure).width());
        let mut line = Line::from(Span::styled(format!("{day}  "), theme.text));
        let scale = share_line(
            score,
            Some(interval),
            room,
            shared.signs.ascii,
            [theme.accent.into(), theme.text.into(), theme.border.into()],
        );
        line.extend(scale.spans);
        line.push_span(Span::styled(figure, theme.muted));
        lines.push(line);
    }
    Sheet {
        lines,
        ..Sheet::default()
    }
}
