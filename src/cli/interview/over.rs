//! Interviews that are over: their list, their transcripts, and marking one again.

use std::{
    fmt::Write,
    fs,
    io::{self, Read},
    path::Path,
    process::ExitCode,
};

use super::preset_name;
use crate::{
    cli::{
        Failure, Setup,
        arguments::TranscriptFormat,
        notes,
        setup::{Desk, locale, store_failure},
        written,
    },
    history::Format,
    interview::{Results, Transcript, markdown},
};

/// `podlings interview history`
pub(super) fn history(setup: Setup) -> Result<ExitCode, Failure> {
    let desk = Desk::with_course(setup)?;
    let records = desk.edge.interviews().map_err(store_failure)?;
    let mut text = String::new();
    if records.is_empty() {
        let _ = writeln!(text, "{}", desk.text("interview.none-yet"));
    }
    for record in records.iter().rev() {
        let attempt = &record.attempt;
        let results = Results::of(record);
        let format = desk.text(match attempt.blueprint.format {
            Format::Exam => "interview.exam",
            Format::Practice => "interview.practice",
        });
        let _ = writeln!(
            text,
            "{}  {}  {}  {format}  {}",
            attempt.attempt,
            date(&desk, record.at_ms),
            preset_name(&desk, attempt.blueprint.preset),
            results.sentence(desk.locale())
        );
    }
    written::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A moment in the learner's zone.
pub(super) fn date(desk: &Desk, at_ms: i64) -> String {
    let wall = desk.clock.now().wall_at(at_ms);
    wall.format("%Y-%m-%d %H:%M").to_string()
}

/// `podlings interview transcript ATTEMPT`
pub(super) fn transcript(
    setup: Setup,
    name: &str,
    format: TranscriptFormat,
) -> Result<ExitCode, Failure> {
    let desk = Desk::with_course(setup)?;
    let records = desk.edge.interviews().map_err(store_failure)?;
    let record = match name {
        "last" => records.last(),
        _ => records
            .iter()
            .rfind(|record| record.attempt.attempt.as_str() == name),
    };
    let record = record.ok_or_else(|| {
        Failure::new(
            format!("there is no such interview ({name})"),
            "`podlings interview history` lists those that are over; `last` is the last of them.",
        )
    })?;
    let text = match format {
        TranscriptFormat::Json => notes::json(&Transcript::of(record))?,
        TranscriptFormat::Md => safe_lines(&markdown(
            record,
            &date(&desk, record.at_ms),
            locale(record.attempt.lang),
        )),
    };
    written::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn safe_lines(text: &str) -> String {
    text.lines()
        .flat_map(|line| [crate::tui::text::safe(line), "\n".into()])
        .collect()
}

/// `podlings interview remark FILE`
pub(super) fn remark(file: &Path) -> Result<ExitCode, Failure> {
    let read = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let place = file.display();
    let text = read.map_err(|error| {
        Failure::new(
            format!("cannot read the transcript: {error} ({place})"),
            "Name a file that `podlings interview transcript ATTEMPT --format json` printed.",
        )
    })?;
    let transcript = Transcript::parse(&text).map_err(|error| {
        Failure::new(
            format!("this is no transcript: {error} ({place})"),
            "Name a file that `podlings interview transcript ATTEMPT --format json` printed.",
        )
    })?;
    let remarked = transcript.remark();
    let mut text = String::new();
    let score = remarked
        .rule
        .map_or_else(|| "–".to_owned(), |score| format!("{:.1}", score * 100.0));
    let _ = writeln!(
        text,
        "{} answers marked again, score {score}",
        remarked.answers
    );
    for one in &remarked.disagreements {
        let is = one.is.map_or_else(
            || "its question does not read".to_owned(),
            |is| format!("now {is}"),
        );
        let _ = writeln!(
            text,
            "{}. {}: was {}, {is}",
            one.number,
            crate::tui::text::safe(&one.question),
            one.was
        );
    }
    written::print(&text)?;
    if remarked.agrees() {
        return Ok(ExitCode::SUCCESS);
    }
    let what = match (remarked.disagreements.first(), remarked.disagreements.len()) {
        (Some(first), many) => format!(
            "marked again, {many} of {} answers differ, first answer {} ({place})",
            remarked.answers, first.number
        ),
        (None, _) => {
            format!("the answers agree, but not the score the transcript states ({place})")
        }
    };
    let advice = if remarked.rules_changed {
        "The transcript was marked by another version of the rules."
    } else {
        "The transcript was edited, or was not made by podlings."
    };
    Err(Failure::new(what, advice))
}
