use std::rc::Rc;

use super::{Description, events, long, pod};
use crate::cluster::{
    api::{
        Condition, Deployment, Event, IntOrString, Object, PodPhase, ReplicaSet,
        ReplicationController, Selector, StrategyType,
    },
    kubectl::print::{labels_text, or_none, selector_text},
};

/// How many Pods are in which phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::cluster::kubectl) struct PodCounts {
    running: usize,
    waiting: usize,
    succeeded: usize,
    failed: usize,
}

impl PodCounts {
    pub(in crate::cluster::kubectl) fn of(pods: &[Object]) -> PodCounts {
        let mut counts = PodCounts::default();
        for object in pods {
            let Object::Pod(pod) = object else { continue };
            match pod.status.phase {
                PodPhase::Running => counts.running += 1,
                PodPhase::Pending => counts.waiting += 1,
                PodPhase::Succeeded => counts.succeeded += 1,
                PodPhase::Failed => counts.failed += 1,
                PodPhase::Unknown => {}
            }
        }
        counts
    }

    fn text(self) -> String {
        let PodCounts {
            running,
            waiting,
            succeeded,
            failed,
        } = self;
        format!("{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed")
    }
}

fn conditions(to: &mut Description, conditions: &[Condition]) {
    if conditions.is_empty() {
        return;
    }
    to.line(0, "Conditions:");
    to.line(1, "Type\tStatus\tReason");
    to.line(1, "----\t------\t------");
    for condition in conditions {
        let status = condition.status.as_str();
        to.line(
            1,
            format!("{} \t{status}\t{}", condition.kind, condition.reason),
        );
    }
}

/// describeReplicationController.
pub(in crate::cluster::kubectl) fn replication_controller(
    mut to: Description,
    rc: &ReplicationController,
    pods: PodCounts,
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec, status) = (&rc.metadata, &rc.spec, &rc.status);
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.field(0, "Selector", labels_text(&spec.selector));
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    replicas(&mut to, status.replicas.0, spec.replicas);
    to.field(0, "Pods Status", pods.text());
    pod::template(&mut to, spec.template.as_ref());
    conditions(&mut to, &status.conditions);
    events::write(&mut to, events);
    to.finish()
}

fn replicas(to: &mut Description, current: i32, wanted: Option<i32>) {
    let wanted = wanted.unwrap_or_default();
    to.field(
        0,
        "Replicas",
        format!("{current} current / {wanted} desired"),
    );
}

/// describeReplicaSet.
pub(in crate::cluster::kubectl) fn replica_set(
    mut to: Description,
    rs: &ReplicaSet,
    pods: PodCounts,
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec, status) = (&rs.metadata, &rs.spec, &rs.status);
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.field(0, "Selector", selector_text(spec.selector.as_ref()));
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    to.controller(meta);
    replicas(&mut to, status.replicas.0, spec.replicas);
    to.field(0, "Pods Status", pods.text());
    pod::template(&mut to, Some(&spec.template));
    conditions(&mut to, &status.conditions);
    events::write(&mut to, events);
    to.finish()
}

/// describeDeployment; the ReplicaSets are those of its older templates, and that of its present one.
pub(in crate::cluster::kubectl) fn deployment(
    mut to: Description,
    deployment: &Deployment,
    (old, new): (&[&ReplicaSet], &[&ReplicaSet]),
    events: Option<&[Rc<Event>]>,
) -> String {
    let (meta, spec, status) = (&deployment.metadata, &deployment.spec, &deployment.status);
    to.field(0, "Name", &meta.name);
    to.field(0, "Namespace", &meta.namespace);
    to.field(0, "CreationTimestamp", long(meta.creation_timestamp));
    to.labels("Labels", &meta.labels);
    to.annotations("Annotations", &meta.annotations);
    let selector = Selector::of(spec.selector.as_ref());
    let selector = selector.map(|selector| selector.to_string());
    to.field(0, "Selector", selector.unwrap_or_default());
    to.field(
        0,
        "Replicas",
        format!(
            "{} desired | {} updated | {} total | {} available | {} unavailable",
            spec.replicas.unwrap_or_default(),
            status.updated_replicas,
            status.replicas,
            status.available_replicas,
            status.unavailable_replicas
        ),
    );
    strategy(&mut to, deployment);
    pod::template(&mut to, Some(&spec.template));
    conditions(&mut to, &status.conditions);
    if !old.is_empty() || !new.is_empty() {
        to.field(0, "OldReplicaSets", replica_sets(old));
        to.field(0, "NewReplicaSet", replica_sets(new));
    }
    events::write(&mut to, events);
    to.finish()
}

fn strategy(to: &mut Description, deployment: &Deployment) {
    let spec = &deployment.spec;
    let strategy = match spec.strategy.kind {
        Some(StrategyType::Recreate) => "Recreate",
        Some(StrategyType::RollingUpdate) => "RollingUpdate",
        None => "",
    };
    to.field(0, "StrategyType", strategy);
    to.field(0, "MinReadySeconds", spec.min_ready_seconds);
    if let Some(update) = &spec.strategy.rolling_update {
        let text = |value: &Option<IntOrString>| match value {
            Some(IntOrString::Int(number)) => number.to_string(),
            Some(IntOrString::Text(text)) => text.clone(),
            None => "0".to_owned(),
        };
        let (unavailable, surge) = (text(&update.max_unavailable), text(&update.max_surge));
        let text = format!("{unavailable} max unavailable, {surge} max surge");
        to.field(0, "RollingUpdateStrategy", text);
    }
}

fn replica_sets(sets: &[&ReplicaSet]) -> String {
    let text = |rs: &&ReplicaSet| {
        let (created, wanted) = (rs.status.replicas.0, rs.spec.replicas.unwrap_or_default());
        format!("{} ({created}/{wanted} replicas created)", rs.metadata.name)
    };
    let texts: Vec<String> = sets.iter().map(text).collect();
    or_none(texts.join(", "))
}
