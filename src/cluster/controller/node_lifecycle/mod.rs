//! What becomes of nodes that fall silent or ill, and of the Pods on them. Look first at
//! [`NodeLifecycle`].

mod taints;
mod zone;

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

use self::{
    taints::{NOT_READY, UNREACHABLE, by_condition, concerns_taints, is_ours, no_execute_key},
    zone::{ZoneState, zone, zone_state},
};
use super::{Change, Controller, Desk, Ticket as AnyTicket, Timer as AnyTimer, Wake, states};
use crate::cluster::{
    api::{
        Condition, ConditionStatus, Key, Kind, Node, Object, Pod, Resource, Str, Taint, TaintEffect,
    },
    machinery::{Answer, Patch, Request, Subresource},
    moment::{MicroTime, Moment, Timestamp},
};

/// Says that a silent node is Unknown, taints nodes by their conditions, and makes the Pods of a node
/// that stopped being ready unready (`pkg/controller/nodelifecycle/node_lifecycle_controller.go`).
/// Evicting Pods is another controller's work.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeLifecycle {
    health: BTreeMap<Str, Health>,
    /// Nodes that wait for their NoExecute taint: only so many a second get one.
    to_taint: Vec<Str>,
    /// When the next NoExecute taint may be given.
    next_taint: Moment,
    /// Nodes with a taint request under way.
    tainting: FxHashSet<Str>,
    zones: FxHashMap<Str, ZoneState>,
    /// No node is ready: something is wrong with the control plane rather than with the nodes.
    all_disrupted: bool,
}

/// When a node was last heard of.
#[derive(Clone, Debug)]
struct Health {
    heard: Moment,
    heartbeat: Option<Timestamp>,
    renewed: Option<MicroTime>,
}

/// What it waits for.
#[derive(Clone, Debug)]
pub(crate) enum Ticket {
    /// The node's status says Unknown.
    Unknown(Str),
    /// The node's taints.
    Taints(Str),
    /// A Pod that was made unready, to be told of then.
    Unready(Rc<Pod>),
}

/// What it wakes itself for.
#[derive(Clone, Debug)]
pub(crate) enum Timer {
    /// Looks at every node (`--node-monitor-period`).
    Monitor,
    /// Gives the next NoExecute taint.
    Taint,
}

/// How often the queue of nodes to taint is looked at (nodeEvictionPeriod); by then a cache has caught up.
const TAINTING_PASS: Duration = Duration::from_millis(100);

const MONITOR_PERIOD: Duration = Duration::from_secs(5);
/// `--node-monitor-grace-period`: 50 s since Kubernetes 1.32.
const GRACE: Duration = Duration::from_secs(50);
/// `--node-startup-grace-period`.
const STARTUP_GRACE: Duration = Duration::from_secs(60);
/// `--node-eviction-rate` 0.1 a second.
const TAINT_PERIOD: Duration = Duration::from_secs(10);
/// `--secondary-node-eviction-rate` 0.01 a second, in a large zone that is partly down.
const SLOW_TAINT_PERIOD: Duration = Duration::from_secs(100);
/// `--large-cluster-size-threshold`: a smaller zone that is partly down gets no taints at all.
const LARGE_ZONE: usize = 50;

impl Controller for NodeLifecycle {
    const NAME: &'static str = "nodelifecycle";
    const ACCOUNT: &'static str = "node-controller";
    const WORKERS: usize = 8;
    const TICKET: fn(Ticket) -> AnyTicket = AnyTicket::NodeLifecycle;
    const TIMER: fn(Wake<Str, Timer>) -> AnyTimer = AnyTimer::NodeLifecycle;
    type Key = Str;
    type Ticket = Ticket;
    type Timer = Timer;

    fn begin(&mut self, desk: &mut Desk<'_, Self>) {
        desk.routine_timer(Duration::ZERO, Timer::Monitor);
    }

    fn see(&mut self, change: &Change, desk: &mut Desk<'_, Self>) {
        // Leases are looked at when the nodes are (`hear_from`).
        let Change::Node(seen) = change else {
            return;
        };
        match states(seen) {
            (Some(gone), None) => {
                self.health.remove(&gone.metadata.name);
            }
            (before, Some(node)) => {
                if before.is_none_or(|before| concerns_taints(before, node)) {
                    desk.enqueue(node.metadata.name.clone());
                }
            }
            (None, None) => {}
        }
    }

    /// Makes a node's NoSchedule taints say what its conditions do (doNoScheduleTaintingPass).
    fn sync(&mut self, name: Str, desk: &mut Desk<'_, Self>) {
        let node = desk.caches.nodes.get(&Key::new("", name.clone())).cloned();
        desk.done(&name);
        if let Some(node) = node {
            let taints = by_condition(&node);
            self.set_taints(&node, taints, desk);
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, desk: &mut Desk<'_, Self>) {
        match ticket {
            Ticket::Unknown(name) => {
                if let Ok(reply) = &answer.result
                    && let Some(node) = reply.object_of::<Node>().cloned()
                {
                    self.became_unready(&node, desk);
                    self.want_no_execute(&node, desk);
                } else {
                    // The next look, in five seconds, tries again.
                    self.health.entry(name);
                }
            }
            Ticket::Taints(name) => {
                self.tainting.remove(&name);
                // What changed meanwhile is looked at once the cache has this write too.
                desk.enqueue_after(name, TAINTING_PASS);
            }
            Ticket::Unready(pod) => {
                if answer.result.is_ok() {
                    let message = "Node is not ready".to_owned();
                    let about = Object::Pod(pod);
                    desk.event("node-controller", &about, (true, "NodeNotReady"), message);
                }
            }
        }
    }

    fn fire(&mut self, timer: Timer, desk: &mut Desk<'_, Self>) {
        match timer {
            Timer::Monitor => {
                self.monitor(desk);
                desk.turn.because(crate::cluster::trace::StepId::NONE);
                desk.turn.lull();
                desk.routine_timer(MONITOR_PERIOD, Timer::Monitor);
            }
            Timer::Taint => self.taint_next(desk),
        }
    }
}

impl NodeLifecycle {
    /// Looks at every node: who has been silent for too long (monitorNodeHealth).
    fn monitor(&mut self, desk: &mut Desk<'_, Self>) {
        let mut nodes: Vec<Rc<Node>> = desk.caches.nodes.iter().cloned().collect();
        nodes.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        let now = desk.turn.now();
        for node in &nodes {
            self.hear_from(node, now, desk);
            let ready = node.status.condition("Ready").map(|ready| ready.status);
            let grace = if ready.is_some() {
                GRACE
            } else {
                STARTUP_GRACE
            };
            let heard = self
                .health
                .get(&node.metadata.name)
                .map_or(now, |it| it.heard);
            if now.since(heard) >= grace && ready != Some(ConditionStatus::Unknown) {
                self.is_silent(node, now.since(heard), desk);
                continue;
            }
            match ready {
                Some(ConditionStatus::True) => self.is_reachable(node, desk),
                Some(_) => self.want_no_execute(node, desk),
                None => {}
            }
        }
        self.look_at_zones(&nodes, desk);
    }

    fn hear_from(&mut self, node: &Rc<Node>, now: Moment, desk: &mut Desk<'_, Self>) {
        let name = &node.metadata.name;
        let heartbeat = node
            .status
            .condition("Ready")
            .and_then(|it| it.last_heartbeat_time);
        let lease = Key::new("kube-node-lease", name.clone());
        let renewed = desk
            .caches
            .leases
            .get(&lease)
            .and_then(|lease| lease.spec.renew_time);
        match self.health.get_mut(name) {
            Some(health) => {
                if heartbeat != health.heartbeat || renewed > health.renewed {
                    health.heard = now;
                }
                health.heartbeat = heartbeat;
                health.renewed = renewed;
            }
            None => {
                desk.event(
                    "node-controller",
                    &Object::Node(node.clone()),
                    (false, "RegisteredNode"),
                    format!("Node {name} event: Registered Node {name} in Controller"),
                );
                self.health.insert(
                    name.clone(),
                    Health {
                        heard: now,
                        heartbeat,
                        renewed,
                    },
                );
            }
        }
    }

    /// The kubelet has not been heard of for longer than the grace period: nobody knows how its node is.
    fn is_silent(&mut self, node: &Rc<Node>, silent: Duration, desk: &mut Desk<'_, Self>) {
        let name = node.metadata.name.clone();
        desk.turn.because(crate::cluster::trace::StepId::NONE);
        desk.turn.rouse();
        desk.decide((Resource::Nodes, &Str::default(), &name), || {
            let seconds = silent.as_secs();
            let message = format!(
                "{name} has not been heard of for {seconds} s, and the grace period is 50 s: \
                 its conditions become Unknown"
            );
            (message, Vec::new())
        });
        let now = desk.turn.now().timestamp();
        let mut status = node.status.clone();
        for kind in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
            match status.conditions.iter_mut().find(|it| &*it.kind == kind) {
                Some(condition) if condition.status == ConditionStatus::Unknown => {}
                Some(condition) => {
                    condition.status = ConditionStatus::Unknown;
                    condition.reason = "NodeStatusUnknown".into();
                    condition.message = "Kubelet stopped posting node status.".to_owned();
                    condition.last_transition_time = Some(now);
                }
                None => status.conditions.push(Condition {
                    kind: kind.into(),
                    status: ConditionStatus::Unknown,
                    reason: "NodeStatusNeverUpdated".into(),
                    message: "Kubelet never posted node status.".to_owned(),
                    last_heartbeat_time: node.metadata.creation_timestamp,
                    last_transition_time: Some(now),
                    ..Condition::default()
                }),
            }
        }
        let mut after = (**node).clone();
        after.status = status;
        let request = Request::update(desk.user, after).on(Subresource::Status);
        desk.request(request, Ticket::Unknown(name));
        desk.turn.lull();
    }

    /// A node that was ready is not any more: its Pods become unready at once, so that Services stop
    /// sending to them (MarkPodsNotReady).
    fn became_unready(&mut self, node: &Rc<Node>, desk: &mut Desk<'_, Self>) {
        let name = &node.metadata.name;
        desk.event(
            "node-controller",
            &Object::Node(node.clone()),
            (false, "NodeNotReady"),
            format!("Node {name} status is now: NodeNotReady"),
        );
        let pods: Vec<Rc<Pod>> = desk.caches.pods_on(name).cloned().collect();
        let now = desk.turn.now().timestamp();
        for pod in pods {
            let Some(ready) = pod.status.condition("Ready") else {
                continue;
            };
            if ready.status == ConditionStatus::False {
                continue;
            }
            let condition = Condition {
                status: ConditionStatus::False,
                last_transition_time: Some(now),
                ..ready.clone()
            };
            let request = Request::patch(
                desk.user,
                Resource::Pods,
                &pod.metadata.namespace,
                &pod.metadata.name,
                Patch::Condition(Box::new(condition)),
            );
            desk.request(request.on(Subresource::Status), Ticket::Unready(pod));
        }
    }

    /// A node is ready: its NoExecute taints go (markNodeAsReachable).
    fn is_reachable(&mut self, node: &Rc<Node>, desk: &mut Desk<'_, Self>) {
        let name = &node.metadata.name;
        self.to_taint.retain(|waiting| waiting != name);
        let mut taints = node.spec.taints.clone();
        taints.retain(|taint| !is_ours(taint));
        if taints.len() == node.spec.taints.len() {
            return;
        }
        desk.turn.rouse();
        desk.decide((Resource::Nodes, &Str::default(), name), || {
            (
                format!("{name} is ready again: its NoExecute taints go"),
                Vec::new(),
            )
        });
        self.set_taints(node, taints, desk);
        desk.turn.lull();
    }

    /// A node is not ready or unknown: it gets in line for its NoExecute taint, or has the other one
    /// changed at once (processTaintBaseEviction).
    fn want_no_execute(&mut self, node: &Rc<Node>, desk: &mut Desk<'_, Self>) {
        let name = &node.metadata.name;
        let Some(key) = no_execute_key(node) else {
            return;
        };
        let has = |key: &str| {
            let mut taints = node.spec.taints.iter();
            taints.any(|taint| is_ours(taint) && &*taint.key == key)
        };
        if has(key) || self.tainting.contains(name) {
            return;
        }
        if has(NOT_READY) || has(UNREACHABLE) {
            return self.taint(node, desk);
        }
        if self.all_disrupted || self.to_taint.contains(name) {
            return;
        }
        self.to_taint.push(name.clone());
        // A pass comes every 100 ms (nodeEvictionPeriod): by then the cache has the node as it is.
        let wait = self.next_taint.since(desk.turn.now());
        desk.turn.rouse();
        desk.timer(wait.max(TAINTING_PASS), Timer::Taint);
        desk.turn.lull();
    }

    /// doNoExecuteTaintingPass.
    fn taint_next(&mut self, desk: &mut Desk<'_, Self>) {
        let now = desk.turn.now();
        if now < self.next_taint {
            let wait = self.next_taint.since(now);
            desk.timer(wait, Timer::Taint);
            return;
        }
        if self.to_taint.is_empty() || self.all_disrupted {
            return;
        }
        let name = self.to_taint.remove(0);
        if self.tainting.contains(&name) {
            // Its other taint is being written: the next pass takes it.
            self.to_taint.insert(0, name);
            desk.timer(TAINTING_PASS, Timer::Taint);
            return;
        }
        let Some(node) = desk.caches.nodes.get(&Key::new("", name)).cloned() else {
            return;
        };
        match self.zones.get(&zone(&node)) {
            Some(ZoneState::PartialDisruption) => {
                let size = desk
                    .caches
                    .nodes
                    .iter()
                    .filter(|one| zone(one) == zone(&node))
                    .count();
                if size <= LARGE_ZONE {
                    return;
                }
                self.next_taint = now + SLOW_TAINT_PERIOD;
            }
            _ => self.next_taint = now + TAINT_PERIOD,
        }
        self.taint(&node, desk);
        if !self.to_taint.is_empty() {
            desk.timer(self.next_taint.since(now), Timer::Taint);
        }
    }

    fn taint(&mut self, node: &Rc<Node>, desk: &mut Desk<'_, Self>) {
        let Some(key) = no_execute_key(node) else {
            return;
        };
        let name = &node.metadata.name;
        let mut taints = node.spec.taints.clone();
        taints.retain(|taint| !is_ours(taint));
        taints.push(Taint {
            key: key.into(),
            effect: TaintEffect::NoExecute,
            time_added: Some(desk.turn.now().timestamp()),
            ..Taint::default()
        });
        desk.turn.rouse();
        desk.decide((Resource::Nodes, &Str::default(), name), || {
            (format!("{name} gets the taint {key}:NoExecute"), Vec::new())
        });
        self.set_taints(node, taints, desk);
    }

    fn set_taints(&mut self, node: &Rc<Node>, taints: Vec<Taint>, desk: &mut Desk<'_, Self>) {
        let name = &node.metadata.name;
        if taints == node.spec.taints || !self.tainting.insert(name.clone()) {
            return;
        }
        let patch = Patch::Merge(json!({
            "metadata": { "resourceVersion": node.metadata.resource_version.to_string() },
            "spec": { "taints": taints },
        }));
        let request = Request::patch(desk.user, Node::RESOURCE, &Str::default(), name, patch);
        desk.turn.rouse();
        desk.request(request, Ticket::Taints(name.clone()));
    }

    /// When no node at all is ready, the fault is taken to be the control plane's, and nobody is evicted
    /// (handleDisruption).
    fn look_at_zones(&mut self, nodes: &[Rc<Node>], desk: &mut Desk<'_, Self>) {
        let mut zones: BTreeMap<Str, (usize, usize)> = BTreeMap::new();
        for node in nodes {
            let ready = node
                .status
                .condition("Ready")
                .is_some_and(|it| it.status == ConditionStatus::True);
            let (ready_nodes, others) = zones.entry(zone(node)).or_default();
            *(if ready { ready_nodes } else { others }) += 1;
        }
        self.zones = zones
            .into_iter()
            .map(|(zone, (ready, others))| (zone, zone_state(ready, others)))
            .collect();
        let were_disrupted = self.all_disrupted;
        self.all_disrupted = !self.zones.is_empty()
            && self
                .zones
                .values()
                .all(|state| *state == ZoneState::FullDisruption);
        if self.all_disrupted && !were_disrupted {
            self.to_taint.clear();
            for node in nodes {
                self.is_reachable(node, desk);
            }
        } else if were_disrupted && !self.all_disrupted {
            let now = desk.turn.now();
            for health in self.health.values_mut() {
                health.heard = now;
            }
        }
    }
}
