use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    thread,
};

use rusqlite::Connection;
use rusqlite_migration::M;

use crate::{
    history::Rating,
    store::{Backup, BackupReason, Cache, Cursor, Problem, Setting, Store, schema},
};

use super::{MORNING, open, place, review};

/// Every file in the folder and its content, but for the lock.
fn content(path: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .filter(|(name, _)| !name.ends_with(".lock"))
        .collect()
}

/// A closed file with a few rows in it.
fn filled(path: &Path) {
    let mut store = open(path);
    let session = store.new_session().unwrap();
    for n in 0..50 {
        store
            .append(&session, MORNING + n, &[review("a", Rating::Good)])
            .unwrap();
    }
}

fn refused(path: &Path) -> Problem {
    let before = content(path);
    let error = Store::open(path, MORNING).unwrap_err();
    assert_eq!(error.path, fs::canonicalize(path).unwrap());
    assert!(!error.help().is_empty());
    let after = content(path);
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    assert!(after == before, "the content has changed");
    error.problem
}

#[test]
fn the_folder_and_the_file_are_made_for_their_owner_alone() {
    let (folder, path) = place();
    let path = path.with_file_name("deeper").join("progress.db");
    let mut store = open(&path);
    let session = store.new_session().unwrap();
    store
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("podlings")), 0o700);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn once_closed_it_is_one_file_and_its_lock() {
    let (_folder, path) = place();
    filled(&path);
    assert_eq!(
        content(&path).into_keys().collect::<Vec<_>>(),
        ["progress.db"]
    );
}

#[test]
fn device_settings_and_caches_last() {
    let (_folder, path) = place();
    let mut store = open(&path);
    let device = store.device().clone();
    assert_eq!(store.setting::<String>(Setting::Theme).unwrap(), None);
    store.set_setting(Setting::Theme, &"dark").unwrap();
    store.set_setting(Setting::Theme, &"light").unwrap();
    store
        .set_setting(Setting::Sources, &vec!["course", "own"])
        .unwrap();
    assert_eq!(store.cached(Cache::Memory).unwrap(), None);
    store
        .put_cache(Cache::Memory, Cursor(7), b"\x00\xff")
        .unwrap();
    drop(store);

    let mut store = open(&path);
    assert_eq!(*store.device(), device);
    assert_eq!(
        store.setting::<String>(Setting::Theme).unwrap().as_deref(),
        Some("light")
    );
    assert_eq!(
        store.setting::<Vec<String>>(Setting::Sources).unwrap(),
        Some(vec!["course".to_owned(), "own".to_owned()])
    );
    assert_eq!(store.setting::<u32>(Setting::Theme).unwrap(), None);
    assert_eq!(
        store.cached(Cache::Memory).unwrap(),
        Some((Cursor(7), b"\x00\xff".to_vec()))
    );
    store.drop_caches().unwrap();
    assert_eq!(store.cached(Cache::Memory).unwrap(), None);
}

#[test]
fn every_file_is_another_device_and_every_sitting_another_session() {
    let ((_a, a), (_b, b)) = (place(), place());
    let (a, b) = (open(&a), open(&b));
    assert_ne!(a.device(), b.device());
    assert_ne!(a.new_session().unwrap(), a.new_session().unwrap());
}

#[test]
fn copies_that_start_at_once_on_nothing_agree_on_one_file() {
    for _ in 0..5 {
        let (_folder, path) = place();
        let devices: Vec<_> = thread::scope(|scope| {
            let copies: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| open(&path).device().clone()))
                .collect();
            copies
                .into_iter()
                .map(|copy| copy.join().unwrap())
                .collect()
        });
        assert!(devices.iter().all(|device| *device == devices[0]));
    }
}

#[test]
fn a_link_leads_to_the_same_file_and_the_same_lock() {
    let (_folder, path) = place();
    let store = open(&path);
    let link = path.with_file_name("link.db");
    symlink(&path, &link).unwrap();
    assert_eq!(open(&link).path(), store.path());
    assert!(!path.with_file_name("link.db.lock").exists());
}

#[test]
fn a_file_of_a_newer_podlings_is_refused_untouched() {
    let (_folder, path) = place();
    filled(&path);
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 7)
        .unwrap();
    assert!(matches!(
        refused(&path),
        Problem::Newer { found: 7, known: 2 }
    ));
}

/// Killed before it closed: what makes the file newer is still in the write-ahead log.
#[test]
fn a_newer_file_that_was_not_closed_is_refused_untouched_too() {
    let (_folder, path) = place();
    filled(&path);
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 7).unwrap();
    let (_elsewhere, left) = place();
    fs::create_dir(left.parent().unwrap()).unwrap();
    for (name, bytes) in content(&path) {
        if !name.ends_with("-shm") {
            fs::write(left.with_file_name(name), bytes).unwrap();
        }
    }
    let before = content(&left);
    assert!(before.contains_key("progress.db-wal"));
    let error = Store::open(&left, MORNING).unwrap_err();
    assert!(matches!(error.problem, Problem::Newer { .. }), "{error:?}");
    let mut after = content(&left);
    // Nothing but the index of the log, which SQLite makes anew at will.
    after.remove("progress.db-shm");
    assert_eq!(after, before);
}

#[test]
fn the_database_of_another_program_is_refused_untouched() {
    let (_folder, path) = place();
    fs::create_dir(path.parent().unwrap()).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .unwrap();
    assert!(matches!(refused(&path), Problem::Foreign));
}

#[test]
fn what_is_no_database_is_named_and_left_alone() {
    let (_folder, path) = place();
    fs::create_dir(path.parent().unwrap()).unwrap();
    for bytes in [&b"# my notes\n"[..], &[0; 5_000], &[0xff; 100], b"x"] {
        fs::write(&path, bytes).unwrap();
        let problem = refused(&path);
        assert!(matches!(problem, Problem::Damaged { .. }), "{problem:?}");
    }
}

#[test]
fn a_file_cut_short_at_any_length_is_named_and_left_alone() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    let lengths = (1..110).chain((110..whole.len()).step_by(509));
    for length in lengths {
        fs::write(&path, &whole[..length]).unwrap();
        let problem = refused(&path);
        assert!(
            matches!(problem, Problem::Damaged { .. }),
            "{length} bytes: {problem:?}"
        );
    }
}

#[test]
fn an_emptied_file_is_no_new_beginning_when_there_are_backups() {
    let (_folder, path) = place();
    filled(&path);
    let backup = open(&path).backups().daily(MORNING).unwrap().unwrap();
    fs::write(&path, b"").unwrap();
    let error = Store::open(&path, MORNING).unwrap_err();
    assert!(
        error.help().contains(backup.path.to_str().unwrap()),
        "{}",
        error.help()
    );
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);

    fs::remove_dir_all(path.with_file_name("backups")).unwrap();
    assert_eq!(open(&path).rows().unwrap().rows, []);
}

#[test]
fn damage_further_in_is_named_when_the_rows_are_read() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    let root: usize = Connection::open(&path)
        .unwrap()
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'history'",
            [],
            |row| row.get::<_, u32>(0),
        )
        .unwrap() as usize;
    bytes[(root - 1) * 4_096..root * 4_096].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    let store = open(&path);
    let error = store.rows().unwrap_err();
    assert!(
        matches!(error.problem, Problem::Damaged { .. }),
        "{error:?}"
    );
    assert!(
        store
            .check()
            .unwrap()
            .iter()
            .any(|finding| finding.is_damage())
    );
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_folder_or_a_file_in_the_way_is_named() {
    let (folder, _) = place();
    let error = Store::open(folder.path(), MORNING).unwrap_err();
    assert!(error.to_string().contains("directory"), "{error}");
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = Store::open(&file.join("progress.db"), MORNING).unwrap_err();
    assert!(matches!(error.problem, Problem::Io(_)), "{error:?}");
}

/// Root may write anywhere, so as root this shows only that the file opens.
#[test]
fn a_read_only_folder_is_said_at_once() {
    let (_folder, path) = place();
    filled(&path);
    let parent = path.parent().unwrap();
    let mode = |mode| fs::set_permissions(parent, fs::Permissions::from_mode(mode)).unwrap();
    fs::remove_file(path.with_file_name("progress.db.lock")).unwrap();
    mode(0o500);
    let permitted = fs::write(parent.join("probe"), b"").is_ok();
    let outcome = Store::open(&path, MORNING);
    mode(0o700);
    match outcome {
        Ok(_) => assert!(permitted),
        Err(error) => assert!(matches!(error.problem, Problem::ReadOnly), "{error:?}"),
    }
}

/// What a later podlings would do to the file.
fn later_steps() -> Vec<M<'static>> {
    let mut steps = schema::STEPS.to_vec();
    steps.push(M::up("ALTER TABLE seen ADD COLUMN note TEXT"));
    steps
}

#[test]
fn an_older_file_is_backed_up_and_then_brought_up_to_date() {
    let (_folder, path) = place();
    filled(&path);
    let rows = open(&path).rows().unwrap();
    let later = Store::open_with(&path, MORNING, &later_steps()).unwrap();
    assert!(later.warnings().is_empty());
    assert_eq!(later.rows().unwrap(), rows);
    later
        .connection
        .prepare("SELECT note FROM seen")
        .expect("the new column is there");
    let backups = later.backups().list().unwrap();
    assert_eq!(
        backups,
        [Backup {
            path: later
                .path()
                .with_file_name("backups")
                .join("progress-20261124T040000Z-format2.db"),
            at_ms: MORNING,
            reason: BackupReason::BeforeMigration { from: 2 },
        }]
    );
    drop(later);
    assert!(matches!(refused(&path), Problem::Newer { .. }));

    let restored = path.with_file_name("older.db");
    fs::copy(&backups[0].path, &restored).unwrap();
    assert_eq!(open(&restored).rows().unwrap(), rows);
}

#[test]
fn a_backup_that_fails_is_a_warning_and_not_in_the_way() {
    let (_folder, path) = place();
    filled(&path);
    fs::write(path.with_file_name("backups"), b"in the way").unwrap();
    let later = Store::open_with(&path, MORNING, &later_steps()).unwrap();
    assert_eq!(later.warnings().len(), 1);
    assert_eq!(later.rows().unwrap().rows.len(), 50);
}

#[test]
fn a_file_is_not_brought_up_to_date_under_an_older_copy() {
    let (_folder, path) = place();
    filled(&path);
    let mut older = open(&path);
    let error = Store::open_with(&path, MORNING, &later_steps()).unwrap_err();
    assert!(matches!(error.problem, Problem::OlderCopyOpen), "{error:?}");
    let session = older.new_session().unwrap();
    older
        .append(&session, MORNING, &[review("a", Rating::Good)])
        .unwrap();
    drop(older);
    let later = Store::open_with(&path, MORNING, &later_steps()).unwrap();
    assert_eq!(later.rows().unwrap().rows.len(), 51);
}
