//! A report as headings, sentences, charts and tables, whatever it is then set in.

use super::{Subject, chart::Chart, parts, table::Table};

/// A report before it is set.
#[derive(Clone, Debug)]
pub struct Page {
    /// What stands at its top.
    pub(super) title: String,
    /// What it is about: the day, the interview.
    pub(super) about: Vec<String>,
    /// The figures to see first, each with what it is.
    pub(super) first: Vec<(String, String)>,
    /// The parts, the one that matters most first.
    pub(super) parts: Vec<Part>,
    /// What stands over the figures of a chart.
    pub(super) as_numbers: String,
    /// What is to be known of all of it.
    pub(super) foot: String,
}

/// One part of a report.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is named by in any language.
    pub id: &'static str,
    /// Its heading.
    pub heading: String,
    /// What to conclude.
    pub says: Vec<String>,
    pub(super) chart: Option<Chart>,
    pub(super) table: Option<Table>,
    /// Whether it takes the whole width of a page.
    pub(super) wide: bool,
}

impl Part {
    pub(super) fn new(id: &'static str, heading: String) -> Part {
        Part {
            id,
            heading,
            says: Vec::new(),
            chart: None,
            table: None,
            wide: false,
        }
    }

    pub(super) fn says(mut self, sentence: String) -> Part {
        self.says.push(sentence);
        self
    }
}

impl Page {
    /// All there is to say of it.
    pub fn of(subject: &Subject<'_>) -> Page {
        Page {
            title: subject.text("report.title"),
            about: parts::about(subject),
            first: parts::first(subject),
            parts: parts::all(subject),
            as_numbers: subject.text("report.as-numbers"),
            foot: subject.text("report.foot"),
        }
    }

    /// Its parts, the one that matters most first.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}
