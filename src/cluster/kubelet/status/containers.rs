use super::View;
use crate::cluster::{
    api::{Container, ContainerState, ContainerStatus, RestartCount, Str},
    kubelet::actions::{is_sidecar, should_start},
    runtime::{ContainerRecord, ContainerRun},
};

/// The statuses of a list of containers, in the list's order (convertToAPIContainerStatuses).
pub(super) fn container_statuses(
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
pub(super) fn lost() -> ContainerState {
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
