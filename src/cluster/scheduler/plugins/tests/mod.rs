mod neighbours;
mod nodes;
mod resources;

use std::rc::Rc;

use serde_json::Value;

use crate::cluster::{
    api::{Kind, Node, Object, Pod, Resource},
    random::Random,
    scheduler::{
        algorithm::{Algorithm, Outcome},
        framework::Plugin,
        pod_info::PodInfo,
        requests::Requests,
        tests::rig::{labelled, pod},
    },
};

/// An algorithm that knows these.
fn knowing(nodes: &[Node], pods: &[Pod]) -> Algorithm {
    let mut algorithm = Algorithm::default();
    for node in nodes {
        algorithm.cache.set_node(&Rc::new(node.clone()));
    }
    for pod in pods {
        algorithm.cache.set_pod(&Rc::new(pod.clone()));
    }
    algorithm
}

fn decided(algorithm: &mut Algorithm, pod: &Pod) -> Outcome {
    let info = Rc::new(PodInfo::new(Rc::new(pod.clone())));
    algorithm.schedule(&info, &mut Random::new(1)).0
}

/// What a plugin gives each feasible node, by name, before it is weighted.
fn given(algorithm: &mut Algorithm, pod: &Pod, plugin: Plugin) -> Vec<(String, i64)> {
    let Outcome::Fits(fit) = decided(algorithm, pod) else {
        return Vec::new();
    };
    let scores = fit.scores.unwrap_or_default();
    let column = scores.by_plugin.iter().find(|(one, _)| *one == plugin);
    let Some((_, column)) = column else {
        return Vec::new();
    };
    let slots = fit.feasible.iter().enumerate();
    let mut given: Vec<_> = slots
        .map(|(at, slot)| {
            let score = column.get(at) / plugin.weight();
            (algorithm.name_of(*slot).into_owned(), score)
        })
        .collect();
    given.sort();
    given
}

/// Why each node was rejected, by name.
fn reasons(algorithm: &mut Algorithm, pod: &Pod) -> Vec<(String, String)> {
    let rejected = match decided(algorithm, pod) {
        Outcome::Fits(fit) => fit.rejected,
        Outcome::Unfit(diagnosis) => diagnosis.rejected,
        Outcome::NoNodes => Vec::new(),
    };
    let requests = Requests::of(&pod.spec);
    let mut reasons: Vec<_> = rejected
        .iter()
        .map(|(slot, rejection)| {
            let name = algorithm.name_of(*slot).into_owned();
            (name, rejection.reasons(&requests).join(", "))
        })
        .collect();
    reasons.sort();
    reasons
}

/// A Pod whose spec has these fields too.
fn pod_with(name: &str, labels: &[(&str, &str)], fields: Value) -> Pod {
    let mut json = Object::from(pod(name, &[])).to_json();
    if let (Some(spec), Value::Object(fields)) = (json["spec"].as_object_mut(), fields) {
        spec.extend(fields);
    }
    let object = Object::from_json(Resource::Pods, json).expect("a Pod");
    let pod = Pod::of(&object).expect("a Pod");
    labelled(Pod::clone(pod), labels)
}

fn zoned(mut node: Node, key: &str, value: &str) -> Node {
    node.metadata.labels.set(key, value);
    node
}
