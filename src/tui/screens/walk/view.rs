use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{Walk, place::Placed};
use crate::{
    ids::Now,
    tui::{
        shared::Shared,
        text::{autospace, safe, truncate, width},
        widgets::{clear_area, lines_from},
    },
};

impl Walk {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
        columns: u16,
    ) -> (Line<'static>, Line<'static>) {
        let theme = &shared.theme;
        let player = &self.story.player;
        let [playing, waiting] = shared.signs.playing;
        let sign = if player.is_playing() {
            playing
        } else {
            waiting
        };
        let millis = player.now().millis();
        let state = vec![
            Span::styled(
                format!("{sign} {}x", player.speed().factor()),
                if player.is_playing() {
                    theme.accent
                } else {
                    theme.muted
                },
            ),
            Span::raw("   "),
            Span::raw(shared.fill("walk.revision", &[("n", &self.seen.scene.revision())])),
            Span::raw(format!(
                "   {:>7} s",
                format!("{}.{:03}", millis / 1000, millis % 1000)
            )),
        ];
        let state = Line::from(state);
        let scenario = player.run().scenario();
        let title = autospace(&safe(scenario.title.text(shared.lang))).into_owned();
        let chapter = match self.seen.chapter() {
            None => shared.text("walk.before"),
            Some(at) => {
                let chapter = scenario.chapters.get(at);
                let title = chapter.map_or("", |chapter| chapter.title.text(shared.lang));
                let title = autospace(&safe(title)).into_owned();
                let places: [(&str, &dyn std::fmt::Display); 3] = [
                    ("k", &(at + 1)),
                    ("n", &scenario.chapters.len()),
                    ("title", &title),
                ];
                shared.fill("walk.chapter", &places)
            }
        };
        let room = usize::from(columns).saturating_sub(state.width() + 4);
        // Where not both have room, the chapter says where one is.
        let whole = if width(&title) + 3 + width(&chapter) <= room {
            Line::from(vec![
                Span::raw(title),
                Span::raw("   "),
                Span::styled(chapter, theme.heading),
            ])
        } else {
            let cut = truncate(&chapter, room, shared.glyphs.ellipsis).into_owned();
            Line::styled(cut, theme.heading)
        };
        (whole, state)
    }

    pub(in crate::tui::screens) fn draw(
        &self,
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
        now: &Now,
    ) {
        let placed = Placed::new(area);
        let text_first = self.shows_text_first();
        if let Some(inspector) = &self.inspector {
            let (place, map) = placed.inspector();
            if let Some(map) = map {
                self.map(shared, self.flown(now)).draw(frame, map);
            }
            inspector.draw(place, frame, shared);
        } else {
            if let Some(map) = placed.map(text_first) {
                self.map(shared, self.flown(now)).draw(frame, map);
            }
            if let Some(text) = placed.text(text_first) {
                self.draw_text(text, &placed, frame, shared);
            }
        }
        self.draw_timeline(placed.timeline, frame, shared);
        if let Some(over) = &self.over {
            self.draw_over(over, area, frame, shared);
        }
    }

    fn draw_text(&self, area: Rect, placed: &Placed, frame: &mut Frame, shared: &Shared) {
        self.text_area.set(area);
        if area.is_empty() {
            return;
        }
        let is_beside = placed.is_beside;
        let columns = usize::from(area.width.saturating_sub(2));
        let lines = self.text((columns, area.height.into()), !is_beside, shared);
        let area = self.lay_sheet(self.to_read.get(), area, placed, frame, shared);
        let room = usize::from(area.height);
        let last = lines.len().saturating_sub(room);
        self.last_scroll.set(last);
        let top = self.scroll.min(last);
        let buffer = frame.buffer_mut();
        lines_from(
            top,
            &lines,
            area,
            area.right().saturating_sub(1),
            buffer,
            shared,
        );
        self.text_area.set(area);
        // What the chapter is about stays at the foot, where it does not move with each step.
        if is_beside {
            let aside = self.aside(columns, shared);
            if !aside.is_empty() && lines.len() + aside.len() + 2 <= room {
                let y = area.bottom() - aside.len() as u16;
                for (y, line) in (y..area.bottom()).zip(&aside) {
                    buffer.set_line(area.x, y, line, area.width);
                }
            }
        }
    }

    /// More room for what is to be read now, over the foot of the map.
    fn lay_sheet(
        &self,
        lines: usize,
        area: Rect,
        placed: &Placed,
        frame: &mut Frame,
        shared: &Shared,
    ) -> Rect {
        let sheet = placed.sheet(lines);
        if sheet.y < area.y {
            let whole = Rect {
                x: placed.whole.x.saturating_sub(1),
                y: sheet.y - 1,
                width: placed.whole.width + 2,
                height: sheet.height + 1,
            };
            let buffer = frame.buffer_mut();
            clear_area(buffer, whole);
            let rule = shared.signs.rule.repeat(sheet.width.into());
            let rule = Line::styled(rule, shared.theme.border);
            buffer.set_line(sheet.x, sheet.y - 1, &rule, sheet.width);
        }
        sheet
    }
}
