use std::collections::BTreeMap;

use podlings::cluster::{NodeConfig, api::PodPhase, trace::StepKind};

use super::lab::{Lab, pods, ready, replication_controller};

fn pod(name: &str, rest: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n  - name: main\n    image: nginx:1.29\n{rest}"
    )
}

fn requests(cpu: &str) -> String {
    format!("    resources:\n      requests:\n        cpu: {cpu}\n")
}

fn machine(name: &str, cpu: &str) -> NodeConfig {
    NodeConfig {
        cpu: cpu.to_owned(),
        ..NodeConfig::named(name)
    }
}

/// C35, C40
#[test]
fn a_pod_that_fits_nowhere_says_why_and_is_bound_when_it_does() {
    let machines = [("node-1", "4"), ("node-2", "4"), ("node-3", "8")];
    let mut lab = Lab::with(machines.map(|(name, cpu)| machine(name, cpu)).into())
        .file("one.yaml", pod("one", &requests("3")))
        .file("two.yaml", pod("two", &requests("3")))
        .file("big.yaml", pod("big", &requests("2")));
    lab.runs("kubectl taint nodes node-3 dedicated=db:NoSchedule");
    lab.settles();
    for filler in ["one.yaml", "two.yaml"] {
        lab.runs(&format!("kubectl create -f {filler}"));
    }
    lab.settles();
    lab.runs("kubectl create -f big.yaml");
    lab.passes(5_000);
    let said = &lab.events("FailedScheduling")[0].message;
    assert_eq!(
        said,
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, \
         preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod."
    );
    let big = |lab: &Lab| {
        let mut pods = lab.pods();
        pods.retain(|pod| &*pod.metadata.name == "big");
        pods.remove(0)
    };
    let pod = big(&lab);
    assert_eq!(pod.status.phase, PodPhase::Pending);
    let scheduled = pod.status.condition("PodScheduled").expect("it says so");
    assert_eq!(
        (scheduled.status.as_str(), &*scheduled.reason),
        ("False", "Unschedulable")
    );
    lab.runs("kubectl taint nodes node-3 dedicated-");
    lab.settles();
    assert_eq!(&*big(&lab).spec.node_name, "node-3");
    assert_eq!(ready(&lab.cluster), 3);
}

/// C37
#[test]
fn one_feasible_node_is_taken_without_scoring() {
    let mut lab = Lab::with(vec![machine("node-1", "2"), machine("node-2", "8")])
        .file("big.yaml", pod("big", &requests("4")));
    lab.runs("kubectl create -f big.yaml");
    lab.settles();
    let table = lab.steps().iter().find(|step| {
        step.kind == StepKind::Decision
            && step.from.to_string() == "kube-scheduler"
            && !step.changes.is_empty()
    });
    let table = table.expect("the scheduler's table");
    assert!(
        table
            .changes
            .iter()
            .all(|change| !change.path.contains("score")),
        "{:?}",
        table.changes
    );
    assert_eq!(&*lab.pods()[0].spec.node_name, "node-2");
}

/// C36, C41
#[test]
fn replicas_are_spread_over_nodes() {
    let mut lab = Lab::new(4).file("rc.yaml", replication_controller(8));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    let mut by_node: BTreeMap<String, usize> = BTreeMap::new();
    for pod in lab.pods() {
        *by_node.entry(pod.spec.node_name.to_string()).or_default() += 1;
    }
    assert_eq!(
        by_node.values().copied().collect::<Vec<_>>(),
        [2, 2, 2, 2],
        "{by_node:?}"
    );
    let scored = lab.steps().iter().any(|step| {
        step.kind == StepKind::Decision
            && step
                .changes
                .iter()
                .any(|change| change.path.contains("NodeResourcesFit"))
    });
    assert!(scored, "the table of scores is kept");
}

/// C39
#[test]
fn a_binding_sets_the_node_and_the_condition_in_one_write() {
    let mut lab = Lab::new(3);
    lab.runs("kubectl run web --image=nginx:1.29");
    lab.settles();
    let binding = lab
        .steps()
        .iter()
        .find(|step| step.kind == StepKind::Store && step.subresource == "binding");
    let binding = binding.expect("a binding");
    let after = |path: &str| {
        let mut changes = binding.changes.iter();
        changes
            .find(|change| change.path == path)
            .map(|change| change.after.clone())
    };
    assert!(after("spec.nodeName").is_some());
    assert_eq!(
        after("status.conditions[type=PodScheduled].status"),
        Some("True".into())
    );
}

/// C35
#[test]
fn a_cordoned_node_takes_no_new_pods() {
    let mut lab = Lab::new(2).file("rc.yaml", replication_controller(4));
    assert_eq!(lab.runs("kubectl cordon node-1"), "node/node-1 cordoned\n");
    lab.settles();
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    assert!(
        pods(&lab.cluster)
            .iter()
            .all(|pod| &*pod.spec.node_name == "node-2")
    );
    assert!(
        lab.runs("kubectl get nodes")
            .contains("Ready,SchedulingDisabled")
    );
}

/// C38
#[test]
fn in_a_large_cluster_only_a_share_of_the_nodes_is_looked_at() {
    let mut lab = Lab::new(200).file("rc.yaml", replication_controller(30));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    assert_eq!(ready(&lab.cluster), 30);
    // 200 · (50 − 200/125) % = 97, but never fewer than 100.
    let said = lab.steps().iter().find(|step| {
        step.kind == StepKind::Decision
            && step.from.to_string() == "kube-scheduler"
            && step.message.contains("100 ")
    });
    assert!(said.is_some());
}
