use super::{command::Invocation, failure::Failure};
use crate::cluster::api::{Resource, Str};

/// What a command's words name: an object, or all objects of a type.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Target {
    pub(super) resource: Resource,
    /// None: all of them.
    pub(super) name: Option<Str>,
}

/// What `all` means: the category of that name, in the order discovery lists it.
const ALL: [Resource; 5] = [
    Resource::Pods,
    Resource::ReplicationControllers,
    Resource::Services,
    Resource::Deployments,
    Resource::ReplicaSets,
];

/// Reads `TYPE`, `TYPE,TYPE`, `TYPE NAME…` and `TYPE/NAME…`
/// (`cli-runtime/pkg/resource/builder.go`, ResourceTypeOrNameArgs).
pub(super) fn read(invocation: &Invocation, words: &[String]) -> Result<Vec<Target>, Failure> {
    let with_slash = words.iter().filter(|word| word.contains('/')).count();
    if with_slash > 0 {
        if with_slash < words.len() {
            let verb = invocation.command.path;
            return Err(Failure::error(format!(
                "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl {verb} resource/<resource_name>' instead of 'kubectl {verb} resource resource/<resource_name>'"
            )));
        }
        return words.iter().map(|word| pair(word)).collect();
    }
    let Some((types, names)) = words.split_first() else {
        return Ok(Vec::new());
    };
    let mut resources = Vec::new();
    for name in types.split(',') {
        for resource in of_word(name)? {
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
    }
    if names.is_empty() {
        return Ok(resources
            .into_iter()
            .map(|resource| Target {
                resource,
                name: None,
            })
            .collect());
    }
    let mut found = Vec::new();
    for resource in resources {
        for name in names.iter().flat_map(|word| word.split(',')) {
            found.push(Target {
                resource,
                name: Some(name.into()),
            });
        }
    }
    Ok(found)
}

fn of_word(word: &str) -> Result<Vec<Resource>, Failure> {
    if word == "all" {
        return Ok(ALL.to_vec());
    }
    resource(word).map(|resource| vec![resource])
}

/// The resource a word names.
pub(super) fn resource(word: &str) -> Result<Resource, Failure> {
    Resource::named(word).ok_or_else(|| {
        Failure::error(match word.split_once('.') {
            Some((word, group)) => {
                format!("the server doesn't have a resource type \"{word}\" in group \"{group}\"")
            }
            None => format!("the server doesn't have a resource type \"{word}\""),
        })
    })
}

fn pair(word: &str) -> Result<Target, Failure> {
    let parts: Vec<&str> = word.split('/').collect();
    match parts.as_slice() {
        [kind, name] if !kind.is_empty() && !name.is_empty() => Ok(Target {
            resource: resource(kind)?,
            name: Some((*name).into()),
        }),
        [_, _] => Err(Failure::error(
            "arguments in resource/name form must have a single resource and name",
        )),
        _ => Err(Failure::error(
            "arguments in resource/name form may not have more than one slash",
        )),
    }
}

/// For commands that change only what is named.
pub(super) fn all_named(targets: &[Target]) -> Result<(), Failure> {
    if targets.iter().all(|target| target.name.is_some()) {
        return Ok(());
    }
    Err(Failure::error(
        "resource(s) were provided, but no name was specified",
    ))
}
