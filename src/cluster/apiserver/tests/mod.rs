//! The API server asked directly, without a network between.

mod admission;
mod authorization;
mod deletion;
mod faults;
mod objects;
mod patches;
mod services;

use rustc_hash::FxHashSet;
use serde_json::{Value, json};

use super::{ApiServer, gates, registry};
use crate::cluster::{
    api::{Key, Object, Resource, Status, Str},
    etcd::Etcd,
    machinery::{
        Address, Agenda, Body, Call, DeleteOptions, Latency, Patch, Reply, Request, Shared,
        Subresource, Turn, User, Verb,
    },
    moment::Moment,
    random::Random,
    trace::{Recorder, StepId},
};

/// An API server over an etcd of its own.
pub(super) struct Bench {
    pub(super) etcd: Etcd,
    server: ApiServer,
    shared: Shared,
    pub(super) user: User,
}

impl Bench {
    /// One that has just started, with a `default` service account.
    pub(super) fn new() -> Bench {
        let etcd = Etcd::default();
        let mut bench = Bench {
            server: ApiServer::new(&etcd),
            etcd,
            shared: Shared {
                now: Moment::ZERO,
                random: Random::new(1),
                latency: Latency::default(),
                agenda: Agenda::default(),
                recorder: Recorder::silent(),
                machines: Vec::new(),
                lives: crate::cluster::machinery::Lives::default(),
                stopped: FxHashSet::default(),
                cut: FxHashSet::default(),
            },
            user: User::admin(),
        };
        let turn = &mut Turn::new(&mut bench.shared, Address::ApiServer, (StepId::NONE, false));
        bench.server.start(&mut bench.etcd, turn);
        bench.must_create(
            Resource::ServiceAccounts,
            json!({"metadata": {"name": "default"}}),
        );
        bench
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.shared.now = self.shared.now + std::time::Duration::from_secs(seconds);
    }

    /// Takes a request through all gates and carries it out.
    pub(super) fn ask(&mut self, request: Request) -> Result<Reply, Status> {
        let call = Call {
            request,
            from: Address::Kubectl,
            life: 0,
            ticket: None,
            mark: Default::default(),
            stored: Default::default(),
            plan: None,
            routine: false,
            is_event: false,
        };
        let turn = &mut Turn::new(&mut self.shared, Address::ApiServer, (StepId::NONE, false));
        gates::admit(&call, &mut self.server.authorizer, &self.etcd, turn)?;
        if matches!(call.request.verb, Verb::Get | Verb::List) {
            return registry::read(&call.request, &self.etcd);
        }
        let plan = registry::prepare(&call.request, &self.etcd, &mut Default::default(), turn)?;
        if let registry::Plan::Nothing(object) = plan {
            return Ok(Reply {
                code: 200,
                object: Some(object),
                ..Reply::default()
            });
        }
        let written = registry::commit(plan, &mut self.etcd, &mut self.server.allocators, turn)?;
        Ok(self.server.announce(&call, written, turn))
    }

    fn request(&self, verb: Verb, resource: Resource, name: &str, body: Body) -> Request {
        Request {
            user: self.user.clone(),
            verb,
            resource,
            subresource: Subresource::None,
            namespace: if resource.is_namespaced() {
                "default".into()
            } else {
                "".into()
            },
            name: name.into(),
            body,
        }
    }

    /// Creates what a manifest says; apiVersion and kind are added.
    pub(super) fn create(
        &mut self,
        resource: Resource,
        mut manifest: Value,
    ) -> Result<Object, Status> {
        typed(resource, &mut manifest);
        let name = manifest
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let body = Body::Manifest(manifest);
        let request = self.request(Verb::Create, resource, &name, body);
        let reply = self.ask(request)?;
        Ok(reply.object.expect("a create answers with the object"))
    }

    pub(super) fn must_create(&mut self, resource: Resource, manifest: Value) -> Object {
        self.create(resource, manifest).expect("it is created")
    }

    /// The text of a refused creation.
    pub(super) fn refusal(&mut self, resource: Resource, manifest: Value) -> String {
        let refused = self.create(resource, manifest);
        refused.expect_err("it is refused").message
    }

    pub(super) fn update(&mut self, object: Object) -> Result<Object, Status> {
        let request = Request::update(&self.user.clone(), object);
        Ok(self.ask(request)?.object.expect("an object"))
    }

    pub(super) fn patch(
        &mut self,
        resource: Resource,
        name: &str,
        patch: Patch,
    ) -> Result<Object, Status> {
        let request = self.request(Verb::Patch, resource, name, Body::Patch(patch));
        Ok(self.ask(request)?.object.expect("an object"))
    }

    pub(super) fn delete(
        &mut self,
        resource: Resource,
        name: &str,
        options: DeleteOptions,
    ) -> Result<Object, Status> {
        let request = self.request(Verb::Delete, resource, name, Body::Delete(options));
        Ok(self.ask(request)?.object.expect("an object"))
    }

    pub(super) fn bind(&mut self, pod: &str, node: &str) -> Result<Object, Status> {
        let request = Request::bind(
            &self.user.clone(),
            &"default".into(),
            &pod.into(),
            &Default::default(),
            &node.into(),
        );
        Ok(self.ask(request)?.object.expect("an object"))
    }

    pub(super) fn get(&self, resource: Resource, name: &str) -> Option<Object> {
        let namespace = if resource.is_namespaced() {
            "default"
        } else {
            ""
        };
        let stored = self
            .etcd
            .get(resource, &Key::new(namespace, Str::from(name)));
        stored.map(|stored| stored.value.clone())
    }
}

fn typed(resource: Resource, manifest: &mut Value) {
    if let Value::Object(fields) = manifest {
        fields.insert("apiVersion".into(), resource.api_version().into());
        fields.insert("kind".into(), resource.kind().into());
    }
}

/// A Pod of one container.
pub(super) fn pod(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]}
    })
}

/// What stands at a path of an object.
pub(super) fn at(object: &Object, path: &str) -> Value {
    object.to_json().pointer(path).cloned().unwrap_or_default()
}
