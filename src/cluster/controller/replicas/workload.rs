use std::{fmt::Debug, rc::Rc};

use super::{Ticket, Waking};
use crate::cluster::{
    api::{
        Key, Kind, Pod, PodTemplateSpec, ReplicaSet, ReplicaSetStatus, ReplicationController,
        Selector, SelectorError, Str,
    },
    controller::{self, Caches, Change},
    machinery::{Informer, Seen},
};

/// A kind of object that keeps a number of like Pods. Both kinds are served by one implementation
/// (`pkg/controller/replication/conversion.go`).
pub(crate) trait Workload: Kind + Debug {
    /// The controller as the trace names it.
    const NAME: &'static str;
    /// Its service account.
    const ACCOUNT: &'static str;
    /// Who tells its events.
    const SOURCE: &'static str;
    const TICKET: fn(Ticket) -> controller::Ticket;
    const TIMER: fn(Waking) -> controller::Timer;
    /// Whether its status counts Pods that are being deleted.
    const COUNTS_TERMINATING: bool;
    /// Whether its controller waits until its caches show what it has written itself.
    const AWAITS_OWN_WRITES: bool;

    fn replicas(&self) -> i32;
    fn min_ready_seconds(&self) -> i32;
    fn selector(&self) -> Result<Selector, SelectorError>;
    fn template(&self) -> Option<&PodTemplateSpec>;
    fn status(&self) -> &ReplicaSetStatus;
    fn set_status(&mut self, status: ReplicaSetStatus);

    fn cache(caches: &Caches) -> &Informer<Self>;
    fn all_in(caches: &Caches, namespace: &Str) -> Vec<Rc<Self>>;
    fn seen(change: &Change) -> Option<&Seen<Self>>;

    /// The Pods of all sets with the same owner.
    fn related_pods(&self, caches: &Caches) -> Vec<Rc<Pod>>;

    /// Where the one of that name stands, if it still is the one that is meant.
    fn owner_of(pod: &Pod, caches: &Caches) -> Option<Rc<Self>> {
        let owner = pod.metadata.controller()?;
        if &*owner.kind != Self::RESOURCE.kind() {
            return None;
        }
        let key = Key::new(pod.metadata.namespace.clone(), owner.name.clone());
        let found = Self::cache(caches).get(&key)?;
        (found.metadata().uid == owner.uid).then(|| found.clone())
    }
}

impl Workload for ReplicationController {
    const NAME: &'static str = "replicationcontroller";
    const ACCOUNT: &'static str = "replication-controller";
    const SOURCE: &'static str = "replication-controller";
    const TICKET: fn(Ticket) -> controller::Ticket = controller::Ticket::ReplicationControllers;
    const TIMER: fn(Waking) -> controller::Timer = controller::Timer::ReplicationControllers;
    const COUNTS_TERMINATING: bool = false;
    const AWAITS_OWN_WRITES: bool = false;

    fn replicas(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    fn min_ready_seconds(&self) -> i32 {
        self.spec.min_ready_seconds
    }

    fn selector(&self) -> Result<Selector, SelectorError> {
        Ok(if self.spec.selector.is_empty() {
            Selector::nothing()
        } else {
            Selector::of_labels(&self.spec.selector)
        })
    }

    fn template(&self) -> Option<&PodTemplateSpec> {
        self.spec.template.as_ref()
    }

    fn status(&self) -> &ReplicaSetStatus {
        &self.status
    }

    fn set_status(&mut self, status: ReplicaSetStatus) {
        self.status = status;
    }

    fn cache(caches: &Caches) -> &Informer<Self> {
        &caches.replication_controllers
    }

    fn all_in(caches: &Caches, namespace: &Str) -> Vec<Rc<Self>> {
        caches
            .replication_controllers_in(namespace)
            .cloned()
            .collect()
    }

    fn seen(change: &Change) -> Option<&Seen<Self>> {
        match change {
            Change::ReplicationController(seen) => Some(seen),
            _ => None,
        }
    }

    /// A ReplicationController has no owner.
    fn related_pods(&self, _: &Caches) -> Vec<Rc<Pod>> {
        Vec::new()
    }
}

impl Workload for ReplicaSet {
    const NAME: &'static str = "replicaset";
    const ACCOUNT: &'static str = "replicaset-controller";
    const SOURCE: &'static str = "replicaset-controller";
    const TICKET: fn(Ticket) -> controller::Ticket = controller::Ticket::ReplicaSets;
    const TIMER: fn(Waking) -> controller::Timer = controller::Timer::ReplicaSets;
    const COUNTS_TERMINATING: bool = true;
    const AWAITS_OWN_WRITES: bool = true;

    fn replicas(&self) -> i32 {
        self.spec.replicas.unwrap_or(1)
    }

    fn min_ready_seconds(&self) -> i32 {
        self.spec.min_ready_seconds
    }

    fn selector(&self) -> Result<Selector, SelectorError> {
        Selector::of(self.spec.selector.as_ref())
    }

    fn template(&self) -> Option<&PodTemplateSpec> {
        Some(&self.spec.template)
    }

    fn status(&self) -> &ReplicaSetStatus {
        &self.status
    }

    fn set_status(&mut self, status: ReplicaSetStatus) {
        self.status = status;
    }

    fn cache(caches: &Caches) -> &Informer<Self> {
        &caches.replica_sets
    }

    fn all_in(caches: &Caches, namespace: &Str) -> Vec<Rc<Self>> {
        caches.replica_sets_in(namespace).cloned().collect()
    }

    fn seen(change: &Change) -> Option<&Seen<Self>> {
        match change {
            Change::ReplicaSet(seen) => Some(seen),
            _ => None,
        }
    }

    /// From `pkg/controller/replicaset/replica_set.go`, getIndirectlyRelatedPods.
    fn related_pods(&self, caches: &Caches) -> Vec<Rc<Pod>> {
        let Some(owner) = self.metadata.controller() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for set in caches.replica_sets_of(&owner.uid) {
            let Ok(selector) = set.selector() else {
                continue;
            };
            let labels = set
                .spec
                .selector
                .iter()
                .map(|selector| &selector.match_labels);
            let pods = labels.flat_map(|labels| caches.pods_with(&set.metadata.namespace, labels));
            let pods = pods.filter(|pod| selector.matches(&pod.metadata.labels));
            found.extend(pods.cloned());
        }
        found.sort_by(|one, other| one.metadata.uid.cmp(&other.metadata.uid));
        found.dedup_by(|one, other| one.metadata.uid == other.metadata.uid);
        found
    }
}
