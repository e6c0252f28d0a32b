use std::fmt::Display;

use crate::{
    cluster::{
        api::Resource,
        trace::{Actor, Step},
    },
    locale::Locale,
};

/// Who this is, as the map calls it.
pub(super) fn who(actor: &Actor, locale: &Locale) -> String {
    let of = |part: &str, node: &dyn Display| {
        let places: [(&str, &dyn Display); 2] = [("part", &part), ("node", node)];
        locale.fill("story.of-node", &places)
    };
    match actor {
        Actor::ApiServer => locale.text("story.api-server").to_owned(),
        Actor::ControllerManager => locale.text("story.controller-manager").to_owned(),
        Actor::Scheduler => locale.text("story.scheduler").to_owned(),
        Actor::Kubelet(node) => of("kubelet", node),
        Actor::KubeProxy(node) => of("kube-proxy", node),
        Actor::Containerd(node) => of("containerd", node),
        Actor::Cni(node) => of(locale.text("story.cni"), node),
        Actor::Kernel(node) => locale.fill("story.kernel-of", &[("node", node)]),
        Actor::Pod(name) => format!("Pod {name}"),
        Actor::Client => locale.text("story.client").to_owned(),
        Actor::Dns => locale.text("story.dns").to_owned(),
        Actor::Kubectl | Actor::Etcd | Actor::Operator | Actor::Nobody => actor.to_string(),
    }
}

/// Who this is for somebody on the same node.
pub(super) fn part(actor: &Actor, locale: &Locale) -> String {
    match actor {
        Actor::Containerd(_) => "containerd".to_owned(),
        Actor::Cni(_) => locale.text("story.the-cni").to_owned(),
        other => who(other, locale),
    }
}

/// Who acts in a step: of the controllers, which one.
pub(super) fn actor(step: &Step, locale: &Locale) -> String {
    let name = controller(&step.reason);
    match (&step.from, name) {
        (Actor::ControllerManager, Some(name)) => {
            locale.fill("story.controller", &[("name", &name)])
        }
        (from, _) => who(from, locale),
    }
}

/// A controller by what it keeps in order.
fn controller(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "replicationcontroller" => "ReplicationController",
        "replicaset" => "ReplicaSet",
        "deployment" => "Deployment",
        "endpoints" => "Endpoints",
        "endpointslice" => "EndpointSlice",
        "nodelifecycle" => "node lifecycle",
        "tainteviction" => "taint eviction",
        "garbagecollector" => "garbage",
        "podgc" => "Pod garbage",
        "namespace" => "Namespace",
        "resourcequota" => "ResourceQuota",
        "serviceaccount" => "ServiceAccount",
        _ => return None,
    })
}

/// What a step is about: `Pod web-x7k2p`, or `pods` where it is about no single one.
pub(super) fn thing(step: &Step, locale: &Locale) -> String {
    let named = Resource::named(step.resource);
    let kind = named.map_or(step.resource, Resource::kind);
    let object = match &*step.name {
        "" => step.resource.to_owned(),
        name => format!("{kind} {name}"),
    };
    let part = match step.subresource {
        "" => return object,
        "binding" => "Binding",
        part => part,
    };
    let places: [(&str, &dyn Display); 2] = [("part", &part), ("object", &object)];
    locale.fill("story.part-of", &places)
}
