use super::{
    blocks::{lead_in, own_title},
    flow::Flow,
    safe::safe,
    style::{Glyphs, Labels, TextStyle},
    table::colon,
    wrap::{Columns, break_lines},
};
use crate::notes::{Block, BlockKind, Inline, ListItem};

/// Blocks nested deeper than this are not written.
const DEEPEST: usize = 100;

/// Blocks as linear text, for pipes and screen readers: nothing that needs a screen, no space the
/// author did not write, no control characters; code is indented by four spaces, tables are read row
/// by row. Wrapped to `columns` if there are any, else a paragraph is a line. Ends in a line end
/// unless empty.
pub fn plain(blocks: &[Block], columns: Option<usize>, labels: Labels) -> String {
    let mut writer = Writer {
        style: TextStyle::uncoloured(Glyphs::ASCII, labels),
        columns,
        margins: Vec::new(),
        written: String::new(),
        last_source: 0,
    };
    writer.blocks(blocks, 0);
    writer.written
}

struct Writer {
    style: TextStyle,
    columns: Option<usize>,
    margins: Vec<Margin>,
    written: String,
    last_source: u32,
}

struct Margin {
    /// On the next line, if it was not written yet.
    first: Option<String>,
    rest: &'static str,
    /// Spaces after `rest`.
    indent: usize,
}

impl Margin {
    fn mark(mark: String) -> Self {
        Self {
            indent: mark.len(),
            first: Some(mark),
            rest: "",
        }
    }

    fn write(&mut self, line: &mut String) {
        match self.first.take() {
            Some(first) => line.push_str(&first),
            None => {
                line.push_str(self.rest);
                line.extend(std::iter::repeat_n(' ', self.indent));
            }
        }
    }

    fn width(&self) -> usize {
        self.rest.len() + self.indent
    }
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        if depth > DEEPEST {
            return self.line(self.style.glyphs.ellipsis);
        }
        for (index, block) in blocks.iter().enumerate() {
            let touches =
                matches!(block.kind, BlockKind::List { .. }) && block.line <= self.last_source + 1;
            if index > 0 && !touches {
                self.gap();
            }
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        self.last_source = self.last_source.max(block.line);
        match &block.kind {
            BlockKind::Heading { level, text } => {
                let flow = self.flow(text);
                let mark = "#".repeat(usize::from((*level).max(1)));
                self.text(&format!("{mark} {}", flow.text.replace('\n', " ")));
            }
            BlockKind::Paragraph(text) => {
                let flow = self.flow(&lead_in(text));
                self.last_source = block.line + flow.source_line(flow.text.len());
                if !flow.is_empty() {
                    self.text(&flow.text);
                }
            }
            BlockKind::List { start, items } => self.list(*start, items, depth),
            BlockKind::Code { text, .. } => {
                let indent = Margin {
                    first: None,
                    rest: "",
                    indent: 4,
                };
                self.inside(indent, |writer| {
                    for line in text.split('\n') {
                        writer.line(&safe(line.trim_end_matches('\r')));
                    }
                });
                self.last_source = block.line + 1 + text.split('\n').count() as u32;
            }
            BlockKind::Quote { alert, blocks } => {
                let bar = Margin {
                    first: None,
                    rest: "> ",
                    indent: 0,
                };
                self.inside(bar, |writer| {
                    let mut body = blocks.as_slice();
                    if let Some(alert) = alert {
                        let mut title = format!("[{}]", writer.style.labels.alert(*alert));
                        if let Some((own, rest)) = own_title(blocks) {
                            title = format!("{title} {}", writer.flow(own).text);
                            body = rest;
                        }
                        writer.text(&title);
                    }
                    writer.blocks(body, depth + 1);
                });
            }
            BlockKind::Table { head, rows, .. } => self.table(head, rows),
            BlockKind::Footnote { label, blocks } => {
                let mark = Margin::mark(format!("[{}] ", safe(label)));
                self.inside(mark, |writer| writer.blocks(blocks, depth + 1));
            }
            BlockKind::Rule => self.line("---"),
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[ListItem], depth: usize) {
        for (index, item) in items.iter().enumerate() {
            let begins = item.blocks.first().map_or(0, |block| block.line);
            if index > 0 && begins > self.last_source + 1 {
                self.gap();
            }
            let mut mark = match start {
                Some(start) => format!("{}. ", start.saturating_add(index as u64)),
                None => "- ".to_owned(),
            };
            mark.push_str(match item.task {
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
                None => "",
            });
            self.inside(Margin::mark(mark), |writer| {
                if item.blocks.is_empty() {
                    writer.line("");
                }
                writer.blocks(&item.blocks, depth + 1);
            });
        }
    }

    fn table(&mut self, head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let names: Vec<String> = head.iter().map(|cell| self.flow(cell).text).collect();
        if rows.is_empty() {
            return self.text(&names.join(", "));
        }
        for row in rows {
            self.inside(Margin::mark("- ".to_owned()), |writer| {
                for (column, cell) in row.iter().enumerate() {
                    let cell = writer.flow(cell).text;
                    if cell.is_empty() {
                        continue;
                    }
                    match names.get(column).filter(|name| !name.is_empty()) {
                        Some(name) => writer.text(&format!("{name}{}{cell}", colon(name))),
                        None => writer.text(&cell),
                    }
                }
            });
        }
    }

    fn flow(&self, text: &[Inline]) -> Flow {
        Flow::as_written(text, &self.style)
    }

    fn inside(&mut self, margin: Margin, write: impl FnOnce(&mut Self)) {
        self.margins.push(margin);
        write(self);
        self.margins.pop();
    }

    /// Writes running text, wrapped if there is a width.
    fn text(&mut self, text: &str) {
        let taken: usize = self.margins.iter().map(Margin::width).sum();
        let room = self.columns.map_or(usize::MAX, |columns| {
            columns.saturating_sub(taken).max(columns / 4).max(2)
        });
        for range in break_lines(text, Columns::all(room)) {
            self.line(&text[range]);
        }
    }

    fn line(&mut self, text: &str) {
        let mut line = String::new();
        for margin in &mut self.margins {
            margin.write(&mut line);
        }
        line.push_str(text);
        self.written.push_str(line.trim_end());
        self.written.push('\n');
    }

    /// Leaves a line empty, unless nothing stands above it here.
    fn gap(&mut self) {
        if !self.written.is_empty() && self.margins.iter().all(|margin| margin.first.is_none()) {
            self.line("");
        }
    }
}
