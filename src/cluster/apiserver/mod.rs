//! kube-apiserver: the only door to etcd. A request passes its gates — who asks, whether they may, what
//! the object becomes, whether it is right — is carried out in one transaction, and whoever watches hears
//! of it. Look first at [`ApiServer`]. It knows no component, only their addresses.

mod admission;
mod allocator;
mod bootstrap;
mod decode;
mod defaults;
mod events;
mod field;
mod gates;
mod logs;
mod rbac;
mod registry;
#[cfg(test)]
mod tests;
mod validation;
mod watch;

use std::{rc::Rc, time::Duration};

pub(crate) use self::registry::{Plan, selects};
use self::{
    allocator::Allocators, field::Gates, rbac::Authorizer, registry::Written, watch::WatchCache,
};
use super::{
    api::{Object, Resource, Status, StatusReason},
    etcd::Etcd,
    machinery::{Address, Body, Call, Happening, Reply, Subresource, Turn, Verb},
    moment::Timestamp,
    trace::{Actor, Mark, Step, StepKind, changes},
};

/// What the API server wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// History older than five minutes is thrown away.
    Compact,
    /// Watchers hear how far they are, and Events whose time is over go.
    Minute,
}

/// etcd's history is compacted every five minutes (`apiserver/pkg/storage/etcd3/compact.go`).
const COMPACTION: Duration = Duration::from_secs(5 * 60);
/// (`apiserver/pkg/storage/cacher/cacher.go`, defaultBookmarkFrequency)
const MINUTE: Duration = Duration::from_secs(60);

/// The process. All it keeps is caches: what is true is in etcd.
#[derive(Clone, Debug)]
pub(crate) struct ApiServer {
    watches: WatchCache,
    authorizer: Authorizer,
    allocators: Allocators,
    /// The revision at the last compaction, which the next one throws away.
    last_seen: u64,
    recent_events: events::Recent,
    /// When the oldest Event's time is over.
    events_due: Option<Timestamp>,
}

impl ApiServer {
    /// A new process over what etcd holds.
    pub(crate) fn new(etcd: &Etcd) -> ApiServer {
        ApiServer {
            watches: WatchCache::new(etcd.revision()),
            authorizer: Authorizer::new(etcd),
            allocators: Allocators::new(etcd),
            last_seen: etcd.revision(),
            recent_events: events::Recent::default(),
            events_due: None,
        }
    }

    pub(crate) fn start(&mut self, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        bootstrap::run(etcd, &mut self.allocators, turn);
        self.watches = WatchCache::new(etcd.revision());
        self.events_due = Some(turn.now().timestamp());
        turn.routine_timer(COMPACTION, Timer::Compact);
        turn.routine_timer(MINUTE, Timer::Minute);
    }

    pub(crate) fn fire(&mut self, timer: Timer, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        match timer {
            Timer::Compact => {
                let compacted = etcd.compact(self.last_seen);
                let now = turn.now();
                turn.record(StepKind::Store, now, |actor| Step {
                    to: Actor::Etcd,
                    verb: "compact".into(),
                    revision: compacted,
                    message: "History up to this revision is thrown away.".to_owned(),
                    ..Step::new(StepKind::Store, actor)
                });
                self.last_seen = etcd.revision();
                turn.routine_timer(COMPACTION, Timer::Compact);
            }
            Timer::Minute => {
                if !turn.shared.stopped.contains(&Address::Etcd) {
                    self.expire_events(etcd, turn);
                    self.watches.bookmark(etcd.revision(), turn);
                }
                turn.routine_timer(MINUTE, Timer::Minute);
            }
        }
    }

    fn expire_events(&mut self, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        let now = turn.now().timestamp();
        if self.events_due.is_none_or(|due| due > now) {
            return;
        }
        let (gone, next) = events::expired(etcd, now);
        self.events_due = next;
        for key in gone {
            let before = etcd.read(Resource::Events, &key).map(|kept| kept.value);
            if let (Some(before), Ok(object)) = (before, etcd.delete(Resource::Events, &key)) {
                self.watches
                    .publish(watch::WatchChange::deleted(before, object), turn);
            }
        }
    }

    /// Who watches what, once for each watch.
    pub(crate) fn watchers(&self) -> Vec<(Resource, Address)> {
        self.watches.watchers()
    }

    /// A request arrives.
    pub(crate) fn arrive(&mut self, mut call: Box<Call>, etcd: &Etcd, turn: &mut Turn<'_>) {
        if call.is_event {
            self.store(call, turn);
            return;
        }
        if let Err(status) = gates::admit(&call, &mut self.authorizer, etcd, turn) {
            return reply(&call, Err(status), turn);
        }
        let etcd_is_down = turn.shared.stopped.contains(&Address::Etcd);
        match (call.request.verb, &call.request.body) {
            (Verb::Watch, Body::Watch(start)) => {
                // Where to begin is a question only etcd can answer.
                if etcd_is_down && start.after.is_none() {
                    turn.answer_after(ETCD_TIMEOUT, &call, Err(etcd_timed_out()), Vec::new());
                    return;
                }
                self.watches.open(&call, start, etcd, turn);
            }
            (Verb::Get, _) if call.request.subresource == Subresource::Log => {
                logs::hand_on(*call, etcd, turn);
            }
            (Verb::Get | Verb::List | Verb::Watch, _) => {
                if etcd_is_down {
                    turn.answer_after(ETCD_TIMEOUT, &call, Err(etcd_timed_out()), Vec::new());
                    return;
                }
                let result = registry::read(&call.request, etcd);
                reply(&call, result, turn);
            }
            _ => {
                let mut gates = Gates::default();
                let plan = registry::prepare(&call.request, etcd, &mut gates, turn);
                gates::tell(&gates, plan.as_ref().err(), &call, turn);
                match plan {
                    Err(status) => reply(&call, Err(status), turn),
                    Ok(Plan::Nothing(object)) => {
                        let unchanged = Reply {
                            code: 200,
                            revision: object.metadata().resource_version,
                            object: Some(object),
                            ..Reply::default()
                        };
                        reply(&call, Ok(unchanged), turn);
                    }
                    Ok(plan) => {
                        call.plan = Some(Box::new(plan));
                        self.store(call, turn);
                    }
                }
            }
        }
    }

    /// Asks etcd to carry a request's transaction out.
    fn store(&mut self, mut call: Box<Call>, turn: &mut Turn<'_>) {
        let latency = &turn.shared.latency;
        let (commit, extra) = (latency.commit.clone(), latency.extra_commit);
        let wait = turn.within(&commit) + Duration::from_millis(extra);
        if !call.is_event {
            let done = turn.now() + wait;
            let request = &call.request;
            let name = call
                .plan
                .as_ref()
                .map(|plan| &plan.object().metadata().name);
            call.stored = turn.record(StepKind::Store, done, |actor| Step {
                to: Actor::Etcd,
                verb: request.verb.as_str().into(),
                resource: request.resource.plural(),
                subresource: request.subresource.as_str(),
                namespace: request.namespace.clone(),
                name: name.unwrap_or(&request.name).clone(),
                ..Step::new(StepKind::Store, actor)
            });
            turn.because(call.stored.step);
        }
        turn.post(wait, Address::ApiServer, Happening::Commit(call));
    }

    /// etcd is ready to carry a request's transaction out.
    pub(crate) fn commit(&mut self, mut call: Box<Call>, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        if turn.shared.stopped.contains(&Address::Etcd) {
            let status = etcd_timed_out();
            refuse(&call, &status, turn);
            turn.answer_after(ETCD_TIMEOUT, &call, Err(status), Vec::new());
            return;
        }
        let plan = if call.is_event {
            event_plan(&mut call, &mut self.recent_events, etcd, turn)
        } else {
            current_plan(&mut call, etcd, turn)
        };
        let written =
            plan.and_then(|plan| registry::commit(plan, etcd, &mut self.allocators, turn));
        match written {
            Ok(written) => {
                let answer = self.announce(&call, written, turn);
                reply(&call, Ok(answer), turn);
            }
            Err(status) => {
                refuse(&call, &status, turn);
                reply(&call, Err(status), turn);
            }
        }
    }

    /// Tells the watchers what was written, and makes the reply of it.
    fn announce(&mut self, call: &Call, written: Written, turn: &mut Turn<'_>) -> Reply {
        let mut reply = Reply {
            code: if call.request.verb == Verb::Create {
                201
            } else {
                200
            },
            ..Reply::default()
        };
        let main = written.main;
        let mut stored = call.stored;
        for (at, change) in written.changes.into_iter().enumerate() {
            if at == main {
                if written.ends {
                    stored = deleted_next(call, turn);
                }
                let object = &change.object;
                let revision = object.metadata().resource_version;
                reply.revision = revision;
                reply.object = Some(object.clone());
                let differs = if turn.keeps_steps() && !call.is_event {
                    let after = (!change.is_deletion()).then_some(object);
                    changes(change.before.as_ref().or(written.asked.as_ref()), after)
                } else {
                    Vec::new()
                };
                let name = object.metadata().name.clone();
                for mark in [stored, call.mark] {
                    turn.amend(mark, |step| {
                        step.revision = revision;
                        if !call.is_event {
                            step.name.clone_from(&name);
                        }
                        step.changes.clone_from(&differs);
                    });
                }
            }
            if written.ends && at < main {
                let object = &change.object;
                let differs = changes(change.before.as_ref(), Some(object));
                turn.amend(stored, |step| {
                    step.verb = "update".into();
                    step.revision = object.metadata().resource_version;
                    step.changes = differs;
                });
            }
            let resource = change.object.resource();
            let after = (!change.is_deletion()).then_some(&change.object);
            self.authorizer.see(change.before.as_ref(), after);
            if resource == Resource::Events && self.events_due.is_none() {
                self.events_due = Some(turn.now().timestamp().plus(3600));
            }
            self.watches.publish(change, turn);
        }
        reply
    }

    /// A component's connections break: each of its informers is told.
    pub(crate) fn disconnect(&mut self, from: Address, turn: &mut Turn<'_>) {
        self.watches.close(Some(from), turn);
    }

    /// The process ends: every connection breaks.
    pub(crate) fn disconnect_all(&mut self, turn: &mut Turn<'_>) {
        self.watches.close(None, turn);
    }

    /// A client ends one of its watches.
    pub(crate) fn hang_up(&mut self, from: Address, resource: Resource, connection: u32) {
        self.watches.hang_up(from, resource, connection);
    }

    /// Removes watches without telling anybody: their owner is gone, or cannot be reached.
    pub(crate) fn forget(&mut self, gone: Address) {
        self.watches.forget(gone);
    }
}

/// A Pod was written for the last time; its deletion is a transaction of its own.
fn deleted_next(call: &Call, turn: &mut Turn<'_>) -> Mark {
    let now = turn.now();
    let request = &call.request;
    let mark = turn.record(StepKind::Store, now, |actor| Step {
        to: Actor::Etcd,
        verb: "delete".into(),
        resource: request.resource.plural(),
        namespace: request.namespace.clone(),
        name: request.name.clone(),
        ..Step::new(StepKind::Store, actor)
    });
    turn.because(mark.step);
    mark
}

/// The plan a request came with, made again if the object has moved on since (`etcd3/store.go`: the
/// update function is called again with what is there now).
fn current_plan(call: &mut Call, etcd: &Etcd, turn: &mut Turn<'_>) -> Result<Plan, Status> {
    if let Some(plan) = call.plan.take() {
        let object = plan.object();
        let found = etcd.mod_revision(object.resource(), &object.key());
        let expected = plan
            .before()
            .map(|before| before.metadata().resource_version);
        if found == expected {
            return Ok(*plan);
        }
    }
    registry::prepare(&call.request, etcd, &mut Gates::default(), turn)
}

fn event_plan(
    call: &mut Call,
    recent: &mut events::Recent,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    match std::mem::replace(&mut call.request.body, Body::Nothing) {
        Body::Object(Object::Event(event)) => {
            events::prepare(Rc::unwrap_or_clone(event), recent, etcd, turn)
        }
        // Nothing else is told as an event.
        _ => Err(Status::new(400, StatusReason::BadRequest, "no event")),
    }
}

/// Sends the answer on its way.
fn reply(call: &Call, result: Result<Reply, Status>, turn: &mut Turn<'_>) {
    let hop = turn.shared.latency.hop.clone();
    let hop = turn.within(&hop);
    let warnings = if call.request.resource == Resource::Endpoints && result.is_ok() {
        // (`staging/src/k8s.io/api/core/v1`, the deprecation of Endpoints)
        vec!["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice".into()]
    } else {
        Vec::new()
    };
    turn.answer_after(hop, call, result, warnings);
}

fn refuse(call: &Call, status: &Status, turn: &mut Turn<'_>) {
    turn.amend(call.stored, |step| {
        step.code = status.code;
        step.message.clone_from(&status.message);
    });
}

/// What etcd's client says when there is no quorum.
fn etcd_timed_out() -> Status {
    Status::new(500, StatusReason::Unknown, "etcdserver: request timed out")
}

/// How long the API server waits for etcd.
const ETCD_TIMEOUT: Duration = Duration::from_secs(7);
