//! Hands the command line to [`podlings::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    podlings::cli::run(std::env::args_os())
}
