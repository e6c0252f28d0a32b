pub(super) mod rig;

use std::time::Duration;

use self::rig::{Rig, labelled, node, pod, taint, with};
use crate::cluster::{
    api::{Resource, TaintEffect},
    trace::StepKind,
};

const SECOND: Duration = Duration::from_secs(1);

/// `pkg/scheduler/schedule_one.go`: a binding, and the Event Scheduled.
#[test]
fn binding_a_pod_is_told_in_an_event() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "4", "8Gi"));
    rig.put(node("node-2", "4", "8Gi"));
    rig.put(pod("web", &[("cpu", "100m")]));
    rig.run_for(SECOND);
    let node = rig.node_of("web");
    assert!(node.is_some(), "{:?}", rig.events());
    assert_eq!(
        rig.events(),
        [format!(
            "Normal Scheduled: Successfully assigned default/web to {}",
            node.unwrap_or_default()
        )]
    );
    let decisions = rig.steps(StepKind::Decision);
    assert_eq!(decisions.len(), 1);
    let paths: Vec<&str> = decisions[0].changes.iter().map(|one| &*one.path).collect();
    assert!(
        paths.contains(&"nodes[node-1].scores.NodeResourcesFit"),
        "{paths:?}"
    );
    assert!(paths.contains(&"nodes[node-2].total"), "{paths:?}");
    assert!(
        decisions[0].message.contains("of 2 feasible nodes"),
        "{}",
        decisions[0].message
    );
}

/// `pkg/scheduler/framework/types.go`, FitError: the reasons are counted, sorted as texts, and what
/// PostFilter says follows.
/// C40
#[test]
fn failure_is_told_with_counted_reasons() {
    let mut rig = Rig::new();
    let mut tainted = node("node-1", "4", "8Gi");
    tainted.spec.taints = vec![taint("key", "", TaintEffect::NoSchedule)];
    rig.put(tainted);
    rig.put(node("node-2", "4", "8Gi"));
    rig.put(node("node-3", "4", "8Gi"));
    for (name, node) in [("a", "node-2"), ("b", "node-3")] {
        let full = pod(name, &[("cpu", "3")]);
        rig.put(with(full, |spec| spec.node_name = node.into()));
    }
    rig.put(pod("big", &[("cpu", "2")]));
    rig.run_for(SECOND);
    let message = "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. \
                   no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is \
                   not helpful for scheduling, 2 No preemption victims found for incoming pod.";
    assert_eq!(
        rig.events(),
        [format!("Warning FailedScheduling: {message}")]
    );
    let condition = rig.scheduled("big").unwrap_or_default();
    assert_eq!(&*condition.reason, "Unschedulable");
    assert_eq!(condition.message, message);
    // A Pod that goes makes room.
    rig.delete(Resource::Pods, "default/b");
    rig.run_for(SECOND);
    assert_eq!(rig.node_of("big").as_deref(), Some("node-3"));
}

fn important(name: &str, cpu: &str, priority: i32) -> crate::cluster::api::Pod {
    with(pod(name, &[("cpu", cpu)]), |spec| {
        spec.priority = Some(priority)
    })
}

fn placed(name: &str, cpu: &str, priority: i32, on: &str) -> crate::cluster::api::Pod {
    with(important(name, cpu, priority), |spec| {
        spec.node_name = on.into()
    })
}

/// `defaultpreemption/default_preemption.go`: the least important Pods go, as few as will do, and the
/// one that needs the room is to have the node.
#[test]
fn preemption_deletes_the_least_important() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "4", "8Gi"));
    rig.put(node("node-2", "4", "8Gi"));
    rig.put(placed("old-1", "3", 5, "node-1"));
    rig.put(placed("old-2", "2", 1, "node-2"));
    rig.put(placed("old-3", "2", 2, "node-2"));
    rig.put(important("vip", "2", 100));
    rig.run_for(5 * SECOND);
    assert!(rig.pod("old-2").is_none(), "{:?}", rig.events());
    assert!(rig.pod("old-1").is_some() && rig.pod("old-3").is_some());
    assert_eq!(rig.node_of("vip").as_deref(), Some("node-2"));
    let events = rig.events();
    assert!(
        events[0]
            .starts_with("Warning FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.")
    );
    assert!(!events[0].contains("preemption:"), "{}", events[0]);
    assert!(
        events.contains(&"Normal Preempted: Preempted by pod uid-vip on node node-2".to_owned())
    );
    let requests = rig.steps(StepKind::Request);
    let victims = requests.iter().filter(|step| &*step.name == "old-2");
    let verbs: Vec<&str> = victims.map(|step| &*step.verb).collect();
    assert_eq!(verbs, ["patch", "delete"]);
}

/// `defaultpreemption/default_preemption_test.go`: who may not preempt says so.
#[test]
fn preemption_is_not_for_pods_that_forbid_it() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "4", "8Gi"));
    rig.put(placed("old", "3", 1, "node-1"));
    let meek = important("meek", "2", 100);
    rig.put(with(meek, |spec| spec.preemption_policy = "Never".into()));
    rig.run_for(SECOND);
    assert_eq!(
        rig.events(),
        [
            "Warning FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to \
          deallocate, preemption: not eligible due to preemptionPolicy=Never."
        ]
    );
    assert!(rig.pod("old").is_some());
}

/// What not even an empty node could hold, preemption does not help (UnschedulableAndUnresolvable).
#[test]
fn preemption_does_not_help_what_is_too_large() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "4", "8Gi"));
    rig.put(placed("old", "1", 1, "node-1"));
    rig.put(important("huge", "8", 100));
    rig.run_for(SECOND);
    assert_eq!(
        rig.events(),
        [
            "Warning FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to \
          deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
        ]
    );
}

/// `schedule_one.go`, handleBindingCycleError: the room is given back, and the Pod tried again later.
#[test]
fn binding_that_is_refused_is_tried_again() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "1", "8Gi"));
    rig.refuses = true;
    rig.put(pod("web", &[("cpu", "1")]));
    rig.run_for(SECOND / 2);
    assert_eq!(
        rig.events(),
        ["Warning FailedScheduling: running Bind plugin \"DefaultBinder\": no"]
    );
    let condition = rig.scheduled("web").unwrap_or_default();
    assert_eq!(&*condition.reason, "SchedulerError");
    rig.refuses = false;
    rig.run_for(3 * SECOND);
    assert_eq!(rig.node_of("web").as_deref(), Some("node-1"));
}

/// Without any node there is nothing to count.
#[test]
fn failure_without_nodes_has_its_own_words() {
    let mut rig = Rig::new();
    rig.put(pod("web", &[]));
    rig.run_for(SECOND);
    let expected = "Warning FailedScheduling: no nodes available to schedule pods";
    assert_eq!(rig.events().first().map(String::as_str), Some(expected));
    rig.put(node("node-1", "1", "8Gi"));
    rig.run_for(3 * SECOND);
    assert_eq!(rig.node_of("web").as_deref(), Some("node-1"));
}

/// A Pod that asked for another scheduler is not touched (`eventhandlers.go`, responsibleForPod).
#[test]
fn pods_of_another_scheduler_are_left_alone() {
    let mut rig = Rig::new();
    rig.put(node("node-1", "1", "8Gi"));
    rig.put(with(pod("web", &[]), |spec| {
        spec.scheduler_name = "mine".into()
    }));
    rig.run_for(SECOND);
    assert!(rig.events().is_empty() && rig.node_of("web").is_none());
}

/// Replicas spread over the nodes, and the same seed gives the same nodes.
#[test]
fn replicas_spread_the_same_way_each_time() {
    let run = || {
        let mut rig = Rig::new();
        for number in 1..=3 {
            rig.put(node(&format!("node-{number}"), "4", "8Gi"));
        }
        let mut service = crate::cluster::api::Service::default();
        service.metadata.name = "web".into();
        service.metadata.namespace = "default".into();
        service.spec.selector.set("app", "web");
        rig.put(service);
        rig.run_for(SECOND);
        for number in 0..6 {
            rig.put(labelled(
                pod(&format!("web-{number}"), &[]),
                &[("app", "web")],
            ));
        }
        rig.run_for(SECOND);
        let nodes = (0..6).map(|number| rig.node_of(&format!("web-{number}")));
        nodes.map(Option::unwrap_or_default).collect::<Vec<_>>()
    };
    let nodes = run();
    for number in 1..=3 {
        let name = format!("node-{number}");
        assert_eq!(
            nodes.iter().filter(|node| **node == name).count(),
            2,
            "{nodes:?}"
        );
    }
    assert_eq!(nodes, run());
}

/// The verdicts that are kept are those that would be found anew: whatever happened before, a fresh
/// scheduler decides the same.
#[test]
fn verdicts_that_are_kept_are_those_found_anew() {
    use crate::cluster::{
        random::Random,
        scheduler::{
            algorithm::{Algorithm, Outcome},
            pod_info::PodInfo,
        },
    };
    use std::rc::Rc;
    let mut random = Random::new(3);
    let mut old = Algorithm::default();
    let mut nodes = Vec::new();
    let mut pods: Vec<crate::cluster::api::Pod> = Vec::new();
    for number in 0..12 {
        let mut node = node(&format!("node-{number}"), "4", "8Gi");
        let zone = format!("zone-{}", number % 3);
        node.metadata
            .labels
            .set("topology.kubernetes.io/zone", zone);
        nodes.push(node);
    }
    let mut service = crate::cluster::api::Service::default();
    service.metadata.name = "a".into();
    service.metadata.namespace = "default".into();
    service.spec.selector.set("a", "b");
    old.workloads.set_service(&service);
    for node in &nodes {
        old.cache.set_node(&Rc::new(node.clone()));
    }
    for round in 0..200 {
        match random.below(4) {
            0 => {
                let at = random.below(12) as usize;
                let effect = [TaintEffect::NoSchedule, TaintEffect::PreferNoSchedule];
                nodes[at].spec.taints = match random.below(3) {
                    0 => Vec::new(),
                    other => vec![taint("k", "", effect[other as usize - 1])],
                };
                old.cache.set_node(&Rc::new(nodes[at].clone()));
            }
            1 if random.below(4) == 0 => {
                let at = random.below(12) as usize;
                let zone = format!("zone-{}", random.below(4));
                nodes[at]
                    .metadata
                    .labels
                    .set("topology.kubernetes.io/zone", zone);
                old.cache.set_node(&Rc::new(nodes[at].clone()));
            }
            1 if !pods.is_empty() => {
                let gone = pods.swap_remove(random.below(pods.len() as u64) as usize);
                old.cache.remove_pod(&gone.metadata.uid);
            }
            _ => {}
        }
        let cpu = ["100m", "500m", "1"][random.below(3) as usize];
        let new = labelled(pod(&format!("p-{round}"), &[("cpu", cpu)]), &[("a", "b")]);
        let info = Rc::new(PodInfo::new(Rc::new(new.clone())));
        let mut fresh = Algorithm::default();
        fresh.workloads.set_service(&service);
        for node in &nodes {
            fresh.cache.set_node(&Rc::new(node.clone()));
        }
        for pod in &pods {
            fresh.cache.set_pod(&Rc::new(pod.clone()));
        }
        let scores =
            |algorithm: &mut Algorithm| match algorithm.schedule(&info, &mut Random::new(1)).0 {
                Outcome::Fits(fit) => {
                    let totals = fit.scores.unwrap_or_default().totals;
                    let mut scores: Vec<_> = fit.feasible.iter().copied().zip(totals).collect();
                    scores.sort_unstable();
                    (scores, Some(fit.node))
                }
                _ => (Vec::new(), None),
            };
        let (kept, node) = scores(&mut old);
        assert_eq!(kept, scores(&mut fresh).0, "in round {round}");
        if let Some(name) = node {
            let placed = with(new, |spec| spec.node_name = name);
            old.cache.set_pod(&Rc::new(placed.clone()));
            pods.push(placed);
        }
    }
}
