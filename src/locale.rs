//! The interface's texts, in Chinese and English: `assets/locales/{zh,en}.toml`, one entry a text,
//! named by its table and key (`study.reveal`). Texts may hold `{name}` places to fill.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

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

    /// The text of this name with its `{places}` filled.
    pub fn fill(&self, name: &str, places: &[(&str, &dyn std::fmt::Display)]) -> String {
        let mut filled = Cow::Borrowed(self.text(name));
        for (place, value) in places {
            let place = format!("{{{place}}}");
            if filled.contains(&place) {
                filled = Cow::Owned(filled.replace(&place, &value.to_string()));
            }
        }
        filled.into_owned()
    }

    /// Every name this language has a text for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}
