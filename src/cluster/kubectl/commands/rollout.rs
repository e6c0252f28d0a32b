use serde_json::{Value, json};

use super::*;
use crate::cluster::{
    api::{Deployment, PodTemplateSpec, ReplicaSet},
    kubectl::{describe, merge, print, tabwriter::TabWriter, targets},
    machinery::{Decision, Patch},
    trace::Change,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    number("to-revision"),
    number("revision"),
    switch("watch").short('w'),
    length("timeout"),
];

/// Which revision of its Deployment a ReplicaSet, or a Deployment itself, is at.
pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
const HASH_LABEL: &str = "pod-template-hash";

/// The Deployments the command names; it does nothing with other types.
pub(super) fn deployments(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
) -> Told<(Vec<Deployment>, Vec<Failure>)> {
    if invocation.words.is_empty() && invocation.texts("filename").is_empty() {
        return Err(Failure::error("required resource not specified").into());
    }
    let named = super::targets_of(session, invocation)?;
    if invocation.text("selector").is_some() {
        targets::read(invocation, &invocation.words)?;
    }
    let (objects, mut failures) = fetch(session, invocation, &named)?;
    let mut found = Vec::new();
    for object in objects {
        match object {
            Object::Deployment(deployment) => found.push(deployment.as_ref().clone()),
            other => failures.push(not_for(invocation, other.resource())),
        }
    }
    Ok((found, failures))
}

fn not_for(invocation: &Invocation, resource: Resource) -> Failure {
    let kind = match resource.group() {
        "" => resource.kind().to_owned(),
        group => format!("{}.{group}", resource.kind()),
    };
    let what = match invocation.command.path.rsplit(' ').next() {
        Some("status") => format!("no status viewer has been implemented for {kind}"),
        Some("history") => format!("no history viewer has been implemented for \"{kind}\""),
        Some("undo") => format!("no rollbacker has been implemented for \"{kind}\""),
        Some("restart") => format!("{} restarting is not supported", resource.qualified()),
        Some("pause") => format!("{} pausing is not supported", resource.qualified()),
        _ => format!("{} resuming is not supported", resource.qualified()),
    };
    Failure::error(what)
}

pub(super) fn end(failures: Vec<Failure>) -> Told {
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

pub(super) fn revision_of(annotation: Option<&str>) -> i64 {
    annotation.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The ReplicaSets of a Deployment, by revision.
fn revisions(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    deployment: &Deployment,
) -> Told<Vec<(i64, ReplicaSet)>> {
    let selector = Selector::of(deployment.spec.selector.as_ref())
        .map_err(|error| Failure::error(error.to_string()))?;
    let options = ListOptions {
        labels: Some(selector),
        fields: Vec::new(),
    };
    let namespace = &deployment.metadata.namespace;
    let user = invocation.user();
    let reply = session.ask(Request::list(
        &user,
        Resource::ReplicaSets,
        namespace,
        options,
    ))?;
    let mut found: Vec<(i64, ReplicaSet)> = reply
        .items
        .iter()
        .filter_map(|object| match object {
            Object::ReplicaSet(rs) => Some(rs),
            _ => None,
        })
        .filter(|rs| {
            let owner = rs.metadata.controller();
            owner.is_some_and(|owner| owner.uid == deployment.metadata.uid)
        })
        .map(|rs| {
            (
                revision_of(rs.metadata.annotations.get(REVISION)),
                rs.as_ref().clone(),
            )
        })
        .collect();
    found.sort_by(|one, other| {
        (one.0, &one.1.metadata.name).cmp(&(other.0, &other.1.metadata.name))
    });
    Ok(found)
}

/// `kubectl/pkg/cmd/rollout/rollout_history.go`, `polymorphichelpers/history.go`.
pub(super) fn history(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let (found, failures) = deployments(session, invocation)?;
    let wanted = invocation.number("revision").unwrap_or(0);
    if wanted < 0 {
        return Err(
            Failure::error(format!("revision must be a positive integer: {wanted}")).into(),
        );
    }
    for deployment in found {
        let what = print::name_of(Resource::Deployments, &deployment.metadata.name);
        let all = revisions(session, invocation, &deployment)?;
        if wanted > 0 {
            let Some((_, rs)) = all.iter().find(|(revision, _)| *revision == wanted) else {
                return Err(Failure::error("unable to find the specified revision").into());
            };
            let template = describe::template(&rs.spec.template);
            session.say(format!("{what} with revision #{wanted}"));
            session.stdout.push_str(&template);
            session.say("");
            continue;
        }
        // The printer leaves a blank between the name and what it was told to say after it.
        session.say(format!("{what} "));
        if all.is_empty() {
            session.say("No rollout history found.");
        } else {
            let mut text = String::from("REVISION\tCHANGE-CAUSE\n");
            for (revision, rs) in &all {
                let cause = rs.metadata.annotations.get(CHANGE_CAUSE);
                text += &format!("{revision}\t{}\n", cause.unwrap_or("<none>"));
            }
            session
                .stdout
                .push_str(&TabWriter::of_description().align(&text));
        }
        session.say("");
    }
    end(failures)
}

/// `kubectl/pkg/polymorphichelpers/rollback.go`: kubectl puts the old template back itself.
pub(super) fn undo(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let (found, failures) = deployments(session, invocation)?;
    let wanted = invocation.number("to-revision").unwrap_or(0);
    for deployment in found {
        let name = &deployment.metadata.name;
        let what = print::name_of(Resource::Deployments, name);
        let all = revisions(session, invocation, &deployment)?;
        let (revision, rs) = chosen(&all, wanted, &deployment)?;
        if deployment.spec.paused {
            return Err(Failure::error(
                "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
            )
            .into());
        }
        let template = without_hash(&rs.spec.template);
        if template == without_hash(&deployment.spec.template) {
            session.say(format!(
                "{what} skipped rollback (current template already matches revision {wanted})"
            ));
            continue;
        }
        let patch = rollback(&deployment, &template);
        decide(session, &deployment, revision, &patch);
        let request = Request::patch(
            &invocation.user(),
            Resource::Deployments,
            &deployment.metadata.namespace,
            name,
            Patch::Merge(patch),
        );
        if let Err(status) = session.try_ask(request)? {
            return Err(Failure::error(format!(
                "failed restoring revision {wanted}: {}",
                status.message
            ))
            .into());
        }
        session.say(format!("{what} rolled back"));
    }
    end(failures)
}

/// The revision named, or the one before the latest.
fn chosen<'r>(
    all: &'r [(i64, ReplicaSet)],
    wanted: i64,
    deployment: &Deployment,
) -> Result<(i64, &'r ReplicaSet), Failure> {
    let found = match wanted {
        0 if all.len() < 2 => {
            return Err(Failure::error(format!(
                "no rollout history found for deployment \"{}\"",
                deployment.metadata.name
            )));
        }
        0 => all.iter().rev().nth(1),
        wanted => all.iter().find(|(revision, _)| *revision == wanted),
    };
    found.map(|(revision, rs)| (*revision, rs)).ok_or_else(|| {
        Failure::error(format!(
            "unable to find specified revision {wanted} in history"
        ))
    })
}

fn without_hash(template: &PodTemplateSpec) -> PodTemplateSpec {
    let mut template = template.clone();
    template.metadata.labels.remove(HASH_LABEL);
    template
}

/// Upstream replaces the template with a JSON patch; this merge patch comes to the same.
fn rollback(deployment: &Deployment, template: &PodTemplateSpec) -> Value {
    let json = |template: &PodTemplateSpec| serde_json::to_value(template).unwrap_or_default();
    let difference = merge::two_way(&json(&deployment.spec.template), &json(template));
    json!({"spec": {"template": difference}})
}

fn decide(session: &mut Session<'_, '_>, deployment: &Deployment, revision: i64, patch: &Value) {
    let meta = &deployment.metadata;
    session.decide(|| Decision {
        reason: "rollout undo".into(),
        subject: Some((
            Resource::Deployments,
            meta.namespace.clone(),
            meta.name.clone(),
        )),
        message: format!("the template of revision {revision} is put back by a patch; the Deployment's controller sees only a new template"),
        changes: vec![Change {
            path: "spec.template".to_owned(),
            before: Value::Null,
            after: patch.pointer("/spec/template").cloned().unwrap_or_default(),
        }],
    });
}

/// `kubectl/pkg/cmd/rollout/rollout_restart.go`: an annotation makes the template another.
pub(super) fn restart(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let (found, mut failures) = deployments(session, invocation)?;
    for deployment in found {
        let name = &deployment.metadata.name;
        if deployment.spec.paused {
            failures.push(Failure::error(format!(
                "deployments.apps \"{name}\" can't restart paused deployment (run rollout resume first)"
            )));
            continue;
        }
        let now = session.now().to_string();
        let key = "kubectl.kubernetes.io/restartedAt";
        let before = deployment.spec.template.metadata.annotations.get(key);
        if before == Some(&now) {
            failures.push(Failure::error(format!(
                "failed to create patch for {name}: if restart has already been triggered within the past second, please wait before attempting to trigger another"
            )));
            continue;
        }
        let patch = json!({"spec": {"template": {"metadata": {"annotations": {key: now}}}}});
        change(session, invocation, &deployment, (patch, "restarted"))?;
    }
    end(failures)
}

fn change(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    deployment: &Deployment,
    (patch, done): (Value, &str),
) -> Told {
    let meta = &deployment.metadata;
    let user = invocation.user();
    let patch = Patch::Strategic(patch);
    let request = Request::patch(
        &user,
        Resource::Deployments,
        &meta.namespace,
        &meta.name,
        patch,
    );
    if let Err(status) = session.try_ask(request)? {
        return Err(Failure::error(format!("failed to patch: {}", status.message)).into());
    }
    let what = print::name_of(Resource::Deployments, &meta.name);
    session.say(format!("{what} {done}"));
    Ok(())
}

pub(super) fn pause(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    set_paused(session, invocation, true)
}

pub(super) fn resume(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    set_paused(session, invocation, false)
}

/// `kubectl/pkg/cmd/rollout/rollout_pause.go`, `rollout_resume.go`.
fn set_paused(session: &mut Session<'_, '_>, invocation: &Invocation, paused: bool) -> Told {
    let (found, mut failures) = deployments(session, invocation)?;
    for deployment in found {
        if deployment.spec.paused == paused {
            let why = if paused {
                "is already paused"
            } else {
                "is not paused"
            };
            failures.push(Failure::error(format!(
                "deployments.apps \"{}\" {why}",
                deployment.metadata.name
            )));
            continue;
        }
        let value = if paused {
            Value::Bool(true)
        } else {
            Value::Null
        };
        let done = if paused { "paused" } else { "resumed" };
        let patch = json!({"spec": {"paused": value}});
        change(session, invocation, &deployment, (patch, done))?;
    }
    end(failures)
}
