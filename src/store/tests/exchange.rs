use std::{collections::BTreeMap, io};

use proptest::prelude::*;

use crate::{
    history::{Rating, Row, to_json_line},
    ids::{DeviceId, RowId},
    store::{BadLine, ExportError, ImportError, Imported, Store},
};

use super::{MORNING, arbitrary, open, place, review};

fn exported(store: &Store) -> String {
    let mut out = Vec::new();
    store.export(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn import(store: &mut Store, text: &str) -> Result<Imported, ImportError> {
    store.import(text.as_bytes())
}

fn bad_lines(outcome: Result<Imported, ImportError>) -> (Vec<BadLine>, usize) {
    match outcome {
        Err(ImportError::BadLines { lines, more }) => (lines, more),
        other => panic!("{other:?}"),
    }
}

/// A store with five rows, and their export.
fn filled() -> (tempfile::TempDir, Store, String) {
    let (folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    for n in 0..5 {
        store
            .append(&session, MORNING + n, &[review("a", Rating::Good)])
            .unwrap();
    }
    let text = exported(&store);
    (folder, store, text)
}

#[test]
fn importing_twice_is_importing_once() {
    let (_from, _, text) = filled();
    let (_folder, path) = place();
    let mut store = open(&path);
    let (added, already) = (5, 0);
    assert_eq!(
        import(&mut store, &text).unwrap(),
        Imported { added, already }
    );
    assert_eq!(exported(&store), text);
    let (added, already) = (0, 5);
    assert_eq!(
        import(&mut store, &text).unwrap(),
        Imported { added, already }
    );
    assert_eq!(exported(&store), text);
}

#[test]
fn two_devices_merge_to_the_same_history() {
    let (_a, mut a, from_a) = filled();
    let (_b, mut b, from_b) = filled();
    assert_eq!(import(&mut a, &from_b).unwrap().added, 5);
    assert_eq!(import(&mut b, &from_a).unwrap().added, 5);
    assert_eq!(exported(&a), exported(&b));
}

#[test]
fn a_file_from_a_windows_editor_is_read() {
    let (_from, _, text) = filled();
    let (_folder, path) = place();
    let mut store = open(&path);
    let edited = format!("\u{feff}\r\n{}\r\n  \r\n", text.replace('\n', "\r\n\r\n"));
    assert_eq!(import(&mut store, &edited).unwrap().added, 5);
    assert_eq!(exported(&store), text);
}

#[test]
fn one_bad_line_and_nothing_is_imported() {
    let (_from, _, text) = filled();
    let lines: Vec<&str> = text.lines().collect();
    let twisted = lines[1].replace(r#""rating":3"#, r#""rating":4"#);
    let cases: &[(String, &[(u64, &str)])] = &[
        (format!("{text}no row\n"), &[(6, "expected")]),
        (lines[0][..40].to_owned(), &[(1, "EOF")]),
        (
            text.replacen(r#""v":1"#, r#""v":2"#, 2),
            &[(1, "version 2"), (2, "version 2")],
        ),
        (
            text.replacen(r#""rating":3"#, r#""rating":5"#, 1),
            &[(1, "1, 2, 3 or 4")],
        ),
        (
            text.replacen(r#""kind":"review""#, r#""kind":"dance""#, 1),
            &[(1, "dance")],
        ),
        (
            text.replacen(
                r#""desired_retention":0.9"#,
                r#""desired_retention":1e300"#,
                1,
            ),
            &[(1, "desired_retention")],
        ),
        (
            text.replacen(r#""session":""#, r#""session":"","x":""#, 1),
            &[(1, "session")],
        ),
        (
            format!("{text}\n{twisted}\n[]\n"),
            &[(7, "line 2"), (8, "expected")],
        ),
    ];
    for (text, expected) in cases {
        let (_folder, path) = place();
        let mut store = open(&path);
        let (found, more) = bad_lines(import(&mut store, text));
        assert_eq!(more, 0);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, (line, word)) in found.iter().zip(*expected) {
            assert_eq!(found.line, *line);
            assert!(found.problem.contains(word), "{found}, not {word}");
            assert!(!found.problem.contains("at line"), "{found}");
        }
        assert_eq!(exported(&store), "");
    }
}

#[test]
fn lines_that_are_no_text_are_named_too() {
    let (_from, mut store, text) = filled();
    let before = exported(&store);
    let bytes = [text.as_bytes(), b"\xff\xfe\n"].concat();
    let (lines, _) = bad_lines(store.import(bytes.as_slice()));
    assert_eq!(lines[0].to_string(), "line 6: not UTF-8");
    assert_eq!(exported(&store), before);
}

#[test]
fn a_row_that_contradicts_the_one_here_is_a_bad_line() {
    let (_from, mut store, text) = filled();
    let twisted = text.replacen(r#""rating":3"#, r#""rating":1"#, 1);
    let (lines, _) = bad_lines(import(&mut store, &twisted));
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].line, 1);
    assert!(lines[0].problem.contains("already here"), "{}", lines[0]);
    assert_eq!(exported(&store), text);
}

#[test]
fn of_many_bad_lines_twenty_are_described_and_the_rest_counted() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let error = import(&mut store, &"?\n".repeat(123)).unwrap_err();
    assert!(error.to_string().contains("123"), "{error}");
    let (lines, more) = bad_lines(Err(error));
    assert_eq!((lines.len(), more), (20, 103));
    assert_eq!(lines[19].line, 20);
}

#[test]
fn a_source_that_breaks_off_imports_nothing() {
    struct Broken<'a>(&'a [u8]);
    impl io::Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("unplugged")),
                read => Ok(read),
            }
        }
    }
    let (_from, _, text) = filled();
    let (_folder, path) = place();
    let mut store = open(&path);
    let outcome = store.import(io::BufReader::new(Broken(text.as_bytes())));
    assert!(matches!(outcome, Err(ImportError::Read(_))), "{outcome:?}");
    assert_eq!(exported(&store), "");
}

#[test]
fn an_export_that_does_not_fit_says_it_is_incomplete() {
    let (_from, store, _) = filled();
    let mut space = [0_u8; 100];
    let outcome = store.export(&mut space[..]);
    assert!(matches!(outcome, Err(ExportError::Write(_))), "{outcome:?}");
}

/// In a folder set up anew, rows of this very device may come back by import; and rows of others
/// come after its own.
#[test]
fn rows_that_come_by_import_do_not_take_the_ids_of_new_ones() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let foreign = |id: &str| Row {
        id: RowId::new(id),
        at_ms: MORNING,
        device: "elsewhere".into(),
        session: "before".into(),
        event: review("a", Rating::Good),
    };
    let own = Row {
        id: RowId::new(format!("{:014x}-{}", (MORNING << 12) + 7, store.device())),
        device: store.device().clone(),
        ..foreign("")
    };
    let mut last = own.id.clone();
    for row in [own, foreign("x"), foreign("y")] {
        import(&mut store, &to_json_line(&row)).unwrap();
        for at_ms in [MORNING, MORNING - 1_000] {
            let new = store
                .append(&session, at_ms, &[review("a", Rating::Good)])
                .unwrap();
            assert!(new[0].id > last, "{} after {last}", new[0].id);
            last = new[0].id.clone();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn export_import_export_is_identical(
        rows in prop::collection::vec(arbitrary::row(), 0..20),
        foreign in any::<bool>(),
    ) {
        let mut rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        let (_folder, path) = place();
        let mut store = open(&path);
        if !foreign {
            for row in rows.values_mut() {
                row.device = DeviceId::clone(store.device());
            }
        }
        let text: String = rows.values().map(|row| to_json_line(row) + "\n").collect();
        prop_assert_eq!(import(&mut store, &text).unwrap().added, rows.len() as u64);
        let first = exported(&store);

        let (_folder, path) = place();
        let mut store = open(&path);
        import(&mut store, &first).unwrap();
        prop_assert_eq!(exported(&store), first);
        let mut kept = store.rows().unwrap().rows;
        prop_assert!(kept.is_sorted_by(|a, b| (a.at_ms, &a.id) < (b.at_ms, &b.id)));
        kept.sort_by(|a, b| a.id.cmp(&b.id));
        prop_assert_eq!(kept, rows.into_values().collect::<Vec<_>>());
    }
}
