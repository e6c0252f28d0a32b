use std::fs;

use crate::{
    history::{Event, Rating},
    ids::AttemptId,
    store::{Problem, Store, UnderWay, schema},
};

use super::{MORNING, open, place, review};

/// What is kept of interviews is nobody's business here: any JSON.
fn under_way(store: &Store) -> Vec<UnderWay<String, u32>> {
    store.attempts_under_way().expect("reads")
}

#[test]
fn an_interview_under_way_is_there_until_it_is_over() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let (session, attempt) = (store.new_session().unwrap(), store.new_attempt().unwrap());
    store
        .begin_attempt(&session, &attempt, &"paper", &1_u32)
        .unwrap();
    store.keep_attempt(&session, &attempt, &2_u32).unwrap();
    drop(store);

    let mut store = open(&path);
    let expected = UnderWay {
        attempt: attempt.clone(),
        paper: "paper".to_owned(),
        progress: 2,
    };
    assert_eq!(under_way(&store), [expected]);
    let next = store.new_session().unwrap();
    store.take_attempt(&next, &attempt, &3_u32).unwrap();
    let rows = store
        .finish_attempt(&next, MORNING, &attempt, &[review("a", Rating::Good)])
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(under_way(&store), []);
    assert_eq!(open(&path).rows().unwrap().rows, rows);
}

#[test]
fn only_the_sitting_that_holds_an_interview_may_write() {
    let (_folder, path) = place();
    let (mut one, mut other) = (open(&path), open(&path));
    let (first, second) = (one.new_session().unwrap(), other.new_session().unwrap());
    let attempt = one.new_attempt().unwrap();
    one.begin_attempt(&first, &attempt, &"paper", &1_u32)
        .unwrap();
    other.take_attempt(&second, &attempt, &1_u32).unwrap();
    let error = one.keep_attempt(&first, &attempt, &9_u32).unwrap_err();
    assert!(matches!(error.problem, Problem::NotHeld), "{error:?}");
    let events = [review("a", Rating::Good)];
    let error = one
        .finish_attempt(&first, MORNING, &attempt, &events)
        .unwrap_err();
    assert!(matches!(error.problem, Problem::NotHeld), "{error:?}");
    assert_eq!(under_way(&other)[0].progress, 1);
    assert!(other.rows().unwrap().rows.is_empty());
    // It is over once.
    other
        .finish_attempt(&second, MORNING, &attempt, &events)
        .unwrap();
    assert!(
        other
            .finish_attempt(&second, MORNING, &attempt, &events)
            .is_err()
    );
    assert_eq!(other.rows().unwrap().rows.len(), 1);
}

/// Rows that cannot be kept leave the interview under way.
#[test]
fn an_interview_ends_whole_or_not_at_all() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let (session, attempt) = (store.new_session().unwrap(), store.new_attempt().unwrap());
    store
        .begin_attempt(&session, &attempt, &"paper", &1_u32)
        .unwrap();
    let no_number = Event::Parameters {
        algorithm: "x".to_owned(),
        values: vec![f32::NAN],
    };
    let events = [review("a", Rating::Good), no_number];
    store
        .finish_attempt(&session, MORNING, &attempt, &events)
        .unwrap_err();
    assert_eq!(under_way(&store).len(), 1);
    assert!(store.rows().unwrap().rows.is_empty());
    store.drop_attempt(&attempt).unwrap();
    assert_eq!(under_way(&store), []);
}

/// A copy of the files as they are at this moment is what a kill or a power cut would leave.
#[test]
fn what_is_kept_of_an_interview_is_on_the_disk_when_that_returns() {
    let (folder, path) = place();
    let mut store = open(&path);
    let (session, attempt) = (store.new_session().unwrap(), AttemptId::new("a"));
    store
        .begin_attempt(&session, &attempt, &"paper", &0_u32)
        .unwrap();
    for n in 1..8_u32 {
        store.keep_attempt(&session, &attempt, &n).unwrap();
        let left = folder.path().join(format!("left-{n}"));
        fs::create_dir(&left).unwrap();
        for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() && !entry.file_name().to_string_lossy().ends_with("-shm") {
                fs::copy(entry.path(), left.join(entry.file_name())).unwrap();
            }
        }
        assert_eq!(under_way(&open(&left.join("progress.db")))[0].progress, n);
    }
}

#[test]
fn a_file_from_before_interviews_is_brought_up_to_date() {
    let (_folder, path) = place();
    let mut old = Store::open_with(&path, MORNING, &schema::STEPS[..1]).unwrap();
    let session = old.new_session().unwrap();
    let rows = old
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap();
    drop(old);
    let store = open(&path);
    assert_eq!(store.rows().unwrap().rows, rows);
    assert_eq!(under_way(&store), []);
    assert_eq!(store.backups().list().unwrap().len(), 1);
}
