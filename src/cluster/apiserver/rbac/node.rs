//! What the Node authorizer knows besides its rules: which ConfigMaps and Secrets the Pods of a node refer
//! to (`plugin/pkg/auth/authorizer/node/graph.go`).

use rustc_hash::FxHashMap;

use crate::cluster::{
    api::{Key, Object, Pod, Resource, Str},
    etcd::Etcd,
    machinery::{Request, Subresource, Verb},
};

/// Which node uses which object, and in how many Pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph(FxHashMap<(Resource, Key), FxHashMap<Str, u32>>);

impl Graph {
    pub(super) fn new(etcd: &Etcd) -> Graph {
        let mut graph = Graph::default();
        for stored in etcd.all(Resource::Pods) {
            graph.change(None, Some(&stored.value));
        }
        graph
    }

    /// A Pod was bound, or is gone.
    pub(super) fn change(&mut self, before: Option<&Object>, after: Option<&Object>) {
        match (bound(before), bound(after)) {
            (None, Some(pod)) => {
                for at in edges(pod) {
                    let nodes = self.0.entry(at).or_default();
                    *nodes.entry(pod.spec.node_name.clone()).or_default() += 1;
                }
            }
            (Some(pod), None) => {
                for at in edges(pod) {
                    self.remove(&at, &pod.spec.node_name);
                }
            }
            _ => {}
        }
    }

    fn remove(&mut self, at: &(Resource, Key), node: &Str) {
        let Some(nodes) = self.0.get_mut(at) else {
            return;
        };
        if let Some(count) = nodes.get_mut(node) {
            *count -= 1;
            if *count == 0 {
                nodes.remove(node);
            }
        }
        if nodes.is_empty() {
            self.0.remove(at);
        }
    }

    /// Whether a kubelet may read what this request asks for; if not, why
    /// (`node_authorizer.go`, authorizeReadNamespacedObject).
    pub(super) fn allows(&self, node: &str, request: &Request) -> Result<(), String> {
        if !matches!(request.verb, Verb::Get | Verb::List | Verb::Watch) {
            return Err("can only read resources of this type".to_owned());
        }
        if request.subresource != Subresource::None {
            return Err("cannot read subresource".to_owned());
        }
        if request.namespace.is_empty() {
            return Err("can only read namespaced object of this type".to_owned());
        }
        if request.name.is_empty() {
            return Err("No Object name found".to_owned());
        }
        let key = Key::new(request.namespace.clone(), request.name.clone());
        let nodes = self.0.get(&(request.resource, key));
        if nodes.is_some_and(|nodes| nodes.contains_key(node)) {
            return Ok(());
        }
        Err(format!(
            "no relationship found between node '{node}' and this object"
        ))
    }
}

/// The Pod, if it has a node.
fn bound(object: Option<&Object>) -> Option<&Pod> {
    match object {
        Some(Object::Pod(pod)) if !pod.spec.node_name.is_empty() => Some(pod),
        _ => None,
    }
}

fn edges(pod: &Pod) -> impl Iterator<Item = (Resource, Key)> {
    let namespace = pod.metadata.namespace.clone();
    let sources = pod.spec.sources().into_iter();
    sources.map(move |(resource, name)| (resource, Key::new(namespace.clone(), name)))
}
