//! What a learner sees, and where: places that would be wrong without any text being wrong.

use std::{fs, time::Duration};

use podlings::{
    ids::Lang,
    memory::Plan,
    progress::Filter,
    tui::{
        Msg, Opening,
        theme::{ColourDepth, ThemeName},
    },
};
use ratatui::{
    crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind},
    style::Color,
};

use crate::learner::{Learner, comes};

const NOTES: &str = "\
# Cluster

Q: Which component stores every object of the cluster?
A: etcd.

Q: Which component assigns Pods to Nodes?
A: The scheduler.
";

const LONG: &str = "\
# Long

Q: What happens, step by step?
A: This:

1. one
2. two
3. three
4. four
5. five
6. six
7. seven
8. eight
9. nine
10. ten
11. eleven
12. twelve
13. thirteen
14. fourteen
15. fifteen
";

fn studies(notes: &'static str, width: u16, height: u16) -> Learner {
    comes(Lang::En)
        .with_notes(notes)
        .with_terminal(width, height)
        .opening(Opening::Study(Plan::All, Filter::All))
        .sits_down()
}

fn line_of(learner: &Learner, text: &str) -> usize {
    let screen = learner.screen();
    screen
        .lines()
        .position(|line| line.contains(text))
        .unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"))
}

fn last_line(learner: &Learner) -> String {
    learner
        .screen()
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_overlay_leaves_the_first_line_and_says_how_to_close_it_in_the_last() {
    for (width, height) in [(60, 16), (80, 24), (120, 36)] {
        let mut learner = comes(Lang::En).with_terminal(width, height).sits_down();
        for key in ["?", "/", ":"] {
            learner.presses(key);
            let screen = learner.screen();
            assert!(screen.starts_with(" podlings"), "after {key}:\n{screen}");
            let last = last_line(&learner);
            assert!(last.contains("Esc Close"), "after {key}: {last}");
            assert!(!last.contains("Review"), "after {key}: {last}");
            learner.presses("Esc");
        }
        assert!(last_line(&learner).contains("Review"));
    }
}

#[test]
fn hints_of_an_overlay_can_be_clicked() {
    let mut learner = comes(Lang::En).sits_down();
    learner
        .presses(":")
        .types("lessons")
        .clicks_on("Do it")
        .sees("▾ Docker");
    learner.presses("?").sees("Keys").clicks_on("Close");
    learner.does_not_see("Keys").sees("▾ Docker");
}

#[test]
fn all_keys_are_seen_at_once_on_a_wide_screen() {
    let mut learner = comes(Lang::En)
        .with_terminal(120, 30)
        .opening(Opening::Study(Plan::All, Filter::All))
        .sits_down();
    learner
        .presses("?")
        .sees("While studying")
        .sees("Everywhere");
    assert_eq!(
        line_of(&learner, "At the question"),
        line_of(&learner, "Moving")
    );
}

#[test]
fn a_question_stays_where_it_is_when_its_answer_comes() {
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        for notes in [NOTES, LONG] {
            let mut learner = studies(notes, width, height);
            let before = line_of(&learner, "?");
            learner.presses("Space");
            assert_eq!(line_of(&learner, "?"), before, "{width}x{height}");
        }
    }
}

#[test]
fn the_grades_stay_near_the_answer_on_a_tall_screen() {
    let mut learner = studies(NOTES, 200, 60);
    learner.presses("Space");
    let between = line_of(&learner, "Easy") - line_of(&learner, "etcd.");
    assert!(between < 20, "{between}");
    learner.clicks_on("Easy");
    assert_eq!(learner.rows().len(), 1);
}

#[test]
fn a_long_answer_turns_by_the_page_and_not_beyond_its_end() {
    let mut learner = studies(LONG, 80, 24);
    learner
        .presses("Space")
        .sees("more")
        .does_not_see("fifteen");
    learner.presses("PageDown PageDown PageDown PageDown");
    learner.sees("fifteen").does_not_see("step by step");
    learner.presses("PageUp").sees("step by step");
    learner.presses("End").sees("fifteen").presses("Up");
    learner.does_not_see("fifteen");
}

#[test]
fn only_what_can_be_done_is_hinted() {
    let mut learner = studies(NOTES, 120, 36);
    assert!(!last_line(&learner).contains("Undo"));
    learner.presses("Space 3");
    assert!(last_line(&learner).contains("Undo"));
    assert!(last_line(&learner).contains("Edit"), "notes have a file");
    let mut learner = comes(Lang::En)
        .with_terminal(80, 24)
        .opening(Opening::Lesson("d01".into()))
        .sits_down();
    let hints = last_line(&learner);
    assert!(!hints.contains("Edit") && !hints.contains("Contents"));
    assert!(hints.starts_with(" Space Page down"), "{hints}");
    learner.presses("End");
    let hints = last_line(&learner);
    assert!(hints.starts_with(" Enter Its cards"), "{hints}");
}

#[test]
fn while_an_answer_is_typed_the_last_line_says_how_to_hand_it_in() {
    let mut learner = studies(NOTES, 80, 24);
    learner.presses("t").types("no idea?");
    let hints = last_line(&learner);
    assert!(
        hints.contains("Enter Done") && hints.contains("Esc Cancel"),
        "{hints}"
    );
    assert!(!hints.contains("Help"), "{hints}");
    learner.sees("no idea?");
    // A click hands it in too; the grades then work.
    learner
        .clicks(40, 10)
        .sees("Your answer no idea?")
        .presses("1");
    assert_eq!(learner.rows().len(), 1);
}

#[test]
fn an_answer_unlike_the_right_one_is_not_woven_into_it() {
    let mut learner = comes(Lang::Zh)
        .with_notes("# T\n\nQ: 容器的本质是什么？\nA: 自带全部依赖、被隔离的进程。\n")
        .opening(Opening::Study(Plan::All, Filter::All))
        .sits_down();
    learner
        .presses("t")
        .types("不知道是什么")
        .presses("Enter")
        .sees("你的答案 不知道是什么")
        .sees("自带全部依赖、被隔离的进程。");
}

#[test]
fn ten_questions_stay_where_they_are_too() {
    let mut learner = comes(Lang::En).with_terminal(80, 24).sits_down();
    learner.presses("p");
    let question = learner.screen();
    let at = question
        .lines()
        .skip(1)
        .position(|line| !line.trim().is_empty());
    learner.presses("Space").sees("3 knew it");
    let answer = learner.screen();
    let now = answer
        .lines()
        .skip(1)
        .position(|line| !line.trim().is_empty());
    assert_eq!(at, now);
}

#[test]
fn nothing_is_cut_off_on_the_smallest_terminal() {
    let mut learner = comes(Lang::En)
        .with_terminal(60, 16)
        .opening(Opening::Study(Plan::All, Filter::All))
        .sits_down();
    learner.presses("Space").sees("this session");
    let mut learner = comes(Lang::En).with_terminal(60, 16).sits_down();
    learner
        .presses("/")
        .types("zzzz")
        .sees("pinyin")
        .sees("initials.");
    learner.presses("Esc l Enter");
    let hints = last_line(&learner);
    assert!(hints.contains("Esc Back"), "{hints}");
}

#[test]
fn a_long_search_result_says_that_it_goes_on() {
    let mut learner = comes(Lang::En)
        .with_notes("# T\n\nQ: Which of the many components of the control plane stores every object?\nA: etcd.\n")
        .with_terminal(60, 16)
        .sits_down();
    learner.presses("/").types("many components").sees("…");
}

#[test]
fn a_wide_terminal_keeps_together_what_belongs_together() {
    let mut learner = comes(Lang::En).with_terminal(200, 60).sits_down();
    learner.presses("l");
    let screen = learner.screen();
    let line = screen
        .lines()
        .find(|line| line.contains("d01"))
        .unwrap_or_default();
    let column = |text| line.find(text).map(|at| line[..at].chars().count());
    let (title, count) = (column("d01"), column("0/12"));
    assert!(title > Some(40), "{line}");
    assert!(count.zip(title).is_some_and(|(c, t)| c - t < 75), "{line}");
    learner.presses("Enter");
    let screen = learner.screen();
    let top = screen.lines().nth(2).unwrap_or_default();
    let top = top.trim_end_matches(['┃', ' ']);
    let gap = top.trim().split("   ").filter(|part| !part.is_empty());
    assert_eq!(gap.count(), 2, "text and contents: {top}");
    assert!(top.chars().count() < 170, "{top}");
}

#[test]
fn a_click_in_the_contents_goes_there() {
    let mut learner = comes(Lang::En)
        .opening(Opening::Lesson("d01".into()))
        .sits_down();
    learner.sees("Guess first");
    learner
        .clicks_on("Worked example")
        .does_not_see("Guess first");
    let screen = learner.screen();
    let top = screen.lines().nth(2).unwrap_or_default();
    assert!(top.trim_start().starts_with("Worked example"), "{top}");
}

#[test]
fn home_says_what_is_to_come_beside_what_was_done() {
    let mut learner = studies(NOTES, 80, 24);
    learner.presses("Space 3 Space 4 Esc");
    assert_eq!(
        line_of(&learner, "Today"),
        line_of(&learner, "The last weeks")
    );
    learner.sees("days studied: 1").sees("To come");
    let thursday = line_of(&learner, "Thu");
    let screen = learner.screen();
    assert!(screen.lines().nth(thursday).is_some_and(|line| {
        line.split_once("Thu")
            .is_some_and(|(_, rest)| rest.trim_start().starts_with('1'))
    }));
    learner.sees("Progress").sees("2/2");
}

#[test]
fn a_newcomer_is_told_how_it_goes_instead_of_an_empty_calendar() {
    let mut learner = comes(Lang::En).with_terminal(80, 24).sits_down();
    learner.sees("New here").does_not_see("The last weeks");
    learner.presses("r Space 3 Esc").sees("The last weeks");
    learner.does_not_see("New here");
    let mut learner = learner.comes_back(Duration::from_secs(60));
    learner.sees("The last weeks");
}

#[test]
fn home_can_be_clicked_wherever_it_stands() {
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 60)] {
        let mut learner = comes(Lang::En).with_terminal(width, height).sits_down();
        learner.clicks_on("All lessons").sees("▾ Docker");
    }
}

#[test]
fn no_cell_is_left_to_the_terminals_own_colours_where_a_theme_has_a_ground() {
    let mut learner = comes(Lang::Zh)
        .with_terminal(80, 24)
        .changed(|shared| {
            shared.depth = ColourDepth::True;
            shared.wear(ThemeName::Light);
        })
        .sits_down();
    for keys in ["r", "Space", "o", "Esc", "?", "Esc", "/"] {
        learner.presses(keys);
        let left = learner.colours().filter(|(_, back)| *back == Color::Reset);
        assert_eq!(left.count(), 0, "after {keys}");
    }
    learner.resizes(40, 10);
    assert!(learner.colours().all(|(_, back)| back != Color::Reset));
}

fn wheel_down() -> Msg {
    Msg::Mouse(MouseEvent {
        kind: MouseEventKind::ScrollDown,
        column: 40,
        row: 12,
        modifiers: KeyModifiers::NONE,
    })
}

#[test]
fn the_wheel_moves_a_text_by_lines_and_a_choice_by_one() {
    let mut learner = comes(Lang::En).with_terminal(80, 24).sits_down();
    learner.presses("?").sees("Start today");
    for _ in 0..40 {
        learner.gets(wheel_down());
    }
    learner.does_not_see("Start today").presses("Esc l");
    learner.sees("▸ d01").gets(wheel_down()).sees("▸ d02");
    learner.presses("Enter");
    let before = line_of(&learner, "Ten containers");
    learner.gets(wheel_down());
    assert!(before - line_of(&learner, "Ten containers") >= 3);
}

#[test]
fn a_click_says_what_an_edited_card_became_and_all_that_moved_moves_back() {
    let mut learner = comes(Lang::En)
        .with_notes(
            "# Cluster\n\nQ: Which component of the control plane stores every object of the cluster?\nA: etcd.\n\n\
             Q: Which component assigns Pods to Nodes?\nA: The scheduler.\n",
        )
        .opening(Opening::Study(Plan::All, Filter::Lesson("cluster".into())))
        .sits_down();
    learner.presses("Space 3 Space 3 Esc");
    fs::write(
        learner.notes_file(),
        "# Cluster\n\nQ: Which component of the control plane stores all objects of the cluster?\nA: etcd.\n\n\
         Q: Which component of the control plane keeps every object of the cluster?\nA: etcd.\n\n\
         Q: Which component assigns a Pod to Nodes?\nA: The scheduler.\n",
    )
    .expect("written");
    learner
        .gets(Msg::Focus)
        .sees("None of them")
        .clicks_on("stores all objects")
        .does_not_see("None of them");
    let linked = |learner: &Learner, text: &str| {
        let shared = learner.app().shared();
        let card = shared
            .library
            .cards()
            .iter()
            .find(|card| card.front.contains(text))
            .unwrap_or_else(|| panic!("no card asks `{text}`"));
        shared.memory.card(&card.id).reps
    };
    assert_eq!(linked(&learner, "stores all objects"), 1);
    assert_eq!(linked(&learner, "assigns a Pod"), 1);
    learner.presses("C-u").sees("2 cards");
    assert_eq!(linked(&learner, "stores all objects"), 0);
    assert_eq!(linked(&learner, "assigns a Pod"), 0);
}
