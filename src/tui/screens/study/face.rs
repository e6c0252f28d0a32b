//! How a card looks: the question alone, then its answer below it and the grades.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{Study, answer, summary};
use crate::{
    ids::Now,
    memory::Stage,
    notes::{Card, blocks},
    tui::{
        shared::Shared,
        text::{Laid, autospace, layout, safe, wrap_line},
    },
};

/// The widest a card's text is set.
const MEASURE: u16 = 72;
/// Lines a short card is spread over, where there are as many.
const CALM_HEIGHT: u16 = 26;
/// The rule between question and answer, with air around it.
const RULE_HEIGHT: usize = 3;

impl Study {
    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        now: &Now,
    ) {
        if self.stage().is_none() {
            summary::draw(&self.session, area, frame, shared, now);
            return;
        }
        let Some(card) = self.card(shared) else {
            return;
        };
        let column = self.column(card, area, shared);
        let text = above_buttons(column);
        let lines = self.lines(card, text.width, shared);
        // The question keeps its place when the answer comes.
        let whole = self.whole(card, text.width, shared);
        let free = usize::from(text.height);
        let air = (free.saturating_sub(whole) / 3).min(free.saturating_sub(lines.len()));
        let text = Rect {
            y: text.y + air as u16,
            height: text.height - air as u16,
            ..text
        };
        let excess = (lines.len() as u16).saturating_sub(text.height);
        self.drawn.set((excess, text.height));
        let scroll = self.scroll.min(excess);
        let theme = &shared.theme;
        let buffer = frame.buffer_mut();
        for (y, line) in (text.y..text.bottom()).zip(lines.iter().skip(scroll.into())) {
            buffer.set_line(text.x, y, line, text.width);
        }
        if scroll < excess {
            let more = Line::styled(shared.text("study.more-below"), theme.muted);
            buffer.set_line(text.x, text.bottom(), &more, text.width);
        }
        let bottom = Rect {
            y: column.bottom().saturating_sub(answer::BUTTONS_HEIGHT),
            height: answer::BUTTONS_HEIGHT,
            ..column
        };
        match self.stage() {
            Some(Stage::Answer) => {
                if let Some(choices) = self.session.choices(&shared.memory, now) {
                    answer::draw_buttons(&choices, bottom, frame, shared);
                }
            }
            _ => match &self.typing {
                Some(typing) => typing.draw(bottom, frame, shared),
                None => {
                    let think = Line::styled(shared.text("study.think"), theme.muted);
                    frame
                        .buffer_mut()
                        .set_line(bottom.x, bottom.y, &think, bottom.width);
                }
            },
        }
    }

    /// The column a card is set in: all of a small screen, and of a tall one no more than keeps the
    /// grades near a short answer.
    pub(super) fn column(&self, card: &Card, area: Rect, shared: &Shared) -> Rect {
        let all = column(area);
        let lines = self.whole(card, all.width, shared) as u16;
        let height = (lines + answer::BUTTONS_HEIGHT + 1)
            .max(CALM_HEIGHT)
            .min(all.height);
        Rect {
            y: all.y + (all.height - height) * 2 / 5,
            height,
            ..all
        }
    }

    /// Lines of question and answer, whichever is shown.
    fn whole(&self, card: &Card, width: u16, shared: &Shared) -> usize {
        let answer = layout(&blocks(&card.back), width, &shared.text_style());
        self.question(card, width, shared).len() + RULE_HEIGHT + answer.lines.len()
    }

    fn question(&self, card: &Card, width: u16, shared: &Shared) -> Vec<Line<'static>> {
        let mut style = shared.text_style();
        style.text = shared.theme.title.into();
        let mut lines = wrap_line(&self.about(card, shared), width.into());
        lines.push(Line::default());
        lines.extend(set(&layout(&blocks(&card.front), width, &style)));
        lines
    }

    fn lines(&self, card: &Card, width: u16, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let mut lines = self.question(card, width, shared);
        if self.stage() == Some(Stage::Answer) {
            lines.push(Line::default());
            let rule = shared.signs.rule.repeat(usize::from(width.min(24)));
            lines.push(Line::styled(rule, theme.border));
            lines.push(Line::default());
            if let Some(typing) = &self.typing {
                lines.extend(typing.compared(&card.back, usize::from(width), shared));
                lines.push(Line::default());
            }
            lines.extend(set(&layout(
                &blocks(&card.back),
                width,
                &shared.text_style(),
            )));
        }
        lines
    }

    /// Where a card comes from and how it stands.
    fn about(&self, card: &Card, shared: &Shared) -> Line<'static> {
        let theme = &shared.theme;
        let title = shared
            .library
            .lesson(&card.lesson, shared.lang)
            .map_or(card.lesson.as_str(), |lesson| &lesson.title);
        let mut spans = vec![Span::styled(
            autospace(&safe(title)).into_owned(),
            theme.muted,
        )];
        let memory = shared.memory.card(&card.id);
        let mut also = |text: String, style: Style| {
            spans.push(Span::styled(format!(" {} ", shared.signs.dot), theme.muted));
            spans.push(Span::styled(text, style));
        };
        if memory.reps == 0 {
            also(shared.text("study.new-card"), theme.good.into());
        }
        if memory.is_leech(&shared.settings) {
            also(shared.text("study.leech"), theme.warn.into());
        }
        if memory.flagged {
            also(
                format!("{} {}", shared.signs.flag, shared.text("study.flagged")),
                theme.warn.into(),
            );
        }
        Line::from(spans)
    }
}

/// The column text is set in: centred.
pub(super) fn column(area: Rect) -> Rect {
    let width = area.width.saturating_sub(8).min(MEASURE);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + 1,
        width,
        height: area.height.saturating_sub(2),
    }
}

fn above_buttons(column: Rect) -> Rect {
    Rect {
        height: column.height.saturating_sub(answer::BUTTONS_HEIGHT + 1),
        ..column
    }
}

fn set(laid: &Laid) -> Vec<Line<'static>> {
    laid.lines.iter().map(|line| line.line.clone()).collect()
}
