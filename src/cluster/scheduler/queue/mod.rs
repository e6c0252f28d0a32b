//! The Pods that wait for a node: those to try now, those that failed a moment ago, and those that will
//! only be tried again when something changes. Look first at [`SchedulingQueue`]
//! (`pkg/scheduler/backend/queue/scheduling_queue.go`).

mod backoff;
mod event;
mod hints;
#[cfg(test)]
mod tests;

use std::{cmp::Reverse, collections::BTreeMap, rc::Rc, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use self::event::{ClusterEvent, NodeChange, PodChange};
use self::{
    backoff::{WINDOW, backoff, window_of},
    event::has_gates,
    hints::is_worth_requeueing,
};
use super::{
    framework::{Plugin, Plugins},
    pod_info::{Namespaces, PodInfo},
};
use crate::cluster::{
    api::{Pod, Uid},
    inspect::{WaitingPod, Waits},
    moment::Moment,
    trace::StepId,
};

/// After this long a Pod is tried again whatever happened (DefaultPodMaxInUnschedulablePodsDuration).
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// How often is looked for Pods that waited that long.
pub(super) const FLUSH_PERIOD: Duration = Duration::from_secs(30);

/// A Pod in the queue.
#[derive(Clone, Debug)]
pub(super) struct QueuedPod {
    pub(super) info: Rc<PodInfo>,
    /// The step that last brought it on.
    pub(super) cause: StepId,
    /// How often it was tried.
    pub(super) attempts: u32,
    /// When it was put into the queue.
    since: Moment,
    unschedulable: u32,
    errors: u32,
    /// Who rejected it; nobody if it failed of an error.
    pub(super) rejectors: Plugins,
    gated_by: Option<Plugin>,
    place: Place,
}

/// First the higher priority, then who waits longer; and no two alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Rank(Reverse<i32>, Moment, u64);

/// Where a Pod waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Active(Rank),
    Backoff(u64, Rank),
    /// As the backoff queue, but for Pods that failed of an error: nobody takes them before their time.
    ErrorBackoff(u64, Rank),
    Unschedulable(u64),
}

/// The Pod whose scheduling cycle runs, and what happened meanwhile.
#[derive(Clone, Debug)]
struct InFlight {
    uid: Uid,
    events: Vec<ClusterEvent>,
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub(super) struct SchedulingQueue {
    pods: FxHashMap<Uid, Box<QueuedPod>>,
    active: BTreeMap<Rank, Uid>,
    backoff: BTreeMap<(u64, Rank), Uid>,
    error_backoff: BTreeMap<(u64, Rank), Uid>,
    unschedulable: BTreeMap<u64, Uid>,
    /// How many of the unschedulable each plugin rejected.
    rejected_by: [usize; Plugin::ALL.len()],
    /// How many of the unschedulable nobody rejected.
    rejected_by_nobody: usize,
    in_flight: Option<InFlight>,
    /// Pods for which others are being deleted: they wait until that is done (PreEnqueue of
    /// DefaultPreemption).
    pub(super) preempting: FxHashSet<Uid>,
    numbers: u64,
}

impl SchedulingQueue {
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// All Pods in it, those to be tried first first.
    pub(super) fn waiting(&self) -> Vec<WaitingPod> {
        let active = self.active.values().map(|uid| (Waits::Active, uid));
        let backoff = self.backoff.values().chain(self.error_backoff.values());
        let backoff = backoff.map(|uid| (Waits::Backoff, uid));
        let rejected = self.unschedulable.values();
        let rejected = rejected.map(|uid| (Waits::Unschedulable, uid));
        let all = active.chain(backoff).chain(rejected);
        all.filter_map(|(waits, uid)| {
            let queued = self.pods.get(uid)?;
            Some(WaitingPod {
                key: queued.info.pod.metadata.key(),
                waits,
                attempts: queued.attempts,
            })
        })
        .collect()
    }

    /// A new Pod without a node.
    pub(super) fn add(&mut self, info: Rc<PodInfo>, cause: StepId, now: Moment) {
        let uid = info.uid().clone();
        self.take_out(&uid);
        let number = self.number();
        let queued = QueuedPod {
            cause,
            attempts: 0,
            since: now,
            unschedulable: 0,
            errors: 0,
            rejectors: Plugins::default(),
            gated_by: None,
            place: Place::Unschedulable(number),
            info,
        };
        self.activate(queued);
    }

    /// Puts a Pod, which is nowhere in the queue, among those to try now; unless it is held back.
    fn activate(&mut self, mut queued: QueuedPod) {
        if self.is_held_back(&mut queued) {
            self.shelve(queued);
            return;
        }
        let rank = self.rank(&queued);
        queued.place = Place::Active(rank);
        self.active.insert(rank, queued.info.uid().clone());
        self.pods.insert(queued.info.uid().clone(), queued.into());
    }

    fn back_off(&mut self, mut queued: QueuedPod) {
        if self.is_held_back(&mut queued) {
            self.shelve(queued);
            return;
        }
        let rank = self.rank(&queued);
        let window = queued.backoff_window();
        let uid = queued.info.uid().clone();
        if queued.rejectors.is_empty() {
            queued.place = Place::ErrorBackoff(window, rank);
            self.error_backoff.insert((window, rank), uid.clone());
        } else {
            queued.place = Place::Backoff(window, rank);
            self.backoff.insert((window, rank), uid.clone());
        }
        self.pods.insert(uid, queued.into());
    }

    fn shelve(&mut self, mut queued: QueuedPod) {
        let number = self.number();
        queued.place = Place::Unschedulable(number);
        self.count(queued.rejectors, 1);
        self.unschedulable.insert(number, queued.info.uid().clone());
        self.pods.insert(queued.info.uid().clone(), queued.into());
    }

    fn count(&mut self, rejectors: Plugins, by: isize) {
        if rejectors.is_empty() {
            self.rejected_by_nobody = self.rejected_by_nobody.saturating_add_signed(by);
        }
        for plugin in rejectors.iter() {
            let count = &mut self.rejected_by[plugin as usize];
            *count = count.saturating_add_signed(by);
        }
    }

    fn rank(&mut self, queued: &QueuedPod) -> Rank {
        Rank(Reverse(queued.info.priority), queued.since, self.number())
    }

    /// PreEnqueue: a Pod with scheduling gates, or one whose preemption is under way, is not tried.
    fn is_held_back(&self, queued: &mut QueuedPod) -> bool {
        queued.gated_by = if has_gates(&queued.info.pod) {
            Some(Plugin::SchedulingGates)
        } else if self.preempting.contains(queued.info.uid()) {
            Some(Plugin::DefaultPreemption)
        } else {
            None
        };
        if let Some(plugin) = queued.gated_by {
            queued.rejectors.insert(plugin);
        }
        queued.gated_by.is_some()
    }

    fn take_out(&mut self, uid: &Uid) -> Option<QueuedPod> {
        let queued = self.pods.remove(uid)?;
        match queued.place {
            Place::Active(rank) => {
                self.active.remove(&rank);
            }
            Place::Backoff(window, rank) => {
                self.backoff.remove(&(window, rank));
            }
            Place::ErrorBackoff(window, rank) => {
                self.error_backoff.remove(&(window, rank));
            }
            Place::Unschedulable(number) => {
                self.unschedulable.remove(&number);
                self.count(queued.rejectors, -1);
            }
        }
        Some(*queued)
    }

    /// The next Pod to try. If none is active, the first that only waits out its backoff
    /// (SchedulerPopFromBackoffQ, on since 1.33).
    pub(super) fn pop(&mut self) -> Option<QueuedPod> {
        let next = self.active.values().next();
        let uid = next.or_else(|| self.backoff.values().next())?.clone();
        let mut queued = self.take_out(&uid)?;
        queued.attempts += 1;
        self.in_flight = Some(InFlight {
            uid,
            events: Vec::new(),
        });
        Some(queued)
    }

    /// The scheduling cycle of the Pod that was popped is over, and it will not come back.
    pub(super) fn done(&mut self) {
        self.in_flight = None;
    }

    /// The Pod that was popped could not be scheduled: it comes back, to wait for what could change that,
    /// or, if that happened meanwhile or it failed of an error, only for its backoff.
    pub(super) fn add_unschedulable(
        &mut self,
        mut queued: QueuedPod,
        now: Moment,
        namespaces: &Rc<Namespaces>,
    ) {
        let uid = queued.info.uid().clone();
        let events = match self.in_flight.take() {
            Some(in_flight) if in_flight.uid == uid => in_flight.events,
            other => {
                self.in_flight = other;
                Vec::new()
            }
        };
        if self.pods.contains_key(&uid) {
            return;
        }
        if queued.rejectors.is_empty() {
            queued.errors += 1;
        } else {
            queued.unschedulable += 1;
            queued.errors = 0;
        }
        queued.since = now;
        let worth = queued.rejectors.is_empty()
            || events.iter().any(|event| {
                is_worth_requeueing(&queued.info, queued.rejectors, event, namespaces)
            });
        self.requeue(queued, worth, now);
    }

    fn requeue(&mut self, queued: QueuedPod, worth: bool, now: Moment) {
        if !worth {
            self.shelve(queued);
        } else if queued.is_backing_off(now) {
            self.back_off(queued);
        } else {
            self.activate(queued);
        }
    }

    /// A Pod without a node changed. None of its places lose it.
    pub(super) fn update(
        &mut self,
        before: &Rc<Pod>,
        after: &Rc<Pod>,
        (cause, now): (StepId, Moment),
        namespaces: &Rc<Namespaces>,
    ) {
        let uid = &after.metadata.uid;
        let changes = PodChange::between(before, after);
        let events = changes.into_iter().map(|what| ClusterEvent::PodUpdated {
            before: before.clone(),
            after: after.clone(),
            what,
        });
        if let Some(in_flight) = &mut self.in_flight
            && in_flight.uid == *uid
        {
            in_flight.events.extend(events);
            return;
        }
        let Some(queued) = self.pods.get_mut(uid) else {
            self.add(Rc::new(PodInfo::new(after.clone())), cause, now);
            return;
        };
        queued.info = Rc::new(queued.info.updated(after.clone()));
        if !matches!(queued.place, Place::Unschedulable(_)) {
            return;
        }
        let worth = events
            .into_iter()
            .any(|event| is_worth_requeueing(&queued.info, queued.rejectors, &event, namespaces));
        if worth && let Some(mut queued) = self.take_out(uid) {
            queued.cause = cause;
            self.requeue(queued, true, now);
        }
    }

    /// A Pod is gone, or got a node.
    pub(super) fn delete(&mut self, uid: &Uid) {
        self.take_out(uid);
        self.preempting.remove(uid);
    }

    /// Something happened: those of the unschedulable Pods whose rejectors say that it could help are tried
    /// again.
    pub(super) fn happened(
        &mut self,
        event: &ClusterEvent,
        (cause, now): (StepId, Moment),
        namespaces: &Rc<Namespaces>,
        of: impl Fn(&PodInfo) -> bool,
    ) {
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.events.push(event.clone());
        }
        let mut interested = event.interests().iter();
        if self.rejected_by_nobody == 0
            && !interested.any(|plugin| self.rejected_by[plugin as usize] > 0)
        {
            return;
        }
        let worth: Vec<Uid> = self
            .unschedulable
            .values()
            .filter(|uid| {
                self.pods.get(*uid).is_some_and(|queued| {
                    of(&queued.info)
                        && queued.hears_of(event)
                        && is_worth_requeueing(&queued.info, queued.rejectors, event, namespaces)
                })
            })
            .cloned()
            .collect();
        for uid in worth {
            if let Some(mut queued) = self.take_out(&uid) {
                queued.cause = cause;
                self.requeue(queued, true, now);
            }
        }
    }

    /// A Pod should be tried again at once, whatever it waits for.
    pub(super) fn force(&mut self, uid: &Uid, cause: StepId) {
        if let Some(in_flight) = &mut self.in_flight
            && in_flight.uid == *uid
        {
            in_flight.events.push(ClusterEvent::Activate(uid.clone()));
            return;
        }
        if let Some(mut queued) = self.take_out(uid) {
            queued.cause = cause;
            self.activate(queued);
        }
    }

    /// Pods whose backoff is over are to be tried now.
    pub(super) fn flush_backoff(&mut self, now: Moment) {
        let queues = [&self.backoff, &self.error_backoff].into_iter();
        let due: Vec<Uid> = queues
            .flat_map(|queue| {
                let due = queue.iter();
                due.take_while(|((window, _), _)| *window < window_of(now))
            })
            .map(|(_, uid)| uid.clone())
            .collect();
        for uid in due {
            if let Some(queued) = self.take_out(&uid) {
                self.activate(queued);
            }
        }
    }

    /// When [`SchedulingQueue::flush_backoff`] should be called, and whether somebody waits for it who has not
    /// failed again and again.
    pub(super) fn next_flush(&self) -> Option<(Moment, bool)> {
        let queues = [&self.backoff, &self.error_backoff];
        let first = queues
            .into_iter()
            .filter_map(|queue| queue.iter().next())
            .min_by_key(|((window, _), _)| *window)?;
        let ((window, _), uid) = first;
        let at = Moment::from_millis(window * 1000) + WINDOW;
        let matters = self.pods.get(uid).is_some_and(|queued| queued.errors < 2);
        Some((at, matters))
    }

    /// Pods that have waited for five minutes are to be tried again. True if there were any.
    pub(super) fn flush_unschedulable(&mut self, now: Moment, namespaces: &Rc<Namespaces>) -> bool {
        let late: Vec<Uid> = self
            .unschedulable
            .values()
            .filter(|uid| {
                let queued = self.pods.get(*uid);
                queued.is_some_and(|queued| {
                    now.since(queued.since) > LONGEST_WAIT && queued.gated_by.is_none()
                })
            })
            .cloned()
            .collect();
        for uid in &late {
            let event = ClusterEvent::Timeout(uid.clone());
            let Some(queued) = self.take_out(uid) else {
                continue;
            };
            let worth = is_worth_requeueing(&queued.info, queued.rejectors, &event, namespaces);
            self.requeue(queued, worth, now);
        }
        !late.is_empty()
    }
}

impl QueuedPod {
    fn failures(&self) -> u32 {
        if self.errors > 0 {
            self.errors
        } else {
            self.unschedulable
        }
    }

    /// The second in which its backoff ends.
    fn backoff_window(&self) -> u64 {
        window_of(self.since + backoff(self.failures()))
    }

    fn is_backing_off(&self, now: Moment) -> bool {
        self.failures() > 0 && self.backoff_window() >= window_of(now)
    }

    /// What holds it back says which events it hears of.
    fn hears_of(&self, event: &ClusterEvent) -> bool {
        match self.gated_by {
            None => true,
            Some(Plugin::DefaultPreemption) => matches!(event, ClusterEvent::PodDeleted(_)),
            Some(plugin) => event.interests().contains(plugin),
        }
    }
}
