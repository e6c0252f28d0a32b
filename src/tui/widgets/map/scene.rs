use std::rc::Rc;

use super::{
    gates::Gates,
    light::{Light, machine},
    pods::{PodView, Pulls},
};
use crate::cluster::{
    Cluster, RunningPod,
    api::{ConditionStatus, Object, Resource, Str},
    trace::{Actor, Step, StepKind},
};

/// Everything the picture shows, read from the model.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Scene {
    /// The command given last, without `kubectl`.
    pub(super) command: String,
    pub(super) gates: Gates,
    /// etcd's revision.
    pub(super) revision: u64,
    /// The controllers that act in this story, by the names they go by.
    pub(super) controllers: Vec<Controller>,
    /// The Pod that was decided about last, and the node chosen for it.
    pub(super) scheduling: Option<(Str, Option<Str>)>,
    /// How many Pods have no node.
    pub(super) pending: usize,
    pub(super) nodes: Vec<NodeView>,
    pub(super) services: Vec<ServiceView>,
    /// Whether there are Services at any time in this story.
    pub(super) serves: bool,
    /// Which of the control plane's processes have been ended.
    pub(super) stopped: Vec<Actor>,
    /// Whether requests are sent through Services in this story.
    pub(super) traffic: bool,
    pub(super) light: Option<Light>,
    /// The node something happened on last, by its place.
    pub(super) last_node: usize,
}

/// A controller, and whether it acts.
#[derive(Clone, Debug)]
pub(super) struct Controller {
    pub(super) name: &'static str,
    pub(super) acts: bool,
}

/// A node and what runs on it.
#[derive(Clone, Debug)]
pub(super) struct NodeView {
    pub(super) name: Str,
    pub(super) condition: NodeCondition,
    pub(super) cordoned: bool,
    pub(super) cut: bool,
    /// Which of kubelet, kube-proxy and containerd have been ended.
    pub(super) stopped: [bool; 3],
    pub(super) pods: Vec<PodView>,
}

/// What the API server believes of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NodeCondition {
    Ready,
    NotReady,
    Unknown,
    /// It has not registered yet, or is gone.
    Absent,
}

/// A Service and how many addresses stand behind it.
#[derive(Clone, Debug)]
pub(super) struct ServiceView {
    pub(super) name: Str,
    pub(super) ip: Str,
    pub(super) port: i32,
    pub(super) ready: usize,
}

impl Scene {
    /// The cluster when `cursor` of these steps have happened; the last of them is in the light.
    pub(in crate::tui) fn new(cluster: &Cluster, steps: &[Rc<Step>], cursor: usize) -> Scene {
        let done = &steps[..cursor.min(steps.len())];
        let nodes = nodes(cluster, done);
        let light = Light::new(done, &nodes);
        let parts = [
            Actor::ApiServer,
            Actor::Etcd,
            Actor::ControllerManager,
            Actor::Scheduler,
        ];
        let command = cluster.outputs().last();
        let pods = cluster.objects(Resource::Pods, "");
        let pending = pods.iter().filter(|pod| node_of(pod).is_none()).count();
        Scene {
            command: command.map_or_else(String::new, |output| shorten(&output.line)),
            gates: Gates::new(done),
            revision: revision(cluster, done),
            last_node: last_node(done, &nodes),
            controllers: controllers(steps, done),
            scheduling: scheduling(done, &pods),
            pending,
            serves: steps.iter().any(|step| step.resource == "services"),
            services: services(cluster),
            stopped: parts
                .into_iter()
                .filter(|part| cluster.is_stopped(part))
                .collect(),
            traffic: steps.iter().any(|step| step.kind == StepKind::Traffic),
            nodes,
            light,
        }
    }

    /// etcd's revision.
    pub(in crate::tui) fn revision(&self) -> u64 {
        self.revision
    }

    /// The place of the node in the light.
    pub(super) fn node_in_light(&self) -> Option<usize> {
        self.light.as_ref().and_then(|light| light.node)
    }

    pub(super) fn node_of_pod(&self, name: &str) -> Option<usize> {
        let mut nodes = self.nodes.iter();
        nodes.position(|node| node.pods.iter().any(|pod| *pod.key.name == *name))
    }

    pub(super) fn node(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| *node.name == *name)
    }
}

/// The newest revision of etcd that has been shown: a write counts as it arrives, and never again less.
fn revision(cluster: &Cluster, done: &[Rc<Step>]) -> u64 {
    let writes = done.iter().filter(|step| step.kind == StepKind::Store);
    let written = writes.map(|step| step.revision).max();
    cluster.revision().max(written.unwrap_or(0))
}

fn last_node(done: &[Rc<Step>], nodes: &[NodeView]) -> usize {
    let mut on_nodes = done
        .iter()
        .rev()
        .filter_map(|step| machine(&step.to).or(machine(&step.from)));
    let place = |name: &Str| nodes.iter().position(|node| node.name == *name);
    on_nodes.find_map(place).unwrap_or(0)
}

/// A command line as the learner would type it, on one line and without the program's name.
fn shorten(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let words = words.strip_prefix(&["kubectl"]).unwrap_or(&words);
    words.join(" ")
}

fn node_of(pod: &Object) -> Option<&Str> {
    match pod {
        Object::Pod(pod) if !pod.spec.node_name.is_empty() => Some(&pod.spec.node_name),
        _ => None,
    }
}

fn nodes(cluster: &Cluster, done: &[Rc<Step>]) -> Vec<NodeView> {
    let pulls = Pulls::new(done, cluster.now());
    let registered = cluster.objects(Resource::Nodes, "");
    let mut nodes: Vec<NodeView> = cluster
        .config()
        .nodes
        .iter()
        .map(|config| {
            let name: Str = config.name.as_str().into();
            let object = registered.iter().find_map(|node| match node {
                Object::Node(node) if node.metadata.name == name => Some(node),
                _ => None,
            });
            let ready = object.and_then(|node| node.status.condition("Ready"));
            NodeView {
                condition: match (object, ready.map(|ready| ready.status)) {
                    (None, _) => NodeCondition::Absent,
                    (_, Some(ConditionStatus::True)) => NodeCondition::Ready,
                    (_, Some(ConditionStatus::Unknown)) => NodeCondition::Unknown,
                    _ => NodeCondition::NotReady,
                },
                cordoned: object.is_some_and(|node| node.spec.unschedulable),
                cut: cluster.is_cut(&name),
                stopped: [
                    Actor::Kubelet(name.clone()),
                    Actor::KubeProxy(name.clone()),
                    Actor::Containerd(name.clone()),
                ]
                .map(|part| cluster.is_stopped(&part)),
                pods: Vec::new(),
                name,
            }
        })
        .collect();
    let mut running: Vec<Option<Vec<RunningPod>>> = vec![None; nodes.len()];
    for object in cluster.objects(Resource::Pods, "") {
        let Object::Pod(pod) = object else {
            continue;
        };
        let at = nodes
            .iter()
            .position(|node| node.name == pod.spec.node_name);
        let Some(at) = at else {
            continue;
        };
        let runs = running[at].get_or_insert_with(|| cluster.runs_on(&nodes[at].name));
        let runs = runs
            .iter()
            .find(|running| running.key == pod.metadata.key());
        nodes[at].pods.push(PodView::new(&pod, runs, &pulls));
    }
    nodes
}

/// The name of a controller as it stands on the map.
fn short(controller: &str) -> Option<&'static str> {
    Some(match controller {
        "replicationcontroller" => "RC",
        "replicaset" => "ReplicaSet",
        "deployment" => "Deployment",
        "endpoints" => "Endpoints",
        "endpointslice" => "EndpointSlice",
        "nodelifecycle" => "Node",
        "tainteviction" => "Taint",
        "garbagecollector" => "GC",
        "podgc" => "PodGC",
        "namespace" => "Namespace",
        "resourcequota" => "Quota",
        "serviceaccount" => "ServiceAccount",
        _ => return None,
    })
}

fn controllers(steps: &[Rc<Step>], done: &[Rc<Step>]) -> Vec<Controller> {
    let mut names: Vec<&'static str> = Vec::new();
    let own = steps
        .iter()
        .filter(|step| step.from == Actor::ControllerManager);
    for name in own.filter_map(|step| short(&step.reason)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names = vec!["Deployment", "ReplicaSet", "EndpointSlice"];
    }
    let acts = done.last().and_then(|step| acting(step, done));
    let controllers = names.into_iter().map(|name| Controller {
        name,
        acts: acts == Some(name),
    });
    controllers.collect()
}

/// Which controller does this step. One that tells an event is named by what it tells of.
fn acting(step: &Step, done: &[Rc<Step>]) -> Option<&'static str> {
    let mut step = step;
    for _ in 0..4 {
        if step.from != Actor::ControllerManager {
            return None;
        }
        if let Some(name) = short(&step.reason) {
            return Some(name);
        }
        step = done.get((step.cause.0 as usize).checked_sub(1)?)?;
    }
    None
}

/// The Pod the scheduler had to do with last: with its node once one was chosen, until the choice is
/// written down and the next Pod comes.
fn scheduling(done: &[Rc<Step>], pods: &[Object]) -> Option<(Str, Option<Str>)> {
    let about = done.iter().rev().find(|step| {
        step.resource == "pods"
            && (step.from == Actor::Scheduler && step.kind != StepKind::Event
                || step.to == Actor::Scheduler && &*step.verb == "added")
    })?;
    let chosen = match about.kind {
        StepKind::Watch => None,
        StepKind::Decision => about.message.split(' ').next().map(Str::from),
        _ => pods
            .iter()
            .find(|pod| pod.metadata().name == about.name)
            .and_then(node_of)
            .cloned()
            .or_else(|| {
                let decision = done.get((about.cause.0 as usize).checked_sub(1)?)?;
                decision.message.split(' ').next().map(Str::from)
            }),
    };
    // `0/3 nodes are available` names none.
    let chosen = chosen.filter(|name| !name.contains('/'));
    Some((about.name.clone(), chosen))
}

fn services(cluster: &Cluster) -> Vec<ServiceView> {
    let slices = cluster.objects(Resource::EndpointSlices, "");
    let found = cluster.objects(Resource::Services, "");
    found
        .into_iter()
        .filter_map(|object| match object {
            Object::Service(service) if &*service.metadata.name != "kubernetes" => Some(service),
            _ => None,
        })
        .map(|service| {
            let name = &service.metadata.name;
            let own = slices.iter().filter_map(|slice| match slice {
                Object::EndpointSlice(slice)
                    if slice.metadata.labels.get("kubernetes.io/service-name") == Some(name) =>
                {
                    Some(slice)
                }
                _ => None,
            });
            let ready = own
                .flat_map(|slice| &slice.endpoints)
                .filter(|endpoint| endpoint.conditions.ready != Some(false))
                .count();
            ServiceView {
                name: name.clone(),
                ip: service.spec.cluster_ip.clone(),
                port: service.spec.ports.first().map_or(0, |port| port.port),
                ready,
            }
        })
        .collect()
}
