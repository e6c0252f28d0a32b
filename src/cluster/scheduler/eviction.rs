//! The Pods that have to make room are deleted, while the next cycles go on
//! (`framework/preemption/executor.go`).

use std::rc::Rc;

use super::{Core, Ticket, pod_info::PodInfo};
use crate::cluster::{
    api::{Condition, ConditionStatus, Kind, Pod, Resource, StatusReason, Str, Uid},
    machinery::{Answer, DeleteOptions, EventNote, Patch, Request, Subresource, Turn},
};

/// Room is being made for a Pod.
#[derive(Clone, Debug)]
pub(super) struct Preemption {
    node: Str,
    /// How many are being deleted.
    waiting: usize,
    /// It is deleted when the others are.
    last: Option<Rc<Pod>>,
    /// The last one, once its deletion has begun.
    going: Option<Uid>,
    failed: bool,
}

/// How far the deletion of a Pod that has to make room has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VictimStage {
    /// Its condition says why it goes.
    Told,
    /// It is deleted.
    Deleted,
}

impl Core {
    /// Deletes the victims; until that is under way the Pod is not tried again.
    pub(super) fn preempt(
        &mut self,
        preemptor: Rc<PodInfo>,
        node: Str,
        victims: Vec<Rc<Pod>>,
        turn: &mut Turn<'_>,
    ) {
        self.clear_lower_nominations(&preemptor, &node, turn);
        let mut victims: Vec<Rc<Pod>> = victims
            .into_iter()
            .filter(|victim| !victim.metadata.is_deleting())
            .collect();
        let Some(last) = victims.pop() else {
            return;
        };
        let uid = preemptor.uid().clone();
        self.queue.preempting.insert(uid.clone());
        let preemption = Preemption {
            node,
            waiting: victims.len(),
            last: Some(last),
            going: None,
            failed: false,
        };
        self.preemptions.insert(uid.clone(), preemption);
        for victim in victims {
            self.tell_victim(&uid, victim, turn);
        }
        self.go_on_with(&uid, turn);
    }

    /// Pods of lower priority that were to have the node must look for another.
    fn clear_lower_nominations(&mut self, preemptor: &PodInfo, node: &Str, turn: &mut Turn<'_>) {
        let nominated = self.algorithm.nominator.on(node).iter();
        let lower: Vec<Rc<PodInfo>> = nominated
            .filter(|one| one.priority < preemptor.priority)
            .cloned()
            .collect();
        for info in lower {
            let meta = &info.pod.metadata;
            let none = serde_json::json!({"status": {"nominatedNodeName": null}});
            let patch = Patch::Strategic(none);
            let (namespace, name) = (&meta.namespace, &meta.name);
            let request = Request::patch(&self.user, Resource::Pods, namespace, name, patch);
            turn.request(request.on(Subresource::Status), Ticket::Nothing);
        }
    }

    fn tell_victim(&self, preemptor: &Uid, victim: Rc<Pod>, turn: &mut Turn<'_>) {
        let meta = &victim.metadata;
        let condition = Condition {
            kind: "DisruptionTarget".into(),
            status: ConditionStatus::True,
            reason: "PreemptionByScheduler".into(),
            message: format!(
                "{}: preempting to accommodate a higher priority pod",
                super::NAME
            ),
            last_transition_time: Some(turn.now().timestamp()),
            observed_generation: meta.generation,
            ..Condition::default()
        };
        let patch = Patch::Condition(Box::new(condition));
        let (namespace, name) = (&meta.namespace, &meta.name);
        let request = Request::patch(&self.user, Resource::Pods, namespace, name, patch);
        let ticket = Ticket::Victim {
            preemptor: preemptor.clone(),
            victim: victim.clone(),
            stage: VictimStage::Told,
        };
        turn.request(request.on(Subresource::Status), ticket);
    }

    /// The answer to the patch or the deletion of a victim.
    pub(super) fn victim_answered(
        &mut self,
        preemptor: Uid,
        (victim, stage): (Rc<Pod>, VictimStage),
        answer: &Answer,
        turn: &mut Turn<'_>,
    ) {
        match (&answer.result, stage) {
            (Ok(_), VictimStage::Told) => {
                let meta = &victim.metadata;
                let (namespace, name) = (&meta.namespace, &meta.name);
                let options = DeleteOptions::default();
                let request = Request::delete(&self.user, Resource::Pods, namespace, name, options);
                let stage = VictimStage::Deleted;
                let ticket = Ticket::Victim {
                    preemptor,
                    victim: victim.clone(),
                    stage,
                };
                turn.request(request, ticket);
                return;
            }
            (Ok(_), VictimStage::Deleted) => {
                let node = self.preemptions.get(&preemptor);
                let node = node.map(|one| one.node.clone()).unwrap_or_default();
                turn.event(EventNote {
                    source: super::NAME,
                    about: victim.into_object().reference(),
                    warning: false,
                    reason: "Preempted",
                    message: format!("Preempted by pod {preemptor} on node {node}"),
                });
            }
            // It is gone already.
            (Err(status), _) if status.reason == StatusReason::NotFound => {}
            (Err(_), _) => {
                if let Some(preemption) = self.preemptions.get_mut(&preemptor) {
                    preemption.failed = true;
                }
            }
        }
        if let Some(preemption) = self.preemptions.get_mut(&preemptor) {
            preemption.waiting = preemption.waiting.saturating_sub(1);
        }
        self.go_on_with(&preemptor, turn);
    }

    fn go_on_with(&mut self, preemptor: &Uid, turn: &mut Turn<'_>) {
        let Some(preemption) = self.preemptions.get_mut(preemptor) else {
            return;
        };
        if preemption.waiting > 0 {
            return;
        }
        if let (Some(last), false) = (preemption.last.take(), preemption.failed) {
            preemption.waiting = 1;
            preemption.going = Some(last.metadata.uid.clone());
            self.tell_victim(preemptor, last, turn);
            return;
        }
        let failed = preemption.failed;
        self.preemptions.remove(preemptor);
        self.queue.preempting.remove(preemptor);
        if failed {
            self.queue.force(preemptor, turn.cause());
        }
    }

    /// A Pod is on its way out: if it was the last to make room, whoever waits for that may be tried again.
    pub(super) fn is_going(&mut self, uid: &Uid) {
        for (preemptor, preemption) in &self.preemptions {
            if preemption.going.as_ref() == Some(uid) {
                self.queue.preempting.remove(preemptor);
            }
        }
    }
}
