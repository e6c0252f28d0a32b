use std::rc::Rc;

use crate::{
    cluster::{
        ContainerLife, Moment, RunningPod,
        api::{ContainerState, Key, Pod, PodPhase, Str},
        trace::{Step, StepKind},
    },
    tui::{signs::Signs, theme::Theme},
};
use ratatui::style::Style;

/// A Pod of a node.
#[derive(Clone, Debug)]
pub(super) struct PodView {
    pub(super) key: Key,
    pub(super) state: PodState,
    /// Kubernetes' own word for what is wrong, or nothing.
    pub(super) reason: Str,
    pub(super) ip: Str,
    /// The pause container first.
    pub(super) containers: Vec<ContainerView>,
    /// What is mounted into its containers, by name.
    pub(super) volumes: Vec<Str>,
}

/// A container of a Pod.
#[derive(Clone, Debug)]
pub(super) struct ContainerView {
    pub(super) name: Str,
    pub(super) state: PodState,
    pub(super) image: Str,
    pub(super) restarts: i32,
    /// How it is asked whether it is well.
    pub(super) probes: Vec<&'static str>,
}

/// How a Pod or a container is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum PodState {
    Waiting,
    Pulling,
    Ready,
    /// It runs but is not to be sent requests.
    Unready,
    Terminating,
    /// It is tried again after a while.
    BackingOff,
    Failed,
    Completed,
}

impl PodState {
    pub(super) const ALL: [PodState; 8] = [
        PodState::Failed,
        PodState::BackingOff,
        PodState::Terminating,
        PodState::Waiting,
        PodState::Pulling,
        PodState::Unready,
        PodState::Ready,
        PodState::Completed,
    ];

    pub(super) fn sign(self, signs: &Signs) -> &'static str {
        match self {
            PodState::Waiting => signs.map.waiting,
            PodState::Pulling => signs.map.pulling,
            PodState::Ready => signs.map.ready,
            PodState::Unready => signs.map.unready,
            PodState::Terminating => signs.map.terminating,
            PodState::BackingOff => signs.map.backing_off,
            PodState::Failed => signs.problem,
            PodState::Completed => signs.done,
        }
    }

    pub(super) fn style(self, theme: &Theme) -> Style {
        match self {
            PodState::Waiting | PodState::Terminating | PodState::Completed => theme.muted,
            PodState::Pulling | PodState::Unready => theme.warn,
            PodState::Ready => theme.good,
            PodState::BackingOff | PodState::Failed => theme.bad,
        }
        .into()
    }

    /// The name of the text that says it.
    pub(super) fn text(self) -> &'static str {
        match self {
            PodState::Waiting => "map.waiting",
            PodState::Pulling => "map.pulling",
            PodState::Ready => "map.ready",
            PodState::Unready => "map.unready",
            PodState::Terminating => "map.terminating",
            PodState::BackingOff => "map.backing-off",
            PodState::Failed => "map.failed",
            PodState::Completed => "map.completed",
        }
    }
}

/// The images that are being pulled: for which Pods.
pub(super) struct Pulls(Vec<Key>);

impl Pulls {
    pub(super) fn new(done: &[Rc<Step>], now: Moment) -> Pulls {
        let open = done.iter().filter(|step| {
            step.kind == StepKind::Runtime && &*step.verb == "PullImage" && step.done > now
        });
        Pulls(
            open.map(|step| Key::new(step.namespace.clone(), step.name.clone()))
                .collect(),
        )
    }
}

impl PodView {
    pub(super) fn new(pod: &Pod, running: Option<&RunningPod>, pulls: &Pulls) -> PodView {
        let key = pod.metadata.key();
        let pulling = pulls.0.contains(&key);
        let (state, reason) = state_of(pod, pulling);
        PodView {
            state,
            reason,
            ip: pod.status.pod_ip.clone(),
            containers: containers(pod, running, pulling),
            volumes: volumes(pod),
            key,
        }
    }
}

fn state_of(pod: &Pod, pulling: bool) -> (PodState, Str) {
    let nothing = Str::default();
    let status = &pod.status;
    if pod.metadata.is_deleting() {
        return (PodState::Terminating, nothing);
    }
    match status.phase {
        PodPhase::Succeeded => return (PodState::Completed, nothing),
        PodPhase::Failed => {
            let reason = match status.reason.is_empty() {
                true => "Error".into(),
                false => status.reason.clone(),
            };
            return (PodState::Failed, reason);
        }
        _ => {}
    }
    let containers = status
        .init_container_statuses
        .iter()
        .chain(&status.container_statuses);
    for container in containers.clone() {
        match &container.state {
            ContainerState::Waiting { reason, .. } if reason.ends_with("BackOff") => {
                return (PodState::BackingOff, reason.clone());
            }
            ContainerState::Waiting { reason, .. }
                if reason.starts_with("Err") || reason.ends_with("Error") =>
            {
                return (PodState::Failed, reason.clone());
            }
            ContainerState::Terminated {
                exit_code, reason, ..
            } if *exit_code != 0 => {
                return (PodState::Failed, reason.clone());
            }
            _ => {}
        }
    }
    if pulling {
        return (PodState::Pulling, nothing);
    }
    if status.phase == PodPhase::Unknown {
        return (PodState::Unready, "Unknown".into());
    }
    let runs = |state: &ContainerState| matches!(state, ContainerState::Running { .. });
    let mut own = status.container_statuses.iter();
    if status.phase == PodPhase::Running || own.any(|container| runs(&container.state)) {
        let state = match status.is_ready() {
            true => PodState::Ready,
            false => PodState::Unready,
        };
        return (state, nothing);
    }
    (PodState::Waiting, nothing)
}

/// The containers as the runtime has them; those it has not made yet, as the spec wants them.
fn containers(pod: &Pod, running: Option<&RunningPod>, pulling: bool) -> Vec<ContainerView> {
    let sandbox = match running.and_then(|pod| pod.sandbox) {
        Some(true) => PodState::Ready,
        Some(false) => PodState::Completed,
        None => PodState::Waiting,
    };
    let mut found = vec![ContainerView {
        name: "pause".into(),
        state: sandbox,
        image: Str::default(),
        restarts: 0,
        probes: Vec::new(),
    }];
    let wanted = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    for container in wanted {
        let made = running
            .into_iter()
            .flat_map(|pod| &pod.containers)
            .find(|one| one.name == container.name);
        let state = match made.map(|one| one.state) {
            None if pulling => PodState::Pulling,
            None | Some(ContainerLife::Created) => PodState::Waiting,
            Some(ContainerLife::Running) => PodState::Ready,
            Some(ContainerLife::Exited(0)) => PodState::Completed,
            Some(ContainerLife::Exited(_)) => PodState::Failed,
        };
        let status = pod.status.container_statuses.iter();
        let status = status.clone().find(|one| one.name == container.name);
        let probes = [
            ("startup", &container.startup_probe),
            ("readiness", &container.readiness_probe),
            ("liveness", &container.liveness_probe),
        ];
        found.push(ContainerView {
            name: container.name.clone(),
            state,
            image: container.image.clone(),
            restarts: status.map_or(0, |status| status.restart_count.0),
            probes: probes
                .into_iter()
                .filter_map(|(name, probe)| probe.as_ref().map(|_| name))
                .collect(),
        });
    }
    found
}

fn volumes(pod: &Pod) -> Vec<Str> {
    pod.spec
        .volumes
        .iter()
        .map(|volume| volume.name.clone())
        .collect()
}
