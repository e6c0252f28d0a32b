//! The container runtime of a node (containerd) and its network plugin, behind the calls of the Container
//! Runtime Interface. It goes on running containers whether or not anyone watches. Look first at
//! [`Runtime`]. This room knows nothing of the API server: all it is told comes in calls.

mod catalogue;
mod cri;
mod image;
mod network;
mod program;
mod pull;
mod record;
mod script;
mod token;

use std::{sync::Arc, time::Duration};

use rustc_hash::FxHashMap;

pub(crate) use self::{
    cri::{Cri, CriError, CriReply, PAUSE, RuntimeAnswer, RuntimeCall, ask},
    image::ImageName,
    network::pod_cidr,
    pull::{LocalImage, PullFault},
    record::{ContainerRecord, ContainerRun, Place, PodRecord, Sandbox},
};
use self::{network::Network, program::Program};
use super::{
    NodeConfig,
    api::{Key, PodSpec, Str, Uid},
    kubelet::Errand,
    machinery::{Address, Happening, NodeIndex, TimerId, Turn},
    moment::Moment,
    trace::{Actor, Step, StepKind},
};

/// What the runtime wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// A container's process ends of itself.
    Exit { uid: Uid, container: Str, code: i32 },
    /// A container that was told to stop ends, or is killed.
    Stopped { uid: Uid, container: Str, code: i32 },
}

/// How long the calls take, in microseconds: what a person sees on an idle machine.
const SANDBOX: std::ops::RangeInclusive<u64> = 120_000..=320_000;
const CNI: std::ops::RangeInclusive<u64> = 30_000..=90_000;
const CREATE: std::ops::RangeInclusive<u64> = 25_000..=70_000;
const START: std::ops::RangeInclusive<u64> = 40_000..=110_000;
const STOP_SANDBOX: std::ops::RangeInclusive<u64> = 40_000..=110_000;
const LIST: std::ops::RangeInclusive<u64> = 400..=1_200;
/// A process that heeds TERM needs this long to end.
const WIND_UP: std::ops::RangeInclusive<u64> = 40_000..=400_000;

/// What ends later than this does not keep a run from settling.
const LONG: Duration = Duration::from_secs(5 * 60);

/// The runtime of one machine.
#[derive(Clone, Debug)]
pub(crate) struct Runtime {
    node: NodeIndex,
    pods: FxHashMap<Uid, Arc<PodRecord>>,
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

    fn run_sandbox(
        &mut self,
        errand: Errand,
        pod: Key,
        uid: Uid,
        (attempt, host_network): (u32, bool),
        turn: &mut Turn<'_>,
    ) {
        let mut wait = turn.within(&SANDBOX);
        let mut ip = Str::default();
        if !host_network {
            let plugged = turn.within(&CNI);
            wait += plugged;
            match self.network.allocate() {
                Some(address) => ip = address,
                None => {
                    let error = CriError::no_addresses(&self.network.range());
                    return self.reply(errand, wait, Err(error), turn);
                }
            }
            self.record_cni("ADD", &pod, plugged, Some(&ip), turn);
        }
        let sandbox = Sandbox {
            id: new_id(turn),
            ready: true,
            ip: ip.clone(),
            attempt,
            created: turn.now(),
        };
        let shared = self.pods.entry(uid).or_default();
        let record = change(shared);
        record.key = pod;
        record.sandbox = Some(sandbox);
        let record = shared.clone();
        self.reply(errand, wait, Ok(CriReply::Pod(record)), turn);
    }

    fn record_cni(
        &self,
        verb: &str,
        pod: &Key,
        length: Duration,
        ip: Option<&str>,
        turn: &mut Turn<'_>,
    ) {
        let node = turn.shared.machine(self.node);
        let done = turn.now() + length;
        turn.record(StepKind::Runtime, done, |actor| Step {
            to: Actor::Cni(node),
            verb: verb.into(),
            resource: "pods",
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            message: match ip {
                Some(ip) => format!("The Pod's network namespace gets eth0 with {ip}."),
                None => "The Pod's network is taken down and its address given back.".to_owned(),
            },
            ..Step::new(StepKind::Runtime, actor)
        });
    }

    fn stop_sandbox(&mut self, errand: Errand, uid: &Uid, turn: &mut Turn<'_>) {
        let mut wait = Duration::ZERO;
        if let Some(record) = self.pods.get_mut(uid) {
            let record = change(record);
            if let Some(sandbox) = record.sandbox.as_mut().filter(|sandbox| sandbox.ready) {
                sandbox.ready = false;
                wait = turn.within(&STOP_SANDBOX);
                let (ip, key) = (sandbox.ip.clone(), record.key.clone());
                if !ip.is_empty() {
                    self.network.release(&ip);
                    let unplugged = turn.within(&CNI).min(wait);
                    self.record_cni("DEL", &key, unplugged, None, turn);
                }
            }
        }
        self.reply_pod(errand, wait, uid, turn);
    }

    fn create(
        &mut self,
        errand: Errand,
        uid: &Uid,
        spec: &Arc<PodSpec>,
        place: Place,
        restart_count: i32,
        turn: &mut Turn<'_>,
    ) {
        let wait = turn.within(&CREATE);
        let Some(container) = place.of(spec) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let Some(record) = self.pods.get_mut(uid) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let image = self.images.named(&container.image);
        let record = change(record);
        record.spec = Some(spec.clone());
        let id = new_id(turn);
        // The kubelet has all but the last dead instance of a container removed
        // (`pkg/kubelet/kubelet.go`, maxPerPodContainerCount 1).
        let mut dead = record
            .containers
            .iter()
            .filter(|one| one.name == container.name);
        if let (Some(oldest), Some(_)) = (dead.next().map(|one| one.id.clone()), dead.next()) {
            record.containers.retain(|one| one.id != oldest);
        }
        // Most Pods have one container.
        record.containers.reserve_exact(1);
        record.containers.push(ContainerRecord {
            id: id.clone(),
            name: container.name.clone(),
            asked: container.image.clone(),
            image: image.name,
            image_id: image.id,
            run: ContainerRun::Created,
            restart_count,
            started: None,
            program: Arc::new(Program::of(
                &container.image,
                &container.command,
                &container.args,
            )),
        });
        self.reply(errand, wait, Ok(CriReply::Created(id)), turn);
    }

    fn start_container(&mut self, errand: Errand, uid: &Uid, container: Str, turn: &mut Turn<'_>) {
        let wait = turn.within(&START);
        let started = turn.now() + wait;
        let Some(one) = self.pods.get_mut(uid).map(change) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let Some(one) = one.containers.iter_mut().find(|one| one.id == container) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        one.started = Some(started);
        if let Some(word) = one.program.missing() {
            let error = CriError::not_executable(word);
            // containerd leaves a container that never ran as exited with 128
            // (`containerd/internal/cri/server/container_start.go`, StartError).
            one.run = ContainerRun::Exited {
                code: 128,
                reason: "StartError",
                finished: started,
            };
            return self.reply(errand, wait, Err(error), turn);
        }
        one.run = ContainerRun::Running;
        let (length, code) = (one.program.length(), one.program.code());
        if let Some(length) = length {
            self.end_after(wait + length, uid, &container, code, turn);
        }
        self.reply_pod(errand, wait, uid, turn);
    }

    fn end_after(
        &mut self,
        length: Duration,
        uid: &Uid,
        container: &Str,
        code: i32,
        turn: &mut Turn<'_>,
    ) {
        let timer = Timer::Exit {
            uid: uid.clone(),
            container: container.clone(),
            code,
        };
        // The end of a long sleep is nothing a run should wait for.
        let id = if length > LONG {
            turn.routine_timer(length, timer)
        } else {
            turn.timer(length, timer)
        };
        self.ends.insert(container.clone(), id);
    }

    fn stop_container(
        &mut self,
        errand: Errand,
        uid: &Uid,
        container: Str,
        grace: Duration,
        turn: &mut Turn<'_>,
    ) {
        let running = self.pods.get(uid).and_then(|pod| pod.container(&container));
        let Some(one) = running.filter(|one| one.is_running()) else {
            return self.reply_pod(errand, Duration::ZERO, uid, turn);
        };
        let heeds = one.program.on_term();
        let (wait, code) = match heeds {
            Some(code) => (turn.within(&WIND_UP), code),
            // 128 + 9: the process was killed.
            None => (grace, 137),
        };
        let (wait, code) = if wait > grace {
            (grace, 137)
        } else {
            (wait, code)
        };
        self.stopping.insert(container.clone(), errand);
        turn.timer(
            wait,
            Timer::Stopped {
                uid: uid.clone(),
                container,
                code,
            },
        );
    }

    /// A timer fired.
    pub(crate) fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        turn.rouse();
        match timer {
            Timer::Exit {
                uid,
                container,
                code,
            } => {
                if self.end(&uid, &container, code, turn) {
                    self.tell_exit(&uid, &container, code, turn);
                }
            }
            Timer::Stopped {
                uid,
                container,
                code,
            } => {
                self.end(&uid, &container, code, turn);
                if let Some(errand) = self.stopping.remove(&container) {
                    self.reply_pod(errand, Duration::ZERO, &uid, turn);
                }
            }
        }
    }

    /// A container's process is over. False if it was already.
    fn end(&mut self, uid: &Uid, container: &Str, code: i32, turn: &mut Turn<'_>) -> bool {
        if let Some(timer) = self.ends.remove(container) {
            turn.cancel(timer);
        }
        let Some(pod) = self.pods.get_mut(uid) else {
            return false;
        };
        if !pod.container(container).is_some_and(|one| one.is_running()) {
            return false;
        }
        for one in &mut change(pod).containers {
            if one.id == *container {
                one.run = ContainerRun::Exited {
                    code,
                    reason: if code == 0 { "Completed" } else { "Error" },
                    finished: turn.now(),
                };
            }
        }
        true
    }

    /// Nobody waits for this end: the kubelet will find it at its next look.
    fn tell_exit(&mut self, uid: &Uid, container: &Str, code: i32, turn: &mut Turn<'_>) {
        let found = self.pods.get(uid).map(|pod| (pod.key.clone(), pod.clone()));
        let Some((key, pod)) = found else {
            return;
        };
        let now = turn.now();
        let mark = turn.record(StepKind::Runtime, now, |actor| Step {
            verb: "ContainerExit".into(),
            resource: "pods",
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            message: format!(
                "The process of container {} ends with exit code {code}.",
                pod.container(container).map_or("", |one| &*one.name)
            ),
            ..Step::new(StepKind::Runtime, actor)
        });
        turn.because(mark.step);
        let to = Address::Kubelet(self.node);
        turn.post(Duration::ZERO, to, Happening::RuntimeChanged);
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
    pub(crate) fn pods_at(&self, address: &str) -> Vec<Arc<PodRecord>> {
        let mut found: Vec<Arc<PodRecord>> = self.pods.values().cloned().collect();
        found.retain(|pod| pod.ready_sandbox().is_some_and(|one| *one.ip == *address));
        found.sort_by(|one, other| one.key.cmp(&other.key));
        found
    }

    /// The machine lost power: no process survives.
    pub(crate) fn power_off(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now();
        self.dark_since = Some(now);
        for (_, timer) in self.ends.drain() {
            turn.cancel(timer);
        }
        self.stopping.clear();
        for pod in self.pods.values_mut() {
            let pod = change(pod);
            if let Some(sandbox) = &mut pod.sandbox {
                sandbox.ready = false;
                self.network.release(&sandbox.ip);
            }
            for one in pod.containers.iter_mut().filter(|one| one.is_running()) {
                // What containerd says of a container whose end it did not see.
                one.run = ContainerRun::Exited {
                    code: 255,
                    reason: "Unknown",
                    finished: now,
                };
            }
        }
    }

    /// Of what ended while nobody looked, containerd says that it ended when it was missed
    /// (`containerd/internal/cri/server/restart.go`, loadContainer).
    fn lost_at(&mut self, dark: Moment, now: Moment) {
        for pod in self.pods.values_mut() {
            let missed = |one: &ContainerRecord| matches!(one.run, ContainerRun::Exited { reason: "Unknown", finished, .. } if finished == dark);
            if !pod.containers.iter().any(missed) {
                continue;
            }
            for one in change(pod).containers.iter_mut().filter(|one| missed(one)) {
                if let ContainerRun::Exited { finished, .. } = &mut one.run {
                    *finished = now;
                }
            }
        }
    }

    /// A container's process ends with an error. False if the Pod has no such container running.
    pub(crate) fn crash(
        &mut self,
        pod: &Key,
        container: Option<&str>,
        turn: &mut Turn<'_>,
    ) -> bool {
        let mut found: Vec<(Uid, Str)> = Vec::new();
        for (uid, record) in &self.pods {
            if record.key == *pod {
                let wanted = |one: &&ContainerRecord| {
                    one.is_running() && container.is_none_or(|name| *one.name == *name)
                };
                let one = record.containers.iter().find(wanted);
                found.extend(one.map(|one| (uid.clone(), one.id.clone())));
            }
        }
        found.sort();
        let Some((uid, id)) = found.pop() else {
            return false;
        };
        if self.end(&uid, &id, 1, turn) {
            self.tell_exit(&uid, &id, 1, turn);
        }
        true
    }

    /// Pulls of this image fail from now on.
    pub(crate) fn fail_pull(&mut self, image: Str) {
        self.images.fail(PullFault::Unreachable(image));
    }

    /// The disk is full: no pull succeeds.
    pub(crate) fn fill_disk(&mut self) {
        self.images.fail(PullFault::DiskFull);
    }
}

/// The record, to change: whoever looked at it before can tell.
fn change(pod: &mut Arc<PodRecord>) -> &mut PodRecord {
    let pod = Arc::make_mut(pod);
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
