use serde_json::{Value, json};

use super::{given, knowing, pod_with, reasons, zoned};
use crate::cluster::{
    api::{Node, OwnerReference, Pod, ReplicationController, Service, TaintEffect},
    scheduler::{
        algorithm::Algorithm,
        framework::Plugin,
        tests::rig::{labelled, node, pod, taint, with},
    },
};

fn placed(name: &str, on: &str, labels: &[(&str, &str)]) -> Pod {
    let pod = with(pod(name, &[]), |spec| spec.node_name = on.into());
    labelled(pod, labels)
}

/// So many Pods with a label on each of these nodes.
fn crowd(label: (&str, &str), on: &[(&str, usize)]) -> Vec<Pod> {
    let pods = on.iter().flat_map(|(node, count)| {
        (0..*count).map(move |number| placed(&format!("{node}-{number}"), node, &[label]))
    });
    pods.collect()
}

/// `podtopologyspread/scoring_test.go`, TestPodTopologySpreadScore.
#[test]
fn topology_spread_scores_the_emptier_domain_higher() {
    let constraint = |skew: i32| {
        json!({"topologySpreadConstraints": [{"maxSkew": skew, "whenUnsatisfiable": "ScheduleAnyway",
            "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"foo": ""}}}]})
    };
    let cases: [(i32, &[usize], &[i64]); 5] = [
        (1, &[0, 0], &[100, 100]),
        (1, &[1, 1], &[100, 100]),
        (1, &[2, 1, 0, 3], &[20, 60, 100, 0]),
        (2, &[2, 1, 0, 3], &[33, 66, 100, 16]),
        (3, &[4, 3, 2, 1], &[44, 66, 77, 100]),
    ];
    for (skew, crowds, scores) in cases {
        let names: Vec<String> = (0..crowds.len()).map(|at| format!("node-{at}")).collect();
        let nodes: Vec<Node> = names.iter().map(|name| node(name, "4", "8Gi")).collect();
        let on: Vec<(&str, usize)> = names
            .iter()
            .map(String::as_str)
            .zip(crowds.iter().copied())
            .collect();
        let mut algorithm = knowing(&nodes, &crowd(("foo", ""), &on));
        let pod = pod_with("p", &[("foo", "")], constraint(skew));
        let given = given(&mut algorithm, &pod, Plugin::PodTopologySpread);
        let given: Vec<i64> = given.into_iter().map(|(_, score)| score).collect();
        assert_eq!(given, scores, "skew {skew}, {crowds:?}");
    }
}

/// `podtopologyspread/scoring_test.go`: a node that is no candidate counts for nothing; one without the
/// label gets 0.
#[test]
fn topology_spread_leaves_out_nodes_without_the_label() {
    let constraint = json!({"topologySpreadConstraints": [{"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway",
        "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"foo": ""}}}]});
    let mut failed = node("node-y", "4", "8Gi");
    failed.spec.taints = vec![taint("k", "", TaintEffect::NoSchedule)];
    for (labelled, scores) in [(true, [33, 83, 100]), (false, [16, 0, 100])] {
        let mut second = node("node-b", "4", "8Gi");
        if !labelled {
            second.metadata.labels.remove("kubernetes.io/hostname");
        }
        let nodes = [
            node("node-a", "4", "8Gi"),
            second,
            node("node-x", "4", "8Gi"),
            failed.clone(),
        ];
        let on = [("node-a", 4), ("node-b", 2), ("node-x", 1), ("node-y", 3)];
        let mut algorithm = knowing(&nodes, &crowd(("foo", ""), &on));
        let pod = pod_with("p", &[("foo", "")], constraint.clone());
        let given = given(&mut algorithm, &pod, Plugin::PodTopologySpread);
        let given: Vec<i64> = given.into_iter().map(|(_, score)| score).collect();
        assert_eq!(given, scores);
    }
}

/// `podtopologyspread/scoring_test.go`: replicas are spread although nobody says so, by the Services that
/// select them, their ReplicationController or ReplicaSet (`plugins/helper/spread_test.go`).
/// C41
#[test]
fn topology_spread_by_default_follows_services_and_controllers() {
    let on = [("node-a", 4), ("node-b", 3), ("node-c", 2), ("node-d", 1)];
    let nodes: Vec<Node> = on.iter().map(|(name, _)| node(name, "4", "8Gi")).collect();
    let incoming = labelled(pod("p", &[]), &[("foo", "")]);
    let scores = |algorithm: &mut Algorithm, pod: &Pod| -> Vec<i64> {
        let given = given(algorithm, pod, Plugin::PodTopologySpread);
        given.into_iter().map(|(_, score)| score).collect()
    };
    let mut algorithm = knowing(&nodes, &crowd(("foo", ""), &on));
    assert!(scores(&mut algorithm, &incoming).is_empty());

    let mut service = Service::default();
    service.metadata.name = "s".into();
    service.metadata.namespace = "default".into();
    service.spec.selector.set("foo", "");
    algorithm.workloads.set_service(&service);
    assert_eq!(scores(&mut algorithm, &incoming), [44, 66, 77, 100]);
    algorithm.workloads.remove_service(&service.metadata.key());
    assert!(scores(&mut algorithm, &incoming).is_empty());

    let mut controller = ReplicationController::default();
    controller.metadata.name = "rc".into();
    controller.metadata.namespace = "default".into();
    controller.spec.selector.set("foo", "");
    algorithm.workloads.set_controller(&controller);
    let mut owned = incoming.clone();
    owned.metadata.owner_references = vec![OwnerReference {
        api_version: "v1".into(),
        kind: "ReplicationController".into(),
        name: "rc".into(),
        controller: Some(true),
        ..Default::default()
    }]
    .into();
    assert_eq!(scores(&mut algorithm, &owned), [44, 66, 77, 100]);
    assert!(scores(&mut algorithm, &incoming).is_empty());
}

/// `podtopologyspread/filtering_test.go`, TestSingleConstraint.
#[test]
fn topology_spread_filters_what_would_be_too_uneven() {
    let constraint = |skew: i32, key: &str, min: Option<i32>| {
        json!({"topologySpreadConstraints": [{"maxSkew": skew, "whenUnsatisfiable": "DoNotSchedule",
            "topologyKey": key, "minDomains": min.unwrap_or(1),
            "labelSelector": {"matchExpressions": [{"key": "foo", "operator": "Exists"}]}}]})
    };
    let zone = |name: &str, zone: &str| zoned(node(name, "4", "8Gi"), "zone", zone);
    let nodes = [
        zone("a", "zone1"),
        zone("b", "zone1"),
        zone("x", "zone2"),
        node("lost", "4", "8Gi"),
    ];
    let skewed = "node(s) didn't match pod topology spread constraints";
    let lost = "node(s) didn't match pod topology spread constraints (missing required label)";
    type Expected<'a> = &'a [(&'a str, &'a str)];
    type Case<'a> = (i32, Option<i32>, &'a [(&'a str, usize)], Expected<'a>);
    let cases: [Case<'_>; 4] = [
        (
            1,
            None,
            &[("a", 1), ("b", 1), ("x", 1)],
            &[("a", skewed), ("b", skewed), ("lost", lost)],
        ),
        (2, None, &[("a", 1), ("b", 1), ("x", 1)], &[("lost", lost)]),
        (
            1,
            None,
            &[("a", 1), ("x", 2)],
            &[("lost", lost), ("x", skewed)],
        ),
        // Too few domains: the least counts as none.
        (
            1,
            Some(3),
            &[("a", 1), ("x", 1)],
            &[("a", skewed), ("b", skewed), ("lost", lost), ("x", skewed)],
        ),
    ];
    for (skew, min, on, expected) in cases {
        let mut algorithm = knowing(&nodes, &crowd(("foo", ""), on));
        let pod = pod_with("p", &[("foo", "")], constraint(skew, "zone", min));
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(name, why)| ((*name).to_owned(), (*why).to_owned()))
            .collect();
        assert_eq!(
            reasons(&mut algorithm, &pod),
            expected,
            "{skew} {min:?} {on:?}"
        );
    }
}

fn affinity(kind: &str, weight: Option<i32>, labels: Value, key: &str) -> Value {
    let term = json!({"labelSelector": {"matchLabels": labels}, "topologyKey": key});
    let terms = match weight {
        None => json!({"requiredDuringSchedulingIgnoredDuringExecution": [term]}),
        Some(weight) => json!({"preferredDuringSchedulingIgnoredDuringExecution":
            [{"weight": weight, "podAffinityTerm": term}]}),
    };
    json!({"affinity": {kind: terms}})
}

/// `interpodaffinity/filtering_test.go`, TestRequiredAffinitySingleNode and MultipleNodes.
#[test]
fn pod_affinity_filters_by_who_is_near() {
    let region = |name: &str, value: &str| zoned(node(name, "4", "8Gi"), "region", value);
    let nodes = [region("n1", "r1"), region("n2", "r1"), region("n3", "r2")];
    let db = [placed("db", "n1", &[("app", "db")])];
    let near = |kind: &str| affinity(kind, None, json!({"app": "db"}), "region");
    let no = "node(s) didn't match pod affinity rules";
    let anti = "node(s) didn't match pod anti-affinity rules";
    let theirs = "node(s) didn't satisfy existing pods anti-affinity rules";
    type Expected<'a> = &'a [(&'a str, &'a str)];
    let web: &[(&str, &str)] = &[("app", "web")];
    let itself: &[(&str, &str)] = &[("app", "db")];
    let cases: [(&[Pod], Pod, Expected<'_>); 5] = [
        (&db, pod_with("p", web, near("podAffinity")), &[("n3", no)]),
        (
            &db,
            pod_with("p", web, near("podAntiAffinity")),
            &[("n1", anti), ("n2", anti)],
        ),
        // The first of its kind is let in, but only if it wants itself.
        (&[], pod_with("p", itself, near("podAffinity")), &[]),
        (
            &[],
            pod_with("p", web, near("podAffinity")),
            &[("n1", no), ("n2", no), ("n3", no)],
        ),
        (
            &[with(
                pod_with("hermit", &[], near("podAntiAffinity")),
                |spec| {
                    spec.node_name = "n3".into();
                },
            )],
            labelled(pod("p", &[]), itself),
            &[("n3", theirs)],
        ),
    ];
    for (existing, pod, expected) in cases {
        let mut algorithm = knowing(&nodes, existing);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(name, why)| ((*name).to_owned(), (*why).to_owned()))
            .collect();
        assert_eq!(
            reasons(&mut algorithm, &pod),
            expected,
            "{:?}",
            pod.spec.affinity
        );
    }
}

/// `interpodaffinity/scoring_test.go`, TestPreferredAffinity.
#[test]
fn pod_affinity_scores_by_who_is_near() {
    let region = |name: &str, value: &str| zoned(node(name, "4", "8Gi"), "region", value);
    let nodes = [
        region("n1", "china"),
        region("n2", "india"),
        region("n3", "china"),
        region("n4", "china"),
        region("n5", "india"),
    ];
    let s2 = [("security", "S2")];
    let existing = [
        placed("a", "n1", &s2),
        placed("b", "n1", &s2),
        placed("c", "n2", &s2),
        placed("d", "n3", &s2),
        placed("e", "n4", &s2),
        placed("f", "n5", &s2),
    ];
    let scores = |existing: &[Pod], pod: &Pod| -> Vec<i64> {
        let mut algorithm = knowing(&nodes, existing);
        let given = given(&mut algorithm, pod, Plugin::InterPodAffinity);
        given.into_iter().map(|(_, score)| score).collect()
    };
    let wish = |kind: &str, weight| affinity(kind, weight, json!({"security": "S2"}), "region");
    let drawn = pod_with("p", &[], wish("podAffinity", Some(5)));
    assert_eq!(scores(&existing, &drawn), [100, 0, 100, 100, 0]);
    let kept = pod_with("p", &[], wish("podAntiAffinity", Some(5)));
    assert_eq!(scores(&existing, &kept), [0, 100, 0, 0, 100]);
    // Those that are there are drawn to the new one too: what they require weighs 1.
    let fan = with(pod_with("fan", &[], wish("podAffinity", None)), |spec| {
        spec.node_name = "n2".into();
    });
    let wanted = labelled(pod("p", &[]), &s2);
    assert_eq!(scores(&[fan], &wanted), [0, 100, 0, 0, 100]);
    // Nobody says anything: the plugin does not score.
    assert!(scores(&existing, &wanted).is_empty());
}
