use podlings::cluster::{
    Cluster,
    api::{Node, PodPhase},
    trace::StepKind,
};

use super::lab::{Lab, all, pods, ready, replication_controller};

fn web(replicas: u32) -> Lab {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(replicas));
    lab.runs("kubectl create -f rc.yaml");
    lab
}

fn node_ready(cluster: &Cluster, name: &str) -> String {
    let nodes = all::<Node>(cluster);
    let node = nodes.iter().find(|node| &*node.metadata.name == name);
    let ready = node.and_then(|node| node.status.condition("Ready"));
    ready.map_or("", |ready| ready.status.as_str()).to_owned()
}

/// C57
#[test]
fn with_the_scheduler_stopped_pods_stay_pending_until_it_starts() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(3));
    lab.fault("stop kube-scheduler");
    lab.runs("kubectl create -f rc.yaml");
    lab.settles().passes(120_000);
    assert_eq!(lab.pods().len(), 3);
    for pod in lab.pods() {
        assert_eq!(pod.status.phase, PodPhase::Pending);
        assert_eq!(&*pod.spec.node_name, "");
    }
    lab.fault("start kube-scheduler");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 3);
}

/// C58
#[test]
fn with_the_controller_manager_stopped_a_deleted_pod_is_not_replaced_until_it_starts() {
    let mut lab = web(3);
    lab.settles();
    lab.fault("stop kube-controller-manager");
    let victim = lab.pods()[0].metadata.name.clone();
    lab.runs(&format!("kubectl delete pod {victim}"));
    lab.settles().passes(120_000);
    assert_eq!(lab.pods().len(), 2);
    lab.fault("start kube-controller-manager");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 3);
}

/// C59
#[test]
fn a_rollout_stopped_in_the_middle_goes_on_when_the_controller_manager_starts() {
    let mut lab = Lab::new(3);
    lab.runs("kubectl create deployment web --image=nginx:1.28 --replicas=4");
    lab.settles();
    lab.runs("kubectl set image deployment/web nginx=nginx:1.29");
    let image = |cluster: &Cluster, tag: &str| {
        let pods = pods(cluster);
        let of_tag = |pod: &&std::rc::Rc<podlings::cluster::api::Pod>| {
            &*pod.spec.containers[0].image == tag && pod.status.is_ready()
        };
        pods.iter().filter(of_tag).count()
    };
    lab.until("the first new Pod is ready", |cluster| {
        image(cluster, "nginx:1.29") == 1
    });
    lab.fault("stop kube-controller-manager");
    lab.settles().passes(60_000);
    let (old, new) = (
        image(&lab.cluster, "nginx:1.28"),
        image(&lab.cluster, "nginx:1.29"),
    );
    assert!(old > 0 && new < 4, "{old} old, {new} new");
    lab.fault("start kube-controller-manager");
    lab.settles();
    assert_eq!(image(&lab.cluster, "nginx:1.29"), 4);
    assert_eq!(lab.pods().len(), 4);
}

/// C60
#[test]
fn with_the_api_server_stopped_containers_go_on_running() {
    let mut lab = web(3);
    lab.settles();
    let before: Vec<_> = lab
        .pods()
        .iter()
        .map(|pod| pod.status.container_statuses[0].container_id.clone())
        .collect();
    lab.fault("stop kube-apiserver");
    let refused = lab.runs("kubectl get pods");
    assert!(
        refused.contains("The connection to the server 10.0.0.10:6443 was refused"),
        "{refused}"
    );
    lab.passes(200_000);
    lab.fault("start kube-apiserver");
    lab.passes(120_000).settles();
    let after: Vec<_> = lab
        .pods()
        .iter()
        .map(|pod| pod.status.container_statuses[0].container_id.clone())
        .collect();
    assert_eq!(before, after, "the same containers, never started again");
    assert_eq!(ready(&lab.cluster), 3);
}

/// C61, C14
#[test]
fn a_dropped_watch_goes_on_where_it_broke_and_misses_nothing() {
    let mut lab = web(2);
    lab.settles();
    lab.fault("drop-watch kube-controller-manager");
    // While the controller manager is away, one of its Pods goes.
    let victim = lab.pods()[0].metadata.name.clone();
    lab.types(&format!(
        "kubectl delete pod {victim} --grace-period=0 --force"
    ));
    lab.settles();
    assert_eq!(ready(&lab.cluster), 2);
    assert!(lab.pods().iter().all(|pod| pod.metadata.name != victim));
    let closed = |step: &&std::rc::Rc<podlings::cluster::trace::Step>| {
        step.kind == StepKind::Watch && &*step.verb == "closed"
    };
    assert!(lab.steps().iter().filter(closed).count() > 0);
}

/// C14
#[test]
fn a_watch_too_old_begins_anew() {
    let mut lab = web(2);
    lab.settles();
    lab.fault("cut node-1");
    // More changes than the API server remembers: a thousand labels, one after another.
    for round in 0..600 {
        lab.runs(&format!(
            "kubectl label pod --all round=r{round} --overwrite"
        ));
    }
    lab.fault("heal node-1");
    // A reflector that failed often waits up to 30 s, and as long again by chance.
    lab.passes(120_000);
    let too_old = lab.steps().iter().any(|step| {
        step.kind == StepKind::Watch && step.message.contains("too old resource version")
    });
    assert!(too_old);
    lab.settles();
    assert_eq!(ready(&lab.cluster), 2);
}

/// C31, C32
#[test]
fn a_silent_node_is_unknown_in_50_to_55_s_and_its_pods_are_evicted_300_s_later() {
    let mut lab = web(6);
    lab.settles();
    let on_node: Vec<_> = lab
        .pods()
        .iter()
        .filter(|pod| &*pod.spec.node_name == "node-2")
        .map(|pod| pod.metadata.name.clone())
        .collect();
    assert!(!on_node.is_empty());
    let cut = lab.cluster.now().millis();
    lab.fault("cut node-2");
    let unknown = lab.until("Unknown", |cluster| {
        node_ready(cluster, "node-2") == "Unknown"
    });
    // The last sign of life may have come up to ten seconds before the cut.
    assert!(
        (40_000..=56_000).contains(&(unknown - cut)),
        "{}",
        unknown - cut
    );
    let unready = lab.until("its Pods are unready", |cluster| {
        let of_node =
            |pod: &&std::rc::Rc<podlings::cluster::api::Pod>| &*pod.spec.node_name == "node-2";
        pods(cluster)
            .iter()
            .filter(of_node)
            .all(|pod| !pod.status.is_ready())
    });
    assert!(
        unready - unknown < 1_000,
        "at once, not after {} ms",
        unready - unknown
    );
    let evicted = lab.until("evicted", |cluster| {
        let going = pods(cluster);
        let going = going.iter().filter(|pod| pod.metadata.is_deleting());
        going.count() == on_node.len()
    });
    let waited = evicted - unknown;
    assert!((299_000..=312_000).contains(&waited), "{waited}");
    lab.until("replaced elsewhere", |cluster| ready(cluster) == 6);
    // The node cannot be told, so its Pods stay Terminating.
    lab.settles().passes(60_000);
    let terminating = lab
        .pods()
        .iter()
        .filter(|pod| pod.metadata.is_deleting())
        .count();
    assert_eq!(terminating, on_node.len());
    assert!(lab.events("TaintManagerEviction").len() >= on_node.len());
    lab.fault("heal node-2");
    lab.until("they are gone", |cluster| {
        pods(cluster).iter().all(|pod| !pod.metadata.is_deleting())
    });
    lab.until("ready again", |cluster| {
        node_ready(cluster, "node-2") == "True"
    });
    lab.until("no longer tainted", |cluster| {
        all::<Node>(cluster)
            .iter()
            .all(|node| node.spec.taints.is_empty())
    });
}

/// C32
#[test]
fn when_no_node_is_ready_nobody_is_evicted() {
    let mut lab = Lab::new(1).file("rc.yaml", replication_controller(2));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    lab.fault("cut node-1");
    lab.passes(600_000);
    assert_eq!(node_ready(&lab.cluster, "node-1"), "Unknown");
    assert!(lab.pods().iter().all(|pod| !pod.metadata.is_deleting()));
}

/// C70
#[test]
fn a_node_whose_container_runtime_is_down_is_not_ready() {
    let mut lab = web(3);
    lab.settles();
    lab.fault("stop containerd@node-1");
    lab.until("not ready", |cluster| {
        node_ready(cluster, "node-1") == "False"
    });
    lab.fault("start containerd@node-1");
    lab.until("ready again", |cluster| {
        node_ready(cluster, "node-1") == "True"
    });
}

#[test]
fn a_kubelet_that_starts_again_finds_its_containers() {
    let mut lab = web(3);
    lab.settles();
    lab.fault("stop kubelet@node-1");
    lab.passes(20_000);
    lab.fault("start kubelet@node-1");
    lab.passes(30_000).settles();
    assert_eq!(ready(&lab.cluster), 3);
    for pod in lab.pods() {
        assert_eq!(pod.status.container_statuses[0].restart_count.0, 0);
    }
}

#[test]
fn a_node_that_was_switched_off_starts_its_pods_again() {
    let mut lab = web(3);
    lab.settles();
    lab.fault("stop node-1");
    lab.passes(20_000);
    lab.fault("start node-1");
    lab.passes(60_000).settles();
    assert_eq!(ready(&lab.cluster), 3);
}
