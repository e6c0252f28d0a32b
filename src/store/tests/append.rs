use std::{collections::BTreeSet, fs, thread};

use proptest::prelude::*;
use rusqlite::Connection;

use crate::{
    history::{Event, Rating, Row},
    ids::{CardId, RowId},
    store::{Cursor, Problem, Store},
};

use super::{MORNING, arbitrary, open, place, review};

#[test]
fn what_was_appended_is_there_when_the_file_is_opened_again() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let first = store
        .append(&session, MORNING, &[review("d01.a", Rating::Good)])
        .unwrap();
    let second = store
        .append(
            &session,
            MORNING + 1,
            &[
                review("d01.b", Rating::Again),
                Event::Undo {
                    row: first[0].id.clone(),
                },
            ],
        )
        .unwrap();
    assert_eq!(second.len(), 2);
    assert_eq!(second[0].at_ms, MORNING + 1);
    assert_eq!(second[0].device, *store.device());
    assert_eq!(second[0].session, session);
    drop(store);

    let rows = open(&path).rows().unwrap().rows;
    assert_eq!(rows, [first, second].concat());
}

/// A copy of the files as they are on the disk at this moment is what a power cut would leave.
#[test]
fn a_row_is_on_the_disk_when_append_returns() {
    let (folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let mut saved = Vec::new();
    for n in 0..20 {
        let event = review(&format!("d01.{n}"), Rating::Good);
        saved.extend(store.append(&session, MORNING + n, &[event]).unwrap());

        let left = folder.path().join(format!("left-{n}"));
        fs::create_dir(&left).unwrap();
        for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                fs::copy(entry.path(), left.join(entry.file_name())).unwrap();
            }
        }
        let left = open(&left.join("progress.db"));
        assert_eq!(left.rows().unwrap().rows, saved);
        assert_eq!(
            left.check()
                .unwrap()
                .iter()
                .filter(|f| f.is_damage())
                .count(),
            0
        );
    }
}

#[test]
fn ids_grow_when_the_clock_goes_back_and_the_time_is_kept_as_given() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let mut last: Option<RowId> = None;
    for at_ms in [
        MORNING,
        MORNING,
        MORNING - 5_000,
        0,
        -7,
        MORNING + 1,
        i64::MAX,
        MORNING,
        i64::MIN,
    ] {
        let row = store
            .append(&session, at_ms, &[review("a", Rating::Hard)])
            .unwrap()
            .remove(0);
        assert_eq!(row.at_ms, at_ms);
        assert!(last.is_none_or(|last| last < row.id));
        last = Some(row.id);
    }
    let times: Vec<_> = store
        .rows()
        .unwrap()
        .rows
        .iter()
        .map(|row| row.at_ms)
        .collect();
    assert!(times.is_sorted());
}

#[test]
fn two_copies_appending_in_turn_see_each_others_rows() {
    let (_folder, path) = place();
    let (mut a, mut b) = (open(&path), open(&path));
    let (here, there) = (a.new_session().unwrap(), b.new_session().unwrap());
    assert_ne!(here, there);
    let mut cursor = a.rows().unwrap().upto;
    assert!(!a.changed().unwrap());
    for n in 0..10 {
        a.append(&here, MORNING + 2 * n, &[review("a", Rating::Good)])
            .unwrap();
        assert!(!a.changed().unwrap(), "its own rows are no news");
        let theirs = b
            .append(&there, MORNING + 2 * n + 1, &[review("b", Rating::Good)])
            .unwrap();
        assert!(a.changed().unwrap());
        let news = a.rows_after(cursor).unwrap();
        assert!(news.upto > cursor);
        cursor = news.upto;
        let others: Vec<Row> = news
            .rows
            .into_iter()
            .filter(|row| row.session != here)
            .collect();
        assert_eq!(others, theirs);
    }
    assert_eq!(a.rows().unwrap(), b.rows().unwrap());
    assert_eq!(a.rows_after(cursor).unwrap().rows, []);
}

#[test]
fn many_copies_at_once_lose_nothing_and_never_share_an_id() {
    const COPIES: usize = 4;
    const ROWS: usize = 60;
    let (_folder, path) = place();
    let appended: Vec<Vec<Row>> = thread::scope(|scope| {
        let copies: Vec<_> = (0..COPIES)
            .map(|copy| {
                let path = &path;
                scope.spawn(move || {
                    let mut store = Store::open(path, MORNING).unwrap();
                    let session = store.new_session().unwrap();
                    (0..ROWS)
                        .map(|n| {
                            let event = review(&format!("{copy}.{n}"), Rating::Good);
                            store.append(&session, MORNING, &[event]).unwrap().remove(0)
                        })
                        .collect()
                })
            })
            .collect();
        copies
            .into_iter()
            .map(|copy| copy.join().unwrap())
            .collect()
    });
    for rows in &appended {
        assert!(rows.is_sorted_by(|a, b| a.id < b.id));
    }
    let ids: BTreeSet<_> = appended.iter().flatten().map(|row| &row.id).collect();
    assert_eq!(ids.len(), COPIES * ROWS);
    let store = open(&path);
    let kept = store.rows().unwrap().rows;
    assert_eq!(ids, kept.iter().map(|row| &row.id).collect());
    assert!(kept.is_sorted_by(|a, b| (a.at_ms, &a.id) < (b.at_ms, &b.id)));
}

#[test]
fn on_a_full_disk_append_fails_saves_nothing_and_works_again_later() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let pages: i64 = store
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    let limit = |store: &Store, pages: i64| {
        store
            .connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    };
    limit(&store, pages + 1);
    let mut saved = Vec::new();
    let failed = loop {
        match store.append(
            &session,
            MORNING,
            &[review("a", Rating::Good), review("b", Rating::Easy)],
        ) {
            Ok(rows) => saved.extend(rows),
            Err(error) => break error,
        }
    };
    assert!(matches!(failed.problem, Problem::Full), "{failed}");
    assert!(!saved.is_empty());
    assert_eq!(store.rows().unwrap().rows, saved);

    limit(&store, 1_000_000);
    saved.extend(
        store
            .append(
                &session,
                MORNING,
                &[review("a", Rating::Good), review("b", Rating::Easy)],
            )
            .unwrap(),
    );
    assert_eq!(open(&path).rows().unwrap().rows, saved);
}

#[test]
fn what_may_not_be_written_to_says_so() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    store
        .connection
        .pragma_update(None, "query_only", true)
        .unwrap();
    let error = store
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap_err();
    assert!(matches!(error.problem, Problem::ReadOnly), "{error:?}");
    assert!(error.help().contains("--data-dir"));
}

#[test]
fn nothing_is_saved_to_a_file_that_is_no_longer_there() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let aside = path.with_file_name("aside.db");
    fs::rename(&path, &aside).unwrap();
    let error = store
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap_err();
    assert!(matches!(error.problem, Problem::Gone), "{error:?}");
    fs::rename(&aside, &path).unwrap();
    store
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap();
}

#[test]
fn a_number_that_is_none_is_refused_with_all_that_came_with_it() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let Event::Review(mut bad) = review("a", Rating::Good) else {
            unreachable!()
        };
        bad.stability_after = Some(value);
        let error = store
            .append(
                &session,
                MORNING,
                &[review("b", Rating::Good), Event::Review(bad)],
            )
            .unwrap_err();
        assert!(error.to_string().contains("stability_after"), "{error}");
    }
    assert_eq!(store.rows().unwrap().rows, []);
}

#[test]
fn history_can_be_neither_changed_nor_deleted() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let saved = store
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap();
    let other = Connection::open(&path).unwrap();
    for sql in ["DELETE FROM history", "UPDATE history SET at_ms = 0"] {
        let error = other.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    assert_eq!(store.rows().unwrap().rows, saved);
}

#[test]
fn the_text_seen_of_a_card_comes_with_the_row_or_not_at_all() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    let seen = |card: &str, text: &str| (CardId::new(card), text.to_owned());
    let event = [review("a", Rating::Good)];
    store
        .append_with_seen(&session, MORNING, &event, &[seen("a", "1"), seen("b", "1")])
        .unwrap();
    store
        .append_with_seen(&session, MORNING, &[], &[seen("a", "2")])
        .unwrap();
    store.append(&session, MORNING, &event).unwrap();
    assert_eq!(store.rows().unwrap().rows.len(), 2);
    assert_eq!(store.seen().unwrap(), [seen("a", "2"), seen("b", "1")]);

    store
        .connection
        .execute_batch(
            "CREATE TEMP TRIGGER fail BEFORE INSERT ON seen
             BEGIN SELECT raise(ABORT, 'the disk is on fire'); END",
        )
        .unwrap();
    store
        .append_with_seen(&session, MORNING, &event, &[seen("c", "1")])
        .unwrap_err();
    assert_eq!(store.rows().unwrap().rows.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_come_back_equal_and_in_the_order_in_which_they_count(
        batches in prop::collection::vec(
            (0..2 * MORNING, prop::collection::vec(arbitrary::event(), 0..4)),
            0..6,
        ),
    ) {
        let (_folder, path) = place();
        let mut store = open(&path);
        let session = store.new_session().unwrap();
        let mut saved = Vec::new();
        for (at_ms, events) in &batches {
            saved.extend(store.append(&session, *at_ms, events).unwrap());
        }
        prop_assert!(saved.is_sorted_by(|a, b| a.id < b.id));
        let events: Vec<_> = saved.iter().map(|row| &row.event).collect();
        prop_assert_eq!(events, batches.iter().flat_map(|(_, events)| events).collect::<Vec<_>>());
        saved.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
        let rows = store.rows_after(Cursor::START).unwrap();
        prop_assert_eq!(&rows.rows, &saved);
        prop_assert_eq!(rows.upto, Cursor(saved.len() as i64));
    }
}
