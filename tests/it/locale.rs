//! Every text the interface shows exists in both languages, and no other.

use std::{collections::BTreeSet, fs, path::Path};

use podlings::{
    locale::Locale,
    tui::{Action, Place},
};

#[test]
fn both_languages_have_the_same_texts_with_the_same_places() {
    let names = |locale: &'static Locale| locale.names().collect::<BTreeSet<_>>();
    let zh = names(Locale::zh());
    let en = names(Locale::en());
    assert_eq!(
        zh.difference(&en).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert_eq!(
        en.difference(&zh).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    for name in zh {
        assert_eq!(
            places(Locale::zh().text(&name)),
            places(Locale::en().text(&name)),
            "places of {name}"
        );
    }
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split(['}', '|']).next())
        .collect()
}

#[test]
fn every_text_the_source_names_is_there_and_every_text_is_named() {
    let there: BTreeSet<String> = Locale::en().names().collect();
    let tables: BTreeSet<&str> = there
        .iter()
        .filter_map(|name| name.split('.').next())
        .collect();
    let mut named = BTreeSet::new();
    for action in Action::ALL {
        named.insert(action.label());
        named.insert(format!("help.{}", action.name()));
    }
    named.extend(
        Place::ALL
            .iter()
            .map(|place| format!("place.{}", place.name())),
    );
    named.extend((1..=12).map(|month| format!("month.{month}")));
    named.extend((1..=7).map(|day| format!("weekday.{day}")));
    named.extend(["terminal", "dark", "light"].map(|theme| format!("theme.{theme}")));
    let fields = podlings::notes::Course::built_in().domains;
    named.extend(fields.iter().map(|field| format!("field.{field}")));
    for source in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let literals = source.split('"').skip(1).step_by(2);
        named.extend(
            literals
                .filter(|text| is_name(text, &tables))
                .map(str::to_owned),
        );
    }
    let missing: Vec<&String> = named.difference(&there).collect();
    assert!(missing.is_empty(), "without a text: {missing:?}");
    let unused: Vec<&String> = there.difference(&named).collect();
    assert!(unused.is_empty(), "never shown: {unused:?}");
}

/// `table.key`, where the table is one of ours.
fn is_name(text: &str, tables: &BTreeSet<&str>) -> bool {
    text.split_once('.').is_some_and(|(table, key)| {
        tables.contains(table)
            && !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    })
}

fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("source folders are readable") {
        let path = entry.expect("source folders are readable").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).expect("source is readable"));
        }
    }
    found
}
