//! What the learner is asked who knows a story: gaps in it, and at last the whole of it. Options and
//! answers are read from the run, and the same run and seed ask the same.

use super::{
    Asked, Run, Titles,
    chain::{Brief, Chain, Link, brief_with, component},
    story,
};
use crate::{
    cluster::trace::{Actor, Change, Step, StepKind},
    locale::Locale,
};

/// How many options there are at the most.
const OPTIONS: usize = 4;

/// What stands where something is left out.
const BLANK: &str = "____";

/// Fields whose new value is worth asking for.
const TELLING: [&str; 5] = [
    "spec.nodeName",
    "status.phase",
    "status.readyReplicas",
    "spec.replicas",
    "status.replicas",
];

/// The key steps of a run, each with a gap: who acts, what is done, on what, which value a field gets.
pub(super) fn gaps(run: &Run, seed: u64) -> Vec<Asked> {
    let chain = Chain::of(run);
    let links = chain.links.iter().enumerate();
    let gaps = links.filter_map(|(at, link)| {
        let (prompt, answer, others) = gap(link.step, &chain, mixed(seed, at as u64))?;
        let options = choose(answer, others, mixed(seed, at as u64));
        asked(format!("gap:{}", at + 1), link, prompt, options, &chain)
    });
    gaps.collect()
}

/// The whole chain from its beginning: at each link, what comes next.
pub(super) fn recount(run: &Run, seed: u64) -> Vec<Asked> {
    let chain = Chain::of(run);
    let total = chain.links.len();
    let links = chain.links.iter().enumerate();
    let asked = links.filter_map(|(at, link)| {
        let options = choose(right(link), wrong(&chain, at, seed), mixed(seed, at as u64));
        let prompt = |locale: &'static Locale| {
            let places: [(&str, &dyn std::fmt::Display); 2] = [("k", &(at + 1)), ("n", &total)];
            let name = if at == 0 { "chain.first" } else { "chain.next" };
            locale.fill(name, &places)
        };
        let prompt = Titles {
            zh: prompt(Locale::zh()),
            en: prompt(Locale::en()),
        };
        asked(format!("recount:{}", at + 1), link, prompt, options, &chain)
    });
    asked.collect()
}

fn asked(
    id: String,
    link: &Link<'_>,
    prompt: Titles,
    (options, answer): (Vec<Choice>, usize),
    chain: &Chain<'_>,
) -> Option<Asked> {
    (options.len() > 1).then(|| {
        let (options, notes) = options.into_iter().map(|one| (one.text, one.not)).unzip();
        Asked {
            id,
            before: link.step.id,
            options,
            answer,
            prompt,
            why: chain.why(link.step),
            notes,
        }
    })
}

/// Something to choose, and why it is not the answer if there is more to say of it.
#[derive(Clone, PartialEq, Debug)]
struct Choice {
    text: Titles,
    not: Option<Titles>,
}

impl Choice {
    fn of(text: impl Into<String>) -> Choice {
        let text = text.into();
        Choice {
            text: Titles {
                zh: text.clone(),
                en: text,
            },
            not: None,
        }
    }
}

fn right(link: &Link<'_>) -> Choice {
    Choice {
        text: link.told.clone(),
        not: None,
    }
}

/// The answer and some of the others, in an order that tells nothing.
fn choose(answer: Choice, others: Vec<Choice>, seed: u64) -> (Vec<Choice>, usize) {
    let mut options = vec![answer.clone()];
    for other in others {
        let known = options.iter().any(|one| one.text == other.text);
        if options.len() < OPTIONS && !known {
            options.push(other);
        }
    }
    let mut place = 0;
    options.sort_by_cached_key(|_| {
        place += 1;
        mixed(seed, place)
    });
    let at = options.iter().position(|one| one.text == answer.text);
    (options, at.unwrap_or(0))
}

/// What could be taken for the next link and is not it: what only follows from it, the same done by
/// somebody else, and what was told already. What might as well come next is never among them.
fn wrong(chain: &Chain<'_>, at: usize, seed: u64) -> Vec<Choice> {
    let link = &chain.links[at];
    let mut later: Vec<Choice> = chain.links[at + 1..]
        .iter()
        .filter(|other| chain.follows(other.step, link.step.id))
        .take(3)
        .map(|other| Choice {
            text: other.told.clone(),
            not: Some(filled("chain.too-early", &cause_told(chain, other.step))),
        })
        .collect();
    let told = |one: &Titles| chain.links.iter().any(|other| other.told == *one);
    let mut actors: Vec<String> = chain
        .links
        .iter()
        .map(|one| component(&one.step.from))
        .collect();
    actors.sort();
    actors.dedup();
    turn(&mut actors, mixed(seed, at as u64 + 1));
    let by_others = actors.into_iter().filter_map(|actor| {
        if !may_be_taken_for_an_actor(link.step, &actor) {
            return None;
        }
        let other = Brief {
            from: Some(actor.clone()),
            ..Brief::default()
        };
        let text = brief_with(link.step, &other);
        let same = Titles {
            zh: actor.clone(),
            en: actor,
        };
        (!told(&text)).then(|| Choice {
            text,
            not: Some(filled("chain.not-by", &same)),
        })
    });
    let before = chain.links[..at].iter().rev().take(3).map(|other| Choice {
        text: other.told.clone(),
        not: Some(same_in_both("chain.told-already")),
    });
    let mut others = Vec::new();
    // The next step but one is the likeliest slip, then the wrong actor.
    if !later.is_empty() {
        others.push(later.remove(0));
    }
    others.extend(by_others.take(2));
    others.extend(later);
    others.extend(before);
    others
}

fn may_be_taken_for_an_actor(step: &Step, actor: &str) -> bool {
    let takes_part = actor == component(&step.from) || actor == component(&step.to);
    let can = match step.kind {
        StepKind::Request | StepKind::Decision => actor != "etcd",
        StepKind::Runtime | StepKind::Rules => true,
        _ => false,
    };
    can && !takes_part && !matches!(actor, "operator" | "client" | "pod" | "kernel" | "")
}

/// How the cause of a step is told.
fn cause_told(chain: &Chain<'_>, step: &Step) -> Titles {
    let mut cause = chain.step(step.cause);
    while let Some(one) = cause {
        if let Some(link) = chain.links.iter().find(|link| link.step.id == one.id) {
            return link.told.clone();
        }
        cause = chain.step(one.cause);
    }
    super::chain::brief(step)
}

fn filled(name: &str, what: &Titles) -> Titles {
    Titles {
        zh: Locale::zh().fill(name, &[("what", &what.zh)]),
        en: Locale::en().fill(name, &[("what", &what.en)]),
    }
}

fn same_in_both(name: &str) -> Titles {
    Titles {
        zh: Locale::zh().text(name).to_owned(),
        en: Locale::en().text(name).to_owned(),
    }
}

/// The sentence with the gap, what belongs there, and what else might.
fn gap(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<(Titles, Choice, Vec<Choice>)> {
    let blank = || Some(BLANK.to_owned());
    let of = |hole: Brief, answer: String, others: Vec<String>| {
        let others = others.into_iter().map(Choice::of).collect();
        Some((brief_with(step, &hole), Choice::of(answer), others))
    };
    let who = || {
        let hole = Brief {
            from: blank(),
            ..Brief::default()
        };
        of(hole, component(&step.from), actors(chain, seed))
    };
    let what = || {
        let hole = Brief {
            verb: blank(),
            ..Brief::default()
        };
        let alike = chain.links.iter().filter(|one| one.step.kind == step.kind);
        let mut verbs: Vec<String> = alike.map(|one| one.step.verb.to_string()).collect();
        if step.kind == StepKind::Request {
            verbs.extend(["create", "update", "patch", "delete"].map(str::to_owned));
        }
        turn(&mut verbs, seed);
        of(hole, step.verb.to_string(), verbs)
    };
    let on = || {
        let hole = Brief {
            object: blank(),
            ..Brief::default()
        };
        let object = |step: &Step| match step.subresource {
            "" => step.resource.to_owned(),
            part => format!("{}/{part}", step.resource),
        };
        let mut objects: Vec<String> = chain.links.iter().map(|one| object(one.step)).collect();
        objects.retain(|one| !one.is_empty());
        objects.extend(["pods", "nodes", "services"].map(str::to_owned));
        turn(&mut objects, seed);
        of(hole, object(step), objects)
    };
    match step.kind {
        StepKind::Request if component(&step.from) == "kubectl" => what(),
        StepKind::Request => match seed % 3 {
            0 => on(),
            1 => what(),
            _ => who(),
        },
        StepKind::Gate => gate(step, chain),
        StepKind::Store => value(step, chain).or_else(on),
        StepKind::Watch | StepKind::Traffic if step.to != Actor::Nobody => {
            let hole = Brief {
                to: blank(),
                ..Brief::default()
            };
            of(hole, component(&step.to), actors(chain, seed))
        }
        StepKind::Decision | StepKind::Rules => who(),
        StepKind::Runtime => what(),
        StepKind::Watch | StepKind::Traffic | StepKind::Event | StepKind::Fault => None,
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

fn gate(step: &Step, chain: &Chain<'_>) -> Option<(Titles, Choice, Vec<Choice>)> {
    let named = |reason: &str| Choice {
        text: Titles {
            zh: story::gate_name(reason, Locale::zh()),
            en: story::gate_name(reason, Locale::en()),
        },
        not: None,
    };
    let hole = Brief {
        gate: Some(BLANK.to_owned()),
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
    let others = seen.chain(all).map(named).collect();
    Some((brief_with(step, &hole), named(&step.reason), others))
}

/// What a telling field becomes.
fn value(step: &Step, chain: &Chain<'_>) -> Option<(Titles, Choice, Vec<Choice>)> {
    let is_telling = |change: &&Change| TELLING.contains(&&*change.path) && !change.after.is_null();
    let change = step.changes.iter().find(is_telling)?;
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let answer = shown(&change.after);
    let mut others: Vec<String> = match &*change.path {
        "status.phase" => ["Pending", "Running", "Succeeded", "Failed"]
            .map(str::to_owned)
            .into(),
        "spec.nodeName" => chain.nodes(),
        _ => {
            let number: i64 = answer.parse().ok()?;
            [number - 1, number + 1, number + 2]
                .into_iter()
                .filter(|one| *one >= 0)
                .map(|one| one.to_string())
                .collect()
        }
    };
    others.retain(|other| *other != answer);
    let told = brief_with(step, &Brief::default());
    let with_field = |told: &str| format!("{told}   {} → {BLANK}", change.path);
    let prompt = Titles {
        zh: with_field(&told.zh),
        en: with_field(&told.en),
    };
    let others = others.into_iter().map(Choice::of).collect();
    Some((prompt, Choice::of(answer), others))
}

impl Chain<'_> {
    /// The nodes that anything of this run happens on.
    fn nodes(&self) -> Vec<String> {
        let named = self
            .all()
            .flat_map(|step| [step.from.to_string(), step.to.to_string()]);
        let mut nodes: Vec<String> = named
            .filter_map(|name| Some(name.split_once('@')?.1.to_owned()))
            .collect();
        nodes.sort();
        nodes.dedup();
        nodes
    }
}

/// Turns a list so that another comes first.
fn turn(list: &mut [String], seed: u64) {
    if !list.is_empty() {
        let by = (seed % list.len() as u64) as usize;
        list.rotate_left(by);
    }
}

/// A number from two, like no other (`SplitMix64`).
fn mixed(seed: u64, at: u64) -> u64 {
    let mut x = seed.wrapping_add(at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::walkthrough::built_in;

    #[test]
    fn every_built_in_story_has_a_chain_that_can_be_asked() {
        for scenario in built_in() {
            let run = Run::new(&scenario, scenario.seed(), false);
            let (gaps, recount) = (run.gaps(1), run.recount(1));
            assert!(
                (5..=32).contains(&recount.len()),
                "{} {}",
                scenario.id,
                recount.len()
            );
            assert!(
                gaps.len() * 3 >= recount.len() * 2,
                "{} {}",
                scenario.id,
                gaps.len()
            );
        }
    }

    #[test]
    fn the_chain_of_rc_create_goes_from_kubectl_to_the_running_container() {
        let scenario = crate::walkthrough::find("rc-create").expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        let told: Vec<String> = run
            .recount(1)
            .into_iter()
            .map(|one| one.options[one.answer].en.clone())
            .collect();
        let order = [
            "kubectl → kube-apiserver: create replicationcontrollers",
            "kube-apiserver → etcd: create replicationcontrollers",
            "kube-apiserver → kube-controller-manager: watch, replicationcontrollers added",
            "kube-controller-manager → kube-apiserver: create pods",
            "kube-apiserver → kube-scheduler: watch, pods added",
            "kube-scheduler → kube-apiserver: create pods/binding",
            "kube-apiserver → kubelet: watch, pods added",
            "kubelet → containerd: RunPodSandbox",
            "kubelet → containerd: StartContainer",
        ];
        let places: Vec<Option<usize>> = order
            .iter()
            .map(|one| told.iter().position(|other| other == one))
            .collect();
        assert!(places.iter().all(Option::is_some), "{places:?}\n{told:#?}");
        assert!(places.is_sorted(), "{places:?}\n{told:#?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn whatever_the_seed_there_is_one_right_answer_and_it_is_what_happened(seed in any::<u64>(), which in 0..11_usize) {
            let scenario = built_in().swap_remove(which);
            let run = Run::new(&scenario, scenario.seed(), false);
            prop_assert_eq!(run.recount(seed), run.recount(seed));
            let chain = Chain::of(&run);
            let recount = run.recount(seed);
            prop_assert!(recount.is_sorted_by_key(|one| one.before));
            for asked in run.gaps(seed).iter().chain(&recount) {
                prop_assert!(asked.answer < asked.options.len());
                prop_assert!((2..=OPTIONS).contains(&asked.options.len()));
                for (at, option) in asked.options.iter().enumerate() {
                    prop_assert!(!asked.options[..at].contains(option), "{:?}", asked);
                }
            }
            for asked in &recount {
                let place = chain.links.iter().position(|one| one.step.id == asked.before);
                let place = place.expect("a link of the chain");
                let right = &chain.links[place].told;
                prop_assert_eq!(&asked.options[asked.answer], right);
                // What might as well come next is not called wrong.
                for option in asked.options.iter().filter(|one| *one != right) {
                    let later = chain.links[place..].iter().find(|one| one.told == *option);
                    if let Some(later) = later {
                        prop_assert!(chain.follows(later.step, asked.before), "{:?}", asked);
                    }
                }
            }
        }
    }
}
