use super::or_none;
use crate::cluster::{
    Timestamp,
    api::{ConditionStatus, Node},
    kubectl::age,
};

pub(super) const COLUMNS: [&str; 10] = [
    "NAME",
    "STATUS",
    "ROLES",
    "AGE",
    "VERSION",
    "INTERNAL-IP",
    "EXTERNAL-IP",
    "OS-IMAGE",
    "KERNEL-VERSION",
    "CONTAINER-RUNTIME",
];

/// `pkg/printers/internalversion/printers.go`, printNode.
pub(super) fn cells(node: &Node, now: Timestamp) -> Vec<String> {
    let ready = match node.status.condition("Ready").map(|ready| ready.status) {
        Some(ConditionStatus::True) => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    let status = if node.spec.unschedulable {
        format!("{ready},SchedulingDisabled")
    } else {
        ready.to_owned()
    };
    let address = |kind: &str| {
        let mut addresses = node.status.addresses.iter();
        let found = addresses.find(|address| address.kind == kind);
        or_none(found.map_or("", |address| &address.address))
    };
    let info = &node.status.node_info;
    let known = |text: &str| match text {
        "" => "<unknown>".to_owned(),
        text => text.to_owned(),
    };
    let mut kernel = known(&info.kernel_version);
    if !info.architecture.is_empty() {
        kernel = format!("{kernel} ({})", info.architecture);
    }
    vec![
        node.metadata.name.to_string(),
        status,
        or_none(roles(node)),
        age::since(node.metadata.creation_timestamp, now),
        info.kubelet_version.clone(),
        address("InternalIP"),
        address("ExternalIP"),
        known(&info.os_image),
        kernel,
        known(&info.container_runtime_version),
    ]
}

/// `control-plane,worker`, from labels.
pub(in crate::cluster::kubectl) fn roles(node: &Node) -> String {
    let mut roles: Vec<&str> = node
        .metadata
        .labels
        .iter()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) => Some(role),
                None => (&**key == "kubernetes.io/role").then_some(&**value),
            },
        )
        .filter(|role| !role.is_empty())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles.join(",")
}
