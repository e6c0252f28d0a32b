use std::rc::Rc;

use super::*;
use crate::cluster::{
    api::{
        Deployment, EndpointSlice, Event, Kind, LimitRange, Node, Pod, ReplicaSet, ResourceQuota,
    },
    kubectl::describe::{self, Description, PodCounts},
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    SELECTOR,
    ALL_NAMESPACES,
    switch("show-events"),
    number("chunk-size"),
    switch("recursive").short('R'),
];

/// `kubectl/pkg/cmd/describe/describe.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    if invocation.words.is_empty() && invocation.texts("filename").is_empty() {
        return Err(Failure::verbatim(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.",
        )
        .into());
    }
    let targets = super::targets_of(session, invocation)?;
    let (objects, mut failures) = fetch(session, invocation, &targets)?;
    if let ([target], [failure]) = (targets.as_slice(), failures.as_slice())
        && is_not_found(failure)
        && invocation.words.len() == 2
        && matching(session, invocation, target)?
    {
        return Ok(());
    }
    let mut first = true;
    let none = objects.is_empty();
    for object in objects {
        match describe(session, invocation, &object)? {
            Ok(text) => {
                if !std::mem::take(&mut first) {
                    session.stdout.push_str("\n\n");
                }
                session.stdout.push_str(&text);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if none && failures.is_empty() {
        match invocation.namespace() {
            namespace if namespace.is_empty() => session.complain("No resources found"),
            namespace => {
                session.complain(format!("No resources found in {namespace} namespace."));
            }
        }
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

fn is_not_found(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(status) if status.code == 404)
}

/// A name that is no object's may be how several begin; true if it is.
fn matching(session: &mut Session<'_, '_>, invocation: &Invocation, target: &Target) -> Told<bool> {
    let Some(prefix) = &target.name else {
        return Ok(false);
    };
    let resource = target.resource;
    let namespace = within(resource, &invocation.namespace());
    let user = invocation.user();
    let list = Request::list(&user, resource, &namespace, ListOptions::default());
    let reply = session.ask(list)?;
    let mut found = false;
    for object in &reply.items {
        if object.metadata().name.starts_with(&**prefix) {
            found = true;
            let text = describe(session, invocation, object)?;
            session.stdout.push_str(&text?);
            session.say("");
        }
    }
    Ok(found)
}

/// Everything of a resource in a namespace that these options select; nothing if it may not be seen.
fn others<K: Kind>(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    namespace: &Str,
    options: ListOptions,
) -> Told<Option<Vec<Rc<K>>>> {
    let user = invocation.user();
    let list = Request::list(&user, K::RESOURCE, namespace, options);
    Ok(match session.try_ask(list)? {
        Ok(reply) => Some(reply.items.iter().filter_map(K::of).cloned().collect()),
        Err(_) => None,
    })
}

fn events(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    object: &Object,
) -> Told<Option<Vec<Rc<Event>>>> {
    if !invocation.is_or("show-events", true) {
        return Ok(None);
    }
    let meta = object.metadata();
    let mut fields = vec![("involvedObject.name", meta.name.clone())];
    // A node's events name it in place of its UID, depending on who tells them.
    if object.resource() != Resource::Nodes {
        fields.push(("involvedObject.uid", meta.uid.0.clone()));
    }
    let options = ListOptions {
        labels: None,
        fields,
    };
    let namespace = meta.namespace.clone();
    let mut found = others::<Event>(session, invocation, &namespace, options)?;
    if let Some(events) = &mut found {
        let kind = object.resource().kind();
        events.retain(|event| &*event.involved_object.kind == kind);
    }
    Ok(found.map(describe::sorted_events))
}

fn labelled(selector: Selector) -> ListOptions {
    ListOptions {
        labels: Some(selector),
        fields: Vec::new(),
    }
}

fn describe(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    object: &Object,
) -> Told<Result<String, Failure>> {
    let namespace = object.metadata().namespace.clone();
    let text = match object {
        Object::Pod(pod) => {
            let events = events(session, invocation, object)?;
            describe::pod(Description::new(session.now()), pod, events.as_deref())
        }
        Object::ReplicationController(rc) => {
            let pods = pods(session, invocation, object)?;
            let events = events(session, invocation, object)?;
            let to = Description::new(session.now());
            describe::replication_controller(to, rc, pods, events.as_deref())
        }
        Object::ReplicaSet(rs) => {
            let pods = pods(session, invocation, object)?;
            let events = events(session, invocation, object)?;
            let to = Description::new(session.now());
            describe::replica_set(to, rs, pods, events.as_deref())
        }
        Object::Deployment(deployment) => {
            self::deployment(session, invocation, deployment, object)?
        }
        Object::Service(service) => {
            let of_service = format!("kubernetes.io/service-name={}", service.metadata.name);
            let options = match of_service.parse() {
                Ok(selector) => labelled(selector),
                Err(_) => labelled(Selector::nothing()),
            };
            let slices = others::<EndpointSlice>(session, invocation, &namespace, options)?;
            let events = events(session, invocation, object)?;
            let to = Description::new(session.now());
            let slices = slices.unwrap_or_default();
            describe::service(to, service, &slices, events.as_deref())
        }
        Object::Endpoints(endpoints) => {
            let events = events(session, invocation, object)?;
            describe::endpoints(
                Description::new(session.now()),
                endpoints,
                events.as_deref(),
            )
        }
        Object::Node(node) => self::node(session, invocation, node, object)?,
        Object::Namespace(one) => {
            let name = &one.metadata.name;
            let options = ListOptions::default();
            let quotas = others::<ResourceQuota>(session, invocation, name, options)?;
            let quotas = quotas.unwrap_or_default();
            let options = ListOptions::default();
            let ranges = others::<LimitRange>(session, invocation, name, options)?;
            let ranges = ranges.unwrap_or_default();
            describe::namespace(Description::new(session.now()), one, &quotas, &ranges)
        }
        Object::LimitRange(range) => describe::limit_range(Description::new(session.now()), range),
        Object::ResourceQuota(quota) => describe::quota(Description::new(session.now()), quota),
        Object::ConfigMap(map) => {
            let events = events(session, invocation, object)?;
            describe::config_map(Description::new(session.now()), map, events.as_deref())
        }
        Object::Secret(secret) => describe::secret(Description::new(session.now()), secret),
        other => {
            let events = events(session, invocation, object)?;
            describe::any(Description::new(session.now()), other, events.as_deref())
        }
    };
    Ok(Ok(text))
}

/// How the Pods are that a controller selects and owns.
fn pods(session: &mut Session<'_, '_>, invocation: &Invocation, owner: &Object) -> Told<PodCounts> {
    let meta = owner.metadata();
    let options = labelled(super::selector_of(owner)?);
    let found = others::<Pod>(session, invocation, &meta.namespace, options)?;
    let owned: Vec<Object> = found
        .unwrap_or_default()
        .into_iter()
        .filter(|pod| {
            let controller = pod.metadata.controller();
            controller.is_some_and(|controller| controller.uid == meta.uid)
        })
        .map(Object::Pod)
        .collect();
    Ok(PodCounts::of(&owned))
}

fn deployment(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    deployment: &Deployment,
    object: &Object,
) -> Told<String> {
    const HASH_LABEL: &str = "pod-template-hash";
    let meta = &deployment.metadata;
    let options = labelled(super::selector_of(object)?);
    let found = others::<ReplicaSet>(session, invocation, &meta.namespace, options)?;
    let found = found.unwrap_or_default();
    let owned = found.iter().map(AsRef::as_ref).filter(|rs: &&ReplicaSet| {
        let controller = rs.metadata.controller();
        controller.is_some_and(|controller| controller.uid == meta.uid)
    });
    let is_new = |rs: &&ReplicaSet| {
        let mut template = rs.spec.template.clone();
        template.metadata.labels.remove(HASH_LABEL);
        template == deployment.spec.template
    };
    let (new, old): (Vec<&ReplicaSet>, Vec<&ReplicaSet>) = owned.partition(is_new);
    let events = events(session, invocation, object)?;
    let to = Description::new(session.now());
    Ok(describe::deployment(
        to,
        deployment,
        (&old, &new),
        events.as_deref(),
    ))
}

fn node(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    node: &Node,
    object: &Object,
) -> Told<String> {
    let name = &node.metadata.name;
    let user = invocation.user();
    let options = ListOptions {
        labels: None,
        fields: vec![("spec.nodeName", name.clone())],
    };
    let pods = others::<Pod>(session, invocation, &Str::default(), options)?;
    let pods = pods.map(|mut pods| {
        pods.retain(|pod| !pod.status.phase.is_finished());
        pods
    });
    let events = events(session, invocation, object)?;
    let leases: Str = "kube-node-lease".into();
    let get = Request::get(&user, Resource::Leases, &leases, name);
    let reply = session.try_ask(get)?;
    let missing = Status::not_found(Resource::Leases, name);
    let lease = match &reply {
        Ok(reply) => reply.object_of().map(AsRef::as_ref).ok_or(&missing),
        Err(status) => Err(status),
    };
    let to = Description::new(session.now());
    Ok(describe::node(
        to,
        node,
        (lease, pods.as_deref()),
        events.as_deref(),
    ))
}
