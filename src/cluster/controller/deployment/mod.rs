//! The Deployment controller: it moves from one Pod template to the next by sizing ReplicaSets
//! (`pkg/controller/deployment`). Look first at [`Deployments`], then at [`run::Run`]. It makes no Pods
//! and knows nothing of who does.

mod arithmetic;
mod conditions;
mod creation;
mod progress;
mod revision;
mod rollout;
mod run;
mod scaling;
mod sync;
mod template;

use std::{convert::Infallible, rc::Rc};

use rustc_hash::FxHashMap;

use self::{
    arithmetic::is_rolling,
    run::{Halt, Job, Run},
};
use super::{Change, Controller, Desk, Wake, states};
use crate::cluster::{
    api::{Deployment, Key, ObjectMeta, Pod, ReplicaSet, Selector, Uid},
    machinery::{Answer, Seen},
};

/// The Deployment whose sync waits for an answer.
#[derive(Clone, Debug)]
pub(crate) struct Ticket(Key);

/// After so many failures a Deployment is left alone until something about it changes.
const MAX_RETRIES: u32 = 15;

/// Brings every Deployment's ReplicaSets to the sizes its rollout asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deployments {
    jobs: FxHashMap<Key, Job>,
}

impl Controller for Deployments {
    const NAME: &'static str = "deployment";
    const ACCOUNT: &'static str = "deployment-controller";
    const WORKERS: usize = 5;
    const TICKET: fn(Ticket) -> super::Ticket = super::Ticket::Deployments;
    const TIMER: fn(Wake<Key, Infallible>) -> super::Timer = super::Timer::Deployments;
    type Key = Key;
    type Ticket = Ticket;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        match change {
            Change::Deployment(seen) => desk.enqueue(seen.object().metadata.key()),
            Change::ReplicaSet(seen) => see_set(seen, desk),
            Change::Pod(Seen::Deleted(pod)) => pod_gone(pod, desk),
            _ => {}
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let Some(deployment) = desk.caches.deployments.get(&key).cloned() else {
            desk.forget_later(&key);
            desk.done(&key);
            return;
        };
        let owned = desk.caches.replica_sets_of(&deployment.metadata.uid);
        let orphans = desk.caches.orphan_replica_sets(&key.namespace);
        let sets: Vec<_> = owned.chain(orphans).cloned().collect();
        let with_pods = if is_rolling(&deployment) {
            Vec::new()
        } else {
            let uids = sets.iter().map(|set| &set.metadata.uid);
            uids.filter(|uid| has_pods(uid, desk)).cloned().collect()
        };
        let now = desk.turn.now();
        self.go_on(key, Job::new(deployment, sets, with_pods, now), desk);
    }

    fn answer(&mut self, Ticket(key): Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        if let Some(mut job) = self.jobs.remove(&key) {
            job.answers.push(answer.result);
            self.go_on(key, job, desk);
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

impl Deployments {
    /// Goes through a sync as far as its answers reach.
    fn go_on(&mut self, key: Key, mut job: Job, desk: &mut Desk<'_, Self>) {
        match Run::new(&key, &mut job, desk).sync() {
            Err(Halt::Waiting) => {
                self.jobs.insert(key, job);
            }
            Err(Halt::Refused(status)) if is_namespace_terminating(&status) => desk.done(&key),
            Err(_) if desk.failures(&key) < MAX_RETRIES => desk.retry(&key),
            _ => desk.done(&key),
        }
    }
}

fn is_namespace_terminating(status: &crate::cluster::api::Status) -> bool {
    let mut causes = status.details.causes.iter();
    causes.any(|cause| cause.reason == "NamespaceTerminating")
}

/// The Deployment that manages a ReplicaSet, if it still is the one that is meant.
fn owner_of(set: &ObjectMeta, desk: &Desk<'_, Deployments>) -> Option<Rc<Deployment>> {
    let owner = set.controller()?;
    if &*owner.kind != "Deployment" {
        return None;
    }
    let key = Key::new(set.namespace.clone(), owner.name.clone());
    let found = desk.caches.deployments.get(&key)?;
    (found.metadata.uid == owner.uid).then(|| found.clone())
}

fn see_set(seen: &Seen<ReplicaSet>, desk: &mut Desk<'_, Deployments>) {
    let (before, after) = states(seen);
    let (before, after) = (before.map(|it| &it.metadata), after.map(|it| &it.metadata));
    let owner = |set: Option<&ObjectMeta>| set.and_then(ObjectMeta::controller).cloned();
    let moved = owner(before) != owner(after);
    for set in [before.filter(|_| moved), after].into_iter().flatten() {
        if let Some(owner) = owner_of(set, desk) {
            desk.enqueue(owner.metadata.key());
        }
    }
    let Some(set) = after.filter(|set| set.controller().is_none() && !set.is_deleting()) else {
        return;
    };
    let relabeled = before.is_none_or(|before| before.labels != set.labels);
    if moved || relabeled {
        offer(set, desk);
    }
}

/// Nobody manages the ReplicaSet: whoever's selector matches may adopt it.
fn offer(set: &ObjectMeta, desk: &mut Desk<'_, Deployments>) {
    let matches = |deployment: &&Rc<Deployment>| {
        let selector = Selector::of(deployment.spec.selector.as_ref());
        selector.is_ok_and(|it| !it.is_everything() && it.matches(&set.labels))
    };
    let found = desk.caches.deployments_in(&set.namespace);
    let keys: Vec<Key> = found.filter(matches).map(|it| it.metadata.key()).collect();
    for key in keys {
        desk.enqueue(key);
    }
}

/// A Deployment that recreates its Pods goes on when its last old one is gone.
fn pod_gone(pod: &Pod, desk: &mut Desk<'_, Deployments>) {
    let Some(owner) = pod
        .metadata
        .controller()
        .filter(|it| &*it.kind == "ReplicaSet")
    else {
        return;
    };
    let key = Key::new(pod.metadata.namespace.clone(), owner.name.clone());
    let set = desk.caches.replica_sets.get(&key);
    let set = set.filter(|set| set.metadata.uid == owner.uid).cloned();
    let Some(deployment) = set.and_then(|set| owner_of(&set.metadata, desk)) else {
        return;
    };
    if is_rolling(&deployment) {
        return;
    }
    let mut sets = desk.caches.replica_sets_of(&deployment.metadata.uid);
    if sets.all(|set| desk.caches.pods_of(&set.metadata.uid).next().is_none()) {
        desk.enqueue(deployment.metadata.key());
    }
}

/// Whether a ReplicaSet has Pods that are not finished.
fn has_pods(set: &Uid, desk: &Desk<'_, Deployments>) -> bool {
    let mut pods = desk.caches.pods_of(set);
    pods.any(|pod| !pod.status.phase.is_finished())
}
