//! What holds of any answer.

use proptest::prelude::*;

use super::*;

/// Texts of what matters to the rules, and of anything else.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("共享".to_owned()),
        Just("内核".to_owned()),
        Just("不".to_owned()),
        Just("share the kernel".to_owned()),
        Just(" not ".to_owned()),
        Just("n't".to_owned()),
        Just("，".to_owned()),
        Just(". ".to_owned()),
        Just("'s ".to_owned()),
        Just("e\u{301}\u{200d}".to_owned()),
        Just("👩‍👩‍👧ﬁ㈠①½…".to_owned()),
        ".{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn any_point() -> Question {
    short(vec![
        Point {
            any: forms(&["共享 内核", "share* kernel", "内核"]),
            not: forms(&["no kernel"]),
            ..point("kernel", 2)
        },
        Point {
            before: Some("共享|share*<内核|kernel".to_owned()),
            ..point("order", 1)
        },
    ])
}

proptest! {
    #[test]
    fn any_answer_is_marked_and_its_spans_are_of_whole_characters(text in answers()) {
        let marked = typed(&any_point(), &text);
        prop_assert!((0.0..=1.0).contains(&marked.credit));
        for mark in &marked.points {
            let mut end = 0;
            for span in &mark.spans {
                prop_assert!(text.get(span.clone()).is_some_and(|part| !part.is_empty()));
                prop_assert!(span.start >= end, "in order");
                end = span.end;
            }
            for span in &mark.cancelled_by {
                prop_assert!(text.get(span.clone()).is_some());
            }
            prop_assert!(mark.met || mark.spans.is_empty());
            prop_assert!(!mark.met || mark.cancelled_by.is_empty());
        }
    }

    #[test]
    fn the_normal_form_of_a_text_is_its_own_and_earns_the_same(text in answers()) {
        let normal = normal::Normal::of(&text).text();
        prop_assert_eq!(normal::Normal::of(&normal).text(), normal.clone());
        let Ask::Short(short) = any_point().ask else {
            panic!("it is answered in sentences");
        };
        let met = |text: &str| -> Vec<bool> {
            points::mark_points(&short, text).iter().map(|mark| mark.met).collect()
        };
        prop_assert_eq!(met(&normal), met(&text), "{}", normal);
    }

    #[test]
    fn any_form_is_read_or_refused(
        form in prop_oneof![".{0,20}", "[(]?(!?[a-c内核不]{1,2}[ |]){0,5}[a-c内核][)]?"],
        text in answers(),
    ) {
        if Form::parse(&form).is_ok() {
            let question = short(vec![Point { any: vec![form], ..point("p", 1) }]);
            let _ = typed(&question, &text);
        }
    }

    #[test]
    fn any_given_is_marked(numbers in proptest::collection::vec(0usize..9, 0..9)) {
        let given = [
            Given::Options(numbers.clone()),
            Given::Order(numbers.clone()),
            Given::Pairs(numbers.iter().map(|number| (*number < 8).then_some(*number)).collect()),
        ];
        let items = ["a", "b", "c"].map(titles).to_vec();
        let asks = [
            Ask::Choice(choice(&[true, false])),
            Ask::Multi(choice(&[true, false, true])),
            Ask::Order(Order { items }),
            Ask::Match(Match { pairs: Vec::new() }),
        ];
        for ask in asks.map(question) {
            for given in &given {
                prop_assert!((0.0..=1.0).contains(&mark(&ask, given).credit));
            }
        }
    }
}
