use std::cell::Cell;

use ratatui::{
    Frame,
    crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers},
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use crate::tui::{
    keymap::{Action, Keymap, Place},
    shared::Shared,
    text::{truncate, wrap_line},
    widgets::{popup, scroll_handle},
};

/// Lines of the box where there are as many.
const LEAST_HEIGHT: u16 = 12;

/// A line to type in and a list below it: what search and the command palette share.
#[derive(Default)]
pub(in crate::tui) struct Finder {
    input: Input,
    selected: usize,
    /// Where the list was last drawn, and the first row of it: for clicks.
    drawn: Cell<(Rect, usize)>,
}

/// What a key did to a finder.
pub(in crate::tui) enum Found {
    /// The text changed.
    Typed,
    /// The chosen row was taken.
    Chosen(usize),
    /// The finder was left.
    Left,
    /// Nothing to act on.
    Nothing,
}

/// One row of the list.
pub(in crate::tui) struct FinderRow {
    pub(in crate::tui) left: Line<'static>,
    pub(in crate::tui) right: String,
}

impl Finder {
    pub(in crate::tui) fn text(&self) -> &str {
        self.input.value()
    }

    pub(in crate::tui) fn key(&mut self, key: KeyEvent, rows: usize, keymap: &Keymap) -> Found {
        match keymap.action(&[Place::Typing], key) {
            Some(Action::Accept) => return self.accept(rows),
            Some(Action::Cancel) => return Found::Left,
            _ => {}
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c') if control => return Found::Left,
            KeyCode::Up => self.up(),
            KeyCode::Down => self.down(rows),
            KeyCode::Char('p') if control => self.up(),
            KeyCode::Char('n') if control => self.down(rows),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(8),
            KeyCode::PageDown => self.selected = (self.selected + 8).min(rows.saturating_sub(1)),
            _ => {
                let before = self.input.value().to_owned();
                self.input.handle_event(&Event::Key(key));
                if self.input.value() != before {
                    self.selected = 0;
                    return Found::Typed;
                }
            }
        }
        Found::Nothing
    }

    /// Takes the row that is on, if there is one.
    pub(in crate::tui) fn accept(&self, rows: usize) -> Found {
        match rows {
            0 => Found::Nothing,
            _ => Found::Chosen(self.selected.min(rows - 1)),
        }
    }

    pub(in crate::tui) fn up(&mut self) {
        self.selected = self.selected.saturating_sub(1);
    }

    pub(in crate::tui) fn down(&mut self, rows: usize) {
        self.selected = (self.selected + 1).min(rows.saturating_sub(1));
    }

    pub(in crate::tui) fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()) {
            self.input.handle(InputRequest::InsertChar(c));
        }
        self.selected = 0;
    }

    pub(in crate::tui) fn click(&self, at: Position, rows: usize) -> Found {
        let (area, first) = self.drawn.get();
        if !area.contains(at) {
            return Found::Left;
        }
        let row = first + usize::from(at.y - area.y);
        if row < rows {
            Found::Chosen(row)
        } else {
            Found::Nothing
        }
    }

    pub(in crate::tui) fn draw(
        &self,
        title: &str,
        empty: &str,
        rows: &[FinderRow],
        area: Rect,
        frame: &mut Frame,
        shared: &Shared,
    ) {
        let theme = &shared.theme;
        let height = (area.height * 3 / 4).max(LEAST_HEIGHT);
        let size = (area.width.saturating_sub(8).min(84), height);
        let inner = popup(
            area,
            size,
            title,
            shared.signs.ascii,
            frame.buffer_mut(),
            theme,
        );
        if inner.height < 3 {
            return;
        }
        let room = usize::from(inner.width).saturating_sub(3);
        let hidden = self.input.visual_scroll(room);
        let buffer = frame.buffer_mut();
        let prompt = Line::from(vec![
            Span::styled(format!("{} ", shared.signs.selected), theme.accent),
            Span::styled(
                super::super::text::skip_columns(self.input.value(), hidden),
                theme.text,
            ),
        ]);
        buffer.set_line(inner.x, inner.y, &prompt, inner.width);
        let list = Rect {
            y: inner.y + 2,
            height: inner.height - 2,
            ..inner
        };
        if rows.is_empty() {
            let line = Line::styled(empty.to_owned(), theme.muted);
            let room = list.width.saturating_sub(2);
            for (y, line) in (list.y..list.bottom()).zip(wrap_line(&line, room.into())) {
                buffer.set_line(list.x + 2, y, &line, room);
            }
        }
        let selected = self.selected.min(rows.len().saturating_sub(1));
        let height = usize::from(list.height);
        let first = selected
            .saturating_sub(height.saturating_sub(1))
            .min(rows.len().saturating_sub(height));
        self.drawn.set((list, first));
        for (y, (at, row)) in (list.y..list.bottom()).zip(rows.iter().enumerate().skip(first)) {
            let on = at == selected;
            let mut left = row.left.clone();
            if on {
                buffer.set_string(
                    list.x,
                    y,
                    shared.signs.selected,
                    Style::from(theme.selection),
                );
                left = left.patch_style(theme.selection);
            }
            let half = usize::from(list.width / 2);
            let right = truncate(&row.right, half, shared.glyphs.ellipsis).into_owned();
            let right = Line::styled(right, theme.muted);
            let right_width = right.width() as u16;
            let left_width = list.width.saturating_sub(right_width + 4);
            buffer.set_line(list.x + 2, y, &left, left_width);
            if left.width() > usize::from(left_width) {
                let ellipsis = shared.glyphs.ellipsis;
                let x = list.x + 2 + left_width;
                buffer.set_string(x, y, ellipsis, Style::from(theme.muted));
            }
            buffer.set_line(list.right() - right_width, y, &right, right_width);
        }
        let edge = Rect {
            x: inner.right() + 1,
            width: 1,
            ..list
        };
        let sign = shared.signs.scroll[1];
        scroll_handle(edge, (first, rows.len()), sign, theme.muted.into(), buffer);
        let column = (self.input.visual_cursor().max(hidden) - hidden) as u16;
        frame.set_cursor_position(Position::new(inner.x + 2 + column, inner.y));
    }
}
