//! The controllers of ReplicationControllers and ReplicaSets: one implementation keeps the wanted number
//! of Pods for both (`pkg/controller/replicaset/replica_set.go`). Look first at [`Replicas`]. It knows
//! nothing of Deployments but that a ReplicaSet may have an owner.

mod claiming;
mod consistency;
mod expectations;
mod managing;
mod members;
mod reporting;
mod slow_start;
mod status;
mod victims;
mod watching;
mod workload;

use std::{collections::VecDeque, convert::Infallible, rc::Rc};

use rustc_hash::FxHashMap;

use self::{
    consistency::{OwnWrites, Through},
    expectations::Expectations,
    members::{Counts, Members},
    slow_start::SlowStart,
    workload::Workload,
};
use super::{
    Change, Controller, Desk, Wake,
    ownership::{Claim, controller_reference},
};
use crate::cluster::{
    api::{Key, Object, ObjectMeta, Pod, ReplicaSetStatus},
    machinery::{Answer, Reply, Request},
};

/// At most so many Pods are created or deleted at once.
const BURST: usize = 500;

/// What is known of one sync that waits for answers, and what it asked.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    key: Key,
    asked: Asked,
}

#[derive(Clone, Debug)]
enum Asked {
    /// Whether the object is really not being deleted, before anything is adopted.
    Recheck,
    Claim,
    Create,
    Delete(Key),
    WriteStatus,
    /// The object again, after a status could not be written.
    Reread,
}

pub(crate) type Waking = Wake<Key, Infallible>;

/// Keeps the wanted number of Pods for each object of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Replicas<W> {
    expectations: Expectations,
    writes: OwnWrites,
    members: FxHashMap<Key, Members>,
    jobs: FxHashMap<Key, Job<W>>,
}

impl<W> Default for Replicas<W> {
    fn default() -> Self {
        Replicas {
            expectations: Expectations::default(),
            writes: OwnWrites::default(),
            members: FxHashMap::default(),
            jobs: FxHashMap::default(),
        }
    }
}

/// Why Pods could not be created or deleted.
#[derive(Clone, Debug)]
struct Failure {
    message: String,
}

/// A sync under way.
#[derive(Clone, Debug)]
struct Job<W> {
    key: Key,
    set: Rc<W>,
    /// Whether all it did before has come back through its cache.
    may_manage: bool,
    /// The Pods that count, where they may be looked at one by one.
    active: Vec<Rc<Pod>>,
    counts: Counts,
    claims: VecDeque<(Claim, Rc<Pod>)>,
    rechecked: bool,
    claims_failed: bool,
    failure: Option<Failure>,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    Claiming,
    Creating(SlowStart, Rc<Pod>),
    Deleting {
        unanswered: usize,
    },
    Writing {
        status: ReplicaSetStatus,
        again: bool,
    },
}

impl<W: Workload> Controller for Replicas<W> {
    const NAME: &'static str = W::NAME;
    const ACCOUNT: &'static str = W::ACCOUNT;
    const WORKERS: usize = 5;
    const TICKET: fn(Ticket) -> super::Ticket = W::TICKET;
    const TIMER: fn(Waking) -> super::Timer = W::TIMER;
    type Key = Key;
    type Ticket = Ticket;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        if let Change::Pod(seen) = change {
            self.see_pod(seen, desk);
        } else if let Some(seen) = W::seen(change) {
            self.see_set(seen, desk);
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let pods = desk.caches.pods.revision();
        let sets = W::cache(desk.caches).revision();
        if W::AWAITS_OWN_WRITES && !self.writes.are_seen(&key, pods, sets) {
            desk.retry(&key);
            return;
        }
        let Some(set) = W::cache(desk.caches).get(&key).cloned() else {
            self.expectations.forget(&key);
            self.writes.forget(&key);
            self.members.remove(&key);
            desk.forget_later(&key);
            desk.done(&key);
            return;
        };
        let members = self.members.entry(key.clone()).or_default();
        if members.update(&*set, desk.caches).is_err() {
            desk.done(&key);
            return;
        }
        let may_manage = self.expectations.are_satisfied(&key, desk.turn.now());
        let job = Job::begin(key, set, members, may_manage);
        self.claim_next(job, desk);
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        let Some(job) = self.jobs.remove(&ticket.key) else {
            return;
        };
        let result = answer.result;
        match ticket.asked {
            Asked::Recheck => self.rechecked(job, result, desk),
            Asked::Claim => self.claimed(job, result, desk),
            Asked::Create => self.created(job, result, desk),
            Asked::Delete(pod) => self.deleted(job, &pod, result, desk),
            Asked::WriteStatus => self.status_written(job, result, desk),
            Asked::Reread => self.reread(job, result, desk),
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

impl<W: Workload> Job<W> {
    fn begin(key: Key, set: Rc<W>, members: &Members, may_manage: bool) -> Job<W> {
        let (counts, claims) = (members.counts(), members.claims());
        let wanted = usize::try_from(set.replicas()).unwrap_or(0);
        let one_by_one = counts.active > wanted || set.min_ready_seconds() > 0;
        let active = if one_by_one || !claims.is_empty() {
            members.active().cloned().collect()
        } else {
            Vec::new()
        };
        Job {
            key,
            set,
            may_manage,
            active,
            counts,
            claims,
            rechecked: false,
            claims_failed: false,
            failure: None,
            work: Work::Claiming,
        }
    }

    fn object(&self) -> Object {
        self.set.clone().into_object()
    }

    fn ticket(&self, asked: Asked) -> Ticket {
        Ticket {
            key: self.key.clone(),
            asked,
        }
    }

    /// The Pod its template describes (`pkg/controller/controller_utils.go`, GetPodFromTemplate).
    fn new_pod(&self) -> Rc<Pod> {
        let template = self.set.template().cloned().unwrap_or_default();
        let name = &self.key.name;
        // A name so long that a dash makes it invalid goes without.
        let dash = if name.len() < 253 { "-" } else { "" };
        Rc::new(Pod {
            metadata: ObjectMeta {
                generate_name: format!("{name}{dash}").into(),
                namespace: self.key.namespace.clone(),
                labels: template.metadata.labels,
                annotations: template.metadata.annotations,
                finalizers: template.metadata.finalizers,
                owner_references: vec![controller_reference(&self.object())].into(),
                ..ObjectMeta::default()
            },
            spec: template.spec,
            ..Pod::default()
        })
    }
}

/// What every part of a sync does.
impl<W: Workload> Replicas<W> {
    fn decide(job: &Job<W>, desk: &mut Desk<'_, Self>, message: impl FnOnce() -> String) {
        let about = (W::RESOURCE, &job.key.namespace, &job.key.name);
        desk.decide(about, || (message(), Vec::new()));
    }

    fn ask(&mut self, job: Job<W>, request: Request, asked: Asked, desk: &mut Desk<'_, Self>) {
        desk.request(request, job.ticket(asked));
        self.jobs.insert(job.key.clone(), job);
    }

    fn wrote(&mut self, job: &Job<W>, through: Through, reply: &Reply) {
        if W::AWAITS_OWN_WRITES {
            let uid = &job.set.metadata().uid;
            self.writes.wrote(&job.key, uid, through, reply.revision);
        }
    }
}
