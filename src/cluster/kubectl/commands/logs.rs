use super::*;
use crate::cluster::{
    api::{Pod, StatusReason},
    kubectl::targets,
    machinery::{Body, Subresource},
};

pub(super) const FLAGS: &[Flag] = &[
    SELECTOR,
    text("container").short('c'),
    switch("previous").short('p'),
    switch("follow").short('f'),
    switch("all-containers"),
    switch("timestamps"),
    number("tail"),
    text("since"),
];

/// `kubectl/pkg/cmd/logs/logs.go`, and how it finds the Pod of something else
/// (`kubectl/pkg/polymorphichelpers/logsforobject.go`).
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let Some((first, rest)) = invocation.words.split_first() else {
        return Err(invocation
            .usage("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
            .into());
    };
    let wanted = invocation
        .text("container")
        .or(rest.first().map(String::as_str));
    let target = if first.contains('/') {
        targets::read(invocation, std::slice::from_ref(first))?
    } else {
        vec![Target {
            resource: Resource::Pods,
            name: Some(first.as_str().into()),
        }]
    };
    let (objects, failures) = fetch(session, invocation, &target)?;
    if let Some(failure) = Failure::all(failures) {
        return Err(failure.into());
    }
    for object in objects {
        let pod = match &object {
            Object::Pod(pod) => pod.as_ref().clone(),
            other => first_pod(session, invocation, other)?,
        };
        let container = container(session, &pod, wanted)?;
        let previous = invocation.is("previous");
        let lines = log(session, invocation, &pod, (&container, previous))?;
        session.stdout.push_str(&lines);
    }
    Ok(())
}

/// The Pod whose log stands for that of the others.
fn first_pod(session: &mut Session<'_, '_>, invocation: &Invocation, object: &Object) -> Told<Pod> {
    let selector = super::selector_of(object)?;
    let options = ListOptions {
        labels: Some(selector),
        fields: Vec::new(),
    };
    let namespace = &object.metadata().namespace;
    let reply = session.ask(Request::list(
        &invocation.user(),
        Resource::Pods,
        namespace,
        options,
    ))?;
    let pods: Vec<&Pod> = reply
        .items
        .iter()
        .filter_map(|object| match object {
            Object::Pod(pod) => Some(pod.as_ref()),
            _ => None,
        })
        .collect();
    let Some(pod) = pods.first() else {
        return Err(Failure::error("timed out waiting for the condition").into());
    };
    if pods.len() > 1 {
        session.complain(format!(
            "Found {} pods, using pod/{}",
            pods.len(),
            pod.metadata.name
        ));
    }
    Ok((*pod).clone())
}

/// The container meant: the one named, or the first.
fn container(session: &mut Session<'_, '_>, pod: &Pod, wanted: Option<&str>) -> Told<Str> {
    let containers = || pod.spec.containers.iter().chain(&pod.spec.init_containers);
    if let Some(wanted) = wanted {
        let found = containers().find(|container| *container.name == *wanted);
        return match found {
            Some(container) => Ok(container.name.clone()),
            None => Err(Failure::error(format!(
                "container {wanted} is not valid for pod {}",
                pod.metadata.name
            ))
            .into()),
        };
    }
    let names: Vec<String> = pod
        .spec
        .containers
        .iter()
        .map(|container| container.name.to_string())
        .chain(
            pod.spec
                .init_containers
                .iter()
                .map(|c| format!("{} (init)", c.name)),
        )
        .collect();
    let first = pod.spec.containers.first();
    let first = first
        .map(|container| container.name.clone())
        .unwrap_or_default();
    if names.len() > 1 {
        session.complain(format!(
            "Defaulted container \"{first}\" out of: {}",
            names.join(", ")
        ));
    }
    Ok(first)
}

fn log(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    pod: &Pod,
    (container, previous): (&Str, bool),
) -> Told<String> {
    let meta = &pod.metadata;
    let user = invocation.user();
    if previous {
        return Err(Status::new(
            400,
            StatusReason::BadRequest,
            format!(
                "previous terminated container \"{container}\" in pod \"{}\" not found",
                meta.name
            ),
        )
        .into());
    }
    let request = Request {
        body: Body::Log(Some(container.clone())),
        ..Request::get(&user, Resource::Pods, &meta.namespace, &meta.name)
    };
    let reply = session.ask(request.on(Subresource::Log))?;
    let mut lines: Vec<&str> = reply.text.split_inclusive('\n').collect();
    if let Some(tail) = invocation.number("tail").filter(|tail| *tail >= 0) {
        let tail = usize::try_from(tail).unwrap_or(usize::MAX);
        let skipped = lines.len().saturating_sub(tail);
        lines.drain(..skipped);
    }
    Ok(lines.concat())
}
