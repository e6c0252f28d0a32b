use std::rc::Rc;

use super::Description;
use crate::cluster::api::Event;

/// Events as they are shown: the latest last (`kubectl/pkg/util/event/sorted_event_list.go`).
pub(in crate::cluster::kubectl) fn sorted(mut events: Vec<Rc<Event>>) -> Vec<Rc<Event>> {
    events.sort_by_key(|event| {
        let at = event.last_timestamp.map(|at| at.seconds());
        // Those of one second in the order they were written.
        (at, event.metadata.resource_version)
    });
    events
}

/// DescribeEvents.
pub(super) fn write(description: &mut Description, events: Option<&[Rc<Event>]>) {
    let Some(events) = events else { return };
    if events.is_empty() {
        description.field(0, "Events", "<none>");
        return;
    }
    description.flush();
    description.line(0, "Events:");
    description.line(1, "Type\tReason\tAge\tFrom\tMessage");
    description.line(1, "----\t------\t----\t----\t-------");
    for event in events {
        let first = description.age(event.first_timestamp);
        let interval = if event.count > 1 {
            let last = description.age(event.last_timestamp);
            format!("{last} (x{} over {first})", event.count)
        } else {
            first
        };
        let source = match &*event.source.component {
            "" => &event.reporting_component,
            _ => &event.source.component,
        };
        let mut message = event.message.trim().to_owned();
        if !event.involved_object.field_path.is_empty() {
            message = format!("{}: {message}", event.involved_object.field_path);
        }
        let (kind, reason) = (&event.kind, &event.reason);
        description.line(
            1,
            format!("{kind}\t{reason}\t{interval}\t{source}\t{message}"),
        );
    }
}
