use ratatui::{
    buffer::{Buffer, CellWidth},
    style::{Color, Style},
};

use crate::tui::theme::Theme;

/// Lays the theme's ground below all that is drawn, so that its colours are readable whatever the
/// terminal's own are. The second half of a wide character is left alone: nobody sees it, and
/// ratatui must find a difference where something narrow takes its place, since the terminal blanks
/// that half in its own colours when the first is overwritten.
pub(in crate::tui) fn lay_ground(buffer: &mut Buffer, theme: &Theme) {
    let ground = Style::from(theme.ground);
    if ground.fg.is_none() && ground.bg.is_none() {
        return;
    }
    let mut covered = 0;
    for cell in &mut buffer.content {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        covered = cell.cell_width().saturating_sub(1);
        if let (Color::Reset, Some(fg)) = (cell.fg, ground.fg) {
            cell.fg = fg;
        }
        if let (Color::Reset, Some(bg)) = (cell.bg, ground.bg) {
            cell.bg = bg;
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, style::Color};

    use super::lay_ground;
    use crate::tui::theme::{ColourDepth, Theme, ThemeName};

    #[test]
    fn half_of_a_wide_character_that_goes_is_drawn_again() {
        let theme = Theme::new(ThemeName::Light, ColourDepth::True);
        let drawn = |text| {
            let mut buffer = Buffer::with_lines([text]);
            lay_ground(&mut buffer, &theme);
            buffer
        };
        let (before, after) = (drawn(" 了 "), drawn("动  "));
        let redrawn = before.diff(&after);
        let last = redrawn.iter().find(|(x, ..)| *x == 2).expect("redrawn");
        assert_ne!(last.2.bg, Color::Reset);
    }
}
