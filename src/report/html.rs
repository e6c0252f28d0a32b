//! One page for a browser: no script, nothing from elsewhere.

use std::fmt::Write;

use super::{Page, Part, chart::STYLE, escape::Html, table::Table};
use crate::ids::Lang;

const LAYOUT: &str = include_str!("../../assets/report/report.css");
/// Tables longer than this may go on on the next sheet.
const LONG: usize = 12;

pub(super) fn html(page: &Page, lang: Lang) -> String {
    let tag = match lang {
        Lang::Zh => "zh-Hans",
        Lang::En => "en",
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{LAYOUT}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<h1>{title}</h1>\n<p>{about}</p>\n</header>\n",
        title = Html(&page.title),
        about = Html(&page.about.join(" · ")),
    );
    if !page.first.is_empty() {
        out.push_str("<dl class=\"first\">\n");
        for (what, figure) in &page.first {
            let (what, figure) = (Html(what), Html(figure));
            let _ = writeln!(out, "<div><dt>{what}</dt><dd>{figure}</dd></div>");
        }
        out.push_str("</dl>\n");
    }
    out.push_str("<div class=\"parts\">\n");
    for part in &page.parts {
        write_part(&mut out, part, &page.as_numbers);
    }
    let _ = write!(
        out,
        "</div>\n<footer>{}</footer>\n</main>\n</body>\n</html>\n",
        Html(&page.foot)
    );
    out
}

fn write_part(out: &mut String, part: &Part, as_numbers: &str) {
    let long = part.chart.is_none()
        && part
            .table
            .as_ref()
            .is_some_and(|table| table.rows.len() > LONG);
    let mut classes = part.id.to_owned();
    for (class, is) in [(" wide", part.wide), (" long", long)] {
        classes.push_str(if is { class } else { "" });
    }
    let heading = Html(&part.heading);
    let _ = write!(
        out,
        "<section class=\"{classes}\">\n<h2>{heading}</h2>\n<div class=\"says\">"
    );
    for sentence in &part.says {
        let _ = write!(out, "<p>{}</p>", Html(sentence));
    }
    out.push_str("</div>\n");
    if let Some(chart) = &part.chart {
        let told = part.table.as_ref().map(told).unwrap_or_default();
        let _ = writeln!(out, "<figure>{}</figure>", chart.svg(&part.heading, &told));
    }
    match &part.table {
        Some(table) if part.chart.is_some() => {
            let _ = writeln!(out, "<details><summary>{}</summary>", Html(as_numbers));
            write_table(out, table);
            out.push_str("</details>\n");
        }
        Some(table) => write_table(out, table),
        None => {}
    }
    out.push_str("</section>\n");
}

/// What a chart shows, in words.
fn told(table: &Table) -> String {
    let rows = table.rows.iter().map(|row| row.join(" "));
    format!(
        "{}: {}",
        table.head.join(" "),
        rows.collect::<Vec<_>>().join("; ")
    )
}

fn write_table(out: &mut String, table: &Table) {
    out.push_str("<table>\n");
    let mut write_row = |cells: &[String], tag: &str| {
        out.push_str("<tr>");
        for (column, cell) in cells.iter().enumerate() {
            let class = if table.is_number(column) {
                " class=\"number\""
            } else {
                ""
            };
            let _ = write!(out, "<{tag}{class}>{}</{tag}>", Html(cell));
        }
        out.push_str("</tr>\n");
    };
    write_row(&table.head, "th");
    table.rows.iter().for_each(|cells| write_row(cells, "td"));
    out.push_str("</table>\n");
}
