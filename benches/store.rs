//! What a grade costs beside one bare commit, and what opening a long history takes.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use podlings::{
    history::{Event, Mode, Rating, Review},
    ids::{CardId, ParametersId, StudyDay},
    store::Store,
};
use rusqlite::{Connection, TransactionBehavior};

const START_MS: i64 = 1_795_492_800_000;
/// Until both logs have been moved into their files a few times, and are overwritten rather than
/// extended: a sync is dearer while a file grows.
const WARM_UP: usize = 2_500;
const COMMITS: usize = 2_000;
const REVIEWS: u32 = 100_000;
const LOADS: usize = 15;

fn main() {
    // On the disk of the build, since /tmp may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    grade(folder.path());
    load(folder.path());
}

fn grade(folder: &Path) {
    let bare = Connection::open(folder.join("bare.db")).expect("opens");
    bare.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))
        .expect("write-ahead log");
    bare.execute_batch(
        "PRAGMA synchronous = full; CREATE TABLE t (at INTEGER PRIMARY KEY, body TEXT)",
    )
    .expect("a table");
    let mut store = Store::open(&folder.join("progress.db"), START_MS).expect("opens");
    let session = store.new_session().expect("a session");
    let body = "x".repeat(330);
    let (mut commits, mut appends) = (Vec::new(), Vec::new());
    let mut bare = bare;
    for n in 0..(WARM_UP + COMMITS) as u32 {
        commits.push(timed(|| {
            let transaction = bare
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .expect("begins");
            transaction
                .prepare_cached("INSERT INTO t (body) VALUES (?1)")
                .and_then(|mut insert| insert.execute([&body]))
                .expect("inserts");
            transaction.commit().expect("commits");
        }));
        let event = [review(n)];
        appends.push(timed(|| {
            store
                .append(&session, START_MS + i64::from(n), &event)
                .expect("appends");
        }));
    }
    let commit = median(commits.split_off(WARM_UP));
    let append = median(appends.split_off(WARM_UP));
    println!("one bare commit          {commit:>10.1?}");
    println!(
        "one grade                {append:>10.1?}   {:.2} times the bare commit",
        append.as_secs_f64() / commit.as_secs_f64()
    );
}

fn load(folder: &Path) {
    let path = folder.join("long.db");
    let mut store = Store::open(&path, START_MS).expect("opens");
    let session = store.new_session().expect("a session");
    for first in (0..REVIEWS).step_by(1_000) {
        let events: Vec<_> = (first..first + 1_000).map(review).collect();
        store
            .append(&session, START_MS + i64::from(first), &events)
            .expect("appends");
    }
    drop(store);
    let size = std::fs::metadata(&path).expect("is there").len();
    let (mut opens, mut loads) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        let mut store = None;
        opens.push(timed(|| {
            store = Some(Store::open(&path, START_MS).expect("opens"));
        }));
        let store = store.expect("is open");
        let mut rows = Vec::new();
        loads.push(timed(|| rows = store.rows().expect("reads").rows));
        assert_eq!(rows.len(), REVIEWS as usize);
    }
    println!("open                     {:>10.1?}", median(opens));
    println!(
        "load {REVIEWS} reviews      {:>10.1?}   from {} MB",
        median(loads),
        size / 1_000_000
    );
    let store = Store::open(&path, START_MS).expect("opens");
    let backup = timed(|| {
        store.backups().daily(START_MS).expect("backs up");
    });
    println!("back it up               {backup:>10.1?}");
}

fn review(n: u32) -> Event {
    let vary = (n % 977) as f32 / 97.7;
    Event::Review(Review {
        card: CardId::new(format!("k{:02}.card-{:04}", n % 40, n % 5_003)),
        rating: Rating::ALL[n as usize % 4],
        mode: Mode::Review,
        day: StudyDay::new(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"))
            .plus(i64::from(n / 200)),
        duration_ms: 2_000 + n % 9_000,
        elapsed_days: n % 60,
        stability_before: Some(2.3065 + vary),
        difficulty_before: Some(1.0 + vary / 2.0),
        stability_after: Some(10.9645 + vary),
        difficulty_after: Some(1.1 + vary / 2.0),
        predicted_recall: Some(0.8 + vary / 100.0),
        desired_retention: 0.9,
        parameters: ParametersId::default(),
    })
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
