use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Absent, Condition, LabelSelector, Labels, List, ObjectMeta, ResourceList, Str, TaintEffect,
    record,
};
use crate::cluster::moment::Timestamp;

record! {
    /// One or more containers that live and die together on one node.
    Pod {
        metadata: ObjectMeta,
        spec: Rc<PodSpec>,
        status: PodStatus,
    }

    /// What a Pod made from it will be.
    PodTemplateSpec {
        metadata: ObjectMeta,
        spec: Rc<PodSpec>,
    }

    /// What is wanted of a Pod.
    PodSpec {
        volumes: List<Volume>,
        init_containers: List<Container>,
        containers: List<Container>,
        restart_policy: RestartPolicy,
        termination_grace_period_seconds: Option<i64>,
        active_deadline_seconds: Option<i64>,
        dns_policy: Str,
        node_selector: Labels,
        service_account_name: Str,
        service_account: Str,
        automount_service_account_token: Option<bool>,
        node_name: Str,
        host_network: bool,
        hostname: Str,
        subdomain: Str,
        affinity: Option<Box<Affinity>>,
        scheduler_name: Str,
        tolerations: List<Toleration>,
        priority_class_name: Str,
        priority: Option<i32>,
        preemption_policy: Str,
        enable_service_links: Option<bool>,
        topology_spread_constraints: List<TopologySpreadConstraint>,
        security_context: Option<Value>,
    }

    /// A volume, by its name; where it comes from is carried.
    Volume {
        name: Str,
        projected: Option<Rc<Value>>,
    }

    /// Where a container finds a volume.
    VolumeMount {
        name: Str,
        read_only: bool,
        mount_path: Str,
    }

    /// One container as it is wanted.
    Container {
        name: Str,
        image: Str,
        command: List<String>,
        args: List<String>,
        working_dir: String,
        ports: List<ContainerPort>,
        env: List<Value>,
        resources: ResourceRequirements,
        restart_policy: Option<RestartPolicy>,
        volume_mounts: List<VolumeMount>,
        liveness_probe: Option<Box<Probe>>,
        readiness_probe: Option<Box<Probe>>,
        startup_probe: Option<Box<Probe>>,
        lifecycle: Option<Value>,
        termination_message_path: Str,
        termination_message_policy: Str,
        image_pull_policy: Str,
    }

    /// A port a container listens on.
    ContainerPort {
        name: Str,
        host_port: i32,
        container_port: i32,
        protocol: Str,
        #[serde(rename = "hostIP")]
        host_ip: String,
    }

    /// What a container asks for, and what it may not pass.
    ResourceRequirements {
        limits: ResourceList,
        requests: ResourceList,
    }

    /// A question the kubelet puts to a container again and again; how it is put is carried.
    Probe {
        initial_delay_seconds: i32,
        timeout_seconds: i32,
        period_seconds: i32,
        success_threshold: i32,
        failure_threshold: i32,
        termination_grace_period_seconds: Option<i64>,
    }

    /// Which taints a Pod puts up with.
    Toleration {
        key: Str,
        operator: Str,
        value: Str,
        effect: Option<TaintEffect>,
        toleration_seconds: Option<i64>,
    }

    /// How a Pod is drawn to nodes and to other Pods.
    Affinity {
        node_affinity: Option<NodeAffinity>,
        pod_affinity: Option<PodAffinity>,
        pod_anti_affinity: Option<PodAntiAffinity>,
    }

    /// How a Pod is drawn to nodes.
    NodeAffinity {
        required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
        preferred_during_scheduling_ignored_during_execution: Vec<PreferredSchedulingTerm>,
    }

    /// Terms of which one must hold.
    NodeSelector {
        node_selector_terms: Vec<NodeSelectorTerm>,
    }

    /// Requirements that must all hold.
    NodeSelectorTerm {
        match_expressions: Vec<Requirement>,
        match_fields: Vec<Requirement>,
    }

    /// A requirement on one label or field, as it was written.
    Requirement {
        key: Str,
        operator: Str,
        values: Vec<Str>,
    }

    /// A term that is preferred by a weight.
    PreferredSchedulingTerm {
        weight: i32,
        preference: NodeSelectorTerm,
    }

    /// How a Pod is drawn to other Pods.
    PodAffinity {
        required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
        preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
    }

    /// How a Pod is kept from other Pods.
    PodAntiAffinity {
        required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
        preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
    }

    /// Which Pods, and within what.
    PodAffinityTerm {
        label_selector: Option<LabelSelector>,
        namespaces: Vec<Str>,
        topology_key: Str,
        namespace_selector: Option<LabelSelector>,
    }

    /// A term that is preferred by a weight.
    WeightedPodAffinityTerm {
        weight: i32,
        pod_affinity_term: PodAffinityTerm,
    }

    /// How evenly like Pods are to be spread.
    TopologySpreadConstraint {
        max_skew: i32,
        topology_key: Str,
        when_unsatisfiable: Str,
        label_selector: Option<LabelSelector>,
        min_domains: Option<i32>,
        node_affinity_policy: Option<Str>,
        node_taints_policy: Option<Str>,
    }

    /// What is known of a Pod.
    PodStatus {
        observed_generation: i64,
        phase: PodPhase,
        conditions: List<Condition>,
        message: String,
        reason: Str,
        nominated_node_name: Str,
        #[serde(rename = "hostIP")]
        host_ip: Str,
        #[serde(rename = "hostIPs")]
        host_ips: List<PodIp>,
        #[serde(rename = "podIP")]
        pod_ip: Str,
        #[serde(rename = "podIPs")]
        pod_ips: List<PodIp>,
        start_time: Option<Timestamp>,
        init_container_statuses: List<ContainerStatus>,
        container_statuses: List<ContainerStatus>,
        qos_class: Str,
    }

    /// One address.
    PodIp {
        ip: Str,
    }

    /// What is known of one container.
    ContainerStatus {
        #[serde(rename = "containerID")]
        container_id: Str,
        image: Str,
        #[serde(rename = "imageID")]
        image_id: Str,
        last_state: Option<ContainerState>,
        name: Str,
        ready: Ready,
        restart_count: RestartCount,
        started: Option<bool>,
        state: ContainerState,
    }
}

/// Whether a container is ready. Unlike most fields it is printed when false.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ready(pub bool);

/// How often a container was started again. Unlike most fields it is printed when zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RestartCount(pub i32);

/// What a container is doing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ContainerState {
    /// Nothing yet.
    Waiting {
        /// Why, in a word.
        #[serde(default, skip_serializing_if = "Absent::absent")]
        reason: Str,
        /// Why, in a sentence.
        #[serde(default, skip_serializing_if = "Absent::absent")]
        message: String,
    },
    /// Running.
    Running {
        /// Since when.
        #[serde(default)]
        started_at: Option<Timestamp>,
    },
    /// It has ended.
    Terminated {
        /// The exit code of its process.
        exit_code: i32,
        /// The signal that ended it, or 0.
        #[serde(default, skip_serializing_if = "Absent::absent")]
        signal: i32,
        /// Why, in a word: `Completed`, `Error`, `OOMKilled`.
        #[serde(default, skip_serializing_if = "Absent::absent")]
        reason: Str,
        /// When it started.
        #[serde(default)]
        started_at: Option<Timestamp>,
        /// When it ended.
        #[serde(default)]
        finished_at: Option<Timestamp>,
        /// Which container of the runtime it was.
        #[serde(
            default,
            rename = "containerID",
            skip_serializing_if = "Absent::absent"
        )]
        container_id: Str,
    },
}

/// Where a Pod is in its life.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize, Deserialize,
)]
pub enum PodPhase {
    /// Accepted; not all containers run yet.
    #[default]
    Pending,
    /// Bound, with at least one container running or about to.
    Running,
    /// All containers ended well and none comes back.
    Succeeded,
    /// All containers ended, one of them badly.
    Failed,
    /// Its node does not answer.
    Unknown,
}

/// When the kubelet starts a container again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum RestartPolicy {
    /// Whenever it ends.
    #[default]
    Always,
    /// When it ends badly.
    OnFailure,
    /// Never.
    Never,
}

impl PodPhase {
    /// As Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            PodPhase::Pending => "Pending",
            PodPhase::Running => "Running",
            PodPhase::Succeeded => "Succeeded",
            PodPhase::Failed => "Failed",
            PodPhase::Unknown => "Unknown",
        }
    }

    /// Whether nothing more will run.
    pub fn is_finished(self) -> bool {
        matches!(self, PodPhase::Succeeded | PodPhase::Failed)
    }
}

impl Default for ContainerState {
    fn default() -> Self {
        ContainerState::Waiting {
            reason: Str::default(),
            message: String::new(),
        }
    }
}

impl PodStatus {
    /// The condition of this type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions
            .iter()
            .find(|condition| &*condition.kind == kind)
    }

    /// Whether the Pod may get traffic.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready")
            .is_some_and(|condition| condition.status == super::ConditionStatus::True)
    }
}

impl Toleration {
    /// Whether a Pod with it puts up with this taint
    /// (`component-helpers/scheduling/corev1/helpers.go`, ToleratesTaint).
    pub fn tolerates(&self, taint: &super::Taint) -> bool {
        let value_fits = match &*self.operator {
            "" | "Equal" => self.value == taint.value,
            "Exists" => true,
            _ => false,
        };
        self.effect.is_none_or(|effect| effect == taint.effect)
            && (self.key.is_empty() || self.key == taint.key)
            && value_fits
    }
}

impl Pod {
    /// Whether it neither has ended nor is being deleted: what a controller counts as its own.
    pub fn is_active(&self) -> bool {
        !self.status.phase.is_finished() && !self.metadata.is_deleting()
    }
}

macro_rules! always_printed {
    ($($ty:ty),*) => {$(
        impl Absent for $ty {
            fn absent(&self) -> bool {
                false
            }
        }
    )*};
}
always_printed!(Ready, RestartCount, ContainerState, PodPhase, RestartPolicy);
