//! Markdown that reads well raw: tables are set in columns.

use std::fmt::Write;

use super::{Page, escape, table::Table};

pub(super) fn markdown(page: &Page) -> String {
    let mut out = format!("# {}\n\n{}\n", page.title, page.about.join(" · "));
    if !page.first.is_empty() {
        out.push('\n');
        for (what, figure) in &page.first {
            let _ = writeln!(out, "- {what}: **{figure}**");
        }
    }
    for part in &page.parts {
        let _ = write!(out, "\n## {}\n", part.heading);
        for sentence in &part.says {
            let _ = write!(out, "\n{}\n", escape::markdown(sentence));
        }
        if let Some(table) = &part.table {
            out.push('\n');
            set(&mut out, &table.map(escape::markdown));
        }
    }
    let _ = write!(out, "\n---\n\n{}\n", page.foot);
    out
}

fn set(out: &mut String, table: &Table) {
    let widths: Vec<usize> = table
        .widths()
        .into_iter()
        .map(|width| width.max(3))
        .collect();
    let mut row = |cells: &[String]| {
        for (column, cell) in cells.iter().enumerate() {
            let _ = write!(out, "| {} ", table.padded(column, cell, widths[column]));
        }
        out.push_str("|\n");
    };
    row(&table.head);
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(|(column, width)| match table.is_number(column) {
            true => "-".repeat(width - 1) + ":",
            false => "-".repeat(*width),
        })
        .collect();
    row(&rule);
    table.rows.iter().for_each(|cells| row(cells));
}
