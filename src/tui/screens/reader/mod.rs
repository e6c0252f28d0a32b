mod contents;
mod links;

use std::cell::RefCell;

use ratatui::{Frame, layout::Rect, text::Line};

use self::contents::{CONTENTS_FROM, CONTENTS_GAP, CONTENTS_WIDTH, contents_area};
use super::{Screen, Study, body};
use crate::{
    history::{CardAction, Event},
    ids::{LessonId, Now},
    memory::Plan,
    notes::{Lesson, Seen},
    progress::Filter,
    tui::{
        app::{Notice, Step},
        effect::Effect,
        keymap::Action,
        lesson::lesson_page,
        shared::Shared,
        text::{Laid, Place, autospace, layout, safe},
        widgets::scroll_handle,
    },
};

/// The widest a lesson's text is set.
const MEASURE: u16 = 76;

/// A lesson being read. Where it stands is a place of the notes, which a resize does not change.
pub(in crate::tui) struct Reader {
    lesson: LessonId,
    /// What is at the top of the screen.
    top: Place,
    laid: RefCell<Option<LaidFor>>,
    contents_hidden: bool,
    /// Which of the lesson's links to walkthroughs a key opens.
    chosen_link: usize,
}

/// The lesson's lines, and what they were laid out for.
struct LaidFor {
    width: u16,
    laid: Laid,
}

impl Reader {
    pub(in crate::tui) fn new(lesson: LessonId, shared: &Shared) -> Reader {
        let line = shared.places.get(&lesson).copied().unwrap_or(0);
        Reader {
            lesson,
            top: Place::line(line),
            laid: RefCell::new(None),
            contents_hidden: false,
            chosen_link: 0,
        }
    }

    /// Opened where a section begins.
    pub(in crate::tui) fn at(lesson: LessonId, line: u32, shared: &Shared) -> Reader {
        Reader {
            top: Place::line(line),
            ..Reader::new(lesson, shared)
        }
    }

    fn lesson<'a>(&self, shared: &'a Shared) -> Option<&'a Lesson> {
        shared.library.lesson(&self.lesson, shared.lang)
    }

    /// The lesson and the line at the top, to come back to.
    pub(super) fn place(&self) -> (LessonId, u32) {
        (self.lesson.clone(), self.top.source)
    }

    pub(super) fn refresh(&mut self, _shared: &Shared) {
        self.laid.replace(None);
    }

    fn with_laid<T>(&self, width: u16, shared: &Shared, f: impl FnOnce(&Laid) -> T) -> Option<T> {
        let mut laid = self.laid.borrow_mut();
        if laid.as_ref().is_none_or(|laid| laid.width != width) {
            let document = lesson_page(self.lesson(shared)?, shared.locale());
            *laid = Some(LaidFor {
                width,
                laid: layout(&document, width, &shared.text_style()),
            });
        }
        laid.as_ref().map(|laid| f(&laid.laid))
    }

    fn shows_contents(&self, width: u16) -> bool {
        width >= CONTENTS_FROM && !self.contents_hidden
    }

    fn text_area(&self, body: Rect) -> Rect {
        let contents = if self.shows_contents(body.width) {
            CONTENTS_GAP + CONTENTS_WIDTH
        } else {
            0
        };
        let width = body.width.saturating_sub(contents + 6).min(MEASURE);
        Rect {
            x: body.x + (body.width - width - contents) / 2,
            y: body.y + 1,
            width,
            // Air above the hints where there is room for it.
            height: body
                .height
                .saturating_sub(if body.height > 16 { 2 } else { 1 }),
        }
    }

    /// The row at the top of the screen among the laid lines.
    fn top_row(&self, laid: &Laid, height: u16) -> usize {
        let row = if self.top.source == 0 {
            0
        } else {
            laid.line_at(self.top)
        };
        row.min(last_top(laid, height))
    }

    pub(super) fn act(
        &mut self,
        action: Action,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let area = self.text_area(body(size));
        let page = usize::from(area.height.saturating_sub(2)).max(1);
        let found = self.with_laid(area.width, shared, |laid| {
            let places: Vec<Place> = laid.lines.iter().map(|line| line.place).collect();
            (
                self.top_row(laid, area.height),
                last_top(laid, area.height),
                places,
            )
        });
        let Some((row, last, places)) = found else {
            return Vec::new();
        };
        let target = match action {
            Action::Up => row.saturating_sub(1),
            Action::Down => (row + 1).min(last),
            Action::PageUp => row.saturating_sub(page),
            Action::PageDown => (row + page).min(last),
            Action::Top => 0,
            Action::Bottom => last,
            Action::NextSection | Action::PreviousSection => {
                let starts = self.section_rows(&places, shared);
                let found = match action {
                    Action::NextSection => starts.into_iter().find(|start| *start > row),
                    _ => starts.into_iter().rev().find(|start| *start < row),
                };
                match (found, action) {
                    (Some(start), _) => start.min(last),
                    (None, Action::NextSection) => last,
                    (None, _) => 0,
                }
            }
            Action::Contents => {
                self.contents_hidden = !self.contents_hidden;
                return Vec::new();
            }
            Action::Practise => return self.practise(shared, now),
            Action::Known => return self.know(shared),
            Action::Glossary => return super::terms(Some(&self.lesson), shared),
            Action::Walk => return self.walk(shared, size, now),
            Action::NextLink => {
                self.choose_link(1, shared, size);
                return Vec::new();
            }
            Action::PreviousLink => {
                self.choose_link(-1, shared, size);
                return Vec::new();
            }
            Action::Edit => {
                return self.lesson(shared).map_or_else(Vec::new, |lesson| {
                    super::edit(
                        &lesson.id,
                        &lesson.file,
                        self.top.source.max(lesson.line),
                        shared,
                    )
                });
            }
            _ => return Vec::new(),
        };
        if let Some(place) = first_of_its_place(&places, target, row < target) {
            self.top = place;
        }
        self.newly_read(shared, size)
    }

    fn practise(&self, shared: &Shared, now: &Now) -> Vec<Step> {
        let study = Study::new(Plan::All, Filter::Lesson(self.lesson.clone()), shared, now);
        vec![Step::Open(Box::new(Screen::Study(Box::new(study))))]
    }

    fn know(&self, shared: &Shared) -> Vec<Step> {
        know_lesson(&self.lesson, shared)
    }

    /// The rows sections begin at.
    fn section_rows(&self, places: &[Place], shared: &Shared) -> Vec<usize> {
        self.lesson(shared)
            .map(|lesson| {
                lesson
                    .sections
                    .iter()
                    .filter_map(|section| {
                        places.iter().position(|place| place.source >= section.line)
                    })
                    .collect()
            })
            .unwrap_or_default()
    }

    pub(super) fn entered(&mut self, shared: &Shared, size: (u16, u16), _now: &Now) -> Vec<Step> {
        self.newly_read(shared, size)
    }

    /// A row of history for each section that is on screen for the first time.
    fn newly_read(&self, shared: &Shared, size: (u16, u16)) -> Vec<Step> {
        let area = self.text_area(body(size));
        let Some(lesson) = self.lesson(shared) else {
            return Vec::new();
        };
        let shown = self.with_laid(area.width, shared, |laid| {
            let top = self.top_row(laid, area.height);
            let bottom = (top + usize::from(area.height)).min(laid.lines.len());
            let line = |row: usize| laid.lines.get(row).map_or(0, |line| line.place.source);
            (
                line(top),
                line(bottom.saturating_sub(1)),
                bottom == laid.lines.len(),
            )
        });
        let Some((first, last, at_end)) = shown else {
            return Vec::new();
        };
        let mut events = Vec::new();
        for (at, section) in lesson.sections.iter().enumerate() {
            let next = lesson
                .sections
                .get(at + 1)
                .map_or(u32::MAX, |next| next.line);
            let on_screen = (section.line <= last || at_end) && next > first;
            let section = at as u32;
            if on_screen && !has_read(shared, lesson, section) {
                events.push(Event::Read {
                    lesson: lesson.id.clone(),
                    section,
                });
            }
        }
        if events.is_empty() {
            return Vec::new();
        }
        vec![Step::Run(Effect::Save {
            events,
            seen: Vec::new(),
        })]
    }

    fn is_at_end(&self, shared: &Shared, size: (u16, u16)) -> bool {
        let area = self.text_area(body(size));
        self.with_laid(area.width, shared, |laid| {
            self.top_row(laid, area.height) == last_top(laid, area.height)
        })
        .unwrap_or(true)
    }

    pub(super) fn hints(&self, shared: &Shared, size: (u16, u16)) -> Vec<Action> {
        let mut hints = vec![Action::PageDown, Action::NextSection];
        // At the end there is nothing to turn to: the cards come next.
        if self.is_at_end(shared, size) {
            hints.clear();
        }
        if shared
            .library
            .cards_of(&self.lesson, shared.lang)
            .next()
            .is_some()
        {
            hints.push(Action::Practise);
        }
        if self.can_walk(shared, size) {
            hints.push(Action::Walk);
        }
        if self.links(shared, size).len() > 1 {
            hints.push(Action::NextLink);
        }
        hints.push(Action::Back);
        if size.0 >= CONTENTS_FROM {
            hints.push(Action::Contents);
        }
        hints.push(Action::Known);
        if super::is_own(&self.lesson, shared) {
            hints.push(Action::Edit);
        }
        hints.extend([Action::Glossary, Action::Search]);
        hints
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        let Some(lesson) = self.lesson(shared) else {
            return (Line::raw(shared.text("reader.gone")), Line::default());
        };
        let title = autospace(&safe(&lesson.title)).into_owned();
        let read = shared.memory.sections_read(&lesson.id).count();
        let state = shared.fill(
            "reader.state",
            &[
                ("read", &read.min(lesson.sections.len())),
                ("n", &lesson.sections.len()),
            ],
        );
        (Line::raw(title), Line::raw(state))
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let text = self.text_area(area);
        let shown = self.with_laid(text.width, shared, |laid| {
            let top = self.top_row(laid, text.height);
            let rows: Vec<Line<'static>> = laid
                .lines
                .iter()
                .skip(top)
                .take(text.height.into())
                .map(|line| line.line.clone())
                .collect();
            let source = self.line_below_top(laid, text.height);
            (rows, top, laid.lines.len(), source)
        });
        let Some((rows, top, total, source)) = shown else {
            return;
        };
        let buffer = frame.buffer_mut();
        for (y, row) in (text.y..).zip(&rows) {
            buffer.set_line(text.x, y, row, text.width);
        }
        self.with_laid(text.width, shared, |laid| {
            self.light_link(laid, text, buffer, shared);
        });
        let column = Rect {
            x: area.right() - 1,
            width: 1,
            ..text
        };
        let sign = shared.signs.scroll[1];
        let muted = shared.theme.muted.into();
        scroll_handle(column, (top, total), sign, muted, frame.buffer_mut());
        if self.shows_contents(area.width) {
            self.draw_contents(contents_area(text), source, frame, shared);
        }
    }
}

/// "I know this" of a whole lesson, or taken back where all its cards are said to be known.
pub(super) fn know_lesson(lesson: &LessonId, shared: &Shared) -> Vec<Step> {
    let Some(found) = shared.library.lesson(lesson, shared.lang) else {
        return Vec::new();
    };
    let known = shared.agenda().progress(found, None).known;
    let cards: Vec<_> = shared
        .library
        .cards_of(lesson, shared.lang)
        .filter(|card| shared.memory.card(&card.id).known == known)
        .collect();
    if cards.is_empty() {
        return Vec::new();
    }
    let action = if known {
        CardAction::Unknown
    } else {
        CardAction::Known
    };
    let name = if known {
        "lessons.unknown"
    } else {
        "lessons.known"
    };
    vec![
        Step::Run(Effect::Save {
            events: cards
                .iter()
                .map(|card| Event::Card {
                    card: card.id.clone(),
                    action,
                })
                .collect(),
            seen: cards.iter().map(|card| Seen::of(card)).collect(),
        }),
        Step::Say(Notice::Done(shared.fill(name, &[("n", &cards.len())]))),
    ]
}

/// Whether a section of a lesson was on screen.
pub(super) fn has_read(shared: &Shared, lesson: &Lesson, section: u32) -> bool {
    shared
        .memory
        .sections_read(&lesson.id)
        .any(|read| read == section)
}

/// The place of a row, or where an empty line has the place of the one above it, of the next row in
/// the direction of the move: otherwise one could not step over it.
fn first_of_its_place(places: &[Place], row: usize, down: bool) -> Option<Place> {
    let place = *places.get(row)?;
    let repeats = row > 0 && places[row - 1] == place;
    if !repeats {
        return Some(place);
    }
    if down {
        places[row..].iter().copied().find(|next| *next != place)
    } else {
        Some(place)
    }
}

fn last_top(laid: &Laid, height: u16) -> usize {
    laid.lines.len().saturating_sub(height.into())
}
