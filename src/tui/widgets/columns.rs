use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::tui::text::width;

/// Numbers beside each other as upright bars, each of two parts: the lower solid, the upper not.
pub(in crate::tui) struct Columns<'a> {
    /// Each bar's name, lower and upper part.
    pub(in crate::tui) bars: &'a [(String, u32, u32)],
    /// Of every so many bars the name is shown.
    pub(in crate::tui) named: usize,
    /// Lines the bars may take.
    pub(in crate::tui) height: u16,
    /// Signs of the lower and of the upper part.
    pub(in crate::tui) signs: [&'a str; 2],
    /// Whether the tops of solid bars may end between two lines.
    pub(in crate::tui) fine: bool,
    /// Styles of the lower part, of the upper part, and of names and numbers.
    pub(in crate::tui) styles: [Style; 3],
}

impl Columns<'_> {
    /// Drawn this wide.
    pub(in crate::tui) fn lines(&self, columns: usize) -> Vec<Line<'static>> {
        let most = self.bars.iter().map(|bar| bar.1 + bar.2).max().unwrap_or(0);
        let axis = most.to_string().len();
        let room = columns.saturating_sub(axis + 1);
        let Some(each) = room.checked_div(self.bars.len()).filter(|each| *each > 0) else {
            return Vec::new();
        };
        let each = each.min(9);
        let thick = if each > 1 { each - 1 } else { 1 };
        let height = u32::from(self.height.max(1));
        let [lower, upper, named] = self.styles;
        let mut lines = Vec::new();
        for row in (0..height).rev() {
            let number = match row {
                _ if row + 1 == height => most.to_string(),
                0 => "0".to_owned(),
                _ => String::new(),
            };
            let mut spans = vec![Span::styled(format!("{number:>axis$} "), named)];
            for (_, low, high) in self.bars {
                let (sign, style) = match self.upper_row(*low, *high, most, row) {
                    true => (self.signs[1], upper),
                    false => (self.solid(*low, *high, most, row), lower),
                };
                let air = " ".repeat(each - thick);
                spans.push(Span::styled(sign.repeat(thick) + &air, style));
            }
            lines.push(Line::from(spans));
        }
        lines.push(Line::styled(self.names(axis + 1, each), named));
        lines
    }

    /// Rows that so many take, of bars with two parts.
    fn rows(&self, count: u32, most: u32) -> u32 {
        let height = f64::from(self.height.max(1));
        let rows = (f64::from(count) * height / f64::from(most.max(1))).round() as u32;
        rows.max(u32::from(count > 0))
    }

    /// Whether a row of a bar belongs to its upper part.
    fn upper_row(&self, low: u32, high: u32, most: u32, row: u32) -> bool {
        let top = self.rows(low + high, most);
        high > 0 && row < top && row >= self.rows(low, most)
    }

    /// What a row of a bar's lower part looks like.
    fn solid(&self, low: u32, high: u32, most: u32, row: u32) -> &str {
        const EIGHTHS: [&str; 8] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇"];
        if !self.fine || high > 0 {
            let within = row < self.rows(low, most);
            return if within { self.signs[0] } else { " " };
        }
        let eighths = f64::from(low) * f64::from(self.height) * 8.0 / f64::from(most.max(1));
        let eighths = (eighths.round() as u32).max(u32::from(low > 0));
        let here = eighths.saturating_sub(row * 8) as usize;
        EIGHTHS.get(here).copied().unwrap_or(self.signs[0])
    }

    fn names(&self, axis: usize, each: usize) -> String {
        let mut line = " ".repeat(axis);
        let mut until = axis;
        for (at, (name, ..)) in self.bars.iter().enumerate().step_by(self.named.max(1)) {
            let x = axis + at * each;
            let fits = x + width(name) <= axis + self.bars.len() * each;
            if x >= until && fits {
                line.push_str(&" ".repeat(x - width(&line)));
                line.push_str(name);
                until = x + width(name) + 1;
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(bars: &[(&str, u32, u32)], columns: usize) -> Vec<String> {
        let bars: Vec<_> = bars
            .iter()
            .map(|(name, low, high)| ((*name).to_owned(), *low, *high))
            .collect();
        let chart = Columns {
            bars: &bars,
            named: 1,
            height: 4,
            signs: ["#", "o"],
            fine: false,
            styles: [Style::new(); 3],
        };
        let lines = chart.lines(columns);
        lines
            .iter()
            .map(|line| line.to_string().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn the_highest_bar_fills_the_height_and_something_is_never_nothing() {
        let found = drawn(&[("a", 8, 0), ("b", 4, 4), ("c", 0, 1), ("d", 0, 0)], 14);
        assert_eq!(
            found,
            [
                "8 ## oo",
                "  ## oo",
                "  ## ##",
                "0 ## ## oo",
                "  a  b  c  d"
            ]
        );
    }

    #[test]
    fn where_there_is_no_room_or_nothing_there_is_no_chart() {
        assert_eq!(drawn(&[("a", 1, 0), ("b", 2, 0)], 3), Vec::<String>::new());
        assert_eq!(drawn(&[], 40), Vec::<String>::new());
    }
}
