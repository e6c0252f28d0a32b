use super::*;

/// What the Status says to whom.
/// C6
#[test]
fn authorization_refusal_texts() {
    let mut bench = Bench::new();
    bench.user = User::new("bob", &[]);
    let list = bench.request(Verb::List, Resource::Pods, "", Body::Nothing);
    let get = bench.request(Verb::Get, Resource::Nodes, "node-1", Body::Nothing);
    let status = bench
        .request(Verb::Patch, Resource::Deployments, "web", Body::Nothing)
        .on(Subresource::Scale);
    let table = [
        (
            list,
            "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
        ),
        (
            get,
            "nodes \"node-1\" is forbidden: User \"bob\" cannot get resource \"nodes\" in API group \"\" at the cluster scope",
        ),
        (
            status,
            "deployments.apps \"web\" is forbidden: User \"bob\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"default\"",
        ),
    ];
    for (request, expected) in table {
        let status = bench.ask(request).expect_err("refused");
        assert_eq!((status.code, status.message.as_str()), (403, expected));
    }
    bench.user = User::unknown();
    let list = bench.request(Verb::List, Resource::Pods, "", Body::Nothing);
    let status = bench.ask(list).expect_err("nobody");
    assert_eq!(
        (status.code, status.message.as_str()),
        (401, "Unauthorized")
    );
}

/// Bindings are looked at in etcd, and what was decided is forgotten when they change.
/// C6
#[test]
fn authorization_follows_the_bindings() {
    let mut bench = Bench::new();
    let bob = User::new("bob", &[]);
    let list = |bench: &mut Bench| {
        let mut request = bench.request(Verb::List, Resource::Pods, "", Body::Nothing);
        request.user = bob.clone();
        bench.ask(request).is_ok()
    };
    assert!(!list(&mut bench));
    bench.must_create(
        Resource::RoleBindings,
        json!({
            "metadata": {"name": "viewers"},
            "subjects": [{"kind": "User", "name": "bob", "apiGroup": "rbac.authorization.k8s.io"}],
            "roleRef": {"kind": "ClusterRole", "name": "view", "apiGroup": "rbac.authorization.k8s.io"}
        }),
    );
    assert!(list(&mut bench));
    bench
        .delete(Resource::RoleBindings, "viewers", DeleteOptions::default())
        .expect("deleted");
    assert!(!list(&mut bench));
}

/// What each component needs for its work (`bootstrappolicy/policy.go`, `controller_policy.go`).
#[test]
fn authorization_of_the_components() {
    use Resource::*;
    use Subresource as Sub;
    let scheduler = User::new("system:kube-scheduler", &[]);
    let node = User::node("node-1");
    let table = [
        (&scheduler, Verb::Create, Pods, Sub::Binding, true),
        (&scheduler, Verb::Patch, Pods, Sub::Status, true),
        (&scheduler, Verb::Watch, Nodes, Sub::None, true),
        (&scheduler, Verb::Create, Pods, Sub::None, false),
        (&node, Verb::Patch, Pods, Sub::Status, true),
        (&node, Verb::Delete, Pods, Sub::None, true),
        (&node, Verb::Update, Leases, Sub::None, true),
        (&node, Verb::Create, Nodes, Sub::None, true),
        (&node, Verb::Create, Deployments, Sub::None, false),
    ];
    let controllers = [
        ("replicaset-controller", Verb::Create, Pods, Sub::None, true),
        (
            "replicaset-controller",
            Verb::Update,
            ReplicaSets,
            Sub::Status,
            true,
        ),
        (
            "replication-controller",
            Verb::Delete,
            Pods,
            Sub::None,
            true,
        ),
        (
            "deployment-controller",
            Verb::Create,
            ReplicaSets,
            Sub::None,
            true,
        ),
        (
            "deployment-controller",
            Verb::Create,
            Pods,
            Sub::None,
            false,
        ),
        (
            "endpoint-controller",
            Verb::Update,
            Resource::Endpoints,
            Sub::None,
            true,
        ),
        (
            "endpointslice-controller",
            Verb::Create,
            EndpointSlices,
            Sub::None,
            true,
        ),
        ("node-controller", Verb::Update, Nodes, Sub::None, true),
        (
            "namespace-controller",
            Verb::Update,
            Namespaces,
            Sub::Finalize,
            true,
        ),
        (
            "generic-garbage-collector",
            Verb::Delete,
            Services,
            Sub::None,
            true,
        ),
        (
            "service-account-controller",
            Verb::Create,
            ServiceAccounts,
            Sub::None,
            true,
        ),
        ("pod-garbage-collector", Verb::Delete, Pods, Sub::None, true),
    ];
    let users: Vec<User> = controllers
        .iter()
        .map(|one| User::controller(one.0))
        .collect();
    let all = table.into_iter().chain(
        controllers
            .iter()
            .zip(&users)
            .map(|((_, verb, resource, sub, may), user)| (user, *verb, *resource, *sub, *may)),
    );
    let mut bench = Bench::new();
    for (user, verb, resource, subresource, may) in all {
        let mut request = bench
            .request(verb, resource, "x", Body::Nothing)
            .on(subresource);
        request.user = user.clone();
        let decision = bench.server.authorizer.decide(&request, &bench.etcd);
        let allowed = !matches!(decision, super::super::rbac::Decision::Denied(_));
        assert_eq!(
            allowed, may,
            "{} {verb:?} {resource} {subresource:?}",
            user.name
        );
    }
}

#[test]
fn authorization_of_impersonation() {
    let mut bench = Bench::new();
    bench.user = User::admin().acting_as("bob", &[]);
    let list = bench.request(Verb::List, Resource::Pods, "", Body::Nothing);
    let status = bench.ask(list).expect_err("bob may not");
    assert!(status.message.contains("User \"bob\" cannot list"));
    bench.user = User::new("eve", &[]).acting_as("kubernetes-admin", &["kubeadm:cluster-admins"]);
    let list = bench.request(Verb::List, Resource::Pods, "", Body::Nothing);
    let status = bench.ask(list).expect_err("eve may not");
    assert_eq!(
        status.message,
        "users \"kubernetes-admin\" is forbidden: User \"eve\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"
    );
}
