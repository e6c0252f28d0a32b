use super::{CONDITIONS, View, exit_code};
use crate::cluster::{
    api::{Condition, ConditionStatus, Container, Pod, PodPhase, PodSpec, PodStatus, Str},
    kubelet::actions::is_sidecar,
};

/// Its own conditions, in upstream's order, after those that others set.
pub(super) fn conditions(view: &View<'_>, status: &PodStatus) -> Vec<Condition> {
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
    for (kind, (holds, reason, message)) in KINDS.with(Clone::clone).into_iter().zip(verdicts) {
        let status = ConditionStatus::from(holds);
        let before = view.before.condition(&kind);
        // PodScheduled was set by the scheduler.
        let before = before.or_else(|| pod.status.condition(&kind));
        let since = before.filter(|before| before.status == status);
        conditions.push(Condition {
            kind,
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

thread_local! {
    /// All Pods share the names of their conditions.
    static KINDS: [Str; CONDITIONS.len()] = CONDITIONS.map(Str::from);
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
