//! The kubelet and its runtime in a cluster without a scheduler: Pods are given to their node at once.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::cluster::{
    Cluster, ClusterConfig,
    api::{Kind, Object, Pod, PodPhase, Resource},
    machinery::{Request, User},
    trace::StepKind,
};

fn pod(name: &str, spec: serde_json::Value) -> Object {
    let mut spec = spec;
    spec["nodeName"] = json!("node-1");
    let json = json!({ "metadata": { "name": name, "namespace": "default" }, "spec": spec });
    Object::from_json(Resource::Pods, json).unwrap()
}

fn cluster() -> Cluster {
    Cluster::new(&ClusterConfig::with_nodes(2, 7))
}

fn create(cluster: &mut Cluster, name: &str, spec: serde_json::Value) {
    cluster.ask(Request::create(&User::admin(), pod(name, spec)));
}

fn run(cluster: &mut Cluster, seconds: u64) {
    let until = cluster.now() + Duration::from_secs(seconds);
    cluster.run_until(until);
}

fn found(cluster: &Cluster, name: &str) -> Option<Arc<Pod>> {
    let all = cluster.objects(Resource::Pods, "default");
    let mut all = all.iter().filter_map(Pod::of).cloned();
    all.find(|pod| &*pod.metadata.name == name)
}

/// The events told about a Pod, in order.
fn events(cluster: &Cluster, name: &str) -> Vec<String> {
    let steps = cluster.steps().iter();
    steps
        .filter(|step| step.kind == StepKind::Event && &*step.name == name)
        .map(|step| format!("{} {}: {}", step.verb, step.reason, step.message))
        .collect()
}

/// `pkg/kubelet/kubelet_pods.go` and `pkg/kubelet/status/generate.go`.
#[test]
fn pod_comes_up_with_its_conditions_in_order() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        "web",
        json!({ "containers": [{ "name": "c", "image": "nginx:1.27" }] }),
    );
    run(&mut cluster, 20);
    let pod = found(&cluster, "web").unwrap();
    assert_eq!(pod.status.phase, PodPhase::Running);
    assert_eq!(&*pod.status.pod_ip, "10.244.0.2");
    let kinds: Vec<&str> = pod.status.conditions.iter().map(|one| &*one.kind).collect();
    assert_eq!(kinds, super::status::CONDITIONS);
    assert!(pod.status.is_ready());
    let told = events(&cluster, "web");
    assert_eq!(told.len(), 4, "{told:#?}");
    assert_eq!(told[0], "Normal Pulling: Pulling image \"nginx:1.27\"");
    assert!(told[1].starts_with("Normal Pulled: Successfully pulled image \"nginx:1.27\" in "));
    assert_eq!(told[2], "Normal Created: Container created");
    assert_eq!(told[3], "Normal Started: Container started");
}
