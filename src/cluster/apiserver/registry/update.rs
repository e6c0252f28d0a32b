//! Update, and what comes down to one: patches, binding, scale (`apiserver/pkg/registry/rest/update.go`
//! and the strategies under `pkg/registry`).

use std::rc::Rc;

use super::{Gates, MODIFIED, Plan, stored, validation};
use crate::cluster::{
    api::{Condition, ConditionStatus, Kind, Object, Resource, Status, StatusReason, Str, Uid},
    apiserver::{
        admission, defaults,
        field::{self, FieldError},
    },
    etcd::Etcd,
    machinery::{Request, Subresource, Turn},
};

/// `PUT`: the object as the client wants it.
pub(super) fn replace(
    request: &Request,
    object: Object,
    etcd: &Etcd,
    gates: &mut Gates,
) -> Result<Plan, Status> {
    let before = &stored(request, etcd)?.value;
    let asked = object.metadata().resource_version;
    if asked == 0 && request.resource == Resource::Leases {
        let error = FieldError::invalid(
            "metadata.resourceVersion",
            0,
            "must be specified for an update",
        );
        return Err(field::invalid(before, vec![error]));
    }
    if asked != 0 && asked != before.metadata().resource_version {
        return Err(Status::conflict(request.resource, &request.name, MODIFIED));
    }
    change(request, before, object, etcd, gates)
}

/// The object as it stands is to become `after`, as far as this subresource reaches.
pub(super) fn change(
    request: &Request,
    before: &Object,
    mut after: Object,
    etcd: &Etcd,
    gates: &mut Gates,
) -> Result<Plan, Status> {
    let (resource, name) = (before.resource(), before.metadata().name.clone());
    let asked = &after.metadata().uid;
    if !asked.0.is_empty() && *asked != before.metadata().uid {
        let why = format!(
            "Precondition failed: UID in precondition: {asked}, UID in object meta: {}",
            before.metadata().uid
        );
        return Err(Status::conflict(resource, &name, why));
    }
    if after.resource() != resource {
        return Err(Status::new(
            400,
            StatusReason::BadRequest,
            "the object is of another kind than the URL says",
        ));
    }
    keep_system_fields(before, &mut after);
    match request.subresource {
        Subresource::Status => keep_spec(before, &mut after),
        Subresource::Finalize => keep_all_but_finalizers(before, &mut after),
        _ => {
            keep_status(before, &mut after);
            if *before == after && gates.unknown().is_empty() {
                return Ok(Plan::Nothing(before.clone()));
            }
            defaults::apply(&mut after);
        }
    }
    if *before == after && gates.unknown().is_empty() {
        return Ok(Plan::Nothing(before.clone()));
    }
    gates.pass("mutating admission", None);
    if request.subresource == Subresource::None && spec_differs(before, &after) {
        after.metadata_mut().generation += 1;
    }
    validation::updated(before, &after, request.subresource, gates.unknown())?;
    gates.pass("validation", None);
    let noted = admission::validate_changed(before, &after, request, etcd)?;
    gates.pass("validating admission", noted);
    if is_finished(&after) {
        return Ok(Plan::Delete {
            before: before.clone(),
            ended: None,
        });
    }
    Ok(Plan::Update {
        before: before.clone(),
        after,
    })
}

/// Whether the last thing that kept a deleted object has gone
/// (`generic/registry/store.go`, ShouldDeleteDuringUpdate).
fn is_finished(after: &Object) -> bool {
    let meta = after.metadata();
    let held = match after {
        Object::Namespace(namespace) => !namespace.spec.finalizers.is_empty(),
        _ => false,
    };
    meta.is_deleting()
        && meta.deletion_grace_period_seconds.unwrap_or(0) == 0
        && meta.finalizers.is_empty()
        && !held
}

fn keep_system_fields(before: &Object, after: &mut Object) {
    let old = before.metadata();
    let differs = {
        let new = after.metadata();
        new.uid != old.uid
            || new.resource_version != old.resource_version
            || new.creation_timestamp != old.creation_timestamp
            || new.deletion_timestamp != old.deletion_timestamp
            || new.deletion_grace_period_seconds != old.deletion_grace_period_seconds
            || new.generation != old.generation
            || new.namespace != old.namespace
            || new.generate_name != old.generate_name
    };
    if differs {
        let new = after.metadata_mut();
        new.uid = old.uid.clone();
        new.resource_version = old.resource_version;
        new.creation_timestamp = old.creation_timestamp;
        new.deletion_timestamp = old.deletion_timestamp;
        new.deletion_grace_period_seconds = old.deletion_grace_period_seconds;
        new.generation = old.generation;
        new.namespace = old.namespace.clone();
        new.generate_name = old.generate_name.clone();
    }
}

macro_rules! parts {
    ($before:ident, $after:ident, $field:ident: $($kind:ident)*) => {
        match ($before, &mut *$after) {
            $((Object::$kind(before), Object::$kind(after)) if after.$field != before.$field => {
                Rc::make_mut(after).$field = before.$field.clone();
            })*
            _ => {}
        }
    };
}

/// A main resource's update leaves the status as it is.
fn keep_status(before: &Object, after: &mut Object) {
    parts!(before, after, status: Pod Node ReplicationController ReplicaSet Deployment Service Namespace ResourceQuota);
    if let (Object::Namespace(before), Object::Namespace(after)) = (before, &mut *after)
        && before.spec != after.spec
    {
        Rc::make_mut(after).spec = before.spec.clone();
    }
}

/// A status update leaves the spec as it is.
fn keep_spec(before: &Object, after: &mut Object) {
    parts!(before, after, spec: Pod Node ReplicationController ReplicaSet Deployment Service Namespace ResourceQuota);
    let (old, new) = (before.metadata(), after.metadata());
    if new.owner_references != old.owner_references || new.finalizers != old.finalizers {
        let new = after.metadata_mut();
        new.owner_references = old.owner_references.clone();
        new.finalizers = old.finalizers.clone();
    }
    if let (Object::Pod(before), Object::Pod(after)) = (before, after)
        && after.status.qos_class.is_empty()
    {
        Rc::make_mut(after).status.qos_class = before.status.qos_class.clone();
    }
}

fn keep_all_but_finalizers(before: &Object, after: &mut Object) {
    if let (Object::Namespace(old), Object::Namespace(new)) = (before, &mut *after) {
        let mut kept = (**old).clone();
        kept.spec.finalizers = new.spec.finalizers.clone();
        *new = Rc::new(kept);
    } else {
        *after = before.clone();
    }
}

/// Whether the change is one that `metadata.generation` counts.
fn spec_differs(before: &Object, after: &Object) -> bool {
    match (before, after) {
        (Object::Pod(one), Object::Pod(other)) => one.spec != other.spec,
        (Object::ReplicationController(one), Object::ReplicationController(other)) => {
            one.spec != other.spec
        }
        (Object::ReplicaSet(one), Object::ReplicaSet(other)) => one.spec != other.spec,
        (Object::Deployment(one), Object::Deployment(other)) => {
            one.spec != other.spec || one.metadata.annotations != other.metadata.annotations
        }
        (Object::EndpointSlice(one), Object::EndpointSlice(other)) => {
            one.endpoints != other.endpoints
                || one.ports != other.ports
                || one.metadata.labels != other.metadata.labels
        }
        _ => false,
    }
}

/// `POST pods/NAME/binding`: one write of the node and of the condition
/// (`pkg/registry/core/pod/storage/storage.go`, BindingREST).
pub(super) fn bind(
    request: &Request,
    node: &Str,
    uid: &Uid,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    let before = &stored(request, etcd)?.value;
    let Object::Pod(pod) = before else {
        return Err(super::not_allowed());
    };
    let name = &pod.metadata.name;
    let conflict = |why: String| {
        let mut status = Status::conflict(Resource::Pods, name, &why);
        status.message = format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}");
        status.details.kind = "pods/binding".to_owned();
        Err(status)
    };
    if !uid.0.is_empty() && *uid != pod.metadata.uid {
        return conflict(format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            pod.metadata.uid
        ));
    }
    if pod.metadata.is_deleting() {
        return conflict(format!(
            "pod {name} is being deleted, cannot be assigned to a host"
        ));
    }
    if !pod.spec.node_name.is_empty() {
        return conflict(format!(
            "pod {name} is already assigned to node \"{}\"",
            pod.spec.node_name
        ));
    }
    let mut after = pod.clone();
    let bound = Rc::make_mut(&mut after);
    Rc::make_mut(&mut bound.spec).node_name = node.clone();
    bound.status.nominated_node_name = Str::default();
    let scheduled = Condition {
        kind: Str::word("PodScheduled"),
        status: ConditionStatus::True,
        last_transition_time: Some(turn.now().timestamp()),
        ..Condition::default()
    };
    super::patch::merge_condition(&mut bound.status.conditions, &scheduled);
    Ok(Plan::Update {
        before: before.clone(),
        after: after.into_object(),
    })
}

/// `PUT …/scale`: the wanted number alone.
pub(super) fn scale(
    request: &Request,
    replicas: i32,
    etcd: &Etcd,
    gates: &mut Gates,
) -> Result<Plan, Status> {
    let before = &stored(request, etcd)?.value;
    if replicas < 0 {
        let error = FieldError::invalid(
            "spec.replicas",
            replicas,
            "must be greater than or equal to 0",
        );
        let mut status = field::invalid(before, vec![error]);
        status.message = status.message.replacen(
            &field::qualified_kind(before.resource()),
            "Scale.autoscaling",
            1,
        );
        return Err(status);
    }
    let mut after = before.clone();
    match &mut after {
        Object::ReplicationController(one) => Rc::make_mut(one).spec.replicas = Some(replicas),
        Object::ReplicaSet(one) => Rc::make_mut(one).spec.replicas = Some(replicas),
        Object::Deployment(one) => Rc::make_mut(one).spec.replicas = Some(replicas),
        _ => {
            return Err(Status::new(
                404,
                StatusReason::NotFound,
                "the server could not find the requested resource",
            ));
        }
    }
    let main = Request {
        subresource: Subresource::None,
        ..request.clone()
    };
    change(&main, before, after, etcd, gates)
}
