use super::*;
use crate::cluster::kubectl::session::Stop;
use crate::cluster::{
    api::Uid,
    kubectl::{command::DryRun, manifest, targets},
    machinery::{DeleteOptions, Propagation},
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    ALL_NAMESPACES,
    DRY_RUN,
    switch("all"),
    switch("force"),
    switch("now"),
    switch("ignore-not-found"),
    switch("recursive").short('R'),
    switch("wait"),
    switch("interactive").short('i'),
    number("grace-period"),
    text("cascade").alone("background"),
    text("field-selector"),
    length("timeout"),
];

/// One object to delete.
struct Doomed {
    resource: Resource,
    namespace: Str,
    name: Str,
    source: Option<String>,
}

/// `kubectl/pkg/cmd/delete/delete.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let how = How::of(invocation)?;
    if let Some(warning) = how.warning {
        session.warn(warning);
    }
    let (doomed, mut failures) = find(session, invocation)?;
    let mut deleted = Vec::new();
    for one in doomed {
        if how.dry_run == DryRun::Client {
            say_deleted(session, invocation, &how, &one);
            continue;
        }
        let options = DeleteOptions {
            grace_period_seconds: how.grace_period,
            propagation: Some(how.propagation),
            ..DeleteOptions::default()
        };
        let request = Request::delete(
            &invocation.user(),
            one.resource,
            &one.namespace,
            &one.name,
            options,
        );
        match session.try_ask(request)? {
            Ok(reply) => {
                say_deleted(session, invocation, &how, &one);
                let uid = reply.object.map(|object| object.metadata().uid.clone());
                deleted.push((one, uid));
            }
            Err(status) if status.code == 404 && how.ignores_not_found => {}
            Err(status) => {
                let failure = Failure::from(status);
                failures.push(failure.naming_source("deleting", one.source.as_deref()));
            }
        }
    }
    if let Some(failure) = Failure::all(failures) {
        return Err(failure.into());
    }
    if deleted.is_empty() && how.dry_run == DryRun::No {
        session.say("No resources found");
    }
    if how.waits && !deleted.is_empty() {
        session.deadline(invocation.micros("timeout"));
        for (one, uid) in deleted {
            wait(session, invocation, &one, uid)?;
        }
    }
    Ok(())
}

/// How a command deletes.
struct How {
    grace_period: Option<i64>,
    propagation: Propagation,
    dry_run: DryRun,
    ignores_not_found: bool,
    waits: bool,
    forced: bool,
    warning: Option<&'static str>,
}

impl How {
    fn of(invocation: &Invocation) -> Result<How, Failure> {
        let force = invocation.is("force");
        let mut grace_period = invocation
            .number("grace-period")
            .filter(|grace| *grace >= 0);
        if invocation.is("now") {
            if grace_period.is_some() {
                return Err(Failure::error(
                    "--now and --grace-period cannot be specified together",
                ));
            }
            grace_period = Some(1);
        }
        match grace_period {
            // Only `--force` may leave out the kubelet.
            Some(0) if !force => grace_period = Some(1),
            None if force => grace_period = Some(0),
            Some(grace) if grace > 0 && force => {
                return Err(Failure::error(
                    "--force and --grace-period greater than 0 cannot be specified together",
                ));
            }
            _ => {}
        }
        if let Some(output) = invocation.text("output").filter(|output| *output != "name") {
            return Err(Failure::error(format!(
                "unexpected -o output mode: {output}. We only support '-o name'"
            )));
        }
        if invocation.is("all") && invocation.text("selector").is_some() {
            return Err(Failure::error(
                "cannot set --all and --selector at the same time",
            ));
        }
        let propagation = match invocation.text("cascade") {
            None | Some("background") => Propagation::Background,
            Some("foreground") => Propagation::Foreground,
            Some("orphan") => Propagation::Orphan,
            Some(other) => {
                return Err(Failure::error(format!(
                    "Invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\"."
                )));
            }
        };
        let forced = grace_period == Some(0);
        Ok(How {
            grace_period,
            propagation,
            dry_run: invocation.dry_run()?,
            ignores_not_found: invocation.is_or("ignore-not-found", invocation.is("all")),
            waits: invocation.is_or("wait", true),
            forced,
            warning: (forced && force).then_some(
                "Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
            ),
        })
    }
}

/// What is to be deleted. Objects that are named are not looked up first.
fn find(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
) -> Told<(Vec<Doomed>, Vec<Failure>)> {
    let (mut doomed, mut failures) = (Vec::new(), Vec::new());
    let namespace = invocation.namespace();
    let files = invocation.texts("filename");
    if !files.is_empty() {
        if !invocation.words.is_empty() {
            return Err(Failure::error(
                "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
            )
            .into());
        }
        let place = (&namespace, invocation.text("namespace").is_some());
        for manifest in manifest::read(files, &session.files(), place)? {
            match manifest {
                Ok(manifest) => doomed.push(Doomed {
                    resource: manifest.resource,
                    namespace: manifest.namespace,
                    name: manifest.name,
                    source: Some(manifest.source),
                }),
                Err(failure) => failures.push(failure),
            }
        }
        return Ok((doomed, failures));
    }
    let targets = targets::read(invocation, &invocation.words)?;
    if targets.is_empty() {
        return Err(super::missing_resource().into());
    }
    let selects = invocation.is("all")
        || invocation.text("selector").is_some()
        || invocation.text("field-selector").is_some();
    if targets.iter().any(|target| target.name.is_some()) && selects {
        return Err(Failure::error(if invocation.is("all") {
            "setting 'all' parameter but found a non empty selector. "
        } else {
            "name cannot be provided when a selector is specified"
        })
        .into());
    }
    for target in targets {
        let resource = target.resource;
        let namespace = within(resource, &namespace);
        if let Some(name) = target.name {
            doomed.push(Doomed {
                resource,
                namespace,
                name,
                source: None,
            });
            continue;
        }
        if !selects {
            return Err(
                Failure::error("resource(s) were provided, but no name was specified").into(),
            );
        }
        let options = list_options(invocation, resource)?;
        let request = Request::list(&invocation.user(), resource, &namespace, options);
        match session.try_ask(request)? {
            Ok(reply) => doomed.extend(reply.items.iter().map(|object| Doomed {
                resource,
                namespace: object.metadata().namespace.clone(),
                name: object.metadata().name.clone(),
                source: None,
            })),
            Err(status) => failures.push(status.into()),
        }
    }
    Ok((doomed, failures))
}

fn say_deleted(session: &mut Session<'_, '_>, invocation: &Invocation, how: &How, one: &Doomed) {
    let kind = one.resource.kind().to_ascii_lowercase();
    let kind = match one.resource.group() {
        "" => kind,
        group => format!("{kind}.{group}"),
    };
    if invocation.text("output") == Some("name") {
        session.say(format!("{kind}/{}", one.name));
        return;
    }
    let mut line = format!("{kind} \"{}\" ", one.name);
    line += if how.forced {
        "force deleted"
    } else {
        "deleted"
    };
    if one.resource.is_namespaced() {
        line += &format!(" from {} namespace", one.namespace);
    }
    session.say(line + how.dry_run.suffix());
}

/// Waits until the object is gone.
fn wait(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    one: &Doomed,
    uid: Option<Uid>,
) -> Told {
    let at = (one.resource, &one.namespace, &one.name);
    match super::wait::for_deletion(session, invocation, at, uid) {
        Err(Stop::TimedOut) => Err(super::wait::timed_out(one.resource, &one.name).into()),
        // Whoever may delete but not look does not wait.
        Err(Stop::Fails(Failure::Refused(status))) if status.code == 403 => Ok(()),
        end => end,
    }
}
