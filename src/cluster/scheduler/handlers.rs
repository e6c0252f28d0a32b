//! What the informers bring: changes go into the cache and the queue, and may make Pods that wait worth
//! another try (`pkg/scheduler/eventhandlers.go`).

use std::rc::Rc;

use super::{
    Core, NAME,
    cycle::on_node,
    pod_info::PodInfo,
    queue::{ClusterEvent, NodeChange, PodChange},
};
use crate::cluster::{
    api::{Node, Pod},
    machinery::{Seen, Turn},
};

/// Whether the Pod asked for this scheduler. The API server fills the name in.
fn is_ours(pod: &Pod) -> bool {
    matches!(&*pod.spec.scheduler_name, "" | NAME)
}

fn has_node(pod: &Pod) -> bool {
    !pod.spec.node_name.is_empty()
}

impl Core {
    pub(super) fn happened(
        &mut self,
        event: &ClusterEvent,
        turn: &Turn<'_>,
        of: impl Fn(&PodInfo) -> bool,
    ) {
        let when = (turn.cause(), turn.now());
        self.queue
            .happened(event, when, &self.algorithm.namespaces, of);
    }

    /// A Pod was seen. Finished Pods are as good as gone: upstream's informer leaves them out.
    pub(super) fn see_pod(&mut self, seen: &Seen<Pod>, turn: &Turn<'_>) {
        match seen {
            Seen::Added(pod) if pod.status.phase.is_finished() => {}
            Seen::Added(pod) => self.add_pod(pod, turn),
            Seen::Updated { before, after } => {
                let was_finished = before.status.phase.is_finished();
                match (was_finished, after.status.phase.is_finished()) {
                    (false, false) => self.update_pod(before, after, turn),
                    (false, true) => self.delete_pod(before, turn),
                    (true, false) => self.add_pod(after, turn),
                    (true, true) => {}
                }
            }
            Seen::Deleted(pod) => self.delete_pod(pod, turn),
        }
    }

    fn add_pod(&mut self, pod: &Rc<Pod>, turn: &Turn<'_>) {
        if has_node(pod) {
            self.add_assigned(pod, turn);
        } else if is_ours(pod) {
            let info = Rc::new(PodInfo::new(pod.clone()));
            let nominated = &pod.status.nominated_node_name;
            if !nominated.is_empty() {
                self.algorithm.nominator.nominate(info.clone(), nominated);
            }
            self.queue.add(info, turn.cause(), turn.now());
        }
    }

    fn update_pod(&mut self, before: &Rc<Pod>, after: &Rc<Pod>, turn: &Turn<'_>) {
        if after.metadata.is_deleting() && !before.metadata.is_deleting() {
            self.is_going(&after.metadata.uid);
        }
        if before.metadata.uid != after.metadata.uid {
            self.delete_pod(before, turn);
            self.add_pod(after, turn);
        } else if has_node(before) {
            self.algorithm.cache.set_pod(after);
            for what in PodChange::between(before, after) {
                if what != PodChange::Other {
                    let (before, after) = (before.clone(), after.clone());
                    let event = ClusterEvent::PodUpdated {
                        before,
                        after,
                        what,
                    };
                    self.happened(&event, turn, |_| true);
                }
            }
        } else if has_node(after) {
            self.add_assigned(after, turn);
        } else if is_ours(after) {
            self.update_waiting(before, after, turn);
        }
    }

    /// A Pod that has a node appeared, or one got it: with that a binding is confirmed.
    fn add_assigned(&mut self, pod: &Rc<Pod>, turn: &Turn<'_>) {
        self.algorithm.cache.set_pod(pod);
        self.queue.delete(&pod.metadata.uid);
        self.algorithm.nominator.remove(&pod.metadata.uid);
        self.happened(&ClusterEvent::PodAdded(pod.clone()), turn, |_| true);
    }

    fn update_waiting(&mut self, before: &Rc<Pod>, after: &Rc<Pod>, turn: &Turn<'_>) {
        let uid = &after.metadata.uid;
        if self.algorithm.cache.is_assumed(uid) {
            if after.metadata.is_deleting() && !before.metadata.is_deleting() {
                self.forget_assumed(after, turn);
            }
            return;
        }
        let when = (turn.cause(), turn.now());
        self.queue
            .update(before, after, when, &self.algorithm.namespaces);
        let nominated = &before.status.nominated_node_name;
        let is_nominated = self.algorithm.nominator.node_of(uid).is_some();
        if is_nominated || !after.status.nominated_node_name.is_empty() {
            let info = Rc::new(PodInfo::new(after.clone()));
            self.algorithm.nominator.update(before, &info);
        }
        if !nominated.is_empty() && *nominated != after.status.nominated_node_name {
            self.left_its_claim(before, turn);
        }
    }

    /// A Pod for which a node was kept does not want it any more: that concerns those who yielded to it.
    fn left_its_claim(&mut self, pod: &Rc<Pod>, turn: &Turn<'_>) {
        let priority = pod.spec.priority.unwrap_or(0);
        let event = ClusterEvent::PodDeleted(pod.clone());
        self.happened(&event, turn, |info| info.priority <= priority);
    }

    /// A Pod is deleted while its binding is under way (handleAssumedPodDeletion).
    fn forget_assumed(&mut self, pod: &Rc<Pod>, turn: &Turn<'_>) {
        let Some(placed) = self.algorithm.cache.forget(&pod.metadata.uid) else {
            return;
        };
        let node = &self.algorithm.cache.node(placed.slot).name;
        let event = ClusterEvent::PodDeleted(on_node(pod, node));
        self.happened(&event, turn, |_| true);
    }

    fn delete_pod(&mut self, pod: &Rc<Pod>, turn: &Turn<'_>) {
        let uid = &pod.metadata.uid;
        self.is_going(uid);
        if has_node(pod) {
            if self.algorithm.cache.remove_pod(uid).is_some() {
                self.happened(&ClusterEvent::PodDeleted(pod.clone()), turn, |_| true);
            }
            return;
        }
        self.queue.delete(uid);
        self.algorithm.nominator.remove(uid);
        if self.algorithm.cache.is_assumed(uid) {
            self.forget_assumed(pod, turn);
        } else if !pod.status.nominated_node_name.is_empty() {
            self.left_its_claim(pod, turn);
        }
    }

    pub(super) fn see_node(&mut self, seen: &Seen<Node>, turn: &Turn<'_>) {
        match seen {
            Seen::Added(node) => {
                self.algorithm.cache.set_node(node);
                self.happened(&ClusterEvent::NodeAdded(node.clone()), turn, |_| true);
            }
            Seen::Updated { before, after } => {
                self.algorithm.cache.set_node(after);
                for what in NodeChange::between(before, after) {
                    let (before, after) = (before.clone(), after.clone());
                    let event = ClusterEvent::NodeUpdated {
                        before,
                        after,
                        what,
                    };
                    self.happened(&event, turn, |_| true);
                }
            }
            Seen::Deleted(node) => {
                self.happened(&ClusterEvent::NodeDeleted(node.clone()), turn, |_| true);
                self.algorithm.cache.remove_node(&node.metadata.name);
            }
        }
    }
}
