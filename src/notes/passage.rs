//! Where a lesson says what a card asks.

use std::collections::HashSet;

use super::{Block, BlockKind, Card, Inline, Lesson, identity::folded, markdown::plain};

/// The least share of a card's bigrams a block must hold to count as its passage.
const ENOUGH: f64 = 0.2;

impl Lesson {
    /// The block of this lesson that says most of what a card asks and answers, under its heading;
    /// nothing where none says enough of it.
    pub fn passage(&self, card: &Card) -> Vec<Block> {
        let wanted = bigrams(&folded(&format!(
            "{} {}",
            plain(&card.front),
            plain(&card.back)
        )));
        let document = self.document();
        let mut best: Option<(f64, usize)> = None;
        for (at, block) in document.iter().enumerate() {
            if matches!(block.kind, BlockKind::Heading { .. } | BlockKind::Rule) {
                continue;
            }
            let score = share(&wanted, block);
            if score >= ENOUGH && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, at));
            }
        }
        let Some((_, at)) = best else {
            return Vec::new();
        };
        let heading = document[..at]
            .iter()
            .rev()
            .find(|block| matches!(block.kind, BlockKind::Heading { .. }));
        heading
            .into_iter()
            .chain([&document[at]])
            .cloned()
            .collect()
    }
}

/// How much of what is wanted a block holds. A long block holds much of anything, so its length
/// counts a little against it.
fn share(wanted: &HashSet<(char, char)>, block: &Block) -> f64 {
    let here = bigrams(&folded(&text_of(std::slice::from_ref(block))));
    if wanted.is_empty() || here.is_empty() {
        return 0.0;
    }
    let common = wanted.intersection(&here).count() as f64;
    common
        / wanted.len() as f64
        / (1.0 + (here.len() as f64 / wanted.len() as f64).ln().max(0.0) / 8.0)
}

fn bigrams(text: &str) -> HashSet<(char, char)> {
    let letters = || text.chars().filter(|c| c.is_alphanumeric());
    letters().zip(letters().skip(1)).collect()
}

/// The words of blocks, without their form.
pub(super) fn text_of(blocks: &[Block]) -> String {
    let mut text = String::new();
    collect(blocks, &mut text);
    text
}

fn collect(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { text: inlines, .. } | BlockKind::Paragraph(inlines) => {
                collect_inlines(inlines, text);
            }
            BlockKind::List { items, .. } => {
                items.iter().for_each(|item| collect(&item.blocks, text));
            }
            BlockKind::Code { text: code, .. } => text.push_str(code),
            BlockKind::Quote { blocks, .. } | BlockKind::Footnote { blocks, .. } => {
                collect(blocks, text);
            }
            BlockKind::Table { head, rows, .. } => {
                for cell in head.iter().chain(rows.iter().flatten()) {
                    collect_inlines(cell, text);
                    text.push(' ');
                }
            }
            BlockKind::Rule => {}
        }
        text.push('\n');
    }
}

fn collect_inlines(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { text: inner, .. } => collect_inlines(inner, text),
            Inline::Image { alt, .. } => text.push_str(alt),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
            Inline::FootnoteRef(_) => {}
        }
    }
}
