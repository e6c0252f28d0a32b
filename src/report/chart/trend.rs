//! Shares one after the other, each with where it lies, and what was aimed at.

use super::{Drawing, axes::Axes};

/// One share of a row.
#[derive(Clone, Debug)]
pub(in crate::report) struct Value {
    pub(in crate::report) name: String,
    /// The share and where it lies; none where there was nothing.
    pub(in crate::report) share: Option<(f64, (f64, f64))>,
}

/// Shares in the order of time.
#[derive(Clone, Debug)]
pub(in crate::report) struct Trend {
    pub(in crate::report) values: Vec<Value>,
    /// What was aimed at.
    pub(in crate::report) aim: Option<f64>,
}

impl Trend {
    pub(super) fn draw(&self) -> Drawing {
        let shares = self.values.iter().filter_map(|value| value.share);
        let lows = shares.map(|(_, (low, _))| low).chain(self.aim);
        let axes = Axes::over(lows);
        let mut drawing = Drawing::new(150.0);
        axes.draw(&mut drawing);
        let step = (axes.right - axes.left) / self.values.len().max(1) as f64;
        let x = |at: usize| axes.left + step * (at as f64 + 0.5);
        if let Some(aim) = self.aim {
            drawing.line("aim", (axes.left, axes.y(aim)), (axes.right, axes.y(aim)));
        }
        let mut points = Vec::new();
        for (at, value) in self.values.iter().enumerate() {
            if let Some((share, (low, high))) = value.share {
                drawing.line("range", (x(at), axes.y(low)), (x(at), axes.y(high)));
                points.push((x(at), axes.y(share)));
            }
        }
        drawing.path("trend", &points);
        for point in &points {
            drawing.dot("accent", *point);
        }
        self.name_ends(&mut drawing, &axes, x);
        drawing
    }

    fn name_ends(&self, drawing: &mut Drawing, axes: &Axes, x: impl Fn(usize) -> f64) {
        let y = axes.bottom + 14.0;
        match self.values.as_slice() {
            [] => {}
            [only] => drawing.text("middle", (x(0), y), &only.name),
            [first, .., last] => {
                drawing.text("", (axes.left, y), &first.name);
                drawing.text("end", (axes.right, y), &last.name);
            }
        }
    }
}
