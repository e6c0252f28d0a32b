//! The command line, one file for each subcommand. Look first at [`run`]. Only this room prints, and
//! only this room decides exit codes: 0 done, 1 failed, 2 wrong usage.

mod arguments;
mod config;
mod doctor;
mod failure;
mod interview;
mod learn;
mod log;
mod notes;
mod open_app;
mod report;
mod setup;
mod study;
mod walk;
mod walk_lines;
mod written;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, Parser, error::ErrorKind};

use self::{
    arguments::{Arguments, Command, ConfigCommand, Format, LogCommand, NotesCommand, WalkFormat},
    failure::Failure,
    setup::Setup,
};

/// Runs podlings with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let result = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => obey(arguments),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                written::print(&error.render().to_string()).map(|()| ExitCode::SUCCESS)
            }
            _ => Err(wrong_usage(&error)),
        },
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn obey(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { global, command } = arguments;
    let plain = global.plain;
    match command {
        None if plain => Err(Failure::usage(
            "--plain needs something to print",
            "Try `podlings learn LESSON --plain`, `podlings study --plain` or `podlings interview --plain`.",
        )),
        None => open_app::home(Setup::new(global)?),
        Some(Command::Learn { lesson: None }) if plain => Err(Failure::usage(
            "learn --plain needs a lesson",
            "Name one; `podlings notes list` shows them all.",
        )),
        Some(Command::Learn {
            lesson: Some(lesson),
        }) if plain => learn::print(Setup::new(global)?, &lesson),
        Some(Command::Learn { lesson }) => open_app::lessons(Setup::new(global)?, lesson),
        Some(Command::Study(chosen)) if plain => study::line_by_line(Setup::new(global)?, &chosen),
        Some(Command::Study(chosen)) => open_app::study(Setup::new(global)?, &chosen),
        Some(Command::Walk(chosen)) if chosen.list => {
            let format = match chosen.format {
                WalkFormat::Text => Format::Text,
                WalkFormat::Jsonl => Format::Json,
                WalkFormat::Kubectl => {
                    return Err(Failure::usage(
                        "walk --list prints as text or json",
                        "Try `podlings walk --list --format json`.",
                    ));
                }
            };
            walk::list(&Setup::new(global)?, format)
        }
        Some(Command::Walk(chosen)) if chosen.scenario.is_none() && plain && !chosen.print => {
            walk::list(&Setup::new(global)?, Format::Text)
        }
        Some(Command::Walk(chosen)) if (chosen.gaps || chosen.recount) && !plain => {
            Err(Failure::usage(
                "--gaps and --recount need --plain",
                "In the app the key m chooses a way through the story.",
            ))
        }
        Some(Command::Walk(chosen))
            if chosen.print || plain && chosen.format != WalkFormat::Text =>
        {
            walk::print(&Setup::new(global)?, &chosen)
        }
        Some(Command::Walk(chosen)) if plain => {
            walk_lines::line_by_line(Setup::new(global)?, &chosen)
        }
        Some(Command::Walk(chosen)) => walk::open(Setup::new(global)?, &chosen),
        Some(Command::Interview(chosen)) => interview::obey(Setup::new(global)?, chosen, plain),
        Some(Command::Stats) if !plain => open_app::stats(Setup::new(global)?),
        Some(Command::Stats) => report::stats(Setup::new(global)?),
        Some(Command::Report(chosen)) => report::write(Setup::new(global)?, &chosen),
        Some(Command::Notes(NotesCommand::Check {
            paths,
            format,
            write_ids,
        })) => notes::check(Setup::new(global)?, &paths, format, write_ids),
        Some(Command::Notes(NotesCommand::List { paths, format })) => {
            notes::list(Setup::new(global)?, &paths, format)
        }
        Some(Command::Log(LogCommand::Export { file, force })) => {
            log::export(Setup::new(global)?, file.as_deref(), force)
        }
        Some(Command::Log(LogCommand::Import { file })) => log::import(Setup::new(global)?, &file),
        Some(Command::Doctor { rebuild, restore }) => {
            let setup = Setup::new(global)?;
            match restore {
                Some(backup) => doctor::restore(setup, &backup),
                None if rebuild => doctor::rebuild(setup),
                None => doctor::check(setup),
            }
        }
        Some(Command::Config(ConfigCommand::Init)) => setup::init_config(&global),
        Some(Command::Completions { shell }) => {
            let mut command = Arguments::command();
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "podlings", &mut script);
            written::print_bytes(&script)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Man) => {
            let page = clap_mangen::Man::new(Arguments::command());
            let mut text = Vec::new();
            page.render(&mut text).map_err(written::failed)?;
            written::print_bytes(&text)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// clap's message in one line, and where to look.
fn wrong_usage(error: &clap::Error) -> Failure {
    let rendered = error.render().to_string();
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let usage = rendered
            .lines()
            .find_map(|line| line.strip_prefix("Usage: "));
        let command = usage.and_then(|usage| usage.split(" [").next());
        let command = command.unwrap_or("podlings");
        return Failure::usage(
            format!("`{command}` needs a subcommand"),
            format!("See `{command} --help`."),
        );
    }
    let what = rendered
        .lines()
        .take_while(|line| !line.starts_with("Usage") && !line.starts_with("For more"))
        .map(|line| line.trim().trim_start_matches("error: "))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ");
    Failure::usage(what, "See `podlings --help`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
