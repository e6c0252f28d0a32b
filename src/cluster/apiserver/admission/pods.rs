//! The plugins that complete Pods: ServiceAccount, Priority, DefaultTolerationSeconds.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::cluster::{
    api::{
        Container, Key, List, Object, Pod, PodSpec, Resource, ServiceAccount, Status, Str,
        TaintEffect, Toleration, Volume, VolumeMount, word,
    },
    etcd::Etcd,
    machinery::Turn,
};

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn pod_in(object: &mut Object) -> Option<&mut Pod> {
    match object {
        Object::Pod(pod) => Some(Rc::make_mut(pod)),
        _ => None,
    }
}

/// ServiceAccount (`plugin/pkg/admission/serviceaccount/admission.go`): a Pod without an account gets
/// `default`, and every container a mount of its token.
pub(super) fn service_account(
    object: &mut Object,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
    noted: &mut Vec<&str>,
) -> Result<(), Status> {
    let Some(pod) = pod_in(object) else {
        return Ok(());
    };
    let namespace = pod.metadata.namespace.clone();
    let name = super::shown_name(&pod.metadata).clone();
    let spec = Rc::make_mut(&mut pod.spec);
    if spec.service_account_name.is_empty() {
        spec.service_account_name = Str::word("default");
        spec.service_account = spec.service_account_name.clone();
    }
    let account_name = &spec.service_account_name;
    let key = Key::new(namespace.clone(), account_name.clone());
    let account = etcd.get(Resource::ServiceAccounts, &key);
    let Some(Object::ServiceAccount(account)) = account.map(|stored| &stored.value) else {
        let why = format!(
            "error looking up service account {namespace}/{account_name}: serviceaccount \"{account_name}\" not found"
        );
        return Err(Status::forbidden(Resource::Pods, &name, why));
    };
    if mounts_token(spec, account) {
        mount_token(spec, turn);
        noted.push("ServiceAccount mounts the account's token");
    }
    Ok(())
}

fn mounts_token(spec: &PodSpec, account: &ServiceAccount) -> bool {
    spec.automount_service_account_token
        .or(account.automount_service_account_token)
        .unwrap_or(true)
}

fn mount_token(spec: &mut PodSpec, turn: &mut Turn<'_>) {
    let lacks = |container: &Container| {
        let mut mounts = container.volume_mounts.iter();
        !mounts.any(|mount| &*mount.mount_path == TOKEN_PATH)
    };
    let mut containers = spec.init_containers.iter().chain(&spec.containers);
    if !containers.any(lacks) {
        return;
    }
    let volume: Str = format!("kube-api-access-{}", turn.random().suffix()).into();
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        if lacks(container) {
            container.volume_mounts.push(VolumeMount {
                name: volume.clone(),
                read_only: true,
                mount_path: token_path(),
                ..VolumeMount::default()
            });
        }
    }
    spec.volumes.push(Volume {
        name: volume,
        projected: Some(token_source()),
        ..Volume::default()
    });
}

fn token_path() -> Str {
    word!(TOKEN_PATH)
}

fn token_source() -> Rc<Value> {
    thread_local! {
        static SOURCE: Rc<Value> = Rc::new(json!({
                "defaultMode": 420,
                "sources": [
                    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                    {"configMap": {
                        "name": "kube-root-ca.crt",
                        "items": [{"key": "ca.crt", "path": "ca.crt"}]
                    }},
                    {"downwardAPI": {"items": [{
                        "path": "namespace",
                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
                    }]}}
                ]
            }));
    }
    SOURCE.with(Rc::clone)
}

/// Priority (`plugin/pkg/admission/priority/admission.go`).
pub(super) fn priority(
    object: &mut Object,
    etcd: &Etcd,
    noted: &mut Vec<&str>,
) -> Result<(), Status> {
    let Some(pod) = pod_in(object) else {
        return Ok(());
    };
    let name = super::shown_name(&pod.metadata).clone();
    let spec = Rc::make_mut(&mut pod.spec);
    let class = if spec.priority_class_name.is_empty() {
        etcd.all(Resource::PriorityClasses)
            .filter_map(|stored| match &stored.value {
                Object::PriorityClass(class) if class.global_default => Some(class),
                _ => None,
            })
            .min_by(|one, other| {
                (one.value, &one.metadata.name).cmp(&(other.value, &other.metadata.name))
            })
    } else {
        let key = Key::new("", spec.priority_class_name.clone());
        match etcd
            .get(Resource::PriorityClasses, &key)
            .map(|stored| &stored.value)
        {
            Some(Object::PriorityClass(class)) => Some(class),
            _ => {
                let why = format!(
                    "no PriorityClass with name {} was found",
                    spec.priority_class_name
                );
                return Err(Status::forbidden(Resource::Pods, &name, why));
            }
        }
    };
    let value = class.map_or(0, |class| class.value);
    if spec.priority.is_some_and(|asked| asked != value) {
        let why = format!(
            "the integer value of priority ({}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name",
            spec.priority.unwrap_or_default()
        );
        return Err(Status::forbidden(Resource::Pods, &name, why));
    }
    spec.priority = Some(value);
    let policy = class.and_then(|class| class.preemption_policy.clone());
    spec.preemption_policy = policy.unwrap_or_else(|| Str::word("PreemptLowerPriority"));
    if let Some(class) = class {
        spec.priority_class_name = class.metadata.name.clone();
        noted.push("Priority sets the priority of the Pod's class");
    }
    Ok(())
}

/// DefaultTolerationSeconds (`plugin/pkg/admission/defaulttolerationseconds/admission.go`): a Pod puts up
/// with a node that is not ready or unreachable for 300 seconds.
pub(super) fn default_tolerations(object: &mut Object, noted: &mut Vec<&str>) {
    let Some(pod) = pod_in(object) else {
        return;
    };
    let spec = Rc::make_mut(&mut pod.spec);
    // Most Pods say nothing, and share what they get.
    if spec.tolerations.is_empty() {
        spec.tolerations = DEFAULT_TOLERATIONS.with(List::clone);
        noted.push(TOLERATES);
        return;
    }
    for key in DRIVEN_AWAY {
        let tolerated = spec.tolerations.iter().any(|one| {
            (one.key.is_empty() || &*one.key == key)
                && one
                    .effect
                    .is_none_or(|effect| effect == TaintEffect::NoExecute)
        });
        if !tolerated {
            spec.tolerations.push(for_a_while(key));
            if noted.last() != Some(&TOLERATES) {
                noted.push(TOLERATES);
            }
        }
    }
}

const DRIVEN_AWAY: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

thread_local! {
    static DEFAULT_TOLERATIONS: List<Toleration> = DRIVEN_AWAY.map(for_a_while).into_iter().collect();
}

fn for_a_while(key: &'static str) -> Toleration {
    Toleration {
        key: Str::word(key),
        operator: Str::word("Exists"),
        effect: Some(TaintEffect::NoExecute),
        toleration_seconds: Some(300),
        ..Toleration::default()
    }
}

const TOLERATES: &str =
    "DefaultTolerationSeconds lets it stay 300 s on a node that is not ready or unreachable";
