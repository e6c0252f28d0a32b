use std::{collections::BTreeMap, rc::Rc};

use rustc_hash::FxHashMap;

use super::cache::{Classes, SelectorId};
use crate::cluster::api::{
    Key, Labels, Pod, ReplicaSet, ReplicationController, Selector, Service, Str,
};

/// The Services, ReplicationControllers and ReplicaSets, by which Pods that say nothing are spread
/// (`plugins/helper/spread.go`, DefaultSelector).
#[derive(Clone, Debug)]
pub(super) struct Workloads {
    services: FxHashMap<Key, Labels>,
    /// The Services whose selector begins with that label.
    by_label: FxHashMap<(Str, Str, Str), Vec<Str>>,
    controllers: FxHashMap<Key, Labels>,
    replica_sets: FxHashMap<Key, Selector>,
    /// Counts the changes of selectors.
    changes: u64,
    known: FxHashMap<Asked, Found>,
    default_keys: [(Str, i64); 2],
}

impl Default for Workloads {
    fn default() -> Self {
        Workloads {
            services: FxHashMap::default(),
            by_label: FxHashMap::default(),
            controllers: FxHashMap::default(),
            replica_sets: FxHashMap::default(),
            changes: 0,
            known: FxHashMap::default(),
            default_keys: [
                ("kubernetes.io/hostname".into(), 3),
                ("topology.kubernetes.io/zone".into(), 5),
            ],
        }
    }
}

/// All that the answer depends on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Asked {
    namespace: Str,
    labels: Labels,
    owner: Option<(Str, Str)>,
}

#[derive(Clone, Debug)]
struct Found {
    changes: u64,
    selector: Option<(Rc<Selector>, SelectorId)>,
}

/// How many answers are kept.
const REMEMBERED: usize = 10_000;

impl Workloads {
    /// By which labels Pods are spread that say nothing, and how unevenly at most
    /// (`podtopologyspread/plugin.go`, systemDefaultConstraints).
    pub(super) fn default_keys(&self) -> &[(Str, i64); 2] {
        &self.default_keys
    }

    pub(super) fn set_service(&mut self, service: &Service) {
        let key = service.metadata.key();
        let selector = &service.spec.selector;
        if self.services.get(&key).is_some_and(|one| one == selector) {
            return;
        }
        self.remove_service(&key);
        if let Some((label, value)) = selector.iter().next() {
            let first = (key.namespace.clone(), label.clone(), value.clone());
            self.by_label
                .entry(first)
                .or_default()
                .push(key.name.clone());
        }
        self.services.insert(key, selector.clone());
        self.changes += 1;
    }

    pub(super) fn remove_service(&mut self, key: &Key) {
        let Some(selector) = self.services.remove(key) else {
            return;
        };
        if let Some((label, value)) = selector.iter().next() {
            let first = (key.namespace.clone(), label.clone(), value.clone());
            if let Some(names) = self.by_label.get_mut(&first) {
                names.retain(|name| *name != key.name);
                if names.is_empty() {
                    self.by_label.remove(&first);
                }
            }
        }
        self.changes += 1;
    }

    pub(super) fn set_controller(&mut self, controller: &ReplicationController) {
        let selector = &controller.spec.selector;
        let key = controller.metadata.key();
        if self.controllers.get(&key) != Some(selector) {
            self.controllers.insert(key, selector.clone());
            self.changes += 1;
        }
    }

    pub(super) fn remove_controller(&mut self, key: &Key) {
        self.changes += u64::from(self.controllers.remove(key).is_some());
    }

    pub(super) fn set_replica_set(&mut self, replica_set: &ReplicaSet) {
        let Ok(selector) = Selector::of(replica_set.spec.selector.as_ref()) else {
            return;
        };
        let key = replica_set.metadata.key();
        if self.replica_sets.get(&key) != Some(&selector) {
            self.replica_sets.insert(key, selector);
            self.changes += 1;
        }
    }

    pub(super) fn remove_replica_set(&mut self, key: &Key) {
        self.changes += u64::from(self.replica_sets.remove(key).is_some());
    }

    /// What selects the Pods that serve or belong together with this one; None if nothing does.
    pub(super) fn selector_for(
        &mut self,
        pod: &Pod,
        classes: &mut Classes,
    ) -> Option<(Rc<Selector>, SelectorId)> {
        let owner = pod.metadata.controller();
        let asked = Asked {
            namespace: pod.metadata.namespace.clone(),
            labels: pod.metadata.labels.clone(),
            owner: owner.map(|owner| (owner.kind.clone(), owner.name.clone())),
        };
        if let Some(found) = self.known.get(&asked)
            && found.changes == self.changes
        {
            return found.selector.clone();
        }
        let selector = self.default_selector(pod);
        let selector = (!selector.is_everything()).then(|| {
            let id = classes.watch(&pod.metadata.namespace, &selector);
            (Rc::new(selector), id)
        });
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let found = Found {
            changes: self.changes,
            selector: selector.clone(),
        };
        self.known.insert(asked, found);
        selector
    }

    pub(super) fn default_selector(&self, pod: &Pod) -> Selector {
        let meta = &pod.metadata;
        let mut labels: BTreeMap<Str, Str> = BTreeMap::new();
        for (label, value) in meta.labels.iter() {
            let first = (meta.namespace.clone(), label.clone(), value.clone());
            for name in self.by_label.get(&first).into_iter().flatten() {
                let key = Key::new(meta.namespace.clone(), name.clone());
                let Some(selector) = self.services.get(&key) else {
                    continue;
                };
                if selector.all_in(&meta.labels) {
                    labels.extend(
                        selector
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone())),
                    );
                }
            }
        }
        let Some(owner) = meta.controller() else {
            return Selector::of_labels(&labels.into_iter().collect());
        };
        let key = Key::new(meta.namespace.clone(), owner.name.clone());
        match (&*owner.api_version, &*owner.kind) {
            ("v1", "ReplicationController") => {
                if let Some(selector) = self.controllers.get(&key) {
                    labels.extend(
                        selector
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone())),
                    );
                }
                Selector::of_labels(&labels.into_iter().collect())
            }
            ("apps/v1", "ReplicaSet") => {
                let services = Selector::of_labels(&labels.into_iter().collect());
                let mut requirements = services.requirements().to_vec();
                if let Some(selector) = self.replica_sets.get(&key) {
                    requirements.extend_from_slice(selector.requirements());
                }
                Selector::new(requirements)
            }
            _ => Selector::of_labels(&labels.into_iter().collect()),
        }
    }
}
