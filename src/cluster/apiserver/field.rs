//! What is wrong with a field, in Kubernetes' words (`apimachinery/pkg/util/validation/field/errors.go`),
//! and what the gates of a request noted.

use std::fmt;

use serde::Serialize;

use crate::cluster::api::{Object, Resource, Status, StatusCause, StatusDetails, StatusReason};

/// What is wrong with one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct FieldError {
    path: String,
    kind: ErrorKind,
    /// The value as it is printed.
    value: String,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ErrorKind {
    Required,
    Invalid,
    Duplicate,
    NotSupported,
    Forbidden,
    NotFound,
    TooLong,
}

impl ErrorKind {
    fn text(self) -> &'static str {
        match self {
            ErrorKind::Required => "Required value",
            ErrorKind::Invalid => "Invalid value",
            ErrorKind::Duplicate => "Duplicate value",
            ErrorKind::NotSupported => "Unsupported value",
            ErrorKind::Forbidden => "Forbidden",
            ErrorKind::NotFound => "Not found",
            ErrorKind::TooLong => "Too long",
        }
    }

    /// As `causes` of a Status name it.
    fn reason(self) -> &'static str {
        match self {
            ErrorKind::Required => "FieldValueRequired",
            ErrorKind::Invalid => "FieldValueInvalid",
            ErrorKind::Duplicate => "FieldValueDuplicate",
            ErrorKind::NotSupported => "FieldValueNotSupported",
            ErrorKind::Forbidden => "FieldValueForbidden",
            ErrorKind::NotFound => "FieldValueNotFound",
            ErrorKind::TooLong => "FieldValueTooLong",
        }
    }
}

fn shown(value: impl Serialize) -> String {
    serde_json::to_string(&value).unwrap_or_default()
}

impl FieldError {
    fn new(path: impl Into<String>, kind: ErrorKind, value: String, detail: String) -> FieldError {
        FieldError {
            path: path.into(),
            kind,
            value,
            detail,
        }
    }

    pub(super) fn required(path: impl Into<String>, detail: impl Into<String>) -> FieldError {
        FieldError::new(path, ErrorKind::Required, String::new(), detail.into())
    }

    pub(super) fn invalid(
        path: impl Into<String>,
        value: impl Serialize,
        detail: impl Into<String>,
    ) -> FieldError {
        FieldError::new(path, ErrorKind::Invalid, shown(value), detail.into())
    }

    pub(super) fn duplicate(path: impl Into<String>, value: impl Serialize) -> FieldError {
        FieldError::new(path, ErrorKind::Duplicate, shown(value), String::new())
    }

    pub(super) fn not_supported(
        path: impl Into<String>,
        value: impl Serialize,
        supported: &[&str],
    ) -> FieldError {
        let list: Vec<String> = supported.iter().map(|one| format!("\"{one}\"")).collect();
        let detail = format!("supported values: {}", list.join(", "));
        FieldError::new(path, ErrorKind::NotSupported, shown(value), detail)
    }

    pub(super) fn forbidden(path: impl Into<String>, detail: impl Into<String>) -> FieldError {
        FieldError::new(path, ErrorKind::Forbidden, String::new(), detail.into())
    }

    pub(super) fn not_found(path: impl Into<String>, value: impl Serialize) -> FieldError {
        FieldError::new(path, ErrorKind::NotFound, shown(value), String::new())
    }

    pub(super) fn too_long(path: impl Into<String>, most: usize) -> FieldError {
        let detail = format!("may not be more than {most} bytes");
        FieldError::new(path, ErrorKind::TooLong, String::new(), detail)
    }

    fn body(&self) -> String {
        let mut body = self.kind.text().to_owned();
        if !self.value.is_empty() {
            body.push_str(": ");
            body.push_str(&self.value);
        }
        if !self.detail.is_empty() {
            body.push_str(": ");
            body.push_str(&self.detail);
        }
        body
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.body())
    }
}

/// `Deployment.apps`, `Pod`.
pub(super) fn qualified_kind(resource: Resource) -> String {
    if resource.group().is_empty() {
        resource.kind().to_owned()
    } else {
        format!("{}.{}", resource.kind(), resource.group())
    }
}

/// `Pod "x" is invalid: …` (`apimachinery/pkg/api/errors/errors.go`, NewInvalid).
pub(super) fn invalid(object: &Object, errors: Vec<FieldError>) -> Status {
    invalid_named(object.resource(), &object.metadata().name, errors)
}

/// The same, of an object that could not be read.
pub(super) fn invalid_named(resource: Resource, name: &str, errors: Vec<FieldError>) -> Status {
    let mut texts: Vec<String> = Vec::with_capacity(errors.len());
    for error in &errors {
        let text = error.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let all = match texts.as_slice() {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    let causes = errors
        .iter()
        .map(|error| StatusCause {
            reason: error.kind.reason().to_owned(),
            message: error.body(),
            field: error.path.clone(),
        })
        .collect();
    Status {
        message: format!("{} \"{name}\" is invalid: {all}", qualified_kind(resource)),
        reason: StatusReason::Invalid,
        details: Box::new(StatusDetails {
            name: name.to_owned(),
            group: resource.group().to_owned(),
            kind: resource.kind().to_owned(),
            causes,
        }),
        code: 422,
    }
}

/// What the gates of one request noted, for the trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    passed: Vec<(&'static str, String)>,
    /// Words of the manifest that the object has no place for: validation tells them with the rest.
    unknown: Vec<FieldError>,
}

impl Gates {
    /// A gate let the request pass; what it did, in a sentence, if there is something to say.
    pub(super) fn pass(&mut self, gate: &'static str, noted: Option<String>) {
        self.passed.push((gate, noted.unwrap_or_default()));
    }

    /// These words were left out of the object.
    pub(super) fn left_out(&mut self, unknown: Vec<FieldError>) {
        self.unknown.extend(unknown);
    }

    pub(super) fn unknown(&self) -> &[FieldError] {
        &self.unknown
    }

    pub(super) fn passed(&self) -> &[(&'static str, String)] {
        &self.passed
    }

    /// Which gate refused, going by what it said; None: it was no gate but the state of things.
    pub(super) fn refused_by(&self, status: &Status) -> Option<&'static str> {
        match status.reason {
            StatusReason::BadRequest => Some("decoding"),
            StatusReason::Invalid => Some("validation"),
            StatusReason::Forbidden if self.passed.len() < 2 => Some("mutating admission"),
            StatusReason::Forbidden => Some("validating admission"),
            _ => None,
        }
    }
}
