//! A badge that says how ready the learner is, and a calendar of the year: one picture for a page of
//! one's own.

use std::fmt::Write;

use super::{
    Subject,
    chart::{Drawing, STYLE},
    escape::Html,
    parts,
    subject::{between, percent},
};

const WIDTH: f64 = 700.0;
const MARGIN: f64 = 12.0;
const BADGE: f64 = 34.0;

pub(super) fn svg(subject: &Subject<'_>) -> String {
    let calendars = parts::calendars(subject);
    let mut drawing = Drawing::new(BADGE + 108.0 + MARGIN);
    let width = if calendars.len() > 1 {
        WIDTH
    } else {
        WIDTH / 2.0 + MARGIN
    };
    let words = words(subject);
    let _ = write!(
        drawing.body,
        "<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        width - 1.0,
        drawing.height - 1.0
    );
    drawing.text("figure", (MARGIN, 22.0), &words);
    for (at, calendar) in calendars.iter().enumerate() {
        calendar.draw_at(&mut drawing, (6.0 + 344.0 * at as f64, BADGE));
    }
    let Drawing { height, body } = drawing;
    let title = Html(&words);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\
         <title>{title}</title><style>{STYLE}\nsvg text.figure {{ font-size: 13px; }}</style>{body}</svg>\n"
    )
}

fn words(subject: &Subject<'_>) -> String {
    let overview = subject.overview;
    let mut words = vec!["podlings".to_owned()];
    if let Some(readiness) = &overview.readiness {
        let share = percent(readiness.expected);
        let name = subject.text("report.readiness");
        words.push(match readiness.interval {
            Some(interval) => format!("{name} {share} ({})", between(interval)),
            None => format!("{name} {share}"),
        });
    }
    let streak = subject.text("report.streak");
    let days = subject.fill("time.days", &[("n", &overview.streak.current)]);
    words.push(format!("{streak} {days}"));
    words.join(" · ")
}
