//! kube-scheduler: chooses a node for each Pod that has none, one Pod at a time. Look first at
//! [`Scheduler`], then at `algorithm`, which is where a decision is made. This room knows of nodes and Pods
//! only what its informers brought; it never asks what is true.
//!
//! The extension points of upstream's framework are all here, in this order: PreEnqueue (`queue`),
//! PreFilter, Filter, PreScore and Score (`algorithm`), PostFilter (`preemption`), and after a node is
//! found Reserve (the Pod is assumed to be there), Permit, PreBind, Bind and PostBind (`cycle`). No default
//! plugin has anything to do in Permit, PreBind and PostBind for a Pod without claims on storage or
//! devices, and the model has neither: the filters for volumes let every node pass.

mod algorithm;
mod cache;
mod cycle;
mod diagnosis;
mod eviction;
mod framework;
mod handlers;
mod nominator;
mod plugins;
mod pod_info;
mod preemption;
mod queue;
mod report;
mod requests;
#[cfg(test)]
mod tests;
mod verdicts;
mod workloads;

use std::{collections::BTreeMap, rc::Rc};

pub(crate) use self::{plugins::node_affinity::RequiredNodeAffinity, pod_info::wants_taken_port};

use rustc_hash::FxHashMap;

use self::{
    algorithm::Algorithm,
    cycle::{Binding, Cycle},
    eviction::{Preemption, VictimStage},
    queue::{FLUSH_PERIOD, SchedulingQueue},
};
use super::{
    api::{Kind, Namespace, Node, Pod, ReplicaSet, ReplicationController, Resource, Service, Uid},
    inspect::WaitingPod,
    machinery::{
        Answer, Component, Informer, Known, ListOptions, Seen, TimerId, Turn, User, WatchEvent,
    },
    moment::Moment,
};

/// The name by which Pods ask for this scheduler, and the source of its Events.
const NAME: &str = "default-scheduler";

/// What the scheduler waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    /// The binding of a Pod.
    Bind(Uid),
    /// A Pod that has to make room for another.
    Victim {
        preemptor: Uid,
        victim: Rc<Pod>,
        stage: VictimStage,
    },
    /// Nothing: an answer that changes nothing.
    Nothing,
}

/// What the scheduler wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// The scheduling cycle that runs is over.
    CycleOver,
    /// The backoff of a Pod is over.
    FlushBackoff,
    /// Time to look for Pods that have waited for long.
    FlushUnschedulable,
}

/// The process: its informers, and what it makes of what they bring.
#[derive(Clone, Debug)]
pub(crate) struct Scheduler {
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    services: Informer<Service>,
    controllers: Informer<ReplicationController>,
    replica_sets: Informer<ReplicaSet>,
    namespaces: Informer<Namespace>,
    core: Core,
}

/// What the scheduler makes of what it hears.
#[derive(Clone, Debug)]
struct Core {
    user: User,
    algorithm: Algorithm,
    queue: SchedulingQueue,
    cycle: Option<Cycle>,
    bindings: FxHashMap<Uid, Binding>,
    preemptions: BTreeMap<Uid, Preemption>,
    flush: Option<(Moment, bool, TimerId)>,
}

impl Default for Scheduler {
    fn default() -> Self {
        let user = User::new("system:kube-scheduler", &[]);
        fn informer<K: Kind>(user: &User) -> Informer<K> {
            Informer::new(user.clone(), ListOptions::default())
        }
        Scheduler {
            pods: informer(&user),
            nodes: informer(&user),
            services: informer(&user),
            controllers: informer(&user),
            replica_sets: informer(&user),
            namespaces: informer(&user),
            core: Core {
                user,
                algorithm: Algorithm::default(),
                queue: SchedulingQueue::default(),
                cycle: None,
                bindings: FxHashMap::default(),
                preemptions: BTreeMap::new(),
                flush: None,
            },
        }
    }
}

impl Scheduler {
    /// What each of its informers knows.
    pub(crate) fn known(&self) -> Vec<Known<'_>> {
        vec![
            self.pods.known(),
            self.nodes.known(),
            self.services.known(),
            self.controllers.known(),
            self.replica_sets.known(),
            self.namespaces.known(),
        ]
    }

    /// The Pods that wait for a node, and in which part of the queue.
    pub(crate) fn waiting(&self) -> Vec<WaitingPod> {
        self.core.queue.waiting()
    }

    fn is_synced(&self) -> bool {
        self.pods.is_synced()
            && self.nodes.is_synced()
            && self.services.is_synced()
            && self.controllers.is_synced()
            && self.replica_sets.is_synced()
            && self.namespaces.is_synced()
    }

    /// Once everything there is has been heard of, Pods are scheduled as they come.
    fn go_on(&mut self, turn: &mut Turn<'_>) {
        if !self.is_synced() {
            return;
        }
        self.core.arrange_flush(turn);
        self.core.begin_cycle(turn);
    }
}

impl Core {
    /// Sees to it that the next Pod whose backoff ends is not forgotten. Failing again and again, because the
    /// API server is down, say, is routine.
    fn arrange_flush(&mut self, turn: &mut Turn<'_>) {
        let next = self.queue.next_flush();
        let set = self.flush.as_ref();
        if next == set.map(|(at, matters, _)| (*at, *matters)) {
            return;
        }
        if let Some((_, _, timer)) = self.flush.take() {
            turn.cancel(timer);
        }
        if let Some((at, matters)) = next {
            let wait = at.since(turn.now());
            let timer = match matters {
                true => turn.timer(wait, Timer::FlushBackoff),
                false => turn.routine_timer(wait, Timer::FlushBackoff),
            };
            self.flush = Some((at, matters, timer));
        }
    }
}

impl Component for Scheduler {
    type Ticket = Ticket;
    type Timer = Timer;

    fn start(&mut self, turn: &mut Turn<'_>) {
        self.pods.start(turn);
        self.nodes.start(turn);
        self.services.start(turn);
        self.controllers.start(turn);
        self.replica_sets.start(turn);
        self.namespaces.start(turn);
        turn.routine_timer(FLUSH_PERIOD, Timer::FlushUnschedulable);
    }

    fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>) {
        match resource {
            Resource::Pods => self.pods.start(turn),
            Resource::Nodes => self.nodes.start(turn),
            Resource::Services => self.services.start(turn),
            Resource::ReplicationControllers => self.controllers.start(turn),
            Resource::ReplicaSets => self.replica_sets.start(turn),
            Resource::Namespaces => self.namespaces.start(turn),
            _ => {}
        }
    }

    fn hear(
        &mut self,
        resource: Resource,
        connection: u32,
        event: WatchEvent,
        turn: &mut Turn<'_>,
    ) {
        let core = &mut self.core;
        let workloads = &mut core.algorithm.workloads;
        match resource {
            Resource::Pods => self.pods.hear(connection, event, turn, |seen, turn| {
                core.see_pod(&seen, turn);
            }),
            Resource::Nodes => self.nodes.hear(connection, event, turn, |seen, turn| {
                core.see_node(&seen, turn);
            }),
            Resource::Services => {
                self.services
                    .hear(connection, event, turn, |seen, _| match &seen {
                        Seen::Deleted(gone) => workloads.remove_service(&gone.metadata.key()),
                        other => workloads.set_service(other.object()),
                    })
            }
            Resource::ReplicationControllers => {
                self.controllers
                    .hear(connection, event, turn, |seen, _| match &seen {
                        Seen::Deleted(gone) => workloads.remove_controller(&gone.metadata.key()),
                        other => workloads.set_controller(other.object()),
                    });
            }
            Resource::ReplicaSets => {
                self.replica_sets
                    .hear(connection, event, turn, |seen, _| match &seen {
                        Seen::Deleted(gone) => workloads.remove_replica_set(&gone.metadata.key()),
                        other => workloads.set_replica_set(other.object()),
                    });
            }
            Resource::Namespaces => self.namespaces.hear(connection, event, turn, |seen, _| {
                let meta = &seen.object().metadata;
                let labels = match &seen {
                    Seen::Deleted(_) => None,
                    _ => Some(&meta.labels),
                };
                core.set_namespace(&meta.name, labels);
            }),
            _ => {}
        }
        self.go_on(turn);
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, turn: &mut Turn<'_>) {
        match ticket {
            Ticket::Bind(uid) => self.core.bound(&uid, &answer, &self.pods, turn),
            Ticket::Victim {
                preemptor,
                victim,
                stage,
            } => {
                let victim = (victim, stage);
                self.core.victim_answered(preemptor, victim, &answer, turn);
            }
            Ticket::Nothing => {}
        }
        self.go_on(turn);
    }

    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        match timer {
            Timer::CycleOver => self.core.finish_cycle(&self.pods, turn),
            Timer::FlushBackoff => {
                self.core.flush = None;
                self.core.queue.flush_backoff(turn.now());
            }
            Timer::FlushUnschedulable => {
                turn.routine_timer(FLUSH_PERIOD, Timer::FlushUnschedulable);
                let namespaces = &self.core.algorithm.namespaces;
                self.core.queue.flush_unschedulable(turn.now(), namespaces);
            }
        }
        self.go_on(turn);
    }
}
