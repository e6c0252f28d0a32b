use super::{Object, Pod, Quantity, ResourceList};

/// What an object uses, in a quota's words.
pub(crate) fn usage(object: &Object) -> ResourceList {
    let mut used = ResourceList::default();
    let one = Quantity::whole(1);
    let resource = object.resource();
    match object {
        Object::Pod(pod) => return pod_usage(pod),
        Object::Service(service) => {
            used.insert("services".into(), one);
            let ports = Quantity::whole(i64::try_from(service.spec.ports.len()).unwrap_or(0));
            match &*service.spec.kind {
                "NodePort" => {
                    used.insert("services.nodeports".into(), ports);
                }
                "LoadBalancer" => {
                    used.insert("services.nodeports".into(), ports);
                    used.insert("services.loadbalancers".into(), one);
                }
                _ => {}
            }
        }
        Object::ReplicationController(_)
        | Object::Secret(_)
        | Object::ConfigMap(_)
        | Object::ResourceQuota(_) => {
            used.insert(resource.plural().into(), one);
        }
        _ => {}
    }
    used.insert(format!("count/{}", resource.qualified()).into(), one);
    used
}

/// A finished Pod counts only as an object (`pkg/quota/v1/evaluator/core/pods.go`).
fn pod_usage(pod: &Pod) -> ResourceList {
    let mut used = ResourceList::default();
    used.insert("count/pods".into(), Quantity::whole(1));
    if pod.status.phase.is_finished() {
        return used;
    }
    used.insert("pods".into(), Quantity::whole(1));
    let mut add = |name: String, amount: Quantity| {
        let total = used.entry(name.into()).or_insert(Quantity::ZERO);
        *total = total.plus(amount);
    };
    for container in &pod.spec.containers {
        for (name, amount) in &container.resources.requests {
            add(format!("requests.{name}"), *amount);
            if matches!(&**name, "cpu" | "memory" | "ephemeral-storage") {
                add(name.to_string(), *amount);
            }
        }
        for (name, amount) in &container.resources.limits {
            add(format!("limits.{name}"), *amount);
        }
    }
    used
}
