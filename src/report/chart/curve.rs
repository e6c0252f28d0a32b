//! What was foretold against what happened: on the diagonal they agree.

use super::{Drawing, WIDTH, axes::Axes};
use crate::report::subject::percent;

/// What happened where much the same was foretold.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Dot {
    pub(in crate::report) foretold: f64,
    pub(in crate::report) happened: f64,
    pub(in crate::report) interval: (f64, f64),
}

pub(super) fn draw(dots: &[Dot]) -> Drawing {
    let lows = dots.iter().map(|dot| dot.interval.0.min(dot.foretold));
    let axes = Axes {
        right: WIDTH - 14.0,
        ..Axes::over(lows)
    };
    let mut drawing = Drawing::new(150.0);
    axes.draw(&mut drawing);
    let across = |share: f64| {
        let part = ((share - axes.least) / (1.0 - axes.least)).clamp(0.0, 1.0);
        axes.left + part * (axes.right - axes.left)
    };
    for share in [axes.least, (axes.least + 1.0) / 2.0, 1.0] {
        drawing.text(
            "middle",
            (across(share), axes.bottom + 14.0),
            &percent(share),
        );
    }
    drawing.line("aim", (axes.left, axes.bottom), (axes.right, axes.top));
    for dot in dots {
        let x = across(dot.foretold);
        let (low, high) = dot.interval;
        drawing.line("range", (x, axes.y(low)), (x, axes.y(high)));
    }
    for dot in dots {
        drawing.dot("accent", (across(dot.foretold), axes.y(dot.happened)));
    }
    drawing
}
