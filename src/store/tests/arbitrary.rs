//! Any row of history that could be written as JSON.

use chrono::NaiveDate;
use proptest::{option, prelude::*};

use crate::{
    history::{CardAction, Event, Mode, Prediction, Rating, Review, Row},
    ids::{CardId, DeviceId, LessonId, ParametersId, RowId, SessionId, StudyDay},
};

pub(super) fn row() -> impl Strategy<Value = Row> {
    (name(), any::<i64>(), name(), name(), event()).prop_map(
        |(id, at_ms, device, session, event)| Row {
            id: RowId::new(id),
            at_ms,
            device: DeviceId::new(device),
            session: SessionId::new(session),
            event,
        },
    )
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => review().prop_map(Event::Review),
        1 => name().prop_map(|row| Event::Undo { row: RowId::new(row) }),
        1 => (name(), action()).prop_map(|(card, action)| Event::Card { card: CardId::new(card), action }),
        1 => (name(), name())
            .prop_map(|(from, to)| Event::Link { from: CardId::new(from), to: CardId::new(to) }),
        1 => (".*", prop::collection::vec(number(), 0..25))
            .prop_map(|(algorithm, values)| Event::Parameters { algorithm, values }),
        1 => (name(), any::<u32>())
            .prop_map(|(lesson, section)| Event::Read { lesson: LessonId::new(lesson), section }),
        1 => (name(), name(), name(), ".*", any::<bool>(), any::<u32>()).prop_map(
            |(scenario, prediction, lesson, chosen, right, duration_ms)| Event::Prediction(Prediction {
                scenario,
                prediction,
                lesson: LessonId::new(lesson),
                chosen,
                right,
                duration_ms,
            })
        ),
    ]
}

fn review() -> impl Strategy<Value = Review> {
    (
        (
            name(),
            prop::sample::select(&Rating::ALL[..]),
            mode(),
            day(),
        ),
        (any::<u32>(), any::<u32>()),
        (option::of(number()), option::of(number())),
        (option::of(number()), option::of(number())),
        (option::of(number()), number(), name()),
    )
        .prop_map(|(what, times, before, after, model)| Review {
            card: CardId::new(what.0),
            rating: what.1,
            mode: what.2,
            day: what.3,
            duration_ms: times.0,
            elapsed_days: times.1,
            stability_before: before.0,
            difficulty_before: before.1,
            stability_after: after.0,
            difficulty_after: after.1,
            predicted_recall: model.0,
            desired_retention: model.1,
            parameters: ParametersId::new(model.2),
        })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-f]{14}-[0-9a-f]{12}",
        ".{1,12}",
        any::<char>().prop_map(String::from)
    ]
}

fn number() -> impl Strategy<Value = f32> {
    use prop::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn mode() -> impl Strategy<Value = Mode> {
    prop::sample::select(vec![
        Mode::Learn,
        Mode::Review,
        Mode::Relearn,
        Mode::Cram,
        Mode::Manual,
    ])
}

fn day() -> impl Strategy<Value = StudyDay> {
    (NaiveDate::MIN.to_epoch_days()..=NaiveDate::MAX.to_epoch_days())
        .prop_filter_map("a date", NaiveDate::from_epoch_days)
        .prop_map(StudyDay::new)
}

fn action() -> impl Strategy<Value = CardAction> {
    prop_oneof![
        day().prop_map(|until| CardAction::Bury { until }),
        prop::sample::select(vec![
            CardAction::Suspend,
            CardAction::Unsuspend,
            CardAction::Flag,
            CardAction::Unflag,
            CardAction::Known,
            CardAction::Unknown,
            CardAction::Reset,
            CardAction::NotACard,
            CardAction::ACard,
        ]),
    ]
}
