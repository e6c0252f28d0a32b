//! The container runtime of a node (containerd) and its network plugin, behind the calls of the Container
//! Runtime Interface. It goes on running containers whether or not anyone watches. Look first at
//! [`Runtime`]. This room knows nothing of the API server: all it is told comes in calls.

mod catalogue;
mod container;
mod cri;
mod fault;
mod image;
mod network;
mod program;
mod pull;
mod record;
mod sandbox;
mod script;
mod token;

use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use self::network::Network;
pub(crate) use self::{
    cri::{Cri, CriError, CriReply, PAUSE, RuntimeAnswer, RuntimeCall, ask},
    image::ImageName,
    network::pod_cidr,
    pull::{LocalImage, PullFault},
    record::{ContainerRecord, ContainerRun, Place, PodRecord, Sandbox},
};
use super::{
    NodeConfig,
    api::{Str, Uid},
    kubelet::Errand,
    machinery::{Address, Happening, NodeIndex, TimerId, Turn},
    moment::Moment,
};

/// What the runtime wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// A container's process ends of itself.
    Exit { uid: Uid, container: Str, code: i32 },
    /// A container that was told to stop ends, or is killed.
    Stopped { uid: Uid, container: Str, code: i32 },
}

const LIST: std::ops::RangeInclusive<u64> = 400..=1_200;

/// The runtime of one machine.
#[derive(Clone, Debug)]
pub(crate) struct Runtime {
    node: NodeIndex,
    pods: FxHashMap<Uid, Rc<PodRecord>>,
    images: pull::Images,
    network: Network,
    /// Containers whose process will end, by container: the timer that ends it.
    ends: FxHashMap<Str, TimerId>,
    /// Calls of StopContainer that wait for the process to end, by container.
    stopping: FxHashMap<Str, Errand>,
    /// When the machine lost power, until the runtime runs again.
    dark_since: Option<Moment>,
}

impl Runtime {
    /// The runtime of this machine, with the images it begins with.
    pub(crate) fn new(node: NodeIndex, config: &NodeConfig) -> Runtime {
        Runtime {
            node,
            pods: FxHashMap::default(),
            images: pull::Images::holding(&config.images),
            network: Network::new(node),
            ends: FxHashMap::default(),
            stopping: FxHashMap::default(),
            dark_since: None,
        }
    }

    /// The process starts again. Its containers ran on meanwhile, each under its own shim.
    pub(crate) fn start(&mut self, turn: &mut Turn<'_>) {
        let mut running: Vec<(Uid, ContainerRecord)> = Vec::new();
        if let Some(dark) = self.dark_since.take() {
            self.lost_at(dark, turn.now());
        }
        for (uid, pod) in &self.pods {
            let alive = pod.containers.iter().filter(|one| one.is_running());
            running.extend(alive.map(|one| (uid.clone(), one.clone())));
        }
        running.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
        self.ends.clear();
        for (uid, container) in running {
            if let Some(errand) = self.stopping.remove(&container.id) {
                self.end(&uid, &container.id, 137, turn);
                self.reply_pod(errand, Duration::ZERO, &uid, turn);
                continue;
            }
            let ran = turn.now().since(container.started.unwrap_or_default());
            if let Some(length) = container.program.length() {
                let left = length.saturating_sub(ran);
                self.end_after(left, &uid, &container.id, container.program.code(), turn);
            }
        }
    }

    /// A call reaches it.
    pub(crate) fn call(&mut self, call: RuntimeCall, turn: &mut Turn<'_>) {
        let RuntimeCall { errand, what } = call;
        match what {
            Cri::RunPodSandbox {
                pod,
                uid,
                attempt,
                host_network,
            } => self.run_sandbox(errand, pod, uid, (attempt, host_network), turn),
            Cri::StopPodSandbox { uid } => self.stop_sandbox(errand, &uid, turn),
            Cri::RemovePodSandbox { uid } => {
                self.pods.remove(&uid);
            }
            Cri::PullImage { image } => {
                let (wait, result) = self.images.pull(&image, turn);
                let result = result.map(CriReply::Pulled);
                self.reply(errand, wait, result, turn);
            }
            Cri::CreateContainer {
                uid,
                spec,
                place,
                restart_count,
            } => self.create(errand, &uid, &spec, place, restart_count, turn),
            Cri::StartContainer { uid, container } => {
                self.start_container(errand, &uid, container, turn);
            }
            Cri::StopContainer {
                uid,
                container,
                grace,
            } => self.stop_container(errand, &uid, container, grace, turn),
            Cri::ListPods => {
                let mut pods: Vec<_> = self
                    .pods
                    .iter()
                    .map(|(uid, pod)| (uid.clone(), pod.clone()))
                    .collect();
                pods.sort_by(|(one, _), (other, _)| one.cmp(other));
                let images = self.images.list();
                let wait = turn.within(&LIST);
                self.reply(errand, wait, Ok(CriReply::Pods { pods, images }), turn);
            }
            Cri::PodStatus { uid } => {
                let wait = turn.within(&LIST);
                self.reply_pod(errand, wait, &uid, turn);
            }
        }
    }

    fn reply(
        &mut self,
        errand: Errand,
        wait: Duration,
        result: Result<CriReply, CriError>,
        turn: &mut Turn<'_>,
    ) {
        let answer = RuntimeAnswer { errand, result };
        let to = Address::Kubelet(self.node);
        turn.post(wait, to, Happening::RuntimeAnswer(Box::new(answer)));
    }

    /// Answers with how the Pod is now.
    fn reply_pod(&mut self, errand: Errand, wait: Duration, uid: &Uid, turn: &mut Turn<'_>) {
        let pod = self.pods.get(uid).cloned().unwrap_or_default();
        self.reply(errand, wait, Ok(CriReply::Pod(pod)), turn);
    }

    /// The images it holds.
    pub(crate) fn images(&self) -> Vec<LocalImage> {
        self.images.list()
    }

    /// What it knows of its Pods, in no order.
    pub(crate) fn pods(&self) -> impl Iterator<Item = &PodRecord> {
        self.pods.values().map(|pod| &**pod)
    }

    /// The Pods that have this address now, by their keys; none: those that use the machine's own.
    pub(crate) fn pods_at(&self, address: &str) -> Vec<Rc<PodRecord>> {
        let mut found: Vec<Rc<PodRecord>> = self.pods.values().cloned().collect();
        found.retain(|pod| pod.ready_sandbox().is_some_and(|one| *one.ip == *address));
        found.sort_by(|one, other| one.key.cmp(&other.key));
        found
    }
}

/// The record, to change: whoever looked at it before can tell.
fn change(pod: &mut Rc<PodRecord>) -> &mut PodRecord {
    let pod = Rc::make_mut(pod);
    pod.version += 1;
    pod
}

/// 64 hexadecimal digits, as containerd names containers and sandboxes.
fn new_id(turn: &mut Turn<'_>) -> Str {
    let random = turn.random();
    let part = |random: &mut super::random::Random| random.below(u64::MAX);
    let mut text = String::with_capacity(64);
    for _ in 0..4 {
        super::random::push_hex(part(random), &mut text);
    }
    text.into()
}
