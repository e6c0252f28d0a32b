//! Mock interviews on screen: which one to sit, sitting it, and what came of it. What an interview is
//! and how it goes is decided by [`crate::interview`].

mod asked;
mod choose;
mod lines;
mod offers;
mod outcome;
mod overview;
mod results;
mod sitting;
mod view;

use std::time::Duration;

use ratatui::layout::Rect;

pub(in crate::tui) use self::{choose::Interviews, results::Outcome, sitting::Sitting};
use crate::history::Preset;

/// The widest a question is set.
const MEASURE: u16 = 80;

/// Where a question, or what came of an interview, is set: a column in the middle.
fn sheet_area(area: Rect) -> Rect {
    let margin = if area.width < 90 { 2 } else { 8 };
    let width = area.width.saturating_sub(margin).min(MEASURE);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + air(area.height),
        width,
        height: area.height.saturating_sub(1 + air(area.height)),
    }
}

/// Lines left free above on a tall screen.
fn air(height: u16) -> u16 {
    1 + height.saturating_sub(24) / 4
}

/// A length of time as a clock shows it, begun seconds whole.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::Quick => "interview.quick",
        Preset::Mock => "interview.mock",
        Preset::Full => "interview.full",
        Preset::Wrong => "interview.wrong",
        Preset::Custom => "interview.custom",
    }
}
