//! Why a step happened, step by step back to where it began.

use std::rc::Rc;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::Walk;
use crate::{
    cluster::trace::{Actor, Step, StepKind},
    tui::{
        keymap::Action,
        shared::Shared,
        text::{autospace, safe, truncate, wrap_line},
        widgets::popup,
    },
    walkthrough::{question, sentence_among},
};

/// The most lines of what is told of the step that is on.
const TOLD: usize = 4;

/// The chain of causes of a step as a list to walk through.
pub(super) struct Causes {
    /// What was done at the beginning, if somebody did something.
    beginning: String,
    /// The step itself first, then what caused it, and so on.
    rows: Vec<Row>,
    at: usize,
}

struct Row {
    /// How many steps have happened with it.
    step: usize,
    told: String,
}

impl Causes {
    /// Moves through it; false for an action that is not its own.
    pub(super) fn act(&mut self, action: Action) {
        let last = self.rows.len().saturating_sub(1);
        self.at = match action {
            Action::Up => self.at.saturating_sub(1),
            Action::Down | Action::Cause => (self.at + 1).min(last),
            Action::PageUp => self.at.saturating_sub(8),
            Action::PageDown => (self.at + 8).min(last),
            Action::Top => 0,
            Action::Bottom => last,
            _ => self.at,
        };
    }

    /// The step that is on.
    pub(super) fn step(&self) -> Option<usize> {
        self.rows.get(self.at).map(|row| row.step)
    }

    /// Puts the row at this place on; whether it was on already, or none is there.
    pub(super) fn click(&mut self, at: Position, area: Rect) -> Option<bool> {
        let (inner, first) = self.room(area);
        let row = first + usize::from(at.y.checked_sub(inner.y)?);
        let is_row = inner.contains(at) && row < self.rows.len();
        is_row.then(|| {
            let was_on = self.at == row;
            self.at = row;
            was_on
        })
    }

    fn size(&self, area: Rect) -> (u16, u16) {
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(4).min(100);
        let height = rows.saturating_add(TOLD as u16 + 5);
        (width, height.min(area.height.saturating_sub(1)))
    }

    /// Where the rows stand, as `popup` places them, and the first that is seen.
    fn room(&self, area: Rect) -> (Rect, usize) {
        let (width, height) = self.size(area);
        let rows = usize::from(height.saturating_sub(TOLD as u16 + 5)).max(1);
        let inner = Rect {
            x: area.x + (area.width - width) / 2 + 2,
            y: area.y + ((area.height - height) / 3).max(1) + 1,
            width: width.saturating_sub(4),
            height: rows as u16,
        };
        (inner, (self.at + 1).saturating_sub(rows))
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let (rows, first) = self.room(area);
        let inner = popup(
            area,
            self.size(area),
            &shared.text("walk.causes"),
            shared.signs.ascii,
            frame.buffer_mut(),
            theme,
        );
        let buffer = frame.buffer_mut();
        let room = usize::from(inner.width);
        for (y, (at, row)) in (rows.y..rows.bottom()).zip(self.rows.iter().enumerate().skip(first))
        {
            let (sign, style): (_, Style) = match at == self.at {
                true => (shared.signs.selected, theme.selection.into()),
                false => (" ", theme.text.into()),
            };
            // Each step stands under what it led to.
            let number = format!("{sign} {:>4}  ", row.step);
            let cut = room.saturating_sub(crate::tui::text::width(&number));
            let told = truncate(&row.told, cut, shared.glyphs.ellipsis).into_owned();
            let line = Line::from(vec![
                Span::styled(
                    number,
                    if at == self.at {
                        style
                    } else {
                        theme.muted.into()
                    },
                ),
                Span::styled(told, style),
            ]);
            buffer.set_line(inner.x, y, &line, inner.width);
        }
        let y = rows.bottom();
        let line = Line::styled(
            truncate(&self.beginning, room, shared.glyphs.ellipsis).into_owned(),
            theme.heading,
        );
        buffer.set_line(inner.x + 2, y, &line, inner.width.saturating_sub(2));
        let rule = Line::styled(shared.signs.rule.repeat(room), theme.border);
        buffer.set_line(inner.x, y + 1, &rule, inner.width);
        let told = self.rows.get(self.at).map_or("", |row| &row.told);
        let told = wrap_line(&Line::styled(told.to_owned(), theme.text), room.max(1));
        for (y, line) in (y + 2..inner.bottom()).zip(told) {
            buffer.set_line(inner.x, y, &line, inner.width);
        }
    }
}

impl Walk {
    /// The chain of causes of the step in the light; the step before it is on. None before the first step.
    pub(super) fn causes(&self, shared: &Shared) -> Option<Causes> {
        let mut rows = Vec::new();
        let mut step = self.story.player.step()?;
        loop {
            rows.push(Row {
                step: step.id.0 as usize,
                told: told(self.steps(), step, shared),
            });
            let cause = step.cause.0.checked_sub(1);
            match cause.and_then(|at| self.steps().get(at as usize)) {
                Some(cause) if cause.id < step.id => step = cause,
                _ => break,
            }
        }
        Some(Causes {
            beginning: self.beginning(step, shared),
            at: 1.min(rows.len() - 1),
            rows,
        })
    }
}

fn told(steps: &[Rc<Step>], step: &Step, shared: &Shared) -> String {
    let is_open = step.kind == StepKind::Request && step.from == Actor::Kubectl;
    let said = match is_open {
        true => question(step, shared.locale()),
        false => sentence_among(steps, step, shared.locale()),
    };
    autospace(&safe(&said)).into_owned()
}
