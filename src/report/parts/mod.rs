//! What there is to say of a subject, part by part: each figure with the sentence that says what to
//! conclude from it.

mod days;
mod interviews;
mod knowledge;
mod readiness;
mod recall;

pub(super) use self::{days::calendars, knowledge::by_stability};
use super::{Part, Subject, subject::percent};

/// The parts, the one that matters most first.
pub(super) fn all(subject: &Subject<'_>) -> Vec<Part> {
    let parts = [
        Some(readiness::readiness(subject)),
        Some(readiness::plan(subject)),
        knowledge::fields(subject),
        interviews::confidently_wrong(subject),
        Some(interviews::interviews(subject)),
        interviews::certainty(subject),
        Some(days::habit(subject)),
        Some(recall::retention(subject)),
        recall::calibration(subject),
        Some(days::forecast(subject)),
        Some(knowledge::cards(subject)),
        knowledge::weakest(subject),
        knowledge::leeches(subject),
    ];
    parts.into_iter().flatten().collect()
}

/// What the report is about.
pub(super) fn about(subject: &Subject<'_>) -> Vec<String> {
    let today = subject.overview.today;
    let mut about = vec![subject.date(today), subject.profile.to_owned()];
    if let Some(day) = subject.aim.interview {
        let left = day.days_since(today);
        let date = subject.date(day);
        about.push(if left > 0 {
            subject.fill("report.interview-in", &[("date", &date), ("n", &left)])
        } else {
            subject.fill("report.interview-on", &[("date", &date)])
        });
    }
    if let Some(day) = subject.aim.since {
        about.push(subject.fill("report.since", &[("date", &subject.date(day))]));
    }
    about
}

/// The figures to see first.
pub(super) fn first(subject: &Subject<'_>) -> Vec<(String, String)> {
    let overview = subject.overview;
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
    let readiness = overview.readiness.as_ref();
    let interviews = readiness.and_then(|readiness| readiness.interviews.value());
    let days = subject.fill("time.days", &[("n", &overview.streak.current)]);
    let time = overview.habit.days.values().map(|done| done.time).sum();
    let met = overview.cards.all - overview.cards.new;
    vec![
        (
            subject.text("report.readiness"),
            share(readiness.map(|readiness| readiness.expected)),
        ),
        (subject.text("report.in-interviews"), share(interviews)),
        (
            subject.text("report.retention"),
            share(overview.retention.all.value()),
        ),
        (
            subject.text("report.met"),
            format!("{met} / {}", overview.cards.all),
        ),
        (subject.text("report.streak"), days),
        (subject.text("report.time"), subject.span(time)),
    ]
}
