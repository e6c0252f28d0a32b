use std::{path::Path, rc::Rc};

use super::{Run, Scenario, built_in};
use crate::{
    ids::Lang,
    notes::{Code, Diagnostic, Library, Severity},
};

/// Whether a file is a scenario by its place: TOML in a folder named `scenarios`.
pub fn is_scenario(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    folder.is_some_and(|folder| folder == "scenarios")
        && path
            .extension()
            .is_some_and(|extension| extension == "toml")
}

/// Reads and plays a scenario file, and says what does not hold; its cards are looked for in the library.
pub fn lint_text(file: &str, text: &str, library: &Library) -> Vec<Diagnostic> {
    match Scenario::parse(text) {
        Ok(scenario) => {
            let mut found = lint_cards(file, &scenario, library);
            found.extend(lint(file, &Rc::new(scenario)));
            found
        }
        Err(error) => vec![diagnostic(
            file,
            error.line,
            error.message,
            "The format is described in docs/scenario-format.md.",
        )],
    }
}

/// Plays the built-in scenarios, and says what does not hold of them; their lessons and cards are looked
/// for in the library.
pub fn lint_built_in(library: &Library) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for scenario in built_in() {
        let file = format!("scenarios/{}.toml", scenario.id);
        let lesson = &scenario.lesson;
        if !library.lessons().iter().any(|one| one.id == *lesson) {
            found.push(diagnostic(
                &file,
                0,
                format!("there is no lesson \"{lesson}\""),
                "Name the lesson the story belongs to; `podlings notes list` shows them.",
            ));
        }
        found.extend(lint_cards(&file, &scenario, library));
        found.extend(lint(&file, &scenario));
    }
    found
}

/// The cards its predictions name that are not in the library, in whichever language.
fn lint_cards(file: &str, scenario: &Scenario, library: &Library) -> Vec<Diagnostic> {
    let is_known = |card| {
        let mut langs = [Lang::Zh, Lang::En].into_iter();
        langs.any(|lang| library.card(card, lang).is_some())
    };
    let mut found = Vec::new();
    for prediction in &scenario.predictions {
        for card in prediction.cards.iter().filter(|card| !is_known(card)) {
            found.push(diagnostic(
                file,
                0,
                format!(
                    "prediction \"{}\": there is no card \"{card}\"",
                    prediction.id
                ),
                "Name cards as `podlings notes list --format json` does.",
            ));
        }
    }
    found
}

/// Plays a scenario, and says what does not hold of it: a match that never happens, a prediction without
/// a choice, an expectation that fails.
pub fn lint(file: &str, scenario: &Rc<Scenario>) -> Vec<Diagnostic> {
    let run = Run::new(scenario, scenario.seed(), false);
    let mut found = Vec::new();
    let mut say = |message: String, help: &str| found.push(diagnostic(file, 0, message, help));
    for error in run.errors() {
        say(
            error.to_string(),
            "Play it with `podlings walk FILE --print`.",
        );
    }
    for (chapter, start) in scenario.chapters.iter().zip(run.chapters()) {
        if start.is_none() {
            say(
                format!("chapter \"{}\" never begins", chapter.id),
                "Its match must happen after the chapter before it.",
            );
        }
    }
    let asked = run.predictions();
    for prediction in &scenario.predictions {
        if !asked.iter().any(|one| one.id == prediction.id) {
            say(
                format!("prediction \"{}\" is never asked", prediction.id),
                "Its match must happen, and the run must offer two options or more.",
            );
        }
    }
    for unmet in run.unmet() {
        say(unmet.to_string(), "Mend the scenario, or what it expects.");
    }
    found
}

fn diagnostic(file: &str, line: u32, message: String, help: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: Code::Scenario,
        file: file.into(),
        line,
        column: 0,
        message,
        help: help.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walkthrough::{Titles, built_in};

    #[test]
    fn the_built_in_scenarios_are_the_eleven_and_hold() {
        let ids: Vec<String> = built_in().iter().map(|one| one.id.clone()).collect();
        let expected = [
            "rc-create",
            "service-create",
            "self-healing",
            "scale",
            "rolling-update",
            "scheduling",
            "crash-loop",
            "image-pull",
            "api-gates",
            "list-watch",
            "scheduler-off",
        ];
        assert_eq!(ids, expected);
        for scenario in built_in() {
            assert_eq!(lint(&scenario.id, &scenario), [], "{}", scenario.id);
        }
    }

    #[test]
    fn the_built_in_scenarios_hold_with_other_seeds() {
        for scenario in built_in() {
            for seed in [2, 3] {
                let run = Run::new(&scenario, seed, false);
                let id = &scenario.id;
                assert_eq!(run.errors(), [], "{id} {seed}");
                assert_eq!(run.unmet(), [], "{id} {seed}");
                assert!(run.chapters().iter().all(Option::is_some), "{id} {seed}");
                let asked = run.predictions().len();
                assert_eq!(asked, scenario.predictions.len(), "{id} {seed}");
            }
        }
    }

    #[test]
    fn the_built_in_scenarios_say_everything_in_both_languages() {
        for scenario in built_in() {
            let chapters = scenario.chapters.iter();
            let chapters = chapters.flat_map(|one| [&one.title, &one.text]);
            let questions = scenario.predictions.iter();
            let questions = questions.flat_map(|one| [&one.prompt, &one.why]);
            let texts: Vec<&Titles> = chapters.chain(questions).chain([&scenario.title]).collect();
            for Titles { zh, en } in texts {
                assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{zh} {en}");
                assert!(en.is_ascii() || !en.chars().any(is_han), "{en}");
                // A title may be a word Kubernetes prints.
                assert!(zh.chars().any(is_han) || zh == en, "{zh}");
            }
            let (chapters, questions) = (scenario.chapters.len(), scenario.predictions.len());
            assert!((4..=8).contains(&chapters), "{} {chapters}", scenario.id);
            assert!((3..=6).contains(&questions), "{} {questions}", scenario.id);
        }
    }

    fn is_han(one: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&one)
    }

    #[test]
    fn the_example_in_the_description_of_the_format_holds() {
        let text = include_str!("../../docs/scenario-format.md");
        let example = text
            .split_once("```toml\n")
            .and_then(|(_, rest)| Some(rest.split_once("\n```")?.0))
            .expect("there is an example");
        assert_eq!(lint_text("example", example, &course()), []);
    }

    fn course() -> Library {
        crate::notes::disk::course(None)
    }

    #[test]
    fn the_built_in_scenarios_name_lessons_and_cards_that_exist() {
        assert_eq!(lint_built_in(&course()), []);
        let found = lint_built_in(&Library::default());
        let told: Vec<&str> = found.iter().map(|one| &*one.message).collect();
        assert!(told.contains(&"there is no lesson \"k14\""), "{told:?}");
        for scenario in built_in() {
            assert_eq!(lint_cards("x", &scenario, &course()), []);
            // Whoever is wrong is offered what they did not know, and not the whole lesson.
            let mut asked = scenario.predictions.iter();
            let without = asked.find(|one| one.cards.is_empty());
            assert_eq!(without.map(|one| &one.id), None, "{}", scenario.id);
        }
    }

    #[test]
    fn a_card_that_is_not_in_the_library_is_told() {
        let text = include_str!("../../content/scenarios/rc-create.toml");
        let named = text.replacen("\"k14.who-creates-pods\"", "\"k14-x\"", 1);
        let found = lint_text("own.toml", &named, &course());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains("there is no card \"k14-x\""));
        assert_eq!(found[0].severity, Severity::Error);
    }
}
