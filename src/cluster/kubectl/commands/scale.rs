use super::*;
use crate::cluster::{
    kubectl::{command::DryRun, print, targets},
    machinery::{Body, Subresource, Verb},
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    switch("all"),
    number("replicas"),
    number("current-replicas"),
    text("resource-version"),
    length("timeout"),
];

/// `kubectl/pkg/cmd/scale/scale.go` and `kubectl/pkg/scale/scale.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let Some(replicas) = invocation.number("replicas") else {
        return Err(Failure::error("required flag(s) \"replicas\" not set").into());
    };
    let replicas = i32::try_from(replicas)
        .ok()
        .filter(|replicas| *replicas >= 0);
    let replicas = replicas.ok_or_else(|| {
        Failure::error(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        )
    })?;
    let dry_run = invocation.dry_run()?;
    let targets = super::targets_of(session, invocation)?;
    if !invocation.is("all") && invocation.text("selector").is_none() {
        targets::all_named(&targets)?;
    }
    let (objects, failures) = fetch(session, invocation, &targets)?;
    if objects.is_empty() && failures.is_empty() {
        return Err(Failure::error("no objects passed to scale").into());
    }
    for object in objects {
        let resource = object.resource();
        let what = print::name_of(resource, &object.metadata().name);
        if dry_run == DryRun::No {
            scale(session, invocation, &object, replicas)?;
        }
        session.say(format!("{what} scaled{}", dry_run.suffix()));
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

fn scale(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    object: &Object,
    replicas: i32,
) -> Told {
    let (resource, meta) = (object.resource(), object.metadata());
    let get = Request::get(&invocation.user(), resource, &meta.namespace, &meta.name);
    let expected = invocation.number("current-replicas").filter(|n| *n >= 0);
    let mut verb = Verb::Patch;
    if let Some(expected) = expected {
        let reply = session.ask(get.clone().on(Subresource::Scale))?;
        let current = reply.object.as_ref().and_then(wanted);
        if let Some(current) = current.filter(|current| i64::from(*current) != expected) {
            return Err(Failure::error(format!(
                "Expected replicas to be {expected}, was {current}"
            ))
            .into());
        }
        verb = Verb::Update;
    }
    let request = Request {
        verb,
        body: Body::Scale(replicas),
        ..get.on(Subresource::Scale)
    };
    session.ask(request)?;
    Ok(())
}

fn wanted(object: &Object) -> Option<i32> {
    match object {
        Object::ReplicationController(rc) => rc.spec.replicas,
        Object::ReplicaSet(rs) => rs.spec.replicas,
        Object::Deployment(deployment) => deployment.spec.replicas,
        _ => None,
    }
}
