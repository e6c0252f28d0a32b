use rustc_hash::FxHashSet;

use super::{Address, Agenda, Latency, Life, Lives, NodeIndex};
use crate::cluster::{
    api::Str,
    moment::Moment,
    random::Random,
    trace::{Actor, Recorder},
};

/// What all components share: the clock, chance, the wires between them, and the trace.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) now: Moment,
    pub(crate) random: Random,
    pub(crate) latency: Latency,
    pub(crate) agenda: Agenda,
    pub(crate) recorder: Recorder,
    /// The machines' names, by index.
    pub(crate) machines: Vec<Str>,
    /// How often each component was started.
    pub(crate) lives: Lives,
    /// Components whose process does not run.
    pub(crate) stopped: FxHashSet<Address>,
    /// Machines that cannot reach the API server.
    pub(crate) cut: FxHashSet<NodeIndex>,
}

impl Shared {
    /// The life a component is in.
    pub(crate) fn life(&self, of: Address) -> Life {
        self.lives.of(of)
    }

    /// A machine's name.
    pub(crate) fn machine(&self, node: NodeIndex) -> Str {
        self.machines
            .get(node.0 as usize)
            .cloned()
            .unwrap_or_default()
    }

    /// A component as the trace names it.
    pub(crate) fn actor(&self, address: Address) -> Actor {
        match address {
            Address::Kubectl => Actor::Kubectl,
            Address::ApiServer => Actor::ApiServer,
            Address::Etcd => Actor::Etcd,
            Address::ControllerManager => Actor::ControllerManager,
            Address::Scheduler => Actor::Scheduler,
            Address::Kubelet(node) => Actor::Kubelet(self.machine(node)),
            Address::KubeProxy(node) => Actor::KubeProxy(self.machine(node)),
            Address::Runtime(node) => Actor::Containerd(self.machine(node)),
            Address::Kernel(node) => Actor::Kernel(self.machine(node)),
            Address::Client => Actor::Client,
        }
    }

    /// Whether nothing a component sends reaches the API server, and nothing it sends back arrives.
    pub(crate) fn is_cut(&self, address: Address) -> bool {
        address.node().is_some_and(|node| self.cut.contains(&node))
    }
}
