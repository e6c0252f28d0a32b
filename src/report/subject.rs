//! What a report is about, and its words: names of fields, lessons and questions, numbers, days and
//! spans of time in the reader's language.

use std::{fmt::Display, time::Duration};

use chrono::Datelike;

use super::escape::one_line;
use crate::{
    ids::{CardId, Lang, LessonId, StudyDay},
    locale::Locale,
    notes::{Library, Origin, plain},
    progress::{Aim, Answer, Given, Overview},
};

/// So much of a text is shown where one line stands for it.
const LINE: usize = 160;

/// What a report is about, and how much of it may be told.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Where the learner stands.
    pub overview: &'a Overview,
    /// What they aim at.
    pub aim: &'a Aim,
    /// What the interview is called that the fields are weighed for.
    pub profile: &'a str,
    /// What there is to read and recall.
    pub library: &'a Library,
    /// The language of the report.
    pub lang: Lang,
    /// Whether it goes to others: then it holds no answers and no text of the learner's notes.
    pub share: bool,
}

impl Subject<'_> {
    pub(super) fn locale(&self) -> &'static Locale {
        match self.lang {
            Lang::Zh => Locale::zh(),
            Lang::En => Locale::en(),
        }
    }

    pub(super) fn text(&self, name: &'static str) -> String {
        self.locale().text(name).to_owned()
    }

    pub(super) fn fill(&self, name: &'static str, places: &[(&str, &dyn Display)]) -> String {
        self.locale().fill(name, places)
    }

    /// A field's name.
    pub(super) fn field(&self, domain: &str) -> String {
        match self.locale().course_field(domain) {
            None if self.share => self.text("field.own"),
            _ => one_line(self.locale().field(domain), LINE),
        }
    }

    /// A field as the course names it, the same in every language; empty for the learner's notes.
    pub(super) fn domain(&self, domain: &str) -> String {
        if self.share && self.locale().course_field(domain).is_none() {
            return String::new();
        }
        domain.to_owned()
    }

    /// Names one after the other.
    pub(super) fn list(&self, names: impl IntoIterator<Item = String>) -> String {
        let names: Vec<String> = names.into_iter().collect();
        names.join(self.locale().text("report.and"))
    }

    /// A lesson's title; of the learner's own lessons a shared report says only that they are.
    pub(super) fn lesson(&self, id: &LessonId) -> String {
        match self.library.lesson(id, self.lang) {
            Some(lesson) if self.share && lesson.origin == Origin::Own => self.field(""),
            Some(lesson) => one_line(&lesson.title, LINE),
            None if self.share => self.field(""),
            None => one_line(id.as_str(), LINE),
        }
    }

    /// Whether a lesson may be named in this report.
    pub(super) fn tells_of(&self, id: &LessonId) -> bool {
        let lesson = self.library.lesson(id, self.lang);
        !self.share || lesson.is_some_and(|lesson| lesson.origin == Origin::Course)
    }

    /// What a card asks; none in a shared report.
    pub(super) fn front(&self, id: &CardId) -> Option<String> {
        let card = self.library.card(id, self.lang)?;
        (!self.share).then(|| one_line(&plain(&card.front), LINE))
    }

    /// What a question asked, as it stood; none in a shared report.
    pub(super) fn question(&self, answer: &Answer) -> Option<String> {
        if self.share {
            return None;
        }
        let stood = self.in_lang(&answer.stood["prompt"]);
        Some(match stood {
            Some(prompt) => one_line(&plain(prompt), LINE),
            None => one_line(answer.question.as_str(), LINE),
        })
    }

    /// What was answered, where it can be said in words; none in a shared report.
    pub(super) fn given(&self, answer: &Answer) -> Option<String> {
        if self.share {
            return None;
        }
        let text = match &answer.given {
            Given::Text(text) => text.clone(),
            Given::Options(chosen) => {
                let options = &answer.stood["options"];
                let texts = chosen
                    .iter()
                    .filter_map(|at| self.in_lang(&options[*at]["text"]));
                texts.collect::<Vec<_>>().join(" · ")
            }
            Given::Order(_)
            | Given::Pairs(_)
            | Given::Points(_)
            | Given::Own(_)
            | Given::Nothing => String::new(),
        };
        (!text.is_empty()).then(|| one_line(&text, LINE))
    }

    fn in_lang<'v>(&self, titles: &'v serde_json::Value) -> Option<&'v str> {
        titles[self.lang.code()].as_str()
    }

    /// A day in a sentence.
    pub(super) fn date(&self, day: StudyDay) -> String {
        let date = day.date();
        let month = format!("month.{}", date.month());
        self.fill(
            "report.date",
            &[
                ("year", &date.year()),
                ("month", &self.locale().text(&month)),
                ("day", &date.day()),
            ],
        )
    }

    /// A span of time, short.
    pub(super) fn span(&self, time: Duration) -> String {
        let minutes = (time.as_secs() + 30) / 60;
        if minutes == 0 && !time.is_zero() {
            return self.fill("time.minutes", &[("n", &"<1")]);
        }
        if minutes < 90 {
            return self.fill("time.minutes", &[("n", &minutes)]);
        }
        let hours = format!("{:.1}", time.as_secs_f64() / 3600.0);
        self.fill("report.hours", &[("n", &hours.trim_end_matches(".0"))])
    }
}

/// A share as whole percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// Where a share lies.
pub(super) fn between((low, high): (f64, f64)) -> String {
    format!("{}–{}", percent(low), percent(high))
}
