use serde_json::{Value, json};

use super::{
    super::{
        chain::{Chain, Suffix},
        rule::probability,
        service::{PortName, Protocol, frontends},
    },
    kernel, parsed,
};
use crate::cluster::api::{Key, Service};

fn port(namespace: &str, name: &str, port: &str, protocol: Protocol) -> PortName {
    PortName {
        service: Key::new(namespace, name),
        port: port.into(),
        protocol,
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestOverallIPTablesRules; the last is every cluster's own.
/// C54
#[test]
fn chains_are_named_by_a_hash_of_the_port() {
    let table = [
        ("ns1", "svc1", "p80", "XPGD46QRK7WJZT7O"),
        ("ns2", "svc2", "p80", "GNZBNJ2PO5MGZ6GT"),
        ("ns3", "svc3", "p80", "X27LE4BHSL4DOUIK"),
        ("ns4", "svc4", "p80", "4SW47YFZTEDKD3PK"),
        ("ns5", "svc5", "p80", "NUKIZ6OKUXPJNT4C"),
        ("ns2", "svc2", "p8080", "2VJB64SDSIJUP5T6"),
        ("default", "kubernetes", "https", "NPX46M4PTMTKRN6Y"),
    ];
    for (namespace, name, number, suffix) in table {
        let name = port(namespace, name, number, Protocol::Tcp);
        let chain = Chain::Service(Suffix::of_port(&name)).to_string();
        assert_eq!(chain, format!("KUBE-SVC-{suffix}"), "{name}");
        assert!(chain.len() <= 28);
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestOverallIPTablesRules.
#[test]
fn chains_of_endpoints_are_named_by_their_address_too() {
    let table = [
        ("ns4", "svc4", "10.180.0.5:80", "C6EBXVWJJZMIWKLZ"),
        ("ns5", "svc5", "10.180.0.3:80", "I77PXRDZVX7PMWMN"),
        ("ns3", "svc3", "10.180.0.3:80", "OYPFS5VJICHGATKP"),
        ("ns2", "svc2", "10.180.0.2:80", "RS4RBKLTHTF2IUXJ"),
        ("ns1", "svc1", "10.180.0.1:80", "SXIVWICOYRO3J4NJ"),
        ("ns4", "svc4", "10.180.0.4:80", "UKSFD7AGPMPPLUHC"),
    ];
    for (namespace, name, address, suffix) in table {
        let name = port(namespace, name, "p80", Protocol::Tcp);
        let chain = Chain::Endpoint(Suffix::of_endpoint(&name, address));
        assert_eq!(chain.to_string(), format!("KUBE-SEP-{suffix}"), "{name}");
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestComputeProbability.
/// C54
#[test]
fn probabilities_have_ten_decimals() {
    let table = [
        (1, "1.0000000000"),
        (2, "0.5000000000"),
        (3, "0.3333333333"),
        (10, "0.1000000000"),
        (1000, "0.0010000000"),
        (100_000, "0.0000100000"),
        (100_001, "0.0000099999"),
    ];
    for (n, text) in table {
        assert_eq!(probability(n), text);
    }
}

/// `pkg/proxy/iptables/proxier_test.go`, TestBuildServiceMapServiceHeadless and
/// TestBuildServiceMapServiceTypeExternalName.
#[test]
fn services_without_an_address_have_no_rules() {
    let table = [
        (json!({"clusterIP": "None"}), 0),
        (json!({"clusterIP": ""}), 0),
        (json!({"clusterIP": "10.96.1.1", "type": "ExternalName"}), 0),
        (json!({"clusterIP": "fd00::1"}), 0),
        (json!({"clusterIP": "10.96.1.1"}), 2),
    ];
    for (mut spec, count) in table {
        spec["ports"] = json!([
            {"name": "dns", "port": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
        ]);
        let service = json!({"metadata": {"namespace": "ns", "name": "svc"}, "spec": spec});
        assert_eq!(
            frontends(&parsed::<Service>(service)).len(),
            count,
            "{spec}"
        );
    }
}

fn slice(namespace: &str, service: &str, endpoints: Value) -> Value {
    json!({
        "metadata": {
            "namespace": namespace,
            "name": format!("{service}-1"),
            "labels": {"kubernetes.io/service-name": service},
        },
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "p80", "port": 80, "protocol": "TCP"}],
    })
}

fn service(namespace: &str, name: &str, mut spec: Value) -> Value {
    let mut port = json!({"name": "p80", "port": 80, "protocol": "TCP"});
    port["nodePort"] = spec["nodePort"].take();
    if port["nodePort"].is_null() {
        port["nodePort"] = 0.into();
    }
    spec["ports"] = json!([port]);
    let status = match spec["ingress"].take() {
        Value::Null => json!({}),
        ip => json!({"loadBalancer": {"ingress": [{"ip": ip}]}}),
    };
    let metadata = json!({"namespace": namespace, "name": name});
    json!({"metadata": metadata, "spec": spec, "status": status})
}

/// The rules that belong to Services, without those that are always there.
fn rules_of_services(services: Vec<Value>, slices: Vec<Value>) -> Vec<String> {
    let always = kernel(Vec::new(), Vec::new()).save();
    let mut lines = kernel(services, slices).save();
    lines.retain(|line| line.starts_with("-A") && !always.contains(line));
    lines
}

/// `pkg/proxy/iptables/proxier_test.go`, TestOverallIPTablesRules: ns3/svc3, with three endpoints.
#[test]
fn rules_of_a_node_port_with_three_endpoints() {
    let spec = json!({"type": "NodePort", "clusterIP": "172.30.0.43", "nodePort": 3003});
    let endpoints = json!([
        {"addresses": ["10.180.0.30"]},
        {"addresses": ["10.180.0.4"]},
        {"addresses": ["10.180.0.3"]},
    ]);
    let lines = rules_of_services(
        vec![service("ns3", "svc3", spec)],
        vec![slice("ns3", "svc3", endpoints)],
    );
    let expected = r#"
-A KUBE-SERVICES -m comment --comment "ns3/svc3:p80 cluster IP" -m tcp -p tcp -d 172.30.0.43 --dport 80 -j KUBE-SVC-X27LE4BHSL4DOUIK
-A KUBE-NODEPORTS -m comment --comment ns3/svc3:p80 -m tcp -p tcp --dport 3003 -j KUBE-EXT-X27LE4BHSL4DOUIK
-A KUBE-EXT-X27LE4BHSL4DOUIK -m comment --comment "masquerade traffic for ns3/svc3:p80 external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-X27LE4BHSL4DOUIK -j KUBE-SVC-X27LE4BHSL4DOUIK
-A KUBE-SVC-X27LE4BHSL4DOUIK -m comment --comment "ns3/svc3:p80 cluster IP" -m tcp -p tcp -d 172.30.0.43 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC-X27LE4BHSL4DOUIK -m comment --comment "ns3/svc3:p80 -> 10.180.0.30:80" -m statistic --mode random --probability 0.3333333333 -j KUBE-SEP-YZFT3QTVWMAOCLZ2
-A KUBE-SVC-X27LE4BHSL4DOUIK -m comment --comment "ns3/svc3:p80 -> 10.180.0.3:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-OYPFS5VJICHGATKP
-A KUBE-SVC-X27LE4BHSL4DOUIK -m comment --comment "ns3/svc3:p80 -> 10.180.0.4:80" -j KUBE-SEP-QWDKEFUM2O5ZNFM4
-A KUBE-SEP-OYPFS5VJICHGATKP -m comment --comment ns3/svc3:p80 -s 10.180.0.3 -j KUBE-MARK-MASQ
-A KUBE-SEP-OYPFS5VJICHGATKP -m comment --comment ns3/svc3:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.3:80
-A KUBE-SEP-QWDKEFUM2O5ZNFM4 -m comment --comment ns3/svc3:p80 -s 10.180.0.4 -j KUBE-MARK-MASQ
-A KUBE-SEP-QWDKEFUM2O5ZNFM4 -m comment --comment ns3/svc3:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.4:80
-A KUBE-SEP-YZFT3QTVWMAOCLZ2 -m comment --comment ns3/svc3:p80 -s 10.180.0.30 -j KUBE-MARK-MASQ
-A KUBE-SEP-YZFT3QTVWMAOCLZ2 -m comment --comment ns3/svc3:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.30:80
"#;
    assert_eq!(lines.join("\n"), expected.trim());
}

/// `pkg/proxy/iptables/proxier_test.go`, TestOverallIPTablesRules: ns2/svc2, whose policy is Local and
/// whose endpoint is elsewhere.
#[test]
fn rules_of_a_local_load_balancer_drop_what_has_no_local_endpoint() {
    let spec = json!({
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Local",
        "clusterIP": "172.30.0.42",
        "nodePort": 3001,
        "ingress": "1.2.3.4",
        "externalIPs": ["192.168.99.22"],
        "healthCheckNodePort": 30000,
    });
    let endpoints = json!([{"addresses": ["10.180.0.2"]}]);
    let lines = rules_of_services(
        vec![service("ns2", "svc2", spec)],
        vec![slice("ns2", "svc2", endpoints)],
    );
    let expected = r#"
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j DROP
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j DROP
-A KUBE-NODEPORTS -m comment --comment "ns2/svc2:p80 health check node port" -m tcp -p tcp --dport 30000 -j ACCEPT
-A KUBE-SERVICES -m comment --comment "ns2/svc2:p80 cluster IP" -m tcp -p tcp -d 172.30.0.42 --dport 80 -j KUBE-SVC-GNZBNJ2PO5MGZ6GT
-A KUBE-SERVICES -m comment --comment "ns2/svc2:p80 external IP" -m tcp -p tcp -d 192.168.99.22 --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT
-A KUBE-SERVICES -m comment --comment "ns2/svc2:p80 loadbalancer IP" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT
-A KUBE-NODEPORTS -m comment --comment ns2/svc2:p80 -m tcp -p tcp --dport 3001 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT
-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "pod traffic for ns2/svc2:p80 external destinations" -s 10.244.0.0/16 -j KUBE-SVC-GNZBNJ2PO5MGZ6GT
-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "masquerade LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "route LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-GNZBNJ2PO5MGZ6GT
-A KUBE-SVC-GNZBNJ2PO5MGZ6GT -m comment --comment "ns2/svc2:p80 cluster IP" -m tcp -p tcp -d 172.30.0.42 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC-GNZBNJ2PO5MGZ6GT -m comment --comment "ns2/svc2:p80 -> 10.180.0.2:80" -j KUBE-SEP-RS4RBKLTHTF2IUXJ
-A KUBE-SEP-RS4RBKLTHTF2IUXJ -m comment --comment ns2/svc2:p80 -s 10.180.0.2 -j KUBE-MARK-MASQ
-A KUBE-SEP-RS4RBKLTHTF2IUXJ -m comment --comment ns2/svc2:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.2:80
"#;
    assert_eq!(lines.join("\n"), expected.trim());
}

/// `pkg/proxy/iptables/proxier_test.go`, TestOverallIPTablesRules: ns5/svc5, with source ranges and
/// ClientIP affinity.
#[test]
fn rules_of_source_ranges_and_affinity() {
    let spec = json!({
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Cluster",
        "clusterIP": "172.30.0.45",
        "nodePort": 3002,
        "ingress": "5.6.7.8",
        "loadBalancerSourceRanges": [" 203.0.113.0/25"],
        "healthCheckNodePort": 30000,
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}},
    });
    let endpoints = json!([{"addresses": ["10.180.0.3"]}]);
    let lines = rules_of_services(
        vec![service("ns5", "svc5", spec)],
        vec![slice("ns5", "svc5", endpoints)],
    );
    let expected = r#"
-A KUBE-PROXY-FIREWALL -m comment --comment "ns5/svc5:p80 traffic not accepted by KUBE-FW-NUKIZ6OKUXPJNT4C" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j DROP
-A KUBE-SERVICES -m comment --comment "ns5/svc5:p80 cluster IP" -m tcp -p tcp -d 172.30.0.45 --dport 80 -j KUBE-SVC-NUKIZ6OKUXPJNT4C
-A KUBE-SERVICES -m comment --comment "ns5/svc5:p80 loadbalancer IP" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j KUBE-FW-NUKIZ6OKUXPJNT4C
-A KUBE-NODEPORTS -m comment --comment ns5/svc5:p80 -m tcp -p tcp --dport 3002 -j KUBE-EXT-NUKIZ6OKUXPJNT4C
-A KUBE-EXT-NUKIZ6OKUXPJNT4C -m comment --comment "masquerade traffic for ns5/svc5:p80 external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-NUKIZ6OKUXPJNT4C -j KUBE-SVC-NUKIZ6OKUXPJNT4C
-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-NUKIZ6OKUXPJNT4C
-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "other traffic to ns5/svc5:p80 will be dropped by KUBE-PROXY-FIREWALL"
-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 cluster IP" -m tcp -p tcp -d 172.30.0.45 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ
-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" -m recent --name KUBE-SEP-I77PXRDZVX7PMWMN --rcheck --seconds 10800 --reap -j KUBE-SEP-I77PXRDZVX7PMWMN
-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" -j KUBE-SEP-I77PXRDZVX7PMWMN
-A KUBE-SEP-I77PXRDZVX7PMWMN -m comment --comment ns5/svc5:p80 -s 10.180.0.3 -j KUBE-MARK-MASQ
-A KUBE-SEP-I77PXRDZVX7PMWMN -m comment --comment ns5/svc5:p80 -m recent --name KUBE-SEP-I77PXRDZVX7PMWMN --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.3:80
"#;
    assert_eq!(lines.join("\n"), expected.trim());
}

/// `pkg/proxy/iptables/proxier_test.go`, TestNoEndpointsReject.
/// C55
#[test]
fn rules_reject_what_is_for_a_service_without_endpoints() {
    let spec = json!({
        "type": "LoadBalancer",
        "clusterIP": "172.30.0.41",
        "nodePort": 3001,
        "ingress": "1.2.3.4",
        "externalIPs": ["192.168.99.11"],
    });
    let lines = rules_of_services(vec![service("ns1", "svc1", spec)], Vec::new());
    let expected = r#"
-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j REJECT
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 192.168.99.11 --dport 80 -j REJECT
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j REJECT
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j REJECT
"#;
    assert_eq!(lines.join("\n"), expected.trim());
}

/// `pkg/proxy/iptables/proxier.go`, syncProxyRules and iptablesJumpChains: as on a real machine, each
/// jump of a kernel's own chain before those made earlier, and masquerading `--random-fully`.
#[test]
fn rules_that_are_always_there() {
    let expected = r#"
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
-A INPUT -j KUBE-FIREWALL
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A OUTPUT -j KUBE-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
COMMIT
"#;
    let lines = kernel(Vec::new(), Vec::new()).save();
    assert_eq!(lines.join("\n"), expected.trim());
}
