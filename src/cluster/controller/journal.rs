use std::{collections::VecDeque, hash::Hash, rc::Rc};

use rustc_hash::FxHashMap;

use crate::cluster::api::{Key, Pod};

/// How many changes of a group are remembered: more than happen to it between two looks at it.
const REMEMBERED: usize = 64;

/// Pods by something they have in common, with the latest changes of each group: who has looked at a
/// group before need only look at what has changed.
#[derive(Clone, Debug)]
pub(super) struct Journal<G> {
    groups: FxHashMap<G, Group>,
    /// How many changes there were.
    now: u64,
}

/// Pods that have something in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pods: FxHashMap<Key, Rc<Pod>>,
    changes: VecDeque<(u64, Key)>,
    /// All changes after this one are remembered.
    since: u64,
}

impl<G> Default for Journal<G> {
    fn default() -> Self {
        Journal {
            groups: FxHashMap::default(),
            now: 0,
        }
    }
}

impl<G: Eq + Hash> Journal<G> {
    pub(super) fn insert(&mut self, group: G, key: Key, pod: Rc<Pod>) {
        let before = self.now;
        self.now += 1;
        let group = self.groups.entry(group).or_insert_with(|| Group {
            since: before,
            ..Group::default()
        });
        group.note(self.now, &key);
        group.pods.insert(key, pod);
    }

    pub(super) fn remove(&mut self, group: &G, key: &Key) {
        if let Some(members) = self.groups.get_mut(group) {
            self.now += 1;
            members.pods.remove(key);
            if members.pods.is_empty() {
                self.groups.remove(group);
            } else {
                members.note(self.now, key);
            }
        }
    }

    pub(super) fn of(&self, group: &G) -> Option<&Group> {
        self.groups.get(group)
    }

    /// The moment of the last change, of any group.
    pub(super) fn now(&self) -> u64 {
        self.now
    }
}

impl Group {
    fn note(&mut self, now: u64, key: &Key) {
        if self.changes.len() >= REMEMBERED
            && let Some((forgotten, _)) = self.changes.pop_front()
        {
            self.since = forgotten;
        }
        self.changes.push_back((now, key.clone()));
    }

    pub(super) fn len(&self) -> usize {
        self.pods.len()
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Rc<Pod>> {
        self.pods.get(key)
    }

    /// In the order of their keys.
    pub(super) fn pods(&self) -> impl Iterator<Item = &Rc<Pod>> {
        let mut pods: Vec<(&Key, &Rc<Pod>)> = self.pods.iter().collect();
        pods.sort_unstable_by_key(|(key, _)| *key);
        pods.into_iter().map(|(_, pod)| pod)
    }

    /// The Pods that came, changed or went after this moment; None: not all are remembered.
    pub(super) fn changed_after(&self, moment: u64) -> Option<impl Iterator<Item = &Key>> {
        let first = self.changes.partition_point(|(at, _)| *at <= moment);
        let keys = self.changes.range(first..).map(|(_, key)| key);
        (moment >= self.since).then_some(keys)
    }
}
