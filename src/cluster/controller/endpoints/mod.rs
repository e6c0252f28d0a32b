//! Which addresses stand behind a Service: the controllers of Endpoints and of EndpointSlices, and what
//! both decide alike. Look first at [`Backend`].

mod object;
mod slices;

pub(crate) use self::{object::EndpointsController, slices::EndpointSliceController};

use std::sync::Arc;

use crate::cluster::{
    api::{
        EndpointPort, IntOrString, Key, Object, ObjectReference, Pod, Service, ServicePort, Str,
    },
    controller::{Caches, Change, states},
};

/// A Pod as a Service sees it.
#[derive(Clone, Debug)]
struct Backend {
    pod: Arc<Pod>,
    /// Where it takes the Service's traffic; a named port may differ from Pod to Pod.
    ports: Vec<EndpointPort>,
}

/// The Pods behind a Service, in the order of their names, with the ports it reaches them by
/// (`endpointslice/util/controller_utils.go`, ShouldPodBeInEndpoints).
fn backends(service: &Service, caches: &Caches, with_terminating: bool) -> Vec<Backend> {
    let pods = caches.pods_with(&service.metadata.namespace, &service.spec.selector);
    let takes_part = |pod: &Arc<Pod>| {
        !pod.status.phase.is_finished()
            && !pod.status.pod_ip.is_empty()
            && (with_terminating || !pod.metadata.is_deleting())
    };
    pods.into_iter()
        .filter(takes_part)
        .map(|pod| Backend {
            ports: ports(service, &pod),
            pod,
        })
        .collect()
}

fn ports(service: &Service, pod: &Pod) -> Vec<EndpointPort> {
    let ports = service.spec.ports.iter();
    ports
        .filter_map(|port| {
            Some(EndpointPort {
                name: Some(port.name.clone()).filter(|name| !name.is_empty()),
                port: Some(find_port(pod, port)?),
                protocol: Some(protocol(&port.protocol)),
                app_protocol: port.app_protocol.clone(),
                ..EndpointPort::default()
            })
        })
        .collect()
}

fn protocol(written: &Str) -> Str {
    if written.is_empty() {
        "TCP".into()
    } else {
        written.clone()
    }
}

/// The number of a target port in this Pod; None for a name no container has
/// (`endpointslice/utils.go`, FindPort).
fn find_port(pod: &Pod, port: &ServicePort) -> Option<i32> {
    match &port.target_port {
        None => Some(port.port),
        Some(IntOrString::Int(0)) => Some(port.port),
        Some(IntOrString::Int(number)) => Some(*number),
        Some(IntOrString::Text(name)) => {
            let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
            let mut ports = containers.flat_map(|container| &container.ports);
            ports
                .find(|one| {
                    *one.name == **name && protocol(&one.protocol) == protocol(&port.protocol)
                })
                .map(|one| one.container_port)
        }
    }
}

/// Whether a controller makes addresses for the Service, rather than a person or nobody.
fn is_managed(service: &Service) -> bool {
    !service.spec.selector.is_empty() && &*service.spec.kind != "ExternalName"
}

fn target(pod: &Arc<Pod>) -> ObjectReference {
    ObjectReference {
        kind: "Pod".into(),
        namespace: pod.metadata.namespace.clone(),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        ..ObjectReference::default()
    }
}

/// The hostname a Pod has within a headless Service named as its subdomain.
fn hostname(pod: &Pod, service: &Service) -> Option<Str> {
    let shares = !pod.spec.hostname.is_empty()
        && pod.spec.subdomain == service.metadata.name
        && service.metadata.namespace == pod.metadata.namespace;
    shares.then(|| pod.spec.hostname.clone())
}

/// The Services whose addresses a change may touch.
fn touched(change: &Change, caches: &Caches) -> Vec<Key> {
    match change {
        Change::Service(seen) => vec![seen.object().metadata.key()],
        Change::Pod(seen) => {
            let (before, after) = states(seen);
            if let (Some(before), Some(after)) = (before, after)
                && same_for_services(before, after)
            {
                return Vec::new();
            }
            let mut keys = Vec::new();
            for pod in before.into_iter().chain(after) {
                let services = caches.services_for(&pod.metadata.namespace, &pod.metadata.labels);
                keys.extend(services.iter().map(|service| service.metadata.key()));
            }
            keys.sort();
            keys.dedup();
            keys
        }
        _ => Vec::new(),
    }
}

/// Whether nothing a Service cares for differs (`endpointslice/util/controller_utils.go`,
/// podEndpointsChanged).
fn same_for_services(before: &Pod, after: &Pod) -> bool {
    before.metadata.labels == after.metadata.labels
        && before.metadata.is_deleting() == after.metadata.is_deleting()
        && before.status.is_ready() == after.status.is_ready()
        && before.status.phase.is_finished() == after.status.phase.is_finished()
        && before.status.pod_ip == after.status.pod_ip
        && before.spec.node_name == after.spec.node_name
        && before.spec.hostname == after.spec.hostname
        && before.spec.subdomain == after.spec.subdomain
}

/// A Service as the event about its addresses refers to it.
fn as_object(service: &Arc<Service>) -> Object {
    Object::Service(service.clone())
}
