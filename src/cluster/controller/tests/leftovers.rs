use super::{World, replicas::RC};
use crate::cluster::{
    api::{Kind, Namespace, Pod, ReplicationController, Resource, ResourceQuota, ServiceAccount},
    machinery::Request,
};

const NAMESPACE: &str = r#"{"metadata": {"name": "shop"}}"#;

fn namespace(world: &World, name: &str) -> Option<std::rc::Rc<Namespace>> {
    let found = world.cluster.objects(Resource::Namespaces, "");
    let mut found = found.iter().filter_map(Namespace::of);
    found.find(|it| *it.metadata.name == *name).cloned()
}

/// `pkg/controller/serviceaccount/serviceaccounts_controller.go`.
#[test]
fn serviceaccount_default_is_made_in_every_namespace_and_made_again() {
    let mut world = World::new();
    world.create(Resource::Namespaces, NAMESPACE);
    let names = |world: &World| {
        let found = world.cluster.objects(Resource::ServiceAccounts, "shop");
        found
            .iter()
            .map(|it| it.metadata().name.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&world), ["default"]);
    assert!(
        world
            .all::<ServiceAccount>()
            .iter()
            .any(|it| &*it.metadata.name == "default")
    );
    let options = crate::cluster::machinery::DeleteOptions::default();
    let (space, name) = ("shop".into(), "default".into());
    let user = world.user.clone();
    world.ask(Request::delete(
        &user,
        Resource::ServiceAccounts,
        &space,
        &name,
        options,
    ));
    assert_eq!(names(&world), ["default"]);
}

/// `pkg/controller/namespace/deletion/namespaced_resources_deleter.go`, Delete.
#[test]
fn namespace_is_emptied_and_then_goes() {
    let mut world = World::new();
    world.create(Resource::Namespaces, NAMESPACE);
    world.create(
        Resource::ReplicationControllers,
        &RC.replace("default", "shop"),
    );
    assert_eq!(world.cluster.objects(Resource::Pods, "shop").len(), 3);
    world.delete(Resource::Namespaces, "shop", None);
    let ending = namespace(&world, "shop").unwrap();
    assert_eq!(&*ending.status.phase, "Terminating");
    assert_eq!(
        world.cluster.objects(Resource::Pods, "shop").len(),
        3,
        "it waits five seconds"
    );
    world.run(10_000);
    assert!(namespace(&world, "shop").is_none());
    for resource in [
        Resource::Pods,
        Resource::ReplicationControllers,
        Resource::ServiceAccounts,
    ] {
        assert!(
            world.cluster.objects(resource, "shop").is_empty(),
            "{resource}"
        );
    }
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/podgc/gc_controller.go`, gcOrphaned: after 40 s of quarantine.
#[test]
fn podgc_deletes_pods_of_nodes_that_do_not_exist() {
    let mut world = World::new();
    let pod = r#"{
        "metadata": {"name": "stray", "namespace": "default"},
        "spec": {"nodeName": "gone", "containers": [{"name": "c", "image": "nginx:1"}]}
    }"#;
    world.create(Resource::Pods, pod);
    world.run(35_000);
    assert_eq!(world.all::<Pod>().len(), 1);
    world.run(40_000);
    assert!(world.all::<Pod>().is_empty());
    let decision = "its node gone no longer exists: deleting it by force";
    assert_eq!(world.decisions("podgc"), [decision]);
}

/// `pkg/controller/resourcequota/resource_quota_controller.go`: creations beyond a quota fail and are told;
/// when room is made, they succeed.
#[test]
fn resourcequota_bounds_pods_and_counts_again_what_is_freed() {
    let mut world = World::new();
    let quota = r#"{
        "metadata": {"name": "few", "namespace": "default"},
        "spec": {"hard": {"pods": "2"}}
    }"#;
    world.create(Resource::ResourceQuotas, quota);
    world.create(Resource::ReplicationControllers, RC);
    assert_eq!(world.all::<Pod>().len(), 2);
    let failed = world
        .events()
        .into_iter()
        .find(|(reason, _)| reason == "FailedCreate");
    let message = failed.unwrap().1;
    assert!(
        message.starts_with("Error creating: pods \"web-"),
        "{message}"
    );
    let why = "is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2";
    assert!(message.ends_with(why), "{message}");
    let condition = &world.get::<ReplicationController>("web").status.conditions[0];
    assert_eq!(
        (&*condition.kind, &*condition.reason),
        ("ReplicaFailure", "FailedCreate")
    );
    let quota = world.get::<ResourceQuota>("few");
    assert_eq!(quota.status.used["pods"].to_string(), "2");
    world.update::<ReplicationController>("web", |rc| rc.spec.replicas = Some(1));
    let quota = world.get::<ResourceQuota>("few");
    assert_eq!(quota.status.used["pods"].to_string(), "1");
    assert!(
        world
            .get::<ReplicationController>("web")
            .status
            .conditions
            .is_empty()
    );
}
