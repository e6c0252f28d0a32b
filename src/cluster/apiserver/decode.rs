//! A manifest becomes an object: strictly, as `fieldValidation=Strict` has it.

use serde_json::Value;

use super::{field::Gates, validation};
use crate::cluster::api::{Object, Resource, Status, StatusReason, schema};

/// Reads an object of this resource. Words it has no place for are left out, and told to the gates.
pub(super) fn decode(
    resource: Resource,
    mut manifest: Value,
    gates: &mut Gates,
) -> Result<Object, Status> {
    let kind = resource.kind();
    let text = |at: &str| manifest.get(at).and_then(Value::as_str).unwrap_or_default();
    let (said_version, said_kind) = (text("apiVersion").to_owned(), text("kind").to_owned());
    if said_kind.is_empty() {
        return Err(bad(format!("Object 'Kind' is missing in '{manifest}'")));
    }
    if said_version != resource.api_version() || said_kind != kind {
        return Err(bad(format!(
            "the API version in the data ({said_version}) does not match the expected API version ({})",
            resource.api_version()
        )));
    }
    // (`apiserver/pkg/endpoints/handlers/rest.go`, transformDecodeError)
    let cannot = |why: String| {
        bad(format!(
            "{kind} in version \"{}\" cannot be handled as a {kind}: {why}",
            resource.version()
        ))
    };
    schema::check(resource, &mut manifest).map_err(|error| cannot(error.to_string()))?;
    gates.left_out(validation::words(resource, &mut manifest));
    Object::from_json(resource, manifest).map_err(|error| cannot(error.to_string()))
}

fn bad(message: String) -> Status {
    Status::new(400, StatusReason::BadRequest, message)
}
