use std::rc::Rc;

use super::{Description, container::containers, events, long, volume::volumes};
use crate::cluster::api::{Event, Pod, PodTemplateSpec};

/// describePod.
pub(in crate::cluster::kubectl) fn pod(
    mut to: Description,
    pod: &Pod,
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec, status) = (&pod.metadata, &pod.spec, &pod.status);
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    if let Some(priority) = spec.priority {
        to.field(0, "Priority", priority);
    }
    if !spec.priority_class_name.is_empty() {
        to.field(0, "Priority Class Name", &spec.priority_class_name);
    }
    if !spec.service_account_name.is_empty() {
        to.field(0, "Service Account", &spec.service_account_name);
    }
    if spec.node_name.is_empty() {
        to.field(0, "Node", "<none>");
    } else {
        to.field(0, "Node", format!("{}/{}", spec.node_name, status.host_ip));
    }
    if status.start_time.is_some() {
        to.field(0, "Start Time", long(status.start_time));
    }
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    life(&mut to, pod);
    to.field(0, "IP", &status.pod_ip);
    if status.pod_ips.is_empty() {
        to.field(0, "IPs", "<none>");
    } else {
        to.line(0, "IPs:");
    }
    for ip in &status.pod_ips {
        to.field(1, "IP", &ip.ip);
    }
    to.controller(meta);
    if !status.nominated_node_name.is_empty() {
        to.field(0, "NominatedNodeName", &status.nominated_node_name);
    }
    if !spec.init_containers.is_empty() {
        let statuses = &status.init_container_statuses;
        containers(
            &mut to,
            ("Init Containers", ""),
            &spec.init_containers,
            statuses,
        );
    }
    let statuses = &status.container_statuses;
    containers(&mut to, ("Containers", ""), &spec.containers, statuses);
    if !status.conditions.is_empty() {
        to.line(0, "Conditions:");
        to.line(1, "Type\tStatus");
    }
    for condition in &status.conditions {
        let status = condition.status.as_str();
        to.line(1, format!("{} \t{status} ", condition.kind));
    }
    volumes(&mut to, &spec.volumes, "");
    to.field(0, "QoS Class", &status.qos_class);
    to.labels("Node-Selectors", &spec.node_selector);
    to.tolerations("Tolerations", &spec.tolerations);
    events::write(&mut to, events);
    to.finish()
}

/// Where the Pod is in its life.
fn life(to: &mut Description, pod: &Pod) {
    let (meta, status) = (&pod.metadata, &pod.status);
    if meta.is_deleting() && !status.phase.is_finished() {
        let lasts = to.age(meta.deletion_timestamp);
        to.field(0, "Status", format!("Terminating (lasts {lasts})"));
        let grace = meta.deletion_grace_period_seconds.unwrap_or_default();
        to.field(0, "Termination Grace Period", format!("{grace}s"));
    } else {
        to.field(0, "Status", status.phase.as_str());
    }
    if !status.reason.is_empty() {
        to.field(0, "Reason", &status.reason);
    }
    if !status.message.is_empty() {
        to.field(0, "Message", &status.message);
    }
}

/// DescribePodTemplate.
pub(super) fn template(to: &mut Description, template: Option<&PodTemplateSpec>) {
    to.line(0, "Pod Template:");
    let Some(template) = template else {
        to.put("  <unset>");
        return;
    };
    let spec = &template.spec;
    to.labels("  Labels", &template.metadata.labels);
    if !template.metadata.annotations.is_empty() {
        to.annotations("  Annotations", &template.metadata.annotations);
    }
    if !spec.service_account_name.is_empty() {
        to.field(1, "Service Account", &spec.service_account_name);
    }
    if !spec.init_containers.is_empty() {
        containers(to, ("Init Containers", "  "), &spec.init_containers, &[]);
    }
    containers(to, ("Containers", "  "), &spec.containers, &[]);
    volumes(to, &spec.volumes, "  ");
    if !spec.priority_class_name.is_empty() {
        to.field(1, "Priority Class Name", &spec.priority_class_name);
    }
    to.labels("  Node-Selectors", &spec.node_selector);
    to.tolerations("  Tolerations", &spec.tolerations);
}
