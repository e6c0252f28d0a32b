use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{Lessons, Row};
use crate::{
    ids::LessonId,
    notes::{Lesson, Origin},
    progress::LessonProgress,
    tui::{
        screens::reader::has_read,
        shared::Shared,
        text::{autospace, safe, truncate, width, wrap_line},
    },
};

/// The narrowest terminal that shows the chosen lesson's details beside the tree.
const DETAILS_FROM: u16 = 100;
/// The widest tree and details are set, in the middle of what is wider.
const MEASURE: u16 = 120;
const BAR: usize = 8;

impl Lessons {
    pub(in crate::tui::screens) fn heading(
        &self,
        shared: &Shared,
    ) -> (Line<'static>, Line<'static>) {
        let lessons = self
            .rows
            .iter()
            .map(|row| match row {
                Row::Module { lessons, .. } => *lessons,
                Row::Lesson { .. } | Row::Gap => 0,
            })
            .sum::<usize>();
        (
            Line::raw(shared.text("lessons.title")),
            Line::raw(shared.fill("lessons.state", &[("n", &lessons)])),
        )
    }

    pub(in crate::tui::screens) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let list = list_area(area);
        if self.rows.is_empty() {
            let nothing = Line::styled(shared.text("lessons.none"), shared.theme.muted);
            frame
                .buffer_mut()
                .set_line(list.x + 2, list.y + 1, &nothing, list.width);
            return;
        }
        let first = self.first_shown(list.height);
        for (y, (at, row)) in (list.y..list.bottom()).zip(self.rows.iter().enumerate().skip(first))
        {
            let line = Rect {
                y,
                height: 1,
                ..list
            };
            self.draw_row(row, at == self.selected, line, frame, shared);
        }
        if let Some(details) = details_area(area)
            && let Some(lesson) = self
                .chosen_lesson()
                .and_then(|id| shared.library.lesson(id, shared.lang))
        {
            draw_details(lesson, details, frame, shared);
        }
    }

    fn draw_row(&self, row: &Row, selected: bool, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let signs = &shared.signs;
        let buffer = frame.buffer_mut();
        let ellipsis = shared.glyphs.ellipsis;
        match row {
            Row::Gap => {}
            Row::Module { id, title, lessons } => {
                let sign = if self.closed.contains(id) {
                    signs.closed
                } else {
                    signs.open
                };
                let style = if selected {
                    Style::from(theme.selection)
                } else {
                    theme.heading.into()
                };
                let title = autospace(&safe(title)).into_owned();
                let line = Line::from(vec![
                    Span::styled(format!("{sign} {title}"), style),
                    Span::styled(format!("  {lessons}"), theme.muted),
                ]);
                buffer.set_line(area.x, area.y, &line, area.width);
            }
            Row::Lesson {
                id,
                title,
                progress,
            } => {
                let right = progress_spans(progress, shared);
                let right_width = right.width() as u16;
                let (sign, style) = match selected {
                    true => (signs.selected, Style::from(theme.selection)),
                    false if progress.known => (" ", theme.muted.into()),
                    false => (" ", theme.text.into()),
                };
                let mut left = vec![Span::styled(format!("  {sign} "), style)];
                if is_short(id) {
                    let id_style = if selected { style } else { theme.muted.into() };
                    left.push(Span::styled(format!("{id}  "), id_style));
                }
                let room = usize::from(area.width)
                    .saturating_sub(usize::from(right_width) + 2)
                    .saturating_sub(left.iter().map(Span::width).sum());
                let title = autospace(&safe(title)).into_owned();
                let title = truncate(&title, room, ellipsis).into_owned();
                left.push(Span::styled(title, style));
                buffer.set_line(area.x, area.y, &Line::from(left), area.width);
                let x = area.right().saturating_sub(right_width);
                buffer.set_line(x, area.y, &right, right_width);
            }
        }
    }
}

/// Ids of the course (`d01`) help to talk about lessons; ids made from titles only repeat them.
fn is_short(id: &LessonId) -> bool {
    id.as_str().len() <= 4 && id.as_str().is_ascii()
}

fn progress_spans(progress: &LessonProgress, shared: &Shared) -> Line<'static> {
    let theme = &shared.theme;
    if progress.known {
        let text = format!("{} {}", shared.signs.done, shared.text("lessons.is-known"));
        return Line::styled(text, theme.good);
    }
    let mut spans = Vec::new();
    if progress.due > 0 {
        spans.push(Span::styled(
            shared.fill("lessons.due", &[("n", &progress.due)]),
            theme.accent,
        ));
        spans.push(Span::raw("  "));
    }
    if progress.cards == 0 {
        return Line::default();
    }
    let share = progress.met as f64 / progress.cards as f64;
    let [filled, rest] = shared.signs.filled(share, BAR);
    spans.push(Span::styled(filled, theme.good));
    spans.push(Span::styled(rest, theme.border));
    let of = format!("{}/{}", progress.met, progress.cards);
    spans.push(Span::styled(format!(" {of:>5}"), theme.muted));
    Line::from(spans)
}

fn draw_details(lesson: &Lesson, area: Rect, frame: &mut Frame, shared: &Shared) {
    let theme = &shared.theme;
    let room = usize::from(area.width);
    let mut lines = Vec::new();
    let title = Line::styled(autospace(&safe(&lesson.title)).into_owned(), theme.title);
    lines.extend(wrap_line(&title, room));
    lines.push(Line::default());
    let mut about = |text: String, style: Style| {
        lines.extend(wrap_line(&Line::styled(text, style), room));
    };
    if lesson.minutes > 0 {
        about(
            shared.fill("lessons.minutes", &[("n", &lesson.minutes)]),
            theme.text.into(),
        );
    }
    if !lesson.requires.is_empty() {
        let requires: Vec<&str> = lesson.requires.iter().map(LessonId::as_str).collect();
        about(
            shared.fill("lessons.requires", &[("ids", &requires.join(" "))]),
            theme.text.into(),
        );
    }
    if !lesson.checked.is_empty() {
        about(
            shared.fill(
                "lessons.checked",
                &[(
                    "what",
                    &lesson.checked.join(shared.locale().text("reader.and")),
                )],
            ),
            theme.text.into(),
        );
    }
    let cards = shared.library.cards_of(&lesson.id, shared.lang).count();
    about(
        shared.fill("lessons.cards", &[("n", &cards)]),
        theme.text.into(),
    );
    if lesson.origin == Origin::Own {
        let file = safe(&lesson.file).into_owned();
        about(format!("{file}:{}", lesson.line), theme.muted.into());
    }
    lines.push(Line::default());
    for (at, section) in lesson.sections.iter().enumerate().skip(1) {
        let read = has_read(shared, lesson, at as u32);
        let (sign, style) = if read {
            (shared.signs.done, Style::from(theme.text))
        } else {
            (shared.signs.dot, theme.muted.into())
        };
        let title = autospace(&safe(&section.title)).into_owned();
        let title = truncate(&title, room.saturating_sub(2), shared.glyphs.ellipsis).into_owned();
        lines.push(Line::styled(format!("{sign} {title}"), style));
    }
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        debug_assert!(line.spans.iter().all(|span| width(&span.content) <= room));
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
}

/// Beside the tree, where the terminal is wide enough.
fn details_area(area: Rect) -> Option<Rect> {
    let list = list_area(area);
    let x = list.right() + 4;
    (area.width >= DETAILS_FROM).then(|| Rect {
        x,
        width: (list.x + area.width.min(MEASURE)).saturating_sub(x + 4),
        ..list
    })
}

pub(super) fn list_area(area: Rect) -> Rect {
    let all = area.width.min(MEASURE);
    let width = if area.width >= DETAILS_FROM {
        all * 3 / 5
    } else {
        all.saturating_sub(4)
    };
    Rect {
        x: area.x + 2 + (area.width - all) / 2,
        y: area.y + 1,
        width,
        height: area.height.saturating_sub(2),
    }
}
