//! A Pod's status from what the runtime says (`pkg/kubelet/kubelet_pods.go`, generateAPIPodStatus;
//! `pkg/kubelet/status/generate.go`).

use std::{collections::BTreeMap, sync::OnceLock};

use super::{
    actions::{is_sidecar, restarts, should_start},
    probe::Probes,
    worker::Trouble,
};
use crate::cluster::{
    api::{
        Condition, ConditionStatus, Container, ContainerState, ContainerStatus, Pod, PodIp,
        PodPhase, PodSpec, PodStatus, Ready, RestartCount, Str,
    },
    moment::Timestamp,
    runtime::{ContainerRecord, ContainerRun, PodRecord},
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

/// Its own conditions, in upstream's order, after those that others set.
fn conditions(view: &View<'_>, status: &PodStatus) -> Vec<Condition> {
    let pod = view.pod;
    let theirs = pod.status.conditions.iter();
    let theirs = theirs.filter(|condition| !CONDITIONS.contains(&&*condition.kind));
    let mut conditions = Vec::with_capacity(theirs.clone().count() + CONDITIONS.len());
    conditions.extend(theirs.cloned());
    let sandbox = (view.record.ready_sandbox().is_some(), "", String::new());
    let all_ready = containers_ready(&pod.spec, status);
    let ready = match readiness_gates(pod) {
        Some(message) if all_ready.0 => (false, "ReadinessGatesNotReady", message),
        _ => all_ready.clone(),
    };
    let verdicts = [
        sandbox,
        initialized(&pod.spec, status),
        ready,
        all_ready,
        (true, "", String::new()),
    ];
    for (kind, (holds, reason, message)) in kinds().iter().zip(verdicts) {
        let status = ConditionStatus::from(holds);
        let before = view.before.condition(kind);
        // PodScheduled was set by the scheduler.
        let before = before.or_else(|| pod.status.condition(kind));
        let since = before.filter(|before| before.status == status);
        conditions.push(Condition {
            kind: kind.clone(),
            status,
            reason: match reason {
                "" => Str::default(),
                reason => reason.into(),
            },
            message,
            last_transition_time: since
                .and_then(|since| since.last_transition_time)
                .or(Some(view.now)),
            observed_generation: pod.metadata.generation,
            ..Condition::default()
        });
    }
    conditions
}

/// All Pods share the names of their conditions.
fn kinds() -> &'static [Str; CONDITIONS.len()] {
    static KINDS: OnceLock<[Str; CONDITIONS.len()]> = OnceLock::new();
    KINDS.get_or_init(|| CONDITIONS.map(Str::from))
}

type Verdict = (bool, &'static str, String);

fn list(names: &[&str]) -> String {
    format!("[{}]", names.join(" "))
}

/// GenerateContainersReadyCondition.
fn containers_ready(spec: &PodSpec, status: &PodStatus) -> Verdict {
    match status.phase {
        PodPhase::Succeeded => return (false, "PodCompleted", String::new()),
        PodPhase::Failed => return (false, "PodFailed", String::new()),
        _ => {}
    }
    let sidecars = spec.init_containers.iter().filter(|one| is_sidecar(one));
    let ready = |container: &&Container| {
        let statuses = status.init_container_statuses.iter();
        let mut statuses = statuses.chain(&status.container_statuses);
        statuses.any(|one| one.name == container.name && one.ready.0)
    };
    let unready: Vec<&str> = sidecars
        .chain(&spec.containers)
        .filter(|container| !ready(container))
        .map(|container| &*container.name)
        .collect();
    if unready.is_empty() {
        return (true, "", String::new());
    }
    let message = format!("containers with unready status: {}", list(&unready));
    (false, "ContainersNotReady", message)
}

/// GeneratePodReadyCondition: what the Pod's readiness gates still lack.
fn readiness_gates(pod: &Pod) -> Option<String> {
    let gates = pod.spec.other.get("readinessGates")?.as_array()?;
    let mut missing = Vec::new();
    for gate in gates {
        let kind = gate
            .get("conditionType")
            .and_then(serde_json::Value::as_str)?;
        match pod.status.condition(kind) {
            None => missing.push(format!(
                "corresponding condition of pod readiness gate \"{kind}\" does not exist."
            )),
            Some(condition) if condition.status != ConditionStatus::True => missing.push(format!(
                "the status of pod readiness gate \"{kind}\" is not \"True\", but {}",
                condition.status.as_str()
            )),
            Some(_) => {}
        }
    }
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// GeneratePodInitializedCondition.
fn initialized(spec: &PodSpec, status: &PodStatus) -> Verdict {
    let statuses = status.init_container_statuses.iter();
    let incomplete: Vec<&str> = statuses
        .zip(&spec.init_containers)
        .filter(|(status, container)| {
            if is_sidecar(container) {
                status.started != Some(true)
            } else {
                !status.ready.0
            }
        })
        .map(|(status, _)| &*status.name)
        .collect();
    if status.phase == PodPhase::Succeeded {
        return (true, "PodCompleted", String::new());
    }
    let started = status.container_statuses.iter().any(|one| {
        one.started == Some(true) || one.last_state.is_some() || exit_code(&one.state).is_some()
    });
    if incomplete.is_empty() || started {
        return (true, "", String::new());
    }
    let message = format!("containers with incomplete status: {}", list(&incomplete));
    (false, "ContainersNotInitialized", message)
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

/// The statuses of a list of containers, in the list's order (convertToAPIContainerStatuses).
fn container_statuses(
    view: &View<'_>,
    containers: &[Container],
    before: &[ContainerStatus],
) -> Vec<ContainerStatus> {
    containers
        .iter()
        .map(|container| {
            let before = before.iter().find(|one| one.name == container.name);
            container_status(view, container, before)
        })
        .collect()
}

fn container_status(
    view: &View<'_>,
    container: &Container,
    before: Option<&ContainerStatus>,
) -> ContainerStatus {
    let name = &container.name;
    let mut status = match view.record.latest(name) {
        Some(one) => of_record(one, view.record.previous(name), before),
        None => never_seen(view, container, before),
    };
    let finished_init = view
        .pod
        .spec
        .init_containers
        .iter()
        .any(|one| one.name == *name)
        && view
            .record
            .latest(name)
            .and_then(ContainerRecord::exit_code)
            == Some(0)
        && !is_sidecar(container);
    // What could not be started, though it should have been, waits.
    if !finished_init
        && should_start(container, view.pod, view.record)
        && let Some(trouble) = view.reasons.get(name)
    {
        if let ContainerState::Terminated { .. } = status.state {
            status.last_state = Some(std::mem::take(&mut status.state));
        }
        status.state = ContainerState::Waiting {
            reason: trouble.reason.into(),
            message: trouble.message.clone(),
        };
    }
    status
}

/// A container the runtime does not know.
fn never_seen(
    view: &View<'_>,
    container: &Container,
    before: Option<&ContainerStatus>,
) -> ContainerStatus {
    let reason = if view.pod.spec.init_containers.is_empty() {
        "ContainerCreating"
    } else {
        "PodInitializing"
    };
    let mut status = ContainerStatus {
        name: container.name.clone(),
        image: container.image.clone(),
        state: ContainerState::Waiting {
            reason: reason.into(),
            message: String::new(),
        },
        ..ContainerStatus::default()
    };
    if let Some(before) = before {
        match &before.state {
            ContainerState::Terminated { .. } => return before.clone(),
            ContainerState::Running { .. } => {
                status.restart_count = before.restart_count;
                status.last_state = before.last_state.clone().or_else(|| Some(lost()));
                if !view.pod.metadata.is_deleting() {
                    status.restart_count.0 += 1;
                }
            }
            ContainerState::Waiting { .. } => {
                status.restart_count = before.restart_count;
                status.last_state.clone_from(&before.last_state);
            }
        }
    }
    if view.over {
        // Whatever never ran is not told as failed, and whatever ran and is lost is.
        let ran = before.is_some_and(|one| matches!(one.state, ContainerState::Running { .. }));
        if ran {
            status.state = lost();
        }
    }
    status
}

/// What is said of a container that ran and of which nothing is known any more.
fn lost() -> ContainerState {
    ContainerState::Terminated {
        exit_code: 137,
        signal: 0,
        reason: "ContainerStatusUnknown".into(),
        started_at: None,
        finished_at: None,
        container_id: Str::default(),
    }
}

fn of_record(
    one: &ContainerRecord,
    previous: Option<&ContainerRecord>,
    before: Option<&ContainerStatus>,
) -> ContainerStatus {
    let last_state = match previous {
        Some(previous) => Some(state_of(previous)),
        None => before.and_then(|before| before.last_state.clone()),
    };
    ContainerStatus {
        container_id: format!("containerd://{}", one.id).into(),
        image: one.image.clone(),
        image_id: one.image_id.clone(),
        last_state,
        name: one.name.clone(),
        restart_count: RestartCount(one.restart_count),
        state: state_of(one),
        ..ContainerStatus::default()
    }
}

fn state_of(one: &ContainerRecord) -> ContainerState {
    let started_at = one.started.map(|moment| moment.timestamp());
    match one.run {
        ContainerRun::Created => ContainerState::default(),
        ContainerRun::Running => ContainerState::Running { started_at },
        ContainerRun::Exited {
            code,
            reason,
            finished,
        } => ContainerState::Terminated {
            exit_code: code,
            signal: 0,
            reason: reason.into(),
            started_at,
            finished_at: Some(finished.timestamp()),
            container_id: format!("containerd://{}", one.id).into(),
        },
    }
}

/// The phase (`pkg/kubelet/kubelet_pods.go`, getPhase).
fn phase(
    spec: &PodSpec,
    inits: &[ContainerStatus],
    regular: &[ContainerStatus],
    over: bool,
) -> PodPhase {
    let (mut pending, mut failed, mut failed_for_good) = (0, 0, 0);
    let (mut running, mut waiting, mut stopped, mut for_good, mut succeeded) = (0, 0, 0, 0, 0);
    let mut sidecars_pending = 0;
    for container in &spec.init_containers {
        let status = inits.iter().find(|one| one.name == container.name);
        let last = status.and_then(|status| status.last_state.as_ref().and_then(exit_code));
        match status.map(|status| &status.state) {
            Some(ContainerState::Running { .. }) if is_sidecar(container) => running += 1,
            Some(ContainerState::Terminated { .. }) if is_sidecar(container) => {}
            _ if is_sidecar(container) => {
                if last.is_none() {
                    sidecars_pending += 1;
                    waiting += 1;
                }
            }
            Some(ContainerState::Terminated { exit_code: 0, .. }) => {}
            Some(ContainerState::Terminated { exit_code, .. }) => {
                failed += 1;
                failed_for_good += i32::from(!restarts(container, spec, *exit_code));
            }
            Some(ContainerState::Waiting { .. }) if last.is_some_and(|code| code != 0) => {
                failed += 1;
                let code = last.unwrap_or_default();
                failed_for_good += i32::from(!restarts(container, spec, code));
            }
            Some(ContainerState::Waiting { .. }) if last.is_some() => {}
            _ => pending += 1,
        }
    }
    let started = regular.iter().any(|one| {
        !matches!(one.state, ContainerState::Waiting { .. }) || one.last_state.is_some()
    });
    for container in &spec.containers {
        let status = regular.iter().find(|one| one.name == container.name);
        match status.map(|status| &status.state) {
            Some(ContainerState::Running { .. }) => running += 1,
            Some(ContainerState::Terminated { exit_code, .. }) => {
                stopped += 1;
                for_good += i32::from(!restarts(container, spec, *exit_code));
                succeeded += i32::from(*exit_code == 0);
            }
            Some(ContainerState::Waiting { .. })
                if status.is_some_and(|status| status.last_state.is_some()) =>
            {
                stopped += 1;
            }
            _ => waiting += 1,
        }
    }
    if failed_for_good > 0 {
        return PodPhase::Failed;
    }
    if !over && (pending > 0 || failed > 0 || sidecars_pending > 0) && !started {
        return PodPhase::Pending;
    }
    if waiting > 0 && !(over && running == 0 && stopped > 0) {
        return PodPhase::Pending;
    }
    if running > 0 {
        return PodPhase::Running;
    }
    if stopped == 0 {
        return PodPhase::Pending;
    }
    if over || stopped == for_good {
        return if stopped == succeeded {
            PodPhase::Succeeded
        } else {
            PodPhase::Failed
        };
    }
    PodPhase::Running
}
