use std::{convert::Infallible, sync::Arc};

use rustc_hash::FxHashMap;

use super::{Backend, as_object, backends, hostname, is_managed, target, touched};
use crate::cluster::{
    api::{
        Endpoint, EndpointConditions, EndpointPort, EndpointSlice, Key, Kind, ObjectMeta,
        OwnerReference, Resource, Service, Str,
    },
    controller::{Caches, Change, Controller, Desk, Ticket as AnyTicket, Timer, Wake, states},
    machinery::{Answer, DeleteOptions, Request},
};

/// How many addresses a slice takes (`--max-endpoints-per-slice`).
const MOST_ENDPOINTS: usize = 100;

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
}

/// What it waits for: the Service, the verb, and the slice where it has a name.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    service: Key,
    deletes: Option<Str>,
}

/// What is to be done to the slices of a Service.
#[derive(Clone, Debug, Default)]
struct Plan {
    create: Vec<EndpointSlice>,
    update: Vec<EndpointSlice>,
    delete: Vec<Str>,
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
            return desk.done(&key);
        };
        if !is_managed(&service) {
            return desk.done(&key);
        }
        let slices = managed(&key, desk.caches);
        if self.is_stale(&key, &slices) {
            return desk.retry(&key);
        }
        let behind = backends(&service, desk.caches, true);
        let endpoints: Vec<(Endpoint, Vec<EndpointPort>)> = behind
            .iter()
            .filter(|backend| !backend.ports.is_empty() || service.spec.ports.is_empty())
            .map(|backend| {
                (
                    endpoint(backend, &service, desk.caches),
                    backend.ports.clone(),
                )
            })
            .collect();
        let plan = plan(&service, &slices, endpoints);
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
    fn is_stale(&self, service: &Key, slices: &[Arc<EndpointSlice>]) -> bool {
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
fn managed(service: &Key, caches: &Caches) -> Vec<Arc<EndpointSlice>> {
    let slices = caches.slices_of(service);
    slices
        .filter(|slice| slice.metadata.labels.get(MANAGED_BY) == Some(MANAGER))
        .cloned()
        .collect()
}

/// `endpointslice/utils.go`, podToEndpoint.
fn endpoint(Backend { pod, .. }: &Backend, service: &Service, caches: &Caches) -> Endpoint {
    let serving = pod.status.is_ready();
    let terminating = pod.metadata.is_deleting();
    let ready = service.spec.publish_not_ready_addresses || (serving && !terminating);
    let node = caches.nodes.get(&Key::new("", pod.spec.node_name.clone()));
    let zone = node.and_then(|node| node.metadata.labels.get("topology.kubernetes.io/zone"));
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
        zone: zone.map(Str::from),
        ..Endpoint::default()
    }
}

/// Endpoints stay in the slice they are in; what is new fills slices with room, the fullest first, and
/// what is left makes new ones (`reconciler.go`, reconcileByPortMapping).
fn plan(
    service: &Service,
    slices: &[Arc<EndpointSlice>],
    endpoints: Vec<(Endpoint, Vec<EndpointPort>)>,
) -> Plan {
    let mut groups: Vec<(Vec<EndpointPort>, Vec<Endpoint>)> = Vec::new();
    for (endpoint, ports) in endpoints {
        match groups.iter_mut().find(|(of, _)| *of == ports) {
            Some((_, members)) => members.push(endpoint),
            None => groups.push((ports, vec![endpoint])),
        }
    }
    if groups.is_empty() {
        return placeholder(service, slices);
    }
    let mut plan = Plan::default();
    for slice in slices {
        if !groups.iter().any(|(ports, _)| *ports == slice.ports) {
            plan.delete.push(slice.metadata.name.clone());
        }
    }
    for (ports, members) in groups {
        let of_group = slices.iter().filter(|slice| slice.ports == ports);
        plan.place(service, of_group, (ports.clone(), members));
    }
    plan.reuse(service, slices);
    plan
}

/// With no endpoints there is one empty slice, so that whoever looks sees that there are none.
fn placeholder(service: &Service, slices: &[Arc<EndpointSlice>]) -> Plan {
    let mut plan = Plan::default();
    let empty = |slice: &EndpointSlice| slice.endpoints.is_empty() && slice.ports.is_empty();
    let kept = slices.iter().position(|slice| empty(slice));
    for (at, slice) in slices.iter().enumerate() {
        match kept {
            Some(kept) if kept == at => {}
            None if at == 0 => {
                let mut emptied = (**slice).clone();
                emptied.endpoints.clear();
                emptied.ports.clear();
                emptied.metadata.labels = labels(service);
                plan.update.push(emptied);
            }
            _ => plan.delete.push(slice.metadata.name.clone()),
        }
    }
    if slices.is_empty() {
        plan.create.push(new_slice(service, Vec::new(), Vec::new()));
    }
    plan
}

impl Plan {
    fn place<'a>(
        &mut self,
        service: &Service,
        slices: impl Iterator<Item = &'a Arc<EndpointSlice>>,
        (ports, members): (Vec<EndpointPort>, Vec<Endpoint>),
    ) {
        let who = |endpoint: &Endpoint| {
            let target = endpoint.target_ref.as_ref();
            (
                endpoint.addresses.clone(),
                target.map(|target| target.uid.clone()),
            )
        };
        let mut new: FxHashMap<_, (usize, Endpoint)> = members
            .into_iter()
            .enumerate()
            .map(|(at, endpoint)| (who(&endpoint), (at, endpoint)))
            .collect();
        let mut kept: Vec<(Arc<EndpointSlice>, EndpointSlice)> = Vec::new();
        for slice in slices {
            let mut after = (**slice).clone();
            after.endpoints = slice
                .endpoints
                .iter()
                .filter_map(|endpoint| new.remove(&who(endpoint)).map(|(_, wanted)| wanted))
                .collect();
            after.metadata.labels = labels(service);
            kept.push((slice.clone(), after));
        }
        let mut new: Vec<(usize, Endpoint)> = new.into_values().collect();
        new.sort_by_key(|(at, _)| *at);
        let mut new: Vec<Endpoint> = new.into_iter().map(|(_, endpoint)| endpoint).collect();
        kept.sort_by_key(|(_, after)| std::cmp::Reverse(after.endpoints.len()));
        for (_, after) in &mut kept {
            let room = MOST_ENDPOINTS.saturating_sub(after.endpoints.len());
            after.endpoints.extend(new.drain(..room.min(new.len())));
        }
        for (before, after) in kept {
            if after.endpoints.is_empty() {
                self.delete.push(after.metadata.name.clone());
            } else if *before != after {
                self.update.push(after);
            }
        }
        for chunk in new.chunks(MOST_ENDPOINTS) {
            self.create
                .push(new_slice(service, ports.clone(), chunk.to_vec()));
        }
    }

    /// A slice of this Service that would be deleted takes what a new one would hold
    /// (`reconciler.go`, finalize): the empty slice of a new Service becomes its first.
    fn reuse(&mut self, service: &Service, slices: &[Arc<EndpointSlice>]) {
        let mut left = Vec::new();
        for name in std::mem::take(&mut self.delete) {
            let old = slices.iter().find(|slice| slice.metadata.name == name);
            let owned = |slice: &&Arc<EndpointSlice>| {
                let mut owners = slice.metadata.owner_references.iter();
                owners.any(|owner| owner.uid == service.metadata.uid)
            };
            let reusable = old.filter(owned);
            match (reusable, self.create.pop()) {
                (Some(old), Some(new)) => {
                    let mut reused = (**old).clone();
                    reused.metadata.labels = new.metadata.labels;
                    reused.endpoints = new.endpoints;
                    reused.ports = new.ports;
                    self.update.push(reused);
                }
                (_, new) => {
                    self.create.extend(new);
                    left.push(name);
                }
            }
        }
        self.delete = left;
    }
}

fn labels(service: &Service) -> crate::cluster::api::Labels {
    let mut labels = service.metadata.labels.clone();
    labels.set(SERVICE, service.metadata.name.clone());
    labels.set(MANAGED_BY, MANAGER);
    if &*service.spec.cluster_ip == "None" {
        labels.set("service.kubernetes.io/headless", "");
    }
    labels
}

fn new_slice(
    service: &Service,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Endpoint>,
) -> EndpointSlice {
    let resource = Service::RESOURCE;
    EndpointSlice {
        metadata: ObjectMeta {
            generate_name: format!("{}-", service.metadata.name).into(),
            namespace: service.metadata.namespace.clone(),
            labels: labels(service),
            owner_references: vec![OwnerReference {
                api_version: resource.api_version().into(),
                kind: resource.kind().into(),
                name: service.metadata.name.clone(),
                uid: service.metadata.uid.clone(),
                controller: Some(true),
                block_owner_deletion: Some(true),
                ..OwnerReference::default()
            }],
            ..ObjectMeta::default()
        },
        address_type: "IPv4".into(),
        endpoints,
        ports,
        ..EndpointSlice::default()
    }
}

fn said(plan: &Plan) -> String {
    let mut parts = Vec::new();
    for slice in plan.create.iter().chain(&plan.update) {
        for endpoint in &slice.endpoints {
            let address = endpoint.addresses.first().map_or("", |address| &**address);
            let conditions = &endpoint.conditions;
            let state = match (conditions.ready, conditions.serving, conditions.terminating) {
                (Some(true), ..) => "ready",
                (_, Some(true), Some(true)) => "terminating but serving",
                (_, _, Some(true)) => "terminating",
                _ => "not ready",
            };
            parts.push(format!("{address} {state}"));
        }
    }
    if parts.is_empty() {
        return "no Pod with an address matches the selector: an empty slice".to_owned();
    }
    const SHOWN: usize = 6;
    let more = parts.len().saturating_sub(SHOWN);
    parts.truncate(SHOWN);
    let mut said = parts.join(", ");
    if more > 0 {
        said.push_str(&format!(" and {more} more"));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(number: i32) -> EndpointPort {
        EndpointPort {
            port: Some(number),
            ..EndpointPort::default()
        }
    }

    fn addressed(address: &str) -> Endpoint {
        Endpoint {
            addresses: vec![address.into()],
            ..Endpoint::default()
        }
    }

    /// `staging/src/k8s.io/endpointslice/reconciler_test.go`, TestReconcileEndpointSlicesRecycling.
    #[test]
    fn slices_that_would_be_deleted_are_used_again() {
        let mut service = Service::default();
        service.metadata.uid = crate::cluster::api::Uid("one".into());
        let mut empty = new_slice(&service, Vec::new(), Vec::new());
        empty.metadata.name = "web-abcde".into();
        let mut strange = empty.clone();
        strange.metadata.name = "web-fghij".into();
        strange.metadata.owner_references.clear();
        let slices = [Arc::new(strange), Arc::new(empty)];
        let endpoints = vec![(addressed("10.244.0.2"), vec![port(8080)])];
        let plan = plan(&service, &slices, endpoints);
        assert!(plan.create.is_empty());
        assert_eq!(plan.delete, ["web-fghij".into()]);
        let [reused] = &plan.update[..] else {
            panic!("{plan:?}");
        };
        assert_eq!(&*reused.metadata.name, "web-abcde");
        assert_eq!(reused.ports, [port(8080)]);
        assert_eq!(reused.endpoints.len(), 1);
    }
}
