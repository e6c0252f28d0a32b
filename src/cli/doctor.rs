use std::{path::Path, process::ExitCode};

use super::{Failure, Setup, setup::store_failure, written};
use crate::{
    memory::{Difference, Memory},
    store::{Cache, Cursor, Finding, Store, restore as put_back},
};

/// `podlings doctor`: looks at the file, its backups, and what is cached.
pub(super) fn check(setup: Setup) -> Result<ExitCode, Failure> {
    let store = setup.open_store()?;
    let findings = store.check().map_err(store_failure)?;
    let rows = store.rows();
    let mut report = vec![format!("database  {}", store.path().display())];
    for warning in store.warnings() {
        report.push(format!("warning   {warning}"));
    }
    for finding in &findings {
        let sign = if finding.is_damage() {
            "damage  "
        } else {
            "note    "
        };
        report.push(format!("{sign}  {finding}"));
    }
    if let Ok(rows) = &rows {
        report.push(format!("history   {} rows", rows.rows.len()));
        let differences = cached_memory(&store)?
            .map(|(memory, upto)| differences_to(&store, memory, upto, &rows.rows))
            .transpose()?
            .unwrap_or_default();
        report.push(match differences.len() {
            0 => "memory    agrees with the history".to_owned(),
            n => {
                format!("memory    {n} differences to the history: run `podlings doctor --rebuild`")
            }
        });
    }
    for backup in store.backups().list().map_err(store_failure)? {
        report.push(format!("backup    {}", backup.path.display()));
    }
    let damaged = findings.iter().any(Finding::is_damage);
    report.push(if damaged {
        "The file is damaged. `podlings doctor --restore BACKUP` puts a backup in its place and keeps this one.".to_owned()
    } else {
        "Everything is sound.".to_owned()
    });
    written::print(&(report.join("\n") + "\n"))?;
    Ok(ExitCode::from(u8::from(damaged)))
}

/// `podlings doctor --rebuild`: all memory state anew from the history.
pub(super) fn rebuild(setup: Setup) -> Result<ExitCode, Failure> {
    let mut store = setup.open_store()?;
    let rows = store.rows().map_err(store_failure)?;
    let rebuilt = Memory::replay(&rows.rows);
    let found = match cached_memory(&store)? {
        None => "there was no cache".to_owned(),
        Some((memory, upto)) => {
            let differences = differences_to(&store, memory, upto, &rows.rows)?;
            let named: Vec<String> = differences.iter().take(5).map(name).collect();
            match differences.len() {
                0 => "it was the same".to_owned(),
                n => format!("{n} differences mended: {}", named.join(", ")),
            }
        }
    };
    store.drop_caches().map_err(store_failure)?;
    store
        .put_cache(Cache::Memory, rows.upto, &rebuilt.to_snapshot())
        .map_err(store_failure)?;
    written::print(&format!(
        "memory of {} cards rebuilt from {} rows; {found}\n",
        rebuilt.cards().count(),
        rows.rows.len()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn cached_memory(store: &Store) -> Result<Option<(Memory, Cursor)>, Failure> {
    let cached = store.cached(Cache::Memory).map_err(store_failure)?;
    Ok(cached.and_then(|(upto, bytes)| Some((Memory::from_snapshot(&bytes).ok()?, upto))))
}

fn differences_to(
    store: &Store,
    mut cached: Memory,
    upto: Cursor,
    rows: &[crate::history::Row],
) -> Result<Vec<Difference>, Failure> {
    for row in &store.rows_after(upto).map_err(store_failure)?.rows {
        cached.apply(row);
    }
    Ok(cached.differences(&Memory::replay(rows)))
}

fn name(difference: &Difference) -> String {
    match difference {
        Difference::Card(card) => format!("card {card}"),
        Difference::Day(day) => format!("day {day}"),
        Difference::Lesson(lesson) => format!("lesson {lesson}"),
        Difference::Parameters => "parameters".to_owned(),
    }
}

/// `podlings doctor --restore BACKUP`
pub(super) fn restore(setup: Setup, backup: &Path) -> Result<ExitCode, Failure> {
    let path = setup.database();
    let restored = put_back(&path, backup, setup.clock().now().unix_ms()).map_err(store_failure)?;
    let kept = restored.kept.map_or_else(String::new, |kept| {
        format!("; the file that was there is kept ({})", kept.display())
    });
    written::print(&format!(
        "{} rows of history are back from {}{kept}\n",
        restored.rows,
        backup.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
