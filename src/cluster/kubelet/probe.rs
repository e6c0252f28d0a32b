//! Startup, readiness and liveness probes (`pkg/kubelet/prober/worker.go`). A probe whose next answer is
//! known to be its last one is not put: a healthy container's probes cost nothing until something happens
//! to it.

use std::{collections::BTreeSet, rc::Rc, time::Duration};

use serde_json::Value;

use super::{Common, Timer, actions::Verdicts, worker::Worker};
use crate::cluster::{
    api::{Container, Key, Pod, Probe, Str},
    machinery::{Decision, TimerId, Turn},
    moment::Moment,
    runtime::{Place, PodRecord},
};

/// The probes of one Pod.
#[derive(Clone, Debug)]
pub(super) struct Probes {
    all: Vec<Worked>,
    /// When the kubelet first saw the Pod: probes are put on the ticks counted from here.
    since: Moment,
}

/// A probe and how it goes.
#[derive(Clone, Debug)]
struct Worked {
    place: Place,
    kind: ProbeKind,
    /// The container it is about now.
    container: Str,
    /// What is held of it.
    result: Option<bool>,
    last: Option<bool>,
    run: i32,
    /// It is not put again to this container.
    on_hold: bool,
    origin: Moment,
    timer: Option<TimerId>,
    ticks: u32,
}

/// Which probe; in the order they matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}

/// A probe is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProbeTick {
    index: usize,
    /// Tells a timer that is still meant from one that is not.
    tick: u32,
}

impl ProbeKind {
    const ALL: [ProbeKind; 3] = [
        ProbeKind::Startup,
        ProbeKind::Readiness,
        ProbeKind::Liveness,
    ];

    fn of(self, container: &Container) -> Option<&Probe> {
        match self {
            ProbeKind::Startup => container.startup_probe.as_deref(),
            ProbeKind::Readiness => container.readiness_probe.as_deref(),
            ProbeKind::Liveness => container.liveness_probe.as_deref(),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            ProbeKind::Startup => "Startup",
            ProbeKind::Readiness => "Readiness",
            ProbeKind::Liveness => "Liveness",
        }
    }

    /// What is held before the first answer.
    fn initial(self) -> Option<bool> {
        match self {
            ProbeKind::Startup => None,
            ProbeKind::Readiness => Some(false),
            ProbeKind::Liveness => Some(true),
        }
    }
}

/// How many answers of a kind in a row it takes; what is held then, if it changes.
fn judge(
    answer: bool,
    (last, run): (Option<bool>, i32),
    probe: &Probe,
) -> ((Option<bool>, i32), Option<bool>) {
    let run = if last == Some(answer) {
        run.saturating_add(1)
    } else {
        1
    };
    let threshold = if answer {
        probe.success_threshold
    } else if probe.failure_threshold == 0 {
        3
    } else {
        probe.failure_threshold
    };
    (
        (Some(answer), run),
        (run >= threshold.max(1)).then_some(answer),
    )
}

impl Probes {
    pub(super) fn new(since: Moment) -> Probes {
        Probes {
            all: Vec::new(),
            since,
        }
    }

    pub(super) fn verdicts(&self, container: &str) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for one in self.all.iter().filter(|one| *one.container == *container) {
            match one.kind {
                ProbeKind::Startup => verdicts.startup = one.result,
                ProbeKind::Readiness => verdicts.readiness = one.result,
                ProbeKind::Liveness => verdicts.liveness = one.result,
            }
        }
        verdicts
    }

    /// Follows the Pod's containers: a new one is probed from the beginning.
    pub(super) fn follow(
        &mut self,
        pod: &Rc<Pod>,
        record: &PodRecord,
        failing: &BTreeSet<Key>,
        turn: &mut Turn<'_>,
    ) {
        if self.all.is_empty() {
            self.add(pod);
            if self.all.is_empty() {
                return;
            }
        }
        let fails = failing.contains(&pod.metadata.key());
        for index in 0..self.all.len() {
            let Some(one) = self.all.get_mut(index) else {
                continue;
            };
            let running = one
                .place
                .of(&pod.spec)
                .and_then(|container| record.latest(&container.name))
                .filter(|found| found.is_running());
            let Some(found) = running else {
                if one.result == Some(true) && one.kind == ProbeKind::Readiness {
                    one.result = Some(false);
                }
                one.cancel(turn);
                continue;
            };
            if one.container != found.id {
                one.container = found.id.clone();
                one.result = one.kind.initial();
                (one.last, one.run, one.on_hold) = (None, 0, false);
                one.cancel(turn);
            }
            if one.timer.is_none() {
                self.schedule(index, pod, fails, turn);
            }
        }
    }

    fn add(&mut self, pod: &Pod) {
        let spec = &pod.spec;
        let inits = spec.init_containers.iter().enumerate();
        let inits = inits.filter(|(_, one)| super::actions::is_sidecar(one));
        let inits = inits.map(|(index, one)| (Place::Init(index), one));
        let regular = spec.containers.iter().enumerate();
        let regular = regular.map(|(index, one)| (Place::Regular(index), one));
        for (place, container) in inits.chain(regular) {
            for kind in ProbeKind::ALL {
                if kind.of(container).is_some() {
                    self.all.push(Worked {
                        place,
                        kind,
                        container: Str::default(),
                        result: None,
                        last: None,
                        run: 0,
                        on_hold: false,
                        origin: self.since,
                        timer: None,
                        ticks: 0,
                    });
                }
            }
        }
    }

    /// Sets the timer of a probe that has something to find out.
    fn schedule(&mut self, index: usize, pod: &Pod, fails: bool, turn: &mut Turn<'_>) {
        let started = self.started(index, pod);
        let Some(one) = self.all.get_mut(index) else {
            return;
        };
        let Some(probe) = one
            .place
            .of(&pod.spec)
            .and_then(|container| one.kind.of(container))
        else {
            return;
        };
        let settled = one.result == Some(true) && one.last != Some(false) && !fails;
        let waits = one.kind != ProbeKind::Startup && !started;
        let over = one.kind == ProbeKind::Startup && one.result == Some(true);
        if one.on_hold || waits || over || settled && one.kind != ProbeKind::Startup {
            return;
        }
        // A container that has just come up is asked at once whether it is ready (UpdatePodStatus).
        let wait = if one.kind == ProbeKind::Readiness && one.last.is_none() {
            one.origin = turn.now();
            Duration::ZERO
        } else {
            one.until_tick(probe, turn.now())
        };
        one.set(index, wait, pod, turn);
    }

    /// Whether the container of this probe counts as started.
    fn started(&self, index: usize, pod: &Pod) -> bool {
        let Some(one) = self.all.get(index) else {
            return false;
        };
        let needs = one
            .place
            .of(&pod.spec)
            .is_some_and(|container| container.startup_probe.is_some());
        !needs || self.verdicts(&one.container).startup == Some(true)
    }

    /// Puts no probe any more.
    pub(super) fn stop(&mut self, turn: &mut Turn<'_>) {
        for one in &mut self.all {
            one.cancel(turn);
        }
    }

    /// Puts no probe any more that could have a container restarted.
    pub(super) fn stop_checks(&mut self, turn: &mut Turn<'_>) {
        for one in &mut self.all {
            if one.kind != ProbeKind::Readiness {
                one.on_hold = true;
                one.cancel(turn);
            }
        }
    }
}

impl Worked {
    fn cancel(&mut self, turn: &mut Turn<'_>) {
        self.ticks += 1;
        if let Some(timer) = self.timer.take() {
            turn.cancel(timer);
        }
    }

    /// How long until the next tick.
    fn until_tick(&self, probe: &Probe, now: Moment) -> Duration {
        let period = period(probe).as_micros() as u64;
        let since = now.since(self.origin).as_micros() as u64;
        Duration::from_micros(period - since % period)
    }

    fn set(&mut self, index: usize, wait: Duration, pod: &Pod, turn: &mut Turn<'_>) {
        self.ticks += 1;
        let tick = ProbeTick {
            index,
            tick: self.ticks,
        };
        let timer = Timer::Probe(pod.metadata.uid.clone(), tick);
        // One that goes on failing changes nothing any more.
        let stale = self.kind == ProbeKind::Readiness
            && self.result == Some(false)
            && self.last == Some(false)
            && self.run > 3;
        self.timer = Some(if stale {
            turn.routine_timer(wait, timer)
        } else {
            turn.timer(wait, timer)
        });
    }
}

fn period(probe: &Probe) -> Duration {
    let seconds = if probe.period_seconds <= 0 {
        10
    } else {
        probe.period_seconds
    };
    Duration::from_secs(u64::from(seconds.unsigned_abs()))
}

/// What a failing probe says, by how it asks (`pkg/probe`).
fn complaint(probe: &Probe, ip: &str) -> String {
    let field = |name: &str| probe.other.get(name);
    let port = |action: &Value| match action.get("port") {
        Some(Value::Number(port)) => port.to_string(),
        _ => "80".to_owned(),
    };
    if field("httpGet").is_some() {
        return "HTTP probe failed with statuscode: 500".to_owned();
    }
    if let Some(action) = field("tcpSocket") {
        return format!(
            "dial tcp {ip}:{}: connect: connection refused",
            port(action)
        );
    }
    if field("grpc").is_some() {
        return "service unhealthy (responded with \"NOT_SERVING\")".to_owned();
    }
    let command = field("exec").and_then(|action| action.get("command"));
    let words: Vec<&str> = command
        .and_then(Value::as_array)
        .map(|words| words.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    match words[..] {
        ["cat", file] => format!("cat: can't open '{file}': No such file or directory\n"),
        _ => String::new(),
    }
}

impl Worker {
    /// A probe is due (doProbe).
    pub(super) fn probe(&mut self, tick: ProbeTick, common: &mut Common, turn: &mut Turn<'_>) {
        let pod = self.pod.clone();
        let ProbeTick { index, tick } = tick;
        let Some(one) = self.probes.all.get_mut(index) else {
            return;
        };
        if one.ticks != tick {
            return; // it was called off
        }
        one.timer = None;
        let Some((container, probe)) = one
            .place
            .of(&pod.spec)
            .and_then(|container| Some((container, one.kind.of(container)?)))
        else {
            return;
        };
        let record = self.seen.clone();
        let Some(found) = record
            .container(&one.container)
            .filter(|found| found.is_running())
        else {
            return;
        };
        let ran = turn
            .now()
            .since(found.started.unwrap_or_default())
            .as_secs();
        let delay = u64::try_from(probe.initial_delay_seconds).unwrap_or(0);
        if ran < delay {
            let wait = one.until_tick(probe, turn.now());
            return one.set(index, wait, &pod, turn);
        }
        let answer = !common.failing.contains(&pod.metadata.key());
        let repeated = !answer && one.result == Some(false) && one.last == Some(false);
        let ((last, run), holds) = judge(answer, (one.last, one.run), probe);
        (one.last, one.run) = (last, run);
        let (kind, place) = (one.kind, one.place);
        let changed = holds.filter(|holds| one.result != Some(*holds));
        if let Some(holds) = holds {
            one.result = Some(holds);
            if kind == ProbeKind::Startup || (kind == ProbeKind::Liveness && !holds) {
                one.on_hold = true;
                one.run = 0;
            }
        }
        if repeated && kind == ProbeKind::Readiness {
            turn.lull();
        }
        if !answer {
            let ip = record.sandbox.as_ref().map_or("", |sandbox| &*sandbox.ip);
            let message = format!("{} probe failed: {}", kind.as_str(), complaint(probe, ip));
            self.tell_container(place, (true, "Unhealthy"), message, common, turn);
        }
        if let Some(holds) = changed {
            turn.rouse();
            turn.decide(|| Decision {
                reason: "probe".into(),
                message: format!(
                    "{} probe of container {}: {} in a row, so it counts as {}.",
                    kind.as_str(),
                    container.name,
                    if run == 1 {
                        "one answer".to_owned()
                    } else {
                        format!("{run} answers")
                    },
                    verdict(kind, holds)
                ),
                ..self.decision()
            });
            self.sync(common, turn);
        }
        let fails = common.failing.contains(&pod.metadata.key());
        if let Some(one) = self.probes.all.get(index)
            && one.timer.is_none()
            && !self.is_over()
        {
            self.probes.schedule(index, &pod, fails, turn);
        }
    }

    /// The probes will answer otherwise from now on.
    pub(super) fn wake_probes(&mut self, turn: &mut Turn<'_>) {
        let pod = self.pod.clone();
        let now = turn.now();
        for index in 0..self.probes.all.len() {
            let started = self.probes.started(index, &pod);
            let Some(one) = self.probes.all.get_mut(index) else {
                continue;
            };
            let probe = one
                .place
                .of(&pod.spec)
                .and_then(|container| one.kind.of(container));
            let (Some(probe), false) = (probe, one.on_hold || one.container.is_empty()) else {
                continue;
            };
            if started || one.kind == ProbeKind::Startup {
                let wait = one.until_tick(probe, now);
                one.cancel(turn);
                one.run = one.run.min(1);
                one.set(index, wait, &pod, turn);
            }
        }
    }
}

fn verdict(kind: ProbeKind, holds: bool) -> &'static str {
    match (kind, holds) {
        (ProbeKind::Startup, true) => "started",
        (ProbeKind::Readiness, true) => "ready",
        (ProbeKind::Readiness, false) => "not ready",
        (ProbeKind::Liveness, true) => "healthy",
        (_, false) => "unhealthy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/kubelet/prober/worker_test.go`: thresholds count answers in a row.
    /// C49
    #[test]
    fn probe_thresholds_count_answers_in_a_row() {
        let probe = Probe {
            success_threshold: 2,
            failure_threshold: 3,
            ..Probe::default()
        };
        let mut so_far = (None, 0);
        let mut held = Vec::new();
        for answer in [
            true, true, false, false, true, false, false, false, false, true, true,
        ] {
            let (next, holds) = judge(answer, so_far, &probe);
            so_far = next;
            held.push(holds);
        }
        let (up, down) = (Some(true), Some(false));
        let wanted = [None, up, None, None, None, None, None, down, down, None, up];
        assert_eq!(held, wanted);
    }
}
