//! The Pod garbage collector: Pods that no kubelet will ever end (`pkg/controller/podgc`). Look first at
//! [`PodGc`].

use std::{collections::VecDeque, convert::Infallible, rc::Rc, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Change, Controller, Desk, Wake,
    replay::{Answers, Halt, Replay, sentence},
    states,
};
use crate::cluster::{
    api::{Condition, ConditionStatus, Key, Pod, PodPhase, Resource, Str},
    machinery::{Answer, DeleteOptions, Patch, Request, Subresource},
    moment::Moment,
};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(20);

/// A node must have been missing for so long before its Pods go.
const QUARANTINE: Duration = Duration::from_secs(40);

/// How many finished Pods are kept (`--terminated-pod-gc-threshold`).
const TERMINATED_KEPT: usize = 12_500;

/// Why a Pod goes.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Why {
    Terminated,
    OutOfService,
    Orphaned,
    Unscheduled,
}

/// What waits for an answer.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    /// Whether a node is really gone.
    Node(Str),
    Pod(Key),
}

/// It looks around.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look;

/// Deletes by force Pods that are left over.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodGc {
    /// Since when the nodes of some Pods are missing.
    missing: FxHashMap<Str, Moment>,
    /// How many Pods have finished.
    finished: usize,
    /// Pods that are being deleted.
    deleting: FxHashSet<Key>,
    jobs: FxHashMap<Key, (Rc<Pod>, Why, Answers)>,
    /// Pods still to be deleted in this round, one after the other.
    due: VecDeque<(Rc<Pod>, Why)>,
    /// The look that waits, so that one that matters can come in its place.
    watches: bool,
}

impl Controller for PodGc {
    const NAME: &'static str = "podgc";
    const ACCOUNT: &'static str = "pod-garbage-collector";
    const WORKERS: usize = 1;
    const TICKET: fn(Ticket) -> super::Ticket = super::Ticket::PodGc;
    const TIMER: fn(Wake<Infallible, Look>) -> super::Timer = super::Timer::PodGc;
    type Key = Infallible;
    type Ticket = Ticket;
    type Timer = Look;

    fn begin(&mut self, desk: &mut Desk<'_, Self>) {
        self.look(desk);
        desk.routine_timer(PERIOD, Look);
    }

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        match change {
            Change::Pod(seen) => {
                let (before, after) = states(seen);
                let is_finished =
                    |pod: Option<&Rc<Pod>>| pod.is_some_and(|pod| pod.status.phase.is_finished());
                self.finished += usize::from(is_finished(after));
                self.finished -= usize::from(is_finished(before)).min(self.finished);
                match after.filter(|pod| pod.metadata.is_deleting()) {
                    Some(pod) => self.deleting.insert(pod.metadata.key()),
                    None => self.deleting.remove(&seen.object().metadata.key()),
                };
            }
            Change::Node(seen) => {
                // Its Pods have nobody left: the next looks matter.
                if let (Some(node), None) = states(seen)
                    && desk.caches.pods_on(&node.metadata.name).next().is_some()
                    && !self.watches
                {
                    self.watches = true;
                    desk.timer(PERIOD, Look);
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: Infallible, _: &mut Desk<'_, Self>) {
        match key {}
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        match ticket {
            Ticket::Node(node) => match answer.result {
                Err(status) if status.code == 404 => self.node_is_gone(&node, desk),
                // It will be looked for again.
                _ => {}
            },
            Ticket::Pod(key) => {
                if let Some((pod, why, mut answers)) = self.jobs.remove(&key) {
                    answers.push(answer.result);
                    self.delete(pod, why, answers, desk);
                }
            }
        }
    }

    fn fire(&mut self, Look: Look, desk: &mut Desk<'_, Self>) {
        let matters = !desk.turn.is_routine();
        self.look(desk);
        if matters {
            self.watches = !self.missing.is_empty();
            if self.watches {
                desk.timer(PERIOD, Look);
            }
        } else {
            desk.routine_timer(PERIOD, Look);
        }
    }
}

impl PodGc {
    fn look(&mut self, desk: &mut Desk<'_, Self>) {
        self.drop_finished(desk);
        self.drop_deleting(desk);
        self.look_for_nodes(desk);
        self.next(desk);
    }

    /// Beyond a number nobody needs, the oldest finished Pods go, evicted ones first (gcTerminated).
    fn drop_finished(&mut self, desk: &mut Desk<'_, Self>) {
        let excess = self.finished.saturating_sub(TERMINATED_KEPT);
        if excess == 0 {
            return;
        }
        let pods = desk.caches.pods.iter();
        let mut finished: Vec<_> = pods.filter(|pod| pod.status.phase.is_finished()).collect();
        finished.sort_by_key(|pod| {
            let meta = &pod.metadata;
            let evicted = pod.status.phase == PodPhase::Failed && &*pod.status.reason == "Evicted";
            (
                !evicted,
                meta.creation_timestamp,
                meta.name.clone(),
                meta.namespace.clone(),
            )
        });
        let excess = finished.into_iter().take(excess);
        self.due
            .extend(excess.map(|pod| (pod.clone(), Why::Terminated)));
    }

    /// Pods that end on no node, or on one that is out of service (gcTerminating,
    /// gcUnscheduledTerminating).
    fn drop_deleting(&mut self, desk: &mut Desk<'_, Self>) {
        let mut keys: Vec<&Key> = self.deleting.iter().collect();
        keys.sort_unstable();
        for pod in keys.into_iter().filter_map(|key| desk.caches.pods.get(key)) {
            if pod.spec.node_name.is_empty() {
                self.due.push_back((pod.clone(), Why::Unscheduled));
                continue;
            }
            let node = Key::new("", pod.spec.node_name.clone());
            let Some(node) = desk.caches.nodes.get(&node) else {
                continue;
            };
            let ready = node.status.condition("Ready");
            let ready = ready.is_some_and(|it| it.status == ConditionStatus::True);
            let mut taints = node.spec.taints.iter();
            if !ready && taints.any(|it| &*it.key == "node.kubernetes.io/out-of-service") {
                self.due.push_back((pod.clone(), Why::OutOfService));
            }
        }
    }

    /// Nodes that are missing for long enough are asked for (gcOrphaned).
    fn look_for_nodes(&mut self, desk: &mut Desk<'_, Self>) {
        let now = desk.turn.now();
        let caches = desk.caches;
        let is_missing = |name: &Str| {
            !name.is_empty() && caches.nodes.get(&Key::new("", name.clone())).is_none()
        };
        self.missing
            .retain(|name, _| is_missing(name) && caches.pods_on(name).next().is_some());
        for name in caches.nodes_of_pods().filter(|name| is_missing(name)) {
            self.missing.entry(name.clone()).or_insert(now);
        }
        let over = self.missing.iter();
        let over = over.filter(|(_, since)| now.since(**since) >= QUARANTINE);
        let mut over: Vec<Str> = over.map(|(name, _)| name.clone()).collect();
        over.sort_unstable();
        for name in over {
            desk.turn.rouse();
            let request = Request::get(desk.user, Resource::Nodes, &"".into(), &name);
            desk.request(request, Ticket::Node(name));
        }
    }

    fn node_is_gone(&mut self, node: &Str, desk: &mut Desk<'_, Self>) {
        self.missing.remove(node);
        let pods = desk.caches.pods_on(node);
        self.due
            .extend(pods.map(|pod| (pod.clone(), Why::Orphaned)));
        self.next(desk);
    }

    fn next(&mut self, desk: &mut Desk<'_, Self>) {
        while self.jobs.is_empty()
            && let Some((pod, why)) = self.due.pop_front()
        {
            self.delete(pod, why, Answers::default(), desk);
        }
    }

    /// Says that the Pod has failed, then deletes it at once (markFailedAndDeletePod).
    fn delete(&mut self, pod: Rc<Pod>, why: Why, mut answers: Answers, desk: &mut Desk<'_, Self>) {
        let key = pod.metadata.key();
        let replay = Replay::new(desk, &mut answers, Ticket::Pod(key.clone()));
        if force_delete(&pod, &why, replay) == Err(Halt::Waiting) {
            self.jobs.insert(key, (pod, why, answers));
            return;
        }
        // What failed will be found again in the next round.
        self.next(desk);
    }
}

fn force_delete(pod: &Pod, why: &Why, mut replay: Replay<'_, '_, PodGc>) -> Result<(), Halt> {
    let Key { namespace, name } = pod.metadata.key();
    let node = &pod.spec.node_name;
    replay.once(|desk| {
        desk.decide((Resource::Pods, &namespace, &name), || {
            sentence(match why {
                Why::Terminated => {
                    format!("more than {TERMINATED_KEPT} Pods have finished: deleting the oldest")
                }
                Why::OutOfService => {
                    format!("it ends on node {node}, which is out of service: deleting it by force")
                }
                Why::Orphaned => format!("its node {node} no longer exists: deleting it by force"),
                Why::Unscheduled => {
                    "it ends and was never bound to a node: deleting it by force".to_owned()
                }
            })
        });
    });
    let now = replay.desk.turn.now().timestamp();
    let user = replay.desk.user;
    if !pod.status.phase.is_finished() {
        let mut status = pod.status.clone();
        status.phase = PodPhase::Failed;
        if *why == Why::Orphaned {
            status
                .conditions
                .retain(|it| &*it.kind != "DisruptionTarget");
            status.conditions.push(Condition {
                kind: "DisruptionTarget".into(),
                status: ConditionStatus::True,
                reason: "DeletionByPodGC".into(),
                message: "PodGC: node no longer exists".into(),
                last_transition_time: Some(now),
                ..Condition::default()
            });
        }
        let patch = Patch::PodStatus(Box::new(status));
        let request = Request::patch(user, Resource::Pods, &namespace, &name, patch);
        replay.call(request.on(Subresource::Status))?;
    }
    let options = DeleteOptions {
        grace_period_seconds: Some(0),
        ..DeleteOptions::default()
    };
    let request = Request::delete(user, Resource::Pods, &namespace, &name, options);
    replay.call(request).map(|_| ())
}
