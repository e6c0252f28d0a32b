use super::*;
use crate::cluster::{
    api::Pod,
    kubectl::targets,
    machinery::{Body, LogOptions, Subresource},
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
    let selected = invocation.text("selector").is_some();
    if selected && !invocation.words.is_empty() {
        return Err(invocation
            .usage("only a selector (-l) or a POD name is allowed")
            .into());
    }
    let everywhere = ("pods".to_owned(), Vec::new());
    let words = invocation.words.split_first();
    let words = words.map(|(first, rest)| (first.clone(), rest.to_vec()));
    let Some((first, rest)) = words.or(selected.then_some(everywhere)) else {
        return Err(invocation
            .usage("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
            .into());
    };
    let wanted = invocation
        .text("container")
        .or(rest.first().map(String::as_str));
    let target = if selected || first.contains('/') {
        targets::read(invocation, std::slice::from_ref(&first))?
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
        let lines = log(session, invocation, &pod, &container)?;
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
    container: &Str,
) -> Told<String> {
    let meta = &pod.metadata;
    let user = invocation.user();
    // Of several Pods a few lines each are enough (`kubectl/pkg/cmd/logs/logs.go`, selectorTail).
    let usual = invocation.text("selector").map_or(-1, |_| 10);
    let tail = invocation.number("tail").unwrap_or(usual);
    let options = LogOptions {
        container: Some(container.clone()),
        previous: invocation.is("previous"),
        tail: usize::try_from(tail).ok(),
    };
    let request = Request {
        body: Body::Log(options),
        ..Request::get(&user, Resource::Pods, &meta.namespace, &meta.name)
    };
    Ok(session.ask(request.on(Subresource::Log))?.text)
}
