//! Get and list.

use super::stored;
use crate::cluster::{
    api::{Key, Object, Resource, Status},
    etcd::Etcd,
    machinery::{Body, ListOptions, Reply, Request, Verb},
};

/// Whether a list or a watch with these options includes the object.
pub(crate) fn selects(options: &ListOptions, object: &Object) -> bool {
    let labels = options.labels.as_ref();
    labels.is_none_or(|selector| selector.matches(&object.metadata().labels))
        && options
            .fields
            .iter()
            .all(|(field, value)| field_is(object, field, value))
}

fn field_is(object: &Object, field: &str, value: &str) -> bool {
    let meta = object.metadata();
    match (field, object) {
        ("metadata.name", _) => *meta.name == *value,
        ("metadata.namespace", _) => *meta.namespace == *value,
        ("spec.nodeName", Object::Pod(pod)) => *pod.spec.node_name == *value,
        ("spec.schedulerName", Object::Pod(pod)) => *pod.spec.scheduler_name == *value,
        ("spec.serviceAccountName", Object::Pod(pod)) => *pod.spec.service_account_name == *value,
        ("status.phase", Object::Pod(pod)) => pod.status.phase.as_str() == value,
        ("status.podIP", Object::Pod(pod)) => *pod.status.pod_ip == *value,
        ("spec.unschedulable", Object::Node(node)) => {
            value
                == if node.spec.unschedulable {
                    "true"
                } else {
                    "false"
                }
        }
        ("status.phase", Object::Namespace(namespace)) => *namespace.status.phase == *value,
        ("involvedObject.kind", Object::Event(event)) => *event.involved_object.kind == *value,
        ("involvedObject.name", Object::Event(event)) => *event.involved_object.name == *value,
        ("involvedObject.namespace", Object::Event(event)) => {
            *event.involved_object.namespace == *value
        }
        ("involvedObject.uid", Object::Event(event)) => *event.involved_object.uid.0 == *value,
        ("reason", Object::Event(event)) => *event.reason == *value,
        ("type", Object::Event(event)) => *event.kind == *value,
        _ => value.is_empty(),
    }
}

/// What etcd has of a resource that the options select, in the order of the keys.
pub(in crate::cluster::apiserver) fn list(
    resource: Resource,
    namespace: &str,
    options: &ListOptions,
    etcd: &Etcd,
) -> Vec<Object> {
    let name = options
        .fields
        .iter()
        .find(|(field, _)| *field == "metadata.name");
    if let Some((_, name)) = name
        && (!namespace.is_empty() || !resource.is_namespaced())
    {
        // One object is looked up rather than looked for: every kubelet watches its own node so.
        let found = etcd.read(resource, &Key::new(namespace, name.clone()));
        return found
            .map(|stored| stored.value)
            .filter(|object| selects(options, object))
            .into_iter()
            .collect();
    }
    let wanted = |object: &Object| {
        (namespace.is_empty() || *object.metadata().namespace == *namespace)
            && selects(options, object)
    };
    let mut found: Vec<Object> = etcd.objects(resource, &wanted).collect();
    found.sort_unstable_by(Object::by_key);
    found
}

/// Carries a get or a list out.
pub(in crate::cluster::apiserver) fn read(request: &Request, etcd: &Etcd) -> Result<Reply, Status> {
    if request.verb == Verb::Get {
        let stored = stored(request, etcd)?;
        return Ok(Reply {
            code: 200,
            revision: stored.mod_revision,
            object: Some(stored.value),
            ..Reply::default()
        });
    }
    let everything = ListOptions::default();
    let options = match &request.body {
        Body::List(options) => options,
        _ => &everything,
    };
    Ok(Reply {
        code: 200,
        revision: etcd.revision(),
        items: list(request.resource, &request.namespace, options, etcd),
        ..Reply::default()
    })
}
