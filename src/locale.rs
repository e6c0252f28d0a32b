//! The interface's texts, in Chinese and English: `assets/locales/{zh,en}.toml`, one entry a text,
//! named by its table and key (`study.reveal`). Texts may hold `{name}` places to fill.

use std::{collections::HashMap, sync::LazyLock};

/// The texts of one language.
#[derive(Debug)]
pub struct Locale {
    texts: HashMap<String, String>,
}

static ZH: LazyLock<Locale> =
    LazyLock::new(|| Locale::read(include_str!("../assets/locales/zh.toml")));
static EN: LazyLock<Locale> =
    LazyLock::new(|| Locale::read(include_str!("../assets/locales/en.toml")));

impl Locale {
    /// Chinese.
    pub fn zh() -> &'static Locale {
        &ZH
    }

    /// English.
    pub fn en() -> &'static Locale {
        &EN
    }

    fn read(source: &str) -> Locale {
        let tables: toml::Table = source.parse().expect("the built-in texts are valid TOML");
        let mut texts = HashMap::new();
        for (table, entries) in &tables {
            for (key, text) in entries.as_table().into_iter().flatten() {
                if let Some(text) = text.as_str() {
                    texts.insert(format!("{table}.{key}"), text.to_owned());
                }
            }
        }
        Locale { texts }
    }

    /// The text of this name. A name without a text stands for itself: a test holds every name in
    /// the source against both files.
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        self.texts.get(name).map_or(name, String::as_str)
    }

    /// The text of this name with its `{places}` filled. `{n|card|cards}` is the first word where `n`
    /// is 1, else the second.
    pub fn fill(&self, name: &str, places: &[(&str, &dyn std::fmt::Display)]) -> String {
        let mut filled = String::new();
        let mut rest = self.text(name);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((place, after)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            let mut parts = place.split('|');
            let name = parts.next().unwrap_or(place);
            let value = places.iter().find(|(place, _)| *place == name);
            match (value, parts.next().zip(parts.next())) {
                (Some((_, value)), None) => filled.push_str(&value.to_string()),
                (Some((_, value)), Some((one, many))) => {
                    filled.push_str(if value.to_string() == "1" { one } else { many });
                }
                (None, _) => {
                    filled.push('{');
                    filled.push_str(place);
                    filled.push('}');
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// Every name this language has a text for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_words_agree_with_their_number() {
        let locale = Locale {
            texts: HashMap::from([
                ("cards".to_owned(), "{n} {n|card|cards}, {m}".to_owned()),
                ("brace".to_owned(), "a { b {n".to_owned()),
            ]),
        };
        let fill = |name: &str, n: usize| locale.fill(name, &[("n", &n)]);
        assert_eq!(fill("cards", 1), "1 card, {m}");
        assert_eq!(fill("cards", 0), "0 cards, {m}");
        assert_eq!(fill("cards", 21), "21 cards, {m}");
        assert_eq!(fill("brace", 1), "a { b {n");
    }
}
