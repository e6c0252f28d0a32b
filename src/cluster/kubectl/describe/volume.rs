use serde_json::Value;

use super::{Description, container::text};
use crate::cluster::api::Volume;

/// describeVolumes.
pub(super) fn volumes(to: &mut Description, volumes: &[Volume], space: &str) {
    if volumes.is_empty() {
        to.line(0, format!("{space}Volumes:\t<none>"));
        return;
    }
    to.line(0, format!("{space}Volumes:"));
    let indent = if space.is_empty() { "" } else { " " };
    for volume in volumes {
        to.line(1, format!("{indent}{}:", volume.name));
        source(to, volume);
    }
}

fn optional(value: &Value) -> bool {
    value.get("optional").and_then(Value::as_bool) == Some(true)
}

fn source(to: &mut Description, volume: &Volume) {
    let other = &volume.other;
    if let Some(dir) = other.get("emptyDir") {
        to.field(
            2,
            "Type",
            "EmptyDir (a temporary directory that shares a pod's lifetime)",
        );
        to.field(2, "Medium", text(dir, "medium"));
        let limit = text(dir, "sizeLimit");
        to.field(
            2,
            "SizeLimit",
            if limit.is_empty() { "<unset>" } else { &limit },
        );
    } else if let Some(path) = other.get("hostPath") {
        to.field(2, "Type", "HostPath (bare host directory volume)");
        to.field(2, "Path", text(path, "path"));
        to.field(2, "HostPathType", text(path, "type"));
    } else if let Some(map) = other.get("configMap") {
        to.field(2, "Type", "ConfigMap (a volume populated by a ConfigMap)");
        to.field(2, "Name", text(map, "name"));
        to.field(2, "Optional", optional(map));
    } else if let Some(secret) = other.get("secret") {
        to.field(2, "Type", "Secret (a volume populated by a Secret)");
        to.field(2, "SecretName", text(secret, "secretName"));
        to.field(2, "Optional", optional(secret));
    } else if let Some(projected) = &volume.projected {
        let what = "Projected (a volume that contains injected data from multiple sources)";
        to.field(2, "Type", what);
        let sources = projected.get("sources").and_then(Value::as_array);
        for source in sources.into_iter().flatten() {
            projection(to, source);
        }
    } else {
        to.line(1, "<unknown>");
    }
}

fn projection(to: &mut Description, source: &Value) {
    if let Some(secret) = source.get("secret") {
        to.field(2, "SecretName", text(secret, "name"));
        to.field(2, "Optional", optional(secret));
    } else if source.get("downwardAPI").is_some() {
        to.field(2, "DownwardAPI", "true");
    } else if let Some(map) = source.get("configMap") {
        to.field(2, "ConfigMapName", text(map, "name"));
        to.field(2, "Optional", optional(map));
    } else if let Some(token) = source.get("serviceAccountToken") {
        to.field(
            2,
            "TokenExpirationSeconds",
            text(token, "expirationSeconds"),
        );
    }
}
