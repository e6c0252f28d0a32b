//! What each verb does to the objects in etcd.

use std::sync::Arc;

use crate::cluster::{
    api::{Condition, Key, Object, Pod, Status, StatusReason},
    apiserver::watch::{ChangeKind, WatchChange},
    etcd::{Etcd, KeyValue},
    machinery::{Body, DeleteOptions, ListOptions, Patch, Reply, Request, Turn, Verb},
};

/// What a write came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    /// What changed, the object asked about first.
    pub(super) changes: Vec<WatchChange>,
    /// The object as it stands, if nothing differed.
    pub(super) unchanged: Option<Object>,
    /// What a client asked to create.
    pub(super) asked: Option<Object>,
}

/// Whether a list or a watch with these options includes the object.
pub(super) fn selects(options: &ListOptions, object: &Object) -> bool {
    let labels = options.labels.as_ref();
    labels.is_none_or(|selector| selector.matches(&object.metadata().labels))
        && options
            .fields
            .iter()
            .all(|(field, value)| *field_of(object, field) == **value)
}

fn field_of<'a>(object: &'a Object, field: &str) -> &'a str {
    let meta = object.metadata();
    match (field, object) {
        ("metadata.name", _) => &meta.name,
        ("metadata.namespace", _) => &meta.namespace,
        ("spec.nodeName", Object::Pod(pod)) => &pod.spec.node_name,
        ("status.phase", Object::Pod(pod)) => pod.status.phase.as_str(),
        ("involvedObject.name", Object::Event(event)) => &event.involved_object.name,
        ("involvedObject.uid", Object::Event(event)) => &event.involved_object.uid.0,
        _ => "",
    }
}

/// Get and list.
pub(super) fn read(request: &Request, etcd: &Etcd) -> Result<Reply, Status> {
    let resource = request.resource;
    let reply = Reply {
        code: 200,
        revision: etcd.revision(),
        ..Reply::default()
    };
    if request.verb == Verb::Get {
        let stored = stored(request, etcd)?;
        return Ok(Reply {
            revision: stored.mod_revision,
            object: Some(stored.value.clone()),
            ..reply
        });
    }
    let everything = ListOptions::default();
    let options = match &request.body {
        Body::List(options) => options,
        _ => &everything,
    };
    let found = etcd.range(resource, &request.namespace);
    let items = found.into_iter().map(|stored| &stored.value);
    Ok(Reply {
        items: items
            .filter(|object| selects(options, object))
            .cloned()
            .collect(),
        ..reply
    })
}

fn stored<'a>(request: &Request, etcd: &'a Etcd) -> Result<&'a KeyValue, Status> {
    let key = Key::new(request.namespace.clone(), request.name.clone());
    etcd.get(request.resource, &key)
        .ok_or_else(|| Status::not_found(request.resource, &request.name))
}

/// Create, update, patch and delete, in one transaction.
pub(super) fn write(
    request: &Request,
    etcd: &mut Etcd,
    turn: &mut Turn<'_>,
) -> Result<Written, Status> {
    match (request.verb, &request.body) {
        (Verb::Create, Body::Object(object)) => create(object.clone(), etcd, turn),
        (Verb::Create, Body::Binding { node, .. }) => change::<Pod>(request, etcd, |pod| {
            let spec = Arc::make_mut(&mut pod.spec);
            spec.node_name = node.clone();
            merge_condition(
                &mut pod.status.conditions,
                &Condition {
                    kind: "PodScheduled".into(),
                    status: true.into(),
                    ..Condition::default()
                },
            );
            Ok(())
        }),
        (Verb::Update, Body::Object(object)) => replace(request, object.clone(), etcd),
        (Verb::Patch, Body::Patch(patch)) => {
            let stored = stored(request, etcd)?;
            let after = patched(&stored.value, patch)?;
            put(after, etcd)
        }
        (Verb::Delete, Body::Delete(options)) => delete(request, options, etcd, turn),
        _ => Err(Status::new(
            405,
            StatusReason::MethodNotAllowed,
            "the server does not allow this method on the requested resource",
        )),
    }
}

fn create(mut object: Object, etcd: &mut Etcd, turn: &mut Turn<'_>) -> Result<Written, Status> {
    let resource = object.resource();
    let asked = object.clone();
    let now = turn.now().timestamp();
    let meta = object.metadata_mut();
    meta.uid = crate::cluster::api::Uid(turn.random().uuid().into());
    meta.creation_timestamp = Some(now);
    if meta.name.is_empty() {
        meta.name = format!("{}{}", meta.generate_name, turn.random().suffix()).into();
    }
    let name = meta.name.clone();
    let object = etcd
        .create(object)
        .map_err(|_| Status::already_exists(resource, &name))?;
    Ok(Written {
        changes: vec![WatchChange {
            kind: ChangeKind::Added,
            before: None,
            object,
        }],
        unchanged: None,
        asked: Some(asked),
    })
}

fn replace(request: &Request, object: Object, etcd: &mut Etcd) -> Result<Written, Status> {
    let stored = stored(request, etcd)?;
    let asked = object.metadata().resource_version;
    if asked != 0 && asked != stored.mod_revision {
        return Err(Status::conflict(
            request.resource,
            &request.name,
            "the object has been modified; please apply your changes to the latest version and try again",
        ));
    }
    put(object, etcd)
}

/// Changes what is stored, whatever its revision, by a rule.
fn change<K: crate::cluster::api::Kind>(
    request: &Request,
    etcd: &mut Etcd,
    rule: impl FnOnce(&mut K) -> Result<(), Status>,
) -> Result<Written, Status> {
    let stored = stored(request, etcd)?;
    let Some(object) = K::of(&stored.value) else {
        return Err(Status::not_found(request.resource, &request.name));
    };
    let mut after = object.clone();
    rule(Arc::make_mut(&mut after))?;
    put(after.into_object(), etcd)
}

/// Writes the new state of an object, if it differs from the stored one.
fn put(mut after: Object, etcd: &mut Etcd) -> Result<Written, Status> {
    let (resource, key) = (after.resource(), after.key());
    let Some(stored) = etcd.get(resource, &key) else {
        return Err(Status::not_found(resource, &key.name));
    };
    let (before, expected) = (stored.value.clone(), stored.mod_revision);
    after.metadata_mut().resource_version = expected;
    if after == before {
        return Ok(Written {
            unchanged: Some(before),
            ..Written::default()
        });
    }
    let object = etcd
        .update(after, expected)
        .map_err(|_| Status::conflict(resource, &key.name, "the object has been modified"))?;
    Ok(Written {
        changes: vec![WatchChange {
            kind: ChangeKind::Modified,
            before: Some(before),
            object,
        }],
        ..Written::default()
    })
}

fn patched(before: &Object, patch: &Patch) -> Result<Object, Status> {
    let mut after = before.clone();
    match (patch, &mut after) {
        (Patch::PodStatus(status), Object::Pod(pod)) => {
            let pod = Arc::make_mut(pod);
            let mut merged = (**status).clone();
            let theirs = std::mem::take(&mut merged.conditions);
            merged.conditions = std::mem::take(&mut pod.status.conditions);
            for condition in &theirs {
                merge_condition(&mut merged.conditions, condition);
            }
            pod.status = merged;
        }
        (Patch::NodeStatus(status), Object::Node(node)) => {
            let node = Arc::make_mut(node);
            let mut merged = (**status).clone();
            let theirs = std::mem::take(&mut merged.conditions);
            merged.conditions = std::mem::take(&mut node.status.conditions);
            for condition in &theirs {
                merge_condition(&mut merged.conditions, condition);
            }
            node.status = merged;
        }
        (Patch::Condition(condition), Object::Pod(pod)) => {
            merge_condition(&mut Arc::make_mut(pod).status.conditions, condition);
        }
        (Patch::Condition(condition), Object::Node(node)) => {
            merge_condition(&mut Arc::make_mut(node).status.conditions, condition);
        }
        (Patch::Labels(labels), object) => {
            for (key, value) in labels {
                match value {
                    Some(value) => object.metadata_mut().labels.set(key.clone(), value.clone()),
                    None => object.metadata_mut().labels.remove(key),
                };
            }
        }
        _ => {
            return Err(Status::new(
                415,
                StatusReason::UnsupportedMediaType,
                "the body of the request was in an unknown format",
            ));
        }
    }
    Ok(after)
}

/// Puts a condition in the place of the one of its type, or at the end.
fn merge_condition(conditions: &mut Vec<Condition>, condition: &Condition) {
    match conditions.iter_mut().find(|one| one.kind == condition.kind) {
        Some(one) => one.clone_from(condition),
        None => conditions.push(condition.clone()),
    }
}

fn delete(
    request: &Request,
    options: &DeleteOptions,
    etcd: &mut Etcd,
    turn: &mut Turn<'_>,
) -> Result<Written, Status> {
    let resource = request.resource;
    let current = stored(request, etcd)?.value.clone();
    if let Some(uid) = &options.preconditions.uid
        && *uid != current.metadata().uid
    {
        return Err(Status::conflict(
            resource,
            &request.name,
            format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                current.metadata().uid
            ),
        ));
    }
    if let Object::Pod(pod) = &current {
        let own = pod.spec.termination_grace_period_seconds.unwrap_or(30);
        let grace = options.grace_period_seconds.unwrap_or(own);
        // An unscheduled or finished Pod has nobody to wait for (`pkg/registry/core/pod/strategy.go`).
        let waits = grace > 0 && !pod.spec.node_name.is_empty() && !pod.status.phase.is_finished();
        if waits {
            if pod.metadata.is_deleting() {
                return Ok(Written {
                    unchanged: Some(current.clone()),
                    ..Written::default()
                });
            }
            return change::<Pod>(request, etcd, |pod| {
                let ends = turn.now() + std::time::Duration::from_secs(grace.unsigned_abs());
                pod.metadata.deletion_timestamp = Some(ends.timestamp());
                pod.metadata.deletion_grace_period_seconds = Some(grace);
                Ok(())
            });
        }
    }
    let object = etcd
        .delete(resource, &current.key())
        .map_err(|_| Status::not_found(resource, &request.name))?;
    Ok(Written {
        changes: vec![WatchChange {
            kind: ChangeKind::Deleted,
            before: Some(current),
            object,
        }],
        ..Written::default()
    })
}
