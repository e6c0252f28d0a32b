//! A ReplicaSet for a Pod template that has none (`pkg/controller/deployment/sync.go`,
//! getNewReplicaSet).

use std::rc::Rc;

use super::{
    arithmetic::{new_size, total},
    conditions::progress_deadline,
    revision::{REVISION, annotate_new},
    run::{Halt, Run},
    scaling::{bounds, updated},
    template::{HASH_LABEL, hash, is_current, set_name},
};
use crate::cluster::{
    api::{
        ConditionStatus, Deployment, Key, Object, ObjectMeta, ReplicaSet, ReplicaSetSpec, Status,
        StatusReason,
    },
    controller::ownership::controller_reference,
    machinery::Request,
};

impl Run<'_, '_> {
    /// A ReplicaSet for the template, named after its hash.
    pub(super) fn create_set(
        &mut self,
        deployment: &mut Deployment,
        old: &[Rc<ReplicaSet>],
        revision: i64,
    ) -> Result<Rc<ReplicaSet>, Halt> {
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
        refusal: Box<Status>,
    ) -> Result<Rc<ReplicaSet>, Halt> {
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
        status: Box<Status>,
    ) -> Result<Rc<ReplicaSet>, Halt> {
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
            owner_references: vec![controller_reference(&Object::from(deployment.clone()))].into(),
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
