use std::{convert::Infallible, sync::Arc};

use rustc_hash::FxHashMap;

use super::{Behind, Ports, as_object, hostname, is_managed, target, touched};
use crate::cluster::{
    api::{
        Endpoint, EndpointConditions, EndpointPort, EndpointSlice, Key, Kind, Labels, Node,
        ObjectMeta, OwnerReference, Pod, Resource, Service, Str,
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
    behind: FxHashMap<Key, Behind<Arc<Endpoint>>>,
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
            Arc::new(endpoint(pod, &service, desk.caches))
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

fn zone_of(node: &Node) -> Option<&str> {
    node.metadata.labels.get("topology.kubernetes.io/zone")
}

/// `endpointslice/utils.go`, podToEndpoint.
fn endpoint(pod: &Arc<Pod>, service: &Service, caches: &Caches) -> Endpoint {
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

/// The endpoints that take traffic on the same ports.
type Group<'a> = (&'a Ports, Vec<&'a Arc<Endpoint>>);

/// Endpoints stay in the slice they are in; what is new fills slices with room, the fullest first, and
/// what is left makes new ones (`reconciler.go`, reconcileByPortMapping).
fn plan(
    service: &Service,
    labels: &Labels,
    slices: &[Arc<EndpointSlice>],
    groups: &[Group<'_>],
) -> Plan {
    if groups.is_empty() {
        return placeholder(service, labels, slices);
    }
    let mut plan = Plan::default();
    for slice in slices {
        if !groups.iter().any(|(ports, _)| ***ports == slice.ports) {
            plan.delete.push(slice.metadata.name.clone());
        }
    }
    for (ports, members) in groups {
        let of_group = slices.iter().filter(|slice| slice.ports == ***ports);
        plan.place(service, labels, of_group, (ports, members));
    }
    plan.reuse(service, slices);
    plan
}

/// With no endpoints there is one empty slice, so that whoever looks sees that there are none.
fn placeholder(service: &Service, labels: &Labels, slices: &[Arc<EndpointSlice>]) -> Plan {
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
                emptied.metadata.labels = labels.clone();
                plan.update.push(emptied);
            }
            _ => plan.delete.push(slice.metadata.name.clone()),
        }
    }
    if slices.is_empty() {
        let slice = new_slice(service, labels, Vec::new(), Vec::new());
        plan.create.push(slice);
    }
    plan
}

impl Plan {
    fn place<'a>(
        &mut self,
        service: &Service,
        labels: &Labels,
        slices: impl Iterator<Item = &'a Arc<EndpointSlice>>,
        (ports, members): (&Ports, &[&Arc<Endpoint>]),
    ) {
        let mut new = Wanted::new(members);
        let mut kept: Vec<(&Arc<EndpointSlice>, Vec<Arc<Endpoint>>)> = slices
            .map(|slice| (slice, new.take_all(&slice.endpoints)))
            .collect();
        let mut new = new.left();
        kept.sort_by_key(|(_, endpoints)| std::cmp::Reverse(endpoints.len()));
        for (_, endpoints) in &mut kept {
            let room = MOST_ENDPOINTS.saturating_sub(endpoints.len());
            endpoints.extend(new.drain(..room.min(new.len())));
        }
        for (before, endpoints) in kept {
            if endpoints.is_empty() {
                self.delete.push(before.metadata.name.clone());
            } else if before.endpoints != endpoints || before.metadata.labels != *labels {
                self.update.push(with(before, labels, endpoints));
            }
        }
        for chunk in new.chunks(MOST_ENDPOINTS) {
            let slice = new_slice(service, labels, (**ports).clone(), chunk.to_vec());
            self.create.push(slice);
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

/// The endpoints a group should have, each until it has found its place.
struct Wanted<'a> {
    members: &'a [&'a Arc<Endpoint>],
    /// Where each stands in the list. What is already in its place is the very same object, so that this
    /// finds it and nothing needs comparing.
    places: FxHashMap<*const Endpoint, usize>,
    taken: Vec<bool>,
}

impl<'a> Wanted<'a> {
    fn new(members: &'a [&'a Arc<Endpoint>]) -> Wanted<'a> {
        let places = members.iter().enumerate();
        Wanted {
            members,
            places: places.map(|(at, one)| (Arc::as_ptr(one), at)).collect(),
            taken: vec![false; members.len()],
        }
    }

    /// The endpoints of a slice as they should be, without those that should not be there.
    fn take_all(&mut self, slice: &[Arc<Endpoint>]) -> Vec<Arc<Endpoint>> {
        let mut found = Vec::with_capacity(slice.len() + 1);
        found.extend(slice.iter().filter_map(|endpoint| self.take(endpoint)));
        found
    }

    fn take(&mut self, endpoint: &Arc<Endpoint>) -> Option<Arc<Endpoint>> {
        let same = self.places.get(&Arc::as_ptr(endpoint)).copied();
        let at = same.or_else(|| {
            let others = self.members.iter().zip(&self.taken);
            let mut others = others.enumerate();
            others
                .find(|(_, (one, taken))| !**taken && is_same(one, endpoint))
                .map(|(at, _)| at)
        })?;
        let taken = self.taken.get_mut(at)?;
        if std::mem::replace(taken, true) {
            return None;
        }
        self.members.get(at).map(|one| (*one).clone())
    }

    fn left(self) -> Vec<Arc<Endpoint>> {
        let all = self.members.iter().zip(self.taken);
        all.filter(|(_, taken)| !taken)
            .map(|(one, _)| (*one).clone())
            .collect()
    }
}

/// Whether two endpoints are two states of one.
fn is_same(one: &Endpoint, other: &Endpoint) -> bool {
    fn uid(endpoint: &Endpoint) -> Option<&crate::cluster::api::Uid> {
        endpoint.target_ref.as_ref().map(|target| &target.uid)
    }
    one.addresses == other.addresses && uid(one) == uid(other)
}

/// A slice with other endpoints.
fn with(slice: &EndpointSlice, labels: &Labels, endpoints: Vec<Arc<Endpoint>>) -> EndpointSlice {
    EndpointSlice {
        metadata: ObjectMeta {
            labels: labels.clone(),
            ..slice.metadata.clone()
        },
        address_type: slice.address_type.clone(),
        endpoints,
        ports: slice.ports.clone(),
        other: slice.other.clone(),
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

fn new_slice(
    service: &Service,
    labels: &Labels,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Arc<Endpoint>>,
) -> EndpointSlice {
    let resource = Service::RESOURCE;
    EndpointSlice {
        metadata: ObjectMeta {
            generate_name: format!("{}-", service.metadata.name).into(),
            namespace: service.metadata.namespace.clone(),
            labels: labels.clone(),
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
        let labels = labels(&service);
        let mut empty = new_slice(&service, &labels, Vec::new(), Vec::new());
        empty.metadata.name = "web-abcde".into();
        let mut strange = empty.clone();
        strange.metadata.name = "web-fghij".into();
        strange.metadata.owner_references.clear();
        let slices = [Arc::new(strange), Arc::new(empty)];
        let (endpoint, ports) = (
            Arc::new(addressed("10.244.0.2")),
            Arc::new(vec![port(8080)]),
        );
        let plan = plan(&service, &labels, &slices, &[(&ports, vec![&endpoint])]);
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
