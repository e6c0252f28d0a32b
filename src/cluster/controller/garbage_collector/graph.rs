use std::{collections::BTreeSet, fmt};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::api::{Key, List, Object, ObjectMeta, OwnerReference, Resource, Uid};

/// Keeps an object until its dependents are gone.
pub(super) const FOREGROUND: &str = "foregroundDeletion";
/// Keeps an object until its dependents have been told that they have no owner.
pub(super) const ORPHAN: &str = "orphan";

/// An object, wherever it stands.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Item {
    pub(super) resource: Resource,
    pub(super) key: Key,
    pub(super) uid: Uid,
}

impl Item {
    pub(super) fn of(object: &Object) -> Item {
        Item {
            resource: object.resource(),
            key: object.key(),
            uid: object.metadata().uid.clone(),
        }
    }

    /// The owner an object of this namespace names; None if its kind is unknown.
    pub(super) fn owner(reference: &OwnerReference, namespace: &Key) -> Option<Item> {
        let resource = Resource::of_kind(&reference.api_version, &reference.kind)?;
        let key = if resource.is_namespaced() {
            Key::new(namespace.namespace.clone(), reference.name.clone())
        } else {
            Key::new("", reference.name.clone())
        };
        Some(Item {
            resource,
            key,
            uid: reference.uid.clone(),
        })
    }
}

/// What the collector knows of an object.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) item: Item,
    pub(super) owners: List<OwnerReference>,
    pub(super) dependents: BTreeSet<Item>,
    pub(super) deleting: bool,
    /// It waits for its dependents to be deleted.
    pub(super) deleting_dependents: bool,
    /// Only named as an owner so far, never seen.
    pub(super) is_virtual: bool,
}

/// Who belongs to whom (`pkg/controller/garbagecollector/graph_builder.go`).
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: FxHashMap<Uid, Box<Node>>,
    /// Owners known not to exist.
    absent: FxHashSet<Uid>,
}

/// What a change asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Errand {
    /// See whether the object must go.
    Delete(Item),
    /// Tell its dependents that they have no owner.
    Orphan(Item),
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Errand::Delete(item) | Errand::Orphan(item)) = self;
        write!(f, "{} {}", item.resource.singular(), item.key)
    }
}

pub(super) fn has_finalizer(meta: &ObjectMeta, name: &str) -> bool {
    meta.finalizers.iter().any(|finalizer| &**finalizer == name)
}

impl Graph {
    pub(super) fn node(&self, uid: &Uid) -> Option<&Node> {
        self.nodes.get(uid).map(|node| &**node)
    }

    pub(super) fn is_absent(&self, uid: &Uid) -> bool {
        self.absent.contains(uid)
    }

    pub(super) fn set_absent(&mut self, uid: &Uid) {
        self.absent.insert(uid.clone());
    }

    /// Dependents of a node that keep it from going.
    pub(super) fn blocking(&self, node: &Node) -> Vec<Item> {
        let blocks = |item: &&Item| {
            let owners = self.node(&item.uid).map_or(&[][..], |it| &it.owners);
            let mut owners = owners.iter();
            owners.any(|it| it.uid == node.item.uid && it.block_owner_deletion == Some(true))
        };
        node.dependents.iter().filter(blocks).cloned().collect()
    }

    /// An object was added, changed or deleted; gives what that asks for.
    pub(super) fn note(&mut self, before: Option<&Object>, after: Option<&Object>) -> Vec<Errand> {
        match (before, after) {
            (before, Some(after)) => {
                // Most changes concern neither owners nor deletion.
                let one = before.map(Object::metadata);
                let other = after.metadata();
                if one.is_some_and(|one| {
                    one.uid == other.uid
                        && one.owner_references == other.owner_references
                        && one.is_deleting() == other.is_deleting()
                        && one.finalizers == other.finalizers
                }) {
                    return Vec::new();
                }
                let mut errands = Vec::new();
                if let (Some(before), Some(one)) = (before, one)
                    && one.uid != other.uid
                {
                    errands = self.remove(&Item::of(before));
                }
                let same = one.filter(|one| one.uid == other.uid);
                errands.extend(self.put(same, after));
                errands
            }
            (Some(before), None) => self.remove(&Item::of(before)),
            (None, None) => Vec::new(),
        }
    }

    fn put(&mut self, before: Option<&ObjectMeta>, object: &Object) -> Vec<Errand> {
        let (item, meta) = (Item::of(object), object.metadata());
        let mut errands = Vec::new();
        let node = self.nodes.entry(item.uid.clone()).or_insert_with(|| {
            Box::new(Node {
                item: item.clone(),
                owners: List::default(),
                dependents: BTreeSet::new(),
                deleting: false,
                deleting_dependents: false,
                is_virtual: false,
            })
        });
        node.is_virtual = false;
        node.item = item.clone();
        node.deleting = meta.is_deleting();
        let owners = std::mem::replace(&mut node.owners, meta.owner_references.clone());
        let lost = owners
            .iter()
            .filter(|old| !meta.owner_references.contains(old));
        for owner in lost.cloned().collect::<Vec<_>>() {
            let stays = meta.owner_references.iter().any(|it| it.uid == owner.uid);
            errands.extend(self.let_go(&item, &owner, !stays));
        }
        let gained = meta.owner_references.iter();
        for owner in gained.filter(|new| !owners.contains(new)) {
            errands.extend(self.attach(&item, owner));
        }
        let begins = |finalizer| {
            let ended = |meta: &ObjectMeta| meta.is_deleting() && has_finalizer(meta, finalizer);
            ended(meta) && !before.is_some_and(ended)
        };
        if begins(ORPHAN) {
            errands.push(Errand::Orphan(item));
        } else if begins(FOREGROUND)
            && let Some(node) = self.nodes.get_mut(&item.uid)
        {
            node.deleting_dependents = true;
            let dependents = node.dependents.iter().cloned();
            errands.extend(dependents.map(Errand::Delete));
            errands.push(Errand::Delete(item));
        }
        errands
    }

    /// An object names an owner; one that was never seen must be looked for.
    fn attach(&mut self, item: &Item, reference: &OwnerReference) -> Option<Errand> {
        if let Some(owner) = self.nodes.get_mut(&reference.uid) {
            owner.dependents.insert(item.clone());
            return None;
        }
        let owner = Item::owner(reference, &item.key)?;
        self.nodes.insert(
            owner.uid.clone(),
            Box::new(Node {
                item: owner.clone(),
                owners: List::default(),
                dependents: BTreeSet::from([item.clone()]),
                deleting: false,
                deleting_dependents: false,
                is_virtual: true,
            }),
        );
        Some(Errand::Delete(owner))
    }

    /// An object no longer names an owner, or no longer keeps it: the owner may go now.
    fn let_go(&mut self, item: &Item, reference: &OwnerReference, wholly: bool) -> Option<Errand> {
        let owner = self.nodes.get_mut(&reference.uid)?;
        if wholly {
            owner.dependents.remove(item);
        }
        let waits = owner.deleting_dependents;
        waits.then(|| Errand::Delete(owner.item.clone()))
    }

    /// An object is gone.
    pub(super) fn remove(&mut self, item: &Item) -> Vec<Errand> {
        let Some(node) = self.nodes.remove(&item.uid) else {
            return Vec::new();
        };
        let mut errands = Vec::new();
        if !node.dependents.is_empty() {
            self.absent.insert(item.uid.clone());
        }
        errands.extend(node.dependents.into_iter().map(Errand::Delete));
        for owner in &node.owners {
            errands.extend(self.let_go(&node.item, owner, true));
        }
        errands
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{
        api::{Kind, Pod, ReplicaSet},
        moment::Moment,
    };

    fn owner(uid: &str) -> OwnerReference {
        OwnerReference {
            api_version: "apps/v1".into(),
            kind: "ReplicaSet".into(),
            name: uid.into(),
            uid: Uid(uid.into()),
            block_owner_deletion: Some(true),
            ..OwnerReference::default()
        }
    }

    fn made<K: Kind>(uid: &str, owners: &[&str]) -> K {
        let mut object = K::default();
        let meta = object.metadata_mut();
        meta.name = uid.into();
        meta.namespace = "default".into();
        meta.uid = Uid(uid.into());
        meta.owner_references = owners.iter().map(|uid| owner(uid)).collect();
        object
    }

    fn item(resource: Resource, uid: &str) -> Item {
        Item {
            resource,
            key: Key::new("default", uid),
            uid: Uid(uid.into()),
        }
    }

    /// `pkg/controller/garbagecollector/garbagecollector_test.go`, TestDependentsRace and
    /// TestAbsentOwnerCache in spirit: the dependents of a deleted owner are looked at.
    #[test]
    fn graph_sends_for_the_dependents_of_what_is_gone() {
        let mut graph = Graph::default();
        let set = Object::from(made::<ReplicaSet>("rs", &[]));
        let pod = Object::from(made::<Pod>("pod", &["rs"]));
        assert_eq!(graph.note(None, Some(&set)), []);
        assert_eq!(graph.note(None, Some(&pod)), []);
        let errands = graph.note(Some(&set), None);
        assert_eq!(errands, [Errand::Delete(item(Resource::Pods, "pod"))]);
        assert!(graph.is_absent(&Uid("rs".into())));
    }

    /// `pkg/controller/garbagecollector/graph_builder.go`, addDependentToOwners.
    #[test]
    fn graph_looks_for_an_owner_it_never_saw() {
        let mut graph = Graph::default();
        let pod = Object::from(made::<Pod>("pod", &["rs"]));
        let rs = item(Resource::ReplicaSets, "rs");
        assert_eq!(graph.note(None, Some(&pod)), [Errand::Delete(rs.clone())]);
        assert!(graph.node(&rs.uid).unwrap().is_virtual);
        let set = Object::from(made::<ReplicaSet>("rs", &[]));
        graph.note(None, Some(&set));
        let node = graph.node(&rs.uid).unwrap();
        assert!(!node.is_virtual);
        assert_eq!(node.dependents.len(), 1);
    }

    /// `pkg/controller/garbagecollector/graph_builder.go`, processTransitions.
    #[test]
    fn graph_sees_a_foreground_deletion_begin_and_end() {
        let mut graph = Graph::default();
        let set = made::<ReplicaSet>("rs", &[]);
        let pod = Object::from(made::<Pod>("pod", &["rs"]));
        graph.note(None, Some(&Object::from(set.clone())));
        graph.note(None, Some(&pod));
        let mut ending = set.clone();
        ending.metadata.deletion_timestamp = Some(Moment::ZERO.timestamp());
        ending.metadata.finalizers = vec![FOREGROUND.into()].into();
        let (set, ending) = (Object::from(set), Object::from(ending));
        let (rs, pod_item) = (
            item(Resource::ReplicaSets, "rs"),
            item(Resource::Pods, "pod"),
        );
        let errands = graph.note(Some(&set), Some(&ending));
        assert_eq!(
            errands,
            [Errand::Delete(pod_item.clone()), Errand::Delete(rs.clone())]
        );
        assert_eq!(graph.blocking(graph.node(&rs.uid).unwrap()), [pod_item]);
        assert_eq!(graph.note(Some(&ending), Some(&ending)), []);
        assert_eq!(graph.note(Some(&pod), None), [Errand::Delete(rs.clone())]);
        assert!(graph.blocking(graph.node(&rs.uid).unwrap()).is_empty());
    }
}
