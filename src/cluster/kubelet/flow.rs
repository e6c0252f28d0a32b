use std::{collections::VecDeque, time::Duration};

use super::{
    Common, Errand, Timer,
    actions::{Action, KillCause},
    backoff::{self, Backoff},
    images::Presence,
    terminate::LEAST_GRACE,
    worker::{Trouble, Worker},
};
use crate::cluster::{
    api::{Container, Pod, Str},
    machinery::{Decision, Turn},
    moment::Moment,
    runtime::{Cri, CriError, CriReply, Place},
    trace::{Actor, Mark, Step, StepKind},
};

/// A sync that is under way: what is still to be done, and what is being done.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    left: VecDeque<Action>,
    doing: Doing,
    /// The runtime call that is answered next.
    call: Mark,
    /// The runtime has changed by it.
    acted: bool,
    trouble: Option<Retry>,
}

/// When a sync that failed is tried again (`pkg/kubelet/pod_workers.go`, completeWork).
#[derive(Clone, Copy, Debug)]
enum Retry {
    /// As soon as this restart may be.
    At(Moment),
    /// After the usual while.
    Usual,
}

#[derive(Clone, Debug)]
enum Doing {
    Nothing,
    Sandbox,
    /// Containers that are to stop before the sandbox is stopped.
    StopPod(Vec<Str>),
    StopSandbox,
    Kill,
    Pull {
        place: Place,
        since: Moment,
    },
    Create(Place),
    Start(Place),
}

/// After so long a Pod is looked at again at the latest (`syncFrequency`, 1 min).
const RESYNC: Duration = Duration::from_secs(60);

impl Worker {
    /// Begins a sync that has something to do.
    pub(super) fn begin(&mut self, actions: Vec<Action>, common: &mut Common, turn: &mut Turn<'_>) {
        turn.rouse();
        turn.decide(|| Decision {
            message: self.plan(&actions),
            ..self.decision()
        });
        if actions
            .iter()
            .any(|action| matches!(action, Action::RunSandbox { .. }))
            && !self.pod.spec.volumes.is_empty()
        {
            turn.decide(|| Decision {
                reason: "MountVolumes".into(),
                message: format!(
                    "Mounts the Pod's volumes before any container starts: {}.",
                    names(self.pod.spec.volumes.iter().map(|volume| &*volume.name))
                ),
                ..self.decision()
            });
        }
        self.flow = Some(Flow {
            left: actions.into(),
            doing: Doing::Nothing,
            call: Mark::default(),
            acted: false,
            trouble: None,
        });
        self.advance(common, turn);
    }

    /// What a sync is going to do, in a sentence.
    fn plan(&self, actions: &[Action]) -> String {
        let mut parts = Vec::new();
        for action in actions {
            parts.push(match action {
                Action::StopPod => "stop what is left of the old sandbox".to_owned(),
                Action::RunSandbox { .. } => "make a sandbox".to_owned(),
                Action::Kill { name, .. } => format!("kill container {name}"),
                Action::Start(place) => {
                    let name = place.of(&self.pod.spec).map_or("", |one| &*one.name);
                    match place {
                        Place::Init(_) => format!("start init container {name}"),
                        Place::Regular(_) => format!("start container {name}"),
                    }
                }
            });
        }
        format!(
            "What runs differs from the spec: {}.",
            parts.join(", then ")
        )
    }

    /// Calls the runtime for this sync; the answer comes back to [`Worker::go_on`].
    fn call(&mut self, doing: Doing, what: Cri, common: &Common, turn: &mut Turn<'_>) {
        let errand = match doing {
            Doing::Pull { .. } => Errand::Pull(self.uid.clone()),
            _ => Errand::Flow(self.uid.clone()),
        };
        let mark = self.record_call(&what, common, turn);
        let cause = turn.cause();
        turn.because(mark.step);
        common.ask(errand, what, turn);
        turn.because(cause);
        if let Some(flow) = &mut self.flow {
            flow.doing = doing;
            flow.call = mark;
        }
    }

    /// A step of the trace: the kubelet calls its runtime.
    pub(super) fn record_call(&self, what: &Cri, common: &Common, turn: &mut Turn<'_>) -> Mark {
        let meta = &self.pod.metadata;
        let now = turn.now();
        turn.record(StepKind::Runtime, now, |actor| Step {
            to: Actor::Containerd(common.facts.name.clone()),
            verb: what.as_str().into(),
            resource: "pods",
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            message: self.about(what),
            ..Step::new(StepKind::Runtime, actor)
        })
    }

    fn about(&self, what: &Cri) -> String {
        let named = |id: &Str| {
            let one = self.seen.container(id);
            one.map_or_else(String::new, |one| one.name.to_string())
        };
        match what {
            Cri::RunPodSandbox { .. } => format!(
                "Starts the pause container ({}), whose namespaces the Pod's containers share.",
                crate::cluster::runtime::PAUSE
            ),
            Cri::StopPodSandbox { .. } => "Stops the pause container.".to_owned(),
            Cri::PullImage { image } => format!("Pulls the image {image}."),
            Cri::CreateContainer { spec, place, .. } => {
                let name = place.of(spec).map_or("", |one| &*one.name);
                format!("Creates container {name} in the sandbox.")
            }
            Cri::StartContainer { .. } => "Starts the container's process.".to_owned(),
            Cri::StopContainer {
                container, grace, ..
            } => format!(
                "Sends TERM to container {}, and KILL if it still runs after {} s.",
                named(container),
                grace.as_secs()
            ),
            _ => String::new(),
        }
    }

    /// Does the next thing.
    fn advance(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        loop {
            let Some(action) = self.flow.as_mut().and_then(|flow| flow.left.pop_front()) else {
                return self.finish(common, turn);
            };
            let waits = match action {
                Action::StopPod => {
                    self.stop_pod(common, turn);
                    true
                }
                Action::RunSandbox { attempt } => {
                    let meta = &self.pod.metadata;
                    let what = Cri::RunPodSandbox {
                        pod: meta.key(),
                        uid: self.uid.clone(),
                        attempt,
                        host_network: self.pod.spec.host_network,
                    };
                    self.call(Doing::Sandbox, what, common, turn);
                    true
                }
                Action::Kill {
                    place,
                    container,
                    message,
                    cause,
                    ..
                } => {
                    self.kill(place, container, message, cause, common, turn);
                    true
                }
                Action::Start(place) => self.start(place, common, turn),
            };
            if waits {
                return;
            }
        }
    }

    /// The sandbox no longer holds: what runs is stopped with it.
    fn stop_pod(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        let message = "Pod sandbox changed, it will be killed and re-created.".to_owned();
        common.tell(&self.pod, None, (false, "SandboxChanged"), message, turn);
        let running = self.seen.containers.iter().filter(|one| one.is_running());
        let running: Vec<Str> = running.map(|one| one.id.clone()).collect();
        let what = Cri::StopPodSandbox {
            uid: self.uid.clone(),
        };
        let Some((first, rest)) = running.split_first() else {
            return self.call(Doing::StopSandbox, what, common, turn);
        };
        let what = Cri::StopContainer {
            uid: self.uid.clone(),
            container: first.clone(),
            grace: self.grace(None, KillCause::Other),
        };
        self.call(Doing::StopPod(rest.to_vec()), what, common, turn);
    }

    fn kill(
        &mut self,
        place: Place,
        container: Str,
        message: String,
        cause: KillCause,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        self.tell_container(place, (false, "Killing"), message, common, turn);
        let what = Cri::StopContainer {
            uid: self.uid.clone(),
            container,
            grace: self.grace(place.of(&self.pod.spec), cause),
        };
        self.call(Doing::Kill, what, common, turn);
    }

    /// How long a container is given to end (`pkg/kubelet/kuberuntime/kuberuntime_container.go`,
    /// setTerminationGracePeriod).
    pub(super) fn grace(&self, container: Option<&Container>, cause: KillCause) -> Duration {
        let probe = container.and_then(|container| match cause {
            KillCause::Liveness => container.liveness_probe.as_ref(),
            KillCause::Startup => container.startup_probe.as_ref(),
            KillCause::Other => None,
        });
        let meta = &self.pod.metadata;
        let seconds = meta
            .deletion_grace_period_seconds
            .or_else(|| probe.and_then(|probe| probe.termination_grace_period_seconds))
            .or(self.pod.spec.termination_grace_period_seconds)
            .unwrap_or(30);
        Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).max(LEAST_GRACE)
    }

    pub(super) fn tell_container(
        &self,
        place: Place,
        kind: (bool, &str),
        message: String,
        common: &Common,
        turn: &mut Turn<'_>,
    ) {
        let list = match place {
            Place::Init(_) => "initContainers",
            Place::Regular(_) => "containers",
        };
        let name = place.of(&self.pod.spec).map_or("", |one| &*one.name);
        common.tell(&self.pod, Some((list, name)), kind, message, turn);
    }

    /// Starts a container, unless it must wait; true if the runtime was called.
    fn start(&mut self, place: Place, common: &mut Common, turn: &mut Turn<'_>) -> bool {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return false;
        };
        if self.holds_back(place, container, common, turn) {
            return false;
        }
        match common.images.presence(container, &self.pulls, turn.now()) {
            Presence::There => {
                let message = format!(
                    "Container image \"{}\" already present on machine and can be accessed by the pod",
                    container.image
                );
                self.tell_container(place, (false, "Pulled"), message, common, turn);
                self.create(place, common, turn);
                true
            }
            Presence::Pull => {
                let message = format!("Pulling image \"{}\"", container.image);
                self.tell_container(place, (false, "Pulling"), message, common, turn);
                let since = turn.now();
                let image = container.image.clone();
                if common
                    .images
                    .queue(&self.uid, &pod, &image, (since, turn.cause()))
                {
                    let what = Cri::PullImage { image };
                    self.call(Doing::Pull { place, since }, what, common, turn);
                } else if let Some(flow) = &mut self.flow {
                    flow.doing = Doing::Pull { place, since };
                    flow.call = Mark::default();
                }
                true
            }
            Presence::Refused(refusal) => {
                if let Some((warning, reason)) = refusal.event {
                    let text = refusal.told.clone();
                    self.tell_container(place, (warning, reason), text, common, turn);
                }
                self.image_failed(place, refusal.reason, refusal.message, common, turn);
                false
            }
        }
    }

    /// A container that ended a short while ago waits (doBackOff).
    fn holds_back(
        &mut self,
        place: Place,
        container: &Container,
        common: &Common,
        turn: &mut Turn<'_>,
    ) -> bool {
        let ended = self.seen.containers.iter().rev();
        let ended = ended
            .filter(|one| one.name == container.name)
            .find_map(|one| one.finished());
        let Some(ended) = ended else {
            return false;
        };
        let now = turn.now();
        let before = self.backoffs.get(&container.name).copied();
        if let Some(backoff) = before.filter(|backoff| backoff.holds_since(ended, now)) {
            let pod = describe(&self.pod);
            let name = &container.name;
            let message = format!("Back-off restarting failed container {name} in pod {pod}");
            self.tell_container(place, (true, "BackOff"), message, common, turn);
            let message = format!(
                "back-off {} restarting failed container={name} pod={pod}",
                go_duration(backoff.wait)
            );
            self.fail(
                name,
                "CrashLoopBackOff",
                message,
                Retry::At(ended + backoff.wait),
            );
            if matches!(place, Place::Init(_))
                && let Some(flow) = &mut self.flow
            {
                flow.left.clear();
            }
            return true;
        }
        let next = Backoff::next(before, ended, now);
        self.backoffs.insert(container.name.clone(), next);
        false
    }

    fn fail(&mut self, container: &Str, reason: &'static str, message: String, retry: Retry) {
        self.reasons
            .insert(container.clone(), Trouble { reason, message });
        if let Some(flow) = &mut self.flow {
            flow.trouble = Some(match (flow.trouble, retry) {
                (Some(Retry::At(one)), Retry::At(other)) => Retry::At(one.min(other)),
                (Some(Retry::At(one)), Retry::Usual) | (_, Retry::At(one)) => Retry::At(one),
                _ => Retry::Usual,
            });
        }
    }

    /// An image could not be had: the container waits, and after an init container all others do.
    fn image_failed(
        &mut self,
        place: Place,
        reason: &'static str,
        message: String,
        common: &Common,
        turn: &mut Turn<'_>,
    ) {
        let text = format!("Error: {reason}");
        self.tell_container(place, (true, "Failed"), text, common, turn);
        self.start_failed(place, reason, message);
    }

    fn start_failed(&mut self, place: Place, reason: &'static str, message: String) {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return;
        };
        self.fail(&container.name, reason, message, Retry::Usual);
        if matches!(place, Place::Init(_))
            && !super::actions::is_sidecar(container)
            && let Some(flow) = &mut self.flow
        {
            flow.left.clear();
        }
    }

    fn create(&mut self, place: Place, common: &Common, turn: &mut Turn<'_>) {
        let name = place.of(&self.pod.spec).map(|one| one.name.clone());
        let before = name.and_then(|name| self.seen.latest(&name));
        let what = Cri::CreateContainer {
            uid: self.uid.clone(),
            spec: self.pod.spec.clone(),
            place,
            restart_count: before.map_or(0, |one| one.restart_count + 1),
        };
        self.call(Doing::Create(place), what, common, turn);
    }

    /// The runtime answered.
    pub(super) fn go_on(
        &mut self,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        if self.ending.is_some() {
            return self.sandbox_stopped(result, common, turn);
        }
        let Some(flow) = &mut self.flow else {
            return;
        };
        let (call, doing) = (
            flow.call,
            std::mem::replace(&mut flow.doing, Doing::Nothing),
        );
        turn.amend(call, |step| {
            if let Err(error) = &result {
                step.message = error.to_string();
            }
        });
        if let Ok(CriReply::Pod(record)) = &result {
            flow.acted = true;
            self.take(record.clone());
        }
        match (doing, result) {
            (Doing::Sandbox, result) => self.sandbox_made(result, common, turn),
            (Doing::StopPod(left), _) => {
                let what = match left.split_first() {
                    Some((first, _)) => Cri::StopContainer {
                        uid: self.uid.clone(),
                        container: first.clone(),
                        grace: self.grace(None, KillCause::Other),
                    },
                    None => Cri::StopPodSandbox {
                        uid: self.uid.clone(),
                    },
                };
                let doing = match left.split_first() {
                    Some((_, rest)) => Doing::StopPod(rest.to_vec()),
                    None => Doing::StopSandbox,
                };
                self.call(doing, what, common, turn);
            }
            (Doing::StopSandbox | Doing::Kill, Ok(_)) => self.advance(common, turn),
            (Doing::StopSandbox | Doing::Kill, Err(_)) => self.give_up(common, turn),
            (Doing::Pull { place, since }, result) => {
                self.pulled(place, since, result, common, turn);
            }
            (Doing::Create(place), Ok(CriReply::Created(container))) => {
                if let Some(flow) = &mut self.flow {
                    flow.acted = true;
                }
                let message = "Container created".to_owned();
                self.tell_container(place, (false, "Created"), message, common, turn);
                let what = Cri::StartContainer {
                    uid: self.uid.clone(),
                    container,
                };
                self.call(Doing::Start(place), what, common, turn);
            }
            (Doing::Create(place), Err(error)) => {
                self.cri_failed(place, "CreateContainerError", &error, common, turn);
            }
            (Doing::Start(place), Ok(_)) => {
                let message = "Container started".to_owned();
                self.tell_container(place, (false, "Started"), message, common, turn);
                if let Some(container) = place.of(&self.pod.spec) {
                    self.reasons.remove(&container.name);
                }
                self.advance(common, turn);
            }
            (Doing::Start(place), Err(error)) => {
                self.cri_failed(place, "RunContainerError", &error, common, turn);
            }
            (Doing::Create(_) | Doing::Nothing, _) => self.advance(common, turn),
        }
    }

    fn cri_failed(
        &mut self,
        place: Place,
        reason: &'static str,
        error: &CriError,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let message = format!("Error: {}", error.message);
        self.tell_container(place, (true, "Failed"), message, common, turn);
        if let Some(flow) = &mut self.flow {
            flow.acted = true;
        }
        self.start_failed(place, reason, error.message.clone());
        self.advance(common, turn);
    }

    fn sandbox_made(
        &mut self,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        if let Err(error) = result {
            let message = format!("Failed to create pod sandbox: {error}");
            let kind = (true, "FailedCreatePodSandBox");
            common.tell(&self.pod, None, kind, message, turn);
            return self.give_up(common, turn);
        }
        // Told at once, and before the Pod's address is (OnPodSandboxReady).
        let cause = turn.cause();
        let now = turn.now().timestamp();
        self.report.sandbox_ready(&self.pod, now, turn);
        self.report.push(&self.pod, &common.facts, turn);
        turn.because(cause);
        self.advance(common, turn);
    }

    /// The rest of this sync is left: it will be tried again.
    fn give_up(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        if let Some(flow) = &mut self.flow {
            flow.left.clear();
            flow.trouble = flow.trouble.or(Some(Retry::Usual));
        }
        self.finish(common, turn);
    }

    fn pulled(
        &mut self,
        place: Place,
        since: Moment,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let pod = self.pod.clone();
        let Some(container) = place.of(&pod.spec) else {
            return self.advance(common, turn);
        };
        match result {
            Ok(CriReply::Pulled(image)) => {
                let waited = turn.now().since(since);
                let message = format!(
                    "Successfully pulled image \"{}\" in {} ({} including waiting). Image size: {} bytes.",
                    container.image,
                    go_duration(common.images.last_pull()),
                    go_duration(waited),
                    image.bytes
                );
                self.pulls.succeeded(&container.image);
                self.tell_container(place, (false, "Pulled"), message, common, turn);
                self.create(place, common, turn);
            }
            Ok(_) => self.advance(common, turn),
            Err(error) => {
                let message = format!("Failed to pull image \"{}\": {error}", container.image);
                self.tell_container(place, (true, "Failed"), message, common, turn);
                let now = turn.now();
                self.pulls.failed(&container.image, error.to_string(), now);
                self.image_failed(place, "ErrImagePull", error.to_string(), common, turn);
                self.advance(common, turn);
            }
        }
    }

    /// A sync is over.
    fn finish(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        let Some(flow) = self.flow.take() else {
            return;
        };
        match flow.trouble {
            None if flow.acted => {
                // The generator looks at this Pod at once (RequestPodRelist); what the runtime's answers
                // said is what it would find.
                self.forget_pending();
                self.mark_listed();
                self.sync(common, turn);
            }
            None => self.catch_up(common, turn),
            Some(retry) => {
                let now = turn.now();
                let wait = match retry {
                    Retry::At(moment) => moment.since(now).min(RESYNC),
                    Retry::Usual => backoff::FIRST,
                };
                let wait = turn.random().jitter(wait, 0.5);
                self.retry = Some(turn.timer(wait, Timer::Retry(self.uid.clone())));
                if flow.acted {
                    common.wake_relist(turn);
                }
                if self.is_pending() {
                    self.catch_up(common, turn);
                }
            }
        }
    }
}

/// `NAME_NAMESPACE(UID)` (`pkg/kubelet/util/format/pod.go`).
pub(super) fn describe(pod: &Pod) -> String {
    let meta = &pod.metadata;
    format!("{}_{}({})", meta.name, meta.namespace, meta.uid)
}

/// `[a b]`, as Go prints a list of texts, without the brackets.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

/// As Go prints a length of time, to the millisecond: `850ms`, `1.234s`, `1m20s`, `5m0s`.
pub(super) fn go_duration(length: Duration) -> String {
    let millis = length.as_millis();
    if millis < 1000 {
        return if millis == 0 {
            "0s".to_owned()
        } else {
            format!("{millis}ms")
        };
    }
    let (minutes, rest) = (millis / 60_000, millis % 60_000);
    let fraction = match rest % 1000 {
        0 => String::new(),
        part => format!(".{part:03}").trim_end_matches('0').to_owned(),
    };
    let seconds = format!("{}{fraction}s", rest / 1000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => seconds,
        (0, minutes) => format!("{minutes}m{seconds}"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Go's time.Duration.String.
    #[test]
    fn durations_print_as_go_prints_them() {
        for (millis, text) in [
            (0, "0s"),
            (850, "850ms"),
            (1_234, "1.234s"),
            (10_000, "10s"),
            (80_000, "1m20s"),
            (300_000, "5m0s"),
            (2_100, "2.1s"),
        ] {
            assert_eq!(go_duration(Duration::from_millis(millis)), text);
        }
    }
}
