use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::ids::Lang;

/// Docker and Kubernetes notes turned into lessons and flashcards, in the terminal.
///
/// Without a subcommand the app opens at Home.
#[derive(Parser, Debug)]
#[command(name = "podlings", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Args, Debug)]
pub(super) struct Global {
    /// Also load notes from this file or folder (may be given several times)
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) notes: Vec<PathBuf>,
    /// Keep progress in this folder instead of the XDG data directory
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Read this configuration file instead of the one in the XDG config directory
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Language of the interface and of the lessons: zh or en
    #[arg(long, global = true, value_name = "LANG")]
    pub(super) lang: Option<Lang>,
    /// Take this as the present time and zone (RFC 3339), for output that is the same every time
    #[arg(long, global = true, value_name = "TIME", value_parser = rfc3339)]
    pub(super) now: Option<DateTime<FixedOffset>>,
    /// Use no colours (also when NO_COLOR is set)
    #[arg(long, global = true)]
    pub(super) no_color: bool,
    /// Print linear text instead of opening the app
    #[arg(long, global = true)]
    pub(super) plain: bool,
}

fn rfc3339(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text)
        .map_err(|_| "not an RFC 3339 time such as 2026-11-24T09:30:00+08:00".to_owned())
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Read a lesson (opens Lessons without one)
    Learn {
        /// A lesson's id or title
        lesson: Option<String>,
    },
    /// Answer flashcards
    Study(StudyArguments),
    /// Check or list notes
    #[command(subcommand)]
    Notes(NotesCommand),
    /// Move history between machines
    #[command(subcommand)]
    Log(LogCommand),
    /// Check the progress database, rebuild what is computed from it, or restore a backup
    Doctor {
        /// Compute all memory state anew from the history
        #[arg(long, conflicts_with = "restore")]
        rebuild: bool,
        /// Put this backup in the database's place (the present file is kept beside it)
        #[arg(long, value_name = "BACKUP")]
        restore: Option<PathBuf>,
    },
    /// The configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script
    Completions {
        /// For this shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Args, Debug, Default)]
pub(super) struct StudyArguments {
    /// Only cards that are due
    #[arg(long, group = "plan")]
    pub(super) due: bool,
    /// Only new cards
    #[arg(long, group = "plan")]
    pub(super) new: bool,
    /// Practise without moving the schedule
    #[arg(long, group = "plan")]
    pub(super) cram: bool,
    /// What fits into this many minutes, what is forgotten fastest first
    #[arg(long, group = "plan", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(super) minutes: Option<u32>,
    /// Only cards of this lesson (id or title)
    #[arg(long, value_name = "LESSON")]
    pub(super) lesson: Option<String>,
    /// Only cards with this tag
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Option<String>,
}

#[derive(Subcommand, Debug)]
pub(super) enum NotesCommand {
    /// Report what is wrong in notes; fails if there is an error
    Check {
        /// Files and folders; without one, the built-in course and --notes
        paths: Vec<PathBuf>,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Write each card's id into its file, so that any edit keeps its progress
        #[arg(long)]
        write_ids: bool,
    },
    /// List the lessons and cards found
    List {
        /// Files and folders; without one, the built-in course and --notes
        paths: Vec<PathBuf>,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Subcommand, Debug)]
pub(super) enum LogCommand {
    /// Print the whole history as JSON Lines
    Export {
        /// To this file instead of standard output
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Replace the file if there is one
        #[arg(long)]
        force: bool,
    },
    /// Merge a history in; what is there already is left alone
    Import {
        /// JSON Lines, or - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum ConfigCommand {
    /// Write a configuration file with every setting explained
    Init,
}
