//! The days before today and the days to come.

use chrono::Days;
use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{Home, view::weekday};
use crate::{
    ids::StudyDay,
    tui::{shared::Shared, text::width, widgets::Heat},
};

impl Home {
    /// Lines of both blocks with the air between them.
    pub(super) fn right_height(&self) -> u16 {
        let coming = if self.anything_coming() {
            self.coming.len() as u16 + 2
        } else {
            0
        };
        1 + Heat::HEIGHT + coming
    }

    fn anything_coming(&self) -> bool {
        self.coming.iter().any(|count| *count > 0)
    }

    /// The calendar of the last weeks, and below it, where there is room, what is to come.
    pub(super) fn draw_days(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        if area.height <= Heat::HEIGHT {
            return;
        }
        let width = self.draw_past(area, frame, shared);
        let below = Rect {
            y: area.y + Heat::HEIGHT + 2,
            width,
            height: area.height.saturating_sub(Heat::HEIGHT + 2),
            ..area
        };
        if self.anything_coming() && usize::from(below.height) > self.coming.len() {
            self.draw_coming(below, frame, shared);
        }
    }

    /// Returns the columns it took.
    fn draw_past(&self, area: Rect, frame: &mut Frame, shared: &Shared) -> u16 {
        let locale = shared.locale();
        let months = [
            "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8",
            "month.9", "month.10", "month.11", "month.12",
        ]
        .map(|name| locale.text(name));
        let days = ["weekday.1", "weekday.3", "weekday.5"].map(|name| locale.text(name));
        let heat = Heat {
            today: self.day.date(),
            reviews: &|day| shared.memory.activity(StudyDay::new(day)).grades(),
            months,
            days,
            signs: shared.signs.heat,
        };
        let theme = &shared.theme;
        let title = Line::styled(shared.text("home.past"), theme.heading);
        let buffer = frame.buffer_mut();
        buffer.set_line(area.x, area.y, &title, area.width);
        let first = heat.first_day(area.width);
        let active = shared
            .memory
            .activities()
            .filter(|(day, activity)| day.date() >= first && activity.grades() > 0)
            .count();
        let state = shared.fill("home.days-studied", &[("n", &active)]);
        let shown = heat.drawn_width(area.width);
        let x = area.x + shown.saturating_sub(width(&state) as u16);
        buffer.set_line(x, area.y, &Line::styled(state, theme.muted), area.width);
        let calendar = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        heat.draw(calendar, buffer, theme);
        shown
    }

    fn draw_coming(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let names: Vec<String> = (0..self.coming.len())
            .map(|at| match at {
                0 => shared.text("home.today"),
                _ => weekday(self.day.date() + Days::new(at as u64), shared),
            })
            .collect();
        let name_width = names.iter().map(|name| width(name)).max().unwrap_or(0);
        let most = self.coming.iter().copied().max().unwrap_or(0).max(1);
        let count_width = most.to_string().len();
        let room = usize::from(area.width).saturating_sub(name_width + count_width + 4);
        let buffer = frame.buffer_mut();
        let title = Line::styled(shared.text("home.coming"), theme.heading);
        buffer.set_line(area.x, area.y, &title, area.width);
        for (at, (name, count)) in names.iter().zip(&self.coming).enumerate() {
            let pad = " ".repeat(name_width - width(name));
            let style = if at == 0 {
                Style::from(theme.accent)
            } else {
                theme.muted.into()
            };
            let bar = shared.signs.bar[0].repeat((count * room).div_ceil(most));
            let line = Line::from(vec![
                Span::styled(format!("{name}{pad}  {count:>count_width$}  "), style),
                Span::styled(bar, style),
            ]);
            buffer.set_line(area.x, area.y + 1 + at as u16, &line, area.width);
        }
    }
}
