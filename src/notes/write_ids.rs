//! Writes each card's id beside it, so that any later edit keeps its progress.

use std::collections::{BTreeMap, HashMap};

use super::{
    Card, Code, Diagnostic, Severity, SourceFile,
    cards::{self, Form, Found, Place},
    front_matter, identity,
    markdown::Outline,
    parse::{parse, syntax_of},
    source::Lines,
};

/// A file with ids written into it.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// The new text; the old one where nothing was added.
    pub text: String,
    /// Ids that were added.
    pub added: usize,
    /// Cards that cannot carry an id.
    pub diagnostics: Vec<Diagnostic>,
}

/// Adds `<!-- id: … -->` on a line of its own after each card that has none, and changes nothing
/// else. The id is the one the card has already, so its progress stays.
pub fn write_ids(file: &SourceFile) -> Written {
    let text = file.normal_text();
    let lines = Lines::of(&text);
    let mut written = Written {
        text: file.text.to_string(),
        added: 0,
        diagnostics: Vec::new(),
    };
    let mut additions: BTreeMap<u32, String> = BTreeMap::new();
    let mut wanted: Vec<(u32, u32, String)> = Vec::new();
    let found = unwritten(&text);
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for (_, id) in &found {
        *uses.entry(id).or_default() += 1;
    }
    for (card, id) in &found {
        let line = lines.line(card.span.start);
        let mut refuse = |message: &str, help: &str| {
            written.diagnostics.push(refusal(file, line, message, help));
        };
        let indent = match card.place {
            Place::Text { indent } | Place::Plain { indent } => indent,
            Place::Fence => {
                refuse(
                    "a card inside a fence cannot carry an id",
                    "take it out of the fence to give it one",
                );
                continue;
            }
        };
        if uses[&**id] > 1 {
            refuse(
                "another card of this file asks the same",
                "ask differently, or write an id by hand",
            );
            continue;
        }
        let last = lines.line(card.span.end.saturating_sub(1).max(card.span.start));
        let comment = format!("{}<!-- id: {id} -->", " ".repeat(indent));
        wanted.push((line, last, comment));
    }
    additions.extend(
        wanted
            .iter()
            .map(|(_, last, comment)| (*last, comment.clone())),
    );
    if !keeps_cards(file, &add(&file.text, &additions)) {
        // Some of them cannot stand where they would.
        additions.clear();
        for (line, last, comment) in wanted {
            let text = add(&file.text, &BTreeMap::from([(last, comment.clone())]));
            if keeps_cards(file, &text) {
                additions.insert(last, comment);
            } else {
                written.diagnostics.push(refusal(
                    file,
                    line,
                    "an id after this card would be taken for something else",
                    "put an empty line after the card and try again",
                ));
            }
        }
    }
    let text = add(&file.text, &additions);
    if !additions.is_empty() && keeps_cards(file, &text) {
        written.added = additions.len();
        // They are told of the file as it is now.
        for diagnostic in &mut written.diagnostics {
            let above = additions.range(..diagnostic.line).count();
            diagnostic.line += u32::try_from(above).unwrap_or(0);
        }
        written.text = text;
    }
    written
}

fn refusal(file: &SourceFile, line: u32, message: &str, help: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        code: Code::IdNotWritable,
        file: file.name.clone(),
        line,
        column: 0,
        message: message.to_owned(),
        help: help.to_owned(),
    }
}

/// The cards of a text that have no id written, and the ids they have.
fn unwritten(text: &str) -> Vec<(Found, String)> {
    let (front, _, body) = front_matter::read(text);
    let outline = Outline::of(text, body);
    let syntax = syntax_of(&front, text, &outline);
    cards::find(text, &outline, syntax)
        .cards
        .into_iter()
        .filter(|found| found.id.is_none())
        .map(|found| {
            let (kind, question) = match &found.form {
                Form::Pair { question, .. } => ("basic", question),
                Form::Term { term, .. } => ("term", term),
                Form::Cloze { sentence, .. } => ("cloze", sentence),
            };
            let id = identity::hashed(kind, question);
            (found, id)
        })
        .collect()
}

/// Whether a file with this text has the cards it had.
fn keeps_cards(file: &SourceFile, text: &str) -> bool {
    let changed = SourceFile::new(file.name.clone(), file.origin, text);
    let (before, after) = (parse(file, false), parse(&changed, false));
    let same = |one: &Card, other: &Card| {
        (&one.id, one.kind, &one.front, &one.back, &one.tags)
            == (
                &other.id,
                other.kind,
                &other.front,
                &other.back,
                &other.tags,
            )
    };
    before.cards.len() == after.cards.len()
        && before
            .cards
            .iter()
            .zip(&after.cards)
            .all(|(one, other)| same(&one.card, &other.card))
}

/// The text with lines added after those of these numbers, each ended as the line before it is.
fn add(text: &str, additions: &BTreeMap<u32, String>) -> String {
    let mut added = String::with_capacity(text.len() + additions.len() * 48);
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let end = line_end(rest);
        let (line, after) = rest.split_at(end);
        added.push_str(line);
        rest = after;
        if let Some(addition) = additions.get(&number) {
            let bare = line.trim_end_matches(['\r', '\n']);
            let ending = &line[bare.len()..];
            if ending.is_empty() {
                let usual = if text.contains("\r\n") { "\r\n" } else { "\n" };
                added.push_str(usual);
                added.push_str(addition);
            } else {
                added.push_str(addition);
                added.push_str(ending);
            }
        }
    }
    added
}

/// The length of the first line with its line end: `\n`, `\r\n` or `\r`.
fn line_end(text: &str) -> usize {
    match text.find(['\r', '\n']) {
        None => text.len(),
        Some(at) if text[at..].starts_with("\r\n") => at + 2,
        Some(at) => at + 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::notes::Origin;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("a.md", Origin::Own, text)
    }

    #[test]
    fn an_id_stands_on_the_line_after_its_card_and_nothing_else_changes() {
        let text = "# T\n\nQ: One?\nA: 1\n\n# U\n\nprose\n\n- Q: Two?\n  A: 2\n- other\n\n**term**\nits meaning\n";
        let written = write_ids(&file(text));
        assert_eq!(written.added, 3);
        assert_eq!(written.diagnostics, []);
        let kept: Vec<&str> = written
            .text
            .lines()
            .filter(|line| !line.contains("<!-- id:"))
            .collect();
        assert_eq!(kept, text.lines().collect::<Vec<_>>());
        assert!(
            written.text.contains("A: 1\n<!-- id: h-"),
            "{}",
            written.text
        );
        assert!(
            written.text.contains("  A: 2\n  <!-- id: h-"),
            "{}",
            written.text
        );
    }

    /// With a reading of the file for each card this would take minutes.
    #[test]
    fn many_cards_are_written_at_once() {
        let cards = (0..3_000).map(|n| format!("Q: Question {n}?\nA: answer {n}\n\n"));
        let written = write_ids(&file(&cards.collect::<String>()));
        assert_eq!(written.added, 3_000);
    }

    #[test]
    fn line_ends_and_the_byte_order_mark_stay() {
        let written = write_ids(&file("\u{feff}Q: One?\r\nA: 1\r\n\r\nQ: Two?\r\nA: 2"));
        assert_eq!(written.added, 2);
        assert!(
            written
                .text
                .starts_with("\u{feff}Q: One?\r\nA: 1\r\n<!-- id: ")
        );
        assert!(!written.text.replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn a_card_in_a_fence_is_reported_and_not_written() {
        let text = "# T\n\n```\n甲是什么？\n第一个\n\n乙是什么？\n第二个\n```\n";
        let written = write_ids(&file(text));
        assert_eq!((written.added, &*written.text), (0, text));
        assert_eq!(written.diagnostics.len(), 2);
        assert_eq!(written.diagnostics[0].code, Code::IdNotWritable);
    }

    #[test]
    fn what_is_refused_is_told_of_the_file_as_it_then_is() {
        let text = "Q: One?\nA: 1\n\n```\n甲是什么？\n第一个\n\n乙是什么？\n第二个\n```\n";
        let once = write_ids(&file(text));
        let twice = write_ids(&file(&once.text));
        assert_eq!((once.added, twice.added), (1, 0));
        assert_eq!(once.diagnostics, twice.diagnostics);
    }

    fn notes() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-c]{1,3}\\?".prop_map(|q| format!("Q: {q}\nA: yes")),
            "[a-c]{1,3}\\?".prop_map(|q| format!("Q: {q}\nA: yes\n\n- one\n- two")),
            "[a-c]{1,3}\\?".prop_map(|q| format!("Q: {q}\nA:\n```\ncode\n```")),
            "[a-c]{1,3}".prop_map(|t| format!("**{t}**\nmeaning of {t}")),
            "[a-c]{1,3}".prop_map(|t| format!("* {t}  \nmeaning of {t}")),
            "[a-c]{1,3}".prop_map(|t| format!("C: a [{t}] hole")),
            "[a-c]{1,3}".prop_map(|t| format!("- Q: {t}?\n  A: in a list\n- other")),
            "[a-c]{1,3}".prop_map(|t| format!("# {t}")),
            Just("| a | b |\n|---|---|\n| 1 | 2 |".to_owned()),
            Just("> quoted\n> Q: no?\n> A: no".to_owned()),
            Just("prose that is none".to_owned()),
        ];
        (prop::collection::vec(piece, 0..8), prop::bool::ANY).prop_map(|(pieces, crlf)| {
            let text = pieces.join("\n\n");
            if crlf {
                text.replace('\n', "\r\n")
            } else {
                text
            }
        })
    }

    proptest! {
        #[test]
        fn cards_stay_what_they_are_and_twice_is_once(text in notes()) {
            let once = write_ids(&file(&text));
            prop_assert!(keeps_cards(&file(&text), &once.text));
            let twice = write_ids(&file(&once.text));
            prop_assert_eq!(twice.added, 0, "{}", once.text);
            prop_assert_eq!(twice.text, once.text);
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,60}(\n\\PC{0,30}){0,6}") {
            let written = write_ids(&file(&text));
            prop_assert!(written.added > 0 || written.text == text);
        }
    }
}
