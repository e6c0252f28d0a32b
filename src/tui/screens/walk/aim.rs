//! Which part of the cluster is chosen, and what is known of it.

use super::{Inspector, Walk};
use crate::{
    cluster::trace::Actor,
    ids::LessonId,
    tui::{
        app::{Notice, Step},
        screens::{Reader, Screen},
        shared::Shared,
        widgets::Map,
    },
};

impl Walk {
    pub(super) fn select(&mut self, by: isize, shared: &Shared) {
        let order = self.map(shared, 1.0).order();
        if order.is_empty() {
            return;
        }
        let at = self
            .selected
            .as_ref()
            .and_then(|one| order.iter().position(|other| other == one));
        let last = order.len() - 1;
        let at = match (at, by > 0) {
            (None, true) => 0,
            (None, false) => last,
            (Some(at), true) => (at + 1) % order.len(),
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
        };
        self.choose(order[at].clone(), shared);
    }

    pub(super) fn choose(&mut self, actor: Actor, shared: &Shared) {
        if self.inspector.is_some() {
            self.look_into(actor.clone(), shared);
        }
        self.selected = Some(actor);
    }

    fn look_into(&mut self, actor: Actor, shared: &Shared) {
        let at = (self.steps(), self.story.player.cursor());
        let inspector = Inspector::new(actor, self.cluster(), at, shared);
        self.inspector = Some(inspector);
    }

    pub(super) fn inspect(&mut self, shared: &Shared) -> Vec<Step> {
        match self.selected.clone() {
            Some(actor) => {
                self.pause();
                self.look_into(actor, shared);
                Vec::new()
            }
            None => vec![Step::Say(Notice::Done(shared.text("walk.nobody")))],
        }
    }

    /// One node with all that is in it: the chosen one, else the one where something happens; and back.
    pub(super) fn turn_zoom(&mut self, shared: &Shared) {
        self.zoom = match self.zoom {
            Some(_) => None,
            None => self.map(shared, 1.0).node_to_open(),
        };
        self.text_first = false;
    }

    pub(super) fn page_nodes(&mut self, by: isize) {
        let last = self.cluster().config().nodes.len().saturating_sub(1);
        self.first_node = self.first_node.saturating_add_signed(by).min(last);
    }

    pub(super) fn map<'a>(&'a self, shared: &'a Shared, flight: f32) -> Map<'a> {
        Map {
            scene: &self.seen.scene,
            flight,
            selected: self.selected.as_ref(),
            first_node: self.first_node,
            zoom: self.zoom.as_deref(),
            theme: &shared.theme,
            signs: &shared.signs,
            locale: shared.locale(),
        }
    }

    /// The lesson of the chosen component, else of the story.
    pub(super) fn lesson(&mut self, shared: &Shared) -> Vec<Step> {
        self.pause();
        let of_actor = self.selected.as_ref().and_then(lesson_of);
        let of_story = self.story.player.run().scenario().lesson.clone();
        let there = |id: &LessonId| shared.library.lesson(id, shared.lang).is_some();
        match of_actor.into_iter().chain([of_story]).find(there) {
            Some(id) => vec![Step::Open(Box::new(Screen::Reader(Reader::new(
                id, shared,
            ))))],
            None => vec![Step::Say(Notice::Done(shared.text("walk.no-lesson")))],
        }
    }
}

/// The lesson about a part of the cluster.
fn lesson_of(actor: &Actor) -> Option<LessonId> {
    let id = match actor {
        Actor::Kubectl | Actor::ApiServer => "k24",
        Actor::Etcd => "k03",
        Actor::ControllerManager => "k05",
        Actor::Scheduler => "k06",
        Actor::Kubelet(_) | Actor::Containerd(_) | Actor::Cni(_) | Actor::Pod(_) => "k09",
        Actor::KubeProxy(_) | Actor::Kernel(_) | Actor::Client | Actor::Dns => "k15",
        Actor::Operator | Actor::Nobody => return None,
    };
    Some(LessonId::new(id))
}
