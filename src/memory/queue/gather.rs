use std::collections::{HashMap, HashSet};

use super::{Candidate, Kind, LeftOut, Limits, Plan, Queued};
use crate::{
    ids::{CardId, StudyDay},
    memory::{CardMemory, Memory, Phase},
};

/// The cards a plan asks for, before any limit: what has a schedule, most pressing first, then what
/// is new, as the candidates come.
pub(super) struct Pool<'a> {
    due: Vec<(&'a Candidate, Kind)>,
    new: Vec<&'a Candidate>,
    siblings: usize,
}

impl<'a> Pool<'a> {
    pub(super) fn gather(
        plan: Plan,
        candidates: &'a [Candidate],
        memory: &Memory,
        day: StudyDay,
    ) -> Self {
        let wanted = Wanted::of(plan, day);
        let mut due = Vec::new();
        let mut new = Vec::new();
        let mut seen_today: HashMap<u64, &CardId> = HashMap::new();
        for candidate in candidates {
            let card = memory.card(&candidate.card);
            if let Some(group) = candidate.siblings
                && card.seen_on(day)
            {
                seen_today.entry(group).or_insert(&candidate.card);
            }
            if card.is_left_out(day) {
                continue;
            }
            if card.phase() == Phase::New {
                if wanted.new && (candidate.new_allowed || card.called) {
                    new.push(candidate);
                }
            } else if let Some(kind) = wanted.kind(card, day) {
                let rank = match plan {
                    Plan::Cram => memory.recall(card, day).unwrap_or(0.0),
                    _ => -loss(memory, card, day),
                };
                due.push((candidate, kind, rank));
            }
        }
        due.sort_by(|(_, _, a), (_, _, b)| a.total_cmp(b));
        // A stable sort: what was called for comes first, the rest as the candidates come.
        new.sort_by_key(|candidate| !memory.card(&candidate.card).called);
        let mut pool = Self {
            due: due
                .into_iter()
                .map(|(candidate, kind, _)| (candidate, kind))
                .collect(),
            new,
            siblings: 0,
        };
        if plan != Plan::Cram {
            pool.part_siblings(&seen_today);
        }
        pool
    }

    /// One card of a group a day: the one already met today, else the most pressing.
    fn part_siblings(&mut self, seen_today: &HashMap<u64, &CardId>) {
        let mut taken: HashSet<u64> = HashSet::new();
        let mut siblings = 0;
        let mut alone = |candidate: &Candidate| {
            let Some(group) = candidate.siblings else {
                return true;
            };
            let first = match seen_today.get(&group) {
                Some(card) => **card == candidate.card,
                None => taken.insert(group),
            };
            siblings += usize::from(!first);
            first
        };
        // A card failed today has been met: it comes back whatever its siblings do.
        self.due
            .retain(|(candidate, kind)| *kind == Kind::Again || alone(candidate));
        self.new.retain(|candidate| alone(candidate));
        self.siblings = siblings;
    }

    /// The due and the new cards that fit, and what does not.
    pub(super) fn within(self, limits: Limits) -> (Vec<Queued>, Vec<Queued>, LeftOut) {
        let mut left_out = LeftOut {
            siblings: self.siblings,
            ..LeftOut::default()
        };
        let mut due = Vec::new();
        let mut counted = 0;
        for (candidate, kind) in self.due {
            let fits = kind == Kind::Again || counted < limits.due;
            if fits && due.len() < limits.total {
                counted += usize::from(kind == Kind::Due);
                due.push(queued(candidate, kind));
            } else {
                left_out.due += 1;
            }
        }
        let room = limits.new.min(limits.total - due.len());
        left_out.new = self.new.len().saturating_sub(room);
        let new = self
            .new
            .into_iter()
            .take(room)
            .map(|candidate| queued(candidate, Kind::New))
            .collect();
        (due, new, left_out)
    }
}

/// What a plan takes from the candidates.
struct Wanted {
    new: bool,
    /// Cards due by this day; none if any will do.
    due_by: Option<StudyDay>,
    scheduled: bool,
}

impl Wanted {
    fn of(plan: Plan, day: StudyDay) -> Self {
        let (new, scheduled, due_by) = match plan {
            Plan::Today | Plan::All | Plan::Minutes(_) => (true, true, Some(day)),
            Plan::Due => (false, true, Some(day)),
            Plan::New => (true, false, None),
            Plan::Ahead { days } => (false, true, Some(day.plus(days.into()))),
            Plan::Cram => (true, true, None),
        };
        Self {
            new,
            due_by,
            scheduled,
        }
    }

    fn kind(&self, card: &CardMemory, day: StudyDay) -> Option<Kind> {
        if !self.scheduled {
            return None;
        }
        let failed_today = card.phase() == Phase::Relearning && card.seen_on(day);
        match self.due_by {
            None => Some(Kind::Due),
            Some(_) if failed_today => Some(Kind::Again),
            // Recalled today: asking again would tell nothing.
            Some(_) if card.seen_on(day) => None,
            Some(by) => (card.due()? <= by).then_some(Kind::Due),
        }
    }
}

fn queued(candidate: &Candidate, kind: Kind) -> Queued {
    Queued {
        card: candidate.card.clone(),
        lesson: candidate.lesson.clone(),
        siblings: candidate.siblings,
        kind,
    }
}

/// The recall a card loses if it waits until tomorrow. A card whose recall is still falling fast
/// comes before one that has been forgotten already and one that hardly falls.
fn loss(memory: &Memory, card: &CardMemory, day: StudyDay) -> f32 {
    let recall = |day| memory.recall(card, day).unwrap_or(0.0);
    recall(day) - recall(day.plus(1))
}
