use chrono::{Datelike, Days, NaiveDate, Weekday};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthStr;

use crate::tui::theme::Theme;

/// A calendar of the last weeks: a column a week, a row a day, the more reviews the brighter.
pub(in crate::tui) struct Heat<'a> {
    /// The last day shown.
    pub(in crate::tui) today: NaiveDate,
    /// Reviews on a day.
    pub(in crate::tui) reviews: &'a dyn Fn(NaiveDate) -> u32,
    /// Names of the twelve months.
    pub(in crate::tui) months: [&'a str; 12],
    /// Names of Monday, Wednesday and Friday.
    pub(in crate::tui) days: [&'a str; 3],
    /// Signs from no activity to much.
    pub(in crate::tui) signs: [&'a str; 5],
}

const CELL: u16 = 2;

impl Heat<'_> {
    /// Lines the calendar takes: the months, seven days.
    pub(in crate::tui) const HEIGHT: u16 = 8;

    fn label_width(&self) -> u16 {
        self.days.iter().map(|day| day.width()).max().unwrap_or(0) as u16 + 1
    }

    fn weeks(&self, width: u16) -> u16 {
        width.saturating_sub(self.label_width()) / CELL
    }

    fn monday(&self) -> NaiveDate {
        self.today - Days::new(u64::from(self.today.weekday().num_days_from_monday()))
    }

    /// The first day that is shown in so many columns.
    pub(in crate::tui) fn first_day(&self, width: u16) -> NaiveDate {
        let before = u64::from(self.weeks(width).saturating_sub(1));
        self.monday() - Days::new(7 * before)
    }

    /// The columns that are drawn of so many.
    pub(in crate::tui) fn drawn_width(&self, width: u16) -> u16 {
        (self.label_width() + self.weeks(width) * CELL).saturating_sub(1)
    }

    /// Draws as many weeks as fit, the present one last.
    pub(in crate::tui) fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let label = self.label_width();
        let weeks = self.weeks(area.width);
        if weeks == 0 || area.height < Self::HEIGHT {
            return;
        }
        let monday = self.monday();
        let labels = [Weekday::Mon, Weekday::Wed, Weekday::Fri];
        for (name, day) in self.days.iter().zip(labels) {
            let y = area.y + 1 + day.num_days_from_monday() as u16;
            buffer.set_stringn(area.x, y, name, label.into(), Style::from(theme.muted));
        }
        let mut month_shown_until = area.x;
        for column in 0..weeks {
            let x = area.x + label + column * CELL;
            let Some(first) = monday.checked_sub_days(Days::new(7 * u64::from(weeks - 1 - column)))
            else {
                continue;
            };
            if first.day() <= 7 {
                let name = self.months[first.month0() as usize];
                if x >= month_shown_until && x + name.width() as u16 <= area.right() {
                    buffer.set_string(x, area.y, name, Style::from(theme.muted));
                    month_shown_until = x + name.width() as u16 + 1;
                }
            }
            for (row, day) in first.iter_days().take(7).enumerate() {
                if day <= self.today {
                    let level = level((self.reviews)(day));
                    let y = area.y + 1 + row as u16;
                    buffer.set_string(x, y, self.signs[level], Style::from(theme.heat[level]));
                }
            }
        }
    }
}

fn level(reviews: u32) -> usize {
    match reviews {
        0 => 0,
        1..10 => 1,
        10..25 => 2,
        25..60 => 3,
        _ => 4,
    }
}
