use std::fmt;

use serde::Serialize;

use super::Resource;

/// The API server's refusal, as it sends it.
#[derive(Clone, PartialEq, Debug, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Status {
    /// What is wrong, in a sentence.
    pub message: String,
    /// What is wrong, in a word.
    pub reason: StatusReason,
    /// What it is about.
    pub details: Box<StatusDetails>,
    /// The HTTP status code.
    pub code: u16,
}

/// What a refusal is about.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct StatusDetails {
    /// The object's name.
    pub name: String,
    /// The API group.
    pub group: String,
    /// The resource's plural name (as the API server has it, under the key `kind`).
    pub kind: String,
    /// One for each field that is wrong.
    pub causes: Vec<StatusCause>,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct StatusCause {
    /// In a word: `FieldValueInvalid`.
    pub reason: String,
    /// In a sentence.
    pub message: String,
    /// The field's path.
    pub field: String,
}

/// Kubernetes' words for why a request was refused (`apimachinery/pkg/apis/meta/v1/types.go`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[allow(missing_docs)]
pub enum StatusReason {
    Unauthorized,
    Forbidden,
    NotFound,
    AlreadyExists,
    Conflict,
    Gone,
    Expired,
    Invalid,
    BadRequest,
    MethodNotAllowed,
    UnsupportedMediaType,
    ServerTimeout,
    Timeout,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
    /// None is given: the error comes from below the API server (`responsewriters/status.go`,
    /// ErrorToAPIStatus).
    #[serde(rename = "")]
    Unknown,
    /// Not of the API server: the request never reached it.
    Unreachable,
}

impl Status {
    /// A refusal that is about no object in particular.
    pub fn new(code: u16, reason: StatusReason, message: impl Into<String>) -> Status {
        Status {
            message: message.into(),
            reason,
            details: Box::default(),
            code,
        }
    }

    /// The same, about this object.
    pub fn about(mut self, resource: Resource, name: &str) -> Status {
        self.details.name = name.to_owned();
        self.details.group = resource.group().to_owned();
        self.details.kind = resource.plural().to_owned();
        self
    }

    /// `pods "x" not found`.
    pub fn not_found(resource: Resource, name: &str) -> Status {
        Status::new(
            404,
            StatusReason::NotFound,
            format!("{} \"{name}\" not found", resource.qualified()),
        )
        .about(resource, name)
    }

    /// `replicationcontrollers "web" already exists`.
    pub fn already_exists(resource: Resource, name: &str) -> Status {
        Status::new(
            409,
            StatusReason::AlreadyExists,
            format!("{} \"{name}\" already exists", resource.qualified()),
        )
        .about(resource, name)
    }

    /// `Operation cannot be fulfilled on pods "x": …`.
    pub fn conflict(resource: Resource, name: &str, why: impl fmt::Display) -> Status {
        Status::new(
            409,
            StatusReason::Conflict,
            format!(
                "Operation cannot be fulfilled on {} \"{name}\": {why}",
                resource.qualified()
            ),
        )
        .about(resource, name)
    }

    /// `pods "x" is forbidden: …`; without a name, `pods is forbidden: …`.
    pub fn forbidden(resource: Resource, name: &str, why: impl fmt::Display) -> Status {
        let which = if name.is_empty() {
            resource.qualified()
        } else {
            format!("{} \"{name}\"", resource.qualified())
        };
        Status::new(
            403,
            StatusReason::Forbidden,
            format!("{which} is forbidden: {why}"),
        )
        .about(resource, name)
    }

    /// The request did not reach the API server.
    pub fn unreachable(message: impl Into<String>) -> Status {
        Status::new(0, StatusReason::Unreachable, message)
    }
}
