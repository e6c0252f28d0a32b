//! Tables, and how they are set in text of one width.

use unicode_width::UnicodeWidthStr;

/// Rows of cells under a head.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// How many of the first columns hold words; the others hold numbers and stand to the right.
    pub(super) words: usize,
}

impl Table {
    pub(super) fn new<const N: usize>(words: usize, head: [String; N]) -> Table {
        Table {
            head: head.into(),
            rows: Vec::new(),
            words,
        }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    pub(super) fn is_number(&self, column: usize) -> bool {
        column >= self.words
    }

    /// The same table with every cell changed.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Table {
        let each = |row: &Vec<String>| row.iter().map(|cell| change(cell)).collect();
        Table {
            head: each(&self.head),
            rows: self.rows.iter().map(each).collect(),
            words: self.words,
        }
    }

    /// The width of each column.
    pub(super) fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.head.len()];
        for row in self.rows.iter().chain([&self.head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        widths
    }

    /// A cell brought to its column's width.
    pub(super) fn padded(&self, column: usize, cell: &str, width: usize) -> String {
        let blanks = " ".repeat(width.saturating_sub(cell.width()));
        if self.is_number(column) {
            blanks + cell
        } else {
            cell.to_owned() + &blanks
        }
    }
}
