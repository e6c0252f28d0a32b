use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    notes::{blocks, plain},
    tui::{
        shared::Shared,
        text::{autospace, layout, safe, wrap_line},
    },
};

/// Lines that are put together, and what a click on each is about.
pub(super) struct Lines<'a> {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) rows: Vec<Option<usize>>,
    pub(super) width: u16,
    shared: &'a Shared,
}

impl<'a> Lines<'a> {
    pub(super) fn new(width: u16, shared: &'a Shared) -> Lines<'a> {
        Lines {
            lines: Vec::new(),
            rows: Vec::new(),
            width,
            shared,
        }
    }

    pub(super) fn air(&mut self) {
        self.push(Line::default(), None);
    }

    pub(super) fn push(&mut self, line: Line<'static>, row: Option<usize>) {
        self.lines.push(line);
        self.rows.push(row);
    }

    /// One line of text, wrapped.
    pub(super) fn say(&mut self, text: &str, style: impl Into<Style>) {
        let text = autospace(&safe(text)).into_owned();
        self.wrapped(&Line::styled(text, style), 0, None);
    }

    /// A heading with air above it, unless it comes first.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.lines.is_empty() {
            self.air();
        }
        self.say(text, self.shared.theme.heading);
    }

    /// A line, wrapped, those after the first set in by `indent`.
    pub(super) fn wrapped(&mut self, line: &Line<'_>, indent: usize, row: Option<usize>) {
        let room = usize::from(self.width).saturating_sub(indent);
        for (at, mut part) in wrap_line(line, room).into_iter().enumerate() {
            if at > 0 && indent > 0 {
                part.spans.insert(0, Span::raw(" ".repeat(indent)));
            }
            self.push(part, row);
        }
    }

    /// Running text of Markdown.
    pub(super) fn markdown(&mut self, text: &str, style: impl Into<Style>) {
        let mut look = self.shared.text_style();
        look.text = style.into();
        for line in layout(&blocks(text), self.width, &look).lines {
            self.push(line.line, None);
        }
    }
}

/// One line of Markdown as it reads.
pub(super) fn inline(text: &str) -> String {
    let one_line = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    autospace(&safe(&one_line)).into_owned()
}
