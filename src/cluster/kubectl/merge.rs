//! Patches between states of an object: what `apply` sends, after
//! `apimachinery/pkg/util/strategicpatch/patch.go`.

use serde_json::{Map, Value};

/// What of a difference is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Want {
    Everything,
    /// Not what went away.
    ChangesAndAdditions,
    /// Only what went away.
    Deletions,
}

/// The strategic merge patch that brings `current` to what `modified` says, and takes away what
/// `original`, the manifest applied before, said and `modified` no longer does
/// (CreateThreeWayMergePatch). Fields that others set stay.
pub(super) fn three_way(original: &Value, modified: &Value, current: &Value) -> Value {
    let changes = maps(current, modified, Want::ChangesAndAdditions, true);
    let deletions = maps(original, modified, Want::Deletions, true);
    Value::Object(joined(deletions, changes))
}

/// The JSON merge patch (RFC 7386) that turns one value into another: lists are replaced as a whole.
pub(super) fn two_way(before: &Value, after: &Value) -> Value {
    Value::Object(maps(before, after, Want::Everything, false))
}

fn maps(before: &Value, after: &Value, want: Want, strategic: bool) -> Map<String, Value> {
    let none = Map::new();
    let before = before.as_object().unwrap_or(&none);
    let after = after.as_object().unwrap_or(&none);
    let mut patch = Map::new();
    for (key, new) in after {
        let Some(old) = before.get(key) else {
            if want != Want::Deletions && !(new.is_null()) {
                patch.insert(key.clone(), new.clone());
            }
            continue;
        };
        if old == new {
            continue;
        }
        match (old, new) {
            (Value::Object(_), Value::Object(_)) => {
                let mut inner = maps(old, new, want, strategic);
                if key == "strategy" && new.get("type").is_some_and(|kind| kind == "Recreate") {
                    // What `$retainKeys` is for: a strategy's parameters go with it.
                    if want != Want::Deletions && old.get("rollingUpdate").is_some() {
                        inner.insert("rollingUpdate".to_owned(), Value::Null);
                    }
                }
                if !inner.is_empty() {
                    patch.insert(key.clone(), Value::Object(inner));
                }
            }
            (Value::Array(old), Value::Array(items)) => {
                let merge_key = strategic.then(|| merge_key(key, old, items)).flatten();
                match merge_key {
                    Some(merge_key) => {
                        let items = lists(old, items, merge_key, want);
                        if !items.is_empty() {
                            patch.insert(key.clone(), Value::Array(items));
                        }
                    }
                    None if want != Want::Deletions => {
                        patch.insert(key.clone(), new.clone());
                    }
                    None => {}
                }
            }
            _ if want != Want::Deletions => {
                patch.insert(key.clone(), new.clone());
            }
            _ => {}
        }
    }
    if want != Want::ChangesAndAdditions {
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    patch
}

fn lists(before: &[Value], after: &[Value], key: &str, want: Want) -> Vec<Value> {
    let find =
        |items: &[Value], id: &Value| items.iter().find(|item| item.get(key) == Some(id)).cloned();
    let mut patch = Vec::new();
    for item in after {
        let Some(id) = item.get(key) else { continue };
        match find(before, id) {
            None if want != Want::Deletions => patch.push(item.clone()),
            None => {}
            Some(old) => {
                let mut inner = maps(&old, item, want, true);
                if !inner.is_empty() {
                    inner.insert(key.to_owned(), id.clone());
                    patch.push(Value::Object(inner));
                }
            }
        }
    }
    if want != Want::ChangesAndAdditions {
        for item in before {
            let Some(id) = item.get(key) else { continue };
            if find(after, id).is_none() {
                let gone = [
                    ("$patch".to_owned(), "delete".into()),
                    (key.to_owned(), id.clone()),
                ];
                patch.push(Value::Object(gone.into_iter().collect()));
            }
        }
    }
    patch
}

/// One patch out of two; where both say something of a field, the second holds.
fn joined(first: Map<String, Value>, second: Map<String, Value>) -> Map<String, Value> {
    let mut patch = first;
    for (name, new) in second {
        let joint = match (patch.remove(&name), new) {
            (Some(Value::Object(old)), Value::Object(new)) => Value::Object(joined(old, new)),
            (Some(Value::Array(mut old)), Value::Array(new)) => {
                let key = merge_key(&name, &old, &new);
                for item in new {
                    let same = key.and_then(|key| {
                        let id = item.get(key)?;
                        old.iter_mut().find(|other| other.get(key) == Some(id))
                    });
                    match (same, item) {
                        (Some(Value::Object(other)), Value::Object(item)) => {
                            *other = joined(std::mem::take(other), item);
                        }
                        (_, item) => old.push(item),
                    }
                }
                Value::Array(old)
            }
            (_, new) => new,
        };
        patch.insert(name, joint);
    }
    patch
}

/// The field that tells a list's items apart; None: the list is replaced as a whole (the `patchMergeKey`
/// tags in `staging/src/k8s.io/api`).
fn merge_key(list: &str, one: &[Value], other: &[Value]) -> Option<&'static str> {
    let keys: &[&str] = match list {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "volumes"
        | "env"
        | "imagePullSecrets"
        | "secrets" => &["name"],
        "ports" => &["containerPort", "port"],
        "volumeMounts" => &["mountPath"],
        "conditions" | "addresses" => &["type"],
        "ownerReferences" => &["uid"],
        "hostAliases" => &["ip"],
        "topologySpreadConstraints" => &["topologyKey"],
        _ => &[],
    };
    let has = |key: &str| one.iter().chain(other).all(|item| item.get(key).is_some());
    keys.iter().copied().find(|key| has(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Facts of `apimachinery/pkg/util/strategicpatch/patch_test.go`, TestStrategicMergePatch's three-way
    /// cases.
    #[test]
    fn apply_takes_away_only_what_the_manifest_said_before() {
        for (original, modified, current, patch) in [
            (json!({}), json!({}), json!({"b": 1}), json!({})),
            (
                json!({"a": 1}),
                json!({"a": 1}),
                json!({"a": 1, "b": 1}),
                json!({}),
            ),
            (
                json!({"a": 1}),
                json!({}),
                json!({"a": 1, "b": 1}),
                json!({"a": null}),
            ),
            (
                json!({"a": 1}),
                json!({"a": 2}),
                json!({"a": 1}),
                json!({"a": 2}),
            ),
            // Somebody else changed what the manifest says: it is set back.
            (
                json!({"a": 1}),
                json!({"a": 1}),
                json!({"a": 3}),
                json!({"a": 1}),
            ),
            (
                json!({"m": {"x": 1, "y": 1}}),
                json!({"m": {"x": 2}}),
                json!({"m": {"x": 1, "y": 1, "z": 1}}),
                json!({"m": {"x": 2, "y": null}}),
            ),
            (
                json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}),
                json!({"containers": [{"name": "a", "image": "2"}]}),
                json!({"containers": [
                    {"name": "a", "image": "1", "imagePullPolicy": "Always"},
                    {"name": "b", "image": "1"},
                    {"name": "injected", "image": "x"}
                ]}),
                json!({"containers": [
                    {"$patch": "delete", "name": "b"},
                    {"name": "a", "image": "2"}
                ]}),
            ),
            (
                json!({"args": [1, 2]}),
                json!({"args": [1]}),
                json!({"args": [1, 2]}),
                json!({"args": [1]}),
            ),
        ] {
            assert_eq!(
                three_way(&original, &modified, &current),
                patch,
                "{original} {modified} {current}"
            );
        }
    }

    #[test]
    fn a_merge_patch_names_only_what_differs() {
        let before = json!({"a": 1, "b": {"c": 1, "d": [1]}, "e": 1});
        let after = json!({"a": 1, "b": {"c": 2, "d": [1, 2]}, "f": 1});
        let patch = json!({"b": {"c": 2, "d": [1, 2]}, "e": null, "f": 1});
        assert_eq!(two_way(&before, &after), patch);
    }
}
