//! Views of a cluster for someone who looks into its parts: what each knows, what waits in its queues,
//! what runs on its machine. Look first at [`Cluster::is_stopped`] and the methods beside it. Nothing here
//! changes anything, and no component uses it.

use super::{
    api::{Key, Resource, Str},
    apiserver::selects,
    machinery::{Address, Known, NodeIndex},
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

/// What a component's copy of a resource holds, beside what etcd holds of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CacheView {
    /// The resource.
    pub resource: Resource,
    /// How many objects the copy has, and how many it should have.
    pub count: (usize, usize),
    /// The last revision its watch brought.
    pub revision: u64,
    /// The last revision at which one of the objects it should have was written.
    pub newest: u64,
    /// Whether it has had the whole of the resource once.
    pub synced: bool,
}

/// A controller's work queue, its keys as they read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueView {
    /// As the trace names the controller.
    pub controller: &'static str,
    /// Keys no worker has taken yet, the first first.
    pub waiting: Vec<String>,
    /// Keys that are worked on.
    pub working: Vec<String>,
    /// Keys that will be put into the queue after a while.
    pub later: Vec<String>,
}

/// A Pod the scheduler has no node for yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingPod {
    /// Its namespace and name.
    pub key: Key,
    /// In which part of the queue it is.
    pub waits: Waits,
    /// How often it was tried.
    pub attempts: u32,
}

/// The parts of the scheduler's queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    /// It is tried as soon as its turn comes.
    Active,
    /// It failed a moment ago.
    Backoff,
    /// It is tried again when something changes that may help.
    Unschedulable,
}

impl CacheView {
    /// Whether etcd holds something its watch has not brought yet.
    pub fn lags(&self) -> bool {
        self.revision < self.newest || self.count.0 != self.count.1
    }
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
        let mut pods: Vec<RunningPod> = self
            .machine(node)
            .into_iter()
            .flat_map(|machine| machine.runtime.pods())
            .map(RunningPod::of)
            .collect();
        pods.sort_by(|one, other| one.key.cmp(&other.key));
        pods
    }

    fn machine(&self, node: &str) -> Option<&super::simulation::Machine> {
        let node = self.index_of(node)?;
        self.machines.get(node.0 as usize)
    }

    /// The images a node holds: name and bytes, in the order of the names.
    pub fn images_on(&self, node: &str) -> Vec<(Str, u64)> {
        let images = self.machine(node).map(|machine| machine.runtime.images());
        let images = images.into_iter().flatten();
        images.map(|image| (image.name, image.bytes)).collect()
    }

    /// What a container's process has printed so far, line by line; the newest container of this name.
    pub fn printed(&self, node: &str, pod: &Key, container: &str) -> Vec<String> {
        let machine = self.machine(node);
        let mut pods = machine
            .into_iter()
            .flat_map(|machine| machine.runtime.pods());
        let found = pods.find(|running| running.key == *pod);
        let Some(one) = found.and_then(|running| running.latest(container)) else {
            return Vec::new();
        };
        let (Some(started), now) = (one.started, self.shared.now) else {
            return Vec::new();
        };
        let until = one.finished().unwrap_or(now);
        let lines = one.program.printed(until.since(started));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// What an informer of this component knows of each resource it watches, beside etcd; nothing for who
    /// has none.
    pub fn caches_of(&self, actor: &Actor) -> Vec<CacheView> {
        let known = match actor {
            Actor::ControllerManager => self.controller_manager.known(),
            Actor::Scheduler => self.scheduler.known(),
            Actor::Kubelet(node) => {
                let machine = self.machine(node);
                machine.map_or_else(Vec::new, |machine| vec![machine.kubelet.known()])
            }
            Actor::KubeProxy(node) => {
                let machine = self.machine(node);
                machine.map_or_else(Vec::new, |machine| machine.kube_proxy.known())
            }
            _ => Vec::new(),
        };
        known
            .into_iter()
            .map(|known| self.beside_etcd(known))
            .collect()
    }

    fn beside_etcd(&self, known: Known<'_>) -> CacheView {
        let stored = self.etcd.all(known.resource);
        let (mut count, mut newest) = (0, 0);
        for stored in stored.filter(|stored| selects(known.options, &stored.value)) {
            count += 1;
            newest = stored.mod_revision.max(newest);
        }
        CacheView {
            resource: known.resource,
            count: (known.count, count),
            revision: known.revision,
            newest,
            synced: known.synced,
        }
    }

    /// The controller manager's work queues, one for each controller.
    pub fn queues(&self) -> Vec<QueueView> {
        self.controller_manager.queues()
    }

    /// The Pods the scheduler has no node for, those to be tried first first.
    pub fn unscheduled(&self) -> Vec<WaitingPod> {
        self.scheduler.waiting()
    }

    /// Who watches what, once for each open watch.
    pub fn watchers(&self) -> Vec<(Resource, Actor)> {
        let watchers = self.apiserver.watchers().into_iter();
        watchers
            .map(|(resource, address)| (resource, self.shared.actor(address)))
            .collect()
    }

    /// How much etcd holds: each resource with its objects and the revision of the last write to one that
    /// is still there.
    pub fn stored(&self) -> Vec<(Resource, usize, u64)> {
        let resources = Resource::ALL.into_iter();
        resources
            .map(|resource| {
                let (count, newest) = self.etcd.extent(resource);
                (resource, count, newest)
            })
            .filter(|(_, count, _)| *count > 0)
            .collect()
    }
}
