//! What is drawn over a screen and takes keys first.

mod chooser;
pub(in crate::tui) mod finder;
mod help;
mod palette;
mod passage;
mod search;

use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
};

use self::{chooser::Chooser, help::Help, palette::Palette, passage::Passage, search::Search};
use super::{
    app::Step,
    keymap::{Action, Place},
    shared::Shared,
    widgets::Hint,
};
use crate::{ids::CardId, notes::Card};

/// Where the keys of overlays without a line to type in are looked up.
const PLACES: [Place; 2] = [Place::List, Place::Global];

/// What is drawn over a screen.
pub(super) enum Overlay {
    Help(Help),
    Palette(Palette),
    Search(Search),
    Passage(Passage),
    Chooser(Chooser),
}

impl Overlay {
    /// The keys of these places.
    pub(super) fn help(places: Vec<Place>) -> Overlay {
        Overlay::Help(Help::new(places))
    }

    /// Every action of these places, to be found by name.
    pub(super) fn palette(places: Vec<Place>, shared: &Shared) -> Overlay {
        Overlay::Palette(Palette::new(places, shared))
    }

    /// A search over lessons and cards.
    pub(super) fn search() -> Overlay {
        Overlay::Search(Search::default())
    }

    /// The passage of the lesson a card came from.
    pub(super) fn passage(card: &Card, shared: &Shared) -> Overlay {
        Overlay::Passage(Passage::new(card, shared))
    }

    /// Which of these cards an edited one has become.
    pub(super) fn which_card(from: CardId, candidates: Vec<CardId>) -> Overlay {
        Overlay::Chooser(Chooser::new(from, candidates))
    }

    pub(super) fn key(&mut self, key: KeyEvent, shared: &Shared) -> Vec<Step> {
        match self {
            Overlay::Palette(palette) => return palette.key(key, shared),
            Overlay::Search(search) => return search.key(key, shared),
            _ => {}
        }
        match shared.keymap.action(&PLACES, key) {
            Some(Action::Leave) => vec![Step::Quit],
            Some(action) => self.act(action, shared),
            None => Vec::new(),
        }
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        match self {
            Overlay::Help(help) => help.act(action, shared),
            Overlay::Palette(palette) => palette.act(action, shared),
            Overlay::Search(search) => search.act(action, shared),
            Overlay::Passage(passage) => passage.act(action),
            Overlay::Chooser(chooser) => chooser.act(action, shared),
        }
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) -> Vec<Step> {
        match self {
            Overlay::Palette(palette) => palette.paste(text, shared),
            Overlay::Search(search) => search.paste(text, shared),
            _ => {}
        }
        Vec::new()
    }

    /// Whether it is there to be read, not to choose from.
    pub(super) fn is_text(&self) -> bool {
        matches!(self, Overlay::Help(_) | Overlay::Passage(_))
    }

    /// A click outside closes; inside it chooses where there is something to choose.
    pub(super) fn click(&mut self, at: Position, shared: &Shared) -> Vec<Step> {
        match self {
            Overlay::Palette(palette) => palette.click(at, shared),
            Overlay::Search(search) => search.click(at, shared),
            Overlay::Chooser(chooser) => chooser.click(at, shared),
            Overlay::Help(_) | Overlay::Passage(_) => vec![Step::Back],
        }
    }

    /// What can be done now, each with the name of the text that says so, most likely first.
    pub(super) fn hints(&self, shared: &Shared) -> Vec<(Action, Hint)> {
        let (places, hints): (&[Place], &[(Action, &str)]) = match self {
            Overlay::Palette(_) => (
                &[Place::Typing],
                &[
                    (Action::Accept, "action.do"),
                    (Action::Cancel, "action.close"),
                ],
            ),
            Overlay::Search(_) => (
                &[Place::Typing],
                &[
                    (Action::Accept, "action.open"),
                    (Action::Cancel, "action.close"),
                ],
            ),
            Overlay::Help(_) => (
                &PLACES,
                &[
                    (Action::Back, "action.close"),
                    (Action::Down, "action.down"),
                ],
            ),
            Overlay::Passage(_) => (
                &PLACES,
                &[
                    (Action::Open, "action.open-lesson"),
                    (Action::Back, "action.close"),
                    (Action::Down, "action.down"),
                ],
            ),
            Overlay::Chooser(_) => (
                &PLACES,
                &[
                    (Action::Open, "action.accept"),
                    (Action::Down, "action.down"),
                    (Action::Back, "action.close"),
                ],
            ),
        };
        hints
            .iter()
            .filter_map(|(action, label)| {
                let key = shared.keymap.key(places, *action)?;
                let label = shared.text(label);
                Some((*action, Hint { key, label }))
            })
            .collect()
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        match self {
            Overlay::Help(help) => help.draw(area, frame, shared),
            Overlay::Palette(palette) => palette.draw(area, frame, shared),
            Overlay::Search(search) => search.draw(area, frame, shared),
            Overlay::Passage(passage) => passage.draw(area, frame, shared),
            Overlay::Chooser(chooser) => chooser.draw(area, frame, shared),
        }
    }
}
