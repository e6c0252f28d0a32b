use serde_json::Value;

use super::*;
use crate::cluster::{
    kubectl::{
        command::DryRun,
        manifest::Manifest,
        merge,
        print::{self, Format},
    },
    machinery::{Decision, Patch},
    trace::Change,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    switch("all"),
    switch("overwrite"),
    switch("server-side"),
    switch("force-conflicts"),
    switch("prune"),
    switch("recursive").short('R'),
    text("field-manager"),
    text("validate").alone("strict"),
    length("timeout"),
];

/// Where `apply` keeps the manifest it applied last.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// `kubectl/pkg/cmd/apply/apply.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    for flag in ["server-side", "prune"] {
        if invocation.is(flag) {
            return Err(Failure::error(format!("--{flag} is not part of this cluster")).into());
        }
    }
    let files = invocation.texts("filename");
    if let Some(word) = invocation.words.first() {
        return Err(invocation
            .usage(format!("Unexpected args: [{word}]"))
            .into());
    }
    if files.is_empty() {
        return Err(Failure::error("must specify one of -f and -k").into());
    }
    let place = (
        &invocation.namespace(),
        invocation.text("namespace").is_some(),
    );
    let manifests = session.manifests(files, place)?;
    let (manifests, mut failures) = parted(&manifests);
    let count = manifests.len();
    for manifest in manifests {
        if let Err(failure) = apply(session, invocation, manifest)? {
            failures.push(failure);
        }
    }
    match Failure::all(failures) {
        Some(failure) => Err(failure.into()),
        None if count == 0 => Err(Failure::error("no objects passed to apply").into()),
        None => Ok(()),
    }
}

/// The manifests that could be read, and why others could not.
fn parted(read: &[Result<Manifest, Failure>]) -> (Vec<Manifest>, Vec<Failure>) {
    let (mut manifests, mut failures) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok(manifest) => manifests.push(manifest.clone()),
            Err(failure) => failures.push(failure.clone()),
        }
    }
    (manifests, failures)
}

/// Adds the annotation that holds the manifest as it is (`kubectl/pkg/util/apply.go`).
pub(super) fn annotate(manifest: &mut Manifest) {
    let Some(metadata) = manifest
        .json
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let annotations = metadata
        .entry("annotations")
        .or_insert_with(|| Value::Object(serde_json::Map::new()));
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.remove(LAST_APPLIED);
    } else {
        return;
    }
    let text = format!("{}\n", manifest.json);
    if let Some(annotations) = manifest.json.pointer_mut("/metadata/annotations")
        && let Some(annotations) = annotations.as_object_mut()
    {
        annotations.insert(LAST_APPLIED.to_owned(), text.into());
    }
}

fn apply(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    mut manifest: Manifest,
) -> Told<Result<(), Failure>> {
    let (resource, user) = (manifest.resource, invocation.user());
    let source = manifest.source.clone();
    if manifest.name.is_empty() {
        return Ok(Err(Failure::error("resource name may not be empty")));
    }
    annotate(&mut manifest);
    let get = Request::get(&user, resource, &manifest.namespace, &manifest.name);
    let current = match session.try_ask(get)? {
        Ok(reply) => reply.object,
        Err(status) if status.code == 404 => {
            if invocation.dry_run()? == DryRun::No {
                let request = super::create::create_request(invocation, manifest.clone());
                if let Err(status) = session.try_ask(request)? {
                    let failure = Failure::from(status);
                    return Ok(Err(failure.naming_source("creating", Some(&source))));
                }
            }
            say(session, invocation, &manifest, "created")?;
            return Ok(Ok(()));
        }
        Err(status) => {
            let failure = Failure::from(status);
            let doing = format!(
                "retrieving current configuration of:\n{}\nfrom server for:",
                about(&manifest)
            );
            return Ok(Err(failure.naming_source(&doing, Some(&source))));
        }
    };
    let current = current.map(|object| object.to_json()).unwrap_or_default();
    let annotation = current
        .pointer("/metadata/annotations")
        .and_then(|annotations| annotations.get(LAST_APPLIED))
        .and_then(Value::as_str);
    if annotation.is_none() {
        let what = format!("{}/{}", resource.plural(), manifest.name);
        session.warn(&format!(
            "resource {what} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically."
        ));
    }
    let original: Value = annotation
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let patch = merge::three_way(&original, &manifest.json, &current);
    decide(session, &manifest, (&patch, &current));
    if patch.as_object().is_none_or(serde_json::Map::is_empty) {
        say(session, invocation, &manifest, "unchanged")?;
        return Ok(Ok(()));
    }
    if invocation.dry_run()? == DryRun::No {
        let shown = patch.to_string();
        let request = Request::patch(
            &user,
            resource,
            &manifest.namespace,
            &manifest.name,
            Patch::Strategic(patch),
        );
        if let Err(status) = session.try_ask(request)? {
            let doing = format!("applying patch:\n{shown}\nto:\n{}\nfor:", about(&manifest));
            return Ok(Err(
                Failure::from(status).naming_source(&doing, Some(&source))
            ));
        }
    }
    say(session, invocation, &manifest, "configured")?;
    Ok(Ok(()))
}

/// As `resource.Info` names itself in errors.
fn about(manifest: &Manifest) -> String {
    let resource = manifest.resource;
    let group = match resource.group() {
        "" => "/v1".to_owned(),
        group => format!("{group}/v1"),
    };
    format!(
        "Resource: \"{group}, Resource={}\", GroupVersionKind: \"{group}, Kind={}\"\nName: \"{}\", Namespace: \"{}\"",
        resource.plural(),
        resource.kind(),
        manifest.name,
        manifest.namespace
    )
}

/// The three-way difference is worth seeing.
fn decide(session: &mut Session<'_, '_>, manifest: &Manifest, (patch, current): (&Value, &Value)) {
    session.decide(|| {
        let mut changes = Vec::new();
        leaves(patch, Some(current), String::new(), &mut changes);
        let message = if changes.is_empty() {
            "the last applied manifest, the new one and the live object agree: nothing to send"
                .to_owned()
        } else {
            "compared the last applied manifest, the new one and the live object".to_owned()
        };
        Decision {
            reason: "apply".into(),
            subject: Some((
                manifest.resource,
                manifest.namespace.clone(),
                manifest.name.clone(),
            )),
            message,
            changes,
        }
    });
}

/// What a patch sets, field by field, and what is there now.
fn leaves(patch: &Value, current: Option<&Value>, path: String, found: &mut Vec<Change>) {
    let Value::Object(fields) = patch else {
        let before = current.filter(|_| !patch.is_array());
        found.push(Change {
            path,
            before: before.cloned().unwrap_or_default(),
            after: patch.clone(),
        });
        return;
    };
    for (name, value) in fields {
        if name == LAST_APPLIED {
            continue;
        }
        let path = match path.as_str() {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let current = current.and_then(|current| current.get(name));
        leaves(value, current, path, found);
    }
}

fn say(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    manifest: &Manifest,
    done: &str,
) -> Told {
    let what = print::name_of(manifest.resource, &manifest.name);
    let suffix = invocation.dry_run()?.suffix();
    match Format::of(invocation)? {
        Format::Table { .. } => session.say(format!("{what} {done}{suffix}")),
        format => {
            let text = format.single(&manifest.json, manifest.resource);
            session.stdout.push_str(&text);
        }
    }
    Ok(())
}
