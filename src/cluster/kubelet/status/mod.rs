//! A Pod's status from what the runtime says (`pkg/kubelet/kubelet_pods.go`, generateAPIPodStatus;
//! `pkg/kubelet/status/generate.go`). Look first at [`generate`].

mod conditions;
mod containers;
mod phase;

use std::collections::BTreeMap;

use self::{
    conditions::conditions,
    containers::{container_statuses, lost},
    phase::phase,
};
use super::{actions::is_sidecar, probe::Probes, worker::Trouble};
use crate::cluster::{
    api::{
        ConditionStatus, Container, ContainerState, ContainerStatus, Pod, PodIp, PodPhase,
        PodStatus, Ready, Str,
    },
    moment::Timestamp,
    runtime::PodRecord,
};

/// All a status is made from.
pub(super) struct View<'a> {
    pub(super) pod: &'a Pod,
    pub(super) record: &'a PodRecord,
    /// The status before.
    pub(super) before: &'a PodStatus,
    pub(super) reasons: &'a BTreeMap<Str, Trouble>,
    pub(super) probes: &'a Probes,
    /// The node's address.
    pub(super) host: &'a Str,
    /// Nothing runs any more, and nothing will.
    pub(super) over: bool,
    pub(super) now: Timestamp,
}

/// The conditions a kubelet owns, in the order it writes them.
pub(super) const CONDITIONS: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// The Pod's status now.
pub(super) fn generate(view: &View<'_>) -> PodStatus {
    let (pod, before) = (view.pod, view.before);
    let spec = &*pod.spec;
    let mut inits =
        container_statuses(view, &spec.init_containers, &before.init_container_statuses);
    let mut regular = container_statuses(view, &spec.containers, &before.container_statuses);
    regular.sort_by(|one, other| one.name.cmp(&other.name));
    let mut phase = phase(spec, &inits, &regular, view.over);
    for known in [before.phase, pod.status.phase] {
        if known.is_finished() && !phase.is_finished() {
            phase = known;
        }
    }
    for status in &mut regular {
        let container = spec.containers.iter().find(|one| one.name == status.name);
        set_ready(status, container, view);
    }
    for (status, container) in inits.iter_mut().zip(&spec.init_containers) {
        if is_sidecar(container) {
            set_ready(status, Some(container), view);
        } else {
            status.started = Some(matches!(status.state, ContainerState::Running { .. }));
            status.ready = Ready(exit_code(&status.state) == Some(0));
        }
    }
    let mut status = PodStatus {
        phase,
        observed_generation: pod.metadata.generation,
        init_container_statuses: before.init_container_statuses.or(inits),
        container_statuses: before.container_statuses.or(regular),
        start_time: before.start_time.or(Some(view.now)),
        host_ip: view.host.clone(),
        host_ips: before.host_ips.or(vec![PodIp {
            ip: view.host.clone(),
            ..PodIp::default()
        }]),
        qos_class: pod.status.qos_class.clone(),
        nominated_node_name: pod.status.nominated_node_name.clone(),
        other: pod.status.other.clone(),
        ..PodStatus::default()
    };
    if phase == before.phase {
        status.reason = before.reason.clone();
        status.message = before.message.clone();
    }
    let ip = if spec.host_network {
        Some(view.host.clone())
    } else {
        let sandbox = view.record.sandbox.as_ref();
        sandbox
            .map(|sandbox| sandbox.ip.clone())
            .filter(|ip| !ip.is_empty())
    };
    if let Some(ip) = ip {
        status.pod_ips = before.pod_ips.or(vec![PodIp {
            ip: ip.clone(),
            ..PodIp::default()
        }]);
        status.pod_ip = ip;
    }
    status.conditions = before.conditions.or(conditions(view, &status));
    // What is over has ended somehow: a Pod that never ran has failed (`status_manager.go`, TerminatePod).
    if view.over && !status.phase.is_finished() {
        status.phase = PodPhase::Failed;
    }
    if view.over {
        let initialized = status.condition("Initialized");
        if initialized.is_some_and(|one| one.status == ConditionStatus::True) {
            status.container_statuses.iter_mut().for_each(end);
        }
        // Of the init containers those that were begun.
        let inits = &mut status.init_container_statuses;
        let begun = inits.iter().rposition(|one| {
            !matches!(one.state, ContainerState::Waiting { .. }) || one.last_state.is_some()
        });
        let begun = begun.map_or(1, |last| last + 1);
        inits.iter_mut().take(begun).for_each(end);
    }
    status
}

/// What did not end has failed, in a Pod that is over (`status_manager.go`, TerminatePod).
fn end(status: &mut ContainerStatus) {
    if !matches!(status.state, ContainerState::Terminated { .. }) {
        status.state = lost();
    }
}

fn exit_code(state: &ContainerState) -> Option<i32> {
    match state {
        ContainerState::Terminated { exit_code, .. } => Some(*exit_code),
        _ => None,
    }
}

fn set_ready(status: &mut ContainerStatus, container: Option<&Container>, view: &View<'_>) {
    let running = matches!(status.state, ContainerState::Running { .. });
    let id = status
        .container_id
        .strip_prefix("containerd://")
        .unwrap_or_default();
    let verdicts = view.probes.verdicts(id);
    let started = running
        && container
            .is_some_and(|one| one.startup_probe.is_none() || verdicts.startup == Some(true));
    status.started = Some(started);
    status.ready = Ready(
        started
            && container.is_some_and(|one| {
                one.readiness_probe.is_none() || verdicts.readiness == Some(true)
            }),
    );
}
