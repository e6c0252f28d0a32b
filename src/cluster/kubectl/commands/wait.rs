use serde_json::Value;

use super::*;
use crate::cluster::{
    api::Uid,
    kubectl::{
        print,
        session::{Stop, TIMED_OUT},
    },
    machinery::WatchEvent,
};

pub(super) const FLAGS: &[Flag] = &[
    FILENAME,
    OUTPUT,
    SELECTOR,
    switch("all"),
    texts("for"),
    length("timeout"),
];

/// What is waited for.
enum For {
    Delete,
    Condition { kind: String, status: String },
    Field { path: Vec<Part>, value: String },
}

/// A step on the way to a field.
enum Part {
    Name(String),
    Index(usize),
}

/// `kubectl/pkg/cmd/wait/wait.go`.
pub(super) fn run(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let given = invocation.texts("for");
    let wanted: Vec<For> = given
        .iter()
        .map(|text| For::parse(text))
        .collect::<Result<_, _>>()?;
    if wanted.is_empty() {
        return Err(Failure::error("unrecognized condition: []").into());
    }
    let targets = super::targets_of(session, invocation)?;
    if targets.is_empty() {
        return Err(super::missing_resource().into());
    }
    let selects = invocation.is("all") || invocation.text("selector").is_some();
    if targets.iter().any(|target| target.name.is_none()) && !selects {
        return Err(Failure::error("resource(s) were provided, but no name was specified").into());
    }
    let timeout = invocation.micros("timeout").unwrap_or(30_000_000);
    if timeout > 0 {
        session.deadline(Some(timeout));
    }
    let deletes = wanted.iter().any(|one| matches!(one, For::Delete));
    let (objects, mut failures) = fetch(session, invocation, &targets)?;
    let gone =
        |failure: &Failure| matches!(failure, Failure::Refused(status) if status.code == 404);
    failures.retain(|failure| !(deletes && gone(failure)));
    if objects.is_empty() && failures.is_empty() && !deletes {
        return Err(Failure::error("no matching resources found").into());
    }
    for object in &objects {
        for one in &wanted {
            let done = match one {
                For::Delete => {
                    let meta = object.metadata();
                    let at = (object.resource(), &meta.namespace, &meta.name);
                    for_deletion(session, invocation, at, Some(meta.uid.clone()))
                }
                one => one.wait(session, invocation, object, timeout == 0),
            };
            let (resource, name) = (object.resource(), &object.metadata().name);
            match done {
                Ok(()) => {
                    let what = print::name_of(resource, name);
                    session.say(format!("{what} condition met"));
                }
                Err(Stop::TimedOut) => {
                    session.hang_up();
                    failures.push(timed_out(resource, name));
                    break;
                }
                Err(Stop::Fails(failure)) => {
                    failures.push(failure);
                    break;
                }
                Err(Stop::Waits) => return Err(Stop::Waits),
            }
        }
    }
    match Failure::all(failures) {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// `kubectl/pkg/cmd/wait/condition.go`, extendErrWaitTimeout.
pub(super) fn timed_out(resource: Resource, name: &str) -> Failure {
    Failure::error(format!("{TIMED_OUT} on {resource}/{name}"))
}

impl For {
    fn parse(text: &str) -> Result<For, Failure> {
        let lower = text.to_ascii_lowercase();
        if lower == "delete" {
            return Ok(For::Delete);
        }
        if let Some(condition) = text.strip_prefix("condition=") {
            let (kind, status) = condition.split_once('=').unwrap_or((condition, "true"));
            return Ok(For::Condition {
                kind: kind.to_owned(),
                status: status.to_owned(),
            });
        }
        let Some(path) = text.strip_prefix("jsonpath=") else {
            return Err(Failure::error(format!("unrecognized condition: {text:?}")));
        };
        let (path, value) = path.split_once('=').unwrap_or((path, ""));
        Ok(For::Field {
            path: parts(path)?,
            value: value.trim_matches(['\'', '"']).to_owned(),
        })
    }

    /// Waits for an object to be so (getObjAndCheckCondition).
    fn wait(
        &self,
        session: &mut Session<'_, '_>,
        invocation: &Invocation,
        object: &Object,
        at_once: bool,
    ) -> Told {
        let (resource, meta) = (object.resource(), object.metadata());
        let user = invocation.user();
        if at_once {
            if self.holds(object) {
                return Ok(());
            }
            return Err(
                Failure::error(format!("condition not met for {resource}/{}", meta.name)).into(),
            );
        }
        let options = named(&meta.name);
        loop {
            let list = Request::list(&user, resource, &meta.namespace, options.clone());
            let reply = session.ask(list)?;
            let Some(found) = reply.items.first() else {
                return Err(Status::not_found(resource, &meta.name).into());
            };
            if self.holds(found) {
                return Ok(());
            }
            session.watch(resource, &meta.namespace, options.clone(), reply.revision);
            loop {
                match session.event()? {
                    WatchEvent::Added(object) | WatchEvent::Modified(object)
                        if self.holds(&object) =>
                    {
                        session.hang_up();
                        return Ok(());
                    }
                    WatchEvent::Error(_) | WatchEvent::Closed => break,
                    _ => {}
                }
            }
        }
    }

    /// Whether an object is so.
    fn holds(&self, object: &Object) -> bool {
        let json = object.to_json();
        match self {
            For::Delete => false,
            For::Condition { kind, status } => condition_holds(&json, kind, status),
            For::Field { path, value } => {
                let found = path.iter().try_fold(&json, |at, part| match part {
                    Part::Name(name) => at.get(name),
                    Part::Index(index) => at.get(index),
                });
                match found {
                    None | Some(Value::Null) => false,
                    Some(_) if value.is_empty() => true,
                    Some(Value::String(found)) => found == value,
                    Some(found) => {
                        let text = found.to_string();
                        text == *value
                    }
                }
            }
        }
    }
}

/// A condition that is older than what was asked last does not count.
fn condition_holds(json: &Value, kind: &str, status: &str) -> bool {
    let conditions = json.pointer("/status/conditions").and_then(Value::as_array);
    let text = |of: &Value, at: &str| {
        let text = of.get(at).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let mut conditions = conditions.into_iter().flatten();
    let Some(found) = conditions.find(|one| text(one, "type").eq_ignore_ascii_case(kind)) else {
        return false;
    };
    let number = |of: Option<&Value>| of.and_then(Value::as_i64);
    let generation = number(json.pointer("/metadata/generation"));
    let observed = number(found.get("observedGeneration"))
        .or(number(json.pointer("/status/observedGeneration")));
    if let (Some(generation), Some(observed)) = (generation, observed)
        && observed < generation
    {
        return false;
    }
    text(found, "status").eq_ignore_ascii_case(status)
}

/// `{.status.containerStatuses[0].ready}`: names and places, which is what is waited for.
fn parts(path: &str) -> Result<Vec<Part>, Failure> {
    let bare = path.trim_matches(['\'', '"']);
    let bare = bare.strip_prefix('{').unwrap_or(bare);
    let bare = bare.strip_suffix('}').unwrap_or(bare);
    if bare.is_empty() {
        return Err(Failure::error("jsonpath expression cannot be empty"));
    }
    let mut parts = Vec::new();
    for word in bare.split('.').filter(|word| !word.is_empty()) {
        let (name, indexes) = word.split_once('[').unwrap_or((word, ""));
        if !name.is_empty() {
            parts.push(Part::Name(name.to_owned()));
        }
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            let index = index.strip_suffix(']').unwrap_or(index);
            let index = index.parse().map_err(|_| {
                Failure::error(format!("[{index}] is not part of this cluster's jsonpath"))
            })?;
            parts.push(Part::Index(index));
        }
    }
    Ok(parts)
}

fn named(name: &Str) -> ListOptions {
    ListOptions {
        labels: None,
        fields: vec![("metadata.name", name.clone())],
    }
}

/// Waits until the object is gone, or another has its name (`kubectl/pkg/cmd/wait/delete.go`).
pub(super) fn for_deletion(
    session: &mut Session<'_, '_>,
    invocation: &Invocation,
    (resource, namespace, name): (Resource, &Str, &Str),
    uid: Option<Uid>,
) -> Told {
    let user = invocation.user();
    let get = Request::get(&user, resource, namespace, name);
    let reply = match session.try_ask(get)? {
        Ok(reply) => reply,
        Err(status) if status.code == 404 => return Ok(()),
        Err(status) => return Err(status.into()),
    };
    let is_it = |object: &Object| uid.as_ref().is_none_or(|uid| *uid == object.metadata().uid);
    if reply.object.as_ref().is_some_and(|object| !is_it(object)) {
        return Ok(());
    }
    let options = named(name);
    loop {
        let list = Request::list(&user, resource, namespace, options.clone());
        let reply = match session.try_ask(list)? {
            Ok(reply) => reply,
            // It goes on trying for as long as nobody answers.
            Err(status) if status.code == 0 => return Err(session.waits()),
            Err(status) => return Err(status.into()),
        };
        if !reply.items.iter().any(is_it) {
            return Ok(());
        }
        session.watch(resource, namespace, options.clone(), reply.revision);
        if is_deleted(session)? {
            session.hang_up();
            return Ok(());
        }
    }
}

/// Waits for the deletion; false if the watch ended before.
fn is_deleted(session: &mut Session<'_, '_>) -> Told<bool> {
    loop {
        match session.event()? {
            WatchEvent::Deleted(_) => return Ok(true),
            WatchEvent::Error(_) | WatchEvent::Closed => return Ok(false),
            _ => {}
        }
    }
}
