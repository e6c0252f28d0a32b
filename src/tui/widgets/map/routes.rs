use super::{
    layout::{Form, Layout, NodeForm},
    light::machine,
    scene::Scene,
    wires::Spot,
};
use crate::cluster::trace::Actor;
use ratatui::layout::Rect;

/// How many columns from a box's left edge wires from above meet it.
pub(super) const INSET: u16 = 2;

impl Layout {
    /// The cells from one actor to another, with the two borders it starts and ends on; None if no wire
    /// joins them.
    pub(super) fn route(&self, scene: &Scene, from: &Actor, to: &Actor) -> Option<Vec<Spot>> {
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
                let rect = self.rect_of(scene, to)?;
                let (x, _) = self.trunk;
                let start = (x, self.apiserver.bottom() - 1);
                Some(self.along_the_bus(start, rect))
            }
            (Actor::Client, Actor::Kernel(_) | Actor::Pod(_)) => {
                let client = self.client?;
                let rect = self.rect_of(scene, to)?;
                let start = (client.x + INSET, client.bottom() - 1);
                Some(self.along_the_bus(start, rect))
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
        let rect = self.rect_of(scene, of)?;
        let room = self.nodes.form == NodeForm::Full && rect.height >= 5;
        room.then_some(Rect::new(rect.x + INSET, rect.y + 2, rect.width - 4, 1))
    }

    fn down_to(&self, part: Rect) -> Vec<Spot> {
        let x = part.x + INSET;
        line((x, self.apiserver.bottom() - 1), (x, part.y))
    }

    /// Down to the row of wires, along it, down beside the nodes where they stand in rows, and to the node.
    fn along_the_bus(&self, start: Spot, node: Rect) -> Vec<Spot> {
        let mut path = line(start, (start.0, self.trunk.1));
        let last = node.y.saturating_sub(1);
        match (self.nodes.form, self.riser) {
            (NodeForm::Line, Some(riser)) => {
                path = then(path, (riser, self.trunk.1));
                path = then(path, (riser, node.y));
                then(path, (node.x.saturating_sub(1), node.y))
            }
            (_, Some(riser)) if last != self.trunk.1 => {
                path = then(path, (riser, self.trunk.1));
                path = then(path, (riser, last));
                path = then(path, (node.x + INSET, last));
                then(path, (node.x + INSET, node.y))
            }
            _ => {
                path = then(path, (node.x + INSET, self.trunk.1));
                then(path, (node.x + INSET, node.y))
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

    /// The box or line of an actor; that of its node for what runs on one.
    pub(super) fn rect_of(&self, scene: &Scene, actor: &Actor) -> Option<Rect> {
        let node = |place: usize| {
            let mut shown = self.nodes.shown.iter();
            shown.find(|(at, _)| *at == place).map(|(_, rect)| *rect)
        };
        match actor {
            Actor::Kubectl => Some(self.kubectl),
            Actor::ApiServer => Some(self.apiserver),
            Actor::Etcd => Some(self.etcd),
            Actor::ControllerManager => Some(self.manager),
            Actor::Scheduler => Some(self.scheduler),
            Actor::Client | Actor::Dns => self.client,
            Actor::Pod(name) => node(scene.node_of_pod(name)?),
            other => node(scene.node(machine(other)?)?),
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
