//! The kubelet: runs the Pods of its node and says how they are. Look first at [`Kubelet`], then at
//! [`worker::Worker`], which looks after one Pod. This room knows of the world only what its watch of its
//! own Pods, the API server's answers and its container runtime tell it.

mod actions;
mod admission;
mod backoff;
mod flow;
mod images;
mod logs;
mod node;
mod pods;
mod probe;
mod relist;
mod report;
mod sources;
mod start;
mod status;
mod terminate;
#[cfg(test)]
mod tests;
mod volumes;
mod worker;

use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use self::{node::NodeReport, pods::handle, probe::ProbeTick, worker::Worker};
use super::{
    NodeConfig,
    api::{Key, Node, Object, Pod, Resource, Str, Uid},
    machinery::{
        self, Answer, Component, EventNote, Informer, Known, ListOptions, NodeIndex, Turn, User,
        WatchEvent,
    },
    moment::Moment,
    runtime::{self, Cri, CriReply, PodRecord, RuntimeAnswer, RuntimeCall},
};

/// What the kubelet waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    /// Its Node was created, or was there already.
    Registered,
    NodeRead,
    NodeWritten,
    Lease,
    /// A Pod was read, to write its status.
    StatusRead(Uid),
    StatusWritten(Uid),
    /// A Pod whose containers have ended was deleted for good.
    Removed(Uid),
}

/// What the kubelet wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    Register,
    Lease,
    NodeStatus,
    /// The pod lifecycle event generator looks at the runtime.
    Relist,
    /// A Pod whose sync failed is tried again.
    Retry(Uid),
    /// A status that could not be written is tried again.
    Report(Uid),
    Probe(Uid, ProbeTick),
    /// The watch of a ConfigMap or a Secret that broke is opened again.
    Source(u32),
    /// A container has waited long enough for what its environment is made from.
    Environment(Uid),
}

/// Why the kubelet called its runtime.
#[derive(Clone, Debug)]
pub(crate) enum Errand {
    /// To learn what already runs, when it starts.
    Start,
    /// To find what changed of itself.
    Relist,
    /// The next step of a Pod's sync.
    Flow(Uid),
    /// An image for a Pod.
    Pull(Uid),
    /// One of a Pod's containers is stopped.
    Stop(Uid, Str),
    /// Nobody waits for the answer.
    Nothing,
    /// A container's log.
    Log(Box<logs::LogRequest>),
}

/// The process.
#[derive(Clone, Debug)]
pub(crate) struct Kubelet {
    common: Common,
    pods: Informer<Pod>,
    /// Its own Node, as others have changed it: their labels and taints (nodeLister in `kubelet.go`).
    own: Informer<Node>,
    workers: FxHashMap<Uid, Box<Worker>>,
    node: NodeReport,
    /// Whether the runtime has said what already runs. Until then no Pod is touched.
    knows_runtime: bool,
}

/// What all of a kubelet's Pods share.
#[derive(Clone, Debug)]
struct Common {
    facts: Rc<Facts>,
    images: images::Images,
    /// The ConfigMaps and Secrets its Pods refer to.
    sources: sources::Sources,
    relists: Relists,
    /// Pods whose probes fail, by intervention.
    failing: Rc<std::collections::BTreeSet<Key>>,
    /// What ran already when the process started, and has not been matched with a Pod yet.
    found: FxHashMap<Uid, Rc<PodRecord>>,
    /// Since when the process runs.
    since: Moment,
}

/// What does not change while the machine stands.
#[derive(Clone, Debug)]
struct Facts {
    node: NodeIndex,
    name: Str,
    user: User,
    ip: Str,
    capacity: admission::Amounts,
    config: NodeConfig,
}

/// The pod lifecycle event generator (`pkg/kubelet/pleg/generic.go`): it looks at the runtime every
/// second. A look that would find nothing is left out, so an idle node costs nothing.
#[derive(Clone, Debug, Default)]
struct Relists {
    pending: bool,
}

/// `genericPlegRelistPeriod` in `pkg/kubelet/kubelet.go`.
const RELIST_PERIOD: Duration = Duration::from_secs(1);
/// How long until a failed relist is tried again.
const RUNTIME_RETRY: Duration = Duration::from_secs(5);

impl Kubelet {
    /// What its informer of its own Pods knows.
    pub(crate) fn known(&self) -> Known<'_> {
        self.pods.known()
    }
}

impl Common {
    /// Calls the runtime.
    fn ask(&self, errand: Errand, what: Cri, turn: &mut Turn<'_>) {
        runtime::ask(self.facts.node, RuntimeCall { errand, what }, turn);
    }

    /// Something changed in the runtime: the next relist will find it.
    fn wake_relist(&mut self, turn: &mut Turn<'_>) {
        if self.relists.pending {
            return;
        }
        self.relists.pending = true;
        let period = RELIST_PERIOD.as_micros() as u64;
        let since = turn.now().since(self.since).as_micros() as u64;
        let wait = period - since % period;
        turn.timer(Duration::from_micros(wait), Timer::Relist);
    }

    /// Tells an event about a Pod, or about one of its containers.
    fn tell(
        &self,
        pod: &Rc<Pod>,
        container: Option<(&str, &str)>,
        (warning, reason): (bool, &str),
        message: String,
        turn: &mut Turn<'_>,
    ) {
        let mut about = Object::Pod(pod.clone()).reference();
        if let Some((list, name)) = container {
            about.field_path = ["spec.", list, "{", name, "}"].concat();
        }
        turn.event(EventNote {
            source: "kubelet",
            about,
            warning,
            reason,
            message,
        });
    }
}

impl Component for Kubelet {
    type Ticket = Ticket;
    type Timer = Timer;

    fn start(&mut self, turn: &mut Turn<'_>) {
        self.common.since = turn.now();
        self.common.ask(Errand::Start, Cri::ListPods, turn);
        self.node.start(&self.common.facts, turn);
        self.own.start(turn);
    }

    fn reconnect(&mut self, resource: Resource, turn: &mut Turn<'_>) {
        match resource {
            Resource::Nodes => self.own.start(turn),
            _ => self.pods.start(turn),
        }
    }

    fn hear(
        &mut self,
        resource: Resource,
        connection: u32,
        event: WatchEvent,
        turn: &mut Turn<'_>,
    ) {
        if resource == Resource::Nodes {
            let knew = self.own.is_synced();
            self.own.hear(connection, event, turn, |_, _| {});
            // Pods are asked for once the Node is known (`pkg/kubelet/config/apiserver.go`,
            // NewSourceApiserver).
            if !knew && self.own.is_synced() {
                self.pods.start(turn);
            }
            return;
        }
        if let Resource::ConfigMaps | Resource::Secrets = resource {
            return self.source_heard(connection, event, turn);
        }
        let was_synced = self.pods.is_synced();
        let Kubelet {
            pods,
            own,
            workers,
            common,
            knows_runtime,
            ..
        } = self;
        let ready = *knows_runtime;
        pods.hear(connection, event, turn, |seen, turn| {
            if ready {
                let cause = turn.cause();
                let own = own.iter().next().map(|node| &**node);
                handle(seen, own, workers, common, turn);
                turn.because(cause);
            }
        });
        if ready && !was_synced && self.pods.is_synced() {
            self.clean_up(turn);
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, turn: &mut Turn<'_>) {
        let facts = self.common.facts.clone();
        match ticket {
            Ticket::Registered => self.node.registered(answer, &facts, turn),
            Ticket::NodeRead => self.node.read(&answer, turn),
            Ticket::NodeWritten => self.node.written(&answer, turn.now()),
            Ticket::Lease => self.node.lease_answered(&answer, &facts, turn),
            Ticket::StatusRead(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.status_read(answer, &facts, turn);
                }
            }
            Ticket::StatusWritten(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.status_written(answer, &facts, turn);
                }
            }
            Ticket::Removed(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.removed(&answer, turn);
                }
            }
        }
    }

    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        let facts = self.common.facts.clone();
        match timer {
            Timer::Register => self.node.register(&facts, turn),
            Timer::Lease => self.node.renew_lease(&facts, turn),
            Timer::NodeStatus => {
                let images = &self.common.images;
                self.node.tick(&facts, images, turn);
            }
            Timer::Relist => {
                self.common.relists.pending = false;
                self.common.ask(Errand::Relist, Cri::ListPods, turn);
            }
            Timer::Retry(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.retry = None;
                    worker.sync(&mut self.common, turn);
                    self.settle(&uid, turn);
                }
            }
            Timer::Report(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.report_again(&facts, turn);
                }
            }
            Timer::Source(connection) => {
                let sources = &mut self.common.sources;
                sources.reopen(connection, &facts.user, turn);
            }
            Timer::Environment(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.environment_waited(true, &mut self.common, turn);
                    self.settle(&uid, turn);
                }
            }
            Timer::Probe(uid, tick) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.probe(tick, &mut self.common, turn);
                    self.settle(&uid, turn);
                }
            }
        }
    }
}

impl Kubelet {
    /// The kubelet of this machine.
    pub(crate) fn new(node: NodeIndex, config: &NodeConfig) -> Kubelet {
        let name: Str = config.name.as_str().into();
        let user = User::node(&config.name);
        let options = ListOptions {
            fields: vec![("spec.nodeName", name.clone())],
            ..ListOptions::default()
        };
        Kubelet {
            pods: Informer::new(user.clone(), options),
            own: Informer::new(
                user.clone(),
                ListOptions {
                    fields: vec![("metadata.name", name.clone())],
                    ..ListOptions::default()
                },
            ),
            workers: FxHashMap::default(),
            node: NodeReport::default(),
            knows_runtime: false,
            common: Common {
                facts: Rc::new(Facts {
                    node,
                    name,
                    user,
                    ip: node::address(node).into(),
                    capacity: admission::Amounts::of(config),
                    config: config.clone(),
                }),
                images: images::Images::default(),
                sources: sources::Sources::default(),
                relists: Relists::default(),
                failing: Rc::default(),
                found: FxHashMap::default(),
                since: Moment::ZERO,
            },
        }
    }

    /// The container runtime's answer to a call.
    pub(crate) fn runtime_answer(&mut self, answer: RuntimeAnswer, turn: &mut Turn<'_>) {
        let RuntimeAnswer { errand, result } = answer;
        match errand {
            Errand::Nothing => {}
            Errand::Start => self.take_over(result.ok(), turn),
            Errand::Relist => match result {
                Ok(CriReply::Pods { pods, .. }) => self.relisted(pods, turn),
                // The runtime does not answer: the next look may find it back.
                _ => {
                    self.common.relists.pending = true;
                    turn.routine_timer(RUNTIME_RETRY, Timer::Relist);
                }
            },
            Errand::Flow(uid) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.go_on(result, &mut self.common, turn);
                    self.settle(&uid, turn);
                }
            }
            Errand::Stop(uid, container) => {
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.stopped(&container, result, &mut self.common, turn);
                    self.settle(&uid, turn);
                }
            }
            Errand::Pull(uid) => {
                let next = self.common.images.pulled(&result, turn.now());
                let cause = turn.cause();
                if let Some(worker) = self.workers.get_mut(&uid) {
                    worker.go_on(result, &mut self.common, turn);
                    self.settle(&uid, turn);
                }
                turn.because(cause);
                if let Some(next) = next {
                    images::begin(next, &self.common, turn);
                }
            }
            Errand::Log(request) => request.answer(result, turn),
        }
    }

    /// The watch of a ConfigMap or a Secret brought something: whoever has waited for it goes on.
    fn source_heard(&mut self, connection: u32, event: WatchEvent, turn: &mut Turn<'_>) {
        let cause = turn.cause();
        for uid in self.common.sources.hear(connection, event, turn) {
            if let Some(worker) = self.workers.get_mut(&uid) {
                worker.source_synced(&mut self.common, turn);
                self.settle(&uid, turn);
                turn.because(cause);
            }
        }
    }

    /// Something changed in the runtime of itself. The kubelet is not told: it finds it at its next look.
    pub(crate) fn runtime_changed(&mut self, turn: &mut Turn<'_>) {
        self.common.wake_relist(turn);
    }

    /// From now on the probes of this Pod fail, or succeed again.
    pub(crate) fn set_probes(&mut self, pod: &Key, failing: bool, turn: &mut Turn<'_>) {
        let set = Rc::make_mut(&mut self.common.failing);
        if failing {
            set.insert(pod.clone());
        } else {
            set.remove(pod);
        }
        let Some(uid) = self.pods.get(pod).map(|pod| pod.metadata.uid.clone()) else {
            return;
        };
        if let Some(worker) = self.workers.get_mut(&uid) {
            worker.wake_probes(turn);
        }
    }

    /// The API server asks for a log.
    pub(crate) fn serve(&mut self, request: ServerRequest, turn: &mut Turn<'_>) {
        let key = Key::new(
            request.call.request.namespace.clone(),
            request.call.request.name.clone(),
        );
        let uid = self.pods.get(&key).map(|pod| pod.metadata.uid.clone());
        let worker = uid.as_ref().and_then(|uid| self.workers.get(uid));
        let worker = worker.map(|worker| &**worker);
        logs::serve(request, worker, &self.common, turn);
    }
}

/// A request the API server hands on to a kubelet: a Pod's log.
#[derive(Clone, Debug)]
pub(crate) struct ServerRequest {
    /// The call to answer.
    pub(crate) call: machinery::Call,
    /// Which container.
    pub(crate) container: super::api::Str,
}
