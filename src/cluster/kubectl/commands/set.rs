use serde_json::{Map, Value, json};

use super::*;
use crate::cluster::{
    api::PodSpec,
    kubectl::{command::DryRun, print, targets},
    machinery::Patch,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    switch("all"),
    switch("local"),
];

/// `kubectl/pkg/cmd/set/set_image.go`.
pub(super) fn image(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let is_pair = |word: &String| word.contains('=');
    let first = invocation.words.iter().position(is_pair);
    let (words, pairs) = invocation
        .words
        .split_at(first.unwrap_or(invocation.words.len()));
    if let Some(word) = pairs.iter().find(|word| !is_pair(word)) {
        return Err(Failure::error(format!(
            "all resources must be specified before image changes: {word}"
        ))
        .into());
    }
    let named = targets::read(invocation, words)?;
    if named.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        )
        .into());
    }
    if pairs.is_empty() {
        return Err(Failure::error("at least one image update is required").into());
    }
    let images: Vec<(&str, &str)> = pairs
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .collect();
    if images.len() > 1 && images.iter().any(|(name, _)| *name == "*") {
        return Err(Failure::error(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        )
        .into());
    }
    if !invocation.is("all") && invocation.text("selector").is_none() {
        targets::all_named(&named)?;
    }
    let (objects, mut failures) = fetch(session, invocation, &named)?;
    let dry_run = invocation.dry_run()?;
    for object in objects {
        let (resource, meta) = (object.resource(), object.metadata());
        let Some((spec, in_template)) = pod_spec(&object) else {
            failures.push(Failure::error(format!(
                "{}/{} the object is not a pod or does not have a pod template",
                resource.plural(),
                meta.name
            )));
            continue;
        };
        let patch = match patch(spec, &images) {
            Ok(patch) => patch,
            Err(mut missing) => {
                failures.append(&mut missing);
                continue;
            }
        };
        if patch.is_empty() {
            continue;
        }
        let patch = json!({"spec": patch});
        let patch = if in_template {
            json!({"spec": {"template": patch}})
        } else {
            patch
        };
        if dry_run == DryRun::No {
            let user = invocation.user();
            let patch = Patch::Strategic(patch);
            let request = Request::patch(&user, resource, &meta.namespace, &meta.name, patch);
            if let Err(status) = session.try_ask(request)? {
                failures.push(Failure::error(format!(
                    "failed to patch image update to pod template: {}",
                    status.message
                )));
                continue;
            }
        }
        let what = print::name_of(resource, &meta.name);
        session.say(format!("{what} image updated{}", dry_run.suffix()));
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

/// The object's Pod spec, and whether it stands in a template.
fn pod_spec(object: &Object) -> Option<(&PodSpec, bool)> {
    Some(match object {
        Object::Pod(pod) => (&pod.spec, false),
        Object::ReplicationController(rc) => (&rc.spec.template.as_ref()?.spec, true),
        Object::ReplicaSet(rs) => (&rs.spec.template.spec, true),
        Object::Deployment(deployment) => (&deployment.spec.template.spec, true),
        _ => return None,
    })
}

fn patch(spec: &PodSpec, images: &[(&str, &str)]) -> Result<Map<String, Value>, Vec<Failure>> {
    let mut missing = Vec::new();
    let mut patch = Map::new();
    let lists = [
        ("initContainers", &spec.init_containers),
        ("containers", &spec.containers),
    ];
    for (name, _) in images {
        let any = lists
            .iter()
            .flat_map(|(_, containers)| containers.iter())
            .any(|container| *name == "*" || *container.name == **name);
        if !any {
            missing.push(Failure::error(format!(
                "unable to find container named \"{name}\""
            )));
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    for (field, containers) in lists {
        let changed: Vec<Value> = containers
            .iter()
            .filter_map(|container| {
                let fits = |(name, _): &&(&str, &str)| *name == "*" || **name == *container.name;
                let (_, image) = images.iter().find(fits)?;
                (**image != *container.image)
                    .then(|| json!({"name": container.name, "image": image}))
            })
            .collect();
        if !changed.is_empty() {
            patch.insert(field.to_owned(), changed.into());
        }
    }
    Ok(patch)
}
