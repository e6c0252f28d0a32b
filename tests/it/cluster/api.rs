use podlings::cluster::trace::StepKind;

use super::lab::{Lab, replication_controller};

/// C5
#[test]
fn a_request_passes_the_gates_in_order_and_stops_at_the_one_that_refuses() {
    let mut lab = Lab::new(1).file("rc.yaml", replication_controller(1));
    let gates = |lab: &Lab, from: usize| -> Vec<(String, u16)> {
        let gates = lab.steps()[from..].iter().filter(|step| {
            step.kind == StepKind::Gate && step.resource == "replicationcontrollers"
        });
        gates
            .map(|step| (step.reason.to_string(), step.code))
            .collect()
    };
    lab.runs("kubectl create -f rc.yaml");
    let passed = gates(&lab, 0);
    let expected = [
        "authentication",
        "audit",
        "priority and fairness",
        "authorization",
        "mutating admission",
        "validation",
        "validating admission",
    ];
    assert_eq!(passed, expected.map(|gate| (gate.to_owned(), 0)));
    let from = lab.steps().len();
    lab.runs("kubectl create -f rc.yaml --as=eve");
    let refused = gates(&lab, from);
    assert_eq!(
        refused.last(),
        Some(&("authorization".to_owned(), 403)),
        "{refused:?}"
    );
    assert!(refused.iter().rev().skip(1).all(|(_, code)| *code == 0));
}

/// C6, C11, C12
#[test]
fn refusals_read_as_kubernetes_writes_them() {
    let mut lab = Lab::new(1).file("rc.yaml", replication_controller(1));
    lab.runs("kubectl create -f rc.yaml");
    for (line, said) in [
        (
            "kubectl get pods --as=eve",
            "Error from server (Forbidden): pods is forbidden: User \"eve\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"\n",
        ),
        (
            "kubectl get pod nobody",
            "Error from server (NotFound): pods \"nobody\" not found\n",
        ),
        (
            "kubectl get deployment nobody",
            "Error from server (NotFound): deployments.apps \"nobody\" not found\n",
        ),
        (
            "kubectl create -f rc.yaml",
            "Error from server (AlreadyExists): error when creating \"rc.yaml\": replicationcontrollers \"web\" already exists\n",
        ),
    ] {
        assert_eq!(lab.runs(line), said, "{line}");
    }
    let said = lab.runs("kubectl get pods --token=stolen");
    assert!(said.contains("Unauthorized"), "{said}");
}

/// C7, C17
#[test]
fn a_manifest_that_is_wrong_is_refused_by_its_path_and_nothing_changes() {
    let good = replication_controller(1);
    for (manifest, said) in [
        (
            good.replace("replicas: 1", "replicaz: 1"),
            "strict decoding error: unknown field \"spec.replicaz\"",
        ),
        (
            good.replace("replicas: 1", "replicas: many"),
            "cannot unmarshal string into Go struct field ReplicationControllerSpec.spec.replicas of type int32",
        ),
        (
            good.replace(
                "  selector:\n    app: web\n",
                "  selector:\n    app: other\n",
            ),
            "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`",
        ),
        (
            good.replace("replicas: 1", "replicas: -1"),
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            good.replace("name: web\n", "name: Web_1\n"),
            "metadata.name: Invalid value: \"Web_1\": a lowercase RFC 1123 subdomain must consist of",
        ),
        (
            good.replace("kind: ReplicationController", "kind: ReplicaController"),
            "no matches for kind \"ReplicaController\" in version \"v1\"",
        ),
    ] {
        let mut lab = Lab::new(1).file("rc.yaml", manifest);
        let revision = lab.cluster.revision();
        let found = lab.runs("kubectl create -f rc.yaml");
        assert!(found.contains(said), "{found}");
        lab.settles();
        assert_eq!(lab.cluster.revision(), revision, "{said}");
        assert!(lab.pods().is_empty());
    }
}

/// C13
#[test]
fn a_quota_that_would_be_exceeded_is_named() {
    let mut lab = Lab::new(1);
    lab.runs("kubectl create quota q --hard=pods=1");
    lab.settles();
    lab.runs("kubectl run one --image=nginx:1.29");
    lab.settles();
    assert_eq!(
        lab.runs("kubectl run two --image=nginx:1.29"),
        "Error from server (Forbidden): pods \"two\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1\n"
    );
}

/// C20
#[test]
fn an_informer_begins_with_a_stream_that_a_bookmark_ends() {
    let mut lab = Lab::new(2).file("rc.yaml", replication_controller(2));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    lab.fault("stop kube-scheduler");
    lab.fault("start kube-scheduler");
    lab.settles();
    let begun = lab.steps().iter().find(|step| {
        step.kind == StepKind::Watch
            && step.to.to_string() == "kube-scheduler"
            && step.resource == "pods"
            && &*step.verb == "initial"
    });
    let begun = begun.expect("the scheduler's watch of Pods begins");
    assert_eq!(
        begun.message,
        "2 objects, then the bookmark k8s.io/initial-events-end"
    );
}
