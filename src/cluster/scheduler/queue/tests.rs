use std::{rc::Rc, time::Duration};

use super::{ClusterEvent, QueuedPod, SchedulingQueue, backoff::backoff};
use crate::cluster::{
    api::{Pod, Uid},
    moment::Moment,
    scheduler::{
        framework::{Plugin, Plugins},
        pod_info::{Namespaces, PodInfo},
        tests::rig::{node, pod, with},
    },
    trace::StepId,
};

fn info(pod: Pod) -> Rc<PodInfo> {
    Rc::new(PodInfo::new(Rc::new(pod)))
}

fn with_priority(name: &str, priority: i32) -> Rc<PodInfo> {
    info(with(pod(name, &[("cpu", "1")]), |spec| {
        spec.priority = Some(priority);
    }))
}

fn names(queue: &mut SchedulingQueue) -> Vec<String> {
    std::iter::from_fn(|| queue.pop())
        .map(|queued| queued.info.pod.metadata.name.to_string())
        .collect()
}

/// Pops the only Pod, and puts it back as rejected by this plugin; by nobody, as failed of an error.
fn fail(queue: &mut SchedulingQueue, plugin: Option<Plugin>, now: Moment) -> QueuedPod {
    let mut queued = queue.pop().expect("a Pod");
    queued.rejectors = Plugins::default();
    if let Some(plugin) = plugin {
        queued.rejectors.insert(plugin);
    }
    queue.add_unschedulable(queued.clone(), now, &Rc::new(Namespaces::default()));
    queued
}

fn tell(queue: &mut SchedulingQueue, event: &ClusterEvent, now: Moment) {
    let when = (StepId::NONE, now);
    queue.happened(event, when, &Rc::new(Namespaces::default()), |_| true);
}

/// `backend/queue/backoff_queue_test.go`, with the defaults of 1 s and 10 s.
/// C40
#[test]
fn backoff_doubles_from_one_second_to_ten() {
    let cases = [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 4),
        (4, 8),
        (5, 10),
        (16, 10),
        (64, 10),
    ];
    for (failures, seconds) in cases {
        assert_eq!(
            backoff(failures),
            Duration::from_secs(seconds),
            "after {failures}"
        );
    }
}

/// `queuesort/priority_sort_test.go`.
#[test]
fn queue_is_sorted_by_priority_then_by_time() {
    let mut queue = SchedulingQueue::default();
    let cases = [
        ("late", 10, 2),
        ("low", 1, 0),
        ("early", 10, 1),
        ("below-zero", -1, 0),
    ];
    for (name, priority, at) in cases {
        queue.add(
            with_priority(name, priority),
            StepId::NONE,
            Moment::from_millis(at),
        );
    }
    assert_eq!(names(&mut queue), ["early", "late", "low", "below-zero"]);
}

/// `backend/queue/scheduling_queue.go`, MoveAllToActiveOrBackoffQueue: only what could help moves a Pod.
#[test]
fn queue_moves_a_pod_when_its_rejectors_say_so() {
    let now = Moment::from_millis(10_000);
    let small = ClusterEvent::NodeAdded(Rc::new(node("small", "500m", "1Gi")));
    let large = ClusterEvent::NodeAdded(Rc::new(node("large", "4", "8Gi")));
    let gone = |on: &str| {
        let pod = with(pod("other", &[]), |spec| spec.node_name = on.into());
        ClusterEvent::PodDeleted(Rc::new(pod))
    };
    let added = {
        let pod = with(pod("other", &[]), |spec| spec.node_name = "n".into());
        ClusterEvent::PodAdded(Rc::new(pod))
    };
    let cases = [
        (Plugin::NodeResourcesFit, &small, false),
        (Plugin::NodeResourcesFit, &large, true),
        (Plugin::NodeResourcesFit, &gone("n"), true),
        (Plugin::NodeResourcesFit, &gone(""), false),
        (Plugin::NodeResourcesFit, &added, false),
        (Plugin::TaintToleration, &large, true),
        (Plugin::TaintToleration, &gone("n"), false),
        (Plugin::NodeAffinity, &large, true),
        (Plugin::InterPodAffinity, &added, false),
    ];
    for (plugin, event, moves) in cases {
        let mut queue = SchedulingQueue::default();
        queue.add(with_priority("p", 0), StepId::NONE, now);
        fail(&mut queue, Some(plugin), now);
        assert!(names(&mut queue).is_empty());
        tell(&mut queue, event, now);
        assert_eq!(!names(&mut queue).is_empty(), moves, "{plugin} {event:?}");
    }
}

/// `backend/queue/active_queue.go`: what happens while a Pod is being tried is not missed.
#[test]
fn queue_remembers_what_happens_during_a_cycle() {
    let now = Moment::from_millis(10_000);
    let mut queue = SchedulingQueue::default();
    queue.add(with_priority("p", 0), StepId::NONE, now);
    let mut queued = queue.pop().expect("a Pod");
    let large = ClusterEvent::NodeAdded(Rc::new(node("large", "4", "8Gi")));
    tell(&mut queue, &large, now);
    queued.rejectors.insert(Plugin::NodeResourcesFit);
    queue.add_unschedulable(queued, now, &Rc::new(Namespaces::default()));
    assert_eq!(names(&mut queue), ["p"]);
}

/// `backend/queue/backoff_queue.go`: who failed of an error is not tried before its time, which is told
/// in whole seconds; who was rejected is, if nobody else is there.
#[test]
fn queue_lets_errors_back_off() {
    let now = Moment::from_millis(10_300);
    let mut queue = SchedulingQueue::default();
    queue.add(with_priority("p", 0), StepId::NONE, now);
    fail(&mut queue, None, now);
    assert!(queue.pop().is_none());
    let (at, matters) = queue.next_flush().expect("a flush");
    assert_eq!((at, matters), (Moment::from_millis(12_000), true));
    queue.flush_backoff(Moment::from_millis(11_999));
    assert!(queue.pop().is_none());
    queue.flush_backoff(at);
    fail(&mut queue, None, at);
    // The second error in a row: nobody waits for that any more.
    assert_eq!(
        queue.next_flush(),
        Some((Moment::from_millis(15_000), false))
    );
}

/// `backend/queue/scheduling_queue.go`, flushUnschedulablePodsLeftover.
/// C40
#[test]
fn queue_tries_again_after_five_minutes() {
    let mut queue = SchedulingQueue::default();
    queue.add(with_priority("p", 0), StepId::NONE, Moment::ZERO);
    fail(&mut queue, Some(Plugin::NodeAffinity), Moment::ZERO);
    let namespaces = Rc::new(Namespaces::default());
    queue.flush_unschedulable(Moment::from_millis(300_000), &namespaces);
    assert!(queue.pop().is_none());
    queue.flush_unschedulable(Moment::from_millis(300_001), &namespaces);
    assert_eq!(names(&mut queue), ["p"]);
}

/// `schedulinggates/scheduling_gates_test.go`: a Pod with gates is not tried until they are gone.
#[test]
fn queue_holds_back_a_pod_with_gates() {
    let now = Moment::from_millis(1000);
    let plain = pod("p", &[]);
    let gated = with(plain.clone(), |spec| {
        let gates = serde_json::json!([{"name": "example.com/wait"}]);
        spec.other.insert("schedulingGates".into(), gates);
    });
    let mut queue = SchedulingQueue::default();
    queue.add(info(gated.clone()), StepId::NONE, now);
    tell(
        &mut queue,
        &ClusterEvent::NodeAdded(Rc::new(node("n", "4", "8Gi"))),
        now,
    );
    assert!(queue.pop().is_none());
    let when = (StepId::NONE, now);
    let namespaces = Rc::new(Namespaces::default());
    queue.update(&Rc::new(gated), &Rc::new(plain), when, &namespaces);
    assert_eq!(names(&mut queue), ["p"]);
}

/// A Pod whose preemption is under way waits until that is done (`default_preemption.go`, PreEnqueue).
#[test]
fn queue_holds_back_a_pod_that_preempts() {
    let now = Moment::from_millis(1000);
    let mut queue = SchedulingQueue::default();
    queue.add(with_priority("p", 0), StepId::NONE, now);
    let uid = Uid("uid-p".into());
    queue.preempting.insert(uid.clone());
    fail(&mut queue, Some(Plugin::NodeResourcesFit), now);
    let victim = with(pod("victim", &[]), |spec| spec.node_name = "n".into());
    let gone = ClusterEvent::PodDeleted(Rc::new(victim));
    tell(&mut queue, &gone, now);
    assert!(queue.pop().is_none());
    queue.preempting.remove(&uid);
    tell(&mut queue, &gone, now);
    assert_eq!(names(&mut queue), ["p"]);
}
