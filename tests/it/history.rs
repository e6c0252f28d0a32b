//! The JSON Lines form of history is what `docs/history-format.md` says.

use std::{collections::BTreeSet, fs};

use chrono::NaiveDate;
use podlings::{
    history::{
        CardAction, Event, Mode, Prediction, Rating, Review, Row, from_json_line, to_json_line,
    },
    ids::{CardId, ParametersId, StudyDay},
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
        for (key, value) in &row {
            assert!(
                named.contains(key.as_str()),
                "`{key}` is not in the document"
            );
            if let (true, Value::String(word)) =
                (["kind", "mode", "action"].contains(&key.as_str()), value)
            {
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
    ] {
        assert!(named.contains(word), "`{word}` is not in the document");
    }
    for example in document.lines().filter(|line| line.starts_with('{')) {
        from_json_line(example).unwrap_or_else(|error| panic!("{error}: {example}"));
    }
}
