//! Interviews in the app, from keys to screen.

use std::time::Duration;

use podlings::{
    history::{Answer, Blueprint, Event, Format, Given, Preset},
    ids::Lang,
    interview::Record,
    tui::{Msg, Opening},
};

use super::sitting::QUESTIONS;
use crate::{
    golden,
    learner::{Coming, Learner, comes},
};

/// The questions of the test, in a domain the course asks nothing of.
fn questions() -> String {
    QUESTIONS
        .replace("domain = \"docker\"", "domain = \"test\"")
        .replace("domain = \"architecture\"", "domain = \"test\"")
        .replace("domain = \"workloads\"", "domain = \"test\"")
}

fn opening(format: Format) -> Opening {
    let blueprint = Blueprint {
        count: 8,
        minutes: 10,
        domains: vec!["test".to_owned()],
        format,
        ..Blueprint::of(Preset::Custom)
    };
    Opening::Interviews(Some(Box::new(blueprint)), Some(7))
}

fn coming(lang: Lang, format: Format) -> Coming {
    comes(lang)
        .with_questions(questions())
        .opening(opening(format))
}

fn sits(lang: Lang, format: Format) -> Learner {
    let mut learner = coming(lang, format).sits_down();
    learner.presses("Enter");
    learner
}

/// Goes on to the question whose prompt holds this.
fn turn_to(learner: &mut Learner, text: &str) {
    learner.presses("F4 Home Enter");
    for _ in 0..9 {
        if learner.screen().contains(text) {
            return;
        }
        learner.presses("Tab");
    }
    panic!("`{text}` is not asked:\n{}", learner.screen());
}

fn record(learner: &Learner) -> Record {
    Record::all(&learner.rows()).pop().expect("it is over")
}

fn answer(learner: &Learner, id: &str) -> Answer {
    let answers = record(learner).answers.into_iter();
    let mut answers = answers.map(|(_, answer)| answer);
    answers
        .find(|answer| answer.question.as_str() == id)
        .expect("an answer")
}

#[test]
fn home_leads_to_the_interviews() {
    let mut learner = comes(Lang::En).sits_down();
    learner
        .presses("i")
        .sees("Mock interviews")
        .sees("Quick")
        .sees("10 questions  10 min")
        .sees("40 questions  60 min")
        .presses("p")
        .sees("Format practice")
        .presses("Enter")
        .sees("question 1 of 10");
}

#[test]
fn options_are_chosen_by_digits_arrows_and_clicks() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Which command lists");
    learner.presses("2").sees("2  (x)");
    learner.presses("Up Space").sees("1  (x)").sees("2  ( )");
    learner.clicks_on("docker ps -q").presses("Enter");
    learner.sees("How sure are you?").presses("3");
    turn_to(&mut learner, "Which instructions add");
    learner.presses("1 3 1").sees("1  [ ]").sees("3  [x]");
    learner.presses("o").sees("s Hand in").presses("s");
    learner.sees("Certain and wrong");
    let choice = answer(&learner, "t-choice");
    assert_eq!(choice.given, Given::Options(vec![2]));
    assert_eq!(choice.certainty.map(u8::from), Some(3));
}

#[test]
fn orders_and_pairs_are_moved_with_arrows() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Bring these into order");
    let item = |learner: &Learner, place: usize| {
        let screen = learner.screen();
        let line = screen
            .lines()
            .find(|line| line.contains(&format!("{place}  the ")));
        line.map(|line| line.trim().to_owned())
            .or_else(|| {
                let mut lines = screen.lines();
                lines
                    .find(|line| line.contains(&format!(" {place}  a node")))
                    .map(|line| line.trim().to_owned())
            })
            .expect("an item")
    };
    let first = item(&learner, 1);
    learner.presses("Right");
    let text = first.split("1  ").nth(1).expect("a text");
    learner.sees(&format!("2  {text}"));
    learner.presses("Left").sees(&format!("1  {text}"));
    turn_to(&mut learner, "Who writes it?");
    learner.presses("Right Right Down Left");
    turn_to(&mut learner, "Bring these into order");
    learner.presses("o s");
    assert!(matches!(answer(&learner, "t-order").given, Given::Order(_)));
    let Given::Pairs(pairs) = answer(&learner, "t-match").given else {
        panic!("no pairs");
    };
    assert_eq!(pairs.iter().flatten().count(), 2, "{pairs:?}");
    assert_ne!(pairs[0], pairs[1]);
}

#[test]
fn chinese_is_typed_with_the_cursor_where_it_belongs() {
    let mut learner = sits(Lang::Zh, Format::Exam);
    turn_to(&mut learner, "容器退出后");
    let before = learner.cursor();
    learner.types("还在可写层");
    assert_eq!(learner.cursor(), (before.0 + 10, before.1));
    learner.presses("Left Left").types("，");
    assert_eq!(learner.cursor(), (before.0 + 8, before.1));
    learner
        .sees("还在可，写层")
        .presses("C-z")
        .sees("还在可写层");
    learner.presses("End C-j");
    assert_eq!(learner.cursor(), (before.0, before.1 + 1));
    learner.gets(Msg::Paste("docker rm 才会\r\n删掉\u{1b}[0m".to_owned()));
    learner.sees("docker rm 才会").sees("删掉");
    // Digits and letters are text here; function keys still work.
    learner
        .types("1f")
        .presses("F4")
        .sees("做了标记")
        .presses("s");
    let Given::Text(text) = answer(&learner, "t-short").given else {
        panic!("no text");
    };
    assert!(
        text.starts_with("还在可写层\ndocker rm 才会\n删掉"),
        "{text}"
    );
    assert!(text.ends_with("1f"), "{text}");
}

#[test]
fn time_runs_out_in_mid_word() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Let node-3 take");
    learner.passes(Duration::from_secs(445)).gets(Msg::Wake);
    learner.sees("a quarter of the time left");
    learner.passes(Duration::from_secs(90)).gets(Msg::Wake);
    learner
        .sees("a tenth of the time left")
        .types("kubectl unc");
    learner.passes(Duration::from_secs(90)).gets(Msg::Wake);
    learner.sees("Time is over: handed in as it is.");
    let cloze = answer(&learner, "t-cloze");
    assert_eq!(cloze.given, Given::Text("kubectl unc".to_owned()));
}

#[test]
fn a_pause_hides_the_question_and_is_told_in_an_exam() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Which command lists");
    learner
        .presses("z")
        .sees("Paused")
        .does_not_see("Which command");
    learner.presses("2 f").passes(Duration::from_secs(900));
    learner
        .gets(Msg::Wake)
        .presses("Enter")
        .sees("Which command");
    learner.presses("o s").sees("1 pause, 0 interruptions");
    assert_eq!(answer(&learner, "t-choice").given, Given::Nothing);
}

#[test]
fn a_killed_interview_is_offered_again() {
    for killed_after in 1..6 {
        let mut learner = sits(Lang::En, Format::Exam);
        let keys = ["f", "Tab", "f", "Tab", "f", "Tab"];
        for key in &keys[..killed_after] {
            learner.presses(key);
            // A text takes letters; it is left for the flag's other key.
            if *key == "f" && !learner.screen().contains('⚑') {
                learner.presses("Backspace");
            }
        }
        let flags = learner.screen();
        let on = flags.lines().next().expect("a heading").trim_end();
        let on = on
            .split("this one")
            .next()
            .expect("a title")
            .trim()
            .to_owned();
        let later = Duration::from_secs(100);
        let mut learner = learner.comes_back_after_a_kill(later, opening(Format::Exam));
        learner.sees("Go on: Custom").presses("Enter").sees(&on);
        learner.presses("F4 s").sees("0 pauses, 1 interruption");
    }
}

#[test]
fn leaving_keeps_it_and_it_can_be_dropped() {
    let mut learner = sits(Lang::En, Format::Practice);
    turn_to(&mut learner, "Which command lists");
    learner
        .presses("2 q")
        .sees("Go on: Custom")
        .sees("1 of 8 answered");
    learner.presses("Home x").sees("Press x again");
    learner.presses("Down").sees("Go on: Custom");
    learner.presses("Home x x").does_not_see("Go on: Custom");
    assert!(learner.rows().is_empty());
}

#[test]
fn practice_explains_each_answer_and_lets_points_be_confirmed() {
    let mut learner = sits(Lang::En, Format::Practice);
    turn_to(&mut learner, "A container has exited");
    learner.types("In the writable layer.").presses("Enter 2");
    learner.sees("When are they lost, then?").types("docker rm");
    learner.presses("Enter").sees("Right.").sees("2  [x]");
    learner.presses("2").sees("2  [ ]").presses("Enter");
    turn_to(&mut learner, "Which command lists");
    learner.clicks_on("docker ps -q").presses("Enter 1");
    learner.sees("It prints ids only.").sees("docs.docker.com");
    learner.presses("Enter");
    learner.presses("F4 s").sees("Not answered");
    let short = answer(&learner, "t-short");
    assert_eq!(short.credit, 1.0);
    let confirmed = short.confirmed.expect("confirmed");
    assert!(confirmed.credit < 1.0);
}

#[test]
fn points_of_an_exam_are_confirmed_in_the_results() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "A container has exited");
    learner
        .types("In the writable layer.")
        .presses("Enter Enter");
    learner.sees("When are they lost, then?").presses("Enter");
    learner.does_not_see("Right").presses("F4 s");
    learner.sees("The points of 1 short answer wait for you");
    learner.presses("Enter").sees("1  [x]").sees("2  [ ]");
    learner.presses("2 Enter").does_not_see("wait for you");
    let rows = learner.rows();
    let undone = rows
        .iter()
        .filter(|row| matches!(row.event, Event::Undo { .. }));
    assert_eq!(undone.count(), 1);
    let confirmed = answer(&learner, "t-short").confirmed.expect("confirmed");
    assert_eq!(confirmed.credit, 1.0);
    assert_eq!(record(&learner).answers.len(), 8);
}

#[test]
fn what_is_said_out_loud_is_timed_and_ticked() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Self-healing");
    learner.presses("Enter").sees("Say it out loud:");
    learner.passes(Duration::from_secs(61)).gets(Msg::Wake);
    learner
        .sees("controllers replace Pods")
        .presses("1 Enter")
        .sees("not seen")
        .presses("s");
    assert_eq!(answer(&learner, "t-aloud").credit, 0.5);
    learner.sees("What you marked yourself (1)");
}

#[test]
fn results_lead_to_the_lesson_and_past_interviews_are_kept() {
    let mut learner = sits(Lang::En, Format::Exam);
    turn_to(&mut learner, "Which command lists");
    learner.clicks_on("docker ps -q").presses("Enter 3 F4 s");
    learner
        .presses("Tab")
        .sees("It prints ids only.")
        .sees("Lesson d04");
    learner
        .presses("o")
        .sees("Container states")
        .presses("Esc Esc");
    learner.presses("End Enter").sees("Certain and wrong");
}

#[test]
fn the_kinds_of_questions_look_as_they_did() {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(120, 36), (80, 24)] {
            let mut learner = coming(lang, Format::Exam)
                .with_terminal(width, height)
                .sits_down();
            learner.presses("Enter");
            let mut screens = Vec::new();
            for _ in 0..8 {
                screens.push(learner.screen());
                learner.presses("Tab");
            }
            screens.push(learner.screen());
            learner.presses("s");
            screens.push(learner.screen());
            learner.presses("Tab");
            screens.push(learner.screen());
            let name = format!("kinds.{code}.{width}x{height}.txt");
            golden::holds("interview", &name, &(screens.join("\n") + "\n"));
        }
    }
}

/// Sits through an interview with something of everything in it: right, certain and wrong, a point
/// to be confirmed, and the rest not answered.
fn some_answered(lang: Lang, (width, height): (u16, u16)) -> Learner {
    let (which, add, exited, said) = match lang {
        Lang::Zh => ("也列出已经退出", "哪些指令", "容器退出后", "还在可写层里。"),
        Lang::En => (
            "Which command",
            "Which instructions",
            "container has exited",
            "In the writable layer.",
        ),
    };
    let mut learner = coming(lang, Format::Exam)
        .with_terminal(width, height)
        .sits_down();
    learner.presses("Enter");
    turn_to(&mut learner, add);
    learner.presses("1 2 Enter 2");
    turn_to(&mut learner, which);
    learner.clicks_on("docker ps -q").presses("Enter 3");
    turn_to(&mut learner, exited);
    learner.types(said).presses("Enter 3");
    learner.presses("F4 s");
    learner
}

#[test]
fn the_results_of_an_answered_interview_look_as_they_did() {
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(120, 36), (80, 24), (60, 16)] {
            let mut learner = some_answered(lang, (width, height));
            let mut screens = vec![learner.screen()];
            learner.presses("Enter");
            screens.push(learner.screen());
            learner.presses("2 Enter");
            screens.push(learner.screen());
            for _ in 0..3 {
                learner.presses("Tab");
                screens.push(learner.screen());
            }
            let name = format!("results.{code}.{width}x{height}.txt");
            golden::holds("interview", &name, &(screens.join("\n") + "\n"));
        }
    }
}

#[test]
fn interviews_are_of_the_profile_that_was_chosen_in_the_settings() {
    let mut learner = comes(Lang::En).sits_down();
    learner.presses("i").sees("Profile any").presses("Esc");
    learner.presses(", Down Right Esc i");
    let screen = learner.screen();
    assert!(!screen.contains("Profile any"), "{screen}");
}
