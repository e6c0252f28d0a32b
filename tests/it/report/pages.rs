//! How reports read: kept ones in both languages, and those of learners with little or much to tell.

use super::Learner;
use crate::{golden, year::Style};

#[test]
fn reports_are_as_they_were_found_right() {
    let learner = Learner::of(Some(Style::Lapsing));
    for lang in ["zh", "en"] {
        for format in ["html", "md", "svg"] {
            let report = learner.report(&["--format", format, "--lang", lang]);
            golden::holds("report", &format!("lapsing.{lang}.{format}"), &report);
        }
        let stats = learner.run(&["stats", "--plain", "--lang", lang]).result();
        golden::holds("report", &format!("lapsing.{lang}.txt"), &stats);
    }
    for format in ["json", "csv"] {
        let report = learner.report(&[
            "--format",
            format,
            "--lang",
            "zh",
            "--since",
            "2026-11-01",
            "--share",
        ]);
        golden::holds("report", &format!("lapsing.shared.{format}"), &report);
    }
}

#[test]
fn one_database_gives_the_same_bytes() {
    let learner = Learner::of(Some(Style::Cramming));
    for format in ["html", "md", "json", "csv", "svg"] {
        let once = learner.report(&["--format", format]);
        for _ in 0..3 {
            assert!(
                once == learner.report(&["--format", format]),
                "{format} differs"
            );
        }
    }
}

#[test]
fn an_empty_history_gives_sensible_pages() {
    let learner = Learner::of(None);
    for (lang, nothing) in [
        ("en", "No card of this interview has been met yet"),
        ("zh", "还没有学过"),
    ] {
        for format in ["html", "md"] {
            let page = learner.report(&["--format", format, "--lang", lang]);
            assert!(page.contains(nothing), "{page}");
            for wrong in ["NaN", "inf", "{n}"] {
                assert!(!page.contains(wrong), "{wrong}: {page}");
            }
        }
    }
    let json = learner.json(&[]);
    assert_eq!(json["readiness"]["expected"], 0.0);
    assert_eq!(json["retention"]["all"]["share"], serde_json::Value::Null);
    let csv = learner.report(&["--format", "csv"]);
    assert!(
        csv.contains("readiness,") && csv.contains("forecast,"),
        "{csv}"
    );
    assert!(learner.report(&["--format", "svg"]).contains("<rect"));
}

#[test]
fn one_review_gives_sensible_pages() {
    let learner = Learner::of(None);
    learner
        .home
        .run_with(
            &learner.arguments(&["study", "--plain", "--new"]),
            "\n3\nq\n",
        )
        .result();
    let page = learner.report(&["--format", "md", "--lang", "en"]);
    assert!(page.contains("1 of 66 cards have been met"), "{page}");
    assert!(
        page.contains("An interval needs 30 tests of memory; there are 0."),
        "{page}"
    );
    assert!(!page.contains("NaN"), "{page}");
    let json = learner.json(&[]);
    assert_eq!(json["habit"]["current_streak"], 1);
    assert_eq!(json["cards"]["young"], 1);
}
