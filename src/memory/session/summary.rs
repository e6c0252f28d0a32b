use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{Did, Step};
use crate::{
    history::Rating,
    ids::{CardId, StudyDay},
    memory::{Memory, Settings},
};

/// What came of a session.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Summary {
    /// Grades given, from Again to Easy.
    pub ratings: [usize; 4],
    /// Different cards graded.
    pub cards: usize,
    /// The time it took, pauses left out.
    pub time: Duration,
    /// How many of these cards come back on which day.
    pub coming_back: BTreeMap<StudyDay, usize>,
    /// The cards that were failed and how often, most often first.
    pub hardest: Vec<(CardId, usize)>,
    /// The failed cards that have been forgotten so often that they should be rewritten.
    pub leeches: Vec<CardId>,
}

impl Summary {
    /// All grades given.
    pub fn grades(&self) -> usize {
        self.ratings.iter().sum()
    }

    /// The share of grades that were passes; none before the first.
    pub fn passed(&self) -> Option<f32> {
        let all = self.grades();
        let failed = self.ratings[Rating::Again as usize - 1];
        (all > 0).then(|| (all - failed) as f32 / all as f32)
    }
}

pub(super) fn of(steps: &[Step], memory: &Memory, settings: &Settings) -> Summary {
    let mut summary = Summary::default();
    let mut failures: HashMap<&CardId, usize> = HashMap::new();
    let mut graded: Vec<&CardId> = Vec::new();
    for step in steps {
        let Did::Graded {
            rating,
            duration_ms,
            ..
        } = step.what
        else {
            continue;
        };
        let card = &step.item.queued.card;
        summary.ratings[rating as usize - 1] += 1;
        summary.time += Duration::from_millis(duration_ms.into());
        let failed = failures.entry(card).or_insert_with(|| {
            graded.push(card);
            0
        });
        *failed += usize::from(!rating.passed());
    }
    summary.cards = graded.len();
    for card in &graded {
        if let Some(due) = memory.card(card).due() {
            *summary.coming_back.entry(due).or_default() += 1;
        }
    }
    let mut hardest: Vec<(&CardId, usize)> = graded
        .into_iter()
        .map(|card| (card, failures[card]))
        .filter(|(_, failed)| *failed > 0)
        .collect();
    hardest.sort_by_key(|(_, failed)| std::cmp::Reverse(*failed));
    summary.leeches = hardest
        .iter()
        .filter(|(card, _)| memory.card(card).is_leech(settings))
        .map(|(card, _)| (*card).clone())
        .collect();
    summary.hardest = hardest
        .into_iter()
        .map(|(card, failed)| (card.clone(), failed))
        .collect();
    summary
}
