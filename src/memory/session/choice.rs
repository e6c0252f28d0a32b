//! What a grade would do, and what is written down for it.

use crate::{
    history::{Mode, Rating, Review},
    ids::{CardId, StudyDay},
    memory::{Memory, Phase, Plan, Settings},
};

/// One of the four buttons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The grade it gives.
    pub rating: Rating,
    /// When the card then comes back.
    pub back: Return,
}

/// When a card comes back after a grade.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Return {
    /// In this session, after some others.
    ThisSession,
    /// On a later day.
    In {
        /// Days from today, at least 1.
        days: u32,
        /// That day.
        due: StudyDay,
    },
    /// As planned before: this grade moves nothing.
    Unmoved,
}

pub(super) fn choices(
    plan: Plan,
    card: &CardId,
    memory: &Memory,
    settings: &Settings,
    day: StudyDay,
) -> [Choice; 4] {
    let next = memory.next(card, day, settings);
    Rating::ALL.map(|rating| Choice {
        rating,
        back: if !rating.passed() {
            Return::ThisSession
        } else if plan.schedules() {
            let due = next[rating as usize - 1].due;
            Return::In {
                days: u32::try_from(due.days_since(day)).unwrap_or(0),
                due,
            }
        } else {
            Return::Unmoved
        },
    })
}

pub(super) fn review(
    plan: Plan,
    card: &CardId,
    rating: Rating,
    memory: &Memory,
    settings: &Settings,
    day: StudyDay,
    duration_ms: u32,
) -> Review {
    let known = memory.card(card);
    let before = known.schedule.map(|schedule| schedule.strength);
    let mode = match known.phase() {
        _ if !plan.schedules() => Mode::Cram,
        Phase::New => Mode::Learn,
        Phase::Relearning if known.seen_on(day) => Mode::Relearn,
        Phase::Review | Phase::Relearning => Mode::Review,
    };
    let after = if mode.schedules() {
        Some(memory.next(card, day, settings)[rating as usize - 1].strength)
    } else {
        before
    };
    Review {
        card: card.clone(),
        rating,
        mode,
        day,
        duration_ms,
        elapsed_days: known.elapsed(day),
        stability_before: before.map(|strength| strength.stability),
        difficulty_before: before.map(|strength| strength.difficulty),
        stability_after: after.map(|strength| strength.stability),
        difficulty_after: after.map(|strength| strength.difficulty),
        predicted_recall: memory.recall(known, day),
        desired_retention: settings.retention(),
        parameters: memory.parameters().clone(),
    }
}
