use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::api::Key;

/// Where objects stand, by something they have in common. A change that leaves the group alone costs
/// nothing, and others the same in a large group as in a small one.
#[derive(Clone, Debug)]
pub(super) struct Index<G> {
    groups: FxHashMap<G, FxHashSet<Key>>,
}

impl<G> Default for Index<G> {
    fn default() -> Self {
        Index {
            groups: FxHashMap::default(),
        }
    }
}

impl<G: Eq + Hash> Index<G> {
    pub(super) fn insert(&mut self, group: G, key: Key) {
        self.groups.entry(group).or_default().insert(key);
    }

    pub(super) fn remove(&mut self, group: &G, key: &Key) {
        if let Some(members) = self.groups.get_mut(group) {
            members.remove(key);
            if members.is_empty() {
                self.groups.remove(group);
            }
        }
    }

    /// The members of a group, in the order of their keys.
    pub(super) fn of<'a>(&'a self, group: &G) -> impl Iterator<Item = &'a Key> + use<'a, G> {
        let mut members: Vec<&Key> = self.groups.get(group).into_iter().flatten().collect();
        members.sort_unstable();
        members.into_iter()
    }

    /// The groups that have members, in no order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &G> {
        self.groups.keys()
    }
}
