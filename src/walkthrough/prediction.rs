use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use super::{Matcher, Titles};
use crate::{
    cluster::trace::{Actor, Step, StepId, StepKind},
    ids::{CardId, Lang},
};

/// How many options a question has at the most.
const OPTIONS: usize = 4;

/// A question put before a step of the run. Its options and its answer are read from what the model did.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// What it is named by.
    pub id: String,
    /// It is asked about the first step like this, and before it.
    pub before: Matcher,
    /// It is asked before the first step like this, where what is told on the way to the other would give
    /// the answer away.
    early: Option<Matcher>,
    ask: Ask,
    /// For `count`: which steps are counted, from the one asked about on, until the next command or fault.
    count: Option<Matcher>,
    /// For `value`: the field asked for.
    field: Option<String>,
    /// For `absent`: what may or may not happen. One of them does not.
    #[serde(rename = "option", default)]
    options: Vec<Possibility>,
    /// The question.
    pub prompt: Titles,
    /// Why the answer is what it is.
    pub why: Titles,
    /// The cards that ask the same.
    #[serde(default)]
    pub cards: Vec<CardId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ask {
    /// Who acts.
    Actor,
    /// What is done: the verb of a request, the call of a runtime step.
    Verb,
    /// On which object.
    Object,
    /// How often something happens.
    Count,
    /// What a field's value becomes.
    Value,
    /// What does not happen.
    Absent,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Possibility {
    when: Matcher,
    text: Titles,
}

/// A question as it stands in one run.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// The prediction it comes from.
    pub id: String,
    /// The step it is asked before.
    pub before: StepId,
    /// The options, in the order they are shown.
    pub options: Vec<Titles>,
    /// Which of them is right.
    pub answer: usize,
    /// The question.
    pub prompt: Titles,
    /// Why the answer is what it is.
    pub why: Titles,
    /// Why an option is not the answer, where there is more to say of it. As many as options, or none.
    pub notes: Vec<Option<Titles>>,
}

impl Asked {
    /// Why an option is not the answer, if anything is said of it.
    pub fn note(&self, at: usize, lang: Lang) -> Option<&str> {
        let note = self.notes.get(at)?.as_ref()?;
        Some(note.text(lang))
    }

    /// An option in this language.
    pub fn option(&self, at: usize, lang: Lang) -> &str {
        self.options.get(at).map_or("", |option| option.text(lang))
    }
}

impl Prediction {
    /// The question this run asks; None if its step never comes, or there are not two options to choose
    /// from.
    pub fn ask(&self, steps: &[Rc<Step>]) -> Option<Asked> {
        let at = steps.iter().position(|step| self.before.matches(step))?;
        let step = &steps[at];
        let asked_at = match &self.early {
            Some(early) => steps[..at].iter().find(|step| early.matches(step))?.id,
            None => step.id,
        };
        let (answer, others) = match self.ask {
            Ask::Actor => actor(step, steps),
            Ask::Verb => verb(step, steps),
            Ask::Object => object(at, steps),
            Ask::Count => self.counted(at, steps)?,
            Ask::Value => self.value(at, steps)?,
            Ask::Absent => return self.absent(at, asked_at, steps),
        };
        let same = |text: String| Titles {
            zh: text.clone(),
            en: text,
        };
        let mut options = vec![answer.clone()];
        for other in others {
            if options.len() < OPTIONS && !options.contains(&other) {
                options.push(other);
            }
        }
        if options.len() < 2 {
            return None;
        }
        arrange(&mut options);
        let answer = options.iter().position(|option| *option == answer)?;
        Some(self.asked(asked_at, options.into_iter().map(same).collect(), answer))
    }

    fn asked(&self, before: StepId, options: Vec<Titles>, answer: usize) -> Asked {
        Asked {
            id: self.id.clone(),
            before,
            options,
            answer,
            prompt: self.prompt.clone(),
            why: self.why.clone(),
            notes: Vec::new(),
        }
    }

    fn counted(&self, at: usize, steps: &[Rc<Step>]) -> Option<(String, Vec<String>)> {
        let count = self.count.as_ref().unwrap_or(&self.before);
        let number = steps[at..]
            .iter()
            .take_while(|step| !begins_anew(step) || step.id == steps[at].id)
            .filter(|step| count.matches(step))
            .count();
        let near = [
            number.checked_sub(1),
            Some(number + 1),
            Some(number * 2),
            Some(number + 2),
        ];
        let others = near.into_iter().flatten().filter(|one| *one != number);
        Some((
            number.to_string(),
            others.map(|one| one.to_string()).collect(),
        ))
    }

    fn value(&self, at: usize, steps: &[Rc<Step>]) -> Option<(String, Vec<String>)> {
        let field = self.field.as_ref()?;
        let of = |step: &Step| {
            let mut changes = step.changes.iter();
            changes
                .find(|change| super::matcher::matches_text(field, &change.path))
                .map(|change| (shown(&change.before), shown(&change.after)))
        };
        let (before, answer) = of(&steps[at])?;
        let elsewhere = steps.iter().filter_map(|step| of(step));
        let mut others: Vec<String> = elsewhere
            .flat_map(|(before, after)| [after, before])
            .collect();
        if field.ends_with("nodeName") {
            others.extend(steps.iter().flat_map(|step| nodes(step)));
        }
        others.sort();
        others.dedup();
        // That it will not be there is offered only for want of another value.
        others.retain(|other| *other != before || before != shown(&Value::Null));
        if others.len() < 2 {
            others.push(before);
        }
        Some((answer, others))
    }

    fn absent(&self, at: usize, asked_at: StepId, steps: &[Rc<Step>]) -> Option<Asked> {
        let happens = |one: &Possibility| steps[at..].iter().any(|step| one.when.matches(step));
        let mut absent = self
            .options
            .iter()
            .enumerate()
            .filter(|(_, one)| !happens(one));
        let (answer, _) = absent.next()?;
        if absent.next().is_some() || self.options.len() < 2 {
            return None;
        }
        let mut options: Vec<Titles> = self.options.iter().map(|one| one.text.clone()).collect();
        // Where it stands in the file must tell nothing.
        let turned = self.id.bytes().map(usize::from).sum::<usize>() % options.len();
        options.rotate_right(turned);
        let answer = (answer + turned) % options.len();
        Some(self.asked(asked_at, options, answer))
    }
}

/// A new command or fault: what follows is another story.
fn begins_anew(step: &Step) -> bool {
    let is_command = step.kind == StepKind::Request && step.from == Actor::Kubectl;
    step.kind == StepKind::Fault || (is_command && step.cause == StepId::NONE)
}

/// The nodes a step tells of: whose component acts, and those a table of nodes names.
fn nodes(step: &Step) -> Vec<String> {
    let actor = step.from.to_string();
    let mut nodes: Vec<String> = actor
        .split_once('@')
        .map(|(_, node)| node.to_owned())
        .into_iter()
        .collect();
    for change in &step.changes {
        let named = change.path.strip_prefix("nodes[");
        nodes.extend(named.and_then(|rest| Some(rest.split_once(']')?.0.to_owned())));
    }
    nodes
}

/// Who is most often mistaken for another comes first.
const ACTORS: [&str; 7] = [
    "kube-controller-manager",
    "kube-scheduler",
    "kube-apiserver",
    "kubelet",
    "kube-proxy",
    "kubectl",
    "containerd",
];

fn actor(step: &Step, steps: &[Rc<Step>]) -> (String, Vec<String>) {
    let component = |step: &Step| {
        let name = step.from.to_string();
        name.split('@').next().unwrap_or_default().to_owned()
    };
    let place = |name: &String| ACTORS.iter().position(|one| one == name);
    let mut others: Vec<String> = steps.iter().map(|step| component(step)).collect();
    others.retain(|other| place(other).is_some());
    others.sort_by_key(|other| place(other));
    others.dedup();
    (component(step), others)
}

/// What is done; the others are what else is done by steps of its kind.
fn verb(step: &Step, steps: &[Rc<Step>]) -> (String, Vec<String>) {
    let alike = steps.iter().filter(|one| one.kind == step.kind);
    let mut others: Vec<String> = alike.map(|one| one.verb.to_string()).collect();
    others.sort();
    others.dedup();
    (step.verb.to_string(), others)
}

/// Which object: of the same resource if there are others of it, else which resource.
fn object(at: usize, steps: &[Rc<Step>]) -> (String, Vec<String>) {
    let step = &steps[at];
    let mut names: Vec<String> = steps[..at]
        .iter()
        .filter(|one| one.resource == step.resource && !one.name.is_empty())
        .map(|one| one.name.to_string())
        .collect();
    names.sort();
    names.dedup();
    if names.len() > 1 && names.contains(&step.name.to_string()) {
        return (step.name.to_string(), names);
    }
    let resources = steps.iter().map(|one| one.resource.to_owned());
    let mut resources: Vec<String> = resources.filter(|one| !one.is_empty()).collect();
    resources.sort();
    resources.dedup();
    (step.resource.to_owned(), resources)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Numbers by size, texts by the alphabet: the order tells nothing of the answer.
fn arrange(options: &mut [String]) {
    options.sort_by(
        |one, other| match (one.parse::<i64>(), other.parse::<i64>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            _ => one.cmp(other),
        },
    );
}
