//! What the API server fills in for what a client left out (`pkg/apis/core/v1/defaults.go`,
//! `pkg/apis/apps/v1/defaults.go`).

use std::rc::Rc;

use serde_json::{Value, json};

use crate::cluster::api::{
    Container, Deployment, IntOrString, Object, PodSpec, Probe, ReplicationController,
    ResourceList, RollingUpdateDeployment, Service, Str, StrategyType, base64,
};

/// Fills in what is absent.
pub(super) fn apply(object: &mut Object) {
    match object {
        Object::Pod(pod) if !is_complete(&pod.spec, true) => {
            let spec = Rc::make_mut(&mut Rc::make_mut(pod).spec);
            pod_spec(spec);
            pod_only(spec);
        }
        Object::ReplicationController(controller) => {
            replication_controller(Rc::make_mut(controller));
        }
        Object::ReplicaSet(set) => {
            let set = Rc::make_mut(set);
            set.spec.replicas.get_or_insert(1);
            template(&mut set.spec.template.spec);
        }
        Object::Deployment(one) => deployment(Rc::make_mut(one)),
        Object::Service(one) => service(Rc::make_mut(one)),
        Object::Namespace(namespace) => {
            let name = namespace.metadata.name.clone();
            let labels = &namespace.metadata.labels;
            if !name.is_empty() && labels.get("kubernetes.io/metadata.name") != Some(&*name) {
                let meta = &mut Rc::make_mut(namespace).metadata;
                meta.labels.set("kubernetes.io/metadata.name", name);
            }
        }
        Object::Node(node) => {
            let status = &node.status;
            if status.allocatable.is_empty() && !status.capacity.is_empty() {
                let status = &mut Rc::make_mut(node).status;
                status.allocatable = status.capacity.clone();
            }
        }
        Object::Secret(secret) => {
            let secret = Rc::make_mut(secret);
            if secret.kind.is_empty() {
                secret.kind = "Opaque".into();
            }
            // What is written as text is kept as bytes (`pkg/apis/core/v1/conversion.go`).
            for (key, text) in std::mem::take(&mut secret.string_data).iter() {
                let bytes = base64::encode(text.as_bytes());
                secret.data.set(key.clone(), bytes);
            }
        }
        Object::LimitRange(range) => {
            for item in &mut Rc::make_mut(range).spec.limits {
                if &*item.kind == "Container" {
                    fill(&mut item.default, &item.max);
                    fill(&mut item.default_request, &item.default);
                    fill(&mut item.default_request, &item.min);
                }
            }
        }
        Object::Endpoints(endpoints) => {
            let missing = endpoints.subsets.iter().flat_map(|subset| &subset.ports);
            if missing.into_iter().any(|port| port.protocol.is_none()) {
                let subsets = &mut Rc::make_mut(endpoints).subsets;
                for port in subsets.iter_mut().flat_map(|subset| &mut subset.ports) {
                    port.protocol.get_or_insert_with(|| "TCP".into());
                }
            }
        }
        Object::PriorityClass(class) if class.preemption_policy.is_none() => {
            Rc::make_mut(class).preemption_policy = Some("PreemptLowerPriority".into());
        }
        _ => {}
    }
}

fn fill(list: &mut ResourceList, from: &ResourceList) {
    for (name, amount) in from {
        list.entry(name.clone()).or_insert(*amount);
    }
}

fn replication_controller(controller: &mut ReplicationController) {
    let labels = controller
        .spec
        .template
        .as_ref()
        .map(|template| template.metadata.labels.clone())
        .unwrap_or_default();
    if !labels.is_empty() {
        if controller.spec.selector.is_empty() {
            controller.spec.selector = labels.clone();
        }
        if controller.metadata.labels.is_empty() {
            controller.metadata.labels = labels;
        }
    }
    controller.spec.replicas.get_or_insert(1);
    if let Some(one) = &mut controller.spec.template {
        template(&mut one.spec);
    }
}

fn deployment(deployment: &mut Deployment) {
    let spec = &mut deployment.spec;
    spec.replicas.get_or_insert(1);
    spec.revision_history_limit.get_or_insert(10);
    spec.progress_deadline_seconds.get_or_insert(600);
    let kind = *spec
        .strategy
        .kind
        .get_or_insert(StrategyType::RollingUpdate);
    if kind == StrategyType::RollingUpdate {
        let quarter = || IntOrString::Text("25%".to_owned());
        let rolling = spec
            .strategy
            .rolling_update
            .get_or_insert_with(RollingUpdateDeployment::default);
        rolling.max_unavailable.get_or_insert_with(quarter);
        rolling.max_surge.get_or_insert_with(quarter);
    }
    template(&mut spec.template.spec);
}

fn service(service: &mut Service) {
    let spec = &mut service.spec;
    if spec.session_affinity.is_empty() {
        spec.session_affinity = "None".into();
    }
    match &*spec.session_affinity {
        "None" => {
            spec.other.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            spec.other
                .entry("sessionAffinityConfig")
                .or_insert_with(|| json!({"clientIP": {"timeoutSeconds": 10800}}));
        }
        _ => {}
    }
    if spec.kind.is_empty() {
        spec.kind = "ClusterIP".into();
    }
    for port in &mut spec.ports {
        if port.protocol.is_empty() {
            port.protocol = "TCP".into();
        }
        let absent = match &port.target_port {
            None => true,
            Some(IntOrString::Int(number)) => *number == 0,
            Some(IntOrString::Text(name)) => name.is_empty(),
        };
        if absent {
            port.target_port = Some(IntOrString::Int(port.port));
        }
    }
    let outside = matches!(&*spec.kind, "NodePort" | "LoadBalancer")
        || (&*spec.kind == "ClusterIP" && !spec.external_ips.is_empty());
    if outside && spec.external_traffic_policy.is_empty() {
        spec.external_traffic_policy = "Cluster".into();
    }
    if &*spec.kind != "ExternalName" {
        spec.internal_traffic_policy
            .get_or_insert_with(|| "Cluster".into());
    }
    if &*spec.kind == "LoadBalancer" {
        spec.other
            .entry("allocateLoadBalancerNodePorts")
            .or_insert(Value::Bool(true));
    }
}

fn template(spec: &mut Rc<PodSpec>) {
    if !is_complete(spec, false) {
        pod_spec(Rc::make_mut(spec));
    }
}

/// Whether there is nothing to fill in, so that a spec can go on being shared.
fn is_complete(spec: &PodSpec, is_pod: bool) -> bool {
    let probe = |probe: &Option<Box<Probe>>| {
        probe.as_ref().is_none_or(|probe| {
            probe.timeout_seconds != 0
                && probe.period_seconds != 0
                && probe.success_threshold != 0
                && probe.failure_threshold != 0
        })
    };
    let whole = |container: &Container| {
        !container.image_pull_policy.is_empty()
            && !container.termination_message_path.is_empty()
            && !container.termination_message_policy.is_empty()
            && container.ports.iter().all(|port| !port.protocol.is_empty())
            && probe(&container.liveness_probe)
            && probe(&container.readiness_probe)
            && probe(&container.startup_probe)
            && (!is_pod || container.resources.limits.is_empty())
    };
    !spec.dns_policy.is_empty()
        && spec.security_context.is_some()
        && spec.termination_grace_period_seconds.is_some()
        && !spec.scheduler_name.is_empty()
        && (!is_pod || (spec.enable_service_links.is_some() && !spec.host_network))
        && spec.containers.iter().all(whole)
        && spec.init_containers.iter().all(whole)
        && spec
            .volumes
            .iter()
            .all(|volume| volume.projected.is_some() || !volume.other.is_empty())
        && same_accounts(spec)
}

fn same_accounts(spec: &PodSpec) -> bool {
    spec.service_account == spec.service_account_name
}

fn pod_spec(spec: &mut PodSpec) {
    if spec.dns_policy.is_empty() {
        spec.dns_policy = Str::word("ClusterFirst");
    }
    spec.security_context.get_or_insert_with(|| json!({}));
    spec.termination_grace_period_seconds.get_or_insert(30);
    if spec.scheduler_name.is_empty() {
        spec.scheduler_name = Str::word("default-scheduler");
    }
    // The older name of the field is kept in step with the newer one.
    if spec.service_account_name.is_empty() {
        spec.service_account_name = spec.service_account.clone();
    } else {
        spec.service_account = spec.service_account_name.clone();
    }
    for volume in &mut spec.volumes {
        if volume.projected.is_none() && volume.other.is_empty() {
            volume.other.insert("emptyDir".to_owned(), json!({}));
        }
        for (source, field) in [("secret", "defaultMode"), ("configMap", "defaultMode")] {
            if let Some(Value::Object(fields)) = volume.other.get_mut(source) {
                fields.entry(field).or_insert(json!(420));
            }
        }
    }
    let all = spec.init_containers.iter_mut().chain(&mut spec.containers);
    all.for_each(container);
}

fn container(container: &mut Container) {
    if container.image_pull_policy.is_empty() {
        container.image_pull_policy = if tag(&container.image) == "latest" {
            Str::word("Always")
        } else {
            Str::word("IfNotPresent")
        };
    }
    if container.termination_message_path.is_empty() {
        container.termination_message_path = Str::word("/dev/termination-log");
    }
    if container.termination_message_policy.is_empty() {
        container.termination_message_policy = Str::word("File");
    }
    for port in &mut container.ports {
        if port.protocol.is_empty() {
            port.protocol = "TCP".into();
        }
    }
    for probe in [
        &mut container.liveness_probe,
        &mut container.readiness_probe,
        &mut container.startup_probe,
    ]
    .into_iter()
    .flatten()
    {
        let or = |field: &mut i32, value| {
            if *field == 0 {
                *field = value;
            }
        };
        or(&mut probe.timeout_seconds, 1);
        or(&mut probe.period_seconds, 10);
        or(&mut probe.success_threshold, 1);
        or(&mut probe.failure_threshold, 3);
        if let Some(Value::Object(get)) = probe.other.get_mut("httpGet") {
            get.entry("path").or_insert("/".into());
            get.entry("scheme").or_insert("HTTP".into());
        }
    }
}

/// What a Pod has and a template has not.
fn pod_only(spec: &mut PodSpec) {
    spec.enable_service_links.get_or_insert(true);
    let host_network = spec.host_network;
    for one in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        let limits = std::mem::take(&mut one.resources.limits);
        fill(&mut one.resources.requests, &limits);
        one.resources.limits = limits;
        for port in &mut one.ports {
            if host_network && port.host_port == 0 {
                port.host_port = port.container_port;
            }
        }
    }
}

/// An image's tag: `latest` if it names none, nothing if it names a digest only
/// (`pkg/util/parsers/parsers.go`).
fn tag(image: &str) -> &str {
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    let last = name.rsplit('/').next().unwrap_or(name);
    match (last.split_once(':'), digest) {
        (Some((_, tag)), _) => tag,
        (None, Some(_)) => "",
        (None, None) => "latest",
    }
}

/// Guaranteed, Burstable or BestEffort (`pkg/apis/core/v1/helper/qos/qos.go`).
pub(super) fn qos_class(spec: &PodSpec) -> &'static str {
    let mut guaranteed = true;
    let mut nothing = true;
    for container in spec.init_containers.iter().chain(&spec.containers) {
        let resources = &container.resources;
        for name in ["cpu", "memory"] {
            let given = |list: &ResourceList| list.get(name).copied().filter(|one| !one.is_zero());
            let (request, limit) = (given(&resources.requests), given(&resources.limits));
            nothing &= request.is_none() && limit.is_none();
            guaranteed &= limit.is_some() && request == limit;
        }
    }
    if nothing {
        "BestEffort"
    } else if guaranteed {
        "Guaranteed"
    } else {
        "Burstable"
    }
}
