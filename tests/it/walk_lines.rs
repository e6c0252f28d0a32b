//! `podlings walk SCENARIO --plain`: the story told in lines, with questions that lines answer.

use podlings::walkthrough::{Asked, Run, Way, find};

use crate::program::Home;

fn asked(scenario: &str, way: Way) -> Vec<Asked> {
    let scenario = find(scenario).expect("built in");
    let run = Run::new(&scenario, scenario.seed(), false);
    let mut asked = run.asked_on(way);
    asked.sort_by_key(|one| one.before);
    asked
}

/// What was answered, a row a line.
fn kept(home: &Home) -> Vec<String> {
    rows(home, "prediction")
}

/// The rows of a kind, a row a line.
fn rows(home: &Home, kind: &str) -> Vec<String> {
    let file = home.path().join("log.jsonl");
    let file = file.to_str().expect("a path");
    home.run(&["log", "export", file, "--force"]).result();
    let rows = std::fs::read_to_string(file).expect("written");
    let kind = format!("\"kind\":\"{kind}\"");
    let rows = rows.lines().filter(|row| row.contains(&kind));
    rows.map(str::to_owned).collect()
}

#[test]
fn a_line_answers_a_question_and_is_kept_before_the_story_goes_on() {
    let home = Home::new();
    let questions = asked("rc-create", Way::Told);
    let input = format!("x\n{}\n\n", questions[0].answer + 1);
    let arguments = ["walk", "rc-create", "--plain", "--lang", "en"];
    let told = home.run_with(&arguments, &input).result();
    let place = |text: &str| told.find(text).unwrap_or_else(|| panic!("{text}: {told}"));
    let first = &questions[0];
    let prompt = place(&first.prompt.en);
    assert!(prompt < place("\nsaved "));
    assert!(place("\nsaved ") < place("\nRight\n"));
    let step = |asked: &Asked| place(&format!("#{}", asked.before.0));
    assert!(place("\nRight\n") < step(first));
    // What was passed is not kept, and after the last line nothing more is asked.
    assert_eq!(told.matches("saved ").count(), 1);
    assert!(told.contains(&questions[2].prompt.en), "{told}");
    assert!(!told.contains(&questions[3].prompt.en), "{told}");
    assert!(told.contains("Predicted 1 of 1"), "{told}");
    let kept = kept(&home);
    assert_eq!(kept.len(), 1);
    let id = format!("\"prediction\":\"{}\"", first.id);
    assert!(
        kept[0].contains(&id) && kept[0].contains("\"right\":true"),
        "{kept:?}"
    );
}

#[test]
fn without_input_the_whole_story_is_told_in_either_language() {
    let home = Home::new();
    for lang in ["zh", "en"] {
        let plain = home
            .run(&["walk", "scale", "--plain", "--lang", lang])
            .result();
        let printed = home
            .run(&["walk", "scale", "--print", "--lang", lang])
            .result();
        // The first question is put, then all is told.
        let prompt = asked("scale", Way::Told)[0].prompt.clone();
        assert!(plain.contains(if lang == "zh" { &prompt.zh } else { &prompt.en }));
        for line in printed.lines().filter(|line| line.starts_with(['$', '─'])) {
            assert!(plain.contains(line), "{line}\n{plain}");
        }
    }
    assert_eq!(kept(&home), [""; 0]);
    // Nobody was there to hear it.
    assert_eq!(rows(&home, "walked"), [""; 0]);
}

#[test]
fn gaps_are_filled_and_links_told_before_they_happen() {
    for (option, way, title) in [
        ("--gaps", Way::Gaps, "Filled"),
        ("--recount", Way::Recount, "Told"),
    ] {
        let home = Home::new();
        let questions = asked("scale", way);
        let answers = questions.iter().map(|one| format!("{}\n", one.answer + 1));
        let input: String = answers.collect();
        let arguments = ["walk", "scale", "--plain", option, "--lang", "en"];
        let told = home.run_with(&arguments, &input).result();
        let n = questions.len();
        assert!(told.contains(&format!("{title} {n} of {n}")), "{told}");
        let kept = kept(&home);
        assert_eq!(kept.len(), n);
        assert!(kept.iter().all(|row| row.contains("\"right\":true")));
        assert_eq!(rows(&home, "walked").len(), 1);
        // Nothing of what is asked stands above its question.
        let first = told.split("saved ").next().expect("some");
        let number = format!("#{} ", questions[0].before.0);
        assert!(!first.contains(&number), "{first}");
    }
}

#[test]
fn the_ways_are_chosen_for_plain_text_only_and_q_ends_it() {
    let home = Home::new();
    home.run(&["walk", "scale", "--gaps"])
        .failed(2, "--gaps and --recount need --plain");
    let both = ["walk", "scale", "--plain", "--gaps", "--recount"];
    assert_eq!(home.run(&both).code(), 2);
    let told = home
        .run_with(&["walk", "scale", "--plain", "--lang", "en"], "q\n")
        .result();
    assert!(!told.contains("\nPredicted"), "{told}");
    assert_eq!(told.matches("── First guess").count(), 1);
    assert_eq!(kept(&home), [""; 0]);
}

#[test]
fn a_chapter_is_told_from_where_it_begins() {
    let home = Home::new();
    let told = |place: &str| {
        let arguments = ["walk", place, "--plain", "--lang", "en"];
        home.run_with(&arguments, &"\n".repeat(9)).result()
    };
    let (whole, part) = (told("rc-create"), told("rc-create#scheduler"));
    let title = "\n── A node is chosen\n";
    assert!(part.starts_with(title), "{part}");
    let (_, rest) = whole.split_once(title).expect("the chapter");
    // But for the line that says that the whole was heard.
    let ends = |text: &str| {
        text.split("\nsaved ")
            .next()
            .map(|text| text.trim_end().to_owned())
    };
    assert_eq!(ends(&part[title.len()..]), ends(rest));
    assert_eq!(rows(&home, "walked").len(), 1);
    home.run(&["walk", "rc-create#nowhere", "--plain"])
        .failed(1, "has no chapter \"nowhere\"");
}
