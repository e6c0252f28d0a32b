//! The roles and bindings every cluster begins with.

use std::rc::Rc;

use crate::cluster::api::{
    ClusterRole, ClusterRoleBinding, Labels, Object, ObjectMeta, PolicyRule, Role, RoleBinding,
    RoleRef, Str, Subject,
};

const POLICY: &str = include_str!("policy.txt");

/// A role's or binding's name with its lines.
struct Block {
    head: Vec<&'static str>,
    lines: Vec<&'static str>,
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in POLICY.lines().filter(|line| !line.starts_with('#')) {
        match (line.strip_prefix("  "), blocks.last_mut()) {
            (Some(line), Some(block)) => block.lines.push(line),
            _ => blocks.push(Block {
                head: line.split(' ').collect(),
                lines: Vec::new(),
            }),
        }
    }
    blocks
}

fn words(list: &str) -> Vec<Str> {
    list.split(',')
        .map(|word| {
            if word == "core" {
                "".into()
            } else {
                word.into()
            }
        })
        .collect()
}

fn rule(line: &str) -> PolicyRule {
    let mut columns = line.split(' ').map(words);
    let mut next = || columns.next().unwrap_or_default();
    PolicyRule {
        verbs: next(),
        api_groups: next(),
        resources: next(),
        resource_names: next(),
        ..PolicyRule::default()
    }
}

fn subject(line: &str) -> Subject {
    let (kind, name) = line.split_once(' ').unwrap_or(("user", line));
    let rbac = "rbac.authorization.k8s.io";
    match (kind, name.split_once('/')) {
        ("account", Some((namespace, name))) => Subject {
            kind: "ServiceAccount".into(),
            name: name.into(),
            namespace: namespace.into(),
            ..Subject::default()
        },
        (kind, _) => Subject {
            kind: if kind == "group" { "Group" } else { "User" }.into(),
            api_group: rbac.into(),
            name: name.into(),
            ..Subject::default()
        },
    }
}

fn meta(name: &str) -> ObjectMeta {
    let (namespace, name) = name.split_once('/').unwrap_or(("", name));
    let kubeadm = name.starts_with("kubeadm:");
    ObjectMeta {
        name: name.into(),
        namespace: namespace.into(),
        labels: if kubeadm {
            Labels::default()
        } else {
            Labels::from_iter([("kubernetes.io/bootstrapping", "rbac-defaults")])
        },
        annotations: if kubeadm {
            Labels::default()
        } else {
            Labels::from_iter([("rbac.authorization.kubernetes.io/autoupdate", "true")])
        },
        ..ObjectMeta::default()
    }
}

/// All of them, as objects to create.
pub(in crate::cluster::apiserver) fn objects() -> Vec<Object> {
    blocks()
        .into_iter()
        .filter_map(|block| {
            let name = *block.head.get(1)?;
            let metadata = meta(name);
            let namespaced = !metadata.namespace.is_empty();
            let rules = || block.lines.iter().map(|line| rule(line)).collect();
            if let Some(role) = block.head.get(2) {
                let subjects = block.lines.iter().map(|line| subject(line)).collect();
                let (kind, role) = match role.split_once('/') {
                    Some((_, role)) => ("Role", role),
                    None => ("ClusterRole", *role),
                };
                let role_ref = RoleRef {
                    api_group: "rbac.authorization.k8s.io".into(),
                    kind: kind.into(),
                    name: role.into(),
                    ..RoleRef::default()
                };
                return Some(if namespaced {
                    Object::from(RoleBinding {
                        metadata,
                        subjects,
                        role_ref,
                        ..RoleBinding::default()
                    })
                } else {
                    Object::from(ClusterRoleBinding {
                        metadata,
                        subjects,
                        role_ref,
                        ..ClusterRoleBinding::default()
                    })
                });
            }
            Some(if namespaced {
                Object::from(Role {
                    metadata,
                    rules: rules(),
                    ..Role::default()
                })
            } else {
                Object::from(ClusterRole {
                    metadata,
                    rules: rules(),
                    ..ClusterRole::default()
                })
            })
        })
        .collect()
}

/// What the Node authorizer lets every kubelet do (`bootstrappolicy/policy.go`, NodeRules).
pub(super) fn node_rules() -> Rc<[PolicyRule]> {
    thread_local! {
        static RULES: Rc<[PolicyRule]> = {
            let node = blocks()
                .into_iter()
                .find(|block| block.head == ["role", "system:node"]);
            let lines = node.map(|block| block.lines).unwrap_or_default();
            lines.into_iter().map(rule).collect()
        };
    }
    RULES.with(Rc::clone)
}
