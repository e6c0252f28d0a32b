//! The cluster as a picture: its parts as boxes, and what a step does as a message between them. Look
//! first at [`Map`]. It reads a [`Scene`], which is made once for a place in the story, and knows neither
//! keys nor time: how far a message has come is told to it.

mod flight;
mod gates;
mod layout;
mod light;
mod nodes;
mod parts;
mod picture;
mod plan;
mod pods;
mod routes;
mod scene;
#[cfg(test)]
mod tests;
mod told;
mod whole;
mod wires;

use ratatui::{Frame, layout::Rect, style::Style};

use self::{
    layout::Layout,
    light::machine,
    picture::Picture,
    wires::{Tone, Wires},
};
pub(in crate::tui) use self::{scene::Scene, told::Told};
use crate::{
    cluster::trace::Actor,
    locale::Locale,
    tui::{signs::Signs, theme::Theme},
};

/// The picture of a scene, to be drawn into any area.
pub(in crate::tui) struct Map<'a> {
    /// What is shown.
    pub(in crate::tui) scene: &'a Scene,
    /// How far the message of the step in the light has come, from 0 to 1; 1 at rest.
    pub(in crate::tui) flight: f32,
    /// Whom the keys would inspect. A node itself goes by the name of its kernel.
    pub(in crate::tui) selected: Option<&'a Actor>,
    /// The first node shown where not all have room; the one in the light is shown all the same.
    pub(in crate::tui) first_node: usize,
    /// The node that alone is shown, by name.
    pub(in crate::tui) zoom: Option<&'a str>,
    /// What of it is shown, where not all is: it is being told, part by part.
    pub(in crate::tui) told: Option<Told>,
    pub(in crate::tui) theme: &'a Theme,
    pub(in crate::tui) signs: &'a Signs,
    pub(in crate::tui) locale: &'a Locale,
}

/// With more nodes than this, keys go through the parts of one of them only.
const FEW_NODES: usize = 6;

impl Map<'_> {
    /// Draws it.
    pub(in crate::tui) fn draw(&self, frame: &mut Frame, area: Rect) {
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let picture = self.compose(area);
        picture.draw(frame.buffer_mut(), self);
    }

    /// Who is drawn at this cell.
    pub(in crate::tui) fn hit(&self, area: Rect, x: u16, y: u16) -> Option<Actor> {
        if !area.contains((x, y).into()) {
            return None;
        }
        self.compose(area).at(x, y).cloned()
    }

    /// Everyone on the map, in the order in which keys go through them.
    pub(in crate::tui) fn order(&self) -> Vec<Actor> {
        let mut all = vec![
            Actor::Kubectl,
            Actor::ApiServer,
            Actor::Etcd,
            Actor::ControllerManager,
            Actor::Scheduler,
        ];
        let selected = self.selected.and_then(|actor| self.node_of(actor));
        let opened = self.scene.node_in_light().or(selected);
        for (at, node) in self.scene.nodes.iter().enumerate() {
            let name = &node.name;
            if self.zoom.is_some_and(|zoom| *zoom != **name) {
                continue;
            }
            all.push(Actor::Kernel(name.clone()));
            let opens = self.scene.nodes.len() <= FEW_NODES || opened == Some(at);
            if opens || self.zoom.is_some() {
                all.push(Actor::Kubelet(name.clone()));
                all.push(Actor::KubeProxy(name.clone()));
                all.push(Actor::Containerd(name.clone()));
                let pods = node.pods.iter().map(|pod| pod.key.name.clone());
                all.extend(pods.map(Actor::Pod));
            }
        }
        all.retain(|actor| self.appears(actor));
        all
    }

    /// The name of the node that is opened where none is named: the chosen one, else the last in the light.
    pub(in crate::tui) fn node_to_open(&self) -> Option<String> {
        let selected = self.selected.and_then(|actor| self.node_of(actor));
        let node = self
            .scene
            .nodes
            .get(selected.unwrap_or(self.scene.last_node))?;
        Some(node.name.to_string())
    }

    /// The node an actor belongs to, by its place.
    fn node_of(&self, actor: &Actor) -> Option<usize> {
        match actor {
            Actor::Pod(name) => self.scene.node_of_pod(name),
            other => self.scene.node(machine(other)?),
        }
    }

    fn compose(&self, area: Rect) -> Picture {
        let selected = self.selected.and_then(|actor| self.node_of(actor));
        let zoom = self.zoom.and_then(|name| self.scene.node(name));
        let layout = Layout::new(area, self.scene, (self.first_node, selected), zoom);
        let mut picture = Picture {
            wires: Wires::new(area),
            items: Vec::new(),
            places: Vec::new(),
            layout,
        };
        self.lay_parts(&mut picture);
        self.lay_nodes(&mut picture);
        self.lay_wires(&mut picture);
        self.lay_label(&mut picture);
        picture
    }

    fn has_arrived(&self) -> bool {
        self.flight >= 1.0
    }

    /// How bright this actor is now.
    fn tone(&self, actor: &Actor) -> Tone {
        let light = self.scene.light.as_ref();
        let touched =
            light.filter(|light| light.from == *actor || light.to == *actor && self.has_arrived());
        match touched {
            Some(light) if light.bad && self.is_to_blame(actor) => Tone::Bad,
            Some(_) => Tone::Lit,
            None if self.selected == Some(actor) => Tone::Chosen,
            None => Tone::Calm,
        }
    }

    /// Whether what went wrong went wrong there.
    fn is_to_blame(&self, actor: &Actor) -> bool {
        let light = self.scene.light.as_ref();
        light.is_some_and(|light| {
            self.has_arrived() && (light.to == *actor || light.to == Actor::Nobody)
        })
    }

    /// What is written about something this bright.
    fn style(&self, tone: Tone) -> Style {
        let theme = self.theme;
        match tone {
            Tone::Bad => theme.bad.into(),
            Tone::Lit => theme.accent.into(),
            Tone::Chosen => theme.text.into(),
            Tone::Calm => self.calm(),
        }
    }

    fn calm(&self) -> Style {
        match self.scene.light {
            Some(_) => self.theme.muted.into(),
            None => self.theme.text.into(),
        }
    }

    fn border(&self, tone: Tone) -> Style {
        match tone {
            Tone::Calm => self.theme.border.into(),
            other => self.style(other),
        }
    }
}
