//! The interface's texts, in Chinese and English: `assets/locales/{zh,en}.toml`, one entry a text,
//! named by its table and key (`study.reveal`). Texts may hold `{name}` places to fill.

use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap};

/// Room for the texts of one language.
const MANY: usize = 400;

/// The texts of one language.
#[derive(Debug)]
pub struct Locale {
    /// By table and key.
    texts: FxHashMap<(&'static str, &'static str), &'static str>,
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

    /// Line by line: reading all that TOML may say takes longer than drawing the first frame. A test
    /// holds this to what `toml` reads.
    fn read(source: &'static str) -> Locale {
        let mut texts = FxHashMap::with_capacity_and_hasher(MANY, FxBuildHasher);
        let mut table = "";
        for line in source.lines() {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                table = name;
            } else if let Some((key, text)) = line.split_once('=') {
                texts.insert((table, key.trim_end()), text.trim_start().trim_matches('"'));
            }
        }
        Locale { texts }
    }

    /// The text of this name. A name without a text stands for itself: a test holds every name in
    /// the source against both files.
    pub fn text<'a>(&'a self, name: &'a str) -> &'a str {
        name.split_once('.')
            .and_then(|name| self.texts.get(&name).copied())
            .unwrap_or(name)
    }

    /// The name of a field of the course; `None` for one of the learner's own making.
    pub fn course_field<'a>(&'a self, domain: &'a str) -> Option<&'a str> {
        self.texts.get(&("field", domain)).copied()
    }

    /// The name of a field: the learner's own notes where there is none, and another field than the
    /// course's goes by its own name.
    pub fn field<'a>(&'a self, domain: &'a str) -> &'a str {
        let known = if domain.is_empty() { "own" } else { domain };
        self.course_field(known).unwrap_or(domain)
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
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.texts
            .keys()
            .map(|(table, key)| format!("{table}.{key}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_those_that_toml_reads() {
        for (locale, source) in [
            (Locale::zh(), include_str!("../assets/locales/zh.toml")),
            (Locale::en(), include_str!("../assets/locales/en.toml")),
        ] {
            let tables: toml::Table = source.parse().expect("valid TOML");
            let mut count = 0;
            for (table, entries) in &tables {
                for (key, text) in entries.as_table().expect("tables of texts") {
                    let name = format!("{table}.{key}");
                    assert_eq!(Some(locale.text(&name)), text.as_str(), "{name}");
                    count += 1;
                }
            }
            assert_eq!(locale.texts.len(), count);
        }
    }

    #[test]
    fn places_are_filled_and_words_agree_with_their_number() {
        let locale = Locale {
            texts: FxHashMap::from_iter([
                (("test", "cards"), "{n} {n|card|cards}, {m}"),
                (("test", "brace"), "a { b {n"),
            ]),
        };
        let fill = |name: &str, n: usize| locale.fill(name, &[("n", &n)]);
        assert_eq!(fill("test.cards", 1), "1 card, {m}");
        assert_eq!(fill("test.cards", 0), "0 cards, {m}");
        assert_eq!(fill("test.cards", 21), "21 cards, {m}");
        assert_eq!(fill("test.brace", 1), "a { b {n");
    }
}
