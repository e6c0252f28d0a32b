use super::or_none;
use crate::cluster::{
    Timestamp,
    api::{
        ConditionStatus, Container, ContainerState, ContainerStatus, Pod, PodPhase, RestartPolicy,
        Str,
    },
    kubectl::age,
};

pub(super) const COLUMNS: [&str; 9] = [
    "NAME",
    "READY",
    "STATUS",
    "RESTARTS",
    "AGE",
    "IP",
    "NODE",
    "NOMINATED NODE",
    "READINESS GATES",
];

pub(super) fn cells(pod: &Pod, now: Timestamp) -> Vec<String> {
    let summary = Summary::of(pod);
    let restarts = match summary.last_restart {
        Some(last) if summary.restarts != 0 => {
            format!("{} ({} ago)", summary.restarts, age::human(now.since(last)))
        }
        _ => summary.restarts.to_string(),
    };
    let ip = pod.status.pod_ips.first().map_or("", |ip| &ip.ip);
    vec![
        pod.metadata.name.to_string(),
        format!("{}/{}", summary.ready, summary.containers),
        summary.reason,
        restarts,
        age::since(pod.metadata.creation_timestamp, now),
        or_none(ip),
        or_none(&*pod.spec.node_name),
        or_none(&*pod.status.nominated_node_name),
        readiness_gates(pod),
    ]
}

/// How many of the conditions the Pod waits for hold.
fn readiness_gates(pod: &Pod) -> String {
    let gates = pod.spec.other.get("readinessGates");
    let Some(gates) = gates.and_then(serde_json::Value::as_array) else {
        return "<none>".to_owned();
    };
    let holds = |gate: &&serde_json::Value| {
        let kind = gate
            .get("conditionType")
            .and_then(serde_json::Value::as_str);
        let condition = pod.status.condition(kind.unwrap_or_default());
        condition.is_some_and(|condition| condition.status == ConditionStatus::True)
    };
    format!("{}/{}", gates.iter().filter(holds).count(), gates.len())
}

/// What a Pod's row says of its containers (`pkg/printers/internalversion/printers.go`, printPod).
struct Summary {
    ready: usize,
    containers: usize,
    reason: String,
    restarts: i32,
    last_restart: Option<Timestamp>,
}

impl Summary {
    fn of(pod: &Pod) -> Summary {
        let status = &pod.status;
        let own = |reason: &Str| (!reason.is_empty()).then(|| reason.to_string());
        let gated = status.condition("PodScheduled");
        let gated = gated.filter(|condition| &*condition.reason == "SchedulingGated");
        let mut summary = Summary {
            ready: 0,
            containers: pod.spec.containers.len()
                + pod
                    .spec
                    .init_containers
                    .iter()
                    .filter(|c| is_sidecar(c))
                    .count(),
            reason: match gated {
                Some(condition) => condition.reason.to_string(),
                None => own(&status.reason).unwrap_or_else(|| status.phase.as_str().to_owned()),
            },
            restarts: 0,
            last_restart: None,
        };
        let initializing = summary.read_init_containers(pod);
        let initialized = status.condition("Initialized");
        if !initializing || initialized.is_some_and(|c| c.status == ConditionStatus::True) {
            summary.restarts = 0;
            summary.last_restart = None;
            for sidecar in status.init_container_statuses.iter() {
                if spec_of(pod, sidecar).is_some_and(is_sidecar) {
                    summary.count_restarts(sidecar);
                }
            }
            summary.read_containers(pod);
        }
        if pod.metadata.is_deleting() {
            if &*status.reason == "NodeLost" {
                summary.reason = "Unknown".to_owned();
            } else if !matches!(status.phase, PodPhase::Succeeded | PodPhase::Failed) {
                summary.reason = "Terminating".to_owned();
            }
        }
        summary
    }

    fn count_restarts(&mut self, container: &ContainerStatus) {
        self.restarts += container.restart_count.0;
        if let Some(ContainerState::Terminated { finished_at, .. }) = &container.last_state {
            self.last_restart = self.last_restart.max(*finished_at);
        }
    }

    /// True while an init container holds the Pod up.
    fn read_init_containers(&mut self, pod: &Pod) -> bool {
        for (at, container) in pod.status.init_container_statuses.iter().enumerate() {
            self.count_restarts(container);
            let sidecar = spec_of(pod, container).is_some_and(is_sidecar);
            self.reason = match &container.state {
                ContainerState::Terminated { exit_code: 0, .. } => continue,
                _ if sidecar && container.started == Some(true) => {
                    self.ready += usize::from(container.ready.0);
                    continue;
                }
                ContainerState::Terminated {
                    reason,
                    signal,
                    exit_code,
                    ..
                } => format!("Init:{}", ended(reason, *signal, *exit_code)),
                ContainerState::Waiting { reason, .. }
                    if !reason.is_empty() && &**reason != "PodInitializing" =>
                {
                    format!("Init:{reason}")
                }
                _ => format!("Init:{at}/{}", pod.spec.init_containers.len()),
            };
            return true;
        }
        false
    }

    fn read_containers(&mut self, pod: &Pod) {
        let mut running = false;
        let mut error = None;
        for container in pod.status.container_statuses.iter().rev() {
            self.count_restarts(container);
            match &container.state {
                ContainerState::Waiting { reason, .. } if !reason.is_empty() => {
                    self.reason = reason.to_string();
                }
                ContainerState::Terminated {
                    reason,
                    signal,
                    exit_code,
                    ..
                } => {
                    self.reason = ended(reason, *signal, *exit_code);
                    if *exit_code != 0 {
                        error = Some(self.reason.clone());
                    }
                }
                ContainerState::Running { .. } if container.ready.0 => {
                    running = true;
                    self.ready += 1;
                }
                _ => {}
            }
        }
        if self.reason == "Completed" {
            if running && pod.status.is_ready() {
                self.reason = "Running".to_owned();
            } else if let Some(error) = error {
                self.reason = error;
            } else if running {
                self.reason = "NotReady".to_owned();
            }
        }
    }
}

fn spec_of<'p>(pod: &'p Pod, status: &ContainerStatus) -> Option<&'p Container> {
    let mut containers = pod.spec.init_containers.iter();
    containers.find(|container| container.name == status.name)
}

fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == Some(RestartPolicy::Always)
}

fn ended(reason: &str, signal: i32, exit_code: i32) -> String {
    match (reason, signal) {
        ("", 0) => format!("ExitCode:{exit_code}"),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}
