use super::taint_toleration::any_tolerates;
use crate::cluster::api::{Node, Taint, TaintEffect, Toleration};

/// The taint a cordoned node has, or is about to get.
pub(in crate::cluster::scheduler) const TAINT: &str = "node.kubernetes.io/unschedulable";

/// Filter: the node is not cordoned, or the Pod does not mind (`nodeunschedulable/node_unschedulable.go`).
pub(in crate::cluster::scheduler) fn filter(tolerations: &[Toleration], node: &Node) -> bool {
    !node.spec.unschedulable || tolerates_cordon(tolerations)
}

/// Whether the Pod puts up with a cordoned node.
pub(in crate::cluster::scheduler) fn tolerates_cordon(tolerations: &[Toleration]) -> bool {
    let taint = Taint {
        key: TAINT.into(),
        effect: TaintEffect::NoSchedule,
        ..Taint::default()
    };
    any_tolerates(tolerations, &taint)
}
