//! kube-apiserver: the only door to etcd. A request passes its gates, is carried out in one transaction,
//! and whoever watches hears of it. Look first at [`ApiServer`].

mod registry;
mod watch;

use std::time::Duration;

use self::{registry::Written, watch::WatchCache};
use super::{
    api::{Resource, Status, StatusReason},
    etcd::Etcd,
    machinery::{Address, Body, Call, Happening, Reply, Turn, Verb},
    trace::{Actor, Step, StepKind, changes},
};

/// What the API server wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// History older than five minutes is thrown away.
    Compact,
}

/// etcd's history is compacted every five minutes (`apiserver/pkg/storage/etcd3/compact.go`).
const COMPACTION: Duration = Duration::from_secs(5 * 60);

/// The process. All it keeps is a cache: what is true is in etcd.
#[derive(Clone, Debug)]
pub(crate) struct ApiServer {
    watches: WatchCache,
    /// The revision at the last compaction, which the next one throws away.
    last_seen: u64,
}

impl ApiServer {
    /// A new process over what etcd holds.
    pub(crate) fn new(etcd: &Etcd) -> ApiServer {
        ApiServer {
            watches: WatchCache::new(etcd.revision()),
            last_seen: etcd.revision(),
        }
    }

    pub(crate) fn start(&mut self, _etcd: &mut Etcd, turn: &mut Turn<'_>) {
        turn.routine_timer(COMPACTION, Timer::Compact);
    }

    pub(crate) fn fire(&mut self, timer: Timer, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        match timer {
            Timer::Compact => {
                etcd.compact(self.last_seen);
                self.last_seen = etcd.revision();
                turn.routine_timer(COMPACTION, Timer::Compact);
            }
        }
    }

    /// A request arrives.
    pub(crate) fn arrive(&mut self, mut call: Call, etcd: &Etcd, turn: &mut Turn<'_>) {
        match (call.request.verb, &call.request.body) {
            (Verb::Watch, Body::Watch(start)) => {
                self.watches.open(&call, start, etcd, turn);
            }
            (Verb::Get | Verb::List | Verb::Watch, _) => {
                let result = registry::read(&call.request, etcd);
                let hop = turn.shared.latency.hop.clone();
                let hop = turn.within(&hop);
                turn.answer_after(hop, &call, result, Vec::new());
            }
            _ => {
                let latency = &turn.shared.latency;
                let (commit, extra) = (latency.commit.clone(), latency.extra_commit);
                let wait = turn.within(&commit) + Duration::from_millis(extra);
                if !call.is_event {
                    let done = turn.now() + wait;
                    let request = &call.request;
                    call.stored = turn.record(StepKind::Store, done, |actor| Step {
                        to: Actor::Etcd,
                        verb: request.verb.as_str().into(),
                        resource: request.resource.plural(),
                        subresource: request.subresource.as_str(),
                        namespace: request.namespace.clone(),
                        name: request.name.clone(),
                        ..Step::new(StepKind::Store, actor)
                    });
                    turn.because(call.stored.step);
                }
                turn.post(wait, Address::ApiServer, Happening::Commit(Box::new(call)));
            }
        }
    }

    /// etcd is ready to carry a request's transaction out.
    pub(crate) fn commit(&mut self, call: Call, etcd: &mut Etcd, turn: &mut Turn<'_>) {
        let result = registry::write(&call.request, etcd, turn);
        let hop = turn.shared.latency.hop.clone();
        let hop = turn.within(&hop);
        match result {
            Ok(written) => {
                let reply = self.announce(&call, written, turn);
                turn.answer_after(hop, &call, Ok(reply), Vec::new());
            }
            Err(status) => {
                turn.amend(call.stored, |step| {
                    step.code = status.code;
                    step.message.clone_from(&status.message);
                });
                turn.answer_after(hop, &call, Err(status), Vec::new());
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
        for (at, change) in written.changes.into_iter().enumerate() {
            let revision = change.object.metadata().resource_version;
            let differs = if turn.keeps_steps() && !call.is_event {
                let after = (!change.is_deletion()).then_some(&change.object);
                changes(change.before.as_ref().or(written.asked.as_ref()), after)
            } else {
                Vec::new()
            };
            if at == 0 {
                reply.revision = revision;
                reply.object = Some(change.object.clone());
                let name = change.object.metadata().name.clone();
                for mark in [call.stored, call.mark] {
                    turn.amend(mark, |step| {
                        step.revision = revision;
                        step.name.clone_from(&name);
                        step.changes.clone_from(&differs);
                    });
                }
            }
            self.watches.publish(change, turn);
        }
        if reply.object.is_none() {
            // Nothing differed, so nothing was written (`etcd3/store.go`, GuaranteedUpdate).
            reply.revision = written
                .unchanged
                .as_ref()
                .map_or(0, |object| object.metadata().resource_version);
            reply.object = written.unchanged;
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

/// What etcd's client says when there is no quorum.
pub(crate) fn etcd_timed_out() -> Status {
    Status::new(
        500,
        StatusReason::InternalError,
        "etcdserver: request timed out",
    )
}

/// How long the API server waits for etcd.
pub(crate) const ETCD_TIMEOUT: Duration = Duration::from_secs(7);
