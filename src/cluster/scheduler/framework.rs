use std::{borrow::Cow, fmt};

use super::requests::Requests;

/// The most a plugin can give a node (`kube-scheduler/framework/interface.go`, MaxNodeScore).
pub(super) const MAX_NODE_SCORE: i64 = 100;

/// The plugins of the default profile that the model has, in the order they run
/// (`pkg/scheduler/apis/config/v1/default_plugins.go`). Those for volumes let every node pass.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Plugin {
    SchedulingGates,
    NodeUnschedulable,
    NodeName,
    TaintToleration,
    NodeAffinity,
    NodePorts,
    NodeResourcesFit,
    PodTopologySpread,
    InterPodAffinity,
    DefaultPreemption,
    NodeResourcesBalancedAllocation,
    ImageLocality,
}

impl Plugin {
    /// All of them, in the order of the enum.
    pub(super) const ALL: [Plugin; 12] = [
        Plugin::SchedulingGates,
        Plugin::NodeUnschedulable,
        Plugin::NodeName,
        Plugin::TaintToleration,
        Plugin::NodeAffinity,
        Plugin::NodePorts,
        Plugin::NodeResourcesFit,
        Plugin::PodTopologySpread,
        Plugin::InterPodAffinity,
        Plugin::DefaultPreemption,
        Plugin::NodeResourcesBalancedAllocation,
        Plugin::ImageLocality,
    ];

    /// Those that score, in the order they run.
    pub(super) const SCORING: [Plugin; 7] = [
        Plugin::TaintToleration,
        Plugin::NodeAffinity,
        Plugin::NodeResourcesFit,
        Plugin::PodTopologySpread,
        Plugin::InterPodAffinity,
        Plugin::NodeResourcesBalancedAllocation,
        Plugin::ImageLocality,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Plugin::SchedulingGates => "SchedulingGates",
            Plugin::NodeUnschedulable => "NodeUnschedulable",
            Plugin::NodeName => "NodeName",
            Plugin::TaintToleration => "TaintToleration",
            Plugin::NodeAffinity => "NodeAffinity",
            Plugin::NodePorts => "NodePorts",
            Plugin::NodeResourcesFit => "NodeResourcesFit",
            Plugin::PodTopologySpread => "PodTopologySpread",
            Plugin::InterPodAffinity => "InterPodAffinity",
            Plugin::DefaultPreemption => "DefaultPreemption",
            Plugin::NodeResourcesBalancedAllocation => "NodeResourcesBalancedAllocation",
            Plugin::ImageLocality => "ImageLocality",
        }
    }

    /// By what its score counts.
    pub(super) fn weight(self) -> i64 {
        match self {
            Plugin::TaintToleration => 3,
            Plugin::NodeAffinity | Plugin::PodTopologySpread | Plugin::InterPodAffinity => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of plugins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Plugins(u16);

impl Plugins {
    pub(super) const fn of(plugins: &[Plugin]) -> Plugins {
        let mut bits = 0;
        let mut at = 0;
        while at < plugins.len() {
            bits |= 1 << plugins[at] as u16;
            at += 1;
        }
        Plugins(bits)
    }

    pub(super) fn insert(&mut self, plugin: Plugin) {
        self.0 |= 1 << plugin as u16;
    }

    pub(super) fn contains(self, plugin: Plugin) -> bool {
        self.0 & (1 << plugin as u16) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, other: Plugins) -> Plugins {
        Plugins(self.0 & other.0)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Plugin> {
        Plugin::ALL
            .into_iter()
            .filter(move |plugin| self.contains(*plugin))
    }
}

/// Why a node does not do for a Pod: what the first plugin said that rejected it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rejection {
    /// NodeUnschedulable: it is cordoned.
    Cordoned,
    /// NodeName: the Pod names another.
    OtherNode,
    /// TaintToleration.
    Taint,
    /// NodeAffinity: its labels are not those the Pod asks for.
    Affinity,
    /// NodePorts: a port of the host is taken.
    Ports,
    /// NodeResourcesFit.
    Resources(Shortage),
    /// PodTopologySpread: it lacks the label.
    NoTopology,
    /// PodTopologySpread: there would be too many here.
    Skew,
    /// InterPodAffinity: the Pods it wants are not there.
    PodAffinity,
    /// InterPodAffinity: Pods it does not want are there.
    PodAntiAffinity,
    /// InterPodAffinity: Pods are there that do not want it.
    ExistingAntiAffinity,
}

impl Rejection {
    pub(super) fn plugin(self) -> Plugin {
        match self {
            Rejection::Cordoned => Plugin::NodeUnschedulable,
            Rejection::OtherNode => Plugin::NodeName,
            Rejection::Taint => Plugin::TaintToleration,
            Rejection::Affinity => Plugin::NodeAffinity,
            Rejection::Ports => Plugin::NodePorts,
            Rejection::Resources(_) => Plugin::NodeResourcesFit,
            Rejection::NoTopology | Rejection::Skew => Plugin::PodTopologySpread,
            Rejection::PodAffinity
            | Rejection::PodAntiAffinity
            | Rejection::ExistingAntiAffinity => Plugin::InterPodAffinity,
        }
    }

    /// Whether taking Pods away from the node could not help (UnschedulableAndUnresolvable).
    pub(super) fn is_unresolvable(self) -> bool {
        match self {
            Rejection::Cordoned
            | Rejection::OtherNode
            | Rejection::Taint
            | Rejection::Affinity
            | Rejection::NoTopology
            | Rejection::PodAffinity => true,
            Rejection::Resources(shortage) => shortage.beyond_capacity,
            Rejection::Ports
            | Rejection::Skew
            | Rejection::PodAntiAffinity
            | Rejection::ExistingAntiAffinity => false,
        }
    }

    /// The reasons as Kubernetes words them.
    pub(super) fn reasons(self, requests: &Requests) -> Vec<Cow<'static, str>> {
        let one = |reason: &'static str| vec![Cow::Borrowed(reason)];
        match self {
            Rejection::Cordoned => one("node(s) were unschedulable"),
            Rejection::OtherNode => one("node(s) didn't match the requested node name"),
            Rejection::Taint => one("node(s) had untolerated taint(s)"),
            Rejection::Affinity => one("node(s) didn't match Pod's node affinity/selector"),
            Rejection::Ports => one("node(s) didn't have free ports for the requested pod ports"),
            Rejection::Resources(shortage) => shortage.reasons(requests),
            Rejection::NoTopology => {
                one("node(s) didn't match pod topology spread constraints (missing required label)")
            }
            Rejection::Skew => one("node(s) didn't match pod topology spread constraints"),
            Rejection::PodAffinity => one("node(s) didn't match pod affinity rules"),
            Rejection::PodAntiAffinity => one("node(s) didn't match pod anti-affinity rules"),
            Rejection::ExistingAntiAffinity => {
                one("node(s) didn't satisfy existing pods anti-affinity rules")
            }
        }
    }
}

/// What a node has too little of, one bit each: Pods, CPU, memory, ephemeral storage, and then what else
/// the Pod asks for, in its order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Shortage {
    bits: u16,
    /// The Pod asks for more of something than the whole node has.
    pub(super) beyond_capacity: bool,
}

impl Shortage {
    pub(super) const PODS: u32 = 0;
    pub(super) const CPU: u32 = 1;
    pub(super) const MEMORY: u32 = 2;
    pub(super) const EPHEMERAL_STORAGE: u32 = 3;
    pub(super) const FIRST_SCALAR: u32 = 4;

    /// Too little of that.
    pub(super) fn add(&mut self, what: u32, beyond_capacity: bool) {
        self.bits |= 1 << what.min(15);
        self.beyond_capacity |= beyond_capacity;
    }

    pub(super) fn is_none(self) -> bool {
        self.bits == 0
    }

    fn reasons(self, requests: &Requests) -> Vec<Cow<'static, str>> {
        let common = [
            (Shortage::PODS, "Too many pods"),
            (Shortage::CPU, "Insufficient cpu"),
            (Shortage::MEMORY, "Insufficient memory"),
            (
                Shortage::EPHEMERAL_STORAGE,
                "Insufficient ephemeral-storage",
            ),
        ];
        let has = |bit: u32| self.bits & (1 << bit.min(15)) != 0;
        let common = common.into_iter().filter(|(bit, _)| has(*bit));
        let common = common.map(|(_, reason)| Cow::Borrowed(reason));
        let scalars = (Shortage::FIRST_SCALAR..).zip(&requests.scalars);
        let scalars = scalars.filter(|(bit, _)| has(*bit));
        common
            .chain(scalars.map(|(_, (name, _))| Cow::Owned(format!("Insufficient {name}"))))
            .collect()
    }
}
