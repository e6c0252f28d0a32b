use std::rc::Rc;

use super::{given, knowing};
use crate::cluster::{
    api::{Container, ContainerImage, Node, PodSpec, RestartPolicy},
    scheduler::{
        algorithm::enough_nodes,
        cache::{NodeInfo, node_as_empty},
        framework::{Plugin, Rejection},
        plugins::{image_locality, node_resources, normalize::normalize},
        pod_info::PodInfo,
        requests::Requests,
        tests::rig::{amounts, node, pod, with},
    },
};

/// A node with Pods that ask for that.
fn used(cpu: &str, memory: &str, pods: &[&[(&str, &str)]]) -> NodeInfo {
    let mut info = node_as_empty(&Rc::new(node("n", cpu, memory)));
    for (number, requests) in pods.iter().enumerate() {
        let pod = pod(&format!("p{number}"), requests);
        info.add(&PodInfo::new(Rc::new(pod)));
    }
    info
}

fn asking(containers: &[&[(&str, &str)]], init: &[(&[(&str, &str)], bool)]) -> Requests {
    let container = |requests: &[(&str, &str)]| {
        let mut container = Container::default();
        container.resources.requests = amounts(requests);
        container
    };
    let mut spec = PodSpec {
        containers: containers.iter().map(|one| container(one)).collect(),
        ..PodSpec::default()
    };
    for (requests, is_sidecar) in init {
        let mut one = container(requests);
        one.restart_policy = is_sidecar.then_some(RestartPolicy::Always);
        spec.init_containers.push(one);
    }
    Requests::of(&spec)
}

/// `component-helpers/resource/helpers_test.go`, `noderesources/fit.go`.
#[test]
fn fit_counts_containers_together_and_init_containers_one_by_one() {
    type List<'a> = &'a [(&'a str, &'a str)];
    type Case<'a> = (&'a [List<'a>], &'a [(List<'a>, bool)], i64, i64);
    let cases: [Case<'_>; 5] = [
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
/// C35
#[test]
fn fit_names_all_that_is_short() {
    type List<'a> = &'a [(&'a str, &'a str)];
    let cases: [(List<'_>, List<'_>, &str, bool); 8] = [
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
        let rejection = Rejection::Resources(shortage);
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
    let rejection = Rejection::Resources(shortage);
    assert_eq!(rejection.reasons(&Requests::default()), ["Too many pods"]);
}

/// `noderesources/least_allocated_test.go`.
/// C36
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
/// C36
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
/// C36
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
    type Case<'a> = (&'a [&'a str], &'a [&'a [i64]], &'a [i64]);
    let cases: [Case<'_>; 6] = [
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
/// C38
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
