//! The key steps of a run: the chain a learner should be able to tell. They are read from what the model
//! did, so any scenario has them.

use std::{collections::HashSet, rc::Rc};

use super::{
    Run, Titles,
    deed::{form, is_a_means, leads_to_pods, waiting},
    story,
};
use crate::{
    cluster::{
        api::Resource,
        trace::{Actor, Step, StepId, StepKind},
    },
    locale::Locale,
};

/// The longest chain: what is longer nobody tells.
const LONGEST: usize = 20;

/// The steps of a run that make its chain, each the first of its like.
pub(super) struct Chain<'a> {
    steps: &'a [Rc<Step>],
    pub(super) links: Vec<Link<'a>>,
}

/// One link: a step, and how it is told.
pub(super) struct Link<'a> {
    pub(super) step: &'a Step,
    /// Who does what to what.
    pub(super) told: Titles,
}

impl<'a> Chain<'a> {
    pub(super) fn of(run: &'a Run) -> Chain<'a> {
        let steps = run.steps();
        let mut chain = Chain {
            steps,
            links: Vec::new(),
        };
        let folded = run.folded();
        let is_folded = |step: StepId| folded.iter().any(|part| part.contains(&step));
        // What the scene still had under way is no part of the story.
        let lags = |step: &Step| step.kind == StepKind::Request && is_folded(step.cause);
        let leads = chain.leading();
        let (mut known, mut hearing) = (HashSet::new(), HashSet::new());
        for step in steps.iter().map(|step| &**step) {
            if !leads.contains(&step.id) || is_folded(step.id) || lags(step) {
                continue;
            }
            let told = told(step);
            let is_new = !known.contains(&told.en)
                // That somebody watches is told once.
                && (step.kind != StepKind::Watch || hearing.insert(component(&step.to)));
            if is_new {
                known.insert(told.en.clone());
                chain.links.push(Link { step, told });
            }
        }
        let begins: Vec<StepId> = run.chapters().into_iter().flatten().collect();
        while chain.links.len() > LONGEST {
            let least = chain.least(&begins);
            chain.links.remove(least);
        }
        chain
    }

    /// The link that is missed least: of the chapter with the most of them a gate that lets pass, else
    /// the last that does not begin it.
    fn least(&self, begins: &[StepId]) -> usize {
        let chapter = |link: &Link<'_>| begins.iter().rposition(|start| *start <= link.step.id);
        let size = |one| {
            self.links
                .iter()
                .filter(|link| chapter(link) == one)
                .count()
        };
        let fullest = self.links.iter().map(chapter).max_by_key(|one| size(*one));
        let may_go = |link: &Link<'_>| {
            Some(chapter(link)) == fullest
                && !begins.contains(&link.step.id)
                && link.step.from != Actor::Kubectl
        };
        let passes = |link: &Link<'_>| link.step.kind == StepKind::Gate && link.step.code == 0;
        let gate = self
            .links
            .iter()
            .rposition(|link| may_go(link) && passes(link));
        let last = self.links.iter().rposition(may_go);
        gate.or(last).unwrap_or(self.links.len() - 1)
    }

    /// The steps that can be told and come to something: of a watch or a decision somebody acts on it,
    /// of an object somebody made somebody hears.
    fn leading(&self) -> HashSet<StepId> {
        let mut leading = HashSet::new();
        // A cause stands before what follows from it.
        let mut led_to = HashSet::new();
        let mut later = HashSet::new();
        for step in self.steps.iter().rev().map(|step| &**step) {
            let is_told = form(step).is_some()
                && (step.kind != StepKind::Store || self.is_of_a_command(step))
                && !is_overtaken(step, &mut later)
                && (!is_a_means(step) || led_to.contains(&step.id));
            if is_told {
                leading.insert(step.id);
            }
            if is_told || led_to.contains(&step.id) {
                led_to.insert(step.cause);
            }
        }
        leading
    }

    /// Whether what is stored has passed the gates before the learner's eyes: what else is stored is told
    /// by whoever asked for it.
    fn is_of_a_command(&self, step: &Step) -> bool {
        let cause = self.step(step.cause);
        cause.is_some_and(|cause| cause.kind == StepKind::Gate)
    }

    /// Whether a step follows from another, however far.
    pub(super) fn follows(&self, step: &Step, from: StepId) -> bool {
        let mut cause = step.cause;
        while cause != StepId::NONE {
            if cause == from {
                return true;
            }
            cause = self.cause_of(cause);
        }
        false
    }

    fn cause_of(&self, step: StepId) -> StepId {
        self.step(step).map_or(StepId::NONE, |step| step.cause)
    }

    pub(super) fn step(&self, id: StepId) -> Option<&'a Step> {
        let at = (id.0 as usize).checked_sub(1)?;
        self.steps.get(at).map(|step| &**step)
    }

    /// What happened, and what it followed from.
    pub(super) fn why(&self, step: &Step) -> Titles {
        let cause = self.step(step.cause);
        let why = |locale: &'static Locale| {
            let told = story::sentence(step, locale);
            match cause {
                Some(cause) => {
                    let because = story::because(step, cause, locale);
                    locale.fill("chain.why", &[("told", &told), ("because", &because)])
                }
                None => told,
            }
        };
        Titles {
            zh: why(Locale::zh()),
            en: why(Locale::en()),
        }
    }
}

/// Whether rules that refuse were written over before anybody was refused. Asked from the last step back.
fn is_overtaken(step: &Step, later: &mut HashSet<String>) -> bool {
    match step.kind {
        StepKind::Rules if leads_to_pods(step) => {
            later.insert(component(&step.from));
            false
        }
        StepKind::Rules => later.contains(&component(&step.from)),
        StepKind::Traffic => {
            later.clear();
            false
        }
        _ => false,
    }
}

/// A component, whichever node it is on.
pub(super) fn component(actor: &Actor) -> String {
    let name = actor.to_string();
    name.split(['@', '/']).next().unwrap_or_default().to_owned()
}

/// A step with some of it left out.
#[derive(Clone, Default)]
pub(super) struct Brief {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) verb: Option<String>,
    pub(super) object: Option<String>,
    pub(super) gate: Option<String>,
}

/// Who does what to what in words, without names that chance made.
pub(super) fn told(step: &Step) -> Titles {
    told_with(step, &Brief::default())
}

/// The same with somebody else in it.
pub(super) fn told_with(step: &Step, other: &Brief) -> Titles {
    filled(form(step).unwrap_or("chain.decision"), step, other)
}

/// A step in the words of the API, with something else in its place.
pub(super) fn called_with(step: &Step, other: &Brief) -> Titles {
    let form = match step.kind {
        StepKind::Store => "chain.stored",
        StepKind::Gate => "chain.gate",
        StepKind::Runtime => "chain.runtime",
        _ => "chain.request",
    };
    filled(form, step, other)
}

/// What somebody is called in a sentence: those that have no name of their own by what they are.
pub(super) fn called(component: &str, locale: &'static Locale) -> String {
    let name = match component {
        "pod" => "chain.the-pod",
        "kernel" => "chain.the-kernel",
        "client" => "chain.the-client",
        "dns" => "chain.the-dns",
        other => return other.to_owned(),
    };
    locale.text(name).to_owned()
}

/// What a step is about, by its kind.
pub(super) fn object(step: &Step) -> String {
    let kind = Resource::named(step.resource).map_or(step.resource, Resource::kind);
    match step.subresource {
        "" => kind.to_owned(),
        part => format!("{kind}/{part}"),
    }
}

fn filled(form: &str, step: &Step, other: &Brief) -> Titles {
    let in_locale = |locale: &'static Locale| {
        let or = |other: &Option<String>, own: String| other.clone().unwrap_or(own);
        let kind = Resource::named(step.resource).map_or(step.resource, Resource::kind);
        let name = |other: &Option<String>, actor: &Actor| {
            let name = or(other, component(actor));
            called(&name, locale)
        };
        let from = name(&other.from, &step.from);
        let to = name(&other.to, &step.to);
        let verb = or(&other.verb, story::verb(step, locale));
        let object = or(&other.object, object(step));
        let gate = or(&other.gate, story::gate_name(&step.reason, locale));
        let message = story::said(&step.message, locale);
        let told = locale.fill(
            form,
            &[
                ("from", &from),
                ("to", &to),
                ("verb", &verb),
                ("kind", &kind),
                ("object", &object),
                ("gate", &gate),
                ("code", &step.code),
                ("waits", &waiting(step).unwrap_or_default()),
                ("message", &message),
            ],
        );
        match told.strip_prefix("the ") {
            Some(rest) => format!("The {rest}"),
            None => told,
        }
    };
    Titles {
        zh: in_locale(Locale::zh()),
        en: in_locale(Locale::en()),
    }
}
