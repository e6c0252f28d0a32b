use crate::cluster::{
    Timestamp,
    api::{ObjectMeta, RoleRef, Subject},
    kubectl::age,
};

pub(super) const COLUMNS: [&str; 6] = ["NAME", "ROLE", "AGE", "USERS", "GROUPS", "SERVICEACCOUNTS"];

/// A RoleBinding's or ClusterRoleBinding's row.
pub(super) fn cells(
    meta: &ObjectMeta,
    role: &RoleRef,
    subjects: &[Subject],
    now: Timestamp,
) -> Vec<String> {
    let of_kind = |kind: &str| {
        let found = subjects.iter().filter(|subject| &*subject.kind == kind);
        let names: Vec<String> = found
            .map(|subject| match &*subject.namespace {
                "" => subject.name.to_string(),
                namespace => format!("{namespace}/{}", subject.name),
            })
            .collect();
        names.join(", ")
    };
    vec![
        meta.name.to_string(),
        format!("{}/{}", role.kind, role.name),
        age::since(meta.creation_timestamp, now),
        of_kind("User"),
        of_kind("Group"),
        of_kind("ServiceAccount"),
    ]
}
