//! What a sync of a Deployment does, in upstream's order (`pkg/controller/deployment/sync.go`).

use std::sync::Arc;

use super::{
    arithmetic::{
        active, is_rolling, max_total, max_unavailable, new_size, proportion, replicas, size, total,
    },
    conditions::{self, PROGRESSING, TIMED_OUT, condition, find, progress_deadline},
    progress::Sets,
    revision::{
        REVISION, annotate_new, by_creation, by_revision, desired, max_revision, note_replicas,
    },
    run::{Halt, Run},
    template::{HASH_LABEL, hash, is_current, set_name},
};
use crate::cluster::{
    api::{
        ConditionStatus, Deployment, Key, LabelSelector, Object, ObjectMeta, ReplicaSet,
        ReplicaSetSpec, Resource, Selector, Status, StatusReason,
    },
    controller::ownership::{self, Claim, claim, controller_reference},
    machinery::{DeleteOptions, Reply, Request},
};

impl Run<'_, '_> {
    /// The whole (`deployment_controller.go`, syncDeployment).
    pub(super) fn sync(&mut self) -> Result<(), Halt> {
        let mut deployment = (*self.deployment).clone();
        if deployment.spec.selector == Some(LabelSelector::default()) {
            return self.refuse_everything(&deployment);
        }
        let owned = self.claim(&deployment)?;
        if deployment.metadata.is_deleting() {
            let sets = self.sets(&mut deployment, &owned, false)?;
            return self.sync_status(&deployment, &sets);
        }
        self.check_paused(&mut deployment)?;
        if deployment.spec.paused || self.is_scaling(&mut deployment, &owned)? {
            return self.resize(&mut deployment, &owned);
        }
        if is_rolling(&deployment) {
            self.roll(&mut deployment, &owned)
        } else {
            self.recreate(&mut deployment, &owned)
        }
    }

    fn refuse_everything(&mut self, deployment: &Deployment) -> Result<(), Halt> {
        let message = "This deployment is selecting all pods. A non-empty selector is required.";
        self.event(true, "SelectingAll", message.to_owned());
        let mut status = deployment.status.clone();
        if status.observed_generation < deployment.metadata.generation {
            status.observed_generation = deployment.metadata.generation;
            self.put_status(deployment, status)?;
        }
        Ok(())
    }

    /// Adopts and releases ReplicaSets; gives those that are this Deployment's, oldest first.
    fn claim(&mut self, deployment: &Deployment) -> Result<Vec<Arc<ReplicaSet>>, Halt> {
        let Ok(selector) = Selector::of(deployment.spec.selector.as_ref()) else {
            return Err(Halt::Failed);
        };
        let (owner, object) = (&deployment.metadata, Object::from(deployment.clone()));
        let (mut owned, mut refused, mut may_adopt) = (Vec::new(), None, None);
        for set in self.found.clone() {
            let meta = &set.metadata;
            let patch = match claim(owner, &selector, meta) {
                Claim::Own => {
                    owned.push(set);
                    continue;
                }
                Claim::Leave => continue,
                Claim::Adopt => {
                    let fresh = match may_adopt {
                        Some(known) => known,
                        None => self.recheck(owner)?,
                    };
                    may_adopt = Some(fresh);
                    if !fresh {
                        refused = Some(Halt::Failed);
                        continue;
                    }
                    ownership::adoption(&object, meta)
                }
                Claim::Release => ownership::release(owner, meta),
            };
            let adopts = meta.controller().is_none();
            self.decide(|| match adopts {
                true => format!(
                    "{} has no controller and matches the selector: adopting it",
                    meta.name
                ),
                false => format!("{} no longer matches the selector: releasing it", meta.name),
            });
            let (namespace, name) = (&meta.namespace, &meta.name);
            let resource = Resource::ReplicaSets;
            let request = Request::patch(self.user(), resource, namespace, name, patch);
            match self.call(request) {
                Ok(_) if adopts => owned.push(set.clone()),
                Ok(_) => {}
                Err(Halt::Waiting) => return Err(Halt::Waiting),
                Err(Halt::Refused(status)) if matches!(status.code, 404 | 422) => {}
                Err(other) => refused = Some(other),
            }
        }
        owned.sort_by(by_creation);
        refused.map_or(Ok(owned), Err)
    }

    /// Whether the Deployment is really not being deleted, before anything is adopted.
    fn recheck(&mut self, owner: &ObjectMeta) -> Result<bool, Halt> {
        let (namespace, name) = (&owner.namespace, &owner.name);
        let request = Request::get(self.user(), Resource::Deployments, namespace, name);
        match self.call(request) {
            Err(Halt::Waiting) => Err(Halt::Waiting),
            Err(_) => Ok(false),
            Ok(reply) => Ok(reply.object.is_some_and(|fresh| {
                let fresh = fresh.metadata();
                fresh.uid == owner.uid && !fresh.is_deleting()
            })),
        }
    }

    /// The time of a pause does not count against the progress deadline (checkPausedConditions).
    fn check_paused(&mut self, deployment: &mut Deployment) -> Result<(), Halt> {
        if progress_deadline(deployment).is_none() {
            return Ok(());
        }
        let known = find(&deployment.status, PROGRESSING).map(|known| &*known.reason);
        let paused = known == Some("DeploymentPaused");
        let (reason, message) = match deployment.spec.paused {
            _ if known == Some(TIMED_OUT) => return Ok(()),
            true if !paused => ("DeploymentPaused", "Deployment is paused"),
            false if paused => ("DeploymentResumed", "Deployment is resumed"),
            _ => return Ok(()),
        };
        let said = (ConditionStatus::Unknown, reason);
        let said = condition(PROGRESSING, said, message.to_owned(), self.timestamp());
        conditions::set(&mut deployment.status, said);
        self.put_status(deployment, deployment.status.clone())
    }

    /// The new ReplicaSet, made if there is none and it may be, and the old ones
    /// (getAllReplicaSetsAndSyncRevision).
    pub(super) fn sets(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Arc<ReplicaSet>],
        create: bool,
    ) -> Result<Sets, Halt> {
        let current = owned
            .iter()
            .find(|set| is_current(set, deployment))
            .cloned();
        let is_new = |set: &Arc<ReplicaSet>| {
            let new = current.as_ref();
            new.is_some_and(|new| new.metadata.uid == set.metadata.uid)
        };
        let old: Vec<_> = owned.iter().filter(|set| !is_new(set)).cloned().collect();
        let revision = max_revision(&old) + 1;
        let new = match current {
            Some(current) => Some(self.keep_current(deployment, current, revision)?),
            None if create => Some(self.create_set(deployment, &old, revision)?),
            None => None,
        };
        Ok(Sets { new, old })
    }

    fn keep_current(
        &mut self,
        deployment: &mut Deployment,
        current: Arc<ReplicaSet>,
        revision: i64,
    ) -> Result<Arc<ReplicaSet>, Halt> {
        let mut set = (*current).clone();
        let annotated = annotate_new(&mut set, deployment, revision, true);
        if annotated || set.spec.min_ready_seconds != deployment.spec.min_ready_seconds {
            set.spec.min_ready_seconds = deployment.spec.min_ready_seconds;
            let reply = self.call(Request::update(self.user(), set))?;
            return updated(&reply);
        }
        let revision = set.metadata.annotations.get(REVISION).unwrap_or("");
        let mut differs = deployment.metadata.annotations.set(REVISION, revision);
        let unknown = find(&deployment.status, PROGRESSING).is_none();
        if unknown && progress_deadline(deployment).is_some() {
            let message = format!("Found new replica set \"{}\"", set.metadata.name);
            self.say_progressing(
                deployment,
                (ConditionStatus::True, "FoundNewReplicaSet"),
                message,
            );
            differs = true;
        }
        if differs {
            self.put_status(deployment, deployment.status.clone())?;
        }
        Ok(current)
    }

    fn say_progressing(
        &self,
        deployment: &mut Deployment,
        said: (ConditionStatus, &str),
        message: String,
    ) {
        let said = condition(PROGRESSING, said, message, self.timestamp());
        conditions::set(&mut deployment.status, said);
    }

    /// A ReplicaSet for the template, named after its hash.
    fn create_set(
        &mut self,
        deployment: &mut Deployment,
        old: &[Arc<ReplicaSet>],
        revision: i64,
    ) -> Result<Arc<ReplicaSet>, Halt> {
        let mut set = new_set(deployment);
        let wanted = new_size(deployment, old, 0);
        set.spec.replicas = Some(wanted);
        annotate_new(&mut set, deployment, revision, false);
        let name = set.metadata.name.clone();
        self.decide(|| {
            let (most, least) = bounds(deployment);
            let sizes = total(old);
            format!(
                "no ReplicaSet has this Pod template: creating {name} with {wanted} (old ones have {sizes}; at most {most} Pods, at least {least} available)"
            )
        });
        let key = set.metadata.key();
        let (created, exists) = match self.call(Request::create(self.user(), set)) {
            Ok(reply) => (updated(&reply)?, false),
            Err(Halt::Refused(status)) if status.reason == StatusReason::AlreadyExists => {
                (self.existing(deployment, &key, status)?, true)
            }
            Err(Halt::Refused(status)) => return self.creation_failed(deployment, &name, status),
            Err(other) => return Err(other),
        };
        if !exists && wanted > 0 {
            let message = format!("Scaled up replica set {name} from 0 to {wanted}");
            self.event(false, "ScalingReplicaSet", message);
        }
        let mut differs = deployment
            .metadata
            .annotations
            .set(REVISION, revision.to_string());
        if !exists && progress_deadline(deployment).is_some() {
            let message = format!("Created new replica set \"{name}\"");
            let said = (ConditionStatus::True, "NewReplicaSetCreated");
            self.say_progressing(deployment, said, message);
            differs = true;
        }
        if differs {
            self.put_status(deployment, deployment.status.clone())?;
        }
        Ok(created)
    }

    /// There is a ReplicaSet of that name: the one that is wanted, or one whose template has the same
    /// hash; then the hash must change.
    fn existing(
        &mut self,
        deployment: &mut Deployment,
        key: &Key,
        refusal: Status,
    ) -> Result<Arc<ReplicaSet>, Halt> {
        let Some(set) = self.in_the_way(key) else {
            return Err(Halt::Failed);
        };
        let owner = set.metadata.controller().map(|owner| &owner.uid);
        if owner == Some(&deployment.metadata.uid) && is_current(&set, deployment) {
            return Ok(set);
        }
        let count = deployment.status.collision_count.unwrap_or(0);
        deployment.status.collision_count = Some(count + 1);
        self.put_status(deployment, deployment.status.clone())?;
        Err(Halt::Refused(refusal))
    }

    fn creation_failed(
        &mut self,
        deployment: &mut Deployment,
        name: &str,
        status: Status,
    ) -> Result<Arc<ReplicaSet>, Halt> {
        let mut causes = status.details.causes.iter();
        if causes.any(|cause| cause.reason == "NamespaceTerminating") {
            return Err(Halt::Refused(status));
        }
        let message = format!("Failed to create new replica set \"{name}\": {status}");
        if progress_deadline(deployment).is_some() {
            let said = (ConditionStatus::False, "ReplicaSetCreateError");
            self.say_progressing(deployment, said, message.clone());
            if self.put_status(deployment, deployment.status.clone()) == Err(Halt::Waiting) {
                return Err(Halt::Waiting);
            }
        }
        self.event(true, "ReplicaSetCreateError", message);
        Err(Halt::Refused(status))
    }

    /// Whether somebody changed the wanted number since the ReplicaSets were last sized.
    fn is_scaling(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Arc<ReplicaSet>],
    ) -> Result<bool, Halt> {
        let sets = self.sets(deployment, owned, false)?;
        let wanted = replicas(deployment);
        let mut desired = active(&sets.all())
            .into_iter()
            .filter_map(|set| desired(&set));
        Ok(desired.any(|desired| desired != wanted))
    }

    /// A paused Deployment, or one whose wanted number changed: sizes change, but no rollout goes on.
    fn resize(
        &mut self,
        deployment: &mut Deployment,
        owned: &[Arc<ReplicaSet>],
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
        set: &Arc<ReplicaSet>,
        to: i32,
        even_if_equal: bool,
    ) -> Result<(bool, Arc<ReplicaSet>), Halt> {
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
        old: &[Arc<ReplicaSet>],
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
fn bounds(deployment: &Deployment) -> (i32, i32) {
    let least = replicas(deployment) - max_unavailable(deployment);
    (max_total(deployment), least)
}

/// The ReplicaSet as the API server answered.
fn updated(reply: &Reply) -> Result<Arc<ReplicaSet>, Halt> {
    reply.object_of::<ReplicaSet>().cloned().ok_or(Halt::Failed)
}

fn new_set(deployment: &Deployment) -> ReplicaSet {
    let mut template = deployment.spec.template.clone();
    let hash = hash(&template, deployment.status.collision_count);
    template.metadata.labels.set(HASH_LABEL, hash.as_str());
    let mut selector = deployment.spec.selector.clone().unwrap_or_default();
    selector.match_labels.set(HASH_LABEL, hash.as_str());
    ReplicaSet {
        metadata: ObjectMeta {
            name: set_name(&deployment.metadata.name, &hash).into(),
            namespace: deployment.metadata.namespace.clone(),
            labels: template.metadata.labels.clone(),
            owner_references: vec![controller_reference(&Object::from(deployment.clone()))],
            ..ObjectMeta::default()
        },
        spec: ReplicaSetSpec {
            min_ready_seconds: deployment.spec.min_ready_seconds,
            selector: Some(selector),
            template,
            ..ReplicaSetSpec::default()
        },
        ..ReplicaSet::default()
    }
}

/// The sizes of several active ReplicaSets when the wanted number changes amid a rollout: each gets its
/// share, and the largest what is left over.
pub(super) fn proportional_sizes(
    deployment: &Deployment,
    mut sets: Vec<Arc<ReplicaSet>>,
) -> Vec<(Arc<ReplicaSet>, i32)> {
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

    fn sets(sizes: &[i32], max_before: i32) -> Vec<Arc<ReplicaSet>> {
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
            Arc::new(set)
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
