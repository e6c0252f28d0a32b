use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    Known, Overlay, Reader, Screen, Stats, Step,
    set::{Sheet, said, told},
};
use crate::{
    ids::{CardId, QuestionId},
    notes::plain,
    progress::{Answer, On, Overview},
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate, width},
    },
};

/// So many of each are named.
const NAMED: usize = 12;

/// Something that keeps going wrong.
enum Trouble<'a> {
    /// A card forgotten again and again.
    Leech(&'a CardId, u32),
    /// A question answered wrong with certainty.
    Wrong(&'a On<Answer>),
}

fn troubles<'a>(overview: &'a Overview, shared: &Shared) -> Vec<Trouble<'a>> {
    let wrong = overview.confidently_wrong.iter().take(NAMED);
    let leeches = overview.leeches.iter();
    let there = leeches.filter(|(card, _)| shared.library.card(card, shared.lang).is_some());
    wrong
        .map(Trouble::Wrong)
        .chain(
            there
                .take(NAMED)
                .map(|(card, times)| Trouble::Leech(card, *times)),
        )
        .collect()
}

impl Stats {
    pub(super) fn trouble_count(&self, shared: &Shared) -> usize {
        self.known.as_ref().map_or(0, |known| {
            troubles(&known.overlooked.overview, shared).len()
        })
    }

    /// The lesson of what was answered wrong; where a card comes from.
    pub(super) fn open_trouble(&self, known: &Known, shared: &Shared) -> Vec<Step> {
        let all = troubles(&known.overlooked.overview, shared);
        match all.get(self.chosen.min(all.len().saturating_sub(1))) {
            Some(Trouble::Wrong(on)) => {
                let lesson = &on.what.lesson;
                if shared.library.lesson(lesson, shared.lang).is_none() {
                    return Vec::new();
                }
                let reader = Reader::new(lesson.clone(), shared);
                vec![Step::Open(Box::new(Screen::Reader(reader)))]
            }
            Some(Trouble::Leech(card, _)) => shared
                .library
                .card(card, shared.lang)
                .map(|card| Step::Overlay(Overlay::passage(card, shared)))
                .into_iter()
                .collect(),
            None => Vec::new(),
        }
    }
}

/// What was answered wrong with certainty, and the cards that will not stay.
pub(super) fn sheet(known: &Known, chosen: usize, columns: usize, shared: &Shared) -> Sheet {
    let overview = &known.overlooked.overview;
    let all = troubles(overview, shared);
    let chosen = chosen.min(all.len().saturating_sub(1));
    let mut sheet = Sheet::default();
    let mut at = 0;
    for (id, heading, none) in [
        (
            "confidently-wrong",
            "report.confidently-wrong",
            "report.confidently-wrong-none",
        ),
        ("leeches", "report.leeches", "stats.leeches-none"),
    ] {
        if !sheet.lines.is_empty() {
            sheet.lines.push(Line::default());
        }
        match known.part(id) {
            Some(part) => sheet.lines.extend(told(part, columns, shared)),
            None => {
                let heading = Line::styled(shared.text(heading), shared.theme.heading);
                sheet.lines.push(heading);
                let none = shared.text(none);
                sheet
                    .lines
                    .extend(said(&none, columns, shared.theme.text.into()));
            }
        }
        while let Some(trouble) = all.get(at) {
            if matches!(trouble, Trouble::Wrong(_)) != (id == "confidently-wrong") {
                break;
            }
            let line = sheet.lines.len();
            if at == chosen {
                sheet.chosen = Some((line, line + 1));
            }
            sheet.spots.push((0..columns as u16, line..line + 1));
            sheet
                .lines
                .push(row(trouble, at == chosen, columns, shared));
            at += 1;
        }
    }
    sheet
}

fn row(trouble: &Trouble<'_>, is_chosen: bool, columns: usize, shared: &Shared) -> Line<'static> {
    let theme = &shared.theme;
    let (text, right) = match trouble {
        Trouble::Wrong(on) => (asked(on, shared), on.day.to_string()),
        Trouble::Leech(card, times) => {
            let front = shared.library.card(card, shared.lang);
            let front = front.map(|card| plain(&card.front).replace('\n', " "));
            let times = shared.fill("stats.forgotten", &[("n", times)]);
            (front.unwrap_or_default(), times)
        }
    };
    let text = autospace(&safe(&text)).into_owned();
    let room = columns.saturating_sub(width(&right) + 4);
    let text = truncate(&text, room, shared.glyphs.ellipsis).into_owned();
    let pad = " ".repeat(room.saturating_sub(width(&text)) + 2);
    let (sign, style): (_, Style) = if is_chosen {
        (shared.signs.selected, theme.selection.into())
    } else {
        (shared.signs.problem, theme.text.into())
    };
    Line::from(vec![
        Span::styled(format!("{sign} {text}{pad}"), style),
        Span::styled(right, theme.muted),
    ])
}

/// A question as it stood when it was asked.
fn asked(on: &On<Answer>, shared: &Shared) -> String {
    let question: &QuestionId = &on.what.question;
    let stood = on.what.stood["prompt"][shared.lang.code()].as_str();
    stood.map_or_else(
        || question.to_string(),
        |prompt| plain(prompt).replace('\n', " "),
    )
}
