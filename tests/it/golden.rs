//! Texts kept under `tests/golden/`: what was once looked at and found right.

use std::{fs, path::PathBuf};

/// Holds a text to the kept one. `UPDATE_GOLDENS=1` writes it anew: read the difference before
/// committing it.
pub(crate) fn holds(folder: &str, name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(folder)
        .join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, found).expect("written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    for (number, (one, other)) in (1..).zip(found.lines().zip(expected.lines())) {
        assert_eq!(one, other, "{name}:{number}");
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "{name}");
}
