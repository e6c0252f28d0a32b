use std::{cmp::Reverse, collections::BinaryHeap};

use super::{Address, Answer, Call, Ticket, Timer, WatchEvent};
use crate::cluster::{
    api::Resource, kubelet, kubeproxy, moment::Moment, runtime, trace::StepId, traffic,
};

/// Which of a component's lives something is meant for: what was sent to a process that has since been
/// stopped reaches nobody.
pub(crate) type Life = u32;

/// A timer that is still to fire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TimerId {
    slot: u32,
    order: u64,
}

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
    Timer { timer: Timer },
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
    order: u64,
    pub(crate) to: Address,
    pub(crate) life: Life,
    pub(crate) cause: StepId,
    /// Would happen for ever in a cluster where nothing changes.
    pub(crate) routine: bool,
    pub(crate) what: Happening,
}

/// All that will happen, soonest first. What will happen stays where it is put; only its place in the order
/// is moved about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    /// When, which of those of one moment (in the order they were decided), and where it stands.
    order: BinaryHeap<Reverse<(Moment, u64, u32)>>,
    slots: Vec<Option<Scheduled>>,
    free: Vec<u32>,
    orders: u64,
    /// How many of them are not routine.
    pending: usize,
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
        self.put(at, to, (cause, routine), what);
    }

    fn put(
        &mut self,
        at: Moment,
        to: (Address, Life),
        (cause, routine): (StepId, bool),
        what: Happening,
    ) -> TimerId {
        self.orders += 1;
        self.pending += usize::from(!routine);
        let scheduled = Some(Scheduled {
            at,
            order: self.orders,
            to: to.0,
            life: to.1,
            cause,
            routine,
            what,
        });
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = scheduled;
        }
        self.order.push(Reverse((at, self.orders, slot)));
        TimerId {
            slot,
            order: self.orders,
        }
    }

    /// Adds a timer.
    pub(crate) fn push_timer(
        &mut self,
        at: Moment,
        to: (Address, Life),
        (cause, routine): (StepId, bool),
        timer: Timer,
    ) -> TimerId {
        self.put(at, to, (cause, routine), Happening::Timer { timer })
    }

    /// A timer that need not fire any more. It may have fired already. A routine timer cannot be
    /// cancelled: its component ignores it.
    pub(crate) fn cancel(&mut self, id: TimerId) {
        let Some(slot) = self.slots.get_mut(id.slot as usize) else {
            return;
        };
        if slot
            .as_ref()
            .is_some_and(|it| it.order == id.order && !it.routine)
        {
            *slot = None;
            self.pending -= 1;
            self.drop_cancelled();
        }
    }

    /// What comes next is always something that will happen, so that its moment can be told.
    fn drop_cancelled(&mut self) {
        while let Some(Reverse((_, _, slot))) = self.order.peek()
            && self.slots.get(*slot as usize).is_none_or(Option::is_none)
        {
            self.free.push(*slot);
            self.order.pop();
        }
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<Moment> {
        self.order.peek().map(|next| next.0.0)
    }

    /// Takes the next thing that happens.
    pub(crate) fn pop(&mut self) -> Option<Scheduled> {
        let Reverse((_, _, slot)) = self.order.pop()?;
        let next = self.slots.get_mut(slot as usize).and_then(Option::take)?;
        self.free.push(slot);
        self.pending -= usize::from(!next.routine);
        self.drop_cancelled();
        Some(next)
    }

    /// Whether only routine is left.
    pub(crate) fn is_settled(&self) -> bool {
        self.pending == 0
    }
}
