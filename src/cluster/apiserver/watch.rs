use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::cluster::{
    api::{Object, Resource, Status, StatusReason, Str},
    apiserver::registry::{list, selects},
    etcd::Etcd,
    machinery::{Address, Call, Happening, Life, ListOptions, Reply, Turn, WatchEvent, WatchStart},
    moment::Moment,
    trace::{Step, StepKind},
};

/// How many changes of a resource are kept for watches that come back
/// (`apiserver/pkg/storage/cacher/watch_cache.go` begins with 100 and grows while they are fresh).
const WINDOW: usize = 1024;

/// How long a watcher hears nothing before it gets a bookmark.
const BOOKMARK_AFTER: std::time::Duration = std::time::Duration::from_secs(60);

/// What was written, as watchers hear it.
#[derive(Clone, Debug)]
pub(super) struct WatchChange {
    pub(super) kind: ChangeKind,
    pub(super) before: Option<Object>,
    /// The object after the change; its last state if it was deleted.
    pub(super) object: Object,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ChangeKind {
    Added,
    Modified,
    Deleted,
}

impl WatchChange {
    /// An object is gone; `object` is its last state, at the revision of the deletion.
    pub(super) fn deleted(before: Object, object: Object) -> WatchChange {
        WatchChange {
            kind: ChangeKind::Deleted,
            before: Some(before),
            object,
        }
    }

    pub(super) fn is_deletion(&self) -> bool {
        self.kind == ChangeKind::Deleted
    }

    fn revision(&self) -> u64 {
        self.object.metadata().resource_version
    }
}

/// Who watches, and the last changes, from which a watch that broke can go on.
#[derive(Clone, Debug)]
pub(super) struct WatchCache {
    /// The revision from which on changes were seen.
    since: u64,
    /// The revision of the last bookmarks.
    bookmarked: u64,
    recent: FxHashMap<Resource, VecDeque<WatchChange>>,
    watchers: FxHashMap<Resource, Watchers>,
}

/// Watchers of one resource. Those of one node's Pods, and those of one object, are found by name: there
/// may be thousands.
#[derive(Clone, Debug, Default)]
struct Watchers {
    everywhere: Vec<Watcher>,
    by_node: FxHashMap<Str, Vec<Watcher>>,
    by_name: FxHashMap<Str, Vec<Watcher>>,
}

#[derive(Clone, Debug)]
struct Watcher {
    to: Address,
    life: Life,
    connection: u32,
    options: ListOptions,
    /// What it is sent next may not overtake what it was sent last.
    last_sent: Moment,
}

impl Watchers {
    fn all(&mut self) -> impl Iterator<Item = &mut Vec<Watcher>> {
        std::iter::once(&mut self.everywhere)
            .chain(self.by_node.values_mut())
            .chain(self.by_name.values_mut())
    }
}

fn field<'a>(options: &'a ListOptions, name: &str) -> Option<&'a Str> {
    let mut fields = options.fields.iter();
    fields
        .find(|(field, _)| *field == name)
        .map(|(_, value)| value)
}

impl WatchCache {
    pub(super) fn new(revision: u64) -> WatchCache {
        WatchCache {
            since: revision,
            bookmarked: revision,
            recent: FxHashMap::default(),
            watchers: FxHashMap::default(),
        }
    }

    /// Who watches what, by resource.
    pub(super) fn watchers(&self) -> Vec<(Resource, Address)> {
        let mut all: Vec<(Resource, Address)> = Vec::new();
        for (resource, watchers) in &self.watchers {
            let named = watchers.by_node.values().chain(watchers.by_name.values());
            let own = watchers.everywhere.iter().chain(named.flatten());
            all.extend(own.map(|watcher| (*resource, watcher.to)));
        }
        all.sort_unstable();
        all
    }

    /// Opens a watch: with all there is, or after a revision it names.
    pub(super) fn open(
        &mut self,
        call: &Call,
        start: &WatchStart,
        etcd: &Etcd,
        turn: &mut Turn<'_>,
    ) {
        let resource = call.request.resource;
        let options = &start.options;
        // Trying again and again is routine; to be heard again is not, but for heartbeats and for what
        // every kubelet watches.
        let quiet = matches!(resource, Resource::Leases | Resource::ConfigMaps);
        if !quiet {
            turn.rouse();
        }
        let mut watcher = Watcher {
            to: call.from,
            life: call.life,
            connection: start.connection,
            options: options.clone(),
            last_sent: Moment::ZERO,
        };
        let answered = Reply {
            code: 200,
            revision: start.after.unwrap_or(etcd.revision()),
            ..Reply::default()
        };
        let hop = turn.shared.latency.hop.clone();
        let hop = turn.within(&hop);
        turn.answer_after(hop, call, Ok(answered), Vec::new());
        turn.because(call.cause());
        match start.after {
            None => {
                let initial = WatchEvent::Initial {
                    items: list(resource, &call.request.namespace, options, etcd),
                    revision: etcd.revision(),
                };
                watcher.send(resource, initial, turn);
            }
            Some(after) => {
                let window = self.recent.get(&resource);
                let first = window.and_then(|window| window.front());
                let full = window.is_some_and(|window| window.len() >= WINDOW);
                let oldest = match first {
                    Some(first) if full => first.revision().saturating_sub(1),
                    _ => self.since,
                };
                if after < oldest {
                    let gone = Status::new(
                        410,
                        StatusReason::Expired,
                        format!("too old resource version: {after} ({oldest})"),
                    );
                    watcher.send(resource, WatchEvent::Error(gone.into()), turn);
                    return;
                }
                let missed = window.into_iter().flatten();
                let missed = missed.filter(|change| change.revision() > after);
                for change in missed {
                    if let Some(event) = seen_through(options, change) {
                        watcher.send(resource, event, turn);
                    }
                }
            }
        }
        let watchers = self.watchers.entry(resource).or_default();
        let node = field(options, "spec.nodeName").filter(|_| resource == Resource::Pods);
        match (node, field(options, "metadata.name")) {
            (Some(node), _) => watchers.by_node.entry(node.clone()).or_default(),
            (None, Some(name)) => watchers.by_name.entry(name.clone()).or_default(),
            (None, None) => &mut watchers.everywhere,
        }
        .push(watcher);
    }

    /// Remembers a change and sends it to all who watch.
    pub(super) fn publish(&mut self, change: WatchChange, turn: &mut Turn<'_>) {
        let resource = change.object.resource();
        if let Some(watchers) = self.watchers.get_mut(&resource) {
            for watcher in &mut watchers.everywhere {
                if let Some(event) = seen_through(&watcher.options, &change) {
                    watcher.send(resource, event, turn);
                }
            }
            if let (Object::Pod(pod), false) = (&change.object, watchers.by_node.is_empty())
                && let Some(of_node) = watchers.by_node.get_mut(&pod.spec.node_name)
            {
                for watcher in of_node {
                    if let Some(event) = seen_through(&watcher.options, &change) {
                        watcher.send(resource, event, turn);
                    }
                }
            }
            if !watchers.by_name.is_empty()
                && let Some(of_name) = watchers.by_name.get_mut(&change.object.metadata().name)
            {
                for watcher in of_name {
                    if let Some(event) = seen_through(&watcher.options, &change) {
                        watcher.send(resource, event, turn);
                    }
                }
            }
        }
        let window = self.recent.entry(resource).or_default();
        if window.len() >= WINDOW {
            window.pop_front();
        }
        window.push_back(change);
    }

    /// Tells watchers that have heard nothing for a minute how far they are, so that they can go on from
    /// there after a broken connection (`cacher/cacher.go`, bookmarks).
    pub(super) fn bookmark(&mut self, revision: u64, turn: &mut Turn<'_>) {
        if revision == self.bookmarked {
            return;
        }
        self.bookmarked = revision;
        let now = turn.now();
        for resource in Resource::ALL {
            let Some(watchers) = self.watchers.get_mut(&resource) else {
                continue;
            };
            let mut quiet: Vec<&mut Watcher> = watchers
                .all()
                .flatten()
                .filter(|watcher| now.since(watcher.last_sent) >= BOOKMARK_AFTER)
                .collect();
            quiet.sort_unstable_by_key(|watcher| (watcher.to, watcher.connection));
            for watcher in quiet {
                watcher.send(resource, WatchEvent::Bookmark(revision), turn);
            }
        }
    }

    /// Breaks the connections of one component, or all; each informer hears of it.
    pub(super) fn close(&mut self, of: Option<Address>, turn: &mut Turn<'_>) {
        let mut broken = Vec::new();
        for (resource, watchers) in &mut self.watchers {
            for list in watchers.all() {
                list.retain(|watcher| {
                    let closes = of.is_none_or(|of| of == watcher.to);
                    if closes {
                        broken.push((*resource, watcher.clone()));
                    }
                    !closes
                });
            }
        }
        broken.sort_by_key(|(resource, watcher)| (watcher.to, *resource));
        for (resource, mut watcher) in broken {
            watcher.send(resource, WatchEvent::Closed, turn);
        }
    }

    /// Removes one watch of a client that has had enough.
    pub(super) fn hang_up(&mut self, from: Address, resource: Resource, connection: u32) {
        for list in self.watchers.entry(resource).or_default().all() {
            list.retain(|watcher| watcher.to != from || watcher.connection != connection);
        }
    }

    pub(super) fn forget(&mut self, gone: Address) {
        for watchers in self.watchers.values_mut() {
            for list in watchers.all() {
                list.retain(|watcher| watcher.to != gone);
            }
        }
    }
}

/// The change as a watch with these options sees it: an object that comes into what it selects is added,
/// one that leaves it is deleted (`cacher/cache_watcher.go`, convertToWatchEvent).
fn seen_through(options: &ListOptions, change: &WatchChange) -> Option<WatchEvent> {
    let object = change.object.clone();
    if options.labels.is_none() && options.fields.is_empty() {
        return Some(match change.kind {
            ChangeKind::Added => WatchEvent::Added(object),
            ChangeKind::Modified => WatchEvent::Modified(object),
            ChangeKind::Deleted => WatchEvent::Deleted(object),
        });
    }
    let before = change.before.as_ref();
    let before = before.is_some_and(|before| selects(options, before));
    let after = !change.is_deletion() && selects(options, &object);
    match (before, after) {
        (false, true) => Some(WatchEvent::Added(object)),
        (true, true) => Some(WatchEvent::Modified(object)),
        (true, false) => Some(WatchEvent::Deleted(object)),
        (false, false) => None,
    }
}

impl Watcher {
    /// Sends it something, after all that was sent before.
    fn send(&mut self, resource: Resource, event: WatchEvent, turn: &mut Turn<'_>) {
        let latency = turn.shared.latency.watch.clone();
        let at = turn.now() + turn.within(&latency);
        let at = at.max(self.last_sent + std::time::Duration::from_micros(1));
        self.last_sent = at;
        let to = if turn.keeps_steps() {
            Some(turn.shared.actor(self.to))
        } else {
            None
        };
        let mark = turn.record(StepKind::Watch, at, |actor| {
            let mut step = Step {
                to: to.unwrap_or(crate::cluster::trace::Actor::Nobody),
                verb: event.as_str().into(),
                resource: resource.plural(),
                ..Step::new(StepKind::Watch, actor)
            };
            match &event {
                WatchEvent::Initial { items, revision } => {
                    step.revision = *revision;
                    step.message = format!(
                        "{} objects, then the bookmark k8s.io/initial-events-end",
                        items.len()
                    );
                }
                WatchEvent::Bookmark(revision) => step.revision = *revision,
                WatchEvent::Error(status) => {
                    step.code = status.code;
                    step.message.clone_from(&status.message);
                }
                WatchEvent::Closed => step.message = "the connection broke".to_owned(),
                WatchEvent::Added(object)
                | WatchEvent::Modified(object)
                | WatchEvent::Deleted(object) => {
                    let meta = object.metadata();
                    step.namespace = meta.namespace.clone();
                    step.name = meta.name.clone();
                    step.revision = meta.resource_version;
                }
            }
            step
        });
        let routine = turn.is_routine();
        turn.shared.agenda.push(
            at,
            (self.to, self.life),
            (mark.step, routine),
            Happening::Watch {
                resource,
                connection: self.connection,
                event,
            },
        );
    }
}
