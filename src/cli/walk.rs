use std::{fmt::Write, fs, path::Path, process::ExitCode, rc::Rc};

use serde::Serialize;

use super::{
    Failure, Setup,
    arguments::{Format, Played, WalkArguments, WalkFormat},
    open_app,
    setup::locale,
    written,
};
use crate::{
    cluster::{Moment, trace::StepId},
    ids::Lang,
    tui::text::{Columns, break_lines, safe},
    walkthrough::{Act, Link, LinkError, Run, Scenario, Variation, built_in, find, story},
};

/// The version of the list's JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Listed {
    version: u32,
    scenarios: Vec<ListedScenario>,
}

#[derive(Serialize)]
struct ListedScenario {
    id: String,
    title: String,
    lesson: String,
    steps: usize,
}

/// `podlings walk --list`
pub(super) fn list(setup: &Setup, format: Format) -> Result<ExitCode, Failure> {
    let lang = setup.lang(None);
    let scenarios = built_in().into_iter().map(|scenario| ListedScenario {
        steps: Run::new(&scenario, scenario.seed(), false).steps().len(),
        id: scenario.id.clone(),
        title: scenario.title.text(lang).to_owned(),
        lesson: scenario.lesson.to_string(),
    });
    let listed = Listed {
        version: VERSION,
        scenarios: scenarios.collect(),
    };
    let text = match format {
        Format::Json => super::notes::json(&listed)?,
        Format::Text => {
            let mut text = String::new();
            for one in &listed.scenarios {
                let _ = writeln!(
                    text,
                    "{:16} {:4} {:>5}  {}",
                    one.id, one.lesson, one.steps, one.title
                );
            }
            text
        }
    };
    written::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// `podlings walk [SCENARIO]`
pub(super) fn open(setup: Setup, chosen: &WalkArguments) -> Result<ExitCode, Failure> {
    let chosen = chosen.scenario.as_deref().map(place).transpose()?;
    open_app::walk(setup, chosen)
}

/// `podlings walk SCENARIO --print`
pub(super) fn print(setup: &Setup, chosen: &WalkArguments) -> Result<ExitCode, Failure> {
    let Some(name) = &chosen.scenario else {
        return Err(Failure::usage(
            "walk --print needs a scenario",
            "Name one, or a file; `podlings walk --list` shows those built in.",
        ));
    };
    let scenario = scenario(name)?;
    let variations = chosen.played.iter().map(variation);
    let variations = variations.collect::<Result<Vec<_>, _>>()?;
    let seed = chosen.seed.unwrap_or(scenario.seed());
    let until = chosen.until.map(Moment::from_millis);
    let run = Run::with(&scenario, (seed, chosen.routine), variations, until);
    let text = match chosen.format {
        WalkFormat::Text => told(&run, setup.lang(None)),
        WalkFormat::Jsonl => rows(&run)?,
        WalkFormat::Kubectl => terminal(&run),
    };
    written::print(&text)?;
    // What a scenario meant to do beyond a moment it was cut off at is no failure.
    match run.errors().first() {
        Some(error) if until.is_none() => Err(Failure::new(
            format!("{error} ({name})"),
            "The run is printed as far as it went.",
        )),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// How wide a chapter's paragraph is made. A step stays on its line, for those who search.
const COLUMNS: usize = 100;

fn told(run: &Run, lang: Lang) -> String {
    wrapped(&story(run, lang, locale(lang)))
}

/// A story's text, its paragraphs wrapped.
pub(super) fn wrapped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.lines() {
        let line = safe(line);
        if line.starts_with([' ', '#', '$']) {
            let _ = writeln!(shown, "{line}");
            continue;
        }
        for range in break_lines(&line, Columns::all(COLUMNS)) {
            let _ = writeln!(shown, "{}", &line[range]);
        }
    }
    shown
}

fn rows(run: &Run) -> Result<String, Failure> {
    let mut text = String::new();
    for step in run.steps() {
        text.push_str(&serde_json::to_string(&**step).map_err(super::notes::impossible)?);
        text.push('\n');
    }
    Ok(text)
}

/// What whoever gave the commands saw in their terminal.
fn terminal(run: &Run) -> String {
    let mut text = String::new();
    for output in run.outputs() {
        let _ = writeln!(text, "$ {}", safe(&output.line));
        for line in output.stdout.lines().chain(output.stderr.lines()) {
            let _ = writeln!(text, "{}", safe(line));
        }
    }
    text
}

/// A scenario, or `SCENARIO#CHAPTER` as a lesson's link has it.
pub(super) fn place(name: &str) -> Result<(Rc<Scenario>, Option<usize>), Failure> {
    match Link::of(name).target() {
        Ok(target) => Ok(target),
        Err(error @ LinkError::Chapter(..)) => Err(Failure::new(
            format!("{error} ({name})"),
            "Leave out the # and what follows to open it at its start.",
        )),
        Err(LinkError::Scenario(_)) => Ok((scenario(name)?, None)),
    }
}

/// A scenario by its id, or by the path of its file.
fn scenario(name: &str) -> Result<Rc<Scenario>, Failure> {
    if let Some(scenario) = find(name) {
        return Ok(scenario);
    }
    let path = Path::new(name);
    if path.extension().is_none() && !path.exists() {
        let ids: Vec<String> = built_in().iter().map(|one| one.id.clone()).collect();
        return Err(Failure::new(
            format!(
                "there is no scenario \"{name}\" (built in: {})",
                ids.join(", ")
            ),
            "Name one of them, or a scenario file; `podlings walk --list` shows their titles.",
        ));
    }
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(
            format!("cannot read the scenario: {error} ({name})"),
            "Name a scenario file, or one of `podlings walk --list`.",
        )
    })?;
    Scenario::parse(&text).map(Rc::new).map_err(|error| {
        Failure::new(
            format!("{} ({name}:{})", error.message, error.line.max(1)),
            "The format is described in docs/scenario-format.md.",
        )
    })
}

fn variation(played: &(Played, u32)) -> Result<Variation, Failure> {
    let act = match &played.0 {
        Played::Command(line) => Act::Command(line.clone()),
        Played::Fault(text) => Act::Fault(text.parse().map_err(|error| {
            Failure::usage(
                error,
                "Faults: stop|start COMPONENT[@NODE], stop|start NODE, cut|heal NODE, drop-watch COMPONENT, \
                 slow-etcd MS, crash POD [CONTAINER], fail-probe POD, heal-probe POD, fail-pull IMAGE, \
                 fill-disk NODE.",
            )
        })?),
    };
    Ok(Variation {
        at: StepId(played.1),
        act,
    })
}
