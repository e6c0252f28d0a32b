use rustc_hash::FxHashMap;

use super::{NodeInfo, Slot};
use crate::cluster::api::{Labels, Str};

/// The domains of one label: which value of it each node has, as a number.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Topology {
    values: FxHashMap<Str, u32>,
    of: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

/// The labels by which Pods were spread or drawn together so far.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Topologies(FxHashMap<Str, Topology>);

impl Topology {
    /// The value that node has.
    pub(in crate::cluster::scheduler) fn of(&self, slot: Slot) -> Option<u32> {
        let value = self.of.get(slot as usize).copied();
        value.filter(|value| *value != ABSENT)
    }

    /// How many values there ever were: each is a number below that.
    pub(in crate::cluster::scheduler) fn values(&self) -> usize {
        self.values.len()
    }

    fn set(&mut self, slot: Slot, value: Option<&Str>) {
        let next = u32::try_from(self.values.len()).unwrap_or(ABSENT);
        let number = match value {
            Some(value) => *self.values.entry(value.clone()).or_insert(next),
            None => ABSENT,
        };
        let at = slot as usize;
        if at >= self.of.len() {
            self.of.resize(at + 1, ABSENT);
        }
        self.of[at] = number;
    }
}

impl Topologies {
    /// From now on the values of this label are kept.
    pub(super) fn follow(&mut self, key: &Str, nodes: &[NodeInfo]) {
        if self.0.contains_key(key) {
            return;
        }
        let mut topology = Topology::default();
        for (slot, info) in (0..).zip(nodes) {
            if let Some(node) = &info.node {
                topology.set(slot, (*node.metadata.labels).get(key));
            }
        }
        self.0.insert(key.clone(), topology);
    }

    pub(super) fn get(&self, key: &str) -> Option<&Topology> {
        self.0.get(key)
    }

    /// The value of this label that node has.
    pub(super) fn of(&self, key: &str, slot: Slot) -> Option<u32> {
        self.get(key)?.of(slot)
    }

    /// A node has these labels now; without any it is gone.
    pub(super) fn relabel(&mut self, slot: Slot, labels: Option<&Labels>) {
        for (key, topology) in &mut self.0 {
            topology.set(slot, labels.and_then(|labels| (**labels).get(key)));
        }
    }
}
