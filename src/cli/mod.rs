//! The command line, one file for each subcommand. Look first at [`run`]. Only this room prints, and
//! only this room decides exit codes: 0 done, 1 failed, 2 wrong usage.

use std::{ffi::OsString, process::ExitCode};

use clap::Parser;

/// Docker and Kubernetes notes turned into lessons and flashcards, in the terminal.
#[derive(Parser, Debug)]
#[command(name = "podlings", version)]
struct Arguments {}

/// Runs podlings with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments {}) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.exit_code();
            // A closed pipe is no reason to fail twice.
            let _ = error.print();
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
    }
}
