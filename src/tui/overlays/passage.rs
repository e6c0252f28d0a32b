use std::cell::Cell;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    notes::{Block, Card, blocks, plain},
    tui::{
        app::Step,
        keymap::Action,
        screens::{Reader, Screen},
        shared::Shared,
        text::{autospace, layout, safe},
        widgets::{lines_from, popup},
    },
};

/// A card's answer and the passage of its lesson that says it.
pub(in crate::tui) struct Passage {
    title: String,
    question: String,
    answer: Vec<Block>,
    blocks: Vec<Block>,
    reader: Option<Box<Reader>>,
    scroll: usize,
    last: Cell<usize>,
}

impl Passage {
    pub(super) fn new(card: &Card, shared: &Shared) -> Passage {
        let lesson = shared.library.lesson(&card.lesson, shared.lang);
        let blocks_of_lesson = lesson.map_or_else(Vec::new, |lesson| lesson.passage(card));
        let line = blocks_of_lesson.first().map_or(0, |block| block.line);
        Passage {
            title: lesson.map_or_else(
                || card.lesson.to_string(),
                |lesson| autospace(&safe(&lesson.title)).into_owned(),
            ),
            question: autospace(&safe(&plain(&card.front).replace('\n', " "))).into_owned(),
            answer: blocks(&card.back),
            blocks: blocks_of_lesson,
            reader: lesson.map(|lesson| Box::new(Reader::at(lesson.id.clone(), line, shared))),
            scroll: 0,
            last: Cell::new(0),
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Vec<Step> {
        match action {
            Action::Up => self.scroll = self.scroll.saturating_sub(1),
            Action::Down => self.scroll = (self.scroll + 1).min(self.last.get()),
            Action::PageUp | Action::Top => self.scroll = 0,
            Action::PageDown | Action::Bottom => self.scroll = self.last.get(),
            Action::Open => {
                return self.reader.take().map_or_else(
                    || vec![Step::Back],
                    |reader| vec![Step::Open(Box::new(Screen::Reader(*reader)))],
                );
            }
            _ => return vec![Step::Back],
        }
        Vec::new()
    }

    fn lines(&self, width: u16, shared: &Shared) -> Vec<Line<'static>> {
        let theme = &shared.theme;
        let style = shared.text_style();
        let question = Line::from(Span::styled(self.question.clone(), theme.title));
        let mut lines = crate::tui::text::wrap_line(&question, width.into());
        let rows = |blocks: &[Block]| {
            layout(blocks, width, &style)
                .lines
                .into_iter()
                .map(|row| row.line)
                .collect::<Vec<_>>()
        };
        lines.extend(rows(&self.answer));
        if !self.blocks.is_empty() {
            lines.push(Line::default());
            lines.push(Line::styled(
                shared.text("passage.from-lesson"),
                theme.heading,
            ));
            lines.extend(rows(&self.blocks));
        }
        lines
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let width = area.width.saturating_sub(8).min(78);
        let lines = self.lines(width.saturating_sub(4), shared);
        let height = lines.len() as u16 + 2;
        let inner = popup(
            area,
            (width, height),
            &self.title,
            shared.signs.ascii,
            frame.buffer_mut(),
            &shared.theme,
        );
        let room = usize::from(inner.height);
        self.last.set(lines.len().saturating_sub(room));
        let scroll = self.scroll.min(self.last.get());
        let buffer = frame.buffer_mut();
        lines_from(scroll, &lines, inner, inner.right() + 1, buffer, shared);
    }
}
