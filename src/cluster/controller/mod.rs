//! kube-controller-manager: one process, one set of informers ([`Caches`]), many controllers, each with
//! its own work queue and service account. Look first at [`ControllerManager`], then at [`Controller`].
//! A controller knows the caches, the answers to its own requests and its timers, and no other controller.
//! The process keeps nothing on disk: stopped and started, it begins from its watches.
//!
//! To add a controller: write a file with a type that implements [`Controller`] (with its `Ticket` and
//! `Timer` types `pub(crate)`, or `std::convert::Infallible` where there are none), and name it in the
//! list given to `controllers!` below. Its [`Desk`] is passed to every method: it enqueues
//! keys, ends work (`done`, `retry`), sends requests, sets timers, tells events and records decisions.
//! What it looks up often gets an index and
//! a line in `lookups!` of `caches.rs`: no sync may go through all objects there are.

mod caches;
mod deployment;
mod desk;
mod endpoints;
mod garbage_collector;
mod index;
mod journal;
mod namespace;
mod node_lifecycle;
mod ownership;
mod pod_gc;
mod replay;
mod replicas;
mod resource_quota;
mod root_ca;
mod roster;
mod service_account;
mod taint_eviction;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    caches::{Caches, Change, states},
    desk::{Controller, Desk, Wake},
};

use self::{desk::Station, index::Index};
use super::{
    api::{ReplicaSet, ReplicationController, Resource},
    inspect::QueueView,
    machinery::{Answer, Component, Known, Turn, WatchEvent},
};

macro_rules! controllers {
    ($($field:ident: $Name:ident($Controller:ty),)*) => {
        /// What the controller manager waits for: each controller has its own kind.
        #[derive(Clone, Debug)]
        pub(crate) enum Ticket {
            $($Name(<$Controller as Controller>::Ticket),)*
        }

        /// What the controller manager wakes itself for: each controller has its own kind.
        #[derive(Clone, Debug)]
        pub(crate) enum Timer {
            $($Name(Wake<<$Controller as Controller>::Key, <$Controller as Controller>::Timer>),)*
        }

        /// The process.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct ControllerManager {
            caches: Caches,
            $($field: Station<$Controller>,)*
        }

        impl ControllerManager {
            /// What each cache knows.
            pub(crate) fn known(&self) -> Vec<Known<'_>> {
                self.caches.known()
            }

            /// Each controller's queue.
            pub(crate) fn queues(&self) -> Vec<QueueView> {
                vec![$(self.$field.queue(),)*]
            }
        }

        impl Component for ControllerManager {
            type Ticket = Ticket;
            type Timer = Timer;

            fn start(&mut self, turn: &mut Turn<'_>) {
                self.caches.start(turn);
            }

            fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>) {
                self.caches.reconnect(resource, turn);
            }

            fn hear(
                &mut self,
                resource: Resource,
                connection: u32,
                event: WatchEvent,
                turn: &mut Turn<'_>,
            ) {
                let waited = !self.caches.are_synced();
                let changes = self.caches.hear(resource, connection, event, turn);
                for change in &changes {
                    $(self.$field.see(change, &self.caches, turn);)*
                }
                if waited && self.caches.are_synced() {
                    $(self.$field.open(&self.caches, turn);)*
                }
            }

            fn answer(&mut self, ticket: Ticket, answer: Answer, turn: &mut Turn<'_>) {
                match ticket {
                    $(Ticket::$Name(ticket) => {
                        self.$field.answer(ticket, answer, &self.caches, turn);
                    })*
                }
            }

            fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
                match timer {
                    $(Timer::$Name(wake) => self.$field.fire(wake, &self.caches, turn),)*
                }
            }
        }
    };
}

controllers! {
    endpoints: Endpoints(endpoints::EndpointsController),
    endpoint_slices: EndpointSlices(endpoints::EndpointSliceController),
    replication_controllers: ReplicationControllers(replicas::Replicas<ReplicationController>),
    replica_sets: ReplicaSets(replicas::Replicas<ReplicaSet>),
    deployments: Deployments(deployment::Deployments),
    node_lifecycle: NodeLifecycle(node_lifecycle::NodeLifecycle),
    taint_eviction: TaintEviction(taint_eviction::TaintEviction),
    garbage_collector: GarbageCollector(garbage_collector::GarbageCollector),
    pod_gc: PodGc(pod_gc::PodGc),
    namespaces: Namespaces(namespace::Namespaces),
    resource_quotas: ResourceQuotas(resource_quota::ResourceQuotas),
    service_accounts: ServiceAccounts(service_account::ServiceAccounts),
    root_ca: RootCa(root_ca::RootCa),
}
