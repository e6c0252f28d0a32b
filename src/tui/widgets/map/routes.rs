use super::{
    layout::{Form, Layout},
    light::machine,
    plan::{NodeForm, Shown},
    scene::Scene,
    wires::Spot,
};
use crate::cluster::trace::Actor;
use ratatui::layout::Rect;

/// How many columns from a box's left edge wires from above meet it.
pub(super) const INSET: u16 = 2;
/// Where in a node's box the name of kube-proxy ends.
const PROXY_END: u16 = 22;
/// Where in its lower border a call into the kernel ends.
const KERNEL_CALL: u16 = 20;
/// The least width of a box in which kube-proxy reaches the kernel along the border.
const KERNEL: u16 = 27;

impl Layout {
    /// The cells from one actor to another, with the two borders it starts and ends on; None if no wire
    /// joins them.
    pub(super) fn route(&self, scene: &Scene, from: &Actor, to: &Actor) -> Option<Vec<Spot>> {
        let is_there = |actor| {
            self.rect_of(scene, actor)
                .is_some_and(|rect| !rect.is_empty())
        };
        if !is_there(from) || !is_there(to) {
            return None;
        }
        if let Some(path) = self.way(scene, from, to) {
            return Some(path);
        }
        let mut path = self.way(scene, to, from)?;
        path.reverse();
        Some(path)
    }

    /// Routes are described in one direction only: outwards from the API server.
    fn way(&self, scene: &Scene, from: &Actor, to: &Actor) -> Option<Vec<Spot>> {
        if self.form == Form::Lane {
            return self.along_the_lane(scene, from, to);
        }
        match (from, to) {
            (Actor::ApiServer, Actor::Kubectl) => {
                let y = self.apiserver.y + 1;
                Some(line((self.apiserver.x, y), (self.kubectl.right() - 1, y)))
            }
            (Actor::ApiServer, Actor::Etcd) => {
                let y = self.apiserver.y + 1;
                Some(line((self.apiserver.right() - 1, y), (self.etcd.x, y)))
            }
            (Actor::ApiServer, Actor::ControllerManager) => Some(self.down_to(self.manager)),
            (Actor::ApiServer, Actor::Scheduler) => Some(self.down_to(self.scheduler)),
            (Actor::ApiServer, Actor::Kubelet(_) | Actor::KubeProxy(_)) => {
                Some(self.way_to_node(self.shown(scene, to)?))
            }
            (Actor::Client, Actor::Kernel(_) | Actor::Pod(_)) => {
                let client = self.client?;
                let start = (client.x + INSET, client.bottom() - 1);
                Some(self.along_the_bus(start, self.shown(scene, to)?))
            }
            (Actor::Client, Actor::Dns) => {
                let client = self.client?;
                let x = client.x + INSET;
                Some(then(
                    line((x, client.y), (x, client.y + 1)),
                    (x + 2, client.y + 1),
                ))
            }
            (Actor::Kernel(_), Actor::Pod(_)) => {
                self.between(self.shown(scene, from)?, self.shown(scene, to)?)
            }
            (Actor::KubeProxy(_), Actor::Kernel(_)) => {
                self.along_the_border(self.shown(scene, to)?)
            }
            (Actor::Kubelet(_), Actor::Containerd(_)) => {
                let rect = self.inner_parts(scene, to)?;
                let path = line((rect.x, rect.y - 1), (rect.x, rect.y));
                Some(then(path, (rect.x + 2, rect.y)))
            }
            (Actor::Containerd(_), Actor::Cni(_)) => {
                let rect = self.inner_parts(scene, to)?;
                let y = rect.y;
                Some(line((rect.x + 13, y), (rect.x + 16, y)))
            }
            _ => None,
        }
    }

    /// Where kubelet, containerd and the network plugin stand in a node's box, if they do.
    fn inner_parts(&self, scene: &Scene, of: &Actor) -> Option<Rect> {
        let Shown { rect, form, .. } = *self.shown(scene, of)?;
        let room = matches!(form, NodeForm::Full | NodeForm::Whole) && rect.height >= 5;
        room.then_some(Rect::new(rect.x + INSET, rect.y + 2, rect.width - 4, 1))
    }

    fn down_to(&self, part: Rect) -> Vec<Spot> {
        let x = part.x + INSET;
        line((x, self.apiserver.bottom() - 1), (x, part.y))
    }

    /// From the API server to a node.
    pub(super) fn way_to_node(&self, node: &Shown) -> Vec<Spot> {
        let start = (self.trunk.0, self.apiserver.bottom() - 1);
        self.along_the_bus(start, node)
    }

    /// From the API server to the frame around many nodes.
    pub(super) fn way_to_grid(&self, grid: Rect) -> Vec<Spot> {
        let (x, y) = self.trunk;
        let path = line((x, self.apiserver.bottom() - 1), (x, y));
        then(then(path, (grid.x + INSET, y)), (grid.x + INSET, grid.y))
    }

    /// From one node to another, above both.
    fn between(&self, one: &Shown, other: &Shown) -> Option<Vec<Spot>> {
        let (from, to) = (one.rect, other.rect);
        let boxes = [one, other]
            .iter()
            .all(|shown| matches!(shown.form, NodeForm::Full | NodeForm::Whole));
        if one.node == other.node || !boxes {
            return None;
        }
        let above = (from.x + INSET, from.y.checked_sub(1)?);
        let path = line((from.x + INSET, from.y), above);
        let path = then(path, (to.x + INSET, above.1));
        Some(then(path, (to.x + INSET, to.y)))
    }

    /// From kube-proxy along the node's border, to where the call into the kernel is written.
    fn along_the_border(&self, node: &Shown) -> Option<Vec<Spot>> {
        let Shown { rect, form, .. } = *node;
        let roomy = rect.width >= KERNEL && rect.height >= 4;
        if !roomy || !matches!(form, NodeForm::Full | NodeForm::Whole) {
            return None;
        }
        let right = rect.right() - 1;
        let path = line((rect.x + PROXY_END, rect.y + 1), (right, rect.y + 1));
        let path = then(path, (right, rect.bottom() - 1));
        Some(then(path, (rect.x + KERNEL_CALL, rect.bottom() - 1)))
    }

    /// Down to the row of wires, along it, down beside the nodes where they stand in rows, and to the node.
    fn along_the_bus(&self, start: Spot, node: &Shown) -> Vec<Spot> {
        let Shown { rect, form, .. } = *node;
        let mut path = line(start, (start.0, self.trunk.1));
        let last = rect.y.saturating_sub(1);
        match (form, self.riser) {
            (NodeForm::Line | NodeForm::Cell, Some(riser)) => {
                path = then(path, (riser, self.trunk.1));
                path = then(path, (riser, rect.y));
                then(path, (rect.x.saturating_sub(1), rect.y))
            }
            (_, Some(riser)) if last != self.trunk.1 => {
                path = then(path, (riser, self.trunk.1));
                path = then(path, (riser, last));
                path = then(path, (rect.x + INSET, last));
                then(path, (rect.x + INSET, rect.y))
            }
            _ => {
                path = then(path, (rect.x + INSET, self.trunk.1));
                then(path, (rect.x + INSET, rect.y))
            }
        }
    }

    fn along_the_lane(&self, scene: &Scene, from: &Actor, to: &Actor) -> Option<Vec<Spot>> {
        let (from, to) = (self.rect_of(scene, from)?, self.rect_of(scene, to)?);
        if from.y == to.y || from.is_empty() || to.is_empty() {
            return None;
        }
        let x = self.trunk.0;
        let path = line((x + 1, from.y), (x, from.y));
        let path = then(path, (x, to.y));
        Some(then(path, (x + 1, to.y)))
    }

    /// Where most is seen of the node an actor is or runs on.
    pub(super) fn shown(&self, scene: &Scene, actor: &Actor) -> Option<&Shown> {
        let node = match actor {
            Actor::Pod(name) => scene.node_of_pod(name)?,
            other => scene.node(machine(other)?)?,
        };
        self.nodes.find(node)
    }

    /// The box or line of an actor; that of its node for what runs on one.
    pub(super) fn rect_of(&self, scene: &Scene, actor: &Actor) -> Option<Rect> {
        match actor {
            Actor::Kubectl => Some(self.kubectl),
            Actor::ApiServer => Some(self.apiserver),
            Actor::Etcd => Some(self.etcd),
            Actor::ControllerManager => Some(self.manager),
            Actor::Scheduler => Some(self.scheduler),
            Actor::Client | Actor::Dns => self.client,
            other => self.shown(scene, other).map(|shown| shown.rect),
        }
    }
}

/// Straight from one cell to another.
pub(super) fn line(from: Spot, to: Spot) -> Vec<Spot> {
    then(vec![from], to)
}

/// Straight on from the end of a path.
fn then(mut path: Vec<Spot>, to: Spot) -> Vec<Spot> {
    let Some(&(mut x, mut y)) = path.last() else {
        return vec![to];
    };
    while x != to.0 {
        x = if x < to.0 { x + 1 } else { x - 1 };
        path.push((x, y));
    }
    while y != to.1 {
        y = if y < to.1 { y + 1 } else { y - 1 };
        path.push((x, y));
    }
    path
}
