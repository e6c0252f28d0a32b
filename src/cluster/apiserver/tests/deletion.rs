use super::*;
use crate::cluster::machinery::{Preconditions, Propagation};

fn grace(seconds: i64) -> DeleteOptions {
    DeleteOptions {
        grace_period_seconds: Some(seconds),
        ..DeleteOptions::default()
    }
}

/// `pkg/registry/core/pod/strategy_test.go`, TestCheckGracefulDelete: a Pod without a node goes at once.
#[test]
fn deletion_of_a_pod_without_a_node_is_immediate() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Pods, pod("a"));
    let last = bench
        .delete(Resource::Pods, "a", DeleteOptions::default())
        .expect("deleted");
    assert!(bench.get(Resource::Pods, "a").is_none());
    // Whoever watches sees it go as one that is being deleted (`apiserver/pkg/registry/rest/delete.go`).
    assert_eq!(
        at(&last, "/metadata/deletionTimestamp"),
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(at(&last, "/metadata/deletionGracePeriodSeconds"), 0);
    assert_eq!(at(&last, "/metadata/generation"), 2);
}

/// `apiserver/pkg/registry/rest/delete.go`: the time a Pod is given can only become shorter.
#[test]
fn deletion_of_a_pod_gives_it_time() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Pods, pod("a"));
    bench.bind("a", "node-1").expect("bound");
    let options = DeleteOptions::default;
    let first = bench
        .delete(Resource::Pods, "a", options())
        .expect("deleting");
    assert_eq!(at(&first, "/metadata/deletionGracePeriodSeconds"), 30);
    assert_eq!(
        at(&first, "/metadata/deletionTimestamp"),
        "2026-01-01T00:00:30Z"
    );
    assert_eq!(at(&first, "/metadata/generation"), 2);
    bench.wait(5);
    let again = bench
        .delete(Resource::Pods, "a", grace(60))
        .expect("nothing");
    assert_eq!(again, first);
    let shorter = bench
        .delete(Resource::Pods, "a", grace(10))
        .expect("shorter");
    assert_eq!(at(&shorter, "/metadata/deletionGracePeriodSeconds"), 10);
    assert_eq!(
        at(&shorter, "/metadata/deletionTimestamp"),
        "2026-01-01T00:00:10Z"
    );
    bench.delete(Resource::Pods, "a", grace(0)).expect("gone");
    assert!(bench.get(Resource::Pods, "a").is_none());
}

#[test]
fn deletion_preconditions() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Pods, pod("a"));
    let options = DeleteOptions {
        preconditions: Preconditions {
            uid: Some(crate::cluster::api::Uid("other".into())),
            ..Preconditions::default()
        },
        ..grace(0)
    };
    let status = bench
        .delete(Resource::Pods, "a", options)
        .expect_err("another");
    assert!(status.message.starts_with(
        "Operation cannot be fulfilled on pods \"a\": Precondition failed: UID in precondition: other, UID in object meta: "
    ));
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

/// `pkg/registry/core/replicationcontroller/strategy.go`: v1 orphans if nothing is said.
#[test]
fn deletion_of_a_replication_controller_orphans_by_default() {
    let table = [
        (None, Some(json!(["orphan"]))),
        (Some(Propagation::Orphan), Some(json!(["orphan"]))),
        (
            Some(Propagation::Foreground),
            Some(json!(["foregroundDeletion"])),
        ),
        (Some(Propagation::Background), None),
    ];
    for (propagation, finalizers) in table {
        let mut bench = Bench::new();
        bench.must_create(Resource::ReplicationControllers, rc());
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        bench
            .delete(Resource::ReplicationControllers, "web", options)
            .expect("deleted");
        let left = bench.get(Resource::ReplicationControllers, "web");
        assert_eq!(
            left.map(|left| at(&left, "/metadata/finalizers")),
            finalizers,
            "{propagation:?}"
        );
    }
}

/// The last finalizer's removal is the end (`generic/registry/store.go`, ShouldDeleteDuringUpdate).
#[test]
fn deletion_ends_with_the_last_finalizer() {
    let mut bench = Bench::new();
    bench.must_create(Resource::ReplicationControllers, rc());
    let options = DeleteOptions::default();
    let mut left = bench
        .delete(Resource::ReplicationControllers, "web", options)
        .expect("deleting");
    assert!(left.metadata().is_deleting());
    left.metadata_mut().finalizers.clear();
    bench.update(left).expect("finalized");
    assert!(bench.get(Resource::ReplicationControllers, "web").is_none());
}

/// `pkg/registry/core/namespace/storage/storage_test.go`: Terminating until its controller has emptied it.
#[test]
fn deletion_of_a_namespace() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Namespaces, json!({"metadata": {"name": "n"}}));
    let options = DeleteOptions::default;
    let ending = bench
        .delete(Resource::Namespaces, "n", options())
        .expect("ending");
    assert_eq!(at(&ending, "/status/phase"), "Terminating");
    let mut manifest = pod("a");
    manifest["metadata"]["namespace"] = "n".into();
    typed(Resource::Pods, &mut manifest);
    let mut request = bench.request(Verb::Create, Resource::Pods, "", Body::Manifest(manifest));
    request.namespace = "n".into();
    let status = bench.ask(request).expect_err("it is ending");
    assert_eq!(
        status.message,
        "pods \"a\" is forbidden: unable to create new content in namespace n because it is being terminated"
    );
    let Object::Namespace(namespace) = ending else {
        unreachable!()
    };
    let mut emptied = (*namespace).clone();
    emptied.spec.finalizers.clear();
    let request = Request::update(&bench.user.clone(), emptied).on(Subresource::Finalize);
    bench.ask(request).expect("finalized");
    assert!(bench.get(Resource::Namespaces, "n").is_none());
    let status = bench
        .delete(Resource::Namespaces, "default", options())
        .expect_err("immortal");
    assert_eq!(
        status.message,
        "namespaces \"default\" is forbidden: this namespace may not be deleted"
    );
}
