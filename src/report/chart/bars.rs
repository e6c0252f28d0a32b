//! Bars: one share with its interval, shares beside each other, numbers day by day.

use super::{Drawing, WIDTH};
use crate::report::subject::percent;

/// One share, where it lies, and another measure beside it.
#[derive(Clone, Debug)]
pub(in crate::report) struct Gauge {
    pub(in crate::report) value: f64,
    pub(in crate::report) interval: Option<(f64, f64)>,
    /// Its name and the share.
    pub(in crate::report) beside: Option<(String, f64)>,
}

impl Gauge {
    pub(super) fn draw(&self) -> Drawing {
        let (left, right) = (12.0, WIDTH - 12.0);
        let x = |share: f64| left + share.clamp(0.0, 1.0) * (right - left);
        let mut drawing = Drawing::new(if self.beside.is_some() { 76.0 } else { 58.0 });
        drawing.rect("back", (left, 20.0), (right - left, 14.0));
        drawing.rect("accent", (left, 20.0), (x(self.value) - left, 14.0));
        if let Some((low, high)) = self.interval {
            drawing.line("limit", (x(low), 27.0), (x(high), 27.0));
            for end in [low, high] {
                drawing.line("limit", (x(end), 22.0), (x(end), 32.0));
            }
        }
        let label = x(self.value).clamp(left + 14.0, right - 14.0);
        drawing.text("figure middle", (label, 14.0), &percent(self.value));
        for (share, class) in [(0.0, ""), (0.5, "middle"), (1.0, "end")] {
            drawing.text(class, (x(share), 48.0), &percent(share));
        }
        if let Some((name, share)) = &self.beside {
            drawing.diamond("second", (x(*share), 27.0));
            drawing.diamond("second", (left + 5.0, 65.0));
            let text = format!("{name} {}", percent(*share));
            drawing.text("", (left + 14.0, 68.5), &text);
        }
        drawing
    }
}

/// A share with its name.
#[derive(Clone, Debug)]
pub(in crate::report) struct Bar {
    pub(in crate::report) name: String,
    pub(in crate::report) share: f64,
    /// What is written behind it.
    pub(in crate::report) figure: String,
    /// Another share, marked on it.
    pub(in crate::report) mark: Option<f64>,
}

pub(super) fn draw(bars: &[Bar]) -> Drawing {
    const ROW: f64 = 34.0;
    let mut drawing = Drawing::new(ROW * bars.len() as f64 + 2.0);
    for (at, bar) in bars.iter().enumerate() {
        let y = ROW * at as f64;
        drawing.text("figure", (0.0, y + 11.0), &bar.name);
        drawing.text("end", (WIDTH, y + 11.0), &bar.figure);
        drawing.rect("back", (0.0, y + 16.0), (WIDTH, 9.0));
        let share = bar.share.clamp(0.0, 1.0);
        drawing.rect("accent", (0.0, y + 16.0), (share * WIDTH, 9.0));
        if let Some(mark) = bar.mark {
            let x = (mark * WIDTH).clamp(5.0, WIDTH - 5.0);
            drawing.diamond("second", (x, y + 20.5));
        }
    }
    drawing
}

/// Two numbers, one upon the other.
#[derive(Clone, Debug)]
pub(in crate::report) struct Column {
    pub(in crate::report) name: String,
    pub(in crate::report) lower: u32,
    pub(in crate::report) upper: u32,
}

/// Columns beside each other.
#[derive(Clone, Debug)]
pub(in crate::report) struct Columns {
    pub(in crate::report) columns: Vec<Column>,
    /// What the lower and the upper numbers are; the upper are none where this is one name.
    pub(in crate::report) names: Vec<String>,
    /// Every so many columns the name is written.
    pub(in crate::report) every: usize,
}

impl Columns {
    pub(super) fn draw(&self) -> Drawing {
        let (left, right, top, bottom) = (34.0, WIDTH - 4.0, 22.0, 124.0);
        let most = self.columns.iter().map(|one| one.lower + one.upper).max();
        let most = round_up(most.unwrap_or(0).max(1));
        let height = |number: u32| f64::from(number) / f64::from(most) * (bottom - top);
        let mut drawing = Drawing::new(142.0);
        for number in [0, most / 2, most] {
            let y = bottom - height(number);
            drawing.line("axis", (left, y), (right, y));
            drawing.text("end", (left - 4.0, y + 3.5), &number.to_string());
        }
        let step = (right - left) / self.columns.len().max(1) as f64;
        for (at, column) in self.columns.iter().enumerate() {
            let x = left + step * at as f64;
            let (lower, upper) = (height(column.lower), height(column.upper));
            let width = (step * 0.8).max(1.0);
            drawing.rect("accent", (x + step * 0.1, bottom - lower), (width, lower));
            drawing.rect(
                "second",
                (x + step * 0.1, bottom - lower - upper),
                (width, upper),
            );
            if at % self.every == 0 {
                drawing.text("middle", (x + step / 2.0, bottom + 14.0), &column.name);
            }
        }
        let mut x = left;
        for (name, class) in self.names.iter().zip(["accent", "second"]) {
            drawing.rect(class, (x, 4.0), (8.0, 8.0));
            drawing.text("", (x + 12.0, 11.5), name);
            x += 110.0;
        }
        drawing
    }
}

/// The next number that halves well: 2, 4, 6, 10, 20, 40, 60, 100 …
fn round_up(number: u32) -> u32 {
    let mut power: u32 = 1;
    loop {
        for times in [2, 4, 6, 10] {
            let most = power.saturating_mul(times);
            if most >= number {
                return most;
            }
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_line_halves_well_and_holds_all() {
        let lines = [1, 2, 3, 5, 7, 12, 61, 99, 101].map(round_up);
        assert_eq!(lines, [2, 2, 4, 6, 10, 20, 100, 100, 200]);
        assert_eq!(round_up(u32::MAX), u32::MAX);
    }
}
