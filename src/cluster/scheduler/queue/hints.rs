use std::rc::Rc;

use super::{ClusterEvent, NodeChange, PodChange};
use crate::cluster::{
    api::{Labels, Node, Pod, Selector},
    scheduler::{
        cache::node_as_empty,
        framework::{Plugin, Plugins},
        plugins::{
            node_affinity::RequiredNodeAffinity, node_resources, node_unschedulable,
            taint_toleration,
        },
        pod_info::{AffinityTerm, Namespaces, PodInfo},
    },
};

/// Whether the event could let the Pod pass one of the plugins that rejected it: each plugin's queueing
/// hints. Without rejectors the Pod failed of an error, and anything is worth a try.
pub(in crate::cluster::scheduler) fn is_worth_requeueing(
    info: &PodInfo,
    rejectors: Plugins,
    event: &ClusterEvent,
    namespaces: &Rc<Namespaces>,
) -> bool {
    if rejectors.is_empty() {
        return true;
    }
    if let ClusterEvent::Timeout(uid) | ClusterEvent::Activate(uid) = event {
        return uid == info.uid();
    }
    let asked = event.interests().and(rejectors);
    asked
        .iter()
        .any(|plugin| says_queue(plugin, info, event, namespaces))
}

fn says_queue(
    plugin: Plugin,
    info: &PodInfo,
    event: &ClusterEvent,
    namespaces: &Rc<Namespaces>,
) -> bool {
    let is_itself = |pod: &Pod| pod.metadata.uid == *info.uid();
    match plugin {
        Plugin::NodeUnschedulable => match event {
            ClusterEvent::NodeAdded(node) => !node.spec.unschedulable,
            ClusterEvent::NodeUpdated { before, after, .. } => {
                before.spec.unschedulable && !after.spec.unschedulable
            }
            ClusterEvent::PodUpdated { after, .. } => {
                is_itself(after) && node_unschedulable::tolerates_cordon(&after.spec.tolerations)
            }
            _ => false,
        },
        Plugin::TaintToleration => {
            let tolerated =
                |node: &Node| taint_toleration::filter(&info.pod.spec.tolerations, node);
            match event {
                ClusterEvent::NodeAdded(node) => tolerated(node),
                ClusterEvent::NodeUpdated { before, after, .. } => {
                    !tolerated(before) && tolerated(after)
                }
                ClusterEvent::PodUpdated { after, .. } => is_itself(after),
                _ => false,
            }
        }
        Plugin::NodeAffinity => {
            let required = RequiredNodeAffinity::of(&info.pod.spec);
            match event {
                ClusterEvent::NodeAdded(node) => required.matches(node),
                ClusterEvent::NodeUpdated { before, after, .. } => {
                    required.matches(after) && !required.matches(before)
                }
                _ => false,
            }
        }
        Plugin::NodePorts => match event {
            ClusterEvent::NodeAdded(_) => true,
            ClusterEvent::PodDeleted(pod) => {
                let freed = PodInfo::new(pod.clone()).ports;
                let mut wanted = info.ports.iter();
                wanted.any(|wanted| freed.iter().any(|freed| wanted.conflicts(freed)))
            }
            _ => false,
        },
        Plugin::NodeResourcesFit => match event {
            ClusterEvent::NodeAdded(node) => fits_if_empty(info, node),
            ClusterEvent::NodeUpdated { before, after, .. } => {
                fits_if_empty(info, after) && has_more_of_what_is_asked(info, before, after)
            }
            ClusterEvent::PodDeleted(pod) => holds_a_node(pod),
            _ => false,
        },
        Plugin::PodTopologySpread => spread_says_queue(info, event),
        Plugin::InterPodAffinity => affinity_says_queue(info, event, namespaces),
        Plugin::SchedulingGates => match event {
            ClusterEvent::PodUpdated { after, .. } => is_itself(after),
            _ => false,
        },
        Plugin::NodeName => matches!(event, ClusterEvent::NodeAdded(_)),
        // Whoever rejected the Pod before decides (`default_preemption.go`).
        Plugin::DefaultPreemption
        | Plugin::NodeResourcesBalancedAllocation
        | Plugin::ImageLocality => false,
    }
}

/// Whether others had to reckon with the Pod on some node.
fn holds_a_node(pod: &Pod) -> bool {
    !pod.spec.node_name.is_empty() || !pod.status.nominated_node_name.is_empty()
}

fn fits_if_empty(info: &PodInfo, node: &Rc<Node>) -> bool {
    node_resources::shortage(&info.requests, &node_as_empty(node)).is_none()
}

/// `noderesources/fit.go`, haveAnyRequestedResourcesIncreased.
fn has_more_of_what_is_asked(info: &PodInfo, before: &Rc<Node>, after: &Rc<Node>) -> bool {
    let (before, after) = (node_as_empty(before), node_as_empty(after));
    let (before, after) = (before.allocatable, after.allocatable);
    let asked = &info.requests;
    let scalars = asked.scalars.iter().filter(|(_, amount)| *amount != 0);
    after.pods > before.pods
        || (asked.milli_cpu > 0 && after.milli_cpu > before.milli_cpu)
        || (asked.memory > 0 && after.memory > before.memory)
        || (asked.ephemeral_storage > 0 && after.ephemeral_storage > before.ephemeral_storage)
        || scalars
            .map(|(name, _)| (before.scalar(name), after.scalar(name)))
            .any(|(before, after)| after > before)
}

/// `podtopologyspread/plugin.go`, isSchedulableAfterPodChange and isSchedulableAfterNodeChange.
fn spread_says_queue(info: &PodInfo, event: &ClusterEvent) -> bool {
    let constraints = info.pod.spec.topology_spread_constraints.iter();
    let constraints: Vec<_> = constraints
        .filter(|one| &*one.when_unsatisfiable == "DoNotSchedule")
        .collect();
    let selected = |labels: &Labels| -> Vec<bool> {
        let constraints = constraints.iter();
        constraints
            .map(|one| {
                Selector::of(one.label_selector.as_ref())
                    .is_ok_and(|selector| selector.matches(labels))
            })
            .collect()
    };
    let involved = |pod: &Pod| {
        pod.metadata.uid == *info.uid()
            || (holds_a_node(pod) && pod.metadata.namespace == *info.namespace())
    };
    let has_keys = |node: &Node| {
        let mut keys = constraints.iter().map(|one| &one.topology_key);
        keys.all(|key| node.metadata.labels.contains_key(key))
    };
    match event {
        ClusterEvent::PodAdded(pod) | ClusterEvent::PodDeleted(pod) => {
            involved(pod) && selected(&pod.metadata.labels).contains(&true)
        }
        ClusterEvent::PodUpdated {
            before,
            after,
            what,
        } => {
            let honors_taints = constraints
                .iter()
                .any(|one| one.node_taints_policy.as_deref() == Some("Honor"));
            involved(before)
                && involved(after)
                && match what {
                    PodChange::Tolerations => after.metadata.uid == *info.uid() && honors_taints,
                    _ => selected(&before.metadata.labels) != selected(&after.metadata.labels),
                }
        }
        ClusterEvent::NodeAdded(node) | ClusterEvent::NodeDeleted(node) => has_keys(node),
        ClusterEvent::NodeUpdated {
            before,
            after,
            what,
        } => {
            let value = |node: &Node, key: &str| node.metadata.labels.get(key).map(str::to_owned);
            has_keys(before) != has_keys(after)
                || (has_keys(after)
                    && (*what == NodeChange::Taints
                        || constraints.iter().any(|one| {
                            value(before, &one.topology_key) != value(after, &one.topology_key)
                        })))
        }
        ClusterEvent::Timeout(_) | ClusterEvent::Activate(_) => false,
    }
}

/// `interpodaffinity/plugin.go`, isSchedulableAfterPodChange and isSchedulableAfterNodeChange.
fn affinity_says_queue(info: &PodInfo, event: &ClusterEvent, namespaces: &Rc<Namespaces>) -> bool {
    let own = info.terms();
    let meant = |terms: &[AffinityTerm], pod: &Pod| {
        let pod = (&pod.metadata.namespace, &pod.metadata.labels);
        AffinityTerm::all_match(terms, pod, namespaces)
    };
    match event {
        ClusterEvent::PodAdded(pod) => holds_a_node(pod) && meant(&own.required, pod),
        ClusterEvent::PodDeleted(pod) => {
            let theirs = PodInfo::new(pod.clone());
            holds_a_node(pod)
                && (meant(&own.required_anti, pod)
                    || meant(&theirs.terms().required_anti, &info.pod))
        }
        ClusterEvent::PodUpdated { before, after, .. } => {
            after.metadata.uid == *info.uid()
                || (holds_a_node(after)
                    && ((!meant(&own.required, before) && meant(&own.required, after))
                        || (meant(&own.required_anti, before)
                            && !meant(&own.required_anti, after))))
        }
        ClusterEvent::NodeAdded(node) => {
            let mut keys = own.required.iter().map(|term| &term.topology_key);
            keys.any(|key| node.metadata.labels.contains_key(key)) || !own.required_anti.is_empty()
        }
        ClusterEvent::NodeUpdated { before, after, .. } => {
            let value = |node: &Node, key: &str| node.metadata.labels.get(key).map(str::to_owned);
            let changed = |term: &AffinityTerm| {
                let key = &term.topology_key;
                (value(before, key), value(after, key))
            };
            let mut wanted = own.required.iter().map(changed);
            let mut unwanted = own.required_anti.iter().map(changed);
            wanted.any(|(before, after)| after.is_some() && before != after)
                || unwanted.any(|(before, after)| before.is_some() && before != after)
        }
        _ => false,
    }
}
