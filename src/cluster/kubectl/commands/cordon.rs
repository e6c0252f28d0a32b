use serde_json::{Value, json};

use super::*;
use crate::cluster::{kubectl::command::DryRun, machinery::Patch};

pub(super) const FLAGS: &[Flag] = &[SELECTOR, DRY_RUN];

pub(super) fn cordon(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    run(session, invocation, true)
}

pub(super) fn uncordon(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    run(session, invocation, false)
}

/// `kubectl/pkg/cmd/drain/drain.go`, RunCordonOrUncordon.
fn run(session: &mut Session<'_, '_>, invocation: &Invocation, wanted: bool) -> Told {
    let verb = if wanted { "cordon" } else { "uncordon" };
    let targets: Vec<Target> = invocation
        .words
        .iter()
        .map(|word| Target {
            resource: Resource::Nodes,
            name: Some(word.rsplit('/').next().unwrap_or(word).into()),
        })
        .collect();
    let targets = match (targets.is_empty(), invocation.text("selector")) {
        (false, None) => targets,
        (true, Some(_)) => vec![Target {
            resource: Resource::Nodes,
            name: None,
        }],
        (true, None) => {
            return Err(invocation
                .usage(format!("USAGE: {verb} NODE [flags]"))
                .into());
        }
        (false, Some(_)) => {
            return Err(invocation
                .usage("error: cannot specify both a node name and a --selector option")
                .into());
        }
    };
    let (nodes, failures) = fetch(session, invocation, &targets)?;
    let dry_run = invocation.dry_run()?;
    for node in nodes {
        let Object::Node(node) = node else { continue };
        let name = &node.metadata.name;
        if node.spec.unschedulable == wanted {
            session.say(format!("node/{name} already {verb}ed{}", dry_run.suffix()));
            continue;
        }
        if dry_run == DryRun::No {
            let value = if wanted {
                Value::Bool(true)
            } else {
                Value::Null
            };
            let patch = Patch::Strategic(json!({"spec": {"unschedulable": value}}));
            let user = invocation.user();
            let request = Request::patch(&user, Resource::Nodes, &Str::default(), name, patch);
            if let Err(status) = session.try_ask(request)? {
                let why = &status.message;
                session.complain(format!("error: unable to {verb} node \"{name}\": {why}"));
                continue;
            }
        }
        session.say(format!("node/{name} {verb}ed{}", dry_run.suffix()));
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}
