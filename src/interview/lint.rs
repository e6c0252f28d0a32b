use super::{Ask, Question, Questions, Runs};
use crate::{
    ids::Lang,
    notes::{Code, Course, Diagnostic, Library},
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

/// A lesson that is here, or one that a scenario goes ahead of.
fn is_lesson(question: &Question, library: &Library) -> bool {
    library.lesson(&question.lesson, Lang::Zh).is_some()
        || lessons_walked().contains(&question.lesson)
}
