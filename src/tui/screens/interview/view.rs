//! How an interview under way looks.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{
    asked::{Look, asked},
    clock,
    lines::Lines,
    overview, preset_name, sheet_area,
    sitting::{Mode, Sitting},
};
use crate::{
    ids::Now,
    interview::{Kind, Stage, Warning},
    tui::shared::Shared,
};

/// The most rows a text being typed takes.
const EDITOR_ROWS: usize = 8;

impl Sitting {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
        now: &Now,
    ) -> (Line<'static>, Line<'static>) {
        let paper = self.session.paper();
        let name = shared.text(preset_name(paper.blueprint.preset));
        let number = self.session.at() + 1;
        let places: [(&str, &dyn std::fmt::Display); 3] =
            [("name", &name), ("k", &number), ("n", &paper.items.len())];
        let mut title = vec![Span::raw(shared.fill("interview.at", &places))];
        if self.session.sheet().is_some_and(|sheet| sheet.flagged) {
            title.push(Span::styled(
                format!("  {}", shared.signs.flag),
                shared.theme.warn,
            ));
        }
        (Line::from(title), self.clock_line(shared, now))
    }

    /// Calm until a quarter is left, then in words.
    fn clock_line(&self, shared: &Shared, now: &Now) -> Line<'static> {
        let theme = &shared.theme;
        let left = self.session.clock().left(now.mono);
        let shown = clock(left);
        let on_question = clock(self.session.time_on_question(now));
        let on_question = shared.fill("interview.on-question", &[("time", &on_question)]);
        let (text, style): (String, Style) = if self.session.is_paused() {
            (shared.text("interview.paused"), theme.warn.into())
        } else {
            match self.session.clock().warning(now.mono) {
                None => (shown, theme.text.into()),
                Some(Warning::Quarter) => (
                    shared.fill("interview.quarter", &[("left", &shown)]),
                    theme.warn.into(),
                ),
                Some(Warning::Tenth) => (
                    shared.fill("interview.tenth", &[("left", &shown)]),
                    theme.bad.into(),
                ),
            }
        };
        Line::from(vec![
            Span::styled(format!("{on_question}   "), theme.muted),
            Span::styled(text, style),
        ])
    }

    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        now: &Now,
    ) {
        let sheet = sheet_area(area);
        if self.session.is_paused() {
            self.draw_pause(sheet, frame, shared);
            return;
        }
        if let Mode::Overview(at) = self.mode {
            overview::draw(&self.session, at, sheet, frame, shared);
            return;
        }
        self.draw_question(sheet, frame, shared, now);
    }

    /// What is not to be thought about is not to be seen.
    fn draw_pause(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let mut lines = Lines::new(area.width, shared);
        lines.say(&shared.text("interview.paused"), shared.theme.title);
        lines.air();
        lines.say(&shared.text("interview.pause-help"), shared.theme.muted);
        let y = area.y + area.height / 3;
        for (y, line) in (y..area.bottom()).zip(&lines.lines) {
            frame.buffer_mut().set_line(area.x, y, line, area.width);
        }
    }

    fn draw_question(&self, area: Rect, frame: &mut Frame, shared: &Shared, now: &Now) {
        let (Some(item), Some(sheet)) = (self.session.item(), self.session.sheet()) else {
            return;
        };
        let mut lines = Lines::new(area.width, shared);
        let look = Look {
            lang: self.session.paper().lang,
            at: self.at,
            ticked: &self.ticked,
        };
        asked(item, sheet, &look, &mut lines, shared);
        let foot = self.foot(area.width, shared, now);
        let below = foot.len() as u16 + u16::from(!foot.is_empty());
        let editor = self.is_typed().then(|| {
            let least = if self.kind() == Some(Kind::Cloze) {
                1
            } else {
                3
            };
            self.editor
                .height(area.width.saturating_sub(2))
                .clamp(least, EDITOR_ROWS) as u16
        });
        let typing = editor.map_or(0, |rows| rows + 2);
        let room = area.height.saturating_sub(below + typing).max(1);
        let height = (lines.lines.len() as u16).min(room);
        let excess = (lines.lines.len() as u16).saturating_sub(room);
        self.drawn.set((excess, room));
        let scroll = self.shown_from(&lines.rows, room, excess);
        self.rows.replace((
            area.y,
            lines
                .rows
                .iter()
                .skip(scroll.into())
                .take(room.into())
                .copied()
                .collect(),
        ));
        for (y, line) in (area.y..area.y + height).zip(lines.lines.iter().skip(scroll.into())) {
            frame.buffer_mut().set_line(area.x, y, line, area.width);
        }
        let mut y = area.y + height;
        if let Some(rows) = editor {
            self.draw_editor(Rect::new(area.x, y, area.width, rows + 2), frame, shared);
            y += rows + 2;
        }
        if scroll < excess {
            let more = Line::styled(shared.text("study.more-below"), shared.theme.muted);
            frame.buffer_mut().set_line(area.x, y, &more, area.width);
        }
        let foot_y = (y + 1).min(area.bottom().saturating_sub(foot.len() as u16));
        for (y, line) in (foot_y..area.bottom()).zip(&foot) {
            frame.buffer_mut().set_line(area.x, y, line, area.width);
        }
    }

    /// As scrolled, but what keys act on is always to be seen.
    fn shown_from(&self, rows: &[Option<usize>], room: u16, excess: u16) -> u16 {
        let scroll = self.scroll.min(excess);
        let first = rows.iter().position(|row| *row == Some(self.at));
        let last = rows.iter().rposition(|row| *row == Some(self.at));
        match (first, last) {
            (Some(first), Some(last)) => {
                let least = (last + 1).saturating_sub(room.into()) as u16;
                let most = first as u16;
                scroll.clamp(least.min(most), most.max(least)).min(excess)
            }
            _ => scroll,
        }
    }

    fn draw_editor(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let rule = shared.signs.rule.repeat(area.width.into());
        let style: Style = if self.is_writing {
            theme.accent.into()
        } else {
            theme.border.into()
        };
        frame.buffer_mut().set_line(
            area.x,
            area.y,
            &Line::styled(rule.clone(), style),
            area.width,
        );
        let text = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(2),
            width: area.width.saturating_sub(2),
            x: area.x + 1,
        };
        self.editor_width.set(text.width);
        let is_focused = self.is_writing && self.mode == Mode::Asked;
        self.editor.draw(text, is_focused, theme.text.into(), frame);
        let bottom = area.bottom().saturating_sub(1);
        frame
            .buffer_mut()
            .set_line(area.x, bottom, &Line::styled(rule, style), area.width);
    }

    /// What is to be done now: how sure one is, or how much time there is to say it.
    fn foot(&self, width: u16, shared: &Shared, now: &Now) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let mut lines = Lines::new(width, shared);
        if self.mode == Mode::Sure {
            lines.say(&shared.text("interview.how-sure"), theme.heading);
            let mut spans = Vec::new();
            for (key, name) in [
                ("1", "interview.guess"),
                ("2", "interview.think"),
                ("3", "interview.certain"),
            ] {
                spans.push(Span::styled(format!("{key} "), theme.key));
                spans.push(Span::styled(
                    format!("{}   ", shared.text(name)),
                    theme.text,
                ));
            }
            lines.wrapped(&Line::from(spans), 0, None);
            return lines.lines;
        }
        let kind = self.kind();
        match self.stage() {
            Some(Stage::Speaking { .. }) => {
                let left = self.session.speaking_left(now).unwrap_or_default();
                let text = shared.fill("interview.speaking", &[("left", &clock(left))]);
                lines.say(&text, theme.accent);
            }
            Some(Stage::Open) if kind == Some(Kind::Aloud) => {
                lines.say(&shared.text("interview.speak"), theme.muted);
            }
            Some(Stage::Open) if kind == Some(Kind::Card) => {
                lines.say(&shared.text("study.think"), theme.muted);
            }
            Some(Stage::Locked) => lines.say(&shared.text("interview.stands-here"), theme.muted),
            _ => {}
        }
        lines.lines
    }
}
