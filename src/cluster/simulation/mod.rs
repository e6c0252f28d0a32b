//! The whole cluster: its parts, the clock they share, and what is handed to whom. Look first at
//! [`Cluster`]. This room starts, stops and feeds the parts; what they do with it is theirs.

mod config;
mod delivery;
mod faults;

use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashSet;

pub use self::config::{ClusterConfig, NodeConfig, Recording};
use super::{
    api::{Object, Resource},
    apiserver::ApiServer,
    controller::ControllerManager,
    etcd::Etcd,
    kubectl::{Command, CommandOutput, Files, Kubectl},
    kubelet::Kubelet,
    kubeproxy::{Kernel, KubeProxy},
    machinery::{Address, Agenda, Component, Latency, Lives, NodeIndex, Shared, Turn},
    moment::Moment,
    random::Random,
    runtime::Runtime,
    scheduler::Scheduler,
    trace::{Recorder, Step, StepId, StepKind},
    traffic::{self, Journey},
};

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
    config: Rc<ClusterConfig>,
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
        let config = Rc::new(config.clone());
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
    pub fn steps(&self) -> &[Rc<Step>] {
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
