//! What has to be done so that a Pod's containers are as its spec wants them
//! (`pkg/kubelet/kuberuntime/kuberuntime_manager.go`, computePodActions).

use crate::cluster::{
    api::{Container, Pod, PodSpec, RestartPolicy, Str},
    runtime::{ContainerRecord, ContainerRun, Place, PodRecord},
};

/// One thing to do.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Action {
    /// Stop what runs and the sandbox: it no longer holds.
    StopPod,
    RunSandbox {
        attempt: u32,
    },
    Kill {
        place: Place,
        container: Str,
        name: Str,
        message: String,
        cause: KillCause,
    },
    Start(Place),
}

/// Why a running container is killed: it decides how long it is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum KillCause {
    Liveness,
    Startup,
    Other,
}

/// What the probes say of a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Verdicts {
    /// None: not asked yet, or there is no such probe.
    pub(super) liveness: Option<bool>,
    pub(super) readiness: Option<bool>,
    pub(super) startup: Option<bool>,
}

/// An init container that stays.
pub(super) fn is_sidecar(container: &Container) -> bool {
    container.restart_policy == Some(RestartPolicy::Always)
}

/// Whether a container that ended with this code is started again
/// (`pkg/api/v1/pod/util.go`, ContainerShouldRestart).
pub(super) fn restarts(container: &Container, spec: &PodSpec, code: i32) -> bool {
    match container.restart_policy.unwrap_or(spec.restart_policy) {
        RestartPolicy::Always => true,
        RestartPolicy::OnFailure => code != 0,
        RestartPolicy::Never => false,
    }
}

/// Whether a container is to be started (`pkg/kubelet/container/helpers.go`, ShouldContainerBeRestarted).
pub(super) fn should_start(container: &Container, pod: &Pod, record: &PodRecord) -> bool {
    if pod.metadata.is_deleting() {
        return false;
    }
    match record.latest(&container.name).map(|one| one.run) {
        None | Some(ContainerRun::Created) => true,
        Some(ContainerRun::Running) => false,
        Some(ContainerRun::Exited { code, .. }) => restarts(container, &pod.spec, code),
    }
}

/// All that is to be done, in order.
pub(super) fn actions(
    pod: &Pod,
    record: &PodRecord,
    verdicts: impl Fn(&str) -> Verdicts,
) -> Vec<Action> {
    if record.ready_sandbox().is_none() {
        return anew(pod, record);
    }
    let mut kills = Vec::new();
    let mut starts = Vec::new();
    let initialized = init_actions(pod, record, &verdicts, &mut kills, &mut starts);
    if initialized {
        regular_actions(pod, record, &verdicts, &mut kills, &mut starts);
    }
    kills.extend(starts);
    kills
}

/// There is no sandbox that holds: all begins again.
fn anew(pod: &Pod, record: &PodRecord) -> Vec<Action> {
    let attempt = record
        .sandbox
        .as_ref()
        .map_or(0, |sandbox| sandbox.attempt + 1);
    let spec = &pod.spec;
    let done = |container: &Container| {
        let code = record
            .latest(&container.name)
            .and_then(ContainerRecord::exit_code);
        code.is_some_and(|code| !restarts(container, spec, code))
    };
    let ran = !record.containers.is_empty();
    if ran && attempt != 0 && spec.restart_policy == RestartPolicy::Never {
        return Vec::new();
    }
    let regular = spec.containers.iter().enumerate();
    let starts: Vec<Action> = regular
        .filter(|(_, container)| !done(container))
        .map(|(index, _)| Action::Start(Place::Regular(index)))
        .collect();
    if starts.is_empty() && ran {
        return Vec::new();
    }
    let mut actions = Vec::new();
    if record.sandbox.is_some() {
        actions.push(Action::StopPod);
    }
    actions.push(Action::RunSandbox { attempt });
    if spec.init_containers.is_empty() {
        actions.extend(starts);
    } else {
        actions.push(Action::Start(Place::Init(0)));
    }
    actions
}

/// Init containers run one after another; sidecars stay (computeInitContainerActions). True once the
/// others may start.
fn init_actions(
    pod: &Pod,
    record: &PodRecord,
    verdicts: &impl Fn(&str) -> Verdicts,
    kills: &mut Vec<Action>,
    starts: &mut Vec<Action>,
) -> bool {
    let inits = &pod.spec.init_containers;
    let Some(last) = inits.len().checked_sub(1) else {
        return true;
    };
    let regular = pod.spec.containers.iter();
    let mut initialized = regular
        .filter_map(|container| record.latest(&container.name))
        .any(|one| one.exit_code().is_none());
    let mut was_initialized = initialized;
    let mut begin = Vec::new();
    for (index, container) in inits.iter().enumerate().rev() {
        let stays = is_sidecar(container);
        let Some(one) = record.latest(&container.name) else {
            if was_initialized && stays {
                begin.push(index);
            }
            continue;
        };
        if was_initialized && !stays {
            continue;
        }
        match one.run {
            ContainerRun::Created => begin.push(index),
            ContainerRun::Running if stays => {
                let verdict = verdicts(&one.id);
                let kill = |message: String, cause| Action::Kill {
                    place: Place::Init(index),
                    container: one.id.clone(),
                    name: container.name.clone(),
                    message,
                    cause,
                };
                let name = &container.name;
                let started = container.startup_probe.is_none() || verdict.startup == Some(true);
                if !started {
                    if verdict.startup == Some(false) {
                        let message = format!("Init container {name} failed startup probe");
                        kills.push(kill(message, KillCause::Startup));
                        begin.push(index);
                    }
                } else {
                    if index == last {
                        initialized = true;
                    } else if !was_initialized {
                        begin.push(index + 1);
                    }
                    if verdict.liveness == Some(false) {
                        let message = format!("Init container {name} failed liveness probe");
                        kills.push(kill(message, KillCause::Liveness));
                        begin.push(index);
                    }
                }
            }
            ContainerRun::Running => {}
            ContainerRun::Exited { .. } if stays => begin.push(index),
            ContainerRun::Exited { code: 0, .. } => {
                if index == last {
                    initialized = true;
                } else {
                    begin.push(index + 1);
                }
            }
            ContainerRun::Exited { code, .. } => {
                if !restarts(container, &pod.spec, code) {
                    return false;
                }
                begin.push(index);
            }
        }
        was_initialized = true;
    }
    if !was_initialized {
        begin.push(0);
    }
    begin.reverse();
    starts.extend(
        begin
            .into_iter()
            .map(|index| Action::Start(Place::Init(index))),
    );
    initialized
}

fn regular_actions(
    pod: &Pod,
    record: &PodRecord,
    verdicts: &impl Fn(&str) -> Verdicts,
    kills: &mut Vec<Action>,
    starts: &mut Vec<Action>,
) {
    for (index, container) in pod.spec.containers.iter().enumerate() {
        let place = Place::Regular(index);
        let running = record
            .latest(&container.name)
            .filter(|one| one.is_running());
        let Some(one) = running else {
            if should_start(container, pod, record) {
                starts.push(Action::Start(place));
            }
            continue;
        };
        let verdict = verdicts(&one.id);
        let name = &container.name;
        let mut restart =
            container.restart_policy.unwrap_or(pod.spec.restart_policy) != RestartPolicy::Never;
        let (mut message, cause) = if one.asked != container.image {
            restart = true;
            (
                format!("Container {name} definition changed"),
                KillCause::Other,
            )
        } else if verdict.liveness == Some(false) {
            (
                format!("Container {name} failed liveness probe"),
                KillCause::Liveness,
            )
        } else if verdict.startup == Some(false) {
            (
                format!("Container {name} failed startup probe"),
                KillCause::Startup,
            )
        } else {
            continue;
        };
        if restart {
            message.push_str(", will be restarted");
            starts.push(Action::Start(place));
        }
        kills.push(Action::Kill {
            place,
            container: one.id.clone(),
            name: name.clone(),
            message,
            cause,
        });
    }
}
