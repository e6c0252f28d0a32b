//! Looking around in a walkthrough: one node alone, why a step happened, branches, what is inside a part.

use std::time::Duration;

use podlings::{
    cluster::trace::{Actor, Step, StepId, StepKind},
    ids::Lang,
    tui::Opening,
    walkthrough::{Run, built_in, find},
};

use crate::{
    golden,
    learner::{Learner, comes},
    walk::lets_play,
};

fn sits_at(scenario: &str, lang: Lang, (width, height): (u16, u16)) -> Learner {
    comes(lang)
        .opening(Opening::Walk(find(scenario).expect("built in")))
        .with_terminal(width, height)
        .sits_down()
}

fn goes_to(learner: &mut Learner, step: usize) {
    learner
        .presses("g")
        .types(&step.to_string())
        .presses("Enter");
}

/// The first step like this.
fn step_of(scenario: &str, wanted: impl Fn(&Step) -> bool) -> usize {
    let run = Run::new(&find(scenario).expect("built in"), 1, false);
    let found = run.steps().iter().find(|step| wanted(step));
    found.expect("there is such a step").id.0 as usize
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_causes_of_a_step_are_a_list_that_ends_in_the_command() {
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    learner.presses("c").sees("the chain begins here");
    let sandbox = step_of("rc-create", |step| &*step.verb == "RunPodSandbox");
    let at = |step: usize| format!("step {step}/164");
    goes_to(&mut learner, sandbox);
    learner.presses("c").sees("Why this step happened");
    learner
        .sees("RunPodSandbox")
        .sees("picks a node for Pod")
        .sees("You typed kubectl create -f rc.yaml");
    learner.presses("Enter").sees(&at(sandbox - 1));
    learner.presses("c End Enter").sees("step 1/164");
    goes_to(&mut learner, sandbox);
    learner.presses("c c c").presses("Esc").sees(&at(sandbox));
    learner.presses("Backspace").clicks_on("You typed");
    learner.does_not_see("Why this step happened");
}

/// From every step of every story the way back ends where something was done or a component began by itself.
#[test]
fn every_chain_of_causes_ends_in_a_command_a_fault_or_a_component() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        for step in run.steps() {
            let mut first = step;
            while first.cause != StepId::NONE {
                let cause = &run.steps()[first.cause.0 as usize - 1];
                assert!(cause.id < first.id, "{}: {first:?}", scenario.id);
                first = cause;
            }
            let begins = match first.kind {
                // A command of the script, or a component that starts or looks at its clock.
                StepKind::Request | StepKind::Decision | StepKind::Traffic => true,
                StepKind::Fault => true,
                StepKind::Event => first.from.to_string().contains('@'),
                _ => false,
            };
            assert!(begins, "{}: {step:?} goes back to {first:?}", scenario.id);
        }
    }
}

#[test]
fn one_node_alone_shows_what_is_in_it_and_the_map_comes_back() {
    for (size, lang, pause) in [
        ((120, 36), Lang::En, "holds the network namespace"),
        ((80, 24), Lang::Zh, "占住网络命名空间"),
        ((60, 16), Lang::En, "pause"),
    ] {
        let mut learner = sits_at("rc-create", lang, size);
        learner.presses("End");
        let before = learner.screen();
        learner
            .presses("z")
            .sees(pause)
            .sees("containerd")
            .sees("10.244.");
        learner.does_not_see("kubectl ─");
        let zoomed = learner.screen();
        learner.presses("#");
        assert_eq!(learner.screen(), before);
        learner.presses("z");
        assert_eq!(learner.screen(), zoomed);
    }
}

#[test]
fn a_node_clicked_twice_is_opened() {
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    learner
        .presses("End")
        .clicks_on("┴ node-2")
        .sees("kubectl ─");
    learner.clicks_on("▸ node-2").does_not_see("kubectl ─");
    learner.does_not_see("node-1 ");
    learner.clicks_on("▸ node-2").sees("kubectl ─");
}

#[test]
fn a_branch_is_left_to_the_very_step_at_which_it_began() {
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    goes_to(&mut learner, 60);
    let before = learner.screen();
    learner
        .presses("!")
        .types("stop kube-scheduler")
        .presses("Enter");
    learner.sees("branch 2/2");
    lets_play(&mut learner, 5 * SECOND);
    learner
        .presses("b Home Enter")
        .sees("branch 1/2")
        .sees("step 60/164");
    learner
        .presses("b End x")
        .sees("once more deletes")
        .presses("x");
    learner.does_not_see("branch 1").sees("step 60/164");
    lets_play(&mut learner, 10 * SECOND);
    assert_eq!(learner.screen(), before);
}

#[test]
fn deleting_asks_first_and_takes_what_came_from_it() {
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    learner
        .presses("End :")
        .types("scale rc/web --replicas=1")
        .presses("Enter");
    lets_play(&mut learner, 2 * SECOND);
    learner
        .presses("Space End :")
        .types("scale rc/web --replicas=2")
        .presses("Enter");
    learner.sees("branch 3/3");
    learner.presses("Space b").sees("in branch 2 after step");
    // The story as it was written stays, and any other key is a no.
    learner.presses("Home x x").sees("The story as written");
    learner
        .presses("Down x")
        .sees("and the 1 that come from it");
    learner.presses("Down Up x").sees("once more").presses("x");
    learner.does_not_see("branch").sees("164/164");
}

#[test]
fn what_cannot_be_done_leaves_no_branch() {
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    for line in [
        "delete pod nope",
        "create -f rc.yaml",
        "scale rc/nope --replicas=2",
        "frobnicate",
    ] {
        learner.presses("End :").types(line).presses("Enter");
        learner.does_not_see("branch 2").presses("Esc");
    }
    learner
        .presses(":")
        .types("delete pod nope")
        .presses("Enter");
    learner.sees("pods \"nope\" not found").presses("Esc");
    learner.presses("! Enter").sees("branch 2/2");
}

/// Keys go through every page of every component; what it holds is seen.
#[test]
fn every_page_of_every_part_is_filled() {
    for (size, lang) in [
        ((120, 36), Lang::Zh),
        ((120, 36), Lang::En),
        ((80, 24), Lang::Zh),
        ((60, 16), Lang::En),
    ] {
        let mut learner = sits_at("service-create", lang, size);
        goes_to(&mut learner, 150);
        let mut pages = String::new();
        learner.presses("Tab Enter");
        for _ in 0..5 {
            all_pages(&mut learner, &mut pages);
        }
        // The first node with its parts and its Pod.
        for _ in 0..5 {
            all_pages(&mut learner, &mut pages);
        }
        let name = format!("inspector.{}.{}x{}.txt", lang.code(), size.0, size.1);
        golden::holds("screens", &name, &pages);
    }
}

/// The pages of the part that is looked into; then the next part.
fn all_pages(learner: &mut Learner, pages: &mut String) {
    let first = learner.screen();
    loop {
        pages.push_str(&learner.screen());
        pages.push_str("\n\u{c}\n");
        learner.presses(">");
        if learner.screen() == first {
            break;
        }
    }
    learner.presses("Tab");
}

#[test]
fn the_schedulers_table_says_who_won_and_by_what() {
    let decides = |step: &Step| step.kind == StepKind::Decision && step.from == Actor::Scheduler;
    let mut learner = sits_at("rc-create", Lang::En, (120, 36));
    goes_to(&mut learner, step_of("rc-create", decides));
    learner
        .presses("Tab Tab Tab Tab Tab Enter")
        .sees("kube-scheduler");
    learner.sees("node-3").sees("597").sees("TaintToleration");
    let refused = |step: &Step| decides(step) && step.message.starts_with("0/");
    let mut learner = sits_at("scheduling", Lang::En, (120, 36));
    goes_to(&mut learner, step_of("scheduling", refused));
    learner
        .presses("Tab Tab Tab Tab Tab Enter")
        .sees("nodes are available");
    learner.sees("verdict").sees("untolerated taint");
}

#[test]
fn nothing_wakes_a_paused_story_whatever_is_open() {
    let mut learner = sits_at("service-create", Lang::En, (200, 60));
    goes_to(&mut learner, 140);
    for keys in [
        "z",
        "z",
        "Tab Enter",
        ">",
        "Esc",
        "c",
        "Esc",
        "b",
        "Esc",
        "!",
        "Esc",
        ":",
        "Esc",
    ] {
        learner.presses(keys);
        assert_eq!(learner.app().next_wake(learner.now()), None, "{keys}");
    }
}
