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
}
