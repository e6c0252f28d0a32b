use std::{
    env, fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use chrono::NaiveDate;
use etcetera::{AppStrategy, AppStrategyArgs, app_strategy::Xdg};

use super::{
    Failure,
    arguments::Global,
    config::{Config, TEMPLATE},
};
use crate::{
    history::{Event, Row},
    ids::{Lang, LessonId, Now},
    locale::Locale,
    memory::{Memory, Settings},
    notes::{Course, Library, Relink, Seen, disk},
    progress::{Agenda, Moves, Sources},
    store::{Store, StoreError},
    tui::{
        Choices, Clock, Edge, EdgeError, Effect, Fixed, Look, Msg, Notes, Shared, USUAL_PROFILE,
        text::Labels,
    },
};

/// What the command line, the configuration and the environment say together.
pub(super) struct Setup {
    global: Global,
    pub(super) config: Config,
    clock: Clock,
}

impl Setup {
    pub(super) fn new(global: Global) -> Result<Setup, Failure> {
        let usual = folders().map(|folders| folders.in_config_dir("config.toml"));
        let config = Config::load(global.config.as_deref(), usual.as_deref())?;
        let clock = Clock::new(global.now);
        Ok(Setup {
            global,
            config,
            clock,
        })
    }

    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// `--lang`, then the configuration, then what was chosen in the app, then the locale.
    pub(super) fn lang(&self, chosen: Option<Lang>) -> Lang {
        self.global
            .lang
            .or(self.config.lang)
            .or(chosen)
            .unwrap_or_else(|| lang_of_locale(|name| env::var(name).ok()))
    }

    /// The language the command line asks for, if it does.
    pub(super) fn lang_asked(&self) -> Option<Lang> {
        self.global.lang
    }

    pub(super) fn no_colour(&self) -> bool {
        self.global.no_color
    }

    /// The file that keeps the learner's progress.
    pub(super) fn database(&self) -> PathBuf {
        self.data_dir().join("progress.db")
    }

    fn data_dir(&self) -> PathBuf {
        match (&self.global.data_dir, folders()) {
            (Some(dir), _) => dir.clone(),
            (None, Some(folders)) => folders.data_dir(),
            (None, None) => PathBuf::from("podlings-data"),
        }
    }

    pub(super) fn open_store(&self) -> Result<Store, Failure> {
        Store::open(&self.database(), self.clock.now().unix_ms()).map_err(store_failure)
    }

    /// The learner's notes: `--notes` and those of the configuration.
    pub(super) fn notes(&self) -> Notes {
        let configured = self.config.notes.iter();
        let configured = configured.map(|path| self.config.beside(&expand_home(path)));
        Notes {
            paths: configured
                .chain(self.global.notes.iter().cloned())
                .collect(),
            cache: folders().map(|folders| folders.in_cache_dir("notes")),
        }
    }

    /// How study is scheduled: what the configuration says, then what was chosen in the app.
    fn settings(&self, chosen: &Choices) -> Result<Settings, Failure> {
        let usual = Settings::default();
        let study = &self.config.study;
        let retention = chosen.retention.map(|hundredths| hundredths as f32 / 100.0);
        Ok(Settings {
            desired_retention: self
                .config
                .desired_retention()?
                .or(retention)
                .unwrap_or(usual.desired_retention),
            new_per_day: study
                .new_per_day
                .or(chosen.new_per_day)
                .unwrap_or(usual.new_per_day),
            reviews_per_day: study
                .reviews_per_day
                .or(chosen.reviews_per_day)
                .unwrap_or(usual.reviews_per_day),
            day_start: self.config.day_start()?.unwrap_or(usual.day_start),
            leech_lapses: usual.leech_lapses,
        })
    }

    /// What is aimed at: what the configuration says, then what was chosen in the app.
    fn goal(&self, chosen: &Choices) -> Result<Goal, Failure> {
        let config = &self.config;
        let named = config.profile.is_some().then(Course::built_in);
        let named = named.as_ref().map(|course| config.profile(course));
        let profile = named.transpose()?.map(|profile| profile.id.clone());
        let minutes = config.time_per_day()?.or(chosen
            .minutes
            .map(|minutes| Duration::from_secs(60 * u64::from(minutes))));
        Ok(Goal {
            interview: config.interview_date()?.or(chosen.interview),
            profile: profile
                .or_else(|| chosen.profile.clone())
                .unwrap_or_else(|| USUAL_PROFILE.to_owned()),
            a_day: minutes.unwrap_or(USUAL_TIME),
        })
    }

    /// What the configuration has decided.
    fn fixed(&self) -> Fixed {
        let config = &self.config;
        Fixed {
            interview: config.interview_date.is_some(),
            minutes: config.study.minutes_per_day.is_some(),
            retention: config.study.desired_retention.is_some(),
            new: config.study.new_per_day.is_some(),
            reviews: config.study.reviews_per_day.is_some(),
            profile: config.profile.is_some(),
        }
    }
}

/// The time there is in a day where nothing is said.
pub(super) const USUAL_TIME: Duration = Duration::from_secs(20 * 60);

/// What the learner aims at.
pub(super) struct Goal {
    /// The day of the interview.
    pub(super) interview: Option<NaiveDate>,
    /// What it weighs, by the name the course gives it.
    pub(super) profile: String,
    /// The time there is in a day.
    pub(super) a_day: Duration,
}

/// What the learner sits down to: the library, what they did so far, and where more of it is kept.
pub(super) struct Desk {
    pub(super) library: Arc<Library>,
    pub(super) memory: Memory,
    pub(super) settings: Settings,
    pub(super) lang: Lang,
    pub(super) clock: Clock,
    pub(super) choices: Choices,
    pub(super) goal: Goal,
    fixed: Fixed,
    relinks: Vec<Relink>,
    pub(super) edge: Edge,
}

impl Desk {
    /// With the course and the learner's notes.
    pub(super) fn open(setup: Setup) -> Result<Desk, Failure> {
        let mut desk = Desk::with_course(setup)?;
        let loaded = desk.edge.load_notes().map_err(store_failure)?;
        desk.library = loaded.library;
        desk.relinks = loaded.relinks;
        Ok(desk)
    }

    /// With the course alone: the app reads the learner's notes while its first frame is seen.
    pub(super) fn with_course(setup: Setup) -> Result<Desk, Failure> {
        let notes = setup.notes();
        let library = disk::course(notes.cache.as_deref());
        let (edge, memory) = Edge::new(setup.open_store()?, notes).map_err(store_failure)?;
        let choices = edge.choices().map_err(store_failure)?;
        Ok(Desk {
            library: Arc::new(library),
            memory,
            settings: setup.settings(&choices)?,
            goal: setup.goal(&choices)?,
            fixed: setup.fixed(),
            lang: setup.lang(choices.lang),
            clock: setup.clock(),
            choices,
            relinks: Vec::new(),
            edge,
        })
    }

    /// What the app needs of it.
    pub(super) fn into_app(self, look: Look) -> (Shared, Edge) {
        let mut shared = Shared::new(self.library, self.memory, look);
        shared.settings = self.settings;
        shared.lang = self.lang;
        shared.sources = self.choices.sources.unwrap_or(Sources::Both);
        shared.places = self.choices.places;
        shared.walked = self.edge.walked();
        shared.interview = self.goal.interview;
        shared.profile = self.goal.profile;
        shared.a_day = self.goal.a_day;
        shared.fixed = self.fixed;
        shared.predictions = self.choices.predictions.unwrap_or(true);
        (shared, self.edge)
    }

    pub(super) fn agenda(&self) -> Agenda<'_> {
        Agenda {
            library: &self.library,
            memory: &self.memory,
            lang: self.lang,
            sources: self.choices.sources.unwrap_or(Sources::Both),
        }
    }

    /// All that was ever done, in the order in which it counts.
    pub(super) fn rows(&self) -> Result<Vec<Row>, StoreError> {
        self.edge.rows()
    }

    pub(super) fn locale(&self) -> &'static Locale {
        locale(self.lang)
    }

    pub(super) fn text(&self, name: &'static str) -> &'static str {
        self.locale().text(name)
    }

    pub(super) fn fill(&self, name: &str, places: &[(&str, &dyn fmt::Display)]) -> String {
        self.locale().fill(name, places)
    }

    pub(super) fn labels(&self) -> Labels {
        Labels::new(self.locale())
    }

    /// A lesson by its id or title.
    pub(super) fn find_lesson(&self, name: &str) -> Result<LessonId, Failure> {
        find_lesson(&self.library, name)
    }

    /// Keeps what was done; when this returns it is on the disk and in memory.
    pub(super) fn keep(
        &mut self,
        events: Vec<Event>,
        seen: Vec<Seen>,
        now: Now,
    ) -> Result<Vec<Row>, Failure> {
        match self.edge.carry_out(Effect::Save { events, seen }, now) {
            Some(Msg::Saved(Ok(rows))) => {
                for row in &rows {
                    self.memory.apply(row);
                }
                Ok(rows)
            }
            Some(Msg::Saved(Err(error))) => Err(match error {
                EdgeError::Store(error) => store_failure(error),
                editor @ EdgeError::Editor { .. } => Failure::new(
                    format!("{editor} ($EDITOR)"),
                    "Nothing you were told was saved is lost.",
                ),
            }),
            _ => Ok(Vec::new()),
        }
    }

    /// Makes the day's backup before anything is added.
    pub(super) fn back_up(&self) {
        if let Err(error) = self.edge.back_up(self.clock.now()) {
            eprintln!("podlings: no backup was made today: {error}");
        }
    }

    /// Moves the progress of edited cards along with them, and says so.
    pub(super) fn report_moved_cards(&mut self) -> Result<(), Failure> {
        let relinks = std::mem::take(&mut self.relinks);
        let Moves {
            events: moved,
            asks,
        } = Moves::of(relinks, &self.memory, &self.library);
        for (from, _) in asks {
            eprintln!(
                "podlings: an edited card could be any of several; the app asks which ({from})"
            );
        }
        let mut seen = Vec::new();
        for event in &moved {
            match event {
                Event::Link { to, .. } => {
                    eprintln!("podlings: an edited card keeps its progress ({to})");
                    seen.extend(self.library.card(to, self.lang).map(Seen::of));
                }
                _ => eprintln!("podlings: a card that is back has its progress again"),
            }
        }
        if !moved.is_empty() {
            let now = self.clock.now();
            self.keep(moved, seen, now)?;
        }
        Ok(())
    }

    /// Keeps what was computed for the next time; history is kept already.
    pub(super) fn close(self) {
        // Where that fails, the next start computes it again.
        let _ = self.edge.close(&self.memory);
    }
}

/// The interface's texts in a language.
pub(super) fn locale(lang: Lang) -> &'static Locale {
    match lang {
        Lang::Zh => Locale::zh(),
        Lang::En => Locale::en(),
    }
}

/// A lesson by its id or title.
pub(super) fn find_lesson(library: &Library, name: &str) -> Result<LessonId, Failure> {
    library.find_lesson(name).cloned().map_err(|near| {
        let advice = match near.first() {
            Some(first) => format!("Did you mean `{first}`? `podlings notes list` shows all."),
            None => "`podlings notes list` shows them all.".to_owned(),
        };
        Failure::new(format!("there is no such lesson ({name})"), advice)
    })
}

/// A store's error as a command's failure.
pub(super) fn store_failure(error: StoreError) -> Failure {
    Failure::new(&error, sentence(&error.help()))
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let mut sentence = first.unwrap_or_default() + chars.as_str();
    if !sentence.ends_with(['.', '\'', '`']) {
        sentence.push('.');
    }
    sentence
}

fn folders() -> Option<Xdg> {
    Xdg::new(AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "podlings".to_owned(),
    })
    .ok()
}

/// `~` at the start of a path of the configuration: no shell has expanded it.
fn expand_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::var_os("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}

/// `LC_ALL`, then `LC_MESSAGES`, then `LANG`, as POSIX orders them; what is neither Chinese nor
/// English (`C` too) reads English.
fn lang_of_locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .and_then(|value| value.parse().ok())
        .unwrap_or(Lang::En)
}

/// `podlings config init`
pub(super) fn init_config(global: &Global) -> Result<ExitCode, Failure> {
    let path = match (&global.config, folders()) {
        (Some(path), _) => path.clone(),
        (None, Some(folders)) => folders.in_config_dir("config.toml"),
        (None, None) => {
            return Err(Failure::new(
                "there is no home directory to keep a configuration in ($HOME)",
                "Name a file with --config.",
            ));
        }
    };
    let wrong = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(
            format!("there is a configuration already ({})", path.display()),
            "Edit it, or move it away first.",
        ),
        _ => Failure::new(
            format!(
                "cannot write the configuration: {error} ({})",
                path.display()
            ),
            "Choose a place you may write to with --config.",
        ),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut file = fs::File::create_new(&path).map_err(wrong)?;
    file.write_all(TEMPLATE.as_bytes()).map_err(wrong)?;
    super::written::print(&format!("{}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_as_posix_orders_it() {
        let lang = |pairs: &[(&str, &str)]| {
            lang_of_locale(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", ""), ("LANG", "zh_TW")]), Lang::Zh);
        assert_eq!(lang(&[("LANG", "fr_FR.UTF-8")]), Lang::En);
        assert_eq!(lang(&[]), Lang::En);
    }
}
