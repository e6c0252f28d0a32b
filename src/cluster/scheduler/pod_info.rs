use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::requests::Requests;
use crate::cluster::api::{
    Labels, Pod, PodAffinityTerm, RestartPolicy, Selector, Str, Uid, WeightedPodAffinityTerm,
};

/// A Pod, with what scheduling needs of it worked out once.
#[derive(Clone, Debug)]
pub(super) struct PodInfo {
    pub(super) pod: Rc<Pod>,
    pub(super) requests: Requests,
    pub(super) priority: i32,
    pub(super) ports: Box<[HostPort]>,
    pub(super) terms: Option<Rc<AffinityTerms>>,
}

/// A port of the host a Pod asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct HostPort {
    ip: String,
    protocol: Str,
    port: i32,
}

/// How a Pod is drawn to other Pods and kept from them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct AffinityTerms {
    pub(super) required: Vec<AffinityTerm>,
    pub(super) required_anti: Vec<AffinityTerm>,
    pub(super) preferred: Vec<(i64, AffinityTerm)>,
    pub(super) preferred_anti: Vec<(i64, AffinityTerm)>,
}

/// Which Pods, in which namespaces, and within what they are near.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct AffinityTerm {
    namespaces: Vec<Str>,
    namespace_selector: Selector,
    selector: Selector,
    pub(super) topology_key: Str,
}

/// The labels of the namespaces.
pub(super) type Namespaces = FxHashMap<Str, Labels>;

impl PodInfo {
    pub(super) fn new(pod: Rc<Pod>) -> PodInfo {
        PodInfo {
            requests: Requests::of(&pod.spec),
            priority: pod.spec.priority.unwrap_or(0),
            ports: host_ports(&pod),
            terms: AffinityTerms::of(&pod).map(Rc::new),
            pod,
        }
    }

    /// The same Pod in a later state; what its spec says is kept if that is the same.
    pub(super) fn updated(&self, pod: Rc<Pod>) -> PodInfo {
        if Rc::ptr_eq(&self.pod.spec, &pod.spec)
            && self.pod.metadata.namespace == pod.metadata.namespace
        {
            return PodInfo {
                pod,
                ..self.clone()
            };
        }
        PodInfo::new(pod)
    }

    pub(super) fn uid(&self) -> &Uid {
        &self.pod.metadata.uid
    }

    pub(super) fn namespace(&self) -> &Str {
        &self.pod.metadata.namespace
    }

    pub(super) fn labels(&self) -> &Labels {
        &self.pod.metadata.labels
    }

    pub(super) fn terms(&self) -> &AffinityTerms {
        const NONE: &AffinityTerms = &AffinityTerms {
            required: Vec::new(),
            required_anti: Vec::new(),
            preferred: Vec::new(),
            preferred_anti: Vec::new(),
        };
        self.terms.as_deref().unwrap_or(NONE)
    }
}

/// Whether a Pod wants a port of its node that one of the others has.
pub(crate) fn wants_taken_port<'a>(pod: &Pod, mut others: impl Iterator<Item = &'a Pod>) -> bool {
    let wanted = host_ports(pod);
    !wanted.is_empty()
        && others.any(|other| {
            let taken = host_ports(other);
            let mut taken = taken.iter();
            taken.any(|taken| wanted.iter().any(|wanted| wanted.conflicts(taken)))
        })
}

fn host_ports(pod: &Pod) -> Box<[HostPort]> {
    let sidecars = pod.spec.init_containers.iter();
    let sidecars = sidecars.filter(|one| one.restart_policy == Some(RestartPolicy::Always));
    let ports = pod.spec.containers.iter().chain(sidecars);
    let ports = ports.flat_map(|container| &container.ports);
    ports
        .filter(|port| port.host_port > 0)
        .map(|port| HostPort {
            ip: match port.host_ip.is_empty() {
                true => HostPort::EVERY_IP.to_owned(),
                false => port.host_ip.clone(),
            },
            protocol: match port.protocol.is_empty() {
                true => "TCP".into(),
                false => port.protocol.clone(),
            },
            port: port.host_port,
        })
        .collect()
}

impl HostPort {
    const EVERY_IP: &str = "0.0.0.0";

    /// Whether both cannot be had on one node (`kube-scheduler/framework/types.go`, CheckConflict).
    pub(super) fn conflicts(&self, other: &HostPort) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.ip == other.ip
                || self.ip == HostPort::EVERY_IP
                || other.ip == HostPort::EVERY_IP)
    }
}

impl AffinityTerms {
    fn of(pod: &Pod) -> Option<AffinityTerms> {
        let affinity = pod.spec.affinity.as_deref()?;
        let mut terms = AffinityTerms::default();
        if let Some(affinity) = &affinity.pod_affinity {
            terms.required = required(
                &affinity.required_during_scheduling_ignored_during_execution,
                pod,
            );
            terms.preferred = preferred(
                &affinity.preferred_during_scheduling_ignored_during_execution,
                pod,
            );
        }
        if let Some(affinity) = &affinity.pod_anti_affinity {
            terms.required_anti = required(
                &affinity.required_during_scheduling_ignored_during_execution,
                pod,
            );
            terms.preferred_anti = preferred(
                &affinity.preferred_during_scheduling_ignored_during_execution,
                pod,
            );
        }
        (terms != AffinityTerms::default()).then_some(terms)
    }
}

fn required(terms: &[PodAffinityTerm], pod: &Pod) -> Vec<AffinityTerm> {
    terms
        .iter()
        .map(|term| AffinityTerm::of(term, pod))
        .collect()
}

fn preferred(terms: &[WeightedPodAffinityTerm], pod: &Pod) -> Vec<(i64, AffinityTerm)> {
    let terms = terms.iter().filter(|term| term.weight != 0);
    terms
        .map(|term| {
            (
                i64::from(term.weight),
                AffinityTerm::of(&term.pod_affinity_term, pod),
            )
        })
        .collect()
}

impl AffinityTerm {
    /// Without namespaces it means the Pod's own.
    fn of(term: &PodAffinityTerm, pod: &Pod) -> AffinityTerm {
        let parsed = |selector| Selector::of(selector).unwrap_or_else(|_| Selector::nothing());
        let mut namespaces = term.namespaces.clone();
        if namespaces.is_empty() && term.namespace_selector.is_none() {
            namespaces.push(pod.metadata.namespace.clone());
        }
        AffinityTerm {
            namespaces,
            namespace_selector: parsed(term.namespace_selector.as_ref()),
            selector: parsed(term.label_selector.as_ref()),
            topology_key: term.topology_key.clone(),
        }
    }

    /// Whether it means a Pod with these labels in this namespace.
    pub(super) fn matches(&self, namespace: &Str, labels: &Labels, all: &Namespaces) -> bool {
        let listed = self.namespaces.contains(namespace);
        let in_namespace = listed || {
            let none = Labels::default();
            let labels = all.get(namespace).unwrap_or(&none);
            self.namespace_selector.matches(labels)
        };
        in_namespace && self.selector.matches(labels)
    }

    /// Whether all of them mean that Pod; without terms none does.
    pub(super) fn all_match(
        terms: &[AffinityTerm],
        (namespace, labels): (&Str, &Labels),
        all: &Namespaces,
    ) -> bool {
        !terms.is_empty()
            && terms
                .iter()
                .all(|term| term.matches(namespace, labels, all))
    }
}
