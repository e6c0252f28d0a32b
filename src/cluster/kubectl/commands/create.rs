use super::*;
use crate::cluster::{
    kubectl::{
        command::DryRun,
        manifest::Manifest,
        print::{self, Format},
    },
    machinery::{Body, Verb},
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    switch("save-config"),
    text("validate").alone("strict"),
    text("field-manager"),
    switch("edit"),
    switch("recursive").short('R'),
];

/// `kubectl/pkg/cmd/create/create.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let files = invocation.texts("filename");
    if let Some(word) = invocation.words.first().filter(|_| files.is_empty()) {
        return Err(Failure::error(format!(
            "Unexpected args: {:?}\nSee 'kubectl create -h' for help and examples",
            std::slice::from_ref(word)
        ))
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
    let (count, failures) = session.each(&manifests, |session, manifest| {
        send(session, invocation, manifest.clone())
    })?;
    match Failure::all(failures) {
        Some(failure) => Err(failure.into()),
        None if count == 0 => Err(Failure::error("no objects passed to create").into()),
        None => Ok(()),
    }
}

/// Creates one object and says so.
pub(super) fn send(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    mut manifest: Manifest,
) -> Told<Result<(), Failure>> {
    let format = Format::of(invocation)?;
    let dry_run = invocation.dry_run()?;
    if invocation.is("save-config") {
        super::apply::annotate(&mut manifest);
    }
    let resource = manifest.resource;
    let source = (!manifest.source.is_empty()).then(|| manifest.source.clone());
    if dry_run == DryRun::Client {
        say_created(
            session,
            &format,
            dry_run,
            (resource, &manifest.name),
            || manifest.json.clone(),
        );
        return Ok(Ok(()));
    }
    let answer = session.try_ask(create_request(invocation, manifest))?;
    Ok(match answer {
        Ok(reply) => {
            let object = reply.object;
            let name = object.as_ref().map(|object| object.metadata().name.clone());
            let json = || object.map(|object| object.to_json()).unwrap_or_default();
            let name = name.unwrap_or_default();
            say_created(session, &format, dry_run, (resource, &name), json);
            Ok(())
        }
        Err(status) => Err(Failure::from(status).naming_source("creating", source.as_deref())),
    })
}

/// `POST`, with the object as it was written.
pub(super) fn create_request(invocation: &Invocation, manifest: Manifest) -> Request {
    Request {
        verb: Verb::Create,
        body: Body::Manifest(manifest.json),
        ..Request::get(
            &invocation.user(),
            manifest.resource,
            &manifest.namespace,
            &manifest.name,
        )
    }
}

fn say_created(
    session: &mut Session<'_, '_>,
    format: &Format,
    dry_run: DryRun,
    (resource, name): (Resource, &str),
    json: impl FnOnce() -> serde_json::Value,
) {
    let what = print::name_of(resource, name);
    match format {
        Format::Table { .. } => session.say(format!("{what} created{}", dry_run.suffix())),
        format => {
            let text = format.single(&json(), resource);
            session.stdout.push_str(&text);
        }
    }
}
