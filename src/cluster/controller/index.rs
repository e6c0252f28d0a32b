use std::{collections::BTreeMap, hash::Hash};

use rustc_hash::FxHashMap;

use crate::cluster::api::Key;

/// Where objects stand, by something they have in common, each group in the order of its keys. Most hold
/// no objects (`V` is nothing), so that a change that leaves the group alone costs nothing.
#[derive(Clone, Debug)]
pub(super) struct Index<G, V = ()> {
    groups: FxHashMap<G, BTreeMap<Key, V>>,
}

impl<G, V> Default for Index<G, V> {
    fn default() -> Self {
        Index {
            groups: FxHashMap::default(),
        }
    }
}

impl<G: Eq + Hash, V> Index<G, V> {
    pub(super) fn insert(&mut self, group: G, key: Key, value: V) {
        self.groups.entry(group).or_default().insert(key, value);
    }

    pub(super) fn remove(&mut self, group: &G, key: &Key) {
        if let Some(members) = self.groups.get_mut(group) {
            members.remove(key);
            if members.is_empty() {
                self.groups.remove(group);
            }
        }
    }

    /// The members of a group, in order.
    pub(super) fn of<'a>(&'a self, group: &G) -> impl Iterator<Item = &'a Key> + use<'a, G, V> {
        self.groups.get(group).into_iter().flat_map(BTreeMap::keys)
    }

    /// What is kept of the members of a group, in order.
    pub(super) fn values<'a>(&'a self, group: &G) -> impl Iterator<Item = &'a V> + use<'a, G, V> {
        let members = self.groups.get(group).into_iter();
        members.flat_map(BTreeMap::values)
    }

    /// The groups that have members, in no order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &G> {
        self.groups.keys()
    }

    /// How many members a group has.
    pub(super) fn count(&self, group: &G) -> usize {
        self.groups.get(group).map_or(0, BTreeMap::len)
    }
}
