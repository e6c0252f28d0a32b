//! What wakes the controller.

use std::time::Duration;

use super::{Replicas, workload::Workload};
use crate::cluster::{
    api::Pod,
    controller::{Desk, states},
    machinery::Seen,
};

impl<W: Workload> Replicas<W> {
    pub(super) fn see_set(&mut self, seen: &Seen<W>, desk: &mut Desk<'_, Self>) {
        let gone = match states(seen) {
            (Some(_), None) => true,
            (Some(before), Some(after)) => before.metadata().uid != after.metadata().uid,
            _ => false,
        };
        let key = seen.object().metadata().key();
        if gone {
            self.expectations.forget(&key);
            self.writes.forget(&key);
        }
        desk.enqueue(key);
    }

    pub(super) fn see_pod(&mut self, seen: &Seen<Pod>, desk: &mut Desk<'_, Self>) {
        match states(seen) {
            (None, Some(pod)) if pod.metadata.is_deleting() => self.pod_gone(pod, desk),
            (None, Some(pod)) => {
                if pod.metadata.controller().is_none() {
                    Self::offer(pod, desk);
                } else if let Some(owner) = W::owner_of(pod, desk.caches) {
                    let key = owner.metadata().key();
                    self.expectations.creation_observed(&key);
                    desk.enqueue(key);
                }
            }
            (Some(before), Some(after)) => self.pod_changed(before, after, desk),
            (Some(pod), None) => self.pod_gone(pod, desk),
            (None, None) => {}
        }
    }

    fn pod_changed(&mut self, before: &Pod, after: &Pod, desk: &mut Desk<'_, Self>) {
        let relabeled = before.metadata.labels != after.metadata.labels;
        if after.metadata.is_deleting() {
            self.pod_gone(after, desk);
            if relabeled {
                self.pod_gone(before, desk);
            }
            return;
        }
        let owners = (before.metadata.controller(), after.metadata.controller());
        let moved = owners.0 != owners.1;
        if moved && let Some(owner) = W::owner_of(before, desk.caches) {
            desk.enqueue(owner.metadata().key());
        }
        if owners.1.is_some() {
            let Some(owner) = W::owner_of(after, desk.caches) else {
                return;
            };
            desk.enqueue(owner.metadata().key());
            let wait = owner.min_ready_seconds();
            if wait > 0 && !before.status.is_ready() && after.status.is_ready() {
                let wait = Duration::from_secs(u64::from(wait.unsigned_abs()));
                desk.enqueue_after(owner.metadata().key(), wait);
            }
        } else if relabeled || moved {
            Self::offer(after, desk);
        }
    }

    /// A Pod is being deleted, or is gone: its owner need not wait for that any more.
    fn pod_gone(&mut self, pod: &Pod, desk: &mut Desk<'_, Self>) {
        if let Some(owner) = W::owner_of(pod, desk.caches) {
            let key = owner.metadata().key();
            self.expectations
                .deletion_observed(&key, &pod.metadata.key());
            desk.enqueue(key);
        }
    }

    /// Nobody manages the Pod: whoever's selector matches may adopt it.
    fn offer(pod: &Pod, desk: &mut Desk<'_, Self>) {
        for set in W::all_in(desk.caches, &pod.metadata.namespace) {
            let selector = set.selector();
            if selector.is_ok_and(|selector| selector.matches(&pod.metadata.labels)) {
                desk.enqueue(set.metadata().key());
            }
        }
    }
}
