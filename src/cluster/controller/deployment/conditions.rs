//! The conditions of a Deployment (`pkg/controller/deployment/util/deployment_util.go`).

use crate::cluster::{
    api::{Condition, ConditionStatus, Deployment, DeploymentStatus},
    moment::Timestamp,
};

pub(super) const PROGRESSING: &str = "Progressing";
pub(super) const AVAILABLE: &str = "Available";
pub(super) const REPLICA_FAILURE: &str = "ReplicaFailure";

/// The reason of a rollout that came to its end.
pub(super) const NEW_REPLICA_SET_AVAILABLE: &str = "NewReplicaSetAvailable";
/// The reason of one that made no progress for too long.
pub(super) const TIMED_OUT: &str = "ProgressDeadlineExceeded";

pub(super) fn condition(
    kind: &str,
    (status, reason): (ConditionStatus, &str),
    message: String,
    now: Timestamp,
) -> Condition {
    Condition {
        kind: kind.into(),
        status,
        reason: reason.into(),
        message,
        last_update_time: Some(now),
        last_transition_time: Some(now),
        ..Condition::default()
    }
}

pub(super) fn find<'a>(status: &'a DeploymentStatus, kind: &str) -> Option<&'a Condition> {
    let mut conditions = status.conditions.iter();
    conditions.find(|condition| &*condition.kind == kind)
}

pub(super) fn remove(status: &mut DeploymentStatus, kind: &str) {
    status
        .conditions
        .retain(|condition| &*condition.kind != kind);
}

/// Puts a condition in, at the end, unless one with that status and reason stands there already.
pub(super) fn set(status: &mut DeploymentStatus, mut condition: Condition) {
    if let Some(known) = find(status, &condition.kind)
        && known.status == condition.status
    {
        if known.reason == condition.reason {
            return;
        }
        condition.last_transition_time = known.last_transition_time;
    }
    remove(status, &condition.kind);
    status.conditions.push(condition);
}

/// None: progress is not watched.
pub(super) fn progress_deadline(deployment: &Deployment) -> Option<i32> {
    let deadline = deployment.spec.progress_deadline_seconds?;
    (deadline != i32::MAX).then_some(deadline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::moment::Moment;

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestSetCondition.
    #[test]
    fn conditions_change_only_with_their_status_or_reason() {
        let at = |seconds: u64| Moment::from_millis(seconds * 1000).timestamp();
        let make = |status: bool, reason, message: &str, seconds| {
            condition(
                PROGRESSING,
                (status.into(), reason),
                message.to_owned(),
                at(seconds),
            )
        };
        let mut status = DeploymentStatus::default();
        set(&mut status, make(true, "A", "one", 1));
        set(&mut status, make(true, "A", "two", 2));
        assert_eq!(find(&status, PROGRESSING), Some(&make(true, "A", "one", 1)));
        set(&mut status, make(true, "B", "three", 3));
        let found = find(&status, PROGRESSING).unwrap();
        assert_eq!(found.last_transition_time, Some(at(1)));
        assert_eq!(found.last_update_time, Some(at(3)));
        set(&mut status, make(false, "B", "four", 4));
        let found = find(&status, PROGRESSING).unwrap();
        assert_eq!(found.last_transition_time, Some(at(4)));
        assert_eq!(status.conditions.len(), 1);
    }
}
