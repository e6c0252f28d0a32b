//! NodeRestriction (`plugin/pkg/admission/noderestriction/admission.go`): a kubelet may change its own
//! Node and the Pods bound to it, nothing else.

use crate::cluster::{
    api::{Object, Resource, Status},
    machinery::Request,
};

fn node_of(request: &Request) -> Option<&str> {
    let groups = &request.user.groups;
    if !groups.iter().any(|group| &**group == "system:nodes") {
        return None;
    }
    request.user.name.strip_prefix("system:node:")
}

/// What a kubelet creates or changes.
pub(super) fn check(
    object: &Object,
    before: Option<&Object>,
    request: &Request,
) -> Result<(), Status> {
    let Some(me) = node_of(request) else {
        return Ok(());
    };
    let name = &object.metadata().name;
    let refuse = |why: String| Err(Status::forbidden(object.resource(), name, why));
    match object {
        Object::Node(node) => {
            if **name != *me {
                return refuse(format!(
                    "node \"{me}\" is not allowed to modify node \"{name}\""
                ));
            }
            if let Some(Object::Node(old)) = before
                && old.spec.taints != node.spec.taints
            {
                return refuse(format!("node \"{me}\" is not allowed to modify taints"));
            }
            Ok(())
        }
        Object::Pod(pod) => {
            if let Some(Object::Pod(old)) = before {
                if *old.spec.node_name != *me {
                    return refuse(format!(
                        "node \"{me}\" can only update pod status for pods with spec.nodeName set to itself"
                    ));
                }
                return Ok(());
            }
            let mirror = pod.metadata.annotations.get("kubernetes.io/config.mirror");
            if mirror.is_none() {
                return refuse(format!(
                    "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"{me}\" can only create mirror pods"
                ));
            }
            if *pod.spec.node_name != *me {
                return refuse(format!(
                    "node \"{me}\" can only create pods with spec.nodeName set to itself"
                ));
            }
            Ok(())
        }
        Object::Lease(lease) => {
            if &*lease.metadata.namespace != "kube-node-lease" {
                return refuse(
                    "can only access leases in the \"kube-node-lease\" system namespace".to_owned(),
                );
            }
            if **name != *me {
                return refuse(
                    "can only access node lease with the same name as the requesting node"
                        .to_owned(),
                );
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What a kubelet deletes.
pub(super) fn check_deletion(object: &Object, request: &Request) -> Result<(), Status> {
    let Some(me) = node_of(request) else {
        return Ok(());
    };
    match object {
        Object::Pod(pod) if *pod.spec.node_name != *me => Err(Status::forbidden(
            Resource::Pods,
            &pod.metadata.name,
            format!("node \"{me}\" can only delete pods with spec.nodeName set to itself"),
        )),
        Object::Node(node) if *node.metadata.name != *me => Err(Status::forbidden(
            Resource::Nodes,
            &node.metadata.name,
            format!(
                "node \"{me}\" is not allowed to modify node \"{}\"",
                node.metadata.name
            ),
        )),
        _ => Ok(()),
    }
}
