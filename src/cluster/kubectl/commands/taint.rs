use serde_json::json;

use super::*;
use crate::cluster::{
    api::{Node, Taint, TaintEffect},
    kubectl::command::DryRun,
    machinery::Patch,
};

pub(super) const FLAGS: &[Flag] = &[
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    switch("all"),
    switch("overwrite"),
];

/// `kubectl/pkg/cmd/taint/taint.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let Some((kind, words)) = invocation.words.split_first() else {
        return Err(
            Failure::error("one or more resources must be specified as <resource> <name>").into(),
        );
    };
    let resource = crate::cluster::kubectl::targets::resource(kind)?;
    if resource != Resource::Nodes {
        return Err(Failure::error(format!(
            "invalid resource type {}, only node types are supported",
            resource.plural()
        ))
        .into());
    }
    let is_taint = |word: &String| word.contains(['=', ':']) || word.ends_with('-');
    let first = words.iter().position(is_taint).unwrap_or(words.len());
    let (names, specs) = words.split_at(first);
    if let Some(word) = specs.iter().find(|word| !is_taint(word)) {
        return Err(Failure::error(format!(
            "all resources must be specified before taint changes: {word}"
        ))
        .into());
    }
    if specs.is_empty() {
        return Err(Failure::error("at least one taint update is required").into());
    }
    let edits = Edits::read(specs).map_err(|why| invocation.usage(why))?;
    let selects = invocation.is("all") || invocation.text("selector").is_some();
    let targets: Vec<Target> = if selects {
        vec![Target {
            resource,
            name: None,
        }]
    } else if names.is_empty() {
        return Err(Failure::error(
            "at least one resource name must be specified since 'all' parameter is not set",
        )
        .into());
    } else {
        let named = |name: &String| Target {
            resource,
            name: Some(name.as_str().into()),
        };
        names.iter().map(named).collect()
    };
    let (nodes, failures) = fetch(session, invocation, &targets)?;
    for node in nodes {
        if let Object::Node(node) = node {
            edit(session, invocation, &node, &edits)?;
        }
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

/// Taints to set, and to take away; without an effect, those of every effect.
struct Edits {
    set: Vec<Taint>,
    remove: Vec<(Str, Option<TaintEffect>)>,
}

impl Edits {
    fn read(specs: &[String]) -> Result<Edits, String> {
        let mut edits = Edits {
            set: Vec::new(),
            remove: Vec::new(),
        };
        for spec in specs {
            let (body, removes) = match spec.strip_suffix('-') {
                Some(body) => (body, true),
                None => (spec.as_str(), false),
            };
            let (pair, effect) = match body.split_once(':') {
                Some((pair, effect)) => (pair, Some(read_effect(effect)?)),
                None => (body, None),
            };
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if key.is_empty() || value.contains('=') {
                return Err(format!("invalid taint spec: {spec}"));
            }
            match (removes, effect) {
                (true, effect) => edits.remove.push((key.into(), effect)),
                (false, Some(effect)) => edits.set.push(Taint {
                    key: key.into(),
                    value: value.into(),
                    effect,
                    ..Taint::default()
                }),
                (false, None) => return Err(format!("invalid taint spec: {spec}")),
            }
        }
        Ok(edits)
    }
}

fn read_effect(text: &str) -> Result<TaintEffect, String> {
    [
        TaintEffect::NoSchedule,
        TaintEffect::PreferNoSchedule,
        TaintEffect::NoExecute,
    ]
    .into_iter()
    .find(|effect| effect.as_str() == text)
    .ok_or_else(|| format!("invalid taint effect: {text}, unsupported taint effect"))
}

fn same(one: &Taint, other: &Taint) -> bool {
    one.key == other.key && one.effect == other.effect
}

fn edit(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    node: &Node,
    edits: &Edits,
) -> Told {
    let name = &node.metadata.name;
    let present = &node.spec.taints;
    let overwrite = invocation.is("overwrite");
    let clash = edits
        .set
        .iter()
        .find(|new| present.iter().any(|old| same(old, new)));
    if let (Some(clash), false) = (clash, overwrite) {
        return Err(Failure::error(format!(
            "node {name} already has {} taint(s) with same effect(s) and --overwrite is false",
            shown(clash)
        ))
        .into());
    }
    // The new ones come first (`kubectl/pkg/cmd/taint/utils.go`, reorganizeTaints).
    let mut taints = edits.set.clone();
    let kept = present
        .iter()
        .filter(|old| !edits.set.iter().any(|new| same(old, new)));
    taints.extend(kept.cloned());
    let added = taints.len() != present.len();
    let mut removed = false;
    for (key, effect) in &edits.remove {
        let before = taints.len();
        taints.retain(|taint| {
            taint.key != *key || effect.is_some_and(|effect| effect != taint.effect)
        });
        if taints.len() == before {
            let spec = match effect {
                Some(effect) => format!("{key}:{}", effect.as_str()),
                None => key.to_string(),
            };
            return Err(Failure::error(format!("taint \"{spec}\" not found")).into());
        }
        removed = true;
    }
    let done = match (added, removed) {
        _ if overwrite => "modified",
        (true, true) => "modified",
        (true, false) => "tainted",
        (false, _) => "untainted",
    };
    let dry_run = invocation.dry_run()?;
    if dry_run == DryRun::No {
        let taints = if taints.is_empty() {
            serde_json::Value::Null
        } else {
            serde_json::to_value(&taints).unwrap_or_default()
        };
        let patch = Patch::Strategic(json!({"spec": {"taints": taints}}));
        let user = invocation.user();
        session.ask(Request::patch(
            &user,
            Resource::Nodes,
            &Str::default(),
            name,
            patch,
        ))?;
    }
    session.say(format!("node/{name} {done}{}", dry_run.suffix()));
    Ok(())
}

/// `[key]` as Go prints the list of clashing keys.
fn shown(taint: &Taint) -> String {
    format!("[{}]", taint.key)
}
