//! What a change of a Pod means: a worker is begun, told, or forgotten.

use rustc_hash::FxHashMap;

use super::{Common, Errand, Kubelet, admission, worker::Worker};
use crate::cluster::{
    api::{Node, Pod, Uid},
    machinery::{Seen, Turn},
    runtime::Cri,
};

/// What a change of a Pod means (`pkg/kubelet/kubelet.go`, HandlePodAdditions and its siblings).
pub(super) fn handle(
    seen: Seen<Pod>,
    own: Option<&Node>,
    workers: &mut FxHashMap<Uid, Box<Worker>>,
    common: &mut Common,
    turn: &mut Turn<'_>,
) {
    let (before, after) = match seen {
        Seen::Added(pod) => (None, Some(pod)),
        Seen::Updated { before, after } if before.metadata.uid == after.metadata.uid => {
            (None, Some(after))
        }
        // The old one was deleted and a new one made while nobody looked.
        Seen::Updated { before, after } => (Some(before), Some(after)),
        Seen::Deleted(pod) => (Some(pod), None),
    };
    if let Some(gone) = before {
        let uid = gone.metadata.uid.clone();
        if let Some(worker) = workers.get_mut(&uid) {
            worker.vanished(common, turn);
            if worker.is_over() {
                forget(&uid, workers, common, turn);
            }
        }
    }
    let Some(pod) = after else {
        return;
    };
    let uid = pod.metadata.uid.clone();
    match workers.get_mut(&uid) {
        Some(worker) => worker.update(pod, common, turn),
        None => {
            let rejection = if pod.metadata.is_deleting() || pod.status.phase.is_finished() {
                None
            } else {
                admission::rejection(&pod, own, workers, &common.facts)
            };
            let seen = common.found.remove(&uid);
            let rejection = rejection.filter(|_| seen.is_none());
            let mut worker = Worker::new(pod, seen.unwrap_or_default(), turn);
            match rejection {
                Some(rejection) => worker.reject(rejection, common, turn),
                None => worker.sync(common, turn),
            }
            workers.insert(uid.clone(), Box::new(worker));
        }
    }
    if workers.get(&uid).is_some_and(|worker| worker.is_over()) {
        forget(&uid, workers, common, turn);
    }
}

/// Nothing is left to do for a Pod.
fn forget(
    uid: &Uid,
    workers: &mut FxHashMap<Uid, Box<Worker>>,
    common: &mut Common,
    turn: &mut Turn<'_>,
) {
    if let Some(mut worker) = workers.remove(uid) {
        worker.cancel_timers(turn);
        common.sources.unregister(&worker.pod, turn);
        common.ask(
            Errand::Nothing,
            Cri::RemovePodSandbox { uid: uid.clone() },
            turn,
        );
    }
}

impl Kubelet {
    /// A Pod's worker may be done for good.
    pub(super) fn settle(&mut self, uid: &Uid, turn: &mut Turn<'_>) {
        if self.workers.get(uid).is_some_and(|worker| worker.is_over()) {
            forget(uid, &mut self.workers, &mut self.common, turn);
        }
    }
}
