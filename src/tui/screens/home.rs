use chrono::{Datelike, NaiveDate};
use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
};

use super::{Screen, Study, body};
use crate::{
    ids::{LessonId, Now, StudyDay},
    memory::{Plan, Today},
    notes::Origin,
    progress::{Filter, Sources},
    tui::{
        app::Step,
        keymap::{Action, Place},
        screens::{Lessons, Placement, Reader},
        shared::Shared,
        text::{autospace, safe, truncate, width},
        widgets::Heat,
    },
};

/// Minutes of the short session.
const FEW_MINUTES: u32 = 5;

/// Today: what is due, what to do first, where to go on.
pub(in crate::tui) struct Home {
    day: StudyDay,
    today: Today,
    next: Option<NextLesson>,
    has_own_notes: bool,
    has_course: bool,
    untouched: bool,
    anything_met: bool,
    selected: usize,
}

struct NextLesson {
    id: LessonId,
    title: String,
    read: usize,
    sections: usize,
}

/// A line of Home that Enter acts on.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Entry {
    Review,
    FewMinutes,
    Ahead,
    Cram,
    Next,
    Placement,
    Lessons,
    Sources,
}

/// What one line of the left column shows.
struct Row {
    text: Line<'static>,
    right: Right,
    entry: Option<Entry>,
}

/// What stands at the right end of a line.
enum Right {
    /// The key that does what the line says.
    Key(String),
    /// How things are.
    Text(String),
}

impl Home {
    pub(in crate::tui) fn new(shared: &Shared, now: &Now) -> Home {
        let agenda = shared.agenda();
        let candidates = agenda.candidates(&Filter::All);
        let next = agenda.next_lesson().map(|lesson| NextLesson {
            id: lesson.id.clone(),
            title: lesson.title.to_string(),
            read: agenda.progress(lesson, None).read,
            sections: lesson.sections.len(),
        });
        let has = |origin| {
            shared
                .library
                .modules()
                .iter()
                .any(|module| module.origin == origin)
        };
        Home {
            day: shared.today(now),
            today: Today::new(&candidates, &shared.memory, &shared.settings, now),
            next,
            has_own_notes: has(Origin::Own),
            has_course: has(Origin::Course),
            untouched: shared.memory.cards().next().is_none(),
            anything_met: candidates
                .iter()
                .any(|candidate| shared.memory.card(&candidate.card).reps > 0),
            selected: 0,
        }
    }

    pub(super) fn refresh(&mut self, shared: &Shared, now: &Now) {
        let selected = self.selected;
        *self = Home::new(shared, now);
        self.selected = selected.min(self.entries().len().saturating_sub(1));
    }

    pub(super) fn next_day_begins(&self, shared: &Shared, now: &Now) -> std::time::Duration {
        let left = shared.settings.day_ends(now) - now.wall;
        now.mono + left.to_std().unwrap_or_default()
    }

    /// Cards of today's session.
    fn cards(&self) -> usize {
        self.today.due + self.today.new + self.today.again
    }

    pub(super) fn day(&self) -> StudyDay {
        self.day
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        if self.cards() > 0 {
            entries.push(Entry::Review);
            if self.today.minutes > FEW_MINUTES.into() {
                entries.push(Entry::FewMinutes);
            }
        } else if self.anything_met {
            entries.extend([Entry::Ahead, Entry::Cram]);
        }
        if self.next.is_some() {
            entries.push(Entry::Next);
        }
        entries.push(Entry::Lessons);
        if self.untouched && self.has_course {
            entries.push(Entry::Placement);
        }
        if self.has_own_notes && self.has_course {
            entries.push(Entry::Sources);
        }
        entries
    }

    pub(super) fn places(&self) -> Vec<Place> {
        vec![Place::Home, Place::List]
    }

    pub(super) fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::Open];
        for entry in self.entries() {
            hints.push(match entry {
                Entry::Review => Action::Review,
                Entry::FewMinutes => Action::FewMinutes,
                Entry::Ahead => Action::Ahead,
                Entry::Cram => Action::Cram,
                Entry::Lessons => Action::Lessons,
                Entry::Placement => Action::Placement,
                Entry::Sources => Action::Sources,
                Entry::Next => continue,
            });
        }
        hints.extend([Action::Search, Action::Quit]);
        hints
    }

    pub(super) fn act(&mut self, action: Action, shared: &Shared, now: &Now) -> Vec<Step> {
        let entries = self.entries();
        let last = entries.len() - 1;
        match action {
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Top | Action::PageUp => self.selected = 0,
            Action::Bottom | Action::PageDown => self.selected = last,
            Action::Open => return self.choose(&entries[self.selected.min(last)], shared, now),
            Action::Review => return study(Plan::Today, shared, now),
            Action::FewMinutes => return study(Plan::Minutes(FEW_MINUTES), shared, now),
            Action::Ahead => return study(Plan::Ahead { days: 3 }, shared, now),
            Action::Cram => return study(Plan::Cram, shared, now),
            Action::Lessons => return self.choose(&Entry::Lessons, shared, now),
            Action::Placement => return self.choose(&Entry::Placement, shared, now),
            _ => {}
        }
        Vec::new()
    }

    fn choose(&self, entry: &Entry, shared: &Shared, now: &Now) -> Vec<Step> {
        match entry {
            Entry::Review => study(Plan::Today, shared, now),
            Entry::FewMinutes => study(Plan::Minutes(FEW_MINUTES), shared, now),
            Entry::Ahead => study(Plan::Ahead { days: 3 }, shared, now),
            Entry::Cram => study(Plan::Cram, shared, now),
            Entry::Next => self
                .next
                .as_ref()
                .map(|next| {
                    Step::Open(Box::new(Screen::Reader(Reader::new(
                        next.id.clone(),
                        shared,
                    ))))
                })
                .into_iter()
                .collect(),
            Entry::Lessons => vec![Step::Open(Box::new(Screen::Lessons(Lessons::new(
                shared, now,
            ))))],
            Entry::Placement => Placement::new(shared)
                .map(|placement| Step::Open(Box::new(Screen::Placement(placement))))
                .into_iter()
                .collect(),
            Entry::Sources => vec![Step::Act(Action::Sources)],
        }
    }

    pub(super) fn heading(&self, shared: &Shared) -> (Line<'static>, Line<'static>) {
        let title = Line::raw(shared.text("app.name"));
        let today = self.day.date();
        let state = match shared.interview {
            Some(day) if day >= today => shared.fill(
                "home.interview",
                &[
                    ("date", &date(day, shared)),
                    ("n", &(day - today).num_days()),
                ],
            ),
            _ => date(today, shared),
        };
        (title, Line::raw(state))
    }

    pub(super) fn draw(&self, area: Rect, frame: &mut Frame, shared: &Shared, _now: &Now) {
        let area = below_air(area);
        let heat_fits = area.width >= 78 && area.height >= Heat::HEIGHT + 3;
        let left_width = if heat_fits {
            (area.width / 2 + 4).min(60)
        } else {
            area.width
        };
        let left = Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: left_width.saturating_sub(3),
            height: area.height.saturating_sub(1),
        };
        self.draw_rows(left, frame, shared);
        if heat_fits {
            let x = area.x + left_width + 2;
            let heat = Rect {
                x,
                y: area.y + 2,
                width: area.right().saturating_sub(x + 2).min(60),
                height: Heat::HEIGHT,
            };
            self.draw_heat(heat, frame, shared);
        }
    }

    fn draw_rows(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let theme = &shared.theme;
        let entries = self.entries();
        let rows = self.rows(shared);
        let buffer = frame.buffer_mut();
        let enter = shared
            .keymap
            .key(&[Place::Home, Place::List], Action::Open)
            .unwrap_or_default();
        for (y, row) in (area.y..area.bottom()).zip(rows) {
            let selected = row.entry.is_some() && row.entry.as_ref() == entries.get(self.selected);
            // Enter does what the chosen line says; the others name keys of their own.
            let right = match row.right {
                Right::Key(_) if selected => enter.clone(),
                Right::Key(key) => key,
                Right::Text(text) => text,
            };
            let right_width = width(&right) as u16;
            let room = area.width.saturating_sub(right_width + 4);
            let mut line = row.text;
            if line.width() > usize::from(room) {
                let text = line.to_string();
                let text = truncate(&text, room.into(), shared.glyphs.ellipsis).into_owned();
                line = Line::styled(text, theme.text);
            }
            if selected {
                let sign = shared.signs.selected;
                buffer.set_string(area.x, y, sign, Style::from(theme.selection));
                line = line.patch_style(theme.selection);
            }
            buffer.set_line(area.x + 2, y, &line, room);
            let x = area.right().saturating_sub(right_width);
            buffer.set_string(x, y, &right, Style::from(theme.muted));
        }
    }

    fn rows(&self, shared: &Shared) -> Vec<Row> {
        let mut rows = vec![heading(shared.text("home.today"), shared)];
        rows.push(self.count_row(shared));
        rows.push(blank());
        let entries = self.entries();
        let split = entries
            .iter()
            .position(|entry| matches!(entry, Entry::Next | Entry::Lessons))
            .unwrap_or(entries.len());
        for entry in &entries[..split] {
            rows.push(self.entry_row(entry, shared));
        }
        if split > 0 {
            rows.push(blank());
        }
        rows.push(heading(shared.text("home.continue"), shared));
        for entry in &entries[split..] {
            rows.push(self.entry_row(entry, shared));
        }
        rows
    }

    fn count_row(&self, shared: &Shared) -> Row {
        let theme = &shared.theme;
        let mut spans = Vec::new();
        let mut part = |text: String, style: Style| {
            if !spans.is_empty() {
                spans.push(Span::raw("   "));
            }
            spans.push(Span::styled(text, style));
        };
        if self.cards() == 0 {
            let name = if self.anything_met {
                "home.nothing-due"
            } else {
                "home.nothing-yet"
            };
            part(shared.text(name), theme.muted.into());
        } else {
            let due = self.today.due + self.today.again;
            if due > 0 {
                let due = shared.fill("home.due", &[("n", &due)]);
                part(due, theme.accent.into());
            }
            if self.today.new > 0 {
                let new = shared.fill("home.new", &[("n", &self.today.new)]);
                part(new, theme.text.into());
            }
            let minutes = shared.fill("home.minutes", &[("n", &self.today.minutes.max(1))]);
            part(minutes, theme.muted.into());
        }
        Row {
            text: Line::from(spans),
            right: Right::Text(String::new()),
            entry: None,
        }
    }

    fn entry_row(&self, entry: &Entry, shared: &Shared) -> Row {
        let key = |action| {
            let places = [Place::Home, Place::List, Place::Global];
            Right::Key(shared.keymap.key(&places, action).unwrap_or_default())
        };
        let (text, right) = match entry {
            Entry::Review => (shared.text("home.review"), key(Action::Review)),
            Entry::FewMinutes => (
                shared.fill("home.few-minutes", &[("n", &FEW_MINUTES)]),
                key(Action::FewMinutes),
            ),
            Entry::Ahead => (shared.text("home.ahead"), key(Action::Ahead)),
            Entry::Cram => (shared.text("home.cram"), key(Action::Cram)),
            Entry::Next => {
                let (text, state) = self.next_text(shared);
                (text, Right::Text(state))
            }
            Entry::Lessons => (shared.text("home.lessons"), key(Action::Lessons)),
            Entry::Placement => (shared.text("home.placement"), key(Action::Placement)),
            Entry::Sources => (
                shared.text(match shared.sources {
                    Sources::Both => "home.sources-both",
                    Sources::Own => "home.sources-own",
                    Sources::Course => "home.sources-course",
                }),
                key(Action::Sources),
            ),
        };
        Row {
            text: Line::styled(text, shared.theme.text),
            right,
            entry: Some(entry.clone()),
        }
    }

    fn next_text(&self, shared: &Shared) -> (String, String) {
        let Some(next) = &self.next else {
            return Default::default();
        };
        let title = safe(&next.title);
        let title = autospace(&title);
        (
            shared.fill("home.next", &[("title", &title)]),
            shared.fill(
                "home.sections",
                &[("read", &next.read), ("n", &next.sections)],
            ),
        )
    }

    fn draw_heat(&self, area: Rect, frame: &mut Frame, shared: &Shared) {
        let locale = shared.locale();
        let months = [
            "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8",
            "month.9", "month.10", "month.11", "month.12",
        ]
        .map(|name| locale.text(name));
        let days = ["weekday.1", "weekday.3", "weekday.5"].map(|name| locale.text(name));
        Heat {
            today: self.day.date(),
            reviews: &|day| shared.memory.activity(StudyDay::new(day)).grades(),
            months,
            days,
            signs: shared.signs.heat,
        }
        .draw(area, frame.buffer_mut(), &shared.theme);
    }

    /// A click on a line chooses it.
    pub(super) fn click(
        &mut self,
        at: Position,
        shared: &Shared,
        size: (u16, u16),
        now: &Now,
    ) -> Vec<Step> {
        let first = below_air(body(size)).y + 1;
        let row = usize::from(at.y.saturating_sub(first));
        let entry = self
            .rows(shared)
            .into_iter()
            .nth(row)
            .and_then(|row| row.entry);
        let Some(entry) = entry else {
            return Vec::new();
        };
        self.selected = self
            .entries()
            .iter()
            .position(|one| *one == entry)
            .unwrap_or(0);
        self.choose(&entry, shared, now)
    }
}

/// On a tall terminal Home begins a little lower.
fn below_air(area: Rect) -> Rect {
    let air = (area.height / 12).min(3);
    Rect {
        y: area.y + air,
        height: area.height - air,
        ..area
    }
}

fn study(plan: Plan, shared: &Shared, now: &Now) -> Vec<Step> {
    vec![Step::Open(Box::new(Screen::Study(Box::new(Study::new(
        plan,
        Filter::All,
        shared,
        now,
    )))))]
}

fn heading(text: String, shared: &Shared) -> Row {
    Row {
        text: Line::styled(text, shared.theme.heading),
        right: Right::Text(String::new()),
        entry: None,
    }
}

fn blank() -> Row {
    Row {
        text: Line::default(),
        right: Right::Text(String::new()),
        entry: None,
    }
}

/// A date as a person says it: `11 月 24 日 周二`, `Tue 24 Nov`.
fn date(day: NaiveDate, shared: &Shared) -> String {
    shared.fill(
        "time.date",
        &[
            ("month", &shared.text(&format!("month.{}", day.month()))),
            ("day", &day.day()),
            (
                "weekday",
                &shared.text(&format!("weekday.{}", day.weekday().number_from_monday())),
            ),
        ],
    )
}
