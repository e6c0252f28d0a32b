mod forms;
mod properties;

use super::*;
use crate::{
    history::{Difficulty, SelfMark},
    interview::{Aloud, CardFace, Match, Offer, Order, Pair, Short, SpokenPoint},
    walkthrough::Titles,
};

fn titles(text: &str) -> Titles {
    Titles {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}

fn question(ask: Ask) -> Question {
    Question {
        id: "q".into(),
        lesson: "d01".into(),
        domain: "docker".to_owned(),
        difficulty: Difficulty::Explain,
        prompt: titles("?"),
        why: titles("!"),
        source: String::new(),
        cards: Vec::new(),
        ask,
    }
}

fn point(id: &str, weight: u8) -> Point {
    Point {
        id: id.into(),
        weight,
        text: titles(id),
        any: Vec::new(),
        all: Vec::new(),
        before: None,
        not: Vec::new(),
        follow_up: None,
    }
}

fn forms(forms: &[&str]) -> Vec<String> {
    forms.iter().map(|form| (*form).to_owned()).collect()
}

fn short(points: Vec<Point>) -> Question {
    question(Ask::Short(Short {
        answer: titles("a"),
        points,
    }))
}

fn typed(question: &Question, text: &str) -> Marked {
    mark(question, &Given::Text(text.to_owned()))
}

/// Whether an answer makes a point of these forms.
fn makes(any: &[&str], text: &str) -> bool {
    let point = Point {
        any: forms(any),
        ..point("p", 1)
    };
    typed(&short(vec![point]), text).points[0].met
}

fn choice(right: &[bool]) -> Choice {
    let option = |right: &bool| Offer {
        text: titles("o"),
        right: *right,
        reason: None,
    };
    Choice {
        options: right.iter().map(option).collect(),
    }
}

#[test]
fn one_option_is_right_or_it_is_not() {
    let question = question(Ask::Choice(choice(&[false, true, false])));
    let credit = |chosen: &[usize]| mark(&question, &Given::Options(chosen.to_vec())).credit;
    assert_eq!(credit(&[1]), 1.0);
    assert_eq!(credit(&[0]), 0.0);
    assert_eq!(credit(&[0, 1]), 0.0);
    assert_eq!(credit(&[9]), 0.0);
    let marked = mark(&question, &Given::Options(vec![2]));
    let verdict = Verdict::Options {
        hit: vec![],
        missed: vec![1],
        wrong: vec![2],
    };
    assert_eq!(marked.verdict, verdict);
    assert_eq!(mark(&question, &Given::Nothing).verdict, Verdict::Nothing);
}

#[test]
fn wrong_options_of_several_take_away_from_right_ones() {
    let question = question(Ask::Multi(choice(&[true, true, false, true, false])));
    let credit = |chosen: &[usize]| mark(&question, &Given::Options(chosen.to_vec())).credit;
    assert_eq!(credit(&[0, 1, 3]), 1.0);
    assert_eq!(credit(&[3, 0]), 2.0 / 3.0);
    assert_eq!(credit(&[0, 1, 2]), 1.0 / 3.0);
    assert_eq!(credit(&[0, 1, 2, 3, 4]), 1.0 / 3.0);
    assert_eq!(credit(&[0, 0, 0]), 1.0 / 3.0);
    assert_eq!(credit(&[2, 4]), 0.0);
}

#[test]
fn an_order_counts_by_its_pairs() {
    let items = ["a", "b", "c", "d"].map(titles).to_vec();
    let question = question(Ask::Order(Order { items }));
    let credit = |places: &[usize]| mark(&question, &Given::Order(places.to_vec())).credit;
    assert_eq!(credit(&[0, 1, 2, 3]), 1.0);
    // Five of six pairs: 2 × 5/6 − 1.
    assert!((credit(&[1, 0, 2, 3]) - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(credit(&[0, 3, 2, 1]), 0.0);
    assert_eq!(credit(&[3, 2, 1, 0]), 0.0);
    assert_eq!(credit(&[0, 1, 2]), 0.0);
    assert_eq!(credit(&[0, 1, 2, 2]), 0.0);
    let marked = mark(&question, &Given::Order(vec![0, 1, 3, 2]));
    let verdict = Verdict::Order {
        agreeing: 5,
        pairs: 6,
    };
    assert_eq!(marked.verdict, verdict);
}

#[test]
fn pairs_count_by_their_share() {
    let pairs = ["a", "b", "c", "d"].map(|side| Pair {
        left: titles(side),
        right: titles(side),
    });
    let question = question(Ask::Match(Match {
        pairs: pairs.to_vec(),
    }));
    let credit =
        |chosen: [Option<usize>; 4]| mark(&question, &Given::Pairs(chosen.to_vec())).credit;
    assert_eq!(credit([Some(0), Some(1), Some(2), Some(3)]), 1.0);
    assert_eq!(credit([Some(0), None, Some(3), Some(2)]), 0.25);
    assert_eq!(credit([None; 4]), 0.0);
}

#[test]
fn ticked_points_and_the_learners_word_count_as_given() {
    let spoken = |id: &str, weight| SpokenPoint {
        id: id.into(),
        weight,
        text: titles(id),
    };
    let aloud = question(Ask::Aloud(Aloud {
        seconds: 60,
        answer: titles("a"),
        points: vec![spoken("a", 3), spoken("b", 1)],
    }));
    let marked = mark(&aloud, &Given::Points(vec!["a".into()]));
    assert_eq!(marked.credit, 0.75);
    assert!(marked.points[0].met && !marked.points[1].met);
    let card = question(Ask::Card(CardFace { back: titles("b") }));
    for (word, credit) in SelfMark::ALL.into_iter().zip([0.0, 0.5, 1.0]) {
        assert_eq!(mark(&card, &Given::Own(word)).credit, credit);
    }
    assert_eq!(mark(&card, &Given::Text("x".into())).credit, 0.0);
}

#[test]
fn points_weigh_and_their_words_are_shown() {
    let question = short(vec![
        Point {
            any: forms(&["共享 内核", "share* kernel"]),
            ..point("kernel", 3)
        },
        Point {
            all: forms(&["cgroup", "namespace"]),
            ..point("both", 1)
        },
    ]);
    let text = "容器【共享】宿主机的内核，VMs do not.";
    let marked = typed(&question, text);
    assert_eq!(marked.credit, 0.75);
    let shown: Vec<&str> = marked.points[0]
        .spans
        .iter()
        .map(|span| &text[span.clone()])
        .collect();
    assert_eq!(shown, ["共享", "内核"]);
    let all = typed(
        &question,
        "They share one kernel; namespaces and cgroups part them.",
    );
    assert_eq!(all.credit, 1.0);
}

#[test]
fn an_interviewer_asks_for_the_heaviest_missed_point() {
    let asks = |id, weight| Point {
        any: forms(&[id]),
        follow_up: Some(titles("?")),
        ..point(id, weight)
    };
    let silent = Point {
        any: forms(&["zero"]),
        ..point("zero", 3)
    };
    let question = short(vec![
        silent,
        asks("one", 1),
        asks("two", 2),
        asks("three", 2),
    ]);
    let next = |text: &str, seed| next_follow_up(&question, &typed(&question, text), seed);
    assert_eq!(next("nothing", 0), Some("two".into()));
    assert_eq!(next("nothing", 1), Some("three".into()));
    assert_eq!(next("three", 7), Some("two".into()));
    assert_eq!(next("two three", 7), Some("one".into()));
    assert_eq!(next("one two three", 7), None);
    let follow_up = FollowUp {
        point: "two".into(),
        text: "it is two, and three".to_owned(),
    };
    let first = typed(&question, "one");
    let mark = mark_follow_up(&question, &follow_up).expect("there is such a point");
    let marked = first.with(&question, &mark);
    assert_eq!((first.credit, marked.credit), (1.0 / 8.0, 3.0 / 8.0));
    let confirmed = marked.confirmed(&question, &["zero".into()]);
    assert_eq!(confirmed.credit, 3.0 / 8.0);
    assert!(confirmed.points[0].met && !confirmed.points[1].met);
}
