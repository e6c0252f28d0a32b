use ratatui::crossterm::terminal;

/// The terminal's width and height in cells; 80 by 24 where it does not say.
pub fn terminal_size() -> (u16, u16) {
    match terminal::size() {
        Ok((width, height)) if width > 0 && height > 0 => (width, height),
        _ => (80, 24),
    }
}
