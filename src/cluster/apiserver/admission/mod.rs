//! Admission: the plugins that are on by default (of those the model has), and NodeRestriction, which
//! kubeadm turns on, in upstream's order (`pkg/kubeapiserver/options/plugins.go`). Each may change an
//! object, then each may refuse it.

mod limit_ranger;
mod node_restriction;
mod pods;
pub(super) mod quota;

use std::rc::Rc;

use crate::cluster::{
    api::{Key, Object, ObjectMeta, Resource, Status, StatusCause, Str, Taint, TaintEffect},
    etcd::Etcd,
    machinery::{Request, Turn},
};

/// What the plugins did, in a sentence; None: nothing.
type Noted = Option<String>;

/// The mutating plugins, for what is to be created.
pub(super) fn mutate_new(
    object: &mut Object,
    etcd: &Etcd,
    turn: &mut Turn<'_>,
) -> Result<Noted, Status> {
    namespace_lifecycle(object, etcd)?;
    let mut noted = Vec::new();
    match object {
        Object::Pod(_) => {
            limit_ranger::apply_defaults(object, etcd, &mut noted);
            pods::service_account(object, etcd, turn, &mut noted)?;
            pods::priority(object, etcd, &mut noted)?;
            pods::default_tolerations(object, &mut noted);
            limit_ranger::apply_defaults(object, etcd, &mut Vec::new());
        }
        Object::Node(node) => {
            const NOT_READY: &str = "node.kubernetes.io/not-ready";
            let has =
                |taint: &Taint| &*taint.key == NOT_READY && taint.effect == TaintEffect::NoSchedule;
            if !node.spec.taints.iter().any(has) {
                Rc::make_mut(node).spec.taints.push(Taint {
                    key: NOT_READY.into(),
                    effect: TaintEffect::NoSchedule,
                    ..Taint::default()
                });
                noted.push("TaintNodesByCondition taints the new node as not ready");
            }
        }
        _ => {}
    }
    Ok(sentence(&noted))
}

/// The validating plugins, for what is to be created. ResourceQuota, the last of them, charges when the
/// object is written; here it only looks.
pub(super) fn validate_new(
    object: &Object,
    request: &Request,
    etcd: &Etcd,
) -> Result<Noted, Status> {
    node_restriction::check(object, None, request)?;
    limit_ranger::validate(object, etcd)?;
    let charged = quota::charge(object, etcd)?;
    Ok((!charged.is_empty()).then(|| "ResourceQuota has room for it.".to_owned()))
}

/// The validating plugins, for a change.
pub(super) fn validate_changed(
    before: &Object,
    after: &Object,
    request: &Request,
    etcd: &Etcd,
) -> Result<Noted, Status> {
    node_restriction::check(after, Some(before), request)?;
    quota::recharge(before, after, etcd)?;
    Ok(None)
}

/// The plugins that look at a deletion.
pub(super) fn deleted(object: &Object, request: &Request) -> Result<(), Status> {
    // (`apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go`)
    if let Object::Namespace(namespace) = object
        && matches!(
            &*namespace.metadata.name,
            "default" | "kube-system" | "kube-public"
        )
    {
        return Err(Status::forbidden(
            Resource::Namespaces,
            &namespace.metadata.name,
            "this namespace may not be deleted",
        ));
    }
    node_restriction::check_deletion(object, request)
}

/// The name a refusal gives: before one is made up, what it will be made from
/// (`apiserver/pkg/admission/errors.go`).
fn shown_name(meta: &ObjectMeta) -> &Str {
    if meta.name.is_empty() {
        &meta.generate_name
    } else {
        &meta.name
    }
}

fn sentence(noted: &[&str]) -> Noted {
    (!noted.is_empty()).then(|| format!("{}.", noted.join("; ")))
}

/// NamespaceLifecycle: nothing is created in a namespace that is not there or is ending.
fn namespace_lifecycle(object: &Object, etcd: &Etcd) -> Result<(), Status> {
    let resource = object.resource();
    if !resource.is_namespaced() {
        return Ok(());
    }
    let meta = object.metadata();
    let key = Key::new("", meta.namespace.clone());
    let Some(stored) = etcd.get(Resource::Namespaces, &key) else {
        return Err(Status::not_found(Resource::Namespaces, &meta.namespace));
    };
    if !stored.value.metadata().is_deleting() {
        return Ok(());
    }
    let mut status = Status::forbidden(
        resource,
        shown_name(meta),
        format!(
            "unable to create new content in namespace {} because it is being terminated",
            meta.namespace
        ),
    );
    status.details.causes.push(StatusCause {
        reason: "NamespaceTerminating".to_owned(),
        message: format!("namespace {} is being terminated", meta.namespace),
        field: "metadata.namespace".to_owned(),
    });
    Err(status)
}
