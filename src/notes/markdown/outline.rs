use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::{DEEPEST, is_inline, options};

/// The blocks of a text as ranges of its source: enough to find lessons and cards without building
/// what is shown.
#[derive(Debug, Default)]
pub(in crate::notes) struct Outline {
    pub(in crate::notes) pieces: Vec<Piece>,
}

/// One block and where it stands in the source.
#[derive(Debug)]
pub(in crate::notes) struct Piece {
    pub(in crate::notes) kind: PieceKind,
    pub(in crate::notes) range: Range<usize>,
}

#[derive(Debug)]
pub(in crate::notes) enum PieceKind {
    Heading {
        level: u8,
        title: String,
    },
    Paragraph(Paragraph),
    Code(Code),
    Html,
    List(Vec<Item>),
    Rule,
    /// Quotes, tables and footnotes: nothing is looked for inside them.
    Other,
}

/// Running text, and what in it is not plain words.
#[derive(Debug, Default)]
pub(in crate::notes) struct Paragraph {
    /// Inline code, links, images, HTML and footnote references, in order, none within another.
    pub(in crate::notes) opaque: Vec<Range<usize>>,
    /// Those of them that are HTML comments.
    pub(in crate::notes) comments: Vec<Range<usize>>,
    /// The strong emphasis the text begins with.
    pub(in crate::notes) strong: Option<Range<usize>>,
    /// Whether its first line ends in a hard break.
    pub(in crate::notes) hard_first_line: bool,
}

/// A code block.
#[derive(Debug)]
pub(in crate::notes) struct Code {
    /// Between fences, not by indentation.
    pub(in crate::notes) fenced: bool,
    /// What a fence without an info string holds; `None` for all other code.
    pub(in crate::notes) bare: Option<String>,
    /// Whether a fence is closed.
    pub(in crate::notes) closed: bool,
}

#[derive(Debug)]
pub(in crate::notes) struct Item {
    pub(in crate::notes) task: bool,
    pub(in crate::notes) range: Range<usize>,
    pub(in crate::notes) pieces: Vec<Piece>,
}

impl Outline {
    /// Reads `text` from byte `from` on. Ranges count from the beginning of `text`.
    pub(in crate::notes) fn of(text: &str, from: usize) -> Self {
        let mut reader = Reader {
            text,
            frames: vec![Frame::default()],
            leaf: None,
            inline_depth: 0,
            skipping: 0,
            flat: 0,
        };
        for (event, range) in Parser::new_ext(&text[from..], options()).into_offset_iter() {
            reader.event(event, range.start + from..range.end + from);
        }
        reader.end_leaf();
        while reader.frames.len() > 1 {
            reader.close_frame();
        }
        Self {
            pieces: reader.frames.pop().unwrap_or_default().pieces,
        }
    }
}

/// A list or an item that is being read, or the text itself.
#[derive(Default)]
struct Frame {
    pieces: Vec<Piece>,
    items: Vec<Item>,
    range: Range<usize>,
    task: bool,
    is_list: bool,
}

struct Leaf {
    piece: Piece,
    /// Begun by text in a tight list item, which has no paragraph of its own.
    implied: bool,
}

struct Reader<'a> {
    text: &'a str,
    frames: Vec<Frame>,
    leaf: Option<Leaf>,
    inline_depth: usize,
    /// Depth inside a block nothing is looked for in.
    skipping: usize,
    /// Lists and items nested too deep to be kept apart.
    flat: usize,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skipping > 0 {
            match event {
                Event::Start(_) => self.skipping += 1,
                Event::End(_) => self.skipping -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) if is_inline(&tag) => self.start_inline(&tag, range),
            Event::Start(tag) => self.start_block(tag, range),
            Event::End(end) => match end {
                pulldown_cmark::TagEnd::List(_) | pulldown_cmark::TagEnd::Item => {
                    self.end_leaf();
                    if self.flat > 0 {
                        self.flat -= 1;
                    } else {
                        self.close_frame();
                    }
                }
                pulldown_cmark::TagEnd::Emphasis
                | pulldown_cmark::TagEnd::Strong
                | pulldown_cmark::TagEnd::Strikethrough
                | pulldown_cmark::TagEnd::Superscript
                | pulldown_cmark::TagEnd::Subscript
                | pulldown_cmark::TagEnd::Link
                | pulldown_cmark::TagEnd::Image => {
                    self.inline_depth = self.inline_depth.saturating_sub(1);
                }
                _ => self.end_leaf(),
            },
            Event::Rule => {
                self.end_leaf();
                self.push(PieceKind::Rule, range);
            }
            Event::TaskListMarker(_) => {
                if let Some(item) = self.frames.last_mut() {
                    item.task = true;
                }
            }
            Event::Text(text) => self.words(&text, range),
            Event::Code(text) => {
                self.words(&text, range.clone());
                self.opaque(range);
            }
            Event::InlineHtml(html) => {
                self.words("", range.clone());
                if html.starts_with("<!--")
                    && let Some(paragraph) = self.paragraph()
                {
                    paragraph.comments.push(range.clone());
                }
                self.opaque(range);
            }
            Event::FootnoteReference(_) => {
                self.words("", range.clone());
                self.opaque(range);
            }
            Event::SoftBreak | Event::HardBreak => {
                let hard = matches!(event, Event::HardBreak);
                self.line_break(hard, range);
            }
            _ => self.words("", range),
        }
    }

    fn start_block(&mut self, tag: Tag<'_>, range: Range<usize>) {
        self.end_leaf();
        let kind = match tag {
            Tag::Paragraph => PieceKind::Paragraph(Paragraph::default()),
            Tag::Heading { level, .. } => PieceKind::Heading {
                level: level as u8,
                title: String::new(),
            },
            Tag::CodeBlock(kind) => {
                let (fenced, bare) = match &kind {
                    CodeBlockKind::Fenced(info) => (true, info.trim().is_empty()),
                    CodeBlockKind::Indented => (false, false),
                };
                PieceKind::Code(Code {
                    fenced,
                    bare: bare.then(String::new),
                    closed: !fenced || fence_is_closed(&self.text[range.clone()]),
                })
            }
            Tag::HtmlBlock => PieceKind::Html,
            Tag::List(_) | Tag::Item => {
                if self.frames.len() > DEEPEST {
                    self.flat += 1;
                } else {
                    self.frames.push(Frame {
                        range,
                        is_list: matches!(tag, Tag::List(_)),
                        ..Frame::default()
                    });
                }
                return;
            }
            _ => {
                self.push(PieceKind::Other, range);
                self.skipping = 1;
                return;
            }
        };
        self.leaf = Some(Leaf {
            piece: Piece { kind, range },
            implied: false,
        });
    }

    fn start_inline(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let at_start = self.leaf.is_none()
            || self
                .leaf
                .as_ref()
                .is_some_and(|leaf| leaf.piece.range.start == range.start);
        self.imply_paragraph(&range);
        if self.inline_depth == 0
            && at_start
            && matches!(tag, Tag::Strong)
            && let Some(paragraph) = self.paragraph()
        {
            paragraph.strong = Some(range.clone());
        }
        if matches!(tag, Tag::Link { .. } | Tag::Image { .. }) {
            self.opaque(range);
        }
        self.inline_depth += 1;
    }

    fn imply_paragraph(&mut self, range: &Range<usize>) {
        match &mut self.leaf {
            None => {
                self.leaf = Some(Leaf {
                    piece: Piece {
                        kind: PieceKind::Paragraph(Paragraph::default()),
                        range: range.clone(),
                    },
                    implied: true,
                });
            }
            Some(leaf) if leaf.implied => {
                leaf.piece.range.end = leaf.piece.range.end.max(range.end)
            }
            Some(_) => {}
        }
    }

    fn words(&mut self, text: &str, range: Range<usize>) {
        self.imply_paragraph(&range);
        match self.leaf.as_mut().map(|leaf| &mut leaf.piece.kind) {
            Some(PieceKind::Heading { title, .. }) => title.push_str(text),
            Some(PieceKind::Code(Code {
                bare: Some(content),
                ..
            })) => content.push_str(text),
            _ => {}
        }
    }

    fn line_break(&mut self, hard: bool, range: Range<usize>) {
        let first = self
            .leaf
            .as_ref()
            .is_some_and(|leaf| !self.text[leaf.piece.range.start..range.start].contains('\n'));
        self.words(" ", range);
        if hard
            && first
            && let Some(paragraph) = self.paragraph()
        {
            paragraph.hard_first_line = true;
        }
    }

    fn paragraph(&mut self) -> Option<&mut Paragraph> {
        match &mut self.leaf.as_mut()?.piece.kind {
            PieceKind::Paragraph(paragraph) => Some(paragraph),
            _ => None,
        }
    }

    fn opaque(&mut self, range: Range<usize>) {
        if let Some(paragraph) = self.paragraph()
            && paragraph
                .opaque
                .last()
                .is_none_or(|last| last.end <= range.start)
        {
            paragraph.opaque.push(range);
        }
    }

    fn end_leaf(&mut self) {
        self.inline_depth = 0;
        if let Some(leaf) = self.leaf.take() {
            self.push(leaf.piece.kind, leaf.piece.range);
        }
    }

    fn push(&mut self, kind: PieceKind, range: Range<usize>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pieces.push(Piece { kind, range });
        }
    }

    fn close_frame(&mut self) {
        if self.frames.len() < 2 {
            return;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let Some(parent) = self.frames.last_mut() else {
            return;
        };
        if frame.is_list {
            parent.pieces.push(Piece {
                kind: PieceKind::List(frame.items),
                range: frame.range,
            });
        } else {
            parent.items.push(Item {
                task: frame.task,
                range: frame.range,
                pieces: frame.pieces,
            });
        }
    }
}

/// Whether the last line of a fenced block closes it (CommonMark 4.5: as many marks as opened it,
/// of the same kind, and nothing else).
fn fence_is_closed(block: &str) -> bool {
    let block = block.trim_start_matches([' ', '\t', '>']);
    let mark = block.chars().next().unwrap_or('`');
    let opening = block.chars().take_while(|c| *c == mark).count();
    let Some((_, last)) = block.trim_end().rsplit_once('\n') else {
        return false;
    };
    let last = last.trim_matches([' ', '\t', '>']);
    last.chars().all(|c| c == mark) && last.chars().count() >= opening
}
