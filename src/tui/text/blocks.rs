use std::borrow::Cow;

use ratatui::{style::Modifier, text::Span};

use super::{
    flow::Flow,
    page::{Laid, Margin, Page, Place},
    safe::safe,
    style::TextStyle,
    width::width,
};
use crate::notes::{Alert, Block, BlockKind, Inline, ListItem};

/// Below this width web addresses are left out.
const ADDRESS_COLUMNS: usize = 60;
/// Blocks nested deeper than this are not shown: no one reads them, and drawing must not run out of
/// stack.
const DEEPEST: usize = 100;

/// Lays out blocks at a width in columns. Each line fits it, from 16 columns on.
pub fn layout(blocks: &[Block], columns: u16, style: &TextStyle) -> Laid {
    let columns = usize::from(columns);
    let mut page = Page::new(
        style,
        columns,
        style.addresses && columns >= ADDRESS_COLUMNS,
    );
    let mut before = None;
    for (index, block) in blocks.iter().enumerate() {
        if let Some(before) = before {
            let air = page.air(before, block);
            page.gap(air);
        }
        page.block = index as u32;
        page.one(block, 0);
        before = Some(block);
    }
    page.finish()
}

impl Page<'_> {
    /// Blocks one below the other, with air between them.
    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        let mut before = None;
        for block in blocks {
            if let Some(before) = before {
                let air = self.air(before, block).min(1);
                self.gap(air);
            }
            self.one(block, depth);
            before = Some(block);
        }
    }

    /// How many lines stay empty between two blocks.
    fn air(&self, before: &Block, block: &Block) -> usize {
        match (&before.kind, &block.kind) {
            (_, BlockKind::Heading { level: 1 | 2, .. }) => 2,
            (BlockKind::Heading { level: 3.., .. }, kind)
                if !matches!(kind, BlockKind::Heading { .. }) =>
            {
                0
            }
            // A list right below its sentence belongs to it.
            (BlockKind::Paragraph(_), BlockKind::List { .. })
                if block.line <= self.last_source() + 1 =>
            {
                0
            }
            _ => 1,
        }
    }

    fn one(&mut self, block: &Block, depth: usize) {
        let line = block.line;
        if depth > DEEPEST {
            let ellipsis = Span::styled(self.style.glyphs.ellipsis, self.style.muted);
            self.line(Place::line(line), [ellipsis]);
            return;
        }
        match &block.kind {
            BlockKind::Heading { level, text } => self.heading(*level, text, line),
            BlockKind::Paragraph(text) => {
                let flow = self.running(&lead_in(text));
                self.flow(&flow, line);
            }
            BlockKind::List { start, items } => self.list(*start, items, depth),
            BlockKind::Code { language, text } => self.code(language, text, line),
            BlockKind::Quote {
                alert: None,
                blocks,
            } => {
                let base = self.base;
                self.base = base.patch(self.style.quote);
                let bar = Margin::bar(self.style.glyphs.quote_bar, self.style.rule);
                self.inside(bar, |page| page.blocks(blocks, depth + 1));
                self.base = base;
            }
            BlockKind::Quote {
                alert: Some(alert),
                blocks,
            } => self.alert(*alert, blocks, line, depth),
            BlockKind::Table { align, head, rows } => self.table(align, head, rows, line),
            BlockKind::Footnote { label, blocks } => {
                let mark = Margin::mark(format!("[{}] ", safe(label)), self.style.muted);
                self.inside(mark, |page| page.blocks(blocks, depth + 1));
            }
            BlockKind::Rule => {
                let rule = self.style.glyphs.rule.repeat(self.room());
                self.line(Place::line(line), [Span::styled(rule, self.style.rule)]);
            }
        }
    }

    /// Running text in this place's style.
    pub(super) fn running(&self, text: &[Inline]) -> Flow {
        Flow::new(text, self.style, self.base, self.addresses)
    }

    fn heading(&mut self, level: u8, text: &[Inline], line: u32) {
        let style = self.base.patch(self.style.heading(level));
        let flow = Flow::new(text, self.style, style, false);
        self.flow(&flow, line);
        if level <= 1 && !flow.is_empty() {
            let columns = width(&flow.text).min(self.room());
            let rule = self.style.glyphs.heading_rule.repeat(columns);
            let place = Place {
                source: line,
                offset: flow.text.len() as u32,
            };
            self.line(place, [Span::styled(rule, self.style.rule)]);
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[ListItem], depth: usize) {
        let last = start.map(|start| start.saturating_add(items.len().saturating_sub(1) as u64));
        let digits = last.map_or(0, |last| last.to_string().len());
        self.list_depth += 1;
        for (index, item) in items.iter().enumerate() {
            let begins = item.blocks.first().map_or(0, |block| block.line);
            if index > 0 && (begins > self.last_source() + 1 || is_long(&items[index - 1])) {
                self.gap(1);
            }
            let margin = self.item_margin(
                start.map(|start| start.saturating_add(index as u64)),
                digits,
                item.task,
            );
            self.inside(margin, |page| {
                if item.blocks.is_empty() {
                    page.line(Place::line(page.last_source()), []);
                }
                page.blocks(&item.blocks, depth + 1);
            });
        }
        self.list_depth -= 1;
    }

    fn item_margin(&self, number: Option<u64>, digits: usize, task: Option<bool>) -> Margin {
        let glyphs = &self.style.glyphs;
        let (mark, style) = match (task, number) {
            (Some(true), _) => (glyphs.task_done.to_owned(), self.style.good),
            (Some(false), _) => (glyphs.task_open.to_owned(), self.style.muted),
            (None, Some(number)) => (format!("{number:>digits$}."), self.style.muted),
            (None, None) => (
                glyphs.bullet(self.list_depth - 1).to_owned(),
                self.style.muted,
            ),
        };
        let indent = if self.is_at_edge() { " " } else { "" };
        Margin::mark(format!("{indent}{mark} "), style)
    }

    fn alert(&mut self, alert: Alert, blocks: &[Block], line: u32, depth: usize) {
        let style = self.style.alert(alert);
        let bold = style.add_modifier(Modifier::BOLD);
        let sign = Span::styled(format!("{} ", self.style.glyphs.alert(alert)), style);
        let bar = Margin::bar(self.style.glyphs.alert_bar, style);
        let (title, body) = match own_title(blocks) {
            Some((title, body)) => (Flow::new(title, self.style, bold, false), body),
            None => (Flow::plain(self.style.labels.alert(alert), bold), blocks),
        };
        self.inside(bar, |page| {
            let mark = Margin {
                first: Some(sign.clone()),
                rest: Span::raw(" ".repeat(width(&sign.content))),
            };
            page.inside(mark, |page| page.flow(&title, line));
            page.blocks(body, depth + 1);
        });
    }
}

/// Whether an item holds more than its text and lists below it.
fn is_long(item: &ListItem) -> bool {
    let plain =
        |block: &Block| matches!(block.kind, BlockKind::Paragraph(_) | BlockKind::List { .. });
    !item.blocks.iter().all(plain)
}

/// Bold text alone on the first line of a paragraph is a term or a question: what follows begins on
/// a line of its own.
pub(super) fn lead_in(text: &[Inline]) -> Cow<'_, [Inline]> {
    match text {
        [Inline::Strong(_), Inline::SoftBreak, ..] => {
            let mut text = text.to_vec();
            text[1] = Inline::HardBreak;
            Cow::Owned(text)
        }
        _ => Cow::Borrowed(text),
    }
}

/// An alert whose first paragraph is nothing but bold text is titled by that.
pub(super) fn own_title(blocks: &[Block]) -> Option<(&[Inline], &[Block])> {
    let (first, body) = blocks.split_first()?;
    match &first.kind {
        BlockKind::Paragraph(text) => match text.as_slice() {
            [Inline::Strong(title)] if !body.is_empty() => Some((title, body)),
            _ => None,
        },
        _ => None,
    }
}
