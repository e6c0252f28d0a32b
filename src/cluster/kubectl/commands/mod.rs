//! What each command does, each written from its first request to its last line of output. Look first at
//! [`ALL`].

mod apply;
mod cordon;
mod create;
mod delete;
mod describe;
mod expose;
mod generate;
mod get;
mod info;
mod label;
mod logs;
mod rollout;
mod rollout_status;
mod run;
mod scale;
mod set;
mod settings;
mod taint;
mod wait;

use super::{
    command::{Command, Invocation},
    failure::Failure,
    flags::{
        ALL_NAMESPACES, DRY_RUN, FILENAME, Flag, OUTPUT, SELECTOR, length, lists, number, switch,
        text, texts,
    },
    known::Words,
    session::{Session, Told},
    targets::Target,
};
use crate::cluster::{
    api::{Object, Resource, Selector, Status, Str},
    machinery::{ListOptions, Request},
};

/// A command with these flags.
const fn command(
    path: &'static str,
    run: fn(&mut Session<'_, '_>, &Invocation) -> Told,
    flags: &'static [Flag],
) -> Command {
    Command {
        path,
        flags,
        run,
        words: Words::Own,
    }
}

/// A command that this cluster does not have yet, and says so.
const fn later(path: &'static str) -> Command {
    command(path, info::later, info::ANY).on(Words::Later)
}

const DEPLOYMENTS: Words = Words::One(&[Resource::Deployments]);

/// All commands.
pub(super) const ALL: &[Command] = &[
    command("get", get::run, get::FLAGS).on(Words::Objects),
    command("describe", describe::run, describe::FLAGS).on(Words::Objects),
    command("create", create::run, create::FLAGS).on(Words::File),
    command("create deployment", generate::deployment, generate::FLAGS),
    command("create namespace", generate::namespace, generate::FLAGS),
    command(
        "create serviceaccount",
        generate::service_account,
        generate::FLAGS,
    ),
    command("create quota", generate::quota, generate::FLAGS),
    command("create configmap", settings::config_map, generate::FLAGS),
    command("create secret", settings::secret, generate::FLAGS).on(Words::Kinds(&["generic"])),
    command("create service", generate::service, generate::FLAGS)
        .on(Words::Kinds(&["clusterip", "nodeport"])),
    command("create role", generate::role, generate::FLAGS),
    command(
        "create clusterrole",
        generate::cluster_role,
        generate::FLAGS,
    ),
    command(
        "create rolebinding",
        generate::role_binding,
        generate::FLAGS,
    ),
    command(
        "create clusterrolebinding",
        generate::cluster_role_binding,
        generate::FLAGS,
    ),
    command("apply", apply::run, apply::FLAGS).on(Words::File),
    command("delete", delete::run, delete::FLAGS).on(Words::Objects),
    command("scale", scale::run, scale::FLAGS).on(Words::One(&[
        Resource::Deployments,
        Resource::ReplicaSets,
        Resource::ReplicationControllers,
    ])),
    command("expose", expose::run, expose::FLAGS).on(Words::One(&[
        Resource::Deployments,
        Resource::ReplicaSets,
        Resource::ReplicationControllers,
        Resource::Services,
        Resource::Pods,
    ])),
    command("run", run::run, run::FLAGS),
    command("label", label::label, label::FLAGS).on(Words::Objects),
    command("annotate", label::annotate, label::FLAGS).on(Words::Objects),
    command("logs", logs::run, logs::FLAGS).on(Words::Names(Resource::Pods)),
    command("cordon", cordon::cordon, cordon::FLAGS).on(Words::Names(Resource::Nodes)),
    command("uncordon", cordon::uncordon, cordon::FLAGS).on(Words::Names(Resource::Nodes)),
    command("taint", taint::run, taint::FLAGS).on(Words::Of(Resource::Nodes)),
    command("wait", wait::run, wait::FLAGS).on(Words::Objects),
    command("rollout status", rollout_status::run, rollout::FLAGS).on(DEPLOYMENTS),
    command("rollout history", rollout::history, rollout::FLAGS).on(DEPLOYMENTS),
    command("rollout undo", rollout::undo, rollout::FLAGS).on(DEPLOYMENTS),
    command("rollout restart", rollout::restart, rollout::FLAGS).on(DEPLOYMENTS),
    command("rollout pause", rollout::pause, rollout::FLAGS).on(DEPLOYMENTS),
    command("rollout resume", rollout::resume, rollout::FLAGS).on(DEPLOYMENTS),
    command("set image", set::image, set::FLAGS).on(DEPLOYMENTS),
    command("api-resources", info::api_resources, info::FLAGS),
    command("version", info::version, info::FLAGS),
    command("cluster-info", info::cluster_info, info::FLAGS),
    later("auth can-i"),
    later("drain"),
    later("explain"),
    later("exec"),
    later("edit"),
    later("patch"),
    later("replace"),
    later("port-forward"),
    later("proxy"),
    later("top"),
    later("diff"),
    later("autoscale"),
    later("events"),
];

/// A subcommand's other names.
pub(super) fn subalias(word: &str) -> &str {
    match word {
        "deploy" => "deployment",
        "ns" => "namespace",
        "sa" => "serviceaccount",
        "resourcequota" => "quota",
        "cm" => "configmap",
        "svc" => "service",
        other => other,
    }
}

/// The namespace to look in for a resource: none for what has none.
fn within(resource: Resource, namespace: &Str) -> Str {
    if resource.is_namespaced() {
        namespace.clone()
    } else {
        Str::default()
    }
}

/// What `-l` and `--field-selector` select.
fn list_options(invocation: &Invocation, resource: Resource) -> Result<ListOptions, Failure> {
    let labels = match invocation.text("selector") {
        None | Some("") => None,
        Some(text) => Some(text.parse::<Selector>().map_err(|why| {
            Failure::error(format!(
                "the provided selector \"{text}\" is not valid: {why}"
            ))
        })?),
    };
    let mut fields = Vec::new();
    for term in invocation.text("field-selector").unwrap_or("").split(',') {
        if term.is_empty() {
            continue;
        }
        let Some((field, value)) = term.split_once('=') else {
            return Err(Failure::error(format!(
                "invalid selector: '{term}'; can't understand '{term}'"
            )));
        };
        let value = value.strip_prefix('=').unwrap_or(value);
        let known = FIELDS.iter().find(|known| **known == field);
        let Some(known) = known else {
            return Err(Status::new(
                400,
                crate::cluster::api::StatusReason::BadRequest,
                format!(
                    "Unable to find \"{}\" that match label selector \"{}\", field selector \"{}\": field label not supported: {field}",
                    mapping(resource),
                    invocation.text("selector").unwrap_or_default(),
                    invocation.text("field-selector").unwrap_or_default()
                ),
            )
            .into());
        };
        fields.push((*known, value.into()));
    }
    Ok(ListOptions { labels, fields })
}

/// A resource as kubectl's errors name it: `/v1, Resource=pods`.
fn mapping(resource: Resource) -> String {
    let (group, plural) = (resource.group(), resource.plural());
    format!("{group}/v1, Resource={plural}")
}

/// The fields that can be selected by.
const FIELDS: [&str; 6] = [
    "metadata.name",
    "metadata.namespace",
    "spec.nodeName",
    "status.phase",
    "involvedObject.name",
    "involvedObject.uid",
];

/// Fetches what the words name, one request for each object or type; what cannot be fetched is told
/// afterwards.
fn fetch(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    targets: &[Target],
) -> Told<(Vec<Object>, Vec<Failure>)> {
    let namespace = invocation.namespace();
    let user = invocation.user();
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for target in targets {
        let resource = target.resource;
        let namespace = within(resource, &namespace);
        match &target.name {
            Some(name) => {
                let request = Request::get(&user, resource, &namespace, name);
                match session.try_ask(request)? {
                    Ok(reply) => found.extend(reply.object),
                    Err(status) => failures.push(Failure::from(status)),
                }
            }
            None => {
                let options = list_options(invocation, resource)?;
                let request = Request::list(&user, resource, &namespace, options);
                match session.try_ask(request)? {
                    Ok(reply) => found.extend(reply.items),
                    Err(status) => failures.push(Failure::from(status)),
                }
            }
        }
    }
    Ok((found, failures))
}

/// What a command that must name something says if nothing is named
/// (`cli-runtime/pkg/resource/builder.go`, missingResourceError).
fn missing_resource() -> Failure {
    Failure::error(
        "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
}

/// What the words name, or what stands in the files.
fn targets_of(session: &Session<'_, '_>, invocation: &Invocation) -> Result<Vec<Target>, Failure> {
    let mut targets = super::targets::read(invocation, &invocation.words)?;
    let files = invocation.texts("filename");
    let place = (
        &invocation.namespace(),
        invocation.text("namespace").is_some(),
    );
    for manifest in super::manifest::read(files, &session.files(), place)? {
        let manifest = manifest?;
        targets.push(Target {
            resource: manifest.resource,
            name: Some(manifest.name),
        });
    }
    if targets.is_empty() {
        return Err(missing_resource());
    }
    Ok(targets)
}

/// Which Pods a workload or a Service means.
fn selector_of(object: &Object) -> Result<Selector, Failure> {
    Ok(match object {
        Object::ReplicationController(rc) => Selector::of_labels(&rc.spec.selector),
        Object::Service(service) => Selector::of_labels(&service.spec.selector),
        Object::ReplicaSet(rs) => selector(rs.spec.selector.as_ref())?,
        Object::Deployment(deployment) => selector(deployment.spec.selector.as_ref())?,
        other => {
            return Err(Failure::error(format!(
                "cannot get the logs from {}: selector for {} not implemented",
                other.resource().qualified(),
                other.resource().kind()
            )));
        }
    })
}

fn selector(selector: Option<&crate::cluster::api::LabelSelector>) -> Result<Selector, Failure> {
    Selector::of(selector).map_err(|error| Failure::error(error.to_string()))
}
