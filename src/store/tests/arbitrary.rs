//! Any row of history that could be written as JSON.

use chrono::NaiveDate;
use proptest::{option, prelude::*};

use crate::{
    history::{
        Answer, Attempt, Blueprint, Break, BreakKind, CardAction, Certainty, Confirmed, Difficulty,
        End, Event, FollowUp, Format, Given, Kind, Mode, Prediction, Preset, Rating, Review, Row,
        SelfMark, Way,
    },
    ids::{
        AttemptId, CardId, DeviceId, Lang, LessonId, ParametersId, PointId, QuestionId, RowId,
        SessionId, StudyDay,
    },
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
        1 => (name(), prop::sample::select(&Way::ALL[..]))
            .prop_map(|(scenario, way)| Event::Walked { scenario, way }),
        1 => attempt().prop_map(|attempt| Event::Attempt(Box::new(attempt))),
        1 => answer().prop_map(|answer| Event::Answer(Box::new(answer))),
    ]
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let pause =
        (any::<u64>(), any::<u64>(), any::<bool>()).prop_map(|(at_ms, lasted_ms, pause)| {
            let kinds = [BreakKind::Interruption, BreakKind::Pause];
            Break {
                why: kinds[usize::from(pause)],
                at_ms,
                lasted_ms,
            }
        });
    (
        (name(), any::<u64>(), any::<i64>(), any::<u64>()),
        (option::of(name()), prop::collection::vec(name(), 0..3)),
        (any::<u32>(), any::<u32>(), any::<bool>()),
        prop::collection::vec(pause, 0..3),
    )
        .prop_map(|(what, scope, size, breaks)| Attempt {
            attempt: AttemptId::new(what.0),
            blueprint: Blueprint {
                preset: Preset::Mock,
                profile: scope.0,
                domains: scope.1,
                count: size.0,
                minutes: size.1,
                easiest: Difficulty::Recall,
                hardest: Difficulty::Diagnose,
                format: if size.2 {
                    Format::Exam
                } else {
                    Format::Practice
                },
            },
            seed: what.1,
            lang: Lang::Zh,
            marking: 1,
            started_ms: what.2,
            spent_ms: what.3,
            end: if size.2 { End::Time } else { End::Submitted },
            questions: size.0,
            breaks,
        })
}

fn answer() -> impl Strategy<Value = Answer> {
    let given = prop_oneof![
        Just(Given::Nothing),
        prop::collection::vec(any::<usize>(), 0..4).prop_map(Given::Options),
        ".*".prop_map(Given::Text),
        prop::collection::vec(any::<usize>(), 0..4).prop_map(Given::Order),
        prop::collection::vec(option::of(any::<usize>()), 0..4).prop_map(Given::Pairs),
        prop::collection::vec(name().prop_map(PointId::new), 0..3).prop_map(Given::Points),
        prop::sample::select(&SelfMark::ALL[..]).prop_map(Given::Own),
    ];
    let share = 0.0..=1.0_f64;
    (
        (name(), any::<u32>(), name(), name(), ".*"),
        (given, option::of((name(), ".*")), any::<bool>()),
        (any::<u64>(), share.clone(), option::of((name(), share))),
        (
            option::of(prop::sample::select(&Certainty::ALL[..])),
            prop::collection::vec(name().prop_map(CardId::new), 0..3),
            ".*",
        ),
    )
        .prop_map(|(what, said, worth, more)| Answer {
            attempt: AttemptId::new(what.0),
            number: what.1,
            question: QuestionId::new(what.2),
            asked: Kind::Short,
            lesson: LessonId::new(what.3),
            domain: what.4,
            difficulty: Difficulty::Apply,
            given: said.0,
            follow_up: said.1.map(|(point, text)| FollowUp {
                point: PointId::new(point),
                text,
            }),
            certainty: more.0,
            flagged: said.2,
            duration_ms: worth.0,
            credit: worth.1,
            right: said.2,
            confirmed: worth.2.map(|(point, credit)| Confirmed {
                points: vec![PointId::new(point)],
                credit,
                right: credit >= 0.5,
            }),
            cards: more.1,
            shown: vec![1, 0],
            stood: serde_json::json!({ "prompt": { "zh": more.2 }, "difficulty": 3 }),
        })
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
