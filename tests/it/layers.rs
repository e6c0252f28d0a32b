//! The rooms of `src/` use only the rooms they may.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const ROOMS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("locale", &[]),
    ("cluster", &[]),
    ("history", &["ids"]),
    ("notes", &["ids"]),
    ("memory", &["ids", "history"]),
    (
        "walkthrough",
        &["cluster", "notes", "ids", "history", "locale"],
    ),
    (
        "interview",
        &["notes", "walkthrough", "ids", "history", "locale"],
    ),
    (
        "progress",
        &[
            "notes",
            "walkthrough",
            "interview",
            "ids",
            "history",
            "locale",
            "memory",
        ],
    ),
    ("report", &["progress", "notes", "ids", "locale"]),
    ("store", &["ids", "history"]),
    (
        "tui",
        &[
            "ids",
            "locale",
            "cluster",
            "history",
            "notes",
            "memory",
            "walkthrough",
            "interview",
            "progress",
            "report",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "ids",
            "locale",
            "cluster",
            "history",
            "notes",
            "memory",
            "walkthrough",
            "interview",
            "progress",
            "report",
            "store",
            "tui",
        ],
    ),
];

const LIBRARIES: &[(&str, &str)] = &[
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("rusqlite", "store"),
    ("rusqlite_migration", "store"),
    ("clap", "cli"),
    ("fsrs", "memory"),
];

#[test]
fn each_room_uses_only_the_rooms_it_may() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let files = rust_files(&src);
    assert!(files.len() > 10, "only {} source files found", files.len());
    for file in files {
        let relative = file.strip_prefix(&src).expect("under src");
        let text = without_comments(&fs::read_to_string(&file).expect("source is readable"));
        check(relative, &text, &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The table in this file would prove nothing if the scanner saw nothing.
#[test]
fn the_scanner_sees_every_way_to_leave_a_room() {
    let found = |path: &str, text: &str| {
        let mut wrong = Vec::new();
        check(Path::new(path), &without_comments(text), &mut wrong);
        wrong.len()
    };
    assert_eq!(found("notes/card.rs", "use crate::memory::Deck;"), 1);
    assert_eq!(
        found("notes/card.rs", "use crate::{ids::CardId, store};"),
        1
    );
    assert_eq!(
        found(
            "notes/card.rs",
            "use crate::{\n ids::{CardId, Lang},\n tui::{a, b},\n};"
        ),
        1
    );
    assert_eq!(
        found("notes/card.rs", "fn f() { crate :: store::open() }"),
        1
    );
    assert_eq!(found("notes/card.rs", "use super::super::store;"), 1);
    assert_eq!(found("notes/mod.rs", "use super::store;"), 1);
    assert_eq!(found("notes/plain/mod.rs", "use super::store;"), 0);
    assert_eq!(found("notes/plain/term.rs", "use super::super::lesson;"), 0);
    assert_eq!(
        found("notes/card.rs", "mod tests { use super::super::lesson; }"),
        0
    );
    assert_eq!(found("notes/card.rs", "use rusqlite::Connection;"), 1);
    assert_eq!(
        found(
            "notes/card.rs",
            "use crate::ids::CardId; use super::lesson;"
        ),
        0
    );
    assert_eq!(
        found(
            "notes/card.rs",
            "// crate::store\n/* crate::store */ let s = \"crate::store\";"
        ),
        0
    );
    assert_eq!(found("store/mod.rs", "use rusqlite::Connection;"), 0);
    assert_eq!(found("nowhere/mod.rs", ""), 1);
}

fn check(relative: &Path, text: &str, wrong: &mut Vec<String>) {
    let shown = relative.display();
    let components: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
    let room = components[0].trim_end_matches(".rs");
    if room == "lib" || room == "main" {
        return;
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        wrong.push(format!("{shown}: room `{room}` is not in the table"));
        return;
    };
    for used in used_rooms(text) {
        if used != room && !allowed.contains(&used.as_str()) {
            wrong.push(format!("{shown}: `{room}` may not use `{used}`"));
        }
    }
    let depth = module_depth(&components);
    for (supers, inner) in super_chains(text) {
        if supers > depth + inner {
            wrong.push(format!(
                "{shown}: a chain of {supers} `super` leaves `{room}`"
            ));
        }
    }
    for (library, owner) in LIBRARIES {
        if *owner != room && words(text).any(|word| word == *library) {
            wrong.push(format!("{shown}: `{library}` belongs to `{owner}`"));
        }
    }
}

/// How many `super` stay inside the room: 0 for the room's own `mod.rs`.
fn module_depth(components: &[&str]) -> usize {
    let folders = components.len() - 1;
    let file = components[components.len() - 1];
    match file {
        "mod.rs" => folders - 1,
        _ => folders,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Rooms named after `crate::`, also within a group `crate::{a, b::c}`.
fn used_rooms(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut rooms = Vec::new();
    for at in 0..tokens.len() {
        if tokens[at] != "crate" || tokens.get(at + 1).map(String::as_str) != Some("::") {
            continue;
        }
        match tokens.get(at + 2).map(String::as_str) {
            Some("{") => rooms.extend(group_heads(&tokens[at + 3..])),
            Some(room) => rooms.push(room.to_owned()),
            None => {}
        }
    }
    rooms
}

fn group_heads(tokens: &[String]) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut at_head = true;
    for token in tokens {
        match token.as_str() {
            "{" => depth += 1,
            "}" if depth == 0 => break,
            "}" => depth -= 1,
            "," if depth == 0 => at_head = true,
            name if at_head && depth == 0 => {
                heads.push(name.to_owned());
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

/// Lengths of `super::super::…` chains, each with the number of inline modules around it.
fn super_chains(text: &str) -> Vec<(usize, usize)> {
    let tokens = tokens(text);
    let mut chains = Vec::new();
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => braces.push(at >= 2 && tokens[at - 2] == "mod"),
            "}" => {
                braces.pop();
            }
            "super" => {
                let mut length = 1;
                while tokens.get(at + 1).map(String::as_str) == Some("::")
                    && tokens.get(at + 2).map(String::as_str) == Some("super")
                {
                    length += 1;
                    at += 2;
                }
                let restricts_visibility = at >= 1
                    && (tokens[at - 1] == "(" || tokens[at - 1] == "in")
                    && tokens.get(at + 1).map(String::as_str) == Some(")");
                if !restricts_visibility {
                    chains.push((length, braces.iter().filter(|module| **module).count()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    chains
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = c.to_string();
            while let Some(next) = chars.next_if(|next| next.is_alphanumeric() || *next == '_') {
                word.push(next);
            }
            tokens.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    tokens
}

/// The source without comments and without what string literals hold.
fn without_comments(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut kept = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        } else if rest.starts_with(&['/', '*']) {
            at += 2;
            let mut depth = 1;
            while depth > 0 && at < chars.len() {
                if chars[at..].starts_with(&['*', '/']) {
                    depth -= 1;
                    at += 1;
                } else if chars[at..].starts_with(&['/', '*']) {
                    depth += 1;
                    at += 1;
                }
                at += 1;
            }
        } else if let Some(length) = string_literal(rest) {
            kept.push_str("\"\"");
            at += length;
        } else if let Some(length) = char_literal(rest) {
            kept.push_str("' '");
            at += length;
        } else {
            kept.push(chars[at]);
            at += 1;
        }
    }
    kept
}

fn string_literal(rest: &[char]) -> Option<usize> {
    if rest[0] == '"' {
        let mut at = 1;
        while at < rest.len() && rest[at] != '"' {
            at += if rest[at] == '\\' { 2 } else { 1 };
        }
        return Some(at + 1);
    }
    if rest[0] != 'r' {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let mut end = vec!['"'];
    end.extend(vec!['#'; hashes]);
    (2 + hashes..rest.len())
        .find(|at| rest[*at..].starts_with(&end))
        .map(|at| at + end.len())
}

fn char_literal(rest: &[char]) -> Option<usize> {
    if rest[0] != '\'' {
        return None;
    }
    match rest.get(1)? {
        '\\' => rest[2..]
            .iter()
            .skip(1)
            .position(|c| *c == '\'')
            .map(|at| at + 4),
        _ if rest.get(2) == Some(&'\'') => Some(3),
        _ => None,
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("source folders are readable") {
            let path = entry.expect("source folders are readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.insert(path, ());
            }
        }
    }
    found.into_keys().collect()
}
