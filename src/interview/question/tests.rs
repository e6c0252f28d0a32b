use super::*;
use crate::{
    ids::Lang,
    interview::lint,
    notes::{Code, Diagnostic, Severity, course},
};

fn read(text: &str) -> (Questions, Vec<Diagnostic>) {
    let file = QuestionFile {
        name: "q.toml".to_owned(),
        text: text.to_owned(),
    };
    Questions::read(&[file])
}

/// A choice that nothing is wrong with; parts of it are replaced to see what is said.
const CHOICE: &str = r#"format = 1
[[question]]
id = "one"
lesson = "d04"
domain = "docker"
difficulty = 1
kind = "choice"
prompt = { zh = "问", en = "Ask" }
why = { zh = "因", en = "Because" }
source = "https://docs.docker.com/"
cards = []
[[question.option]]
text = "`a`"
right = true
[[question.option]]
text = { zh = "乙", en = "b" }
reason = { zh = "不是", en = "It is not" }
"#;

/// A question of each kind but choice, without the keys all share.
const KINDS: [(&str, &str); 6] = [
    (
        "cloze",
        "prompt = \"docker ____\"\naccept = [\"ps\"]\ncompare = \"command\"",
    ),
    (
        "order",
        "prompt = \"p\"\nitem = [{ text = \"a\" }, { text = \"b\" }, { text = \"c\" }]",
    ),
    (
        "match",
        "prompt = \"p\"\npair = [{ left = \"a\", right = \"1\" }, { left = \"b\", right = \"2\" }, { left = \"c\", right = \"3\" }]",
    ),
    (
        "short",
        "prompt = \"p\"\nanswer = \"a\"\npoint = [{ id = \"x\", weight = 2, text = \"t\", any = [\"共享 内核\"] }]",
    ),
    (
        "aloud",
        "prompt = \"p\"\nseconds = 90\nanswer = \"a\"\npoint = [{ id = \"x\", weight = 1, text = \"t\" }]",
    ),
    (
        "predict",
        "scenario = \"rc-create\"\nprediction = \"batches\"",
    ),
];

fn of_kind(kind: &str, keys: &str) -> String {
    let why = if kind == "predict" { "" } else { "why = \"w\"" };
    format!(
        "format = 1\n[[question]]\nid = \"one\"\nlesson = \"d04\"\ndomain = \"docker\"\ndifficulty = 4\n\
         kind = \"{kind}\"\n{why}\nsource = \"https://docs.docker.com/\"\ncards = []\n{keys}\n"
    )
}

#[test]
fn each_kind_is_read_and_stays_itself_in_a_transcript() {
    let kinds = KINDS.map(|(kind, keys)| (kind, of_kind(kind, keys)));
    for (kind, text) in kinds.iter().chain([&("choice", CHOICE.to_owned())]) {
        let (questions, found) = read(text);
        assert_eq!(found, [], "{kind}");
        let question = questions.all()[0].as_ref();
        assert_eq!(question.kind().code(), *kind);
        let json = serde_json::to_string(question).expect("a question is JSON");
        let back: Question = serde_json::from_str(&json).expect("it was a question");
        assert_eq!(back, *question, "{json}");
        assert_eq!(lint(&questions, &course()), [], "{kind}");
    }
}

#[test]
fn what_is_wrong_with_a_question_is_said_with_its_line() {
    let short = of_kind("short", KINDS[3].1);
    let cloze = of_kind("cloze", KINDS[0].1);
    for (text, from, to, said, asked) in [
        (
            CHOICE,
            "reason = ",
            "# ",
            "option 2 is wrong and has no `reason`",
            true,
        ),
        (
            CHOICE,
            "right = true",
            "",
            "a choice has one right option",
            false,
        ),
        (
            CHOICE,
            "text = \"`a`\"",
            "text = { zh = \"甲\", en = \"b\" }",
            "two options say \"b\"",
            false,
        ),
        (
            CHOICE,
            ", en = \"Ask\"",
            "",
            "`prompt` has no English",
            true,
        ),
        (
            CHOICE,
            "source = \"https://docs.docker.com/\"",
            "",
            "there is no `source`",
            true,
        ),
        (
            CHOICE,
            "id = \"one\"",
            "id = \"One\"",
            "\"One\" is no id",
            false,
        ),
        (
            CHOICE,
            "lesson = \"d04\"",
            "",
            "there is no `lesson`",
            false,
        ),
        (
            CHOICE,
            "cards = []",
            "seconds = 60",
            "`seconds` is no key of kind \"choice\"",
            true,
        ),
        (&short, "any = ", "not = ", "point \"x\" has no form", false),
        (
            &short,
            "\"共享 内核\"",
            "\"共享 、\"",
            "the form \"共享 、\" of point \"x\" has a word without letters",
            false,
        ),
        (
            &short,
            "weight = 2",
            "weight = 4",
            "the weight of point \"x\" is 4",
            false,
        ),
        (&short, "answer = \"a\"", "", "there is no `answer`", false),
        (
            &cloze,
            "____",
            "",
            "the prompt of a cloze has one blank, not 0",
            false,
        ),
        (&cloze, "[\"ps\"]", "[]", "`accept` is empty", false),
        (
            &of_kind("predict", KINDS[5].1),
            "rc-create",
            "nowhere",
            "there is no scenario \"nowhere\"",
            false,
        ),
        (
            &of_kind("predict", KINDS[5].1),
            "batches",
            "nothing",
            "has no prediction \"nothing\"",
            false,
        ),
        (
            &of_kind("order", KINDS[1].1),
            ", { text = \"c\" }",
            "",
            "there are 2 items",
            false,
        ),
        (
            &of_kind("aloud", KINDS[4].1),
            "90",
            "5",
            "`seconds` is 5",
            false,
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let (questions, found) = read(&text.replacen(from, to, 1));
        let messages: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
        assert!(
            messages.iter().any(|one| one.contains(said)),
            "{said}: {messages:?}"
        );
        assert!(found.iter().all(|one| one.line == 3), "{found:?}");
        let is_error = |one: &Diagnostic| one.severity == Severity::Error;
        assert!(found.iter().all(is_error), "{found:?}");
        assert_eq!(questions.all().len(), usize::from(asked), "{said}");
    }
}

#[test]
fn a_file_that_does_not_parse_is_told_with_its_line() {
    for (text, line, said) in [
        ("format = 1\n[[question]]\nid = ", 3, ""),
        ("format = 2\n", 0, "format is 2"),
        (&CHOICE.replace("why =", "whi ="), 9, "unknown field `whi`"),
        (
            &CHOICE.replace("difficulty = 1", "difficulty = 5"),
            6,
            "a difficulty is 1, 2, 3 or 4",
        ),
        (
            &CHOICE.replace("\"choice\"", "\"essay\""),
            7,
            "unknown variant `essay`",
        ),
    ] {
        let (questions, found) = read(text);
        assert!(questions.all().is_empty());
        assert_eq!((found.len(), found[0].line), (1, line), "{found:?}");
        assert!(found[0].message.contains(said), "{found:?}");
    }
}

#[test]
fn an_id_is_used_once_and_the_first_question_has_it() {
    let twice = format!(
        "{CHOICE}{}",
        CHOICE
            .trim_start_matches("format = 1\n")
            .replace("Ask", "Again")
    );
    let (questions, found) = read(&twice);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].code, found[0].line), (Code::DuplicateId, 19));
    assert_eq!(
        questions.get(&"one".into()).expect("it is there").prompt.en,
        "Ask"
    );
}

#[test]
fn cards_lessons_and_domains_must_be_there() {
    let library = course();
    for (from, to, said) in [
        (
            "cards = []",
            "cards = [\"d04.none\"]",
            "there is no card \"d04.none\"",
        ),
        ("\"d04\"", "\"d99\"", "there is no lesson \"d99\""),
        (
            "\"docker\"",
            "\"cooking\"",
            "there is no domain \"cooking\"",
        ),
    ] {
        let (questions, _) = read(&CHOICE.replace(from, to));
        let found = lint(&questions, &library);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].message.contains(said), "{found:?}");
        assert_eq!(found[0].line, 3);
    }
}

#[test]
fn a_prediction_is_settled_by_the_model() {
    let (questions, found) = read(&of_kind("predict", KINDS[5].1));
    assert_eq!(found, []);
    let mut question = Question::clone(&questions.all()[0]);
    assert!(question.prompt.en.contains("batches"));
    question
        .settle(&mut Runs::default())
        .expect("the run asks it");
    let Ask::Predict(predict) = &question.ask else {
        panic!("it is a prediction");
    };
    assert_eq!(predict.options[predict.answer].text(Lang::En), "2");
    assert_eq!(predict.scene.acts, ["kubectl create -f rc.yaml"]);
    assert_eq!(predict.scene.files[0].0, "rc.yaml");
}

#[test]
fn the_example_in_the_description_of_the_format_holds() {
    let text = include_str!("../../../docs/question-format.md");
    let example = text
        .split_once("```toml\n")
        .and_then(|(_, rest)| Some(rest.split_once("\n```")?.0))
        .expect("there is an example");
    let (questions, found) = read(example);
    assert_eq!(found, []);
    assert_eq!(questions.all().len(), 2);
    assert_eq!(lint(&questions, &course()), []);
}
#[test]
fn the_built_in_questions_are_read_without_a_complaint() {
    let (questions, found) = Questions::with_built_in(&[]);
    assert_eq!(found, []);
    assert_eq!(lint(&questions, &course()), []);
}
