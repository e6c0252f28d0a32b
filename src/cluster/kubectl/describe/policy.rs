use std::{collections::BTreeSet, rc::Rc};

use serde_json::Value;

use super::{Description, events};
use crate::cluster::api::{Event, LimitRange, Namespace, Object, Quantity, ResourceQuota};

/// describeNamespace.
pub(in crate::cluster::kubectl) fn namespace(
    mut to: Description,
    namespace: &Namespace,
    quotas: &[Rc<ResourceQuota>],
    ranges: &[Rc<LimitRange>],
) -> String {
    let meta = &namespace.metadata;
    to.field(0, "Name", &meta.name);
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.field(0, "Status", &namespace.status.phase);
    to.line(0, "");
    to.line(
        0,
        if quotas.is_empty() {
            "No resource quota."
        } else {
            "Resource Quotas"
        },
    );
    for quota in quotas {
        to.field(1, "Name", &quota.metadata.name);
        amounts(&mut to, (1, "---"), quota);
    }
    to.line(0, "");
    if ranges.is_empty() {
        to.line(0, "No LimitRange resource.");
        return to.finish();
    }
    to.line(0, "Resource Limits");
    bounds(&mut to, " ", ranges);
    to.finish()
}

/// describeLimitRange.
pub(in crate::cluster::kubectl) fn limit_range(
    mut to: Description,
    range: &Rc<LimitRange>,
) -> String {
    to.field(0, "Name", &range.metadata.name);
    to.field(0, "Namespace", &range.metadata.namespace);
    bounds(&mut to, "", std::slice::from_ref(range));
    to.finish()
}

/// describeLimitRangeSpec; upstream's order of the resources is a map's.
fn bounds(to: &mut Description, prefix: &str, ranges: &[Rc<LimitRange>]) {
    let heads = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio";
    to.line(0, format!("{prefix}{heads}"));
    let rule = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------";
    to.line(0, format!("{prefix}{rule}"));
    for item in ranges.iter().flat_map(|range| &range.spec.limits) {
        let columns = [
            &item.min,
            &item.max,
            &item.default_request,
            &item.default,
            &item.max_limit_request_ratio,
        ];
        let resources: BTreeSet<_> = columns.iter().flat_map(|column| column.keys()).collect();
        for resource in resources {
            let amounts = columns.map(|column| {
                let amount = column.get(&**resource);
                amount.map_or_else(|| "-".to_owned(), ToString::to_string)
            });
            let amounts = amounts.join("\t");
            to.line(0, format!("{prefix}{}\t{resource}\t{amounts}", item.kind));
        }
    }
}

/// describeQuota.
pub(in crate::cluster::kubectl) fn quota(mut to: Description, quota: &ResourceQuota) -> String {
    to.field(0, "Name", &quota.metadata.name);
    to.field(0, "Namespace", &quota.metadata.namespace);
    amounts(&mut to, (0, "----"), quota);
    to.finish()
}

fn amounts(to: &mut Description, (level, rule): (usize, &str), quota: &ResourceQuota) {
    to.line(level, "Resource\tUsed\tHard");
    to.line(level, format!("--------\t{rule}\t{rule}"));
    for (resource, hard) in &quota.status.hard {
        let used = quota.status.used.get(resource).copied();
        let used = used.unwrap_or(Quantity::ZERO);
        to.line(level, format!("{resource}\t{used}\t{hard}"));
    }
}

/// A type that has no description of its own: its fields, in order (GenericDescriber).
pub(in crate::cluster::kubectl) fn any(
    mut to: Description,
    object: &Object,
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, resource) = (object.metadata(), object.resource());
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.field(0, "API Version", resource.api_version());
    to.field(0, "Kind", resource.kind());
    if let Value::Object(fields) = object.to_json() {
        let told = ["apiVersion", "kind", "metadata"];
        for (key, value) in fields {
            if !told.contains(&key.as_str()) {
                write(&mut to, 0, &key, &value);
            }
        }
    }
    events::write(&mut to, events);
    to.finish()
}

/// A field's name as words: `holderIdentity` is `Holder Identity`.
fn title(key: &str) -> String {
    let mut out = String::new();
    for character in key.chars() {
        if out.is_empty() {
            out.extend(character.to_uppercase());
            continue;
        }
        if character.is_uppercase() && !out.ends_with(char::is_uppercase) {
            out.push(' ');
        }
        out.push(character);
    }
    out
}

fn write(to: &mut Description, level: usize, key: &str, value: &Value) {
    let title = title(key);
    match value {
        Value::Object(fields) => {
            to.line(level, format!("{title}:"));
            for (key, value) in fields {
                write(to, level + 1, key, value);
            }
        }
        Value::Array(items) => {
            to.line(level, format!("{title}:"));
            for item in items {
                match item {
                    Value::Object(fields) => {
                        for (key, value) in fields {
                            write(to, level + 1, key, value);
                        }
                    }
                    Value::String(text) => to.line(level + 1, text),
                    other => to.line(level + 1, other.to_string()),
                }
            }
        }
        Value::String(text) => to.field(level, &title, text),
        other => to.field(level, &title, other),
    }
}
