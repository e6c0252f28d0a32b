use super::{ContainerRecord, ContainerRun, PullFault, Runtime, change};
use crate::cluster::{
    api::{Key, Str, Uid},
    machinery::Turn,
    moment::Moment,
};

impl Runtime {
    /// The machine lost power: no process survives.
    pub(crate) fn power_off(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now();
        self.dark_since = Some(now);
        for (_, timer) in self.ends.drain() {
            turn.cancel(timer);
        }
        self.stopping.clear();
        for pod in self.pods.values_mut() {
            let pod = change(pod);
            if let Some(sandbox) = &mut pod.sandbox {
                sandbox.ready = false;
                self.network.release(&sandbox.ip);
            }
            for one in pod.containers.iter_mut().filter(|one| one.is_running()) {
                // What containerd says of a container whose end it did not see.
                one.run = ContainerRun::Exited {
                    code: 255,
                    reason: "Unknown",
                    finished: now,
                };
            }
        }
    }

    /// Of what ended while nobody looked, containerd says that it ended when it was missed
    /// (`containerd/internal/cri/server/restart.go`, loadContainer).
    pub(super) fn lost_at(&mut self, dark: Moment, now: Moment) {
        for pod in self.pods.values_mut() {
            let missed = |one: &ContainerRecord| matches!(one.run, ContainerRun::Exited { reason: "Unknown", finished, .. } if finished == dark);
            if !pod.containers.iter().any(missed) {
                continue;
            }
            for one in change(pod).containers.iter_mut().filter(|one| missed(one)) {
                if let ContainerRun::Exited { finished, .. } = &mut one.run {
                    *finished = now;
                }
            }
        }
    }

    /// A container's process ends with an error. False if the Pod has no such container running.
    pub(crate) fn crash(
        &mut self,
        pod: &Key,
        container: Option<&str>,
        turn: &mut Turn<'_>,
    ) -> bool {
        let mut found: Vec<(Uid, Str)> = Vec::new();
        for (uid, record) in &self.pods {
            if record.key == *pod {
                let wanted = |one: &&ContainerRecord| {
                    one.is_running() && container.is_none_or(|name| *one.name == *name)
                };
                let one = record.containers.iter().find(wanted);
                found.extend(one.map(|one| (uid.clone(), one.id.clone())));
            }
        }
        found.sort();
        let Some((uid, id)) = found.pop() else {
            return false;
        };
        if self.end(&uid, &id, 1, turn) {
            self.tell_exit(&uid, &id, 1, turn);
        }
        true
    }

    /// Pulls of this image fail from now on.
    pub(crate) fn fail_pull(&mut self, image: Str) {
        self.images.fail(PullFault::Unreachable(image));
    }

    /// The disk is full: no pull succeeds.
    pub(crate) fn fill_disk(&mut self) {
        self.images.fail(PullFault::DiskFull);
    }
}
