//! How far a rollout has come (`pkg/controller/deployment/progress.go`).

use std::{rc::Rc, time::Duration};

use super::{
    arithmetic::{actual, available, max_unavailable, replicas, total},
    conditions::{
        self, AVAILABLE, NEW_REPLICA_SET_AVAILABLE, PROGRESSING, REPLICA_FAILURE, TIMED_OUT,
        condition, find, progress_deadline,
    },
    run::{Halt, Run},
};
use crate::cluster::{
    api::{Condition, ConditionStatus, Deployment, DeploymentStatus, ReplicaSet},
    machinery::{Request, Subresource},
    moment::Timestamp,
};

/// The new ReplicaSet and all others.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    pub(super) new: Option<Rc<ReplicaSet>>,
    pub(super) old: Vec<Rc<ReplicaSet>>,
}

impl Sets {
    pub(super) fn all(&self) -> Vec<Rc<ReplicaSet>> {
        self.old.iter().chain(&self.new).cloned().collect()
    }
}

/// The numbers of a Deployment's status (`sync.go`, calculateStatus).
pub(super) fn status_of(deployment: &Deployment, sets: &Sets, now: Timestamp) -> DeploymentStatus {
    let all = sets.all();
    let available = available(&all);
    let updated: Vec<_> = sets.new.iter().cloned().collect();
    let mut status = DeploymentStatus {
        observed_generation: deployment.metadata.generation,
        replicas: actual(&all),
        updated_replicas: actual(&updated),
        ready_replicas: all.iter().map(|set| set.status.ready_replicas).sum(),
        available_replicas: available,
        unavailable_replicas: (total(&all) - available).max(0),
        terminating_replicas: terminating(&all),
        ..deployment.status.clone()
    };
    let enough = available >= replicas(deployment) - max_unavailable(deployment);
    let (reason, message) = if enough {
        (
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let said = condition(AVAILABLE, (enough.into(), reason), message.to_owned(), now);
    conditions::set(&mut status, said);
    status
}

/// None if one that was synced does not say (GetTerminatingReplicaCountForReplicaSets).
fn terminating(sets: &[Rc<ReplicaSet>]) -> Option<i32> {
    let counts = sets.iter().map(|set| &set.status);
    counts
        .filter(|status| status.observed_generation != 0 || status.terminating_replicas.is_some())
        .map(|status| status.terminating_replicas)
        .sum()
}

/// All wanted Pods are new and available, and no others are left.
pub(super) fn is_complete(deployment: &Deployment, status: &DeploymentStatus) -> bool {
    let wanted = replicas(deployment);
    status.updated_replicas == wanted
        && status.replicas == wanted
        && status.available_replicas == wanted
        && status.observed_generation >= deployment.metadata.generation
}

/// Whether something has become better.
fn is_progressing(before: &DeploymentStatus, after: &DeploymentStatus) -> bool {
    let old = |status: &DeploymentStatus| status.replicas - status.updated_replicas;
    after.updated_replicas > before.updated_replicas
        || old(after) < old(before)
        || after.ready_replicas > before.ready_replicas
        || after.available_replicas > before.available_replicas
}

fn has_timed_out(deadline: i32, status: &DeploymentStatus, now: Timestamp) -> bool {
    let Some(known) = find(status, PROGRESSING) else {
        return false;
    };
    match &*known.reason {
        NEW_REPLICA_SET_AVAILABLE => false,
        TIMED_OUT => true,
        _ => known
            .last_update_time
            .is_some_and(|since| now.since(since) > i64::from(deadline)),
    }
}

/// The condition Progressing as it should be, if it should change.
fn progress(
    deployment: &Deployment,
    status: &DeploymentStatus,
    new: Option<&Rc<ReplicaSet>>,
    (deadline, now): (i32, Timestamp),
) -> Option<Condition> {
    let subject = match new {
        Some(new) => format!("ReplicaSet \"{}\"", new.metadata.name),
        None => format!("Deployment \"{}\"", deployment.metadata.name),
    };
    let make = |holds, reason, rest: &str| {
        let message = format!("{subject} {rest}");
        condition(PROGRESSING, (holds, reason), message, now)
    };
    if is_complete(deployment, status) {
        let rest = "has successfully progressed.";
        Some(make(ConditionStatus::True, NEW_REPLICA_SET_AVAILABLE, rest))
    } else if is_progressing(&deployment.status, status) {
        Some(make(
            ConditionStatus::True,
            "ReplicaSetUpdated",
            "is progressing.",
        ))
    } else if has_timed_out(deadline, status, now) {
        Some(make(
            ConditionStatus::False,
            TIMED_OUT,
            "has timed out progressing.",
        ))
    } else {
        None
    }
}

/// Creations that failed, the new ReplicaSet's first.
fn failure(sets: &Sets) -> Option<Condition> {
    let all = sets.new.iter().chain(&sets.old);
    let mut failures = all.flat_map(|set| &set.status.conditions);
    let found = failures.find(|condition| &*condition.kind == REPLICA_FAILURE)?;
    Some(Condition {
        last_update_time: found.last_transition_time,
        ..found.clone()
    })
}

impl Run<'_, '_> {
    /// Writes the status if it is not as it should be (`sync.go`, syncDeploymentStatus).
    pub(super) fn sync_status(&mut self, deployment: &Deployment, sets: &Sets) -> Result<(), Halt> {
        let status = status_of(deployment, sets, self.timestamp());
        if status == deployment.status {
            return Ok(());
        }
        self.put_status(deployment, status)
    }

    /// Writes the status of a rollout, with how it goes (`progress.go`, syncRolloutStatus).
    pub(super) fn sync_rollout_status(
        &mut self,
        deployment: &Deployment,
        sets: &Sets,
    ) -> Result<(), Halt> {
        let now = self.timestamp();
        let mut status = status_of(deployment, sets, now);
        let known = find(&deployment.status, PROGRESSING).cloned();
        let at_rest = status.replicas == status.updated_replicas
            && known
                .as_ref()
                .is_some_and(|known| &*known.reason == NEW_REPLICA_SET_AVAILABLE);
        match progress_deadline(deployment) {
            None => conditions::remove(&mut status, PROGRESSING),
            Some(_) if at_rest => {}
            Some(deadline) => {
                let rest = (deadline, now);
                if let Some(mut said) = progress(deployment, &status, sets.new.as_ref(), rest) {
                    if &*said.reason == "ReplicaSetUpdated" {
                        // Progress renews the condition even if nothing in it changes but the time.
                        if let Some(known) = known.filter(|it| it.status == ConditionStatus::True) {
                            said.last_transition_time = known.last_transition_time;
                        }
                        conditions::remove(&mut status, PROGRESSING);
                        status.conditions.push(said);
                    } else {
                        conditions::set(&mut status, said);
                    }
                }
            }
        }
        match failure(sets) {
            Some(failure) => conditions::set(&mut status, failure),
            None => conditions::remove(&mut status, REPLICA_FAILURE),
        }
        if status == deployment.status {
            self.look_again(deployment, &status);
            return Ok(());
        }
        self.put_status(deployment, status)
    }

    pub(super) fn put_status(
        &mut self,
        deployment: &Deployment,
        status: DeploymentStatus,
    ) -> Result<(), Halt> {
        let deployment = Deployment {
            status,
            ..deployment.clone()
        };
        let request = Request::update(self.user(), deployment).on(Subresource::Status);
        self.call(request).map(|_| ())
    }

    /// A rollout in which nothing happens is looked at again when its deadline is over
    /// (requeueStuckDeployment).
    fn look_again(&mut self, deployment: &Deployment, status: &DeploymentStatus) {
        let known = find(&deployment.status, PROGRESSING);
        let (Some(deadline), Some(known)) = (progress_deadline(deployment), known) else {
            return;
        };
        if is_complete(deployment, status) || &*known.reason == TIMED_OUT {
            let key = self.key;
            self.desk().forget_later(key);
            return;
        }
        let deadline = Duration::from_secs(u64::from(deadline.unsigned_abs()));
        let since = known.last_update_time.unwrap_or(self.timestamp()).moment();
        let left = (since + deadline).since(self.now);
        let wait = left + Duration::from_secs(1);
        let key = self.key.clone();
        self.desk().enqueue_after(key, wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::moment::Moment;

    fn status(numbers: [i32; 4]) -> DeploymentStatus {
        let [
            replicas,
            updated_replicas,
            ready_replicas,
            available_replicas,
        ] = numbers;
        DeploymentStatus {
            replicas,
            updated_replicas,
            ready_replicas,
            available_replicas,
            ..DeploymentStatus::default()
        }
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestDeploymentComplete.
    #[test]
    fn progress_is_complete_when_all_pods_are_new_and_available() {
        for (wanted, numbers, complete) in [
            (5, [5, 5, 5, 5], true),
            (5, [5, 5, 5, 4], false),
            (5, [6, 5, 5, 5], false),
            (5, [5, 4, 5, 5], false),
            (1, [1, 0, 1, 1], false),
            (0, [0, 0, 0, 0], true),
        ] {
            let mut deployment = Deployment::default();
            deployment.spec.replicas = Some(wanted);
            let found = is_complete(&deployment, &status(numbers));
            assert_eq!(found, complete, "{wanted} {numbers:?}");
        }
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestDeploymentProgressing.
    #[test]
    fn progress_is_more_new_pods_or_fewer_old_ones() {
        for (before, after, progressing) in [
            ([10, 4, 10, 10], [10, 6, 10, 10], true),
            ([10, 4, 10, 10], [10, 4, 10, 10], false),
            ([10, 4, 10, 10], [8, 4, 8, 8], true),
            ([10, 10, 8, 8], [10, 10, 9, 8], true),
            ([10, 10, 9, 8], [10, 10, 9, 9], true),
            ([10, 10, 9, 9], [10, 10, 8, 8], false),
        ] {
            let found = is_progressing(&status(before), &status(after));
            assert_eq!(found, progressing, "{before:?} {after:?}");
        }
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestDeploymentTimedOut.
    #[test]
    fn progress_times_out_after_its_deadline() {
        let now = Moment::from_millis(100_000).timestamp();
        for (reason, age, timed_out) in [
            ("ReplicaSetUpdated", 10, false),
            ("ReplicaSetUpdated", 11, true),
            (NEW_REPLICA_SET_AVAILABLE, 99, false),
            (TIMED_OUT, 1, true),
        ] {
            let since = Moment::from_millis((100 - age) * 1000).timestamp();
            let mut status = status([1, 1, 0, 0]);
            let known = condition(PROGRESSING, (true.into(), reason), String::new(), since);
            status.conditions.push(known);
            assert_eq!(has_timed_out(10, &status, now), timed_out, "{reason} {age}");
        }
        assert!(!has_timed_out(10, &status([1, 1, 0, 0]), now));
    }
}
