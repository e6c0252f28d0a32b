use std::{
    env,
    io::{self, IsTerminal},
    process::ExitCode,
    rc::Rc,
};

use super::{
    Failure, Setup,
    arguments::StudyArguments,
    config::GlyphSet,
    setup::{Desk, store_failure},
    study,
};
use crate::{
    history::Blueprint,
    tui::{
        self, App, Edge, Keymap, Look, Opening, RunError, Shared, Signs,
        text::Glyphs,
        theme::{ColourDepth, ThemeName},
    },
    walkthrough::Scenario,
};

/// Opens the app at Home.
pub(super) fn home(setup: Setup) -> Result<ExitCode, Failure> {
    open(setup, Desk::with_course, |_| Ok(Opening::Home))
}

/// Opens the app at the lessons, or at one.
pub(super) fn lessons(setup: Setup, lesson: Option<String>) -> Result<ExitCode, Failure> {
    match lesson {
        None => open(setup, Desk::with_course, |_| Ok(Opening::Lessons)),
        Some(name) => open(setup, Desk::open, |desk| {
            desk.find_lesson(&name).map(Opening::Lesson)
        }),
    }
}

/// Opens the app at the walkthroughs, or at one, or at one of its chapters.
pub(super) fn walk(
    setup: Setup,
    chosen: Option<(Rc<Scenario>, Option<usize>)>,
) -> Result<ExitCode, Failure> {
    open(setup, Desk::with_course, |_| {
        Ok(match chosen {
            None => Opening::Walks,
            Some((scenario, None)) => Opening::Walk(scenario),
            Some((scenario, Some(chapter))) => Opening::WalkAt(scenario, chapter),
        })
    })
}

/// Opens the app at the interviews.
pub(super) fn interviews(
    setup: Setup,
    custom: Option<Blueprint>,
    seed: Option<u64>,
) -> Result<ExitCode, Failure> {
    open(setup, Desk::open, |_| {
        Ok(Opening::Interviews(custom.map(Box::new), seed))
    })
}

/// Opens the app where the learner stands.
pub(super) fn stats(setup: Setup) -> Result<ExitCode, Failure> {
    open(setup, Desk::with_course, |_| Ok(Opening::Stats))
}

/// Opens the app in a study session.
pub(super) fn study(setup: Setup, arguments: &StudyArguments) -> Result<ExitCode, Failure> {
    open(setup, Desk::open, |desk| {
        let (plan, filter) = study::chosen(arguments, desk)?;
        Ok(Opening::Study(plan, filter))
    })
}

fn open(
    setup: Setup,
    sit_down: impl FnOnce(Setup) -> Result<Desk, Failure>,
    opening: impl FnOnce(&Desk) -> Result<Opening, Failure>,
) -> Result<ExitCode, Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::new(
            "the app needs a terminal (standard input and output)",
            "In a pipe use `podlings study --plain`, `learn LESSON --plain`, `walk SCENARIO --plain` or `interview --plain`.",
        ));
    }
    let clock = setup.clock().running();
    let mouse = setup.config.mouse.unwrap_or(true);
    let looks = Looks::of(&setup)?;
    let desk = sit_down(setup)?;
    let opening = opening(&desk)?;
    let (shared, edge) = looks.put_on(desk);
    let app = App::new(shared, opening, tui::terminal_size(), clock.now());
    tui::run(app, edge, clock, mouse).map_err(|error| match error {
        RunError::Terminal(error) => Failure::new(
            format!("the terminal cannot be used: {error} (terminal)"),
            "Try another terminal, or `podlings study --plain`.",
        ),
        RunError::Store(error) => store_failure(error),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How the app looks and which keys it obeys, by configuration and environment.
struct Looks {
    theme: Option<ThemeName>,
    depth: ColourDepth,
    ascii: bool,
    keymap: Keymap,
    reduced_motion: bool,
    study_wrong: bool,
}

impl Looks {
    fn of(setup: &Setup) -> Result<Looks, Failure> {
        let wrong = |what: String| {
            setup.config.wrong(
                format_args!("configuration: {what}"),
                "Mend that setting; `podlings config init` writes a file with every one explained.",
            )
        };
        let theme = setup.config.theme.as_deref();
        let theme = theme.map(str::parse).transpose().map_err(wrong)?;
        let mut keymap = Keymap::built_in();
        let own = &setup.config.keymap;
        if !own.is_empty() {
            keymap
                .merge(own)
                .map_err(|error| wrong(error.to_string()))?;
        }
        let variable = |name| env::var(name).ok();
        let depth = if setup.no_colour() {
            ColourDepth::None
        } else {
            ColourDepth::of(
                variable("NO_COLOR").as_deref(),
                variable("COLORTERM").as_deref(),
                variable("TERM").as_deref(),
            )
        };
        Ok(Looks {
            theme,
            depth,
            ascii: setup.config.glyphs == Some(GlyphSet::Ascii),
            keymap,
            reduced_motion: setup.config.reduced_motion.unwrap_or(false),
            study_wrong: setup.config.interview.study_wrong.unwrap_or(true),
        })
    }

    fn put_on(self, desk: Desk) -> (Shared, Edge) {
        let look = Look {
            theme: self.theme.or(desk.choices.theme).unwrap_or_default(),
            depth: self.depth,
            keymap: self.keymap,
        };
        let (mut shared, edge) = desk.into_app(look);
        if self.ascii {
            shared.glyphs = Glyphs::ASCII;
            shared.signs = Signs::ASCII;
        }
        shared.reduced_motion = self.reduced_motion;
        shared.study_wrong = self.study_wrong;
        (shared, edge)
    }
}
