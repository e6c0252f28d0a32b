use std::cell::Cell;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::Line,
};

use crate::{
    history::Event,
    ids::CardId,
    notes::{Seen, plain},
    tui::{
        app::Step,
        effect::Effect,
        keymap::Action,
        shared::Shared,
        text::{autospace, safe, truncate, wrap_line},
        widgets::popup,
    },
};

/// An edited card could have become any of several: the learner says which.
pub(in crate::tui) struct Chooser {
    from: CardId,
    candidates: Vec<CardId>,
    selected: usize,
    /// Where the first candidate was last drawn: for clicks.
    drawn: Cell<Position>,
}

impl Chooser {
    pub(super) fn new(from: CardId, candidates: Vec<CardId>) -> Chooser {
        Chooser {
            from,
            candidates,
            selected: 0,
            drawn: Cell::default(),
        }
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        let none = self.candidates.len();
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(none),
            Action::Open => {
                let mut steps = vec![Step::Back];
                if let Some(to) = self.candidates.get(self.selected) {
                    steps.push(Step::Run(Effect::Save {
                        events: vec![Event::Link {
                            from: self.from.clone(),
                            to: to.clone(),
                        }],
                        seen: shared
                            .library
                            .card(to, shared.lang)
                            .map(Seen::of)
                            .into_iter()
                            .collect(),
                    }));
                }
                return steps;
            }
            Action::Back | Action::Quit => return vec![Step::Back],
            _ => {}
        }
        Vec::new()
    }

    /// A click on a candidate chooses it.
    pub(super) fn click(&mut self, at: Position, shared: &Shared) -> Vec<Step> {
        let row = usize::from(at.y.wrapping_sub(self.drawn.get().y));
        if row > self.candidates.len() {
            return Vec::new();
        }
        self.selected = row;
        self.act(Action::Open, shared)
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let width = area.width.saturating_sub(8).min(76);
        let room = usize::from(width.saturating_sub(4));
        let intro = Line::styled(shared.text("chooser.intro"), theme.text);
        let mut lines = wrap_line(&intro, room);
        lines.push(Line::default());
        let intro_rows = lines.len();
        let rows = self
            .candidates
            .iter()
            .map(|card| {
                shared
                    .library
                    .card(card, shared.lang)
                    .map_or_else(|| card.to_string(), |card| plain(&card.front))
            })
            .chain([shared.text("chooser.none")]);
        for (at, text) in rows.enumerate() {
            let text = autospace(&safe(&text.replace('\n', " "))).into_owned();
            let text = truncate(&text, room.saturating_sub(2), shared.glyphs.ellipsis).into_owned();
            lines.push(if at == self.selected {
                Line::styled(format!("{} {text}", shared.signs.selected), theme.selection)
            } else {
                Line::styled(format!("  {text}"), theme.text)
            });
        }
        let inner = popup(
            area,
            (width, lines.len() as u16 + 2),
            &shared.text("chooser.title"),
            shared.signs.ascii,
            frame.buffer_mut(),
            theme,
        );
        self.drawn
            .set(Position::new(inner.x, inner.y + intro_rows as u16));
        for (y, line) in (inner.y..inner.bottom()).zip(&lines) {
            frame.buffer_mut().set_line(inner.x, y, line, inner.width);
        }
    }
}
