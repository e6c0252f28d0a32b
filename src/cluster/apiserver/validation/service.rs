//! Services.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Wrong, meta};
use crate::cluster::{
    api::{IntOrString, Service, ServicePort, names},
    apiserver::field::FieldError,
};

pub(super) fn service(service: &Service, wrong: &mut Wrong) {
    let spec = &service.spec;
    let headless = &*spec.cluster_ip == "None";
    let external = &*spec.kind == "ExternalName";
    if spec.ports.is_empty() && !headless && !external {
        wrong.push(FieldError::required("spec.ports", ""));
    }
    match &*spec.kind {
        "LoadBalancer" | "NodePort" if headless => wrong.push(FieldError::invalid(
            "spec.clusterIPs[0]",
            "None",
            format!("may not be set to 'None' for {} services", spec.kind),
        )),
        "ExternalName" => {
            if !spec.cluster_ips.is_empty() || !spec.cluster_ip.is_empty() {
                wrong.push(FieldError::forbidden(
                    "spec.clusterIPs",
                    "may not be set for ExternalName services",
                ));
            }
            let name = spec.external_name.trim_end_matches('.');
            if name.is_empty() {
                wrong.push(FieldError::required("spec.externalName", ""));
            } else {
                for one in names::dns1123_subdomain(name) {
                    wrong.push(FieldError::invalid("spec.externalName", name, one));
                }
            }
        }
        _ => {}
    }
    let mut seen = Vec::new();
    for (at, port) in spec.ports.iter().enumerate() {
        let path = format!("spec.ports[{at}]");
        one_port(port, spec.ports.len() > 1, &path, &mut seen, wrong);
    }
    meta::labels(&spec.selector, || "spec.selector".into(), wrong);
    if !matches!(&*spec.session_affinity, "None" | "ClientIP") {
        wrong.push(FieldError::not_supported(
            "spec.sessionAffinity",
            &spec.session_affinity,
            &["ClientIP", "None"],
        ));
    }
    address(service, wrong);
    if !matches!(
        &*spec.kind,
        "ClusterIP" | "ExternalName" | "LoadBalancer" | "NodePort"
    ) {
        wrong.push(FieldError::not_supported(
            "spec.type",
            &spec.kind,
            &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
        ));
    }
    across_ports(service, wrong);
    let outside = matches!(&*spec.kind, "NodePort" | "LoadBalancer")
        || (&*spec.kind == "ClusterIP" && !spec.external_ips.is_empty());
    if !spec.external_traffic_policy.is_empty() {
        if !outside {
            wrong.push(FieldError::invalid(
                "spec.externalTrafficPolicy",
                &spec.external_traffic_policy,
                "may only be set for externally-accessible services",
            ));
        } else if !matches!(&*spec.external_traffic_policy, "Cluster" | "Local") {
            wrong.push(FieldError::not_supported(
                "spec.externalTrafficPolicy",
                &spec.external_traffic_policy,
                &["Cluster", "Local"],
            ));
        }
    }
    if let Some(policy) = &spec.internal_traffic_policy
        && !matches!(&**policy, "Cluster" | "Local")
    {
        wrong.push(FieldError::not_supported(
            "spec.internalTrafficPolicy",
            policy,
            &["Cluster", "Local"],
        ));
    }
}

fn one_port<'a>(
    port: &'a ServicePort,
    must_be_named: bool,
    path: &str,
    seen: &mut Vec<&'a str>,
    wrong: &mut Wrong,
) {
    let at = |field: &str| format!("{path}.{field}");
    if port.name.is_empty() {
        if must_be_named {
            wrong.push(FieldError::required(at("name"), ""));
        }
    } else {
        for one in names::dns1123_label(&port.name) {
            wrong.push(FieldError::invalid(at("name"), &port.name, one));
        }
        if seen.contains(&&*port.name) {
            wrong.push(FieldError::duplicate(at("name"), &port.name));
        } else {
            seen.push(&port.name);
        }
    }
    if let Some(one) = names::port_number(port.port.into()) {
        wrong.push(FieldError::invalid(at("port"), port.port, one));
    }
    if !matches!(&*port.protocol, "TCP" | "UDP" | "SCTP") {
        wrong.push(FieldError::not_supported(
            at("protocol"),
            &port.protocol,
            &["SCTP", "TCP", "UDP"],
        ));
    }
    match &port.target_port {
        Some(IntOrString::Int(number)) => {
            if let Some(one) = names::port_number((*number).into()) {
                wrong.push(FieldError::invalid(at("targetPort"), number, one));
            }
        }
        Some(IntOrString::Text(name)) => {
            for one in names::port_name(name) {
                wrong.push(FieldError::invalid(at("targetPort"), name, one));
            }
        }
        None => {}
    }
}

fn address(service: &Service, wrong: &mut Wrong) {
    let spec = &service.spec;
    let asked = &spec.cluster_ip;
    if let Some(first) = spec.cluster_ips.first()
        && !asked.is_empty()
        && first != asked
    {
        wrong.push(FieldError::invalid(
            "spec.clusterIPs",
            &spec.cluster_ips,
            "first value must match `clusterIP`",
        ));
    }
    if !asked.is_empty() && &**asked != "None" && asked.parse::<Ipv4Addr>().is_err() {
        wrong.push(FieldError::invalid(
            "spec.clusterIPs[0]",
            asked,
            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        ));
    }
}

/// What no port may say twice, and node ports where there are none.
fn across_ports(service: &Service, wrong: &mut Wrong) {
    let spec = &service.spec;
    if &*spec.kind == "ClusterIP" {
        for (at, port) in spec.ports.iter().enumerate() {
            if port.node_port != 0 {
                wrong.push(FieldError::forbidden(
                    format!("spec.ports[{at}].nodePort"),
                    "may not be used when `type` is 'ClusterIP'",
                ));
            }
        }
    }
    for (at, port) in spec.ports.iter().enumerate() {
        let earlier = spec.ports.iter().take(at);
        let twice = |same: fn(&ServicePort) -> i32| {
            earlier
                .clone()
                .any(|other| other.protocol == port.protocol && same(other) == same(port))
        };
        if port.node_port != 0 && twice(|port| port.node_port) {
            wrong.push(FieldError::duplicate(
                format!("spec.ports[{at}].nodePort"),
                port.node_port,
            ));
        }
        if twice(|port| port.port) {
            // Upstream prints its internal type, whose field names are in capitals.
            let key = json!({
                "Name": "", "Protocol": port.protocol, "AppProtocol": null, "Port": port.port,
                "TargetPort": 0, "NodePort": 0
            });
            wrong.push(FieldError::duplicate(format!("spec.ports[{at}]"), key));
        }
    }
}

/// A cluster address stays as long as the Service has one (`ValidateServiceUpdate`).
pub(super) fn updated(before: &Service, after: &Service, wrong: &mut Wrong) {
    let (old, new) = (&before.spec, &after.spec);
    let has = |kind: &str| kind != "ExternalName";
    if has(&old.kind)
        && has(&new.kind)
        && !old.cluster_ip.is_empty()
        && !new.cluster_ip.is_empty()
        && old.cluster_ip != new.cluster_ip
    {
        wrong.push(FieldError::invalid(
            "spec.clusterIPs[0]",
            [&new.cluster_ip],
            "may not change once set",
        ));
    }
}
