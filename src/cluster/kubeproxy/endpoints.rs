use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
    rc::Rc,
};

use serde_json::Value;

use super::service::{Frontend, PortName, Protocol};
use crate::cluster::api::{self, EndpointSlice, Key, Str};

/// The label that says whose slice it is (`discovery/v1/well_known_labels.go`).
const SERVICE: &str = "kubernetes.io/service-name";

/// What kube-proxy keeps of one address behind a Service's port (`pkg/proxy/endpoint.go`).
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Endpoint {
    pub(crate) ip: Ipv4Addr,
    /// `ip:port`.
    pub(crate) address: Str,
    /// Whether it is on this node.
    pub(crate) local: bool,
    pub(crate) ready: bool,
    pub(crate) serving: bool,
    pub(crate) terminating: bool,
    /// The zones it is meant for; none: all.
    zones: Vec<Str>,
}

/// The endpoints of a Service's ports, sorted as text.
pub(crate) type Endpoints = BTreeMap<PortName, Vec<Endpoint>>;

/// The slices of each Service: those the rules were made from, and those that wait for a sync
/// (`pkg/proxy/endpointslicecache.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointChanges {
    slices: Rc<BTreeMap<Key, Slices>>,
    changed: BTreeSet<Key>,
}

#[derive(Clone, Debug, Default)]
struct Slices {
    applied: BTreeMap<Str, Rc<EndpointSlice>>,
    /// None: it is gone.
    pending: BTreeMap<Str, Option<Rc<EndpointSlice>>>,
}

impl EndpointChanges {
    /// A slice changed, or is gone; true if that waits for a sync.
    pub(crate) fn update(&mut self, slice: &Rc<EndpointSlice>, gone: bool) -> bool {
        let Some(service) = slice.metadata.labels.get(SERVICE) else {
            return false;
        };
        let service = Key::new(slice.metadata.namespace.clone(), service);
        let name = &slice.metadata.name;
        let slices = Rc::make_mut(&mut self.slices);
        let slices = slices.entry(service.clone()).or_default();
        let known = match slices.pending.get(name) {
            Some(pending) => Some(pending.as_ref()),
            None => slices.applied.get(name).map(Some),
        };
        let new = (!gone).then_some(slice);
        let changed = match known {
            Some(known) => known != new,
            None => !gone,
        };
        if changed {
            slices.pending.insert(name.clone(), new.cloned());
            self.changed.insert(service);
        }
        changed
    }

    /// Takes what waits: each Service with its endpoints as they are now, seen from this node.
    pub(crate) fn take(&mut self, node: &str) -> Vec<(Key, Endpoints)> {
        let changed = std::mem::take(&mut self.changed);
        let mut taken = Vec::with_capacity(changed.len());
        for service in changed {
            let all = Rc::make_mut(&mut self.slices);
            let Some(slices) = all.get_mut(&service) else {
                continue;
            };
            for (name, slice) in std::mem::take(&mut slices.pending) {
                match slice {
                    Some(slice) => slices.applied.insert(name, slice),
                    None => slices.applied.remove(&name),
                };
            }
            let found = endpoints(&service, slices.applied.values(), node);
            if slices.applied.is_empty() {
                all.remove(&service);
            }
            taken.push((service, found));
        }
        taken
    }
}

fn endpoints<'a>(
    service: &Key,
    slices: impl Iterator<Item = &'a Rc<EndpointSlice>>,
    node: &str,
) -> Endpoints {
    let mut found: BTreeMap<PortName, BTreeMap<Str, Endpoint>> = BTreeMap::new();
    for slice in slices {
        for port in &slice.ports {
            let number = port.port.and_then(|port| u16::try_from(port).ok());
            let Some(number) = number.filter(|port| *port != 0) else {
                continue;
            };
            let name = PortName {
                service: service.clone(),
                port: port.name.clone().unwrap_or_default(),
                protocol: Protocol::named(port.protocol.as_deref().unwrap_or_default()),
            };
            let set = found.entry(name).or_default();
            for endpoint in &slice.endpoints {
                let Some(endpoint) = as_endpoint(endpoint, number, node) else {
                    continue;
                };
                // An address may stand in two slices while it moves, or belong to two Pods while one
                // ends: the one that stays is meant.
                if !endpoint.terminating || !set.contains_key(&endpoint.address) {
                    set.insert(endpoint.address.clone(), endpoint);
                }
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, set)| !set.is_empty())
        .map(|(name, set)| (name, set.into_values().collect()))
        .collect()
}

fn as_endpoint(endpoint: &api::Endpoint, port: u16, node: &str) -> Option<Endpoint> {
    let ip: Ipv4Addr = endpoint.addresses.first()?.parse().ok()?;
    let conditions = &endpoint.conditions;
    let hints = endpoint.other.get("hints");
    let zones = hints.and_then(|hints| hints.get("forZones")?.as_array());
    let zones = zones.into_iter().flatten();
    Some(Endpoint {
        ip,
        address: format!("{ip}:{port}").into(),
        local: endpoint.node_name.as_deref() == Some(node),
        ready: conditions.ready.unwrap_or(true),
        serving: conditions.serving.unwrap_or(true),
        terminating: conditions.terminating.unwrap_or(false),
        zones: zones
            .filter_map(|zone| zone.get("name").and_then(Value::as_str).map(Str::from))
            .collect(),
    })
}

/// Which endpoints a Service's port uses on this node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usable<'a> {
    /// For traffic of policy Cluster.
    pub(crate) cluster: Vec<&'a Endpoint>,
    /// For traffic of policy Local.
    pub(crate) local: Vec<&'a Endpoint>,
    /// Both.
    pub(crate) all: Vec<&'a Endpoint>,
    /// Whether there are any on any node.
    pub(crate) any: bool,
}

/// Those that are ready; if none is, those that end but still serve (`pkg/proxy/topology.go`,
/// CategorizeEndpoints).
pub(crate) fn usable<'a>(endpoints: &'a [Endpoint], port: &Frontend, zone: &str) -> Usable<'a> {
    let chosen = |ready: &dyn Fn(&Endpoint) -> bool, among: &dyn Fn(&Endpoint) -> bool| {
        let pick = |rule: &dyn Fn(&Endpoint) -> bool| -> Vec<&'a Endpoint> {
            let endpoints = endpoints.iter();
            endpoints.filter(|one| among(one) && rule(one)).collect()
        };
        let chosen = pick(&|one| one.ready && ready(one));
        if chosen.is_empty() {
            return pick(&|one| !one.ready && one.serving && one.terminating);
        }
        chosen
    };
    let mut usable = Usable::default();
    if port.uses_cluster_endpoints() {
        let by_zone = zones_apply(endpoints, zone);
        let near = |one: &Endpoint| !by_zone || one.zones.iter().any(|hint| **hint == *zone);
        usable.cluster = chosen(&near, &|_| true);
        usable.any = !usable.cluster.is_empty();
    }
    if port.uses_local_endpoints() {
        usable.local = chosen(&|_| true, &|one| one.local);
        let serves = |one: &Endpoint| one.ready || (one.serving && one.terminating);
        usable.any |= endpoints.iter().any(serves);
    }
    let mut all: BTreeMap<&Str, &Endpoint> = BTreeMap::new();
    for endpoint in usable.cluster.iter().chain(&usable.local) {
        all.insert(&endpoint.address, endpoint);
    }
    usable.all = all.into_values().collect();
    usable
}

/// Zone hints count only if every ready endpoint has one and one is for this zone.
fn zones_apply(endpoints: &[Endpoint], zone: &str) -> bool {
    let mut ready = endpoints.iter().filter(|one| one.ready).peekable();
    if ready.peek().is_none() || zone.is_empty() {
        return false;
    }
    let mut for_us = false;
    for endpoint in ready {
        if endpoint.zones.is_empty() {
            return false;
        }
        for_us |= endpoint.zones.iter().any(|hint| **hint == *zone);
    }
    for_us
}
