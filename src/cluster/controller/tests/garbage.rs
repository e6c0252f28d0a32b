use super::{World, deployment::DEPLOYMENT, replicas::RC};
use crate::cluster::{
    api::{Deployment, Pod, ReplicaSet, ReplicationController, Resource},
    machinery::{Patch, Propagation},
};

/// `pkg/controller/garbagecollector/garbagecollector.go`, attemptToDeleteItem.
#[test]
fn garbage_dependents_go_after_their_owner_in_the_background() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    let background = Some(Propagation::Background);
    world.delete(Resource::Deployments, "web", background);
    assert!(world.all::<Deployment>().is_empty());
    assert!(world.all::<ReplicaSet>().is_empty());
    assert!(world.all::<Pod>().is_empty());
    let decisions = world.decisions("garbagecollector");
    assert_eq!(
        decisions[0],
        "its owner (Deployment web) is gone: deleting it"
    );
    assert_eq!(decisions.len(), 4);
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/garbagecollector/garbagecollector.go`, processDeletingDependentsItem.
/// C33
#[test]
fn garbage_dependents_go_before_their_owner_in_the_foreground() {
    let mut world = World::new();
    world.create(Resource::Deployments, DEPLOYMENT);
    world.delete(Resource::Deployments, "web", Some(Propagation::Foreground));
    assert!(world.all::<Pod>().is_empty());
    assert!(world.all::<ReplicaSet>().is_empty());
    assert!(world.all::<Deployment>().is_empty());
    let steps = world.cluster.steps().iter();
    let mut gone = steps
        .filter(|it| &*it.verb == "deleted")
        .map(|it| it.resource);
    assert_eq!(gone.next_back(), Some("deployments"));
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/garbagecollector/garbagecollector.go`, attemptToOrphanWorker; a
/// ReplicationController deleted over v1 with nothing said orphans its Pods.
#[test]
fn garbage_orphans_stay_and_can_be_adopted_again() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    world.delete(Resource::ReplicationControllers, "web", None);
    assert!(world.all::<ReplicationController>().is_empty());
    let pods = world.all::<Pod>();
    assert_eq!(pods.len(), 3);
    assert!(
        pods.iter()
            .all(|pod| pod.metadata.owner_references.is_empty())
    );
    let names = world.names(Resource::Pods);
    world.create(Resource::ReplicationControllers, RC);
    assert_eq!(
        world.names(Resource::Pods),
        names,
        "the new one takes them over"
    );
    let uid = &world.get::<ReplicationController>("web").metadata.uid;
    let owned = |pod: &Pod| {
        pod.metadata
            .controller()
            .is_some_and(|owner| owner.uid == *uid)
    };
    assert!(world.all::<Pod>().iter().all(|pod| owned(pod)));
    assert!(world.cluster.is_settled());
}

/// `pkg/controller/controller_ref_manager.go`, ReleasePod: a Pod whose labels no longer match is let go and
/// replaced.
#[test]
fn replicationcontroller_releases_a_pod_that_no_longer_matches() {
    let mut world = World::new();
    world.create(Resource::ReplicationControllers, RC);
    let pod = world.names(Resource::Pods)[0].clone();
    let labels = Patch::Labels(vec![("app".into(), Some("other".into()))]);
    world.patch(Resource::Pods, &pod, labels);
    assert_eq!(world.all::<Pod>().len(), 4);
    assert!(world.get::<Pod>(&pod).metadata.owner_references.is_empty());
    let released = format!("{pod} no longer matches the selector: releasing it");
    assert!(world.decisions("replicationcontroller").contains(&released));
}
