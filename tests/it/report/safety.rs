//! What a report may do to its reader, to files, and to the learner's secrets: nothing.

use std::{fs, io::Read, process::Stdio};

use podlings::history::{Given, from_json_line, to_json_line};

use super::Learner;
use crate::{pty::Pty, year::Style};

const HOSTILE: &str = "=HYPERLINK(\"x\")<script>alert(1)</script>|`\u{1b}[31m\n\"'&";

/// A learner whose answers are as hostile as can be.
fn hostile() -> Learner {
    let learner = Learner::of(None);
    let year = crate::year::Year::of(Style::Steady, &super::cards());
    let log: String = year
        .log()
        .lines()
        .map(|line| {
            let mut row = from_json_line(line).expect("a row");
            if let podlings::history::Event::Answer(answer) = &mut row.event {
                answer.given = Given::Text(HOSTILE.to_owned());
                answer.stood["prompt"]["zh"] = HOSTILE.into();
                answer.domain = HOSTILE.to_owned();
            }
            to_json_line(&row) + "\n"
        })
        .collect();
    learner.home.file("log.jsonl", log);
    learner.run(&["log", "import", "log.jsonl"]).result();
    learner
}

#[test]
fn text_of_notes_and_answers_is_harmless_in_every_format() {
    let learner = hostile();
    let report = |format| learner.report(&["--format", format, "--lang", "zh"]);
    let html = report("html");
    assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
    for (format, page) in [("html", html), ("svg", report("svg"))] {
        assert!(!page.contains("<script"), "{format}");
        assert!(!page.contains('\u{1b}'), "{format}");
        for outside in ["src=", "href=", "url(", "@import", "http://", "https://"] {
            let found = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(outside), "{format}: {outside}");
        }
    }
    let markdown = report("md");
    assert!(markdown.contains("\\<script\\>"), "{markdown}");
    assert!(
        !markdown.replace("\\<", "").contains(['<', '\u{1b}']),
        "{markdown}"
    );
    assert!(serde_json::from_str::<serde_json::Value>(&report("json")).is_ok());
    let csv = report("csv");
    assert!(csv.starts_with('\u{feff}'), "a spreadsheet needs the mark");
    let mut formulas = 0;
    for row in csv.trim_start_matches('\u{feff}').lines() {
        for cell in cells(row) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{row}");
            formulas += usize::from(cell.starts_with("'="));
        }
    }
    assert!(formulas > 0, "{csv}");
}

/// The cells of one row, as RFC 4180 has it.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = row.chars().peekable();
    while let Some(c) = chars.next() {
        let cell = cells.last_mut().expect("one at least");
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cell.push(c),
        }
    }
    cells
}

#[test]
fn a_shared_report_holds_no_answers_and_no_notes() {
    let learner = hostile();
    for format in ["html", "md", "json", "csv", "svg"] {
        let all = learner.report(&["--format", format, "--lang", "zh"]);
        let shared = learner.report(&["--format", format, "--lang", "zh", "--share"]);
        if format != "svg" {
            assert!(all.contains("HYPERLINK"), "{format}");
            assert!(all.contains("问题 my-"), "{format}");
        }
        for secret in ["HYPERLINK", "问题 my-", "my-docker", "scheduler"] {
            assert!(!shared.contains(secret), "{format}: {secret}");
        }
    }
}

#[test]
fn a_file_is_written_whole_and_replaced_only_when_told() {
    let learner = Learner::of(Some(Style::Cramming));
    let told = learner.run(&["report", "-o", "report.html"]);
    assert_eq!(told.result(), "");
    let path = learner.home.path().join("report.html");
    let page = fs::read_to_string(&path).expect("written");
    assert_eq!(page, learner.report(&["--format", "html"]));
    fs::write(&path, "mine").expect("written");
    learner
        .run(&["report", "-o", "report.html"])
        .failed(1, "the file is there already");
    assert_eq!(fs::read_to_string(&path).expect("there"), "mine");
    learner
        .run(&["report", "-o", "report.html", "--force"])
        .result();
    assert_eq!(fs::read_to_string(&path).expect("there"), page);
    let left: Vec<_> = fs::read_dir(learner.home.path())
        .expect("a folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let learner = Learner::of(None);
    learner
        .run(&["report", "-o", "nowhere/report.html"])
        .failed(1, "nowhere/report.html");
    learner.home.file("file", "");
    learner
        .run(&["report", "-o", "file/report.html"])
        .failed(1, "file/report.html");
    learner
        .run(&["report", "--format", "md", "-o", "/proc/report.md"])
        .failed(1, "/proc/report.md");
    learner.run(&["report"]).failed(2, "report needs a format");
    learner
        .run(&["report", "-o", "report.docx"])
        .failed(2, "report needs a format");
    learner
        .run(&["report", "--format", "md", "--since", "yesterday"])
        .failed(2, "not a date");
    learner
        .run(&["report", "--format", "md", "--since", "2027-01-01"])
        .failed(2, "a day to come");
    learner
        .run(&["report", "--format", "md", "--force"])
        .failed(2, "--output");
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let learner = Learner::of(Some(Style::Lapsing));
    let mut child = learner
        .home
        .command(&learner.arguments(&["report", "--format", "html"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut out = child.stdout.take().expect("a pipe");
    out.read_exact(&mut [0; 10]).expect("something is written");
    drop(out);
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn at_a_terminal_it_asks_before_it_replaces_a_file() {
    let learner = Learner::of(None);
    let home = &learner.home;
    home.file("report.md", "mine");
    let kept = || std::fs::read_to_string(home.path().join("report.md")).expect("the file");
    let arguments = learner.arguments(&["report", "-o", "report.md"]);
    for (answer, code) in [("\r", 1), ("n\r", 1), ("yes\r", 0)] {
        let mut pty = Pty::start(home, &arguments, &[]);
        pty.sees("Replace report.md? [y/N]");
        assert_eq!(kept(), "mine", "nothing is touched before the answer");
        assert_eq!(pty.types(answer).ends(), code, "{answer:?}");
        let screen = pty.screen();
        if code == 0 {
            assert!(screen.contains("report written (report.md)"), "{screen}");
        } else {
            assert!(screen.contains("add --force to replace it"), "{screen}");
            assert_eq!(kept(), "mine");
        }
    }
    assert!(kept().starts_with("# "), "{}", kept());
}
