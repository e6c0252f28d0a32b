use std::{convert::Infallible, rc::Rc};

use rustc_hash::FxHashMap;

use super::{Behind, as_object, hostname, is_managed, target, touched};
use crate::cluster::{
    api::{
        EndpointAddress, EndpointSubset, Endpoints, Key, Labels, ObjectMeta, Pod, Resource,
        Service, Str,
    },
    controller::{Change, Controller, Desk, Ticket as AnyTicket, Timer, Wake, states},
    machinery::{Answer, DeleteOptions, Request},
};

/// More addresses than this are left out, and the object says so (`pkg/controller/endpoint`,
/// maxCapacity).
const MOST_ADDRESSES: usize = 1000;

/// Keeps one Endpoints object a Service (`pkg/controller/endpoint/endpoints_controller.go`). The API is
/// deprecated since 1.33 and still served.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointsController {
    /// What was last written for a Service: a cache that has not heard of it yet is not worked from.
    written: FxHashMap<Key, u64>,
    behind: FxHashMap<Key, Behind<Candidate>>,
}

/// An address, and what decides where it stands.
#[derive(Clone, Debug)]
struct Candidate {
    /// The first bytes of the IP: addresses stand in the order of their text.
    order: u128,
    ready: bool,
    address: Rc<EndpointAddress>,
}

/// What it waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    Created(Key),
    Updated(Key),
    Deleted(Key),
}

impl Controller for EndpointsController {
    const NAME: &'static str = "endpoints";
    const ACCOUNT: &'static str = "endpoint-controller";
    const WORKERS: usize = 5;
    const TICKET: fn(Ticket) -> AnyTicket = AnyTicket::Endpoints;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::Endpoints;
    type Key = Key;
    type Ticket = Ticket;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        if let Change::Endpoints(seen) = change
            && let (Some(gone), None) = states(seen)
        {
            desk.enqueue(gone.metadata.key());
        }
        for key in touched(change, desk.caches) {
            desk.enqueue(key);
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let Some(service) = desk.caches.services.get(&key).cloned() else {
            self.written.remove(&key);
            self.behind.remove(&key);
            if desk.caches.endpoints.get(&key).is_none() {
                return desk.done(&key);
            }
            let options = DeleteOptions::default();
            let (namespace, name) = (&key.namespace, &key.name);
            let request = Request::delete(desk.user, Resource::Endpoints, namespace, name, options);
            desk.request(request, Ticket::Deleted(key));
            return;
        };
        if !is_managed(&service) {
            return desk.done(&key);
        }
        let current = desk.caches.endpoints.get(&key).cloned();
        let heard = current
            .as_ref()
            .map_or(0, |it| it.metadata.resource_version);
        if self
            .written
            .get(&key)
            .is_some_and(|written| *written > heard)
        {
            return desk.retry(&key);
        }
        let with_terminating = service.spec.publish_not_ready_addresses;
        let behind = self.behind.entry(key.clone()).or_default();
        behind.update(&service, with_terminating, desk.caches, labels, |pod| {
            candidate(pod, &service)
        });
        let wanted = wanted(&service, behind, current.as_deref());
        if current.as_deref() == Some(&wanted) {
            return desk.done(&key);
        }
        desk.turn.rouse();
        desk.decide((Resource::Services, &key.namespace, &key.name), || {
            (said(&wanted), Vec::new())
        });
        match current {
            None => desk.request(Request::create(desk.user, wanted), Ticket::Created(key)),
            Some(_) => desk.request(Request::update(desk.user, wanted), Ticket::Updated(key)),
        };
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        let (key, verb) = match ticket {
            Ticket::Created(key) => (key, "create"),
            Ticket::Updated(key) => (key, "update"),
            Ticket::Deleted(key) => match answer.result {
                Err(status) if status.code != 404 => return desk.retry(&key),
                _ => return desk.done(&key),
            },
        };
        match answer.result {
            Ok(reply) => {
                self.written.insert(key.clone(), reply.revision);
                desk.done(&key);
            }
            Err(status) => {
                if let (Some(service), 1..) = (desk.caches.services.get(&key), status.code) {
                    let (reason, tail) = match verb {
                        "create" => (
                            "FailedToCreateEndpoint",
                            "Failed to create endpoint for service",
                        ),
                        _ => ("FailedToUpdateEndpoint", "Failed to update endpoint"),
                    };
                    let about = as_object(service);
                    let message = format!("{tail} {key}: {}", status.message);
                    desk.event("endpoint-controller", &about, (true, reason), message);
                }
                desk.retry(&key);
            }
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

fn candidate(pod: &Rc<Pod>, service: &Service) -> Candidate {
    let ip = &pod.status.pod_ip;
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(ip.bytes()) {
        *to = from;
    }
    Candidate {
        order: u128::from_be_bytes(first),
        ready: service.spec.publish_not_ready_addresses || pod.status.is_ready(),
        address: Rc::new(EndpointAddress {
            ip: ip.clone(),
            hostname: hostname(pod, service).unwrap_or_default(),
            node_name: Some(pod.spec.node_name.clone()),
            target_ref: Some(target(pod)),
            ..EndpointAddress::default()
        }),
    }
}

fn labels(service: &Service) -> Labels {
    let mut labels = service.metadata.labels.clone();
    labels.set("endpoints.kubernetes.io/managed-by", "endpoint-controller");
    if &*service.spec.cluster_ip == "None" {
        labels.set("service.kubernetes.io/headless", "");
    }
    labels
}

/// The object as it should be.
fn wanted(service: &Service, behind: &Behind<Candidate>, current: Option<&Endpoints>) -> Endpoints {
    let mut metadata = match current {
        Some(current) => current.metadata.clone(),
        None => ObjectMeta {
            name: service.metadata.name.clone(),
            namespace: service.metadata.namespace.clone(),
            ..ObjectMeta::default()
        },
    };
    metadata.labels = behind.labels.clone();
    let mut subsets = subsets(behind);
    let annotations = &mut metadata.annotations;
    if truncate(&mut subsets) {
        annotations.set("endpoints.kubernetes.io/over-capacity", "truncated");
    } else {
        annotations.remove("endpoints.kubernetes.io/over-capacity");
    }
    Endpoints {
        metadata,
        subsets,
        other: current.map(|it| it.other.clone()).unwrap_or_default(),
    }
}

/// Pods that take traffic on the same ports share a subset (`pkg/api/v1/endpoints/util.go`,
/// RepackSubsets).
fn subsets(behind: &Behind<Candidate>) -> Vec<EndpointSubset> {
    let groups = behind.by_ports().into_iter();
    groups
        .map(|(ports, mut members)| {
            members.sort_by(|one, other| {
                let order = one.order.cmp(&other.order);
                order.then_with(|| one.address.ip.cmp(&other.address.ip))
            });
            let of = |ready: bool| {
                let members = members.iter().filter(|one| one.ready == ready);
                members.map(|one| one.address.clone()).collect()
            };
            EndpointSubset {
                addresses: of(true),
                not_ready_addresses: of(false),
                ports: (**ports).clone(),
                ..EndpointSubset::default()
            }
        })
        .collect()
}

/// Keeps the first thousand addresses, ready ones first; true if that left some out.
fn truncate(subsets: &mut Vec<EndpointSubset>) -> bool {
    let count = |subsets: &[EndpointSubset]| -> usize {
        let counts = subsets.iter();
        counts
            .map(|subset| subset.addresses.len() + subset.not_ready_addresses.len())
            .sum()
    };
    if count(subsets) <= MOST_ADDRESSES {
        return false;
    }
    let mut room = MOST_ADDRESSES;
    for subset in subsets.iter_mut() {
        subset.addresses.truncate(room);
        room -= subset.addresses.len();
    }
    for subset in subsets.iter_mut() {
        subset.not_ready_addresses.truncate(room);
        room -= subset.not_ready_addresses.len();
    }
    subsets
        .retain(|subset| !(subset.addresses.is_empty() && subset.not_ready_addresses.is_empty()));
    true
}

fn said(wanted: &Endpoints) -> String {
    let list = |addresses: Vec<&Str>| {
        let addresses: Vec<&str> = addresses.into_iter().map(|ip| &**ip).collect();
        addresses.join(", ")
    };
    let subsets = wanted.subsets.iter();
    let ready = list(
        subsets
            .clone()
            .flat_map(|it| &it.addresses)
            .map(|it| &it.ip)
            .collect(),
    );
    let unready = list(
        subsets
            .flat_map(|it| &it.not_ready_addresses)
            .map(|it| &it.ip)
            .collect(),
    );
    match (ready.is_empty(), unready.is_empty()) {
        (true, true) => "no Pod with an address matches the selector".to_owned(),
        (false, true) => format!("ready: {ready}"),
        (true, false) => format!("none ready; not ready: {unready}"),
        (false, false) => format!("ready: {ready}; not ready: {unready}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(count: usize) -> Vec<Rc<EndpointAddress>> {
        (0..count)
            .map(|number| EndpointAddress {
                ip: format!("10.244.0.{number}").into(),
                ..EndpointAddress::default()
            })
            .map(Rc::new)
            .collect()
    }

    /// `pkg/controller/endpoint/endpoints_controller_test.go`, TestTruncateEndpoints.
    /// C29
    #[test]
    fn truncation_keeps_ready_addresses_first() {
        for (ready, unready, kept) in [
            (500, 500, (500, 500)),
            (1001, 0, (1000, 0)),
            (800, 400, (800, 200)),
            (0, 1200, (0, 1000)),
        ] {
            let mut subsets = vec![EndpointSubset {
                addresses: addresses(ready),
                not_ready_addresses: addresses(unready),
                ..EndpointSubset::default()
            }];
            let cut = truncate(&mut subsets);
            let found = (
                subsets[0].addresses.len(),
                subsets[0].not_ready_addresses.len(),
            );
            assert_eq!(found, kept);
            assert_eq!(cut, ready + unready > 1000);
        }
    }
}
