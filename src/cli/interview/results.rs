//! What came of an interview, as lines of text.

use std::fmt::Write;

use super::telling::Telling;
use crate::{
    history::{Answer, Certainty},
    interview::{Item, Record, Results, Tally, answers_nothing, given_words},
    tui::text::safe,
};

/// One honest sentence first, then confident and wrong, then the rest.
pub(super) fn told(telling: &Telling<'_>, record: &Record, records: &[Record]) -> String {
    let results = Results::of(record);
    let desk = telling.desk;
    let mut text = format!("{}\n", results.sentence(desk.locale()));
    if results.answered > 0 && results.score.count > 0 && results.own.count > 0 {
        let percent = results.own.percent().unwrap_or_default();
        let places: [(&str, &dyn std::fmt::Display); 2] =
            [("n", &percent), ("count", &results.own.count)];
        let _ = writeln!(text, "{}", desk.fill("results.own", &places));
    }
    for (name, places) in [
        ("results.certain-and-wrong", &results.certain_and_wrong),
        ("results.wrong", &results.wrong),
        ("results.partly", &results.partly),
        ("results.blank", &results.blank),
    ] {
        if !places.is_empty() {
            let _ = writeln!(text, "\n{}", desk.text(name));
            for at in places {
                text.push_str(&answer(telling, record, *at));
            }
        }
    }
    let _ = writeln!(text, "\n{}", desk.text("results.by-domain"));
    for (domain, tally) in &results.domains {
        let name = safe(desk.locale().field(domain));
        let _ = writeln!(text, "  {name} {}", share(telling, tally));
    }
    for (difficulty, tally) in &results.difficulties {
        let name = desk.fill("results.difficulty", &[("n", &u8::from(*difficulty))]);
        let _ = writeln!(text, "  {name} {}", share(telling, tally));
    }
    text.push_str(&calibration(telling, &results));
    text.push_str(&earlier(telling, record, records));
    text
}

fn answer(telling: &Telling<'_>, record: &Record, at: usize) -> String {
    let (Some(question), (_, answer)) = (record.question(at), &record.answers[at]) else {
        return String::new();
    };
    let Answer { number, shown, .. } = answer.clone();
    let words = (telling.lang, telling.desk.locale());
    let given = given_words(&question, &answer.given, words);
    let given = if answers_nothing(&answer.given) {
        telling.desk.text("interview.no-answer").to_owned()
    } else {
        given
    };
    let mut text = format!(
        "- {number}. {}: {}\n",
        safe(question.id.as_str()),
        safe(&given)
    );
    let item = Item { question, shown };
    for line in telling.over(&item, answer).lines() {
        let _ = writeln!(text, "    {line}");
    }
    let lesson = telling.desk.library.lesson(&answer.lesson, telling.lang);
    if let Some(lesson) = lesson {
        let title = safe(&lesson.title);
        let places: [(&str, &dyn std::fmt::Display); 2] = [("id", &lesson.id), ("title", &title)];
        let _ = writeln!(text, "    {}", telling.desk.fill("results.lesson", &places));
    }
    text
}

/// Counts and an interval: never a bare percentage of three questions.
fn share(telling: &Telling<'_>, tally: &Tally) -> String {
    let (low, high) = tally.interval().unwrap_or_default();
    let credit = (tally.credit * 10.0).round() / 10.0;
    telling.desk.fill(
        "results.share",
        &[
            ("k", &credit),
            ("n", &tally.count),
            ("low", &low),
            ("high", &high),
        ],
    )
}

fn calibration(telling: &Telling<'_>, results: &Results) -> String {
    let mut text = String::new();
    let Some(brier) = results.brier else {
        return text;
    };
    let _ = writeln!(text, "\n{}", telling.desk.text("results.calibration"));
    for (certainty, tally) in Certainty::ALL.into_iter().zip(&results.calibration) {
        if tally.count > 0 {
            let name = telling.desk.text(match certainty {
                Certainty::Guess => "interview.guess",
                Certainty::Think => "interview.think",
                Certainty::Certain => "interview.certain",
            });
            let _ = writeln!(text, "  {name} {}/{}", tally.credit, tally.count);
        }
    }
    let brier = format!("{brier:.2}");
    let _ = writeln!(
        text,
        "  {}",
        telling.desk.fill("results.brier", &[("n", &brier)])
    );
    if let Some((got, could)) = results.with_certainty {
        let places: [(&str, &dyn std::fmt::Display); 2] = [("got", &got), ("could", &could)];
        let _ = writeln!(
            text,
            "  {}",
            telling.desk.fill("results.with-certainty", &places)
        );
    }
    text
}

fn earlier(telling: &Telling<'_>, record: &Record, records: &[Record]) -> String {
    let mut before = record.earlier(records).peekable();
    let mut text = String::new();
    if before.peek().is_none() {
        return text;
    }
    let _ = writeln!(text, "\n{}", telling.desk.text("results.earlier"));
    for other in before {
        let tally = Results::of(other).headline();
        let when = super::over::date(telling.desk, other.at_ms);
        let _ = writeln!(
            text,
            "  {} {when} {}",
            other.attempt.attempt,
            share(telling, &tally)
        );
    }
    text
}
