//! The lessons by module, as a tree. Look first at [`Lessons`].

mod view;

use std::collections::HashSet;

use ratatui::layout::Position;

use self::view::list_area;
use super::{Screen, Study, body, reader::know_lesson};
use crate::{
    ids::{LessonId, Now, StudyDay},
    memory::Plan,
    notes::Lesson,
    progress::{Filter, LessonProgress},
    tui::{app::Step, keymap::Action, screens::Reader, shared::Shared, widgets::first_shown},
};

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
        hints.extend([Action::Search, Action::Glossary, Action::Back]);
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
            Action::Glossary => return super::terms(None, shared),
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
        first_shown(self.selected, height, self.rows.len())
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
