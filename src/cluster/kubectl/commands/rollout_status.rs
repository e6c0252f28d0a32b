use super::{
    rollout::{REVISION, deployments, end, revision_of},
    *,
};
use crate::cluster::{api::Deployment, machinery::WatchEvent};

/// `kubectl/pkg/cmd/rollout/rollout_status.go`: lists and watches until the rollout is done.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let (found, failures) = deployments(session, invocation)?;
    for deployment in found {
        session.deadline(invocation.micros("timeout"));
        let meta = &deployment.metadata;
        let options = ListOptions {
            labels: None,
            fields: vec![("metadata.name", meta.name.clone())],
        };
        let user = invocation.user();
        let list = Request::list(
            &user,
            Resource::Deployments,
            &meta.namespace,
            options.clone(),
        );
        let reply = session.ask(list)?;
        let wanted = invocation.number("revision").unwrap_or(0);
        let mut last = None;
        for object in &reply.items {
            last = Some(progress(session, object, wanted)?);
        }
        if last == Some(true) || !invocation.is_or("watch", true) {
            continue;
        }
        session.watch(
            Resource::Deployments,
            &meta.namespace,
            options,
            reply.revision,
        );
        loop {
            match session.event()? {
                WatchEvent::Added(object) | WatchEvent::Modified(object)
                    if progress(session, &object, wanted)? =>
                {
                    break;
                }
                WatchEvent::Deleted(_) => {
                    session.hang_up();
                    return Err(Failure::error("object has been deleted").into());
                }
                WatchEvent::Closed | WatchEvent::Error(_) => {
                    return Err(
                        Failure::error("watch closed before UntilWithoutRetry timeout").into(),
                    );
                }
                _ => {}
            }
        }
        session.hang_up();
    }
    end(failures)
}

/// Says how far a rollout is; true if it is done (`kubectl/pkg/polymorphichelpers/rollout_status.go`).
fn progress(session: &mut Session<'_, '_>, object: &Object, wanted: i64) -> Told<bool> {
    let Object::Deployment(deployment) = object else {
        return Ok(false);
    };
    let (line, done) = match told(deployment, wanted) {
        Ok(told) => told,
        Err(failure) => {
            session.hang_up();
            return Err(failure.into());
        }
    };
    session.say(line);
    Ok(done)
}

fn told(deployment: &Deployment, wanted: i64) -> Result<(String, bool), Failure> {
    let (meta, spec, status) = (&deployment.metadata, &deployment.spec, &deployment.status);
    let name = &meta.name;
    if wanted > 0 {
        let current = revision_of(meta.annotations.get(REVISION));
        if current != wanted {
            return Err(Failure::error(format!(
                "desired revision ({wanted}) is different from the running revision ({current})"
            )));
        }
    }
    if meta.generation > status.observed_generation {
        return Ok((
            "Waiting for deployment spec update to be observed...".to_owned(),
            false,
        ));
    }
    let mut conditions = status.conditions.iter();
    let progressing = conditions.find(|condition| &*condition.kind == "Progressing");
    if progressing.is_some_and(|condition| &*condition.reason == "ProgressDeadlineExceeded") {
        return Err(Failure::error(format!(
            "deployment \"{name}\" exceeded its progress deadline"
        )));
    }
    let rest = match spec.replicas {
        Some(replicas) if status.updated_replicas < replicas => format!(
            "{} out of {replicas} new replicas have been updated...",
            status.updated_replicas
        ),
        _ if status.replicas > status.updated_replicas => format!(
            "{} old replicas are pending termination...",
            status.replicas - status.updated_replicas
        ),
        _ if status.available_replicas < status.updated_replicas => format!(
            "{} of {} updated replicas are available...",
            status.available_replicas, status.updated_replicas
        ),
        _ => {
            return Ok((
                format!("deployment \"{name}\" successfully rolled out"),
                true,
            ));
        }
    };
    let line = format!("Waiting for deployment \"{name}\" rollout to finish: {rest}");
    Ok((line, false))
}
