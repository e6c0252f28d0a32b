use podlings::cluster::{
    api::{EndpointSlice, Endpoints, Service},
    trace::StepKind,
};

use super::lab::{Lab, all, ready, replication_controller, service};

fn web(kind: &str, replicas: u32) -> Lab {
    let mut lab = Lab::new(3)
        .file("rc.yaml", replication_controller(replicas))
        .file("svc.yaml", service(kind));
    lab.runs("kubectl create -f rc.yaml");
    lab.settles();
    lab.runs("kubectl create -f svc.yaml");
    lab.settles();
    lab
}

fn endpoints(lab: &Lab) -> (usize, usize) {
    let all = all::<Endpoints>(&lab.cluster);
    let web = all
        .iter()
        .find(|it| &*it.metadata.name == "web")
        .expect("Endpoints of web");
    let subsets = web.subsets.iter();
    (
        subsets.clone().map(|it| it.addresses.len()).sum(),
        subsets.map(|it| it.not_ready_addresses.len()).sum(),
    )
}

fn slices(lab: &Lab) -> Vec<std::rc::Rc<EndpointSlice>> {
    let mut slices = all::<EndpointSlice>(&lab.cluster);
    slices.retain(|it| it.metadata.labels.get("kubernetes.io/service-name") == Some("web"));
    slices
}

/// C29, C30
#[test]
fn ready_pods_stand_behind_a_service_and_a_terminating_one_only_in_its_slice() {
    let mut lab = web("ClusterIP", 3);
    assert_eq!(endpoints(&lab), (3, 0));
    let slice = &slices(&lab)[0];
    assert_eq!(slice.endpoints.len(), 3);
    assert!(
        slice
            .endpoints
            .iter()
            .all(|it| it.conditions.ready == Some(true))
    );
    assert!(
        slice
            .metadata
            .controller()
            .is_some_and(|owner| &*owner.kind == "Service")
    );
    lab.runs("kubectl scale rc web --replicas=0");
    lab.until("a slice tells of a terminating endpoint", |cluster| {
        all::<EndpointSlice>(cluster).iter().any(|slice| {
            slice.endpoints.iter().any(|it| {
                it.conditions.terminating == Some(true) && it.conditions.ready == Some(false)
            })
        })
    });
    lab.settles();
    assert_eq!(endpoints(&lab), (0, 0));
    let left = slices(&lab);
    assert_eq!(left.len(), 1, "an empty slice stays");
    assert!(left[0].endpoints.is_empty());
}

/// C30
#[test]
fn a_slice_holds_at_most_a_hundred_endpoints() {
    let mut lab = web("ClusterIP", 150);
    lab.settles();
    assert_eq!(ready(&lab.cluster), 150);
    let mut sizes: Vec<usize> = slices(&lab).iter().map(|it| it.endpoints.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes.iter().sum::<usize>(), 150);
    assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
    assert_eq!(sizes.len(), 2);
}

/// C53
#[test]
fn addresses_and_node_ports_come_from_the_upper_band() {
    let lab = web("NodePort", 1);
    let all = all::<Service>(&lab.cluster);
    let web = all
        .iter()
        .find(|it| &*it.metadata.name == "web")
        .expect("the Service");
    let octets: Vec<u32> = web
        .spec
        .cluster_ip
        .split('.')
        .filter_map(|it| it.parse().ok())
        .collect();
    let offset = (octets[1] - 96) * 65536 + octets[2] * 256 + octets[3];
    assert!(octets[0] == 10 && offset > 256, "{}", web.spec.cluster_ip);
    let port = web.spec.ports[0].node_port;
    assert!((30_086..=32_767).contains(&port), "{port}");
}

/// C54
#[test]
fn every_node_has_rules_from_the_service_to_its_endpoints() {
    let lab = web("ClusterIP", 3);
    let first = lab.cluster.rules("node-1");
    assert!(!first.is_empty());
    for node in ["node-2", "node-3"] {
        assert_eq!(lab.cluster.rules(node), first, "{node}");
    }
    let rules = first.join("\n");
    for chance in ["0.3333333333", "0.5000000000"] {
        assert!(
            rules.contains(&format!("--probability {chance}")),
            "{rules}"
        );
    }
    let to_pods = |rule: &&String| rule.contains("DNAT") && rule.ends_with(":80");
    assert_eq!(first.iter().filter(to_pods).count(), 3, "{rules}");
    let steps = lab
        .steps()
        .iter()
        .filter(|step| step.kind == StepKind::Rules);
    assert!(
        steps.count() >= 3,
        "each node's kube-proxy says what it wrote"
    );
}

/// C55
#[test]
fn a_service_without_endpoints_rejects() {
    let mut lab = web("ClusterIP", 1);
    lab.runs("kubectl scale rc web --replicas=0");
    lab.settles();
    let rules = lab.cluster.rules("node-1").join("\n");
    assert!(
        rules.contains("has no endpoints") && rules.contains("REJECT"),
        "{rules}"
    );
    let said = lab.runs("curl http://web");
    assert!(said.starts_with("curl: (7) Failed to connect"), "{said}");
}

/// C56
#[test]
fn a_request_reaches_a_ready_pod_hop_by_hop() {
    let mut lab = web("NodePort", 3);
    let from = lab.steps().len();
    let said = lab.runs("curl http://web");
    assert!(said.starts_with("web-"), "{said}");
    let hops: Vec<_> = lab.steps()[from..]
        .iter()
        .filter(|step| step.kind == StepKind::Traffic)
        .collect();
    assert!(hops.len() >= 3, "{hops:#?}");
    assert!(
        hops.iter()
            .any(|hop| hop.to.to_string().starts_with("pod/web-"))
    );
    let said = lab.runs("curl http://nobody");
    assert_eq!(said, "curl: (6) Could not resolve host: nobody\n");
}

/// C15
#[test]
fn reading_endpoints_warns_that_they_are_deprecated() {
    let mut lab = web("ClusterIP", 1);
    let said = lab.runs("kubectl get endpoints web");
    assert!(
        said.contains(
            "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
        ),
        "{said}"
    );
}
