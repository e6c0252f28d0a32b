//! Where a learner stands, as something to keep, to print and to send. Look first at [`Subject`], what
//! a report is about, then at [`Page`], what there is to say of it and to show: HTML, Markdown and
//! plain text are three ways to set a page, JSON, CSV and SVG are made from the figures themselves.
//! This room decides no figure and writes no file; the same subject gives the same bytes.

mod chart;
mod csv;
mod escape;
mod html;
mod json;
mod markdown;
mod page;
mod parts;
mod plain;
mod subject;
mod svg;
mod table;

pub use page::{Page, Part};
pub use subject::Subject;

/// What a report can be written as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// One page for a browser, with charts; prints to a few sheets.
    Html,
    /// Text that reads well raw.
    Markdown,
    /// All figures, for programs; `docs/report-format.md` describes it.
    Json,
    /// All figures, for spreadsheets.
    Csv,
    /// A badge and a calendar, for a page of one's own.
    Svg,
    /// Text without markup, for a terminal, a pipe or a screen reader.
    Plain,
}

/// The whole report.
pub fn report(subject: &Subject<'_>, format: Format) -> String {
    match format {
        Format::Html => html::html(&Page::of(subject), subject.lang),
        Format::Markdown => markdown::markdown(&Page::of(subject)),
        Format::Json => json::json(subject),
        Format::Csv => csv::csv(subject),
        Format::Svg => svg::svg(subject),
        Format::Plain => plain::plain(&Page::of(subject)),
    }
}
