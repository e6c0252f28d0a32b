use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::pod_info::PodInfo;
use crate::cluster::api::{Pod, Str, Uid};

/// Pods for which room was made on a node: until they are there, others of lower or equal priority treat
/// them as if they were (`backend/queue/nominator.go`).
#[derive(Clone, Debug, Default)]
pub(super) struct Nominator {
    by_node: FxHashMap<Str, Vec<Rc<PodInfo>>>,
    nodes: FxHashMap<Uid, Str>,
}

impl Nominator {
    /// The Pod is to have that node; without one, none.
    pub(super) fn nominate(&mut self, info: Rc<PodInfo>, node: &Str) {
        self.remove(info.uid());
        if node.is_empty() {
            return;
        }
        self.nodes.insert(info.uid().clone(), node.clone());
        self.by_node.entry(node.clone()).or_default().push(info);
    }

    /// A Pod changed. What was decided here, and is not in the object yet, stays.
    pub(super) fn update(&mut self, before: &Pod, info: &Rc<PodInfo>) {
        let said = &info.pod.status.nominated_node_name;
        let known = self.nodes.get(info.uid()).cloned();
        let node = match known {
            Some(known) if said.is_empty() && before.status.nominated_node_name.is_empty() => known,
            _ => said.clone(),
        };
        self.nominate(info.clone(), &node);
    }

    pub(super) fn remove(&mut self, uid: &Uid) {
        let Some(node) = self.nodes.remove(uid) else {
            return;
        };
        if let Some(infos) = self.by_node.get_mut(&node) {
            infos.retain(|info| info.uid() != uid);
            if infos.is_empty() {
                self.by_node.remove(&node);
            }
        }
    }

    /// The node a Pod is to have.
    pub(super) fn node_of(&self, uid: &Uid) -> Option<&Str> {
        self.nodes.get(uid)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_node.is_empty()
    }

    /// The Pods that are to have that node.
    pub(super) fn on(&self, node: &str) -> &[Rc<PodInfo>] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }
}
