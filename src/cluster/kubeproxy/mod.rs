//! kube-proxy: turns Services and EndpointSlices into rules the kernel follows, in its iptables mode. Look
//! first at [`KubeProxy`], then at [`Kernel`], to which it writes. It knows what its informers brought and
//! nothing of Pods; packets never pass through it.

mod build;
mod chain;
mod endpoints;
mod kernel;
mod rule;
mod runner;
mod service;
#[cfg(test)]
pub(crate) mod tests;

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use self::{
    build::{PortRules, port_rules},
    endpoints::{EndpointChanges, Endpoints},
    runner::Runner,
    service::{Frontends, PortName, ServiceChanges},
};
pub(crate) use self::{
    chain::{Chain, Table},
    kernel::{Kernel, Restore},
    rule::{About, Block, Comment, Match, POD_NETWORK, Rule, Target, probability},
    service::Protocol,
};
use super::{
    api::{
        EndpointSlice, Key, Node, ObjectReference, Operator, Resource, Selector,
        SelectorRequirement, Service, Str,
    },
    machinery::{
        Address, Answer, Component, EventNote, Happening, Informer, Known, ListOptions, NodeIndex,
        Seen, Turn, User, WatchEvent,
    },
    moment::Moment,
};

/// What kube-proxy waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {}

/// What kube-proxy wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// The least interval between two syncs is over.
    Sync,
    /// Every so often it makes sure that the rules are still there.
    Resync,
}

/// How often it looks after its rules when nothing changes (`v1alpha1/defaults.go`, syncPeriod), and how
/// often it writes all of them (`pkg/proxy/util/utils.go`).
const SYNC_PERIOD: Duration = Duration::from_secs(30);
const FULL_SYNC_PERIOD: Duration = Duration::from_secs(60 * 60);

/// With more endpoints than this rules carry no comments (`largeClusterEndpointsThreshold`).
const LARGE_CLUSTER_ENDPOINTS: usize = 1000;

/// How long iptables-restore takes, in microseconds.
const RESTORE: std::ops::RangeInclusive<u64> = 8_000..=20_000;

/// The process.
#[derive(Clone, Debug)]
pub(crate) struct KubeProxy {
    node: NodeIndex,
    services: Informer<Service>,
    slices: Informer<EndpointSlice>,
    /// Its own node alone.
    nodes: Informer<Node>,
    service_changes: ServiceChanges,
    endpoint_changes: EndpointChanges,
    frontends: Rc<BTreeMap<Key, Rc<Frontends>>>,
    endpoints: Rc<BTreeMap<Key, Rc<Endpoints>>>,
    /// How many endpoints there are.
    endpoint_count: usize,
    zone: Str,
    runner: Runner,
    /// Services and slices have been heard of.
    initialized: bool,
    needs_full_sync: bool,
    last_full_sync: Moment,
    /// Until when iptables-restore is at work.
    busy_until: Moment,
}

impl Component for KubeProxy {
    type Ticket = Ticket;
    type Timer = Timer;

    fn start(&mut self, turn: &mut Turn<'_>) {
        let name = turn.shared.machine(self.node);
        let own = ListOptions {
            fields: vec![("metadata.name", name.clone())],
            ..ListOptions::default()
        };
        self.nodes = Informer::new(user(), own);
        self.services.start(turn);
        self.slices.start(turn);
        self.nodes.start(turn);
        turn.routine_timer(SYNC_PERIOD, Timer::Resync);
        // Upstream has no more to say than that (`cmd/kube-proxy/app/server.go`, birthCry).
        turn.event(EventNote {
            source: "kube-proxy",
            about: ObjectReference {
                api_version: "v1".into(),
                kind: "Node".into(),
                name,
                ..ObjectReference::default()
            },
            warning: false,
            reason: "Starting",
            message: String::new(),
        });
    }

    fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>) {
        match resource {
            Resource::Services => self.services.start(turn),
            Resource::EndpointSlices => self.slices.start(turn),
            Resource::Nodes => self.nodes.start(turn),
            _ => {}
        }
    }

    fn hear(
        &mut self,
        resource: Resource,
        connection: u32,
        event: WatchEvent,
        turn: &mut Turn<'_>,
    ) {
        let dirty = match resource {
            Resource::Services => self.hear_services(connection, event, turn),
            Resource::EndpointSlices => self.hear_slices(connection, event, turn),
            Resource::Nodes => self.hear_nodes(connection, event, turn),
            _ => false,
        };
        if !self.initialized {
            self.initialized = self.services.is_synced() && self.slices.is_synced();
            if self.initialized {
                // The first sync does not wait for the runner.
                self.sync(turn);
            }
        } else if dirty && self.runner.ask(turn) {
            let end = self.sync(turn);
            self.runner.ran(end);
        }
    }

    fn answer(&mut self, ticket: Ticket, _: Answer, _: &mut Turn<'_>) {
        match ticket {}
    }

    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        match timer {
            Timer::Sync => {
                self.runner.fire(turn);
                let end = self.sync(turn);
                self.runner.ran(end);
            }
            Timer::Resync => {
                turn.routine_timer(SYNC_PERIOD, Timer::Resync);
                let due = turn.now().since(self.last_full_sync) > FULL_SYNC_PERIOD;
                if self.initialized && due && !self.is_large() {
                    self.needs_full_sync = true;
                    self.sync(turn);
                }
            }
        }
    }
}

impl KubeProxy {
    /// What each of its informers knows.
    pub(crate) fn known(&self) -> Vec<Known<'_>> {
        vec![
            self.services.known(),
            self.slices.known(),
            self.nodes.known(),
        ]
    }

    /// The kube-proxy of this machine.
    pub(crate) fn new(node: NodeIndex) -> KubeProxy {
        // What another proxy looks after is left to it, and headless Services need none
        // (`cmd/kube-proxy/app/server.go`).
        let lacking = |label: &str| ListOptions {
            labels: Some(Selector::new(vec![SelectorRequirement {
                key: label.into(),
                operator: Operator::DoesNotExist,
                values: Vec::new(),
            }])),
            ..ListOptions::default()
        };
        KubeProxy {
            node,
            services: Informer::new(user(), lacking("service.kubernetes.io/service-proxy-name")),
            slices: Informer::new(user(), lacking("service.kubernetes.io/headless")),
            nodes: Informer::new(user(), ListOptions::default()),
            service_changes: ServiceChanges::default(),
            endpoint_changes: EndpointChanges::default(),
            frontends: Rc::default(),
            endpoints: Rc::default(),
            endpoint_count: 0,
            zone: Str::default(),
            runner: Runner::default(),
            initialized: false,
            needs_full_sync: true,
            last_full_sync: Moment::ZERO,
            busy_until: Moment::ZERO,
        }
    }

    fn hear_services(&mut self, connection: u32, event: WatchEvent, turn: &mut Turn<'_>) -> bool {
        let changes = &mut self.service_changes;
        let mut dirty = false;
        self.services.hear(connection, event, turn, |seen, _| {
            dirty |= match &seen {
                Seen::Added(after) => changes.update(None, Some(after)),
                Seen::Updated { before, after } => changes.update(Some(before), Some(after)),
                Seen::Deleted(before) => changes.update(Some(before), None),
            };
        });
        dirty
    }

    fn hear_slices(&mut self, connection: u32, event: WatchEvent, turn: &mut Turn<'_>) -> bool {
        let changes = &mut self.endpoint_changes;
        let mut dirty = false;
        self.slices.hear(connection, event, turn, |seen, _| {
            let gone = matches!(seen, Seen::Deleted(_));
            dirty |= changes.update(seen.object(), gone);
        });
        dirty
    }

    /// Only the zone of its own node matters, for endpoints that are meant for a zone.
    fn hear_nodes(&mut self, connection: u32, event: WatchEvent, turn: &mut Turn<'_>) -> bool {
        let zone = &mut self.zone;
        let mut dirty = false;
        self.nodes.hear(connection, event, turn, |seen, _| {
            let labels = &seen.object().metadata.labels;
            let now = labels
                .get("topology.kubernetes.io/zone")
                .unwrap_or_default();
            if now != &**zone {
                *zone = now.into();
                dirty = true;
            }
        });
        self.needs_full_sync |= dirty;
        dirty
    }

    fn is_large(&self) -> bool {
        self.endpoint_count > LARGE_CLUSTER_ENDPOINTS
    }

    /// Makes the rules of what changed and has the kernel take them; when that will be done.
    fn sync(&mut self, turn: &mut Turn<'_>) -> Moment {
        let mut ports = BTreeMap::new();
        let mut changed = self.take_services(&mut ports);
        changed.extend(self.take_endpoints(&turn.shared.machine(self.node)));
        let full = std::mem::take(&mut self.needs_full_sync);
        if full {
            self.last_full_sync = turn.now();
            changed = self.frontends.keys().cloned().collect();
        }
        let terse = self.is_large();
        for service in &changed {
            let endpoints = self.endpoints.get(service);
            let frontends = self.frontends.get(service);
            for (name, frontend) in frontends.iter().flat_map(|frontends| &***frontends) {
                let endpoints = endpoints.and_then(|endpoints| endpoints.get(name));
                let endpoints = endpoints.map(Vec::as_slice).unwrap_or_default();
                let rules = port_rules(frontend, endpoints, &self.zone, terse);
                ports.insert(name.clone(), Some(Rc::new(rules)));
            }
        }
        let start = self.busy_until.max(turn.now());
        self.busy_until = start + turn.within(&RESTORE);
        let wait = self.busy_until.since(turn.now());
        let restore = Happening::Restore(Box::new(Restore { full, ports }));
        turn.post(wait, Address::Kernel(self.node), restore);
        self.busy_until
    }

    /// Takes in what changed of Services; the ports they had are to go unless they still have them.
    fn take_services(&mut self, ports: &mut BTreeMap<PortName, Option<Rc<PortRules>>>) -> Vec<Key> {
        let mut changed = Vec::new();
        for (service, frontends) in self.service_changes.take() {
            let known = Rc::make_mut(&mut self.frontends);
            let before = if frontends.is_empty() {
                known.remove(&service)
            } else {
                known.insert(service.clone(), Rc::new(frontends))
            };
            for name in before.iter().flat_map(|before| before.keys()) {
                ports.insert(name.clone(), None);
            }
            changed.push(service);
        }
        changed
    }

    /// Takes in what changed of endpoints.
    fn take_endpoints(&mut self, node: &str) -> Vec<Key> {
        let count = |of: &Endpoints| of.values().map(Vec::len).sum::<usize>();
        let mut changed = Vec::new();
        for (service, endpoints) in self.endpoint_changes.take(node) {
            let known = Rc::make_mut(&mut self.endpoints);
            self.endpoint_count += count(&endpoints);
            let before = if endpoints.is_empty() {
                known.remove(&service)
            } else {
                known.insert(service.clone(), Rc::new(endpoints))
            };
            self.endpoint_count -= before.map_or(0, |before| count(&before));
            changed.push(service);
        }
        changed
    }
}

/// As kubeadm runs it (`cmd/kubeadm/app/phases/addons/proxy`): bound to system:node-proxier.
fn user() -> User {
    User::controller("kube-proxy")
}
