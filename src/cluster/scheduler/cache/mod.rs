//! What the scheduler knows of the nodes and of the Pods on them, those included whose binding it has only
//! sent. Look first at [`Cache`].
//!
//! Upstream copies what changed since the last cycle into a snapshot (`backend/cache/cache.go`,
//! UpdateSnapshot). Here a cycle is worked out in one turn, in which nothing else can happen: the cache is
//! the snapshot. The generation numbers serve the verdicts kept from cycle to cycle.

mod classes;
mod counts;
mod images;
mod node_info;
mod topology;
mod touched;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use self::{classes::ClassId, node_info::Allocatable, topology::Topologies};
pub(super) use self::{
    classes::{Classes, PodClass, SelectorId},
    counts::NodeCounts,
    images::{Image, Images},
    node_info::{NodeInfo, node_as_empty},
    topology::Topology,
    touched::Touched,
};
use super::pod_info::PodInfo;
use crate::cluster::api::{Labels, Node, Pod, Str, Uid};

/// A node's place in the cache.
pub(super) type Slot = u32;

/// A Pod that is on a node, or will be.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) info: Rc<PodInfo>,
    pub(super) slot: Slot,
    class: ClassId,
    /// Its binding was sent, but the bound Pod has not been seen.
    pub(super) assumed: bool,
}

/// The nodes and their Pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    nodes: Vec<NodeInfo>,
    by_name: FxHashMap<Str, Slot>,
    free: Vec<Slot>,
    /// When a node's labels, taints, or whether it is cordoned last changed; larger is later.
    generations: Vec<u64>,
    generation: u64,
    touched: Touched,
    /// When a node as such last changed, came or went.
    node_generation: u64,
    /// The nodes of each zone.
    zones: Vec<(ZoneKey, Vec<Slot>)>,
    order: Vec<Slot>,
    order_is_stale: bool,
    pods: FxHashMap<Uid, Placed>,
    pub(super) classes: Classes,
    topologies: Topologies,
    pub(super) images: Images,
}

/// Region and zone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct ZoneKey(Str, Str);

impl ZoneKey {
    /// The older labels go first (`component-helpers/node/topology/helpers.go`, GetZoneKey).
    fn of(labels: &Labels) -> ZoneKey {
        let label = |old: &str, new: &str| {
            let value = (**labels).get(old).or_else(|| (**labels).get(new));
            value.cloned().unwrap_or_default()
        };
        ZoneKey(
            label(
                "failure-domain.beta.kubernetes.io/region",
                "topology.kubernetes.io/region",
            ),
            label(
                "failure-domain.beta.kubernetes.io/zone",
                "topology.kubernetes.io/zone",
            ),
        )
    }
}

impl Cache {
    fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }

    fn slot_of(&mut self, name: &Str) -> Slot {
        if let Some(slot) = self.by_name.get(name) {
            return *slot;
        }
        let info = NodeInfo::named(name.clone());
        let generation = self.next_generation();
        let slot = match self.free.pop() {
            Some(slot) => {
                self.nodes[slot as usize] = info;
                self.generations[slot as usize] = generation;
                slot
            }
            None => {
                self.nodes.push(info);
                self.generations.push(generation);
                Slot::try_from(self.nodes.len() - 1).unwrap_or(Slot::MAX)
            }
        };
        self.by_name.insert(name.clone(), slot);
        self.touch(slot);
        slot
    }

    /// More or less of the node is left than before.
    fn touch(&mut self, slot: Slot) {
        self.touched.note(slot, self.nodes.len());
    }

    /// A node was added or changed.
    pub(super) fn set_node(&mut self, node: &Rc<Node>) {
        let slot = self.slot_of(&node.metadata.name);
        let generation = self.next_generation();
        let info = &mut self.nodes[slot as usize];
        let before = info.node.replace(node.clone());
        let labels = &node.metadata.labels;
        let relabelled = before
            .as_ref()
            .is_none_or(|before| before.metadata.labels != *labels);
        if relabelled
            || before.as_ref().is_some_and(|before| {
                before.spec.unschedulable != node.spec.unschedulable
                    || before.spec.taints != node.spec.taints
            })
        {
            self.generations[slot as usize] = generation;
            self.node_generation = generation;
        }
        let allocatable = Allocatable::of(node);
        if info.allocatable != allocatable {
            info.allocatable = allocatable;
            self.touched.note(slot, self.nodes.len());
        }
        if before
            .as_ref()
            .is_none_or(|before| before.status.images != node.status.images)
        {
            if let Some(before) = &before {
                self.images.remove(before, slot);
            }
            self.images.add(node, slot);
        }
        if relabelled {
            self.topologies.relabel(slot, Some(labels));
            let zone = ZoneKey::of(labels);
            let old = before.map(|before| ZoneKey::of(&before.metadata.labels));
            if old.as_ref() != Some(&zone) {
                if let Some(old) = old {
                    self.leave_zone(&old, slot);
                }
                self.enter_zone(zone, slot);
            }
        }
    }

    fn enter_zone(&mut self, zone: ZoneKey, slot: Slot) {
        self.order_is_stale = true;
        match self.zones.iter_mut().find(|(one, _)| *one == zone) {
            Some((_, nodes)) => nodes.push(slot),
            None => self.zones.push((zone, vec![slot])),
        }
    }

    fn leave_zone(&mut self, zone: &ZoneKey, slot: Slot) {
        self.order_is_stale = true;
        for (one, nodes) in &mut self.zones {
            if one == zone {
                nodes.retain(|node| *node != slot);
            }
        }
        self.zones.retain(|(_, nodes)| !nodes.is_empty());
    }

    /// A node was deleted. Pods may still be known to be there.
    pub(super) fn remove_node(&mut self, name: &Str) {
        let Some(slot) = self.by_name.get(name).copied() else {
            return;
        };
        let Some(node) = self.nodes[slot as usize].node.take() else {
            return;
        };
        self.images.remove(&node, slot);
        self.topologies.relabel(slot, None);
        self.leave_zone(&ZoneKey::of(&node.metadata.labels), slot);
        self.node_generation = self.next_generation();
        self.release(slot);
    }

    /// A node that is neither known nor has Pods is forgotten.
    fn release(&mut self, slot: Slot) {
        let info = &self.nodes[slot as usize];
        if info.node.is_none() && info.pods.is_empty() {
            self.by_name.remove(&info.name);
            self.free.push(slot);
        }
    }

    /// The nodes in the order in which they are tried: one of each zone in turn
    /// (`backend/cache/node_tree.go`).
    pub(super) fn bring_up_to_date(&mut self) {
        if !std::mem::take(&mut self.order_is_stale) {
            return;
        }
        self.order.clear();
        let longest = self.zones.iter().map(|(_, nodes)| nodes.len()).max();
        for at in 0..longest.unwrap_or(0) {
            let nodes = self.zones.iter().filter_map(|(_, nodes)| nodes.get(at));
            self.order.extend(nodes);
        }
    }

    /// The nodes there are, in the order in which they are tried.
    pub(super) fn order(&self) -> &[Slot] {
        &self.order
    }

    pub(super) fn node(&self, slot: Slot) -> &NodeInfo {
        &self.nodes[slot as usize]
    }

    /// How many slots there are: every slot is below that.
    pub(super) fn slots(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn generations(&self) -> &[u64] {
        &self.generations
    }

    /// Of which nodes more or less is left than before.
    pub(super) fn touched(&self) -> &Touched {
        &self.touched
    }

    /// When a node as such last changed, came or went.
    pub(super) fn node_generation(&self) -> u64 {
        self.node_generation
    }

    /// The place of a node that is there.
    pub(super) fn find(&self, name: &str) -> Option<Slot> {
        let slot = *self.by_name.get(name)?;
        self.nodes[slot as usize].node.as_ref().map(|_| slot)
    }

    /// From now on the values of this label are kept.
    pub(super) fn follow_topology(&mut self, key: &Str) {
        self.topologies.follow(key, &self.nodes);
    }

    /// The values of a label that is followed.
    pub(super) fn topology(&self, key: &str) -> Option<&Topology> {
        self.topologies.get(key)
    }

    /// Sees to it that the Pods a selector selects are counted by the domains of a label that is followed.
    pub(super) fn count_domains(&mut self, selector: SelectorId, label: &Str) {
        if let Some(topology) = self.topologies.get(label) {
            let when = (topology, self.node_generation);
            self.classes.count_domains(selector, label, when);
        }
    }

    fn place(&mut self, info: Rc<PodInfo>, slot: Slot, assumed: bool) {
        let known = (self.nodes.len(), &self.topologies);
        let class = self.classes.add(&info, slot, known);
        self.nodes[slot as usize].add(&info);
        self.touch(slot);
        let placed = Placed {
            info: info.clone(),
            slot,
            class,
            assumed,
        };
        self.pods.insert(info.uid().clone(), placed);
    }

    /// A binding will be sent: from here on the Pod counts as being there.
    pub(super) fn assume(&mut self, info: Rc<PodInfo>, slot: Slot) {
        self.remove_pod(&info.uid().clone());
        self.place(info, slot, true);
    }

    /// A Pod that has a node was seen, for the first time or again.
    pub(super) fn set_pod(&mut self, pod: &Rc<Pod>) {
        let Some(placed) = self.pods.get_mut(&pod.metadata.uid) else {
            let slot = self.slot_of(&pod.spec.node_name);
            self.place(Rc::new(PodInfo::new(pod.clone())), slot, false);
            return;
        };
        let before = &placed.info;
        let info = Rc::new(before.updated(pod.clone()));
        let stays = *self.nodes[placed.slot as usize].name == *pod.spec.node_name;
        if stays
            && before.requests == info.requests
            && before.ports == info.ports
            && before.terms == info.terms
            && before.labels() == info.labels()
            && before.pod.metadata.is_deleting() == pod.metadata.is_deleting()
        {
            placed.info = info;
            placed.assumed = false;
            return;
        }
        self.remove_pod(&pod.metadata.uid);
        let slot = self.slot_of(&pod.spec.node_name);
        self.place(info, slot, false);
    }

    /// A Pod is no longer on its node.
    pub(super) fn remove_pod(&mut self, uid: &Uid) -> Option<Placed> {
        let placed = self.pods.remove(uid)?;
        self.nodes[placed.slot as usize].remove(&placed.info);
        self.touch(placed.slot);
        self.classes
            .remove(placed.class, placed.slot, &self.topologies);
        self.release(placed.slot);
        Some(placed)
    }

    /// Takes back what was assumed; None if the Pod has been seen to be there, or is gone.
    pub(super) fn forget(&mut self, uid: &Uid) -> Option<Placed> {
        if !self.is_assumed(uid) {
            return None;
        }
        self.remove_pod(uid)
    }

    pub(super) fn is_assumed(&self, uid: &Uid) -> bool {
        self.pods.get(uid).is_some_and(|placed| placed.assumed)
    }

    pub(super) fn pod(&self, uid: &Uid) -> Option<&Placed> {
        self.pods.get(uid)
    }
}
