//! Pages as lines: sentences wrapped to a measure, charts below them, one column or two.

use std::ops::Range;

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    report::Part,
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate, width, wrap_line},
    },
};

/// The narrowest page set in two columns.
const TWO_FROM: usize = 96;
/// Columns between two columns.
const GUTTER: usize = 4;

/// Lines that every page with a chart fits into.
const PAGE: u16 = 32;
/// A chart that grows further says no more.
const MOST_SPARE: u16 = 12;

/// Lines by which charts may grow on a page of this height.
pub(super) fn spare(height: u16) -> u16 {
    height.saturating_sub(PAGE).min(MOST_SPARE)
}

/// A page, ready to be shown.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line<'static>>,
    /// The lines on which what is chosen stands.
    pub(super) chosen: Option<(usize, usize)>,
    /// Where each thing that can be chosen stands: columns and lines.
    pub(super) spots: Vec<(Range<u16>, Range<usize>)>,
}

impl Sheet {
    /// A page with nothing but a sentence.
    pub(super) fn said(text: String, columns: usize, shared: &Shared) -> Sheet {
        Sheet {
            lines: said(&text, columns, shared.theme.muted.into()),
            ..Sheet::default()
        }
    }

    /// What stands in this column of this line.
    pub(super) fn spot(&self, x: u16, line: usize) -> Option<usize> {
        self.spots
            .iter()
            .position(|(columns, lines)| columns.contains(&x) && lines.contains(&line))
    }

    /// Blocks one below the other, or, where there is room, side by side.
    pub(super) fn of(
        columns: usize,
        left: impl FnOnce(usize) -> Vec<Line<'static>>,
        right: impl FnOnce(usize) -> Vec<Line<'static>>,
    ) -> Sheet {
        let lines = if columns >= TWO_FROM {
            let each = (columns - GUTTER) / 2;
            beside(left(each), right(each), each + GUTTER)
        } else {
            let mut lines = left(columns);
            let below = right(columns);
            if !lines.is_empty() && !below.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(below);
            lines
        };
        Sheet {
            lines,
            ..Sheet::default()
        }
    }
}

fn beside(left: Vec<Line<'static>>, right: Vec<Line<'static>>, from: usize) -> Vec<Line<'static>> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let pad = from.saturating_sub(line.width());
            if let Some(other) = right.next().filter(|other| !other.spans.is_empty()) {
                line.push_span(Span::raw(" ".repeat(pad)));
                let style = other.style;
                for span in other.spans {
                    line.push_span(Span::styled(span.content, style.patch(span.style)));
                }
            }
            line
        })
        .collect()
}

/// A sentence in lines.
pub(super) fn said(text: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    let text = autospace(&safe(text)).into_owned();
    wrap_line(&Line::styled(text, style), columns)
}

/// A part's heading and what is said of it.
pub(super) fn told(part: &Part, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let mut lines = vec![Line::styled(part.heading.clone(), theme.heading)];
    for sentence in &part.says {
        lines.extend(said(sentence, columns, theme.text.into()));
    }
    lines
}

/// A name, a bar filled by a share, and its figure at the right.
pub(super) fn bar(
    name: &str,
    share: f64,
    figure: &str,
    (names, columns): (usize, usize),
    shared: &Shared,
) -> Line<'static> {
    let theme = &shared.theme;
    let name = autospace(&safe(name)).into_owned();
    let name = truncate(&name, names, shared.glyphs.ellipsis).into_owned();
    let pad = " ".repeat(names - width(&name));
    let room = columns.saturating_sub(names + width(figure) + 4);
    let [filled, rest] = shared.signs.filled(share, room);
    Line::from(vec![
        Span::styled(format!("{name}{pad}  "), theme.text),
        Span::styled(filled, grade(share, shared)),
        Span::styled(rest, theme.border),
        Span::styled(format!("  {figure}"), theme.muted),
    ])
}

/// The colour of a share: never alone, a bar and a number stand beside it.
pub(super) fn grade(share: f64, shared: &Shared) -> Style {
    let theme = &shared.theme;
    match share {
        _ if share >= 0.8 => theme.good.into(),
        _ if share >= 0.5 => theme.warn.into(),
        _ if share > 0.0 => theme.bad.into(),
        _ => theme.muted.into(),
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// Names as wide as the widest, up to a third of the room.
pub(super) fn names_width<'a>(names: impl Iterator<Item = &'a str>, columns: usize) -> usize {
    let widest = names.map(|name| width(&autospace(name))).max().unwrap_or(0);
    widest.min(columns / 3)
}
