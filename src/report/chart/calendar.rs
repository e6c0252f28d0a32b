//! A calendar: a column for each week, a square for each day, darker the more was done.

use chrono::Datelike;

use super::{Drawing, WIDTH};
use crate::ids::StudyDay;

/// Weeks side by side.
#[derive(Clone, Debug)]
pub(in crate::report) struct Calendar {
    /// The first day, a Monday.
    pub(in crate::report) first: StudyDay,
    /// For each day how much was done, 0 to 4.
    pub(in crate::report) shades: Vec<u8>,
    /// Monday, Wednesday and Friday, short.
    pub(in crate::report) weekdays: [String; 3],
}

/// How dark a day is on which so much was done, where `usual` is much.
pub(in crate::report) fn shade(done: u32, usual: u32) -> u8 {
    match (done, 4 * u64::from(done), u64::from(usual.max(1))) {
        (0, ..) => 0,
        (_, four, usual) if four <= usual => 1,
        (_, four, usual) if four <= 2 * usual => 2,
        (_, four, usual) if four <= 3 * usual => 3,
        _ => 4,
    }
}

impl Calendar {
    pub(super) fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(108.0);
        self.draw_at(&mut drawing, (0.0, 0.0));
        drawing
    }

    /// Draws it with its corner there; says how wide it is.
    pub(in crate::report) fn draw_at(&self, drawing: &mut Drawing, (x, y): (f64, f64)) {
        const STEP: f64 = 11.8;
        let left = x + 30.0;
        let top = y + 18.0;
        for (name, row) in self.weekdays.iter().zip([0.0, 2.0, 4.0]) {
            drawing.text("end", (left - 5.0, top + STEP * row + 9.0), name);
        }
        let mut named = None;
        for (at, shade) in self.shades.iter().enumerate() {
            let (week, row) = (at / 7, at % 7);
            let day = self.first.plus(at as i64).date();
            let place = (left + STEP * week as f64, top + STEP * row as f64);
            drawing.rect(
                ["h0", "h1", "h2", "h3", "h4"][usize::from(*shade)],
                place,
                (10.0, 10.0),
            );
            if row == 0 && named != Some(day.month()) && place.0 < x + WIDTH - 40.0 {
                named = Some(day.month());
                drawing.text("", (place.0, top - 5.0), &day.format("%Y-%m").to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_darker_and_anything_is_more_than_nothing() {
        let shades = [0, 1, 25, 26, 50, 51, 75, 76, 900].map(|done| shade(done, 100));
        assert_eq!(shades, [0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(shade(u32::MAX, 0), 4);
    }
}
