use std::rc::Rc;

use super::{
    Index,
    journal::{Group, Journal},
};
use crate::cluster::{
    api::{
        ConfigMap, Deployment, EndpointSlice, Endpoints, Key, Kind, Labels, Lease, Namespace, Node,
        Object, Pod, ReplicaSet, ReplicationController, Resource, ResourceQuota, Secret, Service,
        ServiceAccount, Str, Uid,
    },
    machinery::{Informer, Known, ListOptions, Seen, Turn, User, WatchEvent},
};

macro_rules! caches {
    ($($field:ident: $Kind:ident,)*) => {
        /// All the controller manager knows of the cluster: one informer a resource, shared by all its
        /// controllers, and what they look up in them.
        #[derive(Clone, Debug)]
        pub(crate) struct Caches {
            $(pub(crate) $field: Informer<$Kind>,)*
            indexes: Indexes,
        }

        /// What changed in one of the caches.
        #[derive(Clone, Debug)]
        pub(crate) enum Change {
            $($Kind(Seen<$Kind>),)*
        }

        impl Default for Caches {
            fn default() -> Self {
                // Its informers' client shows the controller manager's own certificate.
                let user = User::new("system:kube-controller-manager", &[]);
                Caches {
                    $($field: Informer::new(user.clone(), ListOptions::default()),)*
                    indexes: Indexes::default(),
                }
            }
        }

        impl Caches {
            pub(super) fn start(&mut self, turn: &mut Turn<'_>) {
                $(self.$field.start(turn);)*
            }

            pub(super) fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>) {
                $(if resource == <$Kind as Kind>::RESOURCE {
                    self.$field.start(turn);
                })*
            }

            /// Takes in what a watch brought; returns what changed by it.
            pub(super) fn hear(
                &mut self,
                resource: Resource,
                connection: u32,
                event: WatchEvent,
                turn: &mut Turn<'_>,
            ) -> Vec<Change> {
                let mut changes = Vec::new();
                $(if resource == <$Kind as Kind>::RESOURCE {
                    self.$field.hear(connection, event, turn, |seen, _| {
                        changes.push(Change::$Kind(seen));
                    });
                    for change in &changes {
                        self.indexes.note(change);
                    }
                    return changes;
                })*
                changes
            }

            pub(super) fn known(&self) -> Vec<Known<'_>> {
                vec![$(self.$field.known(),)*]
            }

            /// Whether every cache has had the whole of its resource.
            pub(crate) fn are_synced(&self) -> bool {
                $(self.$field.is_synced())&&*
            }

            /// All objects of a namespace a quota may count, by cache.
            pub(super) fn counted_in(&self, namespace: &str) -> impl Iterator<Item = Object> {
                $(let $field = self
                    .$field
                    .iter()
                    .filter(move |_| <$Kind as Kind>::RESOURCE != Resource::Pods)
                    .filter(move |object| *object.metadata().namespace == *namespace)
                    .map(|object| object.clone().into_object());)*
                let pods = self.pods_in(&namespace.into());
                let pods = pods.map(|pod| Object::Pod(pod.clone()));
                pods$(.chain($field))*
            }
        }

        impl Change {
            /// The object before and after the change: None before it was there, None after it is gone.
            pub(crate) fn states(&self) -> (Option<Object>, Option<Object>) {
                match self {
                    $(Change::$Kind(seen) => {
                        let (before, after) = states(seen);
                        (
                            before.map(|object| object.clone().into_object()),
                            after.map(|object| object.clone().into_object()),
                        )
                    })*
                }
            }
        }
    };
}

caches! {
    namespaces: Namespace,
    nodes: Node,
    pods: Pod,
    replication_controllers: ReplicationController,
    replica_sets: ReplicaSet,
    deployments: Deployment,
    services: Service,
    endpoints: Endpoints,
    endpoint_slices: EndpointSlice,
    service_accounts: ServiceAccount,
    config_maps: ConfigMap,
    secrets: Secret,
    resource_quotas: ResourceQuota,
    leases: Lease,
}

/// An object before and after what was seen.
pub(crate) fn states<K>(seen: &Seen<K>) -> (Option<&Rc<K>>, Option<&Rc<K>>) {
    match seen {
        Seen::Added(object) => (None, Some(object)),
        Seen::Updated { before, after } => (Some(before), Some(after)),
        Seen::Deleted(object) => (Some(object), None),
    }
}

/// Objects by what controllers look them up by, so that no sync has to go through all there are.
#[derive(Clone, Debug, Default)]
struct Indexes {
    /// With the Pods: whoever manages them goes through all of his at each sync.
    pods_by_controller: Journal<Uid>,
    orphan_pods: Index<Str>,
    pods_by_namespace: Index<Str>,
    pods_by_node: Index<Str>,
    /// With the Pods: Services go through all of theirs at each sync.
    pods_by_label: Journal<Label>,
    replica_sets_by_controller: Index<Uid>,
    replica_sets_by_namespace: Index<Str>,
    orphan_replica_sets: Index<Str>,
    replication_controllers_by_namespace: Index<Str>,
    deployments_by_namespace: Index<Str>,
    /// By one label of their selector.
    services_by_label: Index<Label>,
    slices_by_service: Index<Key>,
    quotas_by_namespace: Index<Str>,
}

/// A label of a namespace: namespace, key, value.
type Label = (Str, Str, Str);

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident($group:ty): $Kind:ident from $cache:ident by $index:ident,)*) => {
        /// Each in the order of the keys.
        impl Caches {
            $($(#[$doc])* pub(crate) fn $name<'a>(
                &'a self,
                group: &$group,
            ) -> impl Iterator<Item = &'a Rc<$Kind>> + use<'a> {
                let keys = self.indexes.$index.of(group);
                keys.filter_map(|key| self.$cache.get(key))
            })*
        }
    };
}

lookups! {
    /// Pods of a namespace that nobody manages.
    orphan_pods(Str): Pod from pods by orphan_pods,
    /// Pods of a namespace.
    pods_in(Str): Pod from pods by pods_by_namespace,
    /// Pods bound to a node; those not bound for "".
    pods_on(Str): Pod from pods by pods_by_node,
    /// ReplicaSets whose controller has this uid.
    replica_sets_of(Uid): ReplicaSet from replica_sets by replica_sets_by_controller,
    /// ReplicaSets of a namespace that nobody manages.
    orphan_replica_sets(Str): ReplicaSet from replica_sets by orphan_replica_sets,
    /// ReplicaSets of a namespace.
    replica_sets_in(Str): ReplicaSet from replica_sets by replica_sets_by_namespace,
    /// ReplicationControllers of a namespace.
    replication_controllers_in(Str): ReplicationController
        from replication_controllers by replication_controllers_by_namespace,
    /// Deployments of a namespace.
    deployments_in(Str): Deployment from deployments by deployments_by_namespace,
    /// The EndpointSlices made for a Service.
    slices_of(Key): EndpointSlice from endpoint_slices by slices_by_service,
    /// The quotas of a namespace.
    quotas_in(Str): ResourceQuota from resource_quotas by quotas_by_namespace,
}

impl Caches {
    /// Pods whose controller has this uid, in the order of their keys.
    pub(crate) fn pods_of<'a>(&'a self, uid: &Uid) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
        let group = self.indexes.pods_by_controller.of(uid);
        group.into_iter().flat_map(Group::pods)
    }

    /// The same, with what has changed lately, and the moment it is now.
    pub(super) fn group_of(&self, uid: &Uid) -> (Option<&Group>, u64) {
        let index = &self.indexes.pods_by_controller;
        (index.of(uid), index.now())
    }

    /// The nodes to which Pods are bound, in no order; "" if some are bound to none.
    pub(crate) fn nodes_of_pods(&self) -> impl Iterator<Item = &Str> {
        self.indexes.pods_by_node.groups()
    }

    /// The Pods of a namespace that carry all these labels, in the order of their names; none if there
    /// are no labels.
    pub(crate) fn pods_with<'a>(
        &'a self,
        namespace: &Str,
        labels: &'a Labels,
    ) -> impl Iterator<Item = &'a Rc<Pod>> {
        let (group, _) = self.group_with(namespace, labels);
        let found = group.into_iter().flat_map(Group::pods);
        found.filter(|pod| carries(pod, labels))
    }

    /// The fewest Pods of a namespace among which all are that carry these labels, with what has changed
    /// lately, and the moment it is now.
    pub(super) fn group_with(&self, namespace: &Str, labels: &Labels) -> (Option<&Group>, u64) {
        let index = &self.indexes.pods_by_label;
        let groups = labels
            .iter()
            .map(|(key, value)| index.of(&(namespace.clone(), key.clone(), value.clone())));
        let rarest = groups.min_by_key(|group| group.map_or(0, Group::len));
        (rarest.flatten(), index.now())
    }

    /// The Services of a namespace whose selector matches these labels, in the order of their names.
    pub(crate) fn services_for(&self, namespace: &Str, labels: &Labels) -> Vec<Rc<Service>> {
        let mut found: Vec<Rc<Service>> = labels
            .iter()
            .map(|(key, value)| (namespace.clone(), key.clone(), value.clone()))
            .flat_map(|label| self.indexes.services_by_label.of(&label))
            .filter_map(|key| self.services.get(key))
            .filter(|service| service.spec.selector.all_in(labels))
            .cloned()
            .collect();
        found.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        found
    }
}

impl Indexes {
    fn note(&mut self, change: &Change) {
        match change {
            Change::Pod(seen) => self.note_pod(seen),
            Change::ReplicaSet(seen) => {
                replace(&mut self.replica_sets_by_namespace, seen, namespace_of);
                replace(&mut self.replica_sets_by_controller, seen, controller_of);
                replace(&mut self.orphan_replica_sets, seen, orphan_in);
            }
            Change::ReplicationController(seen) => {
                let index = &mut self.replication_controllers_by_namespace;
                replace(index, seen, namespace_of);
            }
            Change::Deployment(seen) => {
                replace(&mut self.deployments_by_namespace, seen, namespace_of);
            }
            Change::Service(seen) => replace(&mut self.services_by_label, seen, |service| {
                let (key, value) = service.spec.selector.iter().next()?;
                let namespace = service.metadata.namespace.clone();
                Some((namespace, key.clone(), value.clone()))
            }),
            Change::EndpointSlice(seen) => replace(&mut self.slices_by_service, seen, |slice| {
                let service = slice.metadata.labels.get("kubernetes.io/service-name")?;
                Some(Key::new(slice.metadata.namespace.clone(), service))
            }),
            Change::ResourceQuota(seen) => {
                replace(&mut self.quotas_by_namespace, seen, namespace_of);
            }
            _ => {}
        }
    }

    fn note_pod(&mut self, seen: &Seen<Pod>) {
        replace(&mut self.pods_by_namespace, seen, namespace_of);
        let (before, after) = states(seen);
        let owners = (
            before.and_then(controller_of),
            after.and_then(controller_of),
        );
        if let (Some(owner), Some(pod)) = (&owners.0, before)
            && owners.0 != owners.1
        {
            let key = pod.metadata.key();
            self.pods_by_controller.remove(owner, &key);
        }
        if let (Some(owner), Some(pod)) = (owners.1, after) {
            let key = pod.metadata.key();
            self.pods_by_controller.insert(owner, key, pod.clone());
        }
        replace(&mut self.orphan_pods, seen, orphan_in);
        replace(&mut self.pods_by_node, seen, |pod| {
            Some(pod.spec.node_name.clone())
        });
        let label = |(pod, name, value): (&Rc<Pod>, &Str, &Str)| {
            (pod.metadata.namespace.clone(), name.clone(), value.clone())
        };
        let kept = |name: &Str, value: &Str| {
            after.is_some_and(|after| after.metadata.labels.get(name) == Some(&**value))
        };
        let key = seen.object().metadata.key();
        if let Some(pod) = before
            && after.is_none_or(|after| after.metadata.labels != pod.metadata.labels)
        {
            for (name, value) in pod.metadata.labels.iter() {
                if !kept(name, value) {
                    self.pods_by_label.remove(&label((pod, name, value)), &key);
                }
            }
        }
        if let Some(pod) = after {
            for (name, value) in pod.metadata.labels.iter() {
                let label = label((pod, name, value));
                self.pods_by_label.insert(label, key.clone(), pod.clone());
            }
        }
    }
}

/// Whether a Pod that carries one of these labels carries all.
pub(super) fn carries(pod: &Pod, labels: &Labels) -> bool {
    labels.len() == 1 || labels.all_in(&pod.metadata.labels)
}

fn namespace_of<K: Kind>(object: &Rc<K>) -> Option<Str> {
    Some(object.metadata().namespace.clone())
}

/// The namespace of an object nobody manages.
fn orphan_in<K: Kind>(object: &Rc<K>) -> Option<Str> {
    let managed = object.metadata().controller().is_some();
    (!managed).then(|| object.metadata().namespace.clone())
}

fn controller_of<K: Kind>(object: &Rc<K>) -> Option<Uid> {
    let owner = object.metadata().controller()?;
    Some(owner.uid.clone())
}

/// Moves an object from the group of its old state to that of its new one.
fn replace<G: Eq + std::hash::Hash, K: Kind>(
    index: &mut Index<G>,
    seen: &Seen<K>,
    group: impl Fn(&Rc<K>) -> Option<G>,
) {
    let (before, after) = states(seen);
    let (from, to) = (before.and_then(&group), after.and_then(&group));
    if from == to {
        return;
    }
    let key = seen.object().metadata().key();
    if let Some(from) = from {
        index.remove(&from, &key);
    }
    if let Some(to) = to {
        index.insert(to, key);
    }
}
