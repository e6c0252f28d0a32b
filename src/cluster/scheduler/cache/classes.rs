use std::{
    collections::BTreeSet,
    hash::{Hash, Hasher},
    rc::Rc,
};

use rustc_hash::FxHashMap;

use super::{NodeCounts, Slot, Topology, topology::Topologies};
use crate::cluster::{
    api::{Labels, Selector, Str},
    scheduler::pod_info::{AffinityTerms, PodInfo},
};

/// Pods that nothing which looks at Pods can tell apart: how many of them are on which node is all there
/// is to know, so that spreading and affinity need not look at each Pod.
#[derive(Clone, Debug)]
pub(in crate::cluster::scheduler) struct PodClass {
    key: Rc<ClassKey>,
    pods: usize,
    pub(in crate::cluster::scheduler) counts: NodeCounts,
    /// How many are in each domain of one label, if Pods like these are spread by one.
    domains: Option<Domains>,
    /// The watched selectors that select them.
    selected_by: Vec<SelectorId>,
}

/// How many Pods are in each domain of a label.
#[derive(Clone, Debug)]
struct Domains {
    label: Str,
    /// When it was counted; since then it was kept up, but for changes of the nodes.
    generation: u64,
    counts: Vec<u32>,
}

impl Domains {
    fn add(&mut self, domain: u32, pods: u32) {
        let at = domain as usize;
        if at >= self.counts.len() {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += pods;
    }
}

/// What makes Pods alike.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::cluster::scheduler) struct ClassKey {
    pub(in crate::cluster::scheduler) namespace: Str,
    pub(in crate::cluster::scheduler) labels: Labels,
    terminating: bool,
    pub(in crate::cluster::scheduler) terms: Option<Rc<AffinityTerms>>,
}

impl Eq for ClassKey {}

impl Hash for ClassKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.namespace.hash(state);
        self.labels.hash(state);
        self.terminating.hash(state);
        self.terms.is_some().hash(state);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::cluster::scheduler) struct ClassId(u32);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::cluster::scheduler) struct SelectorId(u32);

/// A selector by which Pods are spread, and the classes it selects.
#[derive(Clone, Debug)]
struct Watched {
    selector: Selector,
    classes: Vec<ClassId>,
}

/// All classes that have Pods on nodes.
#[derive(Clone, Debug, Default)]
pub(in crate::cluster::scheduler) struct Classes {
    by_key: FxHashMap<Rc<ClassKey>, ClassId>,
    classes: Vec<PodClass>,
    free: Vec<ClassId>,
    with_terms: BTreeSet<ClassId>,
    watched: Vec<Watched>,
    /// The selectors of each namespace, by how they are written.
    selectors: FxHashMap<Str, FxHashMap<String, SelectorId>>,
}

impl PodClass {
    pub(in crate::cluster::scheduler) fn key(&self) -> &ClassKey {
        &self.key
    }

    /// How many are in each domain, if that was counted.
    pub(in crate::cluster::scheduler) fn domains(&self, label: &str) -> Option<&[u32]> {
        let domains = self.domains.as_ref()?;
        (*domains.label == *label).then_some(&domains.counts)
    }
}

impl Classes {
    /// A Pod is on that node.
    pub(super) fn add(
        &mut self,
        info: &PodInfo,
        slot: Slot,
        (nodes, topologies): (usize, &Topologies),
    ) -> ClassId {
        let key = ClassKey {
            namespace: info.namespace().clone(),
            labels: info.labels().clone(),
            terminating: info.pod.metadata.is_deleting(),
            terms: info.terms.clone(),
        };
        let id = match self.by_key.get(&key) {
            Some(id) => *id,
            None => self.begin(Rc::new(key)),
        };
        if let Some(class) = self.classes.get_mut(id.0 as usize) {
            class.pods += 1;
            class.counts.add(slot, nodes);
            if let Some(domains) = &mut class.domains
                && let Some(domain) = topologies.of(&domains.label, slot)
            {
                domains.add(domain, 1);
            }
        }
        id
    }

    fn begin(&mut self, key: Rc<ClassKey>) -> ClassId {
        let mut class = PodClass {
            key: key.clone(),
            pods: 0,
            counts: NodeCounts::default(),
            domains: None,
            selected_by: Vec::new(),
        };
        let next = ClassId(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        let id = self.free.pop().unwrap_or(next);
        // Pods on their way out do not count when others are spread.
        if !key.terminating
            && let Some(selectors) = self.selectors.get(&key.namespace)
        {
            for selector in selectors.values() {
                let watched = &mut self.watched[selector.0 as usize];
                if watched.selector.matches(&key.labels) {
                    watched.classes.push(id);
                    class.selected_by.push(*selector);
                }
            }
        }
        if key.terms.is_some() {
            self.with_terms.insert(id);
        }
        self.by_key.insert(key, id);
        match self.classes.get_mut(id.0 as usize) {
            Some(place) => *place = class,
            None => self.classes.push(class),
        }
        id
    }

    /// A Pod is no longer on that node.
    pub(super) fn remove(&mut self, id: ClassId, slot: Slot, topologies: &Topologies) {
        let Some(class) = self.classes.get_mut(id.0 as usize) else {
            return;
        };
        class.counts.remove(slot);
        if let Some(domains) = &mut class.domains
            && let Some(domain) = topologies.of(&domains.label, slot)
            && let Some(count) = domains.counts.get_mut(domain as usize)
        {
            *count = count.saturating_sub(1);
        }
        class.pods = class.pods.saturating_sub(1);
        if class.pods > 0 {
            return;
        }
        for selector in std::mem::take(&mut class.selected_by) {
            let classes = &mut self.watched[selector.0 as usize].classes;
            classes.retain(|one| *one != id);
        }
        self.by_key.remove(&class.key);
        self.with_terms.remove(&id);
        self.free.push(id);
    }

    /// From now on the Pods of a namespace that this selects are counted.
    pub(in crate::cluster::scheduler) fn watch(
        &mut self,
        namespace: &Str,
        selector: &Selector,
    ) -> SelectorId {
        let written = selector.to_string();
        let known = self.selectors.get(namespace);
        if let Some(id) = known.and_then(|known| known.get(&written)) {
            return *id;
        }
        let id = SelectorId(u32::try_from(self.watched.len()).unwrap_or(u32::MAX));
        let mut watched = Watched {
            selector: selector.clone(),
            classes: Vec::new(),
        };
        for (at, class) in (0..).zip(&mut self.classes) {
            let key = &class.key;
            if class.pods > 0
                && !key.terminating
                && key.namespace == *namespace
                && selector.matches(&key.labels)
            {
                watched.classes.push(ClassId(at));
                class.selected_by.push(id);
            }
        }
        self.watched.push(watched);
        let selectors = self.selectors.entry(namespace.clone()).or_default();
        selectors.insert(written, id);
        id
    }

    /// Sees to it that the Pods of the selected classes are counted by the domains of this label.
    pub(super) fn count_domains(
        &mut self,
        selector: SelectorId,
        label: &Str,
        (topology, generation): (&Topology, u64),
    ) {
        let watched = self.watched.get(selector.0 as usize);
        for id in watched.into_iter().flat_map(|watched| &watched.classes) {
            let Some(class) = self.classes.get_mut(id.0 as usize) else {
                continue;
            };
            let known = class.domains.as_ref();
            if known.is_some_and(|one| one.label == *label && one.generation == generation) {
                continue;
            }
            let mut domains = Domains {
                label: label.clone(),
                generation,
                counts: Vec::new(),
            };
            class.counts.for_each(|slot, pods| {
                if let Some(domain) = topology.of(slot) {
                    domains.add(domain, pods);
                }
            });
            class.domains = Some(domains);
        }
    }

    /// The classes a watched selector selects.
    pub(in crate::cluster::scheduler) fn selected(
        &self,
        selector: SelectorId,
    ) -> impl Iterator<Item = &PodClass> {
        let watched = self.watched.get(selector.0 as usize);
        let classes = watched.into_iter().flat_map(|watched| &watched.classes);
        classes.filter_map(|id| self.classes.get(id.0 as usize))
    }

    /// The classes whose Pods are drawn to Pods or kept from them.
    pub(in crate::cluster::scheduler) fn with_terms(&self) -> impl Iterator<Item = &PodClass> {
        let ids = self.with_terms.iter();
        ids.filter_map(|id| self.classes.get(id.0 as usize))
    }

    /// All classes that have Pods.
    pub(in crate::cluster::scheduler) fn all(&self) -> impl Iterator<Item = &PodClass> {
        self.classes.iter().filter(|class| class.pods > 0)
    }
}
