use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};

use crate::tui::{keymap::Action, shared::Shared};

/// Where a key takes a text of which `height` lines are shown and that can be scrolled to `last`. A page
/// leaves two lines of the one before.
pub(in crate::tui) fn scrolled(at: u16, action: Action, (last, height): (u16, u16)) -> u16 {
    let page = height.saturating_sub(2).max(1);
    let at = at.min(last);
    let to = match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => at + 1,
        Action::PageUp => at.saturating_sub(page),
        Action::PageDown => at.saturating_add(page),
        Action::Top => 0,
        Action::Bottom => last,
        _ => at,
    };
    to.min(last)
}

/// The first row shown of a list so that the one selected has others above and below it.
pub(in crate::tui) fn first_shown(selected: usize, height: u16, rows: usize) -> usize {
    let height = usize::from(height);
    selected
        .saturating_sub(height * 2 / 3)
        .min(rows.saturating_sub(height))
}

/// Where in a long text one is: a handle in a column of its own, nothing where all of it is shown.
pub(in crate::tui) fn scroll_handle(
    column: Rect,
    (top, total): (usize, usize),
    sign: &str,
    style: Style,
    buffer: &mut Buffer,
) {
    let visible = usize::from(column.height);
    if total <= visible || visible == 0 {
        return;
    }
    let handle = (visible * visible / total).max(1);
    let start = top.min(total - visible) * (visible - handle) / (total - visible);
    for row in start..start + handle {
        buffer.set_string(column.x, column.y + row as u16, sign, style);
    }
}

/// The lines from `top` on that fit into an area, and in the column `handle` where in the text they are.
pub(in crate::tui) fn lines_from(
    top: usize,
    lines: &[Line<'_>],
    area: Rect,
    handle: u16,
    buffer: &mut Buffer,
    shared: &Shared,
) {
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(top)) {
        buffer.set_line(area.x, y, line, area.width);
    }
    let column = Rect {
        x: handle,
        width: 1,
        ..area
    };
    let (sign, muted) = (shared.signs.scroll[1], shared.theme.muted.into());
    scroll_handle(column, (top, lines.len()), sign, muted, buffer);
}
