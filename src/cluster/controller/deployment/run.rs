use std::rc::Rc;

use super::{Deployments, Ticket};
pub(super) use crate::cluster::controller::replay::Halt;
use crate::cluster::{
    api::{Deployment, Key, Object, ReplicaSet, Resource, Uid},
    controller::{
        Desk,
        replay::{Answers, Replay, sentence},
    },
    machinery::{Reply, Request, User},
    moment::{Moment, Timestamp},
};

/// A sync under way: what it began from, and the answers it has had.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) deployment: Rc<Deployment>,
    /// The ReplicaSets it might have to do with.
    pub(super) sets: Vec<Rc<ReplicaSet>>,
    /// Which of them have Pods that are not finished.
    pub(super) with_pods: Vec<Uid>,
    pub(super) now: Moment,
    pub(super) answers: Answers,
    /// The ReplicaSet that was in the way of a new one, when it was first looked up.
    in_the_way: Option<Option<Rc<ReplicaSet>>>,
}

impl Job {
    pub(super) fn new(
        deployment: Rc<Deployment>,
        sets: Vec<Rc<ReplicaSet>>,
        with_pods: Vec<Uid>,
        now: Moment,
    ) -> Job {
        Job {
            deployment,
            sets,
            with_pods,
            now,
            answers: Answers::default(),
            in_the_way: None,
        }
    }
}

/// One going through a sync.
pub(super) struct Run<'a, 'b> {
    pub(super) key: &'a Key,
    pub(super) deployment: Rc<Deployment>,
    /// The ReplicaSets it might have to do with.
    pub(super) found: Vec<Rc<ReplicaSet>>,
    pub(super) with_pods: Vec<Uid>,
    pub(super) now: Moment,
    in_the_way: &'a mut Option<Option<Rc<ReplicaSet>>>,
    replay: Replay<'a, 'b, Deployments>,
}

impl<'a, 'b> Run<'a, 'b> {
    pub(super) fn new(
        key: &'a Key,
        job: &'a mut Job,
        desk: &'a mut Desk<'b, Deployments>,
    ) -> Run<'a, 'b> {
        Run {
            key,
            deployment: job.deployment.clone(),
            found: job.sets.clone(),
            with_pods: job.with_pods.clone(),
            now: job.now,
            in_the_way: &mut job.in_the_way,
            replay: Replay::new(desk, &mut job.answers, Ticket(key.clone())),
        }
    }

    pub(super) fn user(&self) -> &'b User {
        self.replay.desk.user
    }

    pub(super) fn desk(&mut self) -> &mut Desk<'b, Deployments> {
        self.replay.desk
    }

    pub(super) fn call(&mut self, request: Request) -> Result<Reply, Halt> {
        self.replay.call(request)
    }

    /// The ReplicaSet of that name as the cache had it when this was first asked.
    pub(super) fn in_the_way(&mut self, key: &Key) -> Option<Rc<ReplicaSet>> {
        let cache = &self.replay.desk.caches.replica_sets;
        self.in_the_way
            .get_or_insert_with(|| cache.get(key).cloned())
            .clone()
    }

    pub(super) fn decide(&mut self, message: impl FnOnce() -> String) {
        let key = self.key;
        self.replay.once(|desk| {
            let about = (Resource::Deployments, &key.namespace, &key.name);
            desk.decide(about, || sentence(message()));
        });
    }

    pub(super) fn event(&mut self, warning: bool, reason: &str, message: String) {
        let about = Object::Deployment(self.deployment.clone());
        self.replay.once(|desk| {
            desk.event("deployment-controller", &about, (warning, reason), message);
        });
    }

    pub(super) fn timestamp(&self) -> Timestamp {
        self.now.timestamp()
    }
}
