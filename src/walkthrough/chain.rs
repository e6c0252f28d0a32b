//! The key steps of a run: the chain a learner should be able to tell. They are read from what the model
//! did, so any scenario has them.

use std::{collections::HashSet, rc::Rc};

use super::{Run, Titles, story};
use crate::{
    cluster::trace::{Actor, Step, StepId, StepKind},
    locale::Locale,
};

/// The gates one tells of; the others let everything pass that people ask about.
const GATES: [&str; 3] = ["authentication", "authorization", "mutating admission"];

/// The longest chain: what is longer nobody tells. What begins no chapter is left out first.
const LONGEST: usize = 32;

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
        let begins: HashSet<StepId> = run.chapters().into_iter().flatten().collect();
        let heard: HashSet<StepId> = steps
            .iter()
            .filter(|step| step.kind != StepKind::Watch)
            .map(|step| step.cause)
            .collect();
        let mut known = HashSet::new();
        let mut links: Vec<Link<'a>> = Vec::new();
        for step in steps {
            let is_key = begins.contains(&step.id) || is_key(step, heard.contains(&step.id));
            let told = brief(step);
            if is_key && !told.en.is_empty() && known.insert(told.en.clone()) {
                links.push(Link { step, told });
            }
        }
        while links.len() > LONGEST {
            // The last of those that begin no chapter tell least that is new.
            let least = links
                .iter()
                .rposition(|link| !begins.contains(&link.step.id));
            links.remove(least.unwrap_or(links.len() - 1));
        }
        Chain { steps, links }
    }

    /// Every step of the run.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Step> {
        self.steps.iter().map(|step| &**step)
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

fn is_key(step: &Step, is_heard: bool) -> bool {
    let writes = matches!(&*step.verb, "create" | "update" | "patch" | "delete");
    let of_use = step.resource != "events";
    match step.kind {
        StepKind::Request => of_use && (writes || step.code >= 400),
        StepKind::Gate => step.code != 0 || (writes && of_use && GATES.contains(&&*step.reason)),
        StepKind::Store => of_use && step.revision > 0,
        StepKind::Watch => is_heard && !step.name.is_empty(),
        StepKind::Decision | StepKind::Rules | StepKind::Fault | StepKind::Traffic => true,
        StepKind::Runtime => matches!(step.from, Actor::Kubelet(_)),
        StepKind::Event => false,
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

/// Who does what to what, without names that chance made.
pub(super) fn brief(step: &Step) -> Titles {
    brief_with(step, &Brief::default())
}

/// The same with somebody or something else in its place.
pub(super) fn brief_with(step: &Step, other: &Brief) -> Titles {
    Titles {
        zh: brief_in(step, other, Locale::zh()),
        en: brief_in(step, other, Locale::en()),
    }
}

fn brief_in(step: &Step, other: &Brief, locale: &'static Locale) -> String {
    let form = match step.kind {
        StepKind::Request if step.code >= 400 => "chain.refused",
        StepKind::Request => "chain.request",
        StepKind::Gate if step.code != 0 => "chain.gate-refused",
        StepKind::Gate => "chain.gate",
        StepKind::Store => "chain.store",
        StepKind::Watch => "chain.watch",
        StepKind::Decision => "chain.decision",
        StepKind::Runtime => "chain.runtime",
        StepKind::Rules => "chain.rules",
        StepKind::Event => "chain.event",
        StepKind::Fault => "chain.fault",
        StepKind::Traffic => "chain.traffic",
    };
    let or = |other: &Option<String>, own: String| other.clone().unwrap_or(own);
    let object = match step.subresource {
        "" => step.resource.to_owned(),
        part => format!("{}/{part}", step.resource),
    };
    let from = or(&other.from, component(&step.from));
    let to = or(&other.to, component(&step.to));
    let verb = or(&other.verb, step.verb.to_string());
    let object = or(&other.object, object);
    let gate = or(&other.gate, story::gate_name(&step.reason, locale));
    let message = story::said(&step.message, locale);
    locale.fill(
        form,
        &[
            ("from", &from),
            ("to", &to),
            ("verb", &verb),
            ("object", &object),
            ("gate", &gate),
            ("reason", &step.reason),
            ("message", &message),
        ],
    )
}
