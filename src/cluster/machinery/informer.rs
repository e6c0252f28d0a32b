use std::{rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use super::{ListOptions, Timer, Turn, User, WatchEvent};
use crate::cluster::api::{Key, Kind, Resource};

/// A component's own copy of a resource, kept by a watch: all it knows of the world. It may lag behind.
///
/// Since Kubernetes 1.35 the watch itself brings the objects there are, and a bookmark says when they are
/// all there (`client-go/tools/cache/reflector.go`, WatchListClient). After a broken connection it goes on
/// after the last revision it saw; if that is too old, it begins anew.
#[derive(Clone, Debug)]
pub(crate) struct Informer<K> {
    user: User,
    options: ListOptions,
    connection: u32,
    synced: bool,
    /// The last revision heard of; None: begin with everything.
    revision: Option<u64>,
    items: FxHashMap<Key, Rc<K>>,
    /// How often in a row the watch could not be opened.
    failures: u32,
}

/// How much an informer knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub(crate) resource: Resource,
    /// Of which objects it wants to hear.
    pub(crate) options: &'a ListOptions,
    pub(crate) count: usize,
    /// The last revision heard of.
    pub(crate) revision: u64,
    pub(crate) synced: bool,
}

/// What changed in an informer's copy.
#[derive(Clone, Debug)]
pub(crate) enum Seen<K> {
    Added(Rc<K>),
    Updated { before: Rc<K>, after: Rc<K> },
    Deleted(Rc<K>),
}

impl<K> Seen<K> {
    /// The object as it is now; its last state if it is gone.
    pub(crate) fn object(&self) -> &Rc<K> {
        match self {
            Seen::Added(object) | Seen::Deleted(object) => object,
            Seen::Updated { after, .. } => after,
        }
    }
}

impl<K: Kind> Informer<K> {
    pub(crate) fn new(user: User, options: ListOptions) -> Informer<K> {
        Informer {
            user,
            options,
            connection: 0,
            synced: false,
            revision: None,
            items: FxHashMap::default(),
            failures: 0,
        }
    }

    /// Opens the watch.
    pub(crate) fn start(&mut self, turn: &mut Turn<'_>) {
        self.connection += 1;
        turn.watch(
            &self.user,
            K::RESOURCE,
            self.options.clone(),
            self.revision,
            self.connection,
        );
    }

    /// Takes in what the watch brought, and tells `see` what changed by it. What an older connection
    /// brings is ignored.
    pub(crate) fn hear(
        &mut self,
        connection: u32,
        event: WatchEvent,
        turn: &mut Turn<'_>,
        mut see: impl FnMut(Seen<K>, &mut Turn<'_>),
    ) {
        if connection != self.connection {
            return;
        }
        match event {
            WatchEvent::Initial { items, revision } => {
                self.failures = 0;
                self.revision = Some(revision);
                self.synced = true;
                let mut gone = std::mem::take(&mut self.items);
                for object in &items {
                    let Some(object) = K::of(object) else {
                        continue;
                    };
                    let key = object.metadata().key();
                    let before = gone.remove(&key);
                    self.items.insert(key, object.clone());
                    let seen = match before {
                        None => Seen::Added(object.clone()),
                        Some(before) if before == *object => continue,
                        Some(before) => Seen::Updated {
                            before,
                            after: object.clone(),
                        },
                    };
                    see(seen, turn);
                }
                let mut gone: Vec<_> = gone.into_iter().collect();
                gone.sort_by(|(one, _), (other, _)| one.cmp(other));
                for (_, object) in gone {
                    see(Seen::Deleted(object), turn);
                }
            }
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                self.failures = 0;
                let Some(after) = K::of(&object).cloned() else {
                    return;
                };
                self.revision = Some(after.metadata().resource_version);
                let before = self.items.insert(after.metadata().key(), after.clone());
                let seen = match before {
                    Some(before) => Seen::Updated { before, after },
                    None => Seen::Added(after),
                };
                see(seen, turn);
            }
            WatchEvent::Deleted(object) => {
                self.failures = 0;
                let Some(last) = K::of(&object).cloned() else {
                    return;
                };
                self.revision = Some(last.metadata().resource_version);
                if self.items.remove(&last.metadata().key()).is_some() {
                    see(Seen::Deleted(last), turn);
                }
            }
            WatchEvent::Bookmark(revision) => self.revision = Some(revision),
            WatchEvent::Error(status) => {
                if status.code == 410 {
                    self.revision = None;
                }
                self.retry(turn);
            }
            WatchEvent::Closed => self.retry(turn),
        }
    }

    /// The reflector waits 800 ms, doubling to 30 s, with as much again of chance.
    fn retry(&mut self, turn: &mut Turn<'_>) {
        self.connection += 1;
        let wait = Duration::from_millis(800 << self.failures.min(6)).min(Duration::from_secs(30));
        self.failures += 1;
        let wait = turn.random().jitter(wait, 1.0);
        // Retrying for ever against a server that is down must not keep a run from settling.
        if self.failures > 1 {
            turn.routine_timer(wait, Timer::Reconnect(K::RESOURCE));
        } else {
            turn.timer(wait, Timer::Reconnect(K::RESOURCE));
        }
    }

    /// Whether it has had the whole of the resource once.
    pub(crate) fn is_synced(&self) -> bool {
        self.synced
    }

    /// The last revision heard of.
    pub(crate) fn revision(&self) -> u64 {
        self.revision.unwrap_or(0)
    }

    /// How much it knows of what.
    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            resource: K::RESOURCE,
            options: &self.options,
            count: self.items.len(),
            revision: self.revision(),
            synced: self.synced,
        }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Rc<K>> {
        self.items.get(key)
    }

    /// All of them, in no order: sort before anything depends on it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rc<K>> {
        self.items.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
