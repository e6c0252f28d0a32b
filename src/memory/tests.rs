//! What memory promises about any history.

use proptest::prelude::*;

use super::{
    CardMemory, Difference, Memory, Phase, SnapshotError,
    fixture::{action, day, link, review, row, rows, undo},
};
use crate::{
    history::{CardAction, Event, Mode, Rating, Row},
    ids::{CardId, LessonId, ParametersId},
};

const AGAIN: Rating = Rating::Again;
const GOOD: Rating = Rating::Good;

fn good(card: &str, on: i64) -> Event {
    review(card, GOOD, Mode::Review, on)
}

fn again(card: &str, on: i64) -> Event {
    review(card, AGAIN, Mode::Review, on)
}

fn known(memory: &Memory, card: &str) -> CardMemory {
    *memory.card(&CardId::new(card))
}

fn replay(events: impl IntoIterator<Item = Event>) -> Memory {
    Memory::replay(rows(events))
}

fn parameters(first: f32) -> Event {
    let mut values = vec![
        0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
        1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
    ];
    values[2] = first;
    Event::Parameters {
        algorithm: "fsrs-6".into(),
        values,
    }
}

#[test]
fn a_card_nobody_met_is_new() {
    let memory = Memory::default();
    assert_eq!(known(&memory, "d01.a"), CardMemory::NEW);
    assert_eq!(memory.retrievability(&CardId::new("d01.a"), day(0)), None);
    assert_eq!(memory.cards().count(), 0);
}

#[test]
fn a_passed_card_comes_back_a_day_later_at_the_earliest_and_a_failed_one_the_same_day() {
    let memory = replay([
        again("d01.a", 0),
        again("d01.b", 0),
        review("d01.b", GOOD, Mode::Relearn, 0),
        good("d01.c", 0),
    ]);
    let [a, b, c] = ["d01.a", "d01.b", "d01.c"].map(|card| known(&memory, card));
    assert_eq!((a.phase(), a.due()), (Phase::Relearning, Some(day(0))));
    assert_eq!((b.phase(), b.due()), (Phase::Review, Some(day(1))));
    assert_eq!((c.phase(), c.due()), (Phase::Review, Some(day(2))));
    assert!(!b.is_due(day(0)) && b.is_due(day(1)));
    // Forgetting starts with having known.
    assert_eq!([a.lapses, b.lapses, b.reps], [0, 0, 2]);
}

#[test]
fn a_lapse_is_counted_once_until_the_card_is_recalled_again() {
    let memory = replay([
        good("d01.a", 0),
        again("d01.a", 2),
        review("d01.a", AGAIN, Mode::Relearn, 2),
        again("d01.a", 3),
        good("d01.a", 3),
        again("d01.a", 5),
    ]);
    assert_eq!(known(&memory, "d01.a").lapses, 2);
}

#[test]
fn recall_fades_and_is_judged_by_whole_study_days() {
    let memory = replay([good("d01.a", 0)]);
    let recall = |on| {
        memory
            .retrievability(&CardId::new("d01.a"), day(on))
            .expect("scheduled")
    };
    assert_eq!(recall(0), 1.0);
    assert!(recall(0) > recall(1) && recall(1) > recall(30));
    // The stability after a first Good is 2.3 days.
    assert!(recall(2) > 0.9 && recall(3) < 0.9);
    // A traveller's calendar goes back a day.
    assert_eq!(recall(-1), 1.0);
    let card = known(&memory, "d01.a");
    assert!(card.seen_on(day(-1)) && card.seen_on(day(0)) && !card.seen_on(day(1)));
}

#[test]
fn before_and_after_values_are_never_input() {
    let plain = good("d01.a", 0);
    let Event::Review(mut told) = plain.clone() else {
        unreachable!("a review");
    };
    told.stability_before = Some(99.0);
    told.difficulty_before = Some(9.0);
    told.stability_after = Some(1234.0);
    told.difficulty_after = Some(1.0);
    told.predicted_recall = Some(0.1);
    told.elapsed_days = 77;
    assert_eq!(replay([plain]), replay([Event::Review(told)]));
}

#[test]
fn cram_and_manual_grades_leave_the_schedule_alone() {
    let memory = replay([
        good("d01.a", 0),
        review("d01.a", AGAIN, Mode::Cram, 1),
        review("d01.a", AGAIN, Mode::Manual, 1),
        review("d01.b", GOOD, Mode::Cram, 1),
    ]);
    assert_eq!(
        known(&memory, "d01.a"),
        known(&replay([good("d01.a", 0)]), "d01.a")
    );
    assert_eq!(known(&memory, "d01.b"), CardMemory::NEW);
    assert_eq!(memory.activity(day(1)).grades(), 2);
    assert_eq!(memory.activity(day(1)).crammed, 2);
}

#[test]
fn decisions_about_a_card_can_all_be_taken_back() {
    use CardAction::*;
    for (does, reverse) in [
        (Suspend, Unsuspend),
        (Flag, Unflag),
        (Known, Unknown),
        (NotACard, ACard),
    ] {
        let done = replay([good("d01.a", 0), action("d01.a", does)]);
        let back = replay([
            good("d01.a", 0),
            action("d01.a", does),
            action("d01.a", reverse),
        ]);
        assert_ne!(done, back, "{does:?}");
        assert_eq!(
            known(&back, "d01.a"),
            known(&replay([good("d01.a", 0)]), "d01.a")
        );
        assert_eq!(
            known(&done, "d01.a").is_left_out(day(9)),
            does != Flag,
            "{does:?}"
        );
    }
}

#[test]
fn a_buried_card_comes_again_on_the_day_it_was_buried_until() {
    let memory = replay([
        good("d01.a", 0),
        action("d01.a", CardAction::Bury { until: day(5) }),
    ]);
    let card = known(&memory, "d01.a");
    assert!(card.is_left_out(day(4)) && !card.is_due(day(4)));
    assert!(card.is_due(day(5)));
}

#[test]
fn a_reset_card_is_new_again() {
    let memory = replay([
        good("d01.a", 0),
        again("d01.a", 2),
        action("d01.a", CardAction::Reset),
    ]);
    assert_eq!(known(&memory, "d01.a"), CardMemory::NEW);
    let after = replay([
        again("d01.a", 0),
        action("d01.a", CardAction::Reset),
        good("d01.a", 9),
    ]);
    assert_eq!(
        known(&after, "d01.a"),
        known(&replay([good("d01.a", 9)]), "d01.a")
    );
}

#[test]
fn an_undone_row_leaves_no_trace_and_an_undone_undo_brings_it_back() {
    let before = [good("d01.a", 0), good("d01.b", 0)];
    let with = |more: &[Event]| replay(before.iter().chain(more).cloned());
    assert_eq!(with(&[again("d01.a", 3), undo(2)]), with(&[]));
    assert_eq!(
        with(&[again("d01.a", 3), undo(2), undo(3)]),
        with(&[again("d01.a", 3)])
    );
    assert_eq!(with(&[undo(2), undo(7)]), with(&[]), "nothing to take back");
}

#[test]
fn an_undo_is_taken_back_by_later_rows_only() {
    let rows = rows([undo(2), good("d01.a", 0), undo(1)]);
    let mut memory = Memory::replay(&rows);
    assert_eq!(known(&memory, "d01.a"), CardMemory::NEW);
    memory.apply(&row(3, 9000, undo(2)));
    assert_eq!(known(&memory, "d01.a").reps, 1);
}

#[test]
fn an_edited_card_takes_its_history_along() {
    let memory = replay([
        good("d01.old", 0),
        again("d01.old", 2),
        action("d01.old", CardAction::Flag),
        link("d01.old", "d01.newer"),
        good("d01.newer", 3),
        link("d01.newer", "d01.newest"),
    ]);
    assert_eq!(known(&memory, "d01.old"), CardMemory::NEW);
    assert_eq!(known(&memory, "d01.newer"), CardMemory::NEW);
    let card = known(&memory, "d01.newest");
    assert_eq!((card.reps, card.lapses, card.flagged), (3, 1, true));
    assert_eq!(memory.cards().count(), 1);
}

#[test]
fn an_edit_does_not_move_the_day_promised_on_the_button() {
    for n in 0..50 {
        let old = format!("d01.card-{n}");
        let grades = |card: &str| [good(card, 0), good(card, 2), good(card, 13)];
        let promised = known(&replay(grades(&old)), &old).due();
        let moved = replay(grades(&old).into_iter().chain([link(&old, "d01.new")]));
        assert_eq!(known(&moved, "d01.new").due(), promised);
    }
}

#[test]
fn histories_that_meet_are_merged_in_the_order_of_time() {
    let merged = replay([
        good("d01.a", 0),
        again("d01.b", 2),
        good("d01.a", 4),
        link("d01.a", "d01.b"),
    ]);
    let one = replay([good("d01.b", 0), again("d01.b", 2), good("d01.b", 4)]);
    let (merged, one) = (known(&merged, "d01.b"), known(&one, "d01.b"));
    assert_eq!(merged.reps, 3);
    assert_eq!(
        merged.schedule.map(|s| s.strength),
        one.schedule.map(|s| s.strength)
    );
}

#[test]
fn a_link_taken_back_leaves_each_card_its_own_history() {
    let before = [good("d01.old", 0), good("d01.new", 1)];
    let with = |more: &[Event]| replay(before.iter().chain(more).cloned());
    assert_eq!(with(&[link("d01.old", "d01.new"), undo(2)]), with(&[]));
    assert_eq!(
        with(&[link("d01.old", "d01.new"), good("d01.new", 4), undo(2)]),
        with(&[good("d01.new", 4)])
    );
}

#[test]
fn new_parameters_hold_for_what_was_learned_before_them() {
    let memory = replay([good("d01.a", 0), parameters(5.0)]);
    let strength = known(&memory, "d01.a").schedule.expect("learned").strength;
    assert_eq!(strength.stability, 5.0);
    assert_eq!(memory.parameters(), &ParametersId::new("000001"));

    let back = replay([good("d01.a", 0), parameters(5.0), undo(1)]);
    assert_eq!(back, replay([good("d01.a", 0)]));
}

#[test]
fn parameters_of_another_algorithm_or_shape_are_passed_over() {
    let foreign = Event::Parameters {
        algorithm: "sm-2".into(),
        values: vec![1.0; 21],
    };
    let short = Event::Parameters {
        algorithm: "fsrs-6".into(),
        values: vec![1.0; 3],
    };
    let memory = replay([good("d01.a", 0), parameters(5.0), foreign, short]);
    assert_eq!(memory, replay([good("d01.a", 0), parameters(5.0)]));
}

#[test]
fn reading_is_remembered_and_is_not_knowing() {
    let read = |lesson: &str, section| Event::Read {
        lesson: LessonId::new(lesson),
        section,
    };
    let memory = replay([
        read("d02", 1),
        read("d01", 0),
        read("d02", 0),
        read("d02", 1),
    ]);
    let sections: Vec<u32> = memory.sections_read(&LessonId::new("d02")).collect();
    assert_eq!(sections, [0, 1]);
    assert_eq!(memory.lessons_started().count(), 2);
    assert_eq!(memory.cards().count(), 0);
    assert_eq!(replay([read("d01", 0), undo(0)]), Memory::default());
}

#[test]
fn the_pace_is_the_median_of_the_last_grades() {
    assert_eq!(Memory::default().pace().as_secs(), 12);
    let timed = |seconds: u32| {
        let Event::Review(mut review) = good("d01.a", 0) else {
            unreachable!("a review");
        };
        review.duration_ms = seconds * 1000;
        Event::Review(review)
    };
    assert_eq!(replay([5, 7, 60].map(timed)).pace().as_secs(), 7);
    let untimed = [5, 7, 60, 0, 0].map(timed);
    assert_eq!(replay(untimed).pace().as_secs(), 7);
    let slow_then_quick = (0..300).map(|n| timed(if n < 100 { 30 } else { 3 }));
    assert_eq!(replay(slow_then_quick).pace().as_secs(), 3);
}

#[test]
fn a_snapshot_of_another_version_or_a_broken_one_is_refused() {
    let bytes = replay([good("d01.a", 0), link("d01.a", "d01.b")]).to_snapshot();
    let mut other = bytes.clone();
    other[0] += 1;
    assert!(matches!(
        Memory::from_snapshot(&other),
        Err(SnapshotError::Version(_))
    ));
    for length in 0..bytes.len() {
        assert!(
            Memory::from_snapshot(&bytes[..length]).is_err(),
            "cut at {length}"
        );
    }
}

#[test]
fn differences_name_what_differs() {
    let one = replay([good("d01.a", 0), good("d01.b", 0)]);
    let other = replay([good("d01.a", 0), again("d01.b", 0)]);
    assert_eq!(
        one.differences(&other),
        [Difference::Card(CardId::new("d01.b"))]
    );
    let third = replay([good("d01.a", 0)]);
    assert_eq!(
        one.differences(&third),
        [
            Difference::Card(CardId::new("d01.b")),
            Difference::Day(day(0))
        ]
    );
}

fn any_card() -> impl Strategy<Value = String> {
    (0..4).prop_map(|n| format!("d01.{n}"))
}

fn any_action() -> impl Strategy<Value = CardAction> {
    prop_oneof![
        Just(CardAction::Suspend),
        Just(CardAction::Unsuspend),
        (0i64..9).prop_map(|n| CardAction::Bury { until: day(n) }),
        Just(CardAction::Flag),
        Just(CardAction::Known),
        Just(CardAction::NotACard),
        Just(CardAction::Reset),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let mode = prop::sample::select(vec![
        Mode::Learn,
        Mode::Review,
        Mode::Review,
        Mode::Relearn,
        Mode::Cram,
        Mode::Manual,
    ]);
    let rating = prop::sample::select(Rating::ALL.to_vec());
    prop_oneof![
        8 => (any_card(), rating, mode, 0i64..60)
            .prop_map(|(card, rating, mode, on)| review(&card, rating, mode, on)),
        4 => (0u64..40).prop_map(undo),
        2 => (any_card(), any_action()).prop_map(|(card, what)| action(&card, what)),
        2 => (any_card(), any_card()).prop_map(|(from, to)| link(&from, &to)),
        1 => (1.0f32..9.0).prop_map(parameters),
        1 => (0u32..3).prop_map(|section| Event::Read { lesson: LessonId::new("d01"), section }),
    ]
}

/// Rows in an order of time that is not that of their ids, as from several devices.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((any_event(), 0i64..12), 0..40).prop_map(|events| {
        (0..)
            .zip(events)
            .map(|(n, (event, at_ms))| row(n, at_ms, event))
            .collect()
    })
}

fn in_order(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
    rows
}

proptest! {
    #[test]
    fn rows_one_by_one_in_order_leave_what_a_replay_leaves(rows in any_rows()) {
        let rows = in_order(rows);
        let mut memory = Memory::default();
        for (at, row) in rows.iter().enumerate() {
            memory.apply(row);
            prop_assert_eq!(memory.differences(&Memory::replay(&rows[..=at])), []);
        }
    }

    #[test]
    fn rows_in_any_order_and_twice_leave_what_a_replay_leaves(
        rows in any_rows(),
        order in any::<prop::sample::Index>(),
    ) {
        let replayed = Memory::replay(in_order(rows.clone()));
        let mut memory = Memory::default();
        if !rows.is_empty() {
            let (late, early) = rows.split_at(order.index(rows.len()));
            memory.extend(early);
            for row in late.iter().rev().chain(early) {
                memory.apply(row);
            }
        }
        prop_assert_eq!(memory.differences(&replayed), []);
    }

    #[test]
    fn a_snapshot_and_the_rows_since_leave_what_a_replay_leaves(
        rows in any_rows(),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(rows.len() + 1);
        let snapshot = Memory::replay(&rows[..cut]).to_snapshot();
        let mut memory = Memory::from_snapshot(&snapshot).expect("just made");
        prop_assert_eq!(memory.to_snapshot(), snapshot);
        for row in &rows[cut.saturating_sub(3)..] {
            memory.apply(row);
        }
        prop_assert_eq!(memory.differences(&Memory::replay(&rows)), []);
        prop_assert_eq!(memory.pace(), Memory::replay(&rows).pace());
    }

    #[test]
    fn an_undone_row_is_as_if_it_had_never_been(
        rows in any_rows(),
        which in any::<prop::sample::Index>(),
    ) {
        let mut rows = in_order(rows);
        rows.retain(|row| !matches!(row.event, Event::Undo { .. }));
        prop_assume!(!rows.is_empty());
        let mut memory = Memory::replay(&rows);
        let row = rows.remove(which.index(rows.len()));
        memory.apply(&self::row(999, 999, Event::Undo { row: row.id }));
        prop_assert_eq!(memory.differences(&Memory::replay(&rows)), []);
    }

    #[test]
    fn broken_snapshots_are_refused_or_read_but_never_panic(
        rows in any_rows(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = Memory::replay(&rows).to_snapshot();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(mut memory) = Memory::from_snapshot(&bytes) {
            for row in &rows {
                memory.apply(row);
            }
        }
    }
}
