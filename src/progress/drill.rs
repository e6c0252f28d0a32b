//! What to ask of lessons that are weak.

use std::collections::HashSet;

use super::{Agenda, Filter};
use crate::{
    ids::{CardId, LessonId, StudyDay},
    memory::{Candidate, Phase, Plan},
};

/// The cards of a drill: as many as a sitting of some minutes holds.
const MOST: usize = 20;

/// A few cards of some lessons, and whether asking them moves their schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drill {
    /// The cards, the weakest first, those never met last.
    pub cards: Vec<CardId>,
    /// To study what is due and what is new; to practise where nothing is.
    pub plan: Plan,
}

impl Drill {
    /// Of these lessons: what is due, the weakest first, then what is new, in its order. Where
    /// nothing is either, the weakest of all, as practice; none where there is no card.
    pub fn of(agenda: &Agenda<'_>, lessons: &[LessonId], today: StudyDay) -> Option<Drill> {
        let candidates: Vec<Candidate> = lessons
            .iter()
            .flat_map(|lesson| agenda.candidates(&Filter::Lesson(lesson.clone())))
            .filter(|one| !agenda.memory.card(&one.card).is_left_out(today))
            .collect();
        let (new, met): (Vec<&Candidate>, Vec<&Candidate>) = candidates
            .iter()
            .partition(|one| agenda.memory.card(&one.card).phase() == Phase::New);
        let mut met: Vec<(f32, &Candidate)> = met
            .into_iter()
            .filter_map(|one| Some((agenda.memory.retrievability(&one.card, today)?, one)))
            .collect();
        met.sort_by(|one, other| one.0.total_cmp(&other.0));
        let met = || met.iter().map(|(_, one)| *one);
        let due = met().filter(|one| agenda.memory.card(&one.card).is_due(today));
        // Of a group of siblings one is asked a day; a card failed today comes in any case.
        let seen_today = |one: &Candidate| agenda.memory.card(&one.card).seen_on(today);
        let seen = candidates.iter().filter(|one| seen_today(one));
        let mut groups: HashSet<u64> = seen.filter_map(|one| one.siblings).collect();
        let study: Vec<CardId> = due
            .chain(new)
            .filter(|one| seen_today(one) || one.siblings.is_none_or(|group| groups.insert(group)))
            .map(|one| one.card.clone())
            .take(MOST)
            .collect();
        let drill = if study.is_empty() {
            Drill {
                cards: met().take(MOST).map(|one| one.card.clone()).collect(),
                plan: Plan::Cram,
            }
        } else {
            Drill {
                cards: study,
                plan: Plan::All,
            }
        };
        (!drill.cards.is_empty()).then_some(drill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        history::{CardAction, Event, Mode, Rating, Row},
        ids::Lang,
        memory::Memory,
        notes::{Origin, SourceFile, read},
        progress::{
            Sources,
            fixture::{day, review, rows},
        },
    };

    /// Two lessons of 15 cards each.
    fn drill(rows: &[Row]) -> Option<Drill> {
        let files = ["a", "b"].map(|lesson| {
            let card =
                |n| format!("Q: question {n}? <!-- id: {lesson}-{n:02} -->\nA: answer {n}\n\n");
            let cards: String = (0..15).map(card).collect();
            let text = format!(
                "+++\nid = \"{lesson}\"\nlang = \"en\"\n+++\n\n# Lesson {lesson}\n\n{cards}"
            );
            SourceFile::new(format!("{lesson}.md"), Origin::Own, text)
        });
        let (library, _) = read(&files, None);
        let memory = Memory::replay(rows);
        let agenda = Agenda {
            library: &library,
            memory: &memory,
            lang: Lang::En,
            sources: Sources::Both,
        };
        Drill::of(&agenda, &["a", "b"].map(LessonId::new), day(0))
    }

    fn names(drill: &Drill) -> Vec<&str> {
        drill.cards.iter().map(CardId::as_str).collect()
    }

    #[test]
    fn what_is_due_comes_weakest_first_then_what_is_new_of_all_the_lessons() {
        let drill = drill(&rows([
            review("a-03", Rating::Good, Mode::Learn, -9),
            review("b-07", Rating::Good, Mode::Learn, -30),
            review("a-05", Rating::Good, Mode::Learn, 0),
        ]))
        .expect("cards");
        assert_eq!(drill.plan, Plan::All);
        assert_eq!(drill.cards.len(), MOST);
        assert_eq!(names(&drill)[..4], ["b-07", "a-03", "a-00", "a-01"]);
        let of_b = names(&drill)
            .iter()
            .filter(|name| name.starts_with('b'))
            .count();
        assert_eq!(
            of_b,
            1 + 5,
            "13 new ones of the first lesson, 5 of the second"
        );
        assert!(!names(&drill).contains(&"a-05"), "not due");
    }

    #[test]
    fn where_nothing_is_due_or_new_the_weakest_are_practised() {
        let all = |rating: fn(i64) -> Rating| {
            let cards = ["a", "b"]
                .into_iter()
                .flat_map(|lesson| (0..15).map(move |n| (n, format!("{lesson}-{n:02}"))));
            cards.map(move |(n, card)| review(&card, rating(n), Mode::Learn, 0))
        };
        let some_hard = |n| if n == 4 { Rating::Hard } else { Rating::Easy };
        let mut events: Vec<Event> = all(some_hard).collect();
        events.push(Event::Card {
            card: CardId::new("b-04"),
            action: CardAction::Suspend,
        });
        let drill = drill(&rows(events)).expect("cards");
        assert_eq!((drill.plan, drill.cards.len()), (Plan::Cram, MOST));
        assert!(!names(&drill).contains(&"b-04"), "it is suspended");
    }

    #[test]
    fn lessons_without_cards_have_nothing_to_ask() {
        let out = ["a", "b"].into_iter().flat_map(|lesson| {
            (0..15).map(move |n| Event::Card {
                card: CardId::new(format!("{lesson}-{n:02}")),
                action: CardAction::Known,
            })
        });
        assert_eq!(drill(&rows(out)), None);
    }
}
