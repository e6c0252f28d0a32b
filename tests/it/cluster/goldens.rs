use std::fmt::Write;

use podlings::{
    ids::Lang,
    locale::Locale,
    walkthrough::{Run, built_in, story},
};

use crate::golden;

/// Each scenario's run, a line a step, as it is kept in `tests/golden/walk/`.
#[test]
fn every_scenario_goes_as_it_went() {
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        let mut text = String::new();
        for step in run.steps() {
            let _ = writeln!(
                text,
                "{} {} {} {} > {} {} {}/{}{}{} {} {} <{} {} {}",
                step.id.0,
                step.at.millis(),
                step.kind.as_str(),
                step.from,
                step.to,
                step.verb,
                step.resource,
                step.name,
                if step.subresource.is_empty() { "" } else { "/" },
                step.subresource,
                step.code,
                step.revision,
                step.cause.0,
                step.reason,
                step.message,
            );
        }
        golden::holds("walk", &format!("{}.steps", scenario.id), &text);
    }
}

/// An answer is computed, its reason is written: here they stand side by side, and neither changes unseen.
#[test]
fn every_prediction_has_the_answer_its_reason_gives() {
    let mut text = String::new();
    for scenario in built_in() {
        let run = Run::new(&scenario, scenario.seed(), false);
        for asked in run.predictions() {
            let answer = &asked.options[asked.answer].en;
            let (id, why) = (&asked.id, &asked.why.en);
            let _ = writeln!(text, "{} {id}: {answer}\n    {why}", scenario.id);
        }
    }
    golden::holds("walk", "answers.txt", &text);
}

#[test]
fn the_two_flows_read_as_they_read() {
    for id in ["rc-create", "service-create"] {
        let scenario = built_in()
            .into_iter()
            .find(|it| it.id == id)
            .expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        for (lang, locale) in [(Lang::Zh, Locale::zh()), (Lang::En, Locale::en())] {
            golden::holds(
                "walk",
                &format!("{id}.{}.txt", lang.code()),
                &story(&run, lang, locale),
            );
        }
    }
}
