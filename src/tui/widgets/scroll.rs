use ratatui::{buffer::Buffer, layout::Rect, style::Style};

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
