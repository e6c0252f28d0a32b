//! What is written down when an interview is over.

use std::time::Duration;

use super::{Item, MARKING, Marked, Paper, Question, Sheet, mark, mark_follow_up};
use crate::{
    history::{Answer, Attempt, Break, Confirmed, End, Event, FollowUp, Given},
    ids::{CardId, PointId},
};

/// Marks an answer and what was answered to its follow-up question.
pub fn mark_all(question: &Question, given: &Given, follow_up: Option<&FollowUp>) -> Marked {
    let marked = mark(question, given);
    match follow_up.and_then(|follow_up| mark_follow_up(question, follow_up)) {
        // What is said when asked adds to an answer; it takes nothing away.
        Some(point) if point.met => marked.with(question, &point),
        _ => marked,
    }
}

/// What an answer is worth with the learner's word on its points.
pub fn confirmed(question: &Question, marked: &Marked, points: &[PointId]) -> Confirmed {
    let confirmed = marked.confirmed(question, points);
    Confirmed {
        points: points.to_vec(),
        credit: confirmed.credit,
        right: confirmed.is_right(),
    }
}

/// The interview's row, and one for each question.
pub(super) fn paper_rows(
    paper: &Paper,
    sheets: &[Sheet],
    breaks: &[Break],
    (end, spent): (End, Duration),
) -> Vec<Event> {
    let attempt = Attempt {
        attempt: paper.attempt.clone(),
        blueprint: paper.blueprint.clone(),
        seed: paper.seed,
        lang: paper.lang,
        marking: MARKING,
        started_ms: paper.started_ms,
        spent_ms: u64::try_from(spent.as_millis()).unwrap_or(u64::MAX),
        end,
        questions: u32::try_from(paper.items.len()).unwrap_or(u32::MAX),
        breaks: breaks.to_vec(),
    };
    let answers = paper.items.iter().zip(sheets).zip(1..);
    let answers = answers
        .map(|((item, sheet), number)| Event::Answer(Box::new(answer(paper, item, sheet, number))));
    std::iter::once(Event::Attempt(Box::new(attempt)))
        .chain(answers)
        .collect()
}

fn answer(paper: &Paper, item: &Item, sheet: &Sheet, number: u32) -> Answer {
    let question = &item.question;
    let marked = mark_all(question, &sheet.given, sheet.follow_up.as_ref());
    let confirmed = sheet
        .confirmed
        .as_ref()
        .map(|points| confirmed(question, &marked, points));
    let mut answer = Answer {
        attempt: paper.attempt.clone(),
        number,
        question: question.id.clone(),
        asked: question.kind(),
        lesson: question.lesson.clone(),
        domain: question.domain.clone(),
        difficulty: question.difficulty,
        given: sheet.given.clone(),
        follow_up: sheet.follow_up.clone(),
        certainty: sheet.certainty,
        flagged: sheet.flagged,
        duration_ms: sheet.spent_ms,
        credit: marked.credit,
        right: marked.is_right(),
        confirmed,
        cards: Vec::new(),
        shown: item.shown.clone(),
        // A question is made of texts and numbers: it always can be written.
        stood: serde_json::to_value(question).unwrap_or_default(),
    };
    answer.cards = cards_to_study(&answer, question, paper.feeds_memory && sheet.seen);
    answer
}

/// The cards of a question that was answered wrong. One that was never seen says nothing of them.
fn cards_to_study(answer: &Answer, question: &Question, wanted: bool) -> Vec<CardId> {
    if wanted && !answer.is_right() {
        question.cards.clone()
    } else {
        Vec::new()
    }
}

impl Marked {
    /// The points that are met.
    pub fn met(&self) -> Vec<PointId> {
        let met = self.points.iter().filter(|point| point.met);
        met.map(|point| point.id.clone()).collect()
    }
}

impl Answer {
    /// What it is worth: by the learner's word where there is one, else by rule.
    pub fn worth(&self) -> f64 {
        self.confirmed
            .as_ref()
            .map_or(self.credit, |confirmed| confirmed.credit)
    }

    /// Whether it is right: by the learner's word where there is one, else by rule.
    pub fn is_right(&self) -> bool {
        self.confirmed
            .as_ref()
            .map_or(self.right, |confirmed| confirmed.right)
    }

    /// The same once the learner has said which points it makes, and whether the cards of a wrong one
    /// come up for study. None if the question does not read any more.
    pub fn with_points(&self, points: &[PointId], feeds_memory: bool) -> Option<Answer> {
        let question: Question = serde_json::from_value(self.stood.clone()).ok()?;
        let marked = mark_all(&question, &self.given, self.follow_up.as_ref());
        let confirmed = confirmed(&question, &marked, points);
        let mut answer = Answer {
            confirmed: Some(confirmed),
            ..self.clone()
        };
        answer.cards = cards_to_study(&answer, &question, feeds_memory);
        Some(answer)
    }
}
