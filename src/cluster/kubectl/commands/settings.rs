//! `create configmap` and `create secret`.

use serde_json::{Map, Value, json};

use super::{
    generate::{name, send},
    *,
};
use crate::cluster::api::base64;

/// `kubectl/pkg/cmd/create/create_configmap.go`.
pub(super) fn config_map(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let name = name(invocation)?;
    let mut data = Map::new();
    for literal in invocation.texts("from-literal") {
        let (key, value) = pair(literal)?;
        if !is_key(key) {
            return Err(Failure::error(format!(
                "{key:?} is not a valid key name for a ConfigMap: {KEYS}"
            ))
            .into());
        }
        if data.contains_key(key) {
            return Err(Failure::error(format!(
                "cannot add key {key:?}, another key by that name already exists in Data for ConfigMap {name:?}"
            ))
            .into());
        }
        data.insert(key.to_owned(), value.into());
    }
    let json = with_data(name, data);
    send(session, invocation, Resource::ConfigMaps, json)
}

/// `kubectl/pkg/cmd/create/create_secret.go`: of its kinds `generic`.
pub(super) fn secret(session: &mut Session<'_, '_>, invocation: &Invocation) -> Told {
    let words = match invocation.words.split_first() {
        Some((kind, rest)) if kind == "generic" => rest,
        Some((kind, _)) if kind == "docker-registry" || kind == "tls" => {
            return super::info::later(session, invocation);
        }
        _ => {
            return Err(invocation
                .usage("must specify one of: docker-registry, generic, tls")
                .into());
        }
    };
    let [name] = words else {
        let message = format!("exactly one NAME is required, got {}", words.len());
        return Err(invocation.usage(message).into());
    };
    let mut data = Map::new();
    for literal in invocation.texts("from-literal") {
        let (key, value) = pair(literal)?;
        if !is_key(key) {
            return Err(Failure::error(format!(
                "{key:?} is not valid key name for a Secret {KEYS}"
            ))
            .into());
        }
        if data.contains_key(key) {
            return Err(Failure::error(format!(
                "cannot add key {key}, another key by that name already exists"
            ))
            .into());
        }
        data.insert(key.to_owned(), base64::encode(value.as_bytes()).into());
    }
    let mut json = with_data(name, data);
    if let (Some(kind), Some(fields)) = (invocation.text("type"), json.as_object_mut()) {
        fields.insert("type".to_owned(), kind.into());
    }
    send(session, invocation, Resource::Secrets, json)
}

fn with_data(name: &str, data: Map<String, Value>) -> Value {
    let mut json = json!({"metadata": {"name": name}});
    if let (false, Some(fields)) = (data.is_empty(), json.as_object_mut()) {
        fields.insert("data".to_owned(), data.into());
    }
    json
}

/// `kubectl/pkg/util/util.go`, ParseLiteralSource.
fn pair(literal: &str) -> Result<(&str, &str), Failure> {
    let pair = literal.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.ok_or_else(|| {
        Failure::error(format!(
            "invalid literal source {literal}, expected key=value"
        ))
    })
}

/// `apimachinery/pkg/util/validation/validation.go`, IsConfigMapKey.
const KEYS: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

fn is_key(key: &str) -> bool {
    key.chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
