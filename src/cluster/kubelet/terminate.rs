use std::{collections::VecDeque, time::Duration};

use super::{
    Common, Errand, Timer,
    actions::{KillCause, is_sidecar},
    backoff,
    worker::{Stage, Worker},
};
use crate::cluster::{
    api::Str,
    machinery::{Decision, Turn},
    moment::Moment,
    runtime::{Cri, CriError, CriReply, Place},
    trace::Mark,
};

/// `minimumGracePeriodInSeconds` in `pkg/kubelet/kuberuntime/kuberuntime_manager.go`.
pub(super) const LEAST_GRACE: Duration = Duration::from_secs(2);

/// A Pod that is being stopped (`pkg/kubelet/kubelet.go`, SyncTerminatingPod).
#[derive(Clone, Debug)]
pub(super) struct Ending {
    /// Containers that were told to stop, with the call that did.
    stopping: Vec<(Str, Mark)>,
    /// Sidecars, which are told after the others, last one first.
    then: VecDeque<(Place, Str)>,
    sandbox: Mark,
    failed: bool,
    since: Moment,
}

impl Worker {
    /// Stops what runs of the Pod.
    pub(super) fn terminate(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        turn.rouse();
        self.stage = Stage::Terminating;
        self.probes.stop_checks(turn);
        if !self.gone {
            let status = self.current(false, common, turn);
            let cause = turn.cause();
            self.report.set(&self.pod, status, turn);
            self.report.push(&self.pod, &common.facts, turn);
            turn.because(cause);
        }
        let mut regular = Vec::new();
        let mut sidecars = VecDeque::new();
        for one in self.seen.containers.iter().filter(|one| one.is_running()) {
            let named = |container: &crate::cluster::api::Container| container.name == one.name;
            let spec = &self.pod.spec;
            if let Some(index) = spec.init_containers.iter().position(named) {
                let stays = spec.init_containers.get(index).is_some_and(is_sidecar);
                let entry = (Place::Init(index), one.id.clone());
                if stays {
                    sidecars.push_back(entry);
                } else {
                    regular.push(entry);
                }
            } else {
                let index = spec.containers.iter().position(named).unwrap_or(usize::MAX);
                regular.push((Place::Regular(index), one.id.clone()));
            }
        }
        sidecars
            .make_contiguous()
            .sort_by(|(one, _), (other, _)| other.cmp(one));
        if !regular.is_empty() || !sidecars.is_empty() {
            turn.decide(|| Decision {
                message: if self.gone {
                    "The Pod is no longer in the API: what runs of it is stopped.".to_owned()
                } else if self.pod.metadata.is_deleting() {
                    "The Pod is being deleted: its containers are told to stop.".to_owned()
                } else {
                    "The Pod is finished: what still runs of it is stopped.".to_owned()
                },
                ..self.decision()
            });
        }
        self.ending = Some(Box::new(Ending {
            stopping: Vec::new(),
            then: sidecars,
            sandbox: Mark::default(),
            failed: false,
            since: turn.now(),
        }));
        for (place, container) in regular {
            self.stop(place, container, common, turn);
        }
        self.next_to_stop(common, turn);
    }

    fn stop(&mut self, place: Place, container: Str, common: &Common, turn: &mut Turn<'_>) {
        let name = self.seen.container(&container).map(|one| one.name.clone());
        let message = format!("Stopping container {}", name.unwrap_or_default());
        self.tell_container(place, (false, "Killing"), message, common, turn);
        // What a sidecar waited for the others is taken off its time (terminationOrdering).
        let waited = self
            .ending
            .as_ref()
            .map(|ending| turn.now().since(ending.since));
        let grace = self.grace(place.of(&self.pod.spec), KillCause::Other);
        let grace = grace.saturating_sub(waited.unwrap_or_default());
        let what = Cri::StopContainer {
            uid: self.uid.clone(),
            container: container.clone(),
            grace: grace.max(LEAST_GRACE),
        };
        let mark = self.record_call(&what, common, turn);
        let cause = turn.cause();
        turn.because(mark.step);
        common.ask(
            Errand::Stop(self.uid.clone(), container.clone()),
            what,
            turn,
        );
        turn.because(cause);
        if let Some(ending) = &mut self.ending {
            ending.stopping.push((container, mark));
        }
    }

    /// A container was stopped, or could not be.
    pub(super) fn stopped(
        &mut self,
        container: &str,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        if let Ok(CriReply::Pod(record)) = &result {
            self.take(record.clone());
        }
        let Some(ending) = &mut self.ending else {
            return;
        };
        let at = ending
            .stopping
            .iter()
            .position(|(one, _)| **one == *container);
        if let Some((_, mark)) = at.map(|at| ending.stopping.remove(at)) {
            turn.amend(mark, |step| {
                if let Err(error) = &result {
                    step.message = error.to_string();
                }
            });
        }
        ending.failed |= result.is_err();
        self.next_to_stop(common, turn);
    }

    /// Once the others have ended the sidecars are stopped one by one, and then the sandbox.
    fn next_to_stop(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        let Some(ending) = &mut self.ending else {
            return;
        };
        if !ending.stopping.is_empty() {
            return;
        }
        if ending.failed {
            return self.try_later(common, turn);
        }
        if let Some((place, container)) = ending.then.pop_front() {
            return self.stop(place, container, common, turn);
        }
        if self.seen.ready_sandbox().is_none() {
            return self.ended(common, turn);
        }
        let what = Cri::StopPodSandbox {
            uid: self.uid.clone(),
        };
        let mark = self.record_call(&what, common, turn);
        if let Some(ending) = &mut self.ending {
            ending.sandbox = mark;
        }
        let cause = turn.cause();
        turn.because(mark.step);
        common.ask(Errand::Flow(self.uid.clone()), what, turn);
        turn.because(cause);
    }

    pub(super) fn sandbox_stopped(
        &mut self,
        result: Result<CriReply, CriError>,
        common: &mut Common,
        turn: &mut Turn<'_>,
    ) {
        let mark = self
            .ending
            .as_ref()
            .map(|ending| ending.sandbox)
            .unwrap_or_default();
        turn.amend(mark, |step| {
            if let Err(error) = &result {
                step.message = error.to_string();
            }
        });
        match result {
            Ok(CriReply::Pod(record)) => {
                self.take(record);
                self.ended(common, turn);
            }
            Ok(_) => self.ended(common, turn),
            Err(_) => self.try_later(common, turn),
        }
    }

    fn try_later(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        self.ending = None;
        let message = format!(
            "error killing pod: {}",
            CriError::down() // all that can go wrong here
        );
        common.tell(&self.pod, None, (true, "FailedKillPod"), message, turn);
        let wait = turn.random().jitter(backoff::FIRST, 0.5);
        self.retry = Some(turn.timer(wait, Timer::Retry(self.uid.clone())));
    }

    /// Nothing runs of the Pod any more: its last status is written, and then, if it is being deleted, the
    /// object goes (SyncTerminatedPod).
    fn ended(&mut self, common: &mut Common, turn: &mut Turn<'_>) {
        self.ending = None;
        self.forget_pending();
        self.stage = Stage::Terminated;
        self.probes.stop(turn);
        common.sources.unregister(&self.pod, turn);
        if self.gone {
            return;
        }
        let status = self.current(true, common, turn);
        self.report.finish();
        self.report.set(&self.pod, status, turn);
        self.report.push(&self.pod, &common.facts, turn);
    }
}
