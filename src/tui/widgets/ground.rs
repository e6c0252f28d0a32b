use ratatui::{
    buffer::Buffer,
    style::{Color, Style},
};

use crate::tui::theme::Theme;

/// Lays the theme's ground below all that is drawn, so that its colours are readable whatever the
/// terminal's own are.
pub(in crate::tui) fn lay_ground(buffer: &mut Buffer, theme: &Theme) {
    let ground = Style::from(theme.ground);
    if ground.fg.is_none() && ground.bg.is_none() {
        return;
    }
    for cell in &mut buffer.content {
        if let (Color::Reset, Some(fg)) = (cell.fg, ground.fg) {
            cell.fg = fg;
        }
        if let (Color::Reset, Some(bg)) = (cell.bg, ground.bg) {
            cell.bg = bg;
        }
    }
}
