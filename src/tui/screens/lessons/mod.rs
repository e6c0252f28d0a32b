use std::collections::HashSet;

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{
    Screen, Study, body,
    reader::{has_read, know_lesson},
};
use crate::{
    ids::{LessonId, Now, StudyDay},
    memory::Plan,
    notes::{Lesson, Origin},
    progress::{Filter, LessonProgress},
    tui::{
        app::Step,
        keymap::Action,
        screens::Reader,
        shared::Shared,
        text::{autospace, safe, truncate, width, wrap_line},
    },
};

/// The narrowest terminal that shows the chosen lesson's details beside the tree.
const DETAILS_FROM: u16 = 100;
/// The widest tree and details are set, in the middle of what is wider.
const MEASURE: u16 = 120;
const BAR: usize = 8;

/// The tree of lessons by module, each with how far it has come.
pub(in crate::tui) struct Lessons {
    day: StudyDay,
    closed: HashSet<String>,
    rows: Vec<Row>,
    selected: usize,
}

/// A line of the tree.
#[derive(Clone, PartialEq, Eq)]
enum Row {
    /// Air between modules; never chosen.
    Gap,
    Module {
        id: String,
        title: String,
        lessons: usize,
    },
    Lesson {
        id: LessonId,
        title: String,
        progress: LessonProgress,
    },
}

impl Lessons {
    pub(in crate::tui) fn new(shared: &Shared, now: &Now) -> Lessons {
        let mut lessons = Lessons {
            day: shared.today(now),
            closed: HashSet::new(),
            rows: Vec::new(),
            selected: 0,
        };
        lessons.fill(shared);
        let next = shared
            .agenda()
            .next_lesson()
            .map(|lesson| lesson.id.clone());
        lessons.selected = lessons
            .rows
            .iter()
            .position(
                |row| matches!((row, &next), (Row::Lesson { id, .. }, Some(next)) if id == next),
            )
            .unwrap_or(0);
        lessons
    }

    pub(super) fn refresh(&mut self, shared: &Shared, now: &Now) {
        let chosen = self.rows.get(self.selected).cloned();
        self.day = shared.today(now);
        self.fill(shared);
        let found = chosen.and_then(|chosen| self.rows.iter().position(|row| row.is(&chosen)));
        self.selected = found
            .unwrap_or(self.selected)
            .min(self.rows.len().saturating_sub(1));
    }

    fn fill(&mut self, shared: &Shared) {
        let agenda = shared.agenda();
        let mut rows = Vec::new();
        for module in shared.library.modules() {
            let lessons: Vec<&Lesson> = shared
                .library
                .lessons_in(shared.lang)
                .filter(|lesson| lesson.module == module.id)
                .collect();
            if lessons.is_empty() {
                continue;
            }
            if !rows.is_empty() {
                rows.push(Row::Gap);
            }
            rows.push(Row::Module {
                id: module.id.to_string(),
                title: module.title(shared.lang).to_owned(),
                lessons: lessons.len(),
            });
            if self.closed.contains(&*module.id) {
                continue;
            }
            rows.extend(lessons.into_iter().map(|lesson| Row::Lesson {
                id: lesson.id.clone(),
                title: lesson.title.to_string(),
                progress: agenda.progress(lesson, Some(self.day)),
            }));
        }
        self.rows = rows;
    }

    fn chosen_lesson(&self) -> Option<&LessonId> {
        match self.rows.get(self.selected)? {
            Row::Lesson { id, .. } => Some(id),
            Row::Module { .. } | Row::Gap => None,
        }
    }

    pub(super) fn hints(&self, shared: &Shared) -> Vec<Action> {
        let mut hints = vec![Action::Open];
        if let Some(lesson) = self.chosen_lesson() {
            hints.extend([Action::Practise, Action::Known]);
            if super::has_walk(lesson) {
                hints.push(Action::Walk);
            }
            if super::is_own(lesson, shared) {
                hints.push(Action::Edit);
            }
        }
        hints.extend([Action::Search, Action::Back]);
        hints
    }

    pub(super) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let last = self.rows.len().saturating_sub(1);
        let page = usize::from(size.1.saturating_sub(6)).max(1);
        match action {
            Action::Up => {
                self.selected = self.selected.saturating_sub(1);
                self.selected -= usize::from(self.is_gap());
            }
            Action::Down => {
                self.selected = (self.selected + 1).min(last);
                self.selected += usize::from(self.is_gap());
            }
            Action::PageUp => {
                self.selected = self.selected.saturating_sub(page);
                self.selected -= usize::from(self.is_gap());
            }
            Action::PageDown => {
                self.selected = (self.selected + page).min(last);
                self.selected += usize::from(self.is_gap());
            }
            Action::Top => self.selected = 0,
            Action::Bottom => self.selected = last,
            Action::Collapse => self.collapse(shared),
            Action::Expand | Action::Open => return self.open(action, shared),
            Action::Practise => {
                return self.chosen_lesson().map_or_else(Vec::new, |id| {
                    let filter = Filter::Lesson(id.clone());
                    let study = Study::new(Plan::All, filter, shared, now);
                    vec![Step::Open(Box::new(Screen::Study(Box::new(study))))]
                });
            }
            Action::Walk => {
                return self
                    .chosen_lesson()
                    .map_or_else(Vec::new, |id| super::walk_of(id, shared, now));
            }
            Action::Known => {
                return self
                    .chosen_lesson()
                    .map_or_else(Vec::new, |id| know_lesson(id, shared));
            }
            Action::Edit => {
                return self
                    .chosen_lesson()
                    .and_then(|id| shared.library.lesson(id, shared.lang))
                    .map_or_else(Vec::new, |lesson| {
                        super::edit(&lesson.id, &lesson.file, lesson.line, shared)
                    });
            }
            _ => {}
        }
        Vec::new()
    }

    fn open(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        match self.rows.get(self.selected).cloned() {
            Some(Row::Module { id, .. }) => {
                if self.closed.contains(&id) {
                    self.closed.remove(&id);
                } else if action == Action::Open {
                    self.closed.insert(id);
                }
                self.fill(shared);
                Vec::new()
            }
            Some(Row::Lesson { id, .. }) => {
                vec![Step::Open(Box::new(Screen::Reader(Reader::new(
                    id, shared,
                ))))]
            }
            Some(Row::Gap) | None => Vec::new(),
        }
    }

    /// Gaps stand between modules only, so there is always a row on either side.
    fn is_gap(&self) -> bool {
        matches!(self.rows.get(self.selected), Some(Row::Gap))
    }

    fn collapse(&mut self, shared: &Shared) {
        let at = self.rows[..self.rows.len().min(self.selected + 1)]
            .iter()
            .rposition(|row| matches!(row, Row::Module { .. }));
        if let Some(at) = at
            && let Row::Module { id, .. } = &self.rows[at]
        {
            self.closed.insert(id.clone());
            self.selected = at;
            self.fill(shared);
        }
    }

    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        _now: &Now,
    ) -> Vec<Step> {
        let list = list_area(body(size));
        if !list.contains(at) {
            return Vec::new();
        }
        let row = self.first_shown(list.height) + usize::from(at.y - list.y);
        if row >= self.rows.len() || matches!(self.rows[row], Row::Gap) {
            return Vec::new();
        }
        let again = row == self.selected;
        self.selected = row;
        if again || matches!(self.rows[row], Row::Module { .. }) {
            return self.open(Action::Open, shared);
        }
        Vec::new()
    }

    fn first_shown(&self, height: u16) -> usize {
        let height = usize::from(height);
        self.selected
            .saturating_sub(height * 2 / 3)
            .min(self.rows.len().saturating_sub(height))
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
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

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
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

impl Row {
    /// Whether it stands for the same thing.
    fn is(&self, other: &Row) -> bool {
        match (self, other) {
            (Row::Module { id, .. }, Row::Module { id: other, .. }) => id == other,
            (Row::Lesson { id, .. }, Row::Lesson { id: other, .. }) => id == other,
            _ => false,
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

fn list_area(area: Rect) -> Rect {
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
