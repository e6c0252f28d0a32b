//! How many Pods each ReplicaSet of a Deployment should have
//! (`pkg/controller/deployment/util/deployment_util.go`).

use std::rc::Rc;

use super::revision::{MAX_REPLICAS, number};
use crate::cluster::api::{Deployment, IntOrString, ReplicaSet, StrategyType};

pub(super) fn replicas(deployment: &Deployment) -> i32 {
    deployment.spec.replicas.unwrap_or(1)
}

pub(super) fn size(set: &ReplicaSet) -> i32 {
    set.spec.replicas.unwrap_or(1)
}

pub(super) fn is_rolling(deployment: &Deployment) -> bool {
    deployment.spec.strategy.kind != Some(StrategyType::Recreate)
}

/// How many Pods more than wanted there may be, and how many fewer available.
fn fenceposts(deployment: &Deployment) -> (i32, i32) {
    let rolling = deployment.spec.strategy.rolling_update.as_ref();
    let bound = |value: Option<&IntOrString>, round_up| {
        let scaled = value.map(|value| value.scaled(replicas(deployment), round_up));
        scaled.flatten().unwrap_or(0)
    };
    let surge = bound(rolling.and_then(|it| it.max_surge.as_ref()), true);
    let unavailable = bound(rolling.and_then(|it| it.max_unavailable.as_ref()), false);
    // Both may have come to 0 by rounding; then nothing would ever move.
    if surge == 0 && unavailable == 0 {
        (0, 1)
    } else {
        (surge, unavailable)
    }
}

pub(super) fn max_surge(deployment: &Deployment) -> i32 {
    if is_rolling(deployment) {
        fenceposts(deployment).0
    } else {
        0
    }
}

pub(super) fn max_unavailable(deployment: &Deployment) -> i32 {
    if is_rolling(deployment) {
        fenceposts(deployment).1.min(replicas(deployment))
    } else {
        0
    }
}

/// The most Pods there may be.
pub(super) fn max_total(deployment: &Deployment) -> i32 {
    replicas(deployment).saturating_add(max_surge(deployment))
}

/// The size all these are to have together.
pub(super) fn total(sets: &[Rc<ReplicaSet>]) -> i32 {
    sets.iter().map(|set| size(set)).sum()
}

/// The Pods all these have together.
pub(super) fn actual(sets: &[Rc<ReplicaSet>]) -> i32 {
    sets.iter().map(|set| set.status.replicas.0).sum()
}

pub(super) fn available(sets: &[Rc<ReplicaSet>]) -> i32 {
    sets.iter().map(|set| set.status.available_replicas).sum()
}

/// Those that are to have Pods.
pub(super) fn active(sets: &[Rc<ReplicaSet>]) -> Vec<Rc<ReplicaSet>> {
    let sets = sets.iter().filter(|set| size(set) > 0);
    sets.cloned().collect()
}

/// The size of the new ReplicaSet: as large as may be without too many Pods (NewRSNewReplicas). Of `all`
/// the new one may be a part.
pub(super) fn new_size(deployment: &Deployment, all: &[Rc<ReplicaSet>], now: i32) -> i32 {
    let wanted = replicas(deployment);
    if !is_rolling(deployment) {
        return wanted;
    }
    let rolling = deployment.spec.strategy.rolling_update.as_ref();
    let surge = rolling.and_then(|it| it.max_surge.as_ref());
    let surge = surge
        .and_then(|surge| surge.scaled(wanted, true))
        .unwrap_or(0);
    let room = wanted.saturating_add(surge).saturating_sub(total(all));
    if room <= 0 {
        now
    } else {
        now + room.min(wanted - now)
    }
}

/// How much of a change of the whole falls to one of its parts, when so much of it is spent already
/// (GetReplicaSetProportion).
pub(super) fn proportion(
    set: &ReplicaSet,
    deployment: &Deployment,
    change: i32,
    spent: i32,
) -> i32 {
    if size(set) == 0 || change == 0 || change == spent {
        return 0;
    }
    let (fraction, allowed) = (fraction(set, deployment), change - spent);
    if change > 0 {
        fraction.min(allowed)
    } else {
        fraction.max(allowed)
    }
}

fn fraction(set: &ReplicaSet, deployment: &Deployment) -> i32 {
    let size = size(set);
    if replicas(deployment) == 0 {
        return -size;
    }
    let before = match number(set, MAX_REPLICAS) {
        Some(before) if before != 0 => before,
        _ => deployment.status.replicas,
    };
    if before == 0 {
        return 0;
    }
    let scaled = f64::from(size) * f64::from(max_total(deployment)) / f64::from(before);
    // The float is a quotient of two i32, so it is within their range.
    scaled.round() as i32 - size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::{DeploymentStrategy, RollingUpdateDeployment};

    fn bound(text: &str) -> IntOrString {
        match text.parse() {
            Ok(number) => IntOrString::Int(number),
            Err(_) => IntOrString::Text(text.to_owned()),
        }
    }

    fn deployment(replicas: i32, surge: &str, unavailable: &str) -> Deployment {
        let mut deployment = Deployment::default();
        deployment.spec.replicas = Some(replicas);
        deployment.spec.strategy = DeploymentStrategy {
            kind: Some(StrategyType::RollingUpdate),
            rolling_update: Some(RollingUpdateDeployment {
                max_surge: Some(bound(surge)),
                max_unavailable: Some(bound(unavailable)),
                ..RollingUpdateDeployment::default()
            }),
            ..DeploymentStrategy::default()
        };
        deployment
    }

    fn set(size: i32) -> Rc<ReplicaSet> {
        let mut set = ReplicaSet::default();
        set.spec.replicas = Some(size);
        Rc::new(set)
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestResolveFenceposts and
    /// TestMaxUnavailable.
    /// C26
    #[test]
    fn rollout_bounds_round_surge_up_and_unavailable_down() {
        for (replicas, surge, unavailable, bounds) in [
            (10, "0%", "0%", (0, 1)),
            (2, "39%", "39%", (1, 0)),
            (10, "25%", "25%", (3, 2)),
            (3, "25%", "25%", (1, 0)),
            (4, "25%", "25%", (1, 1)),
            (2, "0%", "1%", (0, 1)),
            (1, "1%", "25%", (1, 0)),
            (10, "0", "5", (0, 5)),
            (10, "5", "0", (5, 0)),
            (5, "0", "10", (0, 5)),
            (0, "1", "1", (1, 0)),
        ] {
            let deployment = deployment(replicas, surge, unavailable);
            let found = (max_surge(&deployment), max_unavailable(&deployment));
            assert_eq!(found, bounds, "{replicas} {surge} {unavailable}");
        }
        let mut recreate = deployment(10, "25%", "25%");
        recreate.spec.strategy.kind = Some(StrategyType::Recreate);
        assert_eq!((max_surge(&recreate), max_unavailable(&recreate)), (0, 0));
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestNewRSNewReplicas, and
    /// `rolling_test.go`, TestDeploymentController_reconcileNewReplicaSet.
    #[test]
    fn rollout_new_replica_set_grows_into_the_room_there_is() {
        for (wanted, surge, old, new, expected) in [
            (1, "0", 1, 0, 0),
            (10, "0", 10, 0, 0),
            (10, "2", 10, 0, 2),
            (10, "0", 5, 0, 5),
            (10, "0", 8, 0, 2),
            (10, "2", 0, 5, 10),
            (1, "1", 1, 0, 1),
            (10, "0", 10, 2, 2),
            (3, "25%", 3, 0, 1),
        ] {
            let deployment = deployment(wanted, surge, "0");
            let found = new_size(&deployment, &[set(old), set(new)], new);
            assert_eq!(found, expected, "{wanted} surge {surge}: {old} and {new}");
        }
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestGetReplicaSetProportion and
    /// TestGetReplicaSetFraction.
    #[test]
    fn rollout_proportions_follow_the_size_before_the_change() {
        for (wanted, size, before, change, spent, expected) in [
            (20, 10, "20", 0, 0, 0),
            (30, 10, "20", 10, 0, 5),
            (30, 10, "20", 10, 7, 3),
            (10, 10, "20", -10, 0, -5),
            (10, 10, "20", -10, -8, -2),
            (0, 10, "20", -20, 0, -10),
            (20, 0, "20", 5, 0, 0),
            (20, 10, "20", 5, 5, 0),
            (15, 1, "10", 5, 0, 1),
            // The annotation is gone: the size in the status counts.
            (30, 10, "", 10, 0, 5),
        ] {
            let mut deployment = deployment(wanted, "0", "1");
            deployment.status.replicas = 20;
            let mut set = (*set(size)).clone();
            if !before.is_empty() {
                set.metadata.annotations.set(MAX_REPLICAS, before);
            }
            let found = proportion(&set, &deployment, change, spent);
            assert_eq!(
                found, expected,
                "{wanted} {size} of {before}: {change} spent {spent}"
            );
        }
    }
}
