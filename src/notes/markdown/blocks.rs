use pulldown_cmark::{
    Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd,
};

use super::{DEEPEST, comment_free, is_inline, options, prose};
use crate::notes::{Alert, Align, Block, BlockKind, Inline, ListItem, source::Lines};

/// The blocks of a piece of Markdown, such as a card's front or back. Lines count from 1 within it.
pub fn blocks(markdown: &str) -> Vec<Block> {
    blocks_where(markdown, 0, |_| true)
}

/// The blocks of `text` from byte `from` on, of which only those are built whose first line (counted
/// from 1 in the whole of `text`) is wanted.
pub(in crate::notes) fn blocks_where(
    text: &str,
    from: usize,
    wanted: impl Fn(u32) -> bool,
) -> Vec<Block> {
    let lines = Lines::of(text);
    let mut builder = Builder::default();
    let mut depth = 0_usize;
    let mut skipping = false;
    for (event, range) in Parser::new_ext(&text[from..], options()).into_offset_iter() {
        let line = lines.line(range.start + from);
        match &event {
            Event::Start(_) => {
                if depth == 0 {
                    skipping = !wanted(line);
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ if depth == 0 => skipping = !wanted(line),
            _ => {}
        }
        if !skipping {
            builder.event(event, line);
        }
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    containers: Vec<Container>,
    done: Vec<Block>,
    leaf: Option<Leaf>,
    open_inlines: Vec<(Wrap, Vec<Inline>)>,
    inlines: Vec<Inline>,
    /// Containers and inline marks nested too deep to be kept apart.
    flat: usize,
    flat_inlines: usize,
}

struct Container {
    line: u32,
    kind: ContainerKind,
    blocks: Vec<Block>,
}

enum ContainerKind {
    Quote(Option<Alert>),
    List {
        start: Option<u64>,
        items: Vec<ListItem>,
    },
    Item {
        task: Option<bool>,
    },
    Footnote {
        label: String,
    },
    Table {
        align: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
        in_head: bool,
    },
}

struct Leaf {
    line: u32,
    kind: LeafKind,
}

enum LeafKind {
    Paragraph,
    Heading(u8),
    Code {
        language: String,
        /// A fence without an info string may hold prose.
        bare: bool,
        text: String,
    },
    Html(String),
}

enum Wrap {
    Emphasis,
    Strong,
    Strikethrough,
    Link(String),
    Image(String),
    Bare,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(tag) if is_inline(&tag) => {
                self.imply_paragraph(line);
                self.start_inline(tag);
            }
            Event::Start(tag) => self.start_block(tag, line),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(text, line),
            Event::Code(code) => {
                self.imply_paragraph(line);
                self.inlines.push(Inline::Code(code.into_string()));
            }
            Event::InlineHtml(html) => {
                if !html.starts_with("<!--") {
                    self.text(html, line);
                }
            }
            Event::Html(html) => match &mut self.leaf {
                Some(Leaf {
                    kind: LeafKind::Html(text),
                    ..
                }) => text.push_str(&html),
                _ => self.text(html, line),
            },
            Event::FootnoteReference(label) => {
                self.imply_paragraph(line);
                self.inlines.push(Inline::FootnoteRef(label.into_string()));
            }
            Event::SoftBreak => self.inlines.push(Inline::SoftBreak),
            Event::HardBreak => self.inlines.push(Inline::HardBreak),
            Event::Rule => {
                self.end_leaf();
                self.push(line, BlockKind::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(Container {
                    kind: ContainerKind::Item { task },
                    ..
                }) = self.containers.last_mut()
                {
                    *task = Some(done);
                }
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text, line),
        }
    }

    fn text(&mut self, text: CowStr<'_>, line: u32) {
        match &mut self.leaf {
            Some(Leaf {
                kind: LeafKind::Code { text: code, .. },
                ..
            }) => code.push_str(&text),
            Some(Leaf {
                kind: LeafKind::Html(html),
                ..
            }) => html.push_str(&text),
            _ => {
                self.imply_paragraph(line);
                if let Some(Inline::Text(last)) = self.inlines.last_mut() {
                    last.push_str(&text);
                } else {
                    self.inlines.push(Inline::Text(text.into_string()));
                }
            }
        }
    }

    /// Text in a tight list item has no paragraph of its own.
    fn imply_paragraph(&mut self, line: u32) {
        let in_table = matches!(
            self.containers.last(),
            Some(Container {
                kind: ContainerKind::Table { .. },
                ..
            })
        );
        if self.leaf.is_none() && !in_table {
            self.leaf = Some(Leaf {
                line,
                kind: LeafKind::Paragraph,
            });
        }
    }

    fn start_inline(&mut self, tag: Tag<'_>) {
        if self.open_inlines.len() >= DEEPEST {
            self.flat_inlines += 1;
            return;
        }
        let wrap = match tag {
            Tag::Emphasis => Wrap::Emphasis,
            Tag::Strong => Wrap::Strong,
            Tag::Strikethrough => Wrap::Strikethrough,
            Tag::Link { dest_url, .. } => Wrap::Link(dest_url.into_string()),
            Tag::Image { dest_url, .. } => Wrap::Image(dest_url.into_string()),
            _ => Wrap::Bare,
        };
        let before = std::mem::take(&mut self.inlines);
        self.open_inlines.push((wrap, before));
    }

    fn end_inline(&mut self) {
        if self.flat_inlines > 0 {
            self.flat_inlines -= 1;
            return;
        }
        let Some((wrap, before)) = self.open_inlines.pop() else {
            return;
        };
        let inner = std::mem::replace(&mut self.inlines, before);
        let inline = match wrap {
            Wrap::Emphasis => Inline::Emphasis(inner),
            Wrap::Strong => Inline::Strong(inner),
            Wrap::Strikethrough => Inline::Strikethrough(inner),
            Wrap::Link(url) => Inline::Link { url, text: inner },
            Wrap::Image(path) => Inline::Image {
                alt: words(&inner),
                path,
            },
            Wrap::Bare => {
                self.inlines.extend(inner);
                return;
            }
        };
        self.inlines.push(inline);
    }

    fn start_block(&mut self, tag: Tag<'_>, line: u32) {
        if !matches!(tag, Tag::TableHead | Tag::TableRow | Tag::TableCell) {
            self.end_leaf();
        }
        let leaf = match tag {
            Tag::Paragraph => LeafKind::Paragraph,
            Tag::Heading { level, .. } => LeafKind::Heading(level as u8),
            Tag::CodeBlock(kind) => {
                let (info, fenced) = match kind {
                    CodeBlockKind::Fenced(info) => (info, true),
                    CodeBlockKind::Indented => (CowStr::from(""), false),
                };
                let language = info.split_whitespace().next().unwrap_or("").to_owned();
                LeafKind::Code {
                    bare: fenced && language.is_empty(),
                    language,
                    text: String::new(),
                }
            }
            Tag::HtmlBlock => LeafKind::Html(String::new()),
            Tag::TableHead => return self.in_table(true),
            Tag::TableRow => return self.in_table(false),
            Tag::TableCell => return,
            Tag::BlockQuote(kind) => {
                return self.open(line, ContainerKind::Quote(kind.map(alert)));
            }
            Tag::List(start) => {
                let items = Vec::new();
                return self.open(line, ContainerKind::List { start, items });
            }
            Tag::Item => return self.open(line, ContainerKind::Item { task: None }),
            Tag::FootnoteDefinition(label) => {
                let label = label.into_string();
                return self.open(line, ContainerKind::Footnote { label });
            }
            Tag::Table(align) => {
                return self.open(
                    line,
                    ContainerKind::Table {
                        align: align.into_iter().map(column).collect(),
                        head: Vec::new(),
                        rows: Vec::new(),
                        in_head: true,
                    },
                );
            }
            _ => LeafKind::Paragraph,
        };
        self.leaf = Some(Leaf { line, kind: leaf });
    }

    fn in_table(&mut self, head: bool) {
        if let Some(Container {
            kind: ContainerKind::Table { rows, in_head, .. },
            ..
        }) = self.containers.last_mut()
        {
            *in_head = head;
            if !head {
                rows.push(Vec::new());
            }
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.inlines);
        if let Some(Container {
            kind:
                ContainerKind::Table {
                    head,
                    rows,
                    in_head,
                    ..
                },
            ..
        }) = self.containers.last_mut()
        {
            match rows.last_mut() {
                Some(row) if !*in_head => row.push(cell),
                _ => head.push(cell),
            }
        }
    }

    /// Tables are opened at any depth: their cells need them, and hold no blocks.
    fn open(&mut self, line: u32, kind: ContainerKind) {
        let table = matches!(kind, ContainerKind::Table { .. });
        if self.containers.len() >= DEEPEST && !table {
            self.flat += 1;
            return;
        }
        self.containers.push(Container {
            line,
            kind,
            blocks: Vec::new(),
        });
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image => self.end_inline(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::TableHead | TagEnd::TableRow => {}
            TagEnd::Table => self.close(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.end_leaf();
                if self.flat > 0 {
                    self.flat -= 1;
                } else {
                    self.close();
                }
            }
            _ => self.end_leaf(),
        }
    }

    fn end_leaf(&mut self) {
        while !self.open_inlines.is_empty() {
            self.flat_inlines = 0;
            self.end_inline();
        }
        let inlines = std::mem::take(&mut self.inlines);
        let Some(Leaf { line, kind }) = self.leaf.take() else {
            return;
        };
        match kind {
            LeafKind::Paragraph => {
                if !is_blank(&inlines) {
                    self.push(line, BlockKind::Paragraph(inlines));
                }
            }
            LeafKind::Heading(level) => self.push(
                line,
                BlockKind::Heading {
                    level,
                    text: inlines,
                },
            ),
            LeafKind::Code {
                bare: true, text, ..
            } if prose::is_prose(&text) => {
                for (offset, paragraph) in prose::paragraphs(&text) {
                    self.push(line + 1 + offset, BlockKind::Paragraph(paragraph));
                }
            }
            LeafKind::Code {
                language, mut text, ..
            } => {
                if text.ends_with('\n') {
                    text.pop();
                }
                self.push(line, BlockKind::Code { language, text });
            }
            LeafKind::Html(html) => {
                let shown = comment_free(&html);
                for (offset, paragraph) in prose::paragraphs(&shown) {
                    self.push(line + offset, BlockKind::Paragraph(paragraph));
                }
            }
        }
    }

    fn close(&mut self) {
        let Some(Container { line, kind, blocks }) = self.containers.pop() else {
            return;
        };
        match kind {
            ContainerKind::Quote(alert) => self.push(line, BlockKind::Quote { alert, blocks }),
            ContainerKind::List { start, items } => {
                self.push(line, BlockKind::List { start, items });
            }
            ContainerKind::Footnote { label } => {
                self.push(line, BlockKind::Footnote { label, blocks });
            }
            ContainerKind::Table {
                align, head, rows, ..
            } => self.push(line, BlockKind::Table { align, head, rows }),
            ContainerKind::Item { task } => {
                let item = ListItem { task, blocks };
                if let Some(Container {
                    kind: ContainerKind::List { items, .. },
                    ..
                }) = self.containers.last_mut()
                {
                    items.push(item);
                }
            }
        }
    }

    fn push(&mut self, line: u32, kind: BlockKind) {
        let blocks = self
            .containers
            .last_mut()
            .map_or(&mut self.done, |container| &mut container.blocks);
        blocks.push(Block { line, kind });
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_leaf();
        while !self.containers.is_empty() {
            self.close();
        }
        self.done
    }
}

fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text(text) => text.trim().is_empty(),
        Inline::SoftBreak | Inline::HardBreak => true,
        _ => false,
    })
}

/// The words of running text, without marks.
fn words(inlines: &[Inline]) -> String {
    let mut text = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { text: inner, .. } => text.push_str(&self::words(inner)),
            Inline::Image { alt, .. } => text.push_str(alt),
            Inline::FootnoteRef(label) => text.push_str(label),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
        }
    }
    text
}

fn alert(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}

fn column(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
