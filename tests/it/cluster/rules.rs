//! What the model promises, rule by rule. A test names the rules it holds in its doc comment: `C12`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each rule's number, and what it says.
const RULES: &[(u32, &str)] = &[
    (1, "objects stand in etcd under Kubernetes' own keys"),
    (
        2,
        "one revision for all of etcd; create, mod and version are kept; a delete is a revision",
    ),
    (
        3,
        "an update is written only over the revision it was made from",
    ),
    (4, "etcd's history is compacted every five minutes"),
    (
        5,
        "a request passes the gates in Kubernetes' order, and the one that refuses ends it",
    ),
    (
        6,
        "RBAC allows what kubeadm's roles and bindings allow, and says what it refuses",
    ),
    (
        7,
        "a manifest is decoded strictly: an unknown field is refused by its path",
    ),
    (8, "the server fills in Kubernetes' defaults"),
    (
        9,
        "the server sets uid, resourceVersion, creationTimestamp and generation",
    ),
    (
        10,
        "generateName appends five characters of Kubernetes' alphabet, and tries eight times",
    ),
    (
        11,
        "not found, already exists and conflict read as Kubernetes writes them",
    ),
    (12, "who shows no known credentials is Unauthorized"),
    (
        13,
        "a quota that would be exceeded is named with requested, used and limited",
    ),
    (
        14,
        "a watch too old is told so, and its informer begins anew",
    ),
    (15, "reading Endpoints warns that they are deprecated"),
    (
        16,
        "admission plugins run in order and do what Kubernetes' do",
    ),
    (
        17,
        "what is invalid is refused with Kubernetes' message and path, and nothing changes",
    ),
    (18, "what would change nothing is not written"),
    (
        19,
        "a key that failed is tried again after 5 ms, doubling up to 1,000 s",
    ),
    (
        20,
        "an informer begins with a stream of what there is, ended by a bookmark",
    ),
    (
        21,
        "ReplicationController and ReplicaSet are one implementation",
    ),
    (
        22,
        "a controller creates in batches of 1, 2, 4 …, and stops at a failure",
    ),
    (
        23,
        "a controller that waits for what it wrote does not write it twice",
    ),
    (
        24,
        "created and deleted Pods are told as events with Kubernetes' texts and source",
    ),
    (25, "Pods to delete are chosen in Kubernetes' order"),
    (
        26,
        "a rolling update keeps within maxSurge and maxUnavailable",
    ),
    (
        27,
        "Recreate starts no new Pod before the old ones are gone",
    ),
    (
        28,
        "undoing a rollout is kubectl's work: it patches the old template in",
    ),
    (
        29,
        "Endpoints hold ready addresses and unready ones, and no finished, addressless or terminating Pod",
    ),
    (
        30,
        "EndpointSlices hold at most a hundred endpoints, with ready, serving and terminating",
    ),
    (
        31,
        "a silent node is Unknown after 50 to 55 s, and its Pods are unready at once",
    ),
    (
        32,
        "a node that is not ready is tainted; Pods are evicted when their toleration ends",
    ),
    (
        33,
        "deleting an owner deletes what it owns in the background; orphaning leaves it",
    ),
    (34, "a namespace goes when all in it is gone"),
    (
        35,
        "a Pod is bound only to a node that every filter lets pass, in Kubernetes' order of filters",
    ),
    (
        36,
        "nodes are scored with Kubernetes' plugins, weights and arithmetic",
    ),
    (37, "one feasible node is taken without scoring"),
    (
        38,
        "in a large cluster only a share of the nodes is looked at, from where the last look ended",
    ),
    (
        39,
        "a binding sets spec.nodeName and PodScheduled in one write",
    ),
    (
        40,
        "an unschedulable Pod says why, reason by reason, and is tried again when something relevant changes",
    ),
    (41, "replicas are spread over nodes"),
    (
        42,
        "a Pod's status is written step by step: pending, sandbox ready, running with its address",
    ),
    (
        43,
        "the kubelet tells Pulling, Pulled, Created and Started with Kubernetes' texts",
    ),
    (44, "an image is pulled as its policy and tag say"),
    (
        45,
        "an image that cannot be pulled is tried again after 10 s, doubling up to 300 s",
    ),
    (46, "a Pod's conditions stand in Kubernetes' order"),
    (
        47,
        "init containers run to their end, one after another, before the others start",
    ),
    (
        48,
        "a container that ends is started again as the restart policy says, after 0, 10, 20 … 300 s",
    ),
    (
        49,
        "probes decide readiness and restarts by their thresholds",
    ),
    (
        50,
        "a deleted Pod is stopped gracefully while Services drop it, and then removed by its kubelet",
    ),
    (51, "the kubelet renews its lease every ten seconds"),
    (
        52,
        "each Pod has an address of its own, out of its node's range",
    ),
    (
        53,
        "cluster IPs and node ports are taken from the upper band first",
    ),
    (
        54,
        "kube-proxy's rules lead from a Service to its endpoints with even chances",
    ),
    (
        55,
        "a Service without endpoints rejects; terminating endpoints that serve are a last resort",
    ),
    (
        56,
        "a request through a Service reaches a ready Pod, hop by hop",
    ),
    (
        57,
        "with the scheduler stopped Pods stay Pending, and are bound when it starts",
    ),
    (
        58,
        "with the controller manager stopped a deleted Pod is not replaced until it starts",
    ),
    (
        59,
        "a rollout stopped in the middle goes on when the controller manager starts",
    ),
    (60, "with the API server stopped containers go on running"),
    (
        61,
        "a dropped watch goes on where it broke, and misses nothing",
    ),
    (
        62,
        "a step has all its keys, in order, and a cause that came before it",
    ),
    (
        63,
        "the same seed and commands give the same trace, byte for byte",
    ),
    (64, "a snapshot goes on exactly as the straight run did"),
    (
        65,
        "heartbeats are hidden and not numbered unless asked for",
    ),
    (
        66,
        "two seeds differ only where Kubernetes is free to choose",
    ),
    (
        67,
        "no Pod is ever bound to two nodes, and revisions only grow",
    ),
    (
        68,
        "when nothing is broken, replicas converge to the wanted number",
    ),
    (69, "kubectl prints Kubernetes' columns and messages"),
    (
        70,
        "a node's container runtime that is down makes the node not ready",
    ),
    (
        71,
        "a container whose environment needs a ConfigMap, Secret or key that is missing waits for it",
    ),
    (
        72,
        "a Pod whose volumes need one starts no container; mounting is tried again after 0.5 s, doubling up to 122 s",
    ),
    (
        73,
        "a kubelet watches, and may read, only the ConfigMaps and Secrets its Pods refer to",
    ),
];

#[test]
fn every_rule_is_held_by_a_test_and_every_test_names_rules_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = rust_files(&root.join("src/cluster"));
    files.extend(rust_files(&root.join("src/walkthrough")));
    files.extend(rust_files(&root.join("tests/it")));
    let mut held: BTreeMap<u32, usize> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("source is readable");
        for number in rules_named_by_tests(&text) {
            *held.entry(number).or_default() += 1;
        }
    }
    let there: BTreeSet<u32> = RULES.iter().map(|(number, _)| *number).collect();
    let unknown: Vec<_> = held
        .keys()
        .filter(|number| !there.contains(number))
        .collect();
    assert!(
        unknown.is_empty(),
        "tests name rules there are not: {unknown:?}"
    );
    let bare: Vec<_> = RULES
        .iter()
        .filter(|(number, _)| !held.contains_key(number))
        .collect();
    assert!(bare.is_empty(), "no test holds: {bare:#?}");
}

#[test]
fn the_rules_are_numbered_one_by_one() {
    let numbers: Vec<u32> = RULES.iter().map(|(number, _)| *number).collect();
    let expected: Vec<u32> = (1..).take(RULES.len()).collect();
    assert_eq!(numbers, expected);
}

/// The rules in the doc comments that stand right above a `#[test]`.
fn rules_named_by_tests(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let mut doc = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            doc.extend(numbers(comment));
        } else if line == "#[test]" {
            found.append(&mut doc);
        } else if !line.starts_with("#[") {
            doc.clear();
        }
    }
    found
}

/// `C12` as a word of its own.
fn numbers(comment: &str) -> Vec<u32> {
    let words = comment.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter_map(|word| word.strip_prefix('C')?.parse().ok())
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
