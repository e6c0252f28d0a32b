//! Text without markup, for a terminal, a pipe or a screen reader.

use std::fmt::Write;

use super::{Page, table::Table};

pub(super) fn plain(page: &Page) -> String {
    let mut out = format!("{}\n{}\n", page.title, page.about.join(" · "));
    if !page.first.is_empty() {
        out.push('\n');
    }
    for (what, figure) in &page.first {
        let _ = writeln!(out, "{what}: {figure}");
    }
    for part in &page.parts {
        let _ = write!(out, "\n{}\n", part.heading);
        for sentence in &part.says {
            let _ = writeln!(out, "{sentence}");
        }
        if let Some(table) = &part.table {
            set(&mut out, table);
        }
    }
    let _ = write!(out, "\n{}\n", page.foot);
    out
}

fn set(out: &mut String, table: &Table) {
    let widths = table.widths();
    for cells in [&table.head].into_iter().chain(&table.rows) {
        let padded = cells.iter().enumerate();
        let padded = padded.map(|(column, cell)| table.padded(column, cell, widths[column]));
        let line = padded.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "  {}", line.trim_end());
    }
}
