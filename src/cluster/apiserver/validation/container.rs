//! Containers: their images, ports, mounts, resources and probes.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{NEGATIVE, Wrong, not_negative};
use crate::cluster::{
    api::{Container, ContainerPort, PodSpec, Probe, ResourceRequirements, Volume, names},
    apiserver::field::FieldError,
};

pub(super) fn containers<'a>(
    list: &'a [Container],
    spec: &PodSpec,
    path: &str,
    seen: &mut FxHashSet<&'a str>,
    wrong: &mut Wrong,
) {
    for (at, container) in list.iter().enumerate() {
        let path = &format!("{path}[{at}]");
        if container.name.is_empty() {
            wrong.push(FieldError::required(format!("{path}.name"), ""));
        } else {
            for one in names::dns1123_label(&container.name) {
                wrong.push(FieldError::invalid(
                    format!("{path}.name"),
                    &container.name,
                    one,
                ));
            }
        }
        if container.image.is_empty() {
            wrong.push(FieldError::required(format!("{path}.image"), ""));
        }
        if !matches!(
            &*container.termination_message_policy,
            "File" | "FallbackToLogsOnError"
        ) {
            wrong.push(FieldError::not_supported(
                format!("{path}.terminationMessagePolicy"),
                &container.termination_message_policy,
                &["FallbackToLogsOnError", "File"],
            ));
        }
        ports(&container.ports, path, wrong);
        environment(&container.env, path, wrong);
        mounts(container, &spec.volumes, path, wrong);
        if !matches!(
            &*container.image_pull_policy,
            "Always" | "IfNotPresent" | "Never"
        ) {
            wrong.push(FieldError::not_supported(
                format!("{path}.imagePullPolicy"),
                &container.image_pull_policy,
                &["Always", "IfNotPresent", "Never"],
            ));
        }
        resources(&container.resources, path, wrong);
        if !seen.insert(&container.name) {
            wrong.push(FieldError::duplicate(
                format!("{path}.name"),
                &container.name,
            ));
        }
        probe(
            container.liveness_probe.as_deref(),
            path,
            "livenessProbe",
            wrong,
        );
        probe(
            container.readiness_probe.as_deref(),
            path,
            "readinessProbe",
            wrong,
        );
        probe(
            container.startup_probe.as_deref(),
            path,
            "startupProbe",
            wrong,
        );
    }
}

/// An init container that does not restart has no probes and no hooks.
pub(super) fn init_containers(list: &[Container], path: &str, wrong: &mut Wrong) {
    for (at, container) in list.iter().enumerate() {
        if container.restart_policy.is_some() {
            continue;
        }
        for (field, given) in [
            ("lifecycle", container.lifecycle.is_some()),
            ("livenessProbe", container.liveness_probe.is_some()),
            ("readinessProbe", container.readiness_probe.is_some()),
            ("startupProbe", container.startup_probe.is_some()),
        ] {
            if given {
                wrong.push(FieldError::forbidden(
                    format!("{path}[{at}].{field}"),
                    "may not be set for init containers without restartPolicy=Always",
                ));
            }
        }
    }
}

fn ports(ports: &[ContainerPort], path: &str, wrong: &mut Wrong) {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (at, port) in ports.iter().enumerate() {
        let path = |field: &str| format!("{path}.ports[{at}].{field}");
        if !port.name.is_empty() {
            let found = names::port_name(&port.name);
            if found.is_empty() && !seen.insert(&port.name) {
                wrong.push(FieldError::duplicate(path("name"), &port.name));
            }
            for one in found {
                wrong.push(FieldError::invalid(path("name"), &port.name, one));
            }
        }
        if port.container_port == 0 {
            wrong.push(FieldError::required(path("containerPort"), ""));
        } else if let Some(one) = names::port_number(port.container_port.into()) {
            wrong.push(FieldError::invalid(
                path("containerPort"),
                port.container_port,
                one,
            ));
        }
        if port.host_port != 0
            && let Some(one) = names::port_number(port.host_port.into())
        {
            wrong.push(FieldError::invalid(path("hostPort"), port.host_port, one));
        }
        if !matches!(&*port.protocol, "TCP" | "UDP" | "SCTP") {
            wrong.push(FieldError::not_supported(
                path("protocol"),
                &port.protocol,
                &["SCTP", "TCP", "UDP"],
            ));
        }
    }
}

pub(super) fn host_ports(list: &[Container], path: &str, wrong: &mut Wrong) {
    let mut seen = FxHashSet::default();
    for (at, container) in list.iter().enumerate() {
        for (place, port) in container.ports.iter().enumerate() {
            if port.host_port == 0 {
                continue;
            }
            let text = format!("{}/{}/{}", port.protocol, port.host_ip, port.host_port);
            if !seen.insert(text.clone()) {
                wrong.push(FieldError::duplicate(
                    format!("{path}[{at}].ports[{place}].hostPort"),
                    text,
                ));
            }
        }
    }
}

fn environment(env: &[Value], path: &str, wrong: &mut Wrong) {
    for (at, one) in env.iter().enumerate() {
        let path = |field: &str| format!("{path}.env[{at}].{field}");
        let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() {
            wrong.push(FieldError::required(path("name"), ""));
        } else if !name
            .bytes()
            .all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=')
        {
            wrong.push(FieldError::invalid(
                path("name"),
                name,
                "a valid environment variable name must consist only of printable ASCII characters other than '='",
            ));
        }
        let given = one.get("value").and_then(Value::as_str).unwrap_or_default();
        if !given.is_empty() && one.get("valueFrom").is_some() {
            wrong.push(FieldError::invalid(
                path("valueFrom"),
                "",
                "may not be specified when `value` is not empty",
            ));
        }
    }
}

fn mounts(container: &Container, volumes: &[Volume], path: &str, wrong: &mut Wrong) {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (at, mount) in container.volume_mounts.iter().enumerate() {
        let path = |field: &str| format!("{path}.volumeMounts[{at}].{field}");
        if mount.name.is_empty() {
            wrong.push(FieldError::required(path("name"), ""));
        } else if !volumes.iter().any(|volume| volume.name == mount.name) {
            wrong.push(FieldError::not_found(path("name"), &mount.name));
        }
        if mount.mount_path.is_empty() {
            wrong.push(FieldError::required(path("mountPath"), ""));
        } else if !seen.insert(&mount.mount_path) {
            wrong.push(FieldError::invalid(
                path("mountPath"),
                &mount.mount_path,
                "must be unique",
            ));
        }
    }
}

/// (`validateResourceRequirements`, `ValidateResourceQuantityValue`)
fn resources(resources: &ResourceRequirements, path: &str, wrong: &mut Wrong) {
    for (name, limit) in &resources.limits {
        if limit.is_negative() {
            let path = format!("{path}.resources.limits[{name}]");
            wrong.push(FieldError::invalid(path, limit, NEGATIVE));
        }
    }
    for (name, request) in &resources.requests {
        let path = || format!("{path}.resources.requests");
        if request.is_negative() {
            let path = format!("{}[{name}]", path());
            wrong.push(FieldError::invalid(path, request, NEGATIVE));
        }
        if let Some(limit) = resources.limits.get(name)
            && request > limit
        {
            wrong.push(FieldError::invalid(
                path(),
                request,
                format!("must be less than or equal to {name} limit of {limit}"),
            ));
        }
    }
}

fn probe(probe: Option<&Probe>, path: &str, field: &str, wrong: &mut Wrong) {
    let Some(probe) = probe else {
        return;
    };
    let at = |name: &str| format!("{path}.{field}.{name}");
    let mut handlers = 0;
    for name in ["exec", "httpGet", "tcpSocket", "grpc"] {
        let Some(handler) = probe.other.get(name) else {
            continue;
        };
        handlers += 1;
        if handlers > 1 {
            wrong.push(FieldError::forbidden(
                at(name),
                "may not specify more than 1 handler type",
            ));
            continue;
        }
        match name {
            "exec" => {
                let command = handler.get("command").and_then(Value::as_array);
                if command.is_none_or(Vec::is_empty) {
                    wrong.push(FieldError::required(at("exec.command"), ""));
                }
            }
            "httpGet" | "tcpSocket" => handler_port(handler, &at(&format!("{name}.port")), wrong),
            _ => {}
        }
    }
    if handlers == 0 {
        wrong.push(FieldError::required(
            format!("{path}.{field}"),
            "must specify a handler type",
        ));
    }
    for (name, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        not_negative(|| at(name), value.into(), wrong);
    }
    if let Some(seconds) = probe.termination_grace_period_seconds {
        if seconds <= 0 {
            wrong.push(FieldError::invalid(
                at("terminationGracePeriodSeconds"),
                seconds,
                "must be greater than 0",
            ));
        }
        if field == "readinessProbe" {
            wrong.push(FieldError::invalid(
                at("terminationGracePeriodSeconds"),
                seconds,
                "must not be set for readinessProbes",
            ));
        }
    }
    if field != "readinessProbe" && probe.success_threshold != 1 {
        wrong.push(FieldError::invalid(
            at("successThreshold"),
            probe.success_threshold,
            "must be 1",
        ));
    }
}

fn handler_port(handler: &Value, path: &str, wrong: &mut Wrong) {
    match handler.get("port") {
        Some(Value::String(name)) => {
            for one in names::port_name(name) {
                wrong.push(FieldError::invalid(path, name, one));
            }
        }
        other => {
            let number = other.and_then(Value::as_i64).unwrap_or(0);
            if let Some(one) = names::port_number(number) {
                wrong.push(FieldError::invalid(path, number, one));
            }
        }
    }
}
