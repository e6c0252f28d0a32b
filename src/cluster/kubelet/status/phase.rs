use super::exit_code;
use crate::cluster::{
    api::{ContainerState, ContainerStatus, PodPhase, PodSpec},
    kubelet::actions::{is_sidecar, restarts},
};

/// The phase (`pkg/kubelet/kubelet_pods.go`, getPhase).
pub(super) fn phase(
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
