//! Kubernetes' objects, slim: the fields the model reads or writes, under Kubernetes' own names, and
//! every other field carried along as it came. Look first at [`Object`]. This room knows no component.
//!
//! Field names and meanings are those of the Kubernetes 1.36 API (`staging/src/k8s.io/api`).

mod amounts;
pub(crate) mod base64;
mod intstr;
mod labels;
mod list;
mod meta;
pub mod names;
mod node;
mod object;
mod pod;
mod policy;
mod quantity;
mod record;
mod resource;
pub mod schema;
mod selector;
mod selector_text;
mod served;
mod service;
mod source;
mod status;
mod text;
mod usage;
mod words;
mod workload;

pub use self::{
    amounts::ResourceList,
    intstr::IntOrString,
    labels::Labels,
    list::List,
    meta::{Condition, ConditionStatus, Key, ObjectMeta, ObjectReference, OwnerReference, Uid},
    node::{
        ContainerImage, Node, NodeAddress, NodeSpec, NodeStatus, NodeSystemInfo, Taint, TaintEffect,
    },
    object::{Kind, Object},
    pod::{
        Affinity, Container, ContainerPort, ContainerState, ContainerStatus, NodeAffinity,
        NodeSelector, NodeSelectorTerm, Pod, PodAffinity, PodAffinityTerm, PodAntiAffinity, PodIp,
        PodPhase, PodSpec, PodStatus, PodTemplateSpec, PreferredSchedulingTerm, Probe, Ready,
        Requirement, ResourceRequirements, RestartCount, RestartPolicy, Toleration,
        TopologySpreadConstraint, Volume, VolumeMount, WeightedPodAffinityTerm,
    },
    policy::{
        ClusterRole, ClusterRoleBinding, ConfigMap, Event, EventSource, Lease, LeaseSpec,
        LimitRange, LimitRangeItem, LimitRangeSpec, Namespace, NamespaceSpec, NamespaceStatus,
        PolicyRule, PriorityClass, ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus, Role,
        RoleBinding, RoleRef, Secret, ServiceAccount, Subject,
    },
    quantity::{Quantity, QuantityError},
    record::Other,
    resource::Resource,
    selector::{LabelSelector, Operator, Selector, SelectorError, SelectorRequirement},
    service::{
        Endpoint, EndpointAddress, EndpointConditions, EndpointPort, EndpointSlice, EndpointSubset,
        Endpoints, IpAddress, IpAddressSpec, ParentReference, Service, ServicePort, ServiceSpec,
    },
    status::{Status, StatusCause, StatusDetails, StatusReason},
    text::Str,
    workload::{
        Count, Deployment, DeploymentSpec, DeploymentStatus, DeploymentStrategy, ReplicaSet,
        ReplicaSetSpec, ReplicaSetStatus, ReplicationController, ReplicationControllerSpec,
        RollingUpdateDeployment, StrategyType,
    },
};
pub(crate) use self::{
    object::to_json,
    record::{Absent, record},
    source::Source,
    usage::usage,
    words::word,
};
