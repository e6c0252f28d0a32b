use std::{collections::BTreeSet, rc::Rc};

use podlings::cluster::{
    api::{ContainerState, Pod, PodPhase},
    trace::{Step, StepKind},
};

use super::lab::{Lab, pods, ready, replication_controller};

fn messages(lab: &Lab, reason: &str) -> Vec<String> {
    lab.events(reason)
        .iter()
        .map(|event| event.message.clone())
        .collect()
}

fn status_writes(lab: &Lab) -> Vec<Rc<Step>> {
    let writes = lab.steps().iter().filter(|step| {
        step.kind == StepKind::Request
            && step.from.to_string().starts_with("kubelet@")
            && step.resource == "pods"
            && &*step.verb == "patch"
    });
    writes.cloned().collect()
}

/// C42, C46
#[test]
fn a_pods_status_is_written_step_by_step() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.settles();
    let writes = status_writes(&lab);
    let at = |path: &str, after: &str| {
        writes.iter().position(|step| {
            let mut changes = step.changes.iter();
            changes.any(|change| change.path == path && change.after == *after)
        })
    };
    let sandbox = at(
        "status.conditions[type=PodReadyToStartContainers].status",
        "True",
    )
    .expect("sandbox");
    let running = at("status.phase", "Running").expect("running");
    assert!(sandbox < running);
    let has_ip = |step: &Step| {
        step.changes
            .iter()
            .any(|change| change.path == "status.podIP")
    };
    assert!(
        !has_ip(&writes[sandbox]),
        "the sandbox is told of without an address"
    );
    assert!(has_ip(&writes[running]));
    let pod = &lab.pods()[0];
    let kinds: Vec<&str> = pod.status.conditions.iter().map(|it| &*it.kind).collect();
    assert_eq!(
        kinds,
        [
            "PodReadyToStartContainers",
            "Initialized",
            "Ready",
            "ContainersReady",
            "PodScheduled"
        ]
    );
    assert_eq!(pod.status.pod_ips[0].ip, pod.status.pod_ip);
    assert_eq!(pod.metadata.generation, 1);
    // Each is a GET and a PATCH.
    let reads = lab.steps().iter().filter(|step| {
        step.kind == StepKind::Request
            && step.from.to_string().starts_with("kubelet@")
            && step.resource == "pods"
            && &*step.verb == "get"
    });
    assert_eq!(reads.count(), writes.len());
}

/// C43
#[test]
fn the_kubelet_tells_what_it_does_in_kubernetes_words() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.settles();
    assert_eq!(messages(&lab, "Pulling"), ["Pulling image \"nginx:1.29\""]);
    let pulled = &messages(&lab, "Pulled")[0];
    assert!(
        pulled.starts_with("Successfully pulled image \"nginx:1.29\" in "),
        "{pulled}"
    );
    assert!(
        pulled.contains("including waiting). Image size: ") && pulled.ends_with(" bytes."),
        "{pulled}"
    );
    assert_eq!(messages(&lab, "Created"), ["Container created"]);
    assert_eq!(messages(&lab, "Started"), ["Container started"]);
    assert_eq!(
        messages(&lab, "Scheduled"),
        ["Successfully assigned default/web to node-1"]
    );
}

/// C44
#[test]
fn an_image_is_pulled_as_its_policy_and_tag_say() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl run one --image=nginx:1.29");
    lab.settles();
    lab.runs("kubectl run two --image=nginx:1.29");
    lab.settles();
    assert_eq!(lab.events("Pulling").len(), 1);
    assert!(
        messages(&lab, "Pulled")[1]
            .contains("Container image \"nginx:1.29\" already present on machine"),
    );
    for name in ["three", "four"] {
        lab.runs(&format!("kubectl run {name} --image=nginx"));
        lab.settles();
    }
    assert_eq!(
        lab.events("Pulling").len(),
        3,
        "without a tag it is pulled every time"
    );
}

/// C45
#[test]
fn an_image_that_cannot_be_pulled_is_tried_again_later_and_later() {
    let mut lab = Lab::new(1);
    lab.fault("fail-pull nginx:1.29");
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.passes(400_000);
    let waits: Vec<u64> = lab
        .events("Pulling")
        .windows(2)
        .map(|pair| (pair[1].at.millis() - pair[0].at.millis()) / 1000)
        .collect();
    assert!(waits.len() >= 4, "{waits:?}");
    for (wait, least) in waits.iter().zip([10, 20, 40, 80, 160]) {
        assert!((least..least + 25).contains(wait), "{waits:?}");
    }
    let failed = messages(&lab, "Failed");
    assert!(
        failed
            .iter()
            .any(|message| message.starts_with("Failed to pull image \"nginx:1.29\": "))
    );
    assert!(
        failed
            .iter()
            .any(|message| message == "Error: ErrImagePull")
    );
    assert!(
        failed
            .iter()
            .any(|message| message == "Error: ImagePullBackOff")
    );
    assert!(messages(&lab, "BackOff")[0].starts_with("Back-off pulling image \"nginx:1.29\""));
    let shown = lab.runs("kubectl get pods");
    assert!(
        shown.contains("ImagePullBackOff") || shown.contains("ErrImagePull"),
        "{shown}"
    );
}

fn pod(name: &str, rest: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n{rest}")
}

/// C47
#[test]
fn init_containers_run_one_after_another_before_the_others_start() {
    let manifest = pod(
        "web",
        "  initContainers:\n  - name: first\n    image: busybox:1.37\n    command: [sleep, \"3\"]\n  - name: second\n    \
         image: busybox:1.37\n    command: [sleep, \"3\"]\n  containers:\n  - name: nginx\n    image: nginx:1.29\n",
    );
    let mut lab = Lab::new(1).file("pod.yaml", manifest);
    lab.runs("kubectl create -f pod.yaml");
    lab.until("the first init container runs", |cluster| {
        let pods = pods(cluster);
        let status = &pods[0].status.init_container_statuses;
        status
            .first()
            .is_some_and(|one| matches!(one.state, ContainerState::Running { .. }))
    });
    let shown = lab.runs("kubectl get pods");
    assert!(shown.contains("Init:0/2"), "{shown}");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 1);
    let starts: Vec<u64> = lab
        .steps()
        .iter()
        .filter(|step| step.kind == StepKind::Runtime && &*step.verb == "StartContainer")
        .map(|step| step.at.millis())
        .collect();
    assert_eq!(starts.len(), 3);
    assert!(
        starts.windows(2).all(|pair| pair[1] >= pair[0] + 3_000),
        "{starts:?}"
    );
}

/// C48
#[test]
fn a_container_that_fails_is_started_again_later_and_later() {
    let manifest = pod(
        "crash",
        "  containers:\n  - name: main\n    image: busybox:1.37\n    command: [sh, -c, \"exit 1\"]\n",
    );
    let mut lab = Lab::new(1).file("pod.yaml", manifest);
    lab.runs("kubectl create -f pod.yaml");
    lab.passes(1_500_000);
    let starts: Vec<u64> = lab
        .events("Started")
        .iter()
        .map(|event| event.at.millis())
        .collect();
    let waits: Vec<u64> = starts
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) / 1000)
        .collect();
    assert!(waits.len() >= 7, "{waits:?}");
    assert!(waits[0] <= 3, "{waits:?}");
    for (wait, least) in waits[1..].iter().zip([10, 20, 40, 80, 160, 300, 300]) {
        // A sync that failed is tried again after at most a minute, and half as much again of chance.
        assert!((least..least + 30).contains(wait), "{waits:?}");
    }
    let pod = &lab.pods()[0];
    let ContainerState::Waiting { reason, message } = &pod.status.container_statuses[0].state
    else {
        panic!("{:?}", pod.status.container_statuses[0].state);
    };
    assert_eq!(&**reason, "CrashLoopBackOff");
    assert!(
        message.starts_with("back-off 5m0s restarting failed container=main pod=crash_default("),
        "{message}"
    );
    assert!(
        messages(&lab, "BackOff")[0]
            .starts_with("Back-off restarting failed container main in pod crash_default(")
    );
    assert!(lab.runs("kubectl get pods").contains("CrashLoopBackOff"));
}

/// C48
#[test]
fn restart_policies_decide_what_becomes_of_a_pod_that_ends() {
    for (policy, command, phase) in [
        ("Never", "exit 0", PodPhase::Succeeded),
        ("Never", "exit 3", PodPhase::Failed),
        ("OnFailure", "exit 0", PodPhase::Succeeded),
    ] {
        let rest = format!(
            "  restartPolicy: {policy}\n  containers:\n  - name: main\n    image: busybox:1.37\n    command: [sh, -c, \"{command}\"]\n"
        );
        let mut lab = Lab::new(1).file("pod.yaml", pod("job", &rest));
        lab.runs("kubectl create -f pod.yaml");
        lab.settles();
        assert_eq!(lab.pods()[0].status.phase, phase, "{policy} {command}");
        assert_eq!(lab.events("Started").len(), 1);
    }
}

/// C49
#[test]
fn a_failing_readiness_probe_takes_a_pod_out_and_a_failing_liveness_probe_restarts_it() {
    let probe = "      httpGet:\n        path: /\n        port: 80\n      periodSeconds: 5\n      failureThreshold: 2\n";
    let rest = format!(
        "  containers:\n  - name: nginx\n    image: nginx:1.29\n    readinessProbe:\n{probe}"
    );
    let mut lab = Lab::new(1).file("pod.yaml", pod("web", &rest));
    lab.runs("kubectl create -f pod.yaml");
    lab.until("ready", |cluster| ready(cluster) == 1);
    lab.fault("fail-probe web");
    lab.until("not ready", |cluster| ready(cluster) == 0);
    assert!(messages(&lab, "Unhealthy")[0].starts_with("Readiness probe failed: "));
    lab.fault("heal-probe web");
    lab.until("ready again", |cluster| ready(cluster) == 1);
    assert_eq!(
        lab.pods()[0].status.container_statuses[0].restart_count.0,
        0
    );

    let rest = rest.replace("readinessProbe", "livenessProbe");
    let mut lab = Lab::new(1).file("pod.yaml", pod("web", &rest));
    lab.runs("kubectl create -f pod.yaml");
    lab.until("ready", |cluster| ready(cluster) == 1);
    lab.fault("fail-probe web");
    lab.until("restarted", |cluster| {
        pods(cluster)[0].status.container_statuses[0]
            .restart_count
            .0
            == 1
    });
    assert!(messages(&lab, "Unhealthy")[0].starts_with("Liveness probe failed: "));
    assert_eq!(
        messages(&lab, "Killing")[0],
        "Container nginx failed liveness probe, will be restarted"
    );
}

/// C50
#[test]
fn a_deleted_pod_is_stopped_gracefully_and_removed_by_its_kubelet() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.settles();
    let from = lab.steps().len();
    lab.runs("kubectl delete pod web");
    lab.settles();
    assert_eq!(lab.pods().len(), 0);
    assert_eq!(
        messages(&lab, "Killing"),
        ["Stopping container nginx".replace("nginx", "web")]
    );
    let steps = &lab.steps()[from..];
    let position = |found: &dyn Fn(&Step) -> bool| {
        steps
            .iter()
            .position(|step| found(step))
            .expect("it happens")
    };
    let marked = position(&|step| {
        step.kind == StepKind::Store
            && &*step.verb == "delete"
            && step
                .changes
                .iter()
                .any(|it| it.path.ends_with("deletionTimestamp"))
    });
    let stopped =
        position(&|step| step.kind == StepKind::Runtime && &*step.verb == "StopContainer");
    let removed = position(&|step| {
        step.kind == StepKind::Request
            && &*step.verb == "delete"
            && step.from.to_string() == "kubelet@node-1"
    });
    assert!(marked < stopped && stopped < removed);
}

/// C52
#[test]
fn each_pod_has_an_address_of_its_own_out_of_its_nodes_range() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(30));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    let mut seen = BTreeSet::new();
    let nodes = lab.all::<podlings::cluster::api::Node>();
    for pod in lab.pods() {
        let ip = pod.status.pod_ip.to_string();
        let node = nodes
            .iter()
            .find(|node| node.metadata.name == pod.spec.node_name)
            .expect("its node");
        let range = node.spec.pod_cidr.rsplit_once('.').expect("a range").0;
        assert!(ip.starts_with(&format!("{range}.")), "{ip} {range}");
        assert!(seen.insert(ip), "an address twice");
    }
    assert_eq!(seen.len(), 30);
}

/// C9, C10
#[test]
fn the_server_sets_what_tells_objects_apart() {
    let mut lab = Lab::new(1).file("rc.yaml", replication_controller(3));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    let pods: Vec<Rc<Pod>> = lab.pods();
    let uids: BTreeSet<_> = pods.iter().map(|pod| pod.metadata.uid.clone()).collect();
    assert_eq!(uids.len(), 3);
    for pod in pods {
        let suffix = pod
            .metadata
            .name
            .strip_prefix("web-")
            .expect("made from web-");
        assert_eq!(suffix.len(), 5);
        assert!(
            suffix
                .chars()
                .all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c)),
            "{suffix}"
        );
        assert!(pod.metadata.resource_version > 0);
        assert!(pod.metadata.creation_timestamp.is_some());
    }
}

/// `pkg/kubelet/status/status_manager.go`, TerminatePod: of a container that never ran nobody can say that it
/// ended well.
#[test]
fn a_deleted_pod_whose_container_never_ran_has_failed() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: \"nosuch:1\"}]}\n";
    let mut lab = Lab::new(1).file("a.yaml", text);
    lab.fault("fail-pull nosuch:1");
    lab.runs("kubectl create -f a.yaml");
    lab.passes(20_000);
    lab.types("kubectl delete pod a");
    lab.passes(40_000);
    assert!(lab.pods().is_empty());
    let told = lab.steps().iter().flat_map(|step| &step.changes);
    let told = told.filter(|change| change.path.ends_with(".state.terminated.reason"));
    let reasons: Vec<_> = told.map(|change| change.after.clone()).collect();
    assert!(
        reasons.contains(&"ContainerStatusUnknown".into()),
        "{reasons:?}"
    );
}

/// C50
#[test]
fn a_pods_end_is_written_before_it_is_deleted() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.settles();
    lab.runs("kubectl delete pod web");
    let seen: Vec<String> = lab
        .steps()
        .iter()
        .filter(|step| step.kind == StepKind::Watch && &*step.name == "web")
        .filter(|step| step.to.to_string() == "kubelet@node-1")
        .map(|step| step.verb.to_string())
        .collect();
    assert_eq!(
        seen[seen.len() - 2..],
        ["modified".to_owned(), "deleted".to_owned()]
    );
    let stores: Vec<&Rc<Step>> = lab
        .steps()
        .iter()
        .filter(|step| step.kind == StepKind::Store && step.resource == "pods")
        .collect();
    let [.., last, gone] = stores.as_slice() else {
        panic!("{stores:?}");
    };
    assert_eq!((&*last.verb, &*gone.verb), ("update", "delete"));
    assert_eq!(gone.revision, last.revision + 1);
    let mut changes = last.changes.iter();
    let grace = changes.find(|change| change.path == "metadata.deletionGracePeriodSeconds");
    assert_eq!(grace.expect("the grace period").after, 0);
}
