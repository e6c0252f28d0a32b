use super::{Candidate, Memory};
use crate::ids::StudyDay;

/// How many of these cards come due on each of so many days, today first; what is overdue counts
/// today, what is put off on the day it may be asked again.
pub fn forecast(
    candidates: &[Candidate],
    memory: &Memory,
    today: StudyDay,
    days: usize,
) -> Vec<usize> {
    let mut coming = vec![0; days];
    for candidate in candidates {
        let card = memory.card(&candidate.card);
        let Some(due) = card.due() else {
            continue;
        };
        let due = card.buried_until.map_or(due, |until| until.max(due));
        let at = usize::try_from(due.days_since(today)).unwrap_or(0);
        if at < days && !card.is_left_out(today.plus(at as i64)) {
            coming[at] += 1;
        }
    }
    coming
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Mode, Rating},
        memory::fixture::{action, candidates, day, review, rows},
    };

    #[test]
    fn cards_count_on_the_day_they_may_be_asked() {
        let learned = |card| review(card, Rating::Good, Mode::Learn, 0);
        let memory = Memory::replay(rows([
            learned("a.due"),
            learned("b.put-off"),
            learned("c.suspended"),
            learned("d.of-another-session"),
            action("b.put-off", CardAction::Bury { until: day(5) }),
            action("c.suspended", CardAction::Suspend),
        ]));
        let cards = candidates("a.due b.put-off c.suspended e.new");
        let on = |n| forecast(&cards, &memory, day(n), 4);
        assert_eq!(on(0), [0, 0, 1, 0]);
        assert_eq!(on(1), [0, 1, 0, 0]);
        assert_eq!(on(3), [1, 0, 1, 0], "what is overdue counts today");
    }
}
