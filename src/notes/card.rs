use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{CardId, Lang, LessonId};

/// One thing to recall, in one language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Card {
    /// Its lasting identity, the same in both languages.
    pub id: CardId,
    /// The language of its text.
    pub lang: Lang,
    /// How it asks.
    pub kind: CardKind,
    /// The question, as Markdown. In a cloze the asked hole reads `[…]` (or `[hint]`).
    pub front: Box<str>,
    /// The answer, as Markdown. In a cloze it is what the hole holds.
    pub back: Box<str>,
    /// The lesson it belongs to.
    pub lesson: LessonId,
    /// Its section within the lesson, counted from 0 (see [`super::Lesson::sections`]).
    pub section: u32,
    /// Tags without `#`.
    pub tags: Box<[Arc<str>]>,
    /// Cards of one group give each other away and are not asked on one day.
    pub siblings: Option<SiblingGroup>,
    /// The file it stands in, as it was named.
    pub file: Arc<str>,
    /// Its first line in that file, counted from 1.
    pub line: u32,
    /// Whether the id is written in the file (`<!-- id: … -->`) and not computed from the question.
    pub id_written: bool,
}

/// How a card asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CardKind {
    /// A question and its answer.
    Basic,
    /// The other direction of a basic card: the answer is shown and the question asked.
    Reversed,
    /// A sentence with a hole.
    Cloze,
    /// A term from plain notes and what they say of it.
    Term,
}

/// The cards made from one sentence or one pair.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiblingGroup(pub u64);
