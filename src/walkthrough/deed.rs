//! What a step does, in words: the forms of the sentences a story is recounted in. What nobody would
//! tell of has none.

use serde_json::Value;

use crate::cluster::trace::{Actor, Step, StepKind};

/// The gates one tells of; the others let everything pass that people ask about.
const GATES: [&str; 3] = ["authentication", "authorization", "mutating admission"];

/// The name of the sentence's text.
pub(super) fn form(step: &Step) -> Option<&'static str> {
    match step.kind {
        StepKind::Request if step.from == Actor::Kubectl => asked_by_user(step),
        StepKind::Request => request(step),
        StepKind::Gate if step.code != 0 => Some("chain.gate-refused"),
        StepKind::Gate => {
            (is_write(step) && GATES.contains(&&*step.reason)).then_some("chain.gate")
        }
        StepKind::Store if step.revision == 0 => None,
        StepKind::Store if becomes(step, "spec.clusterIP").is_some() => Some("chain.store-address"),
        StepKind::Store if &*step.verb == "create" => Some("chain.store"),
        StepKind::Store => Some("chain.store-change"),
        StepKind::Watch => watch(step),
        StepKind::Decision => decision(step),
        StepKind::Runtime => runtime(step),
        StepKind::Rules if leads_to_pods(step) => Some("chain.rules"),
        StepKind::Rules => Some("chain.rules-refuse"),
        StepKind::Event => None,
        StepKind::Fault => Some("chain.fault"),
        StepKind::Traffic => traffic(step),
    }
}

/// Whether rules lead on to Pods, not to a refusal.
pub(super) fn leads_to_pods(step: &Step) -> bool {
    let mut changes = step.changes.iter();
    changes.any(|change| change.path.contains("KUBE-SEP-") && !change.after.is_null())
}

/// Whether a step is told only for what comes of it: by itself it changes nothing that anybody sees.
pub(super) fn is_a_means(step: &Step) -> bool {
    match step.kind {
        StepKind::Watch | StepKind::Decision => true,
        StepKind::Request if step.from == Actor::Kubectl => false,
        StepKind::Request => matches!(&*step.verb, "create" | "watch") && step.code < 400,
        _ => false,
    }
}

fn is_write(step: &Step) -> bool {
    matches!(&*step.verb, "create" | "update" | "patch" | "delete")
}

fn asked_by_user(step: &Step) -> Option<&'static str> {
    Some(match &*step.verb {
        _ if step.code >= 400 => "chain.refused",
        "create" => "chain.ask-create",
        "update" | "patch" if step.subresource == "scale" => "chain.ask-scale",
        "update" | "patch" => "chain.ask-change",
        "delete" => "chain.ask-delete",
        _ => return None,
    })
}

fn request(step: &Step) -> Option<&'static str> {
    // What was written to an old copy is written again: nobody tells of it.
    if step.code == 0 || step.code == 409 {
        return None;
    }
    let replicas = change(step, "spec.replicas");
    Some(match (&*step.verb, step.resource, step.subresource) {
        ("create" | "update" | "patch" | "delete", ..) if step.code >= 400 => "chain.refused",
        ("create", "pods", "binding") => "chain.bind",
        ("create", "pods", "") => "chain.create-pods",
        ("create", _, "") => "chain.create",
        ("delete", ..) if matches!(step.from, Actor::Kubelet(_)) => "chain.remove",
        ("delete", ..) => "chain.delete",
        ("update" | "patch", _, "status") => return status(step),
        ("update" | "patch", "nodes", "") => taints(step)?,
        ("update" | "patch", ..) => match replicas? {
            (before, after) if after.as_i64() > before.as_i64() => "chain.scale-up",
            _ => "chain.scale-down",
        },
        ("watch", ..) => "chain.watch-anew",
        _ => return None,
    })
}

fn taints(step: &Step) -> Option<&'static str> {
    let mut changes = step.changes.iter();
    let taint = changes.find(|change| change.path.starts_with("spec.taints"))?;
    Some(match taint.after.is_null() {
        true => "chain.untaint",
        false => "chain.taint",
    })
}

/// What a status says that it did not say before, if people ask about it.
fn status(step: &Step) -> Option<&'static str> {
    const READY: &str = "status.conditions[type=Ready].status";
    let is = |path: &str, value: &str| becomes(step, path).is_some_and(|after| *after == value);
    let was_ready = change(step, READY).is_some_and(|(before, _)| *before == "True");
    let waits = waiting(step).is_some();
    Some(match step.resource {
        "pods" if is("status.phase", "Running") && is(READY, "True") => "chain.running",
        "pods" if is(READY, "True") => "chain.ready",
        "pods" if waits => "chain.waiting",
        "pods" if was_ready => "chain.unready",
        "pods"
            if is(
                "status.conditions[type=PodScheduled].reason",
                "Unschedulable",
            ) =>
        {
            "chain.unschedulable"
        }
        "nodes" if is(READY, "Unknown") => "chain.node-unknown",
        "nodes" if is(READY, "True") => "chain.node-ready",
        "pods" | "nodes" => return None,
        _ => {
            becomes(step, "status.readyReplicas")?;
            "chain.ready-replicas"
        }
    })
}

/// What a container waits for by now, if it is a failure: a Pod that only begins waits too.
pub(super) fn waiting(step: &Step) -> Option<&str> {
    let mut changes = step.changes.iter();
    changes.find_map(|change| {
        let waits = change.path.ends_with(".state.waiting.reason");
        let reason = change.after.as_str().filter(|_| waits)?;
        (!matches!(reason, "ContainerCreating" | "PodInitializing")).then_some(reason)
    })
}

fn watch(step: &Step) -> Option<&'static str> {
    Some(match &*step.verb {
        "added" if matches!(step.to, Actor::Kubelet(_)) => "chain.watch-bound",
        "added" => "chain.watch-new",
        "modified" => "chain.watch-changed",
        "deleted" => "chain.watch-gone",
        "initial" => "chain.watch-initial",
        "error" => "chain.watch-too-old",
        "closed" => "chain.watch-closed",
        _ => return None,
    })
}

fn decision(step: &Step) -> Option<&'static str> {
    let says = |part: &str| step.message.contains(part);
    Some(match &*step.reason {
        "replicationcontroller" | "replicaset" if says(", creating ") => "chain.too-few",
        "replicationcontroller" | "replicaset" if says(", deleting ") => "chain.too-many",
        "schedule" if step.message.starts_with("0/") => "chain.fits-nowhere",
        "schedule" => "chain.pick",
        "endpoints" | "endpointslice" => "chain.find-pods",
        "deployment" if says("no ReplicaSet has") => "chain.new-template",
        "nodelifecycle" if says("not been heard of") => "chain.silent",
        "tainteviction" => "chain.tolerates",
        "probe" if says("not ready") => "chain.probe-fails",
        "probe" => "chain.probe",
        "rollout undo" => "chain.undo",
        // The calls and writes that follow say what these come to.
        "replicationcontroller"
        | "replicaset"
        | "deployment"
        | "nodelifecycle"
        | "syncPod"
        | "MountVolumes"
        | "apply"
        | "resourcequota" => return None,
        _ => "chain.decision",
    })
}

fn runtime(step: &Step) -> Option<&'static str> {
    Some(match &*step.verb {
        "RunPodSandbox" => "chain.sandbox",
        "ADD" => "chain.network",
        "PullImage" => "chain.pull",
        "CreateContainer" => "chain.create-container",
        "StartContainer" => "chain.start-container",
        "StopContainer" => "chain.stop-container",
        "ContainerExit" => "chain.exit",
        // The Pod's network goes with its sandbox.
        "DEL" => return None,
        _ => "chain.runtime",
    })
}

fn traffic(step: &Step) -> Option<&'static str> {
    Some(match &*step.verb {
        "lookup" => "chain.lookup",
        "jump" => "chain.jump",
        "choose" => "chain.choose",
        "dnat" => "chain.dnat",
        "deliver" => "chain.deliver",
        "answer" => "chain.answer",
        // Whose address the packet comes from is a story of its own.
        "mark" | "masquerade" | "route" => return None,
        _ => "chain.traffic",
    })
}

/// What a field was and becomes in a step, if the step changes it.
fn change<'a>(step: &'a Step, path: &str) -> Option<(&'a Value, &'a Value)> {
    let mut changes = step.changes.iter();
    let change = changes.find(|change| change.path == path)?;
    Some((&change.before, &change.after))
}

/// What a field becomes in a step, if it becomes anything.
fn becomes<'a>(step: &'a Step, path: &str) -> Option<&'a Value> {
    let (_, after) = change(step, path)?;
    (!after.is_null()).then_some(after)
}
