//! What the learner is asked who knows a story: gaps in it, and at last the whole of it. Options and
//! answers are read from the run, and the same run and seed ask the same.

mod gap;

use self::gap::gap;
use super::{
    Asked, Run, Titles,
    chain::{Brief, Chain, Link, called, component, told, told_with},
};
use crate::{
    cluster::trace::{Step, StepKind},
    ids::Lang,
    locale::Locale,
};

/// How many options there are at the most.
const OPTIONS: usize = 4;

/// The key steps of a run, each with a gap: who acts, what is done, on what, which value a field gets.
pub(super) fn gaps(run: &Run, seed: u64) -> Vec<Asked> {
    let chain = Chain::of(run);
    let links = chain.links.iter().enumerate();
    let gaps = links.filter_map(|(at, link)| {
        let gap = gap(link.step, &chain, mixed(seed, at as u64))?;
        let options = choose(gap.answer, gap.others, mixed(seed, at as u64));
        asked(format!("gap:{}", at + 1), link, gap.prompt, options, &chain)
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
    /// What is said alike in both languages, each in its own words.
    fn said(in_words: impl Fn(&'static Locale) -> String) -> Choice {
        Choice {
            text: Titles {
                zh: in_words(Locale::zh()),
                en: in_words(Locale::en()),
            },
            not: None,
        }
    }

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
mod tests;
