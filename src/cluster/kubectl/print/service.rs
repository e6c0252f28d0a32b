use super::{labels_text, or_none};
use crate::cluster::{
    Timestamp,
    api::{EndpointSlice, Endpoints, Service},
    kubectl::age,
};

pub(super) const COLUMNS: [&str; 7] = [
    "NAME",
    "TYPE",
    "CLUSTER-IP",
    "EXTERNAL-IP",
    "PORT(S)",
    "AGE",
    "SELECTOR",
];

pub(super) const ENDPOINTS_COLUMNS: [&str; 3] = ["NAME", "ENDPOINTS", "AGE"];
pub(super) const SLICE_COLUMNS: [&str; 5] = ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"];

/// How many addresses or ports a cell shows.
const SHOWN: usize = 3;

pub(super) fn cells(service: &Service, now: Timestamp) -> Vec<String> {
    let spec = &service.spec;
    vec![
        service.metadata.name.to_string(),
        spec.kind.to_string(),
        or_none(spec.cluster_ips.first().map_or("", |ip| ip)),
        external_ip(service),
        or_none(ports_text(service)),
        age::since(service.metadata.creation_timestamp, now),
        labels_text(&spec.selector),
    ]
}

/// `pkg/printers/internalversion/printers.go`, getServiceExternalIP.
pub(in crate::cluster::kubectl) fn external_ip(service: &Service) -> String {
    let spec = &service.spec;
    let listed = spec.external_ips.join(",");
    match &*spec.kind {
        "ClusterIP" | "NodePort" => or_none(listed),
        "LoadBalancer" if listed.is_empty() => "<pending>".to_owned(),
        "LoadBalancer" => listed,
        "ExternalName" => spec.external_name.to_string(),
        _ => "<unknown>".to_owned(),
    }
}

/// `80/TCP`, `80:30086/TCP`.
pub(in crate::cluster::kubectl) fn ports_text(service: &Service) -> String {
    let port = |port: &crate::cluster::api::ServicePort| match port.node_port {
        0 => format!("{}/{}", port.port, port.protocol),
        node_port => format!("{}:{node_port}/{}", port.port, port.protocol),
    };
    let ports: Vec<String> = service.spec.ports.iter().map(port).collect();
    ports.join(",")
}

pub(super) fn endpoints_cells(endpoints: &Endpoints, now: Timestamp) -> Vec<String> {
    vec![
        endpoints.metadata.name.to_string(),
        addresses(endpoints),
        age::since(endpoints.metadata.creation_timestamp, now),
    ]
}

/// `pkg/printers/internalversion/printers.go`, formatEndpoints.
fn addresses(endpoints: &Endpoints) -> String {
    if endpoints.subsets.is_empty() {
        return "<none>".to_owned();
    }
    let mut list = Vec::new();
    for subset in &endpoints.subsets {
        let bare = subset
            .addresses
            .iter()
            .map(|address| address.ip.to_string());
        if subset.ports.is_empty() {
            list.extend(bare);
            continue;
        }
        for port in &subset.ports {
            let port = port.port.unwrap_or_default();
            list.extend(bare.clone().map(|ip| format!("{ip}:{port}")));
        }
    }
    shortened(&list)
}

pub(in crate::cluster::kubectl) fn shortened(list: &[String]) -> String {
    let shown = list
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(",");
    match list.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{shown} + {more} more..."),
        _ => shown,
    }
}

pub(super) fn slice_cells(slice: &EndpointSlice, now: Timestamp) -> Vec<String> {
    let unset = |text: String| match text.as_str() {
        "" => "<unset>".to_owned(),
        _ => text,
    };
    let ports: Vec<String> = slice
        .ports
        .iter()
        .map(|port| match (port.port, &port.name) {
            (Some(number), _) => number.to_string(),
            (None, Some(name)) => name.to_string(),
            (None, None) => "*".to_owned(),
        })
        .collect();
    let addresses: Vec<String> = slice
        .endpoints
        .iter()
        .flat_map(|endpoint| endpoint.addresses.iter().map(ToString::to_string))
        .collect();
    vec![
        slice.metadata.name.to_string(),
        slice.address_type.to_string(),
        unset(shortened(&ports)),
        unset(shortened(&addresses)),
        age::since(slice.metadata.creation_timestamp, now),
    ]
}
