use std::{collections::BTreeSet, net::Ipv4Addr};

use serde_json::{Value, json};

use super::super::passage::{Fate, Packet, pass};
use crate::cluster::{
    kubeproxy::{
        Kernel,
        tests::{NODE, kernel},
    },
    moment::Moment,
    random::Random,
};

const HERE: &str = "10.0.0.11";
const POD: &str = "10.244.0.2";
const OUTSIDE: &str = "203.0.113.2";

const CLUSTER_IP: &str = "10.96.0.50";
const LOAD_BALANCER: &str = "1.2.3.4";
const NODE_PORT: u16 = 3001;

/// All ends a connection may have, and whether its source is replaced.
fn ends(kernel: &Kernel, from: &str, to: &str, port: u16) -> (String, bool) {
    let (source, destination): (Ipv4Addr, Ipv4Addr) = (from.parse().unwrap(), to.parse().unwrap());
    let here: Ipv4Addr = HERE.parse().unwrap();
    let mut found = BTreeSet::new();
    let mut replaced = false;
    for seed in 0..200 {
        let mut kernel = kernel.clone();
        let packet = Packet::new(source, (destination, port), source == here);
        let random = &mut Random::new(seed);
        let passage = pass(&mut kernel, here, packet, random, Moment::ZERO);
        let sent = passage.packet;
        found.insert(match passage.fate {
            Fate::Sent => format!("{}:{}", sent.destination, sent.port),
            Fate::Rejected => "REJECT".to_owned(),
            Fate::Dropped => "DROP".to_owned(),
        });
        let masqueraded = |rule: &crate::cluster::kubeproxy::Rule| {
            rule.target == crate::cluster::kubeproxy::Target::Masquerade
        };
        replaced |= passage.taken.iter().any(|(rule, _)| masqueraded(rule));
    }
    let found: Vec<String> = found.into_iter().collect();
    (found.join(", "), replaced)
}

/// Endpoints as `address node state`, where the state is ready, serving (and ending) or ending.
fn service(spec: Value, endpoints: &[&str]) -> Kernel {
    let mut all = json!({
        "type": "LoadBalancer",
        "clusterIP": CLUSTER_IP,
        "ports": [{"port": 80, "protocol": "TCP", "nodePort": NODE_PORT}],
    });
    for (key, value) in spec.as_object().unwrap() {
        all[key] = value.clone();
    }
    let endpoints: Vec<Value> = endpoints
        .iter()
        .map(|text| {
            let words: Vec<&str> = text.split(' ').collect();
            let (ready, serving) = (words[2] == "ready", words[2] != "ending");
            json!({
                "addresses": [words[0]],
                "nodeName": words[1],
                "conditions": {"ready": ready, "serving": serving, "terminating": !ready},
            })
        })
        .collect();
    let metadata = json!({"namespace": "ns1", "name": "svc1"});
    let status = json!({"loadBalancer": {"ingress": [{"ip": LOAD_BALANCER}]}});
    let slice = json!({
        "metadata": {
            "namespace": "ns1",
            "name": "svc1-1",
            "labels": {"kubernetes.io/service-name": "svc1"},
        },
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "", "port": 80, "protocol": "TCP"}],
    });
    let service = json!({"metadata": metadata, "spec": all, "status": status});
    kernel(vec![service], vec![slice])
}

/// `pkg/proxy/iptables/proxier_test.go`, TestTerminatingEndpointsTrafficPolicyCluster.
#[test]
fn traffic_of_policy_cluster_falls_back_to_endpoints_that_are_ending() {
    let table: [(&[&str], &str); 5] = [
        (
            &[
                "10.244.1.1 here ready",
                "10.244.1.2 here ready",
                "10.244.1.3 there serving",
                "10.244.1.4 there ending",
                "10.244.1.5 other ready",
            ],
            "10.244.1.1:80, 10.244.1.2:80, 10.244.1.5:80",
        ),
        (
            &[
                "10.244.1.2 here serving",
                "10.244.1.3 here serving",
                "10.244.1.4 there ending",
                "10.244.1.5 other serving",
            ],
            "10.244.1.2:80, 10.244.1.3:80, 10.244.1.5:80",
        ),
        (
            &["10.244.1.1 there ready", "10.244.1.2 here serving"],
            "10.244.1.1:80",
        ),
        (&["10.244.1.1 here ending"], "REJECT"),
        (&[], "REJECT"),
    ];
    let external = json!({"externalTrafficPolicy": "Cluster"});
    for (endpoints, expected) in table {
        let kernel = service(external.clone(), endpoints);
        let sent = expected != "REJECT";
        let inside = ends(&kernel, POD, CLUSTER_IP, 80);
        assert_eq!(inside, (expected.to_owned(), false), "{endpoints:?}");
        let outside = ends(&kernel, OUTSIDE, LOAD_BALANCER, 80);
        assert_eq!(outside, (expected.to_owned(), sent), "{endpoints:?}");
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestTerminatingEndpointsTrafficPolicyLocal.
#[test]
fn traffic_of_policy_local_stays_on_the_machine() {
    let table: [(&[&str], &str, &str); 5] = [
        (
            &[
                "10.244.1.1 here ready",
                "10.244.1.2 here ready",
                "10.244.1.3 here serving",
                "10.244.1.4 here ending",
                "10.244.1.5 there ready",
            ],
            "10.244.1.1:80, 10.244.1.2:80, 10.244.1.5:80",
            "10.244.1.1:80, 10.244.1.2:80",
        ),
        (
            &[
                "10.244.1.2 here serving",
                "10.244.1.3 here serving",
                "10.244.1.4 here ending",
                "10.244.1.5 there serving",
            ],
            "10.244.1.2:80, 10.244.1.3:80, 10.244.1.5:80",
            "10.244.1.2:80, 10.244.1.3:80",
        ),
        (
            &["10.244.1.1 here serving", "10.244.1.5 there ready"],
            "10.244.1.5:80",
            "10.244.1.1:80",
        ),
        (&["10.244.1.5 there ready"], "10.244.1.5:80", "DROP"),
        (&["10.244.1.1 here ending"], "REJECT", "REJECT"),
    ];
    let external = json!({"externalTrafficPolicy": "Local"});
    for (endpoints, inside, outside) in table {
        let kernel = service(external.clone(), endpoints);
        let found = ends(&kernel, POD, CLUSTER_IP, 80);
        assert_eq!(found, (inside.to_owned(), false), "{endpoints:?}");
        let found = ends(&kernel, OUTSIDE, LOAD_BALANCER, 80);
        assert_eq!(found, (outside.to_owned(), false), "{endpoints:?}");
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestInternalTrafficPolicy.
#[test]
fn traffic_from_inside_may_be_kept_on_the_machine() {
    let three = [
        "10.244.1.1 here ready",
        "10.244.1.2 there ready",
        "10.244.1.3 other ready",
    ];
    let none = [
        "10.244.1.1 other ready",
        "10.244.1.2 there ready",
        "10.244.1.3 there ready",
    ];
    let all = "10.244.1.1:80, 10.244.1.2:80, 10.244.1.3:80";
    let table = [
        ("Cluster", three, all),
        ("Local", three, "10.244.1.1:80"),
        ("Local", none, "DROP"),
    ];
    for (policy, endpoints, expected) in table {
        let spec =
            json!({"type": "ClusterIP", "internalTrafficPolicy": policy, "ports": [{"port": 80}]});
        let kernel = service(spec, &endpoints);
        let found = ends(&kernel, POD, CLUSTER_IP, 80);
        assert_eq!(found, (expected.to_owned(), false), "{policy}");
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestInternalExternalMasquerade and TestNodePorts.
#[test]
fn traffic_is_masqueraded_when_its_answer_would_go_astray() {
    let endpoints = ["10.244.0.2 here ready", "10.244.1.2 there ready"];
    let both = "10.244.0.2:80, 10.244.1.2:80";
    let other = "10.244.0.3";
    let cluster = service(json!({"externalTrafficPolicy": "Cluster"}), &endpoints);
    let local = service(json!({"externalTrafficPolicy": "Local"}), &endpoints);
    let table = [
        (
            "pod to cluster IP",
            &cluster,
            other,
            CLUSTER_IP,
            80,
            both,
            false,
        ),
        (
            "node to cluster IP",
            &cluster,
            HERE,
            CLUSTER_IP,
            80,
            both,
            true,
        ),
        (
            "external to cluster IP",
            &cluster,
            OUTSIDE,
            CLUSTER_IP,
            80,
            both,
            true,
        ),
        (
            "pod to node port",
            &cluster,
            other,
            HERE,
            NODE_PORT,
            both,
            true,
        ),
        (
            "node to node port",
            &cluster,
            HERE,
            HERE,
            NODE_PORT,
            both,
            true,
        ),
        (
            "external to node port",
            &cluster,
            OUTSIDE,
            HERE,
            NODE_PORT,
            both,
            true,
        ),
        (
            "external to balancer",
            &cluster,
            OUTSIDE,
            LOAD_BALANCER,
            80,
            both,
            true,
        ),
        (
            "pod to node port, local",
            &local,
            other,
            HERE,
            NODE_PORT,
            both,
            false,
        ),
        (
            "node to node port, local",
            &local,
            HERE,
            HERE,
            NODE_PORT,
            both,
            true,
        ),
        (
            "external to node port, local",
            &local,
            OUTSIDE,
            HERE,
            NODE_PORT,
            "10.244.0.2:80",
            false,
        ),
        (
            "pod to itself",
            &cluster,
            "10.244.0.2",
            CLUSTER_IP,
            80,
            both,
            true,
        ),
        (
            "another port",
            &cluster,
            POD,
            CLUSTER_IP,
            81,
            "10.96.0.50:81",
            false,
        ),
    ];
    for (name, kernel, from, to, port, expected, replaced) in table {
        let found = ends(kernel, from, to, port);
        assert_eq!(found, (expected.to_owned(), replaced), "{name}");
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestLoadBalancer: source ranges.
#[test]
fn traffic_through_a_balancer_is_kept_to_its_source_ranges() {
    let spec = json!({"loadBalancerSourceRanges": ["203.0.113.0/25"]});
    let kernel = service(spec, &["10.244.1.1 there ready"]);
    let table = [
        ("203.0.113.2", LOAD_BALANCER, 80, "10.244.1.1:80"),
        ("203.0.113.130", LOAD_BALANCER, 80, "DROP"),
        ("203.0.113.130", HERE, NODE_PORT, "10.244.1.1:80"),
    ];
    for (from, to, port, expected) in table {
        assert_eq!(ends(&kernel, from, to, port).0, expected, "{from} {to}");
    }
}

/// `pkg/proxy/iptables/proxier.go`, writeServiceToEndpointRules: ClientIP affinity, for three hours.
#[test]
fn traffic_of_one_client_may_keep_its_endpoint() {
    let endpoints = [
        "10.244.1.1 here ready",
        "10.244.1.2 here ready",
        "10.244.1.3 here ready",
    ];
    let mut kernel = service(json!({"sessionAffinity": "ClientIP"}), &endpoints);
    let random = &mut Random::new(1);
    let mut ask = |at: Moment| {
        let to = (CLUSTER_IP.parse().unwrap(), 80);
        let packet = Packet::new(POD.parse().unwrap(), to, false);
        let here = HERE.parse().unwrap();
        pass(&mut kernel, here, packet, random, at)
            .packet
            .destination
    };
    let first = ask(Moment::ZERO);
    for minutes in 1..100 {
        assert_eq!(ask(Moment::from_millis(minutes * 60_000)), first);
    }
    // Each request renews it; after three hours of silence any endpoint is taken.
    let later = (1..100).map(|days| ask(Moment::from_millis(days * 86_400_000)));
    assert!(later.collect::<BTreeSet<_>>().len() > 1);
}

/// `pkg/proxy/iptables/proxier.go`: 1/(n−i) each makes 1/n for all.
/// C54, C56
#[test]
fn traffic_is_spread_evenly() {
    assert_eq!(NODE, "here");
    let endpoints = [
        "10.244.1.1 here ready",
        "10.244.1.2 here ready",
        "10.244.1.3 there ready",
        "10.244.1.4 there ready",
    ];
    let mut kernel = service(json!({}), &endpoints);
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..4000 {
        let to = (CLUSTER_IP.parse().unwrap(), 80);
        let packet = Packet::new(POD.parse().unwrap(), to, false);
        let random = &mut Random::new(seed);
        let here = HERE.parse().unwrap();
        let passage = pass(&mut kernel, here, packet, random, Moment::ZERO);
        *counts.entry(passage.packet.destination).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 4);
    assert!(
        counts.values().all(|count| (900..1100).contains(count)),
        "{counts:?}"
    );
}
