//! kube-proxy's rules against upstream's tables, and kube-proxy at work in whole clusters.

mod cluster;
mod rules;

use std::{collections::BTreeMap, rc::Rc};

use serde_json::Value;

use super::{
    Kernel, Restore,
    build::port_rules,
    endpoints::{EndpointChanges, Endpoints},
    service::frontends,
};
use crate::cluster::api::{EndpointSlice, Kind, Object, Service};

/// The node whose rules are looked at.
pub(crate) const NODE: &str = "here";

fn parsed<K: Kind>(json: Value) -> Rc<K> {
    let object = Object::from_json(K::RESOURCE, json).unwrap();
    K::of(&object).unwrap().clone()
}

/// A kernel with the rules of these Services and slices.
pub(crate) fn kernel(services: Vec<Value>, slices: Vec<Value>) -> Kernel {
    let mut changes = EndpointChanges::default();
    for slice in slices {
        changes.update(&parsed::<EndpointSlice>(slice), false);
    }
    let endpoints: Endpoints = changes
        .take(NODE)
        .into_iter()
        .flat_map(|(_, endpoints)| endpoints)
        .collect();
    let mut ports = BTreeMap::new();
    for service in services {
        for (name, frontend) in frontends(&parsed::<Service>(service)) {
            let of_port = endpoints.get(&name).map(Vec::as_slice).unwrap_or_default();
            let rules = port_rules(&frontend, of_port, "", false);
            ports.insert(name, Some(Rc::new(rules)));
        }
    }
    let mut kernel = Kernel::default();
    kernel.replace(Restore { full: true, ports });
    kernel
}
