//! The ConfigMaps and Secrets this node's Pods refer to: each is watched by its name, from the first Pod
//! that refers to it to the last (`pkg/kubelet/util/manager/watch_based_manager.go`).

use std::{collections::BTreeSet, time::Duration};

use rustc_hash::FxHashMap;

use super::Timer;
use crate::cluster::{
    api::{self, Key, Object, Pod, Resource, Str, Uid},
    machinery::{ListOptions, Turn, User, WatchEvent},
};

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    watched: FxHashMap<(Resource, Key), Watched>,
    /// By the number of the watch's connection.
    connections: FxHashMap<u32, (Resource, Key)>,
    last: u32,
}

/// One object, by a watch of its own.
#[derive(Clone, Debug, Default)]
struct Watched {
    users: BTreeSet<Uid>,
    connection: u32,
    synced: bool,
    /// The last revision heard of; None: begin with what there is.
    revision: Option<u64>,
    object: Option<Object>,
    failures: u32,
}

/// Why a Pod cannot have what it refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Lack {
    /// The watch has not said yet whether there is such an object.
    Unknown(String),
    /// There is none, or it lacks a key.
    Missing(String),
}

/// How long whoever needs an object waits for its watch.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// In every namespace, and nobody's business: its watch is routine.
const ROOT_CA: &str = "kube-root-ca.crt";

impl Sources {
    /// From now on a Pod refers to these (RegisterPod).
    pub(super) fn register(&mut self, pod: &Pod, user: &User, turn: &mut Turn<'_>) {
        for (resource, name) in pod.spec.sources() {
            let at = (resource, Key::new(pod.metadata.namespace.clone(), name));
            let new = !self.watched.contains_key(&at);
            let watched = self.watched.entry(at.clone()).or_default();
            watched.users.insert(pod.metadata.uid.clone());
            if new {
                self.open(&at, user, turn);
            }
        }
    }

    /// A Pod is over; what only it referred to is watched no longer (UnregisterPod).
    pub(super) fn unregister(&mut self, pod: &Pod, turn: &mut Turn<'_>) {
        for (resource, name) in pod.spec.sources() {
            let at = (resource, Key::new(pod.metadata.namespace.clone(), name));
            let Some(watched) = self.watched.get_mut(&at) else {
                continue;
            };
            watched.users.remove(&pod.metadata.uid);
            if watched.users.is_empty() {
                let connection = watched.connection;
                self.connections.remove(&connection);
                self.watched.remove(&at);
                turn.hang_up(resource, connection);
            }
        }
    }

    fn open(&mut self, at: &(Resource, Key), user: &User, turn: &mut Turn<'_>) {
        let Some(watched) = self.watched.get_mut(at) else {
            return;
        };
        self.last += 1;
        self.connections.remove(&watched.connection);
        self.connections.insert(self.last, at.clone());
        watched.connection = self.last;
        let (resource, key) = at;
        let options = ListOptions {
            fields: vec![("metadata.name", key.name.clone())],
            ..ListOptions::default()
        };
        let was_routine = turn.is_routine();
        if &*key.name == ROOT_CA {
            turn.lull();
        }
        let place = (*resource, &key.namespace);
        turn.watch_in(user, place, options, watched.revision, self.last);
        if !was_routine {
            turn.rouse();
        }
    }

    /// A watch that broke is opened again, if it is still wanted.
    pub(super) fn reopen(&mut self, connection: u32, user: &User, turn: &mut Turn<'_>) {
        if let Some(at) = self.connections.get(&connection).cloned() {
            self.open(&at, user, turn);
        }
    }

    /// Takes in what a watch brought; the Pods that may have waited for it.
    pub(super) fn hear(
        &mut self,
        connection: u32,
        event: WatchEvent,
        turn: &mut Turn<'_>,
    ) -> Vec<Uid> {
        let at = self.connections.get(&connection);
        let Some(watched) = at.and_then(|at| self.watched.get_mut(at)) else {
            return Vec::new();
        };
        match event {
            WatchEvent::Initial { items, revision } => {
                let first = !watched.synced;
                watched.synced = true;
                watched.failures = 0;
                watched.revision = Some(revision);
                watched.object = items.into_iter().next();
                if first {
                    return watched.users.iter().cloned().collect();
                }
            }
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                watched.failures = 0;
                watched.revision = Some(object.metadata().resource_version);
                watched.object = Some(object);
            }
            WatchEvent::Deleted(object) => {
                watched.failures = 0;
                watched.revision = Some(object.metadata().resource_version);
                watched.object = None;
            }
            WatchEvent::Bookmark(revision) => watched.revision = Some(revision),
            WatchEvent::Error(status) => {
                if status.code == 410 {
                    watched.revision = None;
                }
                watched.retry(turn);
            }
            WatchEvent::Closed => watched.retry(turn),
        }
        Vec::new()
    }

    /// Whether a Pod can have what it refers to; `plain` says what of a key that is not there.
    fn find(
        &self,
        namespace: &Str,
        source: &api::Source<'_>,
        plain: impl Fn(&str) -> String,
    ) -> Result<(), Lack> {
        let at = (source.resource, Key::new(namespace.clone(), source.name));
        let singular = source.resource.singular();
        let Some(watched) = self.watched.get(&at) else {
            return Err(Lack::Missing(format!(
                "object \"{namespace}\"/\"{}\" not registered",
                source.name
            )));
        };
        if !watched.synced {
            return Err(Lack::Unknown(format!(
                "failed to sync {singular} cache: timed out waiting for the condition"
            )));
        }
        let missing = match &watched.object {
            None => Some(format!("{singular} \"{}\" not found", source.name)),
            Some(object) => {
                let mut keys = source.keys.iter();
                let lacking = keys.find(|key| !has_key(object, key));
                lacking.map(|key| plain(key))
            }
        };
        match missing {
            Some(missing) if !source.optional => Err(Lack::Missing(missing)),
            _ => Ok(()),
        }
    }

    /// Whether a container's environment can be made (`pkg/kubelet/kubelet_pods.go`,
    /// makeEnvironmentVariables).
    pub(super) fn environment(&self, pod: &Pod, container: &api::Container) -> Result<(), Lack> {
        let namespace = &pod.metadata.namespace;
        container.env_sources().try_for_each(|source| {
            self.find(namespace, &source, |key| {
                let (kind, name) = (source.resource.kind(), source.name);
                format!("couldn't find key {key} in {kind} {namespace}/{name}")
            })
        })
    }

    /// Whether a volume can be filled (`pkg/volume/{configmap,secret,projected}`).
    pub(super) fn volume(&self, pod: &Pod, volume: &api::Volume) -> Result<(), Lack> {
        let (sources, projected) = volume.sources();
        let mut lacks = Vec::new();
        for source in &sources {
            let found = self.find(&pod.metadata.namespace, source, |key| {
                match source.resource {
                    Resource::Secrets => format!("references non-existent secret key: {key}"),
                    _ => format!("configmap references non-existent config key: {key}"),
                }
            });
            match found {
                Ok(()) => {}
                Err(Lack::Missing(text)) if projected => {
                    // An aggregate names each error once.
                    if !lacks.contains(&text) {
                        lacks.push(text);
                    }
                }
                Err(lack) => return Err(lack),
            }
        }
        match lacks.as_slice() {
            [] => Ok(()),
            [only] => Err(Lack::Missing(only.clone())),
            several => Err(Lack::Missing(format!("[{}]", several.join(", ")))),
        }
    }
}

impl Watched {
    /// The reflector waits 800 ms, doubling to 30 s, with as much again of chance.
    fn retry(&mut self, turn: &mut Turn<'_>) {
        let wait = Duration::from_millis(800 << self.failures.min(6)).min(Duration::from_secs(30));
        self.failures += 1;
        let wait = turn.random().jitter(wait, 1.0);
        // Retrying for ever against a server that is down must not keep a run from settling.
        turn.routine_timer(wait, Timer::Source(self.connection));
    }
}

fn has_key(object: &Object, key: &str) -> bool {
    match object {
        Object::ConfigMap(map) => {
            let binary = map.other.get("binaryData");
            map.data.get(key).is_some() || binary.is_some_and(|data| data.get(key).is_some())
        }
        Object::Secret(secret) => secret.data.get(key).is_some(),
        _ => false,
    }
}
