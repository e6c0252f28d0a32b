use std::rc::Rc;

use podlings::cluster::{
    Cluster,
    api::{Endpoints, Pod, ReplicaSet, Service},
    trace::{StepId, StepKind},
};

use super::lab::{Lab, all, pods, ready, replication_controller, service};

/// C22, C24, C23
#[test]
fn an_rc_creates_its_pods_in_batches_of_1_2_4() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(10));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 10);
    let creates: Vec<(StepId, u64)> = lab
        .steps()
        .iter()
        .filter(|step| {
            step.kind == StepKind::Request
                && step.resource == "pods"
                && &*step.verb == "create"
                && step.subresource.is_empty()
        })
        .map(|step| (step.cause, step.at.millis()))
        .collect();
    let mut batches: Vec<usize> = Vec::new();
    let mut last = None;
    for (cause, _) in &creates {
        if last == Some(cause) {
            *batches.last_mut().expect("a batch") += 1;
        } else {
            batches.push(1);
        }
        last = Some(cause);
    }
    assert_eq!(batches, [1, 2, 4, 3]);
    let events = lab.events("SuccessfulCreate");
    assert_eq!(events.len(), 10);
    for event in events {
        assert!(
            event.message.starts_with("Created pod: web-"),
            "{}",
            event.message
        );
    }
}

/// C22
#[test]
fn a_refused_creation_ends_the_batches_and_is_told() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(10));
    lab.runs("kubectl create quota few --hard=pods=2");
    lab.settles();
    lab.runs("kubectl create -f rc.yaml");
    lab.passes(3_000);
    assert_eq!(lab.pods().len(), 2);
    let failed = lab.events("FailedCreate");
    let said = &failed.first().expect("a FailedCreate event").message;
    assert!(
        said.contains(
            "is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2"
        ),
        "{said}"
    );
}

/// C25, C24
#[test]
fn scaling_down_takes_pods_that_are_not_ready_first() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(4));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles().passes(30_000);
    lab.fault("cut node-1");
    lab.until("some are unready", |cluster| {
        pods(cluster).iter().any(|pod| !pod.status.is_ready())
    });
    // The others of that node follow at once.
    lab.passes(200);
    let unready: Vec<_> = lab
        .pods()
        .iter()
        .filter(|pod| !pod.status.is_ready())
        .map(|pod| pod.metadata.name.clone())
        .collect();
    let left = 4 - unready.len();
    lab.runs(&format!("kubectl scale rc web --replicas={left}"));
    lab.passes(5_000);
    for pod in lab.pods() {
        assert_eq!(
            pod.metadata.is_deleting(),
            unready.contains(&pod.metadata.name)
        );
    }
    assert_eq!(lab.events("SuccessfulDelete").len(), unready.len());
}

fn of_image(cluster: &Cluster, image: &str) -> Vec<Rc<Pod>> {
    let mut pods = pods(cluster);
    pods.retain(|pod| &*pod.spec.containers[0].image == image);
    pods
}

/// C26, C21
#[test]
fn a_rolling_update_keeps_within_its_bounds() {
    for (surge, unavailable, most, least) in
        [("1", "0", 5, 4), ("25%", "25%", 5, 3), ("0", "2", 4, 2)]
    {
        let mut lab = Lab::new(3).file("deploy.yaml", deployment(surge, unavailable));
        lab.runs("kubectl create -f deploy.yaml");
        lab.settles().passes(5_000);
        assert_eq!(ready(&lab.cluster), 4);
        lab.types("kubectl set image deployment/web nginx=nginx:1.29");
        let (mut highest, mut lowest) = (0, usize::MAX);
        while of_image(&lab.cluster, "nginx:1.29")
            .iter()
            .filter(|pod| pod.status.is_ready())
            .count()
            < 4
            || !lab.cluster.is_settled()
        {
            assert!(lab.cluster.advance());
            let live = lab
                .pods()
                .iter()
                .filter(|pod| !pod.metadata.is_deleting())
                .count();
            highest = highest.max(live);
            lowest = lowest.min(ready(&lab.cluster));
        }
        assert_eq!(
            (highest <= most, lowest >= least),
            (true, true),
            "{surge} {unavailable}: {highest} {lowest}"
        );
        assert_eq!(lab.pods().len(), 4);
        assert_eq!(lab.all::<ReplicaSet>().len(), 2);
    }
}

fn deployment(surge: &str, unavailable: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 4\n  selector:\n    \
         matchLabels:\n      app: web\n  strategy:\n    rollingUpdate:\n      maxSurge: {surge}\n      \
         maxUnavailable: {unavailable}\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      \
         containers:\n      - name: nginx\n        image: nginx:1.28\n"
    )
}

/// C27
#[test]
fn recreate_starts_no_new_pod_before_the_old_ones_are_gone() {
    let manifest = deployment("1", "0").replace(
        "strategy:\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n",
        "strategy:\n    type: Recreate\n",
    );
    let mut lab = Lab::new(3).file("deploy.yaml", manifest);
    lab.runs("kubectl create -f deploy.yaml");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 4);
    lab.types("kubectl set image deployment/web nginx=nginx:1.29");
    while of_image(&lab.cluster, "nginx:1.29").is_empty() {
        assert!(lab.cluster.advance());
    }
    assert_eq!(of_image(&lab.cluster, "nginx:1.28").len(), 0);
    lab.settles();
    assert_eq!(ready(&lab.cluster), 4);
}

/// C28
#[test]
fn undoing_a_rollout_is_a_patch_that_kubectl_sends() {
    let mut lab = Lab::new(3);
    lab.runs("kubectl create deployment web --image=nginx:1.28 --replicas=2");
    lab.settles();
    lab.runs("kubectl set image deployment/web nginx=nginx:1.29");
    lab.settles();
    let from = lab.steps().len();
    let said = lab.runs("kubectl rollout undo deployment/web");
    assert_eq!(said, "deployment.apps/web rolled back\n");
    let patches = lab.steps()[from..].iter().filter(|step| {
        step.kind == StepKind::Request
            && step.from.to_string() == "kubectl"
            && &*step.verb == "patch"
    });
    assert_eq!(patches.count(), 1);
    lab.settles();
    assert_eq!(of_image(&lab.cluster, "nginx:1.28").len(), 2);
    let history = lab.runs("kubectl rollout history deployment/web");
    assert!(
        history.contains("REVISION") && history.contains('3') && !history.contains("\n1 "),
        "{history}"
    );
}

/// C33
#[test]
fn deleting_an_rc_takes_its_pods_along_and_orphaning_leaves_them() {
    let mut lab = Lab::new(3).file("rc.yaml", replication_controller(2));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    lab.runs("kubectl delete rc web --cascade=orphan");
    lab.settles();
    assert_eq!(lab.pods().len(), 2);
    for pod in lab.pods() {
        assert!(pod.metadata.owner_references.is_empty());
    }
    // A new one with the same selector takes them as its own.
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    assert_eq!(lab.pods().len(), 2);
    assert!(
        lab.pods()
            .iter()
            .all(|pod| pod.metadata.controller().is_some())
    );
    lab.runs("kubectl delete rc web");
    lab.settles();
    assert_eq!(lab.pods().len(), 0);
}

/// C34
#[test]
fn a_namespace_goes_when_all_in_it_is_gone() {
    let mut lab = Lab::new(2)
        .file("rc.yaml", replication_controller(2))
        .file("svc.yaml", service("ClusterIP"));
    lab.runs("kubectl create namespace shop");
    lab.settles();
    lab.runs("kubectl create -f rc.yaml -n shop");
    lab.runs("kubectl create -f svc.yaml -n shop");
    lab.settles();
    lab.runs("kubectl delete namespace shop");
    lab.settles();
    assert!(
        lab.runs("kubectl get namespace shop")
            .contains("namespaces \"shop\" not found")
    );
    let left = |namespace: &str| {
        let pods = all::<Pod>(&lab.cluster);
        let services = all::<Service>(&lab.cluster);
        let endpoints = all::<Endpoints>(&lab.cluster);
        pods.iter()
            .filter(|it| &*it.metadata.namespace == namespace)
            .count()
            + services
                .iter()
                .filter(|it| &*it.metadata.namespace == namespace)
                .count()
            + endpoints
                .iter()
                .filter(|it| &*it.metadata.namespace == namespace)
                .count()
    };
    assert_eq!(left("shop"), 0);
}

/// C68
#[test]
fn replicas_converge_whatever_the_seed_the_number_and_the_nodes() {
    for (seed, replicas, nodes) in [(1, 1, 1), (2, 5, 2), (3, 12, 3), (4, 40, 5), (5, 0, 1)] {
        let mut lab = Lab::seeded(nodes, seed).file("rc.yaml", replication_controller(replicas));
        lab.runs("kubectl create -f rc.yaml");
        lab.settles();
        assert_eq!(ready(&lab.cluster), replicas as usize, "seed {seed}");
        lab.runs("kubectl scale rc web --replicas=3");
        lab.settles();
        assert_eq!(ready(&lab.cluster), 3, "seed {seed}");
        assert_eq!(lab.pods().len(), 3);
    }
}
