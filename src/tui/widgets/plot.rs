use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::tui::text::width;

/// Shares drawn over something else, in dots of Braille or in plain characters.
pub(in crate::tui) struct Plot<'a> {
    /// From what to what the horizontal goes.
    pub(in crate::tui) across: (f64, f64),
    /// From what to what the vertical goes, named in percent.
    pub(in crate::tui) up: (f64, f64),
    /// What is drawn, the last above the others.
    pub(in crate::tui) series: &'a [Series],
    /// What stands below the left and the right end.
    pub(in crate::tui) ends: [String; 2],
    /// Lines without the one below.
    pub(in crate::tui) height: u16,
    /// Whether plain characters are all there is.
    pub(in crate::tui) ascii: bool,
    /// Of numbers and the axis.
    pub(in crate::tui) muted: Style,
}

/// Points drawn one way.
pub(in crate::tui) struct Series {
    pub(in crate::tui) points: Vec<(f64, f64)>,
    pub(in crate::tui) form: Form,
    pub(in crate::tui) style: Style,
}

/// How points are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::tui) enum Form {
    /// A line from one to the next.
    Line,
    /// The same, broken.
    Dashes,
    /// Each by itself.
    Dots,
}

/// Columns of the numbers at the left.
const AXIS: usize = 6;
/// Dots of a cell: across and up.
const CELL: (usize, usize) = (2, 4);

#[derive(Clone, Copy, Default)]
struct Cell {
    /// As Braille counts them from U+2800.
    dots: u8,
    plain: Option<char>,
    style: Style,
}

impl Plot<'_> {
    /// Drawn this wide.
    pub(in crate::tui) fn lines(&self, columns: usize) -> Vec<Line<'static>> {
        let (wide, high) = (columns.saturating_sub(AXIS), usize::from(self.height));
        if wide < 8 || high < 3 {
            return Vec::new();
        }
        let mut cells = vec![vec![Cell::default(); wide]; high];
        for series in self.series {
            self.draw(series, &mut cells);
        }
        let mut lines: Vec<Line<'static>> = (0..high)
            .map(|row| {
                let mut spans = vec![Span::styled(self.number(row, high), self.muted)];
                spans.extend(cells[row].iter().map(|cell| self.shown(cell)));
                Line::from(spans)
            })
            .collect();
        let [left, right] = &self.ends;
        let between = wide.saturating_sub(width(left) + width(right));
        lines.push(Line::styled(
            format!("{}{left}{}{right}", " ".repeat(AXIS), " ".repeat(between)),
            self.muted,
        ));
        lines
    }

    /// What stands left of a row: the number of the ends and of the middle.
    fn number(&self, row: usize, high: usize) -> String {
        let edge = if self.ascii { "|" } else { "│" };
        let (low, top) = self.up;
        let share = match row {
            0 => top,
            _ if row + 1 == high => low,
            _ if row == high / 2 => top - (top - low) * row as f64 / (high - 1) as f64,
            _ => return format!("{:>1$}", edge, AXIS),
        };
        format!("{:>3.0}% {edge}", share * 100.0)
    }

    fn shown(&self, cell: &Cell) -> Span<'static> {
        let sign = match cell.plain {
            Some(sign) => sign,
            None if cell.dots == 0 => ' ',
            None => char::from_u32(0x2800 + u32::from(cell.dots)).unwrap_or(' '),
        };
        Span::styled(sign.to_string(), cell.style)
    }

    fn draw(&self, series: &Series, cells: &mut [Vec<Cell>]) {
        let dots: Vec<(f64, f64)> = series
            .points
            .iter()
            .map(|point| self.place(*point, cells))
            .collect();
        if series.form == Form::Dots {
            for (x, y) in dots {
                let cell = &mut cells[y as usize / CELL.1][x as usize / CELL.0];
                cell.plain = Some(if self.ascii { 'o' } else { '●' });
                cell.style = series.style;
            }
            return;
        }
        for pair in dots.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let steps = (x1 - x0).abs().max((y1 - y0).abs()).ceil().max(1.0) as usize;
            for step in 0..=steps {
                let part = step as f64 / steps as f64;
                let (x, y) = (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part);
                self.dot((x.round() as usize, y.round() as usize), series, cells);
            }
        }
    }

    /// Where a point lies, in dots from the left and from the top.
    fn place(&self, (x, y): (f64, f64), cells: &[Vec<Cell>]) -> (f64, f64) {
        let part = |value: f64, (from, to): (f64, f64)| {
            let part = (value - from) / (to - from);
            if part.is_finite() {
                part.clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let wide = (cells[0].len() * CELL.0 - 1) as f64;
        let high = (cells.len() * CELL.1 - 1) as f64;
        (part(x, self.across) * wide, (1.0 - part(y, self.up)) * high)
    }

    fn dot(&self, (x, y): (usize, usize), series: &Series, cells: &mut [Vec<Cell>]) {
        if series.form == Form::Dashes && x % 6 >= 3 {
            return;
        }
        let cell = &mut cells[y / CELL.1][x / CELL.0];
        cell.style = series.style;
        if self.ascii {
            let sign = if series.form == Form::Dashes {
                '-'
            } else {
                '*'
            };
            cell.plain = Some(sign);
            return;
        }
        // The Unicode Standard, Braille Patterns: the lowest row came last and has the highest bits.
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        cell.dots |= BITS[x % CELL.0][y % CELL.1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(series: &[Series], ascii: bool) -> Vec<String> {
        let plot = Plot {
            across: (0.0, 1.0),
            up: (0.0, 1.0),
            series,
            ends: ["0".into(), "1".into()],
            height: 4,
            ascii,
            muted: Style::new(),
        };
        let lines = plot.lines(14);
        lines
            .iter()
            .map(|line| line.to_string().trim_end().to_owned())
            .collect()
    }

    fn series(form: Form, points: &[(f64, f64)]) -> Series {
        Series {
            points: points.to_vec(),
            form,
            style: Style::new(),
        }
    }

    #[test]
    fn a_line_goes_from_corner_to_corner_and_a_point_stands_above_it() {
        let both = [
            series(Form::Line, &[(0.0, 0.0), (1.0, 1.0)]),
            series(Form::Dots, &[(0.0, 1.0), (2.0, f64::NAN)]),
        ];
        assert_eq!(
            drawn(&both, true),
            [
                "100% |o     **",
                "     |    **",
                " 33% |  **",
                "  0% |**     o",
                "      0      1"
            ]
        );
        let braille = drawn(&both, false);
        assert!(braille[0].starts_with("100% │●"), "{braille:?}");
        assert!(braille[3].contains('⡠'), "{braille:?}");
    }

    #[test]
    fn a_broken_line_has_gaps() {
        let dashes = [series(Form::Dashes, &[(0.0, 1.0), (1.0, 1.0)])];
        assert_eq!(drawn(&dashes, true)[0], "100% |-- -- --");
    }
}
