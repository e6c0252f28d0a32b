//! What may stand at the top of a file between `+++` (TOML) or `---` (YAML-shaped) lines.

use std::{ops::Range, str::FromStr};

use toml::de::{DeTable, DeValue};

use crate::ids::Lang;

/// What a file says of itself.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) lang: Option<Lang>,
    pub(super) requires: Vec<String>,
    pub(super) domain: String,
    pub(super) minutes: u32,
    pub(super) checked: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) cards: Option<CardSyntax>,
}

/// Which cards a file asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CardSyntax {
    /// Only those with a syntax of their own.
    Explicit,
    /// Obsidian's as well.
    Obsidian,
}

/// Something wrong in front matter, and the byte of the file it is about.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
    /// Whether nothing of the front matter could be read.
    pub(super) whole: bool,
}

/// Front matter read from the top of `text`, what is wrong with it, and the byte at which the notes
/// themselves begin.
pub(super) fn read(text: &str) -> (FrontMatter, Vec<Fault>, usize) {
    let toml = delimited(text, "+++");
    let yaml = || delimited(text, "---").filter(|part| yaml_shaped(&text[part.inner.clone()]));
    if let Some(part) = toml {
        let mut reader = Reader::new(part.inner.start);
        reader.toml(&text[part.inner]);
        (reader.read, reader.faults, part.body)
    } else if let Some(part) = yaml() {
        let mut reader = Reader::new(part.inner.start);
        reader.yaml(&text[part.inner]);
        (reader.read, reader.faults, part.body)
    } else {
        // Three dashes may be a line across the page; three plus signs before a key are none.
        let mut lines = text.lines().map(str::trim);
        let begins = lines.next() == Some("+++")
            && lines
                .find(|line| !line.is_empty() && !line.starts_with('#'))
                .is_some_and(|line| line.contains('='));
        let faults = begins.then(|| Fault {
            at: 0,
            message: "it begins with `+++` and never ends".to_owned(),
            whole: true,
        });
        (FrontMatter::default(), faults.into_iter().collect(), 0)
    }
}

struct Delimited {
    inner: Range<usize>,
    body: usize,
}

fn delimited(text: &str, mark: &str) -> Option<Delimited> {
    let first = text.lines().next()?;
    if first.trim_end() != mark {
        return None;
    }
    let start = first.len() + 1;
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim_end() == mark {
            return Some(Delimited {
                inner: start..at,
                body: at + line.len(),
            });
        }
        at += line.len();
    }
    None
}

/// Whether every line could belong to YAML front matter: a file may also begin with a thematic
/// break.
fn yaml_shaped(inner: &str) -> bool {
    let mut keys = 0;
    inner.lines().all(|line| {
        let text = line.trim();
        let key = !line.starts_with([' ', '\t']) && yaml_pair(text).is_some();
        keys += usize::from(key);
        key || text.is_empty()
            || text.starts_with('#')
            || (keys > 0 && (text.starts_with("- ") || line.starts_with([' ', '\t'])))
    }) && keys > 0
}

fn yaml_pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let separated = value.is_empty() || value.starts_with([' ', '\t']);
    (is_key && separated).then(|| (key, value.trim()))
}

enum Value {
    Text(String),
    List(Vec<String>),
    Number(i64),
    Else(&'static str),
}

struct Reader {
    read: FrontMatter,
    faults: Vec<Fault>,
    start: usize,
}

impl Reader {
    fn new(start: usize) -> Self {
        Self {
            read: FrontMatter::default(),
            faults: Vec::new(),
            start,
        }
    }

    fn toml(&mut self, inner: &str) {
        let table = match DeTable::parse(inner) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                self.faults.push(Fault {
                    at: self.start + error.span().map_or(0, |span| span.start.min(inner.len())),
                    message: error.message().to_owned(),
                    whole: true,
                });
                return;
            }
        };
        for (key, value) in &table {
            let at = self.start + key.span().start;
            self.set(key.get_ref(), from_toml(value.get_ref()), at);
        }
    }

    fn yaml(&mut self, inner: &str) {
        let mut list: Option<(String, usize, Vec<String>)> = None;
        let mut at = self.start;
        for line in inner.split_inclusive('\n') {
            let text = line.trim();
            if let Some(item) = text.strip_prefix("- ") {
                if let Some((_, _, items)) = &mut list {
                    items.push(unquoted(item).to_owned());
                }
            } else if !line.starts_with([' ', '\t'])
                && let Some((key, value)) = yaml_pair(text)
            {
                if let Some((key, at, items)) = list.take() {
                    self.set(&key, Value::List(items), at);
                }
                if value.is_empty() {
                    list = Some((key.to_owned(), at, Vec::new()));
                } else {
                    self.set(key, from_yaml(value), at);
                }
            }
            at += line.len();
        }
        if let Some((key, at, items)) = list {
            self.set(&key, Value::List(items), at);
        }
    }

    /// Keys of other tools are none of our business.
    fn set(&mut self, key: &str, value: Value, at: usize) {
        let wrong = match (key, value) {
            ("id", Value::Text(text)) => {
                self.read.id = Some(text).filter(|text| !text.trim().is_empty());
                None
            }
            ("id", Value::Number(number)) => {
                self.read.id = Some(number.to_string());
                None
            }
            ("title", Value::Text(text)) => {
                self.read.title = Some(text).filter(|text| !text.trim().is_empty());
                None
            }
            ("lang", Value::Text(text)) => match Lang::from_str(&text) {
                Ok(lang) => {
                    self.read.lang = Some(lang);
                    None
                }
                Err(message) => Some(message),
            },
            ("domain", Value::Text(text)) => {
                self.read.domain = text;
                None
            }
            ("minutes", Value::Number(number)) => match u32::try_from(number) {
                Ok(minutes) => {
                    self.read.minutes = minutes;
                    None
                }
                Err(_) => Some("`minutes` is a number of minutes".to_owned()),
            },
            ("requires" | "checked" | "sources" | "tags", value) => self.set_list(key, value),
            ("cards", Value::Text(text)) => match text.as_str() {
                "explicit" => {
                    self.read.cards = Some(CardSyntax::Explicit);
                    None
                }
                "obsidian" => {
                    self.read.cards = Some(CardSyntax::Obsidian);
                    None
                }
                _ => Some("`cards` is `explicit` or `obsidian`".to_owned()),
            },
            ("id" | "title" | "lang" | "domain" | "minutes" | "cards", value) => Some(format!(
                "`{key}` is {}, not {}",
                if key == "minutes" {
                    "a number"
                } else {
                    "a text"
                },
                value.kind()
            )),
            _ => None,
        };
        self.faults.extend(wrong.map(|message| Fault {
            at,
            message,
            whole: false,
        }));
    }

    fn set_list(&mut self, key: &str, value: Value) -> Option<String> {
        let items = match value {
            Value::List(items) => items,
            Value::Text(text) => vec![text],
            other => return Some(format!("`{key}` is a list of texts, not {}", other.kind())),
        };
        match key {
            "requires" => self.read.requires = items,
            "checked" => self.read.checked = items,
            "sources" => self.read.sources = items,
            _ => {
                self.read.tags = items
                    .iter()
                    .map(|tag| tag.trim_start_matches('#').to_owned())
                    .filter(|tag| !tag.is_empty())
                    .collect();
            }
        }
        None
    }
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Number(_) => "a number",
            Value::Else(kind) => kind,
        }
    }
}

fn from_toml(value: &DeValue<'_>) -> Value {
    if let Some(text) = value.as_str() {
        return Value::Text(text.to_owned());
    }
    if let Some(number) = value.as_integer() {
        return match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Else("a number too large"),
        };
    }
    if let Some(items) = value.as_array() {
        let texts: Option<Vec<String>> = items
            .iter()
            .map(|item| item.get_ref().as_str().map(str::to_owned))
            .collect();
        return texts.map_or(Value::Else("a list of other things"), Value::List);
    }
    Value::Else(value.type_str())
}

fn from_yaml(value: &str) -> Value {
    if let Some(list) = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let items = list.split(',').map(|item| unquoted(item).to_owned());
        return Value::List(items.filter(|item| !item.is_empty()).collect());
    }
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => Value::Number(number),
        _ => Value::Text(unquoted(value).to_owned()),
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_between_pluses() {
        let text = "+++\nid = \"d01\"\nrequires = [\"a\"]\nminutes = 8\ncards = \"explicit\"\ndraft = true\n+++\nbody";
        let (read, faults, body) = super::read(text);
        assert_eq!(faults, []);
        assert_eq!(read.id.as_deref(), Some("d01"));
        assert_eq!(read.requires, ["a"]);
        assert_eq!(read.minutes, 8);
        assert_eq!(read.cards, Some(CardSyntax::Explicit));
        assert_eq!(&text[body..], "body");
    }

    #[test]
    fn yaml_between_dashes() {
        let text =
            "---\ntitle: \"A: b\"\ntags:\n  - x\n  - '#y'\nlang: en\nsources: [u, v]\n---\nbody";
        let (read, faults, body) = super::read(text);
        assert_eq!(faults, []);
        assert_eq!(read.title.as_deref(), Some("A: b"));
        assert_eq!(read.tags, ["x", "y"]);
        assert_eq!(read.lang, Some(Lang::En));
        assert_eq!(read.sources, ["u", "v"]);
        assert_eq!(&text[body..], "body");
    }

    #[test]
    fn a_thematic_break_is_no_front_matter() {
        for text in [
            "---\nprose\n---\n",
            "---\n\n---\n",
            "---\nopen: end\n",
            "+++",
        ] {
            let (read, faults, body) = super::read(text);
            assert_eq!((read, faults, body), (FrontMatter::default(), vec![], 0));
        }
    }

    #[test]
    fn faults_name_their_place() {
        let (_, faults, body) = super::read("+++\nid = \n+++\nbody");
        assert!(faults[0].whole);
        assert_eq!(body, "+++\nid = \n+++\n".len());
        let (read, faults, _) = super::read("+++\ntitle = \"t\"\nminutes = \"8\"\n+++\n");
        assert_eq!(faults[0].at, "+++\ntitle = \"t\"\n".len());
        assert_eq!(read.title.as_deref(), Some("t"));
    }
}
