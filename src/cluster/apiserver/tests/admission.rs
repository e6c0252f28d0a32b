use super::*;

/// `plugin/pkg/admission/serviceaccount/admission_test.go`.
/// C16
#[test]
fn admission_of_a_pod_whose_account_is_missing() {
    let mut bench = Bench::new();
    let mut manifest = pod("a");
    manifest["spec"]["serviceAccountName"] = "robot".into();
    assert_eq!(
        bench.refusal(Resource::Pods, manifest.clone()),
        "pods \"a\" is forbidden: error looking up service account default/robot: serviceaccount \"robot\" not found"
    );
    manifest["metadata"] = json!({"generateName": "web-"});
    assert!(
        bench
            .refusal(Resource::Pods, manifest)
            .starts_with("pods \"web-\" is forbidden: ")
    );
}

#[test]
fn admission_into_a_namespace_that_is_not_there() {
    let mut bench = Bench::new();
    let mut manifest = pod("a");
    typed(Resource::Pods, &mut manifest);
    let mut request = bench.request(Verb::Create, Resource::Pods, "a", Body::Manifest(manifest));
    request.namespace = "nowhere".into();
    let status = bench.ask(request).expect_err("refused");
    assert_eq!(status.message, "namespaces \"nowhere\" not found");
}

/// `apiserver/pkg/admission/plugin/resourcequota/admission_test.go`: once a quota has been counted, what is
/// created is added to its usage, or refused.
/// C13, C16
#[test]
fn admission_quota() {
    let mut bench = Bench::new();
    bench.must_create(
        Resource::ResourceQuotas,
        json!({"metadata": {"name": "q"}, "spec": {"hard": {"pods": "2", "requests.cpu": "1"}}}),
    );
    let Some(Object::ResourceQuota(mut quota)) = bench.get(Resource::ResourceQuotas, "q") else {
        unreachable!()
    };
    let counted = std::rc::Rc::make_mut(&mut quota);
    counted.status.hard = counted.spec.hard.clone();
    let none = |name: &Str| (name.clone(), crate::cluster::api::Quantity::ZERO);
    counted.status.used = counted.spec.hard.keys().map(none).collect();
    let request = Request::update(&bench.user.clone(), Object::ResourceQuota(quota));
    bench.ask(request.on(Subresource::Status)).expect("counted");
    let with_cpu = |name: &str, cpu: &str| {
        let mut manifest = pod(name);
        manifest["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": cpu}});
        manifest
    };
    assert_eq!(
        bench.refusal(Resource::Pods, pod("a")),
        "pods \"a\" is forbidden: failed quota: q: must specify requests.cpu for: c"
    );
    bench.must_create(Resource::Pods, with_cpu("a", "300m"));
    assert_eq!(
        bench.refusal(Resource::Pods, with_cpu("b", "800m")),
        "pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=800m, used: requests.cpu=300m, limited: requests.cpu=1"
    );
    bench.must_create(Resource::Pods, with_cpu("b", "100m"));
    assert_eq!(
        bench.refusal(Resource::Pods, with_cpu("c", "100m")),
        "pods \"c\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"
    );
    let quota = bench.get(Resource::ResourceQuotas, "q").expect("the quota");
    assert_eq!(at(&quota, "/status/used/requests.cpu"), "400m");
}

/// `plugin/pkg/admission/limitranger/admission_test.go`.
/// C16
#[test]
fn admission_limit_range() {
    let mut bench = Bench::new();
    bench.must_create(
        Resource::LimitRanges,
        json!({"metadata": {"name": "l"}, "spec": {"limits": [
            {"type": "Container", "max": {"cpu": "1"}, "defaultRequest": {"cpu": "100m"}}
        ]}}),
    );
    let object = bench.must_create(Resource::Pods, pod("a"));
    assert_eq!(at(&object, "/spec/containers/0/resources/limits/cpu"), "1");
    assert_eq!(
        at(&object, "/spec/containers/0/resources/requests/cpu"),
        "100m"
    );
    assert_eq!(
        at(&object, "/metadata/annotations/kubernetes.io~1limit-ranger"),
        "LimitRanger plugin set: cpu request for container c; cpu limit for container c"
    );
    let mut manifest = pod("b");
    manifest["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "2"}});
    assert_eq!(
        bench.refusal(Resource::Pods, manifest),
        "pods \"b\" is forbidden: maximum cpu usage per Container is 1, but limit is 2"
    );
}

/// `plugin/pkg/admission/noderestriction/admission_test.go`, `nodetaint/admission_test.go`.
/// C16
#[test]
fn admission_of_nodes() {
    let mut bench = Bench::new();
    bench.user = User::node("node-1");
    let object = bench.must_create(Resource::Nodes, json!({"metadata": {"name": "node-1"}}));
    assert_eq!(
        at(&object, "/spec/taints/0/key"),
        "node.kubernetes.io/not-ready"
    );
    assert_eq!(at(&object, "/spec/taints/0/effect"), "NoSchedule");
    assert_eq!(
        bench.refusal(Resource::Nodes, json!({"metadata": {"name": "node-2"}})),
        "nodes \"node-2\" is forbidden: node \"node-1\" is not allowed to modify node \"node-2\""
    );
}

/// `plugin/pkg/admission/priority/admission_test.go`.
/// C16
#[test]
fn admission_priority() {
    let mut bench = Bench::new();
    bench.must_create(
        Resource::PriorityClasses,
        json!({"metadata": {"name": "high"}, "value": 1000}),
    );
    let mut manifest = pod("a");
    manifest["spec"]["priorityClassName"] = "high".into();
    let object = bench.must_create(Resource::Pods, manifest);
    assert_eq!(at(&object, "/spec/priority"), 1000);
    let mut manifest = pod("b");
    manifest["spec"]["priorityClassName"] = "none".into();
    assert_eq!(
        bench.refusal(Resource::Pods, manifest),
        "pods \"b\" is forbidden: no PriorityClass with name none was found"
    );
}
