use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use super::Failure;
use crate::{
    ids::Lang,
    notes::{Course, Profile},
    tui::USUAL_PROFILE,
};

/// The configuration file's text, every setting explained and none set.
pub(super) const TEMPLATE: &str = include_str!("../../assets/config.toml");

/// What the learner wrote in the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    /// Where it was read.
    #[serde(skip)]
    file: PathBuf,
    pub(super) lang: Option<Lang>,
    pub(super) notes: Vec<PathBuf>,
    pub(super) theme: Option<String>,
    pub(super) glyphs: Option<GlyphSet>,
    pub(super) mouse: Option<bool>,
    pub(super) reduced_motion: Option<bool>,
    pub(super) interview_date: Option<toml::value::Datetime>,
    pub(super) profile: Option<String>,
    pub(super) study: Study,
    pub(super) interview: Interview,
    pub(super) keymap: toml::Table,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum GlyphSet {
    Unicode,
    Ascii,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Study {
    pub(super) desired_retention: Option<f32>,
    pub(super) new_per_day: Option<u32>,
    pub(super) reviews_per_day: Option<u32>,
    pub(super) minutes_per_day: Option<u32>,
    pub(super) day_start: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Interview {
    pub(super) study_wrong: Option<bool>,
}

impl Config {
    /// Reads the file named, or the usual one if it is there.
    pub(super) fn load(named: Option<&Path>, usual: Option<&Path>) -> Result<Config, Failure> {
        let (path, must_exist) = match (named, usual) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => return Ok(Config::default()),
        };
        match fs::read_to_string(path) {
            Ok(text) => Config::read(&text, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !must_exist => {
                Ok(Config::default())
            }
            Err(error) => Err(Failure::new(
                format!(
                    "cannot read the configuration: {error} ({})",
                    path.display()
                ),
                "Check the path, or leave --config out to use the defaults.",
            )),
        }
    }

    fn read(text: &str, path: &Path) -> Result<Config, Failure> {
        let read = toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            let message = error.message().replace('\n', " ");
            Failure::new(
                format!("configuration: {message} ({}:{line})", path.display()),
                "Mend that line; `podlings config init` writes a file with every setting explained.",
            )
        });
        read.map(|config| Config {
            file: path.to_owned(),
            ..config
        })
    }

    /// A path of the configuration: it means the same wherever the program is started.
    pub(super) fn beside(&self, path: &Path) -> PathBuf {
        self.file
            .parent()
            .map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// A setting that parses and makes no sense.
    pub(super) fn wrong(&self, what: impl fmt::Display, advice: &str) -> Failure {
        Failure::new(format!("{what} ({})", self.file.display()), advice)
    }

    pub(super) fn interview_date(&self) -> Result<Option<NaiveDate>, Failure> {
        self.interview_date
            .map(|value| {
                value
                    .date
                    .and_then(|date| {
                        NaiveDate::from_ymd_opt(
                            date.year.into(),
                            date.month.into(),
                            date.day.into(),
                        )
                    })
                    .ok_or_else(|| {
                        self.wrong(
                            format_args!("interview_date is no date: {value}"),
                            "Write it as interview_date = 2026-12-20.",
                        )
                    })
            })
            .transpose()
    }

    pub(super) fn day_start(&self) -> Result<Option<NaiveTime>, Failure> {
        self.study
            .day_start
            .as_deref()
            .map(|text| {
                NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| {
                    self.wrong(
                        format_args!("study.day_start is no time of day: \"{text}\""),
                        "Write it as day_start = \"04:00\".",
                    )
                })
            })
            .transpose()
    }

    /// The interview's profile, as the course names it.
    pub(super) fn profile<'a>(&self, course: &'a Course) -> Result<&'a Profile, Failure> {
        let name = self.profile.as_deref().unwrap_or(USUAL_PROFILE);
        let mut profiles = course.profiles.iter();
        profiles.find(|profile| profile.id == name).ok_or_else(|| {
            let names: Vec<&str> = course.profiles.iter().map(|one| one.id.as_str()).collect();
            self.wrong(
                format_args!("profile names none: \"{name}\""),
                &format!("Choose one of {}.", names.join(", ")),
            )
        })
    }

    /// The time there is in a day.
    pub(super) fn time_per_day(&self) -> Result<Option<Duration>, Failure> {
        match self.study.minutes_per_day {
            None => Ok(None),
            Some(minutes @ 1..=1440) => Ok(Some(Duration::from_secs(60 * u64::from(minutes)))),
            Some(minutes) => Err(self.wrong(
                format_args!("study.minutes_per_day is out of range: {minutes}"),
                "Choose from 1 to 1440 minutes.",
            )),
        }
    }

    pub(super) fn desired_retention(&self) -> Result<Option<f32>, Failure> {
        match self.study.desired_retention {
            Some(value) if !(0.70..=0.97).contains(&value) => Err(self.wrong(
                format_args!("study.desired_retention is out of range: {value}"),
                "Choose a value from 0.70 to 0.97; 0.90 suits most people.",
            )),
            value => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::setup::USUAL_TIME;

    #[test]
    fn the_template_is_a_configuration_that_changes_nothing() {
        let config = Config::read(TEMPLATE, Path::new("")).expect("valid");
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn every_setting_of_the_template_is_one_when_its_sign_is_taken_off() {
        let text: String = TEMPLATE
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") || rest.starts_with("[keymap") => rest,
                _ => line,
            })
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| [line, "\n"])
            .collect();
        let config = Config::read(&text, Path::new("config.toml")).expect(&text);
        assert_eq!(config.lang, Some(Lang::Zh));
        assert_eq!(
            config.day_start().expect("a time"),
            NaiveTime::from_hms_opt(4, 0, 0)
        );
        assert!(config.interview_date().expect("a date").is_some());
        assert_eq!(config.study.new_per_day, Some(20));
        let usual = Config::default();
        assert_eq!(config.time_per_day().expect("in range"), Some(USUAL_TIME));
        let course = Course::built_in();
        assert_eq!(
            config.profile(&course).expect("there"),
            usual.profile(&course).expect("there")
        );
        assert_eq!(config.keymap.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let read = |text| Config::read(text, Path::new("c.toml")).expect("it parses");
        let failure = read("[study]\nminutes_per_day = 0").time_per_day();
        let failure = failure.expect_err("no time").to_string();
        assert!(failure.contains("study.minutes_per_day"), "{failure}");
        let course = Course::built_in();
        let failure = read("profile = \"cooking\"").profile(&course).map(|_| ());
        let failure = failure.expect_err("no such profile").to_string();
        assert!(failure.contains("docker, kubernetes, mixed"), "{failure}");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let failure = Config::read("lang = \"zh\"\nthem = 1\n", Path::new("c.toml"))
            .expect_err("no such key");
        assert!(failure.to_string().contains("c.toml:2"), "{failure}");
    }
}
