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

    /// Forgets history up to this revision.
    pub(crate) fn compact(&mut self, revision: u64) {
        self.compacted = self.compacted.max(revision.min(self.revision));
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
