//! Events: quietly written, and counted up instead of written again.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashSet, FxHasher};

use super::registry::Plan;
use crate::cluster::{
    api::{Event, Key, Object, Resource, Status, Str, Uid},
    etcd::Etcd,
    machinery::Turn,
    moment::Timestamp,
};

/// How long an Event is kept (`--event-ttl`).
const KEPT_SECONDS: i64 = 3600;

/// Words that stand in many Events, kept once: a large cluster has a million of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(FxHashSet<Str>);

impl Words {
    fn share(&mut self, word: &mut Str) {
        match self.0.get(word) {
            Some(known) => word.clone_from(known),
            None => {
                self.0.insert(word.clone());
            }
        }
    }
}

/// What becomes of an Event a component tells. Equal ones share one object whose count goes up, as the
/// correlator of `client-go/tools/record/events_cache.go` has it; the name is made from what makes them
/// equal, so that no index is needed to find it again.
pub(super) fn prepare(
    mut event: Event,
    words: &mut Words,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Plan, Status> {
    let name = format!(
        "{}.{:016x}",
        event.involved_object.name,
        fingerprint(&event)
    );
    event.metadata.name = name.into();
    let key = event.metadata.key();
    if let Some(stored) = etcd.get(Resource::Events, &key)
        && let Object::Event(before) = &stored.value
    {
        let mut after = (**before).clone();
        after.count += 1;
        after.last_timestamp = event.last_timestamp;
        return Ok(Plan::Update {
            before: stored.value.clone(),
            after: after.into(),
        });
    }
    let namespace = Key::new("", event.metadata.namespace.clone());
    if etcd.get(Resource::Namespaces, &namespace).is_none() {
        return Err(Status::not_found(Resource::Namespaces, &namespace.name));
    }
    let about = &mut event.involved_object;
    for word in [
        &mut event.metadata.namespace,
        &mut about.namespace,
        &mut about.api_version,
        &mut about.kind,
        &mut event.reason,
        &mut event.kind,
        &mut event.source.component,
        &mut event.source.host,
        &mut event.reporting_component,
        &mut event.reporting_instance,
    ] {
        words.share(word);
    }
    event.message.shrink_to_fit();
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
    for stored in etcd.all(Resource::Events) {
        let Object::Event(event) = &stored.value else {
            continue;
        };
        let last = event.last_timestamp.or(event.metadata.creation_timestamp);
        let ends = last.unwrap_or(now).plus(KEPT_SECONDS);
        if ends <= now {
            gone.push(stored.value.key());
        } else {
            next = Some(next.map_or(ends, |next| next.min(ends)));
        }
    }
    gone.sort();
    (gone, next)
}
