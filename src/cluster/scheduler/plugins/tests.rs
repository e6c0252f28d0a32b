use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    image_locality, node_affinity, node_resources, normalize::normalize, taint_toleration,
};
use crate::cluster::{
    api::{
        Container, ContainerImage, Kind, Node, Object, Pod, PodSpec, Resource, TaintEffect,
        Toleration,
    },
    random::Random,
    scheduler::{
        algorithm::{Algorithm, Outcome, enough_nodes},
        cache::{NodeInfo, node_as_empty},
        framework::Plugin,
        pod_info::PodInfo,
        requests::Requests,
        tests::rig::{amounts, labelled, node, pod, taint, with},
    },
};

/// An algorithm that knows these.
fn knowing(nodes: &[Node], pods: &[Pod]) -> Algorithm {
    let mut algorithm = Algorithm::default();
    for node in nodes {
        algorithm.cache.set_node(&Arc::new(node.clone()));
    }
    for pod in pods {
        algorithm.cache.set_pod(&Arc::new(pod.clone()));
    }
    algorithm
}

fn decided(algorithm: &mut Algorithm, pod: &Pod) -> Outcome {
    let info = Arc::new(PodInfo::new(Arc::new(pod.clone())));
    algorithm.schedule(&info, &mut Random::new(1)).0
}

/// What a plugin gives each feasible node, by name, before it is weighted.
fn given(algorithm: &mut Algorithm, pod: &Pod, plugin: Plugin) -> Vec<(String, i64)> {
    let Outcome::Fits(fit) = decided(algorithm, pod) else {
        return Vec::new();
    };
    let scores = fit.scores.unwrap_or_default();
    let column = scores.by_plugin.iter().find(|(one, _)| *one == plugin);
    let Some((_, column)) = column else {
        return Vec::new();
    };
    let slots = fit.feasible.iter().enumerate();
    let mut given: Vec<_> = slots
        .map(|(at, slot)| {
            let score = column.get(at) / plugin.weight();
            (algorithm.name_of(*slot).into_owned(), score)
        })
        .collect();
    given.sort();
    given
}

/// Why each node was rejected, by name.
fn reasons(algorithm: &mut Algorithm, pod: &Pod) -> Vec<(String, String)> {
    let rejected = match decided(algorithm, pod) {
        Outcome::Fits(fit) => fit.rejected,
        Outcome::Unfit(diagnosis) => diagnosis.rejected,
        Outcome::NoNodes => Vec::new(),
    };
    let requests = Requests::of(&pod.spec);
    let mut reasons: Vec<_> = rejected
        .iter()
        .map(|(slot, rejection)| {
            let name = algorithm.name_of(*slot).into_owned();
            (name, rejection.reasons(&requests).join(", "))
        })
        .collect();
    reasons.sort();
    reasons
}

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

/// A Pod whose spec has these fields too.
fn pod_with(name: &str, labels: &[(&str, &str)], fields: Value) -> Pod {
    let mut json = Object::from(pod(name, &[])).to_json();
    if let (Some(spec), Value::Object(fields)) = (json["spec"].as_object_mut(), fields) {
        spec.extend(fields);
    }
    let object = Object::from_json(Resource::Pods, json).expect("a Pod");
    let pod = Pod::of(&object).expect("a Pod");
    labelled(Pod::clone(pod), labels)
}

fn zoned(mut node: Node, key: &str, value: &str) -> Node {
    node.metadata.labels.set(key, value);
    node
}

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
        spec.tolerations = vec![toleration("cpu", "Equal", "v", effect)];
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

/// A node with Pods that ask for that.
fn used(cpu: &str, memory: &str, pods: &[&[(&str, &str)]]) -> NodeInfo {
    let mut info = node_as_empty(&Arc::new(node("n", cpu, memory)));
    for (number, requests) in pods.iter().enumerate() {
        let pod = pod(&format!("p{number}"), requests);
        info.add(&PodInfo::new(Arc::new(pod)));
    }
    info
}

fn asking(containers: &[&[(&str, &str)]], init: &[(&[(&str, &str)], bool)]) -> Requests {
    let container = |requests: &[(&str, &str)]| {
        let mut container = Container::default();
        container.resources.requests = amounts(requests);
        container
    };
    let mut spec = PodSpec::default();
    spec.containers = containers.iter().map(|one| container(one)).collect();
    for (requests, is_sidecar) in init {
        let mut one = container(requests);
        one.restart_policy = is_sidecar.then_some(crate::cluster::api::RestartPolicy::Always);
        spec.init_containers.push(one);
    }
    Requests::of(&spec)
}

/// `component-helpers/resource/helpers_test.go`, `noderesources/fit.go`.
#[test]
fn fit_counts_containers_together_and_init_containers_one_by_one() {
    type List<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&[List<'_>], &[(List<'_>, bool)], i64, i64); 5] = [
        (
            &[
                &[("cpu", "2"), ("memory", "1G")],
                &[("cpu", "1"), ("memory", "1G")],
            ],
            &[
                (&[("cpu", "2"), ("memory", "1G")], false),
                (&[("cpu", "2"), ("memory", "3G")], false),
            ],
            3000,
            3_000_000_000,
        ),
        (&[&[("cpu", "100m")]], &[], 100, 0),
        // A sidecar runs beside the containers, and beside the init containers after it.
        (&[&[("cpu", "1")]], &[(&[("cpu", "1")], true)], 2000, 0),
        (
            &[&[("cpu", "1")]],
            &[(&[("cpu", "1")], true), (&[("cpu", "3")], false)],
            4000,
            0,
        ),
        (
            &[&[("cpu", "1")]],
            &[(&[("cpu", "3")], false), (&[("cpu", "1")], true)],
            3000,
            0,
        ),
    ];
    for (containers, init, milli_cpu, memory) in cases {
        let requests = asking(containers, init);
        assert_eq!((requests.milli_cpu, requests.memory), (milli_cpu, memory));
    }
    // What asks for nothing counts as asking for a little when nodes are scored.
    let requests = asking(&[&[], &[("cpu", "1")], &[("memory", "0")]], &[]);
    assert_eq!(requests.nonzero_milli_cpu, 100 + 1000 + 100);
    assert_eq!(requests.nonzero_memory, 2 * 200 * 1024 * 1024);
}

/// `noderesources/fit_test.go`, TestEnoughRequests.
#[test]
fn fit_names_all_that_is_short() {
    let cases: [(&[(&str, &str)], &[(&str, &str)], &str, bool); 8] = [
        (&[], &[("cpu", "10m"), ("memory", "20")], "", false),
        (
            &[("cpu", "1m"), ("memory", "1")],
            &[("cpu", "10m"), ("memory", "20")],
            "Insufficient cpu, Insufficient memory",
            false,
        ),
        (
            &[("cpu", "1m"), ("memory", "1")],
            &[("cpu", "5m"), ("memory", "5")],
            "",
            false,
        ),
        (
            &[("cpu", "2m"), ("memory", "1")],
            &[("cpu", "9m"), ("memory", "5")],
            "Insufficient cpu",
            false,
        ),
        (
            &[("cpu", "11m")],
            &[("cpu", "1m")],
            "Insufficient cpu",
            true,
        ),
        (
            &[("cpu", "5m"), ("memory", "1")],
            &[("cpu", "5m"), ("memory", "19")],
            "",
            false,
        ),
        (
            &[("cpu", "1m"), ("example.com/aaa", "1")],
            &[],
            "Insufficient example.com/aaa",
            true,
        ),
        (
            &[("ephemeral-storage", "1")],
            &[],
            "Insufficient ephemeral-storage",
            true,
        ),
    ];
    for (asked, taken, short, beyond) in cases {
        let requests = asking(&[asked], &[]);
        let node = used("10m", "20", &[taken]);
        let shortage = node_resources::shortage(&requests, &node);
        let rejection = super::super::framework::Rejection::Resources(shortage);
        let reasons = if shortage.is_none() {
            Vec::new()
        } else {
            rejection.reasons(&requests)
        };
        assert_eq!(reasons.join(", "), short, "{asked:?} beside {taken:?}");
        assert_eq!(
            shortage.beyond_capacity, beyond,
            "{asked:?} beside {taken:?}"
        );
    }
    let mut full = used("10m", "20", &[]);
    full.allocatable.pods = 0;
    let shortage = node_resources::shortage(&Requests::default(), &full);
    let rejection = super::super::framework::Rejection::Resources(shortage);
    assert_eq!(rejection.reasons(&Requests::default()), ["Too many pods"]);
}

/// `noderesources/least_allocated_test.go`.
#[test]
fn least_allocated_prefers_the_emptier_node() {
    let none: &[&[(&str, &str)]] = &[&[("cpu", "0"), ("memory", "0")]];
    let some: &[&[(&str, &str)]] = &[
        &[("cpu", "1000"), ("memory", "2000")],
        &[("cpu", "2000"), ("memory", "3000")],
    ];
    type Used<'a> = &'a [&'a [(&'a str, &'a str)]];
    let cpu: Used<'_> = &[&[("cpu", "3000"), ("memory", "0")]];
    let both: Used<'_> = &[&[("cpu", "3000"), ("memory", "5000")]];
    let cpu_twice: Used<'_> = &[cpu[0], cpu[0]];
    let cpu_and_both: Used<'_> = &[cpu[0], both[0]];
    let cases: [(Used<'_>, &str, &str, Used<'_>, i64); 9] = [
        (none, "4000", "10000", &[], 100),
        (some, "4000", "10000", &[], 37),
        (some, "6000", "10000", &[], 50),
        (none, "10000", "20000", cpu_twice, 70),
        (none, "10000", "20000", cpu_and_both, 57),
        (some, "10000", "20000", cpu, 57),
        (some, "10000", "20000", both, 45),
        (some, "10000", "50000", both, 60),
        (none, "0", "0", both, 0),
    ];
    for (asked, cpu, memory, taken, score) in cases {
        let requests = asking(asked, &[]);
        let node = used(cpu, memory, taken);
        assert_eq!(
            node_resources::least_allocated(&requests, &node),
            score,
            "{cpu} {memory}"
        );
    }
    let over = asking(&[&[("cpu", "3000"), ("memory", "0")]], &[]);
    assert_eq!(
        node_resources::least_allocated(&over, &used("4000", "10000", cpu)),
        50
    );
    assert_eq!(
        node_resources::least_allocated(&over, &used("4000", "10000", both)),
        25
    );
}

/// `noderesources/balanced_allocation_test.go`.
#[test]
fn balanced_allocation_prefers_the_node_that_becomes_more_even() {
    type Used<'a> = &'a [&'a [(&'a str, &'a str)]];
    let some: Used<'_> = &[
        &[("cpu", "1"), ("memory", "2000")],
        &[("cpu", "2"), ("memory", "3000")],
    ];
    let memory_only: Used<'_> = &[&[("memory", "5000")]];
    let cpu: Used<'_> = &[&[("cpu", "3")]];
    let both: Used<'_> = &[&[("cpu", "3"), ("memory", "5000")]];
    let cases: [(Used<'_>, &str, &str, Used<'_>, i64); 9] = [
        (some, "10", "20000", cpu, 73),
        (some, "10", "20000", both, 74),
        (some, "10", "20000", cpu, 73),
        (some, "10", "50000", both, 70),
        (memory_only, "3", "5000", cpu, 100),
        (memory_only, "3", "5000", &[], 50),
        (cpu, "6", "10000", cpu, 62),
        (cpu, "6", "10000", both, 62),
        (some, "3500m", "40000", &[], 56),
    ];
    for (asked, cpu, memory, taken, score) in cases {
        let requests = asking(asked, &[]);
        let node = used(cpu, memory, taken);
        assert_eq!(
            node_resources::balanced_allocation(&requests, &node),
            Some(score),
            "{asked:?} on {cpu} {memory} beside {taken:?}"
        );
    }
    let nothing = asking(&[&[]], &[]);
    assert_eq!(
        node_resources::balanced_allocation(&nothing, &used("4", "1Gi", &[])),
        None
    );
}

/// `imagelocality/image_locality_test.go`.
#[test]
fn image_locality_counts_size_and_spread() {
    let with_images = |name: &str, sizes: &[i64]| {
        let mut node = node(name, "4", "8Gi");
        let images = sizes.iter().map(|size| ContainerImage {
            names: vec![
                format!("gcr.io/{size}:latest").into(),
                format!("gcr.io/{size}:v1").into(),
            ],
            size_bytes: size * 1024 * 1024,
            ..ContainerImage::default()
        });
        node.status.images = images.collect();
        node
    };
    let running = |images: &[&str]| {
        with(pod("p", &[]), |spec| {
            let containers = images.iter().map(|image| Container {
                image: (*image).into(),
                ..Container::default()
            });
            spec.containers = containers.collect();
        })
    };
    let cases: [(&[&str], &[&[i64]], &[i64]); 6] = [
        (
            &["gcr.io/40", "gcr.io/250"],
            &[&[40, 300, 2000], &[250, 10]],
            &[0, 5],
        ),
        (
            &["gcr.io/40", "gcr.io/300"],
            &[&[40, 300, 2000], &[250, 10]],
            &[7, 0],
        ),
        (
            &["gcr.io/10", "gcr.io/4000"],
            &[&[4000, 30], &[250, 10]],
            &[100, 0],
        ),
        (
            &["gcr.io/10", "gcr.io/4000"],
            &[&[4000, 30], &[250, 10], &[]],
            &[66, 0, 0],
        ),
        (
            &["gcr.io/300", "gcr.io/600", "gcr.io/900"],
            &[&[600, 40, 900], &[300, 600, 900], &[]],
            &[32, 36, 0],
        ),
        (
            &["gcr.io/30", "gcr.io/40"],
            &[&[20, 30, 40], &[4000, 30]],
            &[1, 0],
        ),
    ];
    for (images, nodes, scores) in cases {
        let nodes = nodes.iter().enumerate();
        let nodes: Vec<Node> = nodes
            .map(|(number, sizes)| with_images(&format!("node{number}"), sizes))
            .collect();
        let mut algorithm = knowing(&nodes, &[]);
        let given = given(&mut algorithm, &running(images), Plugin::ImageLocality);
        let given: Vec<i64> = given.into_iter().map(|(_, score)| score).collect();
        assert_eq!(given, scores, "{images:?}");
    }
    for (name, whole) in [
        ("root", "root:latest"),
        ("root:tag", "root:tag"),
        ("gcr.io:5000/root", "gcr.io:5000/root:latest"),
        ("gcr.io/root@sha256:abc", "gcr.io/root@sha256:abc"),
    ] {
        assert_eq!(image_locality::with_tag(name), whole);
    }
}

/// `plugins/helper/normalize_score_test.go`.
#[test]
fn scores_are_normalised_to_a_hundred() {
    let cases: [(&[i64], bool, &[i64]); 6] = [
        (&[1, 2, 3, 4], false, &[25, 50, 75, 100]),
        (&[1, 2, 3, 4], true, &[75, 50, 25, 0]),
        (&[1000, 10, 20, 30], false, &[100, 1, 2, 3]),
        (&[1, 1, 1, 1], false, &[100, 100, 100, 100]),
        (&[0, 0, 0, 0], false, &[0, 0, 0, 0]),
        (&[0, 0, 0, 0], true, &[100, 100, 100, 100]),
    ];
    for (raw, reverse, expected) in cases {
        let mut scores = raw.to_vec();
        normalize(&mut scores, reverse);
        assert_eq!(scores, expected);
    }
}

/// `schedule_one_test.go`, TestNumFeasibleNodesToFind.
#[test]
fn feasible_nodes_are_enough_at_some_number() {
    let cases = [
        (10, 10),
        (99, 99),
        (100, 100),
        (200, 100),
        (1000, 420),
        (5000, 500),
        (6000, 300),
        (20_000, 1000),
    ];
    for (nodes, enough) in cases {
        assert_eq!(enough_nodes(nodes), enough, "of {nodes}");
    }
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

    let mut service = crate::cluster::api::Service::default();
    service.metadata.name = "s".into();
    service.metadata.namespace = "default".into();
    service.spec.selector.set("foo", "");
    algorithm.workloads.set_service(&service);
    assert_eq!(scores(&mut algorithm, &incoming), [44, 66, 77, 100]);
    algorithm.workloads.remove_service(&service.metadata.key());
    assert!(scores(&mut algorithm, &incoming).is_empty());

    let mut controller = crate::cluster::api::ReplicationController::default();
    controller.metadata.name = "rc".into();
    controller.metadata.namespace = "default".into();
    controller.spec.selector.set("foo", "");
    algorithm.workloads.set_controller(&controller);
    let mut owned = incoming.clone();
    owned.metadata.owner_references = vec![crate::cluster::api::OwnerReference {
        api_version: "v1".into(),
        kind: "ReplicationController".into(),
        name: "rc".into(),
        controller: Some(true),
        ..Default::default()
    }];
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
    let cases: [(i32, Option<i32>, &[(&str, usize)], Expected<'_>); 4] = [
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
        let key = super::node_unschedulable::TAINT;
        spec.tolerations = vec![toleration(key, "Exists", "", Some(TaintEffect::NoSchedule))];
    });
    assert!(reasons(&mut algorithm, &daemon).is_empty());
}
