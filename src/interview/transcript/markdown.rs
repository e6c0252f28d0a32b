use std::fmt::Write;

use crate::{
    history::{Answer, End, Format},
    ids::Lang,
    interview::{
        Question, Record, Results, answers_nothing, given_words, letter, mark_all, right_words,
    },
    locale::Locale,
};

/// An interview that is over, as Markdown for people.
pub fn markdown(record: &Record, date: &str, locale: &Locale) -> String {
    let attempt = &record.attempt;
    let results = Results::of(record);
    let mut text = format!("# {}\n\n", locale.text("transcript.title"));
    let _ = writeln!(text, "{}\n", results.sentence(locale));
    let format = locale.text(match attempt.blueprint.format {
        Format::Exam => "interview.exam",
        Format::Practice => "interview.practice",
    });
    let end = locale.text(match attempt.end {
        End::Submitted => "transcript.submitted",
        End::Time => "transcript.time-over",
    });
    let seconds = attempt.spent_ms / 1000;
    let spent = format!("{}:{:02}", seconds / 60, seconds % 60);
    let mut facts = vec![
        ("transcript.attempt", attempt.attempt.to_string()),
        ("transcript.date", date.to_owned()),
        ("transcript.format", format.to_owned()),
        ("transcript.questions", attempt.questions.to_string()),
        ("transcript.spent", format!("{spent}, {end}")),
        ("transcript.seed", attempt.seed.to_string()),
        ("transcript.marking", attempt.marking.to_string()),
    ];
    if !attempt.breaks.is_empty() {
        facts.push(("transcript.breaks", attempt.breaks.len().to_string()));
    }
    for (name, value) in facts {
        let _ = writeln!(text, "- {}: {value}", locale.text(name));
    }
    for (at, (_, answer)) in record.answers.iter().enumerate() {
        if let Some(question) = record.question(at) {
            told(&mut text, &question, answer, (attempt.lang, locale));
        }
    }
    text
}

fn told(text: &mut String, question: &Question, answer: &Answer, (lang, locale): (Lang, &Locale)) {
    let _ = writeln!(
        text,
        "\n## {}. {} ({})\n\n{}\n",
        answer.number,
        question.id,
        question.kind(),
        question.prompt.text(lang).trim_end()
    );
    for (at, option) in question.offers(&answer.shown).into_iter().enumerate() {
        let _ = writeln!(text, "- {}) {}", letter(at), option.text(lang));
    }
    let given = given_words(question, &answer.given, (lang, locale));
    let given = match answers_nothing(&answer.given) {
        true => locale.text("interview.no-answer").to_owned(),
        false => given,
    };
    if !given.is_empty() {
        let _ = writeln!(
            text,
            "\n**{}** {given}",
            locale.text("transcript.answered").trim_end()
        );
    }
    if let Some(follow_up) = &answer.follow_up {
        let asked = question.follow_up(&follow_up.point);
        let asked = asked.map_or("", |asked| asked.text(lang));
        let _ = writeln!(
            text,
            "\n**{}** {asked}\n\n{}",
            locale.text("transcript.follow-up").trim_end(),
            follow_up.text
        );
    }
    let _ = writeln!(
        text,
        "\n**{}** {}",
        locale.text("transcript.right").trim_end(),
        right_words(question, lang).trim_end()
    );
    points(text, question, answer, (lang, locale));
    let seconds = answer.duration_ms / 1000;
    let mut facts = vec![locale.fill("transcript.credit", &[("n", &shown(answer.credit))])];
    if let Some(confirmed) = &answer.confirmed {
        facts.push(locale.fill("transcript.confirmed", &[("n", &shown(confirmed.credit))]));
    }
    if let Some(certainty) = answer.certainty {
        facts.push(locale.fill("transcript.certainty", &[("n", &u8::from(certainty))]));
    }
    facts.push(locale.fill("time.seconds", &[("n", &seconds)]));
    if answer.flagged {
        facts.push(locale.text("transcript.flagged").to_owned());
    }
    let _ = writeln!(text, "\n{}", facts.join(" · "));
    let why = question.why.text(lang).trim_end();
    if !why.is_empty() {
        let _ = writeln!(text, "\n{why}");
    }
    if !question.source.is_empty() {
        let _ = writeln!(text, "\n<{}>", question.source);
    }
}

/// A list with what the rules found and what the learner made of it.
fn points(
    text: &mut String,
    question: &Question,
    answer: &Answer,
    (lang, locale): (Lang, &Locale),
) {
    let marked = mark_all(question, &answer.given, answer.follow_up.as_ref());
    let confirmed = answer.confirmed.as_ref();
    if !marked.points.is_empty() {
        text.push('\n');
    }
    for point in &marked.points {
        let Some(said) = question.point(&point.id) else {
            continue;
        };
        let met = confirmed.map_or(point.met, |confirmed| confirmed.points.contains(&point.id));
        let sign = if met { 'x' } else { ' ' };
        let corrected = if met == point.met {
            ""
        } else {
            locale.text("transcript.corrected")
        };
        let _ = writeln!(text, "- [{sign}] {}{corrected}", said.text(lang));
    }
}

fn shown(credit: f64) -> String {
    let rounded = (credit * 100.0).round() / 100.0;
    rounded.to_string()
}
