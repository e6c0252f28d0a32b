//! What the README says is so.

use podlings::{locale::Locale, tui::Keymap};

const README: &str = include_str!("../../README.md");

/// Where it fails, the table to put into the README is printed.
#[test]
fn the_key_table_is_the_live_one() {
    let table = Keymap::built_in().to_markdown(Locale::en());
    assert!(
        README.contains(&table),
        "the README's key table should be:\n\n{table}"
    );
}

#[test]
fn two_commands_are_all_it_takes() {
    assert!(README.contains("cargo run --release\n"));
    assert!(README.contains("cargo test\n"));
}

#[test]
fn the_documents_it_points_to_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = README
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://"));
    for link in links {
        assert!(root.join(link).exists(), "{link} is not there");
    }
}
