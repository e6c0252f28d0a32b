use crate::cluster::api::{ConditionStatus, Node, Str, Taint, TaintEffect};

pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";
pub(super) const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// Whether anything that NoSchedule taints depend on differs.
pub(super) fn concerns_taints(before: &Node, after: &Node) -> bool {
    let known = |node: &Node| -> Vec<(Str, ConditionStatus)> {
        let conditions = node.status.conditions.iter();
        conditions
            .map(|one| (one.kind.clone(), one.status))
            .collect()
    };
    before.spec.unschedulable != after.spec.unschedulable
        || before.spec.taints != after.spec.taints
        || known(before) != known(after)
}

pub(super) fn is_ours(taint: &Taint) -> bool {
    taint.effect == TaintEffect::NoExecute && [NOT_READY, UNREACHABLE].contains(&&*taint.key)
}

/// The NoExecute taint that says what the Ready condition does.
pub(super) fn no_execute_key(node: &Node) -> Option<&'static str> {
    match node.status.condition("Ready")?.status {
        ConditionStatus::True => None,
        ConditionStatus::False => Some(NOT_READY),
        ConditionStatus::Unknown => Some(UNREACHABLE),
    }
}

/// The node's taints, with the NoSchedule ones its conditions ask for.
pub(super) fn by_condition(node: &Node) -> Vec<Taint> {
    const BY_CONDITION: [(&str, ConditionStatus, &str); 6] = [
        ("Ready", ConditionStatus::False, NOT_READY),
        ("Ready", ConditionStatus::Unknown, UNREACHABLE),
        (
            "MemoryPressure",
            ConditionStatus::True,
            "node.kubernetes.io/memory-pressure",
        ),
        (
            "DiskPressure",
            ConditionStatus::True,
            "node.kubernetes.io/disk-pressure",
        ),
        (
            "PIDPressure",
            ConditionStatus::True,
            "node.kubernetes.io/pid-pressure",
        ),
        (
            "NetworkUnavailable",
            ConditionStatus::True,
            "node.kubernetes.io/network-unavailable",
        ),
    ];
    const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
    let holds = |kind: &str, status| {
        node.status
            .condition(kind)
            .is_some_and(|it| it.status == status)
    };
    let mut wanted: Vec<&str> = BY_CONDITION
        .into_iter()
        .filter(|(kind, status, _)| holds(kind, *status))
        .map(|(.., key)| key)
        .collect();
    if node.spec.unschedulable {
        wanted.push(UNSCHEDULABLE);
    }
    // Before the kubelet has said anything, the taint the node was admitted with stays.
    let silent = node.status.condition("Ready").is_none();
    let managed = |taint: &Taint| {
        taint.effect == TaintEffect::NoSchedule
            && (BY_CONDITION.iter().any(|(.., key)| *key == &*taint.key)
                || &*taint.key == UNSCHEDULABLE)
            && !(silent && &*taint.key == NOT_READY)
    };
    let mut taints = node.spec.taints.clone();
    taints.retain(|taint| !managed(taint) || wanted.contains(&&*taint.key));
    for key in wanted {
        let there = |taint: &Taint| managed(taint) && &*taint.key == key;
        if !taints.iter().any(there) {
            taints.push(Taint {
                key: key.into(),
                effect: TaintEffect::NoSchedule,
                ..Taint::default()
            });
        }
    }
    taints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::Condition;

    #[test]
    fn taints_follow_conditions_and_leave_others_alone() {
        let condition = |kind: &str, status| Condition {
            kind: kind.into(),
            status,
            ..Condition::default()
        };
        let taint = |key: &str, effect| Taint {
            key: key.into(),
            effect,
            ..Taint::default()
        };
        let mut node = Node::default();
        node.spec.taints = vec![
            taint(NOT_READY, TaintEffect::NoSchedule),
            taint("dedicated", TaintEffect::NoSchedule),
        ];
        let keys = |node: &Node| -> Vec<String> {
            by_condition(node)
                .iter()
                .map(|taint| taint.key.to_string())
                .collect()
        };
        assert_eq!(
            keys(&node),
            [NOT_READY, "dedicated"],
            "before the first status"
        );
        node.status.conditions = vec![condition("Ready", ConditionStatus::True)];
        assert_eq!(keys(&node), ["dedicated"]);
        node.status.conditions = vec![
            condition("Ready", ConditionStatus::Unknown),
            condition("DiskPressure", ConditionStatus::True),
        ];
        node.spec.unschedulable = true;
        assert_eq!(
            keys(&node),
            [
                "dedicated",
                UNREACHABLE,
                "node.kubernetes.io/disk-pressure",
                "node.kubernetes.io/unschedulable",
            ]
        );
    }
}
