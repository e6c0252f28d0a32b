//! The ways through a walkthrough: told, with gaps, and told by the learner.

use podlings::{
    history::{Event, Prediction},
    ids::Lang,
    tui::Opening,
    walkthrough::{Asked, Run, Way, find},
};

use crate::learner::{Coming, Learner, comes};

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

#[test]
fn a_first_visit_is_told_and_a_later_one_offers_the_gaps() {
    let mut learner = at("rc-create", Lang::En).sits_down();
    learner
        .sees("Three gates")
        .does_not_see("How to go through it");
    while !learner.screen().contains("First guess") {
        learner.presses("Right");
    }
    answer(&mut learner, &asked("rc-create", Way::Told)[0], true);
    learner.presses("q q q");
    let mut learner = learner.comes_back(std::time::Duration::from_secs(90_000));
    learner
        .sees("From kubectl to kubelet")
        .sees("predicted 1 of 1");
    learner
        .presses("w")
        .sees("predicted 1 of 1")
        .presses("Enter");
    learner.sees("How to go through it").sees("Fill the gaps");
    learner.presses("Enter").sees("step 0/").presses("Right");
    let first = &asked("rc-create", Way::Gaps)[0];
    learner.sees("Fill the gap").sees("____");
    answer(&mut learner, first, true);
    learner.sees("Right");
    let kept = answers(&learner).pop().expect("kept");
    assert_eq!((kept.prediction.as_str(), kept.right), ("gap:1", true));
    assert_eq!(kept.lesson.as_str(), "k14");
}

#[test]
fn a_recount_shows_only_what_was_told_and_says_at_the_end_how_it_went() {
    let links = asked("rc-create", Way::Recount);
    let mut learner = at("rc-create", Lang::En).sits_down();
    learner.presses("m 3").sees("From memory").sees("step 0/");
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
