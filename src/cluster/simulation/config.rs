use std::collections::BTreeMap;

use crate::cluster::api::Taint;

/// What a cluster is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterConfig {
    /// Decides all that Kubernetes leaves to chance.
    pub seed: u64,
    /// The machines Pods can run on.
    pub nodes: Vec<NodeConfig>,
    /// Whether each node has a kube-proxy.
    pub kube_proxy: bool,
    /// What becomes of the trace.
    pub recording: Recording,
}

/// What becomes of the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    /// Steps are kept.
    Steps {
        /// Heartbeats and what changes nothing too.
        routine: bool,
    },
    /// Steps are only counted, by kind.
    Counts,
}

/// A machine.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeConfig {
    /// Its name.
    pub name: String,
    /// CPU, as a quantity.
    pub cpu: String,
    /// Memory, as a quantity.
    pub memory: String,
    /// How many Pods it takes.
    pub pods: u32,
    /// Labels besides those the kubelet sets.
    pub labels: BTreeMap<String, String>,
    /// Taints it registers with.
    pub taints: Vec<Taint>,
    /// Images it holds from the start.
    pub images: Vec<String>,
}

impl NodeConfig {
    /// A machine of the usual size.
    pub fn named(name: impl Into<String>) -> NodeConfig {
        NodeConfig {
            name: name.into(),
            cpu: "4".into(),
            memory: "8Gi".into(),
            pods: 110,
            labels: BTreeMap::new(),
            taints: Vec::new(),
            images: Vec::new(),
        }
    }
}

impl ClusterConfig {
    /// So many usual machines, `node-1` and up.
    pub fn with_nodes(count: usize, seed: u64) -> ClusterConfig {
        ClusterConfig {
            seed,
            nodes: (1..=count)
                .map(|number| NodeConfig::named(format!("node-{number}")))
                .collect(),
            kube_proxy: true,
            recording: Recording::Steps { routine: false },
        }
    }
}
