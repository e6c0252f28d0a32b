//! All questions of an interview at a glance: which were seen, answered, flagged.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::lines::inline;
use crate::{
    interview::{Session, Standing},
    tui::{
        keymap::Action,
        shared::Shared,
        text::{truncate, width},
    },
};

/// Columns of one question.
const CELL: u16 = 8;

/// Moves the choice.
pub(super) fn moved(at: usize, action: Action, count: usize, columns: usize) -> usize {
    let last = count.saturating_sub(1);
    let to = match action {
        Action::Up => at.checked_sub(columns),
        Action::Down => Some(at + columns),
        Action::Earlier => at.checked_sub(1),
        Action::Later => Some(at + 1),
        Action::Top | Action::PageUp => Some(0),
        Action::Bottom | Action::PageDown => Some(last),
        _ => None,
    };
    to.filter(|to| *to <= last).unwrap_or(at)
}

/// How many questions stand side by side.
pub(super) fn columns(area: Rect) -> usize {
    usize::from((area.width / CELL).clamp(1, 10))
}

fn sign(standing: Standing, shared: &Shared) -> (&'static str, Style) {
    let (signs, theme) = (&shared.signs, &shared.theme);
    match standing {
        Standing::Unseen => (signs.dot, theme.muted.into()),
        Standing::Blank => (signs.blank, theme.text.into()),
        Standing::Begun => (signs.begun, theme.warn.into()),
        Standing::Answered => (signs.done, theme.good.into()),
    }
}

pub(super) fn draw(session: &Session, at: usize, area: Rect, frame: &mut Frame, shared: &Shared) {
    let theme = &shared.theme;
    let across = columns(area);
    let buffer = frame.buffer_mut();
    for (place, sheet) in session.sheets().iter().enumerate() {
        let y = area.y + (place / across) as u16;
        if y >= area.bottom().saturating_sub(3) {
            break;
        }
        let x = area.x + (place % across) as u16 * CELL;
        let (sign, style) = sign(sheet.standing(), shared);
        let number: Style = if place == at {
            theme.selection.into()
        } else {
            theme.text.into()
        };
        let flag = if sheet.flagged { shared.signs.flag } else { "" };
        let line = Line::from(vec![
            Span::styled(format!("{:>3}", place + 1), number),
            Span::styled(format!(" {sign}"), style),
            Span::styled(flag, theme.warn),
        ]);
        buffer.set_line(x, y, &line, CELL);
    }
    let legend: Vec<Span<'static>> = [
        (Standing::Unseen, "interview.unseen"),
        (Standing::Blank, "interview.blank"),
        (Standing::Begun, "interview.begun"),
        (Standing::Answered, "interview.answered"),
    ]
    .into_iter()
    .flat_map(|(standing, name)| {
        let (sign, style) = sign(standing, shared);
        [
            Span::styled(format!("{sign} "), style),
            Span::styled(format!("{}   ", shared.text(name)), theme.muted),
        ]
    })
    .chain([
        Span::styled(format!("{} ", shared.signs.flag), theme.warn),
        Span::styled(shared.text("interview.flagged"), theme.muted),
    ])
    .collect();
    let bottom = area.bottom().saturating_sub(1);
    buffer.set_line(area.x, bottom, &Line::from(legend), area.width);
    if let Some(item) = session.paper().items.get(at) {
        let prompt = inline(item.question.prompt.text(session.paper().lang));
        let shown = truncate(&prompt, area.width.into(), shared.glyphs.ellipsis);
        debug_assert!(width(&shown) <= usize::from(area.width));
        let line = Line::styled(shown.into_owned(), theme.text);
        buffer.set_line(area.x, bottom.saturating_sub(2), &line, area.width);
    }
}

/// The question at a place of the screen.
pub(super) fn question_at(at: Position, area: Rect, count: usize) -> Option<usize> {
    if !area.contains(at) || at.y >= area.bottom().saturating_sub(3) {
        return None;
    }
    let across = columns(area);
    let column = usize::from((at.x - area.x) / CELL);
    let place = usize::from(at.y - area.y) * across + column;
    (column < across && place < count).then_some(place)
}
