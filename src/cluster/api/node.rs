use serde::{Deserialize, Serialize};

use super::{Absent, Condition, ObjectMeta, ResourceList, Str, record};
use crate::cluster::moment::Timestamp;

record! {
    /// A machine of the cluster.
    Node {
        metadata: ObjectMeta,
        spec: NodeSpec,
        status: NodeStatus,
    }

    /// What is wanted of a node.
    NodeSpec {
        #[serde(rename = "podCIDR")]
        pod_cidr: String,
        #[serde(rename = "podCIDRs")]
        pod_cidrs: Vec<String>,
        #[serde(rename = "providerID")]
        provider_id: String,
        unschedulable: bool,
        taints: Vec<Taint>,
    }

    /// What keeps Pods away that do not tolerate it.
    Taint {
        key: Str,
        value: Str,
        effect: TaintEffect,
        time_added: Option<Timestamp>,
    }

    /// What the kubelet says of its node.
    NodeStatus {
        addresses: Vec<NodeAddress>,
        allocatable: ResourceList,
        capacity: ResourceList,
        conditions: Vec<Condition>,
        images: Vec<ContainerImage>,
        node_info: NodeSystemInfo,
    }

    /// An address of a node.
    NodeAddress {
        address: String,
        #[serde(rename = "type")]
        kind: String,
    }

    /// An image a node holds.
    ContainerImage {
        names: Vec<Str>,
        size_bytes: i64,
    }

    /// The software of a node.
    NodeSystemInfo {
        architecture: String,
        container_runtime_version: String,
        kernel_version: String,
        kubelet_version: String,
        operating_system: String,
        os_image: String,
    }
}

/// What a taint does to a Pod that does not tolerate it.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
pub enum TaintEffect {
    /// It is not placed there.
    #[default]
    NoSchedule,
    /// It is rather not placed there.
    PreferNoSchedule,
    /// It is not placed there, and evicted if it runs there.
    NoExecute,
}

impl TaintEffect {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            TaintEffect::NoSchedule => "NoSchedule",
            TaintEffect::PreferNoSchedule => "PreferNoSchedule",
            TaintEffect::NoExecute => "NoExecute",
        }
    }
}

impl Absent for TaintEffect {
    fn absent(&self) -> bool {
        false
    }
}

impl NodeStatus {
    /// The condition of this type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions
            .iter()
            .find(|condition| &*condition.kind == kind)
    }
}
