//! What was acknowledged is kept, even when the program is killed.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use podlings::{history::Event, store::Store};

const FILE: &str = "PODLINGS_TEST_APPEND_TO";
const AT_MS: i64 = 1_795_492_800_000;

/// Not a test of its own: the program that the test below kills.
#[test]
fn appends_until_killed() {
    let Some(path) = env::var_os(FILE) else {
        return;
    };
    let mut store = Store::open(Path::new(&path), AT_MS).expect("opens");
    let session = store.new_session().expect("a session");
    for section in 0.. {
        let read = Event::Read {
            lesson: "d01".into(),
            section,
        };
        let rows = store.append(&session, AT_MS, &[read]).expect("appends");
        println!("saved {}", rows[0].id);
    }
}

fn start(path: &Path) -> Child {
    Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "store::appends_until_killed", "--nocapture"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

/// Kills the program after the `n`-th acknowledged row; returns all it acknowledged by then.
fn acknowledged(mut program: Child, n: usize) -> Vec<String> {
    let out = BufReader::new(program.stdout.take().expect("piped"));
    let mut ids = Vec::new();
    for line in out.lines() {
        let line = line.expect("text");
        // The test runner's own words may stand before it on the line.
        let Some((_, id)) = line.split_once("saved ") else {
            continue;
        };
        ids.push(id.to_owned());
        if ids.len() == n {
            program.kill().expect("can be killed");
        }
    }
    program.wait().expect("has ended");
    assert!(ids.len() >= n, "{} of {n}", ids.len());
    ids
}

#[test]
fn every_acknowledged_row_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("progress.db");
    let mut expected = BTreeSet::new();
    for n in (1..12).chain([40, 200, 700]) {
        let (one, other) = (start(&path), start(&path));
        expected.extend(acknowledged(one, n));
        expected.extend(acknowledged(other, n));

        let store = Store::open(&path, AT_MS).expect("opens");
        let rows = store.rows().expect("reads").rows;
        let kept: BTreeSet<_> = rows.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(kept.len(), rows.len());
        let lost: Vec<_> = expected.difference(&kept).collect();
        assert!(lost.is_empty(), "after {n}: lost {lost:?}");
        let findings = store.check().expect("can be looked at");
        assert!(
            !findings.iter().any(|finding| finding.is_damage()),
            "{findings:?}"
        );
        // Rows that were saved but not yet acknowledged may be there as well.
        expected.extend(kept);
    }
}
