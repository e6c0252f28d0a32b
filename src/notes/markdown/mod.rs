//! The Markdown we read: CommonMark with GitHub's tables, task lists, strikethrough, alerts and
//! footnotes. Look first at [`Outline`], the cheap view in which cards and lessons are found, and
//! at [`blocks`], the full one that is shown. Nothing here knows of cards or lessons.

mod blocks;
mod outline;
mod plain;
mod prose;

pub use blocks::blocks;
pub(super) use blocks::blocks_where;
pub(super) use outline::{Code, Item, Outline, Paragraph, Piece, PieceKind};
pub use plain::plain;
pub(super) use plain::{comment_free, escaped};
pub(super) use prose::is_han;

use pulldown_cmark::{Options, Tag};

/// How deep quotes and lists, or emphasis, may nest; what is deeper is kept at this depth. Notes
/// never come near it, and whoever walks a document may use recursion.
const DEEPEST: usize = 24;

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
}

/// Whether a tag opens running text inside a block and not a block.
fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}
