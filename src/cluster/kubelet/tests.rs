//! The kubelet and its runtime in a cluster without a scheduler: Pods are given to their node at once.

use std::{rc::Rc, time::Duration};

use serde_json::json;

use crate::cluster::{
    Cluster, ClusterConfig,
    api::{ContainerState, Kind, Object, Pod, PodPhase, Resource},
    machinery::{DeleteOptions, Request, User},
    trace::{Actor, StepKind},
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

fn found(cluster: &Cluster, name: &str) -> Option<Rc<Pod>> {
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

fn fault(cluster: &mut Cluster, text: &str) {
    cluster.fault(&text.parse().unwrap()).unwrap();
}

fn waiting(cluster: &Cluster, name: &str) -> (String, String) {
    let pod = found(cluster, name).unwrap();
    match &pod.status.container_statuses[0].state {
        ContainerState::Waiting { reason, message } => (reason.to_string(), message.clone()),
        other => (format!("{other:?}"), String::new()),
    }
}

fn busybox(script: &str) -> serde_json::Value {
    json!({
        "name": "c",
        "image": "busybox:1.36",
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", script],
    })
}

/// `pkg/kubelet/kuberuntime/kuberuntime_manager.go`, doBackOff: the first restart comes at once, the others
/// after 10, 20, 40 … seconds, from the end of the container.
#[test]
fn crash_loop_waits_longer_each_time() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        "crash",
        json!({ "containers": [busybox("exit 3")] }),
    );
    run(&mut cluster, 330);
    let starts: Vec<u64> = cluster
        .steps()
        .iter()
        .filter(|step| &*step.verb == "StartContainer")
        .map(|step| step.at.millis())
        .collect();
    let gaps: Vec<u64> = starts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / 1000)
        .collect();
    let bounds = [(0, 1), (9, 16), (19, 31), (39, 61), (79, 91)];
    for (gap, (least, most)) in gaps.iter().zip(bounds) {
        assert!((least..=most).contains(gap), "{gaps:?}");
    }
    let pod = found(&cluster, "crash").unwrap();
    let uid = &pod.metadata.uid;
    let (reason, message) = waiting(&cluster, "crash");
    assert_eq!(reason, "CrashLoopBackOff");
    let tail = format!("restarting failed container=c pod=crash_default({uid})");
    assert!(
        message.starts_with("back-off ") && message.ends_with(&tail),
        "{message}"
    );
    assert!(events(&cluster, "crash").contains(&format!(
        "Warning BackOff: Back-off restarting failed container c in pod crash_default({uid})"
    )));
    assert_eq!(pod.status.phase, PodPhase::Running);
    let status = &pod.status.container_statuses[0];
    assert!(matches!(
        status.last_state,
        Some(ContainerState::Terminated { exit_code: 3, .. })
    ));
}

/// `pkg/kubelet/images/image_manager.go`: the texts, and that the second try is refused at once.
#[test]
fn image_that_does_not_exist_is_backed_off() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        "bad",
        json!({ "containers": [{ "name": "c", "image": "nginx:nope" }] }),
    );
    run(&mut cluster, 9);
    let error = "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/nginx:nope\": failed to resolve reference \"docker.io/library/nginx:nope\": docker.io/library/nginx:nope: not found";
    assert_eq!(
        events(&cluster, "bad"),
        [
            "Normal Pulling: Pulling image \"nginx:nope\"".to_owned(),
            format!("Warning Failed: Failed to pull image \"nginx:nope\": {error}"),
            "Warning Failed: Error: ErrImagePull".to_owned(),
            "Normal BackOff: Back-off pulling image \"nginx:nope\"".to_owned(),
            "Warning Failed: Error: ImagePullBackOff".to_owned(),
        ]
    );
    assert_eq!(
        waiting(&cluster, "bad"),
        ("ErrImagePull".to_owned(), error.to_owned())
    );
    run(&mut cluster, 8);
    let (reason, message) = waiting(&cluster, "bad");
    assert_eq!(reason, "ImagePullBackOff");
    assert_eq!(
        message,
        format!("Back-off pulling image \"nginx:nope\": ErrImagePull: {error}")
    );
    assert_eq!(
        found(&cluster, "bad").unwrap().status.phase,
        PodPhase::Pending
    );
}

/// `pkg/kubelet/images/image_manager.go`, EnsureImageExists.
#[test]
fn image_policies_and_names_are_looked_at_before_a_pull() {
    let mut cluster = cluster();
    for (name, image, policy, reason) in [
        ("never", "nginx:1.27", "Never", "ErrImageNeverPull"),
        ("upper", "Nginx", "Always", "InvalidImageName"),
    ] {
        let container = json!({ "name": "c", "image": image, "imagePullPolicy": policy });
        create(&mut cluster, name, json!({ "containers": [container] }));
        run(&mut cluster, 16);
        assert_eq!(waiting(&cluster, name).0, reason);
        assert!(events(&cluster, name).contains(&format!("Warning Failed: Error: {reason}")));
    }
}

/// `pkg/api/v1/pod/util.go` and `pkg/kubelet/kubelet_pods_test.go`: what becomes of a Pod whose container
/// ends.
#[test]
fn phase_follows_the_restart_policy() {
    for (policy, script, phase) in [
        ("Never", "exit 0", PodPhase::Succeeded),
        ("Never", "exit 1", PodPhase::Failed),
        ("OnFailure", "exit 0", PodPhase::Succeeded),
        ("OnFailure", "exit 1", PodPhase::Running),
        ("Always", "exit 0", PodPhase::Running),
    ] {
        let mut cluster = cluster();
        let spec = json!({ "restartPolicy": policy, "containers": [busybox(script)] });
        create(&mut cluster, "job", spec);
        run(&mut cluster, 30);
        let pod = found(&cluster, "job").unwrap();
        assert_eq!(pod.status.phase, phase, "{policy} {script}");
        let ended = phase.is_finished();
        let restarts = pod.status.container_statuses[0].restart_count.0;
        assert_eq!(restarts == 0, ended, "{policy} {script}");
    }
}

/// `pkg/kubelet/kuberuntime/kuberuntime_container.go`, computeInitContainerActions: one after another, and
/// a sidecar stays.
#[test]
fn init_containers_run_one_after_another() {
    let mut cluster = cluster();
    let init = |name: &str, script: &str| {
        let mut container = busybox(script);
        container["name"] = json!(name);
        container
    };
    let mut sidecar = init("side", "trap 'exit 0' TERM; while true; do sleep 1; done");
    sidecar["restartPolicy"] = json!("Always");
    let spec = json!({
        "initContainers": [init("one", "sleep 1"), sidecar, init("two", "sleep 1")],
        "containers": [busybox("sleep 3600")],
        "terminationGracePeriodSeconds": 4,
    });
    create(&mut cluster, "app", spec);
    run(&mut cluster, 2);
    let pod = found(&cluster, "app").unwrap();
    let initialized = pod.status.condition("Initialized").unwrap();
    assert_eq!(&*initialized.reason, "ContainersNotInitialized");
    assert_eq!(
        initialized.message,
        "containers with incomplete status: [one side two]"
    );
    assert_eq!(waiting(&cluster, "app").0, "PodInitializing");
    run(&mut cluster, 20);
    let pod = found(&cluster, "app").unwrap();
    assert_eq!(pod.status.phase, PodPhase::Running);
    assert!(pod.status.is_ready());
    let created: Vec<_> = cluster
        .steps()
        .iter()
        .filter(|step| &*step.verb == "CreateContainer")
        .map(|step| step.message.clone())
        .collect();
    assert_eq!(
        created,
        ["one", "side", "two", "c"].map(|name| format!("Creates container {name} in the sandbox."))
    );
    // The sidecar is told to stop last, and a shell that sleeps is not ended by TERM.
    cluster.ask(Request::delete(
        &User::admin(),
        Resource::Pods,
        &"default".into(),
        &"app".into(),
        DeleteOptions::default(),
    ));
    run(&mut cluster, 3);
    assert!(found(&cluster, "app").is_some());
    run(&mut cluster, 10);
    assert!(found(&cluster, "app").is_none());
    let killed: Vec<_> = events(&cluster, "app")
        .into_iter()
        .filter(|event| event.contains("Killing"))
        .collect();
    assert_eq!(
        killed,
        [
            "Normal Killing: Stopping container c",
            "Normal Killing: Stopping container side"
        ]
    );
}

/// `pkg/kubelet/prober`: a failing readiness probe takes the Pod out at once, a failing liveness probe has
/// the container restarted.
#[test]
fn probes_decide_readiness_and_restarts() {
    let mut cluster = cluster();
    let container = json!({
        "name": "c",
        "image": "nginx:1.27",
        "readinessProbe": { "tcpSocket": { "port": 80 }, "periodSeconds": 2, "failureThreshold": 1 },
        "livenessProbe": { "httpGet": { "path": "/", "port": 80 }, "periodSeconds": 10 },
    });
    create(&mut cluster, "web", json!({ "containers": [container] }));
    run(&mut cluster, 10);
    assert!(found(&cluster, "web").unwrap().status.is_ready());
    assert!(cluster.is_settled(), "healthy probes cost nothing");
    fault(&mut cluster, "fail-probe web");
    run(&mut cluster, 3);
    assert!(!found(&cluster, "web").unwrap().status.is_ready());
    run(&mut cluster, 32);
    let told = events(&cluster, "web");
    let ip = &found(&cluster, "web").unwrap().status.pod_ip;
    for text in [
        format!(
            "Warning Unhealthy: Readiness probe failed: dial tcp {ip}:80: connect: connection refused"
        ),
        "Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500"
            .to_owned(),
        "Normal Killing: Container c failed liveness probe, will be restarted".to_owned(),
    ] {
        assert!(told.contains(&text), "{text}: {told:#?}");
    }
    fault(&mut cluster, "heal-probe web");
    run(&mut cluster, 60);
    let pod = found(&cluster, "web").unwrap();
    assert!(pod.status.is_ready());
    assert!(pod.status.container_statuses[0].restart_count.0 > 0);
}

/// `pkg/kubelet/lifecycle/predicate.go`.
#[test]
fn admission_refuses_what_does_not_fit() {
    let mut cluster = cluster();
    let mut container = json!({ "name": "c", "image": "nginx:1.27" });
    container["resources"] = json!({ "requests": { "cpu": "5" } });
    create(&mut cluster, "big", json!({ "containers": [container] }));
    run(&mut cluster, 2);
    let pod = found(&cluster, "big").unwrap();
    assert_eq!(pod.status.phase, PodPhase::Failed);
    assert_eq!(&*pod.status.reason, "OutOfcpu");
    assert_eq!(
        pod.status.message,
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000"
    );
}

/// A kubelet that starts again takes over what runs (`pkg/kubelet/kubelet.go`); its machine's power is
/// another matter.
#[test]
fn restart_of_a_kubelet_restarts_no_container() {
    let mut cluster = cluster();
    create(
        &mut cluster,
        "web",
        json!({ "containers": [{ "name": "c", "image": "nginx:1.27" }] }),
    );
    run(&mut cluster, 15);
    let before = found(&cluster, "web").unwrap();
    fault(&mut cluster, "stop kubelet@node-1");
    run(&mut cluster, 5);
    fault(&mut cluster, "start kubelet@node-1");
    run(&mut cluster, 10);
    let after = found(&cluster, "web").unwrap();
    assert_eq!(
        before.status.container_statuses,
        after.status.container_statuses
    );
    fault(&mut cluster, "stop node-1");
    run(&mut cluster, 5);
    fault(&mut cluster, "start node-1");
    run(&mut cluster, 15);
    let after = found(&cluster, "web").unwrap();
    let status = &after.status.container_statuses[0];
    assert_eq!(status.restart_count.0, 1);
    assert!(matches!(
        status.last_state,
        Some(ContainerState::Terminated { exit_code: 255, .. })
    ));
    assert_ne!(before.status.pod_ip, after.status.pod_ip);
    assert!(after.status.is_ready());
}

/// `pkg/kubelet/runtime.go`: without its runtime a node is not ready after half a minute; what runs goes on.
/// C70
#[test]
fn node_without_its_runtime_is_not_ready() {
    let mut cluster = cluster();
    let ready = |cluster: &Cluster| {
        let nodes = cluster.objects(Resource::Nodes, "");
        let node = crate::cluster::api::Node::of(&nodes[0]).cloned().unwrap();
        let ready = node.status.condition("Ready").cloned().unwrap();
        (
            ready.status.as_str(),
            ready.reason.to_string(),
            ready.message,
        )
    };
    let up = "kubelet is posting ready status".to_owned();
    assert_eq!(
        ready(&cluster),
        ("True", "KubeletReady".to_owned(), up.clone())
    );
    fault(&mut cluster, "stop containerd@node-1");
    run(&mut cluster, 45);
    let down = "container runtime is down".to_owned();
    assert_eq!(
        ready(&cluster),
        ("False", "KubeletNotReady".to_owned(), down)
    );
    fault(&mut cluster, "start containerd@node-1");
    run(&mut cluster, 15);
    assert_eq!(ready(&cluster), ("True", "KubeletReady".to_owned(), up));
}

/// `pkg/kubelet/status/status_manager.go`: a Pod that goes is deleted with its UID as the condition, after
/// its last status; one that is deleted by force is cleaned up all the same.
#[test]
fn deletion_ends_with_the_object() {
    let mut cluster = cluster();
    let spec = json!({ "containers": [{ "name": "c", "image": "nginx:1.27" }] });
    create(&mut cluster, "web", spec.clone());
    create(&mut cluster, "forced", spec);
    run(&mut cluster, 15);
    for (name, grace) in [("web", None), ("forced", Some(0))] {
        let options = DeleteOptions {
            grace_period_seconds: grace,
            ..DeleteOptions::default()
        };
        let (namespace, name) = ("default".into(), name.into());
        cluster.ask(Request::delete(
            &User::admin(),
            Resource::Pods,
            &namespace,
            &name,
            options,
        ));
    }
    run(&mut cluster, 5);
    assert!(cluster.objects(Resource::Pods, "default").is_empty());
    let calls = |name: &str| -> Vec<String> {
        let steps = cluster.steps().iter();
        steps
            .filter(|step| step.kind == StepKind::Runtime && &*step.name == name)
            .map(|step| step.verb.to_string())
            .collect()
    };
    for name in ["web", "forced"] {
        let calls = calls(name);
        let last = &calls[calls.len() - 3..];
        assert_eq!(last, ["StopContainer", "StopPodSandbox", "DEL"], "{name}");
    }
    let deleted = cluster.steps().iter().find(|step| {
        step.kind == StepKind::Request
            && matches!(&step.from, Actor::Kubelet(_))
            && &*step.verb == "delete"
    });
    assert_eq!(deleted.map(|step| step.code), Some(200));
}
