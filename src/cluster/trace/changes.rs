use serde_json::{Map, Value};

use super::Change;
use crate::cluster::api::{Object, to_json};

/// What tells the items of a list apart, tried in this order (the merge keys of
/// `staging/src/k8s.io/api/core/v1/types.go`).
const MERGE_KEYS: [&str; 9] = [
    "type",
    "name",
    "ip",
    "uid",
    "containerPort",
    "port",
    "key",
    "topologyKey",
    "mountPath",
];

/// What differs between two states of an object, leaf by leaf, in the order of the paths.
/// resourceVersion and managedFields, which every write changes, are left out.
pub(crate) fn changes(before: Option<&Object>, after: Option<&Object>) -> Vec<Change> {
    let json = |object: Option<&Object>| {
        let mut json = object.map_or(Value::Null, to_json);
        if let Some(metadata) = json.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("resourceVersion");
        }
        json
    };
    let mut found = Vec::new();
    compare(&json(before), &json(after), &mut String::new(), &mut found);
    found
}

fn compare(before: &Value, after: &Value, path: &mut String, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(_) | Value::Null, Value::Object(_)) | (Value::Object(_), Value::Null) => {
            let empty = Map::new();
            let one = before.as_object().unwrap_or(&empty);
            let other = after.as_object().unwrap_or(&empty);
            if one.is_empty() && other.is_empty() {
                push(before, after, path, found);
            }
            let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let length = path.len();
                step_into(path, name);
                compare(
                    one.get(name).unwrap_or(&Value::Null),
                    other.get(name).unwrap_or(&Value::Null),
                    path,
                    found,
                );
                path.truncate(length);
            }
        }
        (Value::Array(_) | Value::Null, Value::Array(_)) | (Value::Array(_), Value::Null) => {
            let one = before.as_array().map_or(&[][..], Vec::as_slice);
            let other = after.as_array().map_or(&[][..], Vec::as_slice);
            match merge_key(one, other) {
                Some(key) => compare_items(one, other, key, path, found),
                None => push(before, after, path, found),
            }
        }
        _ => push(before, after, path, found),
    }
}

/// Items are held against each other by their key, in the order they stand in.
fn compare_items(
    one: &[Value],
    other: &[Value],
    key: &str,
    path: &mut String,
    found: &mut Vec<Change>,
) {
    let with = |items: &[Value], id: &Value| {
        let item = items.iter().find(|item| item.get(key) == Some(id));
        item.cloned().unwrap_or(Value::Null)
    };
    let mut ids: Vec<&Value> = Vec::new();
    for id in one.iter().chain(other).filter_map(|item| item.get(key)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    for id in ids {
        let length = path.len();
        let shown = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        path.push_str(&format!("[{key}={shown}]"));
        compare(&with(one, id), &with(other, id), path, found);
        path.truncate(length);
    }
}

/// The key by which every item of both lists is told apart, if there is one.
fn merge_key(one: &[Value], other: &[Value]) -> Option<&'static str> {
    let unique = |items: &[Value], key: &str| {
        let mut seen = Vec::with_capacity(items.len());
        items.iter().all(|item| match item.get(key) {
            Some(id) if (id.is_string() || id.is_number()) && !seen.contains(&id) => {
                seen.push(id);
                true
            }
            _ => false,
        })
    };
    MERGE_KEYS
        .into_iter()
        .find(|key| unique(one, key) && unique(other, key))
}

fn step_into(path: &mut String, name: &str) {
    // A key with dots, such as a label's, is quoted: `metadata.labels["app.kubernetes.io/name"]`.
    if name.contains(['.', '/', '[']) {
        path.push_str(&format!("[{name:?}]"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

fn push(before: &Value, after: &Value, path: &str, found: &mut Vec<Change>) {
    found.push(Change {
        path: path.to_owned(),
        before: before.clone(),
        after: after.clone(),
    });
}
