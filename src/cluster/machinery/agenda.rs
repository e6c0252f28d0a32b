use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use rustc_hash::FxHashSet;

use super::{Address, Answer, Call, Ticket, Timer, WatchEvent};
use crate::cluster::{
    api::Resource, kubelet, kubeproxy, moment::Moment, runtime, trace::StepId, traffic,
};

/// Which of a component's lives something is meant for: what was sent to a process that has since been
/// stopped reaches nobody.
pub(crate) type Life = u32;

/// A timer that is still to fire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TimerId(u64);

/// Something that will happen.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// A request reaches the API server.
    Arrival(Box<Call>),
    /// etcd has answered: the API server can go on with the request.
    Commit(Box<Call>),
    /// An answer reaches whoever asked.
    Answer { ticket: Ticket, answer: Box<Answer> },
    /// A change reaches an informer.
    Watch {
        resource: Resource,
        connection: u32,
        event: WatchEvent,
    },
    /// A client ends one of its watches.
    HangUp {
        from: Address,
        resource: Resource,
        connection: u32,
    },
    /// A component set itself a timer.
    Timer { id: TimerId, timer: Timer },
    /// A call reaches a container runtime.
    RuntimeCall(Box<runtime::RuntimeCall>),
    /// A container runtime's answer reaches its kubelet.
    RuntimeAnswer(Box<runtime::RuntimeAnswer>),
    /// Something in a node's runtime changed of itself; the kubelet will find it when it looks.
    RuntimeChanged,
    /// The API server has the kubelet answer for it (logs).
    KubeletRequest(Box<kubelet::ServerRequest>),
    /// kube-proxy's rules reach the kernel.
    Restore(Box<kubeproxy::Restore>),
    /// A request that is followed is at its next hop.
    Hop(Box<traffic::Journey>),
}

/// A happening, when and to whom.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    pub(crate) at: Moment,
    /// Keeps what happens at one moment in the order it was decided.
    order: u64,
    pub(crate) to: Address,
    pub(crate) life: Life,
    pub(crate) cause: StepId,
    /// Would happen for ever in a cluster where nothing changes.
    pub(crate) routine: bool,
    pub(crate) what: Happening,
}

/// All that will happen, soonest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<Scheduled>>,
    orders: u64,
    /// How many of them are not routine.
    pending: usize,
    /// Timers that have neither fired nor been cancelled and are not routine.
    live: FxHashSet<TimerId>,
    timers: u64,
}

impl Agenda {
    /// Adds something that will happen.
    pub(crate) fn push(
        &mut self,
        at: Moment,
        to: (Address, Life),
        (cause, routine): (StepId, bool),
        what: Happening,
    ) {
        self.orders += 1;
        self.pending += usize::from(!routine);
        self.heap.push(Reverse(Scheduled {
            at,
            order: self.orders,
            to: to.0,
            life: to.1,
            cause,
            routine,
            what,
        }));
    }

    /// Adds a timer.
    pub(crate) fn push_timer(
        &mut self,
        at: Moment,
        to: (Address, Life),
        (cause, routine): (StepId, bool),
        timer: Timer,
    ) -> TimerId {
        self.timers += 1;
        let id = TimerId(self.timers);
        if !routine {
            self.live.insert(id);
        }
        self.push(at, to, (cause, routine), Happening::Timer { id, timer });
        id
    }

    /// A timer that need not fire any more. It may have fired already. A routine timer cannot be
    /// cancelled: its component ignores it.
    pub(crate) fn cancel(&mut self, id: TimerId) {
        if self.live.remove(&id) {
            self.pending -= 1;
            self.drop_cancelled();
        }
    }

    /// What comes next is always something that will happen, so that its moment can be told.
    fn drop_cancelled(&mut self) {
        while let Some(Reverse(next)) = self.heap.peek()
            && let (Happening::Timer { id, .. }, false) = (&next.what, next.routine)
            && !self.live.contains(id)
        {
            self.heap.pop();
        }
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<Moment> {
        self.heap.peek().map(|next| next.0.at)
    }

    /// Takes the next thing that happens.
    pub(crate) fn pop(&mut self) -> Option<Scheduled> {
        let next = self.heap.pop()?.0;
        if let (Happening::Timer { id, .. }, false) = (&next.what, next.routine) {
            self.live.remove(id);
        }
        self.pending -= usize::from(!next.routine);
        self.drop_cancelled();
        Some(next)
    }

    /// Whether only routine is left.
    pub(crate) fn is_settled(&self) -> bool {
        self.pending == 0
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
