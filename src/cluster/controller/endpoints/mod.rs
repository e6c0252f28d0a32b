//! Which addresses stand behind a Service: the controllers of Endpoints and of EndpointSlices, and what
//! both decide alike. Look first at [`Backend`].

mod object;
mod slices;

pub(crate) use self::{object::EndpointsController, slices::EndpointSliceController};

use std::rc::Rc;

use crate::cluster::{
    api::{
        EndpointPort, IntOrString, Key, Labels, Object, ObjectReference, Pod, Service, ServicePort,
        Str, word,
    },
    controller::{Caches, Change, caches::carries, roster::Roster, states},
};

/// What was made of the Pods a Service selects: `B` of those that take part.
#[derive(Clone, Debug)]
struct Behind<B> {
    /// The Service it was made for: another state of it may want other ports.
    service: Option<Rc<Service>>,
    /// The labels its objects carry.
    labels: Labels,
    /// Most Pods have the same ports, and share them.
    last_ports: Ports,
    pods: Roster<Option<Backend<B>>>,
}

/// A Pod as a Service sees it.
#[derive(Clone, Debug)]
struct Backend<B> {
    what: B,
    /// Where it takes the Service's traffic; a named port may differ from Pod to Pod.
    ports: Ports,
}

type Ports = Rc<Vec<EndpointPort>>;

impl<B> Default for Behind<B> {
    fn default() -> Self {
        Behind {
            service: None,
            labels: Labels::default(),
            last_ports: Ports::default(),
            pods: Roster::default(),
        }
    }
}

impl<B> Behind<B> {
    /// Takes in the Pods there are now, in the order of their names
    /// (`endpointslice/util/controller_utils.go`, ShouldPodBeInEndpoints).
    fn update(
        &mut self,
        service: &Rc<Service>,
        with_terminating: bool,
        caches: &Caches,
        labels: impl FnOnce(&Service) -> Labels,
        make: impl Fn(&Rc<Pod>) -> B,
    ) {
        let known = self.service.as_ref();
        if !known.is_some_and(|known| Rc::ptr_eq(known, service)) {
            self.pods.clear();
            self.labels = labels(service);
            self.service = Some(service.clone());
        }
        let takes_part =
            |pod: &Rc<Pod>| is_eligible(pod) && (with_terminating || !pod.metadata.is_deleting());
        let selector = &service.spec.selector;
        let group = caches.group_with(&service.metadata.namespace, selector);
        let wanted = |pod: &Pod| carries(pod, selector);
        self.pods.follow(group, wanted, |pod| {
            takes_part(pod).then(|| {
                let found = ports(service, pod);
                if *self.last_ports != found {
                    self.last_ports = found.into();
                }
                Backend {
                    what: make(pod),
                    ports: self.last_ports.clone(),
                }
            })
        });
    }

    /// Those that take part, by the ports they take traffic on, each in the order of the Pods' names. One
    /// without any of the Service's ports is none of its backends.
    fn by_ports(&self) -> Vec<(&Ports, Vec<&B>)> {
        let any = self.service.as_ref();
        let any = any.is_some_and(|service| service.spec.ports.is_empty());
        let pods = self.pods.iter().len();
        let mut groups: Vec<(&Ports, Vec<&B>)> = Vec::new();
        for (_, backend) in self.pods.iter() {
            let Some(Backend { what, ports }) = backend else {
                continue;
            };
            if ports.is_empty() && !any {
                continue;
            }
            match groups.iter_mut().find(|(of, _)| *of == ports) {
                Some((_, members)) => members.push(what),
                None => {
                    let mut members = Vec::with_capacity(pods);
                    members.push(what);
                    groups.push((ports, members));
                }
            }
        }
        groups
    }
}

fn is_eligible(pod: &Pod) -> bool {
    !pod.status.phase.is_finished() && !pod.status.pod_ip.is_empty()
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
        word!("TCP")
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

fn target(pod: &Rc<Pod>) -> ObjectReference {
    ObjectReference {
        kind: word!("Pod"),
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
            let relabelled = before.is_none_or(|before| {
                after.is_none_or(|after| before.metadata.labels != after.metadata.labels)
            });
            let mut keys = Vec::new();
            for pod in before.filter(|_| relabelled).into_iter().chain(after) {
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
/// podEndpointsChanged). A Pod has its node before it has an address, and keeps it.
fn same_for_services(before: &Pod, after: &Pod) -> bool {
    if !is_eligible(before) && !is_eligible(after) {
        return true;
    }
    before.metadata.labels == after.metadata.labels
        && before.metadata.is_deleting() == after.metadata.is_deleting()
        && before.status.is_ready() == after.status.is_ready()
        && before.status.phase.is_finished() == after.status.phase.is_finished()
        && before.status.pod_ip == after.status.pod_ip
        && before.spec.hostname == after.spec.hostname
        && before.spec.subdomain == after.spec.subdomain
}

/// A Service as the event about its addresses refers to it.
fn as_object(service: &Rc<Service>) -> Object {
    Object::Service(service.clone())
}
