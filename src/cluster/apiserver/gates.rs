//! The gates before the object itself is looked at, and the trace of all of them.

use super::{
    field::Gates,
    rbac::{self, Authorizer, Decision},
};
use crate::cluster::{
    api::{Status, StatusReason, Str},
    etcd::Etcd,
    machinery::{Address, Call, Turn, User, Verb},
    trace::{Step, StepKind},
};

/// Authentication, impersonation and authorization. Audit has no policy, and priority and fairness lets
/// everything through: they are named where the trace tells of authentication.
pub(super) fn admit(
    call: &Call,
    authorizer: &mut Authorizer,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<(), Status> {
    let user = &call.request.user;
    let asking = user.impersonator.as_deref().unwrap_or(user);
    if asking.name.is_empty() {
        let status = Status::new(401, StatusReason::Unauthorized, "Unauthorized");
        tell_one(
            call,
            "authentication",
            Some(&status),
            || status.message.clone(),
            turn,
        );
        return Err(status);
    }
    tell_one(
        call,
        "authentication",
        None,
        || {
            format!(
                "The request comes from {} (groups {}).",
                asking.name,
                groups(asking)
            )
        },
        turn,
    );
    // What only reads is told in fewer words.
    let writes = !matches!(call.request.verb, Verb::Get | Verb::List | Verb::Watch);
    if writes {
        tell_one(
            call,
            "audit",
            None,
            || "No audit policy is set, so nothing is noted down.".to_owned(),
            turn,
        );
    }
    if user.impersonator.is_some() {
        impersonate(call, asking, turn)?;
    }
    if writes {
        tell_one(
            call,
            "priority and fairness",
            None,
            || {
                format!(
                    "The queue for such requests (flow schema {}) has room, so this one does not wait.",
                    flow_schema(user)
                )
            },
            turn,
        );
    }
    match authorizer.decide(&call.request, etcd) {
        Decision::Allowed(why) => {
            tell_one(call, "authorization", None, || why.to_string(), turn);
            Ok(())
        }
        Decision::Denied(why) => {
            let status = rbac::refusal(&call.request, &why);
            tell_one(
                call,
                "authorization",
                Some(&status),
                || status.message.clone(),
                turn,
            );
            Err(status)
        }
    }
}

/// Who may do everything may also ask in another's name.
fn impersonate(call: &Call, asking: &User, turn: &mut Turn<'_>) -> Result<(), Status> {
    let user = &call.request.user;
    let may = asking
        .groups
        .iter()
        .any(|group| matches!(&**group, "system:masters" | "kubeadm:cluster-admins"));
    if may {
        tell_one(
            call,
            "impersonation",
            None,
            || format!("{} acts as {}.", asking.name, user.name),
            turn,
        );
        return Ok(());
    }
    let status = Status::new(
        403,
        StatusReason::Forbidden,
        format!(
            "users \"{}\" is forbidden: User \"{}\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope",
            user.name, asking.name
        ),
    );
    tell_one(
        call,
        "impersonation",
        Some(&status),
        || status.message.clone(),
        turn,
    );
    Err(status)
}

fn groups(user: &User) -> String {
    let groups: Vec<&str> = user.groups.iter().map(|group| &**group).collect();
    groups.join(", ")
}

/// (`apiserver/pkg/apis/flowcontrol/bootstrap/default.go`)
fn flow_schema(user: &User) -> &'static str {
    let has = |group: &str| user.groups.iter().any(|one| &**one == group);
    if has("system:masters") {
        "exempt"
    } else if has("system:nodes") {
        "system-nodes"
    } else if matches!(
        &*user.name,
        "system:kube-controller-manager" | "system:kube-scheduler"
    ) {
        "workload-leader-election"
    } else if has("system:serviceaccounts:kube-system") {
        "kube-system-service-accounts"
    } else if has("system:serviceaccounts") {
        "service-accounts"
    } else if has("system:unauthenticated") {
        "catch-all"
    } else {
        "global-default"
    }
}

/// What the gates of the object made of it.
pub(super) fn tell(gates: &Gates, refused: Option<&Status>, call: &Call, turn: &mut Turn<'_>) {
    for (gate, noted) in gates.passed() {
        let text = || {
            if !noted.is_empty() {
                return noted.clone();
            }
            match *gate {
                "validation" => "Every field is as it must be.",
                "mutating admission" => "No admission plugin (a check built into the API server) has anything to change.",
                _ => "No admission plugin objects.",
            }
            .to_owned()
        };
        tell_one(call, gate, None, text, turn);
    }
    if let Some(status) = refused
        && let Some(gate) = gates.refused_by(status)
    {
        tell_one(call, gate, Some(status), || status.message.clone(), turn);
    }
}

/// Every gate is shown for what a person asks; for a component those that refuse.
fn tell_one(
    call: &Call,
    gate: &'static str,
    refused: Option<&Status>,
    message: impl FnOnce() -> String,
    turn: &mut Turn<'_>,
) {
    let was_routine = turn.is_routine();
    if call.from != Address::Kubectl && refused.is_none() {
        turn.lull();
    }
    let request = &call.request;
    let mark = turn.record(StepKind::Gate, turn.now(), |actor| Step {
        verb: request.verb.as_str().into(),
        resource: request.resource.plural(),
        subresource: request.subresource.as_str(),
        namespace: request.namespace.clone(),
        name: request.name.clone(),
        code: refused.map_or(0, |status| status.code),
        reason: Str::from(gate),
        message: message(),
        ..Step::new(StepKind::Gate, actor)
    });
    turn.because(mark.step);
    if !was_routine {
        turn.rouse();
    }
}
