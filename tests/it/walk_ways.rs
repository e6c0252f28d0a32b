//! The ways through a walkthrough: told, with gaps, and told by the learner.

use podlings::{
    history::{Event, Prediction},
    ids::Lang,
    tui::Opening,
    walkthrough::{Asked, Run, Way, find},
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

fn asked(scenario: &str, way: Way) -> Vec<Asked> {
    let scenario = find(scenario).expect("built in");
    Run::new(&scenario, scenario.seed(), false).asked_on(way)
}

fn answers(learner: &Learner) -> Vec<Prediction> {
    let rows = learner.rows().into_iter();
    rows.filter_map(|row| match row.event {
        Event::Prediction(prediction) => Some(prediction),
        _ => None,
    })
    .collect()
}

fn answer(learner: &mut Learner, asked: &Asked, rightly: bool) {
    let option = if rightly {
        asked.answer
    } else {
        (asked.answer + 1) % asked.options.len()
    };
    learner.presses(&(option + 1).to_string());
}

/// Goes to the end step by step, passing every question over.
fn hears_it_out(learner: &mut Learner) {
    let mut steps = 0;
    while !learner.screen().contains("The end") {
        learner.presses("Right");
        steps += 1;
        assert!(steps < 500, "{}", learner.screen());
    }
}

fn walked(learner: &Learner) -> Vec<Way> {
    let rows = learner.rows().into_iter();
    rows.filter_map(|row| match row.event {
        Event::Walked { scenario, way } if scenario == "rc-create" => Some(way),
        _ => None,
    })
    .collect()
}

#[test]
fn a_first_visit_is_told_and_once_it_was_told_to_its_end_the_gaps_are_offered() {
    let mut learner = at("rc-create", Lang::En).sits_down();
    learner
        .sees("Seven gates")
        .does_not_see("How to go through it");
    while !learner.screen().contains("First guess") {
        learner.presses("Right");
    }
    answer(&mut learner, &asked("rc-create", Way::Told)[0], true);
    learner.presses("q q q");
    // Whoever left in the middle is told it again, and may choose otherwise.
    let mut learner = learner.comes_back(std::time::Duration::from_secs(90_000));
    learner
        .sees("From kubectl to kubelet")
        .sees("predicted 1 of 1");
    learner.presses("w").sees("◐ predicted 1 of 1");
    learner.sees("Have it told      unfinished · predicted 1 of 1");
    learner.presses("Enter").sees("How to go through it");
    learner.presses("Enter").sees("step 0/");
    hears_it_out(&mut learner);
    assert_eq!(walked(&learner), [Way::Told]);
    learner.presses("q q q");
    let mut learner = learner.comes_back(std::time::Duration::from_secs(90_000));
    learner.presses("w").sees("✓ predicted 1 of 1");
    learner.sees("✓ Have it told      finished · predicted 1 of 1");
    learner.presses("Enter").sees("How to go through it");
    learner.presses("Enter").sees("step 0/").presses("Right");
    let first = &asked("rc-create", Way::Gaps)[0];
    learner.sees("Fill the gap").sees("____");
    answer(&mut learner, first, true);
    learner.sees("Right");
    let kept = answers(&learner).pop().expect("kept");
    assert_eq!((kept.prediction.as_str(), kept.right), ("gap:1", true));
    assert_eq!(kept.lesson.as_str(), "k14");
    assert_eq!(walked(&learner), [Way::Told]);
}

#[test]
fn a_story_heard_to_its_end_counts_though_nothing_was_answered_and_a_jump_there_does_not() {
    let mut learner = at("rc-create", Lang::En).sits_down();
    learner.presses("End").sees("The end");
    assert_eq!(walked(&learner), []);
    learner.presses("Home t");
    hears_it_out(&mut learner);
    assert_eq!(
        (walked(&learner), answers(&learner)),
        (vec![Way::Told], vec![])
    );
    // Once in a round.
    learner.presses("Left Right q w");
    assert_eq!(walked(&learner).len(), 1);
    learner.sees("✓ finished").presses("Enter");
    // It stands where it was left; another round is another walk.
    learner.sees("The end").presses("r");
    hears_it_out(&mut learner);
    assert_eq!(walked(&learner).len(), 2);
}

#[test]
fn a_recount_shows_only_what_was_told_and_says_at_the_end_how_it_went() {
    let links = asked("rc-create", Way::Recount);
    let mut learner = at("rc-create", Lang::En).sits_down();
    learner.presses("m 3").sees("From memory").sees("step 0/");
    // Nobody is on the map before they are told of.
    learner.sees("Empty so far");
    for part in ["kubectl", "etcd", "Scheduler", "node-1"] {
        assert!(!learner.screen().contains(&format!("{part} ─")), "{part}");
    }
    learner.sees("Tell it from the start");
    // Nothing shows what was not told.
    learner
        .presses("]")
        .sees("told from memory")
        .sees("step 0/");
    learner.presses("End").sees("step 0/");
    for (at, link) in links.iter().enumerate() {
        let right = at != 1 && at != 3;
        answer(&mut learner, link, right);
        learner.sees(if right { "Right" } else { "Not so. It is:" });
        if at == 1 {
            let wrong = (link.answer + 1) % link.options.len();
            let note = link.note(wrong, Lang::En).expect("explained");
            let begins: String = note.split(' ').take(3).collect::<Vec<_>>().join(" ");
            learner.sees(&begins);
            learner.resizes(80, 24).sees("Not so").resizes(120, 36);
        }
        learner.presses("Space");
        if at == 0 {
            learner.sees("Told so far").sees("step 1/");
            learner.sees("┌ kubectl ─").sees("┌ API Server ─");
            learner.does_not_see("┌ etcd").does_not_see("authz");
        }
    }
    let said = format!("Told {} of {} links", links.len() - 2, links.len());
    learner.sees(&said).sees("Look at these again");
    learner.sees(&links[1].options[links[1].answer].en[..20]);
    let kept = answers(&learner);
    assert_eq!(kept.len(), links.len());
    assert!(
        kept.iter()
            .all(|one| one.prediction.starts_with("recount:"))
    );
    assert_eq!(kept.iter().filter(|one| !one.right).count(), 2);
    assert_eq!(walked(&learner), [Way::Recount]);
    // And once more.
    learner.presses("r").sees("From memory").sees("step 0/");
}

#[test]
fn the_gaps_are_asked_in_order_though_predictions_are_off_and_the_end_tells() {
    let gaps = asked("scale", Way::Gaps);
    let mut learner = at("scale", Lang::Zh).with_terminal(80, 24).sits_down();
    learner.presses("t m 2");
    for gap in &gaps {
        let mut steps = 0;
        while !learner.screen().contains("补上空缺") {
            learner.presses("Right");
            steps += 1;
            assert!(steps < 500, "{}", learner.screen());
        }
        answer(&mut learner, gap, true);
        learner.presses("Space");
    }
    learner.presses("End");
    learner.sees(&format!("填对 {0} / {0} 处", gaps.len()));
    assert_eq!(answers(&learner).len(), gaps.len());
}

#[test]
fn the_choice_can_be_clicked_left_and_drawn_at_any_size() {
    for (width, height) in [(120, 36), (80, 24), (60, 16), (20, 5)] {
        let mut learner = at("rc-create", Lang::En)
            .with_terminal(width, height)
            .sits_down();
        learner.presses("m Down Down Up Esc m");
        if width >= 60 {
            learner.clicks_on("Tell it yourself").sees("From memory");
        }
        learner
            .resizes(100, 30)
            .presses("1 Space 2")
            .resizes(60, 16);
    }
}

#[test]
fn the_end_offers_cards_and_a_component_its_lesson_or_says_that_they_are_not_there() {
    let mut learner = at("list-watch", Lang::En).sits_down();
    learner.presses("End").sees("The end");
    let lesson = find("list-watch").expect("built in").lesson.clone();
    let has_cards = learner
        .app()
        .shared()
        .library
        .cards_of(&lesson, Lang::En)
        .next()
        .is_some();
    learner.presses("s");
    if has_cards {
        learner.sees("Space");
    } else {
        learner.sees(&format!("lesson {lesson} is not in your library"));
    }
}

#[test]
fn a_branch_asks_nothing_under_the_names_of_the_storys_gaps() {
    let mut learner = at("scale", Lang::En).sits_down();
    learner.presses("m 2 Right");
    while !learner.screen().contains("Fill the gap") {
        learner.presses("Right");
    }
    learner.presses("Right :");
    learner
        .types("cordon node-1")
        .presses("Enter")
        .sees("Branch 2");
    for _ in 0..120 {
        learner.presses("Right").does_not_see("____");
    }
    assert_eq!(answers(&learner), []);
}

#[test]
fn the_ways_look_as_they_looked() {
    for lang in Lang::ALL {
        for (width, height) in [(120, 36), (80, 24)] {
            let mut learner = at("rc-create", lang)
                .with_terminal(width, height)
                .sits_down();
            let mut pages = String::new();
            let mut look = |learner: &Learner| {
                pages.push_str(&learner.screen());
                pages.push_str("\n\u{c}\n");
            };
            learner.presses("m");
            look(&learner);
            for (key, way) in [("1", Way::Told), ("2", Way::Gaps), ("3", Way::Recount)] {
                let asked = asked("rc-create", way);
                learner.presses(key);
                look(&learner);
                for (at, asked) in asked.iter().take(3).enumerate() {
                    let title = match way {
                        Way::Told => ["先猜", "First guess"],
                        Way::Gaps => ["补上空缺", "Fill the gap"],
                        Way::Recount => ["凭记忆讲", "From memory"],
                    };
                    let mut steps = 0;
                    while !title.iter().any(|title| learner.screen().contains(title)) {
                        learner.presses("Right");
                        steps += 1;
                        assert!(steps < 300, "{}", learner.screen());
                    }
                    if (at == 0) != (way == Way::Recount) {
                        look(&learner);
                    }
                    answer(&mut learner, asked, at != 1);
                    if at == 1 {
                        look(&learner);
                    }
                    learner.presses("Space");
                    // Where it plays on after the answer, it waits here.
                    learner.presses("Left Right");
                }
                learner.presses("m");
            }
            let name = format!("ways.{}.{width}x{height}.txt", lang.code());
            golden::holds("screens", &name, &pages);
        }
    }
}

#[test]
fn a_recount_in_a_terminal_begins_with_an_empty_map_and_fills_it() {
    let links = asked("scale", Way::Recount);
    let home = Home::new();
    let mut pty = Pty::start(&home, &["walk", "scale", "--lang", "en"], &[]);
    pty.sees("Chapter 1").types("m").sees("Tell it yourself");
    pty.types("3").sees("From memory");
    assert!(!pty.screen().contains("┌ etcd"), "{}", pty.screen());
    for (at, link) in links.iter().enumerate() {
        let wrongly = usize::from(at == 2);
        let option = (link.answer + wrongly) % link.options.len();
        pty.types(&(option + 1).to_string());
        pty.sees(if wrongly == 1 { "Not so" } else { "Right" });
        pty.types(" ");
        if at + 1 < links.len() {
            pty.sees("From memory")
                .sees(&format!("step {}/", link.before.0));
        }
    }
    let said = format!("Told {} of {} links", links.len() - 1, links.len());
    pty.sees(&said).types("\u{3}");
    pty.ends();
    let file = home.path().join("log.jsonl");
    let file = file.to_str().expect("a path");
    home.run(&["log", "export", file]).result();
    let rows = std::fs::read_to_string(file).expect("written");
    let kept = |what: &str| rows.matches(what).count();
    assert_eq!(kept("\"kind\":\"prediction\""), links.len());
    assert_eq!(kept("\"right\":false"), 1);
    assert_eq!(
        kept("\"kind\":\"walked\",\"scenario\":\"scale\",\"way\":\"recount\""),
        1
    );
}
