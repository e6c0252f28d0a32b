//! What Kubernetes prints though it is empty: Go's `omitempty` leaves out no struct and no time, and some
//! fields do not have it (`staging/src/k8s.io/api`, the `types.go` of each group).

use serde_json::{Map, Value, json};

use super::Resource;

type Fields = Map<String, Value>;

/// Adds to an object's fields what its Go type would print.
pub(super) fn complete(resource: Resource, fields: &mut Fields) {
    match resource {
        Resource::Pods => {
            pod_spec(inner(fields, "spec"));
            pod_status(inner(fields, "status"));
        }
        Resource::Services => {
            inner(inner(fields, "status"), "loadBalancer");
        }
        Resource::Nodes => {
            let status = inner(fields, "status");
            let endpoints = inner(status, "daemonEndpoints");
            let kubelet = inner(endpoints, "kubeletEndpoint");
            // `ports.KubeletPort` in `pkg/cluster/ports/ports.go`.
            default(kubelet, "Port", json!(10250));
        }
        Resource::Deployments => {
            inner(fields, "status");
            let spec = inner(fields, "spec");
            inner(spec, "strategy");
            template(spec);
        }
        Resource::ReplicaSets | Resource::ReplicationControllers => {
            default(inner(fields, "status"), "replicas", json!(0));
            let spec = inner(fields, "spec");
            if spec.contains_key("template") {
                template(spec);
            }
        }
        Resource::Namespaces => {
            inner(fields, "spec");
            inner(fields, "status");
        }
        Resource::ResourceQuotas => {
            inner(fields, "spec");
            inner(fields, "status");
        }
        Resource::EndpointSlices => {
            for key in ["endpoints", "ports"] {
                default(fields, key, Value::Null);
            }
        }
        Resource::Events => {
            inner(fields, "source");
            for key in ["eventTime", "firstTimestamp", "lastTimestamp"] {
                default(fields, key, Value::Null);
            }
            for key in ["reportingComponent", "reportingInstance"] {
                default(fields, key, json!(""));
            }
        }
        _ => {}
    }
}

fn template(spec: &mut Fields) {
    let template = inner(spec, "template");
    inner(template, "metadata");
    pod_spec(inner(template, "spec"));
}

fn pod_spec(spec: &mut Fields) {
    for list in ["initContainers", "containers"] {
        for container in items(spec, list) {
            inner(container, "resources");
        }
    }
}

fn pod_status(status: &mut Fields) {
    for list in ["initContainerStatuses", "containerStatuses"] {
        for container in items(status, list) {
            inner(container, "state");
            inner(container, "lastState");
            default(container, "imageID", json!(""));
        }
    }
    for condition in items(status, "conditions") {
        default(condition, "lastProbeTime", Value::Null);
    }
}

fn default(fields: &mut Fields, key: &str, value: Value) {
    if !fields.contains_key(key) {
        fields.insert(key.to_owned(), value);
    }
}

/// The struct under this name, empty if it was left out.
fn inner<'a>(fields: &'a mut Fields, key: &str) -> &'a mut Fields {
    let value = fields
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(inner) => inner,
        _ => unreachable!("it was made an object"),
    }
}

fn items<'a>(fields: &'a mut Fields, key: &str) -> impl Iterator<Item = &'a mut Fields> {
    let list = fields.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::api::Object;

    fn served(resource: Resource, json: Value) -> Value {
        Object::from_json(resource, json).unwrap().to_json()
    }

    #[test]
    fn structs_are_printed_though_they_are_empty() {
        let pod = served(
            Resource::Pods,
            json!({
                "metadata": {"name": "a"},
                "spec": {"containers": [{"name": "c"}]},
                "status": {
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}],
                },
            }),
        );
        assert_eq!(pod["spec"]["containers"][0]["resources"], json!({}));
        let status = &pod["status"];
        assert_eq!(status["containerStatuses"][0]["lastState"], json!({}));
        assert_eq!(status["containerStatuses"][0]["imageID"], "");
        let condition = status["conditions"][0].as_object().unwrap();
        assert_eq!(condition.get("lastProbeTime"), Some(&Value::Null));
        let service = served(Resource::Services, json!({"metadata": {"name": "a"}}));
        assert_eq!(service["status"], json!({"loadBalancer": {}}));
        let deployment = served(Resource::Deployments, json!({"metadata": {"name": "a"}}));
        assert_eq!(deployment["status"], json!({}));
        assert_eq!(deployment["spec"]["strategy"], json!({}));
        let set = served(Resource::ReplicaSets, json!({"metadata": {"name": "a"}}));
        assert_eq!(set["status"], json!({"replicas": 0}));
    }
}
