//! The garbage collector: what belongs to nothing any more is deleted
//! (`pkg/controller/garbagecollector`). Look first at [`GarbageCollector`]. It knows kinds only by their
//! owner references and finalizers.

mod graph;

use std::convert::Infallible;

use rustc_hash::FxHashMap;
use serde_json::json;

use self::graph::{Errand, FOREGROUND, Graph, Item, Node, ORPHAN, has_finalizer};
use super::{
    Change, Controller, Desk, Wake,
    replay::{Answers, Halt, Replay, sentence},
};
use crate::cluster::{
    api::{Object, ObjectMeta, OwnerReference, StatusReason, Uid},
    machinery::{Answer, DeleteOptions, Patch, Preconditions, Propagation, Request},
};

/// The errand that waits for an answer.
#[derive(Clone, Debug)]
pub(crate) struct Ticket(Errand);

/// Deletes objects whose owners are gone, and lets owners go whose dependents are.
#[derive(Clone, Debug, Default)]
pub(crate) struct GarbageCollector {
    graph: Graph,
    jobs: FxHashMap<Errand, Job>,
}

/// An errand under way.
#[derive(Clone, Debug)]
struct Job {
    /// What was known when it began.
    node: Node,
    blocking: Vec<Item>,
    /// Owners known not to exist.
    absent: Vec<Uid>,
    /// Whether a dependent waits for dependents of its own.
    circle: bool,
    answers: Answers,
}

/// What an errand came to.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Outcome {
    Nothing,
    /// The object does not exist.
    Absent,
    /// Its dependents must be looked at first.
    Await(Vec<Item>),
}

impl Controller for GarbageCollector {
    const NAME: &'static str = "garbagecollector";
    const ACCOUNT: &'static str = "generic-garbage-collector";
    const WORKERS: usize = 20;
    const TICKET: fn(Ticket) -> super::Ticket = super::Ticket::GarbageCollector;
    const TIMER: fn(Wake<Errand, Infallible>) -> super::Timer = super::Timer::GarbageCollector;
    type Key = Errand;
    type Ticket = Ticket;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        let (before, after) = change.states();
        for errand in self.graph.note(before.as_ref(), after.as_ref()) {
            desk.enqueue(errand);
        }
    }

    fn sync(&mut self, errand: Errand, desk: &mut Desk<'_, Self>) {
        let (Errand::Delete(item) | Errand::Orphan(item)) = &errand;
        let Some(node) = self.graph.node(&item.uid).cloned() else {
            desk.done(&errand);
            return;
        };
        // What is being deleted will go of itself; and what was only named by others when the errand
        // was put in has been seen since, and has no owner to lose.
        let waits = node.deleting && !node.deleting_dependents;
        let idle = waits || (!node.is_virtual && node.owners.is_empty() && !node.deleting);
        if matches!(errand, Errand::Delete(_)) && idle {
            desk.done(&errand);
            return;
        }
        let owners = node.owners.iter().map(|owner| &owner.uid);
        let absent = owners.filter(|uid| self.graph.is_absent(uid)).cloned();
        let mut dependents = node.dependents.iter();
        let circle = dependents.any(|item| {
            let node = self.graph.node(&item.uid);
            node.is_some_and(|node| node.deleting_dependents)
        });
        let job = Job {
            blocking: self.graph.blocking(&node),
            absent: absent.collect(),
            circle,
            node,
            answers: Answers::default(),
        };
        self.go_on(errand, job, desk);
    }

    fn answer(&mut self, Ticket(errand): Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        if let Some(mut job) = self.jobs.remove(&errand) {
            job.answers.push(answer.result);
            self.go_on(errand, job, desk);
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

impl GarbageCollector {
    fn go_on(&mut self, errand: Errand, mut job: Job, desk: &mut Desk<'_, Self>) {
        let replay = Replay::new(desk, &mut job.answers, Ticket(errand.clone()));
        let mut run = Run {
            node: &job.node,
            blocking: &job.blocking,
            absent: job.absent.clone(),
            circle: job.circle,
            replay,
        };
        let outcome = match &errand {
            Errand::Delete(_) => run.attempt_to_delete(),
            Errand::Orphan(_) => run.orphan_dependents().map(|()| Outcome::Nothing),
        };
        for uid in run.absent {
            self.graph.set_absent(&uid);
        }
        match outcome {
            Err(Halt::Waiting) => {
                self.jobs.insert(errand, job);
                return;
            }
            Err(_) => return desk.retry(&errand),
            Ok(Outcome::Nothing) => {}
            Ok(Outcome::Absent) => {
                for errand in self.graph.remove(&job.node.item) {
                    desk.enqueue(errand);
                }
            }
            Ok(Outcome::Await(items)) => {
                let waits = |item: &Item| {
                    let node = self.graph.node(&item.uid);
                    node.is_some_and(|node| !node.deleting_dependents)
                };
                for item in items.into_iter().filter(waits) {
                    desk.enqueue(Errand::Delete(item));
                }
            }
        }
        desk.done(&errand);
    }
}

/// One going through an errand.
struct Run<'a, 'b> {
    node: &'a Node,
    blocking: &'a [Item],
    absent: Vec<Uid>,
    circle: bool,
    replay: Replay<'a, 'b, GarbageCollector>,
}

/// An object's owners, by what is known of them.
#[derive(Default)]
struct Owners {
    /// They are there, and stay.
    solid: Vec<OwnerReference>,
    /// They do not exist.
    dangling: Vec<OwnerReference>,
    /// They wait for their dependents to be deleted.
    waiting: Vec<OwnerReference>,
}

impl Run<'_, '_> {
    /// The object as it is now; None if it, or the one that is meant, is gone.
    fn live(&mut self, item: &Item) -> Result<Option<Object>, Halt> {
        let user = self.replay.desk.user;
        let request = Request::get(user, item.resource, &item.key.namespace, &item.key.name);
        let reply = self.replay.call_if_there(request)?;
        let found = reply.and_then(|reply| reply.object);
        Ok(found.filter(|object| object.metadata().uid == item.uid))
    }

    fn decide(&mut self, message: impl FnOnce() -> String) {
        let item = self.node.item.clone();
        self.replay.once(|desk| {
            let about = (item.resource, &item.key.namespace, &item.key.name);
            desk.decide(about, || sentence(message()));
        });
    }

    fn patch(&mut self, item: &Item, patch: Patch) -> Result<(), Halt> {
        let user = self.replay.desk.user;
        let (namespace, name) = (&item.key.namespace, &item.key.name);
        let request = Request::patch(user, item.resource, namespace, name, patch);
        self.replay.call_if_there(request).map(|_| ())
    }

    /// From `garbagecollector.go`, attemptToDeleteItem.
    fn attempt_to_delete(&mut self) -> Result<Outcome, Halt> {
        let node = self.node;
        let Some(live) = self.live(&node.item)? else {
            return Ok(Outcome::Absent);
        };
        if node.deleting_dependents {
            return self.finish_foreground();
        }
        let meta = live.metadata();
        if meta.owner_references.is_empty() {
            return Ok(Outcome::Nothing);
        }
        let owners = self.classify(meta)?;
        if !owners.solid.is_empty() {
            let gone: Vec<_> = owners.dangling.iter().chain(&owners.waiting).collect();
            if !gone.is_empty() {
                self.decide(|| {
                    "it has another owner: its references to those that go are removed".to_owned()
                });
                self.patch(&node.item, without_owners(meta, &gone))?;
            }
            return Ok(Outcome::Nothing);
        }
        let foreground = !owners.waiting.is_empty() && !node.dependents.is_empty();
        let names = |owners: &[OwnerReference]| {
            let names = owners
                .iter()
                .map(|owner| format!("{} {}", owner.kind, owner.name));
            names.collect::<Vec<_>>().join(", ")
        };
        if foreground {
            if self.circle {
                self.patch(&node.item, unblocking(meta))?;
            }
            self.decide(|| {
                let owners = names(&owners.waiting);
                format!("its owner ({owners}) waits for it, and it has dependents: deleting it in the foreground")
            });
            return self.delete(meta, Propagation::Foreground);
        }
        let propagation = if has_finalizer(meta, ORPHAN) {
            Propagation::Orphan
        } else if has_finalizer(meta, FOREGROUND) {
            Propagation::Foreground
        } else {
            Propagation::Background
        };
        self.decide(|| match owners.waiting.is_empty() {
            true => format!(
                "its owner ({}) is gone: deleting it",
                names(&owners.dangling)
            ),
            false => format!(
                "its owner ({}) waits for it to go: deleting it",
                names(&owners.waiting)
            ),
        });
        self.delete(meta, propagation)
    }

    /// Asks the API server about each owner that is not known to be absent.
    fn classify(&mut self, meta: &ObjectMeta) -> Result<Owners, Halt> {
        let mut owners = Owners::default();
        for reference in &meta.owner_references {
            if self.absent.contains(&reference.uid) {
                owners.dangling.push(reference.clone());
                continue;
            }
            // A kind nobody serves cannot be asked about; the object stays.
            let Some(item) = Item::owner(reference, &self.node.item.key) else {
                return Err(Halt::Failed);
            };
            match self.live(&item)? {
                None => {
                    self.absent.push(reference.uid.clone());
                    owners.dangling.push(reference.clone());
                }
                Some(owner) => {
                    let owner = owner.metadata();
                    if owner.is_deleting() && has_finalizer(owner, FOREGROUND) {
                        owners.waiting.push(reference.clone());
                    } else {
                        owners.solid.push(reference.clone());
                    }
                }
            }
        }
        Ok(owners)
    }

    /// Deletes the object if it is still as it was looked at; if it has changed but still has the same
    /// owners, in any case.
    fn delete(&mut self, meta: &ObjectMeta, propagation: Propagation) -> Result<Outcome, Halt> {
        let item = &self.node.item;
        let refused = self.try_delete(Some(meta.resource_version), propagation);
        let conflict = matches!(&refused, Err(Halt::Refused(status)) if status.reason == StatusReason::Conflict);
        if !conflict {
            return refused;
        }
        match self.live(item)? {
            None => Ok(Outcome::Absent),
            Some(live) if live.metadata().owner_references == meta.owner_references => {
                self.try_delete(None, propagation)
            }
            Some(_) => refused,
        }
    }

    fn try_delete(
        &mut self,
        resource_version: Option<u64>,
        propagation: Propagation,
    ) -> Result<Outcome, Halt> {
        let item = &self.node.item;
        let options = DeleteOptions {
            preconditions: Preconditions {
                uid: Some(item.uid.clone()),
                resource_version,
            },
            propagation: Some(propagation),
            ..DeleteOptions::default()
        };
        let user = self.replay.desk.user;
        let (namespace, name) = (&item.key.namespace, &item.key.name);
        let request = Request::delete(user, item.resource, namespace, name, options);
        Ok(match self.replay.call_if_there(request)? {
            Some(_) => Outcome::Nothing,
            None => Outcome::Absent,
        })
    }

    /// An owner waits for its dependents: it goes with the last that blocks it
    /// (processDeletingDependentsItem).
    fn finish_foreground(&mut self) -> Result<Outcome, Halt> {
        if !self.blocking.is_empty() {
            return Ok(Outcome::Await(self.blocking.to_vec()));
        }
        self.decide(|| "no dependent keeps it any more: letting it go".to_owned());
        self.remove_finalizer(FOREGROUND)?;
        Ok(Outcome::Nothing)
    }

    /// From `garbagecollector.go`, attemptToOrphanWorker. Upstream patches the dependents in parallel,
    /// here one after the other.
    fn orphan_dependents(&mut self) -> Result<(), Halt> {
        let node = self.node;
        self.decide(|| {
            let count = node.dependents.len();
            format!("its {count} dependents stay, without an owner")
        });
        for dependent in &node.dependents {
            self.patch(
                dependent,
                without_owner_uids(&dependent.uid, [&node.item.uid]),
            )?;
        }
        self.remove_finalizer(ORPHAN)
    }

    fn remove_finalizer(&mut self, finalizer: &str) -> Result<(), Halt> {
        let Some(live) = self.live(&self.node.item)? else {
            return Ok(());
        };
        let meta = live.metadata();
        if !has_finalizer(meta, finalizer) {
            return Ok(());
        }
        let others = meta.finalizers.iter().filter(|one| &***one != finalizer);
        let others: Vec<&str> = others.map(|one| &**one).collect();
        let patch = Patch::Merge(json!({"metadata": {
            "resourceVersion": meta.resource_version.to_string(),
            "finalizers": others,
        }}));
        self.patch(&self.node.item, patch)
    }
}

fn without_owner_uids<'a>(uid: &Uid, owners: impl IntoIterator<Item = &'a Uid>) -> Patch {
    let owners = owners.into_iter();
    let removed: Vec<_> = owners
        .map(|owner| json!({"$patch": "delete", "uid": &*owner.0}))
        .collect();
    Patch::Strategic(json!({"metadata": {"ownerReferences": removed, "uid": &*uid.0}}))
}

fn without_owners(meta: &ObjectMeta, owners: &[&OwnerReference]) -> Patch {
    without_owner_uids(&meta.uid, owners.iter().map(|owner| &owner.uid))
}

/// References that no longer keep their owners from going.
fn unblocking(meta: &ObjectMeta) -> Patch {
    let blocking = meta.owner_references.iter();
    let blocking = blocking.filter(|owner| owner.block_owner_deletion == Some(true));
    let changed: Vec<_> = blocking
        .map(|owner| json!({"uid": &*owner.uid.0, "blockOwnerDeletion": false}))
        .collect();
    Patch::Strategic(json!({"metadata": {"ownerReferences": changed, "uid": &*meta.uid.0}}))
}
