mod faults;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use rustc_hash::FxHashSet;

use super::{
    api::Status,
    api::{Object, Resource, Taint},
    apiserver::ApiServer,
    controller::ControllerManager,
    etcd::Etcd,
    kubectl::{Command, CommandOutput, Files, Kubectl},
    kubelet::Kubelet,
    kubeproxy::{Kernel, KubeProxy},
    machinery::{
        Address, Agenda, Component, Happening, Latency, Lives, NodeIndex, Scheduled, Shared,
        Ticket, Timer, Turn, WatchEvent,
    },
    moment::Moment,
    random::Random,
    runtime::Runtime,
    scheduler::Scheduler,
    trace::{Recorder, Step, StepId, StepKind},
    traffic::{self, Ending, Journey, Located, Network},
};

/// What a cluster is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterConfig {
    /// Decides all that Kubernetes leaves to chance.
    pub seed: u64,
    /// The machines Pods can run on.
    pub nodes: Vec<NodeConfig>,
    /// Whether each node has a kube-proxy.
    pub kube_proxy: bool,
    /// What becomes of the trace.
    pub recording: Recording,
}

/// What becomes of the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    /// Steps are kept.
    Steps {
        /// Heartbeats and what changes nothing too.
        routine: bool,
    },
    /// Steps are only counted, by kind.
    Counts,
}

/// A machine.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeConfig {
    /// Its name.
    pub name: String,
    /// CPU, as a quantity.
    pub cpu: String,
    /// Memory, as a quantity.
    pub memory: String,
    /// How many Pods it takes.
    pub pods: u32,
    /// Labels besides those the kubelet sets.
    pub labels: BTreeMap<String, String>,
    /// Taints it registers with.
    pub taints: Vec<Taint>,
    /// Images it holds from the start.
    pub images: Vec<String>,
}

impl NodeConfig {
    /// A machine of the usual size.
    pub fn named(name: impl Into<String>) -> NodeConfig {
        NodeConfig {
            name: name.into(),
            cpu: "4".into(),
            memory: "8Gi".into(),
            pods: 110,
            labels: BTreeMap::new(),
            taints: Vec::new(),
            images: Vec::new(),
        }
    }
}

impl ClusterConfig {
    /// So many usual machines, `node-1` and up.
    pub fn with_nodes(count: usize, seed: u64) -> ClusterConfig {
        ClusterConfig {
            seed,
            nodes: (1..=count)
                .map(|number| NodeConfig::named(format!("node-{number}")))
                .collect(),
            kube_proxy: true,
            recording: Recording::Steps { routine: false },
        }
    }
}

/// A cluster at one moment. A copy is a snapshot: it goes on exactly as the original would.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(super) shared: Shared,
    pub(super) etcd: Etcd,
    pub(super) apiserver: ApiServer,
    pub(super) controller_manager: ControllerManager,
    pub(super) scheduler: Scheduler,
    pub(super) machines: Vec<Machine>,
    kubectl: Kubectl,
    config: Arc<ClusterConfig>,
}

/// One machine and what runs on it.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) kubelet: Kubelet,
    pub(super) kube_proxy: KubeProxy,
    pub(super) runtime: Runtime,
    pub(super) kernel: Kernel,
}

/// How long a new cluster is left alone: leases are held, nodes are ready, first backoffs are over.
const SETTLING: Duration = Duration::from_secs(60);

impl Cluster {
    /// A cluster that has come to rest. Its clock says 0, and nothing of how it came up is in the trace.
    pub fn new(config: &ClusterConfig) -> Cluster {
        let config = Arc::new(config.clone());
        let nodes = || (0..).map(NodeIndex).zip(&config.nodes);
        let machines = nodes()
            .map(|(node, config)| Machine {
                kubelet: Kubelet::new(node, config),
                kube_proxy: KubeProxy::new(node),
                runtime: Runtime::new(node, config),
                kernel: Kernel::default(),
            })
            .collect();
        let etcd = Etcd::default();
        let mut cluster = Cluster {
            shared: Shared {
                now: Moment::ZERO,
                random: Random::new(config.seed),
                latency: Latency::default(),
                agenda: Agenda::default(),
                recorder: Recorder::silent(),
                machines: config
                    .nodes
                    .iter()
                    .map(|node| node.name.as_str().into())
                    .collect(),
                lives: Lives::default(),
                stopped: FxHashSet::default(),
                cut: FxHashSet::default(),
            },
            apiserver: ApiServer::new(&etcd),
            etcd,
            controller_manager: ControllerManager::default(),
            scheduler: Scheduler::default(),
            machines,
            kubectl: Kubectl::default(),
            config: config.clone(),
        };
        cluster.boot();
        let origin = cluster.shared.now;
        match config.recording {
            Recording::Steps { routine } => cluster.shared.recorder.keep_steps(origin, routine),
            Recording::Counts => cluster.shared.recorder.count_steps(origin),
        }
        cluster
    }

    fn boot(&mut self) {
        self.launch(Address::ApiServer, StepId::NONE);
        self.launch(Address::ControllerManager, StepId::NONE);
        self.launch(Address::Scheduler, StepId::NONE);
        for node in (0..self.machines.len()).filter_map(|index| u32::try_from(index).ok()) {
            let node = NodeIndex(node);
            self.launch(Address::Runtime(node), StepId::NONE);
            self.launch(Address::Kubelet(node), StepId::NONE);
            if self.config.kube_proxy {
                self.launch(Address::KubeProxy(node), StepId::NONE);
            }
        }
        let until = Moment::ZERO + SETTLING;
        while self.shared.agenda.next_at().is_some_and(|at| at < until) {
            self.advance();
        }
        self.shared.now = self.shared.now.max(until);
    }

    /// Starts a component's process.
    fn launch(&mut self, address: Address, cause: StepId) {
        self.shared.stopped.remove(&address);
        self.shared.lives.begin(address);
        let turn = &mut Turn::new(&mut self.shared, address, (cause, false));
        match address {
            Address::ApiServer => {
                self.apiserver = ApiServer::new(&self.etcd);
                self.apiserver.start(&mut self.etcd, turn);
            }
            Address::ControllerManager => {
                self.controller_manager = ControllerManager::default();
                self.controller_manager.start(turn);
            }
            Address::Scheduler => {
                self.scheduler = Scheduler::default();
                self.scheduler.start(turn);
            }
            Address::Kubelet(node) => {
                let index = node.0 as usize;
                let (machine, config) = (&mut self.machines[index], &self.config.nodes[index]);
                machine.kubelet = Kubelet::new(node, config);
                machine.kubelet.start(turn);
            }
            Address::KubeProxy(node) => {
                let machine = &mut self.machines[node.0 as usize];
                machine.kube_proxy = KubeProxy::new(node);
                machine.kube_proxy.start(turn);
            }
            // A runtime's containers outlive its process, and etcd's data its.
            Address::Runtime(node) => self.machines[node.0 as usize].runtime.start(turn),
            Address::Etcd | Address::Kubectl | Address::Client => {}
            Address::Kernel(node) => self.machines[node.0 as usize].kernel = Kernel::default(),
        }
    }

    /// Ends a component's process: what was on its way to it reaches nobody.
    fn halt(&mut self, address: Address, cause: StepId) {
        self.shared.stopped.insert(address);
        let turn = &mut Turn::new(&mut self.shared, address, (cause, false));
        match address {
            Address::ApiServer => self.apiserver.disconnect_all(turn),
            Address::Kernel(node) => self.machines[node.0 as usize].kernel = Kernel::default(),
            address => self.apiserver.forget(address),
        }
    }

    /// Lets the next thing happen. False if nothing ever will.
    pub fn advance(&mut self) -> bool {
        let Some(next) = self.shared.agenda.pop() else {
            return false;
        };
        self.shared.now = next.at;
        let gone = self.shared.stopped.contains(&next.to) || next.life != self.shared.life(next.to);
        if gone || self.shared.is_cut(next.to) {
            self.lose(next, gone);
        } else {
            self.happen(next.to, (next.cause, next.routine), next.what);
        }
        true
    }

    /// Something was on its way to a process that has ended, or over a wire that is cut.
    fn lose(&mut self, lost: Scheduled, gone: bool) {
        let Scheduled {
            to, cause, routine, ..
        } = lost;
        let what = match lost.what {
            Happening::Arrival(call) | Happening::Commit(call) => {
                let turn = &mut Turn::new(&mut self.shared, to, (cause, routine));
                let status = Status::unreachable("unexpected EOF");
                turn.answer_after(Duration::ZERO, &call, Err(status), Vec::new());
                return;
            }
            _ if gone => return,
            // Over a cut wire nothing comes; what the node does itself goes on.
            Happening::Answer { ticket, mut answer } => {
                answer.result = Err(Status::unreachable(
                    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
                ));
                Happening::Answer { ticket, answer }
            }
            Happening::Watch { event, .. } if !matches!(event, WatchEvent::Closed) => return,
            Happening::KubeletRequest(_) => return,
            other => other,
        };
        self.happen(to, (cause, routine), what);
    }

    fn happen(&mut self, to: Address, (cause, routine): (StepId, bool), what: Happening) {
        let turn = &mut Turn::new(&mut self.shared, to, (cause, routine));
        match (to, what) {
            (Address::ApiServer, Happening::Arrival(call)) => {
                self.apiserver.arrive(call, &self.etcd, turn);
            }
            (Address::ApiServer, Happening::Commit(call)) => {
                self.apiserver.commit(call, &mut self.etcd, turn);
            }
            (
                Address::ApiServer,
                Happening::HangUp {
                    from,
                    resource,
                    connection,
                },
            ) => self.apiserver.hang_up(from, resource, connection),
            (
                Address::ApiServer,
                Happening::Timer {
                    timer: Timer::ApiServer(timer),
                    ..
                },
            ) => {
                self.apiserver.fire(timer, &mut self.etcd, turn);
            }
            (Address::ControllerManager, what) => {
                let to = &mut self.controller_manager;
                deliver(
                    to,
                    what,
                    |ticket| match ticket {
                        Ticket::Controller(ticket) => Some(ticket),
                        _ => None,
                    },
                    |timer| match timer {
                        Timer::Controller(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Scheduler, what) => {
                deliver(
                    &mut self.scheduler,
                    what,
                    |ticket| match ticket {
                        Ticket::Scheduler(ticket) => Some(ticket),
                        _ => None,
                    },
                    |timer| match timer {
                        Timer::Scheduler(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Kubelet(node), what) => {
                let kubelet = &mut self.machines[node.0 as usize].kubelet;
                match what {
                    Happening::RuntimeAnswer(answer) => kubelet.runtime_answer(*answer, turn),
                    Happening::RuntimeChanged => kubelet.runtime_changed(turn),
                    Happening::KubeletRequest(request) => kubelet.serve(*request, turn),
                    what => deliver(
                        kubelet,
                        what,
                        |ticket| match ticket {
                            Ticket::Kubelet(ticket) => Some(ticket),
                            _ => None,
                        },
                        |timer| match timer {
                            Timer::Kubelet(timer) => Some(timer),
                            _ => None,
                        },
                        turn,
                    ),
                }
            }
            (Address::KubeProxy(node), what) => {
                let proxy = &mut self.machines[node.0 as usize].kube_proxy;
                deliver(
                    proxy,
                    what,
                    |_| None,
                    |timer| match timer {
                        Timer::KubeProxy(timer) => Some(timer),
                        _ => None,
                    },
                    turn,
                );
            }
            (Address::Client, Happening::Hop(journey)) => {
                if let Some(ending) = follow(*journey, &mut self.machines, &self.etcd, turn) {
                    self.kubectl.close(ending, turn);
                }
            }
            (Address::Kernel(node), Happening::Restore(restore)) => {
                self.machines[node.0 as usize]
                    .kernel
                    .restore(*restore, turn);
            }
            (Address::Runtime(node), Happening::RuntimeCall(call)) => {
                self.machines[node.0 as usize].runtime.call(*call, turn);
            }
            (
                Address::Runtime(node),
                Happening::Timer {
                    timer: Timer::Runtime(timer),
                    ..
                },
            ) => {
                self.machines[node.0 as usize].runtime.fire(timer, turn);
            }
            (
                Address::Kubectl,
                Happening::Watch {
                    connection, event, ..
                },
            ) => self.kubectl.hear(connection, event, turn),
            (
                Address::Kubectl,
                Happening::Answer {
                    ticket: Ticket::Kubectl(ticket),
                    answer,
                },
            ) => {
                self.kubectl.answer(ticket, *answer, turn);
            }
            (
                Address::Kubectl,
                Happening::Timer {
                    timer: Timer::Kubectl(timer),
                    ..
                },
            ) => {
                self.kubectl.fire(timer, turn);
            }
            // Nothing else is ever sent: each kind has one sort of receiver.
            _ => {}
        }
    }

    /// Has a client of the tests' own ask the API server for something, now.
    #[cfg(test)]
    pub(crate) fn ask(&mut self, request: super::machinery::Request) {
        let turn = &mut Turn::new(&mut self.shared, Address::Kubectl, (StepId::NONE, false));
        turn.tell(request);
    }

    /// Gives a command, now. What it prints is in [`Cluster::outputs`] once it has ended.
    pub fn command(&mut self, line: &str, files: &Files) {
        if traffic::is_curl(line) {
            return self.send(line);
        }
        let command = Command {
            line: line.into(),
            files: files.clone(),
        };
        let turn = &mut Turn::new(&mut self.shared, Address::Kubectl, (StepId::NONE, false));
        self.kubectl.run(command, turn);
    }

    /// Sends a request through the network, as curl does.
    fn send(&mut self, line: &str) {
        let turn = &mut Turn::new(&mut self.shared, Address::Client, (StepId::NONE, false));
        let command = self.kubectl.note(line, turn);
        if let Err(ending) = Journey::begin(line, command, &self.etcd, turn) {
            self.kubectl.close(ending, turn);
        }
    }

    /// The moment, on the trace's clock.
    pub fn now(&self) -> Moment {
        self.shared.recorder.on_clock(self.shared.now)
    }

    /// When the next thing happens, on the trace's clock.
    pub fn next_at(&self) -> Option<Moment> {
        let next = self.shared.agenda.next_at()?;
        Some(self.shared.recorder.on_clock(next))
    }

    /// Lets everything happen up to this moment of the trace's clock; the clock then says it.
    pub fn run_until(&mut self, until: Moment) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.advance();
        }
        let behind = until.since(self.now());
        self.shared.now = self.shared.now + behind;
    }

    /// Whether only routine is left: nothing will come of what was done so far.
    pub fn is_settled(&self) -> bool {
        self.shared.agenda.is_settled()
    }

    /// What happened so far.
    pub fn steps(&self) -> &[Arc<Step>] {
        self.shared.recorder.steps()
    }

    /// How many steps of this kind there were.
    pub fn count(&self, kind: StepKind) -> u64 {
        self.shared.recorder.count(kind)
    }

    /// What each command printed.
    pub fn outputs(&self) -> &[CommandOutput] {
        self.kubectl.outputs()
    }

    /// The objects of a resource as etcd has them, in the order of their keys; of one namespace if one is
    /// named.
    pub fn objects(&self, resource: Resource, namespace: &str) -> Vec<Object> {
        let within =
            |object: &Object| namespace.is_empty() || *object.metadata().namespace == *namespace;
        let mut found: Vec<Object> = self.etcd.objects(resource, &within).collect();
        found.sort_unstable_by(Object::by_key);
        found
    }

    /// How many objects of a resource there are.
    pub fn count_objects(&self, resource: Resource) -> usize {
        self.etcd.extent(resource).0
    }

    /// The packet filter's rules on a machine, as iptables-save would show them; none if there is no such
    /// machine.
    pub fn rules(&self, node: &str) -> Vec<String> {
        let machine = self.node(node).ok();
        machine
            .and_then(|node| self.machines.get(node.0 as usize))
            .map(|machine| machine.kernel.save())
            .unwrap_or_default()
    }

    /// etcd's revision.
    pub fn revision(&self) -> u64 {
        self.etcd.revision()
    }

    /// What the cluster is made of.
    pub fn config(&self) -> &ClusterConfig {
        &self.config
    }
}

/// The next hop of a request that is followed, with the kernel it meets or the Pods it reaches.
fn follow(
    journey: Journey,
    machines: &mut [Machine],
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Option<Ending> {
    let mut pods = Vec::new();
    if let Some((address, own)) = journey.reaches(etcd) {
        let address = address.to_string();
        for (machine, name) in machines.iter().zip(&turn.shared.machines) {
            let mut found = machine.runtime.pods_at(&address);
            if own.as_ref() == Some(name) {
                found.extend(machine.runtime.pods_at(""));
            }
            pods.extend(found.into_iter().map(|pod| Located {
                machine: name.clone(),
                pod,
            }));
        }
    }
    let node = journey.node();
    let off = turn.shared.stopped.contains(&Address::Kernel(node));
    let machine = machines.get_mut(node.0 as usize).filter(|_| !off);
    let network = Network {
        etcd,
        pods,
        kernel: machine.map(|machine| &mut machine.kernel),
    };
    journey.go_on(network, turn)
}

/// Hands something to a component that is a client of the API server.
fn deliver<C: Component>(
    to: &mut C,
    what: Happening,
    ticket_of: impl FnOnce(Ticket) -> Option<C::Ticket>,
    timer_of: impl FnOnce(Timer) -> Option<C::Timer>,
    turn: &mut Turn<'_>,
) {
    match what {
        Happening::Watch {
            resource,
            connection,
            event,
        } => to.hear(resource, connection, event, turn),
        Happening::Answer { ticket, answer } => {
            if let Some(ticket) = ticket_of(ticket) {
                to.answer(ticket, *answer, turn);
            }
        }
        Happening::Timer {
            timer: Timer::Reconnect(resource),
            ..
        } => to.reconnect(resource, turn),
        Happening::Timer { timer, .. } => {
            if let Some(timer) = timer_of(timer) {
                to.fire(timer, turn);
            }
        }
        _ => {}
    }
}
