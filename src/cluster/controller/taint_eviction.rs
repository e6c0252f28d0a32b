use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use super::{Change, Controller, Desk, Ticket as AnyTicket, Timer as AnyTimer, Wake, states};
use crate::cluster::{
    api::{Condition, Key, Object, ObjectMeta, Pod, Resource, Taint, TaintEffect, Toleration},
    machinery::{Answer, DeleteOptions, Patch, Request, Subresource, TimerId},
    moment::Moment,
};

/// Deletes Pods from nodes with a NoExecute taint they do not tolerate, or no longer
/// (`pkg/controller/tainteviction/taint_eviction.go`).
#[derive(Clone, Debug, Default)]
pub(crate) struct TaintEviction {
    /// Pods that will be deleted: since when, and the timer.
    marked: FxHashMap<Key, (Moment, TimerId)>,
}

/// What it waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    /// The Pod says why it will go.
    Condition(Key),
    /// The Pod is deleted.
    Deleted(Key),
}

/// A Pod's time is up.
#[derive(Clone, Debug)]
pub(crate) struct Evict(Key);

impl Controller for TaintEviction {
    const NAME: &'static str = "tainteviction";
    const ACCOUNT: &'static str = "node-controller";
    const WORKERS: usize = 8;
    const TICKET: fn(Ticket) -> AnyTicket = AnyTicket::TaintEviction;
    const TIMER: fn(Wake<Key, Evict>) -> AnyTimer = AnyTimer::TaintEviction;
    /// A Pod.
    type Key = Key;
    type Ticket = Ticket;
    type Timer = Evict;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        match change {
            Change::Node(seen) => {
                let (before, after) = states(seen);
                let of = |node: Option<&Rc<crate::cluster::api::Node>>| {
                    node.map(|node| no_execute(&node.spec.taints))
                        .unwrap_or_default()
                };
                if of(before) == of(after) {
                    return;
                }
                let name = &seen.object().metadata.name;
                let pods: Vec<Key> = desk
                    .caches
                    .pods_on(name)
                    .map(|pod| pod.metadata.key())
                    .collect();
                for key in pods {
                    desk.enqueue(key);
                }
            }
            Change::Pod(seen) => {
                let (before, after) = states(seen);
                let concerns = match (before, after) {
                    (Some(before), Some(after)) => {
                        before.spec.node_name != after.spec.node_name
                            || before.spec.tolerations != after.spec.tolerations
                    }
                    (None, Some(after)) => !after.spec.node_name.is_empty(),
                    _ => self.marked.contains_key(&seen.object().metadata.key()),
                };
                if !concerns {
                    return;
                }
                let node = Key::new("", seen.object().spec.node_name.clone());
                let tainted = desk
                    .caches
                    .nodes
                    .get(&node)
                    .is_some_and(|node| !no_execute(&node.spec.taints).is_empty());
                if tainted || after.is_none() {
                    desk.enqueue(seen.object().metadata.key());
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        desk.done(&key);
        let Some(pod) = desk.caches.pods.get(&key).cloned() else {
            self.cancel(&key, None, desk);
            return;
        };
        let node = Key::new("", pod.spec.node_name.clone());
        let taints = desk.caches.nodes.get(&node);
        let taints = taints
            .map(|node| no_execute(&node.spec.taints))
            .unwrap_or_default();
        if taints.is_empty() || pod.metadata.is_deleting() {
            self.cancel(&key, Some(&pod), desk);
            return;
        }
        match patience(&taints, &pod.spec.tolerations) {
            Patience::None => {
                self.cancel(&key, Some(&pod), desk);
                self.evict(key, desk);
            }
            Patience::Forever => self.cancel(&key, Some(&pod), desk),
            Patience::For(length) => self.mark(key, &pod, length, desk),
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        match ticket {
            Ticket::Condition(key) => {
                if answer.result.is_ok() {
                    let (namespace, name) = (&key.namespace, &key.name);
                    let options = DeleteOptions::default();
                    let request =
                        Request::delete(desk.user, Resource::Pods, namespace, name, options);
                    desk.request(request, Ticket::Deleted(key));
                } else if !matches!(answer.result, Err(status) if status.code == 404) {
                    desk.enqueue_after(key, Duration::from_millis(10));
                }
            }
            Ticket::Deleted(key) => {
                if matches!(answer.result, Err(status) if status.code != 404) {
                    desk.enqueue_after(key, Duration::from_millis(10));
                }
            }
        }
    }

    fn fire(&mut self, Evict(key): Evict, desk: &mut Desk<'_, Self>) {
        if self.marked.remove(&key).is_some() {
            self.evict(key, desk);
        }
    }
}

impl TaintEviction {
    fn mark(&mut self, key: Key, pod: &Rc<Pod>, length: Duration, desk: &mut Desk<'_, Self>) {
        let now = desk.turn.now();
        let mut since = now;
        if let Some((marked, _)) = self.marked.get(&key) {
            since = *marked;
            if since + length <= now + length {
                return;
            }
            self.cancel(&key, Some(pod), desk);
        }
        desk.decide((Resource::Pods, &key.namespace, &key.name), || {
            let seconds = length.as_secs();
            let message = format!(
                "{} tolerates the NoExecute taint of {} for {seconds} s, then it is deleted",
                key.name, pod.spec.node_name
            );
            (message, Vec::new())
        });
        let timer = desk.timer((since + length).since(now), Evict(key.clone()));
        self.marked.insert(key, (since, timer));
    }

    fn cancel(&mut self, key: &Key, pod: Option<&Rc<Pod>>, desk: &mut Desk<'_, Self>) {
        let Some((_, timer)) = self.marked.remove(key) else {
            return;
        };
        desk.turn.cancel(timer);
        if let Some(pod) = pod.filter(|pod| !pod.metadata.is_deleting()) {
            let message = format!("Cancelling deletion of Pod {key}");
            let about = Object::Pod(pod.clone());
            desk.event(
                "taint-eviction-controller",
                &about,
                (false, "TaintManagerEviction"),
                message,
            );
        }
    }

    /// addConditionAndDeletePod.
    fn evict(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        let about = Object::from(Pod {
            metadata: ObjectMeta {
                name: key.name.clone(),
                namespace: key.namespace.clone(),
                ..ObjectMeta::default()
            },
            ..Pod::default()
        });
        let about = desk
            .caches
            .pods
            .get(&key)
            .cloned()
            .map_or(about, Object::Pod);
        let message = format!("Marking for deletion Pod {key}");
        desk.event(
            "taint-eviction-controller",
            &about,
            (false, "TaintManagerEviction"),
            message,
        );
        let condition = Condition {
            kind: "DisruptionTarget".into(),
            status: true.into(),
            reason: "DeletionByTaintManager".into(),
            message: "Taint manager: deleting due to NoExecute taint".to_owned(),
            last_transition_time: Some(desk.turn.now().timestamp()),
            ..Condition::default()
        };
        let patch = Patch::Condition(Box::new(condition));
        let request = Request::patch(desk.user, Resource::Pods, &key.namespace, &key.name, patch);
        desk.request(request.on(Subresource::Status), Ticket::Condition(key));
    }
}

fn no_execute(taints: &[Taint]) -> Vec<Taint> {
    let taints = taints.iter();
    let taints = taints.filter(|taint| taint.effect == TaintEffect::NoExecute);
    taints.cloned().collect()
}

/// How long a Pod puts up with taints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Patience {
    None,
    For(Duration),
    Forever,
}

/// The shortest of the tolerations that are used; none if one taint is not tolerated
/// (GetMatchingTolerations, getMinTolerationTime).
fn patience(taints: &[Taint], tolerations: &[Toleration]) -> Patience {
    let mut shortest: Option<i64> = None;
    for taint in taints {
        let Some(used) = tolerations.iter().find(|one| one.tolerates(taint)) else {
            return Patience::None;
        };
        if let Some(seconds) = used.toleration_seconds {
            shortest = Some(shortest.map_or(seconds, |shortest| shortest.min(seconds)));
        }
    }
    match shortest {
        None => Patience::Forever,
        Some(..=0) => Patience::None,
        Some(seconds) => Patience::For(Duration::from_secs(seconds.unsigned_abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/controller/tainteviction/taint_eviction_test.go`, TestGetMinTolerationTime and
    /// TestUpdateNodeWithMultipleTaints.
    /// C32
    #[test]
    fn patience_is_the_shortest_of_the_tolerations_used() {
        let taint = |key: &str| Taint {
            key: key.into(),
            effect: TaintEffect::NoExecute,
            ..Taint::default()
        };
        let toleration = |key: &str, seconds: Option<i64>| Toleration {
            key: key.into(),
            operator: "Exists".into(),
            effect: Some(TaintEffect::NoExecute),
            toleration_seconds: seconds,
            ..Toleration::default()
        };
        let seconds = |seconds| Patience::For(Duration::from_secs(seconds));
        for (taints, tolerations, expected) in [
            (vec![taint("a")], vec![], Patience::None),
            (
                vec![taint("a")],
                vec![toleration("b", None)],
                Patience::None,
            ),
            (
                vec![taint("a")],
                vec![toleration("a", None)],
                Patience::Forever,
            ),
            (
                vec![taint("a")],
                vec![toleration("a", Some(0))],
                Patience::None,
            ),
            (
                vec![taint("a")],
                vec![toleration("a", Some(300))],
                seconds(300),
            ),
            (
                vec![taint("a"), taint("b")],
                vec![toleration("a", Some(1)), toleration("b", Some(100))],
                seconds(1),
            ),
            (
                vec![taint("a"), taint("b")],
                vec![toleration("a", None), toleration("b", Some(100))],
                seconds(100),
            ),
        ] {
            assert_eq!(patience(&taints, &tolerations), expected);
        }
    }
}
