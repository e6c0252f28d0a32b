use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rusqlite::Connection;

use crate::{
    history::{Rating, Row},
    store::{Finding, Problem, Store, restore},
};

use super::{MORNING, open, place, review};

const DAY: i64 = 86_400_000;

fn study(store: &mut Store, at_ms: i64) -> Row {
    let session = store.new_session().unwrap();
    store
        .append(&session, at_ms, &[review("a", Rating::Good)])
        .unwrap()
        .remove(0)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn each_day_has_one_backup_and_the_last_five_are_kept() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let mut rows = Vec::new();
    for day in 0..8 {
        rows.push(study(&mut store, MORNING + day * DAY));
        let made = store.backups().daily(MORNING + day * DAY).unwrap();
        assert_eq!(made.unwrap().at_ms, MORNING + day * DAY);
        let later = MORNING + day * DAY + 19 * 3_600_000;
        assert_eq!(store.backups().daily(later).unwrap(), None);
    }
    let backups = store.backups().list().unwrap();
    let days: Vec<_> = backups.iter().map(|backup| backup.at_ms).collect();
    assert_eq!(
        days,
        (3..8).map(|day| MORNING + day * DAY).collect::<Vec<_>>()
    );
    for (backup, known) in backups.iter().zip(4..) {
        let copy = path.with_file_name(format!("copy-{known}.db"));
        fs::copy(&backup.path, &copy).unwrap();
        assert_eq!(open(&copy).rows().unwrap().rows, rows[..known]);
    }
}

#[test]
fn a_backup_holds_what_is_still_in_the_write_ahead_log_and_belongs_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let mut store = open(&path);
    let row = study(&mut store, MORNING);
    assert!(
        fs::metadata(path.with_file_name("progress.db-wal"))
            .unwrap()
            .len()
            > 0
    );
    let backup = store.backups().daily(MORNING).unwrap().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&backup.path), 0o600);
    assert_eq!(mode(backup.path.parent().unwrap()), 0o700);
    assert_eq!(open(&backup.path).rows().unwrap().rows, [row]);
}

#[test]
fn other_files_among_the_backups_are_left_alone() {
    let (_folder, path) = place();
    let store = open(&path);
    let folder = path.with_file_name("backups");
    fs::create_dir(&folder).unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_millis((MORNING - 2 * DAY) as u64);
    for name in [
        "mine.db",
        "progress-old.db",
        ".copying-young",
        ".copying-old",
    ] {
        fs::write(folder.join(name), b"").unwrap();
    }
    let unfinished = fs::File::options()
        .write(true)
        .open(folder.join(".copying-old"))
        .unwrap();
    unfinished.set_modified(old).unwrap();
    let young = fs::File::options()
        .write(true)
        .open(folder.join(".copying-young"))
        .unwrap();
    young
        .set_modified(old + Duration::from_millis(2 * DAY as u64))
        .unwrap();
    for day in 0..6 {
        store.backups().daily(MORNING + day * DAY / 6 * 6).unwrap();
    }
    let left = names(&folder);
    for name in ["mine.db", "progress-old.db"] {
        assert!(left.iter().any(|left| left == name), "{left:?}");
    }
    assert!(!left.iter().any(|left| left == ".copying-old"), "{left:?}");
}

#[test]
fn a_damaged_file_is_not_backed_up_over_good_backups() {
    let (_folder, path) = place();
    let mut store = open(&path);
    for n in 0..200 {
        study(&mut store, MORNING + n);
    }
    let backups = store.backups();
    backups.daily(MORNING).unwrap();
    drop(store);
    let good = names(&path.with_file_name("backups"));
    let length = fs::metadata(&path).unwrap().len();
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(length / 2)
        .unwrap();
    for day in 1..9 {
        let error = backups.daily(MORNING + day * DAY).unwrap_err();
        assert!(
            matches!(error.problem, Problem::Damaged { .. }),
            "{error:?}"
        );
    }
    assert_eq!(names(&path.with_file_name("backups")), good);
}

/// A file with one row that is in a backup and one that came later.
fn backed_up() -> (tempfile::TempDir, PathBuf, PathBuf, [Row; 2]) {
    let (folder, path) = place();
    let mut store = open(&path);
    let first = study(&mut store, MORNING);
    let backup = store.backups().daily(MORNING).unwrap().unwrap().path;
    let second = study(&mut store, MORNING + 1);
    (folder, path, backup, [first, second])
}

#[test]
fn restore_puts_the_backup_in_place_and_keeps_what_was_there() {
    let (_folder, path, backup, [first, second]) = backed_up();
    let device = open(&path).device().clone();
    let before = fs::read(&backup).unwrap();
    let restored = restore(&path, &backup, MORNING + DAY).unwrap();
    assert_eq!(restored.rows, 1);
    let kept = restored.kept.unwrap();
    assert_eq!(
        kept.file_name().unwrap(),
        "progress-replaced-20261125T040000Z.db"
    );
    assert_eq!(fs::read(&backup).unwrap(), before);
    assert_eq!(open(&kept).rows().unwrap().rows, [first.clone(), second]);

    let mut store = open(&path);
    assert_eq!(store.rows().unwrap().rows, [first]);
    assert_ne!(*store.device(), device);
    study(&mut store, MORNING + DAY);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn what_the_replaced_file_had_more_can_be_imported_again() {
    let (_folder, path, backup, _) = backed_up();
    let kept = restore(&path, &backup, MORNING).unwrap().kept.unwrap();
    let mut store = open(&path);
    // The clock was set back: without a device of its own the new row would take the lost one's id.
    study(&mut store, MORNING + 1);
    let mut lines = Vec::new();
    open(&kept).export(&mut lines).unwrap();
    let imported = store.import(lines.as_slice()).unwrap();
    assert_eq!((imported.added, imported.already), (1, 1));
    assert_eq!(store.rows().unwrap().rows.len(), 3);
}

#[test]
fn restore_replaces_a_file_that_is_no_database_or_gone() {
    let (_folder, path, backup, [first, _]) = backed_up();
    fs::write(&path, b"oh no").unwrap();
    for kept in [
        "progress-replaced-20261124T040000Z.db",
        "progress-replaced-20261124T040000Z-2.db",
    ] {
        let restored = restore(&path, &backup, MORNING).unwrap();
        assert_eq!(restored.kept.unwrap().file_name().unwrap(), kept);
        assert_eq!(
            open(&path).rows().unwrap().rows,
            std::slice::from_ref(&first)
        );
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(restore(&path, &backup, MORNING).unwrap().kept, None);
    assert_eq!(open(&path).rows().unwrap().rows, [first]);
}

/// The program was killed: its write-ahead log must go with the file it belongs to.
#[test]
fn a_write_ahead_log_left_behind_is_kept_with_its_file() {
    let (_folder, path, backup, [first, second]) = backed_up();
    let mut store = open(&path);
    let third = study(&mut store, MORNING + 2);
    let (_elsewhere, left) = place();
    fs::create_dir(left.parent().unwrap()).unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("progress.db{suffix}");
        fs::copy(path.with_file_name(&name), left.with_file_name(&name)).unwrap();
    }
    let kept = restore(&left, &backup, MORNING).unwrap().kept.unwrap();
    assert_eq!(
        open(&left).rows().unwrap().rows,
        std::slice::from_ref(&first)
    );
    assert_eq!(open(&kept).rows().unwrap().rows, [first, second, third]);
}

#[test]
fn restore_refuses_while_the_file_is_open() {
    let (_folder, path, backup, rows) = backed_up();
    let store = open(&path);
    let error = restore(&path, &backup, MORNING).unwrap_err();
    assert!(matches!(error.problem, Problem::InUse), "{error:?}");
    assert_eq!(store.rows().unwrap().rows, rows);
}

#[test]
fn a_backup_that_is_of_no_use_changes_nothing() {
    let (_folder, path, backup, rows) = backed_up();
    let sound = fs::read(&backup).unwrap();
    let refused = |expected: fn(&Problem) -> bool| {
        let before = names(path.parent().unwrap());
        let error = restore(&path, &backup, MORNING).unwrap_err();
        assert!(expected(&error.problem), "{error:?}");
        assert_eq!(names(path.parent().unwrap()), before);
        assert_eq!(open(&path).rows().unwrap().rows, rows);
        let findings = open(&path).check().unwrap();
        assert!(
            matches!(&findings[..], [Finding::BadBackup { path, .. }] if path.ends_with(backup.file_name().unwrap())),
            "{findings:?}"
        );
    };
    let damaged = |problem: &Problem| matches!(problem, Problem::Damaged { .. });

    fs::write(&backup, b"").unwrap();
    refused(damaged);
    fs::write(&backup, b"no database").unwrap();
    refused(damaged);
    fs::write(&backup, &sound[..sound.len() / 2]).unwrap();
    refused(damaged);

    fs::write(&backup, &sound).unwrap();
    let sql = |sql: &str| {
        Connection::open(&backup)
            .unwrap()
            .execute_batch(sql)
            .unwrap()
    };
    sql(
        "INSERT INTO history (id, at_ms, device, session, kind, body)
         VALUES ('x', 0, 'd', 's', 'dance', '{}')",
    );
    refused(damaged);

    fs::write(&backup, &sound).unwrap();
    sql("PRAGMA user_version = 9");
    refused(|problem| matches!(problem, Problem::Newer { .. }));

    fs::remove_file(&backup).unwrap();
    restore(&path, &backup, MORNING).unwrap_err();
    assert_eq!(open(&path).rows().unwrap().rows, rows);
}

#[test]
fn check_looks_at_backups_and_leaves_nothing_beside_them() {
    let (_folder, path, backup, _) = backed_up();
    let store = open(&path);
    assert_eq!(store.check().unwrap(), []);
    assert_eq!(
        names(backup.parent().unwrap()),
        ["progress-20261124T040000Z.db"]
    );
    fs::remove_file(&backup).unwrap();
    assert_eq!(store.check().unwrap(), [Finding::NoBackup]);
}

#[test]
fn check_says_when_others_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path, ..) = backed_up();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        open(&path).check().unwrap(),
        [Finding::OpenToOthers { mode: 0o644 }]
    );
}
