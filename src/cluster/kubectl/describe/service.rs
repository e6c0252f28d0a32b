use std::rc::Rc;

use super::{Description, events};
use crate::cluster::{
    api::{EndpointSlice, Endpoints, Event, IntOrString, Service, ServicePort, Str},
    kubectl::print::{labels_text, or_none, shortened},
};

/// describeService.
pub(in crate::cluster::kubectl) fn service(
    mut to: Description,
    service: &Service,
    slices: &[Rc<EndpointSlice>],
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec) = (&service.metadata, &service.spec);
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.field(0, "Selector", labels_text(&spec.selector));
    to.field(0, "Type", &spec.kind);
    if let Some(policy) = &spec.ip_family_policy {
        to.field(0, "IP Family Policy", policy);
    }
    to.field(0, "IP Families", or_none(spec.ip_families.join(",")));
    to.field(0, "IP", &spec.cluster_ip);
    to.field(0, "IPs", or_none(spec.cluster_ips.join(",")));
    if !spec.external_ips.is_empty() {
        to.field(0, "External IPs", spec.external_ips.join(","));
    }
    if !spec.external_name.is_empty() {
        to.field(0, "External Name", &spec.external_name);
    }
    for port in &spec.ports {
        self::port(&mut to, port, slices);
    }
    to.field(0, "Session Affinity", &spec.session_affinity);
    if !spec.external_traffic_policy.is_empty() {
        to.field(0, "External Traffic Policy", &spec.external_traffic_policy);
    }
    if let Some(policy) = &spec.internal_traffic_policy {
        to.field(0, "Internal Traffic Policy", policy);
    }
    events::write(&mut to, events);
    to.finish()
}

fn port(to: &mut Description, port: &ServicePort, slices: &[Rc<EndpointSlice>]) {
    let name = match &*port.name {
        "" => "<unset>",
        name => name,
    };
    let protocol = &port.protocol;
    to.field(0, "Port", format!("{name}\t{}/{protocol}", port.port));
    let target = match &port.target_port {
        Some(IntOrString::Int(number)) => number.to_string(),
        Some(IntOrString::Text(text)) => text.clone(),
        None => "0".to_owned(),
    };
    to.field(0, "TargetPort", format!("{target}/{protocol}"));
    if let Some(app) = &port.app_protocol {
        to.field(0, "AppProtocol", app);
    }
    if port.node_port != 0 {
        to.field(
            0,
            "NodePort",
            format!("{name}\t{}/{protocol}", port.node_port),
        );
    }
    to.field(0, "Endpoints", ready_addresses(slices, &port.name));
}

/// formatEndpointSlices: the ready addresses of one port.
fn ready_addresses(slices: &[Rc<EndpointSlice>], name: &Str) -> String {
    if slices.is_empty() {
        return "<none>".to_owned();
    }
    let mut list = Vec::new();
    for slice in slices {
        let ready = slice
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.conditions.ready != Some(false))
            .filter_map(|endpoint| endpoint.addresses.first());
        if slice.ports.is_empty() {
            list.extend(ready.map(ToString::to_string));
            continue;
        }
        for port in &slice.ports {
            if port.name.as_deref().unwrap_or_default() == &**name {
                let number = port.port.unwrap_or_default();
                list.extend(ready.clone().map(|ip| format!("{ip}:{number}")));
            }
        }
    }
    shortened(&list)
}

/// describeEndpoints.
pub(in crate::cluster::kubectl) fn endpoints(
    mut to: Description,
    endpoints: &Endpoints,
    events: Option<&[Rc<Event>]>,
) -> String {
    let meta = &endpoints.metadata;
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.line(0, "Subsets:");
    for subset in &endpoints.subsets {
        for (title, addresses) in [
            ("Addresses", &subset.addresses),
            ("NotReadyAddresses", &subset.not_ready_addresses),
        ] {
            let ips: Vec<&str> = addresses.iter().map(|address| &*address.ip).collect();
            to.field(1, title, or_none(ips.join(",")));
        }
        if !subset.ports.is_empty() {
            to.line(1, "Ports:");
            to.line(2, "Name\tPort\tProtocol");
            to.line(2, "----\t----\t--------");
        }
        for port in &subset.ports {
            let name = port.name.as_deref().filter(|name| !name.is_empty());
            let name = name.unwrap_or("<unset>");
            let protocol = port.protocol.as_deref().unwrap_or_default();
            let number = port.port.unwrap_or_default();
            to.line(2, format!("{name}\t{number}\t{protocol}"));
        }
        to.line(0, "");
    }
    events::write(&mut to, events);
    to.finish()
}
