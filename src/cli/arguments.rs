use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDate};
use clap::{
    Arg, ArgAction, ArgMatches, Args, Error, FromArgMatches, Parser, Subcommand, ValueEnum,
};
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

fn date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| "not a date such as 2026-11-24".to_owned())
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
    /// Play a scenario over the cluster model
    Walk(WalkArguments),
    /// Sit a mock interview (opens the app to choose one), or look at those that are over
    #[command(after_long_help = INTERVIEW_LINES)]
    Interview(InterviewArguments),
    /// Print where you stand: readiness, retention, what comes
    Stats,
    /// Write where you stand as a page, a table or a picture
    Report(ReportArguments),
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

#[derive(Args, Debug)]
pub(super) struct ReportArguments {
    /// What to write: html, md, json, csv or svg (without it, the ending of FILE decides)
    #[arg(long, value_enum)]
    pub(super) format: Option<ReportFormat>,
    /// Write this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Look back no further than this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) since: Option<NaiveDate>,
    /// Leave out answers and all text of your own notes
    #[arg(long)]
    pub(super) share: bool,
    /// Replace the file if there is one
    #[arg(long, requires = "output")]
    pub(super) force: bool,
}

/// How a report is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ReportFormat {
    /// One page for a browser, with charts; prints well
    Html,
    /// Markdown
    Md,
    /// All figures, for programs
    Json,
    /// All figures, for spreadsheets
    Csv,
    /// A badge and a calendar
    Svg,
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

/// How `interview --plain` is answered.
const INTERVIEW_LINES: &str = "\
With --plain each question stands under a line `[n/N] ID KIND` and a line answers it:
  choice, predict   a letter or a number: b
  multi             letters or numbers: a c
  cloze, short      the text
  order             all numbers, in order: 2 1 3
  match             each left side with its right side: a2 b1 c3
  aloud             any line once it has been said, then the numbers of the points made
  card              any line shows the answer, then 1 missed, 2 partly, 3 knew
Add how sure you are as `!1` (a guess), `!2` (you think so) or `!3` (certain): `b !3`.
An empty line skips. `:back` goes back, `:5` to question 5, `:flag` marks for another look, `:time`
tells the time left, `:pause` stops the clock, `:submit` hands in, `:quit` leaves it to be resumed.
The end of input hands in too.";

#[derive(Args, Debug, Default, PartialEq)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct InterviewArguments {
    #[command(subcommand)]
    pub(super) command: Option<InterviewCommand>,
    /// quick: 10 questions in 10 minutes, mock: 20 in 30, full: 40 in 60, wrong: what you got wrong
    #[arg(long, value_enum)]
    pub(super) preset: Option<InterviewPreset>,
    /// What it weighs: a profile of the course; or `own`: the cards of your notes; or `cards`: any card
    #[arg(long, value_name = "PROFILE")]
    pub(super) profile: Option<String>,
    /// Only questions of this domain (may be given several times)
    #[arg(long, value_name = "DOMAIN")]
    pub(super) domain: Vec<String>,
    /// How many questions
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(super) count: Option<u32>,
    /// How many minutes
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(super) minutes: Option<u32>,
    /// Decides which questions and in what order: the same seed, the same interview
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    /// Explain each answer at once, instead of nothing until the end
    #[arg(long)]
    pub(super) practice: bool,
}

/// The interviews that are offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum InterviewPreset {
    /// 10 questions in 10 minutes
    Quick,
    /// 20 questions in 30 minutes
    Mock,
    /// 40 questions in 60 minutes
    Full,
    /// What was answered wrong the last time it was asked
    Wrong,
}

#[derive(Subcommand, Debug, PartialEq)]
pub(super) enum InterviewCommand {
    /// List the interviews that are over
    History,
    /// Print an interview: the questions as they stood, the answers, how they were marked
    Transcript {
        /// Its name in the history, or `last`
        #[arg(value_name = "ATTEMPT")]
        attempt: String,
        /// For people or for programs
        #[arg(long, value_enum, default_value_t = TranscriptFormat::Md)]
        format: TranscriptFormat,
    },
    /// Mark a transcript (JSON) again; fails if the score is not the same
    Remark {
        /// What `transcript --format json` printed, or - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// How a transcript is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum TranscriptFormat {
    /// Markdown
    Md,
    /// JSON
    Json,
}

#[derive(Args, Debug)]
pub(super) struct WalkArguments {
    /// A scenario's id, or a scenario file
    #[arg(value_name = "SCENARIO|FILE")]
    pub(super) scenario: Option<String>,
    /// List the built-in scenarios
    #[arg(long, conflicts_with_all = ["scenario", "print"])]
    pub(super) list: bool,
    /// Play it without a screen and print what happened
    #[arg(long)]
    pub(super) print: bool,
    /// With --plain: leave out the key facts, to be filled in
    #[arg(long, conflicts_with_all = ["print", "recount"], requires = "scenario")]
    pub(super) gaps: bool,
    /// With --plain: tell it yourself, link by link
    #[arg(long, conflicts_with = "print", requires = "scenario")]
    pub(super) recount: bool,
    /// How to print: text, jsonl or kubectl; for --list text or json
    #[arg(long, value_enum, default_value_t = WalkFormat::Text)]
    pub(super) format: WalkFormat,
    /// Decides all that Kubernetes leaves to chance
    #[arg(long, value_name = "N", requires = "print")]
    pub(super) seed: Option<u64>,
    /// End at this moment of the run, in milliseconds
    #[arg(long, value_name = "MS", requires = "print")]
    pub(super) until: Option<u64>,
    /// Number and print heartbeats and what changes nothing too
    #[arg(long, requires = "print")]
    pub(super) routine: bool,
    #[command(flatten)]
    pub(super) played: PlayedArguments,
}

/// How a run is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum WalkFormat {
    /// A story to read
    Text,
    /// A step a line, as JSON (for --list: one JSON object)
    #[value(alias = "json")]
    Jsonl,
    /// What the commands print to whoever gave them
    Kubectl,
}

/// Something done to a run besides what its scenario does.
#[derive(Clone, Debug)]
pub(super) enum Played {
    Command(String),
    Fault(String),
}

/// `--command LINE --at STEP` and `--fault FAULT --at STEP`, any number of them: an `--at` belongs to the
/// one it follows. clap's derive keeps no order between options, so this is read by hand.
#[derive(Clone, Debug, Default)]
pub(super) struct PlayedArguments(Vec<(Played, u32)>);

impl PlayedArguments {
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Played, u32)> {
        self.0.iter()
    }
}

impl Args for PlayedArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        let option = |name: &'static str, value: &'static str, help: &'static str| {
            Arg::new(name)
                .long(name)
                .value_name(value)
                .action(ArgAction::Append)
                .requires("print")
                .help(help)
        };
        command
            .arg(option(
                "command",
                "LINE",
                "Also give this command, at the step of the --at after it",
            ))
            .arg(option(
                "fault",
                "FAULT",
                "Also break or mend this, at the step of the --at after it",
            ))
            .arg(
                option(
                    "at",
                    "STEP",
                    "After which step of the run (0, or none: at the start)",
                )
                .value_parser(clap::value_parser!(u32)),
            )
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        PlayedArguments::augment_args(command)
    }
}

impl FromArgMatches for PlayedArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<PlayedArguments, Error> {
        enum Word {
            Act(Played),
            At(u32),
        }
        fn given<T: Clone + Send + Sync + 'static>(
            matches: &ArgMatches,
            name: &str,
            word: impl Fn(T) -> Word,
        ) -> Vec<(usize, Word)> {
            let places = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<T>(name).into_iter().flatten();
            places.zip(values.cloned().map(word)).collect()
        }
        let mut words = given(matches, "command", |line| Word::Act(Played::Command(line)));
        words.extend(given(matches, "fault", |fault| {
            Word::Act(Played::Fault(fault))
        }));
        words.extend(given(matches, "at", Word::At));
        words.sort_by_key(|(place, _)| *place);
        let mut played: Vec<(Played, u32)> = Vec::new();
        let mut may_follow = false;
        for (_, word) in words {
            match (word, played.last_mut()) {
                (Word::Act(act), _) => {
                    played.push((act, 0));
                    may_follow = true;
                }
                (Word::At(step), Some(last)) if may_follow => {
                    last.1 = step;
                    may_follow = false;
                }
                (Word::At(_), _) => {
                    return Err(Error::raw(
                        clap::error::ErrorKind::ArgumentConflict,
                        "--at belongs after a --command or a --fault\n",
                    ));
                }
            }
        }
        Ok(PlayedArguments(played))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = PlayedArguments::from_arg_matches(matches)?;
        Ok(())
    }
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
