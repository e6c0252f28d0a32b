use std::{collections::BTreeMap, hash::Hash, sync::Arc};

use rustc_hash::FxHashMap;

use crate::cluster::api::{Key, Kind};

/// Objects by something they have in common, each group in the order of its keys.
#[derive(Clone, Debug)]
pub(crate) struct Index<G, K> {
    groups: FxHashMap<G, BTreeMap<Key, Arc<K>>>,
}

impl<G, K> Default for Index<G, K> {
    fn default() -> Self {
        Index {
            groups: FxHashMap::default(),
        }
    }
}

impl<G: Eq + Hash, K: Kind> Index<G, K> {
    pub(super) fn insert(&mut self, group: G, object: &Arc<K>) {
        self.groups
            .entry(group)
            .or_default()
            .insert(object.metadata().key(), object.clone());
    }

    pub(super) fn remove(&mut self, group: &G, object: &K) {
        if let Some(members) = self.groups.get_mut(group) {
            members.remove(&object.metadata().key());
            if members.is_empty() {
                self.groups.remove(group);
            }
        }
    }

    /// The members of a group, in the order of their keys.
    pub(crate) fn of<'a>(&'a self, group: &G) -> impl Iterator<Item = &'a Arc<K>> + use<'a, G, K> {
        self.groups
            .get(group)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// How many members a group has.
    pub(crate) fn count(&self, group: &G) -> usize {
        self.groups.get(group).map_or(0, BTreeMap::len)
    }
}
