//! What the file promises, tested on real files.

mod append;
mod arbitrary;
mod attempts;
mod backup;
mod exchange;
mod open;

use std::path::PathBuf;

use chrono::NaiveDate;
use tempfile::TempDir;

use crate::{
    history::{Event, Mode, Rating, Review},
    ids::{CardId, ParametersId, StudyDay},
};

use super::Store;

/// 2026-11-24 04:00 UTC.
const MORNING: i64 = 1_795_492_800_000;

/// A folder of its own and the path of a file in it that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("podlings").join("progress.db");
    (folder, path)
}

fn open(path: &std::path::Path) -> Store {
    Store::open(path, MORNING).expect("opens")
}

fn review(card: &str, rating: Rating) -> Event {
    Event::Review(Review {
        card: CardId::new(card),
        rating,
        mode: Mode::Review,
        day: StudyDay::new(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date")),
        duration_ms: 4_200,
        elapsed_days: 3,
        stability_before: Some(2.3065),
        difficulty_before: Some(2.118_104),
        stability_after: Some(10.9645),
        difficulty_after: Some(2.111_219),
        predicted_recall: Some(0.9),
        desired_retention: 0.9,
        parameters: ParametersId::default(),
    })
}
