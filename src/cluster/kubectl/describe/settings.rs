use std::rc::Rc;

use serde_json::Value;

use super::{Description, events};
use crate::cluster::api::{ConfigMap, Event, Secret, base64};

/// describeConfigMap.
pub(in crate::cluster::kubectl) fn config_map(
    mut to: Description,
    map: &ConfigMap,
    events: Option<&[Rc<Event>]>,
) -> String {
    head(&mut to, &map.metadata);
    to.put("\nData\n====\n");
    for (key, value) in map.data.iter() {
        to.put(format!("{key}:\n----\n{value}\n\n"));
    }
    to.put("\nBinaryData\n====\n");
    let binary = map.other.get("binaryData").and_then(Value::as_object);
    for (key, value) in binary.into_iter().flatten() {
        let bytes = base64::length(value.as_str().unwrap_or_default());
        to.put(format!("{key}: {bytes} bytes\n"));
    }
    to.put("\n");
    events::write(&mut to, events);
    to.finish()
}

/// describeSecret: how long its values are, not what they are.
pub(in crate::cluster::kubectl) fn secret(mut to: Description, secret: &Secret) -> String {
    head(&mut to, &secret.metadata);
    to.put(format!("\nType:\t{}\n\nData\n====\n", secret.kind));
    for (key, value) in secret.data.iter() {
        to.put(format!("{key}:\t{} bytes\n", base64::length(value)));
    }
    to.finish()
}

fn head(to: &mut Description, meta: &crate::cluster::api::ObjectMeta) {
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
}
