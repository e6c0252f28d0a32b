//! Question files as they are written, before anything about them is checked.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use toml::Spanned;

use super::Compare;
use crate::history::{Difficulty, Kind};

/// A whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) format: u32,
    #[serde(rename = "question", default)]
    pub(super) questions: Vec<Written>,
}

/// One question with the keys of every kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) id: Spanned<String>,
    pub(super) kind: Kind,
    pub(super) lesson: Option<String>,
    pub(super) domain: String,
    pub(super) difficulty: Difficulty,
    pub(super) prompt: Option<Text>,
    pub(super) why: Option<Text>,
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) cards: Vec<String>,
    #[serde(rename = "option", default)]
    pub(super) options: Vec<WrittenOption>,
    #[serde(default)]
    pub(super) accept: Vec<String>,
    pub(super) compare: Option<Compare>,
    #[serde(rename = "item", default)]
    pub(super) items: Vec<Item>,
    #[serde(rename = "pair", default)]
    pub(super) pairs: Vec<WrittenPair>,
    pub(super) answer: Option<Text>,
    #[serde(rename = "point", default)]
    pub(super) points: Vec<WrittenPoint>,
    pub(super) seconds: Option<u32>,
    pub(super) scenario: Option<String>,
    pub(super) prediction: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOption {
    pub(super) text: Text,
    #[serde(default)]
    pub(super) right: bool,
    pub(super) reason: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) text: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPair {
    pub(super) left: Text,
    pub(super) right: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPoint {
    pub(super) id: String,
    pub(super) weight: u8,
    pub(super) text: Text,
    #[serde(default)]
    pub(super) any: Vec<String>,
    #[serde(default)]
    pub(super) all: Vec<String>,
    pub(super) before: Option<String>,
    #[serde(default)]
    pub(super) not: Vec<String>,
    pub(super) follow_up: Option<Text>,
}

/// A text: one string for both languages, or one for each.
pub(super) struct Text {
    pub(super) zh: Option<String>,
    pub(super) en: Option<String>,
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
        from.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or { zh = \"…\", en = \"…\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text {
            zh: Some(text.to_owned()),
            en: Some(text.to_owned()),
        })
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Text, M::Error> {
        let mut text = Text { zh: None, en: None };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "zh" => text.zh = Some(map.next_value()?),
                "en" => text.en = Some(map.next_value()?),
                other => return Err(M::Error::unknown_field(other, &["zh", "en"])),
            }
        }
        Ok(text)
    }
}
