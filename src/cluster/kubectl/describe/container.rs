use serde_json::Value;

use super::{Description, long};
use crate::cluster::{
    api::{
        Container, ContainerPort, ContainerState, ContainerStatus, Probe, ResourceList, VolumeMount,
    },
    kubectl::print::or_none,
};

/// describeContainers.
pub(super) fn containers(
    to: &mut Description,
    (title, space): (&str, &str),
    containers: &[Container],
    statuses: &[ContainerStatus],
) {
    let none = if containers.is_empty() { " <none>" } else { "" };
    to.line(0, format!("{space}{title}:{none}"));
    let indent = if space.is_empty() { "" } else { " " };
    for container in containers {
        let mut statuses = statuses.iter();
        let status = statuses.find(|status| status.name == container.name);
        to.line(1, format!("{indent}{}:", container.name));
        basics(to, container, status);
        words(to, "Command", &container.command);
        words(to, "Args", &container.args);
        if let Some(status) = status {
            state(to, "State", &status.state);
            if let Some(last @ ContainerState::Terminated { .. }) = &status.last_state {
                state(to, "Last State", last);
            }
            to.field(2, "Ready", if status.ready.0 { "True" } else { "False" });
            to.field(2, "Restart Count", status.restart_count.0);
        }
        amounts(to, "Limits", &container.resources.limits);
        amounts(to, "Requests", &container.resources.requests);
        for (title, probe) in [
            ("Liveness", &container.liveness_probe),
            ("Readiness", &container.readiness_probe),
            ("Startup", &container.startup_probe),
        ] {
            if let Some(probe) = probe {
                to.field(2, title, self::probe(probe));
            }
        }
        environment(to, &container.env);
        mounts(to, &container.volume_mounts);
    }
}

fn basics(to: &mut Description, container: &Container, status: Option<&ContainerStatus>) {
    if let Some(status) = status {
        to.field(2, "Container ID", &status.container_id);
    }
    to.field(2, "Image", &container.image);
    if let Some(status) = status {
        to.field(2, "Image ID", &status.image_id);
    }
    let list = |number: fn(&ContainerPort) -> i32| {
        let port = |port: &ContainerPort| {
            let text = format!("{}/{}", number(port), port.protocol);
            match &*port.name {
                "" => text,
                name => format!("{text} ({name})"),
            }
        };
        let ports: Vec<String> = container.ports.iter().map(port).collect();
        ports.join(", ")
    };
    for (one, several, ports) in [
        ("Port", "Ports", list(|port| port.container_port)),
        ("Host Port", "Host Ports", list(|port| port.host_port)),
    ] {
        let title = if ports.contains(',') { several } else { one };
        to.field(2, title, or_none(ports));
    }
}

fn words(to: &mut Description, title: &str, words: &[String]) {
    if words.is_empty() {
        return;
    }
    to.line(2, format!("{title}:"));
    for line in words.iter().flat_map(|word| word.split('\n')) {
        to.line(3, line);
    }
}

/// describeStatus.
fn state(to: &mut Description, title: &str, state: &ContainerState) {
    match state {
        ContainerState::Running { started_at } => {
            to.field(2, title, "Running");
            to.field(3, "Started", long(*started_at));
        }
        ContainerState::Waiting { reason, .. } => {
            to.field(2, title, "Waiting");
            if !reason.is_empty() {
                to.field(3, "Reason", reason);
            }
        }
        ContainerState::Terminated {
            exit_code,
            signal,
            reason,
            started_at,
            finished_at,
            ..
        } => {
            to.field(2, title, "Terminated");
            if !reason.is_empty() {
                to.field(3, "Reason", reason);
            }
            to.field(3, "Exit Code", exit_code);
            if *signal > 0 {
                to.field(3, "Signal", signal);
            }
            to.field(3, "Started", long(*started_at));
            to.field(3, "Finished", long(*finished_at));
        }
    }
}

fn amounts(to: &mut Description, title: &str, list: &ResourceList) {
    if !list.is_empty() {
        to.line(2, format!("{title}:"));
    }
    for (name, quantity) in list {
        to.field(3, name, quantity);
    }
}

/// A field of a value as text.
pub(super) fn text(value: &Value, field: &str) -> String {
    match value.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// DescribeProbe.
fn probe(probe: &Probe) -> String {
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        probe.initial_delay_seconds,
        probe.timeout_seconds,
        probe.period_seconds,
        probe.success_threshold,
        probe.failure_threshold
    );
    if let Some(exec) = probe.other.get("exec") {
        let command = exec.get("command").and_then(Value::as_array);
        let words = command.into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<&str> = words.collect();
        return format!("exec [{}] {attributes}", words.join(" "));
    }
    if let Some(get) = probe.other.get("httpGet") {
        let scheme = match text(get, "scheme").to_ascii_lowercase() {
            scheme if scheme.is_empty() => "http".to_owned(),
            scheme => scheme,
        };
        let (host, port, path) = (text(get, "host"), text(get, "port"), text(get, "path"));
        return format!("http-get {scheme}://{host}:{port}{path} {attributes}");
    }
    if let Some(socket) = probe.other.get("tcpSocket") {
        let (host, port) = (text(socket, "host"), text(socket, "port"));
        return format!("tcp-socket {host}:{port} {attributes}");
    }
    if let Some(grpc) = probe.other.get("grpc") {
        let (port, service) = (text(grpc, "port"), text(grpc, "service"));
        return format!("grpc <pod>:{port} {service} {attributes}");
    }
    format!("unknown {attributes}")
}

fn environment(to: &mut Description, env: &[Value]) {
    if env.is_empty() {
        to.line(2, "Environment:\t<none>");
        return;
    }
    to.line(2, "Environment:");
    for one in env {
        let value = if let Some(field) = one.pointer("/valueFrom/fieldRef") {
            format!(
                " ({}:{})",
                text(field, "apiVersion"),
                text(field, "fieldPath")
            )
        } else if let Some(key) = one.pointer("/valueFrom/secretKeyRef") {
            let (key, name) = (text(key, "key"), text(key, "name"));
            format!("<set to the key '{key}' in secret '{name}'>\tOptional: false")
        } else if let Some(key) = one.pointer("/valueFrom/configMapKeyRef") {
            let (key, name) = (text(key, "key"), text(key, "name"));
            format!("<set to the key '{key}' of config map '{name}'>\tOptional: false")
        } else {
            text(one, "value").replace('\n', "\n      \t")
        };
        to.field(3, &text(one, "name"), value);
    }
}

fn mounts(to: &mut Description, mounts: &[VolumeMount]) {
    if mounts.is_empty() {
        to.line(2, "Mounts:\t<none>");
        return;
    }
    to.line(2, "Mounts:");
    let mut sorted: Vec<&VolumeMount> = mounts.iter().collect();
    sorted.sort_by(|one, other| one.mount_path.cmp(&other.mount_path));
    for mount in sorted {
        let mut flags = if mount.read_only { "ro" } else { "rw" }.to_owned();
        if let Some(Value::String(path)) = mount.other.get("subPath") {
            flags += &format!(",path={path:?}");
        }
        to.line(
            3,
            format!("{} from {} ({flags})", mount.mount_path, mount.name),
        );
    }
}
