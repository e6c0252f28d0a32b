use super::{Call, Request, Turn, User};
use crate::cluster::{
    api::{Event, EventSource, Object, ObjectMeta, ObjectReference, Resource, Str},
    moment::Moment,
    trace::{Actor, Mark, Step, StepKind},
};

/// A Kubernetes Event a component wants told.
#[derive(Clone, Debug)]
pub(crate) struct EventNote<'a> {
    /// Who tells it: `replication-controller`, `default-scheduler`, `kubelet`.
    pub(crate) source: &'static str,
    /// The object it is about.
    pub(crate) about: ObjectReference,
    /// Whether it warns.
    pub(crate) warning: bool,
    /// In a word.
    pub(crate) reason: &'a str,
    /// In a sentence.
    pub(crate) message: String,
}

impl Turn<'_> {
    /// Tells a Kubernetes Event. It goes to the API server like any request, and is lost if that cannot
    /// be reached; it has one row in the trace.
    pub(crate) fn event(&mut self, note: EventNote<'_>) {
        let EventNote {
            source,
            about,
            warning,
            reason,
            message,
        } = note;
        let host = self
            .me()
            .node()
            .map(|node| self.shared.machine(node))
            .unwrap_or_default();
        let now = self.shared.now;
        let mark = self.record(StepKind::Event, now, |actor| Step {
            to: Actor::ApiServer,
            verb: if warning { "Warning" } else { "Normal" }.into(),
            resource: Resource::of_kind(&about.api_version, &about.kind)
                .map_or("", Resource::plural),
            namespace: about.namespace.clone(),
            name: about.name.clone(),
            reason: reason.into(),
            message: message.clone(),
            ..Step::new(StepKind::Event, actor)
        });
        let stamp = Some(now.timestamp());
        // Events about what has no namespace stand in `default` (`client-go/tools/record/event.go`).
        let namespace = if about.namespace.is_empty() {
            Str::word("default")
        } else {
            about.namespace.clone()
        };
        let event = Event {
            metadata: ObjectMeta {
                name: event_name(&about.name, now),
                namespace,
                ..ObjectMeta::default()
            },
            involved_object: about,
            reason: reason.into(),
            message,
            source: EventSource {
                component: Str::word(source),
                host,
                ..EventSource::default()
            },
            first_timestamp: stamp,
            last_timestamp: stamp,
            count: 1,
            kind: Str::word(if warning { "Warning" } else { "Normal" }),
            reporting_component: Str::word(source),
            ..Event::default()
        };
        let request = Request::create(&User::event_recorder(), Object::from(event));
        self.dispatch(Call {
            request,
            from: self.me(),
            life: self.shared.life(self.me()),
            ticket: None,
            mark,
            stored: Mark::default(),
            plan: None,
            routine: self.is_routine(),
            is_event: true,
        });
    }
}

/// What it is about and when it was told, in nanoseconds (`client-go/tools/record/event.go`,
/// GenerateEventName): no two Events of an object share a name, and they are listed in the order in which
/// they were told.
fn event_name(about: &str, now: Moment) -> Str {
    let nanoseconds = now.micro_time().micros() * 1000;
    let mut name = String::with_capacity(about.len() + 17);
    name.push_str(about);
    name.push('.');
    crate::cluster::random::push_shortest_hex(nanoseconds.cast_unsigned(), &mut name);
    name.into()
}
