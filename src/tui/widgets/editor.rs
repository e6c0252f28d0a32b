use ratatui::{
    Frame,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
    layout::{Position, Rect},
    style::Style,
    text::Line,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::text::{Columns, break_lines, safe, width};

/// How many earlier texts are kept to go back to.
const UNDOS: usize = 200;

/// A text of several lines that is being typed. What cannot be shown never comes in, so that columns
/// are those of the text itself.
#[derive(Clone, Default, Debug)]
pub(in crate::tui) struct Editor {
    text: String,
    /// Byte of the text, between two characters.
    cursor: usize,
    undo: Vec<(String, usize)>,
    redo: Vec<(String, usize)>,
    /// Whether the last change was one character typed: a run of them is undone at once.
    runs_on: bool,
    /// Columns of the text as it was last drawn: up and down go by what is seen.
    columns: usize,
}

impl Editor {
    /// A text to go on with, the cursor at its end.
    pub(in crate::tui) fn of(text: &str) -> Editor {
        let text = shown(text);
        Editor {
            cursor: text.len(),
            text,
            ..Editor::default()
        }
    }

    pub(in crate::tui) fn text(&self) -> &str {
        &self.text
    }

    /// Takes a key; whether the text changed.
    pub(in crate::tui) fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(c) if control => return self.control(c.to_ascii_lowercase()),
            KeyCode::Char('b') if alt => self.cursor = self.word_before(),
            KeyCode::Char('f') if alt => self.cursor = self.word_after(),
            KeyCode::Char(c) if !alt => {
                self.insert(&c.to_string(), c != ' ');
                return true;
            }
            KeyCode::Left if control || alt => self.cursor = self.word_before(),
            KeyCode::Right if control || alt => self.cursor = self.word_after(),
            KeyCode::Left => self.cursor = self.before(),
            KeyCode::Right => self.cursor = self.after(),
            KeyCode::Up => self.go_row(-1),
            KeyCode::Down => self.go_row(1),
            KeyCode::Home => self.cursor = self.line_start(),
            KeyCode::End => self.cursor = self.line_end(),
            KeyCode::Backspace if alt => return self.cut(self.word_before(), self.cursor),
            KeyCode::Backspace => return self.cut(self.before(), self.cursor),
            KeyCode::Delete => return self.cut(self.cursor, self.after()),
            _ => return false,
        }
        self.runs_on = false;
        false
    }

    fn control(&mut self, c: char) -> bool {
        match c {
            'a' => self.cursor = self.line_start(),
            'e' => self.cursor = self.line_end(),
            'b' => self.cursor = self.before(),
            'f' => self.cursor = self.after(),
            'h' => return self.cut(self.before(), self.cursor),
            'd' => return self.cut(self.cursor, self.after()),
            'w' => return self.cut(self.word_before(), self.cursor),
            'u' => return self.cut(self.line_start(), self.cursor),
            'k' => return self.cut(self.cursor, self.line_end()),
            'z' => return self.go_back(),
            'y' => return self.go_forth(),
            _ => return false,
        }
        self.runs_on = false;
        false
    }

    pub(in crate::tui) fn new_line(&mut self) {
        self.insert("\n", false);
    }

    /// What was pasted comes in with its line ends.
    pub(in crate::tui) fn paste(&mut self, text: &str) {
        self.insert(&shown(text), false);
    }

    fn insert(&mut self, text: &str, runs_on: bool) {
        let text = shown(text);
        if !(runs_on && self.runs_on) {
            self.remember();
        }
        self.redo.clear();
        self.runs_on = runs_on;
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
    }

    fn cut(&mut self, from: usize, to: usize) -> bool {
        if from == to {
            return false;
        }
        self.remember();
        self.redo.clear();
        self.runs_on = false;
        self.text.replace_range(from..to, "");
        self.cursor = from;
        true
    }

    fn remember(&mut self) {
        if self.undo.len() == UNDOS {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.cursor));
    }

    fn go_back(&mut self) -> bool {
        let Some((text, cursor)) = self.undo.pop() else {
            return false;
        };
        let now = std::mem::replace(&mut self.text, text);
        self.redo.push((now, self.cursor));
        self.cursor = cursor;
        self.runs_on = false;
        true
    }

    fn go_forth(&mut self) -> bool {
        let Some((text, cursor)) = self.redo.pop() else {
            return false;
        };
        let now = std::mem::replace(&mut self.text, text);
        self.undo.push((now, self.cursor));
        self.cursor = cursor;
        self.runs_on = false;
        true
    }

    fn before(&self) -> usize {
        let mut before = self.text[..self.cursor].grapheme_indices(true);
        before.next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let mut after = self.text[self.cursor..].graphemes(true);
        self.cursor + after.next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let mut words = self.text[..self.cursor].split_word_bound_indices();
        let last = words.rfind(|(_, word)| !word.trim().is_empty());
        last.map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let mut words = self.text[self.cursor..].split_word_bound_indices();
        let next = words.find(|(_, word)| !word.trim().is_empty());
        next.map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }

    fn line_start(&self) -> usize {
        self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        let rest = &self.text[self.cursor..];
        self.cursor + rest.find('\n').unwrap_or(rest.len())
    }

    /// Where each row begins, as it is broken into so many columns.
    fn rows(&self, columns: usize) -> Vec<usize> {
        let mut starts = Vec::new();
        let mut at = 0;
        for line in self.text.split('\n') {
            let rows = break_lines(line, Columns::all(columns.max(2)));
            starts.extend(rows.iter().map(|row| at + row.start));
            at += line.len() + 1;
        }
        starts
    }

    fn row_of(rows: &[usize], cursor: usize) -> usize {
        rows.partition_point(|start| *start <= cursor)
            .saturating_sub(1)
    }

    fn row_end(&self, rows: &[usize], row: usize) -> usize {
        let end = rows.get(row + 1).copied().unwrap_or(self.text.len());
        let text = &self.text[rows[row]..end];
        rows[row] + text.strip_suffix('\n').unwrap_or(text).len()
    }

    fn go_row(&mut self, by: isize) {
        let rows = self.rows(self.columns.max(2));
        let row = Editor::row_of(&rows, self.cursor);
        let Some(to) = row.checked_add_signed(by).filter(|to| *to < rows.len()) else {
            self.cursor = if by < 0 { 0 } else { self.text.len() };
            return;
        };
        let column = width(&self.text[rows[row]..self.cursor]);
        let end = self.row_end(&rows, to);
        let mut at = rows[to];
        let mut passed = 0;
        for grapheme in self.text[at..end].graphemes(true) {
            passed += width(grapheme);
            if passed > column {
                break;
            }
            at += grapheme.len();
        }
        self.cursor = at;
    }

    /// How many rows it takes in so many columns.
    pub(in crate::tui) fn height(&self, columns: u16) -> usize {
        self.rows(columns.into()).len()
    }

    /// Draws it, and where it has the focus sets the terminal's own cursor: an input method draws its
    /// composition there.
    pub(in crate::tui) fn draw(
        &self,
        area: Rect,
        is_focused: bool,
        style: Style,
        frame: &mut Frame,
    ) {
        let rows = self.rows(area.width.into());
        let at = Editor::row_of(&rows, self.cursor);
        let height = usize::from(area.height.max(1));
        let first = (at + 1).saturating_sub(height);
        for (y, row) in (area.y..area.bottom()).zip(first..rows.len()) {
            let text = &self.text[rows[row]..self.row_end(&rows, row)];
            let line = Line::styled(text.trim_end_matches(' '), style);
            frame.buffer_mut().set_line(area.x, y, &line, area.width);
        }
        if is_focused {
            let column = width(&self.text[rows[at]..self.cursor]);
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            frame.set_cursor_position(Position::new(
                area.x + column.min(area.width.saturating_sub(1)),
                area.y + (at - first) as u16,
            ));
        }
    }

    /// As wide as it is drawn: up and down go by that.
    pub(in crate::tui) fn set_columns(&mut self, columns: u16) {
        self.columns = columns.into();
    }
}

/// Line ends and tabs as they can be typed, and nothing that is not to be seen.
fn shown(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\t', "    ");
    let lines = text.split('\n').map(|line| safe(line).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn press(editor: &mut Editor, code: KeyCode) {
        editor.key(KeyEvent::new(code, KeyModifiers::NONE));
    }

    fn control(editor: &mut Editor, c: char) {
        editor.key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL));
    }

    fn type_in(editor: &mut Editor, text: &str) {
        for c in text.chars() {
            press(editor, KeyCode::Char(c));
        }
    }

    #[test]
    fn wide_characters_are_typed_moved_over_and_deleted_whole() {
        let mut editor = Editor::default();
        type_in(&mut editor, "容器在 Pod 里");
        press(&mut editor, KeyCode::Left);
        press(&mut editor, KeyCode::Backspace);
        press(&mut editor, KeyCode::Left);
        type_in(&mut editor, "s");
        assert_eq!(editor.text(), "容器在 Posd里");
        press(&mut editor, KeyCode::Home);
        press(&mut editor, KeyCode::Delete);
        assert_eq!(editor.text(), "器在 Posd里");
    }

    #[test]
    fn undo_takes_back_a_word_and_redo_brings_it_again() {
        let mut editor = Editor::default();
        type_in(&mut editor, "可写层 rm");
        control(&mut editor, 'z');
        assert_eq!(editor.text(), "可写层 ");
        control(&mut editor, 'z');
        control(&mut editor, 'z');
        assert_eq!(editor.text(), "");
        for _ in 0..3 {
            control(&mut editor, 'y');
        }
        assert_eq!(editor.text(), "可写层 rm");
        editor.paste("一\r\n二\t\u{1b}[31m");
        assert!(editor.text().starts_with("可写层 rm一\n二    "));
        assert!(!editor.text().contains('\u{1b}'));
        control(&mut editor, 'z');
        assert_eq!(editor.text(), "可写层 rm");
    }

    #[test]
    fn up_and_down_go_by_what_is_seen() {
        let mut editor = Editor::of("一二三四五六\nab");
        editor.set_columns(6);
        assert_eq!(editor.height(6), 3);
        press(&mut editor, KeyCode::Up);
        type_in(&mut editor, "x");
        assert_eq!(editor.text(), "一二三四x五六\nab");
        press(&mut editor, KeyCode::Up);
        press(&mut editor, KeyCode::Up);
        type_in(&mut editor, "y");
        assert!(editor.text().starts_with('y'));
    }

    proptest! {
        #[test]
        fn no_keys_break_it(keys in prop::collection::vec((0..16_u8, any::<char>()), 0..60), columns in 2..20_u16) {
            let mut editor = Editor::default();
            editor.set_columns(columns);
            for (key, c) in keys {
                match key {
                    0 => press(&mut editor, KeyCode::Left),
                    1 => press(&mut editor, KeyCode::Right),
                    2 => press(&mut editor, KeyCode::Up),
                    3 => press(&mut editor, KeyCode::Down),
                    4 => press(&mut editor, KeyCode::Backspace),
                    5 => press(&mut editor, KeyCode::Delete),
                    6 => editor.new_line(),
                    7 => control(&mut editor, 'w'),
                    8 => control(&mut editor, 'z'),
                    9 => control(&mut editor, 'y'),
                    10 => control(&mut editor, 'k'),
                    _ => press(&mut editor, KeyCode::Char(c)),
                }
                prop_assert!(editor.text.is_char_boundary(editor.cursor));
                prop_assert!(editor.height(columns) >= 1);
            }
        }
    }
}
