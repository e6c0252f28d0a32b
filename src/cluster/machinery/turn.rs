use std::{ops::RangeInclusive, time::Duration};

use super::{
    Address, Answer, Body, Call, Happening, ListOptions, Request, Shared, Subresource, Ticket,
    Timer, TimerId, User, Verb, WatchStart,
};
use crate::cluster::{
    api::{Resource, Status, Str},
    moment::Moment,
    random::Random,
    trace::{Actor, Change, Mark, Step, StepId, StepKind},
};

/// One component's chance to act, because something reached it. All it sees of the world and all it does
/// goes through here; what it does is caused by what reached it, unless it says otherwise.
pub(crate) struct Turn<'a> {
    pub(crate) shared: &'a mut Shared,
    me: Address,
    cause: StepId,
    routine: bool,
    /// The part of the component that acts, where it has parts: requests carry it as their reason.
    part: &'static str,
}

/// Something a component worked out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision {
    /// The controller, plugin or part that decided.
    pub(crate) reason: Str,
    /// What about.
    pub(crate) subject: Option<(Resource, Str, Str)>,
    /// In a sentence.
    pub(crate) message: String,
    /// The figures it rests on.
    pub(crate) changes: Vec<Change>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(
        shared: &'a mut Shared,
        me: Address,
        (cause, routine): (StepId, bool),
    ) -> Turn<'a> {
        Turn {
            shared,
            me,
            cause,
            routine,
            part: "",
        }
    }

    /// From here on in this turn, this part of the component acts: a controller.
    pub(crate) fn act_as(&mut self, part: &'static str) {
        self.part = part;
    }

    pub(crate) fn now(&self) -> Moment {
        self.shared.now
    }

    pub(crate) fn me(&self) -> Address {
        self.me
    }

    pub(crate) fn cause(&self) -> StepId {
        self.cause
    }

    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.shared.random
    }

    /// A length of time drawn from these bounds.
    pub(crate) fn within(&mut self, micros: &RangeInclusive<u64>) -> Duration {
        self.shared.random.within(micros)
    }

    /// From here on in this turn, `step` is the cause.
    pub(crate) fn because(&mut self, step: StepId) {
        self.cause = step;
    }

    /// What began as routine turned out to matter: from here on it is shown.
    pub(crate) fn rouse(&mut self) {
        self.routine = false;
    }

    /// From here on in this turn, what is done is routine: a heartbeat, a resync.
    pub(crate) fn lull(&mut self) {
        self.routine = true;
    }

    pub(crate) fn is_routine(&self) -> bool {
        self.routine
    }

    /// Sends a request; the answer comes back with the ticket. Returns the request's step.
    pub(crate) fn request(&mut self, request: Request, ticket: impl Into<Ticket>) -> StepId {
        self.send(request, Some(ticket.into()), false)
    }

    /// Sends a request whose answer nobody waits for.
    #[cfg(test)]
    pub(crate) fn tell(&mut self, request: Request) -> StepId {
        self.send(request, None, false)
    }

    /// Opens a watch. What it brings comes as [`Happening::Watch`], with this connection.
    pub(crate) fn watch(
        &mut self,
        user: &User,
        resource: Resource,
        options: ListOptions,
        after: Option<u64>,
        connection: u32,
    ) {
        self.watch_in(
            user,
            (resource, &Str::default()),
            options,
            after,
            connection,
        );
    }

    /// The same, of one namespace, unless it is empty.
    pub(crate) fn watch_in(
        &mut self,
        user: &User,
        (resource, namespace): (Resource, &Str),
        mut options: ListOptions,
        after: Option<u64>,
        connection: u32,
    ) {
        if !namespace.is_empty() {
            let within = ("metadata.namespace", namespace.clone());
            options.fields.push(within);
        }
        // As the API server makes it out of the URL (`apiserver/pkg/endpoints/request/requestinfo.go`).
        let mut fields = options.fields.iter();
        let named = fields.find(|(field, _)| *field == "metadata.name");
        let name = named.map(|(_, name)| name.clone()).unwrap_or_default();
        let request = Request {
            user: user.clone(),
            verb: Verb::Watch,
            resource,
            subresource: Subresource::None,
            namespace: namespace.clone(),
            name,
            body: Body::Watch(WatchStart {
                options,
                after,
                connection,
            }),
        };
        self.send(request, None, false);
    }

    /// Ends a watch of one's own: nothing more comes of it once the API server knows.
    pub(crate) fn hang_up(&mut self, resource: Resource, connection: u32) {
        let hop = self.shared.latency.hop.clone();
        let hop = self.within(&hop);
        let what = Happening::HangUp {
            from: self.me,
            resource,
            connection,
        };
        self.post(hop, Address::ApiServer, what);
    }

    fn send(&mut self, request: Request, ticket: Option<Ticket>, is_event: bool) -> StepId {
        let shared = &mut *self.shared;
        let mark = if is_event {
            Mark::default()
        } else {
            let from = shared.recorder.keeps_steps().then(|| shared.actor(self.me));
            shared.recorder.record(
                (shared.now, shared.now),
                (self.cause, self.routine),
                StepKind::Request,
                || Step {
                    to: Actor::ApiServer,
                    verb: request.verb.as_str().into(),
                    resource: request.resource.plural(),
                    subresource: request.subresource.as_str(),
                    namespace: request.namespace.clone(),
                    name: request.name.clone(),
                    reason: self.part.into(),
                    ..Step::new(StepKind::Request, from.unwrap_or(Actor::Nobody))
                },
            )
        };
        self.dispatch(Call {
            request,
            from: self.me,
            life: self.shared.life(self.me),
            ticket,
            mark,
            stored: Mark::default(),
            plan: None,
            routine: self.routine,
            is_event,
        });
        mark.step
    }

    /// Puts a request on the wire, or answers in the network's name if the wire leads nowhere.
    pub(crate) fn dispatch(&mut self, call: Call) {
        let shared = &mut *self.shared;
        let cut = shared.is_cut(call.from);
        let down = shared.stopped.contains(&Address::ApiServer);
        let hop = shared.random.within(&shared.latency.hop);
        if !cut && !down {
            let to = (Address::ApiServer, shared.life(Address::ApiServer));
            let cause = (call.cause(), call.routine);
            shared.agenda.push(
                shared.now + hop,
                to,
                cause,
                Happening::Arrival(Box::new(call)),
            );
            return;
        }
        // A refused connection is known at once; one that vanishes on the way, when the client gives up
        // (client-go's kubelet timeout for its own requests is 10 s).
        let (wait, message) = if cut {
            (
                Duration::from_secs(10),
                "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
            )
        } else {
            (hop, "dial tcp 10.0.0.10:6443: connect: connection refused")
        };
        self.answer_after(wait, &call, Err(Status::unreachable(message)), Vec::new());
    }

    /// Sends the answer to a call, `wait` from now, and completes its step.
    pub(crate) fn answer_after(
        &mut self,
        wait: Duration,
        call: &Call,
        result: Result<super::Reply, Status>,
        warnings: Vec<String>,
    ) {
        let shared = &mut *self.shared;
        let at = shared.now + wait;
        let routine = call.routine;
        shared.recorder.amend(call.mark, at, |step| match &result {
            Ok(reply) => {
                step.code = reply.code;
                step.revision = reply.revision;
                if let (true, Some(object)) = (step.name.is_empty(), &reply.object) {
                    step.name = object.metadata().name.clone();
                }
            }
            Err(status) => {
                step.code = status.code;
                step.message.clone_from(&status.message);
            }
        });
        let cause = (call.cause(), routine);
        if let Request {
            body: Body::Watch(start),
            resource,
            ..
        } = &call.request
        {
            // A watch that cannot begin is one that has ended.
            if let Err(status) = result {
                let event = match status.code {
                    0 => super::WatchEvent::Closed,
                    _ => super::WatchEvent::Error(status.into()),
                };
                let what = Happening::Watch {
                    resource: *resource,
                    connection: start.connection,
                    event,
                };
                shared.agenda.push(at, (call.from, call.life), cause, what);
            }
            return;
        }
        let Some(ticket) = call.ticket.clone() else {
            return;
        };
        let answer = Box::new(Answer { result, warnings });
        let what = Happening::Answer { ticket, answer };
        shared.agenda.push(at, (call.from, call.life), cause, what);
    }

    /// Wakes this component later, for something that matters.
    pub(crate) fn timer(&mut self, after: Duration, timer: impl Into<Timer>) -> TimerId {
        self.set(after, timer.into(), false)
    }

    /// Wakes this component later, for something it does for ever.
    pub(crate) fn routine_timer(&mut self, after: Duration, timer: impl Into<Timer>) -> TimerId {
        self.set(after, timer.into(), true)
    }

    fn set(&mut self, after: Duration, timer: Timer, routine: bool) -> TimerId {
        let to = (self.me, self.shared.life(self.me));
        let at = self.shared.now + after;
        self.shared
            .agenda
            .push_timer(at, to, (self.cause, routine), timer)
    }

    /// The timer need not fire any more.
    pub(crate) fn cancel(&mut self, timer: TimerId) {
        self.shared.agenda.cancel(timer);
    }

    /// Sends something to another component, `after` from now: for wires that are not the API server's.
    pub(crate) fn post(&mut self, after: Duration, to: Address, what: Happening) {
        let address = (to, self.shared.life(to));
        let at = self.shared.now + after;
        self.shared
            .agenda
            .push(at, address, (self.cause, self.routine), what);
    }

    /// Records a step of this component's, from now until `done`. `make` is only called if steps are
    /// kept. Later acts of this turn are not caused by it unless [`Turn::because`] says so.
    pub(crate) fn record(
        &mut self,
        kind: StepKind,
        done: Moment,
        make: impl FnOnce(Actor) -> Step,
    ) -> Mark {
        let shared = &mut *self.shared;
        let actor = if shared.recorder.keeps_steps() {
            shared.actor(self.me)
        } else {
            Actor::Nobody
        };
        shared
            .recorder
            .record((shared.now, done), (self.cause, self.routine), kind, || {
                make(actor)
            })
    }

    /// Completes a step recorded before: it ended now.
    pub(crate) fn amend(&mut self, mark: Mark, change: impl FnOnce(&mut Step)) {
        let now = self.shared.now;
        self.shared.recorder.amend(mark, now, change);
    }

    /// Whether anybody will look at a step's details.
    pub(crate) fn keeps_steps(&self) -> bool {
        self.shared.recorder.keeps_steps()
    }

    /// Records that this component worked something out; what it does next in this turn is caused by it.
    pub(crate) fn decide(&mut self, make: impl FnOnce() -> Decision) -> StepId {
        let now = self.now();
        let mark = self.record(StepKind::Decision, now, |actor| {
            let Decision {
                reason,
                subject,
                message,
                changes,
            } = make();
            let mut step = Step {
                reason,
                message,
                changes,
                ..Step::new(StepKind::Decision, actor)
            };
            if let Some((resource, namespace, name)) = subject {
                step.resource = resource.plural();
                step.namespace = namespace;
                step.name = name;
            }
            step
        });
        self.because(mark.step);
        mark.step
    }
}
