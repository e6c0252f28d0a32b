//! The EndpointSlices of Services: who is behind each, and in which slice. Look first at
//! [`EndpointSliceController`]; [`plan::plan`] decides what becomes of the slices.

mod plan;
mod wanted;

use std::{convert::Infallible, rc::Rc};

use rustc_hash::FxHashMap;

use self::plan::{Plan, plan, said};
use super::{Behind, as_object, hostname, is_managed, target, touched};
use crate::cluster::{
    api::{
        Endpoint, EndpointConditions, EndpointSlice, Key, Labels, Node, Pod, Resource, Service, Str,
    },
    controller::{Caches, Change, Controller, Desk, Ticket as AnyTicket, Timer, Wake, states},
    machinery::{Answer, DeleteOptions, Request},
};

const SERVICE: &str = "kubernetes.io/service-name";
const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const MANAGER: &str = "endpointslice-controller.k8s.io";

/// Keeps the EndpointSlices of each Service (`pkg/controller/endpointslice`,
/// `staging/src/k8s.io/endpointslice/reconciler.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointSliceController {
    /// What was last written for each slice of a Service: caches that have not heard of it yet are not
    /// worked from.
    written: FxHashMap<Key, FxHashMap<Str, u64>>,
    /// Requests a Service's sync still waits for, and whether one failed.
    waiting: FxHashMap<Key, (usize, bool)>,
    behind: FxHashMap<Key, Behind<Rc<Endpoint>>>,
}

/// What it waits for: the Service, the verb, and the slice where it has a name.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    service: Key,
    deletes: Option<Str>,
}

impl Controller for EndpointSliceController {
    const NAME: &'static str = "endpointslice";
    const ACCOUNT: &'static str = "endpointslice-controller";
    const WORKERS: usize = 5;
    const TICKET: fn(Ticket) -> AnyTicket = AnyTicket::EndpointSlices;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::EndpointSlices;
    type Key = Key;
    type Ticket = Ticket;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        if let Change::Node(seen) = change {
            let (before, after) = states(seen);
            if before.and_then(|node| zone_of(node)) != after.and_then(|node| zone_of(node)) {
                self.behind.clear();
            }
        }
        if let Change::EndpointSlice(seen) = change
            && let (Some(gone), None) = states(seen)
            && let Some(service) = gone.metadata.labels.get(SERVICE)
        {
            desk.enqueue(Key::new(gone.metadata.namespace.clone(), service));
        }
        for key in touched(change, desk.caches) {
            desk.enqueue(key);
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let Some(service) = desk.caches.services.get(&key).cloned() else {
            // Its slices belong to it: the garbage collector takes them.
            self.written.remove(&key);
            self.behind.remove(&key);
            return desk.done(&key);
        };
        if !is_managed(&service) {
            return desk.done(&key);
        }
        let slices = managed(&key, desk.caches);
        if self.is_stale(&key, &slices) {
            return desk.retry(&key);
        }
        let behind = self.behind.entry(key.clone()).or_default();
        behind.update(&service, true, desk.caches, labels, |pod| {
            Rc::new(endpoint(pod, &service, desk.caches))
        });
        let plan = plan(&service, &behind.labels, &slices, &behind.by_ports());
        let requests = plan.create.len() + plan.update.len() + plan.delete.len();
        if requests == 0 {
            return desk.done(&key);
        }
        desk.turn.rouse();
        desk.decide((Resource::Services, &key.namespace, &key.name), || {
            (said(&plan), Vec::new())
        });
        self.waiting.insert(key.clone(), (requests, false));
        self.carry_out(&key, plan, desk);
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        let Ticket { service, deletes } = ticket;
        let written = self.written.entry(service.clone()).or_default();
        let failed = match (&answer.result, deletes) {
            (Ok(_), Some(name)) => {
                written.remove(&name);
                None
            }
            (Err(status), Some(_)) if status.code == 404 => None,
            (Ok(reply), None) => {
                if let Some(object) = &reply.object {
                    written.insert(object.metadata().name.clone(), reply.revision);
                }
                None
            }
            (Err(status), _) => Some(status),
        };
        if let (Some(status), Some(about)) = (failed, desk.caches.services.get(&service))
            && status.code > 0
        {
            let message = format!(
                "Error updating Endpoint Slices for Service {service}: {}",
                status.message
            );
            let reason = "FailedToUpdateEndpointSlices";
            desk.event(
                "endpoint-slice-controller",
                &as_object(about),
                (true, reason),
                message,
            );
        }
        let Some((left, any_failed)) = self.waiting.get_mut(&service) else {
            return;
        };
        *left -= 1;
        *any_failed |= failed.is_some();
        if *left > 0 {
            return;
        }
        let any_failed = *any_failed;
        self.waiting.remove(&service);
        if any_failed {
            desk.retry(&service);
        } else {
            desk.done(&service);
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

impl EndpointSliceController {
    fn is_stale(&self, service: &Key, slices: &[Rc<EndpointSlice>]) -> bool {
        let Some(written) = self.written.get(service) else {
            return false;
        };
        written.iter().any(|(name, revision)| {
            let slice = slices.iter().find(|slice| slice.metadata.name == *name);
            slice.is_none_or(|slice| slice.metadata.resource_version < *revision)
        })
    }

    fn carry_out(&mut self, service: &Key, plan: Plan, desk: &mut Desk<'_, Self>) {
        let ticket = |deletes: Option<Str>| Ticket {
            service: service.clone(),
            deletes,
        };
        for slice in plan.create {
            desk.request(Request::create(desk.user, slice), ticket(None));
        }
        for slice in plan.update {
            desk.request(Request::update(desk.user, slice), ticket(None));
        }
        for name in plan.delete {
            let options = DeleteOptions::default();
            let resource = Resource::EndpointSlices;
            let request = Request::delete(desk.user, resource, &service.namespace, &name, options);
            desk.request(request, ticket(Some(name)));
        }
    }
}

/// The slices the controller made for a Service.
fn managed(service: &Key, caches: &Caches) -> Vec<Rc<EndpointSlice>> {
    let slices = caches.slices_of(service);
    slices
        .filter(|slice| slice.metadata.labels.get(MANAGED_BY) == Some(MANAGER))
        .cloned()
        .collect()
}

fn zone_of(node: &Node) -> Option<&str> {
    node.metadata.labels.get("topology.kubernetes.io/zone")
}

/// `endpointslice/utils.go`, podToEndpoint.
fn endpoint(pod: &Rc<Pod>, service: &Service, caches: &Caches) -> Endpoint {
    let serving = pod.status.is_ready();
    let terminating = pod.metadata.is_deleting();
    let ready = service.spec.publish_not_ready_addresses || (serving && !terminating);
    let node = caches.nodes.get(&Key::new("", pod.spec.node_name.clone()));
    Endpoint {
        addresses: vec![pod.status.pod_ip.clone()],
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
            ..EndpointConditions::default()
        },
        hostname: hostname(pod, service),
        target_ref: Some(target(pod)),
        node_name: Some(pod.spec.node_name.clone()),
        zone: node.and_then(|node| zone_of(node)).map(Str::from),
        ..Endpoint::default()
    }
}

fn labels(service: &Service) -> Labels {
    let mut labels = service.metadata.labels.clone();
    labels.set(SERVICE, service.metadata.name.clone());
    labels.set(MANAGED_BY, MANAGER);
    if &*service.spec.cluster_ip == "None" {
        labels.set("service.kubernetes.io/headless", "");
    }
    labels
}
