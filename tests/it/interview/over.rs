use podlings::{
    history::{Certainty, Event, Format, Given},
    interview::{Input, Record, Results, Transcript, answered_wrong, markdown},
    locale::Locale,
};

use super::sitting::{Sitting, rows};

/// One right, one certain and wrong, a short answer in part, the rest left out.
fn some() -> Sitting {
    let mut sitting = Sitting::of(Format::Exam);
    sitting.answers("t-multi", Given::Options(vec![0, 1]));
    sitting.answers("t-choice", Given::Options(vec![1]));
    sitting.does(Input::Sure(Some(Certainty::Certain)));
    let said = "It stays in the writable layer.".to_owned();
    sitting.answers("t-short", Given::Text(said));
    sitting.answers("t-match", Given::Pairs(vec![Some(0), Some(2), None]));
    sitting.does(Input::Submit);
    sitting
}

#[test]
fn results_open_with_one_honest_sentence() {
    let results = Results::of(&some().record());
    // Multi 1, choice 0, short 2/3, match 1/3, of seven marked by rule.
    assert_eq!(results.score.percent(), Some(29));
    assert_eq!(
        results.sentence(Locale::en()),
        "About 29 of 100, between 8 and 64; 1 answer was certain and wrong."
    );
    assert_eq!(results.certain_and_wrong.len(), 1);
    assert_eq!((results.wrong.len(), results.partly.len()), (1, 1));
    assert_eq!((results.blank.len(), results.to_confirm.len()), (4, 1));
    assert_eq!(results.domains["docker"].count, 3);
}

#[test]
fn a_transcript_is_read_back_and_marked_to_the_same_score() {
    let transcript = Transcript::of(&some().record());
    let text = serde_json::to_string_pretty(&transcript).expect("JSON");
    let read = Transcript::parse(&text).expect("reads");
    assert_eq!(read, transcript);
    let remarked = read.remark();
    assert!(remarked.agrees(), "{remarked:?}");
    assert_eq!(remarked.rule, transcript.scores.rule);

    let mut touched = transcript.clone();
    let at = touched
        .answers
        .iter()
        .position(|answer| answer.question.as_str() == "t-choice")
        .expect("asked");
    touched.answers[at].credit = 1.0;
    let remarked = touched.remark();
    assert_eq!(remarked.disagreements.len(), 1);
    assert_eq!(remarked.disagreements[0].question, "t-choice");
    assert!(!remarked.agrees());

    let mut raised = transcript;
    raised.scores.rule = Some(0.99);
    assert!(!raised.remark().agrees());
    assert!(Transcript::parse(&text.replace("\"version\": 1", "\"version\": 2")).is_err());
}

#[test]
fn markdown_holds_the_questions_as_they_stood() {
    let text = markdown(&some().record(), "2026-11-24", Locale::en());
    for part in [
        "About 29 of 100",
        "t-choice (choice)",
        "Which command lists containers that have exited as well?",
        "**Answered:** `docker ps`",
        "- [x] they are kept in the writable layer",
        "- [ ] they are lost when the container is removed",
        "<https://docs.docker.com/engine/storage/drivers/>",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn the_learners_word_on_points_takes_the_place_of_the_answer() {
    let sitting = some();
    let record = sitting.record();
    let at = Results::of(&record).to_confirm[0];
    let (row, answer) = &record.answers[at];
    let points = ["kept".into(), "rm".into()];
    let confirmed = answer.with_points(&points, true).expect("reads");
    let mut events = sitting.events.clone();
    events.push(Event::Undo { row: row.clone() });
    events.push(Event::Answer(Box::new(confirmed)));
    let records = Record::all(&rows(&events));
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].answers.len(), 8);
    let results = Results::of(&records[0]);
    assert!(results.to_confirm.is_empty());
    assert!(results.score.credit > results.by_rule.credit);
    assert_eq!(results.agreement, Some((1, 2)));
    let remarked = Transcript::of(&records[0]).remark();
    assert!(remarked.agrees(), "the rule score stays: {remarked:?}");
}

#[test]
fn what_was_wrong_the_last_time_is_asked_for() {
    let record = some().record();
    let wrong = answered_wrong(std::slice::from_ref(&record));
    let wrong: Vec<&str> = wrong.iter().map(|id| id.as_str()).collect();
    assert!(wrong.contains(&"t-choice") && wrong.contains(&"t-cloze"));
    assert!(!wrong.contains(&"t-multi") && !wrong.contains(&"t-short"));
    let mut later = Sitting::of(Format::Exam);
    later.answers("t-choice", Given::Options(vec![0]));
    later.does(Input::Submit);
    let wrong = answered_wrong(&[record, later.record()]);
    assert!(!wrong.contains(&"t-choice".into()));
    assert!(wrong.contains(&"t-multi".into()), "left out the last time");
}
