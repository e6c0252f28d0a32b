use serde_json::{Value, json};

use super::{decided, given, knowing, pod_with, reasons, zoned};
use crate::cluster::{
    api::{Kind, Object, Pod, Resource, TaintEffect, Toleration},
    scheduler::{
        algorithm::Outcome,
        framework::Plugin,
        plugins::{node_affinity, node_unschedulable, taint_toleration},
        requests::Requests,
        tests::rig::{node, pod, taint, with},
    },
};

fn toleration(key: &str, operator: &str, value: &str, effect: Option<TaintEffect>) -> Toleration {
    Toleration {
        key: key.into(),
        operator: operator.into(),
        value: value.into(),
        effect,
        ..Toleration::default()
    }
}

/// `staging/src/k8s.io/api/core/v1/toleration_test.go`, `tainttoleration/taint_toleration_test.go`.
/// C35
#[test]
fn taints_are_tolerated_by_key_value_and_effect() {
    use TaintEffect::{NoExecute, NoSchedule, PreferNoSchedule};
    let cases = [
        (
            toleration("foo", "Exists", "", Some(NoSchedule)),
            ("foo", "bar", NoSchedule),
            true,
        ),
        (
            toleration("foo", "Exists", "", None),
            ("foo", "bar", NoExecute),
            true,
        ),
        (
            toleration("", "Exists", "", None),
            ("any", "thing", NoSchedule),
            true,
        ),
        (
            toleration("foo", "Equal", "bar", Some(NoSchedule)),
            ("foo", "bar", NoSchedule),
            true,
        ),
        (
            toleration("foo", "", "bar", Some(NoSchedule)),
            ("foo", "bar", NoSchedule),
            true,
        ),
        (
            toleration("foo", "Exists", "", Some(NoSchedule)),
            ("foo2", "bar", NoSchedule),
            false,
        ),
        (
            toleration("foo", "Equal", "bar1", Some(NoSchedule)),
            ("foo", "bar2", NoSchedule),
            false,
        ),
        (
            toleration("foo", "Equal", "bar", Some(NoSchedule)),
            ("foo", "bar", NoExecute),
            false,
        ),
        (
            toleration("foo", "Gt", "1", Some(NoSchedule)),
            ("foo", "2", NoSchedule),
            false,
        ),
        // A node that would rather not have the Pod takes it all the same.
        (
            toleration("other", "Exists", "", None),
            ("foo", "bar", PreferNoSchedule),
            true,
        ),
    ];
    for (toleration, (key, value, effect), fits) in cases {
        let mut node = node("n", "1", "1Gi");
        node.spec.taints = vec![taint(key, value, effect)];
        let tolerations = [toleration];
        assert_eq!(
            taint_toleration::filter(&tolerations, &node),
            fits,
            "{tolerations:?} {key}"
        );
    }
}

/// `tainttoleration/taint_toleration_test.go`, TestTaintTolerationScore.
#[test]
fn taints_that_prefer_no_pod_lower_the_score() {
    let soft = |key: &str| taint(key, "v", TaintEffect::PreferNoSchedule);
    let tainted = |name: &str, taints: &[&str]| {
        let mut node = node(name, "4", "8Gi");
        node.spec.taints = taints.iter().map(|key| soft(key)).collect();
        node
    };
    let nodes = [
        tainted("a", &[]),
        tainted("b", &["cpu"]),
        tainted("c", &["cpu", "disk"]),
    ];
    let tolerant = with(pod("p", &[]), |spec| {
        let effect = Some(TaintEffect::PreferNoSchedule);
        spec.tolerations = vec![toleration("cpu", "Equal", "v", effect)].into();
    });
    let cases = [(pod("p", &[]), [100, 50, 0]), (tolerant, [100, 100, 0])];
    for (pod, scores) in cases {
        let given = given(&mut knowing(&nodes, &[]), &pod, Plugin::TaintToleration);
        let given: Vec<i64> = given.into_iter().map(|(_, score)| score).collect();
        assert_eq!(given, scores);
    }
}

fn required(terms: Value) -> Value {
    json!({"affinity": {"nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}})
}

/// `nodeaffinity/node_affinity_test.go`, TestNodeAffinity.
#[test]
fn node_affinity_has_six_operators() {
    let expression = |key: &str, operator: &str, values: &[&str]| {
        let one = json!({"key": key, "operator": operator, "values": values});
        required(json!([{"matchExpressions": [one]}]))
    };
    let name = |operator: &str, name: &str| {
        let one = json!({"key": "metadata.name", "operator": operator, "values": [name]});
        required(json!([{"matchFields": [one]}]))
    };
    let cases = [
        (json!({"nodeSelector": {"foo": "bar"}}), true),
        (json!({"nodeSelector": {"foo": "baz"}}), false),
        (
            json!({"nodeSelector": {"foo": "bar", "missing": ""}}),
            false,
        ),
        (expression("foo", "In", &["bar", "value2"]), true),
        (expression("foo", "In", &["value1"]), false),
        (expression("foo", "NotIn", &["value1"]), true),
        (expression("foo", "NotIn", &["bar"]), false),
        (expression("missing", "NotIn", &["bar"]), true),
        (expression("foo", "Exists", &[]), true),
        (expression("foo", "DoesNotExist", &[]), false),
        (expression("kernel-version", "Gt", &["0204"]), true),
        (expression("kernel-version", "Gt", &["206"]), false),
        (expression("kernel-version", "Lt", &["207"]), true),
        (expression("kernel-version", "Lt", &["206"]), false),
        // What does not read holds nowhere.
        (expression("foo", "In", &[]), false),
        (expression("foo", "Like", &["bar"]), false),
        (expression("kernel-version", "Gt", &["1", "2"]), false),
        // One term is enough, but an empty one is none.
        (
            required(
                json!([{"matchExpressions": [{"key": "no", "operator": "Exists"}]},
                         {"matchExpressions": [{"key": "foo", "operator": "Exists"}]}]),
            ),
            true,
        ),
        (required(json!([{}])), false),
        (required(json!([])), false),
        (name("In", "node-1"), true),
        (name("In", "node-2"), false),
        (name("NotIn", "node-2"), true),
    ];
    for (fields, matches) in cases {
        let written = fields.to_string();
        let pod = pod_with("p", &[], fields);
        let mut node = zoned(node("node-1", "4", "8Gi"), "foo", "bar");
        node.metadata.labels.set("kernel-version", "0206");
        let required = node_affinity::RequiredNodeAffinity::of(&pod.spec);
        assert_eq!(required.matches(&node), matches, "{written}");
    }
}

/// `nodeaffinity/node_affinity.go`, PreFilter: terms that name nodes; what they have in common.
#[test]
fn node_affinity_by_name_looks_at_no_other_node() {
    let nodes = [node("node-1", "4", "8Gi"), node("node-2", "4", "8Gi")];
    let named = |names: &[&str]| {
        let fields: Vec<Value> = names
            .iter()
            .map(|name| json!({"key": "metadata.name", "operator": "In", "values": [name]}))
            .collect();
        pod_with("p", &[], required(json!([{"matchFields": fields}])))
    };
    let mut algorithm = knowing(&nodes, &[]);
    match decided(&mut algorithm, &named(&["node-2"])) {
        Outcome::Fits(fit) => assert_eq!((&*fit.node, fit.feasible.len()), ("node-2", 1)),
        other => panic!("{other:?}"),
    }
    let messages = [
        (
            named(&["node-1", "node-2"]),
            "0/2 nodes are available: pod affinity terms conflict.",
        ),
        (
            named(&["node-9"]),
            "0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
        ),
    ];
    for (pod, message) in messages {
        match decided(&mut algorithm, &pod) {
            Outcome::Unfit(diagnosis) => {
                assert_eq!(diagnosis.message(&Requests::of(&pod.spec)), message);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// `nodeaffinity/node_affinity_test.go`, TestNodeAffinityPriority.
#[test]
fn node_affinity_adds_the_weights_of_what_is_preferred() {
    let nodes = [
        zoned(zoned(node("a", "4", "8Gi"), "foo", "bar"), "key", "value"),
        zoned(node("b", "4", "8Gi"), "foo", "bar"),
        node("c", "4", "8Gi"),
    ];
    let term = |weight: i32, key: &str| {
        let one = json!({"key": key, "operator": "Exists"});
        json!({"weight": weight, "preference": {"matchExpressions": [one]}})
    };
    let affinity = json!({"affinity": {"nodeAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [term(2, "foo"), term(4, "key")]}}});
    let pod_that_prefers = pod_with("p", &[], affinity);
    let mut algorithm = knowing(&nodes, &[]);
    let scores = given(&mut algorithm, &pod_that_prefers, Plugin::NodeAffinity);
    let scores: Vec<i64> = scores.into_iter().map(|(_, score)| score).collect();
    assert_eq!(scores, [100, 33, 0]);
    // Without preferences the plugin does not score at all.
    assert!(given(&mut algorithm, &pod("q", &[]), Plugin::NodeAffinity).is_empty());
}

/// `nodeports/node_ports_test.go`.
#[test]
fn ports_of_the_host_are_taken_once() {
    let using = |name: &str, port: Value| {
        let mut pod = pod_with(name, &[], json!({}));
        let mut json = Object::from(pod.clone()).to_json();
        json["spec"]["containers"][0]["ports"] = json!([port]);
        if let Ok(object) = Object::from_json(Resource::Pods, json) {
            pod = Pod::clone(Pod::of(&object).expect("a Pod"));
        }
        pod
    };
    let tcp = |ip: &str, port: i32| json!({"hostIP": ip, "hostPort": port, "containerPort": port});
    let udp = json!({"protocol": "UDP", "hostPort": 8080, "containerPort": 8080});
    let cases = [
        (tcp("127.0.0.1", 8080), tcp("127.0.0.1", 9090), true),
        (tcp("127.0.0.1", 8080), tcp("127.0.0.1", 8080), false),
        (tcp("127.0.0.1", 8080), tcp("127.0.0.2", 8080), true),
        (tcp("127.0.0.1", 8080), tcp("", 8080), false),
        (tcp("", 8080), tcp("127.0.0.1", 8080), false),
        (tcp("", 8080), udp, true),
    ];
    for (taken, wanted, fits) in cases {
        let there = with(using("q", taken.clone()), |spec| {
            spec.node_name = "n".into()
        });
        let mut algorithm = knowing(&[node("n", "4", "8Gi")], &[there]);
        let reasons = reasons(&mut algorithm, &using("p", wanted.clone()));
        assert_eq!(reasons.is_empty(), fits, "{taken} {wanted}");
        if !fits {
            assert_eq!(
                reasons[0].1,
                "node(s) didn't have free ports for the requested pod ports"
            );
        }
    }
}

/// `nodeunschedulable/node_unschedulable_test.go`.
#[test]
fn cordoned_nodes_are_left_alone() {
    let mut cordoned = node("n", "4", "8Gi");
    cordoned.spec.unschedulable = true;
    let mut algorithm = knowing(&[cordoned], &[]);
    let why = reasons(&mut algorithm, &pod("p", &[]));
    assert_eq!(
        why,
        [("n".to_owned(), "node(s) were unschedulable".to_owned())]
    );
    let daemon = with(pod("p", &[]), |spec| {
        let key = node_unschedulable::TAINT;
        spec.tolerations =
            vec![toleration(key, "Exists", "", Some(TaintEffect::NoSchedule))].into();
    });
    assert!(reasons(&mut algorithm, &daemon).is_empty());
}
