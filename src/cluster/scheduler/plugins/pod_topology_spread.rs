//! PodTopologySpread: `podtopologyspread/common.go`, `filtering.go`, `scoring.go`.

use std::rc::Rc;

use crate::cluster::{
    api::{Labels, Operator, Pod, Selector, SelectorRequirement, Str, TopologySpreadConstraint},
    scheduler::{
        cache::{Cache, SelectorId, Slot, Topology},
        framework::{MAX_NODE_SCORE, Rejection},
        pod_info::PodInfo,
        verdicts::{KindOfPod, Verdicts},
        workloads::Workloads,
    },
};

const HOSTNAME: &str = "kubernetes.io/hostname";

/// One constraint, ready to be asked.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) struct Constraint {
    max_skew: i64,
    pub(in crate::cluster::scheduler) topology_key: Str,
    pub(in crate::cluster::scheduler) selector: Rc<Selector>,
    selector_id: SelectorId,
    min_domains: usize,
    honor_affinity: bool,
    honor_taints: bool,
}

/// The constraints of a Pod's own that say `when`.
pub(in crate::cluster::scheduler) fn own_constraints(
    pod: &Pod,
    when: &str,
    cache: &mut Cache,
) -> Vec<Constraint> {
    let constraints = pod.spec.topology_spread_constraints.iter();
    let constraints = constraints.filter(|one| &*one.when_unsatisfiable == when);
    constraints
        .map(|one| {
            let selector = selector_of(one, &pod.metadata.labels);
            cache.follow_topology(&one.topology_key);
            Constraint {
                max_skew: i64::from(one.max_skew),
                topology_key: one.topology_key.clone(),
                selector_id: cache.classes.watch(&pod.metadata.namespace, &selector),
                selector: Rc::new(selector),
                min_domains: usize::try_from(one.min_domains.unwrap_or(1)).unwrap_or(0),
                honor_affinity: one.node_affinity_policy.as_deref() != Some("Ignore"),
                honor_taints: one.node_taints_policy.as_deref() == Some("Honor"),
            }
        })
        .collect()
}

/// The selector of a constraint, narrowed by the Pod's own values of its matchLabelKeys.
fn selector_of(constraint: &TopologySpreadConstraint, labels: &Labels) -> Selector {
    let Ok(selector) = Selector::of(constraint.label_selector.as_ref()) else {
        return Selector::nothing();
    };
    let keys = constraint.other.get("matchLabelKeys");
    let keys = keys.and_then(serde_json::Value::as_array);
    let keys = keys.into_iter().flatten();
    let values = keys.filter_map(|key| (**labels).get_key_value(key.as_str()?));
    let mut requirements: Vec<_> = values
        .map(|(key, value)| SelectorRequirement {
            key: key.clone(),
            operator: Operator::In,
            values: vec![value.clone()],
        })
        .collect();
    if requirements.is_empty() || constraint.label_selector.is_none() {
        return selector;
    }
    requirements.extend_from_slice(selector.requirements());
    Selector::new(requirements)
}

/// Spreading by host and by zone, for Pods that say nothing.
fn default_constraints(pod: &Pod, workloads: &mut Workloads, cache: &mut Cache) -> Vec<Constraint> {
    let Some((selector, selector_id)) = workloads.selector_for(pod, &mut cache.classes) else {
        return Vec::new();
    };
    let keys = workloads.default_keys().clone();
    keys.into_iter()
        .map(|(topology_key, max_skew)| {
            cache.follow_topology(&topology_key);
            Constraint {
                max_skew,
                topology_key,
                selector: selector.clone(),
                selector_id,
                min_domains: 1,
                honor_affinity: true,
                honor_taints: false,
            }
        })
        .collect()
}

impl Constraint {
    /// Whether Pods on any node count.
    fn includes_all(&self, kind: KindOfPod, verdicts: &Verdicts) -> bool {
        !self.honor_taints && (!self.honor_affinity || verdicts.takes_any_label(kind))
    }

    /// Whether Pods on that node count.
    fn includes(
        &self,
        kind: KindOfPod,
        slot: Slot,
        cache: &Cache,
        verdicts: &mut Verdicts,
    ) -> bool {
        if self.includes_all(kind, verdicts) {
            return true;
        }
        let verdict = verdicts.node(kind, slot, cache);
        (!self.honor_affinity || verdict.matches_affinity)
            && (!self.honor_taints || verdict.tolerated)
    }

    /// How many selected Pods each of these nodes has.
    fn count_on(&self, slots: &[Slot], cache: &Cache) -> Vec<u32> {
        let mut counts = vec![0; slots.len()];
        // An empty selector counts nothing (`common.go`, countPodsMatchSelector).
        if !self.selector.is_everything() {
            for class in cache.classes.selected(self.selector_id) {
                class.counts.add_to(slots, &mut counts, cache.slots());
            }
        }
        counts
    }

    /// How many selected Pods each domain has, all nodes together.
    fn count_whole(&self, cache: &Cache, mut see: impl FnMut(u32, i64)) {
        if self.selector.is_everything() {
            return;
        }
        for class in cache.classes.selected(self.selector_id) {
            let domains = class.domains(&self.topology_key);
            for (domain, pods) in (0..).zip(domains.unwrap_or_default()) {
                see(domain, i64::from(*pods));
            }
        }
    }

    /// How many selected Pods each domain has, of the nodes that count.
    fn count(
        &self,
        cache: &Cache,
        topology: &Topology,
        mut counts: impl FnMut(Slot) -> bool,
        mut see: impl FnMut(u32, i64),
    ) {
        if self.selector.is_everything() {
            return;
        }
        for class in cache.classes.selected(self.selector_id) {
            class.counts.for_each(|slot, pods| {
                if let Some(domain) = topology.of(slot)
                    && counts(slot)
                {
                    see(domain, i64::from(pods));
                }
            });
        }
    }
}

/// Whether the node has every label the constraints are about.
fn has_all(constraints: &[Constraint], slot: Slot, cache: &Cache) -> bool {
    constraints.iter().all(|one| {
        let topology = cache.topology(&one.topology_key);
        topology.is_some_and(|topology| topology.of(slot).is_some())
    })
}

/// What Filter needs to know: for each constraint that must hold, how many Pods each domain has.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) struct HardSpread {
    constraints: Rc<[Constraint]>,
    /// By domain; None: no node of it counts.
    counts: Vec<Vec<Option<i64>>>,
    least: Vec<i64>,
    matches_itself: Rc<[bool]>,
}

impl HardSpread {
    /// PreFilter. None if the Pod has no constraint that must hold.
    pub(in crate::cluster::scheduler) fn new(
        info: &PodInfo,
        kind: KindOfPod,
        cache: &mut Cache,
        verdicts: &mut Verdicts,
    ) -> Option<HardSpread> {
        let constraints = own_constraints(&info.pod, "DoNotSchedule", cache);
        if constraints.is_empty() {
            return None;
        }
        let cache = &*cache;
        let eligible: Vec<Slot> = cache.order().to_vec();
        let eligible: Vec<Slot> = eligible
            .into_iter()
            .filter(|slot| has_all(&constraints, *slot, cache))
            .collect();
        let mut counts = Vec::with_capacity(constraints.len());
        for constraint in &constraints {
            let mut domains = Vec::new();
            if let Some(topology) = cache.topology(&constraint.topology_key) {
                domains.resize(topology.values(), None);
                let mut counted = vec![false; cache.slots()];
                for slot in &eligible {
                    if constraint.includes(kind, *slot, cache, verdicts) {
                        counted[*slot as usize] = true;
                        if let Some(domain) = topology.of(*slot) {
                            domains[domain as usize] = Some(0);
                        }
                    }
                }
                let counted = |slot: Slot| counted.get(slot as usize) == Some(&true);
                constraint.count(cache, topology, counted, |domain, pods| {
                    if let Some(Some(count)) = domains.get_mut(domain as usize) {
                        *count += pods;
                    }
                });
            }
            counts.push(domains);
        }
        let itself = constraints
            .iter()
            .map(|one| one.selector.matches(info.labels()));
        let mut spread = HardSpread {
            matches_itself: itself.collect(),
            least: vec![0; constraints.len()],
            constraints: constraints.into(),
            counts,
        };
        for at in 0..spread.constraints.len() {
            spread.find_least(at);
        }
        Some(spread)
    }

    fn find_least(&mut self, at: usize) {
        let present = self.counts[at].iter().flatten();
        let domains = present.clone().count();
        self.least[at] = if domains < self.constraints[at].min_domains {
            0
        } else {
            present.copied().min().unwrap_or(i64::from(i32::MAX))
        };
    }

    /// Filter: with the Pod here no domain would be ahead of the least by more than maxSkew.
    pub(in crate::cluster::scheduler) fn filter(
        &self,
        slot: Slot,
        cache: &Cache,
    ) -> Option<Rejection> {
        for (at, constraint) in self.constraints.iter().enumerate() {
            let topology = cache.topology(&constraint.topology_key);
            let Some(domain) = topology.and_then(|topology| topology.of(slot)) else {
                return Some(Rejection::NoTopology);
            };
            let count = self.counts[at].get(domain as usize).copied().flatten();
            let itself = i64::from(self.matches_itself[at]);
            if count.unwrap_or(0) + itself - self.least[at] > constraint.max_skew {
                return Some(Rejection::Skew);
            }
        }
        None
    }

    /// Another Pod is added to a node or taken away, to see what would be.
    pub(in crate::cluster::scheduler) fn update(
        &mut self,
        (info, kind): (&PodInfo, KindOfPod),
        (other, slot): (&PodInfo, Slot),
        by: i64,
        (cache, verdicts): (&Cache, &mut Verdicts),
    ) {
        if other.namespace() != info.namespace() || !has_all(&self.constraints, slot, cache) {
            return;
        }
        for at in 0..self.constraints.len() {
            let constraint = &self.constraints[at];
            if !constraint.selector.matches(other.labels())
                || !constraint.includes(kind, slot, cache, verdicts)
            {
                continue;
            }
            let topology = cache.topology(&constraint.topology_key);
            let Some(domain) = topology.and_then(|topology| topology.of(slot)) else {
                continue;
            };
            if let Some(count) = self.counts[at].get_mut(domain as usize) {
                *count = Some(count.unwrap_or(0) + by);
            }
            self.find_least(at);
        }
    }
}

/// Scores the nodes that are feasible, normalised: few Pods of the same kind is good. None if the Pod has
/// no constraint that would rather hold.
pub(in crate::cluster::scheduler) fn score(
    info: &PodInfo,
    kind: KindOfPod,
    feasible: &[Slot],
    (cache, verdicts, workloads): (&mut Cache, &mut Verdicts, &mut Workloads),
) -> Option<Vec<i64>> {
    let of_its_own = !info.pod.spec.topology_spread_constraints.is_empty();
    let constraints = if of_its_own {
        own_constraints(&info.pod, "ScheduleAnyway", cache)
    } else {
        default_constraints(&info.pod, workloads, cache)
    };
    if constraints.is_empty() {
        return None;
    }
    // Whole domains count when every node does.
    for one in &constraints {
        let whole = !of_its_own && &*one.topology_key != HOSTNAME;
        if whole && one.includes_all(kind, verdicts) {
            cache.count_domains(one.selector_id, &one.topology_key);
        }
    }
    let cache = &*cache;
    // By default a node without a zone is still scored by its host.
    let ignored = |slot: Slot| of_its_own && !has_all(&constraints, slot, cache);
    let scored: Vec<bool> = match of_its_own {
        true => feasible.iter().map(|slot| !ignored(*slot)).collect(),
        false => vec![true; feasible.len()],
    };
    let in_play = scored.iter().filter(|scored| **scored).count();
    let mut sums = vec![0.0_f64; feasible.len()];
    for constraint in &constraints {
        let Some(topology) = cache.topology(&constraint.topology_key) else {
            continue;
        };
        if topology.values() == 0 {
            continue;
        }
        let watered = (constraint.max_skew - 1) as f64;
        if &*constraint.topology_key == HOSTNAME {
            let weight = normalizing_weight(in_play);
            let counts = constraint.count_on(feasible, cache);
            for ((slot, count), sum) in feasible.iter().zip(&counts).zip(&mut sums) {
                if topology.of(*slot).is_some() {
                    *sum += f64::from(*count) * weight + watered;
                }
            }
            continue;
        }
        let mut domains: Vec<Option<i64>> = vec![None; topology.values()];
        let (mut size, mut without) = (0, false);
        for (slot, _) in feasible.iter().zip(&scored).filter(|(_, scored)| **scored) {
            match topology.of(*slot) {
                Some(domain) => {
                    let place = &mut domains[domain as usize];
                    size += usize::from(place.is_none());
                    *place = Some(0);
                }
                None => without = true,
            }
        }
        if size == 0 {
            continue;
        }
        let weight = normalizing_weight(size + usize::from(without));
        let add = |domain: u32, pods| {
            if let Some(Some(count)) = domains.get_mut(domain as usize) {
                *count += pods;
            }
        };
        if !of_its_own && constraint.includes_all(kind, verdicts) {
            constraint.count_whole(cache, add);
        } else {
            let counted =
                |slot: Slot| !ignored(slot) && constraint.includes(kind, slot, cache, verdicts);
            constraint.count(cache, topology, counted, add);
        }
        for (slot, sum) in feasible.iter().zip(&mut sums) {
            let domain = topology.of(*slot);
            if let Some(Some(count)) = domain.map(|domain| domains[domain as usize]) {
                *sum += count as f64 * weight + watered;
            }
        }
    }
    let raw = sums.into_iter().map(rounded);
    Some(normalized(raw.collect(), &scored))
}

/// Half and more is rounded up. Sums are never negative.
fn rounded(sum: f64) -> i64 {
    let whole = sum as i64;
    whole + i64::from(sum - whole as f64 >= 0.5)
}

/// Domains of which there are few count for less.
pub(super) fn normalizing_weight(size: usize) -> f64 {
    ((size + 2) as f64).ln()
}

/// The fewest become 100; nodes that are not scored 0.
pub(super) fn normalized(mut scores: Vec<i64>, scored: &[bool]) -> Vec<i64> {
    let in_play = scores.iter().zip(scored).filter(|(_, scored)| **scored);
    let least = in_play.clone().map(|(score, _)| *score).min();
    let most = in_play.map(|(score, _)| *score).max().unwrap_or(0).max(0);
    let least = least.unwrap_or(0);
    if most == 0 {
        return scored
            .iter()
            .map(|scored| if *scored { MAX_NODE_SCORE } else { 0 })
            .collect();
    }
    // There are few different numbers: each is divided once.
    let of = |score: i64| MAX_NODE_SCORE * (most + least - score) / most;
    let span = usize::try_from(most - least).unwrap_or(usize::MAX);
    let known: Vec<i64> = match span {
        0..256 => (least..=most).map(of).collect(),
        _ => Vec::new(),
    };
    for (score, scored) in scores.iter_mut().zip(scored) {
        *score = if *scored {
            let at = usize::try_from(*score - least).unwrap_or(usize::MAX);
            known.get(at).copied().unwrap_or_else(|| of(*score))
        } else {
            0
        };
    }
    scores
}
