use std::sync::Arc;

use super::{Deployments, Ticket};
use crate::cluster::{
    api::{Deployment, Key, Object, ReplicaSet, Resource, Status, Str, Uid},
    controller::Desk,
    machinery::{Reply, Request},
    moment::{Moment, Timestamp},
};

/// A sync under way: what it began from, and the answers it has had. With each answer the sync is gone
/// through again from its beginning, over the answers it has, up to the first that is still missing; so
/// it reads as one sequence, and everything it does is done once.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) deployment: Arc<Deployment>,
    /// The ReplicaSets it might have to do with.
    pub(super) sets: Vec<Arc<ReplicaSet>>,
    /// Which of them have Pods that are not finished.
    pub(super) with_pods: Vec<Uid>,
    pub(super) now: Moment,
    pub(super) answers: Vec<Answered>,
    /// How many events and decisions were told.
    told: usize,
}

/// What was found out on the way.
#[derive(Clone, Debug)]
pub(super) enum Answered {
    Call(Result<Reply, Status>),
    /// A ReplicaSet looked up in the cache.
    Lookup(Option<Arc<ReplicaSet>>),
}

/// Why a sync does not go on.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Halt {
    /// An answer is still to come.
    Waiting,
    /// The API server refused something; the whole is tried again.
    Refused(Status),
    /// Something else did not fit; the whole is tried again.
    Failed,
}

impl Job {
    pub(super) fn new(
        deployment: Arc<Deployment>,
        sets: Vec<Arc<ReplicaSet>>,
        with_pods: Vec<Uid>,
        now: Moment,
    ) -> Job {
        Job {
            deployment,
            sets,
            with_pods,
            now,
            answers: Vec::new(),
            told: 0,
        }
    }
}

/// One going through a sync.
pub(super) struct Run<'a, 'b> {
    pub(super) key: &'a Key,
    pub(super) job: &'a mut Job,
    pub(super) desk: &'a mut Desk<'b, Deployments>,
    asked: usize,
    told: usize,
}

impl<'a, 'b> Run<'a, 'b> {
    pub(super) fn new(
        key: &'a Key,
        job: &'a mut Job,
        desk: &'a mut Desk<'b, Deployments>,
    ) -> Run<'a, 'b> {
        Run {
            key,
            job,
            desk,
            asked: 0,
            told: 0,
        }
    }

    /// The answer to a request, once it has come.
    pub(super) fn call(&mut self, request: Request) -> Result<Reply, Halt> {
        let answer = self.job.answers.get(self.asked).cloned();
        self.asked += 1;
        match answer {
            Some(Answered::Call(result)) => result.map_err(Halt::Refused),
            Some(Answered::Lookup(_)) => Err(Halt::Failed),
            None => {
                self.desk.turn.rouse();
                self.desk.request(request, Ticket(self.key.clone()));
                Err(Halt::Waiting)
            }
        }
    }

    /// A ReplicaSet as the cache had it when this was first asked.
    pub(super) fn lookup(&mut self, key: &Key) -> Option<Arc<ReplicaSet>> {
        let answer = self.job.answers.get(self.asked).cloned();
        self.asked += 1;
        if let Some(Answered::Lookup(found)) = answer {
            return found;
        }
        let found = self.desk.caches.replica_sets.get(key).cloned();
        self.job.answers.push(Answered::Lookup(found.clone()));
        found
    }

    fn is_new(&mut self) -> bool {
        self.told += 1;
        let new = self.told > self.job.told;
        self.job.told = self.job.told.max(self.told);
        new
    }

    pub(super) fn decide(&mut self, message: impl FnOnce() -> String) {
        if self.is_new() {
            self.desk.turn.rouse();
            let about: (Resource, &Str, &Str) =
                (Resource::Deployments, &self.key.namespace, &self.key.name);
            self.desk.decide(about, || (message(), Vec::new()));
        }
    }

    pub(super) fn event(&mut self, warning: bool, reason: &str, message: String) {
        if self.is_new() {
            let about = Object::Deployment(self.job.deployment.clone());
            let kind = (warning, reason);
            self.desk
                .event("deployment-controller", &about, kind, message);
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.job.now.timestamp()
    }
}
