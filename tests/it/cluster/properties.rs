use std::collections::{BTreeMap, BTreeSet};

use podlings::cluster::{
    Cluster,
    api::{Object, Resource, Uid},
    trace::StepKind,
};
use proptest::prelude::*;

use super::lab::{Lab, pods, replication_controller, service};

/// Something a person might do next.
#[derive(Clone, Debug)]
enum Deed {
    Command(&'static str),
    DeleteAPod(usize),
    Fault(&'static str),
    CrashAPod(usize),
    Wait(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "kubectl create -f rc.yaml",
            "kubectl create -f svc.yaml",
            "kubectl scale rc web --replicas=1",
            "kubectl scale rc web --replicas=6",
            "kubectl delete rc web",
            "kubectl delete svc web",
            "kubectl create deployment api --image=nginx:1.28 --replicas=3",
            "kubectl set image deployment/api nginx=nginx:1.29",
            "kubectl rollout undo deployment/api",
            "kubectl cordon node-1",
            "kubectl uncordon node-1",
            "kubectl label pod --all tier=front --overwrite",
            "kubectl delete deployment api",
            "kubectl delete node node-2",
            "kubectl frobnicate",
        ]).prop_map(Deed::Command),
        2 => (0_usize..6).prop_map(Deed::DeleteAPod),
        2 => prop::sample::select(vec![
            "stop kube-scheduler",
            "start kube-scheduler",
            "stop kube-controller-manager",
            "start kube-controller-manager",
            "stop kube-apiserver",
            "start kube-apiserver",
            "stop etcd",
            "start etcd",
            "stop kubelet@node-1",
            "start kubelet@node-1",
            "stop containerd@node-1",
            "start containerd@node-1",
            "stop kube-proxy@node-3",
            "start kube-proxy@node-3",
            "stop node-2",
            "start node-2",
            "cut node-3",
            "heal node-3",
            "drop-watch kube-controller-manager",
            "drop-watch kube-scheduler",
            "drop-watch kubelet@node-1",
            "slow-etcd 200",
            "slow-etcd 0",
            "fail-pull nginx:1.29",
        ]).prop_map(Deed::Fault),
        1 => (0_usize..6).prop_map(Deed::CrashAPod),
        3 => (0_u64..90_000).prop_map(Deed::Wait),
    ]
}

fn does(lab: &mut Lab, deed: &Deed) {
    let named = |cluster: &Cluster, at: usize| {
        let pods = pods(cluster);
        (!pods.is_empty()).then(|| pods[at % pods.len()].metadata.name.clone())
    };
    match deed {
        Deed::Command(line) => lab.types(line),
        Deed::Fault(fault) => lab.fault(fault),
        Deed::Wait(millis) => {
            lab.passes(*millis);
        }
        Deed::DeleteAPod(at) => {
            if let Some(name) = named(&lab.cluster, *at) {
                lab.types(&format!("kubectl delete pod {name}"));
            }
        }
        Deed::CrashAPod(at) => {
            if let Some(name) = named(&lab.cluster, *at) {
                lab.fault(&format!("crash {name}"));
            }
        }
    }
}

/// How many Pods of each `app` are wanted, and by whom.
fn wanted(cluster: &Cluster) -> Vec<(String, String, usize)> {
    let number = |replicas: Option<i32>| {
        replicas
            .and_then(|it| usize::try_from(it).ok())
            .unwrap_or(1)
    };
    let mut found = Vec::new();
    for object in cluster.objects(Resource::ReplicationControllers, "default") {
        if let Object::ReplicationController(it) = &object {
            found.push((
                it.metadata.name.to_string(),
                "web".to_owned(),
                number(it.spec.replicas),
            ));
        }
    }
    for object in cluster.objects(Resource::Deployments, "default") {
        if let Object::Deployment(it) = &object {
            found.push((
                it.metadata.name.to_string(),
                "api".to_owned(),
                number(it.spec.replicas),
            ));
        }
    }
    found
}

/// What must hold at every moment, whatever was broken.
#[derive(Default)]
struct Watcher {
    revision: u64,
    bound: BTreeMap<Uid, String>,
    versions: BTreeMap<(Resource, Uid), u64>,
}

impl Watcher {
    fn look(&mut self, cluster: &Cluster) {
        assert!(
            cluster.revision() >= self.revision,
            "the revision went back"
        );
        self.revision = cluster.revision();
        let mut addresses = BTreeSet::new();
        for resource in [
            Resource::Pods,
            Resource::ReplicationControllers,
            Resource::Nodes,
            Resource::Services,
        ] {
            for object in cluster.objects(resource, "") {
                let meta = object.metadata();
                let version = self
                    .versions
                    .entry((resource, meta.uid.clone()))
                    .or_default();
                assert!(
                    meta.resource_version >= *version,
                    "{resource} {} went back",
                    meta.name
                );
                *version = meta.resource_version;
                assert!(meta.resource_version <= self.revision);
                if let Object::Pod(pod) = &object
                    && !pod.spec.node_name.is_empty()
                {
                    let node = pod.spec.node_name.to_string();
                    let before = self
                        .bound
                        .entry(meta.uid.clone())
                        .or_insert_with(|| node.clone());
                    assert_eq!(*before, node, "{} is bound to two nodes", meta.name);
                    let counts = !pod.status.phase.is_finished() && !pod.metadata.is_deleting();
                    if counts && !pod.status.pod_ip.is_empty() && !pod.spec.host_network {
                        let ip = pod.status.pod_ip.clone();
                        assert!(addresses.insert(ip), "two Pods share {}", pod.status.pod_ip);
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// C67
    #[test]
    fn whatever_is_done_no_pod_is_bound_twice_and_revisions_only_grow(
        seed in 0_u64..1000,
        deeds in prop::collection::vec(deed(), 1..14),
    ) {
        let mut lab = Lab::seeded(3, seed)
            .file("rc.yaml", replication_controller(3))
            .file("svc.yaml", service("NodePort"));
        let mut watcher = Watcher::default();
        for deed in &deeds {
            does(&mut lab, deed);
            for _ in 0..400 {
                lab.cluster.advance();
            }
            watcher.look(&lab.cluster);
        }
        // Every change reaches each watcher once and in order: per component and resource, revisions grow.
        let mut heard: BTreeMap<(String, &str), u64> = BTreeMap::new();
        for step in lab.steps().iter().filter(|step| step.kind == StepKind::Watch) {
            let last = heard.entry((step.to.to_string(), step.resource)).or_default();
            match &*step.verb {
                "added" | "modified" | "deleted" => {
                    prop_assert!(step.revision > *last, "{step:?} after {last}");
                    *last = step.revision;
                }
                "initial" => *last = step.revision,
                // A process that starts anew, or a watch that begins again, may be told of older changes.
                _ => {}
            }
        }
        for (number, step) in (1..).zip(lab.steps()) {
            prop_assert_eq!(step.id.0, number);
            prop_assert!(step.cause < step.id);
        }
    }

    /// C68
    #[test]
    fn once_all_is_mended_replicas_converge(
        seed in 0_u64..1000,
        deeds in prop::collection::vec(deed(), 1..10),
    ) {
        let mut lab = Lab::seeded(3, seed)
            .file("rc.yaml", replication_controller(3))
            .file("svc.yaml", service("ClusterIP"));
        lab.types("kubectl create -f rc.yaml");
        for deed in &deeds {
            if matches!(deed, Deed::Fault("fail-pull nginx:1.29") | Deed::Command("kubectl delete node node-2")) {
                continue;
            }
            does(&mut lab, deed);
        }
        for mended in [
            "start etcd", "start kube-apiserver", "start kube-controller-manager", "start kube-scheduler",
            "start node-2", "start kubelet@node-1", "start containerd@node-1", "start kube-proxy@node-3",
            "heal node-3", "slow-etcd 0",
        ] {
            lab.fault(mended);
        }
        lab.passes(120_000);
        lab.runs("kubectl uncordon node-1");
        lab.passes(900_000);
        for (name, app, wanted) in wanted(&lab.cluster) {
            let pods = pods(&lab.cluster);
            let its = pods.iter().filter(|pod| pod.metadata.labels.get("app") == Some(&app));
            let ready = its.filter(|pod| pod.status.is_ready() && !pod.metadata.is_deleting());
            prop_assert_eq!(ready.count(), wanted, "{}", name);
        }
    }
}
