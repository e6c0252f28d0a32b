//! What comes next, asked before it is shown.

use std::{cell::RefCell, time::Duration};

use ratatui::{
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{Walk, story::Answer};
use crate::{
    history::{Event, Prediction},
    ids::{Lang, Now},
    tui::{
        app::Step,
        keymap::Action,
        shared::Shared,
        text::{autospace, safe, wrap_line},
    },
    walkthrough::{Asked, Way},
};

/// A question that is being asked.
pub(super) struct Asking {
    pub(super) asked: Asked,
    since: Duration,
    /// The option Enter takes.
    at: usize,
    pub(super) given: Option<Given>,
    /// Which option stands on which line, as it was last drawn.
    rows: RefCell<Vec<Option<usize>>>,
}

/// What was answered.
#[derive(Clone, Copy)]
pub(super) struct Given {
    chosen: usize,
}

impl Asking {
    pub(super) fn new(asked: Asked, since: Duration) -> Asking {
        Asking {
            asked,
            since,
            at: 0,
            given: None,
            rows: RefCell::default(),
        }
    }

    /// The option at a place of the text.
    pub(super) fn option_at(&self, at: Position, text: Rect) -> Option<usize> {
        let row = usize::from(at.y.checked_sub(text.y)?);
        self.rows.borrow().get(row).copied().flatten()
    }

    pub(super) fn lines(
        &self,
        width: usize,
        is_dense: bool,
        shared: &Shared,
    ) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let lang = shared.lang;
        let said = |text: &str| autospace(&safe(text)).into_owned();
        let title = match Way::of_question(&self.asked.id) {
            Way::Told => "walk.predict",
            Way::Gaps => "walk.fill",
            Way::Recount => "walk.tell",
        };
        let mut lines = vec![Line::styled(shared.text(title), theme.heading)];
        let mut rows = vec![None];
        let mut push = |line: Line<'static>, option: Option<usize>, indent: usize| {
            let room = width.saturating_sub(indent);
            for (row, part) in wrap_line(&line, room).into_iter().enumerate() {
                let mut part = part;
                if row > 0 && indent > 0 {
                    part.spans.insert(0, Span::raw(" ".repeat(indent)));
                }
                lines.push(part);
                rows.push(option);
            }
        };
        push(
            Line::styled(said(self.asked.prompt.text(lang)), theme.text),
            None,
            0,
        );
        let air = usize::from(!is_dense);
        (0..air).for_each(|_| push(Line::default(), None, 0));
        for option in 0..self.asked.options.len() {
            let (sign, style) = self.look(option, shared);
            let text = said(self.asked.option(option, lang));
            let spans = vec![
                Span::styled(format!("{sign} "), style),
                Span::styled(format!("{}  ", option + 1), Style::from(theme.key)),
                Span::styled(text, style),
            ];
            push(Line::from(spans), Some(option), 5);
        }
        (0..air).for_each(|_| push(Line::default(), None, 0));
        match self.given {
            None => {
                let pick = shared.fill("walk.pick", &[("n", &self.asked.options.len())]);
                push(Line::styled(pick, theme.muted), None, 0);
            }
            Some(given) => {
                let (sign, text, style) = if given.chosen == self.asked.answer {
                    (shared.signs.done, shared.text("walk.right"), theme.good)
                } else {
                    let answer = said(self.asked.option(self.asked.answer, lang));
                    let text = shared.fill("walk.wrong", &[("answer", &answer)]);
                    (shared.signs.problem, text, theme.bad)
                };
                push(Line::styled(format!("{sign} {text}"), style), None, 0);
                if let Some(note) = self.asked.note(given.chosen, lang)
                    && given.chosen != self.asked.answer
                {
                    push(Line::styled(said(note), theme.text), None, 0);
                }
                push(
                    Line::styled(said(self.asked.why.text(lang)), theme.text),
                    None,
                    0,
                );
                (0..air).for_each(|_| push(Line::default(), None, 0));
                push(
                    Line::styled(shared.text("walk.see-it"), theme.muted),
                    None,
                    0,
                );
            }
        }
        *self.rows.borrow_mut() = rows;
        lines
    }

    fn look(&self, option: usize, shared: &Shared) -> (&'static str, Style) {
        let theme = &shared.theme;
        match self.given {
            None if option == self.at => (shared.signs.selected, theme.selection.into()),
            None => (" ", theme.text.into()),
            Some(_) if option == self.asked.answer => (shared.signs.done, theme.good.into()),
            Some(given) if option == given.chosen => (shared.signs.problem, theme.bad.into()),
            Some(_) => (" ", theme.muted.into()),
        }
    }
}

impl Walk {
    /// What an action does to the question that is asked, if one is.
    pub(super) fn answer_by(
        &mut self,
        action: Action,
        shared: &Shared,
        now: &Now,
    ) -> Option<Vec<Step>> {
        let asking = self.asking.as_mut()?;
        let last = asking.asked.options.len().saturating_sub(1);
        if asking.given.is_some() {
            if matches!(action, Action::GoOn | Action::StepForward | Action::Play) {
                self.go_on(shared, now);
                return Some(Vec::new());
            }
            return None;
        }
        let option = match action {
            Action::First => 0,
            Action::Second => 1,
            Action::Third => 2,
            Action::Fourth => 3,
            Action::Accept => asking.at,
            Action::Up => {
                asking.at = asking.at.saturating_sub(1);
                return Some(Vec::new());
            }
            Action::Down => {
                asking.at = (asking.at + 1).min(last);
                return Some(Vec::new());
            }
            Action::StepForward => {
                let asked = asking.asked.clone();
                self.story.answers.push(Answer {
                    asked,
                    chosen: None,
                });
                self.go_on(shared, now);
                return Some(Vec::new());
            }
            // An answer is one key away: the play does not go past the question by accident.
            Action::Play => return Some(Vec::new()),
            _ => return None,
        };
        Some(if option <= last {
            self.answer(option, shared, now)
        } else {
            Vec::new()
        })
    }

    pub(super) fn answer(&mut self, option: usize, _shared: &Shared, now: &Now) -> Vec<Step> {
        let Some(asking) = &mut self.asking else {
            return Vec::new();
        };
        let asked = asking.asked.clone();
        asking.given = Some(Given { chosen: option });
        let taken = now.mono.saturating_sub(asking.since).as_millis();
        self.scroll = 0;
        let event = Event::Prediction(Prediction {
            scenario: self.scenario.clone(),
            prediction: asked.id.clone(),
            lesson: self.story.player.run().scenario().lesson.clone(),
            chosen: asked.option(option, Lang::En).to_owned(),
            right: option == asked.answer,
            duration_ms: u32::try_from(taken).unwrap_or(u32::MAX),
        });
        self.story.answers.push(Answer {
            asked,
            chosen: Some(option),
        });
        vec![Walk::keep(event)]
    }

    /// The question is done with: what was asked about happens.
    pub(super) fn go_on(&mut self, shared: &Shared, now: &Now) {
        self.asking = None;
        if self.story.way == Way::Recount {
            return self.tell_on(shared, now);
        }
        self.forward(shared, now);
        if self.resumes && self.asking.is_none() && !self.text_first {
            self.toggle(shared, now);
        }
    }
}
