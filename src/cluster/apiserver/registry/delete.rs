//! Delete (`apiserver/pkg/registry/rest/delete.go`, `generic/registry/store.go`).

use std::{rc::Rc, time::Duration};

use super::{Plan, stored};
use crate::cluster::{
    api::{Object, Resource, Status, Str},
    etcd::Etcd,
    machinery::{DeleteOptions, Propagation, Request, Turn},
};

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

pub(super) fn prepare(
    request: &Request,
    options: &DeleteOptions,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    let before = &stored(request, etcd)?.value;
    preconditions(before, options)?;
    crate::cluster::apiserver::admission::deleted(before, request)?;
    if let Object::Namespace(_) = before {
        return Ok(namespace(before, turn));
    }
    let mut after = before.clone();
    let graceful = grace(&mut after, options, turn);
    if graceful == Grace::Pending {
        // The grace period already runs, and is not to be shorter.
        return Ok(Plan::Nothing(before.clone()));
    }
    let finalizers = finalizers(before, options);
    if finalizers != *before.metadata().finalizers {
        after.metadata_mut().finalizers = finalizers.into();
    }
    let held = !after.metadata().finalizers.is_empty();
    if graceful == Grace::Given || held {
        if graceful == Grace::None {
            let now = turn.now().timestamp();
            let meta = after.metadata_mut();
            if meta.deletion_timestamp.is_none() {
                meta.deletion_timestamp = Some(now);
                bump(&mut meta.generation);
            }
            meta.deletion_grace_period_seconds = Some(0);
        }
        if after == *before {
            return Ok(Plan::Nothing(before.clone()));
        }
        return Ok(Plan::Update {
            before: before.clone(),
            after,
        });
    }
    Ok(Plan::Delete {
        before: before.clone(),
        ended: ended(before, turn),
    })
}

/// A Pod is written once more before it is deleted, with no time left
/// (`generic/registry/store.go`, updateForGracefulDeletionAndFinalizers).
fn ended(before: &Object, turn: &Turn<'_>) -> Option<Object> {
    let Object::Pod(pod) = before else {
        return None;
    };
    if pod.metadata.is_deleting() && pod.metadata.deletion_grace_period_seconds == Some(0) {
        return None;
    }
    let mut pod = pod.clone();
    let meta = &mut Rc::make_mut(&mut pod).metadata;
    if meta.deletion_timestamp.is_none() {
        bump(&mut meta.generation);
    }
    meta.deletion_timestamp = Some(turn.now().timestamp());
    meta.deletion_grace_period_seconds = Some(0);
    Some(Object::Pod(pod))
}

fn preconditions(before: &Object, options: &DeleteOptions) -> Result<(), Status> {
    let meta = before.metadata();
    let failed = |what: &str, asked: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
        let why = format!(
            "Precondition failed: {what} in precondition: {asked}, {what} in object meta: {found}"
        );
        Err(Status::conflict(before.resource(), &meta.name, why))
    };
    if let Some(uid) = &options.preconditions.uid
        && *uid != meta.uid
    {
        return failed("UID", uid, &meta.uid);
    }
    if let Some(revision) = options.preconditions.resource_version
        && revision != meta.resource_version
    {
        return failed("ResourceVersion", &revision, &meta.resource_version);
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grace {
    /// The object goes at once.
    None,
    /// It has been given time.
    Given,
    /// It was given time before.
    Pending,
}

/// Only Pods are given time (`pkg/registry/core/pod/strategy.go`, CheckGracefulDelete): none if they have
/// no node or have ended.
fn grace(after: &mut Object, options: &DeleteOptions, turn: &Turn<'_>) -> Grace {
    let Object::Pod(pod) = after else {
        return Grace::None;
    };
    let asked = options.grace_period_seconds;
    if let (Some(end), Some(runs)) = (
        pod.metadata.deletion_timestamp,
        pod.metadata.deletion_grace_period_seconds,
    ) {
        let Some(asked) = asked.map(|seconds| seconds.max(0)) else {
            return if runs == 0 {
                Grace::None
            } else {
                Grace::Pending
            };
        };
        if asked >= runs && runs > 0 {
            return Grace::Pending;
        }
        if asked == 0 {
            return Grace::None;
        }
        let pod = Rc::make_mut(pod);
        pod.metadata.deletion_timestamp = Some(end.plus(asked - runs));
        pod.metadata.deletion_grace_period_seconds = Some(asked);
        return Grace::Given;
    }
    let own = pod.spec.termination_grace_period_seconds.unwrap_or(30);
    let nobody_waits = pod.spec.node_name.is_empty() || pod.status.phase.is_finished();
    let seconds = match asked.unwrap_or(own) {
        _ if nobody_waits => 0,
        negative if negative < 0 => 1,
        seconds => seconds,
    };
    if seconds == 0 {
        return Grace::None;
    }
    let ends = turn.now() + Duration::from_secs(seconds.unsigned_abs());
    let pod = Rc::make_mut(pod);
    pod.metadata.deletion_timestamp = Some(ends.timestamp());
    pod.metadata.deletion_grace_period_seconds = Some(seconds);
    bump(&mut pod.metadata.generation);
    Grace::Given
}

fn bump(generation: &mut i64) {
    if *generation > 0 {
        *generation += 1;
    }
}

/// The finalizers by which the garbage collector learns what is to become of the object's dependents. A
/// ReplicationController of v1 orphans them if nothing is said, for the sake of old clients.
fn finalizers(before: &Object, options: &DeleteOptions) -> Vec<Str> {
    let had = &before.metadata().finalizers;
    let with = |name: &str| had.iter().any(|one| &**one == name);
    let (orphan, foreground) = match options.propagation {
        Some(Propagation::Orphan) => (true, false),
        Some(Propagation::Foreground) => (false, true),
        Some(Propagation::Background) => (false, false),
        None if with(ORPHAN) => (true, false),
        None if with(FOREGROUND) => (false, true),
        None => (before.resource() == Resource::ReplicationControllers, false),
    };
    let mut wanted: Vec<Str> = had
        .iter()
        .filter(|one| &***one != ORPHAN && &***one != FOREGROUND)
        .cloned()
        .collect();
    if orphan {
        wanted.push(ORPHAN.into());
    }
    if foreground {
        wanted.push(FOREGROUND.into());
    }
    wanted
}

/// A namespace only begins to end: its controller empties it (`pkg/registry/core/namespace/storage`).
fn namespace(before: &Object, turn: &Turn<'_>) -> Plan {
    let Object::Namespace(namespace) = before else {
        return Plan::Nothing(before.clone());
    };
    if !namespace.metadata.is_deleting() {
        let mut after = namespace.clone();
        let ending = Rc::make_mut(&mut after);
        ending.metadata.deletion_timestamp = Some(turn.now().timestamp());
        ending.status.phase = "Terminating".into();
        return Plan::Update {
            before: before.clone(),
            after: Object::Namespace(after),
        };
    }
    if namespace.spec.finalizers.is_empty() && namespace.metadata.finalizers.is_empty() {
        return Plan::Delete {
            before: before.clone(),
            ended: None,
        };
    }
    Plan::Nothing(before.clone())
}
