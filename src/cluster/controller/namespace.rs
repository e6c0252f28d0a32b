//! The namespace controller: it empties a namespace that is being deleted, then lets it go
//! (`pkg/controller/namespace`). Look first at [`Namespaces`]. What it deletes it asks the API server
//! for; it knows no other cache than that of the namespaces.

use std::{collections::BTreeMap, convert::Infallible, rc::Rc, time::Duration};

use rustc_hash::FxHashMap;

use super::{
    Change, Controller, Desk, Ticket, Timer, Wake,
    replay::{Answers, Halt, Replay, sentence},
    states,
};
use crate::cluster::{
    api::{Condition, Key, Namespace, Object, Resource, StatusReason, Str},
    machinery::{Answer, DeleteOptions, ListOptions, Propagation, Reply, Request, Subresource},
    moment::Moment,
};

/// So long other API servers have to hear that the namespace is ending.
const GRACE: Duration = Duration::from_secs(5);

/// How long finalizers of contents are assumed to take.
const FINALIZER_ESTIMATE: i64 = 15;

/// The finalizer every namespace has, which only this controller takes away.
const FINALIZER: &str = "kubernetes";

/// Empties the namespaces that are being deleted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Namespaces {
    jobs: FxHashMap<Key, (Answers, Moment)>,
}

impl Controller for Namespaces {
    const NAME: &'static str = "namespace";
    const ACCOUNT: &'static str = "namespace-controller";
    const WORKERS: usize = 10;
    const TICKET: fn(Key) -> Ticket = Ticket::Namespaces;
    const TIMER: fn(Wake<Key, Infallible>) -> Timer = Timer::Namespaces;
    type Key = Key;
    type Ticket = Key;
    type Timer = Infallible;

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        let Change::Namespace(seen) = change else {
            return;
        };
        if let (_, Some(namespace)) = states(seen)
            && namespace.metadata.is_deleting()
        {
            desk.enqueue_after(namespace.metadata.key(), GRACE);
        }
    }

    fn sync(&mut self, key: Key, desk: &mut Desk<'_, Self>) {
        if desk.caches.namespaces.get(&key).is_none() {
            desk.done(&key);
            return;
        }
        let now = desk.turn.now();
        self.go_on(key, (Answers::default(), now), desk);
    }

    fn answer(&mut self, key: Key, answer: Answer, desk: &mut Desk<'_, Self>) {
        if let Some(mut job) = self.jobs.remove(&key) {
            job.0.push(answer.result);
            self.go_on(key, job, desk);
        }
    }

    fn fire(&mut self, timer: Infallible, _: &mut Desk<'_, Self>) {
        match timer {}
    }
}

impl Namespaces {
    fn go_on(&mut self, key: Key, mut job: (Answers, Moment), desk: &mut Desk<'_, Self>) {
        let (answers, now) = &mut job;
        let replay = Replay::new(desk, answers, key.clone());
        let outcome = Run {
            key: &key,
            now: *now,
            replay,
        }
        .empty();
        match outcome {
            Err(Halt::Waiting) => {
                self.jobs.insert(key, job);
            }
            Err(_) => desk.retry(&key),
            Ok(remaining) => {
                if remaining > 0 {
                    let wait = u64::try_from(remaining / 2 + 1).unwrap_or(1);
                    desk.enqueue_after(key.clone(), Duration::from_secs(wait));
                }
                desk.done(&key);
            }
        }
    }
}

/// One going through the deletion of a namespace.
struct Run<'a, 'b> {
    key: &'a Key,
    now: Moment,
    replay: Replay<'a, 'b, Namespaces>,
}

/// What could not be deleted yet.
#[derive(Default)]
struct Remaining {
    /// In how many seconds it may be gone.
    estimate: i64,
    /// By resource, as the messages name them.
    resources: BTreeMap<String, usize>,
    finalizers: BTreeMap<Str, usize>,
    errors: Vec<String>,
}

impl Run<'_, '_> {
    /// Deletes what is in it; gives in how many seconds the rest may be gone, 0 if it let the namespace
    /// go (`deletion/namespaced_resources_deleter.go`, Delete).
    fn empty(&mut self) -> Result<i64, Halt> {
        let Some(namespace) = self.live()? else {
            return Ok(0);
        };
        if !namespace.metadata.is_deleting() {
            return Ok(0);
        }
        let finalizers = &namespace.spec.finalizers;
        if !finalizers.iter().any(|finalizer| &**finalizer == FINALIZER) {
            return Ok(0);
        }
        let remaining = self.delete_contents(&namespace)?;
        self.write_conditions(&namespace, &remaining)?;
        if !remaining.errors.is_empty() {
            return Err(Halt::Failed);
        }
        if remaining.estimate > 0 {
            return Ok(remaining.estimate);
        }
        self.finalize(namespace)?;
        Ok(0)
    }

    fn live(&mut self) -> Result<Option<Rc<Namespace>>, Halt> {
        let user = self.replay.desk.user;
        let request = Request::get(user, Resource::Namespaces, &"".into(), &self.key.name);
        let reply = self.replay.call_if_there(request)?;
        Ok(reply.and_then(|reply| reply.object_of::<Namespace>().cloned()))
    }

    fn decide(&mut self, message: impl FnOnce() -> String) {
        let key = self.key;
        self.replay.once(|desk| {
            let about = (Resource::Namespaces, &key.namespace, &key.name);
            desk.decide(about, || sentence(message()));
        });
    }

    /// Pods first: what they use may go only after them (OrderedNamespaceDeletion). Events are left to
    /// expire.
    fn delete_contents(&mut self, namespace: &Namespace) -> Result<Remaining, Halt> {
        let mut remaining = Remaining::default();
        self.delete_all(Resource::Pods, namespace, &mut remaining)?;
        if !remaining.resources.is_empty() {
            return Ok(remaining);
        }
        for resource in Resource::ALL {
            let others = !matches!(resource, Resource::Pods | Resource::Events);
            if others && resource.is_namespaced() {
                self.delete_all(resource, namespace, &mut remaining)?;
            }
        }
        Ok(remaining)
    }

    fn list(&mut self, resource: Resource) -> Result<Reply, Halt> {
        let user = self.replay.desk.user;
        let request = Request::list(user, resource, &self.key.name, ListOptions::default());
        self.replay.call(request)
    }

    /// From deleteAllContentForGroupVersionResource; objects are listed and deleted one by one.
    fn delete_all(
        &mut self,
        resource: Resource,
        namespace: &Namespace,
        remaining: &mut Remaining,
    ) -> Result<(), Halt> {
        let found = self.list(resource)?.items;
        if found.is_empty() {
            return Ok(());
        }
        self.decide(|| {
            let (count, name) = (found.len(), resource.plural());
            format!("{count} {name} are still in the namespace: deleting them")
        });
        for object in &found {
            let options = DeleteOptions {
                propagation: Some(Propagation::Background),
                ..DeleteOptions::default()
            };
            let Key { namespace, name } = object.key();
            let user = self.replay.desk.user;
            let request = Request::delete(user, resource, &namespace, &name, options);
            match self.replay.call_if_there(request) {
                Err(Halt::Refused(status)) => remaining.errors.push(status.message),
                other => other.map(|_| ())?,
            }
        }
        let left = self.list(resource)?.items;
        if left.is_empty() {
            return Ok(());
        }
        let name = format!("{}.{}", resource.plural(), resource.group());
        remaining.resources.insert(name.clone(), left.len());
        let held = left.iter().flat_map(|object| &object.metadata().finalizers);
        let mut estimate = self.graceful(&found, namespace);
        for finalizer in held {
            *remaining.finalizers.entry(finalizer.clone()).or_insert(0) += 1;
            estimate = estimate.max(FINALIZER_ESTIMATE);
        }
        if estimate == 0 {
            let namespace = &self.key.name;
            let error =
                format!("unexpected items still remain in namespace: {namespace} for {name}");
            remaining.errors.push(error);
        }
        remaining.estimate = remaining.estimate.max(estimate);
        Ok(())
    }

    /// The longest grace period of these Pods, unless it is over (estimateGracefulTermination).
    fn graceful(&self, objects: &[Object], namespace: &Namespace) -> i64 {
        let pods = objects.iter().filter_map(|object| match object {
            Object::Pod(pod) => Some(pod),
            _ => None,
        });
        let longest = pods
            .filter(|pod| !pod.status.phase.is_finished())
            .filter_map(|pod| pod.spec.termination_grace_period_seconds)
            .max()
            .unwrap_or(0);
        let since = namespace.metadata.deletion_timestamp;
        let since = since.map_or(0, |since| self.now.timestamp().since(since));
        if since >= longest { 0 } else { longest }
    }

    /// How the deletion goes, told in the namespace's status (`deletion/status_condition_utils.go`).
    fn write_conditions(
        &mut self,
        namespace: &Rc<Namespace>,
        remaining: &Remaining,
    ) -> Result<(), Halt> {
        let mut changed = (**namespace).clone();
        if !update_conditions(&mut changed.status.conditions, remaining, self.now) {
            return Ok(());
        }
        let user = self.replay.desk.user;
        let request = Request::update(user, changed).on(Subresource::Status);
        match self.replay.call(request) {
            Err(Halt::Waiting) => Err(Halt::Waiting),
            _ => Ok(()),
        }
    }

    fn finalize(&mut self, namespace: Rc<Namespace>) -> Result<(), Halt> {
        self.decide(|| "the namespace is empty: letting it go".to_owned());
        let mut latest = namespace;
        loop {
            let mut changed = (*latest).clone();
            let finalizers = &mut changed.spec.finalizers;
            finalizers.retain(|finalizer| &**finalizer != FINALIZER);
            let user = self.replay.desk.user;
            let request = Request::update(user, changed).on(Subresource::Finalize);
            match self.replay.call_if_there(request) {
                Err(Halt::Refused(status)) if status.reason == StatusReason::Conflict => {}
                other => return other.map(|_| ()),
            }
            latest = match self.live()? {
                Some(fresh) if fresh.metadata.uid == latest.metadata.uid => fresh,
                _ => return Ok(()),
            };
        }
    }
}

/// The conditions of a namespace that is being deleted, in upstream's order; true if any changed.
fn update_conditions(conditions: &mut Vec<Condition>, remaining: &Remaining, now: Moment) -> bool {
    let list = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
    let resources = remaining.resources.iter();
    let resources = resources.map(|(name, count)| format!("{name} has {count} resource instances"));
    let finalizers = remaining.finalizers.iter();
    let finalizers =
        finalizers.map(|(name, count)| format!("{name} in {count} resource instances"));
    let count = remaining.errors.len();
    let failed = list(remaining.errors.clone())
        .map(|errors| format!("Failed to delete all resource types, {count} remaining: {errors}"));
    let rows = [
        (
            "NamespaceDeletionDiscoveryFailure",
            (
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
            ("DiscoveryFailed", None),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            (
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
            ("GroupVersionParsingFailed", None),
        ),
        (
            "NamespaceDeletionContentFailure",
            (
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
            ("ContentDeletionFailed", failed),
        ),
        (
            "NamespaceContentRemaining",
            ("ContentRemoved", "All content successfully removed"),
            (
                "SomeResourcesRemain",
                list(resources.collect()).map(|it| format!("Some resources are remaining: {it}")),
            ),
        ),
        (
            "NamespaceFinalizersRemaining",
            (
                "ContentHasNoFinalizers",
                "All content-preserving finalizers finished",
            ),
            (
                "SomeFinalizersRemain",
                list(finalizers.collect()).map(|it| {
                    format!("Some content in the namespace has finalizers remaining: {it}")
                }),
            ),
        ),
    ];
    let mut changed = false;
    for (kind, well, (reason, trouble)) in rows {
        let holds = trouble.is_some();
        let (reason, message) = match trouble {
            Some(message) => (reason, message),
            None => (well.0, well.1.to_owned()),
        };
        let mut said = Condition {
            kind: kind.into(),
            status: holds.into(),
            reason: reason.into(),
            message,
            last_transition_time: Some(now.timestamp()),
            ..Condition::default()
        };
        match conditions.iter_mut().find(|one| &*one.kind == kind) {
            None => conditions.push(said),
            Some(known) => {
                if known.status == said.status {
                    said.last_transition_time = known.last_transition_time;
                }
                if *known == said {
                    continue;
                }
                *known = said;
            }
        }
        changed = true;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `pkg/controller/namespace/deletion/status_condition_utils_test.go`.
    #[test]
    fn namespace_conditions_say_what_remains() {
        let mut conditions = Vec::new();
        let mut remaining = Remaining::default();
        remaining.resources.insert("pods.".to_owned(), 2);
        remaining.finalizers.insert("x/y".into(), 1);
        let (now, later) = (Moment::ZERO, Moment::from_millis(9000));
        assert!(update_conditions(&mut conditions, &remaining, now));
        assert!(
            !update_conditions(&mut conditions, &remaining, later),
            "nothing new"
        );
        let messages: Vec<_> = conditions.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "All resources successfully discovered",
                "All legacy kube types successfully parsed",
                "All content successfully deleted, may be waiting on finalization",
                "Some resources are remaining: pods. has 2 resource instances",
                "Some content in the namespace has finalizers remaining: x/y in 1 resource instances",
            ]
        );
        assert!(update_conditions(
            &mut conditions,
            &Remaining::default(),
            later
        ));
        assert_eq!(&*conditions[3].reason, "ContentRemoved");
        assert_eq!(conditions[3].last_transition_time, Some(later.timestamp()));
        assert_eq!(conditions[0].last_transition_time, Some(now.timestamp()));
    }
}
