use super::*;
use crate::cluster::api::Kind;
use crate::cluster::api::Pod;

/// `pkg/apis/core/v1/defaults.go`: what a Pod gets that says nothing.
/// C8
#[test]
fn defaults_of_a_pod() {
    let mut bench = Bench::new();
    let object = bench.must_create(Resource::Pods, pod("a"));
    let table = [
        ("/spec/restartPolicy", json!("Always")),
        ("/spec/dnsPolicy", json!("ClusterFirst")),
        ("/spec/terminationGracePeriodSeconds", json!(30)),
        ("/spec/schedulerName", json!("default-scheduler")),
        ("/spec/securityContext", json!({})),
        ("/spec/enableServiceLinks", json!(true)),
        ("/spec/serviceAccountName", json!("default")),
        ("/spec/priority", json!(0)),
        ("/spec/preemptionPolicy", json!("PreemptLowerPriority")),
        ("/spec/containers/0/imagePullPolicy", json!("IfNotPresent")),
        (
            "/spec/containers/0/terminationMessagePath",
            json!("/dev/termination-log"),
        ),
        (
            "/spec/containers/0/volumeMounts/0/mountPath",
            json!("/var/run/secrets/kubernetes.io/serviceaccount"),
        ),
        ("/spec/tolerations/0/tolerationSeconds", json!(300)),
        (
            "/spec/tolerations/1/key",
            json!("node.kubernetes.io/unreachable"),
        ),
        ("/status/phase", json!("Pending")),
        ("/status/qosClass", json!("BestEffort")),
        ("/metadata/generation", json!(1)),
    ];
    for (path, expected) in table {
        assert_eq!(at(&object, path), expected, "{path}");
    }
}

/// `pkg/apis/core/v1/defaults.go`, SetDefaults_Container; `pkg/util/parsers/parsers_test.go`.
#[test]
fn defaults_pull_policy_by_tag() {
    let table = [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry:5000/nginx", "Always"),
        ("registry:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:0123", "IfNotPresent"),
    ];
    let mut bench = Bench::new();
    for (number, (image, expected)) in table.into_iter().enumerate() {
        let mut manifest = pod(&format!("p{number}"));
        manifest["spec"]["containers"][0]["image"] = image.into();
        let object = bench.must_create(Resource::Pods, manifest);
        assert_eq!(
            at(&object, "/spec/containers/0/imagePullPolicy"),
            expected,
            "{image}"
        );
    }
}

/// `pkg/apis/core/v1/helper/qos/qos_test.go`.
#[test]
fn defaults_qos_class() {
    let table = [
        (json!({}), "BestEffort"),
        (json!({"requests": {"cpu": "100m"}}), "Burstable"),
        (
            json!({"limits": {"cpu": "1", "memory": "1Gi"}}),
            "Guaranteed",
        ),
        (json!({"limits": {"cpu": "1"}}), "Burstable"),
        (
            json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "512Mi"}}),
            "Burstable",
        ),
        (json!({"requests": {"cpu": "0"}}), "BestEffort"),
    ];
    let mut bench = Bench::new();
    for (number, (resources, expected)) in table.into_iter().enumerate() {
        let mut manifest = pod(&format!("p{number}"));
        manifest["spec"]["containers"][0]["resources"] = resources.clone();
        let object = bench.must_create(Resource::Pods, manifest);
        assert_eq!(at(&object, "/status/qosClass"), expected, "{resources}");
    }
}

fn rc() -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {"template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "nginx"}]}
        }}
    })
}

/// An RC's selector and labels come from its template; replicas default to 1.
/// C8
#[test]
fn defaults_of_a_replication_controller() {
    let object = Bench::new().must_create(Resource::ReplicationControllers, rc());
    assert_eq!(at(&object, "/spec/replicas"), 1);
    assert_eq!(at(&object, "/spec/selector/app"), "web");
    assert_eq!(at(&object, "/metadata/labels/app"), "web");
    assert_eq!(at(&object, "/metadata/generation"), 1);
}

/// Strict decoding and its wrong types, in upstream's words.
/// C7
#[test]
fn decoding_refuses_strange_fields() {
    let table = [
        (
            "/spec/foo",
            json!(1),
            "ReplicationController in version \"v1\" cannot be handled as a ReplicationController: strict decoding error: unknown field \"spec.foo\"",
        ),
        (
            "/spec/replicas",
            json!("two"),
            "ReplicationController in version \"v1\" cannot be handled as a ReplicationController: json: cannot unmarshal string into Go struct field ReplicationControllerSpec.spec.replicas of type int32",
        ),
        (
            "/spec/replicas",
            json!(1.5),
            "ReplicationController in version \"v1\" cannot be handled as a ReplicationController: json: cannot unmarshal number 1.5 into Go struct field ReplicationControllerSpec.spec.replicas of type int32",
        ),
        (
            "/spec/template/spec/containers",
            json!({}),
            "ReplicationController in version \"v1\" cannot be handled as a ReplicationController: json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
        ),
        (
            "/metadata/labels",
            json!({"a": 1}),
            "ReplicationController in version \"v1\" cannot be handled as a ReplicationController: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string",
        ),
    ];
    for (path, value, expected) in table {
        let mut manifest = rc();
        let (parent, name) = path.rsplit_once('/').expect("a path");
        manifest.pointer_mut(parent).expect("a parent")[name] = value;
        let found = Bench::new().refusal(Resource::ReplicationControllers, manifest);
        assert_eq!(found, expected);
    }
}

#[test]
fn decoding_takes_null_as_absent() {
    let mut manifest = rc();
    manifest["spec"]["replicas"] = Value::Null;
    manifest["metadata"]["annotations"] = Value::Null;
    let object = Bench::new().must_create(Resource::ReplicationControllers, manifest);
    assert_eq!(at(&object, "/spec/replicas"), 1);
}

/// `apiserver/pkg/registry/generic/registry/store.go`: an old copy is not written over a newer one.
/// C3, C11
#[test]
fn update_conflict_text() {
    let mut bench = Bench::new();
    let old = bench.must_create(Resource::ReplicationControllers, rc());
    let body = Body::Scale(3);
    let scale = bench
        .request(Verb::Update, Resource::ReplicationControllers, "web", body)
        .on(Subresource::Scale);
    let new = bench.ask(scale).expect("scaled").object.expect("object");
    assert_eq!(at(&new, "/spec/replicas"), 3);
    assert_eq!(at(&new, "/metadata/generation"), 2);
    let mut changed = old;
    changed.metadata_mut().labels.set("a", "b");
    let status = bench.update(changed).expect_err("a conflict");
    assert_eq!(
        status.message,
        "Operation cannot be fulfilled on replicationcontrollers \"web\": the object has been modified; please apply your changes to the latest version and try again"
    );
    assert_eq!(status.code, 409);
}

/// C18
#[test]
fn update_without_a_difference_writes_nothing() {
    let mut bench = Bench::new();
    let object = bench.must_create(Resource::ReplicationControllers, rc());
    let revision = bench.etcd.revision();
    bench.update(object).expect("nothing to do");
    assert_eq!(bench.etcd.revision(), revision);
}

#[test]
fn update_keeps_status_and_spec_apart() {
    let mut bench = Bench::new();
    let Object::Pod(pod) = bench.must_create(Resource::Pods, pod("a")) else {
        unreachable!()
    };
    let mut status = Pod::clone(&pod);
    status.status.pod_ip = "10.244.1.2".into();
    std::rc::Rc::make_mut(&mut status.spec).node_name = "node-9".into();
    let request = Request::update(&bench.user.clone(), status.clone()).on(Subresource::Status);
    let written = bench.ask(request).expect("written").object.expect("object");
    assert_eq!(at(&written, "/status/podIP"), "10.244.1.2");
    assert_eq!(at(&written, "/spec/nodeName"), Value::Null);
    let mut main = Pod::clone(Pod::of(&written).expect("a pod"));
    main.status.pod_ip = "1.2.3.4".into();
    main.metadata.labels.set("x", "y");
    let written = bench.update(main.into()).expect("written");
    assert_eq!(at(&written, "/status/podIP"), "10.244.1.2");
    assert_eq!(at(&written, "/metadata/labels/x"), "y");
}

/// `pkg/registry/core/pod/storage/storage.go`, assignPod: one write of two things, once.
/// C39
#[test]
fn binding_writes_node_and_condition_once() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Pods, pod("a"));
    let revision = bench.etcd.revision();
    let bound = bench.bind("a", "node-1").expect("bound");
    assert_eq!(bench.etcd.revision(), revision + 1);
    assert_eq!(at(&bound, "/spec/nodeName"), "node-1");
    assert_eq!(at(&bound, "/status/conditions/0/type"), "PodScheduled");
    assert_eq!(at(&bound, "/status/conditions/0/status"), "True");
    assert_eq!(at(&bound, "/metadata/generation"), 1);
    let status = bench.bind("a", "node-2").expect_err("it is bound");
    assert_eq!(
        status.message,
        "Operation cannot be fulfilled on pods/binding \"a\": pod a is already assigned to node \"node-1\""
    );
}

/// A generated name: five characters of a fixed alphabet.
/// C10
#[test]
fn name_generated_from_generate_name() {
    let mut bench = Bench::new();
    let mut manifest = pod("x");
    manifest["metadata"] = json!({"generateName": "web-"});
    let object = bench.must_create(Resource::Pods, manifest);
    let name = object.metadata().name.clone();
    let suffix = name.strip_prefix("web-").expect("the prefix");
    assert_eq!(suffix.len(), 5);
    assert!(
        suffix
            .chars()
            .all(|one| "bcdfghjklmnpqrstvwxz2456789".contains(one))
    );
}

/// C11
#[test]
fn name_taken_is_refused() {
    let mut bench = Bench::new();
    bench.must_create(Resource::ReplicationControllers, rc());
    let found = bench.refusal(Resource::ReplicationControllers, rc());
    assert_eq!(found, "replicationcontrollers \"web\" already exists");
}

/// `client-go/tools/record/events_cache.go`: equal Events are one object that counts; others are others.
#[test]
fn events_that_are_equal_count_up() {
    use crate::cluster::{
        api::{Event, Resource},
        apiserver::events::{Recent, prepare},
        machinery::{Address, Turn},
        trace::StepId,
    };
    let mut bench = Bench::new();
    let about = bench.must_create(Resource::Pods, pod("a")).reference();
    let event = |reason: &str| Event {
        metadata: crate::cluster::api::ObjectMeta {
            name: "a.188696d2a5e00000".into(),
            namespace: "default".into(),
            ..Default::default()
        },
        involved_object: about.clone(),
        reason: reason.into(),
        count: 1,
        ..Event::default()
    };
    let mut recent = Recent::default();
    for reason in ["Pulling", "Pulling", "Pulled", "Pulling"] {
        let turn = &mut Turn::new(&mut bench.shared, Address::ApiServer, (StepId::NONE, false));
        let plan = prepare(event(reason), &mut recent, &bench.etcd, turn).expect("a plan");
        registry::commit(plan, &mut bench.etcd, &mut bench.server.allocators, turn)
            .expect("written");
    }
    let mut counts: Vec<(String, i32)> = bench
        .etcd
        .objects(Resource::Events, |_| true)
        .filter_map(|object| Event::of(&object).cloned())
        .map(|event| (event.reason.to_string(), event.count))
        .collect();
    counts.sort();
    assert_eq!(
        counts,
        [("Pulled".to_owned(), 1), ("Pulling".to_owned(), 3)]
    );
    // Their names are in the order in which they began (`client-go/tools/record/event.go`).
    let mut names: Vec<(String, String)> = bench
        .etcd
        .objects(Resource::Events, |_| true)
        .filter_map(|object| Event::of(&object).cloned())
        .map(|event| (event.metadata.name.to_string(), event.reason.to_string()))
        .collect();
    names.sort();
    let expected = [
        ("a.188696d2a5e00000", "Pulling"),
        ("a.188696d2a5e00001", "Pulled"),
    ];
    assert_eq!(
        names,
        expected.map(|(name, reason)| (name.to_owned(), reason.to_owned()))
    );
}

/// `apimachinery/pkg/api/resource/quantity_test.go`: what is read, and the canonical form it is printed in.
#[test]
fn quantities_in_canonical_form() {
    use crate::cluster::api::Quantity;
    let table = [
        ("0", "0"),
        ("100m", "100m"),
        ("0.1", "100m"),
        ("1000m", "1"),
        ("1024", "1024"),
        ("1Ki", "1Ki"),
        ("1024Ki", "1Mi"),
        ("1025Ki", "1025Ki"),
        ("1.5Gi", "1536Mi"),
        ("1000k", "1M"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("12e6", "12e6"),
        (".5", "500m"),
        ("-1", "-1"),
        ("+1", "1"),
        ("5M", "5M"),
        ("0.5Ki", "512"),
    ];
    for (text, expected) in table {
        let found = text.parse::<Quantity>().map(|one| one.to_string());
        assert_eq!(found, Ok(expected.to_owned()), "{text}");
    }
    for text in [
        "", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", "1i", "--1", "1 Gi", "Ki",
    ] {
        assert!(text.parse::<Quantity>().is_err(), "{text}");
    }
}

/// `client-go/tools/record/event.go`, GenerateEventName: `NAME.MOMENT`, so that no two share a name.
#[test]
fn events_are_named_by_what_they_are_about_and_when_they_were_told() {
    use crate::cluster::{Cluster, ClusterConfig, Moment, api::Event};
    let mut cluster = Cluster::new(&ClusterConfig::with_nodes(2, 1));
    let files = std::rc::Rc::default();
    cluster.command("kubectl create deployment web --image=nginx:1.29", &files);
    cluster.run_until(Moment::from_millis(20_000));
    let events = cluster.objects(Resource::Events, "default");
    let events: Vec<_> = events.iter().filter_map(Event::of).collect();
    assert!(events.len() >= 7, "{}", events.len());
    for event in events {
        let name = event
            .metadata
            .name
            .strip_prefix(&*event.involved_object.name);
        let moment = name.and_then(|rest| rest.strip_prefix('.'));
        let moment = moment.and_then(|told| i64::from_str_radix(told, 16).ok());
        let told = event.first_timestamp.map(|time| time.seconds());
        assert_eq!(moment.map(|nanos| nanos / 1_000_000_000), told);
    }
}
