//! The app from keys to screen.

use std::{fs, time::Duration};

use podlings::{
    history::{CardAction, Event, Rating},
    ids::Lang,
    memory::Plan,
    progress::Filter,
    tui::{Effect, Msg, Opening, Signs, text::Glyphs},
};

use crate::learner::comes;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const NOTES: &str = "\
# Cluster

## Parts

The control plane decides; nodes run what it decided.

Q: Which component stores every object of the cluster?
A: etcd.

Q: Which component assigns Pods to Nodes?
A: The scheduler.

Q: What runs containers on a node on behalf of the kubelet?
A: The container runtime.
";

fn study() -> Opening {
    Opening::Study(Plan::Today, Filter::All)
}

#[test]
fn home_says_what_today_holds_and_leads_to_it() {
    let mut learner = comes(Lang::Zh).sits_down();
    learner
        .sees("今天")
        .sees("张新卡")
        .sees("开始复习")
        .sees("容器");
    learner.presses("Enter").sees("先想，再翻面");
    learner.presses("Esc").sees("开始复习");
}

#[test]
fn a_grade_shows_its_interval_before_it_is_given_and_is_kept_before_the_next_card() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(study())
        .sits_down();
    learner.does_not_see("Easy");
    learner.presses("Space").sees("Forgot").sees("this session");
    learner.sees("2 d");
    assert_eq!(learner.rows().len(), 0);
    learner.presses("3");
    let rows = learner.rows();
    assert_eq!(rows.len(), 1);
    let Event::Review(review) = &rows[0].event else {
        panic!("{:?}", rows[0]);
    };
    assert_eq!(review.rating, Rating::Good);
    assert_eq!(review.duration_ms, 4000, "from the question to the grade");
}

#[test]
fn what_was_graded_comes_back_on_its_day() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::All, Filter::Lesson("parts".into())))
        .sits_down();
    learner
        .presses("Space 3 Space 3 Space 3")
        .sees("3 of 3 recalled");
    let mut learner = learner.comes_back(DAY);
    learner.does_not_see(" due");
    let mut learner = learner.comes_back(3 * DAY);
    learner.sees("3 due");
}

#[test]
fn a_failed_card_comes_back_in_the_same_session() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::All, Filter::Lesson("parts".into())))
        .sits_down();
    learner.presses("Space 1").sees("1 again");
    learner.presses("Space 3 Space 3").sees("1 again");
    learner.presses("Space 3").sees("3 of 4 recalled");
}

#[test]
fn undo_goes_back_grade_by_grade_to_the_beginning() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::All, Filter::Lesson("parts".into())))
        .sits_down();
    let first = learner.screen();
    learner.presses("Space 3 Space 1 Space 4").sees("again");
    learner.presses("u u u").sees("3 new");
    learner.presses("Backspace").sees("Nothing left to undo");
    let undone = learner
        .rows()
        .iter()
        .filter(|row| matches!(row.event, Event::Undo { .. }))
        .count();
    assert_eq!(undone, 3);
    assert!(
        learner
            .app()
            .shared()
            .memory
            .cards()
            .all(|(_, card)| card.reps == 0)
    );
    assert!(first.contains("3 new"));
}

#[test]
fn a_card_can_be_flagged_put_off_left_out_known_and_not_be_one() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::All, Filter::Lesson("parts".into())))
        .sits_down();
    learner
        .presses("f")
        .sees("flagged")
        .presses("f")
        .does_not_see("flagged");
    learner.presses("b").sees("Not again today").sees("2 new");
    learner.presses("s").sees("Suspended").sees("1 new");
    learner.presses("u").sees("2 new");
    learner.presses("n").sees("you know this one");
    learner.presses("x").sees("Nothing to review now");
    let actions: Vec<CardAction> = learner
        .rows()
        .iter()
        .filter_map(|row| match row.event {
            Event::Card { action, .. } => Some(action),
            _ => None,
        })
        .collect();
    assert_eq!(actions.len(), 6);
    assert_eq!(actions[5], CardAction::NotACard);
    // It is remembered.
    let mut learner = learner.comes_back(Duration::from_secs(60));
    learner
        .presses("/")
        .types("schedul")
        .sees("Which component assigns");
}

#[test]
fn an_answer_can_be_typed_and_is_compared() {
    let mut learner = comes(Lang::En)
        .with_notes("# T\n\nQ: What holds the network of a Pod?\nA: The pause container\n")
        .opening(study())
        .sits_down();
    learner
        .presses("t")
        .types("the pause contaner")
        .sees("Your answer");
    learner
        .presses("Enter")
        .sees("The pause container")
        .sees("Right");
    learner.presses("3").sees("1 of 1");
    let mut learner = comes(Lang::Zh)
        .with_notes("# T\n\nQ: 谁拿着 Pod 的网络？\nA: Pause 容器\n")
        .opening(study())
        .sits_down();
    learner
        .presses("t")
        .gets(Msg::Paste("不知道\n".into()))
        .sees("不知道");
    learner.presses("Enter").sees("对照看看");
}

#[test]
fn after_a_miss_the_lesson_is_one_key_away() {
    let mut learner = comes(Lang::En)
        .opening(Opening::Study(Plan::All, Filter::Lesson("d04".into())))
        .sits_down();
    learner.presses("Space o").sees("Where the lesson says it");
    learner.presses("Enter").sees("sections read");
    learner.presses("Esc").sees("Forgot");
}

#[test]
fn a_lesson_is_read_to_its_end_and_its_place_is_kept() {
    let mut learner = comes(Lang::En).with_terminal(80, 24).sits_down();
    learner.presses("l Enter").sees("Guess first");
    learner.presses("Space Space");
    let place = learner.screen();
    let read = learner.rows().len();
    assert!(read > 1, "sections on screen are written down");
    learner.presses("Esc Esc");
    let mut learner = learner.comes_back(DAY);
    learner.presses("l Enter");
    let body = |screen: &str| {
        screen
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(body(&learner.screen()), body(&place));
    learner.presses("End");
    learner.presses("Esc Esc").does_not_see("Guess first");
}

#[test]
fn a_resize_keeps_the_place_in_a_lesson() {
    let mut learner = comes(Lang::Zh)
        .with_terminal(120, 36)
        .opening(Opening::Lesson("d04".into()))
        .sits_down();
    learner.presses("PageDown PageDown");
    let place = learner.screen();
    learner.resizes(60, 16).resizes(100, 30).resizes(120, 36);
    assert_eq!(learner.screen(), place);
}

#[test]
fn the_next_section_is_one_key_away_and_back() {
    let mut learner = comes(Lang::En)
        .with_terminal(80, 24)
        .opening(Opening::Lesson("d01".into()))
        .sits_down();
    let top = learner.screen();
    learner.presses("Right Right");
    assert_ne!(learner.screen(), top);
    learner.presses("Left Left Left");
    let body = |screen: &str| {
        screen
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(body(&learner.screen()), body(&top));
}

#[test]
fn search_finds_by_chinese_pinyin_and_initials_and_opens_what_it_finds() {
    let mut learner = comes(Lang::Zh).sits_down();
    for typed in ["镜像", "jingxiang", "jx"] {
        learner
            .presses("/")
            .types(typed)
            .sees("镜像")
            .presses("Esc");
    }
    learner
        .presses("/")
        .types("镜像")
        .presses("Enter")
        .sees("读过");
}

#[test]
fn keys_typed_through_an_input_method_count() {
    let mut learner = comes(Lang::Zh)
        .with_notes(NOTES)
        .opening(study())
        .sits_down();
    learner.presses("？").sees("按键").presses("Esc");
    learner.presses("：").sees("命令").presses("Esc");
    learner.presses("Space １").sees("再来 1");
}

#[test]
fn the_palette_does_what_it_names() {
    let mut learner = comes(Lang::En).sits_down();
    learner
        .presses(":")
        .types("lessons")
        .presses("Enter")
        .sees("▾ Docker");
}

#[test]
fn language_and_theme_change_at_once_and_for_good() {
    let mut learner = comes(Lang::Zh).sits_down();
    learner.presses("C-l").sees("Start reviewing");
    learner.presses("C-t").sees("Theme: dark");
    let choices = podlings::tui::Edge::new(
        podlings::store::Store::open(&learner.home.path().join("progress.db"), 0).expect("open"),
        podlings::tui::Notes::default(),
    )
    .and_then(|(edge, _)| edge.choices())
    .expect("choices");
    assert_eq!(choices.lang, Some(Lang::En));
    assert_eq!(
        choices.theme.map(|name| name.to_string()).as_deref(),
        Some("dark")
    );
}

#[test]
fn sources_are_switched_on_home() {
    let mut learner = comes(Lang::En).with_notes(NOTES).sits_down();
    learner.sees("my notes and the course").sees("3 new");
    learner.presses("o").sees("my notes only").sees("3 new");
    learner
        .presses("o")
        .sees("the course only")
        .does_not_see("3 new");
}

#[test]
fn a_lesson_said_to_be_known_is_not_offered_and_can_be_taken_back() {
    let mut learner = comes(Lang::En).sits_down();
    learner
        .presses("l")
        .sees("0/12")
        .presses("n")
        .sees("will not be offered");
    learner
        .sees("known")
        .presses("n")
        .sees("studied again")
        .sees("0/12");
}

#[test]
fn ten_questions_say_where_to_begin() {
    let mut learner = comes(Lang::En).sits_down();
    learner.presses("p").sees("1 / 10");
    for _ in 0..4 {
        learner.presses("Space 3");
    }
    for _ in 0..6 {
        learner.presses("Space 1");
    }
    learner.sees("4 of 10 known").sees("Begin with");
    let before = learner.rows().len();
    learner.presses("Enter").sees("Start reviewing");
    let rows = learner.rows();
    assert!(rows.len() > before);
    let known = |event: &Event| {
        matches!(
            event,
            Event::Card {
                action: CardAction::Known,
                ..
            }
        )
    };
    assert!(rows[before..].iter().all(|row| known(&row.event)));
}

#[test]
fn an_edited_card_keeps_its_history_and_a_replaced_one_does_not() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::All, Filter::Lesson("parts".into())))
        .sits_down();
    learner.presses("Space 3 Space 3 Space 3 Esc");
    let edited = NOTES
        .replace("stores every object", "keeps every object")
        .replace(
            "Q: Which component assigns Pods to Nodes?\nA: The scheduler.",
            "Q: What is a label?\nA: A key and a value on an object.",
        );
    fs::write(learner.notes_file(), edited).expect("written");
    learner
        .gets(Msg::Focus)
        .sees("Progress of 1 edited card moved");
    let reps = |learner: &crate::learner::Learner, question: &str| {
        let shared = learner.app().shared();
        let card = shared
            .library
            .cards()
            .iter()
            .find(|card| card.front.contains(question))
            .unwrap_or_else(|| panic!("no card asks `{question}`"));
        shared.memory.card(&card.id).reps
    };
    assert_eq!(reps(&learner, "keeps every object"), 1);
    assert_eq!(reps(&learner, "What is a label"), 0);
    learner.presses("C-u").sees("moved back");
    assert_eq!(reps(&learner, "keeps every object"), 0);
    learner.gets(Msg::Focus).does_not_see("moved along");
}

#[test]
fn a_card_deleted_while_it_is_asked_leaves_the_session() {
    let mut learner = comes(Lang::En)
        .with_notes("# T\n\nQ: One?\nA: 1\n\nQ: Two?\nA: 2\n")
        .opening(Opening::Study(Plan::All, Filter::Lesson("t".into())))
        .sits_down();
    learner.sees("One?");
    fs::write(learner.notes_file(), "# T\n\nQ: Two?\nA: 2\n").expect("written");
    learner.gets(Msg::Focus).sees("Two?").sees("1 new");
}

#[test]
fn the_editor_is_asked_for_at_the_cards_line() {
    let mut learner = comes(Lang::En)
        .with_notes("# T\n\nQ: One?\nA: 1\n")
        .opening(study())
        .sits_down();
    learner.presses("e");
    let [Effect::Edit { file, line }] = &learner.outside[..] else {
        panic!("{:?}", learner.outside);
    };
    assert!(file.ends_with("notes.md"));
    assert_eq!(*line, 3);
    let mut learner = comes(Lang::En)
        .opening(Opening::Lesson("d01".into()))
        .sits_down();
    learner.presses("e").sees("built in");
}

#[test]
fn escape_sequences_in_notes_are_shown_and_not_sent() {
    let mut learner = comes(Lang::En)
        .with_notes("# T\u{1b}[31m\n\nQ: What\u{1b}]0;owned\u{7} is it?\nA: A\u{9b}31m trap\n")
        .opening(study())
        .sits_down();
    learner.presses("Space");
    let screen = learner.screen();
    assert!(
        !screen.contains(['\u{1b}', '\u{7}', '\u{9b}']),
        "{screen:?}"
    );
    learner.presses("Esc l").sees("T");
    assert!(!learner.screen().contains('\u{1b}'));
}

#[test]
fn a_click_chooses_reveals_and_grades() {
    let mut learner = comes(Lang::En).with_notes(NOTES).sits_down();
    learner.clicks_on("Start reviewing").sees("Think first");
    learner.clicks(40, 10).sees("Forgot");
    learner.clicks_on("Good").sees("Think first");
    assert_eq!(learner.rows().len(), 1);
    learner.clicks_on("Help").sees("Keys");
}

#[test]
fn cramming_does_not_move_the_schedule() {
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Study(Plan::Cram, Filter::Lesson("parts".into())))
        .sits_down();
    learner
        .sees("schedule untouched")
        .presses("Space")
        .sees("no change");
    learner.presses("1 Esc");
    assert!(
        learner
            .app()
            .shared()
            .memory
            .cards()
            .all(|(_, card)| card.reps == 0)
    );
}

#[test]
fn every_screen_fits_the_smallest_terminal_and_says_how_to_go_on() {
    for lang in Lang::ALL {
        for ascii in [false, true] {
            let mut learner = comes(lang)
                .with_terminal(60, 16)
                .changed(if ascii {
                    |shared| {
                        shared.signs = Signs::ASCII;
                        shared.glyphs = Glyphs::ASCII;
                    }
                } else {
                    |_| {}
                })
                .sits_down();
            for keys in [
                "l", "Enter", "Esc", "Esc", "r", "Space", "o", "Esc", "?", "Esc", "/",
            ] {
                learner.presses(keys);
                let screen = learner.screen();
                let last = screen.lines().last().unwrap_or_default();
                assert!(!last.trim().is_empty(), "after {keys}:\n{screen}");
                if ascii {
                    let drawn = screen
                        .chars()
                        .find(|c| ('\u{2500}'..'\u{2600}').contains(c));
                    assert_eq!(drawn, None, "after {keys}:\n{screen}");
                }
            }
            learner.resizes(59, 16).sees(if lang == Lang::Zh {
                "太小"
            } else {
                "Too small"
            });
        }
    }
}

#[test]
fn keys_do_nothing_where_nothing_can_be_seen() {
    let mut learner = comes(Lang::En).with_terminal(120, 36).sits_down();
    learner.presses("r");
    let before = learner.screen();
    learner.resizes(40, 10).sees("Too small");
    learner.presses("Space 3 Space 3 x q").clicks(5, 9);
    learner.resizes(120, 36);
    assert_eq!(learner.screen(), before);
    assert!(learner.rows().is_empty());
    learner.resizes(40, 10).presses("C-c");
    assert!(learner.has_left());
}
