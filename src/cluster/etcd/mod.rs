//! etcd: one key space with one revision for all of it. Every write moves the revision on; a delete is
//! a write too. Look first at [`Etcd`]. Only the API server speaks to it.
//!
//! The values are the objects themselves rather than their protobuf bytes: they are shared and never
//! changed in place, so that keeping one costs a pointer.

use std::fmt;

use rustc_hash::FxHashMap;

use super::api::{Key, Object, Resource};

/// The whole key space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Etcd {
    revision: u64,
    compacted: u64,
    tables: FxHashMap<Resource, FxHashMap<Key, KeyValue>>,
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

    pub(crate) fn get(&self, resource: Resource, key: &Key) -> Option<&KeyValue> {
        self.tables.get(&resource)?.get(key)
    }

    /// All of a resource, in no order.
    pub(crate) fn all(&self, resource: Resource) -> impl Iterator<Item = &KeyValue> {
        self.tables
            .get(&resource)
            .into_iter()
            .flat_map(FxHashMap::values)
    }

    /// All of a resource, of one namespace if one is named, in the order of the keys.
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
        let table = self.tables.entry(value.resource()).or_default();
        let key = value.key();
        if table.contains_key(&key) {
            return Err(Unmet);
        }
        self.revision += 1;
        value.metadata_mut().resource_version = self.revision;
        table.insert(
            key,
            KeyValue {
                create_revision: self.revision,
                mod_revision: self.revision,
                version: 1,
                value: value.clone(),
            },
        );
        Ok(value)
    }

    /// Writes a key that must still be at this mod revision.
    pub(crate) fn update(&mut self, mut value: Object, expected: u64) -> Result<Object, Unmet> {
        let table = self.tables.entry(value.resource()).or_default();
        let stored = table.get_mut(&value.key()).ok_or(Unmet)?;
        if stored.mod_revision != expected {
            return Err(Unmet);
        }
        self.revision += 1;
        value.metadata_mut().resource_version = self.revision;
        stored.mod_revision = self.revision;
        stored.version += 1;
        stored.value = value.clone();
        Ok(value)
    }

    /// Deletes a key; returns its last value, with the revision of the deletion.
    pub(crate) fn delete(&mut self, resource: Resource, key: &Key) -> Result<Object, Unmet> {
        let table = self.tables.entry(resource).or_default();
        let mut last = table.remove(key).ok_or(Unmet)?.value;
        self.revision += 1;
        last.metadata_mut().resource_version = self.revision;
        Ok(last)
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
