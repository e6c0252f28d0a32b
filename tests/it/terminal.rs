//! The app in a terminal: what it shows, that it rests, and that it gives the terminal back.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use crate::{program::Home, pty::Pty};

#[test]
fn ten_graded_cards_are_scheduled_when_the_learner_comes_back() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "zh"], &[]);
    app.sees("今天").sees("开始复习");
    app.types("l").sees("课程");
    app.types("\r").sees("先猜一猜").types("q").types("q");
    app.sees("开始复习").types("r").sees("先想，再翻面");
    for graded in 1..=10 {
        app.types(" ").sees("脱口而出").types("3");
        app.sees(if graded < 10 {
            "先想，再翻面"
        } else {
            "想起 10 / 10"
        });
    }
    app.types("\u{3}");
    assert_eq!(app.ends(), 0);
    assert!(app.is_restored());

    let log = home.run(&["log", "export"]).result();
    let reviews = log
        .lines()
        .filter(|line| line.contains("\"kind\":\"review\""));
    assert_eq!(reviews.count(), 10, "{log}");
    let mut app = Pty::start(&home, &["--lang", "en"], &[]);
    app.sees("Today").sees("10 new");
}

#[test]
fn it_gives_the_terminal_back_when_it_is_told_to_end() {
    for signal in ["TERM", "HUP", "INT"] {
        let home = Home::new();
        let mut app = Pty::start(&home, &["--lang", "en"], &[]);
        app.sees("Today").signal(signal);
        assert_eq!(app.ends(), 0, "{signal}");
        assert!(app.is_restored(), "{signal}");
    }
}

/// Context switches a process has made of its own will: each wake-up ends in one.
#[cfg(target_os = "linux")]
fn wake_ups(pid: u32) -> u64 {
    fs::read_dir(format!("/proc/{pid}/task"))
        .expect("it runs")
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok())
        .filter_map(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
            line.trim().parse::<u64>().ok()
        })
        .sum()
}

#[test]
#[cfg(target_os = "linux")]
fn at_rest_it_is_never_woken() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "en"], &[]);
    app.sees("Today").types("r").sees("Think first");
    // The day's backup and the reading of notes come to their end first.
    let mut before = wake_ups(app.pid());
    loop {
        thread::sleep(Duration::from_millis(300));
        let after = wake_ups(app.pid());
        if after == before {
            break;
        }
        before = after;
    }
    thread::sleep(Duration::from_secs(2));
    assert_eq!(wake_ups(app.pid()), before);
}

#[test]
fn without_colours_bold_remains() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "en"], &[("NO_COLOR", "1")]);
    app.sees("Today");
    let bytes = String::from_utf8_lossy(&app.bytes()).into_owned();
    for code in 30..=37 {
        let colour = format!("\u{1b}[{code}m");
        assert!(!bytes.contains(&colour), "{code}");
    }
    assert!(!bytes.contains("38;5;") && !bytes.contains("38;2;"));
    assert!(app.is_bold("Today"));
}

#[test]
fn every_frame_is_one_synchronized_update() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "en"], &[]);
    app.sees("Today").types("?").sees("Keys");
    // What is seen may be the middle of a frame whose end is still on its way.
    let quit = Instant::now() + Duration::from_secs(10);
    let marks = loop {
        let marks = update_marks(&app.bytes());
        if marks.last() == Some(&'l') || Instant::now() > quit {
            break marks;
        }
        thread::sleep(Duration::from_millis(10));
    };
    assert!(marks.len() >= 4, "{marks:?}");
    let pairs = marks.chunks(2).all(|pair| pair == ['h', 'l']);
    assert!(pairs, "{marks:?}");
}

/// The begin (`h`) and end (`l`) of each synchronized update, in order.
fn update_marks(bytes: &[u8]) -> Vec<char> {
    let text = String::from_utf8_lossy(bytes);
    let after = text.split("\u{1b}[?2026").skip(1);
    after.filter_map(|rest| rest.chars().next()).collect()
}

#[test]
fn a_tiny_terminal_says_so_and_a_larger_one_goes_on() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "en"], &[]);
    app.sees("Today").resizes(40, 10).sees("Too small");
    app.resizes(60, 16).sees("Start reviewing");
}

#[test]
fn a_long_paste_arrives_whole() {
    let home = Home::new();
    let mut app = Pty::start(&home, &["--lang", "en"], &[]);
    app.sees("Today").types("/").sees("Type Chinese");
    let text = "x".repeat(5000);
    app.types(&format!("\u{1b}[200~{text}END\u{1b}[201~"));
    app.sees("xEND");
}

#[test]
fn the_editor_opens_at_the_card_and_the_edit_keeps_its_progress() {
    let home = Home::new();
    let notes = home.file(
        "mine.md",
        "# Mine\n\nQ: What does etcd keep for the clustre?\nA: Every object of the cluster.\n",
    );
    let editor = home.file(
        "editor.sh",
        "#!/bin/sh\necho \"$@\" > editor-was-called\nsed -i 's/clustre/cluster/' \"$2\"\n",
    );
    let status = std::process::Command::new("chmod")
        .arg("+x")
        .arg(&editor)
        .status()
        .expect("chmod runs");
    assert!(status.success());
    let notes = notes.to_str().expect("UTF-8");
    let editor = editor.to_str().expect("UTF-8");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut app = Pty::start(
        &home,
        &[
            "--lang", "en", "--notes", notes, "study", "--lesson", "Mine",
        ],
        &[("EDITOR", editor), ("PATH", &path)],
    );
    app.sees("clustre").types(" ").sees("Every object");
    app.types("3").sees("1 of 1 recalled");
    app.types("u")
        .sees("clustre")
        .types("e")
        .sees("for the cluster?");
    app.types(" ")
        .sees("Every object")
        .types("3")
        .sees("recalled");
    app.types("\u{3}");
    assert_eq!(app.ends(), 0);
    let called = fs::read_to_string(home.path().join("editor-was-called")).expect("called");
    assert!(called.starts_with("+3 "), "{called}");
}
