use serde::{Deserialize, Serialize};

/// A block of a lesson or a card, and the line of the file it begins on (counted from 1).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Block {
    /// Line in the file.
    pub line: u32,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum BlockKind {
    /// A heading, level 1 to 6.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        text: Vec<Inline>,
    },
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A bulleted list, or a numbered one with its first number.
    List {
        /// The first number of a numbered list.
        start: Option<u64>,
        /// Its items.
        items: Vec<ListItem>,
    },
    /// Code, kept as it stands.
    Code {
        /// The info string's first word; empty when there is none.
        language: String,
        /// The text, without a last line end.
        text: String,
    },
    /// A quotation, or an alert (`> [!NOTE]`).
    Quote {
        /// Which alert, if it is one.
        alert: Option<Alert>,
        /// What is quoted.
        blocks: Vec<Block>,
    },
    /// A table.
    Table {
        /// How each column is set.
        align: Vec<Align>,
        /// The header's cells.
        head: Vec<Vec<Inline>>,
        /// The other rows' cells.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A footnote's text.
    Footnote {
        /// Its label.
        label: String,
        /// Its text.
        blocks: Vec<Block>,
    },
    /// A thematic break.
    Rule,
}

/// An item of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ListItem {
    /// Whether it is a task, and done.
    pub task: Option<bool>,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// The five GitHub alerts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Alert {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

/// How a table's column is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Align {
    Left,
    Center,
    Right,
}

/// A piece of running text. Text is as the notes have it, control characters included: whoever
/// shows it makes it safe.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Inline code.
    Code(String),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Struck out.
    Strikethrough(Vec<Inline>),
    /// A link.
    Link {
        /// Where it goes.
        url: String,
        /// Its text.
        text: Vec<Inline>,
    },
    /// An image, shown as its alternative text and path.
    Image {
        /// Its alternative text.
        alt: String,
        /// Where it is.
        path: String,
    },
    /// A reference to a footnote.
    FootnoteRef(String),
    /// A line end in the source that is none in the text.
    SoftBreak,
    /// A line end that stays.
    HardBreak,
}
