use std::rc::Rc;

use super::scene::NodeView;
use crate::cluster::{
    api::Str,
    trace::{Actor, Step, StepKind},
};

/// The step the eye is led to.
#[derive(Clone, Debug)]
pub(super) struct Light {
    pub(super) kind: StepKind,
    pub(super) from: Actor,
    pub(super) to: Actor,
    /// The Pod it is about, by name.
    pub(super) pod: Option<Str>,
    /// The Service it is about, by name.
    pub(super) service: Option<Str>,
    /// The node it has to do with, by its place.
    pub(super) node: Option<usize>,
    /// It ends badly.
    pub(super) bad: bool,
    /// What is sent, in a word or two.
    pub(super) label: String,
    /// What was written or worked out, in a few words.
    pub(super) subject: String,
}

impl Light {
    pub(super) fn new(done: &[Rc<Step>], nodes: &[NodeView]) -> Option<Light> {
        let step = done.last()?;
        let (from, to) = ends(step);
        let pod = match (&from, &to) {
            (_, Actor::Pod(name)) | (Actor::Pod(name), _) => Some(name.clone()),
            _ => (step.resource == "pods" && !step.name.is_empty()).then(|| step.name.clone()),
        };
        let place = |name: &Str| nodes.iter().position(|node| node.name == *name);
        let of_pod = |pod: &Str| {
            let mut places = nodes.iter();
            places.position(|node| node.pods.iter().any(|one| one.key.name == *pod))
        };
        let node = machine(&to).or(machine(&from)).and_then(place);
        let node = node.or_else(|| pod.as_ref().and_then(of_pod));
        let serves = matches!(step.resource, "services" | "endpoints" | "endpointslices");
        Some(Light {
            kind: step.kind,
            pod,
            service: serves.then(|| step.name.clone()),
            node,
            bad: match step.kind {
                StepKind::Gate => step.code != 0,
                // What becomes of the learner's own requests is told gate by gate.
                StepKind::Request => step.from != Actor::Kubectl && step.code >= 400,
                StepKind::Store => step.code >= 400,
                StepKind::Fault => matches!(&*step.verb, "stop" | "cut" | "crash"),
                _ => false,
            },
            label: label(step),
            subject: match step.kind {
                StepKind::Decision => step.message.clone(),
                _ => format!("{}/{}", short(step.resource), step.name),
            },
            from,
            to,
        })
    }

    /// Whether this step has to do with this actor.
    pub(super) fn touches(&self, actor: &Actor) -> bool {
        self.from == *actor || self.to == *actor
    }
}

/// Who acts on whom. A fault names what it breaks.
pub(super) fn ends(step: &Step) -> (Actor, Actor) {
    if step.kind != StepKind::Fault {
        return (step.from.clone(), step.to.clone());
    }
    let name = &*step.name;
    let of_node = name
        .split_once('@')
        .map(|(part, node)| (part, Str::from(node)));
    let to = match of_node {
        Some(("kubelet", node)) => Actor::Kubelet(node),
        Some(("kube-proxy", node)) => Actor::KubeProxy(node),
        Some(("containerd", node)) => Actor::Containerd(node),
        _ => match (name, &*step.verb) {
            ("etcd", _) | (_, "slow-etcd") => Actor::Etcd,
            ("kube-apiserver", _) => Actor::ApiServer,
            ("kube-controller-manager", _) => Actor::ControllerManager,
            ("kube-scheduler", _) => Actor::Scheduler,
            (_, "crash" | "fail-probe" | "heal-probe") => {
                Actor::Pod(name.rsplit('/').next().unwrap_or(name).into())
            }
            (_, "fail-pull") => Actor::Nobody,
            _ => Actor::Kernel(name.into()),
        },
    };
    (Actor::Operator, to)
}

/// The machine an actor belongs to.
pub(super) fn machine(actor: &Actor) -> Option<&Str> {
    match actor {
        Actor::Kubelet(node)
        | Actor::KubeProxy(node)
        | Actor::Containerd(node)
        | Actor::Cni(node)
        | Actor::Kernel(node) => Some(node),
        _ => None,
    }
}

/// A resource as it is named on the map: the longest name there is has no room.
pub(super) fn short(resource: &str) -> &str {
    match resource {
        "replicationcontrollers" => "rc",
        other => other,
    }
}

/// What the message is called beside its route.
fn label(step: &Step) -> String {
    let resource = short(step.resource);
    let of = |verb: &str| match (step.subresource, resource) {
        ("", resource) => format!("{verb} {resource}"),
        ("binding", _) => "Binding".to_owned(),
        (sub, resource) => format!("{verb} {resource}/{sub}"),
    };
    match step.kind {
        StepKind::Request => of(&step.verb),
        StepKind::Watch => of(&step.verb.to_uppercase()),
        StepKind::Store if step.revision > 0 => format!("rev {}", step.revision),
        StepKind::Store => step.verb.to_string(),
        StepKind::Event => format!("Event {}", step.reason),
        StepKind::Runtime | StepKind::Rules | StepKind::Traffic => step.verb.to_string(),
        StepKind::Gate => step.reason.to_string(),
        StepKind::Fault => format!("{} {}", step.verb, step.name),
        StepKind::Decision => String::new(),
    }
}
