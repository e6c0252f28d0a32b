use serde_json::{Value, json};

use crate::cluster::{
    api::{Object, Resource},
    apiserver::tests::{Bench, pod},
    machinery::Patch,
};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

fn with(mut manifest: Value, path: &str, value: Value) -> Value {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    manifest.pointer_mut(parent).expect("a parent")[name] = value;
    manifest
}

/// Facts of `pkg/apis/core/validation/validation_test.go`: what is wrong with a Pod, and how it is said.
/// C17
#[test]
fn validation_of_pods() {
    let one = |path: &str, value: Value| with(pod("p"), path, value);
    let ports = "/spec/containers/0/ports";
    let table = [
        (
            one("/metadata/name", json!("P")),
            format!("Pod \"P\" is invalid: metadata.name: Invalid value: \"P\": {SUBDOMAIN}"),
        ),
        (
            one("/spec/containers", json!([])),
            "Pod \"p\" is invalid: spec.containers: Required value".to_owned(),
        ),
        (
            one("/spec/containers/0/image", json!("")),
            "Pod \"p\" is invalid: spec.containers[0].image: Required value".to_owned(),
        ),
        (
            one("/spec/containers", json!([{"name": "c", "image": "a"}, {"name": "c", "image": "b"}])),
            "Pod \"p\" is invalid: spec.containers[1].name: Duplicate value: \"c\"".to_owned(),
        ),
        (
            one(ports, json!([{"containerPort": 70000}])),
            "Pod \"p\" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive".to_owned(),
        ),
        (
            one(ports, json!([{"containerPort": 80, "protocol": "HTTP"}])),
            "Pod \"p\" is invalid: spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"".to_owned(),
        ),
        (
            one("/spec/restartPolicy", json!("Sometimes")),
            "Pod \"p\" is invalid: spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"".to_owned(),
        ),
        (
            one("/spec/containers/0/imagePullPolicy", json!("Maybe")),
            "Pod \"p\" is invalid: spec.containers[0].imagePullPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"".to_owned(),
        ),
        (
            one("/spec/containers/0/volumeMounts", json!([{"name": "v", "mountPath": "/v"}])),
            "Pod \"p\" is invalid: spec.containers[0].volumeMounts[0].name: Not found: \"v\"".to_owned(),
        ),
        (
            one("/spec/containers/0/resources", json!({"requests": {"cpu": "2"}, "limits": {"cpu": "1"}})),
            "Pod \"p\" is invalid: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1".to_owned(),
        ),
        (
            one("/spec/containers/0/livenessProbe", json!({"periodSeconds": 5})),
            "Pod \"p\" is invalid: spec.containers[0].livenessProbe: Required value: must specify a handler type".to_owned(),
        ),
        (
            one("/spec/containers/0/livenessProbe", json!({"tcpSocket": {"port": 80}, "successThreshold": 2})),
            "Pod \"p\" is invalid: spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1".to_owned(),
        ),
        (
            one("/spec/tolerations", json!([{"key": "k", "operator": "Exists", "effect": "Never"}])),
            "Pod \"p\" is invalid: spec.tolerations[0].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"".to_owned(),
        ),
    ];
    for (manifest, expected) in table {
        assert_eq!(Bench::new().refusal(Resource::Pods, manifest), expected);
    }
}

/// A word nobody knows hides nothing else that is wrong.
/// C17
#[test]
fn an_unknown_word_is_told_with_the_rest() {
    let pod = with(
        with(pod("p"), "/spec/restartPolicy", json!("Sometimes")),
        "/spec/containers/0/name",
        json!("A"),
    );
    let told = Bench::new().refusal(Resource::Pods, pod);
    for part in [
        "spec.containers[0].name: Invalid value: \"A\": ",
        "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let set = with(
        workload(json!(1), json!({"matchLabels": {"app": "web"}})),
        "/spec/template/spec/restartPolicy",
        json!("Sometimes"),
    );
    let path =
        "spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\": supported values:";
    assert_eq!(
        Bench::new().refusal(Resource::ReplicaSets, set),
        format!(
            "ReplicaSet.apps \"web\" is invalid: [{path} \"Always\", \"OnFailure\", \"Never\", {path} \"Always\"]"
        )
    );
}

fn workload(replicas: Value, selector: Value) -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": selector,
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]}
            }
        }
    })
}

/// `pkg/apis/core/validation` and `pkg/apis/apps/validation`, their tests.
/// C17
#[test]
fn validation_of_workloads() {
    let labels = |app: &str| json!({"matchLabels": {"app": app}});
    let table = [
        (
            Resource::ReplicationControllers,
            workload(json!(1), json!({"app": "x"})),
            "ReplicationController \"web\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`",
        ),
        (
            Resource::ReplicationControllers,
            workload(json!(-1), json!({"app": "web"})),
            "ReplicationController \"web\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            Resource::Deployments,
            workload(json!(-1), labels("x")),
            "Deployment.apps \"web\" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`]",
        ),
        (
            Resource::Deployments,
            workload(json!(1), Value::Null),
            "Deployment.apps \"web\" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`]",
        ),
        (
            Resource::Deployments,
            with(
                workload(json!(1), labels("web")),
                "/spec/strategy",
                json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
            ),
            "Deployment.apps \"web\" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        (
            Resource::Deployments,
            with(
                workload(json!(1), labels("web")),
                "/spec/strategy",
                json!({"rollingUpdate": {"maxUnavailable": "150%"}}),
            ),
            "Deployment.apps \"web\" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"150%\": must not be greater than 100%",
        ),
        (
            Resource::ReplicaSets,
            with(
                workload(json!(1), labels("web")),
                "/spec/template/spec/restartPolicy",
                json!("Never"),
            ),
            "ReplicaSet.apps \"web\" is invalid: spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        ),
    ];
    for (resource, manifest, expected) in table {
        assert_eq!(Bench::new().refusal(resource, manifest), expected);
    }
}

/// `ValidateDeploymentUpdate`, `ValidatePodUpdate`.
/// C17
#[test]
fn validation_of_changes() {
    let mut bench = Bench::new();
    let selector = json!({"matchLabels": {"app": "web"}});
    bench.must_create(Resource::Deployments, workload(json!(1), selector));
    let patch = json!({"spec": {
        "selector": {"matchLabels": {"tier": "b"}},
        "template": {"metadata": {"labels": {"tier": "b"}}}
    }});
    let status = bench
        .patch(Resource::Deployments, "web", Patch::Merge(patch))
        .expect_err("refused");
    assert_eq!(
        status.message,
        "Deployment.apps \"web\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"web\",\"tier\":\"b\"}}: field is immutable"
    );
    assert_eq!(status.details.causes.len(), 1);
    bench.must_create(Resource::Pods, pod("p"));
    let image = json!({"spec": {"containers": [{"name": "c", "image": "nginx:1.28"}]}});
    let after = bench
        .patch(Resource::Pods, "p", Patch::Strategic(image))
        .expect("images may change");
    assert_eq!(after.metadata().generation, 2);
    let name = json!({"spec": {"nodeName": "node-7"}});
    let status = bench
        .patch(Resource::Pods, "p", Patch::Strategic(name))
        .expect_err("refused");
    assert!(status.message.starts_with(
        "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    ));
    let Some(Object::Pod(stored)) = bench.get(Resource::Pods, "p") else {
        unreachable!()
    };
    assert!(stored.spec.node_name.is_empty());
}
