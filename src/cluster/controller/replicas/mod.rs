//! The controllers of ReplicationControllers and ReplicaSets: one implementation keeps the wanted number
//! of Pods for both (`pkg/controller/replicaset/replica_set.go`). Look first at [`Replicas`]. It knows
//! nothing of Deployments but that a ReplicaSet may have an owner.

mod consistency;
mod expectations;
mod slow_start;
mod status;
mod victims;
mod workload;

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use rustc_hash::FxHashMap;

use self::{
    consistency::{OwnWrites, Through},
    expectations::Expectations,
    slow_start::{Progress, SlowStart},
    status::{Counted, next_available, status_of},
    victims::{Victim, victims},
    workload::Workload,
};
use super::{
    Change, Controller, Desk, Wake,
    ownership::{self, Claim, claim, controller_reference},
    states,
};
use crate::cluster::{
    api::{Key, Labels, Object, ObjectMeta, Pod, ReplicaSetStatus, Resource, Selector, Status},
    machinery::{Answer, DeleteOptions, Reply, Request, Seen, Subresource},
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
    jobs: FxHashMap<Key, Job<W>>,
}

impl<W> Default for Replicas<W> {
    fn default() -> Self {
        Replicas {
            expectations: Expectations::default(),
            writes: OwnWrites::default(),
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
    set: Arc<W>,
    /// Whether all it did before has come back through its cache.
    may_manage: bool,
    /// The Pods that count.
    active: Vec<Arc<Pod>>,
    terminating: i32,
    claims: VecDeque<(Claim, Arc<Pod>)>,
    rechecked: bool,
    claims_failed: bool,
    failure: Option<Failure>,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    Claiming,
    Creating(SlowStart, Arc<Pod>),
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
            desk.forget_later(&key);
            desk.done(&key);
            return;
        };
        let Ok(selector) = set.selector() else {
            desk.done(&key);
            return;
        };
        let may_manage = self.expectations.are_satisfied(&key, desk.turn.now());
        let job = Job::begin(key, set, &selector, may_manage, desk);
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

/// What wakes the controller.
impl<W: Workload> Replicas<W> {
    fn see_set(&mut self, seen: &Seen<W>, desk: &mut Desk<'_, Self>) {
        let gone = match states(seen) {
            (Some(_), None) => true,
            (Some(before), Some(after)) => before.metadata().uid != after.metadata().uid,
            _ => false,
        };
        let key = seen.object().metadata().key();
        if gone {
            self.expectations.forget(&key);
            self.writes.forget(&key);
        }
        desk.enqueue(key);
    }

    fn see_pod(&mut self, seen: &Seen<Pod>, desk: &mut Desk<'_, Self>) {
        match states(seen) {
            (None, Some(pod)) if pod.metadata.is_deleting() => self.pod_gone(pod, desk),
            (None, Some(pod)) => {
                if pod.metadata.controller().is_none() {
                    Self::offer(pod, desk);
                } else if let Some(owner) = W::owner_of(pod, desk.caches) {
                    let key = owner.metadata().key();
                    self.expectations.creation_observed(&key);
                    desk.enqueue(key);
                }
            }
            (Some(before), Some(after)) => self.pod_changed(before, after, desk),
            (Some(pod), None) => self.pod_gone(pod, desk),
            (None, None) => {}
        }
    }

    fn pod_changed(&mut self, before: &Pod, after: &Pod, desk: &mut Desk<'_, Self>) {
        let relabeled = before.metadata.labels != after.metadata.labels;
        if after.metadata.is_deleting() {
            self.pod_gone(after, desk);
            if relabeled {
                self.pod_gone(before, desk);
            }
            return;
        }
        let owners = (before.metadata.controller(), after.metadata.controller());
        let moved = owners.0 != owners.1;
        if moved && let Some(owner) = W::owner_of(before, desk.caches) {
            desk.enqueue(owner.metadata().key());
        }
        if owners.1.is_some() {
            let Some(owner) = W::owner_of(after, desk.caches) else {
                return;
            };
            desk.enqueue(owner.metadata().key());
            let wait = owner.min_ready_seconds();
            if wait > 0 && !before.status.is_ready() && after.status.is_ready() {
                let wait = Duration::from_secs(u64::from(wait.unsigned_abs()));
                desk.enqueue_after(owner.metadata().key(), wait);
            }
        } else if relabeled || moved {
            Self::offer(after, desk);
        }
    }

    /// A Pod is being deleted, or is gone: its owner need not wait for that any more.
    fn pod_gone(&mut self, pod: &Pod, desk: &mut Desk<'_, Self>) {
        if let Some(owner) = W::owner_of(pod, desk.caches) {
            let key = owner.metadata().key();
            self.expectations
                .deletion_observed(&key, &pod.metadata.key());
            desk.enqueue(key);
        }
    }

    /// Nobody manages the Pod: whoever's selector matches may adopt it.
    fn offer(pod: &Pod, desk: &mut Desk<'_, Self>) {
        for set in W::all_in(desk.caches, &pod.metadata.namespace) {
            let selector = set.selector();
            if selector.is_ok_and(|selector| selector.matches(&pod.metadata.labels)) {
                desk.enqueue(set.metadata().key());
            }
        }
    }
}

impl<W: Workload> Job<W> {
    /// Sorts the Pods it might have to do with.
    fn begin(
        key: Key,
        set: Arc<W>,
        selector: &Selector,
        may_manage: bool,
        desk: &Desk<'_, Replicas<W>>,
    ) -> Job<W> {
        let mut job = Job {
            key,
            set,
            may_manage,
            active: Vec::new(),
            terminating: 0,
            claims: VecDeque::new(),
            rechecked: false,
            claims_failed: false,
            failure: None,
            work: Work::Claiming,
        };
        let owner = job.set.metadata();
        let own = desk.caches.pods_of(&owner.uid);
        for pod in own.chain(desk.caches.orphan_pods(&owner.namespace)) {
            if pod.status.phase.is_finished() {
                continue;
            }
            let matter = claim(owner, selector, &pod.metadata);
            match matter {
                Claim::Own if pod.metadata.is_deleting() => job.terminating += 1,
                Claim::Own => job.active.push(pod.clone()),
                Claim::Adopt | Claim::Release if pod.is_active() => {
                    job.claims.push_back((matter, pod.clone()));
                }
                _ => {}
            }
        }
        job
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
    fn new_pod(&self) -> Arc<Pod> {
        let template = self.set.template().cloned().unwrap_or_default();
        let name = &self.key.name;
        // A name so long that a dash makes it invalid goes without.
        let dash = if name.len() < 253 { "-" } else { "" };
        Arc::new(Pod {
            metadata: ObjectMeta {
                generate_name: format!("{name}{dash}").into(),
                namespace: self.key.namespace.clone(),
                labels: template.metadata.labels,
                annotations: template.metadata.annotations,
                finalizers: template.metadata.finalizers,
                owner_references: vec![controller_reference(&self.object())],
                ..ObjectMeta::default()
            },
            spec: template.spec,
            ..Pod::default()
        })
    }
}

/// The steps of a sync.
impl<W: Workload> Replicas<W> {
    fn decide(job: &Job<W>, desk: &mut Desk<'_, Self>, message: impl FnOnce() -> String) {
        let about = (W::RESOURCE, &job.key.namespace, &job.key.name);
        desk.decide(about, || (message(), Vec::new()));
    }

    fn ask(&mut self, job: Job<W>, request: Request, asked: Asked, desk: &mut Desk<'_, Self>) {
        desk.request(request, job.ticket(asked));
        self.jobs.insert(job.key.clone(), job);
    }

    /// Adopts and releases Pods, one after the other, and goes on when all is settled.
    fn claim_next(&mut self, job: Job<W>, desk: &mut Desk<'_, Self>) {
        let Some((matter, pod)) = job.claims.front() else {
            if job.claims_failed {
                desk.retry(&job.key);
            } else {
                self.manage(job, desk);
            }
            return;
        };
        desk.turn.rouse();
        if *matter == Claim::Adopt && !job.rechecked {
            let Key { namespace, name } = &job.key;
            let request = Request::get(desk.user, W::RESOURCE, namespace, name);
            return self.ask(job, request, Asked::Recheck, desk);
        }
        let (meta, owner) = (&pod.metadata, job.set.metadata());
        let patch = match matter {
            Claim::Adopt => {
                Self::decide(&job, desk, || {
                    let name = &meta.name;
                    format!("{name} has no controller and matches the selector: adopting it")
                });
                ownership::adoption(&job.object(), meta)
            }
            _ => {
                Self::decide(&job, desk, || {
                    let name = &meta.name;
                    format!("{name} no longer matches the selector: releasing it")
                });
                ownership::release(owner, meta)
            }
        };
        let request = Request::patch(
            desk.user,
            Resource::Pods,
            &meta.namespace,
            &meta.name,
            patch,
        );
        self.ask(job, request, Asked::Claim, desk);
    }

    fn rechecked(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let fresh = result.ok().and_then(|reply| reply.object);
        let may_adopt = fresh.is_some_and(|fresh| {
            let (fresh, known) = (fresh.metadata(), job.set.metadata());
            fresh.uid == known.uid && !fresh.is_deleting()
        });
        job.rechecked = true;
        if !may_adopt {
            job.claims.retain(|(matter, _)| *matter != Claim::Adopt);
            job.claims_failed = true;
        }
        self.claim_next(job, desk);
    }

    fn claimed(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let claimed = job.claims.pop_front();
        match (claimed, result) {
            (Some((Claim::Adopt, pod)), Ok(reply)) => {
                self.wrote(&job, Through::Pods, &reply);
                job.active.push(pod);
            }
            (Some(_), Ok(reply)) => self.wrote(&job, Through::Pods, &reply),
            // What is gone needs no owner, and what is another's by now none of ours.
            (Some((Claim::Release, _)), Err(status)) if matches!(status.code, 404 | 422) => {}
            (_, Err(status)) if status.code == 404 => {}
            _ => job.claims_failed = true,
        }
        self.claim_next(job, desk);
    }

    fn wrote(&mut self, job: &Job<W>, through: Through, reply: &Reply) {
        if W::AWAITS_OWN_WRITES {
            let uid = &job.set.metadata().uid;
            self.writes.wrote(&job.key, uid, through, reply.revision);
        }
    }

    fn manage(&mut self, job: Job<W>, desk: &mut Desk<'_, Self>) {
        let found = job.active.len();
        let wanted = usize::try_from(job.set.replicas()).unwrap_or(0);
        if !job.may_manage || job.set.metadata().is_deleting() || found == wanted {
            self.write_status(job, desk);
        } else if found < wanted {
            self.create(job, (wanted - found).min(BURST), desk);
        } else {
            self.delete(job, (found - wanted).min(BURST), desk);
        }
    }

    fn create(&mut self, mut job: Job<W>, count: usize, desk: &mut Desk<'_, Self>) {
        desk.turn.rouse();
        Self::decide(&job, desk, || {
            let (found, wanted) = (job.active.len(), job.set.replicas());
            format!("found {found} of {wanted} pods, creating {count}")
        });
        let now = desk.turn.now();
        self.expectations.expect_creations(&job.key, count, now);
        let (start, batch) = SlowStart::new(count);
        let pod = job.new_pod();
        job.work = Work::Creating(start, pod.clone());
        self.create_batch(job, batch, &pod, desk);
    }

    fn create_batch(
        &mut self,
        job: Job<W>,
        batch: usize,
        pod: &Arc<Pod>,
        desk: &mut Desk<'_, Self>,
    ) {
        Self::decide(&job, desk, || match &job.work {
            Work::Creating(start, _) => format!(
                "slow start: a batch of {batch}, after {} of {}",
                start.succeeded(),
                start.wanted()
            ),
            _ => String::new(),
        });
        for _ in 0..batch {
            let request = Request::create(desk.user, Object::Pod(pod.clone()));
            desk.request(request, job.ticket(Asked::Create));
        }
        self.jobs.insert(job.key.clone(), job);
    }

    fn created(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        let well = match result {
            Ok(reply) => {
                self.wrote(&job, Through::Pods, &reply);
                let object = reply.object.as_ref().map(Object::metadata);
                let name = object.map_or("", |meta| &*meta.name);
                let message = format!("Created pod: {name}");
                desk.event(
                    W::SOURCE,
                    &job.object(),
                    (false, "SuccessfulCreate"),
                    message,
                );
                true
            }
            // Every creation fails in a namespace that goes: nothing needs doing.
            Err(status) if is_namespace_terminating(&status) => true,
            Err(status) => {
                let message = format!("Error creating: {status}");
                desk.event(W::SOURCE, &job.object(), (true, "FailedCreate"), message);
                job.failure.get_or_insert(Failure {
                    message: status.message,
                });
                false
            }
        };
        let Work::Creating(start, pod) = &mut job.work else {
            return self.write_status(job, desk);
        };
        match start.answered(well) {
            Progress::Waiting => {
                self.jobs.insert(job.key.clone(), job);
            }
            Progress::Next(batch) => {
                let pod = pod.clone();
                self.create_batch(job, batch, &pod, desk);
            }
            Progress::Over => {
                // The cache will never show those that failed or were not tried.
                for _ in start.succeeded()..start.wanted() {
                    self.expectations.creation_observed(&job.key);
                }
                let (failed, skipped) = (start.failed(), start.remaining());
                if skipped > 0 {
                    Self::decide(&job, desk, || {
                        format!(
                            "slow start: {failed} of the batch failed, the other {skipped} are not tried"
                        )
                    });
                }
                self.write_status(job, desk);
            }
        }
    }

    fn delete(&mut self, mut job: Job<W>, count: usize, desk: &mut Desk<'_, Self>) {
        desk.turn.rouse();
        let related = job.set.related_pods(desk.caches);
        let now = desk.turn.now();
        let victims = victims(&job.active, related.iter(), count, now);
        Self::decide(&job, desk, || {
            let (found, wanted) = (job.active.len(), job.set.replicas());
            let names: Vec<String> = victims.iter().map(Victim::describe).collect();
            let names = names.join(", ");
            format!("found {found} of {wanted} pods, deleting {count}: {names}")
        });
        let keys = victims.iter().map(|victim| victim.pod.metadata.key());
        self.expectations.expect_deletions(&job.key, keys, now);
        job.work = Work::Deleting {
            unanswered: victims.len(),
        };
        for victim in &victims {
            let Key { namespace, name } = victim.pod.metadata.key();
            let options = DeleteOptions::default();
            let request = Request::delete(desk.user, Resource::Pods, &namespace, &name, options);
            desk.request(request, job.ticket(Asked::Delete(Key { namespace, name })));
        }
        self.jobs.insert(job.key.clone(), job);
    }

    fn deleted(
        &mut self,
        mut job: Job<W>,
        pod: &Key,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        match result {
            Ok(_) => {
                let message = format!("Deleted pod: {}", pod.name);
                desk.event(
                    W::SOURCE,
                    &job.object(),
                    (false, "SuccessfulDelete"),
                    message,
                );
            }
            Err(status) => {
                self.expectations.deletion_observed(&job.key, pod);
                if status.code != 404 {
                    let message = format!("Error deleting: {status}");
                    desk.event(W::SOURCE, &job.object(), (true, "FailedDelete"), message);
                    job.failure.get_or_insert(Failure {
                        message: format!("unable to delete pods: {status}"),
                    });
                }
            }
        }
        if let Work::Deleting { unanswered } = &mut job.work
            && *unanswered > 1
        {
            *unanswered -= 1;
            self.jobs.insert(job.key.clone(), job);
            return;
        }
        self.write_status(job, desk);
    }

    fn write_status(&mut self, mut job: Job<W>, desk: &mut Desk<'_, Self>) {
        let none = Labels::default();
        let template = job.set.template();
        let mut status = status_of(
            job.set.status(),
            &Counted {
                wanted: job.set.replicas(),
                min_ready_seconds: job.set.min_ready_seconds(),
                template_labels: template.map_or(&none, |template| &template.metadata.labels),
                active: &job.active,
                terminating: W::COUNTS_TERMINATING.then_some(job.terminating),
                failure: job.failure.as_ref(),
                now: desk.turn.now(),
            },
        );
        let generation = job.set.metadata().generation;
        if status == *job.set.status() && generation == status.observed_generation {
            return Self::finish(&job, &status, desk);
        }
        status.observed_generation = generation;
        desk.turn.rouse();
        let set = job.set.clone();
        job.work = Work::Writing {
            status,
            again: false,
        };
        self.put_status(job, set, desk);
    }

    fn put_status(&mut self, job: Job<W>, mut set: Arc<W>, desk: &mut Desk<'_, Self>) {
        if let Work::Writing { status, .. } = &job.work {
            Arc::make_mut(&mut set).set_status(status.clone());
        }
        let request = Request::update(desk.user, set.into_object()).on(Subresource::Status);
        self.ask(job, request, Asked::WriteStatus, desk);
    }

    fn status_written(
        &mut self,
        mut job: Job<W>,
        result: Result<Reply, Status>,
        desk: &mut Desk<'_, Self>,
    ) {
        match (result, &mut job.work) {
            (Ok(reply), Work::Writing { status, .. }) => {
                let status = status.clone();
                self.wrote(&job, Through::Sets, &reply);
                Self::finish(&job, &status, desk);
            }
            (Err(_), Work::Writing { again, .. }) if !*again => {
                *again = true;
                let Key { namespace, name } = &job.key;
                let request = Request::get(desk.user, W::RESOURCE, namespace, name);
                self.ask(job, request, Asked::Reread, desk);
            }
            _ => desk.retry(&job.key),
        }
    }

    fn reread(&mut self, job: Job<W>, result: Result<Reply, Status>, desk: &mut Desk<'_, Self>) {
        let fresh = result
            .ok()
            .and_then(|reply| reply.object_of::<W>().cloned());
        match fresh {
            Some(fresh) => self.put_status(job, fresh, desk),
            None => desk.retry(&job.key),
        }
    }

    fn finish(job: &Job<W>, status: &ReplicaSetStatus, desk: &mut Desk<'_, Self>) {
        if job.failure.is_some() {
            desk.retry(&job.key);
            return;
        }
        let seconds = job.set.min_ready_seconds();
        if seconds > 0 && status.ready_replicas != status.available_replicas {
            let wait = next_available(&job.active, seconds, desk.turn.now());
            let longest = Duration::from_secs(u64::from(seconds.unsigned_abs()));
            desk.enqueue_after(job.key.clone(), wait.unwrap_or(longest));
        }
        desk.done(&job.key);
    }
}

impl Victim {
    fn describe(&self) -> String {
        let name = &self.pod.metadata.name;
        match self.because {
            Some(rule) => format!("{name} ({rule})"),
            None => name.to_string(),
        }
    }
}

fn is_namespace_terminating(status: &Status) -> bool {
    let mut causes = status.details.causes.iter();
    causes.any(|cause| cause.reason == "NamespaceTerminating")
}
