use super::*;

fn deployment() -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [
                    {"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}]},
                    {"name": "b", "image": "b:1"}
                ]}
            }
        }
    })
}

/// Facts of `apimachinery/pkg/util/strategicpatch/patch_test.go`: lists are merged by their key.
#[test]
fn strategic_merge_of_lists() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Deployments, deployment());
    let patch = |containers: Value| {
        Patch::Strategic(json!({"spec": {"template": {"spec": {"containers": containers}}}}))
    };
    let containers = "/spec/template/spec/containers";
    let after = bench
        .patch(
            Resource::Deployments,
            "web",
            patch(json!([{"name": "b", "image": "b:2"}])),
        )
        .expect("patched");
    assert_eq!(at(&after, &format!("{containers}/0/image")), "a:1");
    assert_eq!(at(&after, &format!("{containers}/1/image")), "b:2");
    assert_eq!(at(&after, "/metadata/generation"), 2);
    let added = patch(json!([{"name": "a", "env": [{"name": "Y", "value": "2"}]}]));
    let after = bench
        .patch(Resource::Deployments, "web", added)
        .expect("patched");
    assert_eq!(at(&after, &format!("{containers}/0/env/1/name")), "Y");
    let removed = patch(json!([{"name": "b", "$patch": "delete"}]));
    let after = bench
        .patch(Resource::Deployments, "web", removed)
        .expect("patched");
    assert_eq!(at(&after, containers).as_array().map(Vec::len), Some(1));
    let replaced = patch(json!([{"$patch": "replace"}, {"name": "z", "image": "z:1"}]));
    let after = bench
        .patch(Resource::Deployments, "web", replaced)
        .expect("patched");
    assert_eq!(at(&after, &format!("{containers}/0/name")), "z");
    assert_eq!(at(&after, containers).as_array().map(Vec::len), Some(1));
}

#[test]
fn strategic_merge_takes_away_what_is_null() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Deployments, deployment());
    let patch = json!({"metadata": {"labels": {"a": "b", "c": null}}, "spec": {"paused": true}});
    let after = bench
        .patch(Resource::Deployments, "web", Patch::Strategic(patch))
        .expect("patched");
    assert_eq!(at(&after, "/metadata/labels"), json!({"a": "b"}));
    let patch = json!({"metadata": {"labels": {"a": null}}, "spec": {"paused": null}});
    let after = bench
        .patch(Resource::Deployments, "web", Patch::Strategic(patch))
        .expect("patched");
    assert_eq!(at(&after, "/metadata/labels"), Value::Null);
    assert_eq!(at(&after, "/spec/paused"), Value::Null);
}

/// The strategy's rollingUpdate goes with its type (`$retainKeys`).
#[test]
fn strategic_merge_retains_keys() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Deployments, deployment());
    let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
    let after = bench
        .patch(Resource::Deployments, "web", Patch::Strategic(patch))
        .expect("patched");
    assert_eq!(at(&after, "/spec/strategy"), json!({"type": "Recreate"}));
}

/// RFC 7386: a list is replaced as a whole.
#[test]
fn merge_patch_replaces_lists() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Deployments, deployment());
    let patch =
        json!({"spec": {"template": {"spec": {"containers": [{"name": "n", "image": "n:1"}]}}}});
    let after = bench
        .patch(Resource::Deployments, "web", Patch::Merge(patch))
        .expect("patched");
    let containers = at(&after, "/spec/template/spec/containers");
    assert_eq!(containers.as_array().map(Vec::len), Some(1));
}

#[test]
fn patch_with_a_strange_field_is_refused() {
    let mut bench = Bench::new();
    bench.must_create(Resource::Deployments, deployment());
    let status = bench
        .patch(
            Resource::Deployments,
            "web",
            Patch::Merge(json!({"spec": {"foo": 1}})),
        )
        .expect_err("refused");
    assert!(
        status
            .message
            .ends_with("strict decoding error: unknown field \"spec.foo\"")
    );
}
