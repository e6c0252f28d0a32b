use super::Life;

/// A machine, by its place in the cluster's list. Machines are never taken off the list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct NodeIndex(pub(crate) u32);

/// A component that can be sent something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Address {
    Kubectl,
    ApiServer,
    Etcd,
    ControllerManager,
    Scheduler,
    Kubelet(NodeIndex),
    KubeProxy(NodeIndex),
    Runtime(NodeIndex),
    /// A machine's packet filter: no process, but it comes and goes with the machine.
    Kernel(NodeIndex),
    /// Whoever sends requests through Services.
    Client,
}

impl Address {
    /// The machine the component runs on, for those that run on one machine each.
    pub(crate) fn node(self) -> Option<NodeIndex> {
        match self {
            Address::Kubelet(node)
            | Address::KubeProxy(node)
            | Address::Runtime(node)
            | Address::Kernel(node) => Some(node),
            _ => None,
        }
    }

    /// Its place among all components, those that are one of a kind first.
    fn place(self) -> usize {
        const ONE_OF_A_KIND: usize = 6;
        const OF_A_MACHINE: usize = 4;
        let of =
            |node: NodeIndex, which: usize| ONE_OF_A_KIND + node.0 as usize * OF_A_MACHINE + which;
        match self {
            Address::Kubectl => 0,
            Address::ApiServer => 1,
            Address::Etcd => 2,
            Address::ControllerManager => 3,
            Address::Scheduler => 4,
            Address::Client => 5,
            Address::Kubelet(node) => of(node, 0),
            Address::KubeProxy(node) => of(node, 1),
            Address::Runtime(node) => of(node, 2),
            Address::Kernel(node) => of(node, 3),
        }
    }
}

/// How often each component was started.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lives(Vec<Life>);

impl Lives {
    /// The life a component is in; 0 before its first.
    pub(crate) fn of(&self, address: Address) -> Life {
        self.0.get(address.place()).copied().unwrap_or(0)
    }

    /// A component begins a new life.
    pub(crate) fn begin(&mut self, address: Address) {
        let place = address.place();
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        if let Some(life) = self.0.get_mut(place) {
            *life += 1;
        }
    }
}
