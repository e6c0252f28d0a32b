//! `podlings interview`: the app, or line by line, and what there is of interviews that are over.

mod line;
mod over;
mod plain;
mod results;
mod telling;

use std::process::ExitCode;

use super::{
    Failure, Setup,
    arguments::{InterviewArguments, InterviewCommand, InterviewPreset},
    open_app,
    setup::Desk,
};
use crate::{
    history::{Blueprint, Format, Preset},
    interview::{CARDS, OWN, Questions, question_files},
    notes::Course,
};

/// Everything `podlings interview` does.
pub(super) fn obey(
    setup: Setup,
    arguments: InterviewArguments,
    plain: bool,
) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Some(InterviewCommand::History) => over::history(setup),
        Some(InterviewCommand::Transcript { attempt, format }) => {
            over::transcript(setup, attempt, *format)
        }
        Some(InterviewCommand::Remark { file }) => over::remark(file),
        None if plain => plain::line_by_line(setup, &arguments),
        None => {
            let questions = questions(&setup);
            let blueprint = blueprint(&arguments, &questions)?;
            let only_a_seed = InterviewArguments {
                seed: arguments.seed,
                ..InterviewArguments::default()
            };
            let is_asked_for = arguments != only_a_seed;
            open_app::interviews(setup, is_asked_for.then_some(blueprint), arguments.seed)
        }
    }
}

/// The questions there are: those of the course, and those beside the learner's notes.
fn questions(setup: &Setup) -> Questions {
    Questions::with_built_in(&question_files(&setup.notes().paths).0).0
}

/// What the options ask for.
fn blueprint(arguments: &InterviewArguments, questions: &Questions) -> Result<Blueprint, Failure> {
    let course = Course::built_in();
    let preset = arguments.preset.map(|preset| match preset {
        InterviewPreset::Quick => Preset::Quick,
        InterviewPreset::Mock => Preset::Mock,
        InterviewPreset::Full => Preset::Full,
        InterviewPreset::Wrong => Preset::Wrong,
    });
    let mut blueprint = Blueprint::of(preset.unwrap_or(Preset::Quick));
    if let Some(count) = arguments.count {
        blueprint.count = count;
        blueprint.minutes = Blueprint::minutes_for(count);
    }
    if let Some(minutes) = arguments.minutes {
        blueprint.minutes = minutes;
    }
    let own_numbers = arguments.count.is_some() || arguments.minutes.is_some();
    if own_numbers && blueprint.preset != Preset::Wrong {
        blueprint.preset = Preset::Custom;
    }
    if arguments.practice {
        blueprint.format = Format::Practice;
    }
    if let Some(profile) = &arguments.profile {
        let known = course.profiles.iter().map(|profile| profile.id.as_str());
        let known: Vec<&str> = known.chain([OWN, CARDS]).collect();
        must_be_one_of("profile", profile, &known)?;
        blueprint.profile = Some(profile.clone());
    }
    for domain in &arguments.domain {
        let mut known: Vec<&str> = course.domains.iter().map(String::as_str).collect();
        known.extend(
            questions
                .all()
                .iter()
                .map(|question| question.domain.as_str()),
        );
        known.retain(|domain| !domain.is_empty());
        known.sort_unstable();
        known.dedup();
        must_be_one_of("domain", domain, &known)?;
    }
    blueprint.domains.clone_from(&arguments.domain);
    blueprint.domains.sort();
    blueprint.domains.dedup();
    Ok(blueprint)
}

fn must_be_one_of(what: &str, name: &str, known: &[&str]) -> Result<(), Failure> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("there is no {what} \"{name}\""),
        format!("Choose one of: {}.", known.join(", ")),
    ))
}

/// What a blueprint is called.
fn preset_name(desk: &Desk, preset: Preset) -> &'static str {
    desk.text(match preset {
        Preset::Quick => "interview.quick",
        Preset::Mock => "interview.mock",
        Preset::Full => "interview.full",
        Preset::Wrong => "interview.wrong",
        Preset::Custom => "interview.custom",
    })
}
