use std::{ops::RangeInclusive, rc::Rc, time::Duration};

use super::{
    ContainerRecord, ContainerRun, CriError, CriReply, Place, Runtime, Timer, change, new_id,
    program::Program,
};
use crate::cluster::{
    api::{PodSpec, Str, Uid},
    kubelet::Errand,
    machinery::{Address, Happening, Turn},
    trace::{Step, StepKind},
};

/// How long the calls take, in microseconds: what a person sees on an idle machine.
const CREATE: RangeInclusive<u64> = 25_000..=70_000;
const START: RangeInclusive<u64> = 40_000..=110_000;
/// A process that heeds TERM needs this long to end.
const WIND_UP: RangeInclusive<u64> = 40_000..=400_000;

/// What ends later than this does not keep a run from settling.
const LONG: Duration = Duration::from_secs(5 * 60);

impl Runtime {
    pub(super) fn create(
        &mut self,
        errand: Errand,
        uid: &Uid,
        spec: &Rc<PodSpec>,
        place: Place,
        restart_count: i32,
        turn: &mut Turn<'_>,
    ) {
        let wait = turn.within(&CREATE);
        let Some(container) = place.of(spec) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let Some(record) = self.pods.get_mut(uid) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let image = self.images.named(&container.image);
        let record = change(record);
        record.spec = Some(spec.clone());
        let id = new_id(turn);
        // The kubelet has all but the last dead instance of a container removed
        // (`pkg/kubelet/kubelet.go`, maxPerPodContainerCount 1).
        let mut dead = record
            .containers
            .iter()
            .filter(|one| one.name == container.name);
        if let (Some(oldest), Some(_)) = (dead.next().map(|one| one.id.clone()), dead.next()) {
            record.containers.retain(|one| one.id != oldest);
        }
        // Most Pods have one container.
        record.containers.reserve_exact(1);
        record.containers.push(ContainerRecord {
            id: id.clone(),
            name: container.name.clone(),
            asked: container.image.clone(),
            image: image.name,
            image_id: image.id,
            run: ContainerRun::Created,
            restart_count,
            started: None,
            program: Program::shared(&container.image, &container.command, &container.args),
        });
        self.reply(errand, wait, Ok(CriReply::Created(id)), turn);
    }

    pub(super) fn start_container(
        &mut self,
        errand: Errand,
        uid: &Uid,
        container: Str,
        turn: &mut Turn<'_>,
    ) {
        let wait = turn.within(&START);
        let started = turn.now() + wait;
        let Some(one) = self.pods.get_mut(uid).map(change) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        let Some(one) = one.containers.iter_mut().find(|one| one.id == container) else {
            return self.reply(errand, wait, Err(CriError::gone(uid)), turn);
        };
        one.started = Some(started);
        if let Some(word) = one.program.missing() {
            let error = CriError::not_executable(word);
            // containerd leaves a container that never ran as exited with 128
            // (`containerd/internal/cri/server/container_start.go`, StartError).
            one.run = ContainerRun::Exited {
                code: 128,
                reason: "StartError",
                finished: started,
            };
            return self.reply(errand, wait, Err(error), turn);
        }
        one.run = ContainerRun::Running;
        let (length, code) = (one.program.length(), one.program.code());
        if let Some(length) = length {
            self.end_after(wait + length, uid, &container, code, turn);
        }
        self.reply_pod(errand, wait, uid, turn);
    }

    pub(super) fn end_after(
        &mut self,
        length: Duration,
        uid: &Uid,
        container: &Str,
        code: i32,
        turn: &mut Turn<'_>,
    ) {
        let timer = Timer::Exit {
            uid: uid.clone(),
            container: container.clone(),
            code,
        };
        // The end of a long sleep is nothing a run should wait for.
        let id = if length > LONG {
            turn.routine_timer(length, timer)
        } else {
            turn.timer(length, timer)
        };
        self.ends.insert(container.clone(), id);
    }

    pub(super) fn stop_container(
        &mut self,
        errand: Errand,
        uid: &Uid,
        container: Str,
        grace: Duration,
        turn: &mut Turn<'_>,
    ) {
        let running = self.pods.get(uid).and_then(|pod| pod.container(&container));
        let Some(one) = running.filter(|one| one.is_running()) else {
            return self.reply_pod(errand, Duration::ZERO, uid, turn);
        };
        let heeds = one.program.on_term();
        let (wait, code) = match heeds {
            Some(code) => (turn.within(&WIND_UP), code),
            // 128 + 9: the process was killed.
            None => (grace, 137),
        };
        let (wait, code) = if wait > grace {
            (grace, 137)
        } else {
            (wait, code)
        };
        self.stopping.insert(container.clone(), errand);
        turn.timer(
            wait,
            Timer::Stopped {
                uid: uid.clone(),
                container,
                code,
            },
        );
    }

    /// A timer fired.
    pub(crate) fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        turn.rouse();
        match timer {
            Timer::Exit {
                uid,
                container,
                code,
            } => {
                if self.end(&uid, &container, code, turn) {
                    self.tell_exit(&uid, &container, code, turn);
                }
            }
            Timer::Stopped {
                uid,
                container,
                code,
            } => {
                self.end(&uid, &container, code, turn);
                if let Some(errand) = self.stopping.remove(&container) {
                    self.reply_pod(errand, Duration::ZERO, &uid, turn);
                }
            }
        }
    }

    /// A container's process is over. False if it was already.
    pub(super) fn end(
        &mut self,
        uid: &Uid,
        container: &Str,
        code: i32,
        turn: &mut Turn<'_>,
    ) -> bool {
        if let Some(timer) = self.ends.remove(container) {
            turn.cancel(timer);
        }
        let Some(pod) = self.pods.get_mut(uid) else {
            return false;
        };
        if !pod.container(container).is_some_and(|one| one.is_running()) {
            return false;
        }
        for one in &mut change(pod).containers {
            if one.id == *container {
                one.run = ContainerRun::Exited {
                    code,
                    reason: if code == 0 { "Completed" } else { "Error" },
                    finished: turn.now(),
                };
            }
        }
        true
    }

    /// Nobody waits for this end: the kubelet will find it at its next look.
    pub(super) fn tell_exit(&mut self, uid: &Uid, container: &Str, code: i32, turn: &mut Turn<'_>) {
        let found = self.pods.get(uid).map(|pod| (pod.key.clone(), pod.clone()));
        let Some((key, pod)) = found else {
            return;
        };
        let now = turn.now();
        let mark = turn.record(StepKind::Runtime, now, |actor| Step {
            verb: "ContainerExit".into(),
            resource: "pods",
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            message: format!(
                "The process of container {} ends with exit code {code}.",
                pod.container(container).map_or("", |one| &*one.name)
            ),
            ..Step::new(StepKind::Runtime, actor)
        });
        turn.because(mark.step);
        let to = Address::Kubelet(self.node);
        turn.post(Duration::ZERO, to, Happening::RuntimeChanged);
    }
}
