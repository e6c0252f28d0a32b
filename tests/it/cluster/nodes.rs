use podlings::cluster::{
    ClusterConfig, Moment, Recording,
    api::{Event, Lease, Node, Object, PodPhase, Resource},
    trace::StepKind,
};

use super::lab::Lab;

/// C51, C65
#[test]
fn a_kubelet_renews_its_lease_every_ten_seconds_out_of_sight() {
    let mut config = ClusterConfig::with_nodes(1, 1);
    config.recording = Recording::Steps { routine: true };
    let mut seen = Lab::of(&config);
    seen.passes(100_000);
    let renewals = seen.steps().iter().filter(|step| {
        step.kind == StepKind::Request
            && step.resource == "leases"
            && step.from.to_string() == "kubelet@node-1"
    });
    let renewals = renewals.count();
    assert!((9..=11).contains(&renewals), "{renewals}");
    let mut hidden = Lab::new(1);
    hidden.passes(100_000);
    assert_eq!(hidden.steps().len(), 0);
    let lease = &hidden.all::<Lease>()[0];
    let renewed = lease.spec.renew_time.expect("renewed");
    let now = Moment::from_millis(hidden.cluster.now().millis() + 60_000).micro_time();
    assert!(now.micros() - renewed.micros() < 11_000_000);
}

/// C1
#[test]
fn objects_stand_in_etcd_under_kubernetes_keys() {
    let lab = Lab::new(1);
    let key = |resource: Resource, object: &Object| {
        podlings::cluster::EtcdKey(resource, object.key()).to_string()
    };
    let one =
        |resource: Resource, namespace: &str| lab.cluster.objects(resource, namespace)[0].clone();
    for (resource, namespace, expected) in [
        (Resource::Nodes, "", "/registry/minions/node-1"),
        (
            Resource::Services,
            "default",
            "/registry/services/specs/default/kubernetes",
        ),
        (
            Resource::ServiceAccounts,
            "default",
            "/registry/serviceaccounts/default/default",
        ),
        (
            Resource::Leases,
            "kube-node-lease",
            "/registry/leases/kube-node-lease/node-1",
        ),
    ] {
        assert_eq!(key(resource, &one(resource, namespace)), expected);
    }
    let pods = podlings::cluster::api::Key::new("default", "web");
    let key = |resource| podlings::cluster::EtcdKey(resource, pods.clone()).to_string();
    assert_eq!(key(Resource::Pods), "/registry/pods/default/web");
    assert_eq!(
        key(Resource::ReplicationControllers),
        "/registry/controllers/default/web"
    );
    assert_eq!(
        key(Resource::Endpoints),
        "/registry/services/endpoints/default/web"
    );
}

#[test]
fn a_cluster_that_has_come_to_rest_has_ready_nodes_and_nothing_to_do() {
    let lab = Lab::new(3);
    let nodes = lab.all::<Node>();
    assert_eq!(nodes.len(), 3);
    for node in nodes {
        let ready = node.status.condition("Ready").expect("a Ready condition");
        assert_eq!(ready.status.as_str(), "True");
        assert!(node.spec.taints.is_empty(), "{:?}", node.spec.taints);
    }
    assert!(lab.cluster.is_settled());
    assert_eq!(lab.cluster.now(), Moment::ZERO);
}

/// C4
#[test]
fn etcds_history_is_compacted_every_five_minutes_up_to_the_last_time() {
    let mut config = ClusterConfig::with_nodes(1, 1);
    config.recording = Recording::Steps { routine: true };
    let mut lab = Lab::of(&config);
    lab.passes(1_000_000);
    let compactions: Vec<(u64, u64)> = lab
        .steps()
        .iter()
        .filter(|step| step.kind == StepKind::Store && &*step.verb == "compact")
        .map(|step| (step.at.millis(), step.revision))
        .collect();
    assert_eq!(compactions.len(), 3, "{compactions:?}");
    for pair in compactions.windows(2) {
        assert_eq!(pair[1].0 - pair[0].0, 300_000);
        assert!(pair[1].1 > pair[0].1);
    }
    assert!(compactions[2].1 < lab.cluster.revision());
}

fn pod(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{spec}, containers: [{{name: c, image: \"nginx:1.29\"}}]}}\n"
    )
}

/// `pkg/kubelet/lifecycle/predicate.go`: the kubelet judges a Pod by its Node as it is now, with the labels
/// and taints others gave it.
#[test]
fn a_kubelet_admits_pods_by_the_labels_and_taints_its_node_has_now() {
    let affinity = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}";
    let mut lab = Lab::new(2)
        .file("a.yaml", pod("a", "nodeSelector: {disk: ssd}"))
        .file("b.yaml", pod("b", &format!("nodeName: node-1, {affinity}")))
        .file("c.yaml", pod("c", &format!("nodeName: node-2, {affinity}")));
    lab.runs("kubectl create -f a.yaml");
    lab.runs("kubectl label node node-1 disk=ssd");
    lab.settles();
    lab.runs("kubectl create -f b.yaml");
    lab.runs("kubectl create -f c.yaml");
    lab.settles();
    let phase = |name: &str| {
        let pods = lab.pods();
        let pod = pods.iter().find(|pod| &*pod.metadata.name == name);
        let status = &pod.expect("the Pod is there").status;
        (format!("{:?}", status.phase), status.reason.to_string())
    };
    let running = || ("Running".to_owned(), String::new());
    assert_eq!(phase("a"), running());
    assert_eq!(phase("b"), running());
    assert_eq!(phase("c"), ("Failed".to_owned(), "NodeAffinity".to_owned()));

    let mut lab = Lab::new(1).file("d.yaml", pod("d", "nodeName: node-1"));
    lab.fault("stop kube-controller-manager");
    lab.runs("kubectl taint node node-1 a=b:NoExecute");
    lab.passes(1_000);
    lab.runs("kubectl create -f d.yaml");
    lab.passes(5_000);
    let status = lab.pods()[0].status.clone();
    assert_eq!(&*status.reason, "TaintToleration");
    assert!(
        status.message.ends_with(
            "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate"
        ),
        "{}",
        status.message
    );
}

/// containerd says of a container whose end it did not see that it ended when it was missed; and a kubelet
/// that comes back after its Node was given up says again what its node has.
#[test]
fn a_machine_that_lost_power_tells_when_it_is_back() {
    let mut lab = Lab::new(1).file("a.yaml", pod("a", "nodeName: node-1"));
    lab.runs("kubectl create -f a.yaml");
    lab.settles();
    lab.fault("stop node-1");
    lab.passes(200_000);
    let back = Moment::from_millis(lab.cluster.now().millis() + 60_000).timestamp();
    lab.fault("start node-1");
    lab.passes(20_000);
    let pods = lab.pods();
    let last = &pods[0].status.container_statuses[0].last_state;
    let last = serde_json::to_value(last).expect("a state");
    let finished = last["terminated"]["finishedAt"].as_str();
    assert_eq!(finished, Some(&*back.to_string()));
    for reason in ["NodeHasSufficientMemory", "NodeAllocatableEnforced"] {
        let told = lab.all::<Event>();
        let told = told.iter().filter(|event| &*event.reason == reason);
        assert_eq!(told.map(|event| event.count).sum::<i32>(), 2, "{reason}");
    }
}

/// What came past the scheduler is found by the kubelet.
/// C35
#[test]
fn a_kubelet_does_not_admit_a_pod_whose_host_port_is_taken() {
    let manifest = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  nodeName: node-1\n  containers:\n  \
             - name: c\n    image: nginx:1.29\n    ports:\n    - {{containerPort: 80, hostPort: 8080}}\n"
        )
    };
    let mut lab = Lab::new(1)
        .file("one.yaml", manifest("one"))
        .file("two.yaml", manifest("two"));
    lab.runs("kubectl create -f one.yaml");
    lab.settles();
    lab.runs("kubectl create -f two.yaml");
    lab.settles();
    let pods = super::lab::pods(&lab.cluster);
    assert_eq!(pods[0].status.phase, PodPhase::Running);
    let status = &pods[1].status;
    assert_eq!(
        (status.phase, &*status.reason),
        (PodPhase::Failed, "NodePorts")
    );
    assert_eq!(
        status.message,
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
    );
}
