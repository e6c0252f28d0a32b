//! Names, labels and owners (`apimachinery/pkg/api/validation/objectmeta.go`).

use super::Wrong;
use crate::cluster::{
    api::{Labels, Object, ObjectMeta, Resource, names},
    apiserver::field::FieldError,
};

/// All annotations together may have 256 KiB.
const ANNOTATIONS: usize = 256 * 1024;

pub(super) fn created(object: &Object, wrong: &mut Wrong) {
    let meta = object.metadata();
    if meta.name.is_empty() {
        wrong.push(FieldError::required(
            "metadata.name",
            "name or generateName is required",
        ));
    } else {
        name(object.resource(), &meta.name, wrong);
    }
    common(meta, wrong);
}

pub(super) fn updated(before: &Object, after: &Object, wrong: &mut Wrong) {
    let (old, new) = (before.metadata(), after.metadata());
    if old.is_deleting() && new.finalizers != old.finalizers {
        let added: Vec<&str> = new
            .finalizers
            .iter()
            .filter(|one| !old.finalizers.contains(one))
            .map(|one| &**one)
            .collect();
        if !added.is_empty() {
            wrong.push(FieldError::forbidden(
                "metadata.finalizers",
                format!(
                    "no new finalizers can be added if the object is being deleted, found new finalizers {added:?}"
                ),
            ));
        }
    }
    if new.name != old.name {
        wrong.push(FieldError::invalid(
            "metadata.name",
            &new.name,
            "field is immutable",
        ));
    }
    if new.labels != old.labels || new.annotations != old.annotations {
        common(new, wrong);
    }
}

fn common(meta: &ObjectMeta, wrong: &mut Wrong) {
    labels(&meta.labels, || "metadata.labels".to_owned(), wrong);
    annotations(&meta.annotations, wrong);
    let controllers: Vec<_> = meta
        .owner_references
        .iter()
        .filter(|owner| owner.controller == Some(true))
        .collect();
    if let [first, second, ..] = controllers.as_slice() {
        wrong.push(FieldError::invalid(
            "metadata.ownerReferences",
            &meta.owner_references,
            format!(
                "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
                first.kind, first.name, second.kind, second.name
            ),
        ));
    }
    for (at, owner) in meta.owner_references.iter().enumerate() {
        for (field, value) in [
            ("apiVersion", &owner.api_version),
            ("kind", &owner.kind),
            ("name", &owner.name),
            ("uid", &owner.uid.0),
        ] {
            if value.is_empty() {
                wrong.push(FieldError::invalid(
                    format!("metadata.ownerReferences[{at}].{field}"),
                    value,
                    if field == "apiVersion" {
                        "version must not be empty"
                    } else {
                        "must not be empty"
                    },
                ));
            }
        }
    }
}

/// Each resource has its rule for names (`pkg/apis/core/validation`, the Validate…Name functions).
fn name(resource: Resource, name: &str, wrong: &mut Wrong) {
    let found = match resource {
        // Since 1.36 a Service's name, too, may begin with a digit (RelaxedServiceNameValidation in
        // `pkg/features/kube_features.go`, ValidateServiceCreate).
        Resource::Namespaces | Resource::Services => names::dns1123_label(name),
        Resource::Roles
        | Resource::ClusterRoles
        | Resource::RoleBindings
        | Resource::ClusterRoleBindings => path_segment(name),
        _ => names::dns1123_subdomain(name),
    };
    for one in found {
        wrong.push(FieldError::invalid("metadata.name", name, one));
    }
}

/// (`apimachinery/pkg/api/validation/path/name.go`)
fn path_segment(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    ["/", "%"]
        .into_iter()
        .filter(|part| name.contains(part))
        .map(|part| format!("may not contain '{part}'"))
        .collect()
}

pub(super) fn labels(labels: &Labels, path: impl Fn() -> String, wrong: &mut Wrong) {
    for (key, value) in labels.iter() {
        for one in names::label_key(key) {
            wrong.push(FieldError::invalid(path(), key, one));
        }
        for one in names::label_value(value) {
            wrong.push(FieldError::invalid(path(), value, one));
        }
    }
}

fn annotations(annotations: &Labels, wrong: &mut Wrong) {
    let mut total = 0;
    for (key, value) in annotations.iter() {
        for one in names::label_key(&key.to_lowercase()) {
            wrong.push(FieldError::invalid("metadata.annotations", key, one));
        }
        total += key.len() + value.len();
    }
    if total > ANNOTATIONS {
        wrong.push(FieldError::too_long("metadata.annotations", ANNOTATIONS));
    }
}
