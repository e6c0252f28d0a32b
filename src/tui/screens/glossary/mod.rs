//! The terms of the course, narrowed down by what is typed. Look first at [`Terms`].

mod view;

use ratatui::{
    crossterm::event::{Event, KeyEvent},
    layout::Position,
};
use tui_input::{Input, InputRequest, backend::crossterm::EventHandler};

use self::view::Areas;
use super::{Reader, Screen, body};
use crate::{
    ids::{LessonId, TermId},
    notes::{Glossary, HitKind, Library, SearchIndex, Term},
    tui::{
        app::{Notice, Step},
        keymap::{Action, Place},
        shared::Shared,
        widgets::first_shown,
    },
};

/// The terms, those of the lesson one comes from first.
pub(in crate::tui) struct Terms {
    lesson: Option<LessonId>,
    input: Input,
    /// Of the terms alone.
    index: SearchIndex,
    rows: Vec<Row>,
    selected: usize,
}

/// A line of the list.
#[derive(Clone, Copy)]
enum Row {
    /// Air between groups.
    Gap,
    Title(Group),
    Term(&'static Term),
}

/// How near terms are to the lesson one comes from.
#[derive(Clone, Copy)]
enum Group {
    Explained,
    Used,
    Others,
}

impl Terms {
    pub(in crate::tui) fn new(lesson: Option<LessonId>, shared: &Shared) -> Terms {
        let mut terms = Terms {
            lesson,
            input: Input::default(),
            index: SearchIndex::new(&Library::default()).with_terms(Glossary::built_in()),
            rows: Vec::new(),
            selected: 0,
        };
        terms.fill(shared);
        terms
    }

    /// With this one chosen, if it is among them.
    pub(in crate::tui) fn at(term: &TermId, shared: &Shared) -> Terms {
        let mut terms = Terms::new(None, shared);
        terms.choose(term);
        terms
    }

    fn choose(&mut self, term: &TermId) {
        let is_it = |row: &Row| matches!(row, Row::Term(one) if one.id == *term);
        if let Some(at) = self.rows.iter().position(is_it) {
            self.selected = at;
        }
    }

    /// In another language a lesson uses other words, and others are found.
    pub(super) fn refresh(&mut self, shared: &Shared) {
        let chosen = self.chosen();
        self.fill(shared);
        if let Some(chosen) = chosen {
            self.choose(&chosen.id);
        }
    }

    fn fill(&mut self, shared: &Shared) {
        self.rows = if self.input.value().trim().is_empty() {
            self.all(shared)
        } else {
            self.found(shared)
        };
        self.selected = self.rows.iter().position(Row::is_term).unwrap_or(0);
    }

    fn found(&self, shared: &Shared) -> Vec<Row> {
        let query = self.input.value();
        let hits = self
            .index
            .search(&Library::default(), query, shared.lang, usize::MAX);
        hits.into_iter()
            .filter_map(|hit| match hit.kind {
                HitKind::Term(id) => Glossary::built_in().term(&id).map(Row::Term),
                _ => None,
            })
            .collect()
    }

    fn all(&self, shared: &Shared) -> Vec<Row> {
        let glossary = Glossary::built_in();
        let lesson = self.lesson.as_ref();
        let Some(lesson) = lesson.and_then(|id| shared.library.lesson(id, shared.lang)) else {
            return glossary.terms().iter().map(Row::Term).collect();
        };
        let of = glossary.of(lesson);
        let mut rows = Vec::new();
        for (group, terms) in [
            (Group::Explained, of.explained),
            (Group::Used, of.used),
            (Group::Others, of.others),
        ] {
            if terms.is_empty() {
                continue;
            }
            if !rows.is_empty() {
                rows.push(Row::Gap);
            }
            rows.push(Row::Title(group));
            rows.extend(terms.into_iter().map(Row::Term));
        }
        rows
    }

    fn chosen(&self) -> Option<&'static Term> {
        match self.rows.get(self.selected)? {
            Row::Term(term) => Some(term),
            Row::Gap | Row::Title(_) => None,
        }
    }

    /// A key that is part of the text that narrows the list down.
    pub(super) fn typed(&mut self, key: KeyEvent, shared: &Shared) -> Option<Vec<Step>> {
        if shared.keymap.action(&[Place::Glossary], key).is_some() {
            return None;
        }
        let change = self.input.handle_event(&Event::Key(key))?;
        if change.value {
            self.fill(shared);
        }
        (change.value || change.cursor).then(Vec::new)
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) {
        for c in text.chars().filter(|c| !c.is_control()) {
            self.input.handle(InputRequest::InsertChar(c));
        }
        self.fill(shared);
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        match self.chosen() {
            Some(_) => vec![Action::Open, Action::Down, Action::Back],
            None => vec![Action::Back],
        }
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, size: (u16, u16)) -> Vec<Step> {
        let list = Areas::of(body(size)).list;
        let page = usize::from(list.height.saturating_sub(1)).max(1);
        match action {
            Action::Up => self.go_up(1),
            Action::Down => self.go_down(1),
            Action::PageUp => self.go_up(page),
            Action::PageDown => self.go_down(page),
            Action::Top => self.go_up(usize::MAX),
            Action::Bottom => self.go_down(usize::MAX),
            Action::Open => return self.open(shared),
            _ => {}
        }
        Vec::new()
    }

    /// To the term so many lines above, or the nearest before that.
    fn go_up(&mut self, lines: usize) {
        let to = self.selected.saturating_sub(lines);
        let before = self.rows.iter().take(to + 1).rposition(Row::is_term);
        let first = || self.rows.iter().position(Row::is_term);
        self.selected = before.or_else(first).unwrap_or(0);
    }

    fn go_down(&mut self, lines: usize) {
        let last = self.rows.len().saturating_sub(1);
        let to = self.selected.saturating_add(lines).min(last);
        let after = self.rows.iter().skip(to).position(Row::is_term);
        self.selected = after.map_or(self.selected, |after| to + after);
    }

    /// Opens the lesson where it explains the chosen term.
    fn open(&self, shared: &Shared) -> Vec<Step> {
        let Some(term) = self.chosen() else {
            return Vec::new();
        };
        match shared.library.lesson(&term.lesson, shared.lang) {
            Some(lesson) => {
                let reader = Reader::at(lesson.id.clone(), term.explained_at(lesson), shared);
                vec![Step::Open(Box::new(Screen::Reader(reader)))]
            }
            None => vec![Step::Say(Notice::Problem(shared.text("reader.gone")))],
        }
    }

    pub(super) fn click(&mut self, at: Position, shared: &Shared, size: (u16, u16)) -> Vec<Step> {
        let list = Areas::of(body(size)).list;
        if !list.contains(at) {
            return Vec::new();
        }
        let row = self.first_shown(list.height) + usize::from(at.y - list.y);
        if !self.rows.get(row).is_some_and(Row::is_term) {
            return Vec::new();
        }
        let again = row == self.selected;
        self.selected = row;
        if again { self.open(shared) } else { Vec::new() }
    }

    fn first_shown(&self, height: u16) -> usize {
        first_shown(self.selected, height, self.rows.len())
    }
}

impl Row {
    fn is_term(&self) -> bool {
        matches!(self, Row::Term(_))
    }
}
