//! The sizes of ReplicaSets outside the normal course of a rollout, and the end of old ones
//! (`pkg/controller/deployment/sync.go`).

use std::rc::Rc;

use super::{
    arithmetic::{
        active, is_rolling, max_total, max_unavailable, proportion, replicas, size, total,
    },
    progress::Sets,
    revision::{by_creation, by_revision, desired, note_replicas},
    run::{Halt, Run},
};
use crate::cluster::{
    api::{Deployment, ReplicaSet, Resource},
    machinery::{DeleteOptions, Reply, Request},
};

impl Run<'_, '_> {
    /// Whether somebody changed the wanted number since the ReplicaSets were last sized.
    pub(super) fn is_scaling(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Rc<ReplicaSet>],
    ) -> Result<bool, Halt> {
        let sets = self.sets(deployment, owned, false)?;
        let wanted = replicas(deployment);
        let mut desired = active(&sets.all())
            .into_iter()
            .filter_map(|set| desired(&set));
        Ok(desired.any(|desired| desired != wanted))
    }

    /// A paused Deployment, or one whose wanted number changed: sizes change, but no rollout goes on.
    pub(super) fn resize(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Rc<ReplicaSet>],
    ) -> Result<(), Halt> {
        let mut sets = self.sets(deployment, owned, false)?;
        self.scale(deployment, &mut sets)?;
        if deployment.spec.paused {
            self.clean_up(deployment, &sets.old)?;
        }
        self.sync_status(deployment, &sets)
    }

    fn scale(&mut self, deployment: &Deployment, sets: &mut Sets) -> Result<(), Halt> {
        let wanted = replicas(deployment);
        let all_active = active(&sets.all());
        if all_active.len() <= 1 {
            sets.old.sort_by(|one, other| by_creation(other, one));
            let latest = sets.new.as_ref().or(sets.old.first());
            if let Some(only) = all_active.first().or(latest).cloned() {
                self.set_size(deployment, &only, wanted, false)?;
            }
            return Ok(());
        }
        let saturated = sets.new.as_ref().is_some_and(|new| {
            size(new) == wanted
                && desired(new) == Some(wanted)
                && new.status.available_replicas == wanted
        });
        if saturated {
            for old in active(&sets.old) {
                self.set_size(deployment, &old, 0, false)?;
            }
            return Ok(());
        }
        if !is_rolling(deployment) {
            return Ok(());
        }
        for (set, size) in proportional_sizes(deployment, all_active) {
            self.set_size(deployment, &set, size, true)?;
        }
        Ok(())
    }

    /// Gives a ReplicaSet another size; true if it had another (scaleReplicaSet).
    pub(super) fn set_size(
        &mut self,
        deployment: &Deployment,
        set: &Rc<ReplicaSet>,
        to: i32,
        even_if_equal: bool,
    ) -> Result<(bool, Rc<ReplicaSet>), Halt> {
        let from = size(set);
        if from == to && !even_if_equal {
            return Ok((false, set.clone()));
        }
        let mut copy = (**set).clone();
        let noted = note_replicas(&mut copy, deployment);
        if from == to && !noted {
            return Ok((false, set.clone()));
        }
        copy.spec.replicas = Some(to);
        let name = set.metadata.name.clone();
        let way = if from < to { "up" } else { "down" };
        self.decide(|| {
            let (most, least) = bounds(deployment);
            if from == to {
                return format!("{name} keeps its size {to}; its annotations follow the Deployment");
            }
            format!(
                "scaling {way} {name} from {from} to {to} (at most {most} Pods, at least {least} available)"
            )
        });
        let reply = self.call(Request::update(self.user(), copy))?;
        if from != to {
            let message = format!("Scaled {way} replica set {name} from {from} to {to}");
            self.event(false, "ScalingReplicaSet", message);
        }
        Ok((from != to, updated(&reply)?))
    }

    /// Deletes old ReplicaSets beyond the history that is kept (cleanupDeployment).
    pub(super) fn clean_up(
        &mut self,
        deployment: &Deployment,
        old: &[Rc<ReplicaSet>],
    ) -> Result<(), Halt> {
        let limit = match deployment.spec.revision_history_limit {
            Some(limit) if limit != i32::MAX => usize::try_from(limit).unwrap_or(0),
            _ => return Ok(()),
        };
        let alive = old.iter().filter(|set| !set.metadata.is_deleting());
        let mut alive: Vec<_> = alive.cloned().collect();
        alive.sort_by(by_revision);
        let excess = alive.len().saturating_sub(limit);
        for set in &alive[..excess] {
            let (meta, status) = (&set.metadata, &set.status);
            let unseen = meta.generation > status.observed_generation;
            if status.replicas.0 != 0 || size(set) != 0 || unseen {
                continue;
            }
            self.decide(|| {
                let name = &meta.name;
                format!("{name} is beyond the {limit} old ReplicaSets that are kept: deleting it")
            });
            let options = DeleteOptions::default();
            let (namespace, name) = (&meta.namespace, &meta.name);
            let resource = Resource::ReplicaSets;
            let request = Request::delete(self.user(), resource, namespace, name, options);
            match self.call(request) {
                Err(Halt::Refused(status)) if status.code == 404 => {}
                other => other.map(|_| ())?,
            }
        }
        Ok(())
    }
}

/// The most Pods there may be, and the fewest available ones.
pub(super) fn bounds(deployment: &Deployment) -> (i32, i32) {
    let least = replicas(deployment) - max_unavailable(deployment);
    (max_total(deployment), least)
}

/// The ReplicaSet as the API server answered.
pub(super) fn updated(reply: &Reply) -> Result<Rc<ReplicaSet>, Halt> {
    reply.object_of::<ReplicaSet>().cloned().ok_or(Halt::Failed)
}

/// The sizes of several active ReplicaSets when the wanted number changes amid a rollout: each gets its
/// share, and the largest what is left over.
pub(super) fn proportional_sizes(
    deployment: &Deployment,
    mut sets: Vec<Rc<ReplicaSet>>,
) -> Vec<(Rc<ReplicaSet>, i32)> {
    let allowed = match replicas(deployment) {
        0 => 0,
        _ => max_total(deployment),
    };
    let change = allowed - total(&sets);
    sets.sort_by(|one, other| {
        let larger = size(other).cmp(&size(one));
        larger.then_with(|| {
            if change > 0 {
                by_creation(other, one)
            } else {
                by_creation(one, other)
            }
        })
    });
    let mut spent = 0;
    let mut sizes: Vec<_> = sets
        .into_iter()
        .map(|set| {
            let share = proportion(&set, deployment, change, spent);
            spent += share;
            let size = size(&set) + share;
            (set, size)
        })
        .collect();
    if let Some((_, largest)) = sizes.first_mut() {
        *largest = (*largest + change - spent).max(0);
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::{super::revision::MAX_REPLICAS, *};
    use crate::cluster::{
        api::{DeploymentStrategy, IntOrString, RollingUpdateDeployment, StrategyType},
        moment::Moment,
    };

    fn sets(sizes: &[i32], max_before: i32) -> Vec<Rc<ReplicaSet>> {
        let numbered = sizes.iter().enumerate();
        let sets = numbered.map(|(age, size)| {
            let mut set = ReplicaSet::default();
            set.metadata.name = format!("foo-v{age}").into();
            set.metadata.creation_timestamp =
                Some(Moment::from_millis(100_000 - age as u64 * 1000).timestamp());
            set.metadata
                .annotations
                .set(MAX_REPLICAS, max_before.to_string());
            set.spec.replicas = Some(*size);
            Rc::new(set)
        });
        sets.collect()
    }

    /// `pkg/controller/deployment/sync_test.go`, TestScale: the newest set first, then older ones.
    #[test]
    fn scaling_amid_a_rollout_is_proportional() {
        for (wanted, surge, before, sizes, expected) in [
            (10, 0, 5, &[2, 3][..], &[4, 6][..]),
            (3, 0, 5, &[2, 3], &[1, 2]),
            (4, 0, 9, &[8, 1], &[4, 0]),
            (10, 0, 7, &[2, 3, 2], &[3, 4, 3]),
            (8, 0, 13, &[2, 8, 3], &[1, 5, 2]),
            // Equal ones: when growing the newest gets the rest, when shrinking the oldest gives it.
            (4, 0, 3, &[1, 1, 1], &[2, 1, 1]),
            (2, 0, 3, &[1, 1, 1], &[1, 1, 0]),
            (5, 0, 4, &[2, 2], &[3, 2]),
            (0, 0, 6, &[3, 2, 1], &[0, 0, 0]),
            (20, 2, 12, &[6, 6], &[11, 11]),
            (50, 6, 13, &[5, 8], &[22, 34]),
        ] {
            let mut deployment = Deployment::default();
            deployment.spec.replicas = Some(wanted);
            deployment.spec.strategy = DeploymentStrategy {
                kind: Some(StrategyType::RollingUpdate),
                rolling_update: Some(RollingUpdateDeployment {
                    max_surge: Some(IntOrString::Int(surge)),
                    max_unavailable: Some(IntOrString::Int(1)),
                    ..RollingUpdateDeployment::default()
                }),
                ..DeploymentStrategy::default()
            };
            let mut found = proportional_sizes(&deployment, sets(sizes, before));
            found.sort_by(|(one, _), (other, _)| one.metadata.name.cmp(&other.metadata.name));
            let found: Vec<i32> = found.into_iter().map(|(_, size)| size).collect();
            assert_eq!(found, expected, "{sizes:?} to {wanted}");
        }
    }
}
