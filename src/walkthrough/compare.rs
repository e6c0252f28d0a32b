use std::collections::BTreeMap;

use crate::cluster::{
    Cluster,
    api::{Key, Object, Resource},
    trace::{Change, changes},
};

/// What one cluster has and another has not, or has otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// The object's resource.
    pub resource: Resource,
    /// Where it stands.
    pub key: Key,
    /// Its fields: before is the first cluster's, after the second's.
    pub changes: Vec<Change>,
    /// Which of them has it.
    pub found: Found,
}

/// Which of two clusters has an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// Both.
    Both,
    /// Only the first.
    First,
    /// Only the second.
    Second,
}

/// What differs between two clusters: objects by resource and name, field by field. What tells of the
/// difference rather than being it (Events, heartbeats) is left out.
pub fn compare(first: &Cluster, second: &Cluster) -> Vec<Difference> {
    let mut found = Vec::new();
    for resource in Resource::ALL {
        if matches!(resource, Resource::Events | Resource::Leases) {
            continue;
        }
        let of = |cluster: &Cluster| -> BTreeMap<Key, Object> {
            let objects = cluster.objects(resource, "").into_iter();
            objects.map(|object| (object.key(), object)).collect()
        };
        let (one, other) = (of(first), of(second));
        let mut keys: Vec<&Key> = one.keys().chain(other.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let (before, after) = (one.get(key), other.get(key));
            let mut changes = changes(before, after);
            changes.retain(|change| !is_noise(&change.path));
            let which = match (before, after) {
                (Some(_), None) => Found::First,
                (None, Some(_)) => Found::Second,
                _ => Found::Both,
            };
            if !changes.is_empty() {
                found.push(Difference {
                    resource,
                    key: key.clone(),
                    changes,
                    found: which,
                });
            }
        }
    }
    found
}

fn is_noise(path: &str) -> bool {
    path.ends_with("lastHeartbeatTime") || path.ends_with("lastUpdateTime")
}
