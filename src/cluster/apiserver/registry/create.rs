//! Create (`apiserver/pkg/registry/rest/create.go`).

use std::rc::Rc;

use super::{Gates, Plan, validation};
use crate::cluster::{
    api::{Key, NamespaceStatus, Object, ObjectMeta, PodStatus, Status, StatusReason, Uid},
    apiserver::{admission, defaults},
    etcd::Etcd,
    machinery::{Request, Turn},
};

/// How often a name is made up again if it is taken (`generic/registry/store.go`).
const NAME_ATTEMPTS: u32 = 8;

pub(super) fn prepare(
    request: &Request,
    mut object: Object,
    etcd: &Etcd,
    gates: &mut Gates,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    place(request, &mut object)?;
    let asked = turn.keeps_steps().then(|| object.clone());
    defaults::apply(&mut object);
    let noted = admission::mutate_new(&mut object, etcd, turn)?;
    gates.pass("mutating admission", noted);
    begin(&mut object, turn);
    name(&mut object, etcd, turn)?;
    validation::created(&object, gates.unknown())?;
    gates.pass("validation", None);
    let noted = admission::validate_new(&object, request, etcd)?;
    gates.pass("validating admission", noted);
    Ok(Plan::Create { object, asked })
}

/// Puts the object where the request says, which it may not contradict.
fn place(request: &Request, object: &mut Object) -> Result<(), Status> {
    let resource = object.resource();
    let bad = |message: &str| Err(Status::new(400, StatusReason::BadRequest, message));
    let meta = object.metadata_mut();
    if meta.resource_version != 0 {
        return bad("resourceVersion should not be set on objects to be created");
    }
    if !resource.is_namespaced() {
        meta.namespace = "".into();
        return Ok(());
    }
    let asked = if request.namespace.is_empty() {
        "default".into()
    } else {
        request.namespace.clone()
    };
    if meta.namespace.is_empty() {
        meta.namespace = asked;
    } else if !request.namespace.is_empty() && meta.namespace != asked {
        return bad(
            "the namespace of the provided object does not match the namespace sent on the request",
        );
    }
    Ok(())
}

/// Sets what only the server may say, and throws away what a client cannot know yet.
fn begin(object: &mut Object, turn: &mut Turn<'_>) {
    let now = turn.now().timestamp();
    let uid = Uid(turn.random().uuid().into());
    let meta = object.metadata_mut();
    *meta = ObjectMeta {
        uid,
        creation_timestamp: Some(now),
        deletion_timestamp: None,
        deletion_grace_period_seconds: None,
        generation: 0,
        ..std::mem::take(meta)
    };
    match object {
        Object::Pod(pod) => {
            let pod = Rc::make_mut(pod);
            pod.metadata.generation = 1;
            pod.status = PodStatus {
                qos_class: defaults::qos_class(&pod.spec).into(),
                ..PodStatus::default()
            };
        }
        Object::ReplicationController(controller) => {
            let controller = Rc::make_mut(controller);
            controller.metadata.generation = 1;
            controller.status = Default::default();
        }
        Object::ReplicaSet(set) => {
            let set = Rc::make_mut(set);
            set.metadata.generation = 1;
            set.status = Default::default();
        }
        Object::Deployment(deployment) => {
            let deployment = Rc::make_mut(deployment);
            deployment.metadata.generation = 1;
            deployment.status = Default::default();
        }
        Object::EndpointSlice(slice) => Rc::make_mut(slice).metadata.generation = 1,
        Object::PriorityClass(class) => Rc::make_mut(class).metadata.generation = 1,
        Object::ResourceQuota(quota) => Rc::make_mut(quota).status = Default::default(),
        Object::Namespace(namespace) => {
            let namespace = Rc::make_mut(namespace);
            namespace.status = NamespaceStatus {
                phase: "Active".into(),
                ..NamespaceStatus::default()
            };
            let finalizers = &mut namespace.spec.finalizers;
            if !finalizers.iter().any(|one| &**one == "kubernetes") {
                finalizers.push("kubernetes".into());
            }
        }
        _ => {}
    }
}

/// Makes a name up from generateName, or checks that the one there is is free.
fn name(object: &mut Object, etcd: &Etcd, turn: &mut Turn<'_>) -> Result<(), Status> {
    let resource = object.resource();
    let meta = object.metadata();
    let taken = |name: &str| {
        let key = Key::new(meta.namespace.clone(), name);
        etcd.mod_revision(resource, &key).is_some()
    };
    if !meta.name.is_empty() {
        return if taken(&meta.name) {
            Err(Status::already_exists(resource, &meta.name))
        } else {
            Ok(())
        };
    }
    if meta.generate_name.is_empty() {
        return Ok(()); // validation says what is missing
    }
    // The suffix must fit into what a name may be long (`apiserver/pkg/storage/names/generate.go`).
    let base: String = meta.generate_name.chars().take(63 - 5).collect();
    let mut last = String::new();
    for _ in 0..NAME_ATTEMPTS {
        last = format!("{base}{}", turn.random().suffix());
        if !taken(&last) {
            object.metadata_mut().name = last.into();
            return Ok(());
        }
    }
    let mut status = Status::already_exists(resource, &last);
    status.message = format!(
        "{}, the server was not able to generate a unique name for the object",
        status.message
    );
    Err(status)
}
