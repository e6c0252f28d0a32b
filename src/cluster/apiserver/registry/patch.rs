//! Patch: JSON merge patch, strategic merge patch, and the typed patches of the model's own components.

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::cluster::{
    api::{
        Condition, Object, Pod, Status, StatusReason, Str,
        schema::{self, FieldType, TypeSchema},
        to_json,
    },
    apiserver::{decode, field::Gates},
    machinery::Patch,
};

/// The object with the patch put in.
pub(super) fn patched(before: &Object, patch: &Patch, gates: &mut Gates) -> Result<Object, Status> {
    let mut after = before.clone();
    match (patch, &mut after) {
        (Patch::Merge(patch), _) => {
            let mut json = to_json(before);
            merge(&mut json, patch);
            return decode::decode(before.resource(), json, gates);
        }
        (Patch::Strategic(patch), _) => {
            let mut json = to_json(before);
            let of = schema::type_of(before.resource());
            strategic(&mut json, patch, of);
            return decode::decode(before.resource(), json, gates);
        }
        (Patch::PodStatus(status), Object::Pod(pod)) => {
            let mut merged = (**status).clone();
            // The kubelet's patch says in which order the conditions it names stand
            // (`$setElementOrder/conditions`).
            let theirs = pod.status.conditions.iter();
            let mut theirs = theirs
                .filter(|one| status.condition(&one.kind).is_none())
                .peekable();
            if theirs.peek().is_some() {
                merged.conditions = theirs.chain(&status.conditions).cloned().collect();
            }
            if merged.qos_class.is_empty() {
                merged.qos_class = pod.status.qos_class.clone();
            }
            *pod = Rc::new(Pod {
                metadata: pod.metadata.clone(),
                spec: pod.spec.clone(),
                status: merged,
                other: pod.other.clone(),
            });
        }
        (Patch::NodeStatus(status), Object::Node(node)) => {
            let node = Rc::make_mut(node);
            let mut merged = (**status).clone();
            let theirs = std::mem::take(&mut merged.conditions);
            merged.conditions = std::mem::take(&mut node.status.conditions);
            for condition in &theirs {
                merge_condition(&mut merged.conditions, condition);
            }
            node.status = merged;
        }
        (Patch::Condition(condition), Object::Pod(pod)) => {
            merge_condition(&mut Rc::make_mut(pod).status.conditions, condition);
        }
        (Patch::Condition(condition), Object::Node(node)) => {
            merge_condition(&mut Rc::make_mut(node).status.conditions, condition);
        }
        (Patch::Labels(labels), object) => set(&mut object.metadata_mut().labels, labels),
        _ => {
            return Err(Status::new(
                415,
                StatusReason::UnsupportedMediaType,
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml",
            ));
        }
    }
    Ok(after)
}

fn set(labels: &mut crate::cluster::api::Labels, change: &[(Str, Option<Str>)]) {
    for (key, value) in change {
        match value {
            Some(value) => labels.set(key.clone(), value.clone()),
            None => labels.remove(key),
        };
    }
}

/// The number a patch of the scale subresource asks for.
pub(super) fn scale(patch: &Patch) -> Result<i32, Status> {
    let (Patch::Merge(json) | Patch::Strategic(json)) = patch else {
        return Err(Status::new(
            415,
            StatusReason::UnsupportedMediaType,
            "the body of the request was in an unknown format",
        ));
    };
    json.pointer("/spec/replicas")
        .and_then(Value::as_i64)
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| {
            Status::new(
                400,
                StatusReason::BadRequest,
                "the patch sets no spec.replicas",
            )
        })
}

/// Puts a condition in the place of the one of its type, or at the end.
pub(super) fn merge_condition(conditions: &mut Vec<Condition>, condition: &Condition) {
    match conditions.iter_mut().find(|one| one.kind == condition.kind) {
        Some(one) => one.clone_from(condition),
        None => conditions.push(condition.clone()),
    }
}

/// RFC 7386: null takes a field away, an object is merged, all else is replaced.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    let fields = object_in(target);
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// As a merge patch, but that lists which have a merge key are merged item by item
/// (`apimachinery/pkg/util/strategicpatch/patch.go`).
pub(super) fn strategic(target: &mut Value, patch: &Value, of: Option<&'static TypeSchema>) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    match patch.get("$patch").and_then(Value::as_str) {
        Some("replace") => {
            let mut fields = patch.clone();
            fields.remove("$patch");
            *target = Value::Object(fields);
            return;
        }
        Some("delete") => {
            *target = Value::Object(Map::new());
            return;
        }
        _ => {}
    }
    let fields = object_in(target);
    if let Some(Value::Array(kept)) = patch.get("$retainKeys") {
        fields.retain(|name, _| kept.iter().any(|one| one.as_str() == Some(name)));
    }
    for (name, value) in patch {
        if name == "$patch" || name == "$retainKeys" || name.starts_with("$setElementOrder/") {
            continue;
        }
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(items)), Value::Array(gone)) = (fields.get_mut(list), value) {
                items.retain(|item| !gone.contains(item));
            }
            continue;
        }
        if value.is_null() {
            fields.remove(name);
            continue;
        }
        let field = of.and_then(|of| of.field(name)).map(|field| &field.of);
        let slot = fields.entry(name.clone()).or_insert(Value::Null);
        match (field, value) {
            (
                Some(FieldType::List {
                    item,
                    merge_key: Some(key),
                }),
                Value::Array(changes),
            ) => {
                let item = match &**item {
                    FieldType::Object(name) => schema::type_named(name),
                    _ => None,
                };
                let order = patch.get(&format!("$setElementOrder/{name}"));
                merge_list(slot, changes, key, item, order);
            }
            (Some(FieldType::Object(name)), _) => strategic(slot, value, schema::type_named(name)),
            _ => strategic(slot, value, None),
        }
    }
}

fn merge_list(
    slot: &mut Value,
    changes: &[Value],
    key: &str,
    item: Option<&'static TypeSchema>,
    order: Option<&Value>,
) {
    let mut items = match slot.take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    let replaces = |change: &&Value| {
        change.get("$patch").and_then(Value::as_str) == Some("replace") && change.get(key).is_none()
    };
    if changes.iter().any(|change| replaces(&change)) {
        items.clear();
    }
    for change in changes {
        if replaces(&change) {
            continue;
        }
        let id = |value: &Value| {
            if key.is_empty() {
                Some(value.clone())
            } else {
                value.get(key).cloned()
            }
        };
        let wanted = id(change);
        let at = items
            .iter()
            .position(|one| wanted.is_some() && id(one) == wanted);
        let deletes = change.get("$patch").and_then(Value::as_str) == Some("delete");
        match at {
            Some(at) if deletes => {
                items.remove(at);
            }
            Some(at) if !key.is_empty() => {
                if let Some(one) = items.get_mut(at) {
                    strategic(one, change, item);
                }
            }
            Some(_) => {}
            None if deletes => {}
            None => {
                let mut added = Value::Null;
                strategic(&mut added, change, item);
                items.push(added);
            }
        }
    }
    if let Some(Value::Array(order)) = order {
        let place = |one: &Value| {
            let id = if key.is_empty() {
                Some(one)
            } else {
                one.get(key)
            };
            order
                .iter()
                .position(|other| {
                    (if key.is_empty() {
                        Some(other)
                    } else {
                        other.get(key)
                    }) == id
                })
                .unwrap_or(usize::MAX)
        };
        items.sort_by_key(place);
    }
    *slot = Value::Array(items);
}

fn object_in(target: &mut Value) -> &mut Map<String, Value> {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    match target {
        Value::Object(fields) => fields,
        _ => unreachable!("it was made an object above"),
    }
}
