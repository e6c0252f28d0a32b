//! Walkthroughs from keys to screen.

use std::time::Duration;

use podlings::{
    history::Event,
    ids::Lang,
    tui::{Msg, Opening},
    walkthrough::{Asked, Run, find},
};

use crate::{
    golden,
    learner::{Coming, Learner, comes},
    program::Home,
    pty::Pty,
};

fn at(scenario: &str, lang: Lang) -> Coming {
    comes(lang).opening(Opening::Walk(find(scenario).expect("built in")))
}

fn sits_at(scenario: &str) -> Learner {
    at(scenario, Lang::En).sits_down()
}

/// Lets time pass as the loop would: it sleeps until the app wants to be woken. Returns how often it
/// was woken.
pub(crate) fn lets_play(learner: &mut Learner, time: Duration) -> usize {
    let until = learner.now().mono + time;
    let mut woken = 0;
    while let Some(at) = learner.app().next_wake(learner.now()) {
        if at > until {
            break;
        }
        let nap = at.saturating_sub(learner.now().mono);
        learner.passes(nap).gets(Msg::Wake);
        woken += 1;
        assert!(woken < 100_000, "it never sleeps");
    }
    let rest = until.saturating_sub(learner.now().mono);
    learner.passes(rest).gets(Msg::Wake);
    woken
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_stories_are_one_key_from_home_and_each_opens() {
    let mut learner = comes(Lang::En).sits_down();
    learner.presses("w").sees("Walkthroughs").sees("164 steps");
    learner.sees("The controller works out the difference");
    learner
        .presses("Down Enter")
        .sees("A Service:")
        .sees("step 0/");
    learner.presses("Esc Up Enter").sees("Seven gates");
    let mut learner = comes(Lang::Zh).sits_down();
    learner.presses("F2").types("演练").presses("Enter");
    learner.sees("从 kubectl 到 kubelet");
}

#[test]
fn space_plays_to_the_first_question_and_the_story_says_what_happened_and_why() {
    let mut learner = sits_at("rc-create");
    learner.sees("Chapter 1/8: Seven gates").sees("step 0/164");
    learner.presses("Space").sees("▶ 1x");
    lets_play(&mut learner, SECOND);
    learner.sees("What happened").sees("(step 1)");
    lets_play(&mut learner, 30 * SECOND);
    learner
        .sees("First guess")
        .sees("Once the RC is in etcd, who");
    learner.presses("Right Space");
    lets_play(&mut learner, 30 * SECOND);
    // A chapter that begins is read first.
    learner.sees("Chapter 3/8: The controller").sees("‖ 1x");
}

#[test]
fn nothing_wakes_it_while_it_waits_and_at_most_thirty_times_a_second_while_it_plays() {
    let mut learner = sits_at("rc-create");
    assert_eq!(learner.app().next_wake(learner.now()), None);
    learner.presses("Space");
    let woken = lets_play(&mut learner, 2 * SECOND);
    assert!(woken > 10 && woken <= 62, "{woken}");
    learner.presses("Space").sees("‖ 1x");
    lets_play(&mut learner, SECOND);
    assert_eq!(learner.app().next_wake(learner.now()), None);
    // A step by hand moves too, and comes to rest.
    learner.presses("Right");
    assert!(learner.app().next_wake(learner.now()).is_some());
    lets_play(&mut learner, 2 * SECOND);
    assert_eq!(learner.app().next_wake(learner.now()), None);
}

#[test]
fn with_reduced_motion_it_wakes_once_a_step() {
    let mut learner = at("rc-create", Lang::En)
        .changed(|shared| shared.reduced_motion = true)
        .sits_down();
    learner.presses("Right");
    assert_eq!(learner.app().next_wake(learner.now()), None);
    learner.presses("Space");
    let woken = lets_play(&mut learner, 2 * SECOND);
    assert!(woken <= 5, "{woken}");
}

#[test]
fn a_step_back_shows_exactly_what_was_there() {
    let mut learner = sits_at("rc-create");
    learner.presses("Right Right Right Right");
    lets_play(&mut learner, SECOND);
    let before = learner.screen();
    learner.presses("Right");
    lets_play(&mut learner, SECOND);
    assert_ne!(learner.screen(), before);
    learner.presses("Left");
    assert_eq!(learner.screen(), before);
    learner.presses("Home").sees("step 0/164");
    learner.presses("End").sees("step 164/164").sees("The end");
    learner
        .presses("g")
        .types("40")
        .presses("Enter")
        .sees("step 40/164");
    learner
        .presses("g")
        .types("r191")
        .presses("Enter")
        .sees("rev 191");
    learner
        .presses("g")
        .types("9999")
        .presses("Enter")
        .sees("There is no 9999");
    learner
        .presses("]")
        .sees("Chapter")
        .presses("[ [")
        .sees("Chapter");
}

#[test]
fn speed_goes_from_a_quarter_to_eight() {
    let mut learner = sits_at("rc-create");
    learner.presses("- - -").sees("0.25x");
    learner.presses("+ + + + + + +").sees("8x");
}

/// Goes on by hand up to the first question.
fn to_the_question(learner: &mut Learner) {
    for _ in 0..200 {
        if learner.screen().contains("First guess") {
            return;
        }
        learner.presses("Right");
    }
    panic!("nothing was asked");
}

fn first_question() -> Asked {
    let run = Run::new(&find("rc-create").expect("built in"), 1, false);
    let asked = run.predictions().into_iter();
    asked.min_by_key(|asked| asked.before).expect("a question")
}

#[test]
fn a_guess_is_kept_explained_and_then_shown() {
    let mut learner = sits_at("rc-create");
    to_the_question(&mut learner);
    learner.sees("creates the Pod objects?");
    let asked = first_question();
    let right = (asked.answer + 1).to_string();
    learner
        .presses(&right)
        .sees("Right")
        .sees("found three missing");
    let rows = learner.rows();
    let Event::Prediction(prediction) = &rows.last().expect("a row").event else {
        panic!("{rows:?}");
    };
    assert!(prediction.right);
    assert_eq!(prediction.prediction, asked.id);
    assert_eq!(prediction.lesson, "k14".into());
    assert!(prediction.duration_ms >= 2_000);
    learner.presses("Space").does_not_see("First guess");
    learner.sees(&format!("step {}/164", asked.before.0));
    // It is not asked again in this round, nor after another visit.
    learner.presses("Left Right").does_not_see("First guess");
}

#[test]
fn a_wrong_guess_says_what_is_right_and_the_end_lists_it() {
    let mut learner = sits_at("rc-create");
    to_the_question(&mut learner);
    let asked = first_question();
    let wrong = (1..=asked.options.len())
        .find(|at| at - 1 != asked.answer)
        .expect("an option");
    learner.presses(&wrong.to_string()).sees("Not so. It is:");
    learner.presses("Enter End").sees("Predicted 0 of 1");
    learner.sees("Not predicted").sees("Once the RC is in etcd");
    learner.presses("r").sees("step 0/164");
    to_the_question(&mut learner);
}

#[test]
fn questions_can_be_passed_clicked_and_turned_off_for_good() {
    let mut learner = sits_at("rc-create");
    to_the_question(&mut learner);
    let before = learner.rows().len();
    learner.presses("Right").does_not_see("First guess");
    assert_eq!(learner.rows().len(), before);
    learner.presses("r");
    to_the_question(&mut learner);
    learner.clicks_on("3  kube-scheduler");
    assert_eq!(learner.rows().len(), before + 1);
    learner.presses("r");
    to_the_question(&mut learner);
    learner
        .presses("t")
        .sees("The questions are off")
        .does_not_see("First guess");
    let mut learner = learner.comes_back(SECOND);
    assert!(!learner.app().shared().predictions);
    learner.presses("w");
}

#[test]
fn a_command_branches_the_story_and_branches_are_listed_compared_and_left() {
    let mut learner = sits_at("rc-create");
    learner.presses("End :").sees("At step 164, run");
    learner.types("scale rc/web --replicas=1").presses("Enter");
    learner.sees("branch 2/2").sees("▶ 1x");
    lets_play(&mut learner, 120 * SECOND);
    learner
        .presses("b")
        .sees("The story as written")
        .sees("after step 164");
    learner
        .presses("Home c")
        .sees("At the same moment")
        .sees("spec.replicas");
    learner.sees("only there");
    learner
        .presses("Esc b Home Enter")
        .sees("Playing: 1  The story as written");
    learner.sees("branch 1/2");
    learner.presses(": Up Enter").sees("branch 3/3");
}

#[test]
fn a_command_that_only_looks_is_answered_at_once() {
    let mut learner = sits_at("rc-create");
    learner
        .presses("End :")
        .types("get po")
        .presses("Tab Enter");
    learner.sees("READY").sees("Running").does_not_see("branch");
    learner.presses("Esc :").types("nonsense").presses("Enter");
    learner.sees("unknown command");
    // A whole command typed after the `kubectl` that stands there is meant as it is.
    learner
        .presses("Esc :")
        .types("kubectl get po")
        .presses("Enter");
    learner.sees("READY").does_not_see("unknown command");
}

#[test]
fn a_fault_branches_the_story() {
    let mut learner = sits_at("rc-create");
    learner
        .presses("g")
        .types("60")
        .presses("Enter !")
        .sees("stop kube-scheduler");
    learner.types("cut node-2").presses("Enter");
    learner.sees("branch 2/2").sees("cut node-2");
    lets_play(&mut learner, 2 * SECOND);
    learner.sees("step 6");
}

#[test]
fn a_resize_in_mid_flight_and_a_return_keep_the_place() {
    let mut learner = sits_at("rc-create");
    learner.presses("Space");
    lets_play(&mut learner, Duration::from_millis(600));
    for (width, height) in [(80, 24), (60, 16), (200, 60), (30, 5), (1, 1), (120, 36)] {
        learner.resizes(width, height);
        lets_play(&mut learner, Duration::from_millis(50));
    }
    learner.presses("Space");
    lets_play(&mut learner, SECOND);
    let place = learner.screen();
    learner.presses("Esc Enter");
    assert_eq!(learner.screen(), place);
}

#[test]
fn every_key_at_every_size_draws_something() {
    for (width, height) in [(60, 16), (80, 24), (100, 20), (130, 40)] {
        let mut learner = at("service-create", Lang::Zh)
            .with_terminal(width, height)
            .sits_down();
        for keys in [
            "Right Tab Enter > < Tab Esc",
            "g 5 Enter v v Up Down PageUp PageDown",
            "! Esc : Esc b Esc ? Esc",
            "] ] [ c c + - t t o",
            "End r",
        ] {
            learner.presses(keys);
            assert!(learner.screen().lines().count() > 3);
        }
    }
}

#[test]
fn a_lesson_leads_to_its_walkthrough_and_back() {
    let mut learner = comes(Lang::En)
        .with_notes("---\nid: k14\n---\n# The whole flow\n\nText.\n")
        .opening(Opening::Lesson("k14".into()))
        .sits_down();
    learner.presses("w").sees("Seven gates").sees("step 0/164");
    learner.presses("o").sees("The whole flow");
    let mut learner = comes(Lang::En)
        .opening(Opening::Lesson("d01".into()))
        .sits_down();
    learner.presses("w").sees("This lesson has no walkthrough");
}

#[test]
fn a_link_in_a_lesson_leads_to_a_chapter_by_key_and_by_mouse() {
    const NOTES: &str = "# Placing Pods\n\nRead, then look.\n\n[See a node chosen](walk:rc-create#scheduler)\n\n\
                         It is also in [the sandbox](walk:rc-create#sandbox), or [nowhere](walk:rc-create#never).\n";
    let mut learner = comes(Lang::En)
        .with_notes(NOTES)
        .opening(Opening::Lesson("placing-pods".into()))
        .sits_down();
    learner.sees("Walkthrough: See a node chosen ▸");
    learner.sees("the sandbox ▸").does_not_see("walk:");
    learner.presses("w").sees("Chapter 5/8: A node is chosen");
    learner.presses("Esc").sees("Read, then look.");
    learner.presses(". w").sees("Chapter 6/8");
    learner.presses("Esc").clicks_on("a node chosen");
    learner.sees("Chapter 5/8").presses("Esc");
    learner.presses(". . w").sees("no chapter \"never\"");
    learner.presses(", , w").sees("Chapter 5/8");
}

#[test]
fn a_link_to_a_walkthrough_that_is_not_there_is_told_with_its_line() {
    let home = Home::new();
    home.file(
        "notes.md",
        "# A\n\nfine [x](walk:rc-create),\nnot [y](walk:rc-create#yes)\n\n- [z](walk:no)\n",
    );
    let text = home.run(&["notes", "check", "notes.md"]).result();
    assert!(text.contains(":4: warning[walk-link]"), "{text}");
    assert!(text.contains("gates, etcd"), "{text}");
    assert!(text.contains(":6: warning[walk-link]"), "{text}");
    assert!(text.contains("0 errors, 2 warnings"), "{text}");
    let told = home
        .run(&["--notes", "notes.md", "learn", "a", "--plain"])
        .result();
    assert!(told.contains("x (podlings walk rc-create)"), "{told}");
    home.run(&["walk", "rc-create#yes"]).failed(1, "no chapter");
}

#[test]
fn the_timeline_can_be_clicked() {
    let mut learner = sits_at("rc-create");
    learner.clicks(40, 33).does_not_see("step 0/164");
}

#[test]
fn the_chapters_look_as_they_looked() {
    for scenario in ["rc-create", "service-create"] {
        for lang in Lang::ALL {
            for (width, height) in [(120, 36), (80, 24)] {
                let mut learner = at(scenario, lang).with_terminal(width, height).sits_down();
                let chapters = find(scenario).expect("built in").chapters.len();
                let mut pages = String::new();
                for _ in 0..chapters {
                    learner.presses("]");
                    pages.push_str(&learner.screen());
                    pages.push_str("\n\u{c}\n");
                }
                let name = format!("walk-{scenario}.{}.{width}x{height}.txt", lang.code());
                golden::holds("screens", &name, &pages);
            }
        }
    }
}

#[test]
fn walk_opens_in_a_terminal_prints_in_a_pipe_and_says_what_is_wrong() {
    let home = Home::new();
    let mut pty = Pty::start(&home, &["walk", "rc-create", "--lang", "en"], &[]);
    pty.sees("Seven gates")
        .types(" ")
        .sees("▶ 1x")
        .sees("What happened");
    pty.types(" ")
        .sees("‖ 1x")
        .types("q")
        .sees("Walkthroughs")
        .types("\u{3}");
    home.run(&["walk"]).failed(1, "needs a terminal");
    home.run(&["walk", "nowhere"])
        .failed(1, "there is no scenario");
    let told = home.run(&["walk", "rc-create", "--plain"]).result();
    assert!(told.contains("── Seven gates"), "{told}");
    assert!(
        home.run(&["walk", "--plain"])
            .result()
            .contains("rc-create")
    );
}
