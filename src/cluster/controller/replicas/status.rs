use std::{rc::Rc, time::Duration};

use super::{Failure, members::Counts};
use crate::cluster::{
    api::{Condition, ConditionStatus, Count, Pod, ReplicaSetStatus},
    moment::Moment,
};

/// The condition that says Pods could not be created or deleted.
const REPLICA_FAILURE: &str = "ReplicaFailure";

/// What a status is worked out from.
pub(super) struct Counted<'a> {
    pub(super) wanted: i32,
    pub(super) min_ready_seconds: i32,
    pub(super) counts: Counts,
    /// Those that count, if they have to be ready for some time.
    pub(super) active: &'a [Rc<Pod>],
    /// Whether the kind has such a field.
    pub(super) counts_terminating: bool,
    pub(super) failure: Option<&'a Failure>,
    pub(super) now: Moment,
}

/// The status as the Pods have it (`pkg/controller/replicaset/replica_set_utils.go`, calculateStatus).
pub(super) fn status_of(before: &ReplicaSetStatus, counted: &Counted<'_>) -> ReplicaSetStatus {
    let count = |pods: usize| i32::try_from(pods).unwrap_or(i32::MAX);
    let Counts {
        active,
        labeled,
        ready,
        terminating,
    } = counted.counts;
    let seconds = counted.min_ready_seconds;
    let available = if seconds > 0 {
        let active = counted.active.iter();
        active
            .filter(|pod| is_available(pod, seconds, counted.now))
            .count()
    } else {
        ready
    };
    let mut status = ReplicaSetStatus {
        replicas: Count(count(active)),
        fully_labeled_replicas: count(labeled),
        ready_replicas: count(ready),
        available_replicas: count(available),
        terminating_replicas: counted.counts_terminating.then(|| count(terminating)),
        ..before.clone()
    };
    let known = status
        .conditions
        .iter()
        .any(|condition| &*condition.kind == REPLICA_FAILURE);
    match counted.failure {
        Some(failure) if !known => {
            let too_few = status.replicas.0 < counted.wanted;
            status.conditions.push(Condition {
                kind: REPLICA_FAILURE.into(),
                status: ConditionStatus::True,
                reason: if too_few {
                    "FailedCreate"
                } else {
                    "FailedDelete"
                }
                .into(),
                message: failure.message.clone(),
                last_transition_time: Some(counted.now.timestamp()),
                ..Condition::default()
            });
        }
        None if known => {
            status
                .conditions
                .retain(|condition| &*condition.kind != REPLICA_FAILURE);
        }
        _ => {}
    }
    status
}

/// Whether a Pod has been ready for long enough (`pkg/api/v1/pod/util.go`, IsPodAvailable).
fn is_available(pod: &Pod, min_ready_seconds: i32, now: Moment) -> bool {
    pod.status.is_ready() && until_available(pod, min_ready_seconds, now).is_zero()
}

/// How long until a ready Pod has been ready for long enough.
fn until_available(pod: &Pod, min_ready_seconds: i32, now: Moment) -> Duration {
    let wait = Duration::from_secs(u64::from(min_ready_seconds.unsigned_abs()));
    let since = pod.status.condition("Ready");
    match since.and_then(|ready| ready.last_transition_time) {
        Some(since) => (since.moment() + wait).since(now),
        None => wait,
    }
}

/// When the next of these Pods will have been ready for long enough
/// (`pkg/controller/controller_utils.go`, FindMinNextPodAvailabilityCheck).
pub(super) fn next_available(
    active: &[Rc<Pod>],
    min_ready_seconds: i32,
    now: Moment,
) -> Option<Duration> {
    active
        .iter()
        .filter(|pod| pod.status.is_ready())
        .map(|pod| until_available(pod, min_ready_seconds, now))
        .filter(|wait| !wait.is_zero())
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::Labels;

    fn pod(labels: &[(&str, &str)], ready_at: Option<u64>) -> Rc<Pod> {
        let mut pod = Pod::default();
        pod.metadata.labels = labels.iter().copied().collect();
        pod.status.conditions = vec![Condition {
            kind: "Ready".into(),
            status: ready_at.is_some().into(),
            last_transition_time: ready_at.map(|at| Moment::from_millis(at * 1000).timestamp()),
            ..Condition::default()
        }]
        .into();
        Rc::new(pod)
    }

    fn counted<'a>(active: &'a [Rc<Pod>], labels: &Labels) -> Counted<'a> {
        let mut counts = Counts {
            terminating: 1,
            ..Counts::default()
        };
        for pod in active {
            counts.add(pod, Some(labels));
        }
        Counted {
            wanted: 4,
            min_ready_seconds: 10,
            counts,
            active,
            counts_terminating: true,
            failure: None,
            now: Moment::from_millis(100_000),
        }
    }

    /// `pkg/controller/replicaset/replica_set_utils_test.go`, TestCalculateStatus.
    #[test]
    fn status_counts_labeled_ready_and_available_pods() {
        let full = [("app", "web"), ("tier", "front")];
        let active = [
            pod(&full, Some(10)),
            pod(&full, Some(90)),
            pod(&full, Some(91)),
            pod(&full[..1], None),
        ];
        let labels = full.into_iter().collect();
        let status = status_of(&ReplicaSetStatus::default(), &counted(&active, &labels));
        assert_eq!(status.replicas, Count(4));
        assert_eq!(status.fully_labeled_replicas, 3);
        assert_eq!(status.ready_replicas, 3);
        assert_eq!(status.available_replicas, 2);
        assert_eq!(status.terminating_replicas, Some(1));
        let next = next_available(&active, 10, Moment::from_millis(100_000));
        assert_eq!(next, Some(Duration::from_secs(1)));
    }

    /// `pkg/controller/replicaset/replica_set_utils_test.go`, TestCalculateStatusConditions.
    #[test]
    fn status_says_why_pods_could_not_be_created_until_they_could() {
        let labels = Labels::default();
        let failure = Failure {
            message: "no".to_owned(),
        };
        let active = [pod(&[], None)];
        let failed = Counted {
            failure: Some(&failure),
            ..counted(&active, &labels)
        };
        let before = status_of(&ReplicaSetStatus::default(), &failed);
        let condition = &before.conditions[0];
        assert_eq!(&*condition.kind, "ReplicaFailure");
        assert_eq!(&*condition.reason, "FailedCreate");
        assert_eq!(condition.message, "no");
        let other = Failure {
            message: "another".to_owned(),
        };
        let again = Counted {
            failure: Some(&other),
            ..failed
        };
        assert_eq!(status_of(&before, &again).conditions, before.conditions);
        let mended = status_of(&before, &counted(&active, &labels));
        assert!(mended.conditions.is_empty());
        let too_many = Counted {
            wanted: 0,
            failure: Some(&failure),
            ..counted(&active, &labels)
        };
        let status = status_of(&ReplicaSetStatus::default(), &too_many);
        assert_eq!(&*status.conditions[0].reason, "FailedDelete");
    }
}
