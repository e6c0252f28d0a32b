//! Whether this node can run a Pod that was given to it (`pkg/kubelet/lifecycle/predicate.go`). The
//! scheduler has asked already; what it did not know, or who went past it, is found here.

use rustc_hash::FxHashMap;

use super::{
    Facts,
    worker::{Stage, Worker},
};
use crate::cluster::api::{Pod, Quantity, Str, Uid};

/// Why the node does not admit a Pod.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Rejection {
    pub(super) reason: Str,
    pub(super) message: String,
}

/// The first reason against a Pod, if there is one.
pub(super) fn rejection(
    pod: &Pod,
    workers: &FxHashMap<Uid, Box<Worker>>,
    facts: &Facts,
) -> Option<Rejection> {
    let active = || {
        workers
            .values()
            .filter(|worker| worker.stage != Stage::Terminated)
    };
    let most = i64::from(facts.config.pods);
    let used = i64::try_from(active().count()).unwrap_or(i64::MAX);
    if used >= most {
        return Some(insufficient("pods", (1, used, most)));
    }
    for resource in ["cpu", "memory"] {
        let asked = request(pod, resource);
        if asked == 0 {
            continue;
        }
        let used = active().map(|worker| request(&worker.pod, resource)).sum();
        let capacity = amount(&facts.config, resource);
        if asked > capacity - used {
            return Some(insufficient(resource, (asked, used, capacity)));
        }
    }
    let selector = &pod.spec.node_selector;
    if !selector.is_empty() && !selector.all_in(&super::node::labels(facts)) {
        return Some(Rejection {
            reason: "NodeAffinity".into(),
            message:
                "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
                    .to_owned(),
        });
    }
    None
}

fn insufficient(resource: &str, (asked, used, capacity): (i64, i64, i64)) -> Rejection {
    Rejection {
        reason: format!("OutOf{resource}").into(),
        message: format!(
            "Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, capacity: {capacity}"
        ),
    }
}

fn amount(config: &crate::cluster::NodeConfig, resource: &str) -> i64 {
    let (text, cpu) = match resource {
        "cpu" => (&config.cpu, true),
        _ => (&config.memory, false),
    };
    let quantity: Quantity = text.parse().unwrap_or(Quantity::ZERO);
    units(quantity, cpu)
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
