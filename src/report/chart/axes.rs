//! Axes of shares from 0 to 1.

use super::{Drawing, WIDTH};
use crate::report::subject::percent;

/// A field with a share on its upward axis.
pub(super) struct Axes {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// The share at the bottom.
    pub(super) least: f64,
}

impl Axes {
    /// From the highest of 0, a half and 0.7 that all of these values reach.
    pub(super) fn over(values: impl Iterator<Item = f64>) -> Axes {
        let lowest = values.fold(1.0, f64::min);
        let least = [0.7, 0.5].into_iter().find(|least| lowest >= *least);
        Axes {
            left: 34.0,
            right: WIDTH - 8.0,
            top: 10.0,
            bottom: 130.0,
            least: least.unwrap_or(0.0),
        }
    }

    pub(super) fn y(&self, share: f64) -> f64 {
        let part = ((share - self.least) / (1.0 - self.least)).clamp(0.0, 1.0);
        self.bottom - part * (self.bottom - self.top)
    }

    /// Lines at the bottom, the middle and the top, with what they stand for.
    pub(super) fn draw(&self, drawing: &mut Drawing) {
        for share in [self.least, (self.least + 1.0) / 2.0, 1.0] {
            let y = self.y(share);
            drawing.line("axis", (self.left, y), (self.right, y));
            drawing.text("end", (self.left - 4.0, y + 3.5), &percent(share));
        }
    }
}
