use std::{
    hash::{Hash, Hasher},
    rc::Rc,
};

use rustc_hash::{FxHashMap, FxHasher};

use super::{
    cache::{Cache, NodeInfo, Slot},
    framework::{Rejection, Shortage},
    plugins::{
        node_affinity::{PreferredNodeAffinity, RequiredNodeAffinity},
        node_resources, node_unschedulable, taint_toleration,
    },
    requests::Requests,
};
use crate::cluster::api::{Node, PodSpec};

/// What was found of nodes for Pods that ask for the same, kept until the node changes: of 5,000 nodes a
/// Pod changes one, and most Pods are like the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdicts {
    demands: Vec<Demands>,
    by_hash: FxHashMap<u64, Vec<usize>>,
    rooms: Vec<Rooms>,
    by_requests: FxHashMap<Requests, usize>,
}

/// More kinds of Pods than this are not remembered.
const REMEMBERED: usize = 128;

/// What Pods demand of a node as such: tolerations, nodeSelector, node affinity.
#[derive(Clone, Debug)]
struct Demands {
    spec: Rc<PodSpec>,
    required: RequiredNodeAffinity,
    preferred: PreferredNodeAffinity,
    found: Vec<NodeVerdict>,
    /// When all nodes were last looked at, and whether none rejects such Pods or prefers others.
    surveyed: (u64, bool),
}

/// What a node as such is to such a Pod.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NodeVerdict {
    generation: u64,
    pub(super) rejection: Option<Rejection>,
    pub(super) matches_affinity: bool,
    pub(super) tolerated: bool,
    /// Scores, before they are normalised.
    pub(super) untolerated: i32,
    pub(super) preferred: i32,
}

/// What nodes have left for Pods that ask for the same.
#[derive(Clone, Debug)]
struct Rooms {
    requests: Requests,
    found: Vec<RoomVerdict>,
    /// How far what happened to nodes has been taken in; None: nothing was.
    read: Option<u64>,
}

/// Whether what is left of a node is enough, and how good that would be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RoomVerdict {
    pub(super) shortage: Shortage,
    pub(super) least_allocated: u8,
    /// 0 if the Pod asks for neither CPU nor memory.
    pub(super) balanced: u8,
}

/// Which demands and requests a Pod has.
#[derive(Clone, Copy, Debug)]
pub(super) struct KindOfPod {
    demands: usize,
    rooms: usize,
}

impl Verdicts {
    /// Finds or begins what is kept for Pods like this. What was got before is no longer valid.
    pub(super) fn kind_of(&mut self, spec: &Rc<PodSpec>, requests: &Requests) -> KindOfPod {
        KindOfPod {
            demands: self.demands_of(spec),
            rooms: self.rooms_of(requests),
        }
    }

    fn demands_of(&mut self, spec: &Rc<PodSpec>) -> usize {
        let hash = hash(spec);
        let known = self.by_hash.get(&hash).into_iter().flatten();
        let mut known = known.filter(|at| {
            self.demands
                .get(**at)
                .is_some_and(|one| demand_the_same(&one.spec, spec))
        });
        if let Some(at) = known.next() {
            return *at;
        }
        if self.demands.len() >= REMEMBERED {
            self.demands.clear();
            self.by_hash.clear();
        }
        let at = self.demands.len();
        self.by_hash.entry(hash).or_default().push(at);
        self.demands.push(Demands {
            required: RequiredNodeAffinity::of(spec),
            preferred: PreferredNodeAffinity::of(spec),
            spec: spec.clone(),
            found: Vec::new(),
            surveyed: (0, false),
        });
        at
    }

    fn rooms_of(&mut self, requests: &Requests) -> usize {
        if let Some(at) = self.by_requests.get(requests) {
            return *at;
        }
        if self.rooms.len() >= REMEMBERED {
            self.rooms.clear();
            self.by_requests.clear();
        }
        let at = self.rooms.len();
        self.by_requests.insert(requests.clone(), at);
        self.rooms.push(Rooms {
            requests: requests.clone(),
            found: Vec::new(),
            read: None,
        });
        at
    }

    /// Looks at the nodes that have changed, and finds out whether all are alike to the Pod.
    pub(super) fn reach(&mut self, kind: KindOfPod, cache: &Cache) {
        let slots = cache.slots();
        let demands = &mut self.demands[kind.demands].found;
        if demands.len() < slots {
            demands.resize(slots, NodeVerdict::default());
        }
        self.rooms[kind.rooms].catch_up(cache);
        let generation = cache.node_generation();
        if self.demands[kind.demands].surveyed.0 != generation {
            let alike = cache.order().iter().all(|slot| {
                let verdict = self.node(kind, *slot, cache);
                verdict.rejection.is_none() && verdict.untolerated == 0
            });
            self.demands[kind.demands].surveyed = (generation, alike);
        }
    }

    /// Whether no node as such rejects the Pod, or would rather not have it.
    pub(super) fn are_alike(&self, kind: KindOfPod) -> bool {
        self.demands[kind.demands].surveyed.1
    }

    /// What is left of the nodes for the Pod, by slot.
    pub(super) fn rooms(&self, kind: KindOfPod) -> &[RoomVerdict] {
        &self.rooms[kind.rooms].found
    }

    /// What the node as such is to the Pod.
    pub(super) fn node(&mut self, kind: KindOfPod, slot: Slot, cache: &Cache) -> NodeVerdict {
        let demands = &mut self.demands[kind.demands];
        let found = &mut demands.found[slot as usize];
        let generation = cache.generations()[slot as usize];
        if found.generation != generation {
            *found = match &cache.node(slot).node {
                Some(node) => {
                    NodeVerdict::of(&demands.spec, &demands.required, &demands.preferred, node)
                }
                None => NodeVerdict::default(),
            };
            found.generation = generation;
        }
        *found
    }

    /// Whether the Pod takes any node by its labels.
    pub(super) fn takes_any_label(&self, kind: KindOfPod) -> bool {
        self.demands[kind.demands].required.is_none()
    }
}

impl NodeVerdict {
    fn of(
        spec: &PodSpec,
        required: &RequiredNodeAffinity,
        preferred: &PreferredNodeAffinity,
        node: &Node,
    ) -> NodeVerdict {
        let tolerations = &spec.tolerations;
        let tolerated = taint_toleration::filter(tolerations, node);
        let matches_affinity = required.matches(node);
        let rejection = if !node_unschedulable::filter(tolerations, node) {
            Some(Rejection::Cordoned)
        } else if !spec.node_name.is_empty() && spec.node_name != node.metadata.name {
            Some(Rejection::OtherNode)
        } else if !tolerated {
            Some(Rejection::Taint)
        } else if !matches_affinity {
            Some(Rejection::Affinity)
        } else {
            None
        };
        let small = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        NodeVerdict {
            generation: 0,
            rejection,
            matches_affinity,
            tolerated,
            untolerated: small(taint_toleration::untolerated(tolerations, node)),
            preferred: small(preferred.score(node)),
        }
    }
}

impl Rooms {
    fn catch_up(&mut self, cache: &Cache) {
        let slots = cache.slots();
        self.found.resize(slots, RoomVerdict::default());
        let touched = cache.touched();
        let Rooms {
            requests, found, ..
        } = self;
        let mut look = |slot: Slot| {
            found[slot as usize] = RoomVerdict::of(requests, cache.node(slot));
        };
        match self.read.and_then(|read| touched.since(read)) {
            Some(touched) => touched.iter().copied().for_each(&mut look),
            None => (0..).take(slots).for_each(look),
        }
        self.read = Some(touched.end());
    }
}

impl RoomVerdict {
    fn of(requests: &Requests, node: &NodeInfo) -> RoomVerdict {
        let shortage = node_resources::shortage(requests, node);
        let small = |score: i64| u8::try_from(score).unwrap_or(0);
        RoomVerdict {
            shortage,
            least_allocated: small(node_resources::least_allocated(requests, node)),
            balanced: node_resources::balanced_allocation(requests, node).map_or(0, small),
        }
    }
}

fn hash(spec: &PodSpec) -> u64 {
    let mut hasher = FxHasher::default();
    for toleration in &spec.tolerations {
        toleration.key.hash(&mut hasher);
        toleration.value.hash(&mut hasher);
        toleration.effect.hash(&mut hasher);
    }
    spec.node_selector.hash(&mut hasher);
    spec.node_name.hash(&mut hasher);
    hasher.finish()
}

fn demand_the_same(one: &PodSpec, other: &PodSpec) -> bool {
    let affinity = |spec: &PodSpec| {
        let affinity = spec.affinity.as_deref();
        affinity.and_then(|affinity| affinity.node_affinity.clone())
    };
    let none = one.affinity.is_none() && other.affinity.is_none();
    one.node_selector == other.node_selector
        && one.node_name == other.node_name
        && one.tolerations == other.tolerations
        && (none || affinity(one) == affinity(other))
}
