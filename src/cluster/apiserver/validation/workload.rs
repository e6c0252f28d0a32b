//! ReplicationControllers, ReplicaSets, Deployments.

use super::{NEGATIVE, Wrong, meta, not_negative, pod};
use crate::cluster::{
    api::{
        DeploymentSpec, IntOrString, LabelSelector, Labels, PodTemplateSpec, ReplicaSetSpec,
        ReplicationControllerSpec, RestartPolicy, RollingUpdateDeployment, Selector, StrategyType,
        names,
    },
    apiserver::field::FieldError,
};

pub(super) fn replication_controller(spec: &ReplicationControllerSpec, wrong: &mut Wrong) {
    not_negative(
        || "spec.minReadySeconds".into(),
        spec.min_ready_seconds.into(),
        wrong,
    );
    if spec.selector.is_empty() {
        wrong.push(FieldError::required("spec.selector", ""));
    }
    not_negative(
        || "spec.replicas".into(),
        spec.replicas.unwrap_or(1).into(),
        wrong,
    );
    match &spec.template {
        None => wrong.push(FieldError::required("spec.template", "")),
        Some(one) => {
            let selector = Selector::of_labels(&spec.selector);
            template(one, &selector, "ReplicationController", wrong);
        }
    }
}

pub(super) fn replica_set(spec: &ReplicaSetSpec, wrong: &mut Wrong) {
    not_negative(
        || "spec.replicas".into(),
        spec.replicas.unwrap_or(1).into(),
        wrong,
    );
    not_negative(
        || "spec.minReadySeconds".into(),
        spec.min_ready_seconds.into(),
        wrong,
    );
    selected(spec.selector.as_ref(), &spec.template, wrong);
}

pub(super) fn deployment(spec: &DeploymentSpec, wrong: &mut Wrong) {
    not_negative(
        || "spec.replicas".into(),
        spec.replicas.unwrap_or(1).into(),
        wrong,
    );
    selected(spec.selector.as_ref(), &spec.template, wrong);
    let rolling = spec.strategy.rolling_update.as_ref();
    match (spec.strategy.kind, rolling) {
        (Some(StrategyType::Recreate), Some(_)) => wrong.push(FieldError::forbidden(
            "spec.strategy.rollingUpdate",
            "may not be specified when strategy `type` is 'Recreate'",
        )),
        (Some(StrategyType::RollingUpdate), Some(rolling)) => rolling_update(rolling, wrong),
        _ => {}
    }
    not_negative(
        || "spec.minReadySeconds".into(),
        spec.min_ready_seconds.into(),
        wrong,
    );
    if let Some(limit) = spec.revision_history_limit {
        not_negative(|| "spec.revisionHistoryLimit".into(), limit.into(), wrong);
    }
    if let Some(deadline) = spec.progress_deadline_seconds {
        not_negative(
            || "spec.progressDeadlineSeconds".into(),
            deadline.into(),
            wrong,
        );
        if deadline <= spec.min_ready_seconds {
            wrong.push(FieldError::invalid(
                "spec.progressDeadlineSeconds",
                deadline,
                "must be greater than minReadySeconds",
            ));
        }
    }
}

fn rolling_update(rolling: &RollingUpdateDeployment, wrong: &mut Wrong) {
    let unavailable = rolling.max_unavailable.as_ref();
    let surge = rolling.max_surge.as_ref();
    let (at_unavailable, at_surge) = (
        "spec.strategy.rollingUpdate.maxUnavailable",
        "spec.strategy.rollingUpdate.maxSurge",
    );
    for (path, value) in [(at_unavailable, unavailable), (at_surge, surge)] {
        match value {
            Some(IntOrString::Int(number)) if *number < 0 => {
                wrong.push(FieldError::invalid(path, number, NEGATIVE));
            }
            Some(value @ IntOrString::Text(text)) if percent(text).is_none() => {
                wrong.push(FieldError::invalid(
                    path,
                    value,
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
                ));
            }
            _ => {}
        }
    }
    let amount = |value: Option<&IntOrString>| match value {
        Some(IntOrString::Int(number)) => i64::from(*number),
        Some(IntOrString::Text(text)) => percent(text).unwrap_or(0),
        None => 0,
    };
    if amount(unavailable) == 0 && amount(surge) == 0 {
        wrong.push(FieldError::invalid(
            at_unavailable,
            unavailable,
            "may not be 0 when `maxSurge` is 0",
        ));
    }
    if matches!(unavailable, Some(IntOrString::Text(text)) if percent(text) > Some(100)) {
        wrong.push(FieldError::invalid(
            at_unavailable,
            unavailable,
            "must not be greater than 100%",
        ));
    }
}

fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| digits.parse().unwrap_or(i64::MAX))
}

fn selected(selector: Option<&LabelSelector>, one: &PodTemplateSpec, wrong: &mut Wrong) {
    match selector {
        None => wrong.push(FieldError::required("spec.selector", "")),
        Some(selector) => {
            label_selector(selector, "spec.selector", wrong);
            if selector.match_labels.is_empty() && selector.match_expressions.is_empty() {
                wrong.push(FieldError::invalid(
                    "spec.selector",
                    selector,
                    "empty selector is invalid for deployment",
                ));
            }
        }
    }
    match Selector::of(selector) {
        Ok(ready) => template(one, &ready, "ReplicaSet", wrong),
        Err(_) => wrong.push(FieldError::invalid(
            "spec.selector",
            selector,
            "invalid label selector",
        )),
    }
}

/// (`apimachinery/pkg/apis/meta/v1/validation/validation.go`)
pub(super) fn label_selector(selector: &LabelSelector, path: &str, wrong: &mut Wrong) {
    meta::labels(
        &selector.match_labels,
        || format!("{path}.matchLabels"),
        wrong,
    );
    for (at, one) in selector.match_expressions.iter().enumerate() {
        let path = |field: &str| format!("{path}.matchExpressions[{at}].{field}");
        match &*one.operator {
            "In" | "NotIn" if one.values.is_empty() => wrong.push(FieldError::required(
                path("values"),
                "must be specified when `operator` is 'In' or 'NotIn'",
            )),
            "In" | "NotIn" => {}
            "Exists" | "DoesNotExist" => {
                if !one.values.is_empty() {
                    wrong.push(FieldError::forbidden(
                        path("values"),
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                    ));
                }
            }
            other => wrong.push(FieldError::invalid(
                path("operator"),
                other,
                "not a valid selector operator",
            )),
        }
        for why in names::label_key(&one.key) {
            wrong.push(FieldError::invalid(path("key"), &one.key, why));
        }
        for (place, value) in one.values.iter().enumerate() {
            for why in names::label_value(value) {
                wrong.push(FieldError::invalid(
                    path(&format!("values[{place}]")),
                    value,
                    why,
                ));
            }
        }
    }
}

fn template(one: &PodTemplateSpec, selector: &Selector, kind: &str, wrong: &mut Wrong) {
    let labels: &Labels = &one.metadata.labels;
    if !selector.is_everything() && !selector.matches(labels) {
        wrong.push(FieldError::invalid(
            "spec.template.metadata.labels",
            labels,
            "`selector` does not match template `labels`",
        ));
    }
    meta::labels(labels, || "spec.template.labels".into(), wrong);
    pod::spec(&one.spec, "spec.template.spec", wrong);
    if one.spec.restart_policy != RestartPolicy::Always {
        wrong.push(FieldError::not_supported(
            "spec.template.spec.restartPolicy",
            one.spec.restart_policy,
            &["Always"],
        ));
    }
    if one.spec.active_deadline_seconds.is_some() {
        wrong.push(FieldError::forbidden(
            "spec.template.spec.activeDeadlineSeconds",
            format!("activeDeadlineSeconds in {kind} is not Supported"),
        ));
    }
}

/// A selector stays what it was.
pub(super) fn same_selector(
    before: Option<&LabelSelector>,
    after: Option<&LabelSelector>,
    wrong: &mut Wrong,
) {
    if before != after {
        wrong.push(FieldError::invalid(
            "spec.selector",
            after,
            "field is immutable",
        ));
    }
}
