use std::time::Duration;

use podlings::{
    history::{Blueprint, BreakKind, Certainty, End, Format, Given, Preset},
    ids::PointId,
    interview::{
        Ask, CARDS, Draw, Effect, Input, Kind, OWN, Questions, Results, Stage, Standing, Stock,
        Warning, available,
    },
    locale::Locale,
    notes::{Course, Origin, SourceFile, course, read},
};
use proptest::prelude::*;

use super::sitting::{Sitting, blueprint, draw, draw_from};

fn text(text: &str) -> Given {
    Given::Text(text.to_owned())
}

fn points(ids: &[&str]) -> Vec<PointId> {
    ids.iter().map(|id| PointId::from(*id)).collect()
}

fn predicted(sitting: &Sitting) -> usize {
    let item = &sitting.session.paper().items[sitting.place("t-predict")];
    match &item.question.ask {
        Ask::Predict(predict) => predict.answer,
        other => panic!("{other:?}"),
    }
}

/// Answers everything right, certain of it.
fn answers_all(sitting: &mut Sitting) {
    let predicted = predicted(sitting);
    for (id, given) in [
        ("t-choice", Given::Options(vec![0])),
        ("t-multi", Given::Options(vec![0, 1])),
        ("t-cloze", text("kubectl  uncordon node-3")),
        ("t-order", Given::Order(vec![0, 1, 2])),
        ("t-match", Given::Pairs(vec![Some(0), Some(1), Some(2)])),
        (
            "t-short",
            text("In the writable layer, until docker rm deletes it."),
        ),
        ("t-predict", Given::Options(vec![predicted])),
    ] {
        sitting.answers(id, given);
        sitting.does(Input::Sure(Some(Certainty::Certain)));
    }
    sitting.turns_to("t-aloud").does(Input::Done).seconds(20);
    sitting
        .does(Input::Done)
        .does(Input::Give(Given::Points(points(&["restart", "replace"]))));
}

#[test]
fn all_right_is_full_marks() {
    let mut sitting = Sitting::of(Format::Exam);
    answers_all(&mut sitting);
    sitting.does(Input::Submit);
    assert_eq!(sitting.session.end(), Some(End::Submitted));
    let results = Results::of(&sitting.record());
    assert_eq!(results.score.percent(), Some(100));
    assert_eq!((results.score.count, results.own.count), (7, 1));
    assert_eq!(results.own.percent(), Some(100));
    assert_eq!(results.with_certainty, Some((21, 21)));
    assert!(results.wrong.is_empty() && results.blank.is_empty());
    let (low, high) = results.score.interval().expect("an interval");
    assert!(low < 70 && high == 100, "{low}–{high} of seven answers");
}

#[test]
fn nothing_answered_is_nothing_and_is_said_so() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.seconds(3).does(Input::Submit);
    let results = Results::of(&sitting.record());
    assert_eq!(results.answered, 0);
    assert_eq!(results.blank.len(), 8);
    assert_eq!(results.sentence(Locale::en()), "Nothing was answered.");
    assert_eq!(sitting.attempt().spent_ms, 3_000);
    // The first question was seen; what was never on screen says nothing of its cards.
    let unseen = sitting.answer("t-short");
    assert_eq!((unseen.duration_ms, unseen.cards.len()), (0, 0));
}

#[test]
fn when_the_time_is_over_in_mid_word_what_is_there_is_handed_in() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting
        .turns_to("t-cloze")
        .passes(Duration::from_millis(599_700));
    sitting.does(Input::Type("kubectl unc".to_owned()));
    sitting.passes(Duration::from_millis(300));
    assert_eq!(sitting.session.end(), Some(End::Time));
    assert_eq!(sitting.answer("t-cloze").given, text("kubectl unc"));
    assert_eq!(sitting.attempt().spent_ms, 600_000);
    let events = sitting.events.clone();
    sitting.does(Input::Type("kubectl uncordon node-3".to_owned()));
    sitting.does(Input::Submit);
    assert_eq!(sitting.effects, []);
    assert_eq!(sitting.events, events);
}

#[test]
fn what_comes_after_the_end_is_not_taken_even_if_nobody_woke_up() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.now.mono += Duration::from_secs(601);
    sitting.does(Input::Give(Given::Options(vec![0])));
    assert_eq!(sitting.session.end(), Some(End::Time));
    let results = Results::of(&sitting.record());
    assert_eq!(results.answered, 0);
}

#[test]
fn a_flagged_question_is_found_again() {
    let mut sitting = Sitting::of(Format::Exam);
    let (first, second) = (0, 1);
    sitting.does(Input::Flag).does(Input::Turn(second));
    let sheets = sitting.session.sheets();
    assert_eq!(sheets[first].standing(), Standing::Blank);
    assert!(sheets[first].flagged && !sheets[second].flagged);
    assert_eq!(sheets[2].standing(), Standing::Unseen);
    sitting.answers("t-choice", Given::Options(vec![1]));
    let at = sitting.place("t-choice");
    assert_eq!(sitting.session.sheets()[at].standing(), Standing::Answered);
    sitting.answers("t-match", Given::Pairs(vec![None, Some(1), None]));
    let at = sitting.place("t-match");
    assert_eq!(sitting.session.sheets()[at].standing(), Standing::Begun);
    sitting.does(Input::Submit);
    let flagged: Vec<bool> = sitting
        .record()
        .answers
        .iter()
        .map(|(_, answer)| answer.flagged)
        .collect();
    assert!(flagged[first] && !flagged[second]);
}

#[test]
fn a_pause_stops_the_clock_and_is_on_record() {
    for format in [Format::Practice, Format::Exam] {
        let mut sitting = Sitting::of(format);
        sitting.seconds(30).does(Input::Pause).seconds(1_000);
        assert!(sitting.session.is_paused());
        // Nobody thinks on in a pause.
        sitting.does(Input::Give(Given::Options(vec![0])));
        assert!(!sitting.session.sheets()[0].is_answered());
        assert_eq!(sitting.session.next_wake(&sitting.now), None);
        sitting.does(Input::Resume).seconds(10).does(Input::Submit);
        let attempt = sitting.attempt();
        assert_eq!(attempt.spent_ms, 40_000);
        let pause = attempt.breaks[0];
        assert_eq!(pause.why, BreakKind::Pause);
        assert_eq!((pause.at_ms, pause.lasted_ms), (30_000, 1_000_000));
    }
}

#[test]
fn a_clock_on_the_wall_that_jumps_changes_nothing() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.seconds(30);
    for days in [400, -3_000] {
        sitting.now.wall += chrono::TimeDelta::days(days);
        sitting.does(Input::Tick);
    }
    sitting.seconds(30).does(Input::Submit);
    assert_eq!(sitting.attempt().spent_ms, 60_000);
    assert_eq!(sitting.attempt().end, End::Submitted);
}

#[test]
fn it_warns_once_at_a_quarter_and_once_at_a_tenth() {
    let mut sitting = Sitting::of(Format::Exam);
    let mut warned = Vec::new();
    for second in 1..=590 {
        sitting.now.mono += Duration::from_secs(1);
        sitting.does(Input::Tick);
        let warnings = sitting.effects.iter().filter_map(|effect| match effect {
            Effect::Warn(warning) => Some((second, *warning)),
            _ => None,
        });
        warned.extend(warnings);
    }
    assert_eq!(
        warned,
        [(450, Warning::Quarter), (540, Warning::Tenth)],
        "of 600 seconds"
    );
}

#[test]
fn in_an_exam_a_follow_up_locks_the_answer_and_tells_nothing() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.turns_to("t-short");
    sitting.does(Input::Type("It is kept in the writable layer.".to_owned()));
    sitting.does(Input::Done);
    let sheet = sitting.session.sheet().expect("a sheet");
    assert_eq!(sheet.stage, Stage::FollowUp);
    let asked = sheet.follow_up.as_ref().expect("a follow-up");
    assert_eq!(asked.point.as_str(), "rm");
    sitting.does(Input::Give(text("something else")));
    sitting.does(Input::Type("After docker rm.".to_owned()));
    sitting.does(Input::Done).turns_to("t-short");
    assert_eq!(sitting.session.sheet().expect("one").stage, Stage::Locked);
    sitting.does(Input::Type("no more".to_owned()));
    sitting.does(Input::Submit);
    let answer = sitting.answer("t-short");
    assert_eq!(answer.given, text("It is kept in the writable layer."));
    assert_eq!(answer.credit, 1.0, "the follow-up made up for it");
    assert_eq!(answer.confirmed, None);
}

#[test]
fn in_practice_an_answer_is_told_and_then_stands() {
    let mut sitting = Sitting::of(Format::Practice);
    sitting.answers("t-choice", Given::Options(vec![1]));
    sitting.does(Input::Done);
    let at = sitting.place("t-choice");
    assert_eq!(sitting.session.at(), at);
    assert_eq!(sitting.session.sheet().expect("one").stage, Stage::Told);
    sitting.does(Input::Give(Given::Options(vec![0])));
    sitting.does(Input::Sure(Some(Certainty::Certain)));
    sitting.turns_to("t-short");
    sitting.does(Input::Type(
        "In the writable layer; docker rm deletes it.".to_owned(),
    ));
    sitting.does(Input::Done);
    sitting.does(Input::Confirm(points(&["kept"])));
    sitting.does(Input::Submit);
    let choice = sitting.answer("t-choice");
    assert_eq!((choice.credit, choice.certainty), (0.0, None));
    let short = sitting.answer("t-short");
    assert_eq!(short.credit, 1.0);
    let confirmed = short.confirmed.as_ref().expect("confirmed");
    assert!((confirmed.credit - 2.0 / 3.0).abs() < 1e-9);
    let results = Results::of(&sitting.record());
    assert_eq!(results.agreement, Some((1, 2)));
    assert!(results.to_confirm.is_empty());
}

#[test]
fn what_is_said_out_loud_has_its_own_time_and_is_ticked_afterwards() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.turns_to("t-aloud").seconds(5);
    sitting.does(Input::Give(Given::Points(points(&["restart"]))));
    sitting.does(Input::Done).seconds(20);
    let left = sitting.session.speaking_left(&sitting.now);
    assert_eq!(left, Some(Duration::from_secs(40)));
    sitting.does(Input::Pause).seconds(500).does(Input::Resume);
    assert_eq!(sitting.session.speaking_left(&sitting.now), left);
    sitting.seconds(41);
    assert_eq!(sitting.session.sheet().expect("one").stage, Stage::Shown);
    sitting.does(Input::Give(Given::Points(points(&["restart"]))));
    sitting.does(Input::Done).does(Input::Submit);
    let answer = sitting.answer("t-aloud");
    assert_eq!((answer.credit, answer.duration_ms), (0.5, 66_000));
    let results = Results::of(&sitting.record());
    assert_eq!((results.own.count, results.score.count), (1, 7));
}

#[test]
fn the_cards_of_a_wrong_answer_are_named_and_of_a_right_one_none() {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.answers("t-choice", Given::Options(vec![2]));
    sitting.does(Input::Submit);
    assert_eq!(sitting.answer("t-choice").cards, ["d04.exited".into()]);
    let mut sitting = Sitting::of(Format::Exam);
    sitting.answers("t-choice", Given::Options(vec![0]));
    sitting.does(Input::Submit);
    assert_eq!(sitting.answer("t-choice").cards, []);
}

/// Any of the things one may do, at any pace.
fn doing() -> impl Strategy<Value = (u64, Input)> {
    let input = prop_oneof![
        (0..8_usize).prop_map(Input::Turn),
        (0..3_usize).prop_map(|at| Input::Give(Given::Options(vec![at]))),
        Just(Input::Give(Given::Order(vec![1, 0, 2]))),
        Just(Input::Give(Given::Pairs(vec![None, Some(2), None]))),
        Just(Input::Give(Given::Points(points(&["restart"])))),
        "[a-z ]{0,12}".prop_map(Input::Type),
        Just(Input::Flag),
        Just(Input::Done),
        Just(Input::Sure(Some(Certainty::Think))),
        Just(Input::Pause),
        Just(Input::Resume),
    ];
    (0..6_000_u64, input)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Kill it wherever you like: choices are all there, of typing at most the last second is
    /// missing, the clock is at most five seconds behind, and the record tells of each interruption.
    #[test]
    fn a_kill_at_any_point_loses_nothing_that_counts(
        doings in prop::collection::vec((doing(), any::<bool>()), 1..40),
        practice: bool,
    ) {
        let format = if practice { Format::Practice } else { Format::Exam };
        let mut sitting = Sitting::of(format);
        let mut kills = 0;
        let mut typed_at = None;
        for ((pace, input), is_killed) in doings {
            let is_typed = matches!(input, Input::Type(_));
            sitting.passes(Duration::from_millis(pace)).does(input);
            if sitting.session.end().is_some() {
                break;
            }
            typed_at = is_typed.then_some(sitting.now.mono).or(typed_at);
            if !is_killed {
                continue;
            }
            let before = sitting.session.progress(&sitting.now);
            let (_, kept) = sitting.kept_now();
            prop_assert!(before.clock_ms - kept.clock_ms <= 5_000);
            let rested = typed_at.is_none_or(|typed| sitting.now.mono >= typed + Duration::from_secs(1));
            for (is, was) in kept.sheets.iter().zip(&before.sheets) {
                prop_assert_eq!(is.stage, was.stage);
                prop_assert_eq!((is.flagged, is.certainty), (was.flagged, was.certainty));
                if rested || !matches!(was.given, Given::Text(_)) {
                    prop_assert_eq!(&is.given, &was.given);
                }
            }
            sitting.is_killed_and_resumed(Duration::from_secs(90));
            typed_at = None;
            kills += 1;
            prop_assert!(!sitting.session.is_paused());
        }
        sitting.does(Input::Submit);
        let breaks = &sitting.attempt().breaks;
        let interruptions = breaks.iter().filter(|one| one.why == BreakKind::Interruption);
        prop_assert_eq!(interruptions.count(), kills);
        let on_questions: u64 = sitting.record().answers.iter().map(|(_, one)| one.duration_ms).sum();
        prop_assert!(on_questions <= sitting.attempt().spent_ms);
    }
}

#[test]
fn one_seed_is_one_interview() {
    let blueprint = blueprint(Format::Exam);
    let ids = |draw: &Draw| -> Vec<String> {
        let questions = draw.questions.iter();
        questions.map(|question| question.id.to_string()).collect()
    };
    let one = draw(&blueprint, 3);
    assert_eq!(one, draw(&blueprint, 3));
    let others: Vec<_> = (0..20).map(|seed| ids(&draw(&blueprint, seed))).collect();
    assert!(others.iter().any(|other| *other != ids(&one)));
    for draw in others {
        assert_eq!(draw.len(), 8, "each question once: {draw:?}");
    }
    // Options too are shown in the same order.
    let (a, b) = (Sitting::of(Format::Exam), Sitting::of(Format::Exam));
    assert_eq!(a.session.paper(), b.session.paper());
}

#[test]
fn it_begins_with_what_is_easy() {
    let draw = draw(&blueprint(Format::Exam), 5);
    let hard: Vec<u8> = draw
        .questions
        .iter()
        .map(|question| u8::from(question.difficulty))
        .collect();
    assert!(hard.is_sorted(), "{hard:?}");
}

#[test]
fn where_there_are_fewer_questions_the_time_is_shorter_by_as_much() {
    let wanted = Blueprint::of(Preset::Mock);
    let drawn = draw(&wanted, 1);
    assert_eq!((drawn.wanted, drawn.questions.len()), (20, 8));
    let now = Sitting::of(Format::Exam).now;
    let paper = podlings::interview::Paper::new(
        "t".into(),
        (wanted, 1),
        drawn,
        podlings::ids::Lang::En,
        &now,
    );
    assert_eq!(paper.limit(), Duration::from_secs(30 * 60 * 8 / 20));
}

#[test]
fn ones_own_notes_can_be_asked() {
    let notes =
        "# Mine\n\nQ: What is a pod?\nA: A group of containers.\n\nQ: And a node?\nA: A machine.\n";
    let library = read(&[SourceFile::new("a.md", Origin::Own, notes)], None).0;
    let own = Blueprint {
        profile: Some(OWN.to_owned()),
        ..Blueprint::of(Preset::Quick)
    };
    let drawn = draw_from(&own, &library, &[], 1);
    assert_eq!(drawn.questions.len(), 2);
    let any = Blueprint {
        profile: Some(CARDS.to_owned()),
        ..own
    };
    assert_eq!(draw_from(&any, &library, &[], 1).questions.len(), 2);
    let wrong = Blueprint::of(Preset::Wrong);
    let id = drawn.questions[0].id.clone();
    let again = draw_from(&wrong, &library, &[id.clone(), "t-cloze".into()], 1);
    let mut asked: Vec<&str> = again.questions.iter().map(|one| one.id.as_str()).collect();
    asked.sort_unstable();
    assert_eq!(asked, [id.as_str(), "t-cloze"]);
}

#[test]
fn what_is_offered_is_what_there_is() {
    let library = podlings::notes::course();
    let questions = super::sitting::questions();
    let course = podlings::notes::Course::built_in();
    let stock = podlings::interview::Stock {
        questions: &questions,
        library: &library,
        course: &course,
        wrong: &[],
        lang: podlings::ids::Lang::Zh,
    };
    let only = |domain: &str| Blueprint {
        domains: vec![domain.to_owned()],
        ..Blueprint::of(Preset::Quick)
    };
    assert_eq!(available(&only("docker"), &stock), 3);
    assert_eq!(available(&only("storage"), &stock), 0);
    assert_eq!(available(&Blueprint::of(Preset::Quick), &stock), 8);
}

#[test]
fn a_mock_interview_asks_of_each_kind_what_it_weighs() {
    let (questions, library) = (Questions::built_in(), course());
    let stock = Stock {
        questions: &questions,
        library: &library,
        course: &Course::built_in(),
        wrong: &[],
        lang: podlings::ids::Lang::En,
    };
    let mut said_aloud = std::collections::BTreeSet::new();
    for seed in 1..9 {
        let draw = Draw::new(&Blueprint::of(Preset::Mock), &stock, seed);
        let aloud = draw
            .questions
            .iter()
            .filter(|one| one.kind() == Kind::Aloud);
        said_aloud.extend(aloud.map(|one| (one.domain.clone(), one.id.clone())));
        let of = |kind| {
            let asked = draw.questions.iter();
            asked.filter(|one| one.kind() == kind).count()
        };
        assert_eq!(draw.questions.len(), 20);
        assert!((5..=8).contains(&of(Kind::Choice)), "seed {seed}");
        for kind in [Kind::Cloze, Kind::Predict, Kind::Short] {
            assert!((2..=4).contains(&of(kind)), "{kind}, seed {seed}");
        }
        for kind in [Kind::Multi, Kind::Order, Kind::Match] {
            assert!(of(kind) <= 2, "{kind}, seed {seed}");
        }
    }
    let domains: std::collections::BTreeSet<_> = said_aloud.iter().map(|one| &one.0).collect();
    assert!(domains.len() > 2 && said_aloud.len() > 5, "{said_aloud:?}");
}

#[test]
fn an_interview_that_cannot_be_filled_is_a_warning() {
    let library = course();
    let none = Questions::read(&[]).0;
    let found = podlings::interview::lint_blueprints(&none, &library);
    let first = found.first().expect("a warning");
    assert_eq!(
        first.message,
        "profile any: 0 questions for an interview of 10"
    );
    let all = podlings::interview::lint_blueprints(&Questions::built_in(), &library);
    assert!(all.is_empty(), "{all:?}");
}
