use std::{borrow::Cow, sync::LazyLock};

use serde::Deserialize;

use crate::locale::Locale;

/// What components say is English, as in a real cluster. These are the model's own sentences in Chinese;
/// what Kubernetes itself prints stays as it is.
static CHINESE: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        said: Vec<Phrase>,
    }
    let file: File = toml::from_str(include_str!("../../../assets/locales/said.zh.toml"))
        .expect("the built-in sentences are valid TOML");
    file.said
});

/// A sentence with places, `{1}` and up, for what differs each time; `{1.}` is one word,
/// `{1,}` a list whose items may be sentences of their own. The first that fits is taken.
#[derive(Debug, Deserialize)]
struct Phrase {
    en: String,
    zh: String,
}

/// A message in the reader's language, if it is a sentence of the model's own.
pub fn said<'a>(message: &'a str, locale: &Locale) -> Cow<'a, str> {
    if !std::ptr::eq(locale, Locale::zh()) || message.is_empty() {
        return Cow::Borrowed(message);
    }
    chinese(message).map_or(Cow::Borrowed(message), Cow::Owned)
}

/// A message is a sentence, or several with semicolons between them, or a list of them.
pub(super) fn chinese(message: &str) -> Option<String> {
    let (text, stop) = match message.strip_suffix('.') {
        Some(text) => (text, "。"),
        None => (message, ""),
    };
    let each = |between: &str| -> Option<Vec<String>> { text.split(between).map(one).collect() };
    if text.contains("; ")
        && let Some(parts) = each("; ")
    {
        return Some(parts.join("；") + stop);
    }
    one(message).or_else(|| Some(each(", ")?.join("、") + stop))
}

fn one(message: &str) -> Option<String> {
    CHINESE.iter().find_map(|phrase| phrase.say(message))
}

impl Phrase {
    fn say(&self, message: &str) -> Option<String> {
        let found = self.read(message)?;
        let mut told = self.zh.clone();
        for (place, text) in found {
            told = told.replace(place, &text);
        }
        Some(told)
    }

    /// What stands in the places, if the message is this sentence.
    fn read<'a>(&'a self, message: &str) -> Option<Vec<(&'a str, String)>> {
        let mut found = Vec::new();
        let (mut pattern, mut rest) = (self.en.as_str(), message);
        while let Some(at) = pattern.find('{') {
            rest = rest.strip_prefix(&pattern[..at])?;
            let end = at + pattern[at..].find('}')? + 1;
            let place = &pattern[at..end];
            pattern = &pattern[end..];
            let next = &pattern[..pattern.find('{').unwrap_or(pattern.len())];
            let length = if pattern.is_empty() {
                rest.len()
            } else if next.len() == pattern.len() {
                rest.len() - rest.strip_suffix(next).map(|_| next.len())?
            } else {
                rest.find(next)?
            };
            let text = &rest[..length];
            rest = &rest[length..];
            if place.ends_with(".}") && text.contains(' ') {
                return None;
            }
            found.push((place, item(place, text)));
        }
        (rest == pattern).then_some(found)
    }
}

fn item(place: &str, text: &str) -> String {
    if !place.ends_with(",}") {
        return text.to_owned();
    }
    let items = text
        .split(", ")
        .map(|item| one(item).unwrap_or_else(|| item.to_owned()));
    items.collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cluster::trace::StepKind,
        walkthrough::{Run, built_in},
    };

    /// Whoever changes what a component says changes it here too.
    #[test]
    fn what_components_say_in_the_built_in_scenarios_is_known_in_chinese() {
        let mut unknown = Vec::new();
        for scenario in built_in() {
            let run = Run::new(&scenario, scenario.seed(), false);
            for step in run.steps() {
                let own = match step.kind {
                    StepKind::Decision | StepKind::Rules | StepKind::Traffic | StepKind::Fault => {
                        !step.message.starts_with("0/")
                    }
                    StepKind::Gate => step.code == 0,
                    StepKind::Runtime => !step.message.starts_with("rpc error"),
                    _ => false,
                };
                if own && !step.message.is_empty() && chinese(&step.message).is_none() {
                    unknown.push(step.message.clone());
                }
            }
        }
        unknown.sort();
        unknown.dedup();
        assert!(unknown.is_empty(), "{unknown:#?}");
    }

    #[test]
    fn places_are_filled_and_lists_are_looked_up() {
        for (message, told) in [
            (
                "found 5 of 2 pods, deleting 3: web-a (bound to no node), web-b (not ready), web-c",
                Some(
                    "期望 2 个 Pod，找到 5 个，要删 3 个：web-a（没有 Node）、web-b（未就绪）、web-c",
                ),
            ),
            ("stop kube-scheduler", Some("停掉 kube-scheduler")),
            ("pods \"web\" not found", None),
            ("", None),
        ] {
            assert_eq!(chinese(message).as_deref(), told, "{message}");
        }
    }
}
