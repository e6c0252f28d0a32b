//! What a sync of a Deployment does, in upstream's order (`pkg/controller/deployment/sync.go`).

use std::rc::Rc;

use super::{
    arithmetic::is_rolling,
    conditions::{self, PROGRESSING, TIMED_OUT, condition, find, progress_deadline},
    progress::Sets,
    revision::{REVISION, annotate_new, by_creation, max_revision},
    run::{Halt, Run},
    scaling::updated,
    template::is_current,
};
use crate::cluster::{
    api::{
        ConditionStatus, Deployment, LabelSelector, Object, ObjectMeta, ReplicaSet, Resource,
        Selector,
    },
    controller::ownership::{self, Claim, Matcher, claim},
    machinery::Request,
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
    fn claim(&mut self, deployment: &Deployment) -> Result<Vec<Rc<ReplicaSet>>, Halt> {
        let Ok(selector) = Selector::of(deployment.spec.selector.as_ref()) else {
            return Err(Halt::Failed);
        };
        let (owner, object) = (&deployment.metadata, Object::from(deployment.clone()));
        let (mut owned, mut refused, mut may_adopt) = (Vec::new(), None, None);
        for set in self.found.clone() {
            let meta = &set.metadata;
            let patch = match claim(owner, &mut Matcher::new(&selector), meta) {
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
        owned: &[Rc<ReplicaSet>],
        create: bool,
    ) -> Result<Sets, Halt> {
        let current = owned
            .iter()
            .find(|set| is_current(set, deployment))
            .cloned();
        let is_new = |set: &Rc<ReplicaSet>| {
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
        current: Rc<ReplicaSet>,
        revision: i64,
    ) -> Result<Rc<ReplicaSet>, Halt> {
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

    pub(super) fn say_progressing(
        &self,
        deployment: &mut Deployment,
        said: (ConditionStatus, &str),
        message: String,
    ) {
        let said = condition(PROGRESSING, said, message, self.timestamp());
        conditions::set(&mut deployment.status, said);
    }
}
