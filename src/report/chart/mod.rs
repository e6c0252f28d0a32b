//! Charts as SVG, drawn for a page 360 pixels wide: wider pages scale them up, so that their words are
//! never smaller than the page's smallest.

mod axes;
mod bars;
mod calendar;
mod curve;
mod trend;

use std::fmt::Write;

pub(super) use self::{
    bars::{Bar, Column, Columns, Gauge},
    calendar::{Calendar, shade},
    curve::Dot,
    trend::{Trend, Value},
};
use super::escape::Html;

/// The width everything is drawn for.
const WIDTH: f64 = 340.0;

/// The look of charts, in pages and alone.
pub(super) const STYLE: &str = include_str!("../../../assets/report/chart.css");

/// A chart and what it shows.
#[derive(Clone, Debug)]
pub(super) enum Chart {
    /// One share and where it lies.
    Gauge(Gauge),
    /// Shares beside each other.
    Bars(Vec<Bar>),
    /// Numbers one after the other.
    Columns(Columns),
    /// Shares one after the other.
    Trend(Trend),
    /// What was foretold, and what happened.
    Curve(Vec<Dot>),
    /// Days by the week, in pieces of half a year.
    Calendar(Vec<Calendar>),
}

impl Chart {
    /// The chart as SVG elements, with its text alternative.
    pub(super) fn svg(&self, title: &str, told: &str) -> String {
        let pieces = match self {
            Chart::Gauge(gauge) => vec![gauge.draw()],
            Chart::Bars(bars) => vec![bars::draw(bars)],
            Chart::Columns(columns) => vec![columns.draw()],
            Chart::Trend(trend) => vec![trend.draw()],
            Chart::Curve(dots) => vec![curve::draw(dots)],
            Chart::Calendar(halves) => halves.iter().map(Calendar::draw).collect(),
        };
        let mut svg = String::new();
        for Drawing { height, body } in pieces {
            let _ = write!(
                svg,
                "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\"><title>{}</title><desc>{}</desc>{body}</svg>",
                Html(title),
                Html(told),
            );
        }
        svg
    }
}

/// What stands within an `svg` element.
#[derive(Default)]
pub(super) struct Drawing {
    pub(super) height: f64,
    pub(super) body: String,
}

impl Drawing {
    pub(super) fn new(height: f64) -> Drawing {
        Drawing {
            height,
            body: String::new(),
        }
    }

    fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\"/>"
        );
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ = write!(
            self.body,
            "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>"
        );
    }

    fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() < 2 {
            return;
        }
        let mut path = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
        }
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    fn dot(&mut self, class: &str, (x, y): (f64, f64)) {
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"/>"
        );
    }

    fn diamond(&mut self, class: &str, (x, y): (f64, f64)) {
        let _ = write!(
            self.body,
            "<path class=\"{class}\" d=\"M{x:.1} {:.1}l5 5l-5 5l-5 -5z\"/>",
            y - 5.0
        );
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            Html(text)
        );
    }
}
