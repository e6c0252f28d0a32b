use ratatui::{
    style::Modifier,
    text::{Line, Span},
};

use super::{
    flow::Flow,
    page::{Margin, Page, Place},
    spacing::is_han,
    width::width,
    wrap::{Columns, longest_word},
};
use crate::notes::{Align, Inline};

/// Columns between two columns of a table.
const GAP: usize = 2;
/// A word longer than this may be broken so that the table fits.
const LONG_WORD: usize = 12;
/// A column that wants no more than this gets it.
const SLIM: usize = 8;
/// A column that wants no more than this gets it where the others can still hold their words.
const NARROW: usize = 16;

impl Page<'_> {
    /// A table whose header stands on `line`: set in columns that share the room fairly, or as a list
    /// of its rows where they do not fit.
    pub(super) fn table(
        &mut self,
        align: &[Align],
        head: &[Vec<Inline>],
        rows: &[Vec<Vec<Inline>>],
        line: u32,
    ) {
        let base = self.base;
        self.base = base.add_modifier(Modifier::BOLD);
        let head_cells: Vec<Flow> = head.iter().map(|cell| self.running(cell)).collect();
        self.base = base;
        let body: Vec<Vec<Flow>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| self.running(cell)).collect())
            .collect();
        let count = body.iter().map(Vec::len).chain([head.len()]).max();
        let count = count.unwrap_or_default();
        let cells = |column: usize| {
            std::iter::once(&head_cells)
                .chain(&body)
                .filter_map(move |row| row.get(column))
        };
        let wants: Vec<Want> = (0..count).map(|column| Want::of(cells(column))).collect();
        let gaps = GAP * count.saturating_sub(1);
        match share(&wants, self.room().saturating_sub(gaps)) {
            Some(widths) => self.columns(align, &widths, &head_cells, &body, line),
            None => self.stacked(head, rows, line),
        }
        self.pass(line + 1 + rows.len() as u32);
    }

    fn columns(
        &mut self,
        align: &[Align],
        widths: &[usize],
        head: &[Flow],
        body: &[Vec<Flow>],
        line: u32,
    ) {
        if head.iter().any(|cell| !cell.is_empty()) {
            self.row(align, widths, head, line);
            let rules = widths
                .iter()
                .map(|columns| self.style.glyphs.rule.repeat(*columns));
            let rules = rules.collect::<Vec<_>>().join(&" ".repeat(GAP));
            self.line(
                Place::line(line + 1),
                [Span::styled(rules, self.style.rule)],
            );
        }
        let wraps = body
            .iter()
            .flat_map(|row| row.iter().zip(widths))
            .any(|(cell, columns)| cell.lines(Columns::all(*columns)).len() > 1);
        for (index, row) in body.iter().enumerate() {
            if wraps && index > 0 {
                self.gap(1);
            }
            self.row(align, widths, row, line + 2 + index as u32);
        }
    }

    fn row(&mut self, align: &[Align], widths: &[usize], cells: &[Flow], source: u32) {
        let wrapped: Vec<_> = cells
            .iter()
            .zip(widths)
            .map(|(cell, columns)| cell.lines(Columns::all(*columns)))
            .collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(1);
        for at in 0..height {
            let place = Place {
                source,
                offset: at as u32,
            };
            self.write(place, |line, links| {
                let mut owed = 0;
                for (column, (cell, lines)) in cells.iter().zip(&wrapped).enumerate() {
                    let range = lines.get(at).cloned().unwrap_or(0..0);
                    let spare = widths[column].saturating_sub(width(&cell.text[range.clone()]));
                    let left = match align.get(column) {
                        Some(Align::Right) => spare,
                        Some(Align::Center) => spare / 2,
                        _ => 0,
                    };
                    if !range.is_empty() {
                        pad(line, owed + left);
                        owed = 0;
                        cell.write(range, line, links);
                        owed += spare - left;
                    } else {
                        owed += spare;
                    }
                    owed += GAP;
                }
            });
        }
    }

    /// Each row as an item of a list, its cells named by their headers.
    fn stacked(&mut self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], line: u32) {
        for (index, row) in rows.iter().enumerate() {
            let source = line + 2 + index as u32;
            if index > 0 {
                self.gap(1);
            }
            let mark = format!("{} ", self.style.glyphs.bullet(0));
            let mark = Margin::mark(mark, self.style.muted);
            self.inside(mark, |page| {
                for (column, cell) in row.iter().enumerate() {
                    if page.running(cell).is_empty() {
                        continue;
                    }
                    let mut text = Vec::new();
                    if let Some(name) = head.get(column).filter(|name| !name.is_empty()) {
                        text.push(Inline::Strong(name.clone()));
                        text.push(Inline::Text(colon(&page.running(name).text).into()));
                    }
                    text.extend(cell.iter().cloned());
                    let flow = page.running(&text);
                    page.flow(&flow, source);
                }
            });
        }
    }
}

/// The colon that follows a name in its script.
pub(super) fn colon(name: &str) -> &'static str {
    if name.ends_with(is_han) { "：" } else { ": " }
}

fn pad(line: &mut Line<'static>, columns: usize) {
    if columns > 0 {
        line.spans.push(Span::raw(" ".repeat(columns)));
    }
}

/// The columns a column of a table would like, and those it needs.
#[derive(Clone, Copy)]
struct Want {
    natural: usize,
    word: usize,
}

impl Want {
    fn of<'a>(cells: impl Iterator<Item = &'a Flow>) -> Self {
        let mut want = Want {
            natural: 1,
            word: 1,
        };
        for cell in cells {
            let natural = cell.text.split('\n').map(width).max().unwrap_or(0);
            want.natural = want.natural.max(natural);
            want.word = want.word.max(longest_word(&cell.text));
        }
        want.word = want.word.max(want.natural.min(SLIM));
        want
    }
}

/// Shares the room: each column gets what it wants if all can; otherwise each gets its longest word,
/// and the rest goes where cells are fullest. Nothing where even broken words do not fit.
fn share(wants: &[Want], room: usize) -> Option<Vec<usize>> {
    let natural: Vec<usize> = wants.iter().map(|want| want.natural).collect();
    if natural.iter().sum::<usize>() <= room {
        return Some(natural);
    }
    let words: Vec<usize> = wants.iter().map(|want| want.word).collect();
    let whole: Vec<usize> = wants
        .iter()
        .map(|want| want.word.max(want.natural.min(NARROW)))
        .collect();
    let broken: Vec<usize> = words.iter().map(|word| *word.min(&LONG_WORD)).collect();
    let mut widths = [whole, words, broken]
        .into_iter()
        .find(|widths| widths.iter().sum::<usize>() <= room)?;
    for _ in widths.iter().sum::<usize>()..room {
        let tightest = (0..widths.len())
            .filter(|at| widths[*at] < natural[*at])
            .max_by_key(|at| (natural[*at] * 1000 / widths[*at], std::cmp::Reverse(*at)))?;
        widths[tightest] += 1;
    }
    Some(widths)
}
