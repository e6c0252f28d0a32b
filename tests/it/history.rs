//! The JSON Lines form of history is what `docs/history-format.md` says.

use std::{collections::BTreeSet, fs};

use chrono::NaiveDate;
use podlings::{
    history::{
        Answer, Attempt, Blueprint, Break, BreakKind, CardAction, Certainty, Confirmed, Difficulty,
        End, Event, FollowUp, Format, Given, Kind, Mode, Prediction, Preset, Rating, Review, Row,
        Way, from_json_line, to_json_line,
    },
    ids::{CardId, Lang, ParametersId, StudyDay},
};
use serde_json::Value;

fn day() -> StudyDay {
    StudyDay::new(NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date"))
}

fn events() -> Vec<Event> {
    vec![
        Event::Review(Review {
            card: CardId::new("k09.pause"),
            rating: Rating::Good,
            mode: Mode::Review,
            day: day(),
            duration_ms: 4_200,
            elapsed_days: 3,
            stability_before: Some(2.3065),
            difficulty_before: Some(2.118_104),
            stability_after: Some(10.9645),
            difficulty_after: Some(2.111_219),
            predicted_recall: Some(0.874),
            desired_retention: 0.9,
            parameters: ParametersId::default(),
        }),
        Event::Review(Review {
            card: CardId::new("k09.pause"),
            rating: Rating::Again,
            mode: Mode::Learn,
            day: day(),
            duration_ms: 0,
            elapsed_days: 0,
            stability_before: None,
            difficulty_before: None,
            stability_after: None,
            difficulty_after: None,
            predicted_recall: None,
            desired_retention: 0.9,
            parameters: ParametersId::default(),
        }),
        Event::Undo {
            row: "1a20bbdc200000-5f2c9a70e1b3".into(),
        },
        Event::Card {
            card: "k09.pause".into(),
            action: CardAction::Suspend,
        },
        Event::Card {
            card: "k09.pause".into(),
            action: CardAction::Bury { until: day() },
        },
        Event::Card {
            card: "k09.pause".into(),
            action: CardAction::NotACard,
        },
        Event::Link {
            from: "3f9a1c".into(),
            to: "77d0e2".into(),
        },
        Event::Parameters {
            algorithm: "fsrs-6".into(),
            values: vec![0.212, 1.2931],
        },
        Event::Read {
            lesson: "k09".into(),
            section: 2,
        },
        Event::Prediction(Prediction {
            scenario: "rc-create".into(),
            prediction: "first-call".into(),
            lesson: "k14".into(),
            chosen: "RunPodSandbox".into(),
            right: true,
            duration_ms: 5_300,
        }),
        Event::Walked {
            scenario: "rc-create".to_owned(),
            way: Way::Told,
        },
        Event::Attempt(Box::new(Attempt {
            attempt: "3fa9c2d1".into(),
            blueprint: Blueprint {
                preset: Preset::Mock,
                profile: Some("docker".to_owned()),
                domains: Vec::new(),
                count: 20,
                minutes: 30,
                easiest: Difficulty::Recall,
                hardest: Difficulty::Diagnose,
                format: Format::Exam,
            },
            seed: 42,
            lang: Lang::En,
            marking: 1,
            started_ms: 1_795_491_000_000,
            spent_ms: 1_712_000,
            end: End::Submitted,
            questions: 20,
            breaks: vec![Break {
                why: BreakKind::Interruption,
                at_ms: 605_000,
                lasted_ms: 88_000,
            }],
        })),
        Event::Answer(Box::new(Answer {
            attempt: "3fa9c2d1".into(),
            number: 7,
            question: "d04-exited-restart".into(),
            asked: Kind::Short,
            lesson: "d04".into(),
            domain: "docker".to_owned(),
            difficulty: Difficulty::Explain,
            given: Given::Text("In its writable layer.".to_owned()),
            follow_up: Some(FollowUp {
                point: "rm".into(),
                text: "Never.".to_owned(),
            }),
            certainty: Some(Certainty::Certain),
            flagged: false,
            duration_ms: 61_000,
            credit: 0.25,
            right: false,
            confirmed: Some(Confirmed {
                points: vec!["kept".into()],
                credit: 0.25,
                right: false,
            }),
            cards: vec!["d04.exited".into()],
            shown: Vec::new(),
            stood: serde_json::json!({ "id": "d04-exited-restart" }),
        })),
    ]
}

const LINES: &[&str] = &[
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"review","card":"k09.pause","rating":3,"mode":"review","day":"2026-11-24","duration_ms":4200,"elapsed_days":3,"stability_before":2.3065,"difficulty_before":2.118104,"stability_after":10.9645,"difficulty_after":2.111219,"predicted_recall":0.874,"desired_retention":0.9,"parameters":"fsrs-6-default"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"review","card":"k09.pause","rating":1,"mode":"learn","day":"2026-11-24","duration_ms":0,"elapsed_days":0,"stability_before":null,"difficulty_before":null,"stability_after":null,"difficulty_after":null,"predicted_recall":null,"desired_retention":0.9,"parameters":"fsrs-6-default"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"undo","row":"1a20bbdc200000-5f2c9a70e1b3"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"card","card":"k09.pause","action":"suspend"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"card","card":"k09.pause","action":"bury","until":"2026-11-24"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"card","card":"k09.pause","action":"not-a-card"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"link","from":"3f9a1c","to":"77d0e2"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"parameters","algorithm":"fsrs-6","values":[0.212,1.2931]}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"read","lesson":"k09","section":2}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"prediction","scenario":"rc-create","prediction":"first-call","lesson":"k14","chosen":"RunPodSandbox","right":true,"duration_ms":5300}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"walked","scenario":"rc-create","way":"told"}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"attempt","attempt":"3fa9c2d1","blueprint":{"preset":"mock","profile":"docker","domains":[],"count":20,"minutes":30,"easiest":1,"hardest":4,"format":"exam"},"seed":42,"lang":"en","marking":1,"started_ms":1795491000000,"spent_ms":1712000,"end":"submitted","questions":20,"breaks":[{"why":"interruption","at_ms":605000,"lasted_ms":88000}]}"#,
    r#"{"v":1,"id":"ID","at_ms":1795492800000,"device":"5f2c9a70e1b3","session":"c0ffee5e5510","kind":"answer","attempt":"3fa9c2d1","number":7,"question":"d04-exited-restart","asked":"short","lesson":"d04","domain":"docker","difficulty":2,"given":{"text":"In its writable layer."},"follow_up":{"point":"rm","text":"Never."},"certainty":3,"flagged":false,"duration_ms":61000,"credit":0.25,"right":false,"confirmed":{"points":["kept"],"credit":0.25,"right":false},"cards":["d04.exited"],"shown":[],"stood":{"id":"d04-exited-restart"}}"#,
];

#[test]
fn each_kind_is_written_and_read_as_it_ever_was() {
    let events = events();
    assert_eq!(events.len(), LINES.len());
    for (event, line) in events.into_iter().zip(LINES) {
        let row = Row {
            id: "ID".into(),
            at_ms: 1_795_492_800_000,
            device: "5f2c9a70e1b3".into(),
            session: "c0ffee5e5510".into(),
            event,
        };
        assert_eq!(to_json_line(&row), *line);
        assert_eq!(from_json_line(line).expect("reads"), row);
    }
}

/// The keys of what a row holds besides texts and numbers; a question as it stood has a format of its
/// own.
fn parts(row: &serde_json::Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let held = row.iter().filter(|(key, _)| *key != "stood");
    held.flat_map(|(_, value)| match value {
        Value::Object(part) => vec![part],
        Value::Array(parts) => parts.iter().filter_map(Value::as_object).collect(),
        _ => Vec::new(),
    })
    .flatten()
}

/// Keys and words of the format stand in backquotes in the document.
#[test]
fn the_document_names_every_key_and_every_word() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/history-format.md");
    let document = fs::read_to_string(path).expect("docs/history-format.md");
    let named: BTreeSet<&str> = document.split('`').skip(1).step_by(2).collect();
    for line in LINES {
        let Value::Object(row) = serde_json::from_str(line).expect("JSON") else {
            panic!("not an object: {line}");
        };
        for (key, value) in row.iter().chain(parts(&row)) {
            assert!(
                named.contains(key.as_str()),
                "`{key}` is not in the document"
            );
            if let (true, Value::String(word)) = (
                [
                    "kind", "mode", "action", "why", "end", "format", "preset", "asked",
                ]
                .contains(&key.as_str()),
                value,
            ) {
                assert!(
                    named.contains(word.as_str()),
                    "`{word}` is not in the document"
                );
            }
        }
    }
    for word in [
        "relearn",
        "cram",
        "manual",
        "unsuspend",
        "flag",
        "unflag",
        "known",
        "unknown",
        "reset",
        "a-card",
        "quick",
        "full",
        "wrong",
        "custom",
        "practice",
        "pause",
        "time",
        "choice",
        "multi",
        "cloze",
        "order",
        "match",
        "aloud",
        "predict",
        "card",
        "nothing",
        "options",
        "pairs",
        "own",
        "missed",
        "partly",
        "knew",
        "told",
        "gaps",
        "recount",
    ] {
        assert!(named.contains(word), "`{word}` is not in the document");
    }
    for example in document.lines().filter(|line| line.starts_with('{')) {
        from_json_line(example).unwrap_or_else(|error| panic!("{error}: {example}"));
    }
}
