//! Which part of the cluster is chosen, and what is known of it.

use super::{Inspector, Walk};
use crate::{
    cluster::trace::Actor,
    ids::{CardId, LessonId, Now},
    memory::Plan,
    progress::Filter,
    tui::{
        app::{Notice, Step},
        screens::{Reader, Screen, Study},
        shared::Shared,
        widgets::Map,
    },
    walkthrough::lesson_about,
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
            told: self.told_of(),
            theme: &shared.theme,
            signs: &shared.signs,
            locale: shared.locale(),
        }
    }

    /// The lesson of the chosen component, else of the story.
    pub(super) fn lesson(&mut self, shared: &Shared) -> Vec<Step> {
        self.pause();
        let about = self.selected.as_ref().and_then(lesson_about);
        let id = about.unwrap_or(&self.story.player.run().scenario().lesson);
        if shared.library.lesson(id, shared.lang).is_none() {
            let said = shared.fill("walk.no-lesson", &[("lesson", id)]);
            return vec![Step::Say(Notice::Done(said))];
        }
        let reader = Reader::new(id.clone(), shared);
        vec![Step::Open(Box::new(Screen::Reader(reader)))]
    }

    /// The cards of the chosen component, else those of what was answered wrongly.
    pub(super) fn practise(&mut self, shared: &Shared, now: &Now) -> Vec<Step> {
        self.pause();
        let about = self.selected.as_ref().and_then(lesson_about);
        let found = match about {
            Some(lesson) => cards_of(lesson, shared),
            None => self.cards_missed(shared),
        };
        let Some((filter, _)) = found else {
            let id = about.unwrap_or(&self.story.player.run().scenario().lesson);
            let said = shared.fill("walk.no-cards", &[("lesson", id)]);
            return vec![Step::Say(Notice::Done(said))];
        };
        let study = Study::new(Plan::All, filter, shared, now);
        vec![Step::Open(Box::new(Screen::Study(Box::new(study))))]
    }

    /// The cards that ask what was answered wrongly, else those of the story's lesson, and how many
    /// there are; None where none of them is there.
    pub(super) fn cards_missed(&self, shared: &Shared) -> Option<(Filter, usize)> {
        let scenario = self.story.player.run().scenario();
        let wrong = |id: &str| {
            let mut answers = self.story.answers.iter();
            answers.any(|answer| answer.asked.id == id && !answer.is_right())
        };
        let missed = scenario.predictions.iter().filter(|one| wrong(&one.id));
        let mut cards: Vec<CardId> = missed.flat_map(|one| one.cards.clone()).collect();
        cards.retain(|id| shared.library.card(id, shared.lang).is_some());
        cards.dedup();
        match cards.len() {
            0 => cards_of(&scenario.lesson, shared),
            n => Some((Filter::Cards(cards), n)),
        }
    }
}

/// The cards of a lesson, if it has any.
fn cards_of(lesson: &LessonId, shared: &Shared) -> Option<(Filter, usize)> {
    let n = shared.library.cards_of(lesson, shared.lang).count();
    (n > 0).then(|| (Filter::Lesson(lesson.clone()), n))
}
