//! `podlings interview` on the command line.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use crate::program::Home;

use super::sitting::QUESTIONS;

/// Only the questions of the test, told apart by a domain that the course has not.
fn home() -> Home {
    let home = Home::new();
    let text = QUESTIONS
        .replace("domain = \"docker\"", "domain = \"mine\"")
        .replace("domain = \"architecture\"", "domain = \"mine\"")
        .replace("domain = \"workloads\"", "domain = \"mine\"");
    home.file("mine.toml", text);
    home
}

const NOW: &str = "2026-11-24T09:00:00+08:00";

fn plain<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "interview",
        "--plain",
        "--notes",
        "mine.toml",
        "--domain",
        "mine",
        "--now",
        NOW,
        "--seed",
        "7",
    ];
    arguments.extend(more);
    arguments
}

fn heads(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with('[')).collect()
}

#[test]
fn empty_lines_skip_and_the_end_of_input_hands_in() {
    let home = home();
    let ran = home.run_with(&plain(&[]), "\n\n\n");
    let text = ran.result();
    let heads = heads(&text);
    assert_eq!(heads.len(), 4, "three skipped, one asked:\n{text}");
    assert!(heads[0].starts_with("[1/8] t-"), "{text}");
    let kinds = ["choice", "multi", "cloze", "order", "match", "short"];
    assert!(kinds.iter().any(|kind| heads[0].ends_with(kind)), "{text}");
    assert!(text.contains("\nNothing was answered.\n"), "{text}");
    assert_eq!(home.run_with(&plain(&[]), "").code(), 0);
    let history = home.run(&["interview", "history"]).result();
    assert_eq!(history.lines().count(), 2, "{history}");
}

#[test]
fn one_seed_prints_one_interview() {
    let lines = "a !3\nb\n\n1 2\n";
    let without_name = |text: String| -> String {
        let lines = text.lines().filter(|line| !line.starts_with("saved "));
        lines.flat_map(|line| [line, "\n"]).collect()
    };
    let one = without_name(home().run_with(&plain(&[]), lines).result());
    let other = without_name(home().run_with(&plain(&[]), lines).result());
    assert_eq!(one, other);
}

/// Answers each question right by what its header says, following the program line by line.
fn answers_all(home: &Home, arguments: &[&str]) -> String {
    let mut child = home
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("podlings starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut told = String::new();
    let mut options: Vec<(String, String)> = Vec::new();
    let mut id = String::new();
    for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
        let line = line.expect("UTF-8");
        told.push_str(&line);
        told.push('\n');
        if line.starts_with('[') {
            options.clear();
            id = line.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some((name, text)) = line.split_once(") ")
            && name.len() == 1
        {
            options.push((name.to_owned(), text.to_owned()));
        }
        let name = |text: &str| {
            let option = options.iter().find(|(_, option)| option == text);
            option.map(|(name, _)| name.clone()).unwrap_or_default()
        };
        let answer = if line.starts_with("(which points") {
            "1 2".to_owned()
        } else if line.starts_with("([x]") {
            String::new()
        } else if line.starts_with('(') {
            match id.as_str() {
                "t-choice" => name("docker ps -a") + " !3",
                "t-multi" => format!("{} {}", name("RUN"), name("COPY")),
                "t-cloze" => "kubectl uncordon node-3 !2".to_owned(),
                "t-order" => format!(
                    "{} {} {}",
                    name("the Pod object is written"),
                    name("a node is chosen"),
                    name("the container starts")
                ),
                "t-match" => format!(
                    "a{} b{} c{}",
                    name("kube-scheduler"),
                    name("kubelet"),
                    name("kube-controller-manager")
                ),
                "t-short" => "in the writable layer until docker rm".to_owned(),
                "t-predict" => name("kube-controller-manager"),
                _ => ".".to_owned(),
            }
        } else {
            continue;
        };
        let _ = stdin.write_all(format!("{answer}\n").as_bytes());
    }
    assert!(child.wait().expect("it ends").success(), "{told}");
    told
}

#[test]
fn every_kind_is_answered_by_a_line() {
    for more in [&[][..], &["--practice"]] {
        let home = home();
        let told = answers_all(&home, &plain(more));
        let heads = heads(&told);
        assert!(heads.len() >= 8, "{told}");
        assert!(told.contains("About 100 of 100"), "{told}");
        assert!(told.contains("everything is right."), "{told}");
        assert_eq!(told.matches("Right.").count(), more.len() * 7, "{told}");
        let json = home
            .run(&["interview", "transcript", "last", "--format", "json"])
            .result();
        home.file("t.json", &json);
        let remarked = home.run(&["interview", "remark", "t.json"]).result();
        assert!(remarked.starts_with("8 answers marked again, score 100.0"));
        let touched = json.replacen("\"credit\": 1.0", "\"credit\": 0.25", 1);
        assert_ne!(touched, json);
        home.file("t.json", touched);
        let ran = home.run(&["interview", "remark", "t.json"]);
        ran.failed(1, "1 of 8 answers differ");
        assert!(ran.stdout().contains("was 0.25, now 1"), "{}", ran.stdout());
        let markdown = home.run(&["interview", "transcript", "last"]).result();
        assert!(markdown.starts_with("# Interview\n"), "{markdown}");
    }
}

#[test]
fn what_does_not_exist_is_named() {
    let home = home();
    home.run(&["interview", "--plain", "--domain", "cooking"])
        .failed(2, "cooking");
    home.run(&["interview", "--plain", "--profile", "cook"])
        .failed(2, "cook");
    home.run(&["interview", "--plain", "--preset", "huge"])
        .failed(2, "huge");
    home.run(&["interview", "--plain", "--profile", "own"])
        .failed(1, "no question");
    home.run(&["interview", "transcript", "last"])
        .failed(1, "last");
    home.file("no.json", "{}");
    home.run(&["interview", "remark", "no.json"])
        .failed(1, "no.json");
}

#[test]
fn ones_own_notes_are_asked_and_marked_by_oneself() {
    let home = Home::new();
    home.file(
        "n.md",
        "# N\n\nQ: What is a pod?\nA: Containers together.\n",
    );
    let arguments = [
        "interview",
        "--plain",
        "--notes",
        "n.md",
        "--profile",
        "own",
    ];
    let text = home.run_with(&arguments, ".\n3\n").result();
    assert!(text.contains("[1/1] card:"), "{text}");
    assert!(text.contains("Containers together."), "{text}");
    assert!(text.contains("100 of 100 by your own word"), "{text}");
}

#[test]
fn one_can_go_back_flag_and_hand_in() {
    let home = home();
    let text = home
        .run_with(&plain(&[]), "\n:flag\n:back\n:time\n:3\n:submit\n")
        .result();
    let numbers: Vec<&str> = heads(&text)
        .into_iter()
        .filter_map(|head| head.split(' ').next())
        .collect();
    assert_eq!(numbers, ["[1/8]", "[2/8]", "[1/8]", "[3/8]"], "{text}");
    assert!(text.contains("8:00 left."), "{text}");
}

/// Runs until so many questions were shown, with a line for each, and is killed then.
fn killed_at(home: &Home, questions: usize) {
    let mut child = home
        .command(&plain(&[]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("podlings starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut shown = 0;
    while shown < questions {
        let line = lines.next().expect("more output").expect("UTF-8");
        shown += usize::from(line.starts_with(&format!("[{}/8]", shown + 1)));
        if shown < questions && line.starts_with('(') {
            stdin.write_all(b":flag\n\n").expect("a pipe");
        }
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

#[test]
fn a_killed_interview_is_offered_and_goes_on_where_it_was() {
    for questions in [1, 3, 6] {
        let home = home();
        killed_at(&home, questions);
        let doctor = home.run(&["doctor"]).result();
        assert!(doctor.contains("Everything is sound."), "{doctor}");
        let left = home.run_with(&plain(&[]), "").result();
        assert!(left.contains("An interview is unfinished"), "{left}");
        let text = home.run_with(&plain(&[]), "\n:submit\n").result();
        let head = format!("[{questions}/8]");
        assert!(heads(&text)[0].starts_with(&head), "{text}");
        let json = home
            .run(&["interview", "transcript", "last", "--format", "json"])
            .result();
        assert_eq!(json.matches("\"flagged\": true").count(), questions - 1);
        assert_eq!(json.matches("\"interruption\"").count(), 1, "{json}");
        let again = home.run_with(&plain(&[]), "").result();
        assert!(!again.contains("unfinished"), "{again}");
    }
}

#[test]
fn an_unfinished_interview_can_be_handed_in_or_dropped() {
    let home = home();
    killed_at(&home, 2);
    let text = home.run_with(&plain(&[]), "s\n:submit\n").result();
    assert_eq!(text.matches("saved ").count(), 2, "{text}");
    killed_at(&home, 2);
    let text = home.run_with(&plain(&[]), "d\n:submit\n").result();
    assert_eq!(text.matches("saved ").count(), 1, "{text}");
    let history = home.run(&["interview", "history"]).result();
    assert_eq!(history.lines().count(), 3, "{history}");
}

#[test]
fn an_interview_moves_with_the_log() {
    let home = home();
    home.run_with(&plain(&[]), "a\nb\n").result();
    let log = home.run(&["log", "export"]).result();
    assert_eq!(log.lines().count(), 9);
    let other = Home::new();
    other.file("log.jsonl", &log);
    let import = ["log", "import", "log.jsonl"];
    other.run(&import).result();
    let twice = other.run(&import).result();
    assert!(twice.starts_with("0 rows added, 9 "), "{twice}");
    let transcript = ["interview", "transcript", "last", "--format", "json"];
    assert_eq!(
        other.run(&transcript).result(),
        home.run(&transcript).result()
    );
}
