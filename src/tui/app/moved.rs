//! Progress moves along with edited cards, and back.

use super::{App, Notice, Step};
use crate::{
    history::Event,
    notes::{Relink, Seen},
    progress::Moves,
    tui::{
        effect::Effect,
        keymap::{Action, Place},
        overlays::Overlay,
    },
};

impl App {
    /// Progress moves with edited cards; where two candidates are alike, the learner is asked.
    pub(super) fn relink(&mut self, relinks: Vec<Relink>) -> Vec<Effect> {
        // What was moved before belongs to another edit.
        if !relinks.is_empty() {
            self.moved.clear();
        }
        let Moves {
            events: moved,
            asks,
        } = Moves::of(relinks, &self.shared.memory, &self.shared.library);
        for (from, candidates) in asks {
            self.overlays.push(Overlay::which_card(from, candidates));
        }
        if moved.is_empty() {
            return Vec::new();
        }
        let key = self
            .shared
            .keymap
            .key(&[Place::Global], Action::MoveBack)
            .unwrap_or_default();
        self.notice = Some(Notice::Done(
            self.shared
                .fill("notice.moved", &[("n", &moved.len()), ("key", &key)]),
        ));
        vec![Effect::Save {
            seen: self.targets(&moved),
            events: moved,
        }]
    }

    /// The cards that links lead to. Once seen, they are not taken for edits of others again.
    fn targets(&self, links: &[Event]) -> Vec<Seen> {
        links
            .iter()
            .filter_map(|event| match event {
                Event::Link { to, .. } => self.shared.library.card(to, self.shared.lang),
                _ => None,
            })
            .map(Seen::of)
            .collect()
    }

    /// Takes back that progress moved along with edited cards.
    pub(super) fn move_back(&mut self) -> Vec<Step> {
        let moved = std::mem::take(&mut self.moved);
        if moved.is_empty() {
            return vec![Step::Say(Notice::Done(
                self.shared.text("notice.nothing-moved"),
            ))];
        }
        let events: Vec<Event> = moved
            .iter()
            .map(|row| Event::Undo {
                row: row.id.clone(),
            })
            .collect();
        let said = self
            .shared
            .fill("notice.moved-back", &[("n", &events.len())]);
        vec![
            Step::Run(Effect::Save {
                events,
                seen: Vec::new(),
            }),
            Step::Say(Notice::Done(said)),
        ]
    }
}
