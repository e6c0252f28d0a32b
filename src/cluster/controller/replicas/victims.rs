use std::{cmp::Ordering, fmt, rc::Rc};

use rustc_hash::FxHashMap;

use crate::cluster::{
    api::{Pod, PodPhase, RestartPolicy, Str, Uid},
    moment::{Moment, Timestamp},
};

/// The rule by which one Pod goes before another when there are too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    Unassigned,
    Phase,
    NotReady,
    DeletionCost,
    Crowded,
    ReadyForLess,
    Uid,
    Restarts,
    Newer,
    /// Nothing tells them apart.
    Any,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rule::Unassigned => "bound to no node",
            Rule::Phase => "in an earlier phase",
            Rule::NotReady => "not ready",
            Rule::DeletionCost => "lower deletion cost",
            Rule::Crowded => "more Pods of the same owner on its node",
            Rule::ReadyForLess => "ready for less time",
            Rule::Uid => "about as old, smaller uid",
            Rule::Restarts => "more restarts",
            Rule::Newer => "newer",
            Rule::Any => "nothing tells them apart",
        })
    }
}

/// A Pod that may have to go, with what decides about it
/// (`pkg/controller/controller_utils.go`, ActivePodsWithRanks).
#[derive(Clone, Debug)]
struct Candidate {
    pod: Rc<Pod>,
    assigned: bool,
    phase: u8,
    ready: bool,
    ready_since: Option<Timestamp>,
    cost: i32,
    /// How many active Pods of the same owner stand on its node.
    rank: usize,
    restarts: (i32, i32),
}

impl Candidate {
    fn new(pod: &Rc<Pod>, related: &FxHashMap<Str, usize>) -> Candidate {
        let ready = pod.status.condition("Ready");
        let ready = ready.filter(|_| pod.status.is_ready());
        Candidate {
            assigned: !pod.spec.node_name.is_empty(),
            phase: match pod.status.phase {
                PodPhase::Unknown => 1,
                PodPhase::Running => 2,
                _ => 0,
            },
            ready: ready.is_some(),
            ready_since: ready.and_then(|ready| ready.last_transition_time),
            cost: deletion_cost(pod),
            rank: related.get(&pod.spec.node_name).copied().unwrap_or(0),
            restarts: most_restarts(pod),
            pod: pod.clone(),
        }
    }

    fn uid(&self) -> &Uid {
        &self.pod.metadata.uid
    }
}

/// The annotation `controller.kubernetes.io/pod-deletion-cost`; what is no number counts as 0
/// (`pkg/apis/core/v1/helper/helpers.go`).
fn deletion_cost(pod: &Pod) -> i32 {
    let cost = pod
        .metadata
        .annotations
        .get("controller.kubernetes.io/pod-deletion-cost");
    let cost =
        cost.filter(|text| !text.starts_with('+') && (*text == "0" || !text.starts_with('0')));
    cost.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The most restarts of one container, and of one sidecar.
fn most_restarts(pod: &Pod) -> (i32, i32) {
    let containers = pod.status.container_statuses.iter();
    let sidecar = |name: &Str| {
        let mut containers = pod.spec.init_containers.iter();
        containers.any(|one| one.name == *name && one.restart_policy == Some(RestartPolicy::Always))
    };
    let sidecars = pod.status.init_container_statuses.iter();
    (
        containers.map(|one| one.restart_count.0).max().unwrap_or(0),
        sidecars
            .filter(|one| sidecar(&one.name))
            .map(|one| one.restart_count.0)
            .max()
            .unwrap_or(0),
    )
}

/// Ages are compared by their order of magnitude, so that Pods of about one age go in a random order.
fn bucket(since: Timestamp, now: Moment) -> i64 {
    let age = now.since(since.moment()).as_nanos();
    age.checked_ilog2().map_or(-1, i64::from)
}

/// How two different times compare: the later one goes first; of two in one bucket, the smaller uid.
fn later(
    one: (Option<Timestamp>, &Uid),
    other: (Option<Timestamp>, &Uid),
    now: Moment,
) -> (Ordering, bool) {
    match (one.0, other.0) {
        (Some(first), Some(second)) => match bucket(first, now).cmp(&bucket(second, now)) {
            Ordering::Equal => (one.1.cmp(other.1), true),
            apart => (apart, false),
        },
        // No time at all counts as later than any.
        (first, second) => (first.is_some().cmp(&second.is_some()), false),
    }
}

/// Which of two goes first, and by which rule.
fn compare(one: &Candidate, other: &Candidate, now: Moment) -> (Ordering, Rule) {
    let rules = [
        (one.assigned.cmp(&other.assigned), Rule::Unassigned),
        (one.phase.cmp(&other.phase), Rule::Phase),
        (one.ready.cmp(&other.ready), Rule::NotReady),
        (one.cost.cmp(&other.cost), Rule::DeletionCost),
        (other.rank.cmp(&one.rank), Rule::Crowded),
    ];
    if let Some(decided) = rules.into_iter().find(|(order, _)| order.is_ne()) {
        return decided;
    }
    if one.ready && one.ready_since != other.ready_since {
        let first = (one.ready_since, one.uid());
        let (order, same) = later(first, (other.ready_since, other.uid()), now);
        let rule = if same { Rule::Uid } else { Rule::ReadyForLess };
        return (order, rule);
    }
    if one.restarts != other.restarts {
        return (other.restarts.cmp(&one.restarts), Rule::Restarts);
    }
    let created = |candidate: &Candidate| candidate.pod.metadata.creation_timestamp;
    if created(one) != created(other) {
        let first = (created(one), one.uid());
        let (order, same) = later(first, (created(other), other.uid()), now);
        return (order, if same { Rule::Uid } else { Rule::Newer });
    }
    (Ordering::Equal, Rule::Any)
}

/// The rules are no total order (the uid decides between some Pods only), so the sort must be one that
/// copes with that.
fn sorted(candidates: &[Candidate], now: Moment) -> Vec<Candidate> {
    if candidates.len() < 2 {
        return candidates.to_vec();
    }
    let (left, right) = candidates.split_at(candidates.len() / 2);
    let (left, right) = (sorted(left, now), sorted(right, now));
    let mut merged = Vec::with_capacity(candidates.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let next = match compare(one, other, now).0 {
            Ordering::Greater => right.next(),
            _ => left.next(),
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// A Pod that has to go, and what distinguishes it from the first that stays.
#[derive(Clone, Debug)]
pub(super) struct Victim {
    pub(super) pod: Rc<Pod>,
    pub(super) because: Option<Rule>,
}

/// Which `count` of these Pods go first; `related` are all Pods of the same owner's other sets
/// (`pkg/controller/replicaset/replica_set.go`, getPodsToDelete).
pub(super) fn victims<'a>(
    active: &[Rc<Pod>],
    related: impl Iterator<Item = &'a Rc<Pod>>,
    count: usize,
    now: Moment,
) -> Vec<Victim> {
    let all = || {
        let pods = active.iter().cloned();
        pods.map(|pod| Victim { pod, because: None })
    };
    if count >= active.len() {
        return all().collect();
    }
    let mut on_node: FxHashMap<Str, usize> = FxHashMap::default();
    for pod in related.filter(|pod| pod.is_active()) {
        *on_node.entry(pod.spec.node_name.clone()).or_insert(0) += 1;
    }
    let candidates: Vec<_> = active
        .iter()
        .map(|pod| Candidate::new(pod, &on_node))
        .collect();
    let ordered = sorted(&candidates, now);
    let (going, staying) = ordered.split_at(count);
    let first = staying.first();
    going
        .iter()
        .map(|candidate| Victim {
            pod: candidate.pod.clone(),
            because: first.map(|first| compare(candidate, first, now).1),
        })
        .collect()
}

#[cfg(test)]
mod tests;
