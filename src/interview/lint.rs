use super::{Ask, Question, Questions, Runs, Stock, available};
use crate::{
    history::{Blueprint, Preset},
    ids::Lang,
    notes::{Code, Course, Diagnostic, Library, Severity},
    walkthrough::lessons_walked,
};

/// What does not hold of these questions beside this library: cards, lessons and domains that are not
/// there, a prediction that is never asked. Each scenario asked about is played.
pub fn lint(questions: &Questions, library: &Library) -> Vec<Diagnostic> {
    let domains = Course::built_in().domains;
    let mut runs = Runs::default();
    let mut found = Vec::new();
    for (question, place) in questions.placed() {
        let mut say = |what: String, help: &str| {
            let message = format!("question \"{}\": {what}", question.id);
            found.push(place.error(Code::Question, message, help));
        };
        if !is_lesson(question, library) {
            say(
                format!("there is no lesson \"{}\"", question.lesson),
                "`podlings notes list` shows them all.",
            );
        }
        if !domains.contains(&question.domain) {
            say(
                format!("there is no domain \"{}\"", question.domain),
                &format!("The domains are {}.", domains.join(", ")),
            );
        }
        for card in &question.cards {
            if library.card(card, Lang::Zh).is_none() {
                say(
                    format!("there is no card \"{card}\""),
                    "`podlings notes list` shows them all.",
                );
            }
        }
        if let Ask::Predict(_) = question.ask {
            let mut settled = Question::clone(question);
            if let Err(problem) = settled.settle(&mut runs) {
                say(
                    problem.to_string(),
                    "Play it with `podlings walk SCENARIO --print`.",
                );
            }
        }
    }
    found
}

/// Interviews that are offered and that these questions cannot fill: they are held with fewer.
pub fn lint_blueprints(questions: &Questions, library: &Library) -> Vec<Diagnostic> {
    let course = Course::built_in();
    let stock = Stock {
        questions,
        library,
        course: &course,
        wrong: &[],
        lang: Lang::Zh,
    };
    let profiles = course.profiles.iter().map(|profile| Some(&profile.id));
    let mut found = Vec::new();
    for profile in std::iter::once(None).chain(profiles) {
        for preset in [Preset::Quick, Preset::Mock, Preset::Full] {
            let blueprint = Blueprint {
                profile: profile.cloned(),
                ..Blueprint::of(preset)
            };
            let there_are = available(&blueprint, &stock);
            if there_are < blueprint.count as usize {
                found.push(too_few(&blueprint, there_are));
            }
        }
    }
    found
}

fn too_few(blueprint: &Blueprint, there_are: usize) -> Diagnostic {
    let of = blueprint.profile.as_deref().unwrap_or("any");
    let count = blueprint.count;
    Diagnostic {
        severity: Severity::Warning,
        code: Code::Question,
        file: "course.toml".into(),
        line: 0,
        column: 0,
        message: format!("profile {of}: {there_are} questions for an interview of {count}"),
        help: "Write more questions of its domains; until then it is held with fewer.".to_owned(),
    }
}

/// A lesson that is here, or one that a scenario goes ahead of.
fn is_lesson(question: &Question, library: &Library) -> bool {
    library.lesson(&question.lesson, Lang::Zh).is_some()
        || lessons_walked().contains(&question.lesson)
}
