use std::rc::Rc;

use crate::cluster::{
    api::{Node, Str, Uid},
    scheduler::{
        pod_info::{HostPort, PodInfo},
        requests::{Requests, is_scalar},
    },
};

/// A node, with what is left of it.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) struct NodeInfo {
    pub(in crate::cluster::scheduler) name: Str,
    /// None: Pods are known to be there, but not the node itself.
    pub(in crate::cluster::scheduler) node: Option<Rc<Node>>,
    pub(in crate::cluster::scheduler) allocatable: Allocatable,
    /// What the Pods there ask for together, those included that are only assumed to be.
    pub(in crate::cluster::scheduler) requested: Requests,
    pub(in crate::cluster::scheduler) pods: Vec<Uid>,
    pub(in crate::cluster::scheduler) ports: Vec<HostPort>,
}

/// What a node has for Pods.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in crate::cluster::scheduler) struct Allocatable {
    pub(in crate::cluster::scheduler) milli_cpu: i64,
    pub(in crate::cluster::scheduler) memory: i64,
    pub(in crate::cluster::scheduler) ephemeral_storage: i64,
    pub(in crate::cluster::scheduler) pods: i64,
    scalars: Vec<(Str, i64)>,
}

impl Allocatable {
    pub(super) fn of(node: &Node) -> Allocatable {
        let mut found = Allocatable::default();
        for (name, quantity) in &node.status.allocatable {
            match &**name {
                "cpu" => found.milli_cpu = quantity.milli_value(),
                "memory" => found.memory = quantity.value(),
                "ephemeral-storage" => found.ephemeral_storage = quantity.value(),
                "pods" => found.pods = quantity.value(),
                _ if is_scalar(name) => found.scalars.push((name.clone(), quantity.value())),
                _ => {}
            }
        }
        found
    }

    /// How much there is of anything else.
    pub(in crate::cluster::scheduler) fn scalar(&self, name: &str) -> i64 {
        amount(&self.scalars, name)
    }
}

fn amount(list: &[(Str, i64)], name: &str) -> i64 {
    let mut list = list.iter();
    list.find(|(one, _)| **one == *name)
        .map_or(0, |(_, amount)| *amount)
}

impl NodeInfo {
    pub(super) fn named(name: Str) -> NodeInfo {
        NodeInfo {
            name,
            node: None,
            allocatable: Allocatable::default(),
            requested: Requests::default(),
            pods: Vec::new(),
            ports: Vec::new(),
        }
    }

    /// How much of anything else the Pods ask for.
    pub(in crate::cluster::scheduler) fn requested_scalar(&self, name: &str) -> i64 {
        amount(&self.requested.scalars, name)
    }

    pub(in crate::cluster::scheduler) fn add(&mut self, info: &PodInfo) {
        self.pods.push(info.uid().clone());
        self.requested.add(&info.requests);
        self.ports.extend(info.ports.iter().cloned());
    }

    pub(in crate::cluster::scheduler) fn remove(&mut self, info: &PodInfo) {
        let uid = info.uid();
        let Some(at) = self.pods.iter().position(|one| one == uid) else {
            return;
        };
        self.pods.swap_remove(at);
        self.requested.subtract(&info.requests);
        for port in &info.ports {
            if let Some(at) = self.ports.iter().position(|one| one == port) {
                self.ports.swap_remove(at);
            }
        }
    }
}

/// The node as it would be without Pods.
pub(in crate::cluster::scheduler) fn node_as_empty(node: &Rc<Node>) -> NodeInfo {
    NodeInfo {
        allocatable: Allocatable::of(node),
        node: Some(node.clone()),
        ..NodeInfo::named(node.metadata.name.clone())
    }
}
