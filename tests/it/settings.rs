//! The settings: what is set by which key, what it costs, and that it is kept.

use podlings::{
    ids::Lang,
    notes::course,
    store::{Setting, Store},
    tui::{Opening, Shared},
};

use crate::{
    learner::{Learner, comes},
    program::Home,
    pty::Pty,
    year::{Known, Style, Year},
};

fn at_the_settings(lang: Lang, change: fn(&mut Shared)) -> Learner {
    let coming = comes(lang).changed(change).opening(Opening::Stats);
    let mut learner = coming.sits_down();
    learner.presses(",");
    learner
}

fn kept<T: serde::de::DeserializeOwned>(learner: &Learner, setting: Setting) -> Option<T> {
    let store = Store::open(&learner.home.path().join("progress.db"), 0).expect("a database");
    store.setting(setting).expect("a setting")
}

#[test]
fn every_setting_is_changed_by_keys_and_kept_at_once() {
    let mut learner = at_the_settings(Lang::En, |_| {});
    learner.sees("▸ Interview date").sees("not set");
    learner
        .presses("Right")
        .sees("2026-12-24")
        .sees("30 days left");
    learner.presses("Right").sees("2026-12-25");
    let day: Option<Option<String>> = kept(&learner, Setting::ExamDay);
    assert_eq!(day.flatten().as_deref(), Some("2026-12-25"));
    learner.presses("x").sees("not set");
    let day: Option<Option<String>> = kept(&learner, Setting::ExamDay);
    assert_eq!(day, Some(None));

    learner.presses("Down").sees("What each field weighs");
    let before = learner.app().shared().profile.clone();
    learner.presses("Right");
    let profile: Option<String> = kept(&learner, Setting::Profile);
    assert!(profile.as_ref().is_some_and(|one| *one != before));
    assert_eq!(profile.as_ref(), Some(&learner.app().shared().profile));

    learner.presses("Down +").sees("25 min");
    assert_eq!(kept::<u32>(&learner, Setting::Minutes), Some(25));
    learner.presses("Down Left Left").sees("0.88");
    assert_eq!(kept::<u32>(&learner, Setting::Retention), Some(88));
    learner.presses("Down l");
    let new = learner.app().shared().settings.new_per_day;
    assert_eq!(kept::<u32>(&learner, Setting::NewPerDay), Some(new));
    learner.presses("Down h");
    let reviews = learner.app().shared().settings.reviews_per_day;
    assert_eq!(kept::<u32>(&learner, Setting::ReviewsPerDay), Some(reviews));
}

#[test]
fn a_setting_goes_no_further_than_makes_sense() {
    let mut learner = at_the_settings(Lang::En, |shared| {
        shared.settings.desired_retention = 0.97;
        shared.interview = chrono::NaiveDate::from_ymd_opt(2026, 11, 24);
    });
    learner.presses("Left").sees("2026-11-24");
    assert_eq!(kept::<Option<String>>(&learner, Setting::ExamDay), None);
    learner.presses("Down Down Down Right").sees("◂ 0.97 ▸");
    assert_eq!(kept::<u32>(&learner, Setting::Retention), None);
}

#[test]
fn what_a_choice_costs_stands_beside_it() {
    let library = course();
    let lesson = library.lessons_in(Lang::En).next().expect("a lesson");
    let cards: Vec<Known> = library
        .cards_of(&lesson.id, Lang::En)
        .map(|card| Known {
            card: card.id.clone(),
            lesson: lesson.id.clone(),
            domain: lesson.domain.to_string(),
        })
        .collect();
    let coming = comes(Lang::En).with_history(Year::of(Style::Steady, &cards).log());
    let mut learner = coming.opening(Opening::Stats).sits_down();
    learner
        .presses(", Down Down Down")
        .sees("Desired retention");
    learner
        .sees("0.93 instead of 0.90: about 1.")
        .sees("A year, played with the memory model");
    learner.sees("▸  0.90    1.0 times the reviews");
    learner
        .presses("Right")
        .sees("▸  0.91    1.0 times the reviews");
    learner
        .presses("Down")
        .sees("instead of")
        .sees("minutes a day");
    learner.presses("Down").sees("instead of");
}

#[test]
fn a_learner_who_does_not_wait_may_change_things_before_the_costs_are_there() {
    let coming = comes(Lang::En).who_waits().opening(Opening::Stats);
    let mut learner = coming.sits_down();
    learner
        .presses(", Down Down Down")
        .sees("Working out what each choice costs");
    learner.presses("Right").sees("0.91");
    for _ in 0..3 {
        learner.is_told();
    }
    learner.sees("▸  0.91    1.0 times");
}

#[test]
fn what_the_configuration_file_says_is_not_changed_behind_its_back() {
    let home = Home::new();
    let config = "[study]\ndesired_retention = 0.85\n";
    home.file("config.toml", config);
    let arguments = [
        "--data-dir",
        "data",
        "--config",
        "config.toml",
        "--lang",
        "en",
        "stats",
    ];
    let mut pty = Pty::start(&home, &arguments, &[]);
    pty.sees("Readiness").types(",").sees("Settings");
    pty.types("\u{1b}[B\u{1b}[B\u{1b}[B")
        .sees("0.85   fixed in the configuration file");
    pty.types("+").sees("change it there");
    // What is not in the file is kept beside the history.
    pty.types("\u{1b}[A+").sees("25 min").types("\u{3}").ends();
    let file = std::fs::read_to_string(home.path().join("config.toml"));
    assert_eq!(file.expect("the file"), config);
    let mut again = Pty::start(&home, &arguments, &[]);
    again
        .sees("Readiness")
        .types(",")
        .sees("25 min")
        .sees("0.85");
}
