use crate::cluster::api::{Node, Taint, TaintEffect, Toleration};

/// Whether a toleration puts up with a taint (`staging/src/k8s.io/api/core/v1/toleration.go`). The operators
/// Lt and Gt are behind a gate that is off in 1.36.
fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    toleration
        .effect
        .is_none_or(|effect| effect == taint.effect)
        && (toleration.key.is_empty() || toleration.key == taint.key)
        && match &*toleration.operator {
            "" | "Equal" => toleration.value == taint.value,
            "Exists" => true,
            _ => false,
        }
}

/// Whether one of the tolerations puts up with the taint.
pub(in crate::cluster::scheduler) fn any_tolerates(
    tolerations: &[Toleration],
    taint: &Taint,
) -> bool {
    tolerations.iter().any(|one| tolerates(one, taint))
}

/// Filter: no taint that keeps Pods away is left untolerated.
pub(in crate::cluster::scheduler) fn filter(tolerations: &[Toleration], node: &Node) -> bool {
    let mut taints = node.spec.taints.iter();
    taints.all(|taint| {
        taint.effect == TaintEffect::PreferNoSchedule || any_tolerates(tolerations, taint)
    })
}

/// Score, before it is normalised in reverse: how many taints say that the Pod is rather not wanted.
pub(in crate::cluster::scheduler) fn untolerated(tolerations: &[Toleration], node: &Node) -> i64 {
    let soft = TaintEffect::PreferNoSchedule;
    let taints = node.spec.taints.iter().filter(|one| one.effect == soft);
    let untolerated = taints.filter(|taint| {
        let mut fitting = tolerations
            .iter()
            .filter(|one| one.effect.is_none_or(|effect| effect == soft));
        !fitting.any(|toleration| tolerates(toleration, taint))
    });
    i64::try_from(untolerated.count()).unwrap_or(i64::MAX)
}
