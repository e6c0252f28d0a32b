use std::{collections::VecDeque, time::Duration};

use super::{
    Common, Errand, Timer,
    actions::{Action, KillCause},
    backoff,
    terminate::LEAST_GRACE,
    worker::Worker,
};
use crate::cluster::{
    api::{Container, Str},
    machinery::{Decision, Turn},
    moment::Moment,
    runtime::{Cri, CriError, CriReply, Place},
    trace::{Actor, Mark, Step, StepKind},
};

/// A sync that is under way: what is still to be done, and what is being done.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) left: VecDeque<Action>,
    pub(super) doing: Doing,
    /// The runtime call that is answered next.
    pub(super) call: Mark,
    /// The runtime has changed by it.
    pub(super) acted: bool,
    pub(super) trouble: Option<Retry>,
}

/// When a sync that failed is tried again (`pkg/kubelet/pod_workers.go`, completeWork).
#[derive(Clone, Copy, Debug)]
pub(super) enum Retry {
    /// As soon as this restart may be.
    At(Moment),
    /// After the usual while.
    Usual,
}

#[derive(Clone, Debug)]
pub(super) enum Doing {
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
    /// What a container's environment is made from is not known yet.
    Environment(Place),
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
                    self.volumes()
                ),
                ..self.decision()
            });
        }
        self.flow = Some(Box::new(Flow {
            left: actions.into(),
            doing: Doing::Nothing,
            call: Mark::default(),
            acted: false,
            trouble: None,
        }));
        self.advance(common, turn);
    }

    /// The Pod's volumes, and of the one that nobody asked for what it is.
    fn volumes(&self) -> String {
        let volumes = self.pod.spec.volumes.iter().map(|volume| {
            let token = volume.name.starts_with("kube-api-access-");
            let note = if token {
                " (the token of its ServiceAccount)"
            } else {
                ""
            };
            format!("{}{note}", volume.name)
        });
        volumes.collect::<Vec<_>>().join(", ")
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
    pub(super) fn call(&mut self, doing: Doing, what: Cri, common: &Common, turn: &mut Turn<'_>) {
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
    pub(super) fn advance(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
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
            (Doing::Create(_) | Doing::Environment(_) | Doing::Nothing, _) => {
                self.advance(common, turn)
            }
        }
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
