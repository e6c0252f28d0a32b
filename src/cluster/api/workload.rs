use serde::{Deserialize, Serialize};

use super::{
    Absent, Condition, IntOrString, LabelSelector, Labels, ObjectMeta, PodTemplateSpec, record,
};

record! {
    /// Keeps a number of like Pods running: the older form.
    ReplicationController {
        metadata: ObjectMeta,
        spec: ReplicationControllerSpec,
        status: ReplicaSetStatus,
    }

    /// What is wanted of a ReplicationController.
    ReplicationControllerSpec {
        replicas: Option<i32>,
        min_ready_seconds: i32,
        selector: Labels,
        template: Option<PodTemplateSpec>,
    }

    /// Keeps a number of like Pods running.
    ReplicaSet {
        metadata: ObjectMeta,
        spec: ReplicaSetSpec,
        status: ReplicaSetStatus,
    }

    /// What is wanted of a ReplicaSet.
    ReplicaSetSpec {
        replicas: Option<i32>,
        min_ready_seconds: i32,
        selector: Option<LabelSelector>,
        template: PodTemplateSpec,
    }

    /// How many Pods there are; the same for both.
    ReplicaSetStatus {
        replicas: Count,
        fully_labeled_replicas: i32,
        ready_replicas: i32,
        available_replicas: i32,
        terminating_replicas: Option<i32>,
        observed_generation: i64,
        conditions: Vec<Condition>,
    }

    /// Moves from one version of a Pod template to the next.
    Deployment {
        metadata: ObjectMeta,
        spec: DeploymentSpec,
        status: DeploymentStatus,
    }

    /// What is wanted of a Deployment.
    DeploymentSpec {
        replicas: Option<i32>,
        selector: Option<LabelSelector>,
        template: PodTemplateSpec,
        strategy: DeploymentStrategy,
        min_ready_seconds: i32,
        revision_history_limit: Option<i32>,
        paused: bool,
        progress_deadline_seconds: Option<i32>,
    }

    /// How new Pods take the place of old ones.
    DeploymentStrategy {
        #[serde(rename = "type")]
        kind: Option<StrategyType>,
        rolling_update: Option<RollingUpdateDeployment>,
    }

    /// How far a rolling update may stray from the wanted number.
    RollingUpdateDeployment {
        max_unavailable: Option<IntOrString>,
        max_surge: Option<IntOrString>,
    }

    /// How far a Deployment has come.
    DeploymentStatus {
        observed_generation: i64,
        replicas: i32,
        updated_replicas: i32,
        ready_replicas: i32,
        available_replicas: i32,
        unavailable_replicas: i32,
        terminating_replicas: Option<i32>,
        conditions: Vec<Condition>,
        collision_count: Option<i32>,
    }
}

/// A number that is printed even when it is zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Count(pub i32);

impl Absent for Count {
    fn absent(&self) -> bool {
        false
    }
}

/// How a Deployment replaces its Pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StrategyType {
    /// All old ones go before a new one comes.
    Recreate,
    /// A few at a time.
    RollingUpdate,
}
