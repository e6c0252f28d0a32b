//! A scheduler alone, with an API server that only stores, binds, patches conditions and deletes.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::{
    api::{
        Condition, Container, Kind, Node, Object, Pod, PodSpec, Quantity, Resource, ResourceList,
        Status, StatusReason, Str, Taint, TaintEffect, Uid,
    },
    machinery::{
        Address, Agenda, Answer, Body, Call, Component, Happening, Latency, Patch, Reply, Shared,
        Ticket, Timer, Turn, Verb, WatchEvent,
    },
    moment::Moment,
    random::Random,
    scheduler::Scheduler,
    trace::{Recorder, Step, StepId, StepKind},
};

pub(in crate::cluster::scheduler) struct Rig {
    pub(in crate::cluster::scheduler) shared: Shared,
    pub(in crate::cluster::scheduler) scheduler: Scheduler,
    objects: BTreeMap<(Resource, String), Object>,
    connections: FxHashMap<Resource, u32>,
    revision: u64,
    /// Bindings are refused.
    pub(in crate::cluster::scheduler) refuses: bool,
}

impl Rig {
    pub(in crate::cluster::scheduler) fn new() -> Rig {
        let mut shared = Shared {
            now: Moment::ZERO,
            random: Random::new(7),
            latency: Latency::default(),
            agenda: Agenda::default(),
            recorder: Recorder::silent(),
            machines: Vec::new(),
            lives: crate::cluster::machinery::Lives::default(),
            stopped: FxHashSet::default(),
            cut: FxHashSet::default(),
        };
        shared.recorder.keep_steps(Moment::ZERO, false);
        let mut rig = Rig {
            shared,
            scheduler: Scheduler::default(),
            objects: BTreeMap::new(),
            connections: FxHashMap::default(),
            revision: 0,
            refuses: false,
        };
        let cause = (StepId::NONE, false);
        let turn = &mut Turn::new(&mut rig.shared, Address::Scheduler, cause);
        rig.scheduler.start(turn);
        rig.run_for(Duration::from_millis(100));
        rig
    }

    /// Stores an object, and tells the scheduler.
    pub(in crate::cluster::scheduler) fn put(&mut self, object: impl Into<Object>) {
        let mut object = object.into();
        self.revision += 1;
        let revision = self.revision;
        let meta = object.metadata_mut();
        meta.resource_version = revision;
        if meta.uid.0.is_empty() {
            meta.uid = Uid(format!("uid-{}", meta.name).into());
        }
        let key = (object.resource(), object.key().to_string());
        let event = match self.objects.insert(key, object.clone()) {
            None => WatchEvent::Added(object),
            Some(_) => WatchEvent::Modified(object),
        };
        self.tell(event);
    }

    pub(in crate::cluster::scheduler) fn delete(&mut self, resource: Resource, key: &str) {
        if let Some(object) = self.objects.remove(&(resource, key.to_owned())) {
            self.tell(WatchEvent::Deleted(object));
        }
    }

    fn tell(&mut self, event: WatchEvent) {
        let (WatchEvent::Added(object)
        | WatchEvent::Modified(object)
        | WatchEvent::Deleted(object)) = &event
        else {
            return;
        };
        let resource = object.resource();
        let Some(connection) = self.connections.get(&resource).copied() else {
            return;
        };
        let to = (Address::Scheduler, 0);
        let what = Happening::Watch {
            resource,
            connection,
            event,
        };
        let at = self.shared.now + Duration::from_millis(1);
        self.shared.agenda.push(at, to, (StepId::NONE, false), what);
    }

    /// Lets things happen for that long.
    pub(in crate::cluster::scheduler) fn run_for(&mut self, length: Duration) {
        let until = self.shared.now + length;
        while self.shared.agenda.next_at().is_some_and(|at| at <= until) {
            let Some(next) = self.shared.agenda.pop() else {
                return;
            };
            self.shared.now = next.at;
            let cause = (next.cause, next.routine);
            match next.what {
                Happening::Arrival(call) => self.serve(*call),
                Happening::Watch {
                    resource,
                    connection,
                    event,
                } => {
                    let turn = &mut Turn::new(&mut self.shared, Address::Scheduler, cause);
                    self.scheduler.hear(resource, connection, event, turn);
                }
                Happening::Answer {
                    ticket: Ticket::Scheduler(ticket),
                    answer,
                } => {
                    let turn = &mut Turn::new(&mut self.shared, Address::Scheduler, cause);
                    self.scheduler.answer(ticket, *answer, turn);
                }
                Happening::Timer {
                    timer: Timer::Scheduler(timer),
                    ..
                } => {
                    let turn = &mut Turn::new(&mut self.shared, Address::Scheduler, cause);
                    self.scheduler.fire(timer, turn);
                }
                _ => {}
            }
        }
        self.shared.now = until;
    }

    fn serve(&mut self, call: Call) {
        let request = &call.request;
        if let (Verb::Watch, Body::Watch(start)) = (request.verb, &request.body) {
            self.connections.insert(request.resource, start.connection);
            let items = self.objects.iter();
            let items = items.filter(|((resource, _), _)| *resource == request.resource);
            let event = WatchEvent::Initial {
                items: items.map(|(_, object)| object.clone()).collect(),
                revision: self.revision,
            };
            let what = Happening::Watch {
                resource: request.resource,
                connection: start.connection,
                event,
            };
            let to = (Address::Scheduler, 0);
            self.shared
                .agenda
                .push(self.shared.now, to, (StepId::NONE, false), what);
            return;
        }
        if call.is_event {
            return;
        }
        let key = (
            Resource::Pods,
            format!("{}/{}", request.namespace, request.name),
        );
        let pod = self.objects.get(&key).and_then(Pod::of).cloned();
        let result = match (pod, &request.body) {
            (None, _) => Err(Status::not_found(Resource::Pods, &request.name)),
            (Some(_), Body::Binding { .. }) if self.refuses => {
                Err(Status::new(409, StatusReason::Conflict, "no"))
            }
            (Some(pod), Body::Binding { node, .. }) => {
                let mut pod = Pod::clone(&pod);
                Rc::make_mut(&mut pod.spec).node_name = node.clone();
                self.put(pod);
                Ok(Reply::default())
            }
            (Some(_), Body::Delete(_)) => {
                self.delete(Resource::Pods, &key.1);
                Ok(Reply::default())
            }
            (Some(pod), Body::Patch(patch)) => {
                self.put(patched(&pod, patch));
                Ok(Reply::default())
            }
            _ => Ok(Reply::default()),
        };
        let ticket = call.ticket.clone();
        if let Some(ticket) = ticket {
            let answer = Box::new(Answer {
                result,
                warnings: Vec::new(),
            });
            let what = Happening::Answer { ticket, answer };
            let at = self.shared.now + Duration::from_millis(2);
            let to = (Address::Scheduler, 0);
            self.shared.agenda.push(at, to, (call.cause(), false), what);
        }
    }

    pub(in crate::cluster::scheduler) fn pod(&self, name: &str) -> Option<&Rc<Pod>> {
        let key = (Resource::Pods, format!("default/{name}"));
        self.objects.get(&key).and_then(Pod::of)
    }

    pub(in crate::cluster::scheduler) fn node_of(&self, name: &str) -> Option<String> {
        let node = &self.pod(name)?.spec.node_name;
        (!node.is_empty()).then(|| node.to_string())
    }

    /// The condition PodScheduled of a Pod.
    pub(in crate::cluster::scheduler) fn scheduled(&self, name: &str) -> Option<Condition> {
        self.pod(name)?.status.condition("PodScheduled").cloned()
    }

    pub(in crate::cluster::scheduler) fn steps(&self, kind: StepKind) -> Vec<Rc<Step>> {
        let steps = self.shared.recorder.steps().iter();
        steps.filter(|step| step.kind == kind).cloned().collect()
    }

    /// What the Events said.
    pub(in crate::cluster::scheduler) fn events(&self) -> Vec<String> {
        let events = self.steps(StepKind::Event);
        events
            .iter()
            .map(|step| format!("{} {}: {}", step.verb, step.reason, step.message))
            .collect()
    }
}

fn patched(pod: &Pod, patch: &Patch) -> Pod {
    let mut pod = pod.clone();
    let mut merge = |condition: Condition| {
        let conditions = &mut pod.status.conditions;
        conditions.retain(|one| one.kind != condition.kind);
        conditions.push(condition);
    };
    match patch {
        Patch::Condition(condition) => merge(Condition::clone(condition)),
        Patch::Strategic(json) => {
            let status = &json["status"];
            for condition in status["conditions"].as_array().into_iter().flatten() {
                if let Ok(condition) = serde_json::from_value(condition.clone()) {
                    merge(condition);
                }
            }
            let nominated = status["nominatedNodeName"].as_str().unwrap_or_default();
            pod.status.nominated_node_name = nominated.into();
        }
        _ => {}
    }
    pod
}

pub(in crate::cluster::scheduler) fn amounts(entries: &[(&str, &str)]) -> ResourceList {
    let entries = entries.iter();
    entries
        .map(|(name, amount)| {
            let quantity: Quantity = amount.parse().unwrap_or(Quantity::ZERO);
            (Str::from(*name), quantity)
        })
        .collect()
}

/// A node with so much CPU and memory, for 110 Pods.
pub(in crate::cluster::scheduler) fn node(name: &str, cpu: &str, memory: &str) -> Node {
    let mut node = Node::default();
    node.metadata.name = name.into();
    node.metadata.labels.set("kubernetes.io/hostname", name);
    node.status.allocatable = amounts(&[("cpu", cpu), ("memory", memory), ("pods", "110")]);
    node
}

pub(in crate::cluster::scheduler) fn taint(key: &str, value: &str, effect: TaintEffect) -> Taint {
    Taint {
        key: key.into(),
        value: value.into(),
        effect,
        ..Taint::default()
    }
}

/// A Pod of one container that asks for that.
pub(in crate::cluster::scheduler) fn pod(name: &str, requests: &[(&str, &str)]) -> Pod {
    let mut container = Container {
        name: "c".into(),
        image: "nginx".into(),
        ..Container::default()
    };
    container.resources.requests = amounts(requests);
    let mut pod = Pod {
        spec: Rc::new(PodSpec {
            containers: vec![container].into(),
            scheduler_name: "default-scheduler".into(),
            ..PodSpec::default()
        }),
        ..Pod::default()
    };
    pod.metadata.name = name.into();
    pod.metadata.namespace = "default".into();
    pod.metadata.uid = Uid(format!("uid-{name}").into());
    pod
}

/// The same Pod with another spec.
pub(in crate::cluster::scheduler) fn with(mut pod: Pod, change: impl FnOnce(&mut PodSpec)) -> Pod {
    change(Rc::make_mut(&mut pod.spec));
    pod
}

/// The same Pod with these labels.
pub(in crate::cluster::scheduler) fn labelled(mut pod: Pod, labels: &[(&str, &str)]) -> Pod {
    for (key, value) in labels {
        pod.metadata.labels.set(*key, *value);
    }
    pod
}
