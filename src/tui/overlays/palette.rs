use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
    text::Line,
};

use super::finder::{Finder, FinderRow, Found};
use crate::{
    notes::fuzzy,
    tui::{
        app::Step,
        keymap::{Action, Place},
        shared::Shared,
    },
};

/// Every action that can be done here, found by name and done with Enter.
pub(in crate::tui) struct Palette {
    finder: Finder,
    actions: Vec<(Action, String, String)>,
    shown: Vec<usize>,
}

impl Palette {
    pub(super) fn new(places: Vec<Place>, shared: &Shared) -> Palette {
        let mut actions: Vec<(Action, String, String)> = Vec::new();
        for place in &places {
            for (action, _) in shared.keymap.of(*place) {
                if action == Action::Palette || actions.iter().any(|(known, ..)| *known == action) {
                    continue;
                }
                if let Some(hint) = shared.hint(&places, action) {
                    actions.push((action, hint.label, hint.key));
                }
            }
        }
        let shown = (0..actions.len()).collect();
        Palette {
            finder: Finder::default(),
            actions,
            shown,
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent, shared: &Shared) -> Vec<Step> {
        let found = self.finder.key(key, self.shown.len(), &shared.keymap);
        self.take(found, shared)
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        match action {
            Action::Up => self.finder.up(),
            Action::Down => self.finder.down(self.shown.len()),
            Action::Accept => return self.take(self.finder.accept(self.shown.len()), shared),
            Action::Back | Action::Cancel => return self.take(Found::Left, shared),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) {
        self.finder.paste(text);
        self.take(Found::Typed, shared);
    }

    pub(super) fn click(&mut self, at: Position, shared: &Shared) -> Vec<Step> {
        let found = self.finder.click(at, self.shown.len());
        self.take(found, shared)
    }

    fn take(&mut self, found: Found, _shared: &Shared) -> Vec<Step> {
        match found {
            Found::Left => vec![Step::Back],
            Found::Chosen(at) => {
                let action = self.actions[self.shown[at]].0;
                vec![Step::Back, Step::Act(action)]
            }
            Found::Typed => {
                let query = self.finder.text();
                let mut scored: Vec<(i64, usize)> = self
                    .actions
                    .iter()
                    .enumerate()
                    .filter_map(|(at, (action, label, _))| {
                        let score = fuzzy(label, query).max(fuzzy(action.name(), query))?;
                        Some((-score, at))
                    })
                    .collect();
                scored.sort_unstable();
                self.shown = scored.into_iter().map(|(_, at)| at).collect();
                Vec::new()
            }
            Found::Nothing => Vec::new(),
        }
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let rows: Vec<FinderRow> = self
            .shown
            .iter()
            .map(|at| {
                let (_, label, key) = &self.actions[*at];
                FinderRow {
                    left: Line::styled(label.clone(), shared.theme.text),
                    right: key.clone(),
                }
            })
            .collect();
        let title = shared.text("palette.title");
        let empty = shared.text("palette.nothing");
        self.finder.draw(&title, &empty, &rows, area, frame, shared);
    }
}
