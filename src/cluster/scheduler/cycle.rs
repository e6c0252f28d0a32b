//! One Pod at a time: the scheduling cycle, and what follows from it.

use std::{ops::RangeInclusive, rc::Rc, time::Duration};

use serde_json::json;

use super::{
    Core, Ticket, Timer,
    algorithm::{Algorithm, Fit, Outcome},
    diagnosis::Diagnosis,
    framework::Plugins,
    pod_info::PodInfo,
    preemption::PostFilter,
    queue::{ClusterEvent, QueuedPod},
    report::left_out_note,
};
use crate::cluster::{
    api::{Condition, ConditionStatus, Kind, Labels, Pod, Resource, Str, Uid},
    machinery::{Answer, EventNote, Informer, Patch, Request, Subresource, Turn},
    trace::{Step, StepKind},
};

/// How long a cycle takes, in microseconds.
const CYCLE: RangeInclusive<u64> = 400..=1_200;

/// The longest message an Event may carry (`pkg/apis/core/validation/events.go`, NoteLengthLimit).
const NOTE_LENGTH_LIMIT: usize = 1024;

/// The scheduling cycle that runs.
#[derive(Clone, Debug)]
pub(super) struct Cycle {
    queued: QueuedPod,
    result: Decided,
}

#[derive(Clone, Debug)]
enum Decided {
    Bind(Str),
    Fail(Failure),
}

/// A Pod that could not be scheduled, or bound.
#[derive(Clone, Debug)]
struct Failure {
    /// `Unschedulable` or `SchedulerError`.
    reason: &'static str,
    message: String,
    rejectors: Plugins,
    /// Which node is to be kept for it: None leaves what was said before, nothing takes it back.
    nominate: Option<Str>,
    victims: Vec<Rc<Pod>>,
}

/// A binding that was sent.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    queued: QueuedPod,
    node: Str,
}

impl Core {
    /// Begins the next cycle, if none runs and a Pod waits.
    pub(super) fn begin_cycle(&mut self, turn: &mut Turn<'_>) {
        while self.cycle.is_none() {
            let Some(queued) = self.queue.pop() else {
                return;
            };
            turn.because(queued.cause);
            turn.rouse();
            let pod = &queued.info.pod;
            if pod.metadata.is_deleting() {
                let meta = &pod.metadata;
                let message = format!(
                    "skip schedule deleting pod: {}/{}",
                    meta.namespace, meta.name
                );
                failed_scheduling(pod, message, turn);
            } else if !self.algorithm.cache.is_assumed(&pod.metadata.uid) {
                self.cycle = Some(self.schedule(queued, turn));
                return;
            }
            self.queue.done();
        }
    }

    fn schedule(&mut self, queued: QueuedPod, turn: &mut Turn<'_>) -> Cycle {
        let info = queued.info.clone();
        let duration = turn.within(&CYCLE);
        let (outcome, state) = self.algorithm.schedule(&info, turn.random());
        let result = match outcome {
            Outcome::Fits(fit) => {
                self.tell_fit(&info, &fit, duration, turn);
                self.algorithm.nominator.remove(info.uid());
                self.algorithm.cache.assume(info, fit.slot);
                Decided::Bind(fit.node)
            }
            Outcome::NoNodes => {
                let message = "no nodes available to schedule pods".to_owned();
                self.tell_failure(&info, &Diagnosis::default(), &message, duration, turn);
                Decided::Fail(Failure {
                    reason: "Unschedulable",
                    message,
                    rejectors: Plugins::default(),
                    nominate: Some(Str::default()),
                    victims: Vec::new(),
                })
            }
            Outcome::Unfit(mut diagnosis) => {
                let now = turn.now();
                let post_filter = self.algorithm.post_filter(
                    &info,
                    state.as_ref(),
                    &diagnosis,
                    now,
                    turn.random(),
                );
                let (nominate, victims) = match post_filter {
                    PostFilter::Preempt { node, victims } => (Some(node), victims),
                    PostFilter::Useless(message) => {
                        diagnosis.post_filter = message;
                        (Some(Str::default()), Vec::new())
                    }
                    PostFilter::NotEligible(message) => {
                        diagnosis.post_filter = message;
                        (None, Vec::new())
                    }
                };
                let message = diagnosis.message(&info.requests);
                self.tell_failure(&info, &diagnosis, &message, duration, turn);
                Decided::Fail(Failure {
                    reason: "Unschedulable",
                    message,
                    rejectors: diagnosis.rejectors(),
                    nominate,
                    victims,
                })
            }
        };
        turn.timer(duration, Timer::CycleOver);
        Cycle { queued, result }
    }

    fn tell_fit(&self, info: &PodInfo, fit: &Fit, duration: Duration, turn: &mut Turn<'_>) {
        let done = turn.now() + duration;
        let mark = turn.record(StepKind::Decision, done, |actor| {
            let (changes, left_out) = self.algorithm.table(info, &fit.rejected, Some(fit));
            Step {
                message: Algorithm::sentence(fit, left_out),
                changes,
                ..about(info, Step::new(StepKind::Decision, actor))
            }
        });
        turn.because(mark.step);
    }

    fn tell_failure(
        &self,
        info: &PodInfo,
        diagnosis: &Diagnosis,
        message: &str,
        duration: Duration,
        turn: &mut Turn<'_>,
    ) {
        let done = turn.now() + duration;
        let mark = turn.record(StepKind::Decision, done, |actor| {
            let (changes, left_out) = self.algorithm.table(info, &diagnosis.rejected, None);
            Step {
                message: format!("{message}{}", left_out_note(left_out)),
                changes,
                ..about(info, Step::new(StepKind::Decision, actor))
            }
        });
        turn.because(mark.step);
    }

    /// The cycle is over: the Pod is bound, which others need not wait for, or it failed.
    pub(super) fn finish_cycle(&mut self, pods: &Informer<Pod>, turn: &mut Turn<'_>) {
        let Some(Cycle { queued, result }) = self.cycle.take() else {
            return;
        };
        match result {
            Decided::Bind(node) => {
                self.queue.done();
                let meta = &queued.info.pod.metadata;
                let request =
                    Request::bind(&self.user, &meta.namespace, &meta.name, &meta.uid, &node);
                turn.request(request, Ticket::Bind(meta.uid.clone()));
                let uid = meta.uid.clone();
                self.bindings.insert(uid, Binding { queued, node });
            }
            Decided::Fail(mut failure) => {
                let victims = std::mem::take(&mut failure.victims);
                if let (Some(node), false) = (&failure.nominate, victims.is_empty()) {
                    self.preempt(queued.info.clone(), node.clone(), victims, turn);
                }
                self.fail(queued, failure, pods, turn);
            }
        }
    }

    /// The answer to a binding.
    pub(super) fn bound(
        &mut self,
        uid: &Uid,
        answer: &Answer,
        pods: &Informer<Pod>,
        turn: &mut Turn<'_>,
    ) {
        let Some(Binding { queued, node }) = self.bindings.remove(uid) else {
            return;
        };
        let pod = &queued.info.pod;
        let meta = &pod.metadata;
        let status = match &answer.result {
            Ok(_) => {
                turn.event(EventNote {
                    source: super::NAME,
                    about: pod.clone().into_object().reference(),
                    warning: false,
                    reason: "Scheduled",
                    message: format!(
                        "Successfully assigned {}/{} to {node}",
                        meta.namespace, meta.name
                    ),
                });
                return;
            }
            Err(status) => status,
        };
        if self.algorithm.cache.forget(uid).is_some() {
            let gone = ClusterEvent::PodDeleted(on_node(pod, &node));
            self.happened(&gone, turn, |_| true);
        }
        let failure = Failure {
            reason: "SchedulerError",
            message: format!("running Bind plugin \"DefaultBinder\": {}", status.message),
            rejectors: Plugins::default(),
            nominate: Some(Str::default()),
            victims: Vec::new(),
        };
        self.fail(queued, failure, pods, turn);
    }

    /// The Pod goes back into the queue, if it still needs a node; its condition and an Event say why
    /// (handleSchedulingFailure).
    fn fail(
        &mut self,
        mut queued: QueuedPod,
        failure: Failure,
        pods: &Informer<Pod>,
        turn: &mut Turn<'_>,
    ) {
        queued.rejectors = failure.rejectors;
        queued.cause = turn.cause();
        let uid = queued.info.uid().clone();
        let latest = pods.get(&queued.info.pod.metadata.key()).cloned();
        let in_cycle = failure.reason == "Unschedulable";
        let mut pod = queued.info.pod.clone();
        match latest {
            Some(latest) if latest.metadata.uid != uid => {
                if in_cycle {
                    self.queue.done();
                }
                return;
            }
            Some(latest) if latest.spec.node_name.is_empty() => {
                pod = latest.clone();
                queued.info = Rc::new(queued.info.updated(latest));
                let info = queued.info.clone();
                let namespaces = &self.algorithm.namespaces;
                self.queue.add_unschedulable(queued, turn.now(), namespaces);
                let said = &info.pod.status.nominated_node_name;
                let node = failure.nominate.as_ref().unwrap_or(said).clone();
                self.algorithm.nominator.nominate(info, &node);
            }
            // Gone, or bound by somebody else.
            _ if in_cycle => self.queue.done(),
            _ => {}
        }
        let mut note = failure.message.clone();
        if note.len() > NOTE_LENGTH_LIMIT {
            let mut end = NOTE_LENGTH_LIMIT - 4;
            while !note.is_char_boundary(end) {
                end -= 1;
            }
            note.truncate(end);
            note.push_str(" ...");
        }
        failed_scheduling(&pod, note, turn);
        self.write_condition(&pod, failure, turn);
    }

    /// Writes PodScheduled=False, unless it says that already, and which node is kept for the Pod.
    fn write_condition(&mut self, pod: &Pod, failure: Failure, turn: &mut Turn<'_>) {
        let before = pod.status.condition("PodScheduled");
        let since = before
            .filter(|before| before.status == ConditionStatus::False)
            .and_then(|before| before.last_transition_time)
            .unwrap_or(turn.now().timestamp());
        let condition = Condition {
            kind: "PodScheduled".into(),
            status: ConditionStatus::False,
            reason: failure.reason.into(),
            message: failure.message,
            last_transition_time: Some(since),
            observed_generation: pod.metadata.generation,
            ..Condition::default()
        };
        let nominated = &pod.status.nominated_node_name;
        let nominate = failure.nominate.filter(|node| node != nominated);
        if before == Some(&condition) && nominate.is_none() {
            return;
        }
        let patch = match nominate {
            None => Patch::Condition(Box::new(condition)),
            Some(node) => {
                let node = (!node.is_empty()).then_some(&*node);
                let status = json!({"conditions": [condition], "nominatedNodeName": node});
                Patch::Strategic(json!({"status": status}))
            }
        };
        let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
        let request = Request::patch(&self.user, Resource::Pods, namespace, name, patch);
        turn.request(request.on(Subresource::Status), Ticket::Nothing);
    }
}

fn about(info: &PodInfo, step: Step) -> Step {
    let meta = &info.pod.metadata;
    Step {
        resource: Resource::Pods.plural(),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        reason: "schedule".into(),
        ..step
    }
}

fn failed_scheduling(pod: &Rc<Pod>, message: String, turn: &mut Turn<'_>) {
    turn.event(EventNote {
        source: super::NAME,
        about: pod.clone().into_object().reference(),
        warning: true,
        reason: "FailedScheduling",
        message,
    });
}

/// The Pod as it would be on that node.
pub(super) fn on_node(pod: &Rc<Pod>, node: &Str) -> Rc<Pod> {
    let mut pod = Pod::clone(pod);
    Rc::make_mut(&mut pod.spec).node_name = node.clone();
    Rc::new(pod)
}

impl Core {
    /// Labels of a namespace came to be known, or its end.
    pub(super) fn set_namespace(&mut self, name: &Str, labels: Option<&Labels>) {
        let namespaces = Rc::make_mut(&mut self.algorithm.namespaces);
        match labels {
            Some(labels) => namespaces.insert(name.clone(), labels.clone()),
            None => namespaces.remove(name),
        };
    }
}
