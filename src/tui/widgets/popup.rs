use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::Line,
    widgets::{Block, BorderType, Widget},
};

use super::clear_area;
use crate::tui::theme::Theme;

/// Takes the light off what lies below a popup.
pub(in crate::tui) fn recede(area: Rect, buffer: &mut Buffer, theme: &Theme) {
    for position in area.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.set_style(Style::reset().patch(Style::from(theme.border)));
        }
    }
}

/// Draws an empty box over what is there, centred, and returns the room inside it. A line stays free
/// above it.
pub(in crate::tui) fn popup(
    area: Rect,
    (width, height): (u16, u16),
    title: &str,
    ascii: bool,
    buffer: &mut Buffer,
    theme: &Theme,
) -> Rect {
    let width = width.min(area.width.saturating_sub(2));
    let height = height.min(area.height.saturating_sub(1));
    let at = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + ((area.height - height) / 3).max(1),
        width,
        height,
    };
    clear_area(buffer, at);
    let mut block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border)
        .title(Line::styled(
            format!(" {title} "),
            Style::reset().patch(Style::from(theme.title)),
        ));
    if ascii {
        block = block.border_set(ASCII);
    }
    let inner = block.inner(at);
    block.render(at, buffer);
    Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

const ASCII: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
