use std::{rc::Rc, time::Duration};

use super::{Facts, Ticket, Timer, status::CONDITIONS, worker::Worker};
use crate::cluster::{
    api::{Condition, ConditionStatus, Pod, PodStatus, Resource, Uid},
    machinery::{Answer, DeleteOptions, Patch, Preconditions, Request, Subresource, TimerId, Turn},
    moment::Timestamp,
};

/// What the API server is to be told of a Pod (`pkg/kubelet/status/status_manager.go`): each time it is
/// read and then patched, and once nothing runs any more a Pod that is being deleted is removed.
#[derive(Clone, Debug)]
pub(super) struct Report {
    uid: Uid,
    status: PodStatus,
    version: u64,
    /// The version the API server has.
    told: u64,
    /// The version that is on its way.
    telling: Option<u64>,
    /// Nothing runs any more.
    finished: bool,
    removing: bool,
    retry: Option<TimerId>,
}

/// `syncPeriod`: how often what could not be told is tried again.
const RETRY: Duration = Duration::from_secs(10);

impl Report {
    pub(super) fn new(pod: &Pod) -> Report {
        Report {
            uid: pod.metadata.uid.clone(),
            status: pod.status.clone(),
            version: 0,
            told: 0,
            telling: None,
            finished: false,
            removing: false,
            retry: None,
        }
    }

    pub(super) fn status(&self) -> &PodStatus {
        &self.status
    }

    /// Sets what is to be told; nothing if it is the same.
    pub(super) fn set(&mut self, pod: &Pod, mut status: PodStatus, turn: &Turn<'_>) {
        if status.start_time.is_none() {
            status.start_time = self.status.start_time.or(Some(turn.now().timestamp()));
        }
        if status.observed_generation == 0 {
            status.observed_generation = pod.metadata.generation;
        }
        if status == self.status {
            return;
        }
        self.status = status;
        self.version += 1;
    }

    /// The sandbox is there, and with it the network: told before the containers are started
    /// (`pkg/kubelet/kubelet.go`, OnPodSandboxReady).
    pub(super) fn sandbox_ready(&mut self, pod: &Pod, now: Timestamp, turn: &Turn<'_>) {
        let mut status = self.status.clone();
        for condition in &mut status.conditions {
            if &*condition.kind == "PodReadyToStartContainers"
                && condition.status != ConditionStatus::True
            {
                condition.status = ConditionStatus::True;
                condition.last_transition_time = Some(now);
            }
        }
        self.set(pod, status, turn);
    }

    /// Nothing runs any more: what is set last is the last word.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    /// The object is gone.
    pub(super) fn stop(&mut self, turn: &mut Turn<'_>) {
        if let Some(timer) = self.retry.take() {
            turn.cancel(timer);
        }
    }

    /// Tells what has not been told.
    pub(super) fn push(&mut self, pod: &Pod, facts: &Facts, turn: &mut Turn<'_>) {
        let removes = self.finished && pod.metadata.is_deleting() && !self.removing;
        if self.telling.is_some() || (self.told >= self.version && !removes) {
            return;
        }
        self.telling = Some(self.version);
        let meta = &pod.metadata;
        let request = Request::get(&facts.user, Resource::Pods, &meta.namespace, &meta.name);
        turn.request(request, Ticket::StatusRead(self.uid.clone()));
    }

    /// Somebody else has written what is the kubelet's to say (the node life cycle controller does, of a
    /// node that was silent): at its next round the kubelet says it again (needsReconcile).
    pub(super) fn reconcile(&mut self, pod: &Pod, turn: &mut Turn<'_>) {
        let busy = self.telling.is_some() || self.told < self.version || self.retry.is_some();
        if !busy && self.differs(pod) {
            let timer = Timer::Report(self.uid.clone());
            self.retry = Some(turn.timer(RETRY, timer));
        }
    }

    fn differs(&self, pod: &Pod) -> bool {
        let status = |status: &PodStatus, kind| status.condition(kind).map(|one| one.status);
        CONDITIONS
            .into_iter()
            .any(|kind| status(&pod.status, kind) != status(&self.status, kind))
    }

    fn try_later(&mut self, turn: &mut Turn<'_>) {
        self.telling = None;
        let timer = Timer::Report(self.uid.clone());
        // Retrying for ever against a server that is down must not keep a run from settling.
        turn.routine_timer(RETRY, timer);
    }
}

impl Worker {
    /// The Pod was read: what differs is patched.
    pub(super) fn status_read(&mut self, answer: Answer, facts: &Facts, turn: &mut Turn<'_>) {
        let report = &mut self.report;
        let pod = match answer.result {
            Ok(reply) => reply.object_of::<Pod>().cloned(),
            // It is gone: the watch will say so.
            Err(status) if status.code == 404 => None,
            Err(_) => return report.try_later(turn),
        };
        let Some(pod) = pod.filter(|pod| pod.metadata.uid == report.uid) else {
            report.told = report.version;
            report.telling = None;
            return;
        };
        report.telling = Some(report.version);
        let merged = merge(&pod.status, &report.status);
        if merged == pod.status {
            return self.told(&pod, facts, turn);
        }
        let meta = &pod.metadata;
        let patch = Patch::PodStatus(Box::new(merged));
        let request = Request::patch(
            &facts.user,
            Resource::Pods,
            &meta.namespace,
            &meta.name,
            patch,
        );
        turn.request(
            request.on(Subresource::Status),
            Ticket::StatusWritten(report.uid.clone()),
        );
    }

    pub(super) fn status_written(&mut self, answer: Answer, facts: &Facts, turn: &mut Turn<'_>) {
        match answer.result {
            Ok(reply) => {
                if let Some(pod) = reply.object_of::<Pod>().cloned() {
                    self.told(&pod, facts, turn);
                }
            }
            Err(status) if status.code == 404 => self.report.telling = None,
            Err(_) => self.report.try_later(turn),
        }
    }

    /// The API server knows the status; if it is the last one of a Pod that is being deleted, the object
    /// goes (canBeDeleted).
    fn told(&mut self, pod: &Rc<Pod>, facts: &Facts, turn: &mut Turn<'_>) {
        let report = &mut self.report;
        report.told = report.telling.take().unwrap_or(report.version);
        let last = report.told >= report.version && report.finished;
        if last && pod.metadata.is_deleting() && pod.status.phase.is_finished() {
            report.removing = true;
            let meta = &pod.metadata;
            let options = DeleteOptions {
                grace_period_seconds: Some(0),
                preconditions: Preconditions {
                    uid: Some(meta.uid.clone()),
                    ..Preconditions::default()
                },
                ..DeleteOptions::default()
            };
            let request = Request::delete(
                &facts.user,
                Resource::Pods,
                &meta.namespace,
                &meta.name,
                options,
            );
            turn.request(request, Ticket::Removed(report.uid.clone()));
            return;
        }
        self.report.push(&self.pod, facts, turn);
    }

    pub(super) fn removed(&mut self, answer: &Answer, turn: &mut Turn<'_>) {
        if let Err(status) = &answer.result
            && status.code != 404
        {
            self.report.removing = false;
            self.report.try_later(turn);
        }
    }

    pub(super) fn report_again(&mut self, facts: &Facts, turn: &mut Turn<'_>) {
        if self.gone {
            return;
        }
        turn.rouse();
        self.report.retry = None;
        if self.report.told == self.report.version && self.report.differs(&self.pod) {
            self.report.version += 1;
        }
        self.report.push(&self.pod, facts, turn);
    }
}

/// The kubelet's status over what others wrote into it (mergePodStatus).
fn merge(theirs: &PodStatus, ours: &PodStatus) -> PodStatus {
    let mut merged = ours.clone();
    let is_ours = |condition: &&Condition| CONDITIONS.contains(&&*condition.kind);
    let others = theirs.conditions.iter();
    let mut others = others.filter(|condition| !is_ours(condition)).peekable();
    if others.peek().is_some() || !ours.conditions.iter().all(|one| is_ours(&one)) {
        let own = ours.conditions.iter().filter(is_ours);
        merged.conditions = others.chain(own).cloned().collect();
    }
    merged.qos_class.clone_from(&theirs.qos_class);
    merged
        .nominated_node_name
        .clone_from(&theirs.nominated_node_name);
    merged.other.clone_from(&theirs.other);
    // A finished Pod stays as it is.
    if theirs.phase.is_finished() {
        merged.phase = theirs.phase;
    }
    merged
}
