//! What an object must satisfy before it is stored, in upstream's words (`pkg/apis/core/validation`,
//! `pkg/apis/apps/validation`).

use serde_json::Value;

use super::field::FieldError;
use crate::cluster::{
    api::{Object, Resource, Status},
    machinery::Subresource,
};

/// Holds a new object against the rules.
pub(super) fn created(_object: &Object) -> Result<(), Status> {
    Ok(())
}

/// Holds a changed object against the rules.
pub(super) fn updated(
    _before: &Object,
    _after: &Object,
    _subresource: Subresource,
) -> Result<(), Status> {
    Ok(())
}

/// Words where only some are known, of a manifest whose types are right.
pub(super) fn words(_resource: Resource, _manifest: &Value) -> Vec<FieldError> {
    Vec::new()
}
