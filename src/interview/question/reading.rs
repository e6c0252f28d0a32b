//! From a question as it is written to one that can be asked, and what is wrong with it.

use super::{
    Aloud, Ask, Choice, Cloze, Match, Offer, Order, Pair, Point, Predict, Question, Scene, Short,
    SpokenPoint,
    written::{Text, Written, WrittenPoint},
};
use crate::{
    history::Kind,
    ids::{CardId, LessonId, PointId, QuestionId},
    interview::marking::Form,
    walkthrough::{Prediction, Scenario, Titles},
};

/// What a blank is written as.
const BLANK: &str = "____";

/// Something wrong with a question.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Problem {
    /// A text lacks a language; the other's stands in.
    Untranslated(String),
    /// Anything else, and what to do about it.
    Wrong(String, &'static str),
}

/// Reads one question: None if it cannot be asked.
pub(super) fn read(
    written: Written,
    scenario: impl FnOnce(&str) -> Option<std::rc::Rc<Scenario>>,
) -> (Option<Question>, Vec<Problem>) {
    let mut reading = Reading {
        problems: Vec::new(),
        fatal: false,
    };
    let question = reading.question(written, scenario);
    (question.filter(|_| !reading.fatal), reading.problems)
}

struct Reading {
    problems: Vec<Problem>,
    /// Whether what was found keeps the question from being asked.
    fatal: bool,
}

impl Reading {
    /// Says what is wrong, though the question can be asked.
    fn say(&mut self, message: impl Into<String>, help: &'static str) {
        self.problems.push(Problem::Wrong(message.into(), help));
    }

    /// Says what is wrong; the question cannot be asked.
    fn refuse(&mut self, message: impl Into<String>, help: &'static str) {
        self.say(message, help);
        self.fatal = true;
    }

    fn question(
        &mut self,
        mut written: Written,
        scenario: impl FnOnce(&str) -> Option<std::rc::Rc<Scenario>>,
    ) -> Option<Question> {
        let id = written.id.get_ref().clone();
        if !is_kebab(&id) {
            self.refuse(
                format!("\"{id}\" is no id"),
                "Use lower case letters, digits and dashes.",
            );
        }
        self.refuse_foreign_keys(&written);
        let found = match written.kind {
            Kind::Predict => Some(self.prediction(&mut written, scenario)?),
            _ => None,
        };
        let ask = match written.kind {
            Kind::Choice => Ask::Choice(self.choice(&mut written, false)),
            Kind::Multi => Ask::Multi(self.choice(&mut written, true)),
            Kind::Cloze => Ask::Cloze(self.cloze(&mut written)),
            Kind::Order => Ask::Order(self.order(&mut written)),
            Kind::Match => Ask::Match(self.pairs(&mut written)),
            Kind::Short => Ask::Short(self.short(&mut written)),
            Kind::Aloud => Ask::Aloud(self.aloud(&mut written)),
            Kind::Predict => Ask::Predict(predict(&written)),
            Kind::Card => {
                self.refuse(
                    "cards are asked by themselves",
                    "Write another kind of question.",
                );
                return None;
            }
        };
        let (prompt, why, lesson) = match found {
            Some((scenario, prediction)) => (
                prediction.prompt,
                prediction.why,
                written.lesson.map_or(scenario, LessonId::new),
            ),
            None => (
                self.needed(written.prompt, "prompt"),
                self.needed(written.why, "why"),
                self.lesson(written.lesson),
            ),
        };
        if let Ask::Cloze(_) = ask {
            self.one_blank(&prompt);
        }
        let source = self.source(written.source, written.kind);
        Some(Question {
            id: QuestionId::new(id),
            lesson,
            domain: written.domain,
            difficulty: written.difficulty,
            prompt,
            why,
            source,
            cards: written.cards.into_iter().map(CardId::new).collect(),
            ask,
        })
    }

    /// Keys that another kind has and this one does not.
    fn refuse_foreign_keys(&mut self, written: &Written) {
        use Kind::{Aloud, Choice, Cloze, Match, Multi, Order, Predict, Short};
        let keys: [(&str, bool, &[Kind]); 9] = [
            ("option", !written.options.is_empty(), &[Choice, Multi]),
            ("accept", !written.accept.is_empty(), &[Cloze]),
            ("compare", written.compare.is_some(), &[Cloze]),
            ("item", !written.items.is_empty(), &[Order]),
            ("pair", !written.pairs.is_empty(), &[Match]),
            ("answer", written.answer.is_some(), &[Short, Aloud]),
            ("point", !written.points.is_empty(), &[Short, Aloud]),
            ("seconds", written.seconds.is_some(), &[Aloud]),
            (
                "scenario",
                written.scenario.is_some() || written.prediction.is_some(),
                &[Predict],
            ),
        ];
        for (key, there, kinds) in keys {
            if there && !kinds.contains(&written.kind) {
                self.say(
                    format!("`{key}` is no key of kind \"{}\"", written.kind),
                    "Take it out, or change the kind.",
                );
            }
        }
        if written.kind == Predict && (written.prompt.is_some() || written.why.is_some()) {
            self.say(
                "the prompt and the why of a predict question are the prediction's own",
                "Take them out.",
            );
        }
    }

    fn lesson(&mut self, lesson: Option<String>) -> LessonId {
        if lesson.is_none() {
            self.refuse("there is no `lesson`", "Name the lesson it belongs to.");
        }
        LessonId::new(lesson.unwrap_or_default())
    }

    fn source(&mut self, source: Option<String>, kind: Kind) -> String {
        let source = source.unwrap_or_default();
        let is_address = ["https://", "http://"]
            .iter()
            .any(|scheme| source.len() > scheme.len() && source.starts_with(scheme));
        let may_lack = kind == Kind::Predict && source.is_empty();
        if !is_address && !may_lack {
            self.say(
                "there is no `source`",
                "Say where it can be read: source = \"https://…\".",
            );
        }
        source
    }

    /// A text that must be there.
    fn needed(&mut self, text: Option<Text>, key: &str) -> Titles {
        match text {
            Some(text) => self.titles(text, key),
            None => {
                self.refuse(
                    format!("there is no `{key}`"),
                    "Write it: { zh = \"…\", en = \"…\" }.",
                );
                empty()
            }
        }
    }

    fn titles(&mut self, text: Text, key: &str) -> Titles {
        let kept = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        match (kept(text.zh), kept(text.en)) {
            (Some(zh), Some(en)) => Titles { zh, en },
            (Some(one), None) => self.untranslated(one, key, "English"),
            (None, Some(one)) => self.untranslated(one, key, "Chinese"),
            (None, None) => {
                self.refuse(format!("`{key}` is empty"), "Write it in both languages.");
                empty()
            }
        }
    }

    fn untranslated(&mut self, one: String, key: &str, language: &str) -> Titles {
        self.problems
            .push(Problem::Untranslated(format!("`{key}` has no {language}")));
        Titles {
            zh: one.clone(),
            en: one,
        }
    }

    fn choice(&mut self, written: &mut Written, several: bool) -> Choice {
        let mut options = Vec::new();
        for (number, option) in (1..).zip(written.options.drain(..)) {
            let text = self.titles(option.text, &format!("text of option {number}"));
            let reason = option
                .reason
                .map(|reason| self.titles(reason, &format!("reason of option {number}")));
            if !option.right && reason.is_none() {
                self.say(
                    format!("option {number} is wrong and has no `reason`"),
                    "Say why it is wrong: reason = { zh = \"…\", en = \"…\" }.",
                );
            }
            options.push(Offer {
                text,
                right: option.right,
                reason,
            });
        }
        let right = options.iter().filter(|option| option.right).count();
        let wrong = options.len() - right;
        match (several, right, wrong) {
            (false, 1, 1..) | (true, 2.., 1..) => {}
            (false, ..) => self.refuse(
                format!("a choice has one right option and others that are wrong, not {right} and {wrong}"),
                "Mark exactly one option `right = true`.",
            ),
            (true, ..) => self.refuse(
                format!("a multi has two right options or more and a wrong one, not {right} and {wrong}"),
                "Mark the right options `right = true`.",
            ),
        }
        self.differ(options.iter().map(|option| &option.text), "options");
        Choice { options }
    }

    fn cloze(&mut self, written: &mut Written) -> Cloze {
        let accept = std::mem::take(&mut written.accept);
        if accept.is_empty() || accept.iter().any(|form| form.trim().is_empty()) {
            self.refuse("`accept` is empty", "List what may stand in the blank.");
        }
        Cloze {
            accept,
            compare: written.compare.unwrap_or_default(),
        }
    }

    fn one_blank(&mut self, prompt: &Titles) {
        for text in [&prompt.zh, &prompt.en] {
            let blanks = text.matches(BLANK).count();
            if blanks != 1 {
                self.refuse(
                    format!("the prompt of a cloze has one blank, not {blanks}"),
                    "Write it ____ (four lines) once in each language.",
                );
                return;
            }
        }
    }

    fn order(&mut self, written: &mut Written) -> Order {
        let items: Vec<Titles> = (1..)
            .zip(written.items.drain(..))
            .map(|(number, item)| self.titles(item.text, &format!("text of item {number}")))
            .collect();
        if items.len() < 3 {
            self.refuse(
                format!("there are {} items", items.len()),
                "Write three [[question.item]] or more.",
            );
        }
        self.differ(items.iter(), "items");
        Order { items }
    }

    fn pairs(&mut self, written: &mut Written) -> Match {
        let mut pairs = Vec::new();
        for (number, pair) in (1..).zip(written.pairs.drain(..)) {
            pairs.push(Pair {
                left: self.titles(pair.left, &format!("left of pair {number}")),
                right: self.titles(pair.right, &format!("right of pair {number}")),
            });
        }
        if pairs.len() < 3 {
            self.refuse(
                format!("there are {} pairs", pairs.len()),
                "Write three [[question.pair]] or more.",
            );
        }
        self.differ(pairs.iter().map(|pair| &pair.left), "left sides");
        self.differ(pairs.iter().map(|pair| &pair.right), "right sides");
        Match { pairs }
    }

    /// Two things that read alike cannot be told apart by whoever answers.
    fn differ<'t>(&mut self, texts: impl Iterator<Item = &'t Titles>, what: &str) {
        let mut seen: Vec<&Titles> = Vec::new();
        for text in texts {
            if seen
                .iter()
                .any(|one| one.zh == text.zh || one.en == text.en)
            {
                self.refuse(
                    format!("two {what} say \"{}\"", text.en),
                    "Each must say something else, in both languages.",
                );
                return;
            }
            seen.push(text);
        }
    }

    fn short(&mut self, written: &mut Written) -> Short {
        let answer = self.needed(written.answer.take(), "answer");
        let written = std::mem::take(&mut written.points);
        self.check_points(&written);
        let points = written
            .into_iter()
            .map(|point| self.point(point))
            .collect::<Vec<_>>();
        Short { answer, points }
    }

    fn point(&mut self, point: WrittenPoint) -> Point {
        let (what, key) = (format!("point \"{}\"", point.id), |key: &str| {
            format!("{key} of point \"{}\"", point.id)
        });
        if point.any.is_empty() && point.all.is_empty() && point.before.is_none() {
            self.refuse(
                format!("{what} has no form"),
                "Give it `any`, `all` or `before`.",
            );
        }
        let before = point.before.iter().flat_map(|forms| forms.split('<'));
        let forms = point.any.iter().chain(&point.all).chain(&point.not);
        for form in forms.map(String::as_str).chain(before) {
            if let Err(problem) = Form::parse(form) {
                self.refuse(
                    format!("the form \"{form}\" of {what} {problem}"),
                    "docs/question-format.md describes forms.",
                );
            }
        }
        if point
            .before
            .as_ref()
            .is_some_and(|forms| !forms.contains('<'))
        {
            self.refuse(
                format!("`before` of {what} has no <"),
                "Write it before = \"FIRST<THEN\".",
            );
        }
        Point {
            weight: point.weight,
            text: self.titles(point.text, &key("text")),
            follow_up: point
                .follow_up
                .map(|text| self.titles(text, &key("follow_up"))),
            id: PointId::new(point.id),
            any: point.any,
            all: point.all,
            before: point.before,
            not: point.not,
        }
    }

    fn aloud(&mut self, written: &mut Written) -> Aloud {
        let seconds = written.seconds.unwrap_or_default();
        if !(30..=300).contains(&seconds) {
            self.refuse(
                format!("`seconds` is {seconds}"),
                "Give from 30 to 300 seconds.",
            );
        }
        let answer = self.needed(written.answer.take(), "answer");
        let written = std::mem::take(&mut written.points);
        self.check_points(&written);
        let mut points = Vec::new();
        for point in written {
            let has_forms = !(point.any.is_empty() && point.all.is_empty() && point.not.is_empty());
            if has_forms || point.before.is_some() || point.follow_up.is_some() {
                self.say(
                    format!("point \"{}\" of an answer out loud has forms", point.id),
                    "The learner ticks these points; take the forms out.",
                );
            }
            points.push(SpokenPoint {
                weight: point.weight,
                text: self.titles(point.text, &format!("text of point \"{}\"", point.id)),
                id: PointId::new(point.id),
            });
        }
        Aloud {
            seconds,
            answer,
            points,
        }
    }

    fn check_points(&mut self, points: &[WrittenPoint]) {
        if points.is_empty() {
            self.refuse("there are no points", "Write [[question.point]]s.");
        }
        for (at, point) in points.iter().enumerate() {
            if !is_kebab(&point.id) {
                self.refuse(
                    format!("\"{}\" is no id of a point", point.id),
                    "Use lower case letters, digits and dashes.",
                );
            }
            if points[..at].iter().any(|one| one.id == point.id) {
                self.refuse(
                    format!("two points are named \"{}\"", point.id),
                    "Give each an id of its own.",
                );
            }
            if !(1..=3).contains(&point.weight) {
                self.refuse(
                    format!("the weight of point \"{}\" is {}", point.id, point.weight),
                    "A weight is 1, 2 or 3.",
                );
            }
        }
    }

    /// The lesson of the scenario, and the prediction that is asked.
    fn prediction(
        &mut self,
        written: &mut Written,
        scenario: impl FnOnce(&str) -> Option<std::rc::Rc<Scenario>>,
    ) -> Option<(LessonId, Prediction)> {
        let (Some(name), Some(prediction)) = (&written.scenario, &written.prediction) else {
            self.refuse(
                "a predict question needs `scenario` and `prediction`",
                "Name both; `podlings walk --list` shows the scenarios.",
            );
            return None;
        };
        let Some(scenario) = scenario(name) else {
            self.refuse(
                format!("there is no scenario \"{name}\""),
                "`podlings walk --list` shows them all.",
            );
            return None;
        };
        let mut predictions = scenario.predictions.iter();
        let Some(found) = predictions.find(|one| one.id == *prediction) else {
            self.refuse(
                format!("the scenario \"{name}\" has no prediction \"{prediction}\""),
                "Name one of its predictions.",
            );
            return None;
        };
        Some((scenario.lesson.clone(), found.clone()))
    }
}

fn predict(written: &Written) -> Predict {
    Predict {
        scenario: written.scenario.clone().unwrap_or_default(),
        prediction: written.prediction.clone().unwrap_or_default(),
        scene: Scene::default(),
        options: Vec::new(),
        answer: 0,
    }
}

fn empty() -> Titles {
    Titles {
        zh: String::new(),
        en: String::new(),
    }
}

fn is_kebab(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
