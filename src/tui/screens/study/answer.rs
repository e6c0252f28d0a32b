use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use crate::{
    history::Rating,
    memory::{Choice, Return},
    tui::{
        keymap::{Action, Place},
        shared::Shared,
    },
};

/// Lines the four buttons take: the grades, and under each when the card comes back.
pub(super) const BUTTONS_HEIGHT: u16 = 2;

/// The four grades side by side, each with what it means and the interval it leads to.
pub(super) fn draw_buttons(choices: &[Choice; 4], area: Rect, frame: &mut Frame, shared: &Shared) {
    let theme = &shared.theme;
    for (at, choice) in choices.iter().enumerate() {
        let (action, style) = match choice.rating {
            Rating::Again => (Action::Again, Style::from(theme.bad)),
            Rating::Hard => (Action::Hard, theme.warn.into()),
            Rating::Good => (Action::Good, theme.good.into()),
            Rating::Easy => (Action::Easy, theme.accent.into()),
        };
        let key = shared
            .keymap
            .key(&[Place::Answer, Place::Study], action)
            .unwrap_or_default();
        let button = button(at, area);
        let label = Line::from(vec![
            Span::styled(key, theme.key),
            Span::raw(" "),
            Span::styled(shared.text(&action.label()), style),
        ]);
        let back = match choice.back {
            Return::ThisSession => shared.text("study.soon"),
            Return::In { days, .. } => shared.days(i64::from(days)),
            Return::Unmoved => shared.text("study.unchanged"),
        };
        let buffer = frame.buffer_mut();
        buffer.set_line(button.x, button.y, &label, button.width);
        buffer.set_line(
            button.x + 2,
            button.y + 1,
            &Line::styled(back, theme.muted),
            // Its end may stand above the gap before the next button, which is indented as well.
            button.width,
        );
    }
}

/// The grade whose button is at this position, in a column whose last lines hold the buttons.
pub(super) fn button_at(at: Position, column: Rect) -> Option<Rating> {
    let area = Rect {
        y: column.bottom().saturating_sub(BUTTONS_HEIGHT),
        height: BUTTONS_HEIGHT,
        ..column
    };
    Rating::ALL
        .into_iter()
        .enumerate()
        .find(|(place, _)| button(*place, area).contains(at))
        .map(|(_, rating)| rating)
}

fn button(at: usize, area: Rect) -> Rect {
    let width = area.width / 4;
    Rect {
        x: area.x + width * at as u16,
        width,
        ..area
    }
}
