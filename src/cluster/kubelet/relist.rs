//! What the runtime says of all Pods at once: when the process starts, and at each look after that.

use std::rc::Rc;

use super::{Errand, Kubelet, RUNTIME_RETRY, Timer, pods::handle, worker::Worker};
use crate::cluster::{
    api::{Pod, Uid},
    machinery::{Address, Seen, Turn},
    runtime::{self, Cri, CriReply, PodRecord, RuntimeCall},
};

impl Kubelet {
    /// The process has started and learnt what already runs: it takes those Pods over as they are.
    pub(super) fn take_over(&mut self, reply: Option<CriReply>, turn: &mut Turn<'_>) {
        let Some(CriReply::Pods { pods, images }) = reply else {
            // The runtime is not there yet.
            turn.lull();
            let errand = Errand::Start;
            let again = RuntimeCall {
                errand,
                what: Cri::ListPods,
            };
            let to = Address::Runtime(self.common.facts.node);
            if turn.shared.stopped.contains(&to) {
                turn.routine_timer(RUNTIME_RETRY, Timer::Relist);
                return;
            }
            runtime::ask(self.common.facts.node, again, turn);
            return;
        };
        self.knows_runtime = true;
        self.common.images.learn(images);
        self.node.runtime_answered(turn.now());
        self.common.found = pods.into_iter().collect();
        let mut known: Vec<Rc<Pod>> = self.pods.iter().cloned().collect();
        known.sort_by_key(|pod| pod.metadata.key());
        for pod in known {
            let own = self.own.iter().next().map(|node| &**node);
            let seen = Seen::Added(pod);
            handle(seen, own, &mut self.workers, &mut self.common, turn);
        }
        if self.pods.is_synced() {
            self.clean_up(turn);
        }
    }

    /// Containers of Pods that are no longer wanted here are stopped
    /// (`pkg/kubelet/kubelet_pods.go`, HandlePodCleanups).
    pub(super) fn clean_up(&mut self, turn: &mut Turn<'_>) {
        let mut orphans: Vec<_> = self.common.found.drain().collect();
        orphans.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (uid, record) in orphans {
            let pod = Worker::orphan(&uid, &record);
            let mut worker = Worker::new(pod, record, turn);
            worker.vanished(&mut self.common, turn);
            self.workers.insert(uid.clone(), Box::new(worker));
            self.settle(&uid, turn);
        }
    }

    /// What the runtime says now, Pod by Pod.
    pub(super) fn relisted(&mut self, pods: Vec<(Uid, Rc<PodRecord>)>, turn: &mut Turn<'_>) {
        if !self.knows_runtime {
            self.take_over(
                Some(CriReply::Pods {
                    pods,
                    images: Vec::new(),
                }),
                turn,
            );
            return;
        }
        self.node.runtime_answered(turn.now());
        let cause = turn.cause();
        for (uid, record) in pods {
            if let Some(worker) = self.workers.get_mut(&uid)
                && worker.relisted(record)
            {
                worker.sync(&mut self.common, turn);
                self.settle(&uid, turn);
                turn.because(cause);
            }
        }
    }
}
