//! Events: quietly written, and counted up instead of written again.

use std::{
    collections::VecDeque,
    hash::{BuildHasher, BuildHasherDefault},
};

use rustc_hash::{FxHashMap, FxHasher};

use super::registry::Plan;
use crate::cluster::{
    api::{Event, Key, Object, Resource, Status, Str, Uid},
    etcd::Etcd,
    machinery::Turn,
    moment::Timestamp,
};

/// How long an Event is kept (`--event-ttl`).
const KEPT_SECONDS: i64 = 3600;

/// Which Events were told lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    /// The names of the latest Events, by what makes them equal.
    names: FxHashMap<u64, Str>,
    /// In the order they came.
    order: VecDeque<u64>,
}

/// How many Events are remembered by what makes them equal: `maxLruCacheEntries` is 4,096 in each
/// component upstream.
const REMEMBERED: usize = 16_384;

impl Recent {
    fn remember(&mut self, likeness: u64, name: Str) {
        if self.names.insert(likeness, name).is_some() {
            return;
        }
        self.order.push_back(likeness);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
    }
}

/// What becomes of an Event a component tells. Equal ones share one object whose count goes up, as the
/// correlator of `client-go/tools/record/events_cache.go` has it. The name ends in the moment of the first
/// (`GenerateEventName`), so an object's Events are listed in the order in which they began.
pub(super) fn prepare(
    mut event: Event,
    recent: &mut Recent,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    let likeness = fingerprint(&event);
    if let Some(name) = recent.names.get(&likeness)
        && let key = Key::new(event.metadata.namespace.clone(), name.clone())
        && let Some(stored) = etcd.read(Resource::Events, &key)
        && let Object::Event(before) = &stored.value
    {
        let mut after = (**before).clone();
        after.count += 1;
        after.last_timestamp = event.last_timestamp;
        return Ok(Plan::Update {
            before: stored.value,
            after: after.into(),
        });
    }
    let namespace = Key::new(Str::default(), event.metadata.namespace.clone());
    if etcd.get(Resource::Namespaces, &namespace).is_none() {
        return Err(Status::not_found(Resource::Namespaces, &namespace.name));
    }
    // Two Events told in one microsecond differ in the nanoseconds that follow.
    while etcd
        .mod_revision(Resource::Events, &event.metadata.key())
        .is_some()
    {
        let told = event.metadata.name.rsplit_once('.');
        let moment = told.map_or(0, |(_, told)| u64::from_str_radix(told, 16).unwrap_or(0)) + 1;
        event.metadata.name = format!("{}.{moment:x}", event.involved_object.name).into();
    }
    recent.remember(likeness, event.metadata.name.clone());
    event.metadata.uid = Uid(turn.random().uuid().into());
    event.metadata.creation_timestamp = Some(turn.now().timestamp());
    Ok(Plan::Create {
        object: event.into(),
        asked: None,
    })
}

fn fingerprint(event: &Event) -> u64 {
    let about = &event.involved_object;
    BuildHasherDefault::<FxHasher>::default().hash_one((
        (&event.source.component, &event.source.host, &event.kind),
        (&about.kind, &about.namespace, &about.uid, &about.field_path),
        (&event.reason, &event.message),
    ))
}

/// The Events whose time is over, in the order of their keys, and when the next one's will be.
pub(super) fn expired(etcd: &Etcd, now: Timestamp) -> (Vec<Key>, Option<Timestamp>) {
    let mut gone = Vec::new();
    let mut next: Option<Timestamp> = None;
    for object in etcd.objects(Resource::Events, |_| true) {
        let Object::Event(event) = &object else {
            continue;
        };
        let last = event.last_timestamp.or(event.metadata.creation_timestamp);
        let ends = last.unwrap_or(now).plus(KEPT_SECONDS);
        if ends <= now {
            gone.push(object.key());
        } else {
            next = Some(next.map_or(ends, |next| next.min(ends)));
        }
    }
    gone.sort();
    (gone, next)
}
