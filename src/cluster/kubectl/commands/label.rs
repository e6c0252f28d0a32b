use serde_json::{Map, Value, json};

use super::*;
use crate::cluster::{
    api::Labels,
    kubectl::{command::DryRun, print, targets},
    machinery::Patch,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    ALL_NAMESPACES,
    DRY_RUN,
    switch("overwrite"),
    switch("all"),
    switch("list"),
    text("field-selector"),
    text("resource-version"),
];

/// What is written: they differ in where, and in what kubectl says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Label,
    Annotation,
}

/// `kubectl/pkg/cmd/label/label.go`.
pub(super) fn label(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    run(session, invocation, Kind::Label)
}

/// `kubectl/pkg/cmd/annotate/annotate.go`.
pub(super) fn annotate(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    run(session, invocation, Kind::Annotation)
}

/// Keys to set, and keys to take away.
struct Edits {
    set: Vec<(String, String)>,
    remove: Vec<String>,
}

fn run(session: &mut Session<'_, '_>, invocation: &Invocation, kind: Kind) -> Told {
    let noun = match kind {
        Kind::Label => "label",
        Kind::Annotation => "annotation",
    };
    let (resources, pairs) = parted(&invocation.words, noun)?;
    let edits = Edits::read(&pairs, noun)?;
    let mut named = targets::read(invocation, &resources)?;
    let files = invocation.texts("filename");
    let place = (
        &invocation.namespace(),
        invocation.text("namespace").is_some(),
    );
    for manifest in crate::cluster::kubectl::manifest::read(files, &session.files(), place)? {
        let manifest = manifest?;
        named.push(Target {
            resource: manifest.resource,
            name: Some(manifest.name),
        });
    }
    if named.is_empty() {
        return Err(Failure::error(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        )
        .into());
    }
    if pairs.is_empty() && !invocation.is("list") {
        return Err(Failure::error(format!("at least one {noun} update is required")).into());
    }
    if !invocation.is("all") && invocation.text("selector").is_none() {
        targets::all_named(&named)?;
    }
    let (objects, mut failures) = fetch(session, invocation, &named)?;
    for object in objects {
        if let Err(failure) = edit(session, invocation, kind, (&object, &edits))? {
            failures.push(failure);
        }
    }
    Failure::all(failures).map_or(Ok(()), |failure| Err(failure.into()))
}

/// `TYPE NAME` before, `key=value` and `key-` after (`kubectl/pkg/cmd/util/helpers.go`,
/// GetResourcesAndPairs).
fn parted(words: &[String], noun: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_pair = |word: &String| {
        word.contains('=') && !word.starts_with('=')
            || word.ends_with('-') && !word.starts_with('-')
    };
    let first = words.iter().position(is_pair).unwrap_or(words.len());
    let (resources, pairs) = words.split_at(first);
    if let Some(word) = pairs.iter().find(|word| !is_pair(word)) {
        return Err(Failure::error(format!(
            "all resources must be specified before {noun} changes: {word}"
        )));
    }
    Ok((resources.to_vec(), pairs.to_vec()))
}

impl Edits {
    fn read(pairs: &[String], noun: &str) -> Result<Edits, Failure> {
        let mut edits = Edits {
            set: Vec::new(),
            remove: Vec::new(),
        };
        for pair in pairs {
            match pair.split_once('=') {
                Some((_, value)) if noun == "label" && value.contains('=') => {
                    return Err(Failure::error(format!("invalid {noun} spec: {pair}")));
                }
                Some((key, value)) => edits.set.push((key.to_owned(), value.to_owned())),
                None => edits.remove.push(pair.trim_end_matches('-').to_owned()),
            }
        }
        let both = edits.set.iter().any(|(key, _)| edits.remove.contains(key));
        if both {
            return Err(Failure::error(format!(
                "can not both modify and remove {} {noun} in the same command",
                if noun == "label" { "a" } else { "an" }
            )));
        }
        Ok(edits)
    }

    /// What others already set differently.
    fn clashes(&self, present: &Labels) -> Vec<String> {
        let clash = |(key, value): &(String, String)| {
            let current = present.get(key).filter(|current| current != value)?;
            Some(format!("'{key}' already has a value ({current})"))
        };
        self.set.iter().filter_map(clash).collect()
    }
}

fn edit(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    kind: Kind,
    (object, edits): (&Object, &Edits),
) -> Told<Result<(), Failure>> {
    let (resource, meta) = (object.resource(), object.metadata());
    let present = match kind {
        Kind::Label => &meta.labels,
        Kind::Annotation => &meta.annotations,
    };
    if invocation.is("list") {
        for (key, value) in present.iter() {
            session.say(format!("{key}={value}"));
        }
        return Ok(Ok(()));
    }
    if !invocation.is("overwrite") {
        let clashes = edits.clashes(present);
        if !clashes.is_empty() {
            return Ok(Err(match kind {
                Kind::Label => {
                    let clashes = clashes
                        .into_iter()
                        .map(|clash| Failure::error(format!("{clash}, and --overwrite is false")));
                    Failure::all(clashes.collect()).unwrap_or(Failure::Silent)
                }
                Kind::Annotation => Failure::error(format!(
                    "--overwrite is false but found the following declared annotation(s): {}",
                    clashes.join("; ")
                )),
            }));
        }
    }
    let mut changes = Map::new();
    let mut removed = 0;
    for key in &edits.remove {
        if present.get(key).is_some() {
            changes.insert(key.clone(), Value::Null);
            removed += 1;
        } else if kind == Kind::Label {
            session.say(format!("label \"{key}\" not found."));
        }
    }
    let mut added = 0;
    for (key, value) in &edits.set {
        if present.get(key) != Some(value) {
            changes.insert(key.clone(), value.as_str().into());
            added += 1;
        }
    }
    let dry_run = invocation.dry_run()?;
    if !changes.is_empty() && dry_run == DryRun::No {
        let field = match kind {
            Kind::Label => "labels",
            Kind::Annotation => "annotations",
        };
        let patch = Patch::Merge(json!({"metadata": {field: changes}}));
        let user = invocation.user();
        let request = Request::patch(&user, resource, &meta.namespace, &meta.name, patch);
        if let Err(status) = session.try_ask(request)? {
            return Ok(Err(status.into()));
        }
    }
    let done = match (kind, added, removed) {
        (Kind::Annotation, _, _) => "annotated",
        (Kind::Label, 0, 0) => "not labeled",
        (Kind::Label, _, 0) => "labeled",
        (Kind::Label, 0, _) => "unlabeled",
        (Kind::Label, _, _) => "modified",
    };
    let what = print::name_of(resource, &meta.name);
    session.say(format!("{what} {done}{}", dry_run.suffix()));
    Ok(Ok(()))
}
