use rustc_hash::FxHashMap;

use super::Slot;
use crate::cluster::api::{Node, Str};

/// Which images are on which nodes.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Images(FxHashMap<Str, Image>);

/// An image, by one of its names.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Image {
    /// As the first node that had it said.
    pub(in crate::cluster::scheduler) size: i64,
    nodes: Vec<u64>,
    /// How many nodes have it.
    pub(in crate::cluster::scheduler) spread: u32,
}

impl Image {
    pub(in crate::cluster::scheduler) fn is_on(&self, slot: Slot) -> bool {
        let word = self.nodes.get(slot as usize / 64).copied().unwrap_or(0);
        word & (1 << (slot % 64)) != 0
    }

    fn set(&mut self, slot: Slot, present: bool) {
        if self.is_on(slot) == present {
            return;
        }
        let at = slot as usize / 64;
        if at >= self.nodes.len() {
            self.nodes.resize(at + 1, 0);
        }
        self.nodes[at] ^= 1 << (slot % 64);
        if present {
            self.spread += 1;
        } else {
            self.spread -= 1;
        }
    }
}

impl Images {
    pub(in crate::cluster::scheduler) fn get(&self, name: &str) -> Option<&Image> {
        self.0.get(name)
    }

    pub(super) fn add(&mut self, node: &Node, slot: Slot) {
        for image in &node.status.images {
            for name in &image.names {
                let known = self.0.entry(name.clone()).or_default();
                if known.spread == 0 {
                    known.size = image.size_bytes;
                }
                known.set(slot, true);
            }
        }
    }

    pub(super) fn remove(&mut self, node: &Node, slot: Slot) {
        for name in node.status.images.iter().flat_map(|image| &image.names) {
            if let Some(known) = self.0.get_mut(name) {
                known.set(slot, false);
                if known.spread == 0 {
                    self.0.remove(name);
                }
            }
        }
    }
}
