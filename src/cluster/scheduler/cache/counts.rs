use rustc_hash::FxHashMap;

use super::Slot;

/// How many Pods of one kind are on each node. Few nodes: a map; many: a list of all.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) enum NodeCounts {
    Few(FxHashMap<Slot, u32>),
    Many(Vec<u32>),
}

/// From how many nodes on a list of all is smaller and faster.
const MANY: usize = 64;

impl Default for NodeCounts {
    fn default() -> Self {
        NodeCounts::Few(FxHashMap::default())
    }
}

impl NodeCounts {
    /// One more on that node, of so many nodes.
    pub(super) fn add(&mut self, slot: Slot, nodes: usize) {
        match self {
            NodeCounts::Few(counts) => {
                *counts.entry(slot).or_insert(0) += 1;
                if counts.len() >= MANY && counts.len() * 8 > nodes {
                    let mut all = vec![0; nodes];
                    for (slot, count) in counts.iter() {
                        set(&mut all, *slot, *count);
                    }
                    *self = NodeCounts::Many(all);
                }
            }
            NodeCounts::Many(counts) => {
                let count = counts.get(slot as usize).copied().unwrap_or(0);
                set(counts, slot, count + 1);
            }
        }
    }

    /// One less on that node.
    pub(super) fn remove(&mut self, slot: Slot) {
        match self {
            NodeCounts::Few(counts) => {
                if let Some(count) = counts.get_mut(&slot) {
                    *count -= 1;
                    if *count == 0 {
                        counts.remove(&slot);
                    }
                }
            }
            NodeCounts::Many(counts) => {
                if let Some(count) = counts.get_mut(slot as usize) {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }

    /// The nodes that have any, in no order.
    pub(in crate::cluster::scheduler) fn for_each(&self, mut see: impl FnMut(Slot, u32)) {
        match self {
            NodeCounts::Few(counts) => counts.iter().for_each(|(slot, count)| see(*slot, *count)),
            NodeCounts::Many(counts) => {
                for (slot, count) in (0..).zip(counts) {
                    if *count > 0 {
                        see(slot, *count);
                    }
                }
            }
        }
    }

    /// Adds the count of each of these nodes to its sum; so many nodes there are.
    pub(in crate::cluster::scheduler) fn add_to(
        &self,
        slots: &[Slot],
        sums: &mut [u32],
        nodes: usize,
    ) {
        match self {
            NodeCounts::Few(counts) if counts.is_empty() => {}
            NodeCounts::Few(counts) => {
                // Laid out by slot, so that each node is one look.
                let mut all = vec![0; nodes];
                for (slot, count) in counts {
                    set(&mut all, *slot, *count);
                }
                for (slot, sum) in slots.iter().zip(sums) {
                    *sum += all.get(*slot as usize).copied().unwrap_or(0);
                }
            }
            NodeCounts::Many(counts) => {
                for (slot, sum) in slots.iter().zip(sums) {
                    *sum += counts.get(*slot as usize).copied().unwrap_or(0);
                }
            }
        }
    }
}

fn set(counts: &mut Vec<u32>, slot: Slot, count: u32) {
    let at = slot as usize;
    if at >= counts.len() {
        counts.resize(at + 1, 0);
    }
    counts[at] = count;
}
