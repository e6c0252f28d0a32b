//! What was acknowledged is kept, whatever happens next.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use crate::program::Home;

/// Grades cards until `acknowledged` grades were said to be saved, then dies at once.
fn killed_after(home: &Home, acknowledged: usize) -> Vec<String> {
    let mut child = home
        .command(&["study", "--plain", "--new"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("podlings starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut saved = Vec::new();
    // The next grades are under way when the program dies.
    for _ in 0..acknowledged + 3 {
        let _ = stdin.write_all("\n3\n".as_bytes());
    }
    while saved.len() < acknowledged {
        let line = stdout.next().expect("more output").expect("UTF-8");
        saved.extend(line.strip_prefix("saved ").map(str::to_owned));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    saved
}

#[test]
fn a_kill_after_any_grade_loses_none_that_was_acknowledged() {
    for acknowledged in 1..=9 {
        let home = Home::new();
        let saved = killed_after(&home, acknowledged);
        let log = home.run(&["log", "export"]).result();
        for id in &saved {
            let found = log.contains(&format!("\"id\":\"{id}\""));
            assert!(found, "{id} of {saved:?} is lost:\n{log}");
        }
        let doctor = home.run(&["doctor"]).result();
        assert!(doctor.contains("Everything is sound."), "{doctor}");
    }
}

#[test]
fn memory_is_the_same_when_it_is_rebuilt_after_a_kill() {
    let home = Home::new();
    killed_after(&home, 5);
    // A whole session afterwards writes the cache.
    home.run_with(&["study", "--plain", "--new"], "\n3\n\n1\nq\n")
        .result();
    let rebuilt = home.run(&["doctor", "--rebuild"]).result();
    assert!(rebuilt.contains("it was the same"), "{rebuilt}");
}

#[test]
fn two_copies_at_once_lose_nothing() {
    let home = Home::new();
    let mut copies: Vec<_> = (0..2)
        .map(|_| {
            home.command(&["study", "--plain", "--cram"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("podlings starts")
        })
        .collect();
    for copy in &mut copies {
        let mut stdin = copy.stdin.take().expect("a pipe");
        stdin
            .write_all("\n3\n".repeat(10).as_bytes())
            .expect("written");
    }
    let mut saved = Vec::new();
    for copy in copies {
        let output = copy.wait_with_output().expect("it ends");
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        saved.extend(
            text.lines()
                .filter_map(|line| line.strip_prefix("saved ").map(str::to_owned)),
        );
    }
    assert_eq!(saved.len(), 20);
    let log = home.run(&["log", "export"]).result();
    assert_eq!(log.lines().count(), 20);
    for id in saved {
        assert!(log.contains(&id), "{id} is lost");
    }
}
