use std::{path::Path, process::ExitCode};

use super::{
    Failure, Setup,
    arguments::{ReportArguments, ReportFormat},
    setup::{Desk, store_failure},
    written,
};
use crate::{
    ids::{Lang, StudyDay},
    notes::Course,
    progress::{Aim, Overview, Record, Sources},
    report::{Format, Subject, report},
};

/// `podlings report`
pub(super) fn write(setup: Setup, arguments: &ReportArguments) -> Result<ExitCode, Failure> {
    let output = arguments.output.as_deref();
    let format = arguments
        .format
        .or_else(|| output.and_then(by_ending))
        .ok_or_else(|| {
            Failure::usage(
                "report needs a format",
                "Add --format html, md, json, csv or svg, or -o FILE with such an ending.",
            )
        })?;
    let since = arguments.since.map(StudyDay::new);
    let text = made(
        setup,
        Asked {
            format: format.into(),
            since,
            share: arguments.share,
        },
    )?;
    match output {
        None => written::print(&text)?,
        Some(path) => {
            written::to_file(path, arguments.force, |out| {
                out.write_all(text.as_bytes()).map_err(|error| {
                    Failure::new(
                        format!("cannot write: {error} ({})", path.display()),
                        "Make room, or choose another place.",
                    )
                })
            })?;
            eprintln!("podlings: report written ({})", path.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `podlings stats --plain`
pub(super) fn stats(setup: Setup) -> Result<ExitCode, Failure> {
    let text = made(
        setup,
        Asked {
            format: Format::Plain,
            since: None,
            share: false,
        },
    )?;
    written::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is asked for.
struct Asked {
    format: Format,
    since: Option<StudyDay>,
    share: bool,
}

fn made(setup: Setup, asked: Asked) -> Result<String, Failure> {
    let course = Course::built_in();
    let mut desk = Desk::open(setup)?;
    desk.report_moved_cards()?;
    let goal = &desk.goal;
    let mut profiles = course.profiles.iter();
    let profile = profiles.find(|profile| profile.id == goal.profile);
    let profile = profile.cloned().ok_or_else(|| {
        Failure::new(
            format!("there is no such profile ({})", goal.profile),
            "Choose another in the app's settings.",
        )
    })?;
    let now = desk.clock.now();
    let today = desk.settings.study_day(&now);
    if asked.since.is_some_and(|since| since > today) {
        return Err(Failure::usage(
            "--since is a day to come",
            "Name a day that is over, such as the first of the month.",
        ));
    }
    let agenda = desk.agenda();
    let aim = Aim {
        interview: goal.interview.map(StudyDay::new),
        weights: match agenda.sources {
            Sources::Own => agenda.weights_by_cards(),
            Sources::Both | Sources::Course => profile.weights,
        },
        a_day: goal.a_day,
        since: asked.since,
    };
    let rows = desk.rows().map_err(store_failure)?;
    let record = Record::of(&rows, &now, &desk.settings);
    let overview = Overview::of(&agenda, record, &desk.settings, &aim, today);
    let subject = Subject {
        overview: &overview,
        aim: &aim,
        profile: match (agenda.sources, desk.lang) {
            (Sources::Own, _) => desk.text("field.own"),
            (_, Lang::Zh) => &profile.title.zh,
            (_, Lang::En) => &profile.title.en,
        },
        library: &desk.library,
        lang: desk.lang,
        share: asked.share,
    };
    let text = report(&subject, asked.format);
    desk.close();
    Ok(text)
}

/// What a file's ending says it is.
fn by_ending(path: &Path) -> Option<ReportFormat> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "html" | "htm" => ReportFormat::Html,
        "md" | "markdown" => ReportFormat::Md,
        "json" => ReportFormat::Json,
        "csv" => ReportFormat::Csv,
        "svg" => ReportFormat::Svg,
        _ => return None,
    })
}

impl From<ReportFormat> for Format {
    fn from(format: ReportFormat) -> Format {
        match format {
            ReportFormat::Html => Format::Html,
            ReportFormat::Md => Format::Markdown,
            ReportFormat::Json => Format::Json,
            ReportFormat::Csv => Format::Csv,
            ReportFormat::Svg => Format::Svg,
        }
    }
}
