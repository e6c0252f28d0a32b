//! A plan's transaction, with what goes with it: addresses and ports of Services, usage of quotas.

use super::Plan;
use crate::cluster::{
    api::{Object, Status},
    apiserver::{
        admission::quota,
        allocator::Allocators,
        watch::{ChangeKind, WatchChange},
    },
    etcd::Etcd,
    machinery::Turn,
};

/// What a write came to.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::apiserver) struct Written {
    /// What changed, in the order of the revisions.
    pub(in crate::cluster::apiserver) changes: Vec<WatchChange>,
    /// Whether the first of them says of an object that it ends, before it is deleted.
    pub(in crate::cluster::apiserver) ends: bool,
    /// Which of them is the object the request is about.
    pub(in crate::cluster::apiserver) main: usize,
    /// What a client asked to create.
    pub(in crate::cluster::apiserver) asked: Option<Object>,
}

impl Written {
    fn push(&mut self, kind: ChangeKind, before: Option<Object>, object: Object) {
        self.changes.push(WatchChange {
            kind,
            before,
            object,
        });
    }

    fn push_main(&mut self, kind: ChangeKind, before: Option<Object>, object: Object) {
        self.main = self.changes.len();
        self.push(kind, before, object);
    }
}

/// Carries the plan out. The caller has made sure that the object has not moved on.
pub(in crate::cluster::apiserver) fn commit(
    plan: Plan,
    etcd: &mut Etcd,
    allocators: &mut Allocators,
    turn: &mut Turn<'_>,
) -> Result<Written, Status> {
    let mut written = Written::default();
    match plan {
        Plan::Nothing(_) => {}
        Plan::Create { mut object, asked } => {
            let usage = quota::charge(&object, etcd)?;
            for (before, after) in allocators.allocate(None, &mut object, etcd, turn)? {
                write(before, after, etcd, &mut written);
            }
            for (before, after) in usage {
                write(Some(before), after, etcd, &mut written);
            }
            let (resource, name) = (object.resource(), object.metadata().name.clone());
            let object = etcd
                .create(object)
                .map_err(|_| Status::already_exists(resource, &name))?;
            written.push_main(ChangeKind::Added, None, object);
            written.asked = asked;
        }
        Plan::Update { before, mut after } => {
            for (old, new) in allocators.allocate(Some(&before), &mut after, etcd, turn)? {
                write(old, new, etcd, &mut written);
            }
            for (old, new) in quota::recharge(&before, &after, etcd)? {
                write(Some(old), new, etcd, &mut written);
            }
            let (resource, name) = (after.resource(), after.metadata().name.clone());
            let expected = before.metadata().resource_version;
            let object = etcd
                .update(after, expected)
                .map_err(|_| Status::conflict(resource, &name, super::MODIFIED))?;
            let released = allocators.release_changed(&before, &object, etcd);
            written.push_main(ChangeKind::Modified, Some(before), object);
            for gone in released {
                remove(gone, etcd, &mut written);
            }
        }
        Plan::Delete { before, ended } => {
            let (resource, key) = (before.resource(), before.key());
            if let Some(ended) = ended {
                written.ends = true;
                write(Some(before.clone()), ended, etcd, &mut written);
            }
            let object = etcd
                .delete(resource, &key)
                .map_err(|_| Status::not_found(resource, &key.name))?;
            let released = allocators.release(&before, etcd);
            written.push_main(ChangeKind::Deleted, Some(before), object);
            for gone in released {
                remove(gone, etcd, &mut written);
            }
        }
    }
    Ok(written)
}

fn write(before: Option<Object>, after: Object, etcd: &mut Etcd, written: &mut Written) {
    let done = match &before {
        None => etcd.create(after),
        Some(before) => etcd.update(after, before.metadata().resource_version),
    };
    if let Ok(object) = done {
        let kind = if before.is_none() {
            ChangeKind::Added
        } else {
            ChangeKind::Modified
        };
        written.push(kind, before, object);
    }
}

fn remove(gone: Object, etcd: &mut Etcd, written: &mut Written) {
    if let Ok(object) = etcd.delete(gone.resource(), &gone.key()) {
        written.push(ChangeKind::Deleted, Some(gone), object);
    }
}
