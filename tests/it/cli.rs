//! The command line: what it prints, and how it fails.

use std::fs;

use crate::program::Home;

const NOTES: &str = include_str!("../fixtures/plain-notes.zh.md");

#[test]
fn wrong_usage_is_two_lines_and_exit_code_2() {
    let home = Home::new();
    home.run(&["--wat"])
        .failed(2, "unexpected argument '--wat'");
    home.run(&["learn", "--plain"])
        .failed(2, "learn --plain needs a lesson");
    home.run(&["--plain"])
        .failed(2, "--plain needs something to print");
    home.run(&["--lang", "fr", "notes", "list"])
        .failed(2, "zh or en");
    home.run(&["--now", "yesterday", "notes", "list"])
        .failed(2, "RFC 3339");
    home.run(&["study", "--plain", "--due", "--new"])
        .failed(2, "cannot be used with");
}

#[test]
fn without_a_terminal_the_app_says_so() {
    let home = Home::new();
    for arguments in [&[][..], &["learn"], &["study"]] {
        home.run(arguments).failed(1, "needs a terminal");
    }
}

#[test]
fn a_lesson_is_found_by_id_and_by_title_and_a_wrong_name_is_helped() {
    let home = Home::new();
    let by_id = home
        .run(&["learn", "d04", "--plain", "--lang", "zh"])
        .result();
    assert!(by_id.contains("SIGTERM"), "{by_id}");
    let title = by_id
        .lines()
        .next()
        .expect("a title")
        .trim_start_matches("# ");
    let by_title = home
        .run(&["learn", title, "--plain", "--lang", "zh"])
        .result();
    assert_eq!(by_id, by_title);
    home.run(&["learn", "d99", "--plain"])
        .failed(1, "there is no such lesson (d99)");
}

#[test]
fn study_without_a_screen_shows_reveals_grades_and_says_what_was_saved() {
    let home = Home::new();
    let notes = home.file("mine.md", NOTES);
    let notes = notes.to_str().expect("UTF-8");
    let arguments = [
        "--notes", notes, "--lang", "zh", "study", "--plain", "--new",
    ];
    let out = home.run_with(&arguments, "\n3\n\n1\nu\nq\n").result();
    let saved: Vec<&str> = out
        .lines()
        .filter_map(|line| line.strip_prefix("saved "))
        .collect();
    assert_eq!(saved.len(), 3, "{out}");
    let log = home.run(&["log", "export"]).result();
    let kinds: Vec<bool> = log
        .lines()
        .map(|line| line.contains("\"kind\":\"review\""))
        .collect();
    assert_eq!(kinds, [true, true, false], "{log}");
    assert!(
        log.lines()
            .nth(2)
            .is_some_and(|line| line.contains(saved[1])),
        "{log}"
    );
}

#[test]
fn a_wrong_grade_changes_nothing_and_says_what_is_right() {
    let home = Home::new();
    let out = home
        .run_with(&["study", "--plain", "--lang", "en"], "\n7\nabc\n\n１\nq\n")
        .result();
    assert_eq!(out.matches("Type 1 to 4").count(), 3, "{out}");
    assert_eq!(out.matches("saved ").count(), 1, "{out}");
}

#[test]
fn with_a_fixed_moment_the_output_is_the_same_byte_for_byte() {
    let arguments = [
        "--now",
        "2026-11-24T09:00:00+08:00",
        "study",
        "--plain",
        "--lang",
        "zh",
    ];
    let home = Home::new();
    let first = home.run_with(&arguments, "\nq\n").result();
    let second = home.run_with(&arguments, "\nq\n").result();
    assert_eq!(first, second);
}

#[test]
fn history_moves_between_machines_and_twice_is_once() {
    let one = Home::new();
    one.run_with(&["study", "--plain"], "\n3\n\n2\n\n1\nq\n")
        .result();
    let log = one.run(&["log", "export"]).result();
    let other = Home::new();
    other.file("history.jsonl", &log);
    let imported = other.run(&["log", "import", "history.jsonl"]).result();
    assert_eq!(imported, "3 rows added, 0 were there already\n");
    let again = other.run_with(&["log", "import", "-"], &log).result();
    assert_eq!(again, "0 rows added, 3 were there already\n");
    assert_eq!(other.run(&["log", "export"]).result(), log);
}

#[test]
fn a_bad_line_is_named_and_nothing_is_imported() {
    let home = Home::new();
    home.run_with(&["study", "--plain"], "\n3\nq\n").result();
    let log = home.run(&["log", "export"]).result();
    let other = Home::new();
    let stderr = other
        .run_with(&["log", "import", "-"], &format!("{log}nonsense\n"))
        .failed(1, "nothing was imported");
    assert!(stderr.contains("line 2"), "{stderr}");
    assert_eq!(other.run(&["log", "export"]).result(), "");
}

#[test]
fn an_export_replaces_a_file_only_when_told_to() {
    let home = Home::new();
    home.run_with(&["study", "--plain"], "\n3\nq\n").result();
    let file = home.file("log.jsonl", "mine");
    home.run(&["log", "export", "log.jsonl"])
        .failed(1, "the file is there already");
    assert_eq!(fs::read_to_string(&file).expect("read"), "mine");
    home.run(&["log", "export", "log.jsonl", "--force"])
        .result();
    assert!(fs::read_to_string(&file).expect("read").contains("review"));
}

#[test]
fn a_database_that_is_none_is_left_alone() {
    let home = Home::new();
    let file = home.file(".local/share/podlings/progress.db", "not a database at all");
    let stderr = home
        .run_with(&["study", "--plain"], "\n3\nq\n")
        .failed(1, "progress.db");
    assert!(stderr.contains("doctor --restore"), "{stderr}");
    let after = fs::read_to_string(&file).expect("read");
    assert_eq!(after, "not a database at all");
}

#[test]
fn a_backup_is_put_back_and_the_damaged_file_kept() {
    let home = Home::new();
    home.run_with(&["study", "--plain"], "\n3\nq\n").result();
    let database = home.path().join(".local/share/podlings/progress.db");
    let backup = home.path().join("backup.db");
    fs::copy(&database, &backup).expect("copied");
    fs::write(&database, "broken").expect("written");
    let _ = fs::remove_file(database.with_extension("db-wal"));
    let _ = fs::remove_file(database.with_extension("db-shm"));
    home.run(&["log", "export"]).failed(1, "damaged");
    let said = home.run(&["doctor", "--restore", "backup.db"]).result();
    assert!(said.contains("1 rows of history are back"), "{said}");
    let log = home.run(&["log", "export"]).result();
    assert_eq!(log.lines().count(), 1);
    let kept = fs::read_dir(database.parent().expect("a folder"))
        .expect("read")
        .filter_map(Result::ok)
        .any(|entry| fs::read(entry.path()).is_ok_and(|bytes| bytes == b"broken"));
    assert!(kept, "the damaged file is gone");
}

#[test]
fn the_configuration_is_written_once_and_obeyed() {
    let home = Home::new();
    let path = home.run(&["config", "init"]).result();
    assert!(path.ends_with(".config/podlings/config.toml\n"), "{path}");
    home.run(&["config", "init"])
        .failed(1, "there is a configuration already");
    home.file(".config/podlings/config.toml", "lang = \"zh\"\n");
    let out = home.run_with(&["study", "--plain"], "q\n").result();
    assert!(out.contains("看答案"), "{out}");
    home.file(".config/podlings/config.toml", "colour = 1\n");
    home.run(&["study", "--plain"]).failed(1, "config.toml:1");
    home.file(
        ".config/podlings/config.toml",
        "[study]\nday_start = \"late\"\n",
    );
    home.run(&["study", "--plain"]).failed(1, "study.day_start");
}

#[test]
fn completions_and_the_manual_know_every_subcommand() {
    let home = Home::new();
    let manual = home.run(&["man"]).result();
    let script = home.run(&["completions", "bash"]).result();
    for name in ["learn", "study", "notes", "log", "doctor", "config"] {
        assert!(manual.contains(name), "{name}");
        assert!(script.contains(name), "{name}");
    }
}

#[test]
fn nothing_of_a_file_name_reaches_the_terminal_as_an_escape_sequence() {
    let home = Home::new();
    let ran = home.run(&["notes", "check", "no\u{1b}[31mfile.md"]);
    assert_eq!(ran.code(), 1);
    assert!(!ran.stderr().contains('\u{1b}') && !ran.stdout().contains('\u{1b}'));
}

#[test]
fn a_group_of_commands_needs_one_of_them() {
    let home = Home::new();
    for group in ["notes", "log", "config"] {
        home.run(&[group]).failed(2, "needs a subcommand");
    }
}

#[test]
fn many_bad_lines_are_named_in_one_line_that_sends_nothing_to_the_terminal() {
    let home = Home::new();
    let line = r#"{"v":1,"id":"a","at_ms":1,"device":"d","session":"s","kind":"\u001b[31m\n"}"#;
    home.file("bad.jsonl", format!("{line}\nnonsense\n").repeat(40));
    let stderr = home
        .run(&["log", "import", "bad.jsonl"])
        .failed(1, "80 bad lines (bad.jsonl)");
    assert!(
        stderr.contains("line 1: ") && stderr.contains(" more; then"),
        "{stderr}"
    );
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_an_error() {
    let home = Home::new();
    for arguments in [
        &["completions", "bash"][..],
        &["man"],
        &["notes", "list"],
        &["--help"],
    ] {
        let full = fs::File::create("/dev/full").expect("opened");
        let ran = home.command(arguments).stdout(full).output().expect("ran");
        let stderr = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(
            stderr.starts_with("podlings: error: cannot write the result"),
            "{stderr}"
        );
    }
}

#[test]
fn a_session_by_the_clock_says_what_it_leaves_for_later() {
    let home = Home::new();
    let out = home
        .run_with(&["study", "--plain", "--minutes", "1"], "q\n")
        .result();
    let last = out.lines().last().unwrap_or_default();
    assert!(last.starts_with("Left for later: 0 due, "), "{out}");
    let all = home
        .run_with(&["study", "--plain", "--lesson", "d01"], "q\n")
        .result();
    assert!(!all.contains("Left for later"), "{all}");
}

#[test]
fn practice_says_that_it_moves_no_schedule() {
    let home = Home::new();
    let out = home
        .run_with(&["study", "--plain", "--cram"], "q\n")
        .result();
    assert!(out.contains("do not move the schedule"), "{out}");
}

#[test]
fn study_without_a_screen_makes_the_days_backup() {
    let home = Home::new();
    let database = home.path().join(".local/share/podlings/progress.db");
    for time in [
        "2026-11-24T09:00:00Z",
        "2026-11-24T10:00:00Z",
        "2026-11-25T09:00:00Z",
    ] {
        home.run_with(&["--now", time, "study", "--plain"], "\n3\nq\n")
            .result();
    }
    // The first sitting had nothing to lose yet.
    let backups = database.with_file_name("backups");
    assert_eq!(fs::read_dir(&backups).expect("backups").count(), 2);
    fs::write(&database, "broken").expect("written");
    let stderr = home.run(&["log", "export"]).failed(1, "damaged");
    assert!(stderr.contains("backups/progress-20261125"), "{stderr}");
    let named = stderr.split('\'').nth(1).expect("a backup is named");
    let said = home.run(&["doctor", "--restore", named]).result();
    assert!(said.starts_with("2 rows of history are back"), "{said}");
}

#[test]
fn an_edit_that_is_taken_back_takes_its_progress_back() {
    let home = Home::new();
    let before = "# L\n\nQ: What does etcd keep for the clustre?\nA: Every object.\n";
    let after = before.replace("clustre", "cluster");
    home.file("a.md", before);
    let study = ["study", "--plain", "--lesson", "l", "--notes", "a.md"];
    home.run_with(&study, "\n3\nq\n").result();
    for text in [&*after, before, &*after, before] {
        home.file("a.md", text);
        let out = home.run_with(&study, "q\n").result();
        assert!(out.contains("nothing to review"), "{out}");
    }
}

#[test]
fn a_card_forgotten_eight_times_is_named() {
    let home = Home::new();
    home.file("a.md", "# L\n\nQ: One?\nA: 1\n<!-- id: hard.one -->\n");
    let mut out = String::new();
    for day in 1..=9 {
        let now = format!("2026-11-{:02}T09:00:00Z", day * 3);
        let study = [
            "--now", &now, "study", "--plain", "--lesson", "l", "--notes", "a.md",
        ];
        out = home.run_with(&study, "\n1\n\n3\n").result();
        assert_eq!(out.contains("hard.one. Put"), day == 9, "day {day}: {out}");
    }
    assert!(out.contains("Forgotten 8 times"), "{out}");
}

#[test]
fn notes_named_in_the_configuration_stand_beside_it() {
    let home = Home::new();
    home.file("settings/a.md", "# Mine\n\nQ: One?\nA: 1\n");
    home.file("settings/podlings.toml", "notes = [\"a.md\"]\n");
    let arguments = ["--config", "settings/podlings.toml", "notes", "list"];
    let listed = home.run(&arguments).result();
    assert!(listed.contains("mine  Mine"), "{listed}");
}
