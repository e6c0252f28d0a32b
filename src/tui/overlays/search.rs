use ratatui::{
    Frame,
    crossterm::event::KeyEvent,
    layout::{Position, Rect},
    style::{Modifier, Style},
    text::{Line, Span},
};

use super::finder::{Finder, FinderRow, Found};
use crate::{
    notes::{Hit, HitKind},
    tui::{
        app::Step,
        keymap::Action,
        screens::{Reader, Screen, Terms},
        shared::Shared,
        text::safe,
    },
};

/// Hits shown at most.
const LIMIT: usize = 60;

/// A search over lessons, their sections, cards and terms.
#[derive(Default)]
pub(in crate::tui) struct Search {
    finder: Finder,
    hits: Vec<Hit>,
}

impl Search {
    pub(super) fn key(&mut self, key: KeyEvent, shared: &Shared) -> Vec<Step> {
        let found = self.finder.key(key, self.hits.len(), &shared.keymap);
        self.take(found, shared)
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared) -> Vec<Step> {
        match action {
            Action::Up => self.finder.up(),
            Action::Down => self.finder.down(self.hits.len()),
            Action::Accept => return self.take(self.finder.accept(self.hits.len()), shared),
            Action::Back | Action::Cancel => return self.take(Found::Left, shared),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn paste(&mut self, text: &str, shared: &Shared) {
        self.finder.paste(text);
        self.look(shared);
    }

    pub(super) fn click(&mut self, at: Position, shared: &Shared) -> Vec<Step> {
        let found = self.finder.click(at, self.hits.len());
        self.take(found, shared)
    }

    fn look(&mut self, shared: &Shared) {
        let index = shared.index();
        self.hits = index.search(&shared.library, self.finder.text(), shared.lang, LIMIT);
    }

    fn take(&mut self, found: Found, shared: &Shared) -> Vec<Step> {
        match found {
            Found::Left => vec![Step::Back],
            Found::Typed => {
                self.look(shared);
                Vec::new()
            }
            Found::Chosen(at) => self
                .hits
                .get(at)
                .map_or_else(Vec::new, |hit| open(hit, shared)),
            Found::Nothing => Vec::new(),
        }
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let rows: Vec<FinderRow> = self.hits.iter().map(|hit| row(hit, shared)).collect();
        let empty = if self.finder.text().trim().is_empty() {
            shared.text("search.type")
        } else {
            shared.text("search.nothing")
        };
        let title = shared.text("search.title");
        self.finder.draw(&title, &empty, &rows, area, frame, shared);
    }
}

/// Opens what was found: a lesson, a section of it, a card where it stands, or a term among the others.
fn open(hit: &Hit, shared: &Shared) -> Vec<Step> {
    let reader = match &hit.kind {
        HitKind::Lesson(lesson) => Reader::at(lesson.clone(), 0, shared),
        HitKind::Section { lesson, section } => {
            let line = shared
                .library
                .lesson(lesson, shared.lang)
                .and_then(|found| found.sections.get(*section as usize))
                .map_or(0, |section| section.line);
            Reader::at(lesson.clone(), line, shared)
        }
        HitKind::Term(term) => {
            let terms = Box::new(Terms::at(term, shared));
            return vec![Step::Open(Box::new(Screen::Terms(terms)))];
        }
        HitKind::Card(card) => {
            return shared
                .library
                .card(card, shared.lang)
                .map(|card| vec![Step::Overlay(super::Overlay::passage(card, shared))])
                .unwrap_or_default();
        }
    };
    vec![Step::Open(Box::new(Screen::Reader(reader)))]
}

fn row(hit: &Hit, shared: &Shared) -> FinderRow {
    let theme = &shared.theme;
    let kind = match hit.kind {
        HitKind::Lesson(_) => "search.lesson",
        HitKind::Section { .. } => "search.section",
        HitKind::Card(_) => "search.card",
        HitKind::Term(_) => "search.term",
    };
    let mut spans = vec![Span::styled(
        format!("{}  ", shared.text(kind)),
        theme.muted,
    )];
    for (at, c) in hit.title.chars().enumerate() {
        let mut style = Style::from(theme.text);
        if hit.title_matches.contains(&(at as u32)) {
            style = style
                .patch(Style::from(theme.accent))
                .add_modifier(Modifier::BOLD);
        }
        let text = if c == '\n' { " ".into() } else { c.to_string() };
        spans.push(Span::styled(safe(&text).into_owned(), style));
    }
    FinderRow {
        left: Line::from(spans),
        right: safe(&hit.context).into_owned(),
    }
}
