//! What the learner is asked who knows a story: gaps in it, and at last the whole of it. Options and
//! answers are read from the run, and the same run and seed ask the same.

use super::{
    Asked, Run, Titles,
    chain::{Brief, Chain, Link, called, called_with, component, object, told, told_with},
    story,
};
use crate::{
    cluster::trace::{Actor, Change, Step, StepKind},
    ids::Lang,
    locale::Locale,
};

/// How many options there are at the most.
const OPTIONS: usize = 4;

/// What stands where something is left out.
const BLANK: &str = "____";

/// Fields whose new value the learner can know: what chance or order decides is not asked.
const TELLING: [&str; 2] = ["spec.replicas", "spec.unschedulable"];

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
    let scene = scene(run);
    let links = chain.links.iter().enumerate();
    let asked = links.filter_map(|(at, link)| {
        let options = choose(right(link), wrong(&chain, at, seed), mixed(seed, at as u64));
        let prompt = |locale: &'static Locale, lang| {
            let scene = scene.map(|title| title.text(lang));
            let places: [(&str, &dyn std::fmt::Display); 3] = [
                ("k", &(at + 1)),
                ("n", &total),
                ("scene", &scene.unwrap_or_default()),
            ];
            let name = match (at, scene) {
                (0, Some(_)) => "chain.first-after",
                (0, None) => "chain.first",
                _ => "chain.next",
            };
            locale.fill(name, &places)
        };
        let prompt = Titles {
            zh: prompt(Locale::zh(), Lang::Zh),
            en: prompt(Locale::en(), Lang::En),
        };
        asked(format!("recount:{}", at + 1), link, prompt, options, &chain)
    });
    asked.collect()
}

/// The title of the chapter that only sets the scene.
fn scene(run: &Run) -> Option<&Titles> {
    let first = run.scenario().chapters.first()?;
    (!first.recount).then_some(&first.title)
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
    let is_told = |one: &Titles| chain.links.iter().any(|other| other.told == *one);
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
        let text = told_with(link.step, &other);
        let same = Titles {
            zh: called(&actor, Locale::zh()),
            en: called(&actor, Locale::en()),
        };
        (!is_told(&text)).then(|| Choice {
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
    told(step)
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

fn who(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<(Titles, Choice, Vec<Choice>)> {
    let hole = Brief {
        from: blank(),
        ..Brief::default()
    };
    in_words(step, &hole, &step.from, actors(chain, seed))
}

fn whom(step: &Step, chain: &Chain<'_>, seed: u64) -> Option<(Titles, Choice, Vec<Choice>)> {
    let hole = Brief {
        to: blank(),
        ..Brief::default()
    };
    in_words(step, &hole, &step.to, actors(chain, seed))
}

/// A sentence with somebody left out; None if it does not speak of him.
fn in_words(
    step: &Step,
    hole: &Brief,
    answer: &Actor,
    others: Vec<String>,
) -> Option<(Titles, Choice, Vec<Choice>)> {
    let prompt = told_with(step, hole);
    let somebody = |name: String| Choice {
        text: Titles {
            zh: called(&name, Locale::zh()),
            en: called(&name, Locale::en()),
        },
        not: None,
    };
    let others = others.into_iter().map(somebody).collect();
    let has_gap = prompt.zh.contains(BLANK) && prompt.en.contains(BLANK);
    has_gap.then(|| (prompt, somebody(component(answer)), others))
}

fn what(step: &Step, chain: &Chain<'_>, seed: u64) -> (Titles, Choice, Vec<Choice>) {
    let hole = Brief {
        verb: blank(),
        ..Brief::default()
    };
    let verb = |step: &Step| Choice {
        text: Titles {
            zh: story::verb(step, Locale::zh()),
            en: story::verb(step, Locale::en()),
        },
        not: None,
    };
    let alike = chain.links.iter().filter(|one| one.step.kind == step.kind);
    let mut verbs: Vec<Choice> = alike.map(|one| verb(one.step)).collect();
    if step.kind == StepKind::Request {
        let usual = [
            "story.verb-create",
            "story.verb-update",
            "story.verb-patch",
            "story.verb-delete",
        ];
        verbs.extend(usual.map(|name| Choice {
            text: same_in_both(name),
            not: None,
        }));
    }
    turn(&mut verbs, seed);
    (called_with(step, &hole), verb(step), verbs)
}

fn on(step: &Step, chain: &Chain<'_>, seed: u64) -> (Titles, Choice, Vec<Choice>) {
    let hole = Brief {
        object: blank(),
        ..Brief::default()
    };
    let mut objects: Vec<String> = chain.links.iter().map(|one| object(one.step)).collect();
    objects.retain(|one| !one.is_empty());
    objects.extend(["Pod", "Node", "Service"].map(str::to_owned));
    turn(&mut objects, seed);
    let objects = objects.into_iter().map(Choice::of).collect();
    (called_with(step, &hole), Choice::of(object(step)), objects)
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

fn gate(step: &Step, chain: &Chain<'_>) -> (Titles, Choice, Vec<Choice>) {
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
    (told_with(step, &hole), named(&step.reason), others)
}

/// What a telling field becomes.
fn value(step: &Step) -> Option<(Titles, Choice, Vec<Choice>)> {
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
    let others = others.into_iter().map(Choice::of).collect();
    Some((prompt, Choice::of(change.after.to_string()), others))
}

/// Turns a list so that another comes first.
fn turn<T>(list: &mut [T], seed: u64) {
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
                (5..=20).contains(&recount.len()),
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

    fn links_of(scenario: &str) -> Vec<String> {
        let scenario = crate::walkthrough::find(scenario).expect("built in");
        let run = Run::new(&scenario, scenario.seed(), false);
        let recount = run.recount(1).into_iter();
        recount
            .map(|one| one.options[one.answer].en.clone())
            .collect()
    }

    /// Whether these parts are told in this order, however much stands between them.
    fn tells(links: &[String], parts: &[&str]) {
        let mut rest = links.iter();
        for part in parts {
            assert!(rest.any(|link| link.contains(part)), "{part}\n{links:#?}");
        }
        for noise in ["refused", "list", "Endpoints,"] {
            assert!(!links.iter().any(|link| link.contains(noise)), "{links:#?}");
        }
    }

    #[test]
    fn rc_create_is_recounted_from_the_command_to_ready_replicas() {
        let parts = [
            "kubectl asks kube-apiserver to create the ReplicationController",
            "gate: authentication",
            "kube-apiserver writes the ReplicationController into etcd",
            "shows kube-controller-manager a new ReplicationController",
            "kube-controller-manager creates the Pods",
            "shows kube-scheduler a new Pod",
            "kube-scheduler writes the Binding",
            "shows kubelet a Pod",
            "kubelet has containerd set up the Pod's sandbox",
            "containerd has CNI",
            "kubelet has containerd start",
            "kubelet reports the Pod's status: Running",
            "kube-controller-manager writes readyReplicas",
        ];
        tells(&links_of("rc-create"), &parts);
    }

    #[test]
    fn service_create_is_recounted_from_the_service_to_the_answer() {
        let links = links_of("service-create");
        let parts = [
            "kubectl asks kube-apiserver to create the Service",
            "gives the Service a cluster IP",
            "creates the EndpointSlice",
            "shows kube-proxy a new EndpointSlice",
            "that lead to the Pods",
            "finds the rules of that Service",
            "(DNAT)",
            "straight to the Pod",
            "The Pod answers",
        ];
        tells(&links, &parts);
        assert!(links[0].contains("Service"), "{links:#?}");
        assert!(
            !links
                .iter()
                .any(|link| link.contains("ReplicationController"))
        );
    }

    #[test]
    fn what_a_chapter_tells_is_asked_before_it_begins() {
        for id in ["rc-create", "service-create"] {
            let scenario = crate::walkthrough::find(id).expect("built in");
            let run = Run::new(&scenario, scenario.seed(), false);
            let begins = run.chapters();
            for asked in run.predictions() {
                assert!(!begins.contains(&Some(asked.before)), "{id} {}", asked.id);
            }
        }
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
