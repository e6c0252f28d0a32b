use crate::cluster::api::{Status, StatusReason};

/// Why a command ends without having done all it was asked.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Failure {
    /// The API server refused, or was not reached.
    Refused(Box<Status>),
    /// kubectl itself found something wrong; printed after `error: `.
    Error(String),
    /// Printed as it is.
    Verbatim(String),
    /// Several things went wrong.
    Several(Vec<Failure>),
    /// No failure: help was asked for, and is what the command prints.
    Help(String),
    /// All there is to say has been said.
    Silent,
}

impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure::Refused(Box::new(status))
    }
}

impl Failure {
    pub(super) fn error(message: impl Into<String>) -> Failure {
        Failure::Error(message.into())
    }

    pub(super) fn verbatim(message: impl Into<String>) -> Failure {
        Failure::Verbatim(message.into())
    }

    /// A command used wrongly (`kubectl/pkg/cmd/util/helpers.go`, UsageErrorf).
    pub(super) fn usage(path: &str, message: impl std::fmt::Display) -> Failure {
        Failure::Error(format!("{message}\nSee '{path} -h' for help and examples"))
    }

    /// The same, naming the file it is about (`kubectl/pkg/cmd/util/helpers.go`, AddSourceToErr).
    pub(super) fn naming_source(self, doing: &str, source: Option<&str>) -> Failure {
        let Some(source) = source else { return self };
        let add = |message: &str| format!("error when {doing} \"{source}\": {message}");
        match self {
            Failure::Refused(mut status) if status.reason != StatusReason::Unreachable => {
                status.message = add(&status.message);
                Failure::Refused(status)
            }
            Failure::Error(message) => Failure::Error(add(&message)),
            other => other,
        }
    }

    /// One failure out of those there are; None if there are none.
    pub(super) fn all(mut failures: Vec<Failure>) -> Option<Failure> {
        match failures.len() {
            0 => None,
            1 => failures.pop(),
            _ => Some(Failure::Several(failures)),
        }
    }

    /// What kubectl prints for it (`kubectl/pkg/cmd/util/helpers.go`, checkErr and
    /// StandardErrorMessage).
    pub(super) fn text(&self) -> String {
        let mut text = self.message();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    fn message(&self) -> String {
        match self {
            Failure::Refused(status) => refusal(status),
            Failure::Error(message) if message.starts_with("error: ") => message.clone(),
            Failure::Error(message) => format!("error: {message}"),
            Failure::Verbatim(message) | Failure::Help(message) => message.clone(),
            Failure::Several(failures) => failures.iter().map(Failure::text).collect(),
            Failure::Silent => String::new(),
        }
    }
}

fn refusal(status: &Status) -> String {
    match status.reason {
        StatusReason::Invalid => invalid(status),
        StatusReason::Unauthorized => format!(
            "error: You must be logged in to the server ({})\n",
            status.message
        ),
        StatusReason::Unreachable if status.message.contains("connection refused") => format!(
            "The connection to the server {SERVER} was refused - did you specify the right host or port?\n"
        ),
        StatusReason::Unreachable => {
            format!("Unable to connect to the server: {}\n", status.message)
        }
        StatusReason::Unknown => format!("Error from server: {}\n", status.message),
        reason => format!("Error from server ({reason:?}): {}\n", status.message),
    }
}

/// Where kubeadm's `admin.conf` says the API server is.
const SERVER: &str = "10.0.0.10:6443";

/// A 422 is told field by field, without the server's own sentence.
fn invalid(status: &Status) -> String {
    let details = &status.details;
    let mut text = "The request is invalid".to_owned();
    if !details.kind.is_empty() || !details.name.is_empty() {
        text = format!("The {} \"{}\" is invalid", details.kind, details.name);
    } else if !status.message.is_empty() && details.causes.is_empty() {
        text = format!("{text}: {}", status.message);
    }
    let mut causes: Vec<String> = Vec::new();
    for cause in &details.causes {
        let cause = format!("{}: {}", cause.field, cause.message);
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    match causes.as_slice() {
        [] => text + "\n",
        [cause] => format!("{text}: {cause}\n"),
        several => {
            text += ": \n";
            for cause in several {
                text += &format!("* {cause}\n");
            }
            text
        }
    }
}
