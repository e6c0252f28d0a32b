//! The glossary, from keys to screen.

use podlings::{
    ids::Lang,
    notes::Glossary,
    tui::{Msg, Opening, Signs, text::Glyphs},
};
use ratatui::crossterm::event::{KeyModifiers, MouseEvent, MouseEventKind};

use crate::learner::{Learner, comes};

fn reads(lesson: &str, lang: Lang, width: u16, height: u16) -> Learner {
    comes(lang)
        .with_terminal(width, height)
        .opening(Opening::Lesson(lesson.into()))
        .sits_down()
}

/// The row of the list that is chosen: the sign stands at the prompt too.
fn chosen(learner: &Learner) -> String {
    let screen = learner.screen();
    let mut signs = screen.lines().filter(|line| line.starts_with(" ▸ "));
    signs.nth(1).unwrap_or_default().to_owned()
}

#[test]
fn one_key_leads_from_the_lessons_to_all_terms_in_both_languages() {
    let mut learner = comes(Lang::Zh).opening(Opening::Lessons).sits_down();
    learner.sees("术语").presses("t");
    let count = format!("{} 个词", Glossary::built_in().terms().len());
    learner.sees("术语表").sees(&count);
    let row = chosen(&learner);
    for text in ["容器", "container", "d01"] {
        assert!(row.contains(text), "{row}");
    }
    learner
        .sees("processes kept apart")
        .presses("Esc")
        .sees("课程");
    learner.presses("F9").sees("术语表");
}

#[test]
fn what_is_typed_narrows_the_terms_down_in_any_script() {
    let mut learner = comes(Lang::Zh).opening(Opening::Lessons).sits_down();
    for (typed, found) in [
        ("调度器", "scheduler"),
        ("diaoduqi", "scheduler"),
        ("ddq", "scheduler"),
        ("Lable", "标签"),
        ("kuberctl", "kubectl"),
        ("master", "控制平面"),
        ("quorum", "过半"),
    ] {
        learner.presses("t").types(typed);
        assert!(
            chosen(&learner).contains(found),
            "{typed}: {}",
            learner.screen()
        );
        learner.sees("找到").presses("Esc");
    }
    learner.presses("t").types("zzzzqq").sees("没有这个词");
    learner.presses("Enter").sees("没有这个词");
    for _ in 0..6 {
        learner.presses("Backspace");
    }
    learner.sees("个词").does_not_see("没有这个词");
}

#[test]
fn letters_are_typed_and_keys_of_everywhere_still_work() {
    let mut learner = comes(Lang::En).opening(Opening::Lessons).sits_down();
    learner.presses("t").types("q?/:").sees("▸ q?/:");
    learner.presses("F1").sees("In the glossary").presses("Esc");
    learner.presses("C-l").sees("术语表").sees("▸ q?/:");
    learner.presses("C-u").sees("输入中文");
}

#[test]
fn enter_opens_the_lesson_where_it_explains_the_term_and_escape_comes_back() {
    let mut learner = reads("d01", Lang::En, 80, 24);
    learner.presses("t").types("preemption");
    learner
        .presses("Enter")
        .sees("Scheduler")
        .sees("may preempt");
    learner.presses("Esc").sees("▸ preemption").sees("1 found");
}

#[test]
fn the_terms_of_the_lesson_one_reads_come_first() {
    let mut learner = reads("k06", Lang::En, 120, 36);
    learner.presses("t").sees("Explained in this lesson");
    learner.sees("Used in this lesson");
    let screen = learner.screen();
    let at = |text: &str| {
        screen
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {screen}"))
    };
    assert!(at("preemption") < at("Used in this lesson"));
    assert!(at("Used in this lesson") < at("\n   taint"));
    assert!(chosen(&learner).contains("k06"));
    learner.presses("C-End").sees("reverse proxy");
    learner.presses("C-Home").sees("Explained in this lesson");
    learner
        .types("taint")
        .does_not_see("Explained in this lesson");
    assert!(chosen(&learner).contains("taint"));
}

#[test]
fn titles_of_groups_are_never_chosen() {
    let mut learner = reads("k06", Lang::En, 80, 24);
    learner.presses("t");
    let first = chosen(&learner);
    let mut seen = vec![first.clone()];
    for _ in 0..200 {
        learner.presses("Down");
        let row = chosen(&learner);
        assert!(row.len() > 10, "{}", learner.screen());
        if seen.last() == Some(&row) {
            break;
        }
        seen.push(row);
    }
    assert_eq!(seen.len(), Glossary::built_in().terms().len());
    for _ in 0..40 {
        learner.presses("PageUp");
        assert!(!chosen(&learner).is_empty(), "{}", learner.screen());
    }
    assert_eq!(chosen(&learner), first);
    for _ in 0..40 {
        learner.presses("PageDown");
        assert!(!chosen(&learner).is_empty(), "{}", learner.screen());
    }
    assert_eq!(Some(&chosen(&learner)), seen.last());
}

#[test]
fn a_click_chooses_a_row_and_another_opens_it_and_the_wheel_moves() {
    let mut learner = comes(Lang::En).opening(Opening::Lessons).sits_down();
    learner.presses("t").clicks_on("copy-on-write");
    assert!(chosen(&learner).contains("copy-on-write"));
    learner.gets(Msg::Mouse(MouseEvent {
        kind: MouseEventKind::ScrollDown,
        column: 10,
        row: 10,
        modifiers: KeyModifiers::NONE,
    }));
    assert!(chosen(&learner).contains("whiteout"));
    learner
        .clicks_on("copy-on-write")
        .clicks_on("copy-on-write");
    learner.sees("Images and layers");
}

#[test]
fn the_search_finds_terms_by_any_of_their_names() {
    let mut learner = comes(Lang::En).sits_down();
    learner.presses("/").types("kube-scheduler").sees("term");
    let mut learner = comes(Lang::Zh).sits_down();
    learner
        .presses("/")
        .types("属主引用")
        .sees("词")
        .presses("Enter");
    learner.sees("术语表");
    assert!(chosen(&learner).contains("owner reference"));
}

#[test]
fn every_term_is_whole_in_both_languages_from_the_smallest_terminal_on() {
    for (width, height) in [(60, 16), (80, 24), (100, 30), (200, 60)] {
        for lang in Lang::ALL {
            let mut learner = reads("k15", lang, width, height);
            learner.presses("t");
            for _ in 0..Glossary::built_in().terms().len() {
                let screen = learner.screen();
                assert!(
                    screen
                        .lines()
                        .all(|line| podlings::tui::text::width(line) <= width.into()),
                    "{screen}"
                );
                let words = |text: &str| text.split_whitespace().collect::<String>();
                let shown = words(&screen);
                let whole = Glossary::built_in().terms().iter().any(|term| {
                    Lang::ALL.iter().all(|lang| {
                        shown.contains(&words(&format!(
                            "{} {}",
                            term.name(*lang),
                            term.meaning(*lang)
                        )))
                    })
                });
                assert!(whole, "{width}x{height}:\n{screen}");
                learner.presses("Down");
            }
        }
    }
}

#[test]
fn plain_signs_and_no_colour_tell_as_much() {
    let mut learner = comes(Lang::En)
        .changed(|shared| {
            shared.signs = Signs::ASCII;
            shared.glyphs = Glyphs::ASCII;
        })
        .opening(Opening::Lessons)
        .sits_down();
    learner.presses("t").sees("> container").sees("---");
    assert!(!learner.screen().contains(['▸', '─', '┃', '…']));
}
