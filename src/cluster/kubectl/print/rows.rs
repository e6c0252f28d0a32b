use super::{binding, labels_text, node, pod, service};
use crate::cluster::{
    Timestamp,
    api::{
        Deployment, Event, Object, ObjectMeta, Quantity, ReplicaSet, ReplicationController,
        Resource, ResourceQuota, Selector, Str,
    },
    kubectl::age,
};

/// The columns of a type's table; the wide ones come last.
pub(super) fn columns(resource: Resource, wide: bool) -> &'static [&'static str] {
    let (all, narrow): (&[&str], usize) = match resource {
        Resource::Pods => (&pod::COLUMNS, 5),
        Resource::Nodes => (&node::COLUMNS, 5),
        Resource::ReplicationControllers | Resource::ReplicaSets => (
            &[
                "NAME",
                "DESIRED",
                "CURRENT",
                "READY",
                "AGE",
                "CONTAINERS",
                "IMAGES",
                "SELECTOR",
            ],
            5,
        ),
        Resource::Deployments => (
            &[
                "NAME",
                "READY",
                "UP-TO-DATE",
                "AVAILABLE",
                "AGE",
                "CONTAINERS",
                "IMAGES",
                "SELECTOR",
            ],
            5,
        ),
        Resource::Services => (&service::COLUMNS, 6),
        Resource::Endpoints => (&service::ENDPOINTS_COLUMNS, 3),
        Resource::EndpointSlices => (&service::SLICE_COLUMNS, 5),
        Resource::IpAddresses => (&["NAME", "PARENTREF", "AGE"], 3),
        Resource::Namespaces => (&["NAME", "STATUS", "AGE"], 3),
        Resource::ServiceAccounts => (&["NAME", "AGE"], 2),
        Resource::ConfigMaps => (&["NAME", "DATA", "AGE"], 3),
        Resource::Secrets => (&["NAME", "TYPE", "DATA", "AGE"], 4),
        Resource::ResourceQuotas => (&["NAME", "REQUEST", "LIMIT", "AGE"], 4),
        Resource::LimitRanges => (&["NAME", "CREATED AT"], 2),
        Resource::PriorityClasses => (
            &["NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"],
            5,
        ),
        Resource::Events if wide => (
            &[
                "LAST SEEN",
                "TYPE",
                "REASON",
                "OBJECT",
                "SUBOBJECT",
                "SOURCE",
                "MESSAGE",
                "FIRST SEEN",
                "COUNT",
                "NAME",
            ],
            10,
        ),
        Resource::Events => (&["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"], 5),
        Resource::Leases => (&["NAME", "HOLDER", "AGE"], 3),
        Resource::Roles | Resource::ClusterRoles => (&["NAME", "CREATED AT"], 2),
        Resource::RoleBindings | Resource::ClusterRoleBindings => (&binding::COLUMNS, 3),
    };
    if wide {
        all
    } else {
        all.get(..narrow).unwrap_or(all)
    }
}

/// An object's cells, under those columns.
pub(super) fn cells(object: &Object, wide: bool, now: Timestamp) -> Vec<String> {
    let meta = object.metadata();
    let name = || meta.name.to_string();
    let age = || age::since(meta.creation_timestamp, now);
    let mut cells = match object {
        Object::Pod(pod) => pod::cells(pod, now),
        Object::Node(node) => node::cells(node, now),
        Object::ReplicationController(rc) => replication_controller(rc, now),
        Object::ReplicaSet(rs) => replica_set(rs, now),
        Object::Deployment(deployment) => self::deployment(deployment, now),
        Object::Service(service) => service::cells(service, now),
        Object::Endpoints(endpoints) => service::endpoints_cells(endpoints, now),
        Object::EndpointSlice(slice) => service::slice_cells(slice, now),
        Object::IpAddress(address) => {
            let parent = &address.spec.parent_ref;
            let parts = [&parent.resource, &parent.namespace, &parent.name];
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            let parts: Vec<&str> = parts.map(|part| &**part).collect();
            vec![name(), parts.join("/"), age()]
        }
        Object::Namespace(namespace) => {
            vec![name(), namespace.status.phase.to_string(), age()]
        }
        Object::ServiceAccount(_) => vec![name(), age()],
        Object::ConfigMap(map) => {
            let binary = map.other.get("binaryData");
            let binary = binary
                .and_then(|data| data.as_object())
                .map_or(0, |data| data.len());
            vec![name(), (map.data.len() + binary).to_string(), age()]
        }
        Object::Secret(secret) => vec![
            name(),
            secret.kind.to_string(),
            secret.data.len().to_string(),
            age(),
        ],
        Object::ResourceQuota(quota) => resource_quota(quota, age()),
        Object::LimitRange(_) | Object::Role(_) | Object::ClusterRole(_) => {
            let created = meta.creation_timestamp.map(|at| at.to_string());
            vec![name(), created.unwrap_or_default()]
        }
        Object::PriorityClass(class) => vec![
            name(),
            class.value.to_string(),
            class.global_default.to_string(),
            age(),
            class.preemption_policy.as_deref().unwrap_or("").to_owned(),
        ],
        Object::Event(event) => return self::event(event, wide, now),
        Object::Lease(lease) => vec![
            name(),
            lease
                .spec
                .holder_identity
                .as_deref()
                .unwrap_or("")
                .to_owned(),
            age(),
        ],
        Object::RoleBinding(binding) => {
            binding::cells(meta, &binding.role_ref, &binding.subjects, now)
        }
        Object::ClusterRoleBinding(binding) => {
            binding::cells(meta, &binding.role_ref, &binding.subjects, now)
        }
    };
    // PriorityClasses have no narrower form (`printers.go` prints the policy always).
    cells.truncate(columns(object.resource(), wide).len());
    cells
}

fn workload(
    meta: &ObjectMeta,
    numbers: [i32; 3],
    template: Option<&crate::cluster::api::PodTemplateSpec>,
    selector: String,
    now: Timestamp,
) -> Vec<String> {
    let mut cells = vec![meta.name.to_string()];
    cells.extend(numbers.map(|number| number.to_string()));
    cells.push(age::since(meta.creation_timestamp, now));
    cells.extend(containers(template));
    cells.push(selector);
    cells
}

/// The containers' names, and their images.
fn containers(template: Option<&crate::cluster::api::PodTemplateSpec>) -> [String; 2] {
    let containers = template.map_or(&[][..], |template| &template.spec.containers);
    let list = |of: fn(&crate::cluster::api::Container) -> &Str| {
        let texts: Vec<&str> = containers
            .iter()
            .map(|container| &**of(container))
            .collect();
        texts.join(",")
    };
    [
        list(|container| &container.name),
        list(|container| &container.image),
    ]
}

fn replication_controller(rc: &ReplicationController, now: Timestamp) -> Vec<String> {
    let (spec, status) = (&rc.spec, &rc.status);
    let numbers = [
        spec.replicas.unwrap_or_default(),
        status.replicas.0,
        status.ready_replicas,
    ];
    let selector = labels_text(&spec.selector);
    workload(&rc.metadata, numbers, spec.template.as_ref(), selector, now)
}

fn replica_set(rs: &ReplicaSet, now: Timestamp) -> Vec<String> {
    let (spec, status) = (&rs.spec, &rs.status);
    let numbers = [
        spec.replicas.unwrap_or_default(),
        status.replicas.0,
        status.ready_replicas,
    ];
    let selector = selector_text(spec.selector.as_ref());
    workload(&rs.metadata, numbers, Some(&spec.template), selector, now)
}

/// As `metav1.FormatLabelSelector` writes it.
pub(in crate::cluster::kubectl) fn selector_text(
    selector: Option<&crate::cluster::api::LabelSelector>,
) -> String {
    match Selector::of(selector) {
        Ok(_) if selector.is_none() => "<none>".to_owned(),
        Ok(selector) => super::or_none(selector.to_string()),
        Err(_) => "<error>".to_owned(),
    }
}

fn deployment(deployment: &Deployment, now: Timestamp) -> Vec<String> {
    let (spec, status) = (&deployment.spec, &deployment.status);
    let mut cells = vec![
        deployment.metadata.name.to_string(),
        format!(
            "{}/{}",
            status.ready_replicas,
            spec.replicas.unwrap_or_default()
        ),
        status.updated_replicas.to_string(),
        status.available_replicas.to_string(),
        age::since(deployment.metadata.creation_timestamp, now),
    ];
    cells.extend(containers(Some(&spec.template)));
    cells.push(selector_text(spec.selector.as_ref()));
    cells
}

fn resource_quota(quota: &ResourceQuota, age: String) -> Vec<String> {
    let (mut requests, mut limits) = (Vec::new(), Vec::new());
    for (resource, hard) in &quota.status.hard {
        let used = quota
            .status
            .used
            .get(resource)
            .copied()
            .unwrap_or(Quantity::ZERO);
        let text = format!("{resource}: {used}/{hard}");
        if resource.starts_with("limits.") {
            limits.push(text);
        } else {
            requests.push(text);
        }
    }
    vec![
        quota.metadata.name.to_string(),
        requests.join(", "),
        limits.join(", "),
        age,
    ]
}

fn event(event: &Event, wide: bool, now: Timestamp) -> Vec<String> {
    let first = age::since(event.first_timestamp, now);
    let last = match event.last_timestamp {
        Some(last) => age::since(Some(last), now),
        None => first.clone(),
    };
    let about = &event.involved_object;
    let kind = about.kind.to_ascii_lowercase();
    let target = match &*about.name {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    let message = event.message.trim().to_owned();
    let mut cells = vec![
        last,
        event.kind.to_string(),
        event.reason.to_string(),
        target,
    ];
    if wide {
        cells.push(about.field_path.clone());
        cells.push(event_source(event));
        cells.push(message);
        cells.push(first);
        cells.push(event.count.max(1).to_string());
        cells.push(event.metadata.name.to_string());
    } else {
        cells.push(message);
    }
    cells
}

/// `kubelet, node-1`.
fn event_source(event: &Event) -> String {
    let first = |one: &Str, other: &Str| {
        if one.is_empty() {
            other.clone()
        } else {
            one.clone()
        }
    };
    let component = first(&event.source.component, &event.reporting_component);
    let host = first(&event.source.host, &event.reporting_instance);
    if host.is_empty() {
        component.to_string()
    } else {
        format!("{component}, {host}")
    }
}
