pub(super) mod rig;

use std::time::Duration;

use self::rig::{Rig, node, pod, taint, with};
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
