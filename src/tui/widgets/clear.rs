//! Room for a popup over what is already drawn.

use ratatui::{
    buffer::{Buffer, CellWidth},
    layout::{Position, Rect},
};

/// Empties an area so that a popup can be drawn on it. A wide character that the area covers only
/// half of goes as a whole: its other half would move the popup's border, or stay as rubbish
/// (ratatui's own `Clear` leaves it, ratatui #2526).
pub(in crate::tui) fn clear_area(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    for y in area.top()..area.bottom() {
        cut_left(buffer, area.left(), y);
        cut_right(buffer, area.right(), y);
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
        }
    }
}

/// Blanks the wide character that reaches over `edge` from the left, up to the edge.
fn cut_left(buffer: &mut Buffer, edge: u16, y: u16) {
    // No character is wider than a handful of columns; the nearest one that is drawn decides.
    for x in (buffer.area.left().max(edge.saturating_sub(8))..edge).rev() {
        let width = buffer[(x, y)].cell_width();
        if width <= 1 {
            continue;
        }
        if x.saturating_add(width) > edge {
            let style = buffer[(x, y)].style();
            for x in x..edge {
                buffer[(x, y)].set_symbol(" ").set_style(style);
            }
        }
        return;
    }
}

/// Blanks what a wide character that begins before `edge` leaves behind it.
fn cut_right(buffer: &mut Buffer, edge: u16, y: u16) {
    for x in (buffer.area.left().max(edge.saturating_sub(8))..edge).rev() {
        let width = buffer[(x, y)].cell_width();
        if width <= 1 {
            continue;
        }
        let style = buffer[(x, y)].style();
        for x in edge..x.saturating_add(width).max(edge) {
            if let Some(cell) = buffer.cell_mut(Position::new(x, y)) {
                cell.set_symbol(" ").set_style(style);
            }
        }
        return;
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io, rc::Rc};

    use proptest::prelude::*;
    use ratatui::{
        Terminal, TerminalOptions, Viewport,
        backend::CrosstermBackend,
        style::{Color, Style},
        widgets::{Block, Widget},
    };

    use super::*;

    fn filled(line: &str, rows: u16) -> Buffer {
        let lines = vec![line; usize::from(rows)];
        Buffer::with_lines(lines)
    }

    fn row(buffer: &Buffer, y: u16) -> String {
        let mut row = String::new();
        let mut hidden = 0;
        for x in buffer.area.left()..buffer.area.right() {
            let cell = &buffer[(x, y)];
            if hidden == 0 {
                row.push_str(cell.symbol());
                hidden = cell.cell_width();
            }
            hidden = hidden.saturating_sub(1);
        }
        row
    }

    #[test]
    fn a_character_half_under_the_popup_goes_as_a_whole() {
        let mut buffer = filled("容器的一生", 1);
        clear_area(&mut buffer, Rect::new(3, 0, 4, 1));
        assert_eq!(row(&buffer, 0), "容      生");
    }

    #[test]
    fn characters_beside_the_popup_stay() {
        let mut buffer = filled("容器的一生", 1);
        clear_area(&mut buffer, Rect::new(4, 0, 4, 1));
        assert_eq!(row(&buffer, 0), "容器    生");
    }

    #[test]
    fn what_is_blanked_keeps_its_ground() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        buffer.set_string(0, 0, "容器", Style::new().bg(Color::Blue));
        clear_area(&mut buffer, Rect::new(1, 0, 2, 1));
        assert_eq!(buffer[(0, 0)].bg, Color::Blue);
        assert_eq!(buffer[(3, 0)].bg, Color::Blue);
        assert_eq!(row(&buffer, 0), "    ");
    }

    #[test]
    fn an_area_beyond_the_screen_is_cut() {
        let mut buffer = filled("容器", 1);
        clear_area(&mut buffer, Rect::new(3, 0, 90, 90));
        assert_eq!(row(&buffer, 0), "容  ");
    }

    /// What a backend writes, for the test to read.
    #[derive(Clone, Default)]
    struct Written(Rc<RefCell<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Through ratatui's own difference of frames, into a terminal: the border is where it was put.
    #[test]
    fn a_terminal_shows_the_whole_border() {
        let written = Written::default();
        let mut terminal = Terminal::with_options(
            CrosstermBackend::new(written.clone()),
            TerminalOptions {
                viewport: Viewport::Fixed(Rect::new(0, 0, 20, 5)),
            },
        )
        .expect("a terminal in memory");
        let page = |frame: &mut ratatui::Frame<'_>| {
            let area = frame.area();
            filled("容器没有开机关机的话", 5)
                .content
                .iter()
                .zip(area.positions())
                .for_each(|(cell, at)| frame.buffer_mut()[at] = cell.clone());
        };
        let popup = Rect::new(5, 1, 8, 3);
        terminal.draw(page).expect("drawn");
        let drawn = terminal.draw(|frame| {
            page(frame);
            clear_area(frame.buffer_mut(), popup);
            Block::bordered().render(popup, frame.buffer_mut());
        });
        drawn.expect("drawn");
        let mut screen = vt100::Parser::new(5, 20, 0);
        screen.process(&written.0.borrow());
        let rows: Vec<String> = screen.screen().rows(0, 20).collect();
        assert_eq!(rows[1], "容器 ┌──────┐ 机的话");
        assert_eq!(rows[2], "容器 │      │ 机的话");
        assert_eq!(rows[3], "容器 └──────┘ 机的话");
    }

    proptest! {
        #[test]
        fn no_character_crosses_the_edges(line in "[a容👩]{1,12}", x in 0u16..24, width in 1u16..24) {
            let mut buffer = filled(&line, 1);
            let whole = buffer.area;
            let area = Rect::new(x, 0, width, 1).intersection(whole);
            clear_area(&mut buffer, area);
            for at in whole.left()..whole.right() {
                let end = at + buffer[(at, 0)].cell_width();
                let cell = at..end;
                prop_assert!(cell.end <= area.left() || cell.start >= area.right() || cell.len() == 1 || area.is_empty());
            }
        }
    }
}
