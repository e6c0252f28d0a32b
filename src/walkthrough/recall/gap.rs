//! Gaps in the sentences of a story: who acts, what is done, on what, which value a field gets.

use super::{Choice, turn};
use crate::{
    cluster::trace::{Actor, Change, Step, StepKind},
    walkthrough::{
        Titles,
        chain::{Brief, Chain, called, called_with, component, object, told, told_with},
        story,
    },
};

/// What stands where something is left out.
const BLANK: &str = "____";

/// Fields whose new value the learner can know: what chance or order decides is not asked.
const TELLING: [&str; 2] = ["spec.replicas", "spec.unschedulable"];

/// A sentence with a gap.
pub(super) struct Gap {
    pub(super) prompt: Titles,
    /// What belongs there.
    pub(super) answer: Choice,
    /// What else might.
    pub(super) others: Vec<Choice>,
}

/// What of a step is left out: that depends on its kind, and on the seed.
pub(super) fn gap(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<Gap> {
    match step.kind {
        StepKind::Request if component(&step.from) == "kubectl" => Some(what(step, chain, seed)),
        StepKind::Request => match seed % 3 {
            0 => Some(on(step, chain, seed)),
            1 => Some(what(step, chain, seed)),
            _ => who(step, chain, seed),
        },
        StepKind::Gate => Some(gate(step, chain)),
        StepKind::Store => value(step).or_else(|| Some(on(step, chain, seed))),
        StepKind::Watch | StepKind::Traffic => {
            whom(step, chain, seed).or_else(|| who(step, chain, seed))
        }
        StepKind::Decision | StepKind::Rules => who(step, chain, seed),
        StepKind::Runtime => Some(what(step, chain, seed)),
        StepKind::Event | StepKind::Fault => None,
    }
}

fn blank() -> Option<String> {
    Some(BLANK.to_owned())
}

fn who(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<Gap> {
    let hole = Brief {
        from: blank(),
        ..Brief::default()
    };
    in_words(step, &hole, &step.from, actors(chain, seed))
}

fn whom(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<Gap> {
    let hole = Brief {
        to: blank(),
        ..Brief::default()
    };
    in_words(step, &hole, &step.to, actors(chain, seed))
}

/// A sentence with somebody left out; None if it does not speak of him.
fn in_words(step: &Step, hole: &Brief, answer: &Actor, others: Vec<String>) -> Option<Gap> {
    let prompt = told_with(step, hole);
    let somebody = |name: String| Choice::said(|locale| called(&name, locale));
    let others = others.into_iter().map(somebody).collect();
    let has_gap = prompt.zh.contains(BLANK) && prompt.en.contains(BLANK);
    has_gap.then(|| Gap {
        prompt,
        answer: somebody(component(answer)),
        others,
    })
}

fn what(step: &Step, chain: &Chain<'_>, seed: u64) -> Gap {
    let hole = Brief {
        verb: blank(),
        ..Brief::default()
    };
    let verb = |step: &Step| Choice::said(|locale| story::verb(step, locale));
    let alike = chain.links.iter().filter(|one| one.step.kind == step.kind);
    let mut verbs: Vec<Choice> = alike.map(|one| verb(one.step)).collect();
    if step.kind == StepKind::Request {
        let usual = [
            "story.verb-create",
            "story.verb-update",
            "story.verb-patch",
            "story.verb-delete",
        ];
        verbs.extend(usual.map(|name| Choice::said(|locale| locale.text(name).to_owned())));
    }
    turn(&mut verbs, seed);
    Gap {
        prompt: called_with(step, &hole),
        answer: verb(step),
        others: verbs,
    }
}

fn on(step: &Step, chain: &Chain<'_>, seed: u64) -> Gap {
    let hole = Brief {
        object: blank(),
        ..Brief::default()
    };
    let mut objects: Vec<String> = chain.links.iter().map(|one| object(one.step)).collect();
    objects.retain(|one| !one.is_empty());
    objects.extend(["Pod", "Node", "Service"].map(str::to_owned));
    turn(&mut objects, seed);
    Gap {
        prompt: called_with(step, &hole),
        answer: Choice::of(object(step)),
        others: objects.into_iter().map(Choice::of).collect(),
    }
}

fn actors(chain: &Chain<'_>, seed: u64) -> Vec<String> {
    let ends = chain
        .links
        .iter()
        .flat_map(|one| [&one.step.from, &one.step.to]);
    let mut actors: Vec<String> = ends.map(component).collect();
    actors.retain(|one| !one.is_empty() && !matches!(&**one, "operator" | "cni" | "kernel"));
    actors.extend(["kube-scheduler", "kube-controller-manager", "kubelet"].map(str::to_owned));
    actors.sort();
    actors.dedup();
    turn(&mut actors, seed);
    actors
}

fn gate(step: &Step, chain: &Chain<'_>) -> Gap {
    let named = |reason: &str| Choice::said(|locale| story::gate_name(reason, locale));
    let hole = Brief {
        gate: blank(),
        ..Brief::default()
    };
    let all = [
        "authentication",
        "authorization",
        "mutating admission",
        "validation",
    ];
    let seen = chain.links.iter().map(|one| one.step);
    let seen = seen
        .filter(|one| one.kind == StepKind::Gate)
        .map(|one| &*one.reason);
    Gap {
        prompt: told_with(step, &hole),
        answer: named(&step.reason),
        others: seen.chain(all).map(named).collect(),
    }
}

/// What a telling field becomes.
fn value(step: &Step) -> Option<Gap> {
    let is_telling = |change: &&Change| TELLING.contains(&&*change.path) && !change.after.is_null();
    let change = step.changes.iter().find(is_telling)?;
    let others: Vec<String> = match change.after.as_i64() {
        Some(number) => [number - 1, number + 1, number + 2]
            .into_iter()
            .filter(|one| *one >= 0)
            .map(|one| one.to_string())
            .collect(),
        None => ["true", "false"].map(str::to_owned).into(),
    };
    let told = told(step);
    let with_field = |told: &str| format!("{told}   {} → {BLANK}", change.path);
    let prompt = Titles {
        zh: with_field(&told.zh),
        en: with_field(&told.en),
    };
    Some(Gap {
        prompt,
        answer: Choice::of(change.after.to_string()),
        others: others.into_iter().map(Choice::of).collect(),
    })
}
