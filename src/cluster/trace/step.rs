use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::cluster::{api::Str, moment::Moment};

/// The number of a step; 0 is none: a command, a fault or a component's start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct StepId(pub u32);

impl StepId {
    /// No step.
    pub const NONE: StepId = StepId(0);
}

/// What kind of thing happened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// A request to the API server, numbered when sent; its answer is known when it is done.
    Request,
    /// One of the API server's gates; the code is 0 if it let the request pass.
    Gate,
    /// The API server and etcd.
    Store,
    /// A change delivered to an informer.
    Watch,
    /// A component works something out.
    Decision,
    /// The kubelet and its container runtime, or the runtime and CNI.
    Runtime,
    /// kube-proxy's new rules.
    Rules,
    /// A Kubernetes Event.
    Event,
    /// Something was broken or mended on purpose.
    Fault,
    /// One hop of a request that is followed.
    Traffic,
}

impl StepKind {
    /// All of them, in the order of the enum.
    pub const ALL: [StepKind; 10] = [
        StepKind::Request,
        StepKind::Gate,
        StepKind::Store,
        StepKind::Watch,
        StepKind::Decision,
        StepKind::Runtime,
        StepKind::Rules,
        StepKind::Event,
        StepKind::Fault,
        StepKind::Traffic,
    ];

    /// As the trace writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            StepKind::Request => "request",
            StepKind::Gate => "gate",
            StepKind::Store => "store",
            StepKind::Watch => "watch",
            StepKind::Decision => "decision",
            StepKind::Runtime => "runtime",
            StepKind::Rules => "rules",
            StepKind::Event => "event",
            StepKind::Fault => "fault",
            StepKind::Traffic => "traffic",
        }
    }
}

/// Who acts, or is acted on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Actor {
    /// kubectl, run by the learner.
    Kubectl,
    /// The API server.
    ApiServer,
    /// etcd.
    Etcd,
    /// The controller manager.
    ControllerManager,
    /// The scheduler.
    Scheduler,
    /// The kubelet of this node.
    Kubelet(Str),
    /// The kube-proxy of this node.
    KubeProxy(Str),
    /// The container runtime of this node.
    Containerd(Str),
    /// The network plugin of this node.
    Cni(Str),
    /// The kernel of this node, which follows the rules.
    Kernel(Str),
    /// A Pod, by name.
    Pod(Str),
    /// Whoever sends a request through a Service.
    Client,
    /// The cluster's DNS.
    Dns,
    /// Whoever breaks and mends things.
    Operator,
    /// Nobody: the step has no second party.
    Nobody,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Kubectl => f.pad("kubectl"),
            Actor::ApiServer => f.pad("kube-apiserver"),
            Actor::Etcd => f.pad("etcd"),
            Actor::ControllerManager => f.pad("kube-controller-manager"),
            Actor::Scheduler => f.pad("kube-scheduler"),
            Actor::Kubelet(node) => f.pad(&format!("kubelet@{node}")),
            Actor::KubeProxy(node) => f.pad(&format!("kube-proxy@{node}")),
            Actor::Containerd(node) => f.pad(&format!("containerd@{node}")),
            Actor::Cni(node) => f.pad(&format!("cni@{node}")),
            Actor::Kernel(node) => f.pad(&format!("kernel@{node}")),
            Actor::Pod(name) => f.pad(&format!("pod/{name}")),
            Actor::Client => f.pad("client"),
            Actor::Dns => f.pad("dns"),
            Actor::Operator => f.pad("operator"),
            Actor::Nobody => f.pad(""),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// One thing that happened. Its JSON has these keys always, in this order; what is absent is null, 0
/// or "".
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Step {
    /// Its number.
    #[serde(rename = "step")]
    pub id: StepId,
    /// When it began, on the trace's clock.
    #[serde(rename = "at_ms", serialize_with = "millis")]
    pub at: Moment,
    /// When its outcome was known.
    #[serde(rename = "done_ms", serialize_with = "millis")]
    pub done: Moment,
    /// What kind of thing it was.
    pub kind: StepKind,
    /// Who acted.
    pub from: Actor,
    /// On whom.
    pub to: Actor,
    /// The verb of a request, the call of a runtime step.
    pub verb: Str,
    /// The resource's plural name.
    pub resource: &'static str,
    /// The subresource.
    pub subresource: &'static str,
    /// The object's namespace.
    pub namespace: Str,
    /// The object's name.
    pub name: Str,
    /// The HTTP status code, or 0.
    pub code: u16,
    /// The revision of etcd, or 0.
    pub revision: u64,
    /// The step that caused it.
    pub cause: StepId,
    /// What it changed, field by field.
    pub changes: Vec<Change>,
    /// In a word: an event's reason, a gate's name, the controller that acted.
    pub reason: Str,
    /// In a sentence.
    pub message: String,
}

impl Step {
    /// A step of which only the kind and the actor are known yet.
    pub(crate) fn new(kind: StepKind, from: Actor) -> Step {
        Step {
            id: StepId::NONE,
            at: Moment::ZERO,
            done: Moment::ZERO,
            kind,
            from,
            to: Actor::Nobody,
            verb: Str::default(),
            resource: "",
            subresource: "",
            namespace: Str::default(),
            name: Str::default(),
            code: 0,
            revision: 0,
            cause: StepId::NONE,
            changes: Vec::new(),
            reason: Str::default(),
            message: String::new(),
        }
    }
}

fn millis<S: Serializer>(moment: &Moment, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(moment.millis())
}

/// One field's value before and after. Items of a list are addressed by what identifies them:
/// `status.conditions[type=Ready].status`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    /// The field's path.
    pub path: String,
    /// Its value before; null if it was not there.
    pub before: Value,
    /// Its value after; null if it is no longer there.
    pub after: Value,
}
