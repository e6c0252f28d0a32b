use std::{
    fmt::{Debug, Display},
    hash::Hash,
    time::Duration,
};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Caches, Change, Ticket, Timer};
use crate::cluster::{
    api::{Object, ObjectReference, Resource, Str},
    inspect::QueueView,
    machinery::{Answer, Decision, EventNote, Request, TimerId, Turn, User, WorkQueue},
    moment::Moment,
    trace::{Change as Difference, StepId},
};

/// A loop that brings one kind of thing to its wanted state. Everything it does goes through its
/// [`Desk`].
pub(crate) trait Controller: Clone + Debug + Default {
    /// As the trace names it: `replicaset`.
    const NAME: &'static str;
    /// Its service account in kube-system: `replicaset-controller`.
    const ACCOUNT: &'static str;
    /// How many keys it works on at a time (the `--concurrent-…-syncs` of the controller manager).
    const WORKERS: usize;
    /// Its variant of the controller manager's tickets.
    const TICKET: fn(Self::Ticket) -> Ticket;
    /// Its variant of the controller manager's timers.
    const TIMER: fn(Wake<Self::Key, Self::Timer>) -> Timer;
    /// What it works on, one at a time.
    type Key: Clone + Eq + Hash + Debug + Display;
    /// What it waits for when it asks something; `Infallible` if it never asks.
    type Ticket: Clone + Debug;
    /// What it wakes itself for besides work; `Infallible` if nothing.
    type Timer: Clone + Debug;

    /// All caches are filled and its workers start.
    fn begin(&mut self, _desk: &mut Desk<'_, Self>) {}

    /// A cache changed: puts what needs work into the queue. The caches already show the change.
    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>);

    /// A worker takes a key. The key is being worked on until [`Desk::done`] or [`Desk::retry`] is
    /// called for it, now or when the last answer has come.
    fn sync(&mut self, key: Self::Key, desk: &mut Desk<'_, Self>);

    /// An answer came.
    fn answer(&mut self, ticket: Self::Ticket, answer: Answer, desk: &mut Desk<'_, Self>);

    /// A timer of its own fired.
    fn fire(&mut self, timer: Self::Timer, desk: &mut Desk<'_, Self>);
}

/// What a controller is woken for.
#[derive(Clone, Debug)]
pub(crate) enum Wake<K, T> {
    /// A worker takes the next key.
    Work,
    /// A key is to be put into the queue again.
    Again(K),
    /// Something the controller set itself.
    Own(T),
}

/// A controller's queue and those who work it off.
#[derive(Clone, Debug)]
struct Workers<K> {
    queue: WorkQueue<K>,
    /// Whether the caches are filled.
    open: bool,
    idle: usize,
    /// Keys in the queue for a reason that is not routine.
    roused: FxHashSet<K>,
    /// Keys that will be put into the queue.
    later: FxHashMap<K, (Moment, TimerId)>,
}

/// A controller with its queue and its service account.
#[derive(Clone, Debug)]
pub(super) struct Station<C: Controller> {
    controller: C,
    workers: Workers<C::Key>,
    user: User,
}

impl<C: Controller> Default for Station<C> {
    fn default() -> Self {
        Station {
            controller: C::default(),
            workers: Workers {
                queue: WorkQueue::default(),
                open: false,
                idle: C::WORKERS,
                roused: FxHashSet::default(),
                later: FxHashMap::default(),
            },
            user: User::controller(C::ACCOUNT),
        }
    }
}

impl<C: Controller> Station<C> {
    fn with(
        &mut self,
        caches: &Caches,
        turn: &mut Turn<'_>,
        act: impl FnOnce(&mut C, &mut Desk<'_, C>),
    ) {
        let (cause, routine) = (turn.cause(), turn.is_routine());
        let mut turn = Turn::new(turn.shared, turn.me(), (cause, routine));
        turn.act_as(C::NAME);
        let mut desk = Desk {
            caches,
            user: &self.user,
            workers: &mut self.workers,
            turn,
        };
        act(&mut self.controller, &mut desk);
    }

    /// What waits, what is worked on and what will come again, each in order.
    pub(super) fn queue(&self) -> QueueView {
        let sorted = |keys: &mut dyn Iterator<Item = &C::Key>| {
            let mut names: Vec<String> = keys.map(C::Key::to_string).collect();
            names.sort();
            names
        };
        QueueView {
            controller: C::NAME,
            waiting: self
                .workers
                .queue
                .waiting()
                .map(C::Key::to_string)
                .collect(),
            working: sorted(&mut self.workers.queue.working()),
            later: sorted(&mut self.workers.later.keys()),
        }
    }

    /// The caches are filled: workers start on what was queued meanwhile.
    pub(super) fn open(&mut self, caches: &Caches, turn: &mut Turn<'_>) {
        self.with(caches, turn, |controller, desk| {
            desk.workers.open = true;
            controller.begin(desk);
            for _ in 0..desk.workers.queue.len() {
                desk.wake_worker();
            }
        });
    }

    pub(super) fn see(&mut self, change: &Change, caches: &Caches, turn: &mut Turn<'_>) {
        self.with(caches, turn, |controller, desk| {
            controller.see(change, desk)
        });
    }

    pub(super) fn answer(
        &mut self,
        ticket: C::Ticket,
        answer: Answer,
        caches: &Caches,
        turn: &mut Turn<'_>,
    ) {
        self.with(caches, turn, |controller, desk| {
            controller.answer(ticket, answer, desk);
        });
    }

    pub(super) fn fire(
        &mut self,
        wake: Wake<C::Key, C::Timer>,
        caches: &Caches,
        turn: &mut Turn<'_>,
    ) {
        self.with(caches, turn, |controller, desk| match wake {
            Wake::Work => {
                let Some((key, cause)) = desk.workers.queue.take() else {
                    desk.workers.idle += 1;
                    return;
                };
                desk.turn.because(cause);
                if desk.workers.roused.remove(&key) {
                    desk.turn.rouse();
                } else {
                    desk.turn.lull();
                }
                controller.sync(key, desk);
            }
            Wake::Again(key) => {
                desk.workers.later.remove(&key);
                // Its timer was routine only so as not to hold up the end of a run.
                desk.turn.rouse();
                desk.enqueue(key);
            }
            Wake::Own(timer) => controller.fire(timer, desk),
        });
    }
}

/// All a controller sees and does: the caches, its queue, and its turn.
pub(crate) struct Desk<'a, C: Controller> {
    pub(crate) caches: &'a Caches,
    /// Its service account.
    pub(crate) user: &'a User,
    pub(crate) turn: Turn<'a>,
    workers: &'a mut Workers<C::Key>,
}

/// Retries that wait longer than this do not keep a run from ending.
const PATIENCE: Duration = Duration::from_secs(1);

impl<C: Controller> Desk<'_, C> {
    /// Puts a key into the queue; a worker takes it soon.
    pub(crate) fn enqueue(&mut self, key: C::Key) {
        if !self.turn.is_routine() {
            self.workers.roused.insert(key.clone());
        }
        if self.workers.queue.add(key, self.turn.cause()) {
            self.wake_worker();
        }
    }

    /// Puts a key into the queue after a while; of two such wishes for a key the sooner counts
    /// (`client-go/util/workqueue/delaying_queue.go`).
    pub(crate) fn enqueue_after(&mut self, key: C::Key, wait: Duration) {
        self.put_off(key, wait, false);
    }

    fn put_off(&mut self, key: C::Key, wait: Duration, routine: bool) {
        let at = self.turn.now() + wait;
        if let Some((sooner, timer)) = self.workers.later.get(&key) {
            if *sooner <= at {
                return;
            }
            self.turn.cancel(*timer);
        }
        let wake = C::TIMER(Wake::Again(key.clone()));
        let timer = if routine {
            self.turn.routine_timer(wait, wake)
        } else {
            self.turn.timer(wait, wake)
        };
        self.workers.later.insert(key, (at, timer));
    }

    /// What was to be done after a while has become pointless.
    pub(crate) fn forget_later(&mut self, key: &C::Key) {
        if let Some((_, timer)) = self.workers.later.remove(key) {
            self.turn.cancel(timer);
        }
    }

    /// The work on a key is over and went well.
    pub(crate) fn done(&mut self, key: &C::Key) {
        self.workers.queue.forget(key);
        self.finish(key);
    }

    /// The work on a key failed: it comes back after 5 ms, 10 ms, …
    pub(crate) fn retry(&mut self, key: &C::Key) {
        let wait = self.workers.queue.failed(key);
        self.put_off(key.clone(), wait, wait > PATIENCE);
        self.finish(key);
    }

    /// How often in a row the work on a key failed.
    pub(crate) fn failures(&self, key: &C::Key) -> u32 {
        self.workers.queue.failures(key)
    }

    fn finish(&mut self, key: &C::Key) {
        self.workers.queue.done(key);
        self.workers.idle += 1;
        if self.workers.queue.len() > 0 {
            self.wake_worker();
        }
    }

    fn wake_worker(&mut self) {
        if !self.workers.open || self.workers.idle == 0 {
            return;
        }
        self.workers.idle -= 1;
        let latency = self.turn.shared.latency.work.clone();
        let wait = self.turn.within(&latency);
        self.turn.timer(wait, C::TIMER(Wake::Work));
    }

    /// Sends a request in the controller's name; the answer comes back with the ticket.
    pub(crate) fn request(&mut self, request: Request, ticket: C::Ticket) -> StepId {
        self.turn.request(request, C::TICKET(ticket))
    }

    /// Wakes the controller later, for something that matters.
    pub(crate) fn timer(&mut self, after: Duration, timer: C::Timer) -> TimerId {
        self.turn.timer(after, C::TIMER(Wake::Own(timer)))
    }

    /// Wakes the controller later, for something it does for ever.
    pub(crate) fn routine_timer(&mut self, after: Duration, timer: C::Timer) -> TimerId {
        self.turn.routine_timer(after, C::TIMER(Wake::Own(timer)))
    }

    /// Records that the controller worked something out about an object; what it does next in this turn
    /// is caused by it.
    pub(crate) fn decide(
        &mut self,
        about: (Resource, &Str, &Str),
        make: impl FnOnce() -> (String, Vec<Difference>),
    ) -> StepId {
        self.turn.decide(|| {
            let (message, changes) = make();
            Decision {
                reason: C::NAME.into(),
                subject: Some((about.0, about.1.clone(), about.2.clone())),
                message,
                changes,
            }
        })
    }

    /// Tells a Kubernetes Event about an object.
    pub(crate) fn event(
        &mut self,
        source: &'static str,
        about: &Object,
        (warning, reason): (bool, &str),
        message: String,
    ) {
        let about: ObjectReference = about.reference();
        self.turn.event(EventNote {
            source,
            about,
            warning,
            reason,
            message,
        });
    }
}
