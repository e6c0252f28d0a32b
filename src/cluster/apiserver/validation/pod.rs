//! Pods, and the Pod part of templates.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{Wrong, container, meta, workload};
use crate::cluster::{
    api::{Pod, PodSpec, Toleration, Volume, names},
    apiserver::field::FieldError,
    trace::changes,
};

pub(super) fn spec(spec: &PodSpec, path: &str, wrong: &mut Wrong) {
    volumes(&spec.volumes, path, wrong);
    if spec.containers.is_empty() {
        wrong.push(FieldError::required(format!("{path}.containers"), ""));
    }
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    container::containers(
        &spec.containers,
        spec,
        &format!("{path}.containers"),
        &mut seen,
        wrong,
    );
    container::host_ports(&spec.containers, &format!("{path}.containers"), wrong);
    if !spec.init_containers.is_empty() {
        let at = format!("{path}.initContainers");
        container::containers(&spec.init_containers, spec, &at, &mut seen, wrong);
        container::init_containers(&spec.init_containers, &at, wrong);
    }
    if !matches!(
        &*spec.dns_policy,
        "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None"
    ) {
        wrong.push(FieldError::not_supported(
            format!("{path}.dnsPolicy"),
            &spec.dns_policy,
            &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
        ));
    }
    meta::labels(
        &spec.node_selector,
        || format!("{path}.nodeSelector"),
        wrong,
    );
    spread(spec, path, wrong);
    let name = |field: &str, value: &str, check: fn(&str) -> Vec<String>, wrong: &mut Wrong| {
        if !value.is_empty() {
            for one in check(value) {
                wrong.push(FieldError::invalid(format!("{path}.{field}"), value, one));
            }
        }
    };
    name(
        "serviceAccountName",
        &spec.service_account_name,
        names::dns1123_subdomain,
        wrong,
    );
    name("nodeName", &spec.node_name, names::dns1123_subdomain, wrong);
    if let Some(seconds) = spec.active_deadline_seconds
        && !(1..=i64::from(i32::MAX)).contains(&seconds)
    {
        wrong.push(FieldError::invalid(
            format!("{path}.activeDeadlineSeconds"),
            seconds,
            "must be between 1 and 2147483647, inclusive",
        ));
    }
    name("hostname", &spec.hostname, names::dns1123_label, wrong);
    name("subdomain", &spec.subdomain, names::dns1123_label, wrong);
    tolerations(&spec.tolerations, path, wrong);
    name(
        "priorityClassName",
        &spec.priority_class_name,
        names::dns1123_subdomain,
        wrong,
    );
}

fn volumes(volumes: &[Volume], path: &str, wrong: &mut Wrong) {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    for (at, volume) in volumes.iter().enumerate() {
        let path = || format!("{path}.volumes[{at}].name");
        if volume.name.is_empty() {
            wrong.push(FieldError::required(path(), ""));
            continue;
        }
        for one in names::dns1123_label(&volume.name) {
            wrong.push(FieldError::invalid(path(), &volume.name, one));
        }
        if !seen.insert(&volume.name) {
            wrong.push(FieldError::duplicate(path(), &volume.name));
        }
    }
}

fn tolerations(list: &[Toleration], path: &str, wrong: &mut Wrong) {
    for (at, one) in list.iter().enumerate() {
        let path = |field: &str| format!("{path}.tolerations[{at}]{field}");
        if !one.key.is_empty() {
            for why in names::label_key(&one.key) {
                wrong.push(FieldError::invalid(path(".key"), &one.key, why));
            }
        }
        if one.key.is_empty() && &*one.operator != "Exists" {
            wrong.push(FieldError::invalid(
                path(".operator"),
                &one.operator,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            ));
        }
        let lasting = one.effect != Some(crate::cluster::api::TaintEffect::NoExecute);
        if one.toleration_seconds.is_some() && lasting {
            wrong.push(FieldError::invalid(
                path(".effect"),
                one.effect,
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            ));
        }
        match &*one.operator {
            "" | "Equal" => {
                for why in names::label_value(&one.value) {
                    wrong.push(FieldError::invalid(path(".operator"), &one.value, why));
                }
            }
            "Exists" => {
                if !one.value.is_empty() {
                    wrong.push(FieldError::invalid(
                        path(".operator"),
                        one,
                        "value must be empty when `operator` is 'Exists'",
                    ));
                }
            }
            other => wrong.push(FieldError::not_supported(
                path(".operator"),
                other,
                &["Equal", "Exists"],
            )),
        }
    }
}

fn spread(spec: &PodSpec, path: &str, wrong: &mut Wrong) {
    for (at, one) in spec.topology_spread_constraints.iter().enumerate() {
        let path = |field: &str| format!("{path}.topologySpreadConstraints[{at}].{field}");
        if one.max_skew <= 0 {
            wrong.push(FieldError::invalid(
                path("maxSkew"),
                one.max_skew,
                "must be greater than zero",
            ));
        }
        if one.topology_key.is_empty() {
            wrong.push(FieldError::required(
                path("topologyKey"),
                "can not be empty",
            ));
        }
        if !matches!(&*one.when_unsatisfiable, "DoNotSchedule" | "ScheduleAnyway") {
            wrong.push(FieldError::not_supported(
                path("whenUnsatisfiable"),
                &one.when_unsatisfiable,
                &["DoNotSchedule", "ScheduleAnyway"],
            ));
        }
        if let Some(selector) = &one.label_selector {
            workload::label_selector(selector, &path("labelSelector"), wrong);
        }
    }
}

/// Only images, the deadline, more tolerations may change (`ValidatePodUpdate`).
pub(super) fn updated(before: &Pod, after: &Pod, wrong: &mut Wrong) {
    spec(&after.spec, "spec", wrong);
    let (old, new) = (&before.spec, &after.spec);
    for (field, old, new) in [
        ("spec.containers", &old.containers, &new.containers),
        (
            "spec.initContainers",
            &old.init_containers,
            &new.init_containers,
        ),
    ] {
        if old.len() != new.len() {
            wrong.push(FieldError::forbidden(
                field,
                "pod updates may not add or remove containers",
            ));
            return;
        }
    }
    match (old.active_deadline_seconds, new.active_deadline_seconds) {
        (Some(was), Some(is)) if is > was => wrong.push(FieldError::invalid(
            "spec.activeDeadlineSeconds",
            is,
            "must be less than or equal to previous value",
        )),
        (Some(_), None) => wrong.push(FieldError::invalid(
            "spec.activeDeadlineSeconds",
            Value::Null,
            "must not update from a positive integer to nil value",
        )),
        _ => {}
    }
    let kept = |one: &Toleration| {
        new.tolerations.iter().any(|other| {
            Toleration {
                toleration_seconds: one.toleration_seconds,
                ..other.clone()
            } == *one
        })
    };
    if !old.tolerations.iter().all(kept) {
        wrong.push(FieldError::forbidden(
            "spec.tolerations",
            "existing toleration can not be modified except its tolerationSeconds",
        ));
    }
    let mut munged: PodSpec = (**new).clone();
    for (one, was) in munged.containers.iter_mut().zip(&old.containers) {
        one.image = was.image.clone();
    }
    for (one, was) in munged.init_containers.iter_mut().zip(&old.init_containers) {
        one.image = was.image.clone();
    }
    munged.active_deadline_seconds = old.active_deadline_seconds;
    munged.tolerations = old.tolerations.clone();
    if old.termination_grace_period_seconds < Some(0)
        && munged.termination_grace_period_seconds == Some(1)
    {
        munged.termination_grace_period_seconds = old.termination_grace_period_seconds;
    }
    if munged != **old {
        wrong.push(FieldError::forbidden(
            "spec",
            format!("{MAY_CHANGE}\n{}", difference(before, &munged)),
        ));
    }
}

const MAY_CHANGE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// What differs, a field a line.
fn difference(before: &Pod, spec: &PodSpec) -> String {
    let changed = Pod {
        spec: spec.clone().into(),
        ..before.clone()
    };
    let differs = changes(Some(&before.clone().into()), Some(&changed.into()));
    let lines: Vec<String> = differs
        .iter()
        .flat_map(|one| {
            [
                format!("- {}: {}", one.path, one.before),
                format!("+ {}: {}", one.path, one.after),
            ]
        })
        .collect();
    lines.join("\n")
}
