use std::rc::Rc;

use super::wanted::Wanted;
use crate::cluster::{
    api::{
        Endpoint, EndpointPort, EndpointSlice, Kind, Labels, ObjectMeta, OwnerReference, Service,
        Str,
    },
    controller::endpoints::Ports,
};

/// How many addresses a slice takes (`--max-endpoints-per-slice`).
const MOST_ENDPOINTS: usize = 100;

/// What is to be done to the slices of a Service.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) create: Vec<EndpointSlice>,
    pub(super) update: Vec<EndpointSlice>,
    pub(super) delete: Vec<Str>,
}

/// The endpoints that take traffic on the same ports.
type Group<'a> = (&'a Ports, Vec<&'a Rc<Endpoint>>);

/// Endpoints stay in the slice they are in; what is new fills slices with room, the fullest first, and
/// what is left makes new ones (`reconciler.go`, reconcileByPortMapping).
pub(super) fn plan(
    service: &Service,
    labels: &Labels,
    slices: &[Rc<EndpointSlice>],
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
fn placeholder(service: &Service, labels: &Labels, slices: &[Rc<EndpointSlice>]) -> Plan {
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
        slices: impl Iterator<Item = &'a Rc<EndpointSlice>>,
        (ports, members): (&Ports, &[&Rc<Endpoint>]),
    ) {
        let mut new = Wanted::new(members);
        let mut kept: Vec<(&Rc<EndpointSlice>, Vec<Rc<Endpoint>>)> = slices
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
    fn reuse(&mut self, service: &Service, slices: &[Rc<EndpointSlice>]) {
        let mut left = Vec::new();
        for name in std::mem::take(&mut self.delete) {
            let old = slices.iter().find(|slice| slice.metadata.name == name);
            let owned = |slice: &&Rc<EndpointSlice>| {
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

/// A slice with other endpoints.
fn with(slice: &EndpointSlice, labels: &Labels, endpoints: Vec<Rc<Endpoint>>) -> EndpointSlice {
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

fn new_slice(
    service: &Service,
    labels: &Labels,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Rc<Endpoint>>,
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
            }]
            .into(),
            ..ObjectMeta::default()
        },
        address_type: "IPv4".into(),
        endpoints,
        ports,
        ..EndpointSlice::default()
    }
}

pub(super) fn said(plan: &Plan) -> String {
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
    use super::{super::labels, *};

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
        let slices = [Rc::new(strange), Rc::new(empty)];
        let (endpoint, ports) = (Rc::new(addressed("10.244.0.2")), Rc::new(vec![port(8080)]));
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
