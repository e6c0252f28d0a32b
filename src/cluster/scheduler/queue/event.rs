use std::rc::Rc;

use crate::cluster::{
    api::{Node, Pod, Uid},
    scheduler::framework::{Plugin, Plugins},
};

/// Something that happened in the cluster, and may make a Pod schedulable that was not
/// (`pkg/scheduler/framework/events.go`).
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) enum ClusterEvent {
    NodeAdded(Rc<Node>),
    NodeUpdated {
        before: Rc<Node>,
        after: Rc<Node>,
        what: NodeChange,
    },
    NodeDeleted(Rc<Node>),
    /// A Pod got a node, or appeared with one.
    PodAdded(Rc<Pod>),
    PodUpdated {
        before: Rc<Pod>,
        after: Rc<Pod>,
        what: PodChange,
    },
    /// A Pod with a node is gone, or one that was assumed to have it.
    PodDeleted(Rc<Pod>),
    /// A Pod has waited long enough whatever the reason.
    Timeout(Uid),
    /// A Pod should be tried again whatever the reason.
    Activate(Uid),
}

/// What of a node changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cluster::scheduler) enum NodeChange {
    Allocatable,
    Labels,
    Taints,
}

/// What of a Pod changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cluster::scheduler) enum PodChange {
    Labels,
    Tolerations,
    GatesEliminated,
    /// Something no plugin asks about.
    Other,
}

impl NodeChange {
    /// NodeSchedulingPropertiesChange, without what no plugin of the model asks about.
    pub(in crate::cluster::scheduler) fn between(before: &Node, after: &Node) -> Vec<NodeChange> {
        let mut changes = Vec::new();
        if before.spec.unschedulable && !after.spec.unschedulable {
            changes.push(NodeChange::Taints);
        }
        if before.status.allocatable != after.status.allocatable {
            changes.push(NodeChange::Allocatable);
        }
        if before.metadata.labels != after.metadata.labels {
            changes.push(NodeChange::Labels);
        }
        if before.spec.taints != after.spec.taints && !changes.contains(&NodeChange::Taints) {
            changes.push(NodeChange::Taints);
        }
        changes
    }
}

impl PodChange {
    /// PodSchedulingPropertiesChange.
    pub(in crate::cluster::scheduler) fn between(before: &Pod, after: &Pod) -> Vec<PodChange> {
        let mut changes = Vec::new();
        if before.metadata.labels != after.metadata.labels {
            changes.push(PodChange::Labels);
        }
        if has_gates(before) && !has_gates(after) {
            changes.push(PodChange::GatesEliminated);
        }
        if before.spec.tolerations.len() != after.spec.tolerations.len() {
            changes.push(PodChange::Tolerations);
        }
        if changes.is_empty() {
            changes.push(PodChange::Other);
        }
        changes
    }
}

/// Whether something holds the Pod back from being scheduled at all.
pub(in crate::cluster::scheduler) fn has_gates(pod: &Pod) -> bool {
    let gates = pod.spec.other.get("schedulingGates");
    gates
        .and_then(serde_json::Value::as_array)
        .is_some_and(|gates| !gates.is_empty())
}

impl ClusterEvent {
    /// The plugins that asked to hear of such an event (each plugin's EventsToRegister).
    pub(in crate::cluster::scheduler) fn interests(&self) -> Plugins {
        const ALL: Plugins = Plugins::of(&Plugin::ALL);
        const NODE_ADDED: Plugins = Plugins::of(&[
            Plugin::NodeUnschedulable,
            Plugin::NodeName,
            Plugin::TaintToleration,
            Plugin::NodeAffinity,
            Plugin::NodePorts,
            Plugin::NodeResourcesFit,
            Plugin::PodTopologySpread,
            Plugin::InterPodAffinity,
        ]);
        const TAINTS: Plugins = Plugins::of(&[
            Plugin::NodeUnschedulable,
            Plugin::TaintToleration,
            Plugin::PodTopologySpread,
        ]);
        const NODE_LABELS: Plugins = Plugins::of(&[
            Plugin::NodeAffinity,
            Plugin::PodTopologySpread,
            Plugin::InterPodAffinity,
        ]);
        const ALLOCATABLE: Plugins = Plugins::of(&[Plugin::NodeResourcesFit]);
        const SPREAD: Plugins = Plugins::of(&[Plugin::PodTopologySpread]);
        const NEIGHBOURS: Plugins =
            Plugins::of(&[Plugin::PodTopologySpread, Plugin::InterPodAffinity]);
        const POD_DELETED: Plugins = Plugins::of(&[
            Plugin::NodePorts,
            Plugin::NodeResourcesFit,
            Plugin::PodTopologySpread,
            Plugin::InterPodAffinity,
        ]);
        const GATES: Plugins = Plugins::of(&[Plugin::SchedulingGates]);
        match self {
            ClusterEvent::NodeAdded(_) => NODE_ADDED,
            ClusterEvent::NodeUpdated { what, .. } => match what {
                NodeChange::Allocatable => ALLOCATABLE,
                NodeChange::Labels => NODE_LABELS,
                NodeChange::Taints => TAINTS,
            },
            ClusterEvent::NodeDeleted(_) => SPREAD,
            ClusterEvent::PodAdded(_) => NEIGHBOURS,
            ClusterEvent::PodUpdated { what, .. } => match what {
                PodChange::Labels => NEIGHBOURS,
                PodChange::Tolerations => TAINTS,
                PodChange::GatesEliminated => GATES,
                PodChange::Other => Plugins::of(&[]),
            },
            ClusterEvent::PodDeleted(_) => POD_DELETED,
            ClusterEvent::Timeout(_) | ClusterEvent::Activate(_) => ALL,
        }
    }
}
