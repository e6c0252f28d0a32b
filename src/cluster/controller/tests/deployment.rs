use super::World;
use crate::cluster::api::{
    ConditionStatus, Deployment, IntOrString, Pod, ReplicaSet, Resource, StrategyType,
};

pub(super) const DEPLOYMENT: &str = r#"{
    "metadata": {"name": "web", "namespace": "default", "generation": 1},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}
        },
        "revisionHistoryLimit": 1,
        "progressDeadlineSeconds": 600,
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}
        }
    }
}"#;

fn set_image(world: &mut World, image: &str) {
    world.update::<Deployment>("web", |deployment| {
        let spec = std::rc::Rc::make_mut(&mut deployment.spec.template.spec);
        spec.containers[0].image = image.into();
    });
}

/// Sizes of the ReplicaSets, oldest first.
fn sizes(world: &World) -> Vec<i32> {
    let mut sets = world.all::<ReplicaSet>();
    sets.sort_by_key(|set| set.metadata.resource_version);
    sets.sort_by_key(|set| revision(set));
    sets.iter().map(|set| set.spec.replicas.unwrap()).collect()
}

fn revision(set: &ReplicaSet) -> i32 {
    let revision = set
        .metadata
        .annotations
        .get("deployment.kubernetes.io/revision");
    revision.unwrap().parse().unwrap()
}

fn condition(world: &World, kind: &str) -> (ConditionStatus, String, String) {
    let deployment = world.get::<Deployment>("web");
    let mut conditions = deployment.status.conditions.iter();
    let found = conditions
        .find(|condition| &*condition.kind == kind)
        .unwrap();
    (
        found.status,
        found.reason.to_string(),
        found.message.clone(),
    )
}

fn scaled(world: &World) -> Vec<String> {
    let events = world.events().into_iter();
    let scaled = events.filter(|(reason, _)| reason == "ScalingReplicaSet");
    scaled.map(|(_, message)| message).collect()
}

/// `pkg/controller/deployment/sync.go`, getNewReplicaSet.
#[test]
fn deployment_makes_a_replica_set_and_becomes_available() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    let set = &world.all::<ReplicaSet>()[0];
    let hash = set.metadata.labels.get("pod-template-hash").unwrap();
    assert_eq!(*set.metadata.name, format!("web-{hash}"));
    assert_eq!(
        scaled(&world),
        [format!("Scaled up replica set web-{hash} from 0 to 3")]
    );
    assert_eq!(world.all::<Pod>().len(), 3);
    let deployment = world.get::<Deployment>("web");
    let revision = "deployment.kubernetes.io/revision";
    assert_eq!(deployment.metadata.annotations.get(revision), Some("1"));
    assert_eq!(
        condition(&world, "Available").1,
        "MinimumReplicasUnavailable"
    );
    let (_, reason, message) = condition(&world, "Progressing");
    assert_eq!(reason, "ReplicaSetUpdated");
    assert_eq!(
        message,
        format!("ReplicaSet \"web-{hash}\" is progressing.")
    );
    world.make_ready();
    let (status, reason, message) = condition(&world, "Progressing");
    assert_eq!(
        (status, &*reason),
        (ConditionStatus::True, "NewReplicaSetAvailable")
    );
    assert_eq!(
        message,
        format!("ReplicaSet \"web-{hash}\" has successfully progressed.")
    );
    assert_eq!(condition(&world, "Available").1, "MinimumReplicasAvailable");
    let status = &world.get::<Deployment>("web").status;
    assert_eq!((status.replicas, status.updated_replicas), (3, 3));
    assert_eq!(
        (status.available_replicas, status.unavailable_replicas),
        (3, 0)
    );
    assert!(world.cluster.is_settled(), "no deadline is waited for");
}

/// `pkg/controller/deployment/rolling.go`: of 3, one more and none less may be.
#[test]
fn deployment_rolls_one_pod_at_a_time() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.make_ready();
    set_image(&mut world, "nginx:2");
    assert_eq!(sizes(&world), [3, 1]);
    world.make_ready();
    assert_eq!(sizes(&world), [2, 2]);
    world.make_ready();
    assert_eq!(sizes(&world), [1, 3]);
    world.make_ready();
    assert_eq!(sizes(&world), [0, 3]);
    assert_eq!(world.all::<Pod>().len(), 3);
    assert_eq!(condition(&world, "Progressing").1, "NewReplicaSetAvailable");
    let events = scaled(&world);
    let ways: Vec<&str> = events.iter().map(|it| &it[it.len() - 6..]).collect();
    assert_eq!(
        ways,
        [
            "0 to 3", "0 to 1", "3 to 2", "1 to 2", "2 to 1", "2 to 3", "1 to 0"
        ]
    );
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/deployment/sync.go`, cleanupDeployment; and an old template that comes back gets a new
/// revision and keeps the memory of its old one.
#[test]
fn deployment_keeps_so_many_old_replica_sets() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.make_ready();
    for image in ["nginx:2", "nginx:3"] {
        set_image(&mut world, image);
        (0..4).for_each(|_| world.make_ready());
    }
    let revisions = |world: &World| {
        let mut found: Vec<i32> = world
            .all::<ReplicaSet>()
            .iter()
            .map(|it| revision(it))
            .collect();
        found.sort_unstable();
        found
    };
    assert_eq!(revisions(&world), [2, 3]);
    set_image(&mut world, "nginx:2");
    (0..4).for_each(|_| world.make_ready());
    assert_eq!(revisions(&world), [3, 4]);
    let sets = world.all::<ReplicaSet>();
    let back = sets.iter().find(|set| revision(set) == 4).unwrap();
    let history = "deployment.kubernetes.io/revision-history";
    assert_eq!(back.metadata.annotations.get(history), Some("2"));
}

/// `pkg/controller/deployment/recreate.go`.
#[test]
fn deployment_recreates_all_pods_at_once() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.make_ready();
    world.update::<Deployment>("web", |deployment| {
        deployment.spec.strategy.kind = Some(StrategyType::Recreate);
        deployment.spec.strategy.rolling_update = None;
    });
    set_image(&mut world, "nginx:2");
    assert_eq!(sizes(&world), [0, 3]);
    let events = scaled(&world);
    assert!(events[1].ends_with("from 3 to 0"), "{events:?}");
    assert!(events[2].ends_with("from 0 to 3"), "{events:?}");
}

/// `pkg/controller/deployment/sync.go`, checkPausedConditions and sync: a paused Deployment is sized, but
/// not rolled out.
#[test]
fn deployment_that_is_paused_scales_but_does_not_roll() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.make_ready();
    world.update::<Deployment>("web", |deployment| deployment.spec.paused = true);
    assert_eq!(condition(&world, "Progressing").1, "DeploymentPaused");
    set_image(&mut world, "nginx:2");
    assert_eq!(sizes(&world), [3]);
    world.update::<Deployment>("web", |deployment| deployment.spec.replicas = Some(5));
    assert_eq!(sizes(&world), [5]);
    world.update::<Deployment>("web", |deployment| deployment.spec.paused = false);
    assert_eq!(sizes(&world).len(), 2);
}

/// `pkg/controller/deployment/progress.go`, requeueStuckDeployment.
#[test]
fn deployment_that_gets_nowhere_exceeds_its_deadline() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    assert!(!world.cluster.is_settled(), "the deadline is still to come");
    world.run(590_000);
    assert_eq!(condition(&world, "Progressing").1, "ReplicaSetUpdated");
    world.run(20_000);
    let (status, reason, message) = condition(&world, "Progressing");
    assert_eq!(
        (status, &*reason),
        (ConditionStatus::False, "ProgressDeadlineExceeded")
    );
    assert!(
        message.ends_with("\" has timed out progressing."),
        "{message}"
    );
    assert!(world.cluster.is_settled());
}

/// A change of the wanted number amid a rollout is shared out.
#[test]
fn deployment_scales_in_proportion_amid_a_rollout() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.update::<Deployment>("web", |deployment| {
        deployment.spec.replicas = Some(10);
        let rolling = deployment.spec.strategy.rolling_update.as_mut().unwrap();
        rolling.max_surge = Some(IntOrString::Int(2));
        rolling.max_unavailable = Some(IntOrString::Int(2));
    });
    world.make_ready();
    set_image(&mut world, "nginx:2");
    assert_eq!(sizes(&world), [8, 4]);
    world.update::<Deployment>("web", |deployment| deployment.spec.replicas = Some(22));
    assert_eq!(sizes(&world), [16, 8]);
}
