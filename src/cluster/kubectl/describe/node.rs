use std::rc::Rc;

use super::{Description, events, long};
use crate::cluster::{
    api::{Container, Event, Lease, Node, Pod, Quantity, ResourceList, Status, Taint},
    kubectl::{age, print},
};

/// describeNode.
pub(in crate::cluster::kubectl) fn node(
    mut to: Description,
    node: &Node,
    (lease, pods): (Result<&Lease, &Status>, Option<&[Rc<Pod>]>),
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec, status) = (&node.metadata, &node.spec, &node.status);
    to.field(0, "Name", &meta.name);
    to.field(0, "Roles", print::or_none(print::node_roles(node)));
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.field(0, "CreationTimestamp", long(meta.creation_timestamp));
    taints(&mut to, &spec.taints);
    to.field(0, "Unschedulable", spec.unschedulable);
    self::lease(&mut to, lease);
    conditions(&mut to, node);
    to.line(0, "Addresses:");
    for address in &status.addresses {
        to.field(1, &address.kind, &address.address);
    }
    for (title, list) in [
        ("Capacity", &status.capacity),
        ("Allocatable", &status.allocatable),
    ] {
        if !list.is_empty() {
            to.line(0, format!("{title}:"));
        }
        for (name, quantity) in list {
            to.field(1, name, quantity);
        }
    }
    system(&mut to, node);
    match pods {
        Some(pods) => self::pods(&mut to, node, pods),
        None => to.field(0, "Pods", "not authorized"),
    }
    events::write(&mut to, events);
    to.finish()
}

fn taints(to: &mut Description, taints: &[Taint]) {
    let mut sorted: Vec<&Taint> = taints.iter().collect();
    sorted.sort_by_key(|taint| (taint.effect.as_str(), taint.key.clone()));
    let text = |taint: &Taint| {
        let (key, effect) = (&taint.key, taint.effect.as_str());
        match &*taint.value {
            "" => format!("{key}:{effect}"),
            value => format!("{key}={value}:{effect}"),
        }
    };
    to.list("Taints", sorted.into_iter().map(text));
}

fn lease(to: &mut Description, lease: Result<&Lease, &Status>) {
    let lease = match lease {
        Ok(lease) => &lease.spec,
        Err(status) => {
            let why = &status.message;
            to.field(0, "Lease", format!("Failed to get lease: {why}"));
            return;
        }
    };
    to.line(0, "Lease:");
    let holder = lease.holder_identity.as_deref();
    to.field(1, "HolderIdentity", holder.unwrap_or("<unset>"));
    for (title, time) in [
        ("AcquireTime", lease.acquire_time),
        ("RenewTime", lease.renew_time),
    ] {
        let text = time.map(|time| age::long_form_micros(time.micros()));
        to.field(1, title, text.unwrap_or_else(|| "<unset>".to_owned()));
    }
}

fn conditions(to: &mut Description, node: &Node) {
    if !node.status.conditions.is_empty() {
        to.line(0, "Conditions:");
        to.line(
            1,
            "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage",
        );
        to.line(
            1,
            "----\t------\t-----------------\t------------------\t------\t-------",
        );
    }
    for condition in &node.status.conditions {
        let cells = [
            condition.kind.to_string(),
            condition.status.as_str().to_owned(),
            long(condition.last_heartbeat_time),
            long(condition.last_transition_time),
            condition.reason.to_string(),
            condition.message.clone(),
        ];
        to.line(1, cells.join(" \t"));
    }
}

fn system(to: &mut Description, node: &Node) {
    let info = &node.status.node_info;
    to.line(0, "System Info:");
    for (title, field) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
    ] {
        let value = info.other.get(field).and_then(serde_json::Value::as_str);
        to.field(1, title, value.unwrap_or_default());
    }
    to.field(1, "Kernel Version", &info.kernel_version);
    to.field(1, "OS Image", &info.os_image);
    to.field(1, "Operating System", &info.operating_system);
    to.field(1, "Architecture", &info.architecture);
    to.field(
        1,
        "Container Runtime Version",
        &info.container_runtime_version,
    );
    to.field(1, "Kubelet Version", &info.kubelet_version);
    let spec = &node.spec;
    if !spec.pod_cidr.is_empty() {
        to.field(0, "PodCIDR", &spec.pod_cidr);
    }
    if !spec.pod_cidrs.is_empty() {
        to.field(0, "PodCIDRs", spec.pod_cidrs.join(","));
    }
    if !spec.provider_id.is_empty() {
        to.field(0, "ProviderID", &spec.provider_id);
    }
}

/// What of a container is summed up.
type Part = fn(&Container) -> &ResourceList;

const PARTS: [Part; 2] = [
    |container| &container.resources.requests,
    |container| &container.resources.limits,
];

/// What a Pod asks for, or may use at most: its containers together, or one init container alone if that
/// is more (`component-helpers/resource/helpers.go`).
fn of_pod(pod: &Pod, resource: &str, part: Part) -> Quantity {
    let amount = |container| -> Quantity {
        let found = part(container).get(resource);
        found.copied().unwrap_or(Quantity::ZERO)
    };
    let together = pod.spec.containers.iter().map(amount);
    let together = together.fold(Quantity::ZERO, Quantity::plus);
    let larger = |most: Quantity, one: Quantity| {
        if one.milli_value() > most.milli_value() {
            one
        } else {
            most
        }
    };
    let alone = pod.spec.init_containers.iter().map(amount);
    alone.fold(together, larger)
}

/// describeNodeResource.
fn pods(to: &mut Description, node: &Node, pods: &[Rc<Pod>]) {
    let total = pods.len();
    to.line(0, format!("Non-terminated Pods:\t({total} in total)"));
    to.line(
        1,
        "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
    );
    to.line(
        1,
        "---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    );
    let share = |amount: Quantity, resource: &str| {
        let all = node.status.allocatable.get(resource);
        let percent = match all.map_or(0, |all| all.milli_value()) {
            0 => 0,
            all => i128::from(amount.milli_value()) * 100 / i128::from(all),
        };
        format!("{amount} ({percent}%)")
    };
    for pod in pods {
        let meta = &pod.metadata;
        let mut cells = format!("{}\t{}\t", meta.namespace, meta.name);
        for resource in ["cpu", "memory"] {
            for part in PARTS {
                cells += &format!("\t{}", share(of_pod(pod, resource, part), resource));
            }
        }
        let age = to.age(meta.creation_timestamp);
        to.line(1, format!("{cells}\t{age}"));
    }
    to.line(0, "Allocated resources:");
    to.line(
        1,
        "(Total limits may be over 100 percent, i.e., overcommitted.)",
    );
    to.line(1, "Resource\tRequests\tLimits");
    to.line(1, "--------\t--------\t------");
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let sums = PARTS.map(|part| {
            let amounts = pods.iter().map(|pod| of_pod(pod, resource, part));
            share(amounts.fold(Quantity::ZERO, Quantity::plus), resource)
        });
        to.line(1, format!("{resource}\t{}", sums.join("\t")));
    }
}
