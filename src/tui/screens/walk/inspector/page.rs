use ratatui::{
    style::{Modifier, Style},
    text::{Line, Span},
};

use crate::tui::{
    shared::Shared,
    text::{safe, truncate, width, wrap_line},
    theme::Theme,
};

/// Columns between two columns of a table.
const GAP: usize = 2;
/// Narrower than this a column of sentences is not read but spelt.
const STRIP: usize = 22;
/// How far what stands below its row is moved in.
const INDENT: usize = 2;

/// A part of a page.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// What a section is made of, one below the other.
pub(super) enum Block {
    /// Rows in columns; what is too long in the last one goes on below.
    Table {
        head: Vec<String>,
        rows: Vec<Vec<Cell>>,
    },
    /// Names and their values.
    Facts(Vec<(String, Cell)>),
    /// Lines as they are, cut into pieces where they are too long.
    Text(Vec<String>),
    /// A line between others.
    Heading(String),
    /// There is nothing to show.
    Nothing(String),
}

/// A cell of a table.
#[derive(Clone, Default)]
pub(super) struct Cell {
    text: String,
    mood: Mood,
    /// It stands at the right of its column.
    is_number: bool,
}

/// What a cell tells besides its text.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mood {
    #[default]
    Calm,
    Quiet,
    Good,
    Warn,
    Bad,
    Lit,
}

impl Cell {
    pub(super) fn text(text: impl ToString) -> Cell {
        Cell {
            text: safe(&text.to_string().replace('\n', " ")).into_owned(),
            ..Cell::default()
        }
    }

    pub(super) fn number(number: impl ToString) -> Cell {
        Cell {
            is_number: true,
            ..Cell::text(number)
        }
    }

    pub(super) fn mood(self, mood: Mood) -> Cell {
        Cell { mood, ..self }
    }

    fn style(&self, theme: &Theme) -> Style {
        match self.mood {
            Mood::Calm => theme.text,
            Mood::Quiet => theme.muted,
            Mood::Good => theme.good,
            Mood::Warn => theme.warn,
            Mood::Bad => theme.bad,
            Mood::Lit => theme.accent,
        }
        .into()
    }
}

impl Section {
    /// Its lines in so many columns.
    pub(super) fn lines(&self, room: usize, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let mut lines = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            if at > 0 && !matches!(self.blocks[at - 1], Block::Heading(_)) {
                lines.push(Line::default());
            }
            match block {
                Block::Table { head, rows } => table(head, rows, room, shared, &mut lines),
                Block::Facts(facts) => {
                    let rows: Vec<Vec<Cell>> = facts
                        .iter()
                        .map(|(name, value)| {
                            vec![Cell::text(name).mood(Mood::Quiet), value.clone()]
                        })
                        .collect();
                    table(&[], &rows, room, shared, &mut lines);
                }
                Block::Text(text) => {
                    for line in text {
                        let line = Line::styled(safe(line).into_owned(), theme.text);
                        lines.extend(wrap_line(&line, room));
                    }
                }
                Block::Heading(text) => {
                    lines.push(Line::styled(text.clone(), theme.heading));
                }
                Block::Nothing(text) => {
                    let line = Line::styled(text.clone(), theme.muted);
                    lines.extend(wrap_line(&line, room));
                }
            }
        }
        lines
    }
}

fn table(
    head: &[String],
    rows: &[Vec<Cell>],
    room: usize,
    shared: &Shared,
    lines: &mut Vec<Line<'static>>,
) {
    let theme = &shared.theme;
    let head: Vec<Cell> = head
        .iter()
        .enumerate()
        .map(|(column, name)| Cell {
            is_number: rows
                .iter()
                .any(|row| row.get(column).is_some_and(|cell| cell.is_number)),
            ..Cell::text(name).mood(Mood::Quiet)
        })
        .collect();
    let count = rows.iter().map(Vec::len).chain([head.len()]).max();
    let count = count.unwrap_or(0);
    let all = || rows.iter().chain([&head]);
    let wanted: Vec<usize> = (0..count)
        .map(|column| {
            let cells = all().filter_map(|row| row.get(column));
            cells.map(|cell| width(&cell.text)).max().unwrap_or(0)
        })
        .collect();
    let before = wanted.iter().rev().skip(1).sum::<usize>() + GAP * count.saturating_sub(1);
    let last = wanted.last().copied().unwrap_or(0);
    // Where the last column would be a thin strip, it stands below its row.
    let stacks = count > 2 && before + last.min(STRIP) > room;
    if stacks {
        let widths = fit(wanted[..count - 1].to_vec(), room);
        for (at, cells) in head_of(&head)
            .chain(rows.iter().map(Vec::as_slice))
            .enumerate()
        {
            let (above, below) = cells.split_at(cells.len().min(count - 1));
            row(above, &widths, shared, lines);
            let is_head = at == 0 && !head.is_empty();
            if let (Some(cell), false) = (below.first(), is_head)
                && !cell.text.is_empty()
            {
                let text = Line::styled(cell.text.clone(), cell.style(theme));
                for wrapped in wrap_line(&text, room.saturating_sub(INDENT).max(1)) {
                    let mut line = Line::from(Span::raw(" ".repeat(INDENT)));
                    line.spans.extend(wrapped.spans);
                    lines.push(line);
                }
            }
        }
        return nothing(rows, shared, lines);
    }
    let widths = fit(wanted, room);
    if !head.is_empty() {
        row(&head, &widths, shared, lines);
    }
    for cells in rows {
        row(cells, &widths, shared, lines);
    }
    nothing(rows, shared, lines);
}

/// The head as a row, if there is one.
fn head_of(head: &[Cell]) -> impl Iterator<Item = &[Cell]> {
    (!head.is_empty()).then_some(head).into_iter()
}

fn nothing(rows: &[Vec<Cell>], shared: &Shared, lines: &mut Vec<Line<'static>>) {
    if rows.is_empty() {
        let text = shared.text("inspect.nothing");
        lines.push(Line::styled(text, shared.theme.muted));
    }
}

/// The columns' widths: as wide as they want; if that is too much the last gives way, then the widest.
fn fit(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    const LEAST: usize = 14;
    let over = |widths: &[usize]| {
        let gaps = GAP * widths.len().saturating_sub(1);
        (widths.iter().sum::<usize>() + gaps).saturating_sub(room)
    };
    if let Some(last) = widths.len().checked_sub(1) {
        let least = widths[last].min(LEAST);
        widths[last] = widths[last].saturating_sub(over(&widths)).max(least);
    }
    while over(&widths) > 0 {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > 4) else {
            break;
        };
        *widest -= 1;
    }
    widths
}

fn row(cells: &[Cell], widths: &[usize], shared: &Shared, lines: &mut Vec<Line<'static>>) {
    let theme = &shared.theme;
    let ending = if shared.signs.ascii { "~" } else { "…" };
    let mut line = Line::default();
    let mut rest = Vec::new();
    let mut indent = 0;
    for (column, cell) in cells.iter().enumerate() {
        let room = widths.get(column).copied().unwrap_or(0);
        let is_last = column + 1 == cells.len();
        let mut style = cell.style(theme);
        if cell.mood == Mood::Lit {
            style = style.add_modifier(Modifier::BOLD);
        }
        if is_last && !cell.is_number && width(&cell.text) > room {
            let text = Line::styled(cell.text.clone(), style);
            let mut wrapped = wrap_line(&text, room.max(1)).into_iter();
            if let Some(first) = wrapped.next() {
                line.spans.extend(first.spans);
            }
            rest.extend(wrapped);
            break;
        }
        let text = truncate(&cell.text, room, ending).into_owned();
        let spare = room.saturating_sub(width(&text));
        let (before, after) = match cell.is_number {
            true => (spare, 0),
            false => (0, if is_last { 0 } else { spare }),
        };
        line.push_span(Span::raw(" ".repeat(before)));
        line.push_span(Span::styled(text, style));
        if !is_last {
            line.push_span(Span::raw(" ".repeat(after + GAP)));
            indent += room + GAP;
        }
    }
    lines.push(line);
    for wrapped in rest {
        let mut line = Line::from(Span::raw(" ".repeat(indent)));
        line.spans.extend(wrapped.spans);
        lines.push(line);
    }
}
