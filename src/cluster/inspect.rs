//! Views of a cluster for someone who looks into its parts: what each knows, what waits in its queues,
//! what runs on its machine. Look first at [`Cluster::is_stopped`] and the methods beside it. Nothing here
//! changes anything, and no component uses it.

use super::{
    api::{Key, Str},
    machinery::{Address, NodeIndex},
    runtime::{ContainerRecord, ContainerRun, PodRecord},
    simulation::Cluster,
    trace::Actor,
};

/// A Pod as its node's runtime has it, whatever the API server says of it.
#[derive(Clone, PartialEq, Debug)]
pub struct RunningPod {
    /// Its namespace and name.
    pub key: Key,
    /// Whether its sandbox, the pause container, holds; None: it was never made.
    pub sandbox: Option<bool>,
    /// Its address; empty if it uses the node's network or has none yet.
    pub ip: Str,
    /// How many sandboxes it had before.
    pub attempt: u32,
    /// Its containers, of each name the newest, in the order in which they were made.
    pub containers: Vec<RunningContainer>,
}

/// A container as its node's runtime has it.
#[derive(Clone, PartialEq, Debug)]
pub struct RunningContainer {
    /// Its name in the Pod.
    pub name: Str,
    /// The image's full name.
    pub image: Str,
    /// 64 hexadecimal digits.
    pub id: Str,
    /// What it does.
    pub state: ContainerLife,
    /// How often it was started before.
    pub restarts: i32,
}

/// What a container does, by its runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContainerLife {
    /// Made, not started.
    Created,
    /// Its process runs.
    Running,
    /// Its process has ended with this code.
    Exited(i32),
}

impl RunningPod {
    fn of(pod: &PodRecord) -> RunningPod {
        let newest =
            |one: &&ContainerRecord| pod.latest(&one.name).is_some_and(|it| it.id == one.id);
        RunningPod {
            key: pod.key.clone(),
            sandbox: pod.sandbox.as_ref().map(|sandbox| sandbox.ready),
            ip: pod
                .ready_sandbox()
                .map(|sandbox| sandbox.ip.clone())
                .unwrap_or_default(),
            attempt: pod.sandbox.as_ref().map_or(0, |sandbox| sandbox.attempt),
            containers: pod
                .containers
                .iter()
                .filter(newest)
                .map(RunningContainer::of)
                .collect(),
        }
    }
}

impl RunningContainer {
    fn of(container: &ContainerRecord) -> RunningContainer {
        RunningContainer {
            name: container.name.clone(),
            image: container.image.clone(),
            id: container.id.clone(),
            state: match container.run {
                ContainerRun::Created => ContainerLife::Created,
                ContainerRun::Running => ContainerLife::Running,
                ContainerRun::Exited { code, .. } => ContainerLife::Exited(code),
            },
            restarts: container.restart_count,
        }
    }
}

impl Cluster {
    fn index_of(&self, node: &str) -> Option<NodeIndex> {
        let mut names = self.shared.machines.iter().zip((0..).map(NodeIndex));
        names
            .find(|(machine, _)| ***machine == *node)
            .map(|(_, node)| node)
    }

    /// Whether this component's process has been ended; false for who is none.
    pub fn is_stopped(&self, actor: &Actor) -> bool {
        let address = match actor {
            Actor::ApiServer => Some(Address::ApiServer),
            Actor::Etcd => Some(Address::Etcd),
            Actor::ControllerManager => Some(Address::ControllerManager),
            Actor::Scheduler => Some(Address::Scheduler),
            Actor::Kubelet(node) => self.index_of(node).map(Address::Kubelet),
            Actor::KubeProxy(node) => self.index_of(node).map(Address::KubeProxy),
            Actor::Containerd(node) | Actor::Cni(node) => self.index_of(node).map(Address::Runtime),
            Actor::Kernel(node) => self.index_of(node).map(Address::Kernel),
            _ => None,
        };
        address.is_some_and(|address| self.shared.stopped.contains(&address))
    }

    /// Whether this node's wire is cut.
    pub fn is_cut(&self, node: &str) -> bool {
        let node = self.index_of(node);
        node.is_some_and(|node| self.shared.cut.contains(&node))
    }

    /// What a node's runtime runs, in the order of the Pods' keys.
    pub fn runs_on(&self, node: &str) -> Vec<RunningPod> {
        let node = self.index_of(node);
        let machine = node.and_then(|node| self.machines.get(node.0 as usize));
        let mut pods: Vec<RunningPod> = machine
            .into_iter()
            .flat_map(|machine| machine.runtime.pods())
            .map(RunningPod::of)
            .collect();
        pods.sort_by(|one, other| one.key.cmp(&other.key));
        pods
    }
}
