//! What a Deployment writes into the annotations of its ReplicaSets
//! (`pkg/controller/deployment/util/deployment_util.go`).

use std::{cmp::Ordering, rc::Rc};

use super::arithmetic::{max_total, replicas};
use crate::cluster::api::{Deployment, ReplicaSet};

pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
pub(super) const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";

/// Annotations of a Deployment its ReplicaSets do not get.
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    "deprecated.deployment.rollback.to",
];

/// How long the list of past revisions may get.
const HISTORY_LIMIT: usize = 2000;

/// A number that is no less than 0, of an annotation.
pub(super) fn number(set: &ReplicaSet, annotation: &str) -> Option<i32> {
    let text = set.metadata.annotations.get(annotation)?;
    let number: u32 = text.parse().ok()?;
    i32::try_from(number).ok()
}

/// How many replicas the Deployment wanted when it last sized the set.
pub(super) fn desired(set: &ReplicaSet) -> Option<i32> {
    number(set, DESIRED_REPLICAS)
}

/// None if the annotation is no number.
fn revision(set: &ReplicaSet) -> Option<i64> {
    match set.metadata.annotations.get(REVISION) {
        None => Some(0),
        Some(text) => text.parse().ok(),
    }
}

pub(super) fn max_revision(sets: &[Rc<ReplicaSet>]) -> i64 {
    let revisions = sets.iter().filter_map(|set| revision(set));
    revisions.max().unwrap_or(0).max(0)
}

/// Older ones first.
pub(super) fn by_creation(one: &Rc<ReplicaSet>, other: &Rc<ReplicaSet>) -> Ordering {
    let (one, other) = (&one.metadata, &other.metadata);
    let created = one.creation_timestamp.cmp(&other.creation_timestamp);
    created.then_with(|| one.name.cmp(&other.name))
}

/// Earlier revisions first.
pub(super) fn by_revision(one: &Rc<ReplicaSet>, other: &Rc<ReplicaSet>) -> Ordering {
    match (revision(one), revision(other)) {
        (Some(first), Some(second)) if first != second => first.cmp(&second),
        _ => by_creation(one, other),
    }
}

/// Notes down how many Pods the Deployment wants and allows; true if that changed something.
pub(super) fn note_replicas(set: &mut ReplicaSet, deployment: &Deployment) -> bool {
    let annotations = &mut set.metadata.annotations;
    let desired = annotations.set(DESIRED_REPLICAS, replicas(deployment).to_string());
    annotations.set(MAX_REPLICAS, max_total(deployment).to_string()) || desired
}

/// Gives the new ReplicaSet the Deployment's annotations and a revision after all others; true if that
/// changed something (SetNewReplicaSetAnnotations).
pub(super) fn annotate_new(
    set: &mut ReplicaSet,
    deployment: &Deployment,
    new_revision: i64,
    exists: bool,
) -> bool {
    let mut changed = false;
    for (key, value) in deployment.metadata.annotations.iter() {
        if !NOT_COPIED.contains(&&**key) {
            changed |= set.metadata.annotations.set(key.clone(), value.clone());
        }
    }
    let annotations = &mut set.metadata.annotations;
    let before = annotations.get(REVISION).map(str::to_owned);
    let known = match before.as_deref() {
        None | Some("") => 0,
        Some(text) => match text.parse::<i64>() {
            Ok(known) => known,
            Err(_) => return false,
        },
    };
    if known < new_revision {
        changed |= annotations.set(REVISION, new_revision.to_string());
        // It was new once before: what it was then is kept.
        if let Some(before) = before {
            let history = annotations.get(REVISION_HISTORY).unwrap_or("").to_owned();
            if let Some(history) = extended(&history, &before) {
                annotations.set(REVISION_HISTORY, history);
            }
        }
    }
    (!exists && note_replicas(set, deployment)) || changed
}

/// A list of revisions with one more; the oldest go if it gets too long.
fn extended(history: &str, revision: &str) -> Option<String> {
    if history.is_empty() {
        return Some(revision.to_owned());
    }
    let mut whole = format!("{history},{revision}");
    while whole.len() > HISTORY_LIMIT {
        whole = whole.split_once(',')?.1.to_owned();
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(revision: &str) -> ReplicaSet {
        let mut set = ReplicaSet::default();
        if !revision.is_empty() {
            set.metadata.annotations.set(REVISION, revision);
        }
        set
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestMaxRevision.
    #[test]
    fn revision_of_the_newest_set_counts() {
        let sets = ["3", "", "x", "12"].map(|revision| Rc::new(set(revision)));
        assert_eq!(max_revision(&sets), 12);
        assert_eq!(max_revision(&[]), 0);
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, TestAnnotationUtils.
    #[test]
    fn revision_moves_up_and_leaves_its_history() {
        let mut deployment = Deployment::default();
        deployment.spec.replicas = Some(3);
        let annotations = &mut deployment.metadata.annotations;
        annotations.set("kubernetes.io/change-cause", "a new image");
        annotations.set("kubectl.kubernetes.io/last-applied-configuration", "{}");
        let mut new = set("");
        assert!(annotate_new(&mut new, &deployment, 1, false));
        let get = |set: &ReplicaSet, key| set.metadata.annotations.get(key).map(str::to_owned);
        assert_eq!(get(&new, REVISION).as_deref(), Some("1"));
        assert_eq!(get(&new, DESIRED_REPLICAS).as_deref(), Some("3"));
        assert_eq!(get(&new, MAX_REPLICAS).as_deref(), Some("3"));
        assert_eq!(
            get(&new, "kubernetes.io/change-cause").as_deref(),
            Some("a new image")
        );
        assert_eq!(get(&new, NOT_COPIED[0]), None);
        assert_eq!(get(&new, REVISION_HISTORY), None);
        assert!(
            !annotate_new(&mut new, &deployment, 1, true),
            "nothing is new"
        );
        assert!(annotate_new(&mut new, &deployment, 3, true));
        assert!(annotate_new(&mut new, &deployment, 5, true));
        assert_eq!(get(&new, REVISION).as_deref(), Some("5"));
        assert_eq!(get(&new, REVISION_HISTORY).as_deref(), Some("1,3"));
        assert!(
            !annotate_new(&mut new, &deployment, 4, true),
            "it never goes back"
        );
    }

    /// `pkg/controller/deployment/util/deployment_util_test.go`, the cases of the history's limit.
    #[test]
    fn revision_history_drops_its_oldest() {
        let long = vec!["1234"; 399].join(",");
        let longer = extended(&long, "5678").unwrap();
        assert!(longer.len() <= HISTORY_LIMIT && longer.ends_with(",5678"));
    }
}
