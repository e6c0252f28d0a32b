use super::*;

fn service(name: &str, spec: Value) -> Value {
    json!({"metadata": {"name": name}, "spec": spec})
}

/// `pkg/registry/core/service/storage/storage_test.go`: dynamic addresses come from the upper bands, and
/// each has an IPAddress.
/// C53
#[test]
fn service_gets_address_and_ports() {
    let mut bench = Bench::new();
    let object = bench.must_create(
        Resource::Services,
        service("web", json!({"type": "NodePort", "ports": [{"port": 80}]})),
    );
    let ip = at(&object, "/spec/clusterIP")
        .as_str()
        .expect("an address")
        .to_owned();
    let number = u32::from(ip.parse::<std::net::Ipv4Addr>().expect("an address"));
    assert!(number > u32::from_be_bytes([10, 96, 1, 0]), "{ip}");
    assert_eq!(at(&object, "/spec/clusterIPs"), json!([ip]));
    let port = at(&object, "/spec/ports/0/nodePort")
        .as_i64()
        .expect("a port");
    assert!((30_086..=32_767).contains(&port), "{port}");
    assert_eq!(at(&object, "/spec/ports/0/targetPort"), 80);
    assert_eq!(at(&object, "/spec/externalTrafficPolicy"), "Cluster");
    let address = bench.get(Resource::IpAddresses, &ip).expect("its object");
    assert_eq!(at(&address, "/spec/parentRef/name"), "web");
    bench
        .delete(Resource::Services, "web", DeleteOptions::default())
        .expect("deleted");
    assert!(bench.get(Resource::IpAddresses, &ip).is_none());
}

/// C53
#[test]
fn service_asks_for_what_is_taken() {
    let mut bench = Bench::new();
    bench.must_create(
        Resource::Services,
        service(
            "a",
            json!({"type": "NodePort", "clusterIP": "10.96.0.50", "ports": [{"port": 80, "nodePort": 30080}]}),
        ),
    );
    let table = [
        (
            json!({"clusterIP": "10.96.0.50", "ports": [{"port": 80}]}),
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.50\"]: failed to allocate IP 10.96.0.50: provided IP is already allocated",
        ),
        (
            json!({"clusterIP": "10.0.0.1", "ports": [{"port": 80}]}),
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.0.0.1\"]: failed to allocate IP 10.0.0.1: the provided IP (10.0.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12",
        ),
        (
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated",
        ),
        (
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767",
        ),
        (
            json!({"ports": []}),
            "Service \"b\" is invalid: spec.ports: Required value",
        ),
        (
            json!({"ports": [{"port": 80}, {"port": 81}]}),
            "Service \"b\" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]",
        ),
        (
            json!({"ports": [{"port": 80, "nodePort": 30001}]}),
            "Service \"b\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        (
            json!({"type": "Other", "ports": [{"port": 80}]}),
            "Service \"b\" is invalid: spec.type: Unsupported value: \"Other\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
        ),
    ];
    for (spec, expected) in table {
        assert_eq!(
            bench.refusal(Resource::Services, service("b", spec)),
            expected
        );
    }
}

/// `pkg/features/kube_features.go`: RelaxedServiceNameValidation is on in 1.36.
#[test]
fn service_name_may_begin_with_a_digit() {
    let mut bench = Bench::new();
    let spec = json!({"ports": [{"port": 80}]});
    bench.must_create(Resource::Services, service("1st", spec.clone()));
    let refusal = bench.refusal(Resource::Services, service("a_b", spec));
    assert!(
        refusal.contains("a lowercase RFC 1123 label must consist of"),
        "{refusal}"
    );
}

#[test]
fn service_headless_has_no_address() {
    let mut bench = Bench::new();
    let object = bench.must_create(
        Resource::Services,
        service("web", json!({"clusterIP": "None", "ports": [{"port": 80}]})),
    );
    assert_eq!(at(&object, "/spec/clusterIP"), "None");
    assert_eq!(bench.etcd.all(Resource::IpAddresses).count(), 1);
}

#[test]
fn service_kubernetes_has_the_first_address() {
    let bench = Bench::new();
    let object = bench
        .get(Resource::Services, "kubernetes")
        .expect("it is there");
    assert_eq!(at(&object, "/spec/clusterIP"), "10.96.0.1");
    assert!(bench.get(Resource::IpAddresses, "10.96.0.1").is_some());
}
