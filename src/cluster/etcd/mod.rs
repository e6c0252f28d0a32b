//! etcd: one key space with one revision for all of it. Every write moves the revision on; a delete is
//! a write too. Look first at [`Etcd`]. Only the API server speaks to it.
//!
//! The values are the objects themselves rather than their protobuf bytes: they are shared and never
//! changed in place, so that keeping one costs a pointer.

mod events;

use std::fmt;

use rustc_hash::FxHashMap;

use self::events::Events;
use super::api::{Key, Object, Resource};

/// The whole key space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Etcd {
    revision: u64,
    compacted: u64,
    tables: FxHashMap<Resource, FxHashMap<Key, KeyValue>>,
    /// Those that are as components tell them; others stand in their table.
    events: Events,
}

/// A key's value and its history, as etcd keeps them.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct KeyValue {
    /// The revision at which the key came to be.
    pub(crate) create_revision: u64,
    /// The revision of its last change.
    pub(crate) mod_revision: u64,
    /// How often it was written since it came to be.
    pub(crate) version: u64,
    /// The object, whose resourceVersion is the mod revision.
    pub(crate) value: Object,
}

/// Where an object is stored: `/registry/pods/default/web-x7k2p`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EtcdKey(pub Resource, pub Key);

impl fmt::Display for EtcdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EtcdKey(resource, key) = self;
        write!(f, "/registry/{}/{key}", resource.stored_under())
    }
}

/// A write whose condition did not hold: the key was there, was not there, or has moved on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unmet;

impl Etcd {
    /// The revision of the last write.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Forgets history up to this revision; returns up to which it is gone.
    pub(crate) fn compact(&mut self, revision: u64) -> u64 {
        self.compacted = self.compacted.max(revision.min(self.revision));
        self.compacted
    }

    /// An object that is no Event: those are put together when they are [`read`](Etcd::read).
    pub(crate) fn get(&self, resource: Resource, key: &Key) -> Option<&KeyValue> {
        self.tables.get(&resource)?.get(key)
    }

    /// An object of any resource.
    pub(crate) fn read(&self, resource: Resource, key: &Key) -> Option<KeyValue> {
        match self.get(resource, key) {
            None if resource == Resource::Events => self.events.get(key),
            found => found.cloned(),
        }
    }

    /// The revision of a key's last change, if it is there.
    pub(crate) fn mod_revision(&self, resource: Resource, key: &Key) -> Option<u64> {
        match self.get(resource, key) {
            None if resource == Resource::Events => self.events.mod_revision(key),
            found => found.map(|stored| stored.mod_revision),
        }
    }

    /// All of a resource that is not Events, in no order.
    pub(crate) fn all(&self, resource: Resource) -> impl Iterator<Item = &KeyValue> {
        self.tables
            .get(&resource)
            .into_iter()
            .flat_map(FxHashMap::values)
    }

    /// Those of any resource that are wanted, in no order.
    pub(crate) fn objects(
        &self,
        resource: Resource,
        wanted: impl Fn(&Object) -> bool + Copy,
    ) -> impl Iterator<Item = Object> {
        let events = (resource == Resource::Events).then(|| self.events.iter());
        let events = events.into_iter().flatten().map(|stored| stored.value);
        let whole = self.all(resource).map(|stored| &stored.value);
        let whole = whole.filter(move |object| wanted(object)).cloned();
        whole.chain(events.filter(move |object| wanted(object)))
    }

    /// How many there are of any resource, and the revision of the last write to one of them.
    pub(crate) fn extent(&self, resource: Resource) -> (usize, u64) {
        let none = if resource == Resource::Events {
            self.events.extent()
        } else {
            (0, 0)
        };
        self.all(resource).fold(none, |(count, newest), stored| {
            (count + 1, stored.mod_revision.max(newest))
        })
    }

    /// All of a resource that is not Events, of one namespace if one is named, in the order of the keys.
    pub(crate) fn range(&self, resource: Resource, namespace: &str) -> Vec<&KeyValue> {
        let mut found: Vec<(&Key, &KeyValue)> = self
            .tables
            .get(&resource)
            .into_iter()
            .flatten()
            .filter(|(key, _)| namespace.is_empty() || *key.namespace == *namespace)
            .collect();
        found.sort_unstable_by_key(|(key, _)| *key);
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// Writes a key that must not be there.
    pub(crate) fn create(&mut self, mut value: Object) -> Result<Object, Unmet> {
        let (resource, key) = (value.resource(), value.key());
        if self.mod_revision(resource, &key).is_some() {
            return Err(Unmet);
        }
        self.revision += 1;
        value.metadata_mut().resource_version = self.revision;
        let stored = KeyValue {
            create_revision: self.revision,
            mod_revision: self.revision,
            version: 1,
            value: value.clone(),
        };
        self.put(resource, key, stored);
        Ok(value)
    }

    /// Writes a key that must still be at this mod revision.
    pub(crate) fn update(&mut self, mut value: Object, expected: u64) -> Result<Object, Unmet> {
        let (resource, key) = (value.resource(), value.key());
        if self.mod_revision(resource, &key) != Some(expected) {
            return Err(Unmet);
        }
        self.revision += 1;
        value.metadata_mut().resource_version = self.revision;
        let table = self.tables.entry(resource).or_default();
        if resource != Resource::Events
            && let Some(stored) = table.get_mut(&key)
        {
            stored.mod_revision = self.revision;
            stored.version += 1;
            stored.value = value.clone();
        } else if let Some(mut stored) = self.take(resource, &key) {
            stored.mod_revision = self.revision;
            stored.version += 1;
            stored.value = value.clone();
            self.put(resource, key, stored);
        }
        Ok(value)
    }

    /// Deletes a key; returns its last value, with the revision of the deletion.
    pub(crate) fn delete(&mut self, resource: Resource, key: &Key) -> Result<Object, Unmet> {
        let mut last = self.take(resource, key).ok_or(Unmet)?.value;
        self.revision += 1;
        last.metadata_mut().resource_version = self.revision;
        Ok(last)
    }

    fn put(&mut self, resource: Resource, key: Key, stored: KeyValue) {
        if resource != Resource::Events || !self.events.keep(&stored) {
            self.tables.entry(resource).or_default().insert(key, stored);
        }
    }

    fn take(&mut self, resource: Resource, key: &Key) -> Option<KeyValue> {
        let table = self.tables.get_mut(&resource);
        let whole = table.and_then(|table| table.remove(key));
        match whole {
            None if resource == Resource::Events => self.events.remove(key),
            whole => whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::{ConfigMap, ObjectMeta};

    fn settings(name: &str, value: &str) -> Object {
        ConfigMap {
            metadata: ObjectMeta {
                name: name.into(),
                namespace: "default".into(),
                ..ObjectMeta::default()
            },
            data: [("key", value)].into_iter().collect(),
            ..ConfigMap::default()
        }
        .into()
    }

    /// C2: as `etcdctl get -w fields` shows them.
    #[test]
    fn every_write_moves_the_one_revision_and_a_delete_is_a_write() {
        let mut etcd = Etcd::default();
        let key = Key::new("default", "a");
        etcd.create(settings("a", "1")).expect("new");
        etcd.create(settings("b", "1")).expect("new");
        etcd.update(settings("a", "2"), 1).expect("still at 1");
        let stored = etcd.get(Resource::ConfigMaps, &key).expect("there");
        assert_eq!(
            (stored.create_revision, stored.mod_revision, stored.version),
            (1, 3, 2)
        );
        assert_eq!(stored.value.metadata().resource_version, 3);
        let last = etcd.delete(Resource::ConfigMaps, &key).expect("there");
        assert_eq!(last.metadata().resource_version, 4);
        assert_eq!(etcd.revision(), 4);
        etcd.create(settings("a", "3")).expect("new again");
        let again = etcd.get(Resource::ConfigMaps, &key).expect("there");
        assert_eq!((again.create_revision, again.version), (5, 1));
    }

    /// C3
    #[test]
    fn a_write_whose_condition_does_not_hold_changes_nothing() {
        let mut etcd = Etcd::default();
        etcd.create(settings("a", "1")).expect("new");
        assert_eq!(etcd.create(settings("a", "2")).err(), Some(Unmet));
        etcd.update(settings("a", "2"), 1).expect("still at 1");
        assert_eq!(etcd.update(settings("a", "3"), 1).err(), Some(Unmet));
        assert_eq!(etcd.update(settings("b", "3"), 1).err(), Some(Unmet));
        let gone = Key::new("default", "b");
        assert_eq!(etcd.delete(Resource::ConfigMaps, &gone).err(), Some(Unmet));
        assert_eq!(etcd.revision(), 2);
    }
}
