use std::sync::Arc;

use super::Index;
use crate::cluster::{
    api::{
        ConfigMap, Deployment, EndpointSlice, Endpoints, Key, Kind, Labels, Lease, Namespace, Node,
        Object, Pod, ReplicaSet, ReplicationController, Resource, ResourceQuota, Secret, Service,
        ServiceAccount, Str, Uid,
    },
    machinery::{Informer, ListOptions, Seen, Turn, User, WatchEvent},
};

macro_rules! caches {
    ($($field:ident: $Kind:ident,)*) => {
        /// All the controller manager knows of the cluster: one informer a resource, shared by all its
        /// controllers, and what they look up in them.
        #[derive(Clone, Debug)]
        pub(crate) struct Caches {
            $(pub(crate) $field: Informer<$Kind>,)*
            pub(crate) indexes: Indexes,
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

            /// Whether every cache has had the whole of its resource.
            pub(crate) fn are_synced(&self) -> bool {
                $(self.$field.is_synced())&&*
            }

            /// An object as its cache has it; None too for resources without a cache.
            pub(crate) fn object(&self, resource: Resource, key: &Key) -> Option<Object> {
                $(if resource == <$Kind as Kind>::RESOURCE {
                    return self.$field.get(key).map(|found| found.clone().into_object());
                })*
                None
            }
        }

        impl Change {
            /// The resource that changed.
            pub(crate) fn resource(&self) -> Resource {
                match self {
                    $(Change::$Kind(_) => <$Kind as Kind>::RESOURCE,)*
                }
            }

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
pub(crate) fn states<K>(seen: &Seen<K>) -> (Option<&Arc<K>>, Option<&Arc<K>>) {
    match seen {
        Seen::Added(object) => (None, Some(object)),
        Seen::Updated { before, after } => (Some(before), Some(after)),
        Seen::Deleted(object) => (Some(object), None),
    }
}

/// Objects by what controllers look them up by, so that no sync has to go through all there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes {
    /// By the uid of the owner that manages them.
    pub(crate) pods_by_controller: Index<Uid, Pod>,
    /// By namespace: Pods nobody manages.
    pub(crate) orphan_pods: Index<Str, Pod>,
    pub(crate) pods_by_namespace: Index<Str, Pod>,
    /// By the node they are bound to; those not bound under "".
    pub(crate) pods_by_node: Index<Str, Pod>,
    pods_by_label: Index<Label, Pod>,
    pub(crate) replica_sets_by_controller: Index<Uid, ReplicaSet>,
    pub(crate) replica_sets_by_namespace: Index<Str, ReplicaSet>,
    pub(crate) replication_controllers_by_namespace: Index<Str, ReplicationController>,
    pub(crate) deployments_by_namespace: Index<Str, Deployment>,
    /// By one label of their selector.
    services_by_label: Index<Label, Service>,
    /// By the Service they are for.
    pub(crate) slices_by_service: Index<Key, EndpointSlice>,
    pub(crate) quotas_by_namespace: Index<Str, ResourceQuota>,
}

/// A label of a namespace: namespace, key, value.
type Label = (Str, Str, Str);

impl Indexes {
    fn note(&mut self, change: &Change) {
        match change {
            Change::Pod(seen) => self.note_pod(seen),
            Change::ReplicaSet(seen) => {
                replace(&mut self.replica_sets_by_namespace, seen, namespace_of);
                replace(&mut self.replica_sets_by_controller, seen, controller_of);
            }
            Change::ReplicationController(seen) => {
                replace(
                    &mut self.replication_controllers_by_namespace,
                    seen,
                    namespace_of,
                );
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
        replace(&mut self.pods_by_controller, seen, controller_of);
        replace(&mut self.orphan_pods, seen, |pod| {
            let managed = pod.metadata.controller().is_some();
            (!managed).then(|| pod.metadata.namespace.clone())
        });
        replace(&mut self.pods_by_node, seen, |pod| {
            Some(pod.spec.node_name.clone())
        });
        let (before, after) = states(seen);
        let labels = |pod: &Arc<Pod>| -> Vec<Label> {
            let namespace = &pod.metadata.namespace;
            let labels = pod.metadata.labels.iter();
            labels
                .map(|(key, value)| (namespace.clone(), key.clone(), value.clone()))
                .collect()
        };
        if let Some(pod) = before {
            for label in labels(pod) {
                let stays = after
                    .is_some_and(|after| after.metadata.labels.get(&label.1) == Some(&*label.2));
                if !stays {
                    self.pods_by_label.remove(&label, pod);
                }
            }
        }
        if let Some(pod) = after {
            for label in labels(pod) {
                self.pods_by_label.insert(label, pod);
            }
        }
    }

    /// The Pods of a namespace that carry all these labels, in the order of their names; none if there
    /// are no labels.
    pub(crate) fn pods_with(&self, namespace: &Str, labels: &Labels) -> Vec<Arc<Pod>> {
        let label = |(key, value): (&Str, &Str)| (namespace.clone(), key.clone(), value.clone());
        let rarest = labels
            .iter()
            .map(label)
            .min_by_key(|label| self.pods_by_label.count(label));
        let Some(rarest) = rarest else {
            return Vec::new();
        };
        let found = self.pods_by_label.of(&rarest);
        found
            .filter(|pod| labels.all_in(&pod.metadata.labels))
            .cloned()
            .collect()
    }

    /// The Services of a namespace whose selector matches these labels, in the order of their names.
    pub(crate) fn services_for(&self, namespace: &Str, labels: &Labels) -> Vec<Arc<Service>> {
        let mut found: Vec<Arc<Service>> = labels
            .iter()
            .map(|(key, value)| (namespace.clone(), key.clone(), value.clone()))
            .flat_map(|label| self.services_by_label.of(&label))
            .filter(|service| service.spec.selector.all_in(labels))
            .cloned()
            .collect();
        found.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        found
    }
}

fn namespace_of<K: Kind>(object: &Arc<K>) -> Option<Str> {
    Some(object.metadata().namespace.clone())
}

fn controller_of<K: Kind>(object: &Arc<K>) -> Option<Uid> {
    let owner = object.metadata().controller()?;
    Some(owner.uid.clone())
}

/// Takes the old state of an object out of an index and puts the new one in.
fn replace<G: Eq + std::hash::Hash, K: Kind>(
    index: &mut Index<G, K>,
    seen: &Seen<K>,
    group: impl Fn(&Arc<K>) -> Option<G>,
) {
    let (before, after) = states(seen);
    let (from, to) = (before.and_then(&group), after.and_then(&group));
    if let (Some(from), Some(object)) = (&from, before)
        && Some(from) != to.as_ref()
    {
        index.remove(from, object);
    }
    if let (Some(to), Some(object)) = (to, after) {
        index.insert(to, object);
    }
}
