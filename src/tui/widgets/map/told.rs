use std::mem::{Discriminant, discriminant};

use super::{Map, gates, light::ends, scene::NodeView};
use crate::cluster::trace::{Actor, Step, StepKind};

/// What was told of so far: of the cluster's parts only these are shown. A part is known on every node
/// once it is on one.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Told {
    parts: Vec<Discriminant<Actor>>,
    /// Authentication, authorization, admission.
    gates: [bool; 3],
}

impl Told {
    /// What these steps tell of.
    pub(in crate::tui) fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Told {
        let mut told = Told::default();
        for step in steps {
            let (from, to) = ends(step);
            told.parts.extend([from, to].iter().map(discriminant));
            if step.kind == StepKind::Gate {
                told.gates[gates::stage(&step.reason).0] = true;
            }
        }
        told
    }

    fn knows(&self, actor: &Actor) -> bool {
        self.parts.contains(&discriminant(actor))
    }
}

impl Map<'_> {
    /// Whether this part is to be seen at all.
    pub(super) fn appears(&self, actor: &Actor) -> bool {
        let Some(told) = &self.told else {
            return true;
        };
        match actor {
            Actor::Kernel(name) => {
                let mut nodes = self.scene.nodes.iter();
                told.knows(actor) || nodes.any(|node| node.name == *name && self.node_appears(node))
            }
            Actor::Pod(_) => true,
            other => told.knows(other),
        }
    }

    /// A node is seen with what is told of on it: one of its parts, or a Pod that is bound to it.
    pub(super) fn node_appears(&self, node: &NodeView) -> bool {
        let name = &node.name;
        let parts = [
            Actor::Kubelet(name.clone()),
            Actor::KubeProxy(name.clone()),
            Actor::Containerd(name.clone()),
            Actor::Cni(name.clone()),
            Actor::Kernel(name.clone()),
        ];
        match &self.told {
            Some(told) => !node.pods.is_empty() || parts.iter().any(|part| told.knows(part)),
            None => true,
        }
    }

    /// The frame around many nodes is seen with the first of them.
    pub(super) fn grid_appears(&self) -> bool {
        let mut nodes = self.scene.nodes.iter();
        nodes.any(|node| self.node_appears(node))
    }

    /// Whether one of the three gates is to be seen.
    pub(super) fn gate_appears(&self, gate: usize) -> bool {
        self.told.as_ref().is_none_or(|told| told.gates[gate])
    }

    /// Whether nothing was told of yet.
    pub(super) fn is_empty(&self) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|told| told.parts.is_empty()) && !self.grid_appears()
    }
}
