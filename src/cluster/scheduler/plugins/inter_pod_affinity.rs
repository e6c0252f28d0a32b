//! InterPodAffinity: `interpodaffinity/filtering.go`, `scoring.go`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::cluster::{
    api::Str,
    scheduler::{
        cache::{Cache, PodClass, Slot},
        framework::{MAX_NODE_SCORE, Rejection},
        pod_info::{AffinityTerm, Namespaces, PodInfo},
    },
};

/// The weight of a required affinity of a Pod that is there, when nodes are scored for a Pod it wants
/// (`apis/config/v1/defaults.go`, HardPodAffinityWeight).
const HARD_POD_AFFINITY_WEIGHT: i64 = 1;

/// A number for each value of each label.
#[derive(Clone, Debug, Default)]
struct ByTopology(Vec<(Str, FxHashMap<u32, i64>)>);

impl ByTopology {
    fn add(&mut self, key: &Str, slot: Slot, by: i64, cache: &Cache) {
        let topology = cache.topology(key);
        let Some(value) = topology.and_then(|topology| topology.of(slot)) else {
            return;
        };
        let at = self.0.iter().position(|(one, _)| one == key);
        let at = at.unwrap_or_else(|| {
            self.0.push((key.clone(), FxHashMap::default()));
            self.0.len() - 1
        });
        *self.0[at].1.entry(value).or_insert(0) += by;
    }

    fn get(&self, key: &Str, slot: Slot, cache: &Cache) -> Option<i64> {
        let value = cache.topology(key)?.of(slot)?;
        let (_, values) = self.0.iter().find(|(one, _)| one == key)?;
        values.get(&value).copied()
    }

    fn is_zero(&self) -> bool {
        let mut all = self.0.iter().flat_map(|(_, values)| values.values());
        all.all(|number| *number == 0)
    }
}

/// What Filter needs to know.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) struct PodAffinity {
    /// Pods that are kept from Pods like the incoming one, by the terms that say so.
    existing_anti: ByTopology,
    /// Pods the incoming one wants.
    wanted: ByTopology,
    /// Pods it does not want.
    unwanted: ByTopology,
    namespaces: Rc<Namespaces>,
}

/// The labels the terms of a Pod, and of those that are there, speak of.
pub(in crate::cluster::scheduler) fn follow_topologies(info: &PodInfo, cache: &mut Cache) {
    let mut keys: Vec<Str> = Vec::new();
    let classes = cache.classes.with_terms();
    let terms = classes.filter_map(|class| class.key().terms.as_deref());
    for terms in terms.chain(info.terms.as_deref()) {
        let required = terms.required.iter().chain(&terms.required_anti);
        let preferred = terms.preferred.iter().chain(&terms.preferred_anti);
        for term in required.chain(preferred.map(|(_, term)| term)) {
            if !keys.contains(&term.topology_key) {
                keys.push(term.topology_key.clone());
            }
        }
    }
    for key in &keys {
        cache.follow_topology(key);
    }
}

impl PodAffinity {
    /// PreFilter. None if neither the Pod nor those there have anything to say.
    pub(in crate::cluster::scheduler) fn new(
        info: &PodInfo,
        cache: &Cache,
        namespaces: &Rc<Namespaces>,
    ) -> Option<PodAffinity> {
        let mut state = PodAffinity {
            existing_anti: ByTopology::default(),
            wanted: ByTopology::default(),
            unwanted: ByTopology::default(),
            namespaces: namespaces.clone(),
        };
        for class in cache.classes.with_terms() {
            let terms = class.key().terms.as_deref();
            let anti = terms.into_iter().flat_map(|terms| &terms.required_anti);
            for term in anti {
                if term.matches(info.namespace(), info.labels(), namespaces) {
                    class.counts.for_each(|slot, pods| {
                        let pods = i64::from(pods);
                        state
                            .existing_anti
                            .add(&term.topology_key, slot, pods, cache);
                    });
                }
            }
        }
        let own = info.terms();
        if own.required.is_empty() && own.required_anti.is_empty() {
            return (!state.existing_anti.0.is_empty()).then_some(state);
        }
        for class in cache.classes.all() {
            let key = class.key();
            let pod = (&key.namespace, &key.labels);
            let wanted = AffinityTerm::all_match(&own.required, pod, namespaces);
            let unwanted = own
                .required_anti
                .iter()
                .filter(|term| term.matches(pod.0, pod.1, namespaces));
            let wanted = own.required.iter().filter(|_| wanted);
            for (terms, counts) in [
                (wanted.collect::<Vec<_>>(), &mut state.wanted),
                (unwanted.collect(), &mut state.unwanted),
            ] {
                for term in terms {
                    class.counts.for_each(|slot, pods| {
                        counts.add(&term.topology_key, slot, i64::from(pods), cache);
                    });
                }
            }
        }
        Some(state)
    }

    /// Filter.
    pub(in crate::cluster::scheduler) fn filter(
        &self,
        info: &PodInfo,
        slot: Slot,
        cache: &Cache,
    ) -> Option<Rejection> {
        if !self.has_wanted(info, slot, cache) {
            return Some(Rejection::PodAffinity);
        }
        let any = |counts: &ByTopology, key: &Str| {
            counts.get(key, slot, cache).is_some_and(|count| count > 0)
        };
        let mut own = info.terms().required_anti.iter();
        if own.any(|term| any(&self.unwanted, &term.topology_key)) {
            return Some(Rejection::PodAntiAffinity);
        }
        let mut theirs = self.existing_anti.0.iter();
        if theirs.any(|(key, _)| any(&self.existing_anti, key)) {
            return Some(Rejection::ExistingAntiAffinity);
        }
        None
    }

    fn has_wanted(&self, info: &PodInfo, slot: Slot, cache: &Cache) -> bool {
        let terms = &info.terms().required;
        let mut all_there = true;
        for term in terms {
            let topology = cache.topology(&term.topology_key);
            if topology.and_then(|topology| topology.of(slot)).is_none() {
                return false;
            }
            let count = self.wanted.get(&term.topology_key, slot, cache);
            all_there &= count.is_some_and(|count| count > 0);
        }
        // The first of Pods that want each other must be let in.
        all_there
            || (self.wanted.is_zero()
                && AffinityTerm::all_match(
                    terms,
                    (info.namespace(), info.labels()),
                    &self.namespaces,
                ))
    }

    /// Another Pod is added to a node or taken away, to see what would be.
    pub(in crate::cluster::scheduler) fn update(
        &mut self,
        info: &PodInfo,
        (other, slot): (&PodInfo, Slot),
        by: i64,
        cache: &Cache,
    ) {
        let all = self.namespaces.clone();
        for term in &other.terms().required_anti {
            if term.matches(info.namespace(), info.labels(), &all) {
                self.existing_anti.add(&term.topology_key, slot, by, cache);
            }
        }
        let own = info.terms();
        let pod = (other.namespace(), other.labels());
        if AffinityTerm::all_match(&own.required, pod, &all) {
            for term in &own.required {
                self.wanted.add(&term.topology_key, slot, by, cache);
            }
        }
        for term in &own.required_anti {
            if term.matches(pod.0, pod.1, &all) {
                self.unwanted.add(&term.topology_key, slot, by, cache);
            }
        }
    }
}

/// Scores the feasible nodes, normalised. None if nobody has anything to say.
pub(in crate::cluster::scheduler) fn score(
    info: &PodInfo,
    feasible: &[Slot],
    cache: &Cache,
    all: &Namespaces,
) -> Option<Vec<i64>> {
    let own = info.terms();
    let mut weights = ByTopology::default();
    let mut weigh = |class: &PodClass, term: &AffinityTerm, weight: i64| {
        class.counts.for_each(|slot, pods| {
            weights.add(&term.topology_key, slot, weight * i64::from(pods), cache);
        });
    };
    if !own.preferred.is_empty() || !own.preferred_anti.is_empty() {
        let anti = own.preferred_anti.iter();
        let anti = anti.map(|(weight, term)| (-weight, term));
        let terms: Vec<(i64, &AffinityTerm)> = own
            .preferred
            .iter()
            .map(|(weight, term)| (*weight, term))
            .chain(anti)
            .collect();
        for class in cache.classes.all() {
            let key = class.key();
            for (weight, term) in &terms {
                if term.matches(&key.namespace, &key.labels, all) {
                    weigh(class, term, *weight);
                }
            }
        }
    }
    for class in cache.classes.with_terms() {
        let Some(terms) = &class.key().terms else {
            continue;
        };
        let required = terms.required.iter();
        let required = required.map(|term| (HARD_POD_AFFINITY_WEIGHT, term));
        let preferred = terms.preferred.iter().map(|(weight, term)| (*weight, term));
        let anti = terms.preferred_anti.iter();
        let anti = anti.map(|(weight, term)| (-weight, term));
        for (weight, term) in required.chain(preferred).chain(anti) {
            if term.matches(info.namespace(), info.labels(), all) {
                weigh(class, term, weight);
            }
        }
    }
    if weights.0.is_empty() {
        return None;
    }
    let of = |slot: &Slot| -> i64 {
        let keys = weights.0.iter().map(|(key, _)| key);
        keys.filter_map(|key| weights.get(key, *slot, cache)).sum()
    };
    Some(normalized(feasible.iter().map(of).collect()))
}

/// The least becomes 0, the most 100.
pub(super) fn normalized(mut scores: Vec<i64>) -> Vec<i64> {
    let least = scores.iter().copied().min().unwrap_or(0);
    let most = scores.iter().copied().max().unwrap_or(0);
    let difference = most - least;
    for score in &mut scores {
        *score = if difference > 0 {
            (MAX_NODE_SCORE as f64 * ((*score - least) as f64 / difference as f64)) as i64
        } else {
            0
        };
    }
    scores
}
