use serde_json::Value;

use super::{Condition, Labels, ObjectMeta, ObjectReference, ResourceList, Str, record};
use crate::cluster::moment::{MicroTime, Timestamp};

record! {
    /// A room for names.
    Namespace {
        metadata: ObjectMeta,
        spec: NamespaceSpec,
        status: NamespaceStatus,
    }

    /// What must be done before a namespace may go.
    NamespaceSpec {
        finalizers: Vec<Str>,
    }

    /// Active or Terminating.
    NamespaceStatus {
        phase: Str,
        conditions: Vec<Condition>,
    }

    /// Who a Pod is to the API server.
    ServiceAccount {
        metadata: ObjectMeta,
        automount_service_account_token: Option<bool>,
    }

    /// Settings for Pods; its data is carried.
    ConfigMap {
        metadata: ObjectMeta,
        data: Labels,
    }

    /// Settings that are not shown; its data is carried.
    Secret {
        metadata: ObjectMeta,
        data: Labels,
        string_data: Labels,
        #[serde(rename = "type")]
        kind: Str,
    }

    /// How much a namespace may use.
    ResourceQuota {
        metadata: ObjectMeta,
        spec: ResourceQuotaSpec,
        status: ResourceQuotaStatus,
    }

    /// The bounds.
    ResourceQuotaSpec {
        hard: ResourceList,
    }

    /// The bounds, and how much of them is used.
    ResourceQuotaStatus {
        hard: ResourceList,
        used: ResourceList,
    }

    /// Defaults and bounds for what Pods of a namespace ask for.
    LimitRange {
        metadata: ObjectMeta,
        spec: LimitRangeSpec,
    }

    /// The bounds.
    LimitRangeSpec {
        limits: Vec<LimitRangeItem>,
    }

    /// Bounds for one kind of thing.
    LimitRangeItem {
        #[serde(rename = "type")]
        kind: Str,
        max: ResourceList,
        min: ResourceList,
        default: ResourceList,
        default_request: ResourceList,
        max_limit_request_ratio: ResourceList,
    }

    /// A priority by name.
    PriorityClass {
        metadata: ObjectMeta,
        value: i32,
        global_default: bool,
        description: String,
        preemption_policy: Option<Str>,
    }

    /// Something a component thought worth telling.
    Event {
        metadata: ObjectMeta,
        involved_object: ObjectReference,
        reason: Str,
        message: String,
        source: EventSource,
        first_timestamp: Option<Timestamp>,
        last_timestamp: Option<Timestamp>,
        count: i32,
        #[serde(rename = "type")]
        kind: Str,
        reporting_component: Str,
        reporting_instance: Str,
    }

    /// Who told it.
    EventSource {
        component: Str,
        host: Str,
    }

    /// A sign of life that must be renewed.
    Lease {
        metadata: ObjectMeta,
        spec: LeaseSpec,
    }

    /// Who holds it, and since when.
    LeaseSpec {
        holder_identity: Option<Str>,
        lease_duration_seconds: Option<i32>,
        acquire_time: Option<MicroTime>,
        renew_time: Option<MicroTime>,
        lease_transitions: Option<i32>,
    }

    /// What may be done in a namespace.
    Role {
        metadata: ObjectMeta,
        rules: Vec<PolicyRule>,
    }

    /// What may be done anywhere.
    ClusterRole {
        metadata: ObjectMeta,
        rules: Vec<PolicyRule>,
        aggregation_rule: Option<Value>,
    }

    /// Verbs on resources.
    PolicyRule {
        verbs: Vec<Str>,
        api_groups: Vec<Str>,
        resources: Vec<Str>,
        resource_names: Vec<Str>,
        #[serde(rename = "nonResourceURLs")]
        non_resource_urls: Vec<Str>,
    }

    /// Who has a role in a namespace.
    RoleBinding {
        metadata: ObjectMeta,
        subjects: Vec<Subject>,
        role_ref: RoleRef,
    }

    /// Who has a role everywhere.
    ClusterRoleBinding {
        metadata: ObjectMeta,
        subjects: Vec<Subject>,
        role_ref: RoleRef,
    }

    /// A user, a group or a service account.
    Subject {
        kind: Str,
        api_group: Str,
        name: Str,
        namespace: Str,
    }

    /// A role by name.
    RoleRef {
        api_group: Str,
        kind: Str,
        name: Str,
    }
}
