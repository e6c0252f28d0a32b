//! Reports of learners made up for it, written by the real program.

mod figures;
mod fsrs;
mod pages;
mod safety;
mod schema;

use std::fmt::Write;

use podlings::{
    ids::{CardId, LessonId},
    progress::Sources,
    store::{Setting, Store},
};

use crate::{
    program::Home,
    year::{Known, NOW, Style, Year, date},
};

/// The learner's own notes: field, and how many cards.
const NOTES: [(&str, usize); 3] = [("docker", 30), ("networking", 24), ("", 12)];

/// Notes in both languages, for a learner who studies nothing else: what the course holds does not
/// matter then.
fn notes(home: &Home) {
    for (lang, word) in [("zh", "问题"), ("en", "Question")] {
        for (domain, cards) in NOTES {
            let id = lesson(domain);
            let mut text = format!("+++\nid = \"{id}\"\n");
            if !domain.is_empty() {
                let _ = writeln!(text, "domain = \"{domain}\"");
            }
            let _ = write!(text, "+++\n\n# {word} {id}\n\nText.\n");
            for card in 0..cards {
                let _ = write!(
                    text,
                    "\nQ: {word} {id} {card}? <!-- id: {id}-{card} -->\nA: {card}\n"
                );
            }
            home.file(&format!("notes/{id}.{lang}.md"), text);
        }
    }
}

fn lesson(domain: &str) -> String {
    format!("my-{}", if domain.is_empty() { "own" } else { domain })
}

/// The cards of these notes, one lesson after the other.
fn cards() -> Vec<Known> {
    NOTES
        .into_iter()
        .flat_map(|(domain, cards)| {
            (0..cards).map(move |card| Known {
                card: CardId::new(format!("{}-{card}", lesson(domain))),
                lesson: LessonId::new(lesson(domain)),
                domain: domain.to_owned(),
            })
        })
        .collect()
}

/// A learner of these notes, with this history.
struct Learner {
    home: Home,
    year: Option<Year>,
}

impl Learner {
    fn of(style: Option<Style>) -> Learner {
        let home = Home::new();
        notes(&home);
        let interview = date(26);
        home.file("config.toml", format!("interview_date = {interview}\n"));
        let database = home.path().join("data/progress.db");
        let mut store = Store::open(&database, 0).expect("a database");
        store
            .set_setting(Setting::Sources, &Sources::Own)
            .expect("set");
        drop(store);
        let year = style.map(|style| Year::of(style, &cards()));
        let learner = Learner { home, year };
        if let Some(year) = &learner.year {
            learner.home.file("log.jsonl", year.log());
            learner.run(&["log", "import", "log.jsonl"]).result();
        }
        learner
    }

    fn arguments<'a>(&self, arguments: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["--data-dir", "data", "--config", "config.toml"];
        all.extend(["--notes", "notes", "--now", NOW]);
        all.extend(arguments);
        all
    }

    fn run(&self, arguments: &[&str]) -> crate::program::Ran {
        self.home.run(&self.arguments(arguments))
    }

    fn report(&self, arguments: &[&str]) -> String {
        let mut all = vec!["report"];
        all.extend(arguments);
        self.run(&all).result()
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        serde_json::from_str(&self.report(&all)).expect("JSON")
    }
}
