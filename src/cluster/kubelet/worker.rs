use std::{collections::BTreeMap, rc::Rc};

use super::{
    Common, Timer,
    actions::{self, Verdicts},
    admission::{Amounts, Rejection},
    backoff::Backoff,
    flow::Flow,
    images::PullTroubles,
    probe::Probes,
    report::Report,
    status::{self, View},
    terminate::Ending,
    volumes::Mounting,
};
use crate::cluster::{
    api::{ObjectMeta, Pod, PodStatus, Resource, Str, Uid},
    machinery::{Decision, TimerId, Turn},
    runtime::PodRecord,
    trace::StepId,
};

/// Looks after one Pod (`pkg/kubelet/pod_workers.go`): one thing at a time, and what comes meanwhile is
/// looked at afterwards.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub(super) uid: Uid,
    /// As the API server last had it.
    pub(super) pod: Rc<Pod>,
    /// What the Pod asks for, which nothing can change.
    pub(super) asks: Amounts,
    /// As the runtime last had it.
    pub(super) seen: Rc<PodRecord>,
    /// What the last relist saw: a change since then is news.
    listed: u64,
    pub(super) stage: Stage,
    /// The object is gone: nobody is told anything any more.
    pub(super) gone: bool,
    /// Boxed, as the ending is: most Pods just run.
    pub(super) flow: Option<Box<Flow>>,
    pub(super) ending: Option<Box<Ending>>,
    /// Something changed while the worker was busy.
    pending: Option<StepId>,
    pub(super) report: Report,
    /// Why a container could not be started (`pkg/kubelet/reason_cache.go`), by its name.
    pub(super) reasons: BTreeMap<Str, Trouble>,
    /// How long restarts wait, by container.
    pub(super) backoffs: BTreeMap<Str, Backoff>,
    pub(super) pulls: PullTroubles,
    pub(super) retry: Option<TimerId>,
    pub(super) probes: Probes,
    /// None: the volumes are there.
    mounting: Option<Mounting>,
    /// Whether what the Pod refers to is watched.
    registered: bool,
}

/// Where a worker stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// The Pod is to run.
    Syncing,
    /// What runs of it is to stop.
    Terminating,
    /// Nothing runs of it any more.
    Terminated,
}

/// Why a container does not start.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Trouble {
    pub(super) reason: &'static str,
    pub(super) message: String,
}

impl Worker {
    pub(super) fn new(pod: Rc<Pod>, seen: Rc<PodRecord>, turn: &mut Turn<'_>) -> Worker {
        Worker {
            uid: pod.metadata.uid.clone(),
            report: Report::new(&pod),
            probes: Probes::new(turn.now()),
            // A Pod with a sandbox had its volumes when that was made.
            mounting: seen.sandbox.is_none().then(Mounting::default),
            registered: false,
            asks: Amounts::asked(&pod),
            pod,
            listed: seen.version,
            seen,
            stage: Stage::Syncing,
            gone: false,
            flow: None,
            ending: None,
            pending: None,
            reasons: BTreeMap::new(),
            backoffs: BTreeMap::new(),
            pulls: PullTroubles::default(),
            retry: None,
        }
    }

    /// What can be told of a Pod from its containers alone.
    pub(super) fn orphan(uid: &Uid, record: &PodRecord) -> Rc<Pod> {
        Rc::new(Pod {
            metadata: ObjectMeta {
                name: record.key.name.clone(),
                namespace: record.key.namespace.clone(),
                uid: uid.clone(),
                ..ObjectMeta::default()
            },
            spec: record.spec.clone().unwrap_or_default(),
            ..Pod::default()
        })
    }

    /// Whether nothing is left to do.
    pub(super) fn is_over(&self) -> bool {
        self.gone && self.stage == Stage::Terminated
    }

    /// The API server has it in a new state.
    pub(super) fn update(&mut self, pod: Rc<Pod>, common: &mut Common, turn: &mut Turn<'_>) {
        let before = std::mem::replace(&mut self.pod, pod);
        // What only changed in its status was written by this kubelet itself, or is none of its business
        // (`pkg/kubelet/config/config.go`, checkAndUpdatePod).
        let same = before.metadata.deletion_timestamp == self.pod.metadata.deletion_timestamp
            && before.metadata.deletion_grace_period_seconds
                == self.pod.metadata.deletion_grace_period_seconds
            && before.metadata.labels == self.pod.metadata.labels
            && before.metadata.annotations == self.pod.metadata.annotations
            && (Rc::ptr_eq(&before.spec, &self.pod.spec) || before.spec == self.pod.spec);
        if !same || (self.pod.status.phase.is_finished() && self.stage == Stage::Syncing) {
            self.sync(common, turn);
        } else if self.stage == Stage::Terminated {
            self.report.push(&self.pod, &common.facts, turn);
        } else {
            self.report.reconcile(&self.pod, turn);
        }
    }

    /// The object is gone.
    pub(super) fn vanished(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        self.gone = true;
        self.report.stop(turn);
        self.sync(common, turn);
    }

    /// A relist looked at the Pod; true if it has news.
    pub(super) fn relisted(&mut self, record: Rc<PodRecord>) -> bool {
        let news = record.version > self.listed;
        self.listed = record.version;
        self.take(record);
        news
    }

    /// The runtime said how the Pod is.
    pub(super) fn take(&mut self, record: Rc<PodRecord>) {
        if record.version > self.seen.version {
            self.seen = record;
        }
    }

    /// What the runtime's answers said is as good as a relist.
    pub(super) fn mark_listed(&mut self) {
        self.listed = self.seen.version;
    }

    pub(super) fn cancel_timers(&mut self, turn: &mut Turn<'_>) {
        if let Some(timer) = self.retry.take() {
            turn.cancel(timer);
        }
        self.probes.stop(turn);
        self.report.stop(turn);
    }

    /// The node cannot run it.
    pub(super) fn reject(
        &mut self,
        rejection: Rejection,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let Rejection { reason, message } = rejection;
        turn.decide(|| Decision {
            reason: reason.clone(),
            message: format!("The node does not admit the Pod: {message}."),
            ..self.decision()
        });
        common.tell(&self.pod, None, (true, &reason), message.clone(), turn);
        let rejected = PodStatus {
            phase: crate::cluster::api::PodPhase::Failed,
            reason,
            message: format!("Pod was rejected: {message}"),
            qos_class: self.pod.status.qos_class.clone(),
            ..PodStatus::default()
        };
        self.stage = Stage::Terminated;
        self.report.finish();
        self.report.set(&self.pod, rejected, turn);
        self.report.push(&self.pod, &common.facts, turn);
    }

    /// A decision about this Pod, still to be put into words.
    pub(super) fn decision(&self) -> Decision {
        Decision {
            reason: "syncPod".into(),
            subject: Some((
                Resource::Pods,
                self.pod.metadata.namespace.clone(),
                self.pod.metadata.name.clone(),
            )),
            message: String::new(),
            changes: Vec::new(),
        }
    }

    /// The worker turns to its Pod; if it is busy, later.
    pub(super) fn sync(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        if self.flow.is_some() || self.ending.is_some() {
            self.pending = Some(turn.cause());
            return;
        }
        if let Some(timer) = self.retry.take() {
            turn.cancel(timer);
        }
        let stops = self.gone || self.pod.metadata.is_deleting();
        match self.stage {
            Stage::Syncing if stops => self.terminate(common, turn),
            Stage::Syncing => self.sync_pod(common, turn),
            Stage::Terminating => self.terminate(common, turn),
            Stage::Terminated => self.report.push(&self.pod, &common.facts, turn),
        }
    }

    /// The worker is free again: what came meanwhile is looked at.
    pub(super) fn catch_up(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        if let Some(cause) = self.pending.take() {
            if cause != StepId::NONE {
                turn.because(cause);
            }
            self.sync(common, turn);
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    pub(super) fn forget_pending(&mut self) {
        self.pending = None;
    }

    pub(super) fn verdicts(&self, container: &str) -> Verdicts {
        self.probes.verdicts(container)
    }

    /// What the Pod's status is now.
    pub(super) fn current(&self, over: bool, common: &Common, turn: &mut Turn<'_>) -> PodStatus {
        status::generate(&View {
            pod: &self.pod,
            record: &self.seen,
            before: self.report.status(),
            reasons: &self.reasons,
            probes: &self.probes,
            host: &common.facts.ip,
            over,
            now: turn.now().timestamp(),
        })
    }

    /// Brings the Pod to what its spec wants (`pkg/kubelet/kubelet.go`, SyncPod).
    fn sync_pod(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        let status = self.current(false, common, turn);
        let finished = status.phase.is_finished();
        let cause = turn.cause();
        self.report.set(&self.pod, status, turn);
        self.report.push(&self.pod, &common.facts, turn);
        turn.because(cause);
        if finished {
            self.stage = Stage::Terminating;
            self.terminate(common, turn);
            return;
        }
        if !self.registered {
            self.registered = true;
            common.sources.register(&self.pod, &common.facts.user, turn);
        }
        self.probes
            .follow(&self.pod, &self.seen, &common.failing, turn);
        let actions = actions::actions(&self.pod, &self.seen, |id| self.verdicts(id));
        if !actions.is_empty() && self.mount(common, turn) {
            self.begin(actions, common, turn);
        }
    }

    /// Mounts the Pod's volumes; true once they are all there (WaitForAttachAndMount).
    fn mount(&mut self, common: &Common, turn: &mut Turn<'_>) -> bool {
        let Some(mounting) = &mut self.mounting else {
            return true;
        };
        let Some(again) = mounting.go_on(&self.pod, common, turn) else {
            self.mounting = None;
            return true;
        };
        let wait = again.since(turn.now());
        self.retry = Some(turn.timer(wait, Timer::Retry(self.uid.clone())));
        false
    }

    /// What the Pod refers to is known now: it may have waited for that.
    pub(super) fn source_synced(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        turn.rouse();
        self.environment_waited(false, common, turn);
        if self.mounting.is_some() && self.stage == Stage::Syncing {
            self.sync(common, turn);
        }
    }
}
