use super::World;
use crate::cluster::{
    Fault, Part,
    api::{Object, Pod, ReplicationController, Resource},
    machinery::Request,
};

pub(super) const RC: &str = r#"{
    "metadata": {"name": "web", "namespace": "default", "generation": 1},
    "spec": {
        "replicas": 3,
        "selector": {"app": "web"},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "nginx:1.29"}]}
        }
    }
}"#;

/// `pkg/controller/replicaset/replica_set.go`, manageReplicas.
#[test]
fn replicationcontroller_creates_its_pods_in_a_slow_start() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    assert_eq!(
        world.decisions("replicationcontroller"),
        [
            "found 0 of 3 pods, creating 3",
            "slow start: a batch of 1, after 0 of 3",
            "slow start: a batch of 2, after 1 of 3",
        ]
    );
    let pods = world.all::<Pod>();
    assert_eq!(pods.len(), 3);
    for pod in &pods {
        assert!(pod.metadata.name.starts_with("web-"));
        let owner = pod.metadata.controller().unwrap();
        assert_eq!(
            (&*owner.kind, &*owner.name),
            ("ReplicationController", "web")
        );
        let created = (
            "SuccessfulCreate".to_owned(),
            format!("Created pod: {}", pod.metadata.name),
        );
        assert!(world.events().contains(&created));
    }
    let status = &world.get::<ReplicationController>("web").status;
    assert_eq!(status.replicas.0, 3);
    assert_eq!(status.fully_labeled_replicas, 3);
    assert_eq!(status.observed_generation, 1);
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/replicaset/replica_set.go`, getPodsToDelete.
#[test]
fn replicationcontroller_deletes_what_is_too_many() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    world.update::<ReplicationController>("web", |rc| rc.spec.replicas = Some(1));
    let decisions = world.decisions("replicationcontroller");
    assert!(
        decisions[3].starts_with("found 3 of 1 pods, deleting 2: web-"),
        "{decisions:?}"
    );
    assert_eq!(world.all::<Pod>().len(), 1);
    let deleted = world
        .events()
        .into_iter()
        .filter(|(reason, _)| reason == "SuccessfulDelete");
    assert_eq!(deleted.count(), 2);
    assert_eq!(
        world.get::<ReplicationController>("web").status.replicas.0,
        1
    );
    assert!(world.cluster.is_settled());
}

/// A deleted Pod is replaced at once.
#[test]
fn replicationcontroller_replaces_a_deleted_pod() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    let before = world.names(Resource::Pods);
    world.delete(Resource::Pods, &before[0], None);
    let after = world.names(Resource::Pods);
    assert_eq!(after.len(), 3);
    assert!(!after.contains(&before[0]));
}

/// The controller manager keeps nothing on disk: stopped, it does nothing; started, it begins from its
/// watches.
#[test]
fn replicationcontroller_goes_on_after_a_restart() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    let stop = Fault::Stop(Part::ControllerManager);
    world.cluster.fault(&stop).unwrap();
    let gone = world.names(Resource::Pods)[0].clone();
    world.delete(Resource::Pods, &gone, None);
    assert_eq!(world.all::<Pod>().len(), 2);
    world
        .cluster
        .fault(&Fault::Start(Part::ControllerManager))
        .unwrap();
    world.run(1000);
    assert_eq!(world.all::<Pod>().len(), 3);
    assert_eq!(
        world.get::<ReplicationController>("web").status.replicas.0,
        3
    );
}

/// Halfway through a slow start too: nothing is made twice.
#[test]
fn replicationcontroller_makes_nothing_twice_when_it_is_interrupted() {
    for millis in 1..40 {
        let mut world = World::new();
        let many = RC.replace("\"replicas\": 3", "\"replicas\": 12");
        let json = serde_json::from_str(&many).unwrap();
        let object = Object::from_json(Resource::ReplicationControllers, json).unwrap();
        world.cluster.ask(Request::create(&world.user, object));
        world.run(millis);
        world
            .cluster
            .fault(&Fault::Stop(Part::ControllerManager))
            .unwrap();
        // What is on its way to the API server still arrives.
        world.run(20);
        world
            .cluster
            .fault(&Fault::Start(Part::ControllerManager))
            .unwrap();
        world.run(2000);
        assert_eq!(world.all::<Pod>().len(), 12, "stopped after {millis} ms");
        assert!(
            world
                .decisions("replicationcontroller")
                .iter()
                .all(|it| !it.contains("deleting"))
        );
    }
}

/// With a lost watch the controller waits until it knows again what it did.
#[test]
fn replicationcontroller_does_not_count_wrongly_when_its_watch_breaks() {
    for millis in 1..40 {
        let mut world = World::new();
        let many = RC.replace("\"replicas\": 3", "\"replicas\": 12");
        let json = serde_json::from_str(&many).unwrap();
        let object = Object::from_json(Resource::ReplicationControllers, json).unwrap();
        world.cluster.ask(Request::create(&world.user, object));
        world.run(millis);
        world
            .cluster
            .fault(&Fault::DropWatch(Part::ControllerManager))
            .unwrap();
        world.run(10_000);
        assert_eq!(world.all::<Pod>().len(), 12, "dropped after {millis} ms");
        assert_eq!(
            world.get::<ReplicationController>("web").status.replicas.0,
            12
        );
        assert!(
            world
                .decisions("replicationcontroller")
                .iter()
                .all(|it| !it.contains("deleting"))
        );
    }
}
