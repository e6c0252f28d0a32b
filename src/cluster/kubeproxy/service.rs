use std::{collections::BTreeMap, fmt, net::Ipv4Addr};

use serde_json::Value;

use super::rule::Block;
use crate::cluster::api::{Key, Service, ServicePort, Str};

/// A transport protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
    Sctp,
}

impl Protocol {
    /// As Services name it; nothing is TCP.
    pub(crate) fn named(name: &str) -> Protocol {
        match name {
            "UDP" => Protocol::Udp,
            "SCTP" => Protocol::Sctp,
            _ => Protocol::Tcp,
        }
    }
}

/// In small letters, as iptables has it.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        })
    }
}

/// Which port of which Service.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct PortName {
    pub(crate) service: Key,
    pub(crate) port: Str,
    pub(crate) protocol: Protocol,
}

/// `namespace/name`, with `:port` if the port has a name (`pkg/proxy/types.go`).
impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.service.fmt(f)?;
        if self.port.is_empty() {
            return Ok(());
        }
        write!(f, ":{}", self.port)
    }
}

/// What kube-proxy keeps of a Service's port (`pkg/proxy/serviceport.go`).
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Frontend {
    pub(crate) name: PortName,
    pub(crate) cluster_ip: Ipv4Addr,
    pub(crate) port: u16,
    pub(crate) node_port: Option<u16>,
    pub(crate) external_ips: Vec<Ipv4Addr>,
    pub(crate) load_balancer_ips: Vec<Ipv4Addr>,
    pub(crate) source_ranges: Vec<Block>,
    pub(crate) health_check_node_port: Option<u16>,
    /// For how many seconds a client keeps its endpoint.
    pub(crate) affinity: Option<u32>,
    pub(crate) external_local: bool,
    pub(crate) internal_local: bool,
}

impl Frontend {
    pub(crate) fn is_external(&self) -> bool {
        self.node_port.is_some()
            || !self.external_ips.is_empty()
            || !self.load_balancer_ips.is_empty()
    }

    /// Whether endpoints of all nodes may be used. Those of a Service that is Local for what comes from
    /// outside are, by what comes from inside.
    pub(crate) fn uses_cluster_endpoints(&self) -> bool {
        !self.internal_local || self.is_external()
    }

    pub(crate) fn uses_local_endpoints(&self) -> bool {
        self.internal_local || (self.external_local && self.is_external())
    }
}

/// The ports of a Service, by their names.
pub(crate) type Frontends = BTreeMap<PortName, Frontend>;

/// The ports of a Service kube-proxy makes rules for. A Service without an address of its own has none,
/// nor has an ExternalName (`pkg/proxy/util/utils.go`, ShouldSkipService).
pub(crate) fn frontends(service: &Service) -> Frontends {
    let Ok(cluster_ip) = service.spec.cluster_ip.parse() else {
        return Frontends::new();
    };
    if &*service.spec.kind == "ExternalName" {
        return Frontends::new();
    }
    let ports = service.spec.ports.iter();
    ports
        .filter_map(|port| frontend(service, cluster_ip, port))
        .map(|frontend| (frontend.name.clone(), frontend))
        .collect()
}

fn frontend(service: &Service, cluster_ip: Ipv4Addr, port: &ServicePort) -> Option<Frontend> {
    let spec = &service.spec;
    let external =
        matches!(&*spec.kind, "LoadBalancer" | "NodePort") || !spec.external_ips.is_empty();
    let external_local = external && &*spec.external_traffic_policy == "Local";
    let health_check = spec.other.get("healthCheckNodePort").and_then(as_port);
    Some(Frontend {
        name: PortName {
            service: service.metadata.key(),
            port: port.name.clone(),
            protocol: Protocol::named(&port.protocol),
        },
        cluster_ip,
        port: u16::try_from(port.port).ok()?,
        node_port: u16::try_from(port.node_port).ok().filter(|port| *port != 0),
        external_ips: addresses(spec.external_ips.iter().map(|ip| &**ip)),
        load_balancer_ips: addresses(ingress(service)),
        source_ranges: source_ranges(service),
        health_check_node_port: health_check
            .filter(|_| external_local && &*spec.kind == "LoadBalancer"),
        affinity: affinity(service),
        external_local,
        internal_local: spec.internal_traffic_policy.as_deref() == Some("Local"),
    })
}

fn as_port(value: &Value) -> Option<u16> {
    u16::try_from(value.as_u64()?)
        .ok()
        .filter(|port| *port != 0)
}

fn addresses<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Ipv4Addr> {
    texts.filter_map(|text| text.parse().ok()).collect()
}

/// The addresses of a load balancer that hands packets on as they are.
fn ingress(service: &Service) -> impl Iterator<Item = &str> {
    let ingress = service
        .status
        .as_ref()
        .and_then(|status| status.pointer("/loadBalancer/ingress"))
        .and_then(Value::as_array);
    ingress
        .into_iter()
        .flatten()
        .filter(|one| one.get("ipMode").and_then(Value::as_str) != Some("Proxy"))
        .filter_map(|one| one.get("ip")?.as_str())
}

/// Who may come through the load balancer; nobody named: everyone.
fn source_ranges(service: &Service) -> Vec<Block> {
    let ranges = service.spec.other.get("loadBalancerSourceRanges");
    let ranges = ranges.and_then(Value::as_array).into_iter().flatten();
    let ranges: Vec<Block> = ranges
        .filter_map(|range| Block::parse(range.as_str()?))
        .collect();
    if ranges.iter().any(|range| range.is_everything()) {
        return Vec::new();
    }
    ranges
}

/// ClientIP affinity lasts three hours unless the Service says otherwise (`pkg/apis/core/types.go`).
fn affinity(service: &Service) -> Option<u32> {
    if &*service.spec.session_affinity != "ClientIP" {
        return None;
    }
    let config = service.spec.other.get("sessionAffinityConfig");
    let seconds = config.and_then(|config| config.pointer("/clientIP/timeoutSeconds")?.as_u64());
    Some(
        seconds
            .and_then(|seconds| u32::try_from(seconds).ok())
            .unwrap_or(10_800),
    )
}

/// What changed of Services since the last sync (`pkg/proxy/servicechangetracker.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct ServiceChanges {
    changes: BTreeMap<Key, ServiceChange>,
}

#[derive(Clone, Debug)]
struct ServiceChange {
    previous: Frontends,
    current: Frontends,
}

impl ServiceChanges {
    /// A Service changed; true if anything now waits for a sync. What changed back waits no more.
    pub(crate) fn update(&mut self, before: Option<&Service>, after: Option<&Service>) -> bool {
        let Some(service) = after.or(before) else {
            return false;
        };
        let ports = |service: Option<&Service>| service.map(frontends).unwrap_or_default();
        let key = service.metadata.key();
        let change = self
            .changes
            .entry(key.clone())
            .or_insert_with(|| ServiceChange {
                previous: ports(before),
                current: Frontends::new(),
            });
        change.current = ports(after);
        if change.previous == change.current {
            self.changes.remove(&key);
        }
        !self.changes.is_empty()
    }

    /// Takes what waits: each Service with its ports as they are now.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (Key, Frontends)> + use<> {
        let changes = std::mem::take(&mut self.changes);
        changes
            .into_iter()
            .map(|(key, change)| (key, change.current))
    }
}
