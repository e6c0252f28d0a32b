//! The controllers at work in whole clusters without nodes.

mod deployment;
mod garbage;
mod leftovers;
mod replicas;

use serde_json::Value;

use crate::cluster::{
    Cluster, ClusterConfig, Fault, Moment, Part,
    api::{Condition, Key, Kind, Object, Pod, PodPhase, Resource, Str},
    machinery::{DeleteOptions, Patch, Propagation, Request, Subresource, User},
    trace::{Step, StepKind},
};

/// A cluster without nodes, and a person who asks its API server for things.
struct World {
    cluster: Cluster,
    user: User,
}

impl World {
    fn new() -> World {
        let mut cluster = Cluster::new(&ClusterConfig::with_nodes(0, 7));
        // Without nodes it would only try again and again.
        cluster.fault(&Fault::Stop(Part::Scheduler)).unwrap();
        World {
            cluster,
            user: User::admin(),
        }
    }

    fn run(&mut self, millis: u64) {
        let until = self.cluster.now().millis() + millis;
        self.cluster.run_until(Moment::from_millis(until));
    }

    /// Asks for something and lets the cluster come to rest, for a second.
    fn ask(&mut self, request: Request) {
        self.cluster.ask(request);
        self.run(1000);
    }

    fn create(&mut self, resource: Resource, manifest: &str) {
        let json: Value = serde_json::from_str(manifest).unwrap();
        let object = Object::from_json(resource, json).unwrap();
        self.ask(Request::create(&self.user, object));
    }

    fn update<K: Kind>(&mut self, name: &str, change: impl FnOnce(&mut K)) {
        let mut object = (*self.get::<K>(name)).clone();
        object.metadata_mut().resource_version = 0;
        object.metadata_mut().generation += 1;
        change(&mut object);
        let object = std::rc::Rc::new(object).into_object();
        self.ask(Request::update(&self.user, object));
    }

    fn patch(&mut self, resource: Resource, name: &str, patch: Patch) {
        let request = Request::patch(&self.user, resource, &"default".into(), &name.into(), patch);
        self.ask(request);
    }

    fn delete(&mut self, resource: Resource, name: &str, propagation: Option<Propagation>) {
        let namespace: Str = if resource.is_namespaced() {
            "default"
        } else {
            ""
        }
        .into();
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        self.ask(Request::delete(
            &self.user,
            resource,
            &namespace,
            &name.into(),
            options,
        ));
    }

    /// Does a kubelet's work: all Pods run and are ready.
    fn make_ready(&mut self) {
        let now = self.cluster.now().timestamp();
        for pod in self.all::<Pod>() {
            if pod.status.is_ready() {
                continue;
            }
            let mut status = pod.status.clone();
            status.phase = PodPhase::Running;
            status.conditions.push(Condition {
                kind: "Ready".into(),
                status: true.into(),
                last_transition_time: Some(now),
                ..Condition::default()
            });
            let patch = Patch::PodStatus(Box::new(status));
            let Key { namespace, name } = pod.metadata.key();
            let request = Request::patch(&self.user, Resource::Pods, &namespace, &name, patch);
            self.cluster.ask(request.on(Subresource::Status));
        }
        self.run(1000);
    }

    fn all<K: Kind>(&self) -> Vec<std::rc::Rc<K>> {
        let found = self.cluster.objects(K::RESOURCE, "default");
        found.iter().filter_map(K::of).cloned().collect()
    }

    fn get<K: Kind>(&self, name: &str) -> std::rc::Rc<K> {
        let found = self.all::<K>();
        let named = |object: &&std::rc::Rc<K>| *object.metadata().name == *name;
        found.iter().find(named).unwrap().clone()
    }

    fn names(&self, resource: Resource) -> Vec<String> {
        let found = self.cluster.objects(resource, "default");
        let key = |object: &Object| object.key();
        found
            .iter()
            .map(key)
            .map(|Key { name, .. }| name.to_string())
            .collect()
    }

    /// What a controller decided, in order.
    fn decisions(&self, reason: &str) -> Vec<String> {
        let steps = self.cluster.steps().iter();
        steps
            .filter(|step| step.kind == StepKind::Decision && *step.reason == *reason)
            .map(|step| step.message.clone())
            .collect()
    }

    /// The events told so far: reason and message.
    fn events(&self) -> Vec<(String, String)> {
        let steps = self.cluster.steps().iter();
        let event = |step: &&std::rc::Rc<Step>| step.kind == StepKind::Event;
        steps
            .filter(event)
            .map(|step| (step.reason.to_string(), step.message.clone()))
            .collect()
    }
}
