use proptest::prelude::*;

use super::{Kind, Plan, Queue, Today};
use crate::{
    history::{CardAction, Event, Mode, Rating},
    memory::{
        Memory, Settings,
        fixture::{action, candidates, day, missed, now, review, rows, undo},
    },
};

fn learned(card: &str, on: i64) -> Event {
    review(card, Rating::Good, Mode::Learn, on)
}

/// The queue of the day, as text.
fn queue(plan: Plan, cards: &str, memory: &Memory, on: i64) -> (String, Queue) {
    let queue = Queue::new(
        plan,
        &candidates(cards),
        memory,
        &Settings::default(),
        day(on),
    );
    let names: Vec<&str> = queue
        .cards
        .iter()
        .map(|queued| queued.card.as_str())
        .collect();
    (names.join(" "), queue)
}

fn asked(plan: Plan, cards: &str, memory: &Memory, on: i64) -> String {
    queue(plan, cards, memory, on).0
}

fn limited(new: u32, reviews: u32) -> Settings {
    Settings {
        new_per_day: new,
        reviews_per_day: reviews,
        ..Settings::default()
    }
}

#[test]
fn each_plan_takes_its_own_cards() {
    let memory = Memory::replay(rows([
        learned("a.due", 0),
        learned("b.later", 2),
        learned("c.today", 3),
        review("d.failed", Rating::Again, Mode::Learn, 3),
        learned("e.suspended", 0),
        action("e.suspended", CardAction::Suspend),
    ]));
    let cards = "a.due b.later c.today d.failed e.suspended f.new";
    let asked = |plan| {
        let names = asked(plan, cards, &memory, 3);
        let mut names: Vec<&str> = names.split_whitespace().collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(asked(Plan::Today), "a.due d.failed f.new");
    assert_eq!(asked(Plan::All), "a.due d.failed f.new");
    assert_eq!(asked(Plan::Due), "a.due d.failed");
    assert_eq!(asked(Plan::New), "f.new");
    assert_eq!(asked(Plan::Ahead { days: 1 }), "a.due b.later d.failed");
    assert_eq!(asked(Plan::Minutes(5)), "a.due d.failed f.new");
    assert_eq!(asked(Plan::Cram), "a.due b.later c.today d.failed f.new");
}

#[test]
fn a_card_that_is_not_offered_as_new_still_comes_when_due() {
    let memory = Memory::replay(rows([learned("a.due", 0)]));
    let mut cards = candidates("a.due b.new");
    for card in &mut cards {
        card.new_allowed = false;
    }
    let queue = Queue::new(Plan::All, &cards, &memory, &Settings::default(), day(3));
    assert_eq!(queue.cards.len(), 1);
    assert_eq!(queue.cards[0].kind, Kind::Due);
}

#[test]
fn what_loses_most_recall_by_waiting_comes_first() {
    // The first is long forgotten, the second hardly fades, the third is fading now.
    let memory = Memory::replay(rows([
        review("a.forgotten", Rating::Again, Mode::Learn, 0),
        review("b.firm", Rating::Easy, Mode::Learn, 80),
        learned("c.fading", 97),
    ]));
    assert_eq!(
        asked(Plan::Due, "a.forgotten b.firm c.fading", &memory, 100),
        "c.fading b.firm a.forgotten"
    );
}

#[test]
fn the_limits_count_what_was_done_today() {
    let all = "a.1 a.2 a.3 b.1 b.2 b.3";
    let memory = Memory::replay(rows([
        learned("b.1", 0),
        learned("b.2", 0),
        learned("b.3", 0),
        learned("a.1", 3),
        review("b.1", Rating::Good, Mode::Review, 3),
    ]));
    let counts = |settings: &Settings, plan| {
        let queue = Queue::new(plan, &candidates(all), &memory, settings, day(3));
        let left = queue.left_out;
        (
            queue.count(Kind::Due),
            queue.count(Kind::New),
            left.due,
            left.new,
        )
    };
    assert_eq!(counts(&limited(20, 200), Plan::Today), (2, 2, 0, 0));
    assert_eq!(counts(&limited(2, 2), Plan::Today), (1, 1, 1, 1));
    assert_eq!(counts(&limited(1, 1), Plan::Today), (0, 0, 2, 2));
    assert_eq!(counts(&limited(0, 0), Plan::All), (2, 2, 0, 0));
}

#[test]
fn a_card_failed_today_comes_back_beyond_any_limit() {
    let memory = Memory::replay(rows([
        learned("a.1", 0),
        review("a.1", Rating::Again, Mode::Review, 3),
    ]));
    let queue = Queue::new(
        Plan::Today,
        &candidates("a.1"),
        &memory,
        &limited(0, 0),
        day(3),
    );
    assert_eq!(queue.count(Kind::Again), 1);
    // It takes no other card's place.
    let both = Memory::replay(rows([
        learned("a.1", 0),
        learned("b.1", 0),
        review("a.1", Rating::Again, Mode::Review, 3),
    ]));
    let queue = Queue::new(
        Plan::Today,
        &candidates("a.1 b.1"),
        &both,
        &limited(0, 2),
        day(3),
    );
    assert_eq!((queue.count(Kind::Again), queue.count(Kind::Due)), (1, 1));
    // On the next day it is due like any other.
    let queue = Queue::new(
        Plan::Today,
        &candidates("a.1"),
        &memory,
        &limited(0, 1),
        day(4),
    );
    assert_eq!(queue.count(Kind::Due), 1);
}

#[test]
fn siblings_wait_for_another_day() {
    let fresh = Memory::default();
    let (names, found) = queue(Plan::Today, "a.1/7 a.2/7 b.1/8 a.3/7", &fresh, 0);
    assert_eq!(names, "a.1 b.1");
    assert_eq!(found.left_out.siblings, 2);

    // What is due goes before what is new.
    let memory = Memory::replay(rows([learned("a.2", 0)]));
    assert_eq!(asked(Plan::Today, "a.1/7 a.2/7", &memory, 3), "a.2");

    // One met today keeps the others away, and comes back itself if it was failed.
    let met = Memory::replay(rows([learned("a.1", 0)]));
    assert_eq!(asked(Plan::All, "a.1/7 a.2/7", &met, 0), "");
    assert_eq!(asked(Plan::All, "a.1/7 a.2/7", &met, 1), "a.2");
    let failed = Memory::replay(rows([review("a.2", Rating::Again, Mode::Learn, 0)]));
    assert_eq!(asked(Plan::All, "a.1/7 a.2/7", &failed, 0), "a.2");

    let both_failed = Memory::replay(rows([
        review("a.1", Rating::Again, Mode::Learn, 0),
        review("a.2", Rating::Again, Mode::Learn, 0),
    ]));
    assert_eq!(asked(Plan::All, "a.1/7 a.2/7", &both_failed, 0), "a.1 a.2");

    assert_eq!(asked(Plan::Cram, "a.1/7 a.2/7", &fresh, 0), "a.1 a.2");
}

#[test]
fn few_minutes_go_to_what_loses_most_and_the_rest_is_counted() {
    let due = (0..9).map(|n| learned(&format!("a.{n}"), 0));
    let memory = Memory::replay(rows(due.chain([learned("b.fading", 3)])));
    let cards = "a.0 a.1 a.2 a.3 a.4 a.5 a.6 a.7 a.8 b.fading c.new";
    // Four seconds a card are the learner's pace: fifteen cards a minute.
    let (_, found) = queue(Plan::Minutes(1), cards, &memory, 6);
    assert_eq!(found.cards.len(), 11);

    let mut slow = rows((0..9).map(|n| learned(&format!("a.{n}"), 0)));
    for row in &mut slow {
        if let Event::Review(review) = &mut row.event {
            review.duration_ms = 15_000;
        }
    }
    let mut memory = Memory::replay(&slow);
    let mut later = rows([learned("b.fading", 3)]);
    later[0].at_ms = 1_000_000;
    memory.extend(&later);
    let (names, found) = queue(Plan::Minutes(1), cards, &memory, 6);
    assert_eq!(found.cards.len(), 4);
    assert!(names.contains("b.fading"), "{names}");
    assert_eq!((found.left_out.due, found.left_out.new), (6, 1));
    assert_eq!(queue(Plan::Minutes(0), cards, &memory, 6).1.cards.len(), 1);
}

#[test]
fn cramming_begins_with_the_weakest() {
    let memory = Memory::replay(rows([
        review("a.firm", Rating::Easy, Mode::Learn, 0),
        review("b.weak", Rating::Again, Mode::Learn, 0),
        learned("c.middling", 0),
    ]));
    assert_eq!(
        asked(Plan::Cram, "d.new a.firm b.weak c.middling", &memory, 2),
        "b.weak c.middling a.firm d.new"
    );
}

#[test]
fn today_says_what_a_session_would_hold_and_how_long_it_takes() {
    let memory = Memory::replay(rows([
        learned("a.1", 0),
        learned("a.2", 0),
        review("b.1", Rating::Again, Mode::Learn, 3),
    ]));
    let cards = candidates("a.1 a.2 b.1 c.1 c.2/4 c.3/4");
    let today = Today::new(&cards, &memory, &limited(2, 200), &now(3));
    // Five cards of four seconds; one new card was learned, if badly, already.
    assert_eq!((today.due, today.new, today.again), (2, 1, 1));
    assert_eq!((today.left_out.new, today.left_out.siblings), (1, 1));
    assert_eq!(today.minutes, 1);
    assert_eq!(
        Today::new(&[], &memory, &limited(2, 200), &now(3)).minutes,
        0
    );
}

proptest! {
    #[test]
    fn a_queue_asks_no_card_twice_no_siblings_and_loses_none(
        grades in prop::collection::vec((0usize..12, 1u8..5, 0i64..6), 0..30),
        groups in prop::collection::vec(0u8..4, 12),
        settings in (0u32..6, 0u32..6).prop_map(|(new, reviews)| limited(new, reviews)),
        plan in prop::sample::select(vec![
            Plan::Today, Plan::Due, Plan::New, Plan::All, Plan::Ahead { days: 3 }, Plan::Minutes(1),
        ]),
    ) {
        let memory = Memory::replay(rows(grades.iter().map(|(card, rating, on)| {
            let rating = Rating::try_from(*rating).expect("1 to 4");
            review(&format!("{}.{card}", card % 3), rating, Mode::Review, *on)
        })));
        let mut cards = candidates(
            &(0..12).map(|n| format!("{}.{n}", n % 3)).collect::<Vec<_>>().join(" "),
        );
        for (card, group) in cards.iter_mut().zip(&groups) {
            card.siblings = (*group > 0).then_some(u64::from(*group));
        }
        let today = day(5);
        let queue = Queue::new(plan, &cards, &memory, &settings, today);
        for (at, one) in queue.cards.iter().enumerate() {
            let others = cards.iter().filter(|other| other.card != one.card);
            for other in others.filter(|other| other.siblings.is_some() && other.siblings == one.siblings) {
                let both = queue.cards.iter().find(|queued| queued.card == other.card);
                // Only what was failed today may come back beside another that was.
                prop_assert!(both.is_none_or(|both| both.kind == Kind::Again && one.kind == Kind::Again));
                prop_assert!(one.kind == Kind::Again || !memory.card(&other.card).seen_on(today));
            }
            prop_assert!(queue.cards[..at].iter().all(|earlier| earlier.card != one.card));
        }
        if plan == Plan::All {
            let wanted = cards.iter().filter(|candidate| {
                let card = memory.card(&candidate.card);
                card.schedule.is_none() || card.is_due(today)
            });
            prop_assert_eq!(queue.cards.len() + queue.left_out.siblings, wanted.count());
        }
        prop_assert!(queue.count(Kind::New) <= settings.new_per_day as usize || plan == Plan::All);
    }
}

#[test]
fn what_was_answered_wrong_in_an_interview_is_due_or_the_first_of_the_new() {
    let events = [
        learned("a.later", 0),
        missed(&["a.later", "d.new"]),
        review("a.later", Rating::Good, Mode::Review, 1),
    ];
    let cards = "a.later b.new c.new d.new";
    let after = |count: usize| Memory::replay(rows(events[..count].to_vec()));
    assert_eq!(asked(Plan::New, cards, &after(1), 1), "b.new c.new d.new");
    assert_eq!(asked(Plan::Due, cards, &after(1), 1), "");

    let missed = after(2);
    assert_eq!(asked(Plan::New, cards, &missed, 1), "d.new b.new c.new");
    assert_eq!(asked(Plan::Due, cards, &missed, 1), "a.later");
    assert_eq!(asked(Plan::Due, cards, &missed, 0), "", "seen today");
    let schedule = |memory: &Memory| memory.card(&"a.later".into()).schedule;
    assert_eq!(
        schedule(&missed),
        schedule(&after(1)),
        "nothing else changes"
    );

    let graded = after(3);
    assert_eq!(
        asked(Plan::Due, cards, &graded, 2),
        "",
        "once graded it is scheduled"
    );

    let mut step_by_step = Memory::default();
    for row in rows(events.clone()) {
        step_by_step.apply(&row);
    }
    assert!(step_by_step.differences(&graded).is_empty());
    let taken_back = rows([events[0].clone(), events[1].clone(), undo(1)]);
    assert_eq!(asked(Plan::Due, cards, &Memory::replay(taken_back), 1), "");
}
