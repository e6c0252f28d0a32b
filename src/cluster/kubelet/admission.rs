//! Whether this node can run a Pod that was given to it (`pkg/kubelet/lifecycle/predicate.go`). The
//! scheduler has asked already; what it did not know, or who went past it, is found here.

use rustc_hash::FxHashMap;

use super::{
    Facts,
    worker::{Stage, Worker},
};
use crate::cluster::{
    api::{Node, Pod, Quantity, Str, Taint, TaintEffect, Uid},
    scheduler::{RequiredNodeAffinity, wants_taken_port},
};

/// Why the node does not admit a Pod.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Rejection {
    pub(super) reason: Str,
    pub(super) message: String,
}

/// The first reason against a Pod, if there is one.
pub(super) fn rejection(
    pod: &Pod,
    own: Option<&Node>,
    workers: &FxHashMap<Uid, Box<Worker>>,
    facts: &Facts,
) -> Option<Rejection> {
    let active = || {
        workers
            .values()
            .filter(|worker| worker.stage != Stage::Terminated)
    };
    let most = i64::from(facts.config.pods);
    let (asked, capacity) = (Amounts::asked(pod), facts.capacity);
    let used = i64::try_from(active().count()).unwrap_or(i64::MAX);
    if used >= most {
        return Some(insufficient("pods", (1, used, most)));
    }
    let used = active().fold(Amounts::default(), |sum, worker| Amounts {
        milli_cpu: sum.milli_cpu + worker.asks.milli_cpu,
        memory: sum.memory + worker.asks.memory,
    });
    for (resource, asked, used, capacity) in [
        ("cpu", asked.milli_cpu, used.milli_cpu, capacity.milli_cpu),
        ("memory", asked.memory, used.memory, capacity.memory),
    ] {
        if asked != 0 && asked > capacity - used {
            return Some(insufficient(resource, (asked, used, capacity)));
        }
    }
    let initial;
    let node = match own {
        Some(node) => node,
        // As it would register itself (`pkg/kubelet/kubelet_getters.go`, getNodeAnyWay).
        None => {
            initial = super::node::initial(facts);
            &initial
        }
    };
    if !RequiredNodeAffinity::of(&pod.spec).matches(node) {
        return Some(failed(
            "NodeAffinity",
            "node(s) didn't match Pod's node affinity/selector",
        ));
    }
    if wants_taken_port(pod, active().map(|worker| &*worker.pod)) {
        return Some(failed(
            "NodePorts",
            "node(s) didn't have free ports for the requested pod ports",
        ));
    }
    let drives_away = |taint: &&Taint| {
        let mut tolerations = pod.spec.tolerations.iter();
        taint.effect == TaintEffect::NoExecute && !tolerations.any(|one| one.tolerates(taint))
    };
    if node.spec.taints.iter().any(|taint| drives_away(&taint)) {
        return Some(failed(
            "TaintToleration",
            "node(s) had taints that the pod didn't tolerate",
        ));
    }
    None
}

fn failed(predicate: &str, why: &str) -> Rejection {
    Rejection {
        reason: predicate.into(),
        message: format!("Predicate {predicate} failed: {why}"),
    }
}

fn insufficient(resource: &str, (asked, used, capacity): (i64, i64, i64)) -> Rejection {
    Rejection {
        reason: format!("OutOf{resource}").into(),
        message: format!(
            "Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, capacity: {capacity}"
        ),
    }
}

/// CPU and memory: what a node has, or what a Pod asks for.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Amounts {
    milli_cpu: i64,
    memory: i64,
}

impl Amounts {
    /// All the machine has.
    pub(super) fn of(config: &crate::cluster::NodeConfig) -> Amounts {
        let quantity = |text: &str| text.parse().unwrap_or(Quantity::ZERO);
        Amounts {
            milli_cpu: units(quantity(&config.cpu), true),
            memory: units(quantity(&config.memory), false),
        }
    }

    pub(super) fn asked(pod: &Pod) -> Amounts {
        Amounts {
            milli_cpu: request(pod, "cpu"),
            memory: request(pod, "memory"),
        }
    }
}

/// CPU is counted in thousandths, memory in bytes.
fn units(quantity: Quantity, cpu: bool) -> i64 {
    if cpu {
        quantity.milli_value()
    } else {
        quantity.value()
    }
}

/// What a Pod asks for: its containers together, or its hungriest init container
/// (`component-helpers/resource/helpers.go`).
fn request(pod: &Pod, resource: &str) -> i64 {
    let cpu = resource == "cpu";
    let of = |container: &crate::cluster::api::Container| {
        let asked = container.resources.requests.get(resource);
        asked.map_or(0, |asked| units(*asked, cpu))
    };
    let regular: i64 = pod.spec.containers.iter().map(of).sum();
    let (mut sidecars, mut peak) = (0_i64, 0_i64);
    for container in &pod.spec.init_containers {
        if super::actions::is_sidecar(container) {
            sidecars = sidecars.saturating_add(of(container));
            peak = peak.max(sidecars);
        } else {
            peak = peak.max(sidecars.saturating_add(of(container)));
        }
    }
    regular.saturating_add(sidecars).max(peak)
}
