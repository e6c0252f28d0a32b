//! The figures of a report, held to what the test counts in the rows itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use podlings::history::{Answer, Certainty, Mode, Rating, Review};
use serde_json::Value;

use super::{Learner, NOTES, cards, fsrs, lesson};
use crate::year::{Known, Style, Year, date};

const STYLES: [Style; 3] = [Style::Steady, Style::Lapsing, Style::Cramming];

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn near(value: &Value, expected: f64) {
    let found = number(value);
    assert!(
        (found - expected).abs() < 2e-3,
        "{found} and not {expected}"
    );
}

fn share<'a>(reviews: impl Iterator<Item = &'a Review>) -> (usize, usize) {
    reviews.fold((0, 0), |(passed, all), review| {
        (
            passed + usize::from(review.rating != Rating::Again),
            all + 1,
        )
    })
}

/// Wilson's interval at z = 1.96.
fn wilson(passed: f64, of: f64) -> (f64, f64) {
    let (p, z2) = (passed / of, 1.96f64.powi(2));
    let middle = p + z2 / (2.0 * of);
    let half = 1.96 * (p * (1.0 - p) / of + z2 / (4.0 * of * of)).sqrt();
    (
        (middle - half) / (1.0 + z2 / of),
        (middle + half) / (1.0 + z2 / of),
    )
}

#[track_caller]
fn holds(json: &Value, (passed, of): (usize, usize)) {
    assert_eq!(json["of"], of, "{json}");
    if of == 0 {
        assert_eq!(json["share"], Value::Null);
        return;
    }
    let (passed, of) = (passed as f64, of as f64);
    near(&json["share"], passed / of);
    let (low, high) = wilson(passed, of);
    near(&json["interval"][0], low.max(0.0));
    near(&json["interval"][1], high.min(1.0));
}

#[test]
fn a_year_of_each_learner_comes_to_what_its_rows_say() {
    for style in STYLES {
        let learner = Learner::of(Some(style));
        let year = learner.year.as_ref().expect("a year");
        let report = learner.json(&[]);
        days(&report, year, style);
        retention(&report, year);
        readiness(&report, year);
        interviews(&report, year);
    }
}

fn days(report: &Value, year: &Year, style: Style) {
    let studied = year.days();
    let habit = &report["habit"];
    let told: BTreeSet<NaiveDate> = habit["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| {
            day["day"]
                .as_str()
                .and_then(|day| day.parse().ok())
                .expect("a day")
        })
        .collect();
    assert_eq!(told, studied);
    assert_eq!(habit["ms"], year.spent());
    let grades: u64 = habit["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| day["grades"].as_u64().expect("a number"))
        .sum();
    assert_eq!(grades as usize, year.reviews().count());
    let streak = habit["current_streak"].as_u64().expect("a number");
    match style {
        // Six days of seven, the seventh forgiven: every day of study counts.
        Style::Steady => assert_eq!(streak as usize, studied.len()),
        Style::Lapsing => {
            assert!(!studied.contains(&date(-1)) && !studied.contains(&date(0)));
            assert_eq!(streak, 0);
            assert_eq!(habit["longest_streak"], 21);
        }
        Style::Cramming => assert_eq!(streak, 28),
    }
}

fn retention(report: &Value, year: &Year) {
    let tests = year.tests();
    assert!(tests.len() > 100, "{} tests", tests.len());
    let retention = &report["retention"];
    holds(&retention["all"], share(tests.iter().copied()));
    near(&retention["desired"], 0.9);
    let weeks = retention["weeks"].as_array().expect("weeks");
    assert_eq!(weeks.len(), 26);
    for (week, told) in (-25i64..=0).zip(weeks) {
        let last = date(7 * week);
        let first = date(7 * week - 6);
        assert_eq!(told["last_day"], last.to_string());
        let of_week = tests
            .iter()
            .copied()
            .filter(|test| (first..=last).contains(&test.day.date()));
        holds(&told["recalled"], share(of_week));
    }
    assert_eq!(report["calibration"]["tests"], tests.len());
    let bins = report["calibration"]["bins"].as_array().expect("bins");
    let all: u64 = bins
        .iter()
        .filter_map(|bin| bin["recalled"]["of"].as_u64())
        .sum();
    assert_eq!(all as usize, tests.len());
}

fn readiness(report: &Value, year: &Year) {
    let mut stories: BTreeMap<&str, Vec<&Review>> = BTreeMap::new();
    for review in year.reviews() {
        stories
            .entry(review.card.as_str())
            .or_default()
            .push(review);
    }
    let recall = |known: &Known, on: NaiveDate| {
        let story = stories.get(known.card.as_str())?;
        let state = fsrs::state(story.iter().copied())?;
        let mut scheduled = story.iter().filter(|review| review.mode != Mode::Cram);
        let last = scheduled.next_back()?;
        Some(fsrs::recall(
            state.stability,
            (on - last.day.date()).num_days(),
        ))
    };
    let (today, interview) = (date(0), date(26));
    let cards = cards();
    let mut expected = 0.0;
    for (domain, count) in NOTES {
        let of_field = || cards.iter().filter(|known| known.domain == domain);
        let sum = |on| {
            of_field()
                .filter_map(|known| recall(known, on))
                .sum::<f64>()
        };
        expected += sum(interview);
        let fields = report["fields"].as_array().expect("fields");
        let told = fields
            .iter()
            .find(|field| field["field"] == domain)
            .expect("a field");
        near(&told["recall"], sum(today) / count as f64);
        assert_eq!(
            told["met"],
            of_field()
                .filter(|one| recall(one, today).is_some())
                .count()
        );
        assert_eq!(told["cards"], count);
        let lessons = report["lessons"].as_array().expect("lessons");
        let told = lessons.iter().find(|one| one["lesson"] == lesson(domain));
        near(
            &told.expect("a lesson")["recall"],
            sum(today) / count as f64,
        );
    }
    let told = &report["readiness"];
    assert_eq!(told["on"], interview.to_string());
    // Fields of own notes weigh what they have of cards.
    near(&told["expected"], expected / cards.len() as f64);
    assert_eq!(told["tests"], year.tests().len());
    assert!(number(&told["interval"][0]) < number(&told["expected"]));
    assert!(number(&told["interval"][1]) >= number(&told["expected"]));
    let plan = &report["plan"];
    assert!(number(&plan["expected"]) >= number(&plan["by_settings"]));
    assert!(number(&plan["expected"]) >= number(&told["expected"]) - 0.02);
}

fn interviews(report: &Value, year: &Year) {
    let mut held: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in year.answers() {
        held.entry(answer.attempt.as_str())
            .or_default()
            .push(answer);
    }
    let told = report["interviews"].as_array().expect("interviews");
    assert_eq!(told.len(), held.len());
    let mut scores: Vec<usize> = Vec::new();
    for answers in held.values() {
        let by_rule = answers
            .iter()
            .filter(|answer| !answer.asked.is_self_marked());
        scores.push(by_rule.filter(|answer| answer.right).count());
    }
    let mut shown: Vec<usize> = told
        .iter()
        .map(|one| (number(&one["by_rule"]["share"]) * 9.0).round() as usize)
        .collect();
    scores.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, scores);
    for (name, certainty) in ["guess", "think", "certain"]
        .into_iter()
        .zip(Certainty::ALL)
    {
        let these: Vec<&Answer> = year
            .answers()
            .filter(|answer| answer.certainty == Some(certainty))
            .collect();
        let right = these.iter().filter(|answer| answer.right).count();
        holds(&report["certainty"][name], (right, these.len()));
    }
    let wrong: BTreeSet<&str> = year
        .answers()
        .filter(|answer| answer.certainty == Some(Certainty::Certain) && !answer.right)
        .map(|answer| answer.question.as_str())
        .collect();
    let told: BTreeSet<&str> = report["confidently_wrong"]
        .as_array()
        .expect("questions")
        .iter()
        .filter_map(|one| one["question"].as_str())
        .collect();
    assert_eq!(told, wrong);
}

#[test]
fn since_looks_back_no_further_and_what_is_known_now_stays() {
    let learner = Learner::of(Some(Style::Steady));
    let year = learner.year.as_ref().expect("a year");
    let first = date(-40);
    let (all, since) = (
        learner.json(&[]),
        learner.json(&["--since", &first.to_string()]),
    );
    let tests = year.tests();
    let later = tests
        .iter()
        .copied()
        .filter(|test| test.day.date() >= first);
    holds(&since["retention"]["all"], share(later));
    let days = since["habit"]["days"].as_array().expect("days");
    assert_eq!(days.len(), year.days().range(first..).count());
    let held = since["interviews"].as_array().map(Vec::len);
    assert_eq!(held, Some(1), "36 days ago; today is a day of rest");
    for same in ["readiness", "plan", "fields", "cards", "forecast"] {
        assert_eq!(since[same], all[same], "{same}");
    }
    assert_eq!(
        since["habit"]["current_streak"],
        all["habit"]["current_streak"]
    );
}
