use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{Group, Row, Terms};
use crate::{
    notes::{Glossary, Term},
    tui::{
        shared::Shared,
        text::{autospace, safe, skip_columns, truncate, width, wrap_line},
        widgets::scroll_handle,
    },
};

/// The narrowest terminal that shows what each term means beside it.
const MEANINGS_FROM: u16 = 100;
/// The narrowest one on which a term and its meaning fit one row, as a glossary is written.
const ONE_ROW_FROM: u16 = 80;
/// The widest the list is set, in the middle of what is wider.
const MEASURE: u16 = 130;
/// Columns of a term's name.
const NAME: usize = 22;
/// The fewest columns in which a lesson's title says something.
const TITLE: usize = 16;

/// Where the parts of the screen are.
pub(super) struct Areas {
    prompt: Rect,
    pub(super) list: Rect,
    /// The chosen term in both languages.
    chosen: Rect,
}

impl Areas {
    pub(super) fn of(area: Rect) -> Areas {
        let width = area.width.min(MEASURE).saturating_sub(2);
        let x = area.x + (area.width - width) / 2;
        let rows = |y: u16, height: u16| Rect {
            x,
            y,
            width,
            height,
        };
        // The rule and the line about the lesson, and a row or two for each language.
        let below = if area.width >= ONE_ROW_FROM { 4 } else { 6 };
        let air = u16::from(area.height > 16);
        let list = area.height.saturating_sub(2 + 2 * air + below);
        let prompt = rows(area.y + air, 1);
        let list = rows(prompt.y + 2, list);
        Areas {
            prompt,
            list,
            chosen: rows(list.bottom(), below),
        }
    }
}

impl Terms {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        let state = if self.input.value().trim().is_empty() {
            let terms = Glossary::built_in().terms().len();
            shared.fill("terms.count", &[("n", &terms)])
        } else {
            shared.fill("terms.found", &[("n", &self.rows.len())])
        };
        (Line::raw(shared.text("terms.title")), Line::raw(state))
    }

    pub(in crate::tui::screens) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let areas = Areas::of(area);
        self.draw_prompt(areas.prompt, frame, shared);
        let list = areas.list;
        let buffer = frame.buffer_mut();
        if self.rows.is_empty() {
            let nothing = Line::styled(shared.text("terms.nothing"), shared.theme.muted);
            let room = list.width.saturating_sub(2);
            for (y, line) in (list.y..list.bottom()).zip(wrap_line(&nothing, room.into())) {
                buffer.set_line(list.x + 2, y, &line, room);
            }
            return;
        }
        let first = self.first_shown(list.height);
        for (y, (at, row)) in (list.y..list.bottom()).zip(self.rows.iter().enumerate().skip(first))
        {
            let line = match row {
                Row::Gap => Line::default(),
                Row::Title(group) => title(*group, shared),
                Row::Term(term) => row_of(term, at == self.selected, list.width.into(), shared),
            };
            buffer.set_line(list.x, y, &line, list.width);
        }
        let column = Rect {
            x: area.right() - 1,
            width: 1,
            ..list
        };
        let (sign, muted) = (shared.signs.scroll[1], shared.theme.muted.into());
        scroll_handle(column, (first, self.rows.len()), sign, muted, buffer);
        let rule = shared.signs.rule.repeat(list.width.into());
        buffer.set_string(
            list.x,
            areas.chosen.y,
            rule,
            Style::from(shared.theme.border),
        );
        let Some(term) = self.chosen() else { return };
        let lines = about(term, areas.chosen.width.into(), shared);
        for (y, line) in (areas.chosen.y + 1..areas.chosen.bottom()).zip(&lines) {
            buffer.set_line(areas.chosen.x, y, line, areas.chosen.width);
        }
    }

    fn draw_prompt(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let room = area.width.saturating_sub(3);
        let hidden = self.input.visual_scroll(room.into());
        let typed = skip_columns(self.input.value(), hidden);
        let text = if self.input.value().is_empty() {
            Span::styled(shared.text("terms.type"), theme.muted)
        } else {
            Span::styled(typed, theme.text)
        };
        let sign = Span::styled(format!("{} ", shared.signs.selected), theme.accent);
        let line = Line::from(vec![sign, text]);
        frame
            .buffer_mut()
            .set_line(area.x, area.y, &line, area.width);
        let column = (self.input.visual_cursor().max(hidden) - hidden) as u16;
        frame.set_cursor_position(Position::new(area.x + 2 + column, area.y));
    }
}

fn title(group: Group, shared: &Shared) -> Line<'static> {
    let name = match group {
        Group::Explained => "terms.explained",
        Group::Used => "terms.used",
        Group::Others => "terms.others",
    };
    Line::styled(shared.text(name), shared.theme.heading)
}

/// Both names, what the term means where there is room, and the lesson at the right edge.
fn row_of(term: &Term, selected: bool, columns: usize, shared: &Shared) -> Line<'static> {
    let theme = &shared.theme;
    let ellipsis = shared.glyphs.ellipsis;
    let (sign, style) = match selected {
        true => (shared.signs.selected, Style::from(theme.selection)),
        false => (" ", theme.text.into()),
    };
    // Reversed where there is no colour, the row is one bar.
    let gap = if selected { style } else { Style::new() };
    let cell = |text: &str, room: usize| {
        let text = autospace(&safe(text)).into_owned();
        let text = truncate(&text, room, ellipsis).into_owned();
        let pad = " ".repeat(room.saturating_sub(width(&text)));
        text + &pad
    };
    let has_meanings = columns + 2 >= usize::from(MEANINGS_FROM);
    let names = 2 + 2 * (NAME + 1);
    let room = columns.saturating_sub(names + 1);
    let lesson = match shared.library.lesson(&term.lesson, shared.lang) {
        Some(lesson) if !has_meanings && room >= TITLE => {
            format!("{} {}", term.lesson, lesson.title)
        }
        _ => term.lesson.to_string(),
    };
    let lesson = autospace(&safe(&lesson)).into_owned();
    let lesson = truncate(&lesson, room, ellipsis).into_owned();
    let rest = room.saturating_sub(width(&lesson));
    let meaning = match has_meanings {
        true => cell(term.meaning(shared.lang), rest.saturating_sub(2)) + "  ",
        false => " ".repeat(rest),
    };
    Line::from(vec![
        Span::styled(format!("{sign} "), style),
        Span::styled(cell(term.name(shared.lang), NAME), style),
        Span::styled(" ", gap),
        Span::styled(
            cell(term.name(shared.lang.other()), NAME),
            if selected { style } else { theme.muted.into() },
        ),
        Span::styled("  ", gap),
        Span::styled(meaning, if selected { style } else { theme.text.into() }),
        Span::styled(lesson, theme.muted),
    ])
}

/// A term in the interface's language, then in the other, then its lesson and other names.
fn about(term: &Term, columns: usize, shared: &Shared) -> Vec<Line<'static>> {
    let theme = &shared.theme;
    let mut lines = Vec::new();
    for lang in [shared.lang, shared.lang.other()] {
        let text = |text: &str| autospace(&safe(text)).into_owned();
        let line = Line::from(vec![
            Span::styled(text(term.name(lang)), theme.title),
            Span::raw("  "),
            Span::styled(text(term.meaning(lang)), theme.text),
        ]);
        lines.extend(wrap_line(&line, columns));
    }
    let lesson = shared.library.lesson(&term.lesson, shared.lang);
    let mut last = lesson.map_or_else(
        || term.lesson.to_string(),
        |lesson| format!("{} {}", term.lesson, lesson.title),
    );
    if !term.also.is_empty() {
        let names = term.also.join(shared.locale().text("reader.and"));
        last.push_str("   ");
        last.push_str(&shared.fill("terms.also", &[("names", &names)]));
    }
    let last = autospace(&safe(&last)).into_owned();
    let last = truncate(&last, columns, shared.glyphs.ellipsis).into_owned();
    lines.push(Line::styled(last, theme.muted));
    lines
}
